package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Record is one person's whole record as this node holds it: what the child page shows.
type Record struct {
	Subject   registry.Subject
	State     *p.State // the subject's, for what a form shows and Saw
	Canonical p.EntityID
	Linked    []project.SubjectRow // the other subjects of the case
	Residence *project.PlaceRow    // by today's map; nil if the place is not known here
	AskHome   bool                 // the commune was split, and nobody knows in which part they live
	Doses     []DoseView           // by date
	Conflicts []Conflict
	Advice    *Advice // as of today
	// Restricted says that the data are out of bounds for all but care and what the law orders.
	Restricted bool
	// Glass is until when the record can be read although it belongs elsewhere, zero if it belongs here. It is to be read
	// only: whatever is written into it is refused.
	Glass time.Time
	// Complete says that this node has read its hub's feed to the end once: before that nothing follows
	// from what is not here.
	Complete bool
	Family   Family
	Tetanus  registry.TetanusHistory
	Moved    []MovedDose // doses that were written here by mistake
}

// DoseView is a dose with what stands beside it on the card.
type DoseView struct {
	project.ImmunizationRow
	Immunization registry.Immunization
	State        *p.State
	PlaceName    string
	GivenBy      string
	Tick         Tick
}

// Tick says who is proven to hold the newest own change of an entity.
type Tick int

// Ticks. TickNone stands for records of others: what no stored signature proves is not shown.
const (
	TickNone  Tick = -1
	TickSaved Tick = 0 // on this machine
	TickHub   Tick = 1
	TickRoot  Tick = 2
)

// Open reads a subject's record and writes down who looked. It is the one way to a record.
func (d *Desk) Open(ctx context.Context, who Who, id p.EntityID) (*Record, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	r := &Record{}
	err := d.view(ctx, func(tx store.Tx) error { return d.read(tx, who, id, r) })
	if err != nil {
		return nil, err
	}
	if err := d.note(ctx, who, registry.ActView, id, ""); err != nil {
		return nil, err
	}
	if !r.Glass.IsZero() {
		return r, nil
	}
	return r, d.comesAgain(ctx, who, r.State)
}

func (d *Desk) read(tx store.Tx, who Who, id p.EntityID, r *Record) error {
	s, err := state(tx, id, registry.KindSubject)
	if err != nil {
		return err
	}
	r.State, r.Subject = s, registry.SubjectOf(s)
	row, err := tx.SubjectRow(id)
	if err != nil {
		return err
	}
	if row == nil {
		return fmt.Errorf("subject %s: %w", id, ErrNotFound)
	}
	r.Canonical = row.Case
	if r.Glass, err = d.readable(tx, who, row.Case); err != nil {
		return err
	}
	if r.Restricted, err = d.mayOpen(tx, who, row); err != nil {
		return err
	}
	subjects, err := tx.SubjectsOfCase(row.Case)
	if err != nil {
		return err
	}
	for _, x := range subjects {
		if x.ID != id {
			r.Linked = append(r.Linked, x)
		}
	}
	home, m := d.Home(), d.Map()
	r.AskHome = home.Asks(row)
	if at, exact := m.Stands(row.Recorded, row.Residence); exact {
		here, _ := m.Row(at)
		r.Residence = &here
	} else if r.Residence, err = tx.Place(r.Subject.Place); err != nil {
		return err
	}
	if r.Doses, err = d.doses(tx, row.Case); err != nil {
		return err
	}
	conflicts, err := tx.ConflictsOfCase(row.Case)
	if err != nil {
		return err
	}
	if r.Conflicts, err = d.conflicts(tx, conflicts); err != nil {
		return err
	}
	if r.Complete, err = d.complete(tx); err != nil {
		return err
	}
	if r.Family, err = d.family(tx, who, &r.Subject, row.Case); err != nil {
		return err
	}
	if r.Tetanus, err = tetanusOf(tx, &r.Subject); err != nil {
		return err
	}
	if r.Moved, err = d.moved(tx, who, &r.Subject); err != nil {
		return err
	}
	r.Advice, err = d.advise(tx, row.Case, d.Today())
	return err
}

func (d *Desk) complete(tx store.Tx) (bool, error) {
	id := d.Node.Identity()
	if id.IsRoot() {
		return true, nil
	}
	rows, err := tx.Cursors(id.Upstream.Device)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	for _, c := range rows {
		if !c.Complete {
			return false, nil
		}
	}
	return true, nil
}

