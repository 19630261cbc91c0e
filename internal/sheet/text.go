package sheet

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cleanCell brings a cell's text into the form that is kept: NFC, without control and invisible characters,
// without blanks at the ends. Line breaks stay, and so does all that an old encoding may have meant as a letter.
func cleanCell(s string) string {
	if plain(s) {
		return strings.Trim(s, " ")
	}
	before := rune(0)
	s = strings.Map(func(r rune) rune {
		last := before
		before = r
		switch r {
		case '\n', '\t':
			return r
		case '\u00a0':
			if last == 'Ã' || last == 'º' || last == '»' { // the end of à, Ạ or Ỡ that was made UTF-8 twice
				return r
			}
			return ' '
		case '\u202f', '\u2009':
			return ' '
		case '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff', 0x7f:
			return -1
		}
		if r < ' ' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Trim(norm.NFC.String(s), " \n\t")
}

// plain reports whether s needs nothing but its ends looked at.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}

// splitList reads a list as it is written in one cell: "a; b".
func splitList(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func numberText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func digitsOnly(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
