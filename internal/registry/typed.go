package registry

import (
	"slices"
	"strings"
)

// Typed is what somebody typed to find a person.
type Typed struct {
	Words  []string // folded, see SearchTokens
	Digits string   // of a code, a phone, a personal number
	Born   Day      // with BornPrec; 0 if no date was typed
	// BornPrec is how exactly: PrecisionYear for "lan 2024".
	BornPrec Precision

	marked string // with its marks, "" if there are none
	folded string
}

// Empty reports whether nothing was typed to find anybody by.
func (t *Typed) Empty() bool { return len(t.Words) == 0 && t.Digits == "" && t.BornPrec == 0 }

// ParseTyped cuts what was typed into words, digits and a birth date. A phone is brought into the form in which it is kept; a short
// number among words belongs to a hamlet ("thôn 3"); a year among words is that of the birth.
func ParseTyped(text string, today Day) Typed {
	var t Typed
	fields := strings.Fields(text)
	wordy := strings.ContainsFunc(text, isLetter)
	kept := fields[:0:0]
	for _, f := range fields {
		if day, prec, ok := bornTyped(f, wordy, today); ok && t.BornPrec == 0 {
			t.Born, t.BornPrec = day, prec
			continue
		}
		kept = append(kept, f)
	}
	text = strings.Join(kept, " ")
	var numbers []string
	for _, w := range SearchTokens(text) {
		if strings.Trim(w, "0123456789") == "" {
			numbers = append(numbers, w)
		} else {
			t.Words = append(t.Words, w)
		}
	}
	t.Digits = strings.Join(numbers, "")
	if len(t.Words) > 0 && len(t.Digits) <= hamletDigits && t.Digits != "" {
		t.Words, t.Digits = append(t.Words, numbers...), ""
	}
	phone := t.Digits
	if len(t.Words) == 0 && strings.Contains(text, "+") {
		phone = "+" + phone
	}
	if normal, err := NormalPhone(phone); err == nil {
		t.Digits = strings.TrimPrefix(normal, "+")
	} else if rest, abroad := strings.CutPrefix(phone, "+84"); abroad { // still being typed
		t.Digits = "0" + strings.TrimPrefix(rest, "0")
	}
	t.folded = Fold(text)
	if marked := FoldMarked(text); marked != t.folded {
		t.marked = marked
	}
	return t
}

// hamletDigits is how long a number is that may stand in the name of a hamlet.
const hamletDigits = 2

func isLetter(r rune) bool {
	return foldLetter(r) >= 'a' && foldLetter(r) <= 'z' || r > 0x7F || r >= 'A' && r <= 'Z'
}

// bornTyped reads a date with its separators, and among words a year.
func bornTyped(field string, wordy bool, today Day) (Day, Precision, bool) {
	year := wordy && len(field) == 4
	if !year && strings.Count(field, "/") == 0 && strings.Count(field, "-") != 2 && strings.Count(field, ".") != 2 {
		return 0, 0, false
	}
	day, prec, err := ParseBirth(field, today)
	if err != nil || day > today || year && prec != PrecisionYear {
		return 0, 0, false
	}
	return day, prec, true
}

// Fits reports whether a birth, as exactly as it is known, may be the one that was typed. Whose birth is not known fits nothing.
func (t *Typed) Fits(born Day, prec Precision) bool {
	if t.BornPrec == 0 {
		return true
	}
	if prec == 0 {
		return false
	}
	y, m, _ := t.Born.Date()
	by, bm, _ := born.Date()
	switch {
	case t.BornPrec == PrecisionYear || prec == PrecisionYear:
		return y == by
	case t.BornPrec == PrecisionMonth || prec == PrecisionMonth:
		return y == by && m == bm
	}
	return t.Born == born
}

// Rank says how well a name answers to words: best of all where it is written with the marks that were typed, then where all words
// are its own and not those of a mother or a hamlet.
func (t *Typed) Rank(words []string, name string) int {
	rank := 0
	if t.marked != "" {
		switch own := FoldMarked(name); {
		case own == t.marked:
			rank = 4
		case strings.Contains(" "+own+" ", " "+t.marked+" "):
			rank = 2
		}
	}
	own := append(SearchTokens(name), strings.Fields(Fold(name))...)
	for _, w := range words {
		if !slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(o, w) }) {
			return rank
		}
	}
	return rank + 1
}

// Meant returns what may have been meant instead, where nobody is found by the words as they are: without the keys that a keyboard left in
// them, and cut into names.
func (t *Typed) Meant() [][]string {
	var out [][]string
	add := func(words []string) {
		if !slices.Equal(words, t.Words) && !slices.ContainsFunc(out, func(o []string) bool { return slices.Equal(o, words) }) {
			out = append(out, words)
		}
	}
	undone := make([]string, 0, len(t.Words))
	for _, w := range t.Words {
		if u := loosen(UndoTyping(w)); u != "" {
			undone = append(undone, u)
		}
	}
	add(undone)
	if len(t.Words) == 1 {
		whole := strings.TrimPrefix(strings.ReplaceAll(t.folded, " ", ""), "cb")
		for _, cut := range append(SplitJoined(whole), SplitJoined(UndoTyping(whole))...) {
			for i := range cut {
				cut[i] = loosen(cut[i])
			}
			add(cut)
		}
	}
	return out
}
