package reform_test

import (
	"encoding/binary"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// country is a tree of places without nodes: plans are carried out on rows.
type country struct {
	rows []project.PlaceRow
	next uint64
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

func (c *country) named(id p.EntityID) string {
	for i := range c.rows {
		if c.rows[i].ID == id {
			return c.rows[i].Name
		}
	}
	return ""
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

func TestProbe(t *testing.T) {
	c := founded()
	a := reform.Import{Units: units(t, "vn-admin-units-2025-03-before-reform.csv"), From: day(t, "01/03/2025")}
	b := reform.Import{Units: units(t, "vn-admin-units-2025-07-after-reform.csv"), Map: pairs(t), From: day(t, "01/07/2025")}
	e := reform.Import{Units: units(t, "vn-admin-units-2026-04.csv"), From: day(t, "30/04/2026")}
	for _, o := range []reform.Order{a, b, e, a, b, e} {
		plan := c.do(t, o)
		t.Log(len(plan.Acts), len(plan.Changes), len(plan.Reused), plan.Notes)
		for l, n := range plan.Counts {
			t.Logf("%s %+v", l, *n)
		}
	}
}
