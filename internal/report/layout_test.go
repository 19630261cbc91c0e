package report

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"tramy/internal/registry"
)

const smallForm = `form: results
from: 2026-07-01
title: {vi: Kết quả, en: Results}
sources: {tt13: TT 13/2026}
deadlines:
  month: {day: 3, cite: tt13, article: Điều 15}
  year: {day: 13, cite: tt13}
rows:
  - {key: bcg, vi: BCG, en: BCG, vaccines: [BCG], dose: 1, cite: tt13}
`

func day(t *testing.T, text string) registry.Day {
	t.Helper()
	d, err := registry.ParseISO(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A form with something missing says in which file and line, and what to do.
func TestLayoutErrorsSayWhatToDo(t *testing.T) {
	if l, err := ParseLayout("x.yaml", []byte(smallForm)); err != nil || len(l.Rows) != 1 || !l.Rows[0].Doses.Has(1) || l.Rows[0].Doses.Has(2) {
		t.Fatal(l, err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"a field is missing", ", vaccines: [BCG]", "", `x.yaml:9: row bcg counts doses and lacks the field "vaccines"; add vaccines: [BCG]`},
		{"a name is missing", "vi: BCG, ", "", `x.yaml:9: a row lacks the field "vi"; add vi: …`},
		{"a key nobody knows", "dose: 1", "doze: 1", `x.yaml:9: a row has no field "doze"; its fields are key, vi,`},
		{"no citation", "cite: tt13}\n", "cite: tt99}\n", `cites "tt99", which is not under sources; add it there`},
		{"a deadline is missing", "  year: {day: 13, cite: tt13}\n", "", `x.yaml:6: deadlines lacks the field "year"; add year: …`},
		{"a day that is none", "2026-07-01", "1/7/2026", `x.yaml:2: from: write a day as 2026-07-01`},
		{"a dose that is none", "dose: 1", "dose: first", `x.yaml:9: row bcg dose: write 1, or 2+`},
		{"no title", "title: {vi: Kết quả, en: Results}\n", "", `x.yaml:1: a form lacks the field "title"`},
		{"a list that is none", "rows:\n  - {", "rows:\n    {", `rows: write a list of 1 to 200 rows`},
		{"hours", "dose: 1", "hours: soon", `x.yaml:9: row bcg hours: write within 24 or after 24`},
		{"not YAML", "form: results", "form: [", "this is not YAML"},
	} {
		_, err := ParseLayout("x.yaml", []byte(strings.Replace(smallForm, c.old, c.new, 1)))
		var at *LayoutError
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.As(err, &at) || at.File != "x.yaml" || at.Line == 0 {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Each version is in force from its day until the next one's; what lies before all of them gets the oldest.
func TestLayoutVersions(t *testing.T) {
	later := strings.Replace(smallForm, "2026-07-01", "2027-01-01", 1)
	files := fstest.MapFS{
		"f/a.yaml": {Data: []byte(strings.Replace(smallForm, "from: 2026-07-01", "from: 2026-07-01\nuntil: 2027-01-01", 1))},
		"f/b.yaml": {Data: []byte(later)},
	}
	all, err := LoadLayouts(files, "f")
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]string{"2025-01-31": "2026-07-01", "2026-12-31": "2026-07-01", "2027-01-01": "2027-01-01", "2030-01-01": "2027-01-01"} {
		if got := LayoutOn(all, "results", day(t, on)).From.ISO(); got != want {
			t.Errorf("on %s the form of %s, want %s", on, got, want)
		}
	}
	if LayoutOn(all, "supplies", day(t, "2027-01-01")) != nil {
		t.Error("a form that is not there was found")
	}
	files["f/a.yaml"] = &fstest.MapFile{Data: []byte(smallForm)}
	if _, err := LoadLayouts(files, "f"); err == nil || !strings.Contains(err.Error(), "give the older one an until: day") {
		t.Errorf("two versions at once: %v", err)
	}
}

// The forms that come with the program are whole, and their deadlines are those of Circular 13/2026 Art. 15(4a).
func TestEmbeddedForms(t *testing.T) {
	all, err := Layouts()
	if err != nil {
		t.Fatal(err)
	}
	l := LayoutOn(all, "results", day(t, "2026-10-31"))
	if l == nil || len(l.Rows) < 30 {
		t.Fatal(l)
	}
	for period, want := range map[Period]string{
		{day(t, "2026-10-01"), day(t, "2026-10-31")}: "2026-11-03",
		{day(t, "2026-12-01"), day(t, "2026-12-31")}: "2027-01-03",
		{day(t, "2026-01-01"), day(t, "2026-12-31")}: "2027-01-13",
		{day(t, "2026-10-02"), day(t, "2026-10-31")}: "",
	} {
		due, source, ok := l.Deadline(period)
		if ok != (want != "") || ok && (due.ISO() != want || !strings.Contains(source, "Điều 15 khoản 4 điểm a")) {
			t.Errorf("%v: due %s by %q, want %s", period, due.ISO(), source, want)
		}
	}
}

func TestLayoutLimits(t *testing.T) {
	padded := []byte(smallForm + "#" + strings.Repeat("x", LayoutBytesMax-len(smallForm)-1))
	rows := func(n int) []byte {
		b := bytes.NewBufferString(smallForm)
		for i := 1; i < n; i++ {
			fmt.Fprintf(b, "  - {key: r%d, vi: a, en: a, count: other, cite: tt13}\n", i)
		}
		return b.Bytes()
	}
	letters := func(n int) []byte {
		return []byte(strings.Replace(smallForm, "vi: BCG", "vi: "+strings.Repeat("ọ", n), 1))
	}
	for _, text := range [][]byte{padded, rows(LayoutRowsMax), letters(LayoutTextMax)} {
		if _, err := ParseLayout("x.yaml", text); err != nil {
			t.Errorf("at the limit: %v", err)
		}
	}
	for _, text := range [][]byte{append(padded, '\n'), rows(LayoutRowsMax + 1), letters(LayoutTextMax + 1)} {
		if _, err := ParseLayout("x.yaml", text); err == nil {
			t.Error("one beyond the limit was read")
		}
	}
}
