package reform_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tramy/internal/locale"
	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// district is Điện Biên with a regional centre, three communes and their facilities.
type district struct {
	*country
	nation, province, region p.EntityID
	na, pha, muong           p.EntityID // communes; the first two lie in the region
	tram, diem               p.EntityID // of na
	from                     registry.Day
}

func newDistrict(t *testing.T) *district {
	t.Helper()
	d := &district{country: &country{}, from: day(t, "01/07/2026")}
	d.nation = d.add(project.PlaceRow{Code: "own:VN", Name: "Việt Nam", Level: registry.LevelNation})
	d.province = d.add(project.PlaceRow{Parent: d.nation, Code: "gso:11", Name: "Tỉnh Điện Biên", Type: "tinh", Level: registry.LevelProvince})
	d.region = d.add(project.PlaceRow{Parent: d.province, Code: "own:kv1", Name: "Khu vực 1", Level: registry.LevelRegion})
	commune := func(parent p.EntityID, code, name string, hamlets ...string) p.EntityID {
		return d.add(project.PlaceRow{Parent: parent, Code: code, Name: name, Type: "xa", Level: registry.LevelCommune, Hamlets: hamlets})
	}
	d.na = commune(d.region, "gso:03301", "Xã Na Ư", "Bản 1", "Bản 2", "Con Cang")
	d.pha = commune(d.region, "gso:03302", "Xã Pha Luông", "Bản 1", "Pha")
	d.muong = commune(d.province, "gso:03303", "Xã Mường Nhà", "Na Phay")
	d.tram = d.add(project.PlaceRow{Parent: d.na, Code: "kcb:1", Name: "Trạm Na Ư", Type: "tram", Level: registry.LevelFacility})
	d.diem = d.add(project.PlaceRow{Parent: d.na, Code: "kcb:2", Name: "Điểm Con Cang", Type: "diem", Level: registry.LevelFacility})
	return d
}

// refused fails unless an order is refused for a reason that names what it should.
func (d *district) refused(t *testing.T, order reform.Order, code string, names ...string) {
	t.Helper()
	_, err := reform.Work(order, d.rows)
	var wrong reform.Problems
	if !errors.As(err, &wrong) || !slices.ContainsFunc(wrong, func(x reform.Problem) bool { return x.Code == code }) {
		t.Errorf("%+v: %v, want %q", order, err, code)
		return
	}
	for _, lang := range locale.Languages() {
		text := strings.Join(wrong.Say(locale.For(lang)), "\n")
		if strings.ContainsAny(text, "[{") {
			t.Errorf("%s: a person reads %q", lang, text)
		}
		for _, name := range names {
			if !strings.Contains(text, name) {
				t.Errorf("%s: %q does not name %s", lang, text, name)
			}
		}
	}
}

func (d *district) at(t *testing.T, code string) project.PlaceRow { return d.code(t, code, d.from) }

