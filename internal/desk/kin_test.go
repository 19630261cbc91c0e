package desk

import (
	"testing"

	"tramy/internal/registry"
)

// Nobody is tied to a mother who was a small child, or not born, when the child was.
func TestWhoCouldBear(t *testing.T) {
	born := registry.Day(20_000)
	child := &registry.SubjectInput{BirthDate: born, BirthPrec: registry.PrecisionDay}
	for _, c := range []struct {
		name string
		m    registry.SubjectInput
		ok   bool
	}{
		{"as old as can be believed", registry.SubjectInput{BirthDate: born.AddMonths(-12 * bearingYearsMin), BirthPrec: registry.PrecisionDay}, true},
		{"a day younger", registry.SubjectInput{BirthDate: born.AddMonths(-12*bearingYearsMin) + 1, BirthPrec: registry.PrecisionDay}, false},
		{"a man", registry.SubjectInput{Sex: registry.SexMale, BirthDate: 1, BirthPrec: registry.PrecisionDay}, false},
		{"nobody knows when she was born", registry.SubjectInput{}, true},
	} {
		if err := couldBear(&registry.Subject{SubjectInput: c.m}, child); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
