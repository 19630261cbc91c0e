package desk_test

import (
	"errors"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func people(n int, source registry.TargetSource) *registry.TargetNumber {
	return &registry.TargetNumber{People: n, Source: source}
}

func setTarget(t *testing.T, d *desk.Desk, who desk.Who, place p.EntityID, year int, numbers map[registry.TargetGroup]*registry.TargetNumber) int {
	t.Helper()
	n, err := d.SetTargets(t.Context(), who, year, []desk.TargetEntry{{Place: place, Numbers: numbers}})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func targetCell(t *testing.T, d *desk.Desk, who desk.Who, place p.EntityID, year int, group registry.TargetGroup) desk.TargetCell {
	t.Helper()
	table, err := d.Targets(t.Context(), who, place, year, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range table.Rows[0].Cells {
		if c.Group == group {
			return c
		}
	}
	t.Fatalf("no cell of %s", group)
	return desk.TargetCell{}
}

// A station says a target of its own commune until a level above does; then both are shown, and the higher stands.
func TestTargetsOfTwoLevels(t *testing.T) {
	tree := nodetest.New(t)
	st, hub := tree.Station.Desk, tree.Hub.Desk
	year, _, _ := st.Today().Date()
	births := map[registry.TargetGroup]*registry.TargetNumber{registry.TargetBirths: people(380, registry.TargetOwnCount)}
	setTarget(t, st, tree.Head, tree.Commune, year, births)
	if n := setTarget(t, st, tree.Head, tree.Commune, year, births); n != 0 {
		t.Errorf("%d places written again with the same number", n)
	}
	tree.Sync(t)
	if c := targetCell(t, hub, tree.Officer, tree.Commune, year, registry.TargetBirths); len(c.Words) != 1 || c.Words[0].People != 380 || c.Own != nil || c.Higher {
		t.Errorf("the hub sees %+v", c)
	}
	// Of the province all its communes but one lack a target: the sum is said to be no denominator.
	if c := targetCell(t, hub, tree.Officer, tree.Province, year, registry.TargetBirths); c.Below != 380 || c.Communes != 1 {
		t.Errorf("the province has %+v", c.Planned)
	}
	setTarget(t, hub, tree.Officer, tree.Commune, year, map[registry.TargetGroup]*registry.TargetNumber{registry.TargetBirths: people(410, registry.TargetStatistics), registry.TargetPregnant: people(0, registry.TargetPlan)})
	tree.Sync(t)
	c := targetCell(t, st, tree.Head, tree.Commune, year, registry.TargetBirths)
	if len(c.Words) != 2 || c.Words[0].People != 410 || c.Words[0].By != tree.Officer.Place || !c.Differs() || !c.Higher || c.Own == nil || c.Own.People != 380 {
		t.Errorf("the station sees %+v", c)
	}
	if c := targetCell(t, st, tree.Head, tree.Commune, year, registry.TargetPregnant); len(c.Words) != 1 || c.Words[0].People != 0 {
		t.Errorf("a target of nobody is %+v", c)
	}
	_, err := st.SetTargets(t.Context(), tree.Head, year, []desk.TargetEntry{{Place: tree.Commune, Numbers: map[registry.TargetGroup]*registry.TargetNumber{registry.TargetBirths: people(500, registry.TargetOwnCount)}}})
	refusedFor(t, err, registry.CodeTargetHigher)
	// What the level above did not say is still the station's to say.
	setTarget(t, st, tree.Head, tree.Commune, year, map[registry.TargetGroup]*registry.TargetNumber{registry.TargetAge1: people(390, registry.TargetLastYear)})
	// Taken back, it is not there.
	setTarget(t, hub, tree.Officer, tree.Commune, year, map[registry.TargetGroup]*registry.TargetNumber{registry.TargetBirths: nil})
	tree.Sync(t)
	if c := targetCell(t, st, tree.Head, tree.Commune, year, registry.TargetBirths); len(c.Words) != 1 || c.Words[0].People != 380 || c.Higher {
		t.Errorf("after the level above took its word back: %+v", c)
	}
}

func TestTargetsRefused(t *testing.T) {
	tree := nodetest.New(t)
	st, hub := tree.Station.Desk, tree.Hub.Desk
	year, _, _ := st.Today().Date()
	one := map[registry.TargetGroup]*registry.TargetNumber{registry.TargetBirths: people(10, registry.TargetPlan)}
	if _, err := st.SetTargets(t.Context(), tree.Nurse, year, []desk.TargetEntry{{Place: tree.Commune, Numbers: one}}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse: %v", err)
	}
	if _, err := st.SetTargets(t.Context(), tree.Head, year, []desk.TargetEntry{{Place: tree.Province, Numbers: one}}); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("a station of its province: %v", err)
	}
	if _, err := hub.SetTargets(t.Context(), tree.Officer, year, []desk.TargetEntry{{Place: p.EntityID{9}, Numbers: one}}); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("a place nobody knows: %v", err)
	}
	_, err := hub.SetTargets(t.Context(), tree.Officer, year, []desk.TargetEntry{{Place: tree.Commune, Numbers: one}, {Place: tree.Commune, Numbers: one}})
	refusedFor(t, err, registry.CodeTargetTwice)
	for _, bad := range []struct {
		year, people int
	}{{year + registry.TargetYearsMax + 1, 5}, {1900, 5}, {year, -1}, {year, registry.TargetPeopleMax + 1}} {
		_, err := hub.SetTargets(t.Context(), tree.Officer, bad.year, []desk.TargetEntry{{Place: tree.Commune, Numbers: map[registry.TargetGroup]*registry.TargetNumber{registry.TargetBirths: people(bad.people, registry.TargetPlan)}}})
		refusedFor(t, err, registry.CodeRange)
	}
	entries := make([]desk.TargetEntry, desk.TargetRowsMax+1)
	_, err = hub.SetTargets(t.Context(), tree.Officer, year, entries)
	refusedFor(t, err, registry.CodeTooMany)
	if c := targetCell(t, hub, tree.Officer, tree.Commune, year, registry.TargetBirths); len(c.Words) != 0 {
		t.Errorf("something was written: %+v", c)
	}
	// Who had the form open while somebody else wrote is asked to look again.
	setTarget(t, hub, tree.Officer, tree.Commune, year, one)
	var stale *registry.StaleError
	_, err = hub.SetTargets(t.Context(), tree.Officer, year, []desk.TargetEntry{{Place: tree.Commune, Saw: registry.Saw{}, Numbers: map[registry.TargetGroup]*registry.TargetNumber{registry.TargetBirths: people(11, registry.TargetPlan)}}})
	if !errors.As(err, &stale) {
		t.Errorf("what was not shown was overwritten: %v", err)
	}
}

// A station whose program was changed cannot speak for the level above: its hub holds the log.
func TestTargetOfTheLevelAboveIsNotAStations(t *testing.T) {
	for name, forge := range map[string]func(tree *nodetest.Tree, s *p.State) registry.Draft{
		"changed": func(_ *nodetest.Tree, s *p.State) registry.Draft {
			return registry.Edit(s, registry.TargetPeopleOf(registry.TargetBirths), p.Int(1))
		},
		"made": func(tree *nodetest.Tree, _ *p.State) registry.Draft {
			year, _, _ := tree.Station.Today().Date()
			d, err := registry.NewTarget(registry.TargetInput{Place: tree.Commune, Year: year, By: tree.Province, Numbers: map[registry.TargetGroup]registry.TargetNumber{registry.TargetBirths: {People: 1, Source: registry.TargetPlan}}}, registry.Known{Today: tree.Station.Today()})
			if err != nil {
				panic(err)
			}
			return d
		},
	} {
		t.Run(name, func(t *testing.T) {
			tree := nodetest.New(t)
			year, _, _ := tree.Station.Today().Date()
			setTarget(t, tree.Hub.Desk, tree.Officer, tree.Commune, year, map[registry.TargetGroup]*registry.TargetNumber{registry.TargetBirths: people(410, registry.TargetPlan)})
			tree.Sync(t)
			_, err := tree.Station.Node.Append(t.Context(), tree.Head.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
				rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindTarget, Places: []p.EntityID{tree.Commune}})
				if err != nil {
					return nil, err
				}
				s, err := tx.State(rows[0].ID)
				return []registry.Draft{forge(tree, s)}, err
			})
			if err != nil {
				t.Fatal(err)
			}
			tree.Sync(t)
			held := 0
			err = tree.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
				logs, err := tx.HeldLogs()
				held = len(logs)
				return err
			})
			if err != nil || held != 1 {
				t.Errorf("%d logs are held, %v", held, err)
			}
			if c := targetCell(t, tree.Hub.Desk, tree.Officer, tree.Commune, year, registry.TargetBirths); len(c.Words) != 1 || c.Words[0].People != 410 {
				t.Errorf("the hub has %+v", c.Words)
			}
		})
	}
}
