package atlas

import (
	"fmt"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// nation has as many places as the country after the reform of 2025: each new commune was made of three.
func nation() []project.PlaceRow {
	rows := []project.PlaceRow{row("VN", "", registry.LevelNation)}
	for n := range 34 {
		province := fmt.Sprintf("p%d", n)
		rows = append(rows, row(province, "VN", registry.LevelProvince))
		for c := range 98 {
			name := fmt.Sprintf("%d.%d", n, c)
			rows = append(rows, row(name, province, registry.LevelCommune, begins))
			for k := range 3 {
				old := fmt.Sprintf("%s.%d", name, k)
				rows = append(rows, row(old, province, registry.LevelCommune, ends(name)), row("t"+old, name, registry.LevelFacility, was(old)))
			}
		}
	}
	return rows
}

func BenchmarkWith(b *testing.B) {
	a := New(nation())
	changed := []project.PlaceRow{row("0.0.0", "p0", registry.LevelCommune, ends("0.1"))}
	for b.Loop() {
		a = a.With(changed)
	}
}

func BenchmarkMap(b *testing.B) {
	a := New(nation())
	for on := day; b.Loop(); on++ {
		a.At(on)
	}
}

func BenchmarkHubScopes(b *testing.B) {
	a := New(nation())
	for _, at := range []string{"VN", "p0", "0.0"} {
		b.Run(at, func(b *testing.B) {
			for b.Loop() {
				a.HubScopes(p.EntityID{}, id(at), nil)
			}
		})
	}
}

func BenchmarkStationScopes(b *testing.B) {
	a := New(nation())
	for b.Loop() {
		a.StationScopes(id("t0.0.0"))
	}
}
