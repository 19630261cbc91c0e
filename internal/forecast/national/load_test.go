package national

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

// small is a whole file; the tests below break it line by line.
const small = `schedule: test
title: A test
from: 2026-01-01
until: 2027-01-01
sources:
  s: somewhere
vaccines:
  A: {counts_for: [X], live: injected}
  B: {counts_for: [X, Y]}
antigens:
  X: {}
  Y: {}
observations:
  o: seen
live:
  - {vaccines: injected, min_interval: 28d, cite: s}
contraindications:
  - {observation: o, antigens: X, cite: s}
series:
  one:
    antigens: [X, Y]
    programme: epi
    cite: s
    doses:
      - {dose: B 1, valid_from_age: 6w, recommended_age: 2m}
      - {dose: B 2, min_interval: 28d}
`

func TestRefused(t *testing.T) {
	if _, err := Load("small.yaml", []byte(small)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, old, new string
		line           int
		rule           Rule
	}{
		{"nothing", small, "", 0, RuleEmpty},
		{"only a remark", small, "# nothing\n", 0, RuleEmpty},
		{"not YAML", "  s: somewhere", "  s: [somewhere", 5, RuleNotYAML},
		{"not YAML, a tab", "  s: somewhere", "\ts: somewhere", 6, RuleNotYAML},
		{"a list", small, "- a\n", 1, RuleShape},
		{"a second document", small, small + "---\nschedule: other\n", 27, RuleShape},
		{"an alias", "  X: {}\n  Y: {}", "  X: &x {}\n  Y: *x", 11, RuleAnchor},
		{"an unknown key", "title: A test", "titel: A test", 2, RuleUnknownKey},
		{"an unknown key of a dose", "valid_from_age: 6w", "valid_from: 6w", 25, RuleUnknownKey},
		{"a key twice", "title: A test", "title: A test\ntitle: B", 3, RuleDuplicate},
		{"a series twice", "  one:\n", "  one: {antigens: X, programme: epi, cite: s, doses: [{dose: A 1}]}\n  one:\n", 21, RuleDuplicate},
		{"a vaccine twice", "  B: {counts", "  A: {counts", 9, RuleDuplicate},
		{"a dose twice", "dose: B 2", "dose: B 1", 26, RuleDuplicate},
		{"no id", "schedule: test\n", "", 1, RuleMissingKey},
		{"no first day", "from: 2026-01-01\n", "", 1, RuleMissingKey},
		{"no title", "title: A test\n", "", 1, RuleMissingKey},
		{"no doses", "    doses:", "    note: n\n    doses: []\n  two:\n    antigens: X\n    programme: epi\n    cite: s\n    doses:", 21, RuleEmptySeries},
		{"a wrong unit", "min_interval: 28d}", "min_interval: 28 days}", 26, RulePeriod},
		{"no unit", "min_interval: 28d}", "min_interval: 28}", 26, RulePeriod},
		{"units in a wrong order", "recommended_age: 2m", "recommended_age: 2m1y", 25, RulePeriod},
		{"a period of too many", "min_interval: 28d}", "min_interval: 2001d}", 26, RulePeriod},
		{"a negative interval", "min_interval: 28d}", "min_interval: -28d}", 26, RuleInterval},
		{"a negative age", "valid_from_age: 6w", "valid_from_age: -6w", 25, RuleAge},
		{"a least interval above the recommended", "min_interval: 28d}", "min_interval: 28d, recommended_interval: 27d}", 26, RuleInterval},
		{"valid above recommended", "valid_from_age: 6w", "valid_from_age: 3m", 25, RuleAge},
		{"too old before it is valid", "valid_from_age: 6w", "valid_from_age: 6w, latest_age: 6w", 25, RuleAge},
		{"overdue before it is due", "valid_from_age: 6w", "overdue_from: 2m", 25, RuleAge},
		{"counted longer than it is given", "valid_from_age: 6w", "latest_age: 3m, counted_until: 4m", 25, RuleAge},
		{"an event without its name", "valid_from_age: 6w", "event_from: 3d", 25, RuleMissingKey},
		{"an unknown vaccine", "dose: B 2", "dose: C 2", 26, RuleUnknownVaccine},
		{"an unknown vaccine to give", "min_interval: 28d}", "give: [B, C]}", 26, RuleUnknownVaccine},
		{"an unknown vaccine to accept", "min_interval: 28d}", "accept: [C from 2m]}", 26, RuleUnknownVaccine},
		{"an unknown antigen", "antigens: [X, Y]", "antigens: [X, Z]", 21, RuleUnknownAntigen},
		{"an unknown antigen of a vaccine", "counts_for: [X, Y]", "counts_for: [X, Z]", 9, RuleUnknownAntigen},
		{"an antigen that is not the series'", "min_interval: 28d}", "only: Z}", 26, RuleUnknownAntigen},
		{"an unknown observation", "observation: o,", "observation: p,", 18, RuleUnknownSeen},
		{"an unknown source", "    cite: s", "    cite: t", 23, RuleUnknownSource},
		{"no citation", "    cite: s\n", "", 24, RuleCitation},
		{"no citation of a rule", "antigens: X, cite: s", "antigens: X", 18, RuleCitation},
		{"a vaccine that counts for none", "dose: B 2", "only: Y, dose: A 2", 26, RuleCountsForNone},
		{"not a number", "dose: B 2", "dose: B two", 26, RuleNumber},
		{"no number", "dose: B 2", "dose: B", 26, RuleNumber},
		{"a word that is none", "programme: epi", "programme: free", 22, RuleWord},
		{"yes for true", "    cite: s", "    verify: yes\n    cite: s", 23, RuleWord},
		{"a date that is none", "from: 2026-01-01", "from: 2026-02-30", 3, RuleDate},
		{"a date as it is spoken", "from: 2026-01-01", "from: 01/01/2026", 3, RuleDate},
		{"over before it begins", "until: 2027-01-01", "until: 2026-01-01", 4, RuleValidity},
		{"an offer over before it begins", "    cite: s", "    offered: [{from: 2026-02-01, until: 2026-01-01}]\n    cite: s", 23, RuleValidity},
		{"based on nothing known", "title: A test", "title: A test\nbased_on: vn-1999-01", 3, RuleUnknownBase},
		{"based on itself", "schedule: test\n", "schedule: vn-2026-02\nbased_on: vn-2026-02\n", 2, RuleUnknownBase},
		{"in force with what it is based on", "title: A test", "title: A test\nbased_on: vn-2026-02", 3, RuleOverlap},
		{"without a series that is not there", "title: A test", "title: A test\nwithout: {series: [two]}", 3, RuleUnknownSeries},
		{"a long text", "title: A test", "title: " + strings.Repeat("x", TextMax+1), 2, RuleTextTooLong},
		{"a list for a text", "title: A test", "title: [A, test]", 2, RuleShape},
		{"nothing behind the colon", "title: A test", "title:", 2, RuleShape},
	} {
		if !strings.Contains(small, c.old) {
			t.Fatalf("%s: %q is not in the file", c.name, c.old)
		}
		_, err := Load("bad.yaml", []byte(strings.Replace(small, c.old, c.new, 1)))
		var all Problems
		if !errors.As(err, &all) {
			t.Errorf("%s: %v, expected problems", c.name, err)
			continue
		}
		if !slices.ContainsFunc(all, func(p Problem) bool {
			return p.File == "bad.yaml" && p.Rule == c.rule && p.Line == c.line && (p.Line == 0 || p.Column > 0) && p.Detail != ""
		}) {
			t.Errorf("%s: expected line %d, rule %s; got\n%v", c.name, c.line, c.rule, err)
		}
	}
}

