package atlas

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// id names a place by a letter or two.
func id(name string) p.EntityID {
	var l p.LogID
	copy(l[:], name)
	l[11] = 0x40
	return p.Dot{Log: l, Seq: 1}.Entity()
}

func ids(names ...string) []p.EntityID {
	var out []p.EntityID
	for _, n := range names {
		out = append(out, id(n))
	}
	slices.SortFunc(out, p.EntityID.Compare)
	return out
}

const day registry.Day = 20_270 // 2025-07-01

func row(name, parent string, level registry.Level, edit ...func(*project.PlaceRow)) project.PlaceRow {
	r := project.PlaceRow{ID: id(name), Code: "gso:" + name, Name: name, Level: level}
	if parent != "" {
		r.Parent = id(parent)
	}
	if level == registry.LevelFacility {
		r.Type = registry.PlaceStation
	}
	for _, f := range edit {
		f(&r)
	}
	return r
}

func ends(next ...string) func(*project.PlaceRow) {
	return func(r *project.PlaceRow) {
		r.Until = day
		for _, n := range next {
			r.Successors = append(r.Successors, id(n))
		}
	}
}

func begins(r *project.PlaceRow) { r.From = day }

func hamlets(names ...string) func(*project.PlaceRow) {
	return func(r *project.PlaceRow) { r.Hamlets = names }
}

// was says under which parent a place lay until the day.
func was(parent string) func(*project.PlaceRow) {
	return func(r *project.PlaceRow) {
		r.Former = []registry.FormerPlace{{Until: day, Parent: id(parent), Code: r.Code + "-old", Name: r.Name + " cũ", Type: r.Type}}
	}
}

// country is a nation of two provinces joined into one. A and B became M; C was split between M and N; D only lost its
// district; district E ended without a successor. T is the station of A, K that of D, H a hospital of the old province.
func country() []project.PlaceRow {
	const province, region, commune, facility = registry.LevelProvince, registry.LevelRegion, registry.LevelCommune, registry.LevelFacility
	return []project.PlaceRow{
		row("VN", "", registry.LevelNation),
		row("11", "VN", province, ends("15")), row("12", "VN", province, ends("15")), row("15", "VN", province, begins),
		row("E", "11", region, ends()),
		row("A", "E", commune, ends("M")), row("B", "E", commune, ends("M")), row("C", "12", commune, ends("M", "N")),
		row("D", "15", commune, was("E")),
		row("M", "15", commune, begins, hamlets("Bản Lầu", "tdp 3")), row("N", "15", commune, begins, hamlets("Na Phay", "Chung")),
		row("T", "M", facility, was("A")), row("K", "D", facility),
		row("H", "15", facility, func(r *project.PlaceRow) { r.Type = registry.PlaceHospital }, was("11")),
	}
}

func TestStands(t *testing.T) {
	a := New(country())
	before, after := a.At(day-1), a.At(day)
	for _, c := range []struct {
		m                   *Map
		recorded, residence string
		want                string
		exact               bool
	}{
		{before, "A", "A", "A", true},
		{after, "A", "A", "M", true},
		{after, "C", "C", "15", false}, // in M or N: in the province for sure
		{after, "C", "N", "N", true},   // its hamlet said so
		{before, "C", "N", "C", true},
		{before, "N", "N", "C", true},
		{before, "M", "M", "VN", false}, // of E's province or of 12's
		{after, "D", "D", "D", true},
		{after, "E", "E", "15", false}, // nobody can say more of who lived in a district
		{after, "T", "T", "T", true},
	} {
		place, exact := c.m.Stands(id(c.recorded), id(c.residence))
		if place != id(c.want) || exact != c.exact {
			t.Errorf("%s, resolved to %s, on day %d: %s %v, want %s %v", c.recorded, c.residence, c.m.Day(), place, exact, id(c.want), c.exact)
		}
	}
	if place, exact := after.Stands(id("??"), id("??")); !place.IsZero() || exact {
		t.Error("a place nobody knows stands somewhere")
	}
}

