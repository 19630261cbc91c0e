package reform

import (
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Import brings the tree to a list of administrative units, from a day on. Without a map the list's codes mean what
// they mean here on that day, and what is not in it stays; a list that needs a map is refused. With a map from old
// communes to new ones, the list is the whole of the new map: provinces follow their communes, and districts that are
// not in it end.
type Import struct {
	Units []Unit
	Map   []Pair
	From  registry.Day // 0: without a date, only for what is new
	// Facilities says by code where a facility of a split commune goes.
	Facilities map[string]string
}

// importer is an import at work.
type importer struct {
	*draft
	in   *Import
	old  map[string]*project.PlaceRow // by code on the last day of the old map
	now  map[string]*project.PlaceRow // by code on the first day of the new one, from before the import
	unit map[string]*Unit
	at   map[string]p.EntityID // the new map: by code of the list
}

func (x Import) draft(rows []project.PlaceRow) *draft {
	d := newDraft(rows, x.From)
	im := &importer{draft: d, in: &x, unit: map[string]*Unit{}, at: map[string]p.EntityID{}}
	for i := range x.Units {
		im.unit[x.Units[i].Code] = &x.Units[i]
	}
	im.alignProvinces()
	im.old, im.now = d.codes(d.rows, d.eve(), false), d.codes(d.rows, d.from, true)
	switch {
	case len(x.Map) == 0:
		im.plain()
	case x.From == 0:
		d.fail("date_needed")
	default:
		im.mapped()
	}
	return d
}

// levels are the tiers of a list, from the top.
var levels = []registry.Level{registry.LevelProvince, registry.LevelRegion, registry.LevelCommune}

// target is a unit of the list as a place of the new map.
func (im *importer) target(u *Unit, parts []p.EntityID) *target {
	t := &target{line: u.Line, place: u.place(im.nation()), parts: parts}
	if u.Level != registry.LevelProvince {
		t.place.Parent = im.at[u.Parent]
	}
	return t
}

// plain is an import without a map.
func (im *importer) plain() {
	if !im.sameMap() {
		return
	}
	for _, level := range levels {
		for i := range im.in.Units {
			u := &im.in.Units[i]
			if u.Level != level {
				continue
			}
			if r := im.now[unitCode(u.Code)]; r != nil {
				t := im.target(u, []p.EntityID{r.ID})
				t.id = r.ID
				im.becomes(t)
				im.at[u.Code] = r.ID
				continue
			}
			im.at[u.Code] = im.enter(im.target(u, nil))
		}
	}
}

// sameMap refuses a list whose codes cannot mean what they mean here: some of its units bear other names, and some
// of what stands here is not in it. Read without a map, a merger would look like a new name for one of its parts.
func (im *importer) sameMap() bool {
	var gone, later []*project.PlaceRow
	for _, id := range im.order {
		r := on(im.rows[id], im.from)
		if r.Level < registry.LevelProvince || r.Level > registry.LevelCommune || !strings.HasPrefix(r.Code, registry.StatisticsOffice) {
			continue
		}
		switch u := im.unit[strings.TrimPrefix(r.Code, registry.StatisticsOffice)]; {
		case inForce(&r, im.from) && u == nil:
			gone = append(gone, &r)
		case im.from != 0 && r.From > im.from && u != nil && im.now[r.Code] == nil:
			later = append(later, &r)
		}
	}
	var other *Unit
	changed := 0
	for i := range im.in.Units {
		u := &im.in.Units[i]
		if r := im.now[unitCode(u.Code)]; r != nil && registry.FoldMarked(on(r, im.from).Name) != registry.FoldMarked(u.Name) &&
			!(u.Level == registry.LevelProvince && bare(r.Name) == bare(u.Name)) {
			if changed++; other == nil {
				other = u
			}
		}
	}
	switch {
	case len(later) > 0:
		im.fail("begins_later", "n", len(later), "code", later[0].Code, "name", later[0].Name, "date", later[0].From.String())
	case changed > 0 && im.from == 0:
		im.fail("date_for", "n", changed, "line", other.Line, "code", other.Code, "name", other.Name, "was", on(im.now[unitCode(other.Code)], im.from).Name)
	case changed > 0 && len(gone) > 0:
		im.fail("needs_map", "n", len(gone), "code", gone[0].Code, "name", gone[0].Name, "changed", changed, "line", other.Line,
			"new", other.Name, "was", on(im.now[unitCode(other.Code)], im.from).Name)
	case len(gone) > 0:
		im.note("not_listed", "n", len(gone), "code", gone[0].Code, "name", gone[0].Name)
	}
	return len(im.problems) == 0
}

// mapped is an import with a map.
func (im *importer) mapped() {
	parts := im.readMap()
	if len(im.problems) > 0 {
		return
	}
	im.provinces(parts)
	im.districts()
	var communes []*target
	for i := range im.in.Units {
		u := &im.in.Units[i]
		if u.Level != registry.LevelCommune {
			continue
		}
		if len(parts[u.Code]) == 0 {
			im.note("no_parts", "line", u.Line, "code", u.Code, "name", u.Name)
		}
		communes = append(communes, im.target(u, parts[u.Code]))
	}
	im.reshape(communes)
	for i, t := range communes {
		im.at[strings.TrimPrefix(communes[i].place.Code, registry.StatisticsOffice)] = t.id
	}
	im.tell(im.in.Facilities)
	im.adopt()
}

// readMap reads the map: the old communes of each new one, by its code in the list.
func (im *importer) readMap() map[string][]p.EntityID {
	out := map[string][]p.EntityID{}
	times := map[string]int{}
	for _, pair := range im.in.Map {
		times[pair.Old]++
	}
	for _, pair := range im.in.Map {
		old, unit := im.old[unitCode(pair.Old)], im.unit[pair.New]
		switch {
		case old == nil || old.Level != registry.LevelCommune:
			im.fail("map_old", "line", pair.Line, "code", pair.Old, "date", im.eve().String())
		case unit == nil || unit.Level != registry.LevelCommune:
			im.fail("map_new", "line", pair.Line, "code", pair.New)
		default:
			out[pair.New] = append(out[pair.New], old.ID)
		}
		if pair.Split != (times[pair.Old] > 1) {
			im.note("map_split", "line", pair.Line, "code", pair.Old, "n", times[pair.Old])
		}
	}
	for _, id := range im.order { // what the map does not name goes on, if the list has it
		r := on(im.rows[id], im.eve())
		code := strings.TrimPrefix(r.Code, registry.StatisticsOffice)
		if r.Level != registry.LevelCommune || !inForce(&r, im.eve()) || code == r.Code || times[code] > 0 {
			continue
		}
		if u := im.unit[code]; u == nil || u.Level != registry.LevelCommune || len(out[code]) > 0 {
			im.fail("unmapped", "code", r.Code, "name", r.Name)
			continue
		}
		out[code] = []p.EntityID{id}
	}
	return out
}

// provinces are made of those in which the parts of their communes lay.
func (im *importer) provinces(parts map[string][]p.EntityID) {
	of := map[string][]p.EntityID{} // by the new province's code
	taken := map[p.EntityID]bool{}
	for i := range im.in.Units {
		u := &im.in.Units[i]
		if u.Level != registry.LevelCommune {
			continue
		}
		top := im.unit[u.Parent]
		for top != nil && top.Level != registry.LevelProvince {
			top = im.unit[top.Parent]
		}
		for _, part := range parts[u.Code] {
			if r := im.up(part, registry.LevelProvince, im.eve()); r != nil && top != nil && !slices.Contains(of[top.Code], r.ID) {
				of[top.Code] = append(of[top.Code], r.ID)
				taken[r.ID] = true
			}
		}
	}
	var targets []*target
	for i := range im.in.Units {
		u := &im.in.Units[i]
		if u.Level != registry.LevelProvince {
			continue
		}
		from := of[u.Code]
		if r := im.old[unitCode(u.Code)]; len(from) == 0 && r != nil && !taken[r.ID] && bare(on(r, im.eve()).Name) == bare(u.Name) {
			from = []p.EntityID{r.ID}
			taken[r.ID] = true
		}
		targets = append(targets, im.target(u, from))
	}
	im.reshape(targets)
	for _, t := range targets {
		im.at[strings.TrimPrefix(t.place.Code, registry.StatisticsOffice)] = t.id
	}
	for _, id := range im.order {
		r := im.before[id]
		if r != nil && r.Level == registry.LevelProvince && inForce(r, im.from) && r.From != im.from && !taken[id] && unit(r.Code) {
			im.note("province_left", "code", r.Code, "name", r.Name)
		}
	}
}

// districts of the list go on or begin, the others end; what replaced them, if anything, is not in any list.
func (im *importer) districts() {
	for i := range im.in.Units {
		u := &im.in.Units[i]
		if u.Level != registry.LevelRegion {
			continue
		}
		t := im.target(u, nil)
		r := im.old[unitCode(u.Code)]
		if r == nil {
			r = im.now[unitCode(u.Code)]
		}
		if r != nil {
			t.id = r.ID
			im.becomes(t)
			im.at[u.Code] = r.ID
			continue
		}
		im.at[u.Code] = im.enter(t)
	}
	for _, id := range im.order {
		r := im.before[id]
		if r == nil || r.Level != registry.LevelRegion || !inForce(r, im.eve()) {
			continue
		}
		if code := on(r, im.eve()).Code; unit(code) && im.unit[strings.TrimPrefix(code, registry.StatisticsOffice)] == nil {
			im.end(id, nil)
		}
	}
}

// nation is the place that provinces lie in.
func (im *importer) nation() p.EntityID {
	for _, id := range im.order {
		if im.rows[id].Level == registry.LevelNation {
			return id
		}
	}
	return p.EntityID{}
}

// alignProvinces brings provinces that are there since the centre was founded, in which nothing lies and of which
// nobody ever said since when they are in force, to the list's codes: in an older list Lào Cai has another one.
func (im *importer) alignProvinces() {
	used := map[p.EntityID]bool{}
	for _, id := range im.order {
		used[im.rows[id].Parent] = true
	}
	byName := map[string]*Unit{}
	for i := range im.in.Units {
		if u := &im.in.Units[i]; u.Level == registry.LevelProvince {
			byName[bare(u.Name)] = u
		}
	}
	for _, id := range im.order {
		r := im.rows[id]
		if r.Level != registry.LevelProvince || used[id] || r.From != 0 || r.Until != 0 || len(r.Former) > 0 {
			continue
		}
		u := byName[bare(r.Name)]
		if u == nil || unitCode(u.Code) == r.Code && u.Kind == r.Type {
			continue
		}
		r.Code, r.Type, r.Name, r.NameEN = unitCode(u.Code), u.Kind, u.Name, u.NameEN
	}
}

// bare is a province's name without the word for its kind.
func bare(name string) string {
	name = registry.FoldMarked(name)
	for _, kind := range []string{"tỉnh ", "thành phố "} {
		name = strings.TrimPrefix(name, kind)
	}
	return name
}
