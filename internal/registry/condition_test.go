package registry

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestConditionRoundTrip(t *testing.T) {
	for _, c := range []Condition{{Code: "rabies-exposure", On: 20500}, {Code: "immunodeficiency"}} {
		got, err := ParseCondition(c.String())
		if err != nil || got != c {
			t.Errorf("%q gives %v, %v", c.String(), got, err)
		}
	}
	if _, err := ParseCondition("rabies-exposure@2026-02-30"); err == nil {
		t.Error("a day that does not exist was read")
	}
}

// A condition written with a date this version cannot read still stands: to lose it would be worse.
func TestConditionKeptWithoutItsDate(t *testing.T) {
	in := subjectWith(t, SubjectInput{})
	got := conditionsOf([]string{"immunodeficiency@soon", ""})
	if len(got) != 1 || got[0] != (Condition{Code: "immunodeficiency"}) {
		t.Errorf("read %v", got)
	}
	if len(in.Observed()) != 0 {
		t.Errorf("somebody healthy has %v", in.Observed())
	}
}

func subjectWith(t *testing.T, in SubjectInput) *SubjectInput {
	t.Helper()
	in.Name, in.Code, in.Place, in.BirthDate = "Lò Văn Páo", goodCode, someID(1), 20000
	draft, err := NewSubject(in, 20600)
	if err != nil {
		t.Fatal(err)
	}
	s := SubjectOf(stateOf(draft, 1))
	return &s.SubjectInput
}

func TestConditionsOfASubject(t *testing.T) {
	in := subjectWith(t, SubjectInput{
		Group: GroupPregnant, DueDate: 20700,
		Conditions: []Condition{{Code: " HIV "}, {Code: "bite", On: 20590}, {Code: "hiv"}},
	})
	if want := []Condition{{Code: "bite", On: 20590}, {Code: "hiv"}}; !slices.Equal(in.Conditions, want) {
		t.Errorf("kept %v, want %v", in.Conditions, want)
	}
	want := []Condition{{Code: "bite", On: 20590}, {Code: "hiv"}, {Code: ConditionPregnant}, {Code: ConditionExpectedBirth, On: 20700}}
	if got := in.Observed(); !slices.Equal(got, want) {
		t.Errorf("observed %v, want %v", got, want)
	}
}

func TestConditionsRefused(t *testing.T) {
	many := func(n int) []Condition {
		var out []Condition
		for i := range n {
			out = append(out, Condition{Code: "c" + strings.Repeat("x", i)})
		}
		return out
	}
	for name, c := range map[string]struct {
		list []Condition
		code Code
	}{
		"as many as may be":   {many(ConditionsMax), ""},
		"one more":            {many(ConditionsMax + 1), CodeTooMany},
		"as long as may be":   {[]Condition{{Code: strings.Repeat("a", ConditionCodeCharsMax)}}, ""},
		"one letter more":     {[]Condition{{Code: strings.Repeat("a", ConditionCodeCharsMax+1)}}, CodeConditionCode},
		"words":               {[]Condition{{Code: "bị chó cắn"}}, CodeConditionCode},
		"a day still to come": {[]Condition{{Code: "bite", On: 20601}}, CodeConditionFuture},
		"today":               {[]Condition{{Code: "bite", On: 20600}}, ""},
	} {
		_, err := NewSubject(SubjectInput{Name: "A", Code: goodCode, Place: someID(1), BirthDate: 20000, Conditions: c.list}, 20600)
		var errs Errors
		if c.code == "" && err != nil || c.code != "" && (!errors.As(err, &errs) || !errs.Has("conditions", c.code)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
