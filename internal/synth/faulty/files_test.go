package faulty_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/synth"
	"tramy/internal/synth/faulty"
)

var today = func() registry.Day { d, _ := registry.NewDay(2026, 11, 26); return d }()

func files(t *testing.T) ([]*faulty.File, synth.Commune) {
	t.Helper()
	n, err := synth.New(3, synth.Options{Today: today, Children: 300})
	if err != nil {
		t.Fatal(err)
	}
	list, err := faulty.Files(n, 0, today)
	if err != nil {
		t.Fatal(err)
	}
	return list, n.Communes()[0]
}

func content(t *testing.T, f *faulty.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func index(column string) int {
	n := 0
	for _, r := range column {
		n = n*26 + int(r-'A') + 1
	}
	return n - 1
}

// What is said to be planted stands where it is said to.
func TestPlantsStandWhereTheyAreSaidTo(t *testing.T) {
	list, _ := files(t)
	seen := 0
	for _, f := range list {
		if f.Refused && len(f.Plants) != 1 {
			t.Errorf("%s is refused and has %d plants", f.Name, len(f.Plants))
		}
		if !slices.IsSortedFunc(f.Plants, func(a, b faulty.Plant) int { return a.Row - b.Row }) {
			t.Errorf("%s: plants are not in order of rows", f.Name)
		}
		if f.Refused || !strings.HasSuffix(f.Name, ".csv") || len(f.Plants) == 0 {
			continue
		}
		rows, err := csv.NewReader(bytes.NewReader(content(t, f))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		for _, x := range f.Plants {
			seen++
			if got := rows[x.Row-1][index(x.Column)]; got != x.Text || rows[0][index(x.Column)] != x.Title {
				t.Errorf("%s row %d column %s: %q, want %q under %q", f.Name, x.Row, x.Column, got, x.Text, x.Title)
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d plants looked at, want more", seen)
	}
}

func TestEqualSeedsMakeEqualFiles(t *testing.T) {
	a, _ := files(t)
	b, _ := files(t)
	for i := range a {
		if !bytes.Equal(content(t, a[i]), content(t, b[i])) {
			t.Errorf("%s came out another way", a[i].Name)
		}
	}
}

func TestRowsTooManyAreOneTooMany(t *testing.T) {
	list, _ := files(t)
	for _, f := range list {
		if !strings.HasPrefix(f.Name, "rows-") {
			continue
		}
		if got := bytes.Count(content(t, f), []byte("\n")); got != faulty.RowsTooMany+1 {
			t.Errorf("%d lines, want %d and the titles", got, faulty.RowsTooMany)
		}
	}
}

func TestTooFewChildrenToPlantAmong(t *testing.T) {
	n, err := synth.New(3, synth.Options{Today: today, Children: 5})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := faulty.Files(n, 0, today); err == nil {
		t.Error("five children were enough")
	}
}
