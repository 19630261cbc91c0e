package desk

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
)

// OpenVial is a vial of several doses that is in use.
type OpenVial struct {
	Key     registry.StockKey
	Number  string
	Expires registry.Day
	Opened  int64 // minutes, see registry.Moment
	Until   int64 // when what is left must be thrown away
	Size    int
	Rest    int
	Said    bool // somebody said that it was opened; else a dose of it did
}

// vialEvent is what happened to the vials of one lot.
type vialEvent struct {
	at   int64
	what registry.MoveType // 0: a dose
	size int
}

// order is that of what happens within one minute: a vial is opened, given from, and thrown away.
func (e *vialEvent) order() int {
	switch e.what {
	case registry.MoveOpened:
		return 0
	case registry.MoveDiscarded:
		return 2
	}
	return 1
}

// openVials follows the vials of one lot: a dose comes out of the vial that was opened first and may still be used; where there is
// none, somebody must have opened one. until says when a vial opened at a moment must go.
func openVials(row *project.StockRow, events []vialEvent, until func(opened int64) int64) []OpenVial {
	size := int(row.Vial)
	if size == 0 {
		size = registry.VialsOf(row.Key.Item).Sizes[0]
	}
	if size <= 1 {
		return nil
	}
	slices.SortStableFunc(events, func(a, b vialEvent) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order(), b.order())) })
	var vials []OpenVial
	open := func(at int64, n int, said bool) *OpenVial {
		if n <= 1 {
			n = size
		}
		vials = append(vials, OpenVial{Key: row.Key, Number: row.Number, Expires: row.Expires, Opened: at, Until: until(at), Size: n, Rest: n, Said: said})
		return &vials[len(vials)-1]
	}
	inUse := func(at int64, late bool) *OpenVial {
		for i := range vials {
			if v := &vials[i]; v.Rest > 0 && (late || at <= v.Until) {
				return v
			}
		}
		return nil
	}
	for _, e := range events {
		switch e.what {
		case registry.MoveOpened:
			open(e.at, e.size, true)
		case registry.MoveDiscarded:
			if v := inUse(e.at, true); v != nil {
				v.Rest = 0
			}
		case 0:
			v := inUse(e.at, false)
			if v == nil {
				v = open(e.at, 0, false)
			}
			v.Rest--
		}
	}
	return slices.DeleteFunc(vials, func(v OpenVial) bool { return v.Rest <= 0 })
}