func TestMaps(t *testing.T) {
	a := New(country())
	before, after := a.At(day-1), a.At(day)
	if got := before.Path(id("T")); !slices.Equal(got, []p.EntityID{id("T"), id("A"), id("E"), id("11"), id("VN")}) {
		t.Errorf("path before %v", got)
	}
	if got := after.Path(id("T")); !slices.Equal(got, []p.EntityID{id("T"), id("M"), id("15"), id("VN")}) {
		t.Errorf("path after %v", got)
	}
	d, _ := before.Row(id("D"))
	if d.Code != "gso:D-old" || d.Name != "D cũ" || d.Parent != id("E") {
		t.Errorf("before the day D is %+v", d)
	}
	if now, _ := after.Row(id("D")); now.Code != "gso:D" || now.Parent != id("15") {
		t.Errorf("after the day D is %+v", now)
	}
	if after.InForce(id("A")) || before.InForce(id("M")) || after.Parent(id("A")) != (p.EntityID{}) || after.Path(id("A")) != nil {
		t.Error("a place is on a map on which it is not")
	}
	if before.Next() != day || after.Next() != 0 {
		t.Errorf("the next maps are of %d and %d", before.Next(), after.Next())
	}
	if r, ok := a.ByCode("gso:D", day-1); ok {
		t.Errorf("a code that D got later: %+v", r)
	}
	if r, ok := a.ByCode("gso:D-old", day-1); !ok || r.ID != id("D") {
		t.Errorf("a code that D had: %+v", r)
	}
	if got := after.Now(id("E")); !slices.Equal(sorted(got), ids("M", "D")) {
		t.Errorf("of the district there are %v", got)
	}
	if got := after.Now(id("C")); !slices.Equal(sorted(got), ids("M", "N")) {
		t.Errorf("of xã C there are %v", got)
	}
	for _, c := range []struct {
		place, top string
		want       bool
	}{
		{"T", "A", true},
		{"B", "A", true},
		{"A", "E", true},
		{"K", "E", true},
		{"N", "E", false},
		{"D", "11", true},
		{"M", "N", false},
		{"C", "12", true},
		{"C", "M", false}, // in M or N: not for sure in M
	} {
		if got := after.Within(id(c.place), id(c.top)); got != c.want {
			t.Errorf("%s within %s: %v", c.place, c.top, got)
		}
	}
	// A map is made once, and of many those last asked for are kept.
	if a.At(day) != after {
		t.Error("a map was drawn twice")
	}
	for i := range registry.Day(mapsKept) {
		a.At(day + 1 + i)
	}
	if a.At(day) == after || len(a.maps) != mapsKept {
		t.Errorf("%d maps are kept", len(a.maps))
	}
}

func TestResidence(t *testing.T) {
	a := New(country())
	for _, c := range []struct{ recorded, hamlet, want string }{
		{"C", "bản lầu", "M"},
		{"C", "BẢN LẦU", "M"},
		{"C", "Tổ dân phố 3", "M"},
		{"C", "na phay", "N"},
		{"C", "", "C"},
		{"C", "Huổi Hương", "C"},
		{"A", "Na Phay", "A"},
		{"D", "x", "D"},
		{"??", "x", "??"},
	} {
		if got := a.Residence(id(c.recorded), c.hamlet); got != id(c.want) {
			t.Errorf("%s, %q: %s, want %s", c.recorded, c.hamlet, got, id(c.want))
		}
	}
	both := country()
	for i := range both {
		if both[i].ID == id("M") {
			both[i].Hamlets = append(both[i].Hamlets, "chung")
		}
	}
	if got := New(both).Residence(id("C"), "Chung"); got != id("C") {
		t.Errorf("a hamlet of both led to %s", got)
	}
	// Later what A became is split as well, and the hamlet says in which part its people are.
	later := append(country(), row("X", "15", registry.LevelCommune, hamlets("Lầu trên")), row("Y", "15", registry.LevelCommune, hamlets("Lầu dưới")))
	for i := range later {
		if later[i].ID == id("M") {
			later[i].Until, later[i].Successors = day+100, ids("X", "Y")
		}
	}
	a = New(later)
	if got := a.Residence(id("A"), "lầu dưới"); got != id("Y") {
		t.Errorf("two steps led to %s", got)
	}
	if got := a.Residence(id("A"), ""); got != id("A") {
		t.Errorf("no hamlet led to %s", got)
	}
	if got := a.Choices(id("A")); !slices.Equal(got, ids("X", "Y")) {
		t.Errorf("to choose from: %v", got)
	}
	// A mistake ties two places into a ring.
	ring := New([]project.PlaceRow{row("P", "Q", registry.LevelCommune, ends("Q")), row("Q", "P", registry.LevelCommune, ends("P"))})
	if got := ring.Residence(id("P"), "x"); got != id("P") || ring.Choices(id("P")) != nil {
		t.Errorf("a ring led to %s", got)
	}
	ring.At(day).Stands(id("P"), id("P"))
	ring.HubScopes(p.EntityID{}, id("P"), nil)
}

