package node_test

import (
	"context"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A change says what kind it is about. A stolen station that calls an account a child must not make its nurse an officer.
func TestStationCannotCallAnAccountAChild(t *testing.T) {
	c := newCountry(t)
	d, err := registry.NewUser(registry.UserInput{Place: c.communeA, Login: "dien", Name: "Điện", Role: int(rights.Nurse), Password: "$argon2id$old"})
	if err != nil {
		t.Fatal(err)
	}
	nurse := c.province.act(d)[0]
	c.quiet()
	for name, w := range map[string]struct {
		entity p.EntityID
		write  p.Write
	}{
		"the role of an account": {nurse, p.Write{Field: registry.UserRole, Data: p.Int(int64(rights.Admin))}},
		"the name of a place":    {c.communeB, p.Write{Field: registry.PlaceName, Data: p.Text("Xã Của Ta")}},
		"a device in force":      {c.b.id.Device, p.Write{Field: registry.DeviceRevoked, Data: p.Text("mất máy")}},
	} {
		for _, kind := range []p.Kind{registry.KindSubject, registry.KindImmunization, registry.KindLink, registry.KindAccess, 199} {
			before := len(c.province.state(w.entity).Values(w.write.Field))
			_, err := c.a.n.Append(context.Background(), nurse, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
				return []registry.Draft{{Kind: kind, Entity: w.entity, Writes: []p.Write{w.write}}}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			c.a.sync(c.province)
			if after := len(c.province.state(w.entity).Values(w.write.Field)); after != before {
				t.Errorf("a station wrote %s as one of kind %d: %d values stand, there were %d", name, kind, after, before)
			}
		}
	}
}

// What a hub does not hold it cannot see to be called something else; the hub above that holds it does.
func TestHubAboveSeesWhatIsMiscalled(t *testing.T) {
	c := newCountry(t)
	d, err := registry.NewUser(registry.UserInput{Place: c.centre.id.Place, Login: "hang", Name: "Hằng", Role: int(rights.Central), Password: "$argon2id$old"})
	if err != nil {
		t.Fatal(err)
	}
	officer := c.centre.act(d)[0]
	c.quiet()
	if c.province.state(officer) != nil {
		t.Fatal("the province holds an account of the centre")
	}
	log := c.a.act(registry.Draft{Kind: 199, Entity: officer, Writes: []p.Write{{Field: registry.UserPassword, Data: p.Text("$argon2id$mine")}}})
	c.quiet()
	if v := c.centre.state(officer).Values(registry.UserPassword); len(v) != 1 {
		t.Errorf("a station wrote the password of an officer at %v: %d values stand", log, len(v))
	}
	c.a.stop()
	c.a.start() // the day's next log
	after := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Hân"))[0]
	c.quiet()
	if c.centre.state(after) == nil {
		t.Error("work of the next log did not arrive")
	}
}

// A stolen laptop names somebody whom its hub does not know; the hub above does.
func TestHubAboveSeesWhoWasNotThere(t *testing.T) {
	c := newCountry(t)
	d, err := registry.NewUser(registry.UserInput{Place: c.centre.id.Place, Login: "hang", Name: "Hằng", Role: int(rights.Nurse), Password: "$argon2id$old"})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := c.centre.act(d)[0]
	c.quiet()
	by := func(who p.EntityID) p.EntityID {
		dots, err := c.a.n.Append(context.Background(), who, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
			return []registry.Draft{subject(t, c.a, c.communeA, "Lò Gia Bảo")}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return dots[0].Entity()
	}
	child := by(elsewhere)
	c.quiet()
	if c.centre.state(child) != nil {
		t.Error("the centre took a record in the name of somebody who was not there")
	}
	var held []store.LogRow
	c.centre.view(func(tx store.Tx) (err error) {
		held, err = tx.HeldLogs()
		return err
	})
	if len(held) != 1 || held[0].Reason != p.HoldRights || held[0].Device != c.a.id.Device {
		t.Errorf("the centre holds %+v", held)
	}
}