// All problems are told at once, in the order of the file, the same each time.
func TestProblemsInOrder(t *testing.T) {
	bad := strings.NewReplacer("title:", "titel:", "dose: B 2", "dose: C 2", "valid_from_age: 6w", "valid_from_age: 6 weeks").Replace(small)
	_, first := Load("bad.yaml", []byte(bad))
	var all Problems
	if !errors.As(first, &all) || len(all) < 3 {
		t.Fatalf("got %v", first)
	}
	if !slices.IsSortedFunc(all, func(a, b Problem) int { return a.Line - b.Line }) {
		t.Errorf("not in order:\n%v", all)
	}
	for range 20 {
		if _, again := Load("bad.yaml", []byte(bad)); again.Error() != first.Error() {
			t.Fatalf("another time:\n%v\nbefore:\n%v", again, first)
		}
	}
	if want := "bad.yaml:1:1: a schedule needs the key \"title\" (missing_key)\nbad.yaml:2:1: a schedule has no key \"titel\""; !strings.HasPrefix(first.Error(), want) {
		t.Errorf("got %q, expected it to begin with %q", first, want)
	}
}

func TestLimits(t *testing.T) {
	// repeat writes n entries and returns the file with them in the place of the mark.
	repeat := func(n int, entry func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(entry(i))
		}
		return b.String()
	}
	with := func(mark, more string) string { return strings.Replace(small, mark, mark+more, 1) }
	for _, c := range []struct {
		name  string
		limit int
		file  func(n int) string // with n of them in all
		rule  Rule
	}{
		{"bytes", registry.ScheduleFileBytesMax, func(n int) string { return small + strings.Repeat("#", n-len(small)) }, RuleTooLarge},
		{"vaccines", VaccinesMax, func(n int) string {
			return with("vaccines:\n", repeat(n-2, func(i int) string { return fmt.Sprintf("  V%d: {counts_for: [X]}\n", i) }))
		}, RuleTooMany},
		{"antigens", AntigensMax, func(n int) string {
			return with("antigens:\n", repeat(n-2, func(i int) string { return fmt.Sprintf("  N%d: {}\n", i) }))
		}, RuleTooMany},
		{"observations", ObservationsMax, func(n int) string {
			return with("observations:\n", repeat(n-1, func(i int) string { return fmt.Sprintf("  o%d: seen\n", i) }))
		}, RuleTooMany},
		{"contraindications", RulesMax, func(n int) string {
			return with("contraindications:\n", repeat(n-1, func(int) string { return "  - {observation: o, antigens: Y, cite: s}\n" }))
		}, RuleTooMany},
		{"series", SeriesMax, func(n int) string {
			return with("series:\n", repeat(n-1, func(i int) string {
				return fmt.Sprintf("  s%d: {antigens: X, programme: paid, cite: s, doses: [{dose: A 1}]}\n", i)
			}))
		}, RuleTooMany},
		{"doses", RowsMax, func(n int) string {
			const each = 20
			return with("series:\n", repeat((n-2)/each, func(i int) string {
				return fmt.Sprintf("  s%d: {antigens: X, programme: paid, cite: s, doses: [%s]}\n", i, repeat(each, func(k int) string { return fmt.Sprintf("{dose: A %d}, ", k+1) }))
			})+"  last: {antigens: X, programme: paid, cite: s, doses: ["+repeat((n-2)%each, func(k int) string { return fmt.Sprintf("{dose: A %d}, ", k+1) })+"]}\n")
		}, RuleTooMany},
		{"areas", AreasMax, func(n int) string {
			return with("    cite: s\n", "    offered: [{areas: ["+repeat(n, func(i int) string { return fmt.Sprintf("gso:%d, ", i) })+"]}]\n")
		}, RuleTooMany},
		{"letters", TextMax, func(n int) string { return strings.Replace(small, "A test", strings.Repeat("ộ", n), 1) }, RuleTextTooLong},
	} {
		if _, err := Load("limit.yaml", []byte(c.file(c.limit))); err != nil {
			t.Errorf("%d %s: %v", c.limit, c.name, err)
		}
		_, err := Load("limit.yaml", []byte(c.file(c.limit+1)))
		var all Problems
		if !errors.As(err, &all) || all[0].Rule != c.rule {
			t.Errorf("%d %s: %v, expected %s", c.limit+1, c.name, err, c.rule)
		}
	}
}

