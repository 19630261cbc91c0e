package hub

import (
	"cmp"
	"slices"

	"tramy/internal/atlas"
	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Affected is whom an order concerns, as far as this hub knows them.
type Affected struct {
	Stations, Hubs, Accounts int
	People                   int64           // registered in places that change
	Ask                      int64           // of them, in communes that are split and in no hamlet that tells which part
	Placed                   int64           // people of communes split before, whom the new lists of hamlets place
	Facilities               []FacilityMove  // by code
	EndedHubs                []EndedHub      // by name
	Places                   []AffectedPlace // with anybody in them, most people first
}

// AffectedPlace is one changed place with who is there.
type AffectedPlace struct {
	reform.Change
	Stations, Hubs, Accounts int
	People, Ask              int64
}

// FacilityMove is a facility that lies elsewhere from then on.
type FacilityMove struct{ Facility, From, To project.PlaceRow }

// EndedHub is a hub whose place ends. It goes on serving its stations; whether the place it stood for gets another
// one is for people to say.
type EndedHub struct {
	Device     project.DeviceRow
	Place      project.PlaceRow
	Successors []project.PlaceRow
}

// affected counts. Devices and accounts of a facility count with the changed place that is nearest above.
func affected(tx store.Tx, plan *reform.Plan, rows []project.PlaceRow, self p.EntityID) (Affected, error) {
	after := plan.Rows(rows, len(plan.Acts))
	c := counter{
		before: atlas.New(rows), after: atlas.New(after), byID: map[p.EntityID]*project.PlaceRow{}, at: map[p.EntityID]*AffectedPlace{},
	}
	for i := range after {
		c.byID[after[i].ID] = &after[i]
	}
	for i := range plan.Changes {
		if ch := &plan.Changes[i]; !ch.New() && (ch.After.Level < registry.LevelFacility || ch.What != reform.Moved) {
			c.at[ch.Before.ID] = &AffectedPlace{Change: *ch}
		}
	}
	for i := range plan.Changes {
		if ch := &plan.Changes[i]; !ch.New() && ch.What == reform.Moved && ch.After.Level == registry.LevelFacility {
			c.out.Facilities = append(c.out.Facilities, FacilityMove{Facility: ch.After, From: c.row(ch.Before.Parent), To: c.row(ch.After.Parent)})
		}
	}
	for _, step := range []func(store.Tx) error{func(tx store.Tx) error { return c.devices(tx, self) }, c.accounts, c.people, c.placed(plan)} {
		if err := step(tx); err != nil {
			return Affected{}, err
		}
	}
	for _, a := range c.at {
		if a.Stations+a.Hubs+a.Accounts > 0 || a.People > 0 {
			c.out.Places = append(c.out.Places, *a)
		}
	}
	slices.SortFunc(c.out.Places, func(a, b AffectedPlace) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Before.Level, b.Before.Level), cmp.Compare(a.Before.Code, b.Before.Code))
	})
	return c.out, nil
}

type counter struct {
	before, after *atlas.Atlas
	byID          map[p.EntityID]*project.PlaceRow // after
	at            map[p.EntityID]*AffectedPlace
	out           Affected
}

func (c *counter) row(id p.EntityID) project.PlaceRow {
	if r := c.byID[id]; r != nil {
		return *r
	}
	return project.PlaceRow{ID: id}
}

// nearest is the changed place that a place is or lies in before the change, nil if none.
func (c *counter) nearest(id p.EntityID) *AffectedPlace {
	for range registry.LevelFacility {
		if a := c.at[id]; a != nil {
			return a
		}
		r, ok := c.before.Row(id)
		if !ok {
			return nil
		}
		id = r.Parent
	}
	return nil
}

func (c *counter) devices(tx store.Tx, self p.EntityID) error {
	devices, err := tx.Devices()
	if err != nil {
		return err
	}
	for _, dev := range devices {
		a := c.nearest(dev.Place)
		if dev.Revoked || dev.ID == self || a == nil {
			continue
		}
		if dev.Role != registry.NodeHub {
			a.Stations++
			c.out.Stations++
			continue
		}
		a.Hubs++
		c.out.Hubs++
		if a.Before.ID == dev.Place && a.After.Until != a.Before.Until {
			ended := EndedHub{Device: dev, Place: a.Before}
			for _, id := range a.After.Successors {
				ended.Successors = append(ended.Successors, c.row(id))
			}
			c.out.EndedHubs = append(c.out.EndedHubs, ended)
		}
	}
	slices.SortFunc(c.out.EndedHubs, func(a, b EndedHub) int {
		return cmp.Or(cmp.Compare(a.Place.Name, b.Place.Name), cmp.Compare(a.Device.Number, b.Device.Number))
	})
	return nil
}

func (c *counter) accounts(tx store.Tx) error {
	users, err := tx.Users()
	for _, u := range users {
		if a := c.nearest(u.Place); a != nil && !u.Void {
			a.Accounts++
			c.out.Accounts++
		}
	}
	return err
}

// people counts who is registered in a place that changes, and of a split one who will have to be asked.
func (c *counter) people(tx store.Tx) error {
	registered, err := tx.Registered()
	if err != nil {
		return err
	}
	for _, row := range registered {
		if a := c.at[row.Residence]; a != nil {
			a.People += row.Count
			c.out.People += row.Count
		}
	}
	for _, a := range c.at {
		if a.What != reform.Divided || a.People == 0 {
			continue
		}
		hamlets := 0
		for _, id := range a.After.Successors {
			hamlets += len(c.row(id).Hamlets)
		}
		if a.Ask = a.People; hamlets > 0 {
			a.Ask = 0
			err := c.each(tx, a.Before.ID, func(s *project.SubjectRow) {
				if len(c.after.Choices(c.after.Residence(s.Recorded, s.Hamlet))) > 0 {
					a.Ask++
				}
			})
			if err != nil {
				return err
			}
		}
		c.out.Ask += a.Ask
	}
	return nil
}

// placed counts the people of communes that were split before and whose hamlet is in a list from now on.
func (c *counter) placed(plan *reform.Plan) func(store.Tx) error {
	return func(tx store.Tx) error {
		seen := map[p.EntityID]bool{}
		for i := range plan.Changes {
			if plan.Changes[i].What != reform.Listed {
				continue
			}
			for _, old := range c.before.Predecessors(plan.Changes[i].Before.ID) {
				if seen[old] || len(c.before.Successors(old)) < 2 {
					continue
				}
				seen[old] = true
				err := c.each(tx, old, func(s *project.SubjectRow) {
					if c.after.Residence(s.Recorded, s.Hamlet) != s.Residence {
						c.out.Placed++
					}
				})
				if err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// each calls fn for the people whose residence was resolved to a place, once a case.
func (c *counter) each(tx store.Tx, place p.EntityID, fn func(*project.SubjectRow)) error {
	q := store.SubjectQuery{Residences: []p.EntityID{place}, Limit: checkPage}
	for {
		page, err := tx.SearchSubjects(q)
		if err != nil {
			return err
		}
		for i := range page {
			if s := &page[i]; s.Case == s.ID && !s.Void {
				fn(s)
			}
		}
		if len(page) < checkPage {
			return nil
		}
		last := page[len(page)-1]
		q.After, q.AfterID = last.SortName, last.ID
	}
}
