package pages

import (
	"tramy/internal/locale"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/ui"
)

// What pages of one program share with those of both.

// Sentences takes the errors of an act apart, by the field's name in the field table; false if err is of another kind.
func (c *Call) Sentences(err error) (map[string]string, bool) { return c.sentences(err) }

// Choices turns an enumeration into options; only names those that are offered, none: all.
func (c *Call) Choices(e *registry.Enum, value int64, only ...string) ui.Select {
	return c.choices(e, value, false, only...)
}

// ParseNext reads a day to come: a date, which without a year is the next such day, or "+28" for so many days from today. 0 is none.
func ParseNext(text string, today registry.Day) (registry.Day, error) { return parseNext(text, today) }

// ParseExpires reads the date on a vial: a whole date, or a month, which it is good to the end of. 0 is none.
func ParseExpires(text string, today registry.Day) (registry.Day, error) { return expires(text, today) }

// LongDay writes a day with its weekday.
func (c *Call) LongDay(d registry.Day) string { return c.Words.LongDate(dayTime(d)) }

// BornText is a birth as exactly as it is known: its day, and the hour where that is known.
func BornText(s *registry.Subject) string { return bornField(&s.SubjectInput) }

// LongName is a vaccine's name as a family reads it.
func LongName(words *locale.Catalogue, v *project.VaccineRow) string { return longName(words, v) }
