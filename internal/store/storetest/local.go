package storetest

import (
	"errors"
	"testing"

	"tramy/internal/store"
)

// locals holds that local rows are told apart by kind and key, and that making the projections anew leaves them.
func locals(t *testing.T, s store.Store) {
	rows := []store.LocalRow{
		{Kind: store.LocalPin, Key: "a", Value: []byte("one")},
		{Kind: store.LocalPin, Key: "b", Value: []byte{0}},
		{Kind: store.LocalSeat, Key: "a", Value: []byte("two")},
	}
	update(t, s, func(tx store.Tx) error {
		return each([]store.LocalRow{rows[1], rows[2], {Kind: store.LocalPin, Key: "a", Value: []byte("old")}, rows[0]}, tx.PutLocal)
	})
	update(t, s, store.Tx.ClearRows)
	view(t, s, func(tx store.Tx) error {
		pins, err := tx.Locals(store.LocalPin)
		same(t, "pins", pins, rows[:2])
		seat, err2 := tx.Local(store.LocalSeat, "a")
		equal(t, "seat", seat, []byte("two"))
		none, err3 := tx.Local(store.LocalSeat, "b")
		if none != nil {
			t.Errorf("a row that was never put is %q", none)
		}
		nothing, err4 := tx.Locals(store.LocalGuesses)
		same(t, "guesses", nothing, nil)
		return errors.Join(err, err2, err3, err4)
	})
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.DeleteLocal(store.LocalPin, "a"), tx.DeleteLocal(store.LocalPin, "never"))
	})
	left := read(t, s, func(tx store.Tx) ([]store.LocalRow, error) { return tx.Locals(store.LocalPin) })
	same(t, "pins", left, rows[1:2])
}
