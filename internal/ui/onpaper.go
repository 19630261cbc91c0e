package ui

import "tramy/internal/locale"

// What package paper draws in words, as templates do.

// Word is the status in words.
func (m Mark) Word(words *locale.Catalogue) string { return m.word(words) }

// Word is the sex in words.
func (s Sex) Word(words *locale.Catalogue) string { return s.word(words) }

// Word is the dose in words.
func (d DoseName) Word(words *locale.Catalogue) string { return d.word(words) }

// Upper begins a text with a capital, where it stands alone.
func Upper(s string) string { return upper(s) }