// A file that says everything wrong is told of so many problems and no more.
func TestProblemsMax(t *testing.T) {
	_, err := Load("bad.yaml", []byte(strings.Replace(small, "observations:\n", "observations:\n"+strings.Repeat("  o: seen\n", problemsMax+5), 1)))
	var all Problems
	if !errors.As(err, &all) || len(all) > problemsMax {
		t.Errorf("%d problems, at most %d", len(all), problemsMax)
	}
}

func TestVersions(t *testing.T) {
	vs, err := Versions()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ on, id string }{
		{"2024-07-31", ""},
		{"2024-08-01", "vn-2024-08"},
		{"2026-02-14", "vn-2024-08"},
		{"2026-02-15", "vn-2026-02"},
		{"2026-06-30", "vn-2026-02"},
		{"2026-07-01", "vn-2026-07"},
		{"2040-01-01", "vn-2026-07"},
	} {
		on, ok := parseDay(c.on)
		if !ok {
			t.Fatal(c.on)
		}
		id := ""
		if s := InForce(vs, on); s != nil {
			id = s.ID
		}
		if id != c.id {
			t.Errorf("%s: %q in force, expected %q", c.on, id, c.id)
		}
	}
	vs[0].Until++
	var all Problems
	if err := Sort(vs); !errors.As(err, &all) || all[0].Rule != RuleOverlap {
		t.Errorf("two versions on one day: %v", err)
	}
	if _, err := Embedded("vn-1999-01"); err == nil || !strings.Contains(err.Error(), "vn-2026-07") {
		t.Errorf("a schedule that is not there: %v", err)
	}
}

