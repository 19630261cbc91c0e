package country

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// enrolSecond gives the first commune a second laptop.
func (c *Country) enrolSecond(ctx context.Context, region *Node) error {
	first := c.Stations()[0]
	n, err := c.enrol(ctx, region, &Node{Name: first.Name + ", máy 2", Kind: "station", Second: true, Level: 3, PlaceCode: first.PlaceCode}, registry.NodeStation)
	if err == nil {
		n.Accounts = first.Accounts
	}
	return err
}

// Second is the second laptop of the first commune, nil if the country has none.
func (c *Country) Second() *Node {
	for _, n := range c.Nodes {
		if n.Second {
			return n
		}
	}
	return nil
}

// OpenReview lets there be something to settle at the first commune: its two laptops work for a while without hearing each other, and
// write the same child down each for itself, two phone numbers, two birth dates, a dose from the card that is on record already, and two
// outcomes of one reaction. Everything is written by the acts that people use. A country without a second laptop has none of it.
func (c *Country) OpenReview(ctx context.Context, seed uint64) error {
	second := c.Second()
	if second == nil {
		return nil
	}
	first := c.Stations()[0]
	r := &reviewMaker{m: NewMaker(seed + 11), laptops: [2]*Node{first, second}}
	if err := r.reacted(ctx); err != nil {
		return err
	}
	if err := c.Quiet(ctx); err != nil { // both know the same to begin with
		return err
	}
	for _, n := range r.laptops {
		n.Link.Set(LinkCut)
	}
	err := r.apart(ctx)
	for _, n := range r.laptops {
		n.Link.Set(LinkUp)
	}
	if err != nil {
		return err
	}
	if err := c.Quiet(ctx); err != nil {
		return err
	}
	for _, n := range r.laptops {
		if _, err := n.Desk().Sweep(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

// reviewMaker makes what there is to settle.
type reviewMaker struct {
	m        *Maker
	laptops  [2]*Node
	reaction p.EntityID
}

// who works at a laptop: the nurse at the first, the head at the other.
func (r *reviewMaker) who(ctx context.Context, i int) (*desk.Desk, desk.Who, error) {
	n := r.laptops[i]
	who, err := n.Desk().As(ctx, n.Accounts[i%len(n.Accounts)].Login)
	return n.Desk(), who, err
}

// reacted sees to it that there is a reaction.
func (r *reviewMaker) reacted(ctx context.Context) error {
	d, who, err := r.who(ctx, 0)
	if err != nil {
		return err
	}
	list, err := d.Reactions(ctx, who)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		r.reaction = list[0].ID
		return nil
	}
	dose, err := r.dose(ctx, nil)
	if err != nil {
		return err
	}
	r.reaction, err = d.RecordReaction(ctx, who, registry.ReactionInput{
		Subject: dose.Subject, Doses: []p.EntityID{dose.ID}, On: dose.GivenOn, Clock: registry.NewClock(19, 30), Signs: []string{"fever"}, Outcome: registry.EndUnknown,
	})
	return err
}

// dose is the last dose of the pentavalent vaccine that a child of the commune had, of one that a test wants.
func (r *reviewMaker) dose(ctx context.Context, want func(*project.ImmunizationRow) bool) (*project.ImmunizationRow, error) {
	var out *project.ImmunizationRow
	people, err := r.children(ctx)
	if err != nil {
		return nil, err
	}
	err = r.laptops[0].Desk().Node.Store().View(ctx, func(tx store.Tx) error {
		for i := range people {
			rows, err := tx.DosesOfCase(people[i].Case)
			if err != nil {
				return err
			}
			for j := range rows {
				x := &rows[j]
				if x.Vaccine != "DPT-VGB-HIB" || !x.Counted || x.GivenOn > r.laptops[0].Desk().Today()-twiceDays || want != nil && !want(x) {
					continue
				}
				if out == nil || x.GivenOn > out.GivenOn {
					out = x
				}
			}
		}
		return nil
	})
	if err == nil && out == nil {
		err = errors.New("no child of the first commune had a dose")
	}
	return out, err
}

// twiceDays after a dose its card tells of it with another day.
const twiceDays = 2

// children are the commune's, by id.
func (r *reviewMaker) children(ctx context.Context) (people []project.SubjectRow, err error) {
	d := r.laptops[0].Desk()
	home := d.Home()
	err = d.Node.Store().View(ctx, func(tx store.Tx) (err error) {
		people, err = tx.SearchSubjects(store.SubjectQuery{Residences: home.Residences(), Limit: 400})
		return err
	})
	people = slices.DeleteFunc(people, func(x project.SubjectRow) bool {
		return x.Group != registry.GroupChild || x.Phone == "" || x.BirthDate > d.Today()-90
	})
	slices.SortFunc(people, func(a, b project.SubjectRow) int { return a.ID.Compare(b.ID) })
	if err == nil && len(people) < 4 {
		err = fmt.Errorf("only %d children live in the first commune", len(people))
	}
	return people, err
}

// apart is what both laptops write before they hear each other.
func (r *reviewMaker) apart(ctx context.Context) error {
	people, err := r.children(ctx)
	if err != nil {
		return err
	}
	called, born := &people[0], &people[1]
	// A dose that the clinic gave, where there is one: the mother shows the card, on which another day is written.
	house := func(x *project.ImmunizationRow) bool {
		return x.Place != r.laptops[0].Place && x.Case != called.Case && x.Case != born.Case
	}
	dose, err := r.dose(ctx, house)
	if err != nil {
		if dose, err = r.dose(ctx, func(x *project.ImmunizationRow) bool { return x.Case != called.Case && x.Case != born.Case }); err != nil {
			return err
		}
	}
	child := r.m.Child(r.laptops[0].Commune, r.laptops[0].Desk().Today(), 300)
	child.BirthDate, child.MotherPhone = r.laptops[0].Desk().Today()-200, "0385000412"
	for i := range r.laptops {
		d, who, err := r.who(ctx, i)
		if err != nil {
			return err
		}
		edit := func(id p.EntityID, patch registry.Patch) error {
			s, err := r.state(ctx, d, id)
			if err != nil {
				return err
			}
			return d.Edit(ctx, who, id, patch, registry.SawOf(s))
		}
		if _, _, err := d.Register(ctx, who, child, true); err != nil {
			return fmt.Errorf("the same child: %w", err)
		}
		phone := []string{"0385000421", "0385000499"}[i]
		if err := edit(called.ID, registry.Patch{registry.SubjectMotherPhone: p.Text(phone)}); err != nil {
			return fmt.Errorf("a phone: %w", err)
		}
		// The first dose is not to lie before the day of birth.
		on := born.BirthDate - []registry.Day{1, 10}[i]
		if err := edit(born.ID, registry.Patch{registry.SubjectBirthDate: p.Int(int64(on))}); err != nil {
			return fmt.Errorf("a birth date: %w", err)
		}
		if err := r.followUp(ctx, d, who, []registry.ReactionEnd{registry.EndRecovered, registry.EndRecovering}[i]); err != nil {
			return fmt.Errorf("a reaction: %w", err)
		}
	}
	d, who, err := r.who(ctx, 1)
	if err != nil {
		return err
	}
	_, err = d.RecordVisit(ctx, who, desk.Visit{Subject: dose.Subject, Doses: []registry.ImmunizationInput{{
		Vaccine: dose.Vaccine, GivenOn: dose.GivenOn + twiceDays, Source: registry.SourceCard,
	}}})
	return err
}

func (r *reviewMaker) followUp(ctx context.Context, d *desk.Desk, who desk.Who, end registry.ReactionEnd) error {
	s, err := r.state(ctx, d, r.reaction)
	if err != nil {
		return err
	}
	in := registry.ReactionOf(s).ReactionInput
	if in.Outcome == end { // writing what stands is no act
		in.Outcome = registry.EndUnresolved
	} else {
		in.Outcome = end
	}
	return d.AmendReaction(ctx, who, r.reaction, in, registry.SawOf(s))
}

func (r *reviewMaker) state(ctx context.Context, d *desk.Desk, id p.EntityID) (s *p.State, err error) {
	err = d.Node.Store().View(ctx, func(tx store.Tx) (err error) {
		s, err = tx.State(id)
		return err
	})
	if err == nil && s == nil {
		err = desk.ErrNotFound
	}
	return s, err
}