func TestMerger(t *testing.T) {
	d := newDistrict(t)
	order := reform.Merge{Places: []p.EntityID{d.na, d.pha}, Into: reform.Into{Code: "gso:03301", Name: "Phường Na Pha"}, From: d.from}
	plan := d.do(t, order)
	if len(plan.Acts) != 1 {
		t.Fatalf("%d acts: a merger is written whole", len(plan.Acts))
	}
	made := d.at(t, "gso:03301")
	if made.ID == d.na || made.Name != "Phường Na Pha" || made.Type != "phuong" || made.From != d.from || made.Parent != d.region {
		t.Errorf("made: %+v", made)
	}
	// Two hamlets of one name stay two.
	if want := []string{"Bản 1 (Xã Na Ư)", "Bản 2", "Con Cang", "Bản 1 (Xã Pha Luông)", "Pha"}; !slices.Equal(made.Hamlets, want) {
		t.Errorf("hamlets %q, want %q", made.Hamlets, want)
	}
	for _, id := range []p.EntityID{d.na, d.pha} {
		if r := d.row(id); r.Until != d.from || !slices.Equal(r.Successors, []p.EntityID{made.ID}) {
			t.Errorf("part: %+v", r)
		}
	}
	for _, id := range []p.EntityID{d.tram, d.diem} {
		if r := d.row(id); r.Parent != made.ID || len(r.Former) != 1 || r.Former[0].Parent != d.na || r.Former[0].Until != d.from {
			t.Errorf("facility: %+v", r)
		}
	}
	if len(plan.Reused) != 1 || plan.Reused[0].Was.Name != "Xã Na Ư" {
		t.Errorf("reused codes: %+v", plan.Reused)
	}
	if again := d.work(t, order); len(again.Acts) != 0 {
		t.Errorf("again: %+v", again.Acts)
	}

	// Whoever bears the code is a part, said or not; one place alone is no merger.
	d = newDistrict(t)
	plan = d.do(t, reform.Merge{Places: []p.EntityID{d.na}, Into: reform.Into{Code: "gso:03303"}, From: d.from})
	if r := d.at(t, "gso:03303"); r.Name != "Xã Mường Nhà" || r.ID == d.muong || d.row(d.muong).Until != d.from || r.Parent != d.province || len(plan.Notes) != 1 {
		t.Errorf("joined: %+v, %v", r, plan.Notes)
	}
	d = newDistrict(t)
	d.refused(t, reform.Merge{Places: []p.EntityID{d.na}, Into: reform.Into{Code: "gso:03301"}, From: d.from}, "merge_one", "03301")
	d.refused(t, reform.Merge{Places: []p.EntityID{d.na, d.pha}, Into: reform.Into{Code: "gso:9"}, From: d.from}, "name_needed", "gso:9")
	d.refused(t, reform.Merge{Places: []p.EntityID{d.na, d.pha}, Into: reform.Into{Code: "gso:03301"}}, "date_needed")
	d.refused(t, reform.Merge{Places: []p.EntityID{d.na, d.region}, Into: reform.Into{Code: "gso:03301"}, From: d.from}, "other_tier", "Khu vực 1")
	d.refused(t, reform.Merge{Places: []p.EntityID{d.na, d.pha}, Into: reform.Into{Code: "x y", Name: "Xã Na"}, From: d.from}, "entry", "Xã Na")
	// On a list that all parts were on is the new place; one of a part only is for a person to decide.
	d.row(d.na).Lists, d.row(d.pha).Lists = []string{"cholera", "typhoid"}, []string{"typhoid"}
	lists := d.work(t, reform.Merge{Places: []p.EntityID{d.na, d.pha}, Into: reform.Into{Code: "gso:03301"}, From: d.from})
	if made := lists.Acts[0][0].After; !slices.Equal(made.Lists, []string{"typhoid"}) || len(lists.Notes) != 1 || lists.Notes[0].Code != "list_partly" {
		t.Errorf("lists: %q, %v", made.Lists, lists.Notes)
	}
	// Provinces take what lies in them along.
	other := d.add(project.PlaceRow{Parent: d.nation, Code: "gso:12", Name: "Tỉnh Lai Châu", Type: "tinh", Level: registry.LevelProvince})
	d.do(t, reform.Merge{Places: []p.EntityID{d.province, other}, Into: reform.Into{Code: "gso:12", Name: "Tỉnh Tây Bắc"}, From: d.from})
	for _, id := range []p.EntityID{d.region, d.muong} {
		if r := d.row(id); d.named(r.Parent) != "Tỉnh Tây Bắc" || len(r.Former) != 1 {
			t.Errorf("lay in a merged province: %+v", r)
		}
	}
}

