package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What begins a formula: also in the width of East Asian writing, which some spreadsheets read as the same.
const formulas = "=+-@\t\r\n＝＋－＠"

// dangerous reports whether a spreadsheet that opens a CSV file would run a text instead of showing it. Some pass over blanks, quotes
// and what cannot be seen before they decide.
func dangerous(s string) bool {
	if s != "" && s[0] == '\'' {
		return true // else it would be lost when it is read again
	}
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case strings.ContainsRune(formulas, r):
			return true
		case r != '"' && r != '\'' && !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.IsControl(r):
			return false
		}
		s = s[size:]
	}
	return false
}

// neutral writes a text for a CSV file so that no spreadsheet runs it: with an apostrophe before it, which textCell
// takes off again. A text that begins with an apostrophe gets another one, so that none is lost.
func neutral(s string) string {
	if dangerous(s) {
		return "'" + s
	}
	return s
}
