package atlas

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Atlas is every place there is or was. It is immutable and may be asked from several goroutines.
type Atlas struct {
	rows  map[p.EntityID]*project.PlaceRow
	order []p.EntityID // by level, then code, then id

	after  map[p.EntityID][]p.EntityID // places that name a place as their successor
	below  map[p.EntityID][]p.EntityID // places that have, or once had, a place as their parent
	folded map[p.EntityID]map[string]bool

	mu   sync.Mutex
	maps []*Map // those last asked for
}

// mapsKept is how many maps an atlas remembers: today's, and those of a report and its comparison.
const mapsKept = 4

// New makes an atlas of the rows of all places. Rows in error (Void) stand on no map and are nobody's successor.
func New(rows []project.PlaceRow) *Atlas {
	known := make(map[p.EntityID]*project.PlaceRow, len(rows))
	for i := range rows {
		known[rows[i].ID] = &rows[i]
	}
	return bind(known)
}

// With returns an atlas in which some rows are other ones, or new.
func (a *Atlas) With(rows []project.PlaceRow) *Atlas {
	known := maps.Clone(a.rows)
	for i := range rows {
		known[rows[i].ID] = &rows[i]
	}
	return bind(known)
}

func bind(rows map[p.EntityID]*project.PlaceRow) *Atlas {
	a := &Atlas{
		rows: rows, order: slices.Collect(maps.Keys(rows)),
		after: map[p.EntityID][]p.EntityID{}, below: map[p.EntityID][]p.EntityID{}, folded: map[p.EntityID]map[string]bool{},
	}
	slices.SortFunc(a.order, func(x, y p.EntityID) int {
		s, t := rows[x], rows[y]
		return cmp.Or(cmp.Compare(s.Level, t.Level), strings.Compare(s.Code, t.Code), x.Compare(y))
	})
	for _, id := range a.order {
		for _, s := range a.rows[id].Successors {
			a.after[s] = appendOnce(a.after[s], id)
		}
		for _, parent := range a.Parents(id) {
			a.below[parent] = append(a.below[parent], id)
		}
	}
	for _, id := range a.order { // hamlets are asked for only where a commune was split
		if successors := a.Successors(id); len(successors) > 1 {
			for _, s := range successors {
				a.fold(s)
			}
		}
	}
	for _, lists := range []map[p.EntityID][]p.EntityID{a.after, a.below} {
		for _, ids := range lists {
			slices.SortFunc(ids, p.EntityID.Compare)
		}
	}
	return a
}

func (a *Atlas) fold(id p.EntityID) {
	r := a.rows[id]
	if r == nil || a.folded[id] != nil {
		return
	}
	a.folded[id] = make(map[string]bool, len(r.Hamlets))
	for _, h := range r.Hamlets {
		if key := registry.FoldHamlet(h); key != "" {
			a.folded[id][key] = true
		}
	}
}

// Row returns a place by its newest map, which may lie in the future; false if it is not known here.
func (a *Atlas) Row(id p.EntityID) (project.PlaceRow, bool) {
	if r := a.rows[id]; r != nil {
		return *r, true
	}
	return project.PlaceRow{}, false
}

// Places returns the ids of all places, by level, then code.
func (a *Atlas) Places() []p.EntityID { return a.order }

// Successors returns what a place became, in the order in which it names them, without what was entered in error. A
// successor that is not known here yet counts: it may be the one that is sought.
func (a *Atlas) Successors(id p.EntityID) []p.EntityID {
	r := a.rows[id]
	if r == nil || r.Void {
		return nil
	}
	var out []p.EntityID
	for _, s := range r.Successors {
		if row := a.rows[s]; s != id && (row == nil || !row.Void) {
			out = appendOnce(out, s)
		}
	}
	return out
}

// Predecessors returns the places that became a place, wholly or in part, by id.
func (a *Atlas) Predecessors(id p.EntityID) []p.EntityID {
	var out []p.EntityID
	for _, before := range a.after[id] {
		if before != id && !a.rows[before].Void {
			out = append(out, before)
		}
	}
	return out
}

// Parents returns every place that a place has or once had as its parent, the first one first, each once.
func (a *Atlas) Parents(id p.EntityID) []p.EntityID {
	r := a.rows[id]
	if r == nil {
		return nil
	}
	var out []p.EntityID
	add := func(parent p.EntityID) {
		if !parent.IsZero() && parent != id {
			out = appendOnce(out, parent)
		}
	}
	for i := range r.Former {
		add(r.Former[i].Parent)
	}
	add(r.Parent)
	return out
}

// ByCode returns the place that bears a code on a day, false if none in force does. Of several, which is a mistake,
// the smallest id.
func (a *Atlas) ByCode(code string, on registry.Day) (project.PlaceRow, bool) {
	rows := make([]project.PlaceRow, 0, 4)
	for _, id := range a.order {
		rows = append(rows, *a.rows[id])
	}
	return Pick(rows, code, on)
}

// Pick is ByCode for some rows, as store.Query.PlacesByCode gives them.
func Pick(rows []project.PlaceRow, code string, on registry.Day) (project.PlaceRow, bool) {
	var found project.PlaceRow
	ok := false
	for i := range rows {
		r := rows[i].On(on)
		if r.Code == code && r.InForce(on) && (!ok || r.ID.Compare(found.ID) < 0) {
			found, ok = r, true
		}
	}
	return found, ok
}

// At returns the map of a day.
func (a *Atlas) At(day registry.Day) *Map {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, m := range a.maps {
		if m.day == day {
			if i > 0 {
				a.maps = slices.Insert(slices.Delete(a.maps, i, i+1), 0, m)
			}
			return m
		}
	}
	m := a.draw(day)
	a.maps = slices.Insert(a.maps, 0, m)
	a.maps = a.maps[:min(len(a.maps), mapsKept)]
	return m
}

func appendOnce(ids []p.EntityID, id p.EntityID) []p.EntityID {
	if slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}

// reach returns everything that can be reached from some places, themselves included, in the order in which it is met.
func reach(from []p.EntityID, next ...func(p.EntityID) []p.EntityID) []p.EntityID {
	seen := map[p.EntityID]bool{}
	var out []p.EntityID
	queue := slices.Clone(from)
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		if seen[id] {
			continue
		}
		seen[id] = true
		out = append(out, id)
		for _, f := range next {
			queue = append(queue, f(id)...)
		}
	}
	return out
}