func (d *Desk) doses(tx store.Tx, caseID p.EntityID) ([]DoseView, error) {
	rows, err := tx.DosesOfCase(caseID)
	if err != nil {
		return nil, err
	}
	views := make([]DoseView, 0, len(rows))
	for _, row := range rows {
		s, err := tx.State(row.ID)
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue
		}
		v := DoseView{ImmunizationRow: row, State: s, Immunization: registry.ImmunizationOf(s)}
		if v.Tick, err = tick(tx, s); err != nil {
			return nil, err
		}
		if place, err := tx.Place(row.Place); err != nil {
			return nil, err
		} else if place != nil {
			v.PlaceName = place.Name
		}
		if v.GivenBy, err = giver(tx, s, row.GivenBy); err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, nil
}

// giver names who gave a dose: the person named, else who recorded it.
func giver(tx store.Tx, s *p.State, by p.EntityID) (string, error) {
	if by.IsZero() {
		if v := s.Values(registry.DoseVaccine); len(v) > 0 {
			by = v[len(v)-1].Actor
		}
	}
	if by.IsZero() {
		return "", nil
	}
	u, err := tx.User(by)
	if err != nil || u == nil {
		return "", err
	}
	return u.Name, nil
}

// tick tells how far the newest own change of a state has got.
func tick(tx store.Tx, s *p.State) (Tick, error) {
	least := TickNone
	for _, f := range s.Fields {
		for _, v := range f.Values {
			row, err := tx.Log(v.Dot.Log)
			if err != nil {
				return least, err
			}
			if row == nil || !row.Own {
				continue
			}
			t := TickSaved
			switch {
			case row.Root >= v.Dot.Seq:
				t = TickRoot
			case row.UpHere >= v.Dot.Seq:
				t = TickHub
			}
			if least == TickNone || t < least {
				least = t
			}
		}
	}
	return least, nil
}

// Candidate is somebody who may already be in the register.
type Candidate struct {
	Row   project.SubjectRow
	Match registry.Comparison
	// SameCode says that the code of a card names both. It may still be a sister's card.
	SameCode bool
}

// Register enters a new subject. If likely duplicates are found and force is false, nothing is written and
// they are returned. Under its mother's own record a child takes from it what is left open, ends her pregnancy, and is marked
// as one of several if another child of hers was born with it. Of different somebody said that they are other people, which is
// remembered in the same act.
func (d *Desk) Register(ctx context.Context, who Who, in registry.SubjectInput, force bool, different ...p.EntityID) (p.EntityID, []Candidate, error) {
	return d.RegisterAnd(ctx, who, in, force, nil, different...)
}

// RegisterAnd is Register with something that is done in the same transaction, nil for nothing.
func (d *Desk) RegisterAnd(ctx context.Context, who Who, in registry.SubjectInput, force bool, also func(store.Tx) error, different ...p.EntityID) (p.EntityID, []Candidate, error) {
	if err := may(who, rights.Create, registry.KindSubject); err != nil {
		return p.EntityID{}, nil, err
	}
	if !force {
		found, err := d.Candidates(ctx, who, in)
		if err != nil {
			return p.EntityID{}, nil, err
		}
		if likely := likelyOnes(found); len(likely) > 0 {
			return p.EntityID{}, likely, d.NoteListed(ctx, who, CandidateIDs(likely)...)
		}
	}
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, entity func(int) p.EntityID) ([]registry.Draft, error) {
		drafts, _, err := d.registerDrafts(tx, who, in, entity, different)
		if err == nil && also != nil {
			err = also(tx)
		}
		return drafts, err
	})
	if err != nil {
		return p.EntityID{}, nil, err
	}
	return dots[0].Entity(), nil, nil
}

