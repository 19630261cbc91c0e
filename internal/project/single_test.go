package project

import (
	"reflect"
	"slices"
	"testing"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

func TestSingles(t *testing.T) {
	place := made(1, registry.KindPlace, p.FieldPlace, p.Ref(id(2)), registry.PlaceCode, p.Text("gso:03325"), registry.PlaceName, p.Text("Tiên Yên"),
		registry.PlaceLevel, p.Int(4), registry.PlaceType, p.Text("xa"), registry.PlaceFrom, p.Int(20_000),
		registry.PlaceFormer, p.List(p.Int(20_100), p.Ref(id(3)), p.Text("gso:1"), p.Text("Tiên"), p.Text("phuong")), registry.PlaceLists, p.List(p.Text("rota")))
	user := made(2, registry.KindUser, p.FieldPlace, p.Ref(id(1)), registry.UserLogin, p.Text("an"), registry.UserRole, p.Int(3))
	device := made(3, registry.KindDevice, p.FieldPlace, p.Ref(id(1)), registry.DeviceNumber, p.Int(7), registry.DeviceKey, p.Bytes([]byte{0, 255}),
		registry.DeviceRole, p.Int(2), registry.DeviceNumbers, p.List(p.Int(10), p.Int(20)))
	vaccine := made(4, registry.KindVaccine, registry.VaccineCode, p.Text("DPT"), registry.VaccineAntigens, p.List(p.Text("D"), p.Text("T")), registry.VaccineOrder, p.Int(3))
	access := made(5, registry.KindAccess, p.FieldPlace, p.Ref(id(1)), registry.AccessAct, p.Text("view"), registry.AccessSubject, p.Ref(id(8)))

	want := PlaceRow{
		ID: id(1), Parent: id(2), Code: "gso:03325", Name: "Tiên Yên", Level: registry.LevelCommune, Type: "xa", From: 20_000,
		Former: []registry.FormerPlace{{Until: 20_100, Parent: id(3), Code: "gso:1", Name: "Tiên", Type: "phuong"}}, Lists: []string{"rota"},
	}
	if r, ok := PlaceRowOf(place); !ok || !reflect.DeepEqual(r, want) {
		t.Errorf("place %+v, %v", r, ok)
	}
	if r, ok := UserRowOf(with(user, p.FieldVoid, p.Text("left"))); !ok || r != (UserRow{ID: id(2), Place: id(1), Login: "an", Role: 3, Void: true}) {
		t.Errorf("user %+v, %v", r, ok)
	}
	if r, ok := DeviceRowOf(device); !ok || r != (DeviceRow{ID: id(3), Place: id(1), Number: 7, Key: "\x00\xff", Role: registry.NodeHub, NumberFirst: 10, NumberLast: 20}) {
		t.Errorf("device %+v, %v", r, ok)
	}
	if r, _ := DeviceRowOf(with(device, registry.DeviceRevoked, p.Text("stolen"), p.Null())); !r.Revoked {
		t.Error("a revocation was undone by a write beside it")
	}
	if r, ok := VaccineRowOf(vaccine); !ok || r != (VaccineRow{ID: id(4), Code: "DPT", Antigens: "D;T", Order: 3}) {
		t.Errorf("vaccine %+v, %v", r, ok)
	}
	if r, ok := AccessRowOf(access); !ok || r != (AccessRow{ID: id(5), Actor: id(9999), Place: id(1), Subject: id(8), Act: "view", WallMS: 1005}) {
		t.Errorf("access %+v, %v", r, ok)
	}
	if r, ok := LinkRowOf(link(6, 1, 2, true)); !ok || r != (LinkRow{ID: id(6), A: id(1), B: id(2), Same: true}) {
		t.Errorf("link %+v, %v", r, ok)
	}

	oks := func(s *p.State) []bool {
		_, a := PlaceRowOf(s)
		_, b := UserRowOf(s)
		_, c := DeviceRowOf(s)
		_, d := VaccineRowOf(s)
		_, e := AccessRowOf(s)
		_, f := LinkRowOf(s)
		return []bool{a, b, c, d, e, f}
	}
	if r, ok := DeviceRowOf(unborn(device)); !ok || r.Number != 7 {
		t.Errorf("a device that was written again, its creation being lost: %+v, %v", r, ok)
	}
	if _, ok := DeviceRowOf(rescued(made(3, registry.KindDevice, registry.DeviceUp, p.Ref(id(9))))); ok {
		t.Error("a row of a device of which only its hub is known, written again: its segments could not be checked")
	}
	edited := made(3, registry.KindDevice, registry.DeviceKey, p.Bytes([]byte{0, 255}), registry.DeviceUp, p.Ref(id(9)))
	for i, s := range []*p.State{place, user, edited, vaccine, access, link(6, 1, 2, true)} {
		want := make([]bool, 6)
		if got := oks(unborn(s)); !slices.Equal(got, want) {
			t.Errorf("kind %d before its creation arrived: %v", s.Kind, got)
		}
		want[i] = true
		if got := oks(s); !slices.Equal(got, want) {
			t.Errorf("kind %d: %v, want %v", s.Kind, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	// Facilities 800 and 801 belong to commune 900, every other place is its own scope.
	// 800 lies in commune 904 from day 20,000 on.
	scope := func(place p.EntityID, on registry.Day) p.EntityID {
		switch {
		case place == id(800) && on >= 20_000:
			return id(904)
		case place == id(800) || place == id(801):
			return id(900)
		}
		return place
	}
	at := func(n int, kind p.Kind, place int) *p.State { return made(n, kind, p.FieldPlace, p.Ref(id(place))) }
	refs := func(places ...int) p.Data {
		var list []p.Data
		for _, n := range places {
			list = append(list, p.Ref(id(n)))
		}
		return p.List(list...)
	}
	for _, c := range []struct {
		name   string
		states []*p.State
		want   []int
	}{
		{"nothing", nil, nil},
		{"residence and facility", []*p.State{at(1, registry.KindSubject, 901), at(2, registry.KindImmunization, 800)}, []int{900, 901}},
		{"once", []*p.State{at(1, registry.KindSubject, 900), at(2, registry.KindImmunization, 800), at(3, registry.KindImmunization, 801)}, []int{900}},
		{"every live value", []*p.State{with(at(1, registry.KindSubject, 903), p.FieldPlace, p.Ref(id(902)), p.Ref(id(801)))}, []int{900, 902, 903}},
		{"kinds to come", []*p.State{at(1, 199, 905)}, []int{905}},
		{"a dose after the move", []*p.State{with(at(2, 102, 800), registry.DoseGivenOn, p.Int(20_000))}, []int{904}},
		{"a dose before it", []*p.State{with(at(2, 102, 800), registry.DoseGivenOn, p.Int(19_999))}, []int{900}},
		{"a dose whose day is in doubt", []*p.State{with(at(2, 102, 800), registry.DoseGivenOn, p.Int(19_999), p.Int(20_001))}, []int{900, 904}},
		{"a dose on no day there is", []*p.State{with(at(2, 102, 800), registry.DoseGivenOn, p.Int(1<<40))}, []int{900}},
		{"a day means nothing elsewhere", []*p.State{with(at(1, registry.KindSubject, 800), registry.DoseGivenOn, p.Int(20_001))}, []int{900}},
		{"no place", []*p.State{made(1, registry.KindSubject, p.FieldPlace, p.Null()), made(2, registry.KindSubject, p.FieldPlace, p.Ref(p.EntityID{}))}, nil},
		{"released", []*p.State{with(at(1, registry.KindSubject, 900), p.FieldReleased, refs(902)), at(2, registry.KindImmunization, 902)}, []int{900}},
		{"released by any live value", []*p.State{with(at(1, registry.KindSubject, 900), p.FieldReleased, refs(902), refs(903)), at(2, 102, 902), at(3, 102, 903)}, []int{900}},
		{"released by a facility", []*p.State{with(at(1, registry.KindSubject, 901), p.FieldReleased, refs(800)), at(2, 102, 801)}, []int{901}},
		{"only a subject releases", []*p.State{at(1, registry.KindSubject, 900), with(at(2, 102, 902), p.FieldReleased, refs(900))}, []int{900, 902}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var want []p.EntityID
			for _, n := range c.want {
				want = append(want, id(n))
			}
			if got := CasePlaces(c.states, scope); !slices.Equal(got, want) {
				t.Errorf("places %v, want %v", got, want)
			}
			slices.Reverse(c.states)
			if got := CasePlaces(c.states, scope); !slices.Equal(got, want) {
				t.Errorf("places in another order %v, want %v", got, want)
			}
		})
	}
	user := with(at(1, registry.KindUser, 903), p.FieldPlace, p.Ref(id(801)))
	if got := EntityPlaces(user, scope); !slices.Equal(got, []p.EntityID{id(900), id(903)}) {
		t.Errorf("places of an entity %v", got)
	}
}
