package desk_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/synth"
	p "tramy/syncproto"
)

// telex types a name as the keys of Telex are pressed, tones at the end of each word.
func telex(name string) string {
	marks := map[rune]string{'\u0301': "s", '\u0300': "f", '\u0309': "r", '\u0303': "x", '\u0323': "j"}
	var words []string
	for _, w := range strings.Fields(strings.ToLower(name)) {
		var b strings.Builder
		tone, last := "", rune(0)
		for _, r := range norm.NFD.String(w) {
			switch {
			case marks[r] != "":
				tone = marks[r]
			case r == '\u0302':
				b.WriteRune(last)
			case r == '\u0306', r == '\u031b':
				b.WriteRune('w')
			case r == 'đ':
				b.WriteString("dd")
			default:
				b.WriteRune(r)
				last = r
			}
		}
		words = append(words, b.String()+tone)
	}
	return strings.Join(words, " ")
}

// backwards turns the words of a name round.
func backwards(name string) string {
	words := strings.Fields(name)
	slices.Reverse(words)
	return strings.Join(words, " ")
}

func given(name string) string {
	words := strings.Fields(name)
	return words[len(words)-1]
}

// A made-up commune with the names in use there, many of them shared: however a name is typed, whoever is looked for is among the first.
func TestSearchInARegister(t *testing.T) {
	tree := nodetest.New(t)
	nation, err := synth.New(7, synth.Options{Today: tree.Station.Today(), Children: 100, Duplicates: -1})
	if err != nil {
		t.Fatal(err)
	}
	var people []registry.SubjectInput
	for r := range nation.Register(0) {
		in := r.Subject
		in.Place, in.Mother = tree.Commune, p.EntityID{}
		if _, _, err := tree.Station.Register(t.Context(), tree.Nurse, in, true); err != nil {
			t.Fatal(err)
		}
		people = append(people, in)
	}
	for way, typed := range map[string]func(in *registry.SubjectInput) string{
		"as it is":          func(in *registry.SubjectInput) string { return in.Name },
		"without marks":     func(in *registry.SubjectInput) string { return registry.Fold(in.Name) },
		"in capitals":       func(in *registry.SubjectInput) string { return strings.ToUpper(in.Name) },
		"as Telex left it":  func(in *registry.SubjectInput) string { return telex(in.Name) },
		"backwards":         func(in *registry.SubjectInput) string { return backwards(in.Name) },
		"with the mother's": func(in *registry.SubjectInput) string { return registry.Fold(in.Name + " " + in.MotherName) },
		"given name and year": func(in *registry.SubjectInput) string {
			return registry.Fold(given(in.Name)) + " " + in.BirthDate.String()[6:]
		},
		"written together":      func(in *registry.SubjectInput) string { return strings.ReplaceAll(registry.Fold(in.Name), " ", "") },
		"with the day of birth": func(in *registry.SubjectInput) string { return in.BirthDate.String() + " " + registry.Fold(in.Name) },
		"with the phone's start": func(in *registry.SubjectInput) string {
			return registry.Fold(given(in.Name)) + " " + in.MotherPhone[:min(6, len(in.MotherPhone))]
		},
	} {
		for i := 0; i < len(people); i += 5 {
			in := &people[i]
			f, err := tree.Station.Find(t.Context(), tree.Nurse, typed(in))
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(f.Rows, func(r project.SubjectRow) bool { return r.Name == in.Name && r.BirthDate == in.BirthDate })
			if at < 0 || at >= 8 {
				t.Errorf("%s: %q finds %s (%s) as number %d of %d", way, typed(in), in.Name, in.BirthDate, at, len(f.Rows))
			}
		}
	}
}
