package faulty_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/sheet"
	"tramy/internal/synth"
	"tramy/internal/synth/faulty"
)

// read reads a file as an import does and returns the people that may be taken in, and the cells in the way.
func read(f *faulty.File, data []byte, home synth.Commune) (people int, problems map[string]string, err error) {
	book, err := sheet.Open(f.Name, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return 0, nil, err
	}
	names := sheet.VaccineNames(registry.Vaccines())
	m, err := book.Guess("", nil, names)
	if err != nil {
		return 0, nil, err
	}
	problems = map[string]string{}
	err = book.Read(m, sheet.ReadContext{Today: today, Vaccines: names, Communes: []string{home.Name, home.Code}}, func(e *sheet.Entry) error {
		if len(e.Problems) == 0 {
			people++
		}
		for i := range e.Problems {
			p := &e.Problems[i]
			problems[fmt.Sprintf("%d %s", p.Row, p.Column)] = p.Title + " " + p.Key() + " " + p.Text
		}
		return nil
	})
	return people, problems, err
}

// What a reader turns down is what was planted, cell by cell, and all others are taken in.
func TestWhatIsTurnedDownIsWhatWasPlanted(t *testing.T) {
	list, home := files(t)
	for _, f := range list {
		t.Run(f.Name, func(t *testing.T) {
			people, problems, err := read(f, content(t, f), home)
			if f.Refused {
				if err == nil {
					t.Fatalf("was read: %d people, %d problems", people, len(problems))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			planted, rows := map[string]bool{}, map[int]bool{}
			for _, x := range f.Plants {
				at := fmt.Sprintf("%d %s", x.Row, x.Column)
				planted[at], rows[x.Row] = true, true
				if _, ok := problems[at]; !ok {
					t.Errorf("%s at %s was not noticed: %q", x.What, at, x.Text)
				}
			}
			for _, at := range slices.Sorted(maps.Keys(problems)) {
				if !planted[at] {
					t.Errorf("turned down although nothing is wrong at %s: %s", at, problems[at])
				}
			}
			if want := f.People - len(rows); people != want {
				t.Errorf("%d people may be taken in, want %d of %d", people, want, f.People)
			}
		})
	}
}