func TestSplit(t *testing.T) {
	d := newDistrict(t)
	plan := d.do(t, reform.Split{
		Place: d.na, From: d.from, Facilities: map[string]string{"kcb:2": "gso:03309"},
		Into: []reform.Into{{Code: "gso:03301", Hamlets: []string{"bản 2"}}, {Code: "gso:03309", Name: "Xã Con Cang", Hamlets: []string{"Con Cang"}}, {Code: "gso:03302"}},
	})
	if len(plan.Acts) != 1 {
		t.Fatalf("%d acts", len(plan.Acts))
	}
	first, second, third := d.at(t, "gso:03301"), d.at(t, "gso:03309"), d.at(t, "gso:03302")
	if want := []p.EntityID{first.ID, second.ID, third.ID}; !slices.Equal(d.row(d.na).Successors, want) {
		t.Errorf("successors %v, want %v", d.row(d.na).Successors, want)
	}
	if first.Name != "Xã Na Ư" || first.ID == d.na || second.Type != "xa" || second.Parent != d.region {
		t.Errorf("%+v, %+v", first, second)
	}
	if d.row(d.tram).Parent != first.ID || d.row(d.diem).Parent != second.ID {
		t.Errorf("facilities went to %s and %s", d.named(d.row(d.tram).Parent), d.named(d.row(d.diem).Parent))
	}
	// Pha Luông got a part of Na Ư, so it is another place; its own Bản 1 is not Na Ư's.
	if third.ID == d.pha || third.Name != "Xã Pha Luông" || !slices.Equal(third.Hamlets, []string{"Bản 1 (Xã Pha Luông)", "Pha"}) {
		t.Errorf("a neighbour with a part of it: %+v", third)
	}
	if !slices.ContainsFunc(plan.Notes, func(x reform.Problem) bool { return x.Code == "hamlets_left" }) {
		t.Errorf("Bản 1 went nowhere: %v", plan.Notes)
	}

	// Hamlets of a commune that has no list may be any: a neighbour's names are marked before they place somebody.
	d = newDistrict(t)
	d.row(d.na).Hamlets = nil
	d.do(t, reform.Split{Place: d.na, From: d.from, Into: []reform.Into{{Code: "gso:03301"}, {Code: "gso:03303"}}})
	if r := d.at(t, "gso:03303"); !slices.Equal(r.Hamlets, []string{"Na Phay (Xã Mường Nhà)"}) {
		t.Errorf("hamlets: %q", r.Hamlets)
	}

	// No part keeps the code: the station's new place is a guess, and said to be one.
	d = newDistrict(t)
	into := []reform.Into{{Code: "gso:1", Name: "Xã A"}, {Code: "gso:2", Name: "Xã B", Hamlets: []string{"Bản 1"}}}
	plan = d.work(t, reform.Split{Place: d.na, From: d.from, Into: into})
	if n := len(slices.DeleteFunc(slices.Clone(plan.Notes), func(x reform.Problem) bool { return x.Code != "facility_guess" })); n != 2 {
		t.Errorf("%d guesses: %v", n, plan.Notes)
	}
	d.refused(t, reform.Split{Place: d.na, From: d.from, Into: into[:1]}, "split_one", "Na Ư")
	d.refused(t, reform.Split{Place: d.na, From: d.from, Into: append(slices.Clone(into), reform.Into{Code: "gso:3", Name: "Xã C", Hamlets: []string{"BẢN 1"}})}, "hamlet_twice", "BẢN 1", "gso:2")
	d.refused(t, reform.Split{Place: d.na, From: d.from, Into: append(slices.Clone(into), into[0])}, "code_twice", "gso:1")
	d.refused(t, reform.Split{Place: d.na, From: d.from, Into: into, Facilities: map[string]string{"kcb:1": "gso:03303"}}, "not_successor", "Trạm Na Ư", "Mường Nhà")
	d.refused(t, reform.Split{Place: d.na, From: d.from, Into: into, Facilities: map[string]string{"kcb:7": "gso:1"}}, "unknown_code", "kcb:7")
	d.refused(t, reform.Split{Place: d.tram, From: d.from, Into: into}, "facility", "Trạm Na Ư")
	d.refused(t, reform.Split{Place: d.nation, From: d.from, Into: into}, "nation")
}

func TestWhatChangesOnADayKeepsWhatItWas(t *testing.T) {
	d := newDistrict(t)
	d.do(t, reform.Rename{Place: d.na, Name: "Phường Na Ư", From: d.from})
	r := d.row(d.na)
	if r.Name != "Phường Na Ư" || r.Type != "phuong" || len(r.Former) != 1 || r.Former[0].Name != "Xã Na Ư" || r.Former[0].Type != "xa" || r.Former[0].Until != d.from {
		t.Errorf("renamed: %+v", r)
	}
	// On the same day a second thing about it changes: one period, not an empty one between.
	d.do(t, reform.Move{Place: d.na, Parent: d.province, From: d.from})
	if r := d.row(d.na); r.Parent != d.province || len(r.Former) != 1 || r.Former[0].Parent != d.region {
		t.Errorf("moved as well: %+v", r)
	}
	// A mistake put right leaves no former period, and what is earlier than history is refused.
	d.do(t, reform.Rename{Place: d.na, Name: "Phường Na Ứ"})
	if r := d.row(d.na); r.Name != "Phường Na Ứ" || len(r.Former) != 1 {
		t.Errorf("corrected: %+v", r)
	}
	d.refused(t, reform.Rename{Place: d.na, Name: "Xã Khác", From: d.from - 1}, "later", "01/07/2026")
	if plan := d.work(t, reform.Move{Place: d.na, Parent: d.province}); len(plan.Acts) != 0 {
		t.Error("where it is already it was moved to")
	}
	d.refused(t, reform.Move{Place: d.na, Parent: d.tram}, "not_above", "Trạm Na Ư")
	d.refused(t, reform.Move{Place: d.region, Parent: d.muong}, "not_above", "Mường Nhà")
	d.refused(t, reform.Rename{Place: d.na, Code: "gso:03302"}, "code_taken", "gso:03302", "Pha Luông")

	// As many former periods as there is room for, and one more.
	for i := len(d.row(d.pha).Former); i < registry.FormerMax; i++ {
		d.do(t, reform.Rename{Place: d.pha, Name: fmt.Sprintf("Xã Pha %d", i), From: d.from + registry.Day(i)})
	}
	if n := len(d.row(d.pha).Former); n != registry.FormerMax {
		t.Fatalf("%d former periods", n)
	}
	d.refused(t, reform.Rename{Place: d.pha, Name: "Xã Quá", From: d.from + 100}, "former_max", "Pha")
}

