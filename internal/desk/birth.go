package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Birth is the end of a pregnancy: one or several children, or none.
type Birth struct {
	Mother p.EntityID
	On     registry.Day
	End    registry.PregnancyEnd
	// Babies are the children born alive, in order of birth. What they leave open (residence, hamlet, phone, names of the
	// parents, order) is the mother's.
	Babies []registry.SubjectInput
	// Known are children of this birth who are in the register already, by their birth house for example: they are tied to
	// the mother.
	Known      []p.EntityID
	MotherDied bool
	// Saw is what the form had shown of the mother.
	Saw registry.Saw
}

// BabyError says which child of a birth is in the way.
type BabyError struct {
	Index int
	Err   error
}

func (e *BabyError) Error() string { return fmt.Sprintf("child %d: %v", e.Index+1, e.Err) }

// Unwrap gives the rule that was broken.
func (e *BabyError) Unwrap() error { return e.Err }

// RecordBirth saves the end of a pregnancy as one act: the children are registered, linked with their mother, and she is no
// longer listed as pregnant. If somebody in the register is likely one of the children and force is false, nothing is written
// and they are returned.
func (d *Desk) RecordBirth(ctx context.Context, who Who, b Birth, force bool) ([]p.EntityID, []Candidate, error) {
	for _, act := range []rights.Act{rights.Create, rights.Amend} {
		if err := may(who, act, registry.KindSubject); err != nil {
			return nil, nil, err
		}
	}
	if b.End == registry.PregnancyBorn && len(b.Babies)+len(b.Known) == 0 {
		return nil, nil, registry.Errors{{Field: "pregnancy_end", Code: registry.CodeRequired}}
	}
	var found []Candidate
	babies := make([]registry.SubjectInput, len(b.Babies))
	err := d.view(ctx, func(tx store.Tx) error {
		m, err := d.motherOf(tx, who, b.Mother)
		if err != nil {
			return err
		}
		for i := range b.Babies {
			babies[i] = b.Babies[i]
			d.fromMother(m, &babies[i], b)
			if len(babies) > 1 {
				babies[i].BirthOrder = i + 1
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if !force {
		for i := range babies {
			likely, err := d.Candidates(ctx, who, babies[i].Cleaned())
			if err != nil {
				return nil, nil, err
			}
			for _, c := range likelyOnes(likely) {
				if !slices.ContainsFunc(found, func(f Candidate) bool { return f.Row.ID == c.Row.ID }) {
					found = append(found, c)
				}
			}
		}
		if len(found) > 0 {
			return nil, found, d.NoteListed(ctx, who, CandidateIDs(found)...)
		}
	}
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		m, err := d.motherOf(tx, who, b.Mother)
		if err != nil {
			return nil, err
		}
		var drafts []registry.Draft
		var codes []registry.PersonCode
		for i := range babies {
			in := babies[i]
			if in.Code, err = d.freshCode(tx, codes); err != nil {
				return nil, err
			}
			codes = append(codes, in.Code)
			draft, err := registry.NewSubject(in, d.Today())
			if err != nil {
				return nil, &BabyError{Index: i, Err: err}
			}
			drafts = append(drafts, draft)
		}
		for _, id := range b.Known {
			draft, err := d.tieTo(tx, who, m, id, nil)
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(draft)...)
		}
		patch := endOf(b.End, b.On)
		if b.MotherDied {
			patch[registry.SubjectStatus], patch[registry.SubjectStatusDate] = p.Int(int64(registry.StatusDied)), p.Int(int64(b.On))
		}
		draft, err := registry.EditSubject(m.state, patch, b.Saw, d.Today())
		if err != nil {
			return nil, err
		}
		return append(drafts, nonEmpty(draft)...), nil
	})
	if err != nil {
		return nil, nil, err
	}
	ids := make([]p.EntityID, 0, len(babies))
	for i := range babies {
		ids = append(ids, dots[i].Entity())
	}
	return ids, nil, nil
}

// BirthFields are what a birth writes on the mother's record.
var BirthFields = []p.Field{
	registry.SubjectGroup, registry.SubjectDueDate, registry.SubjectLastPeriod, registry.SubjectPregnancyEnd, registry.SubjectPregnancyOn,
	registry.SubjectStatus, registry.SubjectStatusDate,
}

// ErrDoseStands says that a birth is not taken back because a dose stands on the child: that is taken back first.
var ErrDoseStands = errors.New("a dose stands on this record")

// TakeBackBirth takes a birth back that was written by mistake, as one act: the children are entered in error, and of the
// mother, if she has a record, stands again what stood before. Who may not say so of any child may of those that they wrote
// themselves today, while no dose stands on them.
func (d *Desk) TakeBackBirth(ctx context.Context, who Who, woman p.EntityID, babies []p.EntityID, old registry.Patch) error {
	if !rights.MayTakeBack(who.Role, registry.KindSubject) {
		return ErrForbidden
	}
	if err := may(who, rights.Amend, registry.KindSubject); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		var drafts []registry.Draft
		if !woman.IsZero() {
			m, err := d.motherOf(tx, who, woman)
			if err != nil {
				return nil, err
			}
			draft, err := registry.EditSubject(m.state, old, registry.SawOf(m.state), d.Today())
			if err != nil {
				return nil, err
			}
			drafts = nonEmpty(draft)
		}
		for _, id := range babies {
			s, err := state(tx, id, registry.KindSubject)
			if err != nil {
				return nil, err
			}
			if err := d.mayTakeBack(tx, who, s); err != nil {
				return nil, err
			}
			draft, err := registry.Void(s, takenBack, registry.SawOf(s))
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(draft)...)
		}
		return drafts, nil
	})
	return ignoreNothing(err)
}

