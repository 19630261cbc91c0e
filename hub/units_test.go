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
	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

const unitHead = "code,name_vi,name_en,level,kind_vi,parent_code\n"

func read(list string) ([]hub.Unit, error) {
	return hub.ReadUnits(csv.NewReader(strings.NewReader(list)))
}

func TestUnitListNamesLineAndColumn(t *testing.T) {
	const good = "99,Tỉnh Thử,Test Province,province,Tỉnh,\n99001,Xã Một,Mot Commune,commune,Xã,99\n"
	if units, err := read("\ufeff" + unitHead + good); err != nil || len(units) != 2 || units[1].Line != 3 || units[1].Parent != "99" || units[1].Kind != "xa" {
		t.Fatalf("a good list: %+v, %v", units, err)
	}
	for _, c := range []struct {
		name, list, column string
		line               int
	}{
		{"empty file", "", "code", 1},
		{"wrong header", strings.Replace(unitHead, "level", "cap", 1) + good, "level", 1},
		{"columns swapped", "name_vi,code,name_en,level,kind_vi,parent_code\n" + good, "code", 1},
		{"header too short", "code,name_vi\n" + good, "name_en", 1},
		{"no header", good, "code", 1},
		{"unknown level", unitHead + good + "98,Tỉnh,,canton,Tỉnh,\n", "level", 4},
		{"unknown kind", unitHead + good + "98,Tỉnh,,province,Bang,\n", "kind_vi", 4},
		{"missing parent", unitHead + good + "99002,Xã Hai,,commune,Xã,97\n", "parent_code", 4},
		{"no parent", unitHead + good + "99002,Xã Hai,,commune,Xã,\n", "parent_code", 4},
		{"its own parent", unitHead + good + "99002,Xã Hai,,commune,Xã,99002\n", "parent_code", 4},
		{"a commune as parent", unitHead + good + "99002,Xã Hai,,commune,Xã,99001\n", "parent_code", 4},
		{"a province in a province", unitHead + good + "98,Tỉnh Hai,,province,Tỉnh,99\n", "parent_code", 4},
		{"double code", unitHead + good + "99001,Xã Hai,,commune,Xã,99\n", "code", 4},
		{"empty code", unitHead + good + ",Xã Hai,,commune,Xã,99\n", "code", 4},
		{"code with a space", unitHead + good + "99 002,Xã Hai,,commune,Xã,99\n", "code", 4},
		{"empty name", unitHead + good + "99002,,Two,commune,Xã,99\n", "name_vi", 4},
		{"name of spaces", unitHead + good + "99002,   ,Two,commune,Xã,99\n", "name_vi", 4},
		{"name without end", unitHead + good + "99002," + strings.Repeat("Xã ", 3000) + ",Two,commune,Xã,99\n", "name_vi", 4},
		{"English name without end", unitHead + good + "99002,Xã Hai," + strings.Repeat("x", 5000) + ",commune,Xã,99\n", "name_en", 4},
		{"too few columns", unitHead + good + "99002,Xã Hai,Two,commune\n", "kind_vi", 4},
		{"too many columns", unitHead + good + "99002,Xã Hai,Two,commune,Xã,99,x\n", "parent_code", 4},
	} {
		units, err := read(c.list)
		var ue *hub.UnitError
		if !errors.As(err, &ue) || ue.Line != c.line || ue.Column != c.column || ue.Want == "" {
			t.Errorf("%s: %v; want line %d, column %s", c.name, err, c.line, c.column)
			continue
		}
		if text := err.Error(); !strings.Contains(text, fmt.Sprintf("line %d, column %s", c.line, c.column)) {
			t.Errorf("%s: a person reads %q", c.name, text)
		}
		if units != nil && c.column != "parent_code" {
			t.Errorf("%s: %d units came back beside the error", c.name, len(units))
		}
	}
	// What is not CSV at all is named by the reader.
	if _, err := read(unitHead + good + "98,\"Tỉnh\n"); err == nil || !strings.Contains(err.Error(), "line 4") {
		t.Errorf("an open quote: %v", err)
	}
}

