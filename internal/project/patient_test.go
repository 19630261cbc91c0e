package project

import (
	"slices"
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

func TestPatientOf(t *testing.T) {
	vaccines := map[string]VaccineRow{
		"SOI": {Code: "SOI", Programme: registry.ProgrammeEPI, Antigens: "Measles"},
		"TA":  {Code: "TA", Programme: registry.ProgrammeOutbreak, Antigens: "Cholera"},
	}
	lead, other := id(1), id(2)
	subjects := []SubjectRow{
		{ID: lead, Case: lead, BirthDate: 20000, BirthPrec: registry.PrecisionMonth, Sex: registry.SexFemale, Conditions: "hiv"},
		{ID: other, Case: lead, Group: registry.GroupPregnant, DueDate: 20300, BirthDate: 1, BirthPrec: registry.PrecisionDay},
	}
	dose := func(vaccine string, on registry.Day, programme registry.Programme) ImmunizationRow {
		return ImmunizationRow{Vaccine: vaccine, GivenOn: on, Programme: programme, Counted: true}
	}
	doses := []ImmunizationRow{
		dose("SOI", 20200, registry.ProgrammeOutbreak), // "mũi 0"
		dose("SOI", 20280, registry.ProgrammeEPI),
		dose("TA", 20290, registry.ProgrammeOutbreak), // what an outbreak is for
		{Vaccine: "SOI", GivenOn: 20295},              // not counted: void, or told twice
		dose("SOI", 0, registry.ProgrammeEPI),         // nobody knows when
	}
	who, ok := PatientOf(lead, subjects, doses, []string{"gso:11"}, vaccines)
	if !ok || who.BornFirst >= who.BornLast || !who.KnownBirth || who.Sex != registry.SexFemale || !slices.Equal(who.Areas, []string{"gso:11"}) {
		t.Errorf("the person: %+v", who)
	}
	want := []forecast.Observation{{Code: "hiv"}, {Code: registry.ConditionPregnant}, {Code: registry.ConditionExpectedBirth, On: 20300}}
	if !slices.Equal(who.Observations, want) {
		t.Errorf("observed %v, want %v of both records", who.Observations, want)
	}
	var campaign []bool
	for _, d := range who.Doses {
		campaign = append(campaign, d.Campaign)
	}
	if !slices.Equal(campaign, []bool{true, false, false}) {
		t.Errorf("doses %+v", who.Doses)
	}
	for name, change := range map[string]func(*SubjectRow){
		"dead":        func(s *SubjectRow) { s.Status = registry.StatusDied },
		"in error":    func(s *SubjectRow) { s.Void = true },
		"provisional": func(s *SubjectRow) { s.Provisional = true },
	} {
		list := slices.Clone(subjects)
		change(&list[0])
		if _, ok := PatientOf(lead, list, doses, nil, vaccines); ok {
			t.Errorf("%s, and still forecast for", name)
		}
	}
}