// mayTakeBack refuses to take back a record on which a dose stands, and to whoever may not say of every record that it was entered
// in error one that somebody else made, or that was made before today.
func (d *Desk) mayTakeBack(tx store.Tx, who Who, s *p.State) error {
	if err := d.mine(tx, who, s.ID); err != nil {
		return err
	}
	row, err := tx.SubjectRow(s.ID)
	if err != nil || row == nil {
		return cmp.Or(err, ErrNotFound)
	}
	doses, err := tx.DosesOfCase(row.Case)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(doses, func(x project.ImmunizationRow) bool { return !x.Void && x.NotDone == 0 }) {
		return ErrDoseStands
	}
	if may(who, rights.Void, registry.KindSubject) == nil {
		return nil
	}
	for _, v := range s.Values(registry.SubjectCode) {
		if v.Dot.Entity() == s.ID && v.Actor == who.User && registry.Today(time.UnixMilli(v.At.Corrected()), registry.VietnamOffset) == d.Today() {
			return nil
		}
	}
	return ErrForbidden
}

// takenBack is why somebody stands as entered in error whose birth was taken back. It is kept with the record, so it is in the
// language records are kept in.
const takenBack = "Hoàn tác ghi sinh"

// tieTo makes the draft that names the mother's own record on a child's, with what follows from it and nobody has said yet.
func (d *Desk) tieTo(tx store.Tx, who Who, m *mother, id p.EntityID, saw registry.Saw) (registry.Draft, error) {
	s, err := state(tx, id, registry.KindSubject)
	if err != nil {
		return registry.Draft{}, err
	}
	if err := d.mine(tx, who, id); err != nil {
		return registry.Draft{}, err
	}
	in := registry.SubjectOf(s).SubjectInput
	was := in
	d.fromMother(m, &in, Birth{})
	in.Place, in.Hamlet, in.Group, in.Ethnic = was.Place, was.Hamlet, was.Group, was.Ethnic
	if was.MotherName != "" {
		in.MotherName = was.MotherName
	}
	in.MotherPhone, in.GuardianName, in.GuardianPhone = cmp.Or(was.MotherPhone, in.MotherPhone), was.GuardianName, was.GuardianPhone
	return registry.EditSubject(s, in.Patch(s), sawNow(s, saw), d.Today())
}

// freshCode is newCode for one of several people of one act, who must not get each other's.
func (d *Desk) freshCode(tx store.Tx, taken []registry.PersonCode) (registry.PersonCode, error) {
	for {
		code, err := d.newCode(tx)
		if err != nil || !slices.Contains(taken, code) {
			return code, err
		}
	}
}

// mother is a woman's record as her child takes from it.
type mother struct {
	registry.Subject
	state   *p.State
	tetanus registry.TetanusHistory
}

func (d *Desk) motherOf(tx store.Tx, who Who, id p.EntityID) (*mother, error) {
	s, err := state(tx, id, registry.KindSubject)
	if err != nil {
		return nil, err
	}
	if err := d.mine(tx, who, id); err != nil {
		return nil, err
	}
	m := &mother{Subject: registry.SubjectOf(s), state: s}
	m.tetanus, err = tetanusOf(tx, &m.Subject)
	return m, err
}

// fromMother fills in what a child's record leaves open and its mother's states.
func (d *Desk) fromMother(m *mother, in *registry.SubjectInput, b Birth) {
	if in.BirthDate == 0 && b.On != 0 {
		in.BirthDate = b.On
	}
	in.Mother, in.MotherName = m.ID, m.Name
	in.Group = registry.GroupChild
	if in.Place.IsZero() {
		in.Place = m.Place
		in.Hamlet = m.Hamlet
	}
	if in.Hamlet == "" && in.Place == m.Place {
		in.Hamlet = m.Hamlet
	}
	phone := m.Phone
	switch {
	case in.MotherPhone != "" || in.GuardianPhone != "":
	case phone != "" && b.MotherDied: // somebody else answers it now
		in.GuardianPhone = phone
	case phone != "":
		in.MotherPhone = phone
	case m.GuardianPhone != "":
		in.GuardianName, in.GuardianPhone = m.GuardianName, m.GuardianPhone
	}
	if in.Ethnic == "" {
		in.Ethnic = m.Ethnic
	}
	if m.Has(registry.ConditionHBsAg) && !in.Has(registry.ConditionMotherHBsAg) {
		in.Conditions = append(slices.Clip(in.Conditions), registry.Condition{Code: registry.ConditionMotherHBsAg})
	}
	if in.Protected == 0 && in.BirthDate != 0 {
		if at := m.tetanus.Protects(in.BirthDate); at.By != 0 { // where nobody asked, nothing is said
			in.Protected, in.ProtectedBy = at.Answer, at.By
		}
	}
}

