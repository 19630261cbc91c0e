package crash

import (
	"slices"
	"strings"
)

// recount counts a stopped node's database without the product's code: every line of the nurse's own book is there once, and no
// dose of that day is there that she did not write down.
func (s *script) recount(n *node) {
	s.t.Helper()
	s.recountOf(n, 1)
}

// recountOf is recount after so many sessions, each with its severe reaction.
func (s *script) recountOf(n *node, sessions int) {
	s.t.Helper()
	db, err := openSQL(n.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT s.code, v.name, COALESCE(l.name, ''), i.not_done, i.void
		FROM immunization i JOIN subject s ON s.num = COALESCE(i.subject, i.case_num)
		JOIN word v ON v.n = i.vaccine LEFT JOIN word l ON l.n = i.lot`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	var there []string
	for rows.Next() {
		var e entry
		var notDone, void int
		var vaccine, lot []byte
		if err := rows.Scan(&e.code, &vaccine, &lot, &notDone, &void); err != nil {
			s.t.Fatal(err)
		}
		if void != 0 {
			continue
		}
		e.vaccine, e.lot, e.refused = string(vaccine), string(lot), notDone == 1
		if notDone > 1 {
			s.t.Errorf("at the %s: %s for the reason %d, which nobody gave", n.name, e, notDone)
		}
		there = append(there, e.String())
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	var want []string
	for _, e := range s.paper {
		want = append(want, e.String())
	}
	slices.Sort(there)
	slices.Sort(want)
	if !slices.Equal(there, want) {
		s.t.Errorf("at the %s there are %d lines, in the book %d\nthere:\n%s\nin the book:\n%s", n.name, len(there), len(want), strings.Join(less(there, want), "\n"), strings.Join(less(want, there), "\n"))
	}
	for what, q := range map[string]struct {
		text string
		want int
	}{
		"people":    {`SELECT count(*) FROM subject WHERE void = 0`, len(s.day)},
		"sessions":  {`SELECT count(*) FROM record WHERE kind = 203 AND void = 0`, sessions},
		"reactions": {`SELECT count(*) FROM record WHERE kind = 108 AND void = 0`, sessions},
	} {
		var got int
		if err := db.QueryRow(q.text).Scan(&got); err != nil || got != q.want {
			s.t.Errorf("at the %s: %d %s, want %d (%v)", n.name, got, what, q.want, err)
		}
	}
}

// less is what a sorted list has and another has not.
func less(a, b []string) []string {
	left := slices.Clone(b)
	var out []string
	for _, x := range a {
		if i := slices.Index(left, x); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			out = append(out, x)
		}
	}
	return out
}
