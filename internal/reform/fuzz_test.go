package reform

import (
	"encoding/csv"
	"strings"
	"testing"
)

// FuzzUnits: a list of units is read whole or refused; what was read can be entered level by level.
func FuzzUnits(f *testing.F) {
	head := strings.Join(unitColumns, ",") + "\n"
	f.Add(head + "11,Điện Biên,Dien Bien,province,Tỉnh,\n03301,Mường Nhà,Muong Nha,commune,Xã,11\n")
	f.Add("\ufeff" + head + "11,A,,commune,Xã,11\n")
	f.Add(head + "\"")
	f.Fuzz(func(t *testing.T, s string) {
		units, err := ReadUnits(csv.NewReader(strings.NewReader(s)))
		if err != nil && units != nil {
			return // a fault of the parents names a line of the list
		}
		seen := map[string]bool{}
		for _, u := range units {
			if u.Code == "" || u.Name == "" || u.Level == 0 || u.Line < 2 || seen[u.Code] {
				t.Fatalf("%q: unit %+v", s, u)
			}
			seen[u.Code] = true
		}
	})
}

// FuzzMap is FuzzUnits for the map from old communes to new ones.
func FuzzMap(f *testing.F) {
	head := strings.Join(pairColumns, ",") + "\n"
	f.Add(head + "03301,03368,0\n03302,03368,1\n03302,03370,1\n")
	f.Add(head + "03301,03368,2\n")
	f.Fuzz(func(t *testing.T, s string) {
		pairs, err := ReadMap(csv.NewReader(strings.NewReader(s)))
		if err != nil && pairs != nil {
			t.Fatalf("%q: refused with %v, and yet %d pairs", s, err, len(pairs))
		}
		seen := map[Pair]bool{}
		for _, p := range pairs {
			key := Pair{Old: p.Old, New: p.New}
			if p.Old == "" || p.New == "" || p.Line < 2 || seen[key] {
				t.Fatalf("%q: pair %+v", s, p)
			}
			seen[key] = true
		}
	})
}