func TestHomes(t *testing.T) {
	a := New(country())
	for _, c := range []struct {
		commune   string
		on        registry.Day
		sure, ask []p.EntityID
	}{
		{"M", day, ids("A", "B", "M"), ids("C")},
		{"N", day, ids("N"), ids("C")},
		{"M", day - 1, ids("M"), nil}, // its parts still look after their own
		{"D", day, ids("D"), nil},
	} {
		sure, ask := a.Homes(id(c.commune), c.on)
		if !slices.Equal(sure, c.sure) || !slices.Equal(ask, c.ask) {
			t.Errorf("%s on %d: %v and %v", c.commune, c.on, sure, ask)
		}
	}
}

// world draws a country that goes through reforms: places join, split, move, end.
func world(t *rapid.T) []project.PlaceRow {
	rows := []project.PlaceRow{row("VN", "", registry.LevelNation), row("p0", "VN", registry.LevelProvince), row("p1", "VN", registry.LevelProvince)}
	alive := map[registry.Level][]int{registry.LevelProvince: {1, 2}}
	for i := range rapid.IntRange(2, 6).Draw(t, "communes") {
		alive[registry.LevelCommune] = append(alive[registry.LevelCommune], len(rows))
		rows = append(rows, row(fmt.Sprintf("c%d", i), fmt.Sprintf("p%d", i%2), registry.LevelCommune))
	}
	on := day
	for k := range rapid.IntRange(0, 8).Draw(t, "events") {
		on += registry.Day(rapid.IntRange(1, 50).Draw(t, "later"))
		level := rapid.SampledFrom([]registry.Level{registry.LevelProvince, registry.LevelCommune, registry.LevelCommune}).Draw(t, "level")
		pick := func(name string) int { return rapid.SampledFrom(alive[level]).Draw(t, name) }
		begin := func(parent p.EntityID) int {
			r := row(fmt.Sprintf("n%d%d", k, len(rows)), "", level, hamlets(fmt.Sprintf("h%d", rapid.IntRange(0, 2).Draw(t, "hamlet"))))
			r.Parent, r.From = parent, on
			rows = append(rows, r)
			alive[level] = append(alive[level], len(rows)-1)
			return len(rows) - 1
		}
		end := func(i int, next ...int) {
			rows[i].Until = on
			for _, n := range next {
				rows[i].Successors = append(rows[i].Successors, rows[n].ID)
			}
			alive[level] = slices.DeleteFunc(alive[level], func(x int) bool { return x == i })
		}
		switch x, y := pick("x"), pick("y"); rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0: // x and y are joined
			n := begin(rows[x].Parent)
			if end(x, n); x != y {
				end(y, n)
			}
		case 1: // x is split, and y gets a part of it
			parts := []int{begin(rows[x].Parent), begin(rows[y].Parent)}
			if x != y {
				parts = append(parts, y)
			}
			end(x, parts...)
		case 2: // x moves
			if level == registry.LevelCommune {
				r := &rows[x]
				if n := len(r.Former); (r.From == 0 || r.From < on) && (n == 0 || r.Former[n-1].Until < on) {
					r.Former = append(r.Former, registry.FormerPlace{Until: on, Parent: r.Parent, Code: r.Code, Name: r.Name})
					r.Parent = rows[rapid.SampledFrom(alive[registry.LevelProvince]).Draw(t, "to")].ID
				}
			}
		case 3: // x ends, and nobody says what it became; its communes are left where they were
			if len(alive[level]) > 1 {
				end(x)
			}
		}
	}
	return rows
}