func TestEnd(t *testing.T) {
	d := newDistrict(t)
	d.refused(t, reform.End{Place: d.na, From: d.from}, "holds", "Trạm Na Ư")
	d.refused(t, reform.End{Place: d.province, From: d.from}, "holds")
	d.refused(t, reform.End{Place: d.muong}, "date_needed")
	// A regional centre gives its communes back to the province; a district's hospital goes where they go.
	hospital := d.add(project.PlaceRow{Parent: d.region, Code: "kcb:9", Name: "Bệnh viện", Type: "benhvien", Level: registry.LevelFacility})
	d.do(t, reform.End{Place: d.region, From: d.from})
	for _, id := range []p.EntityID{d.na, d.pha, hospital} {
		if r := d.row(id); r.Parent != d.province || len(r.Former) != 1 {
			t.Errorf("lay in a region that ended: %+v", r)
		}
	}
	if r := d.row(d.region); r.Until != d.from || len(r.Successors) != 0 {
		t.Errorf("%+v", r)
	}
	d.refused(t, reform.Rename{Place: d.region, Name: "Khu vực 2", From: d.from + 5}, "ended", "Khu vực 1")
	d.refused(t, reform.End{Place: d.region, From: d.from + 5}, "not_in_force", "Khu vực 1")
}

func TestHamlets(t *testing.T) {
	d := newDistrict(t)
	d.do(t, reform.Hamlets{Place: d.muong, List: []string{" Na  Phay ", "", "Pha Thanh"}})
	if r := d.row(d.muong); !slices.Equal(r.Hamlets, []string{"Na Phay", "Pha Thanh"}) {
		t.Errorf("%q", r.Hamlets)
	}
	d.refused(t, reform.Hamlets{Place: d.muong, List: []string{"Na Phay", "NA PHAY"}}, "hamlet_double", "NA PHAY")
	d.refused(t, reform.Hamlets{Place: d.region, List: []string{"Na Phay"}}, "no_commune", "Khu vực 1")
	many := make([]string, registry.HamletsMax+1)
	for i := range many {
		many[i] = fmt.Sprintf("Bản %d", i)
	}
	d.work(t, reform.Hamlets{Place: d.muong, List: many[1:]})
	d.refused(t, reform.Hamlets{Place: d.muong, List: many}, "entry", "Mường Nhà")
}

func TestACodeIsAnotherPlaceOnAnotherDay(t *testing.T) {
	d := newDistrict(t)
	d.do(t, reform.Merge{Places: []p.EntityID{d.na, d.pha}, Into: reform.Into{Code: "gso:03301", Name: "Xã Na Pha"}, From: d.from})
	if r := d.code(t, "gso:03301", d.from-1); r.ID != d.na {
		t.Errorf("the day before it is %s", r.Name)
	}
	_, err := reform.Find(d.rows, "gso:03302", d.from)
	var wrong reform.Problems
	if !errors.As(err, &wrong) || !strings.Contains(err.Error(), "Xã Pha Luông (–01/07/2026)") {
		t.Errorf("a code of yesterday: %v", err)
	}
}

func (c *country) named(id p.EntityID) string {
	if r := c.row(id); r != nil {
		return r.Name
	}
	return ""
}
