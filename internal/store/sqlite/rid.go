package sqlite

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/project"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A subject's rid is made of the beginning of its sort name and a counter, so that both the table and the
// word index, whose rows have the same rids, are read in the order of names and a search can stop at the
// end of a page however many people match. Names that begin alike share a key; they are put in order in
// memory.
const (
	ridChars   = 8  // characters of the sort name in a key, of 30 classes: 40 bits
	ridCounter = 23 // bits of counter: 8 million names that begin alike
)

// ridKey maps names to numbers, keeping their order: a < b in bytes gives ridKey(a) ≤ ridKey(b).
func ridKey(sortName string) int64 {
	var key int64
	for i := range ridChars {
		class := int64(0)
		if i < len(sortName) {
			switch c := sortName[i]; {
			case c <= ' ':
				class = 1
			case c < 'a':
				class = 2
			case c <= 'z':
				class = 3 + int64(c-'a')
			default:
				class = 29
			}
		}
		key = key*30 + class
	}
	return key
}

// newRID returns a free rid for a name.
func (t *tx) newRID(sortName string) (int64, error) {
	from := ridKey(sortName) << ridCounter
	var last int64
	ok, err := t.one(`SELECT rid FROM subject WHERE rid >= ? AND rid < ? ORDER BY rid DESC LIMIT 1`,
		[]any{from, from + 1<<ridCounter}, &last)
	if !ok || err != nil {
		return from, err
	}
	return last + 1, nil
}

// indexed is the document under which a subject is found: its words, its numbers with # before them, and
// its residence with @.
func indexed(r *project.SubjectRow, residence int64) string {
	var b strings.Builder
	for _, w := range store.Words(r.Search) {
		b.WriteString(w)
		b.WriteByte(' ')
	}
	for _, w := range store.Words(r.Numbers) {
		b.WriteByte('#')
		b.WriteString(w)
		b.WriteByte(' ')
	}
	b.WriteString(residenceWord(residence))
	return b.String()
}

func residenceWord(num int64) string { return "@" + strconv.FormatInt(num, 36) }

// unindexed are the lengths below eight of which the index keeps no prefixes: of these it would gather, before the
// first row, everybody with a word that begins so ("nguyen" is two in five of a nation).
const unindexed = "46"

// following are the letters and digits that a folded word may go on with: what has no base letter in ASCII stays as
// it is (see registry.Fold). A word with another one there is found when one more letter is typed, or one less.
const following = "abcdefghijklmnopqrstuvwxyz0123456789øłßæœəŋ"

// prefixed is the index query for words that begin like this one. Where the index keeps no prefixes of its length, it
// is the word itself or one that goes on with any letter, of which it does.
func prefixed(word string) string {
	ascii := strings.IndexFunc(word, func(r rune) bool { return r >= 0x80 }) < 0
	if !ascii || len(word) > 9 || !strings.Contains(unindexed, strconv.Itoa(len(word))) {
		return `"` + word + `" *`
	}
	or := []string{`"` + word + `"`}
	for _, next := range following {
		or = append(or, `"`+word+string(next)+`" *`)
	}
	return "(" + strings.Join(or, " OR ") + ")"
}

// matchAll builds the index query: every word a prefix, one of the residences.
func matchAll(words []string, digits string, residences []int64) string {
	var and []string
	for _, w := range words {
		for _, part := range store.Words(w) {
			and = append(and, prefixed(part))
		}
	}
	for _, part := range store.Words(digits) {
		and = append(and, `"#`+part+`" *`)
	}
	if len(residences) > 0 {
		var or []string
		for _, n := range residences {
			or = append(or, `"`+residenceWord(n)+`"`)
		}
		and = append(and, "("+strings.Join(or, " OR ")+")")
	}
	return strings.Join(and, " AND ")
}

// candidate is a subject a search has found.
type candidate struct {
	rid      int64
	id       p.EntityID
	sortName string
	void     bool
}

func (c candidate) compare(d candidate) int {
	return cmp.Or(strings.Compare(c.sortName, d.sortName), c.id.Compare(d.id))
}

// page keeps the candidates after a place in the order, as many as wanted. It is fed in order of rid and
// says when the rest cannot matter: enough are found, and the key has moved on.
type page struct {
	after candidate // zero: from the start
	limit int       // 0: no limit
	found []candidate
}

// add takes the next candidate; false: the page was full before it.
func (g *page) add(c candidate) bool {
	if n := len(g.found); g.limit > 0 && n >= g.limit && c.rid>>ridCounter != g.found[n-1].rid>>ridCounter {
		return false
	}
	if !c.void && (g.after.id.IsZero() && g.after.sortName == "" || c.compare(g.after) > 0) {
		g.found = append(g.found, c)
	}
	return true
}

func (g *page) sorted() []candidate {
	slices.SortFunc(g.found, candidate.compare)
	if g.limit > 0 && len(g.found) > g.limit {
		return g.found[:g.limit]
	}
	return g.found
}
