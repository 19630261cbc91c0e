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

// newHereDays is for how long somebody may stand on the list of those who are new: a child who was born elsewhere two months ago and
// has not been seen is due by then, and stands on those lists.
const newHereDays = 60

// NewHereMax bounds the list: a commune of 30,000 people has some 500 births a year, and a register read in by a hub is no list.
const NewHereMax = 500

// How says why somebody is new to a place.
type How string

// Reasons.
const (
	HowBorn     How = "born"     // a delivery room handed the child over
	HowMoved    How = "moved"    // lives here now, as somebody elsewhere wrote
	HowAttached How = "attached" // was here without papers, and the record from elsewhere has come
)

// handedOverDays is how old a child may be, when written down elsewhere, to be one that was handed over.
const handedOverDays = 45

// Joined is somebody who came to this place's people from elsewhere and whom nobody here has met yet.
type Joined struct {
	Expected
	How  How
	Came registry.Day // on which day it was written elsewhere that they live here
}

// NewHere lists those who are new, latest first, with what is due to them next. It is read from what all laptops of the place share:
// the account that wrote where they live is of another place, and nothing was done for them here yet. So whoever of the place meets
// them first, or says that they are known, ends it on all its laptops.
func (d *Desk) NewHere(ctx context.Context, who Who) ([]Joined, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	if err := d.WorkOutDue(ctx); err != nil {
		return nil, err
	}
	var out []Joined
	home := d.Home()
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := d.newHere(tx)
		if err != nil {
			return err
		}
		due, err := tx.DueOf(idsOf(rows, subjectID)...)
		if err != nil {
			return err
		}
		for i := range rows {
			x := Joined{Expected: Expected{Subject: rows[i], AskHome: home.Asks(&rows[i])}, Came: rows[i].HomeDay}
			for k := range due {
				if r := &due[k]; r.Case == rows[i].Case && r.Status == project.DueOpen && (x.Since == 0 || r.Recommended == x.Since) { // by day
					x.Since, x.Due = r.Recommended, append(x.Due, *r)
				}
			}
			people, err := tx.SubjectsOfCase(rows[i].Case)
			if err != nil {
				return err
			}
			x.How = howCame(&rows[i], len(people))
			out = append(out, x)
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	for i := range out {
		masked(who, &out[i].Subject)
	}
	return out, d.NoteListed(ctx, who, idsOf(out, func(x *Joined) p.EntityID { return x.Subject.ID })...)
}

func howCame(row *project.SubjectRow, records int) How {
	switch {
	case records > 1:
		return HowAttached
	case row.BirthPrec.DayKnown() && row.HomeDay-row.BirthDate <= handedOverDays:
		return HowBorn
	}
	return HowMoved
}

// CountNewHere counts them without naming anybody.
func (d *Desk) CountNewHere(ctx context.Context) (n int, err error) {
	err = d.view(ctx, func(tx store.Tx) error {
		rows, err := d.newHere(tx)
		n = len(rows)
		return err
	})
	return n, err
}

// newHere reads who is new: one record of each person.
func (d *Desk) newHere(tx store.Tx) ([]project.SubjectRow, error) {
	home := d.Home()
	residences := home.Residences()
	if len(residences) == 0 {
		return nil, nil
	}
	own, err := d.ownAccounts(tx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.SubjectsCame(residences, d.Today()-newHereDays, own, NewHereMax)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	met, err := d.met(tx, d.Today()-newHereDays)
	if err != nil {
		return nil, err
	}
	seen := map[p.EntityID]bool{}
	var out []project.SubjectRow
	for i := range rows {
		x := &rows[i]
		if seen[x.Case] || met[x.Case] >= x.HomeDay {
			continue
		}
		seen[x.Case] = true
		doses, err := tx.DosesOfCase(x.Case)
		if err != nil {
			return nil, err
		}
		here := func(r project.ImmunizationRow) bool { return !r.Void && d.isOurs(r.Place) && r.GivenOn >= x.HomeDay }
		if slices.ContainsFunc(doses, here) {
			continue
		}
		out = append(out, *x)
	}
	return out, nil
}

// isOurs reports whether a place is this station or shares its register.
func (d *Desk) isOurs(place p.EntityID) bool {
	return slices.ContainsFunc(d.SessionPlaces(), func(r project.PlaceRow) bool { return r.ID == place })
}

// ownAccounts are the accounts of the commune and of the places that share its register.
func (d *Desk) ownAccounts(tx store.Tx) ([]p.EntityID, error) {
	users, err := tx.Users()
	if err != nil {
		return nil, err
	}
	home := d.Home()
	var out []p.EntityID
	for i := range users {
		if at := users[i].Place; slices.Contains(home.Residences(), at) || d.isOurs(at) {
			out = append(out, users[i].ID)
		}
	}
	return out, nil
}

// met gathers by case the last day on which somebody of the place had to do with a person: a visit, an attempt to reach them, an hour
// agreed with them, or that they are known. An hour that was worked out for a whole hamlet met nobody; nor, as long as nobody says so,
// did one of a version that could not tell: who is on the list for nothing is taken off it in one press, who is missing is forgotten.
func (d *Desk) met(tx store.Tx, since registry.Day) (map[p.EntityID]registry.Day, error) {
	var places []p.EntityID
	for _, row := range d.SessionPlaces() {
		places = append(places, row.ID)
	}
	out := map[p.EntityID]registry.Day{}
	for _, kind := range []p.Kind{registry.KindContact, registry.KindVisit, registry.KindAppointment} {
		rows, err := tx.RecordsAt(store.RecordQuery{Kind: kind, Places: places, From: since})
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if rows[i].Void || kind == registry.KindAppointment && rows[i].Mark == 0 {
				continue
			}
			kase := rows[i].Subject
			row, err := tx.SubjectRow(kase)
			if err != nil {
				return nil, err
			}
			if row != nil {
				kase = row.Case
			}
			out[kase] = max(out[kase], rows[i].Day)
		}
	}
	return out, nil
}

// Welcome notes that this place knows of people who are new to it. It returns what it wrote, for UndoWelcome.
func (d *Desk) Welcome(ctx context.Context, who Who, people []p.EntityID) ([]p.EntityID, error) {
	if err := may(who, rights.Create, registry.KindContact); err != nil {
		return nil, err
	}
	var made []p.EntityID
	for part := range slices.Chunk(people, p.ActChangesMax) {
		dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			rows, err := d.newHere(tx)
			if err != nil {
				return nil, err
			}
			var drafts []registry.Draft
			for _, id := range part {
				if !slices.ContainsFunc(rows, func(r project.SubjectRow) bool { return r.ID == id }) {
					continue // somebody met them meanwhile
				}
				draft, err := registry.NewContact(registry.ContactInput{
					Subject: id, Place: d.Node.Identity().Place, Clock: d.Clock(), Came: registry.ContactWelcomed,
				}, d.Today())
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, draft)
			}
			return drafts, nil
		})
		if err = ignoreNothing(err); err != nil {
			return made, err
		}
		for _, dot := range dots {
			made = append(made, dot.Entity())
		}
	}
	return made, nil
}

// UndoWelcome takes back that people are known.
func (d *Desk) UndoWelcome(ctx context.Context, who Who, made []p.EntityID, reason string) error {
	if err := may(who, rights.Void, registry.KindContact); err != nil {
		return err
	}
	for part := range slices.Chunk(made, p.ActChangesMax) {
		_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			var drafts []registry.Draft
			for _, id := range part {
				s, err := state(tx, id, registry.KindContact)
				if err != nil {
					return nil, err
				}
				draft, err := registry.Void(s, reason, registry.SawOf(s))
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, nonEmpty(draft)...)
			}
			return drafts, nil
		})
		if err = ignoreNothing(err); err != nil {
			return err
		}
	}
	return nil
}
