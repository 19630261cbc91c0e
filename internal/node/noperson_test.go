package node_test

import (
	"slices"
	"testing"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// A dose may name what is no person: its child was written by a machine that was set back, and under that id stands another
// record. The rows of what it names follow from its own states, whichever was written last.
func TestDoseOfADose(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	given := c.a.act(dose(t, child, c.placeA, "BCG"))[0]
	c.a.act(dose(t, given, c.placeA, "OPV"))
	c.quiet()
	for name, m := range map[string]*machine{"station": c.a, "province": c.province, "centre": c.centre} {
		rowsFollow(t, m, "a dose of a dose, at the "+name)
	}
}

// Nor does such a dose take anything away: a place that it names as its child stays with everybody.
func TestDoseOfWhatIsNoPersonMovesNothing(t *testing.T) {
	for name, of := range map[string]func(c *country) p.EntityID{
		"commune":  func(c *country) p.EntityID { return c.communeB },
		"facility": func(c *country) p.EntityID { return c.placeB },
		"machine":  func(c *country) p.EntityID { return c.b.id.Device },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCountry(t)
			id := of(c)
			before := routesOf(c.centre, id)
			if len(before) == 0 {
				t.Fatal("it is in no scope")
			}
			d := c.a.act(dose(t, id, c.placeA, "BCG"))[0]
			c.quiet()
			level(t, c.province, c.centre, d)
			for _, m := range []*machine{c.province, c.centre} {
				if now := routesOf(m, id); !slices.Equal(now, before) {
					t.Errorf("it was in the scopes %v, and with a dose of it is in %v (at the centre: %v)", before, now, m == c.centre)
				}
			}
		})
	}
}

// routesOf are the scopes that an entity is in at a machine.
func routesOf(m *machine, id p.EntityID) (in []p.EntityID) {
	m.view(func(tx store.Tx) error {
		rows, err := tx.Routes(id)
		for i := range rows {
			if !rows[i].Left {
				in = append(in, rows[i].Scope)
			}
		}
		slices.SortFunc(in, p.EntityID.Compare)
		return err
	})
	return in
}
