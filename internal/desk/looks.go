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

// looksMax is how many looks of each sort one answer tells.
const looksMax = 2000

// How a look met somebody.
const (
	LookAtOne   = "one"   // at this person's record
	LookAmong   = "among" // at a list that named the person among others
	LookAtWhole = "whole" // at a whole register as a file or on paper, in which the person may have been
)

// Look is one entry of who looked at somebody.
type Look struct {
	ID     p.EntityID
	WallMS int64 // corrected to hub time
	Sort   string
	Act    string // one of registry.AccessActs
	User   p.EntityID
	Who    string      // "" if the account is not known here
	Role   rights.Role // 0 if it is not
	Place  string      // where; "" if it is not known here
	Taking string      // purpose of what was taken out, "" if there is none
	Reason string      // in words
	Count  int         // how many people the list named
}

// Looks is who looked at one person, newest first.
type Looks struct {
	Subject project.SubjectRow
	List    []Look
	// OwnOnly says that only what was done on this machine is known here: access records go up and never down.
	OwnOnly bool
	// Cut says that there are older ones.
	Cut bool
}

// LooksAt tells who looked at a person: at any record of the case, among others on a list, or in a register that was
// taken out whole. It is the one function that answers this, to officers and families alike. That somebody asked is itself a
// look.
func (d *Desk) LooksAt(ctx context.Context, who Who, id p.EntityID) (*Looks, error) {
	for _, kind := range []p.Kind{registry.KindAccess, registry.KindSubject} {
		if err := may(who, rights.Read, kind); err != nil {
			return nil, err
		}
	}
	out := &Looks{OwnOnly: d.Node.Identity().Role == registry.NodeStation}
	err := d.view(ctx, func(tx store.Tx) error {
		if err := d.mine(tx, who, id); err != nil {
			return err
		}
		row, err := tx.SubjectRow(id)
		if err != nil {
			return err
		}
		if _, err := d.mayOpen(tx, who, row); err != nil {
			return err
		}
		return d.looks(tx, row, out)
	})
	if err != nil {
		return nil, err
	}
	return out, d.note(ctx, who, registry.ActView, id, "")
}

func (d *Desk) looks(tx store.Tx, row *project.SubjectRow, out *Looks) error {
	out.Subject = *row
	subjects, err := tx.SubjectsOfCase(row.Case)
	if err != nil {
		return err
	}
	names := lookNames{tx: tx, users: map[p.EntityID]*project.UserRow{}, places: map[p.EntityID]string{}}
	add := func(rows []project.AccessRow, sort string, err error) error {
		if err != nil {
			return err
		}
		out.Cut = out.Cut || len(rows) == looksMax
		for i := range rows {
			look, err := names.look(&rows[i], sort)
			if err != nil {
				return err
			}
			out.List = append(out.List, look)
		}
		return nil
	}
	for i := range subjects {
		at, err := tx.Accesses(subjects[i].ID, looksMax)
		if err := add(at, LookAtOne, err); err != nil {
			return err
		}
		among, err := tx.AccessesNaming(subjects[i].ID, looksMax)
		if err := add(among, LookAmong, err); err != nil {
			return err
		}
	}
	whole, err := tx.AccessesTaking(looksMax)
	if err != nil {
		return err
	}
	whole, err = d.couldHold(tx, whole, row)
	if err := add(whole, LookAtWhole, err); err != nil {
		return err
	}
	slices.SortStableFunc(out.List, func(a, b Look) int { return cmp.Or(cmp.Compare(b.WallMS, a.WallMS), b.ID.Compare(a.ID)) })
	// A list that named two records of one person is one look.
	out.List = slices.CompactFunc(out.List, func(a, b Look) bool { return a.ID == b.ID })
	return nil
}

// couldHold keeps, of what was taken out whole, what a person could have been in: taken after they were registered, at a
// place whose register they are in, or above it. What names its people one by one is told of by these.
func (d *Desk) couldHold(tx store.Tx, rows []project.AccessRow, subject *project.SubjectRow) ([]project.AccessRow, error) {
	s, err := tx.State(subject.ID)
	if err != nil || s == nil {
		return nil, err
	}
	since := int64(0)
	for _, v := range s.Values(registry.SubjectCode) {
		since = v.At.Corrected()
	}
	doses, err := tx.DosesOfCase(subject.Case)
	if err != nil {
		return nil, err
	}
	places := d.Node.Atlas()
	homes := []p.EntityID{subject.Residence, subject.Recorded}
	for i := range doses {
		homes = append(homes, places.Scope(doses[i].Place, doses[i].GivenOn))
	}
	homes = setOf(homes)
	return slices.DeleteFunc(rows, func(r project.AccessRow) bool {
		if r.Count > 0 || r.WallMS < since {
			return true
		}
		at := places.Scope(r.Place, 0)
		return !slices.ContainsFunc(homes, func(home p.EntityID) bool { return home == at || places.WithinEver(home, r.Place) })
	}), nil
}

// lookNames names people and places, each read once.
type lookNames struct {
	tx     store.Tx
	users  map[p.EntityID]*project.UserRow
	places map[p.EntityID]string
}

func (n *lookNames) look(r *project.AccessRow, sort string) (Look, error) {
	out := Look{ID: r.ID, WallMS: r.WallMS, Sort: sort, Act: r.Act, User: r.Actor, Count: int(r.Count)}
	out.Taking, out.Reason = registry.ParseTaking(r.Reason)
	u, known := n.users[r.Actor]
	if !known && !r.Actor.IsZero() {
		var err error
		if u, err = n.tx.User(r.Actor); err != nil {
			return out, err
		}
		n.users[r.Actor] = u
	}
	if u != nil {
		out.Who, out.Role = u.Name, rights.Role(u.Role)
	}
	name, known := n.places[r.Place]
	if !known {
		row, err := n.tx.Place(r.Place)
		if err != nil {
			return out, err
		}
		if row != nil {
			name = row.Name
		}
		n.places[r.Place] = name
	}
	out.Place = name
	return out, nil
}
