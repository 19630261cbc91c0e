package hub_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramy/hub"
	"tramy/internal/atlas"
	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

const unitHead = "code,name_vi,name_en,level,kind_vi,parent_code\n"

func readList(t *testing.T, list string) []reform.Unit {
	t.Helper()
	units, err := reform.ReadUnits(csv.NewReader(strings.NewReader(unitHead + list)))
	if err != nil {
		t.Fatal(err)
	}
	return units
}

// give plans an order and writes it.
func give(t *testing.T, h *hub.Hub, who desk.Who, order reform.Order) *hub.Reform {
	t.Helper()
	plan, err := h.PlanPlaces(t.Context(), who, order)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.WritePlaces(t.Context(), who, plan.Plan, nil); err != nil {
		t.Fatal(err)
	}
	return plan
}

func allPlaces(t *testing.T, h *hub.Hub) []project.PlaceRow {
	t.Helper()
	var rows []project.PlaceRow
	err := h.Node.Store().View(t.Context(), func(tx store.Tx) error {
		var err error
		rows, err = tx.Places()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func place(t *testing.T, h *hub.Hub, code string, on registry.Day) project.PlaceRow {
	t.Helper()
	r, err := reform.Find(allPlaces(t, h), code, on)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func dayOf(t *testing.T, text string) registry.Day {
	t.Helper()
	d, err := registry.ParseDay(text, 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Children may stand before their parents, and the list may be given again, whole or longer.
func TestUnitListTwiceAddsNothing(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	before := len(allPlaces(t, tr.Hub))
	list := "99001,Xã Một,,commune,Xã,990\n990,Huyện Giữa,,district,Huyện,99\n99,Tỉnh Thử,,province,Tỉnh,\n11,Tỉnh Điện Biên,,province,Tỉnh,\n"
	for i := range 70 { // more than one act
		list += fmt.Sprintf("98%03d,Xã %d,,commune,Xã,11\n", i, i)
	}
	order := reform.Import{Units: readList(t, list)}
	if plan := give(t, tr.Hub, tr.Admin, order); plan.Counts[registry.LevelCommune].Added != 71 || len(plan.Acts) < 2 {
		t.Errorf("%d acts, %+v", len(plan.Acts), plan.Counts[registry.LevelCommune])
	}
	if again := give(t, tr.Hub, tr.Admin, order); len(again.Acts) != 0 {
		t.Errorf("again: %d acts", len(again.Acts))
	}
	if n := len(allPlaces(t, tr.Hub)); n != before+73 {
		t.Errorf("%d places more, want 73", n-before)
	}
	today := tr.Hub.Today()
	if path := atlas.New(allPlaces(t, tr.Hub)).At(today).Path(place(t, tr.Hub, "gso:99001", today).ID); len(path) != 4 || path[3] != tr.Nation {
		t.Errorf("a commune lies in %v", path)
	}
	longer := reform.Import{Units: readList(t, list+"97001,Xã Mới,,commune,Xã,99\n")}
	if plan := give(t, tr.Hub, tr.Admin, longer); len(plan.Changes) != 1 {
		t.Errorf("a longer list changes %d places", len(plan.Changes))
	}
	if _, err := tr.Hub.PlanPlaces(t.Context(), tr.Nurse, order); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse: %v", err)
	}
}

// Who is told of a plan are those it concerns; what was looked at is what is written, or nothing.
func TestPlanAndWrite(t *testing.T) {
	tr := nodetest.New(t)
	ctx := t.Context()
	other, err := tr.Hub.AddPlace(ctx, tr.Admin, registry.PlaceInput{Parent: tr.Province, Code: "gso:03369", Name: "Xã Na Tông", Level: registry.LevelCommune, Type: "xa"})
	if err != nil {
		t.Fatal(err)
	}
	for i, hamlet := range []string{"bản Na Phay 1", "bản Na Phay 1", "bản Pha Thanh", ""} {
		if _, _, err := tr.Station.Register(ctx, tr.Nurse, registry.SubjectInput{
			Place: tr.Commune, Name: fmt.Sprintf("Lò Thị %d", i), BirthDate: tr.Hub.Today() - 40, Sex: registry.SexFemale,
			MotherName: fmt.Sprintf("Lò Thị Mẹ %d", i), Hamlet: hamlet,
		}, true); err != nil {
			t.Fatal(err)
		}
	}
	tr.Sync(t)
	from := tr.Hub.Today() + 30
	order := reform.Split{Place: tr.Commune, From: from, Into: []reform.Into{
		{Code: "gso:03368", Hamlets: []string{"bản Na Phay 1"}}, {Code: "gso:03370", Name: "Xã Pha Thanh", Hamlets: []string{"bản Na Phay 2"}},
	}}
	plan, err := tr.Hub.PlanPlaces(ctx, tr.Admin, order)
	if err != nil {
		t.Fatal(err)
	}
	if a := plan.Affected; a.Stations != 1 || a.Accounts != 2 || a.People != 4 || a.Ask != 2 || len(a.Facilities) != 1 || a.Facilities[0].To.Code != "gso:03368" {
		t.Errorf("concerned: %+v", a)
	}
	// Somebody writes between the look and the press.
	give(t, tr.Hub, tr.Admin, reform.Hamlets{Place: tr.Commune, List: []string{"bản Na Phay 1", "bản Mới"}})
	if err := tr.Hub.WritePlaces(ctx, tr.Admin, plan.Plan, nil); !errors.Is(err, hub.ErrPlacesChanged) {
		t.Fatalf("written over what somebody else wrote: %v", err)
	}
	if r := place(t, tr.Hub, "gso:03368", from); r.ID != tr.Commune {
		t.Fatal("something was written")
	}
	give(t, tr.Hub, tr.Admin, order)
	if r := place(t, tr.Hub, "gso:03370", from); r.Parent != tr.Province || r.From != from {
		t.Errorf("%+v", r)
	}
	// The list of a successor places those who are in it.
	plan, err = tr.Hub.PlanPlaces(ctx, tr.Admin, reform.Hamlets{Place: place(t, tr.Hub, "gso:03370", from).ID, List: []string{"bản Na Phay 2", "bản Pha Thanh"}})
	if err != nil || plan.Affected.Placed != 1 {
		t.Errorf("%+v, %v", plan, err)
	}

	// An officer of the province writes in the province and not beside it.
	officer := tr.AddUser(t, "tinh", "Cán bộ tỉnh", rights.Province, tr.Province)
	hanoi := place(t, tr.Hub, "gso:01", from).ID
	for parent, want := range map[p.EntityID]error{tr.Province: nil, hanoi: desk.ErrForbidden} {
		_, err := tr.Hub.PlanPlaces(ctx, officer, reform.Merge{Places: []p.EntityID{other}, Into: reform.Into{Code: "gso:03370", Parent: parent}, From: from + 30})
		if !rights.May(officer.Role, rights.Amend, registry.KindPlace) {
			want = desk.ErrForbidden
		}
		if !errors.Is(err, want) {
			t.Errorf("under %s: %v, want %v", parent, err, want)
		}
	}
}

// TestTreesOfTwoThreeAndFourTiers enrols a station below a nation with provinces, with regions, and with districts.
func TestTreesOfTwoThreeAndFourTiers(t *testing.T) {
	for _, c := range []struct {
		name, list string
		tiers      int
	}{
		{"province, commune", "99,Tỉnh Thử,,province,Tỉnh,\n99001,Xã Một,,commune,Xã,99\n", 3},
		{"province, district, commune", "99,Tỉnh Thử,,province,Tỉnh,\n990,Huyện Giữa,,district,Huyện,99\n99001,Xã Một,,commune,Xã,990\n", 4},
		{"province, regional centre, commune", "99,Tỉnh Thử,,province,Tỉnh,\n99001,Xã Một,,commune,Xã,99\n", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := nodetest.NewUnsynced(t)
			today := tr.Hub.Today()
			order := reform.Import{Units: readList(t, c.list), From: dayOf(t, "01/03/2025")}
			give(t, tr.Hub, tr.Admin, order)
			commune := place(t, tr.Hub, "gso:99001", today)
			if strings.Contains(c.name, "regional") {
				region, err := tr.Hub.AddPlace(t.Context(), tr.Admin, registry.PlaceInput{Parent: commune.Parent, Code: "own:kv", Name: "Khu vực", Level: registry.LevelRegion})
				if err != nil {
					t.Fatal(err)
				}
				give(t, tr.Hub, tr.Admin, reform.Move{Place: commune.ID, Parent: region})
				if again := give(t, tr.Hub, tr.Admin, order); len(again.Acts) != 0 {
					t.Error("the list took the commune out of the regional centre that no list names")
				}
			}
			facility, err := tr.Hub.AddPlace(t.Context(), tr.Admin, registry.PlaceInput{Parent: commune.ID, Code: "kcb:9", Name: "Trạm", Level: registry.LevelFacility, Type: registry.PlaceStation})
			if err != nil {
				t.Fatal(err)
			}
			if n := len(atlas.New(allPlaces(t, tr.Hub)).At(today).Path(commune.ID)); n != c.tiers {
				t.Errorf("%d tiers, want %d", n, c.tiers)
			}
			nurse := tr.AddUser(t, "moi", "Y tá mới", rights.Nurse, commune.ID)
			st := tr.AddStation(t, tr.Hub, facility, "Máy")
			t.Cleanup(st.Uplink.Client.Close)
			sync := func() {
				if res, err := st.Uplink.Client.Sync(t.Context()); err != nil || res.Refusal != nil {
					t.Fatalf("%+v, %v", res, err)
				}
			}
			sync()
			id, _, err := st.Register(t.Context(), nurse, registry.SubjectInput{
				Place: commune.ID, Name: "Lò Thị Na", BirthDate: today - 9, Sex: registry.SexFemale, MotherName: "Lò Thị Mẹ",
			}, false)
			if err != nil {
				t.Fatal(err)
			}
			sync()
			err = tr.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
				row, err := tx.SubjectRow(id)
				if err == nil && (row == nil || row.Recorded != commune.ID) {
					t.Errorf("at the centre: %+v", row)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// dataDir is the folder of the lists that the project is given, beside the checkout; "" if it is not there.
func dataDir() string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		path := filepath.Join(dir, "shared", "data")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

func fromFile[T any](t *testing.T, name string, read func(*csv.Reader) ([]T, error)) []T {
	t.Helper()
	dir := dataDir()
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
	defer f.Close()
	out, err := read(csv.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWholeCountry writes the present map into a centre on its first day; package reform's own tests go through the
// reform itself.
func TestWholeCountry(t *testing.T) {
	order := reform.Import{Units: fromFile(t, "vn-admin-units-2026-04.csv", reform.ReadUnits), From: dayOf(t, "30/04/2026")}
	tr := nodetest.NewUnsynced(t)
	plan := give(t, tr.Hub, tr.Admin, order)
	communes, provinces := plan.Counts[registry.LevelCommune], plan.Counts[registry.LevelProvince]
	// The provinces are there since the centre was founded, and the tree's own commune, which has another name here.
	if n := provinces.Kept + provinces.Corrected; n != 34 || provinces.Added != 0 || communes.Added+communes.Kept != 3321 {
		t.Errorf("%+v, %+v", provinces, communes)
	}
	m := atlas.New(allPlaces(t, tr.Hub)).At(tr.Hub.Today())
	bears := map[string]project.PlaceRow{}
	for _, r := range m.Rows() {
		bears[r.Code] = r
	}
	for _, u := range order.Units {
		r := bears["gso:"+u.Code]
		if up, ok := m.Row(r.Parent); !ok || u.Parent != "" && up.Code != "gso:"+u.Parent || u.Parent == "" && up.ID != tr.Nation {
			t.Fatalf("%s %s lies in %s", r.Code, r.Name, up.Name)
		}
	}
	if again := give(t, tr.Hub, tr.Admin, order); len(again.Acts) != 0 {
		t.Errorf("a second time: %d acts", len(again.Acts))
	}
}
