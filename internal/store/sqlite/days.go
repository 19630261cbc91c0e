package sqlite

import (
	"sync/atomic"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// dayKey is a day at a place.
type dayKey struct {
	place int64
	day   registry.Day
}

// days tells of which days the doses at a place are as they were. It is kept in memory, and at a station alone: there, views and updates
// take turns, so that what a view reads is what its numbers are of. Whoever has the connection may touch it.
type days struct {
	base uint64 // of days that were not touched since all were
	of   map[dayKey]uint64
}

// dayStamps are drawn by all stores of a process, so that one opened anew does not repeat what another has said.
var dayStamps atomic.Uint64

func (d *days) touchAll() { d.base, d.of = dayStamps.Add(1), nil }

func (d *days) touch(keys map[dayKey]bool) {
	if len(keys) == 0 {
		return
	}
	n := dayStamps.Add(1)
	if d.of == nil {
		d.of = map[dayKey]uint64{}
	}
	for key := range keys {
		d.of[key] = n
	}
}

func (d *days) stamp(key dayKey) uint64 {
	if n := d.of[key]; n != 0 {
		return n
	}
	return d.base
}

// touchDay notes that a dose of a day comes, changes or goes.
func (t *tx) touchDay(place int64, day registry.Day) {
	if !t.s.station() {
		return
	}
	if t.touchedDays == nil {
		t.touchedDays = map[dayKey]bool{}
	}
	t.touchedDays[dayKey{place, day}] = true
}

// DoseStamps implements store.Query.
func (t *tx) DoseStamps(place p.EntityID, from, to registry.Day) ([]uint64, error) {
	num, err := t.number(place)
	if err != nil || num <= 0 || !t.s.station() {
		return nil, err
	}
	var out []uint64
	for day := from; day <= to; day++ {
		key := dayKey{num, day}
		n := t.s.days.stamp(key)
		if t.touchedDays[key] || t.touchedAll {
			n = 0
		}
		out = append(out, n)
	}
	return out, nil
}
