package storetest

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// state returns a small state as a creation leaves it.
func state(n int) *p.State {
	birth := id(n).Birth()
	value := func(d p.Data) []p.Value {
		return []p.Value{{Dot: birth, At: p.At{WallMS: 1_790_000_000_000, OffsetMS: -3}, Actor: id(7), Data: d}}
	}
	return &p.State{
		ID: id(n), Kind: 102,
		Fields: []p.FieldValues{
			{Field: 1, Values: value(p.Ref(id(3)))},
			{Field: 10, Values: value(p.Text("BCG"))},
			{Field: 11, Values: value(p.Int(20_000))},
		},
		Seen: []p.Seen{p.Seen(birth)},
	}
}

func states(t *testing.T, s store.Store) {
	get := func(n int) *p.State {
		return read(t, s, func(tx store.Tx) (*p.State, error) { return tx.State(id(n)) })
	}
	if get(1) != nil {
		t.Fatal("an empty store has a state")
	}
	update(t, s, func(tx store.Tx) error {
		if err := tx.PutState(state(1), true); err != nil {
			return err
		}
		got, err := tx.State(id(1))
		equal(t, "state in its own transaction", got, state(1))
		return err
	})
	equal(t, "state", get(1), state(1))
	changed := state(1)
	changed.Kind, changed.Fields = 103, changed.Fields[:1]
	update(t, s, func(tx store.Tx) error { return tx.PutState(changed, false) })
	equal(t, "state put again", get(1), changed)
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.PutState(state(1), true) }); err == nil {
		t.Error("a new state that is there already was taken")
	}
	equal(t, "state after a refused one", get(1), changed)
	empty := &p.State{ID: id(2), Kind: 1, Seen: state(2).Seen}
	update(t, s, func(tx store.Tx) error { return tx.PutState(empty, true) })
	equal(t, "state without a field", get(2), empty)
}

// stateShapes writes and reads states of every shape that can be decoded from the wire, and some more.
func stateShapes(t *testing.T, s store.Store) {
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		want := drawState(rt, n)
		update(t, s, func(tx store.Tx) error { return tx.PutState(want, true) })
		got := read(t, s, func(tx store.Tx) (*p.State, error) { return tx.State(want.ID) })
		equal(t, "state", got, want)
	})
}

func drawState(t *rapid.T, n int) *p.State {
	anyDot := rapid.Custom(func(t *rapid.T) p.Dot {
		switch rapid.IntRange(0, 3).Draw(t, "dot") {
		case 0:
			return id(n).Birth()
		case 1: // a log id that no device could have made
			d := dot(rapid.IntRange(0, 3).Draw(t, "log"), rapid.IntRange(0, 5).Draw(t, "seq"))
			d.Log[11] |= 5
			return d
		}
		return dot(rapid.IntRange(0, 3).Draw(t, "log"), rapid.IntRange(1, 1<<32-1).Draw(t, "seq"))
	})
	anyID := rapid.Custom(func(t *rapid.T) p.EntityID {
		switch rapid.IntRange(0, 3).Draw(t, "id") {
		case 0:
			return p.EntityID{}
		case 1: // no valid id
			return p.EntityID{15: byte(rapid.IntRange(0, 255).Draw(t, "byte"))}
		}
		return id(rapid.IntRange(0, 3000).Draw(t, "n"))
	})
	scalar := rapid.Custom(func(t *rapid.T) p.Data {
		switch rapid.IntRange(0, 5).Draw(t, "tag") {
		case 0:
			return p.Null()
		case 1:
			return p.Bool(rapid.Bool().Draw(t, "bool"))
		case 2:
			return p.Int(rapid.Int64().Draw(t, "int"))
		case 3:
			return p.Text(rapid.String().Draw(t, "text"))
		case 4:
			return p.Bytes(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		}
		return p.Ref(anyID.Draw(t, "ref"))
	})
	data := rapid.Custom(func(t *rapid.T) p.Data {
		if rapid.IntRange(0, 4).Draw(t, "list") == 0 {
			return p.List(rapid.SliceOfN(scalar, 0, 4).Draw(t, "items")...)
		}
		return scalar.Draw(t, "scalar")
	})
	value := rapid.Custom(func(t *rapid.T) p.Value {
		return p.Value{
			Dot:   anyDot.Draw(t, "dot"),
			At:    p.At{WallMS: rapid.Int64().Draw(t, "wall"), OffsetMS: rapid.Int32().Draw(t, "offset")},
			Actor: anyID.Draw(t, "actor"),
			Data:  data.Draw(t, "data"),
		}
	})
	field := func(last p.Field) p.Field { return last + p.Field(rapid.IntRange(1, 40).Draw(t, "field")) }
	out := &p.State{ID: id(n), Kind: p.Kind(rapid.Uint16().Draw(t, "kind"))}
	f := p.Field(0)
	for range rapid.IntRange(0, 6).Draw(t, "fields") {
		f = field(f)
		out.Fields = append(out.Fields, p.FieldValues{Field: f, Values: rapid.SliceOfN(value, 1, 3).Draw(t, "values")})
	}
	for range rapid.IntRange(0, 3).Draw(t, "seen") {
		out.Seen = append(out.Seen, p.Seen(anyDot.Draw(t, "seen")))
	}
	f = 0
	for range rapid.IntRange(0, 2).Draw(t, "gone") {
		f = field(f)
		g := p.GoneValues{Field: f}
		for range rapid.IntRange(1, 3).Draw(t, "values") {
			g.Gone = append(g.Gone, p.Superseded{Dot: anyDot.Draw(t, "gone"), Hash: [4]byte{byte(n), 1, 2, 3}})
		}
		out.Gone = append(out.Gone, g)
	}
	return out
}

func bigStates(t *testing.T, s store.Store) {
	big := state(1)
	big.Fields[1].Values[0].Data = p.Text(strings.Repeat("ơ", 128<<10))
	update(t, s, func(tx store.Tx) error { return tx.PutState(big, true) })
	equal(t, "state of 256 KiB", read(t, s, func(tx store.Tx) (*p.State, error) { return tx.State(id(1)) }), big)
}
