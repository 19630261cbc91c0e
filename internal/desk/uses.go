package desk

import (
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// dayUses is what the doses of a day at this node's place used up, and by which number of the store that was read.
type dayUses struct {
	stamp uint64
	uses  []lotUse
}

// lotUse is a store.DoseUse with what it is in the stock: the vaccine first, then the needle.
type lotUse struct {
	store.DoseUse
	keys []registry.StockKey
}

// uses tells what doses at this node's place used up from a day to another, both among them, by day. Every page on which a lot is
// proposed asks for two months of it, and a day that is past hardly changes: what was read before is not read again as long as the
// store says that it is the same.
func (d *Desk) uses(tx store.Tx, from, to registry.Day) ([]lotUse, error) {
	place := d.Node.Identity().Place
	stamps, err := tx.DoseStamps(place, from, to)
	if err != nil {
		return nil, err
	}
	if len(stamps) == 0 {
		stamps = make([]uint64, to-from+1)
	}
	d.mu.Lock()
	before := d.used
	d.mu.Unlock()
	now := make(map[registry.Day]dayUses, len(stamps))
	first, last := to+1, from-1 // of those to be read
	for i, stamp := range stamps {
		day := from + registry.Day(i)
		if x, known := before[day]; known && stamp != 0 && x.stamp == stamp {
			now[day] = x
			continue
		}
		first, last = min(first, day), max(last, day)
	}
	if first <= last {
		rows, err := tx.DoseUses(place, first, last)
		if err != nil {
			return nil, err
		}
		for day := first; day <= last; day++ {
			now[day] = dayUses{stamp: stamps[day-from]}
		}
		for i := range rows {
			x := now[rows[i].On]
			x.uses = append(x.uses, lotUse{rows[i], stockKeys(place, &rows[i])})
			now[rows[i].On] = x
		}
	}
	var out []lotUse
	for day := from; day <= to; day++ {
		out = append(out, now[day].uses...)
	}
	d.mu.Lock()
	d.used = now // replaced whole, and never written to again
	d.mu.Unlock()
	return out, nil
}

// stockKeys are what one of some doses took out of the stock.
func stockKeys(place p.EntityID, u *store.DoseUse) []registry.StockKey {
	one := project.ImmunizationRow{
		Place: place, Vaccine: u.Vaccine, Lot: u.Lot, Programme: u.Programme, Route: u.Route, GivenOn: u.On, GivenMinute: u.Last, Source: registry.SourceHere,
	}
	var out []registry.StockKey
	for _, use := range one.StockUses() {
		out = append(out, use.Key)
	}
	return out
}
