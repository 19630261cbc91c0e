package node_test

import (
	"context"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// TestExchangeCellByCell lets a station sign, for each role and kind, what the table knows as an act that is written, in
// the name of an account of its own commune and of another's, and holds what its hub lets in against the table. The last
// column of places is about a place that is not the station's.
func TestExchangeCellByCell(t *testing.T) {
	c := countryOn(t, true)
	ctx := context.Background()
	user := func(place p.EntityID, role rights.Role) p.EntityID {
		d, err := registry.NewUser(registry.UserInput{Place: place, Login: role.String(), Name: role.String(), Role: int(role), Password: "$argon2id$x"})
		if err != nil {
			t.Fatal(err)
		}
		return c.province.act(d)[0]
	}
	own, other := map[rights.Role]p.EntityID{}, map[rights.Role]p.EntityID{}
	for _, role := range rights.Roles() {
		own[role], other[role] = user(c.communeA, role), user(c.communeB, role)
	}
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()

	kinds := []p.Kind{
		registry.KindSubject, registry.KindImmunization, registry.KindLink, registry.KindPin, registry.KindUser, registry.KindDevice, registry.KindPlace,
		registry.KindVaccine, registry.KindSchedule, registry.KindRejection, registry.KindAccess, registry.KindRescue,
	}
	// Of these the table of devices says where: the others go where their subjects are, or are not a station's at all.
	atPlace := map[p.Kind]bool{registry.KindImmunization: true, registry.KindPin: true, registry.KindAccess: true, registry.KindRescue: true}
	const field = p.Field(900) // of no version: nothing of it is projected
	draft := func(kind p.Kind, act rights.Act, place p.EntityID) registry.Draft {
		d := registry.Draft{Kind: kind, Writes: []p.Write{{Field: field, Data: p.Text("x")}}}
		if !place.IsZero() {
			d.Writes = append([]p.Write{{Field: p.FieldPlace, Data: p.Ref(place)}}, d.Writes...)
		}
		two := []p.Superseded{{Dot: child.Birth(), Hash: [4]byte{1}}, {Dot: p.Dot{Log: child.Birth().Log, Seq: 1 << 20}, Hash: [4]byte{2}}}
		switch act {
		case rights.Amend:
			d.Entity = child
		case rights.Void:
			d.Entity = child
			d.Writes = []p.Write{{Field: p.FieldVoid, Data: p.Text("ghi nhầm")}}
		case rights.Settle:
			d.Entity = child
			for i := range d.Writes {
				d.Writes[i].Supersedes = two
			}
		}
		return d
	}
	cells, right := 0, 0
	for _, role := range rights.Roles() {
		for _, kind := range kinds {
			for _, act := range []rights.Act{rights.Create, rights.Amend, rights.Void, rights.Settle} {
				for _, at := range []struct {
					name  string
					actor p.EntityID
					place p.EntityID
					own   bool
				}{
					{"for an account of its own", own[role], p.EntityID{}, true},
					{"for an account of another commune", other[role], p.EntityID{}, false},
					{"at another commune", own[role], c.placeB, !atPlace[kind]},
				} {
					if act == rights.Void && !at.place.IsZero() {
						continue // a void names no place
					}
					cells++
					dots, err := c.a.n.Append(ctx, at.actor, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
						return []registry.Draft{draft(kind, act, at.place)}, nil
					})
					if err != nil {
						t.Fatal(err)
					}
					c.a.sync(c.province)
					want := at.own && rights.DeviceMay(registry.NodeStation, kind) && rights.May(role, act, kind)
					var in bool
					err = c.province.st.View(ctx, func(tx store.Tx) error {
						row, err := tx.Log(dots[0].Log)
						if err != nil || row == nil {
							t.Fatalf("the log did not arrive: %v", err)
						}
						in = row.In >= dots[0].Seq
						if !in && (row.Reason != p.HoldRights || row.Head < dots[0].Seq) {
							t.Errorf("%s, %s of kind %d, %s: kept out for %v, at %d of %d", role, act, kind, at.name, row.Reason, row.In, row.Head)
						}
						return nil
					})
					if err != nil {
						t.Fatal(err)
					}
					if in != want {
						t.Errorf("%s, %s of kind %d, %s: let in %v, the table says %v", role, act, kind, at.name, in, want)
						continue
					}
					right++
				}
			}
		}
	}
	t.Logf("cells of the exchange: %d/%d", right, cells)
}
