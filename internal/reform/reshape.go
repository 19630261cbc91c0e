package reform

import (
	"maps"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// target is a place of the new map.
type target struct {
	line   int
	place  registry.PlaceInput // Code, Name, NameEN, Level, Type; Parent as the list has it
	parts  []p.EntityID        // places of the old map that it is made of
	given  map[p.EntityID][]string
	id     p.EntityID
	extend []string // hamlets said beside those of parts
}

// reshape makes the targets of one level out of their parts. The one unsplit part of a target is the same place,
// with what changed about it as a dated change; everything else of the old map ends, with the targets it went to as
// successors, and everything else of the new one begins. What stands there already, because an earlier run was cut
// off, is found by its code and the day it began.
func (d *draft) reshape(targets []*target) {
	links := map[p.EntityID][]*target{}
	for _, t := range targets {
		for _, part := range t.parts {
			links[part] = append(links[part], t)
		}
	}
	begun := map[string]p.EntityID{}
	for _, id := range d.order {
		if r := d.before[id]; r != nil && r.From == d.from && d.from != 0 {
			begun[on(r, d.from).Code] = id
		}
	}
	for _, t := range targets {
		if len(t.parts) == 1 && len(links[t.parts[0]]) == 1 {
			t.id = t.parts[0]
			d.becomes(t)
			continue
		}
		if id, ok := begun[t.place.Code]; ok {
			t.id = id
			d.becomes(t)
		} else {
			t.id = d.enter(t)
			d.rows[t.id].Hamlets, d.rows[t.id].Lists = d.takeOver(t, links), d.sharedLists(t)
		}
		d.parts[t.id] = t.parts
	}
	for _, id := range d.order {
		heirs := links[id]
		if len(heirs) == 0 || len(heirs) == 1 && heirs[0].id == id {
			continue
		}
		successors := make([]p.EntityID, 0, len(heirs))
		for _, t := range heirs {
			successors = append(successors, t.id)
		}
		d.end(id, successors)
	}
}

// enter makes a place that begins on the order's day.
func (d *draft) enter(t *target) p.EntityID {
	in := &t.place
	return d.create(project.PlaceRow{
		Parent: d.seat(t), Code: in.Code, Name: in.Name, NameEN: in.NameEN, Level: in.Level, Type: in.Type, From: d.from,
	}, t.line)
}

// becomes gives a place that goes on what the target says. Spellings that differ only in where a tone stands are one
// name.
func (d *draft) becomes(t *target) {
	d.lines[t.id] = t.line
	changed := d.change(t.id, func(r *project.PlaceRow) {
		r.Parent, r.Code = d.seat(t), t.place.Code
		if t.place.Type != "" {
			r.Type = t.place.Type
		}
		if registry.FoldMarked(r.Name) != registry.FoldMarked(t.place.Name) {
			r.Name, r.NameEN = t.place.Name, t.place.NameEN
		}
	})
	if !changed && d.equal(d.rows[t.id]) {
		d.kept[t.place.Level]++
	}
}

// seat is where a target lies: in the parent that the list names; or in a regional centre below that, which no list
// names, if its parts lay in it.
func (d *draft) seat(t *target) p.EntityID {
	if t.place.Level != registry.LevelCommune {
		return t.place.Parent
	}
	var seats []p.EntityID // by part; zero: none
	for _, part := range t.parts {
		r := on(d.rows[part], d.from)
		region := d.rows[r.Parent]
		if region == nil || region.Level != registry.LevelRegion || unit(on(region, d.from).Code) || !inForce(region, d.from) ||
			d.heir(region.Parent) != d.heir(t.place.Parent) {
			return t.place.Parent
		}
		if r.Code == t.place.Code {
			seats = append([]p.EntityID{region.ID}, seats...) // of several, that of the part whose code goes on
		} else {
			seats = append(seats, region.ID)
		}
	}
	if len(seats) == 0 {
		return t.place.Parent
	}
	return seats[0]
}

// heir follows ends with one successor to the place in force.
func (d *draft) heir(id p.EntityID) p.EntityID {
	for range registry.FormerMax {
		r := d.rows[id]
		if r == nil || len(r.Successors) != 1 {
			break
		}
		id = r.Successors[0]
	}
	return id
}

// takeOver is the hamlets of a new place: those of its unsplit parts, and of a split part those it was given. A
// person of a split commune is placed by the hamlet of their record, so a name that could as well be another part's
// gets that part's name beside it: nobody may be placed by the hamlet of a neighbour.
func (d *draft) takeOver(t *target, links map[p.EntityID][]*target) []string {
	type hamlet struct {
		name string
		part p.EntityID
	}
	var all []hamlet
	split := map[string]bool{} // folded names that are, or may be, hamlets of split parts
	unknown := false           // a split part's hamlets are not recorded
	count := map[string]int{}
	for _, part := range t.parts {
		own := d.rows[part].Hamlets
		if len(links[part]) > 1 {
			unknown = unknown || len(own) == 0
			for _, name := range own {
				split[registry.FoldHamlet(name)] = true
			}
			continue
		}
		for _, name := range own {
			all = append(all, hamlet{name, part})
			count[registry.FoldHamlet(name)]++
		}
	}
	var out []string
	seen := map[string]bool{}
	add := func(name string) {
		if key := registry.FoldHamlet(name); key != "" && !seen[key] {
			seen[key] = true
			out = append(out, name)
		}
	}
	for _, part := range t.parts {
		for _, name := range t.given[part] {
			add(name)
		}
	}
	for _, h := range all {
		if key := registry.FoldHamlet(h.name); unknown || split[key] || seen[key] || count[key] > 1 {
			h.name += " (" + on(d.rows[h.part], d.eve()).Name + ")"
		}
		add(h.name)
	}
	for _, name := range t.extend {
		add(name)
	}
	return out
}

// tell notes where somebody said that facilities of split communes go, by code.
func (d *draft) tell(facilities map[string]string) {
	codes := d.codes(d.rows, d.from, true)
	for _, code := range slices.Sorted(maps.Keys(facilities)) {
		f, to := codes[code], codes[facilities[code]]
		switch {
		case f == nil:
			d.fail("unknown_code", "code", code)
		case to == nil:
			d.fail("unknown_code", "code", facilities[code])
		case on(f, d.from).Parent == to.ID: // an earlier run wrote it
		case d.rows[on(f, d.from).Parent] == nil || !slices.Contains(d.rows[on(f, d.from).Parent].Successors, to.ID):
			d.fail("not_successor", "code", to.Code, "name", to.Name, "facility", f.Name)
		default:
			d.told[f.ID] = to.ID
		}
	}
}

// sharedLists are the lists for schedules on which all parts of a place are. One on which only some are is for a person
// to decide about, and noted.
func (d *draft) sharedLists(t *target) []string {
	on := map[string]int{}
	for _, part := range t.parts {
		for _, name := range d.rows[part].Lists {
			on[name]++
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(on)) {
		if on[name] == len(t.parts) {
			out = append(out, name)
		} else {
			d.note("list_partly", "list", name, "code", t.place.Code, "name", t.place.Name)
		}
	}
	return out
}

// adopt moves what lies in places that end to where it lies from then on: facilities, and regional centres. Of a
// split place it goes where it was told, else to the successor that carries on the code, else to the one that was
// given most hamlets; the last is a guess and is noted.
func (d *draft) adopt() {
	for _, id := range d.order {
		r := d.rows[id]
		if d.before[id] == nil || !inForce(r, d.from) || r.From > d.from {
			continue
		}
		parent := d.rows[on(r, d.from).Parent]
		if parent == nil || parent.Until != d.from || d.from == 0 {
			continue
		}
		to := d.follow(r, parent)
		if d.rows[to] == nil || d.rows[to].Level >= r.Level {
			d.note("homeless", "code", r.Code, "name", r.Name, "place", parent.Name)
			continue
		}
		d.change(id, func(r *project.PlaceRow) { r.Parent = to })
	}
}

// follow is the place that holds r once its parent has ended.
func (d *draft) follow(r, parent *project.PlaceRow) p.EntityID {
	switch len(parent.Successors) {
	case 0:
		return d.without(parent)
	case 1:
		return parent.Successors[0]
	}
	if to, ok := d.told[r.ID]; ok && slices.Contains(parent.Successors, to) {
		return to
	}
	best := parent.Successors[0]
	for _, id := range parent.Successors {
		s := d.rows[id]
		if s.Code == parent.Code {
			return id
		}
		if len(s.Hamlets) > len(d.rows[best].Hamlets) {
			best = id
		}
	}
	d.note("facility_guess", "code", r.Code, "name", r.Name, "place", parent.Name, "to", d.rows[best].Code, "new", d.rows[best].Name)
	return best
}

// without is where things of a place go that ends without successor, a district: where most of its communes went,
// or into what it lay in.
func (d *draft) without(parent *project.PlaceRow) p.EntityID {
	votes := map[p.EntityID]int{}
	var best p.EntityID
	for _, id := range d.order {
		b := d.before[id]
		if b == nil || b.Level != registry.LevelCommune || on(b, d.eve()).Parent != parent.ID {
			continue
		}
		r := d.rows[id]
		heirs := r.Successors
		if len(heirs) == 0 {
			heirs = []p.EntityID{id}
		}
		for _, heir := range heirs {
			up := d.heir(on(d.rows[heir], d.from).Parent)
			if votes[up]++; up != parent.ID && votes[up] > votes[best] {
				best = up
			}
		}
	}
	if best.IsZero() {
		best = d.heir(parent.Parent)
	}
	return best
}

// check holds what changed against the rules by which places are entered, and the codes against each other.
func (d *draft) check() {
	codes := map[string]*project.PlaceRow{}
	held := map[p.EntityID]*project.PlaceRow{} // one of the places in force in a place, by it
	for _, id := range d.order {
		if r := d.rows[id]; inForce(r, d.from) && r.Level < registry.LevelFacility {
			held[on(r, d.from).Parent] = r
		}
		if r := d.rows[id]; inForce(r, d.from) && r.Level != registry.LevelNation {
			code := on(r, d.from).Code
			if other := codes[code]; other != nil && !(d.equal(r) && d.equal(other)) {
				d.fail("code_taken", "code", code, "name", r.Name, "other", other.Name)
			}
			codes[code] = r
		}
	}
	for _, id := range d.order {
		r := d.rows[id]
		if d.equal(r) {
			continue
		}
		if _, err := registry.NewPlace(input(r)); err != nil {
			d.fail("entry", "code", r.Code, "name", r.Name, "what", strings.ReplaceAll(err.Error(), "\n", "; "))
		}
		if r.Until != 0 && r.Until == d.from {
			if in := held[id]; in != nil {
				d.fail("holds", "code", r.Code, "name", r.Name, "held", in.Name)
			}
			continue
		}
		if r.Level == registry.LevelNation {
			continue
		}
		switch up := d.rows[r.Parent]; {
		case up == nil:
			d.fail("no_parent", "code", r.Code, "name", r.Name)
		case up.Level >= r.Level:
			d.fail("not_above", "code", r.Code, "name", r.Name, "parent", up.Name)
		case !inForce(up, max(d.from, up.From)) && d.before[id] == nil:
			d.fail("parent_ended", "code", r.Code, "name", r.Name, "parent", up.Name)
		}
	}
}

// input is what is entered of a row.
func input(r *project.PlaceRow) registry.PlaceInput {
	return registry.PlaceInput{
		Parent: r.Parent, Code: r.Code, Name: r.Name, NameEN: r.NameEN, Level: r.Level, Type: r.Type, From: r.From, Until: r.Until,
		Successors: r.Successors, Hamlets: r.Hamlets, Former: r.Former, Lists: r.Lists,
	}
}
