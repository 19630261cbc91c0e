package country

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// childrenPerWoman is how many children there are in the register for each pregnant woman.
const childrenPerWoman = 50

// Fill registers children born within the days before today at every station, and some pregnant women, with the
// doses they have had, one act a person.
func (c *Country) Fill(ctx context.Context, children, days int, seed uint64) error {
	stations := c.Stations()
	maker := NewMaker(seed)
	for i := range children {
		if err := c.addChild(ctx, stations[i%len(stations)], maker, days); err != nil {
			return err
		}
		if i%50 == 0 {
			c.opt.progress("children", i, children)
		}
	}
	c.opt.progress("children", children, children)
	for i := range children / childrenPerWoman {
		n := stations[i%len(stations)]
		if err := n.addPerson(ctx, maker, maker.Woman(n.Commune, n.Desk().Today())); err != nil {
			return err
		}
	}
	if err := c.villages(ctx, maker); err != nil {
		return err
	}
	if err := c.newborns(ctx, maker); err != nil {
		return err
	}
	return c.saySomething(ctx, maker)
}

// addChild registers a child where it was vaccinated so far; some have moved to the next commune since.
func (c *Country) addChild(ctx context.Context, n *Node, m *Maker, days int) error {
	home := n.Commune
	if stations := c.Stations(); m.chance(movedHere) {
		for i := range stations {
			if stations[i] == n {
				home = stations[(i+1)%len(stations)].Commune
			}
		}
	}
	return n.addPerson(ctx, m, m.Child(home, n.Desk().Today(), days))
}

// around looks up the places of somebody who lives in a commune and is vaccinated at the station.
func (n *Node) around(ctx context.Context, home p.EntityID) (a Around, err error) {
	a = Around{Station: n.Place, Areas: n.Desk().Node.Areas(home, home)}
	if a.Hospital, err = n.placeID(ctx, hospitalCode); err != nil {
		return a, err
	}
	a.Clinic, err = n.placeID(ctx, clinicCode)
	return a, err
}

// addPerson registers somebody with what the station has given. What was given in the hospital and the clinic is
// entered at the hub above, which is where such places are looked after: a station writes for itself only.
func (n *Node) addPerson(ctx context.Context, m *Maker, in registry.SubjectInput) error {
	today := n.Desk().Today()
	around, err := n.around(ctx, in.Place)
	if err != nil {
		return err
	}
	rules, err := rulesOf(n.Desk().Node.Advisor(), today)
	if err != nil {
		return err
	}
	if in.Code, err = registry.NewCode(int(n.Desk().Node.Identity().Number), rand.Reader); err != nil {
		return err
	}
	doses := m.Life(rules, &in, around, today)
	known := registry.Known{Today: today, BirthDate: in.BirthDate, BirthPrec: in.BirthPrec}
	record := func(at *Node, first []registry.Draft, subject func(func(int) p.EntityID) p.EntityID) ([]p.Dot, error) {
		return at.Desk().Node.Append(ctx, p.EntityID{}, func(_ store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
			drafts := first
			for _, dose := range doses {
				if (dose.Place == n.Place) != (at == n) {
					continue
				}
				dose.Subject = subject(id)
				d, err := registry.NewImmunization(dose, known)
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, d)
			}
			return drafts, nil
		})
	}
	first, err := registry.NewSubject(in, today)
	if err != nil {
		return err
	}
	dots, err := record(n, []registry.Draft{first}, func(id func(int) p.EntityID) p.EntityID { return id(0) })
	if err != nil || !slices.ContainsFunc(doses, func(d registry.ImmunizationInput) bool { return d.Place != n.Place }) {
		return err
	}
	_, err = record(n.Up, nil, func(func(int) p.EntityID) p.EntityID { return dots[0].Entity() })
	return err
}

// rulesOf follows the schedule of a day through the past as well: what held years ago is not in the register, and
// nobody's list is to be full because of it.
func rulesOf(a *project.Advisor, day registry.Day) (*project.Advisor, error) {
	s := a.Schedule(day)
	if s == nil {
		return nil, fmt.Errorf("no schedule is in force on %s", day)
	}
	return a.Instead(s), nil
}
