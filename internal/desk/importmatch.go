package desk

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// match is somebody in the register who may be the person a row of a file tells of.
type match struct {
	Candidate
	state   *p.State
	subject registry.Subject
	sure    bool
}

// blockOf names the keys under which an entry would be found if it were in the register.
func blockOf(in *registry.SubjectInput) store.BlockQuery {
	block := store.BlockQuery{Code: string(in.Code), Phone: cmp.Or(in.Phone, in.MotherPhone), PersonalNo: in.PersonalNo, Limit: store.BlockRows}
	block.Words = append(registry.SearchTokens(in.Name), registry.SearchTokens(in.MotherName)...)
	if phone, err := registry.NormalPhone(block.Phone); err == nil {
		block.Phone = phone
	}
	if in.HasBirth() {
		block.BirthDate = in.BirthDate
	}
	if in.Name != "" {
		block.SortName = project.SortName(in.Name)
	}
	return block
}

// matches are the people here who may be the one an entry tells of, likeliest first: also the dead and those
// entered in error, so that a file read again brings nobody back.
func matches(tx store.Tx, in *registry.SubjectInput) ([]match, error) {
	block := blockOf(in)
	block.Gone = true
	for _, number := range []string{string(in.Code), in.NationalCode, in.Insurance, in.Passport} {
		if number != "" {
			block.Papers = append(block.Papers, number)
		}
	}
	rows, err := tx.SubjectsByBlock(block)
	if err != nil {
		return nil, err
	}
	told := registry.Subject{SubjectInput: *in}
	want := registry.ProfileOf(&told)
	var found []match
	for _, r := range rows {
		s, err := tx.State(r.ID)
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue
		}
		m := match{Candidate: Candidate{Row: r}, state: s, subject: registry.SubjectOf(s)}
		m.Match = registry.CompareProfiles(want, registry.ProfileOf(&m.subject))
		m.SameCode = hasCode(&m.subject, in.Code)
		m.sure = surely(&told, &m.subject, &m.Match)
		if m.sure || m.SameCode || m.Match.Possible() {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return byLikelihood(a.Candidate, b.Candidate) })
	return found, nil
}

// worthAsking reports whether a person is asked if an entry and a record are one: they are likely to be. Two children of one
// mother, born on one day and named otherwise are twins in a register that lists both, unless a number speaks against it:
// a sweep may still put such a pair before somebody, but no file waits for it.
func worthAsking(m *registry.Comparison) bool {
	if !m.Likely() || m.Verdict("name") != registry.Different {
		return m.Likely()
	}
	return slices.ContainsFunc([]string{"personal_no", "insurance", "national_code", "passport"}, func(field string) bool {
		return m.Verdict(field) == registry.Same
	})
}

func hasCode(s *registry.Subject, code registry.PersonCode) bool {
	return code != "" && (s.Code == code || slices.Contains(s.Aliases, string(code)))
}

// surely reports whether an entry of a file and a record are one person without anybody being asked. It is
// stricter than likely: what it says goes into the record unseen. Twins share birth date and mother, so their
// name or their order decides; a child without a name is the same only as one without a name.
func surely(told, here *registry.Subject, m *registry.Comparison) bool {
	sameBirth := told.HasBirth() && here.HasBirth() && told.BirthDate == here.BirthDate && dayPrecise(told) == dayPrecise(here)
	if !sameBirth || m.Verdict("sex") == registry.Different || m.Verdict("birth_order") == registry.Different {
		return false
	}
	name, mother := m.Verdict("name"), m.Verdict("mother_name")
	_, toldNewborn := registry.StripTitle(told.Name)
	_, hereNewborn := registry.StripTitle(here.Name)
	nameless := name == registry.Unknown && mother == registry.Same
	// A number that one person has, which agrees.
	personal, national := m.Verdict("personal_no"), m.Verdict("national_code")
	if personal != registry.Different && national != registry.Different &&
		(hasCode(here, told.Code) || personal == registry.Same || national == registry.Same) {
		return name == registry.Same || name == registry.Near || nameless
	}
	if personal == registry.Near || personal == registry.Different || national == registry.Different {
		return false
	}
	if nameless {
		return toldNewborn && hereNewborn && told.BirthOrder == here.BirthOrder && m.Verdict("sex") == registry.Same
	}
	if name != registry.Same {
		return false
	}
	phone, hamlet := m.Verdict("mother_phone"), m.Verdict("hamlet")
	switch mother {
	case registry.Same:
		return true
	case registry.Unknown:
		if m.Verdict("sex") != registry.Same {
			return false
		}
		if told.MotherName == "" && here.MotherName == "" && dayPrecise(told) {
			return phone != registry.Different && hamlet != registry.Different
		}
		return phone == registry.Same && hamlet != registry.Different
	}
	return false
}

func dayPrecise(s *registry.Subject) bool {
	return s.BirthPrec.DayKnown()
}

// sameDoseDays is within how many days two records of one vaccine are one dose that was dated in two ways: no
// schedule gives a vaccine twice within a week.
const sameDoseDays = 7

// counterparts finds, for each dose a file tells of, the dose of the register that it is, -1 if there is none.
// Equal days come first, so that a dose is taken for another's only if nothing else stands for it. A dose that
// somebody said was never given is a counterpart too: the file does not bring it back.
func counterparts(told []registry.ImmunizationInput, here []project.ImmunizationRow) []int {
	at := make([]int, len(told))
	taken := make([]bool, len(here))
	find := func(fits func(in *registry.ImmunizationInput, row *project.ImmunizationRow) bool) {
		for i := range told {
			for j := range here {
				if at[i] < 0 && !taken[j] && here[j].Vaccine == told[i].Vaccine && (here[j].NotDone != 0) == (told[i].NotDone != 0) && fits(&told[i], &here[j]) {
					at[i], taken[j] = j, true
				}
			}
		}
	}
	for i := range at {
		at[i] = -1
	}
	find(func(in *registry.ImmunizationInput, row *project.ImmunizationRow) bool {
		return row.GivenOn == in.GivenOn && !row.Void
	})
	find(func(in *registry.ImmunizationInput, row *project.ImmunizationRow) bool {
		return row.GivenOn == in.GivenOn
	})
	find(func(in *registry.ImmunizationInput, row *project.ImmunizationRow) bool {
		days := int(row.GivenOn) - int(in.GivenOn)
		return !row.Void && row.GivenOn != 0 && max(days, -days) < sameDoseDays
	})
	return at
}
