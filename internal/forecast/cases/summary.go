package cases

import (
	"fmt"
	"io"
	"slices"
)

// Verdicts of a comparison.
const (
	Pass  = "pass"
	Fail  = "fail"
	Known = "known" // fails, and is listed as one that may
)

// tally counts the cases of one group.
type tally struct{ pass, fail, known int }

// summary counts the cases of a run.
type summary struct {
	groups map[string]*tally
	failed int
	bad    int
	stale  []string // listed as known, and pass
}

// add compares a case and counts it.
func (s *summary) add(c *Case, a *Answer, known bool) {
	name := ""
	if c.Forecast != nil {
		name = c.Forecast.Group
	}
	t := s.groups[name]
	if t == nil {
		t = new(tally)
		s.groups[name] = t
	}
	a.Differs = c.Compare(a)
	switch {
	case len(a.Differs) == 0:
		a.Verdict = Pass
		t.pass++
		if known {
			s.stale = append(s.stale, c.ID)
		}
	case known:
		a.Verdict = Known
		t.known++
	default:
		a.Verdict = Fail
		t.fail++
		s.failed++
	}
}

func (s *summary) print(w io.Writer) {
	names := make([]string, 0, len(s.groups))
	for name := range s.groups {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintf(w, "\n%-22s %6s %6s %6s\n", "GROUP", "PASS", "FAIL", "KNOWN")
	var all tally
	for _, name := range names {
		t := s.groups[name]
		fmt.Fprintf(w, "%-22s %6d %6d %6d\n", name, t.pass, t.fail, t.known)
		all.pass, all.fail, all.known = all.pass+t.pass, all.fail+t.fail, all.known+t.known
	}
	fmt.Fprintf(w, "%-22s %6d %6d %6d\n", "all", all.pass, all.fail, all.known)
	if s.bad > 0 {
		fmt.Fprintf(w, "%d lines cannot be used\n", s.bad)
	}
	for _, id := range s.stale {
		fmt.Fprintf(w, "%s is listed as known and passes\n", id)
	}
}