func placesAt(t *testing.T, h *hub.Hub) map[string]project.PlaceRow {
	t.Helper()
	out := map[string]project.PlaceRow{}
	err := h.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.Places()
		for _, r := range rows {
			if _, twice := out[r.Code]; twice {
				t.Errorf("%s stands there twice", r.Code)
			}
			out[r.Code] = r
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Children may stand before their parents, and the list may be given again, whole or longer.
func TestUnitListTwiceAddsNothing(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	before := len(placesAt(t, tr.Hub))
	list := unitHead + "99001,Xã Một,,commune,Xã,990\n990,Huyện Giữa,,district,Huyện,99\n99,Tỉnh Thử,,province,Tỉnh,\n11,Tỉnh Điện Biên,,province,Tỉnh,\n"
	for i := range 70 { // more than one act
		list += fmt.Sprintf("98%03d,Xã %d,,commune,Xã,11\n", i, i)
	}
	units, err := read(list)
	if err != nil {
		t.Fatal(err)
	}
	for round, want := range []hub.Imported{{Added: 73, Present: 1}, {Present: 74}} {
		got, err := tr.Hub.ImportUnits(t.Context(), tr.Admin, units)
		if err != nil || got != want {
			t.Errorf("round %d: %+v, %v; want %+v", round, got, err, want)
		}
	}
	places := placesAt(t, tr.Hub)
	if len(places) != before+73 {
		t.Errorf("%d places more, want 73", len(places)-before)
	}
	at := places["gso:99001"]
	for _, want := range []string{"gso:990", "gso:99", "own:VN"} {
		if places[want].ID != at.Parent {
			t.Errorf("%s does not lie in %s", at.Code, want)
		}
		at = places[want]
	}
	if places["gso:98069"].Parent != tr.Province || places["gso:990"].Level != registry.LevelRegion {
		t.Errorf("%+v, %+v", places["gso:98069"], places["gso:990"])
	}
	longer, err := read(list + "97001,Xã Mới,,commune,Xã,99\n")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := tr.Hub.ImportUnits(t.Context(), tr.Admin, longer); err != nil || got != (hub.Imported{Added: 1, Present: 74}) {
		t.Errorf("a longer list: %+v, %v", got, err)
	}
	if _, err := tr.Hub.ImportUnits(t.Context(), tr.Nurse, units); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse: %v", err)
	}
}

// dataFile finds a file of the list the project is given, in a folder shared/data beside the checkout.
func dataFile(name string) string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		if path := filepath.Join(dir, "shared", "data", name); exists(path) {
			return path
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestWholeCountry(t *testing.T) {
	const name = "vn-admin-units-2026-04.csv"
	path := dataFile(name)
	if path == "" {
		t.Skipf("%s is not in shared/data beside the checkout: the list of the country's units is not read", name)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	units, err := hub.ReadUnits(csv.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	tr := nodetest.NewUnsynced(t)
	got, err := tr.Hub.ImportUnits(t.Context(), tr.Admin, units)
	// The provinces are there since the centre was founded, and the tree's own commune.
	if err != nil || got.Added+got.Present != 34+3321 || got.Present < 34 || got.Present > 35 {
		t.Errorf("%+v, %v; want 34 provinces and 3321 communes", got, err)
	}
	places := placesAt(t, tr.Hub)
	levels := map[registry.Level]int{}
	byID := map[p.EntityID]project.PlaceRow{}
	for _, r := range places {
		byID[r.ID] = r
	}
	for _, r := range places {
		if !strings.HasPrefix(r.Code, "gso:") {
			continue
		}
		levels[r.Level]++
		if up := byID[r.Parent]; r.Level == registry.LevelCommune && up.Level != registry.LevelProvince || r.Level == registry.LevelProvince && up.ID != tr.Nation {
			t.Errorf("%s %s lies in %s", r.Code, r.Name, up.Code)
		}
	}
	if levels[registry.LevelProvince] != 34 || levels[registry.LevelCommune] < 3321 || levels[registry.LevelCommune] > 3322 {
		t.Errorf("units by level: %v", levels)
	}
	for code, want := range map[string]string{"gso:01": "Thành phố Hà Nội", "gso:11": "Tỉnh Điện Biên"} {
		if places[code].Name != want && !strings.HasSuffix(want, places[code].Name) {
			t.Errorf("%s is %q, want %q", code, places[code].Name, want)
		}
	}
	if again, err := tr.Hub.ImportUnits(t.Context(), tr.Admin, units); err != nil || again.Added != 0 {
		t.Errorf("a second time: %+v, %v", again, err)
	}
}