// Everybody stands somewhere once, so the sum over a country is the same on every map, whatever happened between.
func TestStandsKeepsSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := world(t)
		a := New(rows)
		m := a.At(day + registry.Day(rapid.IntRange(-10, 500).Draw(t, "on")))
		if roots := m.Roots(); len(roots) != 1 || roots[0] != id("VN") {
			t.Fatalf("%d roots", len(roots))
		}
		count := map[p.EntityID]int{}
		people := 0
		for i := range rows {
			for h := range 3 {
				recorded := rows[i].ID
				place, exact := m.Stands(recorded, a.Residence(recorded, fmt.Sprintf("h%d", h)))
				path := m.Path(place)
				if len(path) == 0 || path[len(path)-1] != id("VN") {
					t.Fatalf("%s stands at %s, which leads nowhere", rows[i].Name, place)
				}
				if r, _ := m.Row(place); exact && r.Level != rows[i].Level {
					t.Fatalf("%s stands exactly at %s, of another level", rows[i].Name, r.Name)
				}
				people++
				count[place]++
			}
		}
		var sum func(p.EntityID) int
		sum = func(at p.EntityID) int {
			n := count[at]
			for _, c := range m.Children(at) {
				n += sum(c)
			}
			return n
		}
		if got := sum(id("VN")); got != people {
			t.Fatalf("%d of %d people stand in the country", got, people)
		}
	})
}

// Rows in whatever order, and rows that came one by one over others, make the same atlas; and what a place leads to is
// served to who stands there.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := world(t)
		a := New(rows)
		shuffled := rapid.Permutation(rows).Draw(t, "order")
		b := New(nil)
		for i := range shuffled {
			if rapid.Bool().Draw(t, "twice") { // an older state of it was here before
				old := shuffled[i]
				old.Until, old.Successors, old.Former, old.Hamlets = 0, nil, nil, nil
				b = b.With([]project.PlaceRow{old})
			}
		}
		for i := range shuffled {
			b = b.With(shuffled[i : i+1])
		}
		on := day + registry.Day(rapid.IntRange(-10, 500).Draw(t, "on"))
		for i := range rows {
			x := rows[i].ID
			for name, same := range map[string]bool{
				"residence": a.Residence(x, "h1") == b.Residence(x, "h1"),
				"scopes":    reflect.DeepEqual(a.PlaceScopes(x), b.PlaceScopes(x)) && reflect.DeepEqual(a.StationScopes(x), b.StationScopes(x)),
				"hub":       reflect.DeepEqual(a.HubScopes(id("hub"), x, nil), b.HubScopes(id("hub"), x, nil)),
				"path":      reflect.DeepEqual(a.At(on).Path(x), b.At(on).Path(x)),
				"areas":     reflect.DeepEqual(a.Areas(x, x, on), b.Areas(x, x, on)),
			} {
				if !same {
					t.Fatalf("%s of %s depends on the order", name, rows[i].Name)
				}
			}
			for _, n := range a.Successors(x) {
				if !slices.Contains(a.StationScopes(n), x) || !a.WithinEver(x, n) || !a.WithinEver(n, x) {
					t.Fatalf("who stands at what %s became does not hold its register", rows[i].Name)
				}
			}
		}
	})
}
