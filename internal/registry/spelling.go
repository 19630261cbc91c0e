package registry

import (
	"slices"
	"strings"
)

// UndoTyping brings a folded word into the letters it was meant to have, where the keyboard had left the keys of Telex or VNI in it:
// nguyeenx and nguye6n4 give nguyen. No Vietnamese syllable has a doubled a, e, o or d, a w, or one of the keys of tones at its
// end, but names of other peoples have: ask for the word itself first.
func UndoTyping(word string) string {
	// The key of the tone comes right behind its vowel or at the end of the syllable: hoaf, hofa, nguyeexn.
	var toneless []byte
	seenVowel := false
	for i := range len(word) {
		c := word[i]
		if c >= '0' && c <= '9' || seenVowel && strings.IndexByte("sfrxj", c) >= 0 {
			continue
		}
		seenVowel = seenVowel || vowelByte(c)
		toneless = append(toneless, c)
	}
	var out []byte
	for i, c := range toneless {
		last := byte(0)
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		switch {
		case c == 'w' && strings.IndexByte("aou", last) >= 0, strings.IndexByte("aeod", c) >= 0 && last == c: // ă, ơ, ư; â, ê, ô, đ
			continue
		case c == 'w': // alone it is ư
			c = 'u'
		case i == len(toneless)-1 && strings.IndexByte("aeod", c) >= 0 && slices.Contains(out, c) && !vowelByte(last):
			continue // the key came at the end: nguyene, dungd
		}
		out = append(out, c)
	}
	return string(out)
}

func vowelByte(c byte) bool { return strings.IndexByte("aeiouy", c) >= 0 }

// Sounds that one part of the country or another does not tell apart, and writes for each other.
var (
	alikeBefore = [][]string{{"tr", "ch"}, {"s", "x"}, {"gi", "d", "r", "v", "z"}, {"l", "n"}, {"ph", "f"}, {"ngh", "ng"}, {"k", "c", "q"}, {"gh", "g"}}
	alikeBehind = [][]string{{"nh", "ng", "n"}, {"ch", "t", "c"}, {"i", "y"}}
)

// MisspeltAs returns other folded spellings of a folded word that sound alike somewhere in Vietnam: sinh and xinh, trang and chang, lan
// and lang. The word itself is not among them.
func MisspeltAs(word string) []string {
	var out []string
	add := func(w string) {
		if w != word && len(w) > 1 {
			out = append(out, w)
		}
	}
	for _, group := range alikeBefore {
		for _, from := range group {
			rest, ok := strings.CutPrefix(word, from)
			if !ok || rest == "" || !vowelByte(rest[0]) {
				continue
			}
			for _, to := range group {
				add(to + rest)
			}
			break
		}
	}
	for _, group := range alikeBehind {
		for _, from := range group {
			rest, ok := strings.CutSuffix(word, from)
			if !ok || rest == "" || !vowelByte(rest[len(rest)-1]) {
				continue
			}
			for _, to := range group {
				add(rest + to)
			}
			break
		}
	}
	return out
}

// SpeltAlike reports whether two folded words may be one that was spelt wrong: they sound alike, one begins the other, or a
// letter is wrong, missing, too many, or in the wrong place.
func SpeltAlike(a, b string) bool {
	if strings.HasPrefix(a, b) && len(b) > 1 || strings.HasPrefix(b, a) && len(a) > 1 {
		return true
	}
	if slices.Contains(MisspeltAs(a), b) {
		return true
	}
	return max(len(a), len(b)) > 2 && (oneSlip(a, b) || oneMore(a, b) || oneMore(b, a))
}

// oneMore reports whether a text is another with one character more.
func oneMore(a, b string) bool {
	if len(a) != len(b)+1 {
		return false
	}
	at := 0
	for at < len(b) && a[at] == b[at] {
		at++
	}
	return a[at+1:] == b[at:]
}

// SplitJoined returns the ways in which a folded word may be two to four names written together: lananh gives lan anh. Only
// syllables of Vietnamese are cut, and at most splitsMax ways are returned, the fewest syllables first.
func SplitJoined(word string) [][]string {
	var out [][]string
	for n := 2; n <= 4 && len(out) < splitsMax; n++ {
		split(word, n, nil, &out)
	}
	return out
}

// splitsMax bounds how many ways of cutting a word are tried.
const splitsMax = 8

func split(word string, n int, before []string, out *[][]string) {
	if len(*out) >= splitsMax {
		return
	}
	if n == 1 {
		if syllable(word) {
			*out = append(*out, append(before[:len(before):len(before)], word))
		}
		return
	}
	for at := min(len(word)-1, 6); at > 0; at-- {
		if syllable(word[:at]) {
			split(word[at:], n-1, append(before[:len(before):len(before)], word[:at]), out)
		}
	}
}

var (
	onsets = strings.Fields("b c ch d g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x")
	codas  = strings.Fields("c ch m n ng nh p t")
)

// syllable reports whether a folded word has the shape of a Vietnamese syllable: an onset, one to three vowels, a coda. Of one letter
// there is only the A in the names of Mông men.
func syllable(word string) bool {
	from := 0
	for from < len(word) && !vowelByte(word[from]) {
		from++
	}
	to := from
	for to < len(word) && vowelByte(word[to]) {
		to++
	}
	in := func(list []string, s string) bool { return s == "" || slices.Contains(list, s) }
	return (len(word) > 1 || word == "a") && to > from && to-from <= 3 && in(onsets, word[:from]) && in(codas, word[to:])
}
