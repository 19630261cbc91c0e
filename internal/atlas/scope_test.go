package atlas

import (
	"slices"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// everybody is the scope of what goes to all.
var everybody = p.EntityID{}

func scopes(names ...string) []p.EntityID { return sorted(append(ids(names...), everybody)) }

func TestScope(t *testing.T) {
	a := New(append(country(), row("L", "A", registry.LevelFacility, func(r *project.PlaceRow) { r.Type = registry.PlaceClinic })))
	for _, c := range []struct {
		place string
		on    registry.Day
		want  string
	}{
		{"T", day - 1, "A"},
		{"T", day, "M"},
		{"T", 0, "A"},   // not dated: where it was first, for ever
		{"K", 0, "D"},   // its commune moved, not the station
		{"L", day, "L"}, // a clinic keeps its own register
		{"H", day, "H"},
		{"A", day, "A"}, // residence is as recorded
		{"??", day, "??"},
	} {
		if got := a.Scope(id(c.place), c.on); got != id(c.want) {
			t.Errorf("%s on %d: %s, want %s", c.place, c.on, got, id(c.want))
		}
	}
	if got := a.ScopesEver(id("T")); !slices.Equal(got, []p.EntityID{id("A"), id("M")}) {
		t.Errorf("T has had %v", got)
	}
}

func TestScopesOfMachines(t *testing.T) {
	a := New(append(country(), row("S", "B", registry.LevelFacility))) // nobody has said yet that S is in M now
	for _, c := range []struct {
		place string
		want  []p.EntityID
	}{
		{"T", scopes("A", "B", "C", "M")}, // of xã C a part came
		{"K", scopes("D")},
		{"S", scopes("A", "B", "C", "M")},
		{"H", scopes("H")},
	} {
		if got := a.StationScopes(id(c.place)); !slices.Equal(got, c.want) {
			t.Errorf("a station at %s: %v, want %v", c.place, got, c.want)
		}
	}
	station := func(name, at, up string) project.DeviceRow {
		return project.DeviceRow{ID: id(name), Place: id(at), Up: id(up), Role: registry.NodeStation}
	}
	below := station("h2", "N", "h1")
	below.Role = registry.NodeHub
	gone := station("d3", "K", "h1")
	gone.Revoked = true
	devices := []project.DeviceRow{station("d1", "H", "h1"), below, station("d2", "K", "h2"), gone, station("d4", "T", "other")}
	for _, c := range []struct {
		place   string
		devices []project.DeviceRow
		want    []p.EntityID
	}{
		{"15", nil, scopes("15", "11", "12", "E", "A", "B", "C", "D", "M", "N", "H")},
		{"12", nil, scopes("12", "15", "11", "E", "A", "B", "C", "D", "M", "N", "H")}, // it became 15
		{"E", nil, scopes("E", "A", "B", "C", "D", "M")},                              // its communes went on as M and D
		{"M", nil, scopes("A", "B", "C", "M")},
		{"D", nil, scopes("D")},
		{"D", devices, scopes("D", "H", "N", "C")}, // its machines, and those of the hub below, which got d2
	} {
		if got := a.HubScopes(id("h1"), id(c.place), c.devices); !slices.Equal(got, c.want) {
			t.Errorf("a hub at %s: %v, want %v", c.place, got, c.want)
		}
	}
}

func TestPlaceScopes(t *testing.T) {
	a := New(country())
	for _, c := range []struct {
		place string
		want  []p.EntityID
	}{
		{"M", []p.EntityID{everybody}},
		{"D", []p.EntityID{everybody}},
		{"A", ids("A", "M")},                // M by the station that was in A
		{"E", ids("E", "A", "B", "D", "M")}, // whoever holds a child of its communes
		{"12", ids("12", "C")},
	} {
		if got := a.PlaceScopes(id(c.place)); !slices.Equal(got, c.want) {
			t.Errorf("%s goes to %v, want %v", c.place, got, c.want)
		}
	}
}

func TestWithinEver(t *testing.T) {
	a := New(country())
	for _, c := range []struct {
		place, top string
		want       bool
	}{
		{"A", "M", true}, // a laptop that was dark writes the old commune at the new
		{"M", "A", true}, // and one at the old commune the new
		{"T", "A", true},
		{"T", "M", true},
		{"T", "11", true},
		{"T", "12", true},
		{"N", "M", false},
		{"A", "N", false},
		{"K", "A", false},
		{"15", "A", false},
		{"D", "E", true},
	} {
		if got := a.WithinEver(id(c.place), id(c.top)); got != c.want {
			t.Errorf("%s within %s: %v", c.place, c.top, got)
		}
	}
}

// A change that holds from a day on moves what is dated after it; a correction moves everything.
func TestScopeMoved(t *testing.T) {
	with := func(edit func(*project.PlaceRow)) *Atlas {
		rows := country()
		for i := range rows {
			if rows[i].ID == id("K") {
				edit(&rows[i])
			}
		}
		return New(rows)
	}
	before := New(country())
	dated := with(func(r *project.PlaceRow) {
		r.Former = []registry.FormerPlace{{Until: day, Parent: id("D"), Type: registry.PlaceStation}, {Until: day + 9, Parent: id("D"), Type: registry.PlaceStation}}
		r.Parent = id("N")
	})
	if since, moved := ScopeMoved(before, dated, id("K")); !moved || since != day+9 {
		t.Errorf("moved %v since %d", moved, since)
	}
	corrected := with(func(r *project.PlaceRow) { r.Parent = id("N") })
	if since, moved := ScopeMoved(before, corrected, id("K")); !moved || since != 0 {
		t.Errorf("corrected: moved %v since %d", moved, since)
	}
	renamed := with(func(r *project.PlaceRow) { r.Name = "x" })
	if _, moved := ScopeMoved(before, renamed, id("K")); moved {
		t.Error("a name moved something")
	}
}

func TestAreas(t *testing.T) {
	rows := country()
	for i := range rows {
		if r := &rows[i]; r.ID == id("N") || r.ID == id("15") || r.ID == id("C") {
			r.Lists = []string{map[p.EntityID]string{id("N"): "cholera", id("15"): "rota", id("C"): "tetanus"}[r.ID]}
		}
	}
	a := New(rows)
	for _, c := range []struct {
		recorded, residence string
		want                []string
	}{
		{"A", "A", []string{"gso:M", "gso:15", "gso-2025-03:A", "gso-2025-03:E", "gso-2025-03:11", "list:rota"}},
		{"C", "N", []string{"gso:N", "gso:15", "gso-2025-03:C", "gso-2025-03:12", "list:cholera", "list:rota"}},
		{"C", "C", []string{"gso:15", "gso-2025-03:C", "gso-2025-03:12", "list:tetanus", "list:rota"}}, // nobody knows the part
		{"N", "N", []string{"gso:N", "gso:15", "gso-2025-03:C", "gso-2025-03:12", "list:cholera", "list:rota"}},
		{"D", "D", []string{"gso:D", "gso:15", "gso-2025-03:D-old", "gso-2025-03:E", "gso-2025-03:11", "list:rota"}},
	} {
		got := slices.DeleteFunc(a.Areas(id(c.recorded), id(c.residence), day), func(s string) bool { return s == "gso:VN" || s == "gso-2025-03:VN" })
		if !slices.Equal(got, c.want) {
			t.Errorf("%s, %s: %v, want %v", c.recorded, c.residence, got, c.want)
		}
	}
	// Without history the table of provinces that stayed whole says it.
	young := New([]project.PlaceRow{row("VN", "", registry.LevelNation), row("11", "VN", registry.LevelProvince, begins), row("Z", "11", registry.LevelCommune), row("15", "VN", registry.LevelProvince, begins)})
	if got := young.Areas(id("Z"), id("Z"), day); !slices.Equal(got, []string{"gso:Z", "gso:11", "gso:VN", "gso-2025-03:11"}) {
		t.Errorf("without history: %v", got)
	}
	if got := young.Areas(id("15"), id("15"), day); !slices.Equal(got, []string{"gso:15", "gso:VN"}) {
		t.Errorf("a province that was put together: %v", got)
	}
}
