package reform_test

import (
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// country is a tree of places without nodes: plans are carried out on rows.
type country struct {
	rows  []project.PlaceRow
	next  uint64
	index map[p.EntityID]int
}

// founded is a tree as the centre has it on its first day: the nation and its provinces.
func founded() *country {
	c := &country{}
	nation := c.id()
	c.rows = append(c.rows, project.PlaceRow{ID: nation, Code: "own:VN", Name: "Việt Nam", Level: registry.LevelNation})
	for _, pr := range registry.Provinces() {
		c.rows = append(c.rows, project.PlaceRow{ID: c.id(), Parent: nation, Code: "gso:" + pr.Code, Name: pr.Name, NameEN: pr.NameEN, Level: registry.LevelProvince})
	}
	return c
}

func (c *country) id() p.EntityID {
	c.next++
	var id p.EntityID
	id[0] = 1
	binary.BigEndian.PutUint64(id[8:], c.next)
	return id
}

// add enters a place by hand.
func (c *country) add(r project.PlaceRow) p.EntityID {
	r.ID = c.id()
	c.rows = append(c.rows, r)
	return r.ID
}

// write carries out the first n acts of a plan, all if n < 0.
func (c *country) write(plan *reform.Plan, n int) {
	if n < 0 {
		n = len(plan.Acts)
	}
	real := map[p.EntityID]p.EntityID{}
	swap := func(id p.EntityID) p.EntityID {
		if !reform.Temporary(id) {
			return id
		}
		if real[id].IsZero() {
			real[id] = c.id()
		}
		return real[id]
	}
	rows := plan.Rows(c.rows, n)
	for i := range rows {
		r := &rows[i]
		r.ID, r.Parent = swap(r.ID), swap(r.Parent)
		for k, s := range r.Successors {
			r.Successors[k] = swap(s)
		}
	}
	c.rows = rows
}

func (c *country) work(t *testing.T, order reform.Order) *reform.Plan {
	t.Helper()
	plan, err := reform.Work(order, c.rows)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func (c *country) do(t *testing.T, order reform.Order) *reform.Plan {
	t.Helper()
	plan := c.work(t, order)
	c.write(plan, -1)
	return plan
}

// code finds a place by its code on a day.
func (c *country) code(t *testing.T, code string, day registry.Day) project.PlaceRow {
	t.Helper()
	r, err := reform.Find(c.rows, code, day)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// shared is the folder of the lists that the project is given, beside the checkout; "" if it is not there.
func shared() string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		if path := filepath.Join(dir, "shared", "data"); isDir(path) {
			return path
		}
	}
	return ""
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func openShared(t *testing.T, name string) *csv.Reader {
	t.Helper()
	dir := shared()
	if dir == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("shared/data is not beside the checkout")
		}
		t.Skip("shared/data is not beside the checkout: the lists of the country's units are not read")
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return csv.NewReader(f)
}

func units(t *testing.T, name string) []reform.Unit {
	t.Helper()
	out, err := reform.ReadUnits(openShared(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func pairs(t *testing.T) []reform.Pair {
	t.Helper()
	out, err := reform.ReadMap(openShared(t, "vn-admin-units-map-2025-03-to-2025-07.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func day(t *testing.T, text string) registry.Day {
	t.Helper()
	d, err := registry.ParseDay(text, 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// replay is the map of the country through its last two changes.
func replay(t *testing.T) []reform.Import {
	return []reform.Import{
		{Units: units(t, "vn-admin-units-2025-03-before-reform.csv"), From: day(t, "01/03/2025")},
		{Units: units(t, "vn-admin-units-2025-07-after-reform.csv"), Map: pairs(t), From: day(t, "01/07/2025")},
		{Units: units(t, "vn-admin-units-2026-04.csv"), From: day(t, "30/04/2026")},
	}
}

func TestTheCountryThroughTheReform(t *testing.T) {
	c := founded()
	const province, region, commune = registry.LevelProvince, registry.LevelRegion, registry.LevelCommune
	want := []map[registry.Level]reform.Counts{
		{province: {Corrected: 34, Added: 29}, region: {Added: 696}, commune: {Added: 10035}},
		{
			province: {Kept: 11, Merged: 52, Made: 23},
			region:   {Abolished: 696},
			// 135 of one part, three of them of a part of a commune that was split; five islands of none.
			commune: {Renamed: 11, Moved: 121, Merged: 9432, Split: 471, Made: 3184, Added: 5},
		},
		// One province and ten communes of another kind, and Xã Phó Bảng spelled Phố Bảng; 194 tones elsewhere.
		{province: {Kept: 33, Renamed: 1}, commune: {Kept: 3310, Renamed: 11}},
	}
	days := []registry.Day{day(t, "01/03/2025"), day(t, "01/07/2025"), day(t, "30/04/2026")}
	steps := replay(t)
	for i, order := range steps {
		plan := c.do(t, order)
		for level, counts := range want[i] {
			if got := plan.Counts[level]; got == nil || *got != counts {
				t.Errorf("step %d, %s: %+v, want %+v", i, level, got, counts)
			}
		}
		for n, act := range plan.Acts {
			if len(act) > p.ActChangesMax {
				t.Errorf("step %d, act %d: %d changes", i, n, len(act))
			}
		}
		if i == 1 {
			sameCode := 0
			for _, u := range plan.Reused {
				if u.Level == commune {
					sameCode++
				}
			}
			if sameCode != 3183 || len(plan.Reused) != 3183+23 {
				t.Errorf("%d codes reused, %d of communes", len(plan.Reused), sameCode)
			}
		}
	}
	// In force on each day: what the lists of that day say.
	for i, n := range []map[registry.Level]int{{province: 63, region: 696, commune: 10035}, {province: 34, commune: 3321}, {province: 34, commune: 3321}} {
		got := map[registry.Level]int{}
		for k := range c.rows {
			if r := &c.rows[k]; r.InForce(days[i]) && r.Level != registry.LevelNation {
				got[r.Level]++
			}
		}
		for level, want := range n {
			if got[level] != want {
				t.Errorf("on %s: %d of %s, want %d", days[i].ISO(), got[level], level, want)
			}
		}
		bears := map[string]project.PlaceRow{}
		for k := range c.rows {
			if r := c.rows[k].On(days[i]); r.InForce(days[i]) {
				if other, twice := bears[r.Code]; twice {
					t.Errorf("on %s %s is %s and %s", days[i].ISO(), r.Code, other.Name, r.Name)
				}
				bears[r.Code] = r
			}
		}
		for k := range steps[i].Units {
			u := &steps[i].Units[k]
			r := bears["gso:"+u.Code]
			if registry.FoldMarked(r.Name) != registry.FoldMarked(u.Name) || r.Type != u.Kind {
				t.Fatalf("on %s %s is %s (%s), the list says %s", days[i].ISO(), u.Code, r.Name, r.Type, u.Name)
			}
			if up := c.row(r.Parent); u.Parent != "" && (up == nil || bears["gso:"+u.Parent].ID != up.ID) {
				t.Fatalf("on %s %s lies in %v, the list says %s", days[i].ISO(), u.Code, up, u.Parent)
			}
		}
	}
	// The same codes are other places: Yên Bái had 15 before Lào Cai got it.
	yenBai, laoCai := c.code(t, "gso:15", days[1]-1), c.code(t, "gso:15", days[1])
	if yenBai.Name != "Tỉnh Yên Bái" || laoCai.Name != "Tỉnh Lào Cai" || len(yenBai.Successors) != 1 || yenBai.Successors[0] != laoCai.ID {
		t.Errorf("15 was %+v and is %+v", yenBai, laoCai)
	}
	for i, order := range steps { // a second time
		if plan := c.work(t, order); len(plan.Acts) != 0 {
			t.Errorf("step %d again: %d acts, first %s", i, len(plan.Acts), plan.Acts[0][0].After.Name)
		}
	}
}

// TestCutAnywhereTheReformGoesOn stops the import between two acts and gives it again: the same tree, and at each cut
// one that holds together.
func TestCutAnywhereTheReformGoesOn(t *testing.T) {
	steps := replay(t)
	before := founded()
	before.do(t, steps[0])
	whole := before.clone()
	plan := whole.do(t, steps[1])
	for _, cut := range []int{1, 2, 57, len(plan.Acts) - 14, len(plan.Acts) - 1} {
		c := before.clone()
		c.write(c.work(t, steps[1]), cut)
		c.holds(t, steps[1].From)
		rest := c.do(t, steps[1])
		if len(rest.Acts) > len(plan.Acts)-cut+1 {
			t.Errorf("cut after %d of %d acts: %d more", cut, len(plan.Acts), len(rest.Acts))
		}
		if a, b := whole.told(), c.told(); len(a) != len(b) || len(a) != len(c.rows) {
			t.Errorf("cut after %d acts: %d places, want %d", cut, len(c.rows), len(whole.rows))
		} else {
			for key, text := range a {
				if b[key] != text {
					t.Fatalf("cut after %d acts: %s is\n%s\nwant\n%s", cut, key, b[key], text)
				}
			}
		}
	}
}

func (c *country) clone() *country {
	out := &country{next: c.next, rows: make([]project.PlaceRow, len(c.rows))}
	for i, r := range c.rows {
		r.Successors, r.Former = slices.Clone(r.Successors), slices.Clone(r.Former)
		out.rows[i] = r
	}
	return out
}

func (c *country) row(id p.EntityID) *project.PlaceRow {
	if len(c.index) != len(c.rows) {
		c.index = make(map[p.EntityID]int, len(c.rows))
		for i := range c.rows {
			c.index[c.rows[i].ID] = i
		}
	}
	if i, ok := c.index[id]; ok && c.rows[i].ID == id {
		return &c.rows[i]
	}
	return nil
}

// holds makes sure that everything in force on a day lies in something in force, and that what has ended names
// successors that are there.
func (c *country) holds(t *testing.T, day registry.Day) {
	t.Helper()
	for i := range c.rows {
		r := &c.rows[i]
		on := r.On(day)
		if up := c.row(on.Parent); r.InForce(day) && r.Level != registry.LevelNation && (up == nil || !up.InForce(day)) {
			t.Fatalf("%s %s is in force and lies in nothing that is", r.Code, r.Name)
		}
		for _, s := range r.Successors {
			if next := c.row(s); next == nil || !next.InForce(r.Until) {
				t.Fatalf("%s %s became something that is not there", r.Code, r.Name)
			}
		}
		if r.Until == day && r.Level == registry.LevelCommune && len(r.Successors) == 0 {
			t.Fatalf("%s %s ended without a successor", r.Code, r.Name)
		}
	}
}

// told writes each place without ids, by code and first day.
func (c *country) told() map[string]string {
	key := func(id p.EntityID) string {
		if r := c.row(id); r != nil {
			return fmt.Sprintf("%s@%d/%d", r.Code, r.From, r.Until)
		}
		return ""
	}
	out := map[string]string{}
	for i := range c.rows {
		r := c.rows[i]
		var next []string
		for _, s := range r.Successors {
			next = append(next, key(s))
		}
		text := fmt.Sprintf("%s %s %s in %s -> %q", r.Name, r.Type, r.NameEN, key(r.Parent), next)
		for _, x := range r.Former {
			text += fmt.Sprintf("; %d %s %s %s in %s", x.Until, x.Code, x.Name, x.Type, key(x.Parent))
		}
		out[key(r.ID)] = text
	}
	return out
}
