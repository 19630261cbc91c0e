package nodetest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramy/internal/desk"
	p "tramy/syncproto"
)

// kept is what a folder of NewKept says of the tree whose station it holds.
type kept struct {
	Nation, Province, Commune, Facility p.EntityID
	Nurse, Head, Officer, Admin         desk.Who
	Now                                 time.Time
}

// Files of a folder of NewKept.
const (
	keptStation = "station"
	keptTree    = "tree.json"
)

// NewKept is New with a station whose register takes long to fill, kept in a folder from run to run: fill works once, and each run
// has a copy of its own of what it left. Without a folder nothing is kept. The station of a later run has no centre: Hub is nil.
func NewKept(t testing.TB, folder string, fill func(*Tree)) *Tree {
	t.Helper()
	if folder == "" {
		tr := New(t)
		fill(tr)
		return tr
	}
	told, from := filepath.Join(folder, keptTree), filepath.Join(folder, keptStation)
	if _, err := os.Stat(told); err == nil {
		return openKept(t, told, from)
	}
	tr := New(t)
	fill(tr)
	tr.Station = tr.Reopen(t, tr.Station, func(dir string) {
		must(t, os.RemoveAll(from)) // of a run that was broken off
		must(t, os.CopyFS(from, os.DirFS(dir)))
	})
	x := kept{tr.Nation, tr.Province, tr.Commune, tr.Facility, tr.Nurse, tr.Head, tr.Officer, tr.Admin, tr.clock.Now()}
	b, err := json.Marshal(x)
	must(t, err)
	must(t, os.WriteFile(told, b, 0o600))
	return tr
}

func openKept(t testing.TB, told, from string) *Tree {
	t.Helper()
	b, err := os.ReadFile(told)
	must(t, err)
	var x kept
	must(t, json.Unmarshal(b, &x))
	dir := filepath.Join(t.TempDir(), "node")
	must(t, os.CopyFS(dir, os.DirFS(from)))
	tr := &Tree{
		Nation: x.Nation, Province: x.Province, Commune: x.Commune, Facility: x.Facility, Nurse: x.Nurse, Head: x.Head, Officer: x.Officer, Admin: x.Admin,
		hubs: Files(), clock: &Clock{now: x.Now}, air: &air{},
	}
	tr.Station = tr.OpenStationAt(t, dir)
	t.Cleanup(func() { logged(t, tr.Station.Close()) })
	return tr
}
