package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// contactDays is how far back attempts to reach somebody are looked for.
const contactDays = 365

// Tried is what a station knows of its attempts to reach somebody.
type Tried struct {
	Last  registry.Contact
	Times int // how often, since somebody was last reached
}

// Until is until which day nobody is to be called again, 0 if that day is not ahead.
func (x *Tried) Until(today registry.Day) registry.Day {
	if x.Last.Until > today {
		return x.Last.Until
	}
	return 0
}

// Tried gathers the attempts of this station by whom they were about, without naming anybody.
func (d *Desk) Tried(ctx context.Context) (map[p.EntityID]Tried, error) {
	var out map[p.EntityID]Tried
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = d.tried(tx)
		return err
	})
	return out, err
}

func (d *Desk) tried(tx store.Tx) (map[p.EntityID]Tried, error) {
	out := map[p.EntityID]Tried{}
	if d.Node.Identity().Role != registry.NodeStation {
		return out, nil
	}
	rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindContact, Places: []p.EntityID{d.Node.Identity().Place}, From: d.Today() - contactDays})
	if err != nil || len(rows) == 0 {
		return out, err
	}
	tries, err := d.readTries(tx, rows)
	if err != nil {
		return nil, err
	}
	subjects := make([]p.EntityID, 0, len(tries))
	for i := range tries {
		subjects = append(subjects, tries[i].Subject)
	}
	slices.SortFunc(subjects, p.EntityID.Compare)
	cases, err := tx.CasesOf(slices.Compact(subjects)...)
	if err != nil {
		return nil, err
	}
	for i := range tries { // by day
		next := tries[i]
		if next.Came == registry.ContactWelcomed {
			continue
		}
		who := cmp.Or(cases[next.Subject], next.Subject)
		x := out[who]
		if next.On == x.Last.On && next.Clock < x.Last.Clock {
			next = x.Last // two laptops wrote on one day
		}
		if x.Times++; next.Came != registry.ContactUnreached && next.Came != registry.ContactWrong {
			x.Times = 1
		}
		x.Last = next
		out[who] = x
	}
	return out, nil
}

// tryRead is an attempt and by which state it was read.
type tryRead struct {
	sum     uint32
	contact registry.Contact
}

// readTries reads attempts by their rows. The lists of the day ask for a year of them every other second, so what was read before is
// not read again as long as its row says that it is the same.
func (d *Desk) readTries(tx store.Tx, rows []project.RecordRow) ([]registry.Contact, error) {
	d.mu.Lock()
	before := d.tries
	d.mu.Unlock()
	known := make(map[p.EntityID]tryRead, len(rows))
	out := make([]registry.Contact, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		if r.Void {
			continue
		}
		x, ok := before[r.ID]
		if !ok || x.sum != r.Sum || r.Sum == 0 {
			s, err := tx.State(r.ID)
			if err != nil {
				return nil, err
			}
			if s == nil {
				continue
			}
			x = tryRead{r.Sum, registry.ContactOf(s)}
		}
		known[r.ID] = x
		out = append(out, x.contact)
	}
	d.mu.Lock()
	d.tries = known // replaced whole, and never written to again
	d.mu.Unlock()
	return out, nil
}

// RecordContact takes an attempt down. With moved, and if that is what came of it, the person is recorded as moved in the same
// act: then no list of this station asks for them.
func (d *Desk) RecordContact(ctx context.Context, who Who, in registry.ContactInput, moved bool) error {
	if err := may(who, rights.Create, registry.KindContact); err != nil {
		return err
	}
	in.Place = d.Node.Identity().Place
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, in.Subject, registry.KindSubject)
		if err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, in.Subject); err != nil {
			return nil, err
		}
		draft, err := registry.NewContact(in, d.Today())
		if err != nil {
			return nil, err
		}
		drafts := []registry.Draft{draft}
		if moved && in.Came == registry.ContactMoved {
			gone, err := registry.EditSubject(s, registry.Patch{
				registry.SubjectStatus: p.Int(int64(registry.StatusMoved)), registry.SubjectStatusDate: p.Int(int64(d.Today())),
			}, registry.SawOf(s), d.Today())
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(gone)...)
		}
		return drafts, nil
	})
	return err
}

// Contacted is an attempt with who wrote it down.
type Contacted struct {
	registry.Contact
	Taker string
}

// ContactsOf lists the attempts about one person, newest first. Whoever opened the record may ask; the look is that one's.
func (d *Desk) ContactsOf(ctx context.Context, who Who, r *Record) ([]Contacted, error) {
	if err := may(who, rights.Read, registry.KindContact); err != nil {
		return nil, err
	}
	var out []Contacted
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.RecordsOf(registry.KindContact, append(idsOf(r.Linked, subjectID), r.Subject.ID)...)
		if err != nil {
			return err
		}
		all, err := recorded(tx, rows)
		for _, s := range slices.Backward(all) {
			x := Contacted{Contact: registry.ContactOf(s)}
			if x.Taker, _, err = taker(tx, s); err != nil {
				return err
			}
			out = append(out, x)
		}
		return err
	})
	return out, err
}
