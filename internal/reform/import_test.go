package reform_test

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

func list(t *testing.T, rows string) []reform.Unit {
	t.Helper()
	out, err := reform.ReadUnits(csv.NewReader(strings.NewReader(unitHead + rows)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func mapping(t *testing.T, rows string) []reform.Pair {
	t.Helper()
	out, err := reform.ReadMap(csv.NewReader(strings.NewReader("old_commune_code,new_commune_code,old_is_split\n" + rows)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// before and after are a small reform: two provinces become one under the code of the other, two communes merge, one
// is split, one goes on, an island begins.
const (
	oldList = "10,Tỉnh Lào Cai,,province,Tỉnh,\n15,Tỉnh Yên Bái,,province,Tỉnh,\n080,Huyện A,,district,Huyện,10\n132,Huyện B,,district,Huyện,15\n" +
		"02001,Xã Hoà Một,,commune,Xã,080\n02002,Xã Hai,,commune,Xã,080\n02003,Xã Ba,,commune,Xã,080\n04001,Xã Bốn,,commune,Xã,132\n"
	newList = "15,Tỉnh Lào Cai,,province,Tỉnh,\n02001,Xã Hòa Một,,commune,Xã,15\n02002,Xã Hai Ba,,commune,Xã,15\n04001,Phường Bốn,,commune,Phường,15\n04009,Đặc khu Đảo,,commune,Đặc khu,15\n"
	newMap  = "02001,02001,0\n02002,02002,0\n02003,02002,1\n02003,04001,1\n04001,04001,0\n"
)

func small(t *testing.T) (*district, reform.Import) {
	t.Helper()
	d := &district{country: &country{}, from: day(t, "01/07/2025")}
	d.nation = d.add(project.PlaceRow{Code: "own:VN", Name: "Việt Nam", Level: registry.LevelNation})
	d.do(t, reform.Import{Units: list(t, oldList), From: day(t, "01/03/2025")})
	return d, reform.Import{Units: list(t, newList), Map: mapping(t, newMap), From: d.from}
}

func TestImportWithAMap(t *testing.T) {
	d, order := small(t)
	eve := d.from - 1
	old := map[string]project.PlaceRow{}
	for _, code := range []string{"10", "15", "080", "132", "02001", "02002", "02003", "04001"} {
		old[code] = d.code(t, "gso:"+code, eve)
	}
	if old["02001"].From != day(t, "01/03/2025") {
		t.Errorf("in an empty tree everything begins with the list: %+v", old["02001"])
	}
	// What people entered beside the lists: a regional centre in which two communes lie, and facilities.
	centre := d.add(project.PlaceRow{Parent: old["10"].ID, Code: "own:kv", Name: "Khu vực A", Level: registry.LevelRegion})
	for _, code := range []string{"02002", "02003"} {
		d.do(t, reform.Move{Place: old[code].ID, Parent: centre})
	}
	station := d.add(project.PlaceRow{Parent: old["02003"].ID, Code: "kcb:1", Name: "Trạm Ba", Type: "tram", Level: registry.LevelFacility})
	hospital := d.add(project.PlaceRow{Parent: old["132"].ID, Code: "kcb:2", Name: "Bệnh viện B", Type: "benhvien", Level: registry.LevelFacility})

	order.Facilities = map[string]string{"kcb:1": "gso:04001"}
	plan := d.do(t, order)
	d.holds(t, d.from)
	laoCai := d.at(t, "gso:15")
	for _, code := range []string{"10", "15"} {
		if r := d.row(old[code].ID); laoCai.ID == r.ID || r.Until != d.from || !slices.Equal(r.Successors, []p.EntityID{laoCai.ID}) {
			t.Errorf("%s: %+v", code, r)
		}
	}
	if one := d.at(t, "gso:02001"); one.ID != old["02001"].ID || one.Name != "Xã Hoà Một" || one.Parent != laoCai.ID || len(one.Former) != 1 || one.Former[0].Parent != old["080"].ID {
		t.Errorf("a commune that goes on, spelled with its tone elsewhere: %+v", one)
	}
	two, four := d.at(t, "gso:02002"), d.at(t, "gso:04001")
	if two.ID == old["02002"].ID || two.Parent != centre || four.Name != "Phường Bốn" || four.Type != "phuong" || four.Parent != laoCai.ID {
		t.Errorf("merged: %+v, %+v", two, four)
	}
	if r := d.row(old["02003"].ID); !slices.Equal(r.Successors, []p.EntityID{two.ID, four.ID}) {
		t.Errorf("split: %+v", r)
	}
	if r := d.row(centre); r.Parent != laoCai.ID || len(r.Former) != 1 {
		t.Errorf("a regional centre in a province that ended: %+v", r)
	}
	if r := d.row(station); r.Parent != four.ID || r.Former[0].Parent != old["02003"].ID {
		t.Errorf("the station that was told where to go: %+v", r)
	}
	if r := d.row(hospital); r.Parent != laoCai.ID {
		t.Errorf("a district's hospital lies in %s", d.named(r.Parent))
	}
	for _, code := range []string{"080", "132"} {
		if r := d.row(old[code].ID); r.Until != d.from || len(r.Successors) != 0 {
			t.Errorf("district: %+v", r)
		}
	}
	if island := d.at(t, "gso:04009"); island.Type != "dackhu" || len(plan.Notes) != 1 || plan.Notes[0].Code != "no_parts" {
		t.Errorf("%+v, %v", island, plan.Notes)
	}
	if again := d.work(t, order); len(again.Acts) != 0 {
		t.Errorf("again: %+v", again.Acts)
	}
}

func TestImportSaysWhatDoesNotFit(t *testing.T) {
	d, order := small(t)
	with := func(change func(*reform.Import)) reform.Import {
		x := order
		change(&x)
		return x
	}
	d.refused(t, with(func(x *reform.Import) { x.Map = nil }), "needs_map", "Tỉnh Lào Cai", "Tỉnh Yên Bái")
	d.refused(t, with(func(x *reform.Import) { x.From = 0 }), "date_needed")
	d.refused(t, with(func(x *reform.Import) { x.Map = mapping(t, newMap+"02099,02001,0\n") }), "map_old", "7", "02099", "30/06/2025")
	d.refused(t, with(func(x *reform.Import) { x.Map = mapping(t, newMap+"02001,02098,0\n") }), "map_new", "7", "02098")
	d.refused(t, with(func(x *reform.Import) { x.Map = mapping(t, strings.Replace(newMap, "02002,02002,0\n", "", 1)) }), "unmapped", "Xã Hai", "02002")
	d.refused(t, reform.Import{Units: list(t, strings.Replace(oldList, "Xã Hai", "Xã Khác", 1))}, "date_for", "02002", "Xã Khác", "Xã Hai")
	d.refused(t, reform.Import{Units: list(t, oldList), From: day(t, "01/02/2025")}, "begins_later", "01/03/2025")
	if plan := d.work(t, with(func(x *reform.Import) {
		x.Map = mapping(t, strings.Replace(newMap, "02001,02001,0", "02001,02001,1", 1))
	})); !slices.ContainsFunc(plan.Notes, func(x reform.Problem) bool { return x.Code == "map_split" }) {
		t.Errorf("the map contradicts itself: %v", plan.Notes)
	}
	// A list of a part of the country adds to it; what is not in it stays, and is told.
	plan := d.do(t, reform.Import{Units: list(t, "15,Tỉnh Yên Bái,,province,Tỉnh,\n132,Huyện B,,district,Huyện,15\n04002,Xã Năm,,commune,Xã,132\n")})
	if n := *plan.Counts[registry.LevelCommune]; n.Added != 1 || len(plan.Notes) != 1 || plan.Notes[0].Code != "not_listed" {
		t.Errorf("%+v, %v", n, plan.Notes)
	}
}

// A new commune in the place of more old ones than one act holds is written in several: each old one ends with the last
// of its successors.
func TestSuccessionsLargerThanAnAct(t *testing.T) {
	d := &district{country: &country{}, from: day(t, "01/07/2025")}
	d.nation = d.add(project.PlaceRow{Code: "own:VN", Name: "Việt Nam", Level: registry.LevelNation})
	const n = 60
	before, after, pairs := "10,Tỉnh A,,province,Tỉnh,\n", "10,Tỉnh A,,province,Tỉnh,\n", ""
	for i := range n { // a chain: old i goes to new i and new i+1
		before += fmt.Sprintf("1%04d,Xã Cũ %d,,commune,Xã,10\n", i, i)
		after += fmt.Sprintf("2%04d,Xã Mới %d,,commune,Xã,10\n", i, i)
		pairs += fmt.Sprintf("1%04d,2%04d,1\n1%04d,2%04d,1\n", i, i, i, (i+1)%n)
	}
	d.do(t, reform.Import{Units: list(t, before), From: day(t, "01/03/2025")})
	order := reform.Import{Units: list(t, after), Map: mapping(t, pairs), From: d.from}
	plan := d.work(t, order)
	if len(plan.Acts) != 2 {
		t.Errorf("%d acts for %d places", len(plan.Acts), 2*n)
	}
	for cut := range len(plan.Acts) + 1 {
		c := &district{country: d.clone(), from: d.from}
		c.write(plan, cut)
		c.holds(t, d.from)
		for i := range c.rows {
			if r := &c.rows[i]; r.Until != 0 && len(r.Successors) != 2 {
				t.Fatalf("cut after %d: %s has %d successors", cut, r.Name, len(r.Successors))
			}
		}
		c.do(t, order)
		if again := c.work(t, order); len(again.Acts) != 0 {
			t.Errorf("cut after %d: not whole after going on", cut)
		}
	}
}
