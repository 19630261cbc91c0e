package desk

import (
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// AddTwin registers another child of one birth with somebody who is in the register: what the two share (mother, home, day of
// birth) is taken over, in says the rest. Both are marked as children of one birth, and that they are two is remembered. If somebody
// else is likely this child already and force is false, nothing is written and they are returned.
func (d *Desk) AddTwin(ctx context.Context, who Who, of p.EntityID, in registry.SubjectInput, force bool) (p.EntityID, []Candidate, error) {
	if err := may(who, rights.Create, registry.KindSubject); err != nil {
		return p.EntityID{}, nil, err
	}
	if err := d.view(ctx, func(tx store.Tx) error {
		s, err := state(tx, of, registry.KindSubject)
		if err != nil {
			return err
		}
		if err := d.mine(tx, who, of); err != nil {
			return err
		}
		other := registry.SubjectOf(s)
		asTwin(&in, &other.SubjectInput)
		return nil
	}); err != nil {
		return p.EntityID{}, nil, err
	}
	if !force {
		found, err := d.Candidates(ctx, who, in.Cleaned())
		if err != nil {
			return p.EntityID{}, nil, err
		}
		others := slices.DeleteFunc(likelyOnes(found), func(c Candidate) bool { return c.Row.ID == of })
		if len(others) > 0 {
			return p.EntityID{}, others, d.NoteListed(ctx, who, CandidateIDs(others)...)
		}
	}
	return d.Register(ctx, who, in, true, of)
}

// motherTold are the conditions of a child that are its mother's, and so those of all children of one birth.
var motherTold = []string{registry.ConditionMotherHBsAg}

// asTwin takes over what children of one birth share.
func asTwin(in, other *registry.SubjectInput) {
	in.Place, in.Hamlet, in.Ethnic = other.Place, other.Hamlet, other.Ethnic
	in.Mother, in.MotherName, in.MotherPhone, in.MotherYear = other.Mother, other.MotherName, other.MotherPhone, other.MotherYear
	in.FatherName, in.FatherPhone = other.FatherName, other.FatherPhone
	in.GuardianName, in.GuardianPhone = other.GuardianName, other.GuardianPhone
	in.BirthDate, in.BirthPlace, in.BornAt = other.BirthDate, other.BirthPlace, other.BornAt
	if in.BirthPrec = other.BirthPrec; in.BirthPrec == registry.PrecisionMinute {
		in.BirthPrec = registry.PrecisionDay // the hour is its own
	}
	in.Protected, in.ProtectedBy, in.Group = other.Protected, other.ProtectedBy, other.Group
	for _, c := range other.Conditions {
		if slices.Contains(motherTold, c.Code) && !in.Has(c.Code) {
			in.Conditions = append(in.Conditions, c)
		}
	}
}

// KinFields are what [Desk.TieMother] may write on a child's record.
var KinFields = []p.Field{
	registry.SubjectMother, registry.SubjectMotherName, registry.SubjectMotherPhone, registry.SubjectGuardianName, registry.SubjectGuardianTel,
	registry.SubjectProtected, registry.SubjectProtectedBy, registry.SubjectConditions,
}

// TieMother ties a child to its mother's own record, and takes from her what nobody has said of the child yet. A zero mother takes
// the tie off again; what was taken from her stays. saw is what the form had shown of the child.
func (d *Desk) TieMother(ctx context.Context, who Who, child, woman p.EntityID, saw registry.Saw) error {
	if err := may(who, rights.Amend, registry.KindSubject); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, child, registry.KindSubject)
		if err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, child); err != nil {
			return nil, err
		}
		if woman.IsZero() {
			draft, err := registry.EditSubject(s, registry.Patch{registry.SubjectMother: p.Null()}, saw, d.Today())
			return nonEmpty(draft), err
		}
		if woman == child {
			return nil, registry.Errors{{Field: "mother", Code: registry.CodeNotMother}}
		}
		m, err := d.motherOf(tx, who, woman)
		if err != nil {
			return nil, err
		}
		kid := registry.SubjectOf(s)
		if err := couldBear(&m.Subject, &kid.SubjectInput); err != nil {
			return nil, err
		}
		draft, err := d.tieTo(tx, who, m, child, saw)
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

// bearingYearsMin is the least age at which somebody is taken for a mother.
const bearingYearsMin = 10

// couldBear refuses a mother who is a man, or who was a small child, or not born, when the child was.
func couldBear(m *registry.Subject, child *registry.SubjectInput) error {
	if m.Sex == registry.SexMale {
		return registry.Errors{{Field: "mother", Code: registry.CodeNotMother}}
	}
	if !m.HasBirth() || !child.HasBirth() {
		return nil
	}
	first, _ := m.BirthRange()
	if _, last := child.BirthRange(); last < first.AddMonths(12*bearingYearsMin) {
		return registry.Errors{{Field: "mother", Code: registry.CodeNotMother}}
	}
	return nil
}

// FindMothers finds who may be somebody's mother by what was typed, for a page that ties the two.
func (d *Desk) FindMothers(ctx context.Context, who Who, query string, child p.EntityID) ([]project.SubjectRow, error) {
	found, err := d.Search(ctx, who, query)
	return slices.DeleteFunc(found, func(r project.SubjectRow) bool {
		return r.ID == child || r.Sex == registry.SexMale || r.BirthPrec != 0 && d.Today().AgeMonths(r.BirthDate) < 12*bearingYearsMin
	}), err
}
