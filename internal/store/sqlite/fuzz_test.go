package sqlite

import (
	"errors"
	"reflect"
	"testing"

	"tramy/internal/store"
)

// FuzzFigures: a packed row of figures is read or refused as damaged; what was read is packed so that it is
// read again as the same.
func FuzzFigures(f *testing.F) {
	var c counts
	c.add(3, 1, 0, 7)
	c.add(3, 2, 11, -1)
	c.add(9, 1, 10, 1<<40)
	f.Add(c.pack())
	f.Add([]byte{2, 2, 0})
	f.Add([]byte{2})
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := unpackCounts(b)
		if err != nil {
			if !errors.Is(err, store.ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		once, err := unpackCounts(c.pack())
		if err != nil {
			t.Fatalf("%x was read as %v and packed unreadably: %v", b, c, err)
		}
		if again, err := unpackCounts(once.pack()); err != nil || !reflect.DeepEqual(again, once) {
			t.Fatalf("%x: %v is packed as %v, %v", b, once, again, err)
		}
	})
}
