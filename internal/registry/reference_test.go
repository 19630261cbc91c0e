package registry

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// sharedData opens a file of the reference data, which lies beside the repository where it is developed.
func sharedData(t *testing.T, name string) []map[string]string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		f, err := os.Open(filepath.Join(dir, "shared", "data", name))
		if err == nil {
			defer f.Close()
			rows, err := csv.NewReader(f).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			var out []map[string]string
			for _, r := range rows[1:] {
				m := make(map[string]string)
				for i, col := range rows[0] {
					m[col] = r[i]
				}
				out = append(out, m)
			}
			return out
		}
		if dir == filepath.Dir(dir) {
			t.Logf("no shared/data/%s near: not compared", name)
			return nil
		}
	}
}

func TestProvinces(t *testing.T) {
	ours := make(map[string]Province)
	cities := 0
	for _, pr := range Provinces() {
		ours[pr.Code] = pr
		if pr.City {
			cities++
		}
		if _, err := NewPlace(pr.Place(someID(1))); err != nil {
			t.Errorf("%s: %v", pr.Name, err)
		}
	}
	if len(ours) != 34 || cities != 7 {
		t.Errorf("%d provinces, %d of them cities; want 34 and 7", len(ours), cities)
	}
	for _, r := range sharedData(t, "vn-admin-units-2026-04.csv") {
		if r["level"] != "province" {
			continue
		}
		if pr := ours[r["code"]]; FoldMarked(pr.Name) != FoldMarked(r["name_vi"]) {
			t.Errorf("%s is %q, the list has %q", r["code"], pr.Name, r["name_vi"])
		}
		delete(ours, r["code"])
	}
	if len(ours) != 0 && len(ours) != 34 {
		t.Errorf("not in the list: %v", ours)
	}
}

func TestVaccines(t *testing.T) {
	ours := make(map[string]VaccineInput)
	orders := make(map[int]string)
	for _, v := range Vaccines() {
		if _, err := NewVaccine(v); err != nil {
			t.Errorf("%s: %v", v.Code, err)
		}
		if ours[v.Code].Code != "" || orders[v.Order] != "" {
			t.Errorf("%s: code or row of the card twice", v.Code)
		}
		ours[v.Code], orders[v.Order] = v, v.Code
	}
	routes := map[string]Route{"IM": RouteIM, "IM/ID": RouteIM, "SC": RouteSC, "ID": RouteID, "PO": RouteOral}
	rows := sharedData(t, "vn-vaccine-products.csv")
	for _, r := range rows {
		v, ok := ours[r["vaccine_code"]]
		if !ok {
			t.Errorf("%s is missing", r["vaccine_code"])
			continue
		}
		if v.Route != routes[r["route"]] {
			t.Errorf("%s: route %v, the list has %s", v.Code, v.Route, r["route"])
		}
	}
	if len(rows) > 0 && len(rows) != len(ours) {
		t.Errorf("%d vaccines, the list has %d", len(ours), len(rows))
	}
	schedule := make(map[string]map[string]string)
	for _, r := range sharedData(t, "vn-epi-schedule.csv") {
		schedule[r["vaccine_code"]] = r
	}
	for code, r := range schedule {
		v, ok := ours[code]
		if !ok {
			continue // schemes of one vaccine have codes of their own in the schedule
		}
		antigens := ""
		for i, a := range v.Antigens {
			if i > 0 {
				antigens += ";"
			}
			antigens += a
		}
		if antigens != r["antigens"] {
			t.Errorf("%s: antigens %s, the schedule has %s", code, antigens, r["antigens"])
		}
	}
	Vaccines()[0].Antigens[0] = "x"
	if Vaccines()[0].Antigens[0] == "x" {
		t.Error("the table can be changed from outside")
	}
}