// The schedules name every vaccine that a new registry has, in the order of its card, with its programme, and the
// volume it has for a child; and they know its antigens.
func TestVaccinesOfTheRegistry(t *testing.T) {
	s, err := Embedded("vn-2026-07")
	if err != nil {
		t.Fatal(err)
	}
	known := registry.Vaccines()
	slices.SortStableFunc(known, func(a, b registry.VaccineInput) int { return a.Order - b.Order })
	if len(known) != len(s.Vaccines) {
		t.Fatalf("%d vaccines in the registry, %d in the schedule", len(known), len(s.Vaccines))
	}
	for i, want := range known {
		got := s.Vaccines[i]
		if got.Code != want.Code || got.Programme != want.Programme || len(got.Volumes) == 0 || got.Volumes[0].Microlitres != want.Volume {
			t.Errorf("vaccine %d: %s %s %v, expected %s %s %d µl", i, got.Code, got.Programme, got.Volumes, want.Code, want.Programme, want.Volume)
		}
		for _, name := range want.Antigens {
			if !knows(s, name) {
				t.Errorf("%s: the schedule knows the antigen %s by no name", want.Code, name)
			}
		}
	}
}

// knows reports whether doses from abroad may name an antigen so.
func knows(s *forecast.Schedule, name string) bool {
	return slices.ContainsFunc(s.Antigens, func(a forecast.Antigen) bool { return a.Name == name || slices.Contains(a.Also, name) })
}

// In the column of a vaccine the doses of a series are numbered one after the other, and its step is for what it
// is called after.
func TestLabels(t *testing.T) {
	for _, id := range IDs() {
		s, err := Embedded(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range s.Antigens {
			for _, r := range a.Series {
				next := map[forecast.VaccineIndex]int{}
				for i, d := range r.Doses {
					if next[d.Label.Vaccine]++; d.Label.Number != next[d.Label.Vaccine] {
						t.Errorf("%s, %s for %s, step %d: number %d on the card, expected %d", id, r.Name, a.Name, i+1, d.Label.Number, next[d.Label.Vaccine])
					}
					if len(d.Preferable) == 0 || d.Preferable[0].Vaccine != d.Label.Vaccine {
						t.Errorf("%s, %s for %s, step %d: what is given first is not what it is called after", id, r.Name, a.Name, i+1)
					}
					if d.Cite.Source == "" {
						t.Errorf("%s, %s for %s, step %d: no source", id, r.Name, a.Name, i+1)
					}
				}
			}
		}
	}
}

func TestGrace(t *testing.T) {
	s, err := Load("grace.yaml", []byte(strings.Replace(small, "title: A test", "title: A test\ngrace_days: 4", 1)))
	if err != nil {
		t.Fatal(err)
	}
	d := s.Antigens[0].Series[0].Doses
	if got := d[0].Ages[0]; got.AbsMin != forecast.Days(38) || got.Min != forecast.Days(42) {
		t.Errorf("ages with grace: %+v", got)
	}
	if got := d[1].Intervals[0]; got.AbsMin != forecast.Days(24) || got.Min != forecast.Days(28) {
		t.Errorf("intervals with grace: %+v", got)
	}
}

// What a later file does not say stays as it was; what it says replaces.
func TestBasedOn(t *testing.T) {
	s, err := Load("later.yaml", []byte("schedule: later\nbased_on: vn-2026-02\nfrom: 2026-07-01\nsources: {circular: another}\n"+
		"without: {series: [rota]}\nseries:\n  bcg:\n    antigens: BCG\n    programme: epi\n    cite: circular\n    doses:\n      - {dose: BCG 1, recommended_age: 1d}\n"))
	if err != nil {
		t.Fatal(err)
	}
	bcg := s.Antigens[s.Antigen("BCG")].Series
	if len(bcg) != 1 || bcg[0].Doses[0].Ages[0].EarliestRec != forecast.Days(1) || bcg[0].Doses[0].Cite.Source != "another" {
		t.Errorf("BCG: %+v", bcg)
	}
	if slices.ContainsFunc(s.Antigens[s.Antigen("Rotavirus")].Series, func(r forecast.Series) bool { return r.Name == "rota" }) {
		t.Error("rota is there still")
	}
	if got := s.Antigens[s.Antigen("Measles")].Series[0].Doses[0].Cite.Source; got != "another" {
		t.Errorf("measles: source %q", got)
	}
	if s.Until != 0 || s.Title == "" {
		t.Errorf("until %d, title %q", s.Until, s.Title)
	}
}
