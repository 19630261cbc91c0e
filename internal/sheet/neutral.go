package sheet

import "strings"

// dangerous reports whether a spreadsheet that opens a CSV file would run a text instead of showing it.
func dangerous(s string) bool {
	return s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0]))
}

// neutral writes a text for a CSV file so that no spreadsheet runs it: with an apostrophe before it, which textCell
// takes off again. A text that begins with an apostrophe gets another one, so that none is lost.
func neutral(s string) string {
	if dangerous(s) {
		return "'" + s
	}
	return s
}
