package enrol

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// NumberLast is the greatest device number: the front of every code a machine makes has six digits.
const NumberLast = registry.DeviceNumberMax

// Blocks of numbers for hubs below.
const (
	blockShare = 16 // the part of what a hub has left that it gives to a hub below it
	blockMin   = 64
)

// block is a range of device numbers; none is {0, 0}.
type block struct{ first, last int }

func (b block) has(n int) bool { return b.last > 0 && b.first <= n && n <= b.last }

func (b block) meets(o block) bool {
	return b.last > 0 && o.last > 0 && b.first <= o.last && o.first <= b.last
}

func blockOf(d *project.DeviceRow) block { return block{int(d.NumberFirst), int(d.NumberLast)} }

// size is how many numbers a hub below gets of a block whose next number is given.
func (b block) size(next int) int { return min(max((b.last-next)/blockShare, blockMin), b.last-next) }

// Left reports whether this hub has a number left to give.
func (h *Hub) Left(tx store.Tx) (bool, error) {
	devices, err := tx.Devices()
	if err != nil {
		return false, err
	}
	next, err := h.next(tx, devices, block{})
	return next <= h.Numbers[1], err
}

// assign gives a machine the next number and, if it is a hub, a block behind it.
func (h *Hub) assign(tx store.Tx, devices []project.DeviceRow, in *registry.DeviceInput, brought block) error {
	next, err := h.next(tx, devices, brought)
	if err != nil {
		return err
	}
	own := h.block()
	if next > own.last {
		return ErrNumbersUsedUp
	}
	first, last := 0, 0
	if in.Role == registry.NodeHub {
		size := own.size(next)
		if size <= 0 {
			return ErrNumbersUsedUp
		}
		first, last = next+1, next+size
	}
	in.Number, in.FirstFree, in.LastFree = next, first, last
	return nil
}

func (h *Hub) block() block { return block{h.Numbers[0], h.Numbers[1]} }

// next is the number after all of this hub's block that are known to be given out, blocks and what a machine just
// brought included, whoever the machines belong to today.
//
// A machine of which nobody has the creation was enrolled in a time that is lost here. What else was given out in that
// time is not known, but a number goes up to the end of a block at most: that much is left out behind it, while there is
// enough.
func (h *Hub) next(tx store.Tx, devices []project.DeviceRow, brought block) (int, error) {
	own := h.block()
	next, left := own.first, own.first
	take := func(n int) {
		if own.has(n) {
			next = max(next, n+1)
		}
	}
	take(brought.last)
	for i := range devices {
		d := &devices[i]
		if d.ID == h.Device {
			continue
		}
		take(int(d.Number))
		take(int(d.NumberLast))
		if !own.has(int(d.Number)) || slices.ContainsFunc(devices, func(o project.DeviceRow) bool {
			return o.ID != h.Device && o.ID != d.ID && blockOf(&o).has(int(d.Number)) && within(blockOf(&o), own)
		}) {
			continue
		}
		s, err := tx.State(d.ID)
		if err != nil {
			return 0, err
		}
		if birth := d.ID.Birth(); s != nil && s.SeenSeq(birth.Log) < birth.Seq {
			left = max(left, int(d.Number)+own.size(own.first)+1)
		}
	}
	if max(next, left) <= own.last {
		return max(next, left), nil
	}
	return next, nil
}

func within(b, outer block) bool { return outer.first <= b.first && b.last <= outer.last }

// keepsNumber reports whether the number that a machine brings is its own and nobody else's.
func (h *Hub) keepsNumber(devices []project.DeviceRow, f *Former, known bool) bool {
	for i := range devices {
		d := &devices[i]
		switch {
		case d.ID == f.Device:
		case int(d.Number) == f.Number:
			return false
		case !known && blockOf(d).has(f.Number) && !h.over(devices, f, d.ID):
			return false // of a block that somebody else may give out
		}
	}
	return true
}

// keepsBlock reports whether the block of numbers that a hub brings is its own and nobody else's: those of hubs above
// it hold it, and those of hubs below it lie in it.
func (h *Hub) keepsBlock(devices []project.DeviceRow, f *Former) bool {
	brought := block{f.FirstFree, f.LastFree}
	for i := range devices {
		d := &devices[i]
		if d.ID == f.Device || leads(devices, d.ID, f.Device) {
			continue
		}
		theirs := blockOf(d)
		if brought.has(int(d.Number)) || theirs.meets(brought) && !(h.over(devices, f, d.ID) && within(brought, theirs)) {
			return false
		}
	}
	return true
}

// over reports whether a machine's numbers may come out of a hub's block: of this hub's, of its former hub's, or of one's
// above either.
func (h *Hub) over(devices []project.DeviceRow, f *Former, hub p.EntityID) bool {
	return hub == h.Device || hub == f.Up || slices.Contains(h.Above, hub) || leads(devices, f.Up, hub)
}

// leads reports whether the way up from a device goes through another.
func leads(devices []project.DeviceRow, from, through p.EntityID) bool {
	for range p.PathMax {
		i := slices.IndexFunc(devices, func(d project.DeviceRow) bool { return d.ID == from })
		if i < 0 || devices[i].Up == from || devices[i].Up.IsZero() {
			return false
		}
		if from = devices[i].Up; from == through {
			return true
		}
	}
	return false
}
