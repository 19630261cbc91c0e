package reform

import (
	"encoding/binary"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// draft is a tree on its way from what stands to what an order wants.
type draft struct {
	from   registry.Day // 0: a correction, or a list without a date
	before map[p.EntityID]*project.PlaceRow
	rows   map[p.EntityID]*project.PlaceRow // as they shall be
	order  []p.EntityID                     // of rows: what stands by level and code, then what is new
	lines  map[p.EntityID]int               // of the list
	told   map[p.EntityID]p.EntityID        // facility -> the successor it was said to go to

	kept     map[registry.Level]int
	problems Problems                    // in the way
	notes    Problems                    // to be known
	parts    map[p.EntityID][]p.EntityID // place that a reshaping made or kept -> its parts
	lists    map[p.EntityID]bool         // places whose hamlets the order sets
}

func newDraft(rows []project.PlaceRow, from registry.Day) *draft {
	d := &draft{
		from: from, before: make(map[p.EntityID]*project.PlaceRow, len(rows)), rows: make(map[p.EntityID]*project.PlaceRow, len(rows)),
		lines: map[p.EntityID]int{}, told: map[p.EntityID]p.EntityID{}, kept: map[registry.Level]int{},
		parts: map[p.EntityID][]p.EntityID{}, lists: map[p.EntityID]bool{},
	}
	for i := range rows {
		if rows[i].Void {
			continue
		}
		r := rows[i]
		d.before[r.ID], d.rows[r.ID] = &rows[i], &r
		d.order = append(d.order, r.ID)
	}
	slices.SortFunc(d.order, func(a, b p.EntityID) int {
		x, y := d.before[a], d.before[b]
		if x.Level != y.Level {
			return int(x.Level) - int(y.Level)
		}
		if c := strings.Compare(x.Code, y.Code); c != 0 {
			return c
		}
		return a.Compare(b)
	})
	return d
}

func (d *draft) fail(code string, args ...any) {
	d.problems = append(d.problems, Problem{Code: code, Args: args})
}

func (d *draft) note(code string, args ...any) {
	d.notes = append(d.notes, Problem{Code: code, Args: args})
}

// on returns a place as it is on a day; 0: as it is by the newest map.
func on(r *project.PlaceRow, day registry.Day) project.PlaceRow {
	out := *r
	if day == 0 {
		return out
	}
	if x, ok := registry.FormerOn(r.Former, day); ok {
		out.Parent, out.Code, out.Name, out.Type = x.Parent, x.Code, x.Name, x.Type
	}
	return out
}

// inForce is InForce; on day 0 what has no end is in force.
func inForce(r *project.PlaceRow, day registry.Day) bool {
	if day == 0 {
		return r.Until == 0
	}
	return r.InForce(day)
}

// eve is the last day of the old map; 0 where there is no date.
func (d *draft) eve() registry.Day {
	if d.from == 0 {
		return 0
	}
	return d.from - 1
}

// unit reports whether a code is of the statistics office: those are what lists name.
func unit(code string) bool { return strings.HasPrefix(code, registry.StatisticsOffice) }

// codes finds what stands in force on a day by code, in one of before and rows. Two under one code: an order was cut
// between its acts; fresh says whether the one that began on the order's day goes before the other.
func (d *draft) codes(in map[p.EntityID]*project.PlaceRow, day registry.Day, fresh bool) map[string]*project.PlaceRow {
	out := map[string]*project.PlaceRow{}
	for _, id := range d.order {
		r := in[id]
		if r == nil || !inForce(r, day) {
			continue
		}
		code := on(r, day).Code
		if have := out[code]; have == nil || d.from != 0 && (r.From == d.from) == fresh && (have.From == d.from) != fresh {
			out[code] = r
		}
	}
	return out
}

// temporary marks the ids of places that a plan will enter; no entity's birth dot looks like it.
var temporary = [8]byte{0xff, 0xff, 'r', 'e', 'f', 'o', 'r', 'm'}

// Temporary reports whether an id of a plan stands for a place that is not entered yet.
func Temporary(id p.EntityID) bool { return [8]byte(id[:8]) == temporary }

// create enters a place.
func (d *draft) create(r project.PlaceRow, line int) p.EntityID {
	copy(r.ID[:], temporary[:])
	binary.BigEndian.PutUint64(r.ID[8:], uint64(len(d.order)))
	d.rows[r.ID] = &r
	d.order = append(d.order, r.ID)
	d.lines[r.ID] = line
	return r.ID
}

// change gives a place another name, kind, code or parent: from the order's day on, with a former period for what
// it was; or, without a day or on the day on which it began or last changed, in the place of what stood.
func (d *draft) change(id p.EntityID, set func(*project.PlaceRow)) bool {
	r := d.rows[id]
	next := on(r, d.from)
	was := registry.FormerPlace{Until: d.from, Parent: next.Parent, Code: next.Code, Name: next.Name, Type: next.Type}
	set(&next)
	if next.Parent == was.Parent && next.Code == was.Code && next.Name == was.Name && next.Type == was.Type {
		return false
	}
	fill := was.Type == "" && next.Type != "" && next.Parent == was.Parent && next.Code == was.Code && next.Name == was.Name
	last := registry.Day(0)
	if n := len(r.Former); n > 0 {
		last = r.Former[n-1].Until
	}
	switch {
	case fill: // what was not known is no former kind
	case d.from == 0 || r.From == d.from || last == d.from:
	case r.From > d.from || last > d.from:
		d.fail("later", "code", r.Code, "name", r.Name, "date", max(r.From, last).String())
		return false
	case r.Until != 0 && r.Until <= d.from:
		d.fail("ended", "code", r.Code, "name", r.Name, "date", r.Until.String())
		return false
	case len(r.Former) >= registry.FormerMax:
		d.fail("former_max", "code", r.Code, "name", r.Name, "max", registry.FormerMax)
		return false
	default:
		next.Former = append(slices.Clone(r.Former), was)
	}
	*r = next
	return true
}

// end takes a place out of force from the order's day on.
func (d *draft) end(id p.EntityID, successors []p.EntityID) {
	r := d.rows[id]
	switch {
	case r.Until != 0 && r.Until != d.from:
		d.fail("ended", "code", r.Code, "name", r.Name, "date", r.Until.String())
	case r.From >= d.from:
		d.fail("began", "code", r.Code, "name", r.Name, "date", r.From.String())
	case len(r.Former) > 0 && r.Former[len(r.Former)-1].Until >= d.from:
		d.fail("later", "code", r.Code, "name", r.Name, "date", r.Former[len(r.Former)-1].Until.String())
	case len(successors) > registry.SuccessorsMax:
		d.fail("successors_max", "code", r.Code, "name", r.Name, "max", registry.SuccessorsMax)
	default:
		r.Until = d.from
		if !slices.Equal(r.Successors, successors) {
			r.Successors = successors
		}
	}
}

// up returns the nearest place of a level at or above one, on the map of a day; nil if there is none.
func (d *draft) up(id p.EntityID, level registry.Level, day registry.Day) *project.PlaceRow {
	for range registry.LevelFacility {
		r := d.rows[id]
		if r == nil || r.Level <= level {
			if r != nil && r.Level == level {
				return r
			}
			return nil
		}
		id = on(r, day).Parent
	}
	return nil
}

// equal reports whether a row is as it stood.
func (d *draft) equal(r *project.PlaceRow) bool {
	b := d.before[r.ID]
	return b != nil && Same(b, r)
}

// Same reports whether two rows say the same of a place, as far as orders change it.
func Same(a, b *project.PlaceRow) bool {
	return a.ID == b.ID && a.Parent == b.Parent && a.Code == b.Code && a.Name == b.Name && a.NameEN == b.NameEN && a.Type == b.Type &&
		a.Level == b.Level && a.From == b.From && a.Until == b.Until && a.Void == b.Void && slices.Equal(a.Successors, b.Successors) &&
		slices.Equal(a.Former, b.Former) && slices.Equal(a.Hamlets, b.Hamlets)
}
