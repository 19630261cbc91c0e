package registry

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// personName is a name cut into words for comparing.
type personName struct {
	tokens []string // folded, i and y alike
	sorted []string // the same, sorted
	marked string   // FoldMarked, i and y alike, decomposed, words sorted
	plain  bool     // written without any mark
}

func nameOf(name string) personName {
	rest, _ := StripTitle(name)
	n := personName{tokens: SearchTokens(rest)}
	n.sorted = slices.Sorted(slices.Values(n.tokens))
	words := strings.Fields(FoldMarked(rest))
	for i := range words {
		words[i] = loosen(norm.NFD.String(words[i]))
	}
	slices.Sort(words)
	n.marked = strings.Join(words, " ")
	n.plain = strings.IndexFunc(n.marked, func(r rune) bool { return r > unicode.MaxASCII }) < 0
	return n
}

// whole is the name's words, family name first as written.
func (n *personName) whole() string { return strings.Join(n.tokens, " ") }

// compare: same words in any order and the same marks (or one without any) are the same name; the same
// words with other marks, or nearly the same words, are near.
func (n *personName) compare(m *personName) Verdict {
	if len(n.tokens) == 0 || len(m.tokens) == 0 {
		return Unknown
	}
	if slices.Equal(n.sorted, m.sorted) {
		if n.plain || m.plain || n.marked == m.marked {
			return Same
		}
		return Near
	}
	if nameLikeness(n.tokens, m.tokens) >= nearName {
		return Near
	}
	return Different
}

// nearName is the likeness from which two names are near.
const nearName = 0.88

// nameLikeness compares two names word by word, in any order: each word takes its best counterpart by
// Jaro–Winkler, given names weigh double, the filler words Thị and Văn half. 1 is equal.
func nameLikeness(a, b []string) float64 {
	weights := func(t []string) ([]float64, float64) {
		w, sum := make([]float64, len(t)), 0.0
		for i, word := range t {
			switch {
			case i == len(t)-1:
				w[i] = 2
			case word == "thi" || word == "van":
				w[i] = 0.25
			default:
				w[i] = 1
			}
			sum += w[i]
		}
		return w, sum
	}
	wa, sumA := weights(a)
	wb, sumB := weights(b)
	used := make([]bool, len(b))
	got := 0.0
	for i := range a {
		best, at := 0.0, -1
		for j := range b {
			if s := jaroWinkler(a[i], b[j]); !used[j] && s > best {
				best, at = s, j
			}
		}
		if at >= 0 && best >= 0.8 {
			used[at] = true
			got += best * (wa[i] + wb[at])
		}
	}
	return got / (sumA + sumB)
}

// jaroWinkler is the Jaro–Winkler likeness of two folded words: 1 equal, 0 nothing in common.
func jaroWinkler(a, b string) float64 {
	if a == b {
		return 1
	}
	la, lb := len(a), len(b)
	if la == 0 || lb == 0 {
		return 0
	}
	window := max(max(la, lb)/2-1, 0)
	matchedA, matchedB := make([]bool, la), make([]bool, lb)
	m := 0
	for i := range la {
		for j := max(0, i-window); j < min(lb, i+window+1); j++ {
			if !matchedB[j] && a[i] == b[j] {
				matchedA[i], matchedB[j] = true, true
				m++
				break
			}
		}
	}
	if m == 0 {
		return 0
	}
	moved, j := 0, 0
	for i := range la {
		if !matchedA[i] {
			continue
		}
		for !matchedB[j] {
			j++
		}
		if a[i] != b[j] {
			moved++
		}
		j++
	}
	f := float64(m)
	jaro := (f/float64(la) + f/float64(lb) + (f-float64(moved)/2)/f) / 3
	prefix := 0
	for prefix < min(la, lb, 4) && a[prefix] == b[prefix] {
		prefix++
	}
	return math.Min(1, jaro+0.1*float64(prefix)*(1-jaro))
}