// tetanusOf reads what is known of somebody's tetanus doses, of all records that are linked as one person.
func tetanusOf(tx store.Tx, s *registry.Subject) (registry.TetanusHistory, error) {
	row, err := tx.SubjectRow(s.ID)
	if err != nil {
		return registry.TetanusHistory{}, err
	}
	vaccines, err := tx.Vaccines()
	if err != nil {
		return registry.TetanusHistory{}, err
	}
	return tetanusIn(tx, s, row, vaccines)
}

// tetanusIn is tetanusOf for whoever has read the row already, nil if there is none, and the vaccines.
func tetanusIn(tx store.Tx, s *registry.Subject, row *project.SubjectRow, vaccines []project.VaccineRow) (registry.TetanusHistory, error) {
	h := registry.TetanusHistory{Before: s.Tetanus, Asked: s.HasTetanus, Year: s.TetanusYear, From: s.TetanusFrom}
	if s.HasBirth() {
		h.Born, _ = s.BirthRange()
	}
	if row == nil {
		return h, nil
	}
	doses, err := tx.DosesOfCase(row.Case)
	if err != nil || len(doses) == 0 {
		return h, err
	}
	against := map[string]bool{}
	for i := range vaccines {
		against[vaccines[i].Code] = slices.Contains(strings.Split(vaccines[i].Antigens, ";"), "T")
	}
	for i := range doses {
		if x := &doses[i]; project.Judged(x) && against[x.Vaccine] {
			h.Doses = append(h.Doses, registry.TetanusDose{On: x.GivenOn, FirstHand: x.Source == registry.SourceHere})
		}
	}
	return h, nil
}

// bornTo lets a child that is registered under its mother's record take from it, and makes the drafts that end her pregnancy
// and mark the children of one birth.
func (d *Desk) bornTo(tx store.Tx, who Who, in *registry.SubjectInput, different []p.EntityID) ([]registry.Draft, error) {
	var drafts []registry.Draft
	if !in.Mother.IsZero() {
		m, err := d.motherOf(tx, who, in.Mother)
		if err != nil {
			return nil, err
		}
		d.fromMother(m, in, Birth{})
		if m.Group == registry.GroupPregnant && in.HasBirth() && registry.EndsPregnancy(m.DueDate, in.BirthDate) {
			draft, err := registry.EditSubject(m.state, endOf(registry.PregnancyBorn, in.BirthDate), registry.SawOf(m.state), d.Today())
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(draft)...)
		}
	}
	more, err := d.oneBirth(tx, in, different)
	return append(drafts, more...), err
}

// oneBirth numbers the children of one birth: the one that is registered now, and those before it that have no number yet.
// They are those of the mother's own record, and those of whom somebody said that they are another child.
func (d *Desk) oneBirth(tx store.Tx, in *registry.SubjectInput, different []p.EntityID) ([]registry.Draft, error) {
	ids := slices.Clone(different)
	if !in.Mother.IsZero() {
		rows, err := tx.ChildrenOf(in.Mother)
		if err != nil {
			return nil, err
		}
		ids = append(ids, idsOf(rows, subjectID)...)
	}
	clean := in.Cleaned()
	var states []*p.State
	taken := map[int]bool{in.BirthOrder: true}
	for i, id := range ids {
		s, err := tx.State(id)
		if err != nil {
			return nil, err
		}
		if s == nil || s.Kind != registry.KindSubject || slices.Contains(ids[:i], id) {
			continue
		}
		other := registry.SubjectOf(s)
		if registry.SameBirth(&clean, &other.SubjectInput) {
			states = append(states, s)
			taken[other.BirthOrder] = true
		}
	}
	if len(states) == 0 {
		return nil, nil
	}
	free := func() int {
		n := 1
		for taken[n] {
			n++
		}
		taken[n] = true
		return n
	}
	var drafts []registry.Draft
	for _, s := range states {
		if other := registry.SubjectOf(s); other.BirthOrder == 0 {
			draft, err := registry.EditSubject(s, registry.Patch{registry.SubjectBirthOrder: p.Int(int64(free()))}, registry.SawOf(s), d.Today())
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(draft)...)
		}
	}
	if in.BirthOrder == 0 {
		in.BirthOrder = free()
	}
	return drafts, nil
}
