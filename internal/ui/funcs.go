package ui

import (
	"fmt"
	"html"
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"

	"tramy/internal/locale"
)

// funcs are what templates can call, with the words of one language bound to them.
func funcs(words *locale.Catalogue) template.FuncMap {
	t := func(key string, args ...any) (string, error) {
		if !words.Has(key) {
			return "", fmt.Errorf("no text %q in %s", key, words.Lang())
		}
		return words.T(key, args...), nil
	}
	return template.FuncMap{
		// words and numbers
		"t": t,
		// rich is t for texts with **bold** parts; what is put into them is escaped.
		"rich": func(key string, args ...any) (template.HTML, error) {
			text, err := t(key, args...)
			return bold(text), err
		},
		"lang":    words.Lang,
		"upper":   upper,
		"num":     func(n int) string { return words.Int(int64(n)) },
		"percent": words.Percent,
		"points":  func(x float64) string { return words.Decimal(x, 1) },

		// status
		"tone":  Mark.tone,
		"shape": Mark.shape,
		"word":  func(m Mark) string { return m.word(words) },
		"sex":   func(s Sex) string { return s.word(words) },
		"dose":  func(d DoseName) string { return d.word(words) },
		"due":   func(list []DoseName) template.HTML { return doseNames(list, words) },

		// help is the page's own; parseAll binds it
		"help": func() Help { return Help{} },

		// controls
		"input":   newInput,
		"choose":  newChoose,
		"callof":  newCall,
		"lotof":   newLot,
		"drafts":  newDrafts,
		"paperof": newPaper,
		"moreof":  newMore,
		"pupilof": newPupil, "numbersof": newNumbers,
		"boxes": newBoxes,
		"yes":   func() string { return "1" },
		"qr":    dataURI,

		// drawing
		"asset": Asset,
		"bar":   barWidth,
		"q":     shade,
		"hold":  hold,
	}
}

// bold turns **words** into bold ones and escapes everything else.
func bold(text string) template.HTML {
	parts := strings.Split(html.EscapeString(text), "**")
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 1 && i < len(parts)-1 {
			b.WriteString("<b>" + part + "</b>")
		} else {
			b.WriteString(part)
		}
	}
	return template.HTML(b.String())
}

// upper begins a text with a capital, where a field's name stands alone.
func upper(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// hold keeps the groups of a phone number or code on one line.
func hold(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// dataURI lets a PNG made by the program itself into an image's address, and nothing else.
func dataURI(s string) template.URL {
	if !strings.HasPrefix(s, "data:image/png;base64,") {
		return ""
	}
	return template.URL(s)
}

// barWidth is a share as a length on a scale of 100, for the small drawn bars of a table.
func barWidth(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return max(0, min(100, 100*part/whole))
}

// shade is the class of a map tile by its percentage, worst to best.
func shade(percent int) string {
	switch {
	case percent < 70:
		return "q1"
	case percent < 80:
		return "q2"
	case percent < 90:
		return "q3"
	case percent < 95:
		return "q4"
	}
	return "q5"
}
