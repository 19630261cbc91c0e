package project

import (
	"slices"
	"strings"

	"tramy/internal/forecast"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// PatientOf puts a case's rows into the words of the schedule engine. The person is the case's canonical
// subject; conditions count from whichever linked record has them. False if there is nobody to forecast
// for: the record is in error or not here yet, or the person died.
//
// areas are the codes of the places that residence lies in. vaccines are those of the reference data, by code: a
// schedule may not know all of them.
func PatientOf(kase p.EntityID, subjects []SubjectRow, doses []ImmunizationRow, areas []string, vaccines map[string]VaccineRow) (forecast.Patient, bool) {
	var out forecast.Patient
	at := slices.IndexFunc(subjects, func(s SubjectRow) bool { return s.ID == kase })
	if at < 0 || subjects[at].Void || subjects[at].Provisional || subjects[at].Status == registry.StatusDied {
		return out, false
	}
	s := &subjects[at]
	out.Sex, out.BirthClock, out.Areas = s.Sex, s.BirthMinute, areas
	if s.BirthPrec != 0 {
		in := registry.SubjectInput{BirthDate: s.BirthDate, BirthPrec: s.BirthPrec}
		out.BornFirst, out.BornLast = in.BirthRange()
		out.KnownBirth = true
	}
	for i := range subjects {
		r := &subjects[i]
		if r.Case != kase || r.Void {
			continue
		}
		in := registry.SubjectInput{Conditions: registry.SplitConditions(r.Conditions), Group: r.Group, DueDate: r.DueDate}
		for _, c := range in.Observed() {
			out.Observations = append(out.Observations, forecast.Observation{Code: c.Code, On: c.On})
		}
	}
	for i := range doses {
		d := &doses[i]
		if !Judged(d) {
			continue
		}
		v := vaccines[d.Vaccine]
		out.Doses = append(out.Doses, forecast.Dose{
			Vaccine: d.Vaccine, On: d.GivenOn, Clock: d.GivenMinute, Antigens: antigensOf(&v), Campaign: IsCampaign(d.Programme, &v),
		})
	}
	out.Doses = append(out.Doses, assumed(s, out.Doses, vaccines)...)
	return out, true
}

// tetanusCode is the vaccine under which tetanus doses of which no date is known are put before the schedule.
const tetanusCode = "UV"

// assumed are the tetanus doses of which no date is known, on days that they can have been given on; doses are those that
// have one. They come last, so that a result names the others by their places.
func assumed(s *SubjectRow, doses []forecast.Dose, vaccines map[string]VaccineRow) []forecast.Dose {
	if s.Tetanus <= 0 {
		return nil
	}
	var born, before registry.Day
	if s.BirthPrec != 0 {
		born = s.BirthDate
	}
	if s.DueDate != 0 {
		before = registry.Began(s.DueDate)
	}
	for i := range doses {
		d := &doses[i]
		v := vaccines[d.Vaccine]
		if slices.Contains(antigensOf(&v), "T") && (before == 0 || d.On < before) && (born == 0 || d.On >= born.AddMonths(15*12)) {
			before = d.On
		}
	}
	v := vaccines[tetanusCode]
	var out []forecast.Dose
	for _, on := range registry.AssumedTetanus(int(s.Tetanus), int(s.TetanusYear), born, before) {
		out = append(out, forecast.Dose{Vaccine: tetanusCode, On: on, Antigens: antigensOf(&v)})
	}
	return out
}

// IsCampaign reports whether a dose was given beside the routine ones: under the outbreak programme, of a vaccine
// that is not one of outbreaks anyway.
func IsCampaign(programme registry.Programme, v *VaccineRow) bool {
	return programme == registry.ProgrammeOutbreak && v.Programme != registry.ProgrammeOutbreak
}

// Judged reports whether the schedule looks at a dose: one that was given, counts as a dose and has a date.
func Judged(d *ImmunizationRow) bool { return d.Counted && d.GivenOn != 0 }

// antigensOf reads the antigens of reference data.
func antigensOf(r *VaccineRow) []string {
	if r.Antigens == "" {
		return nil
	}
	return strings.Split(r.Antigens, ";")
}
