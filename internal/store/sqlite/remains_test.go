package sqlite

import (
	"reflect"
	"testing"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Of a database that is whole everything is read, and each state as the engine reads it; a state whose hash is not in the
// routes is not believed.
func TestRemainsOfAWholeDatabase(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir, true)
	newRegister().fill(t, s, 40, 5)
	want := map[p.EntityID]*p.State{}
	err := s.Update(bg(), func(tx store.Tx) error {
		if err := tx.EachState(func(x *p.State) error {
			want[x.ID] = x
			return nil
		}); err != nil {
			return err
		}
		for id, x := range want {
			routes, err := tx.Routes(id)
			if err != nil {
				return err
			}
			row := store.RouteRow{Entity: id, Number: 1, Hash: p.StateHash(x)}
			if len(routes) > 0 {
				row = routes[0]
				row.Hash = p.StateHash(x)
			}
			if err := tx.PutRoute(&row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	states := func() map[p.EntityID]*p.State {
		r, err := ReadRemains(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		got := map[p.EntityID]*p.State{}
		if err := r.States(func(x *p.State) error {
			got[x.ID] = x
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := states()
	if len(want) == 0 || len(got) != len(want) {
		t.Fatalf("%d states, want %d", len(got), len(want))
	}
	var some p.EntityID
	for id, x := range want {
		some = id
		if !reflect.DeepEqual(got[id].Fields, x.Fields) || got[id].Kind != x.Kind {
			t.Errorf("%s is\n%+v, want\n%+v", id, got[id], x)
		}
	}
	s = openAt(t, dir, true)
	if err := s.Update(bg(), func(tx store.Tx) error {
		x, err := tx.State(some)
		if err != nil {
			return err
		}
		x.Fields[0].Values[0].Data = p.Text("khác")
		return tx.PutState(x, false)
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := states(); got[some] != nil || len(got) != len(want)-1 {
		t.Errorf("a falsified state was believed")
	}
}