// RegisterVisit is Register for somebody who was given something, and whose visit is saved in the same act. It returns the doses as
// well.
func (d *Desk) RegisterVisit(ctx context.Context, who Who, in registry.SubjectInput, v Visit, force bool, different ...p.EntityID) (p.EntityID, []p.EntityID, []Candidate, error) {
	for _, kind := range []p.Kind{registry.KindSubject, registry.KindImmunization} {
		if err := may(who, rights.Create, kind); err != nil {
			return p.EntityID{}, nil, nil, err
		}
	}
	if !force {
		found, err := d.Candidates(ctx, who, in)
		if err != nil {
			return p.EntityID{}, nil, nil, err
		}
		if likely := likelyOnes(found); len(likely) > 0 {
			return p.EntityID{}, nil, likely, d.NoteListed(ctx, who, CandidateIDs(likely)...)
		}
	}
	first := 0
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, entity func(int) p.EntityID) ([]registry.Draft, error) {
		drafts, in, err := d.registerDrafts(tx, who, in, entity, different)
		if err != nil {
			return nil, err
		}
		vaccine, err := vaccineKnown(tx)
		if err != nil {
			return nil, err
		}
		v := v
		v.Subject, first = entity(0), len(drafts)
		visit, err := d.visitDrafts(tx, who, &v, registry.Known{Today: d.Today(), BirthDate: in.BirthDate, BirthPrec: in.BirthPrec, Vaccine: vaccine})
		if err != nil {
			return nil, err
		}
		return append(drafts, visit...), v.also(tx)
	})
	if err != nil {
		return p.EntityID{}, nil, nil, err
	}
	var doses []p.EntityID
	for i := range v.Doses {
		doses = append(doses, dots[first+i].Entity())
	}
	return dots[0].Entity(), doses, nil, nil
}

// registerDrafts are the drafts of Register, the subject first, and the input as it was completed.
func (d *Desk) registerDrafts(tx store.Tx, who Who, in registry.SubjectInput, entity func(int) p.EntityID, different []p.EntityID) ([]registry.Draft, registry.SubjectInput, error) {
	in.FromCard = in.Code != "" && in.Code.Device() != int(d.Node.Identity().Number)
	if in.Code == "" {
		code, err := d.newCode(tx)
		if err != nil {
			return nil, in, err
		}
		in.Code = code
	}
	others, err := d.othersKnown(tx, who, different)
	if err != nil {
		return nil, in, err
	}
	more, err := d.bornTo(tx, who, &in, others)
	if err != nil {
		return nil, in, err
	}
	draft, err := registry.NewSubject(in, d.Today())
	if err != nil {
		return nil, in, err
	}
	drafts := append([]registry.Draft{draft}, more...)
	for _, other := range others {
		link, err := registry.NewLink(entity(0), other, false)
		if err != nil {
			return nil, in, err
		}
		drafts = append(drafts, link)
	}
	return drafts, in, nil
}

// othersKnown keeps those that are people here and of whom the person may say something, each once.
func (d *Desk) othersKnown(tx store.Tx, who Who, ids []p.EntityID) ([]p.EntityID, error) {
	var out []p.EntityID
	if len(ids) > 0 && may(who, rights.Create, registry.KindLink) != nil {
		return nil, nil
	}
	for _, id := range ids {
		s, err := tx.State(id)
		if err != nil {
			return nil, err
		}
		if s == nil || s.Kind != registry.KindSubject || slices.Contains(out, id) || len(out) >= 8 {
			continue
		}
		switch err := d.mine(tx, who, id); {
		case errors.Is(err, ErrElsewhere):
		case err != nil:
			return nil, err
		default:
			out = append(out, id)
		}
	}
	return out, nil
}

// newCode draws a code that nobody here has.
func (d *Desk) newCode(tx store.Tx) (registry.PersonCode, error) {
	const tries = 20
	for range tries {
		code, err := registry.NewCode(int(d.Node.Identity().Number), d.Rand)
		if err != nil {
			return "", err
		}
		row, err := tx.SubjectByCode(string(code))
		if err != nil {
			return "", err
		}
		if row == nil {
			return code, nil
		}
	}
	return "", fmt.Errorf("no free code in %d draws", tries)
}

// Edit changes a subject. saw names the values the form had shown: a value it had not is a
// *registry.StaleError and nothing is written.
func (d *Desk) Edit(ctx context.Context, who Who, id p.EntityID, patch registry.Patch, saw registry.Saw) error {
	if err := may(who, rights.Amend, registry.KindSubject); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, id, registry.KindSubject)
		if err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, id); err != nil {
			return nil, err
		}
		draft, err := registry.EditSubject(s, patch, saw, d.Today())
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

// VoidSubject marks a subject as entered in error.
func (d *Desk) VoidSubject(ctx context.Context, who Who, id p.EntityID, reason string, saw registry.Saw) error {
	if err := may(who, rights.Void, registry.KindSubject); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, id, registry.KindSubject)
		if err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, id); err != nil {
			return nil, err
		}
		draft, err := registry.Void(s, reason, saw)
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

func nonEmpty(drafts ...registry.Draft) []registry.Draft {
	out := drafts[:0]
	for _, d := range drafts {
		if !d.Empty() {
			out = append(out, d)
		}
	}
	return out
}
