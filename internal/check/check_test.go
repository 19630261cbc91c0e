package check_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"tramy/internal/check"
	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// worked is a tree in which people worked: children with doses, an edit on both sides, a link, something voided.
func worked(t *testing.T) (*nodetest.Tree, []p.EntityID) {
	t.Helper()
	tr := nodetest.New(t)
	var ids []p.EntityID
	for i := range 12 {
		id, _, err := tr.Station.Register(t.Context(), tr.Nurse, registry.SubjectInput{
			Place: tr.Commune, Name: fmt.Sprintf("Lò Gia Bảo %d", i), BirthDate: tr.Station.Today() - 90, MotherName: "Lò Thị Mai",
		}, true)
		must(t, err)
		ids = append(ids, id)
		_, err = tr.Station.RecordVisit(t.Context(), tr.Nurse, desk.Visit{Subject: id, GivenOn: tr.Station.Today() - 80, Doses: []registry.ImmunizationInput{{
			Subject: id, Place: tr.Facility, Vaccine: "BCG", GivenOn: tr.Station.Today() - 80, Source: registry.SourceCard,
			Programme: registry.ProgrammeEPI,
		}}})
		must(t, err)
		if i == 6 {
			tr.Sync(t)
		}
	}
	edit(t, tr.Station.Node, ids[0], registry.SubjectHamlet, p.Text("bản Na Phay 1"))
	edit(t, tr.Station.Node, ids[0], registry.SubjectHamlet, p.Text("bản Na Phay 2"))
	edit(t, tr.Hub.Node, ids[0], registry.SubjectHamlet, p.Text("bản Pha Thanh"))
	edit(t, tr.Hub.Node, ids[1], p.FieldVoid, p.Text("nhầm"))
	tr.Sync(t)
	edit(t, tr.Station.Node, ids[2], registry.SubjectHamlet, p.Text("bản Na Phay 1")) // not sent yet
	return tr, ids
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func edit(t *testing.T, n *node.Node, id p.EntityID, f p.Field, d p.Data) {
	t.Helper()
	_, err := n.Append(t.Context(), p.EntityID{}, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(id)
		return []registry.Draft{registry.Edit(s, f, d)}, err
	})
	must(t, err)
}

func run(t *testing.T, n *node.Node, st store.Store, j node.Journal) check.Report {
	t.Helper()
	r, err := check.Run(t.Context(), check.Subject{Store: st, Identity: n.Identity(), Journal: j}, check.Options{})
	must(t, err)
	return r
}

// faulty lists what found something.
func faulty(r check.Report) (names []string) {
	for _, f := range r {
		if f.Faults > 0 {
			names = append(names, fmt.Sprintf("%s: %v", f.Name, f.Told))
		}
	}
	return names
}

// A healthy node has no faults, and each check looked at something.
func TestHealthy(t *testing.T) {
	tr, _ := worked(t)
	for name, r := range map[string]check.Report{
		"station": run(t, tr.Station.Node, tr.Station.Dir.Store, tr.Station.Dir.Journal),
		"centre":  run(t, tr.Hub.Node, tr.Hub.Dir.Store, tr.Hub.Dir.Journal),
	} {
		if bad := faulty(r); bad != nil {
			t.Errorf("%s: %v", name, bad)
		}
		for _, f := range r {
			if f.Count == 0 && !(name == "centre" && (f.Name == check.Ticks || f.Name == check.Positions)) {
				t.Errorf("%s: %s looked at nothing", name, f.Name)
			}
		}
	}
}

// Whatever is planted is found by the check that is about it.
func TestPlantedFaultsAreFound(t *testing.T) {
	for name, x := range map[string]struct {
		by    string
		plant func(t *testing.T, tr *nodetest.Tree, ids []p.EntityID, tx store.Tx) error
	}{
		"a value changed in a state": {check.Changes, func(t *testing.T, _ *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			s, err := tx.State(ids[3])
			must(t, err)
			s.Fields[0].Values[0].Actor = ids[4]
			return tx.PutState(s, false)
		}},
		"a value lost from a state": {check.Changes, func(t *testing.T, _ *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			s, err := tx.State(ids[3])
			must(t, err)
			s.Fields = s.Fields[1:]
			return tx.PutState(s, false)
		}},
		"a value that nobody wrote": {check.States, func(t *testing.T, _ *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			s, err := tx.State(ids[3])
			must(t, err)
			v := s.Fields[0].Values[0]
			v.Data = p.Text("x")
			s.Fields = append(s.Fields, p.FieldValues{Field: 9000, Values: []p.Value{v}})
			return tx.PutState(s, false)
		}},
		"a replaced value that is back": {check.Changes, func(t *testing.T, tr *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			changes, err := tr.Station.Node.Changes(tx, ids[0])
			must(t, err)
			s, err := tx.State(ids[0])
			must(t, err)
			old := changes[1]
			for i := range s.Fields {
				if s.Fields[i].Field == registry.SubjectHamlet {
					s.Fields[i].Values = append([]p.Value{{Dot: old.Dot, At: old.At, Actor: old.Actor, Data: old.Writes[0].Data}}, s.Fields[i].Values...)
				}
			}
			return tx.PutState(s, false)
		}},
		"a state that is gone": {check.Changes, func(_ *testing.T, _ *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			return tx.DeleteState(ids[5])
		}},
		"a segment that is another": {check.Logs, func(t *testing.T, _ *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			row, err := tx.SegmentHolding(ids[0].Birth().Log, 1)
			must(t, err)
			row.Raw[len(row.Raw)-70] ^= 1
			return tx.PutSegment(row)
		}},
		"a change lost from the tail": {check.Logs, func(t *testing.T, _ *nodetest.Tree, _ []p.EntityID, tx store.Tx) error {
			tail, err := tx.Tail()
			must(t, err)
			return tx.DeleteTail(tail[0].Log, tail[0].Seq, tail[0].Seq)
		}},
		"a log that says it ends elsewhere": {check.Logs, func(t *testing.T, _ *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			row, err := tx.Log(ids[0].Birth().Log)
			must(t, err)
			row.Hash[0] ^= 1
			return tx.PutLog(row)
		}},
		"a log that lost its end": {check.Journal, func(t *testing.T, _ *nodetest.Tree, _ []p.EntityID, tx store.Tx) error {
			tail, err := tx.Tail()
			must(t, err)
			row, err := tx.Log(tail[0].Log)
			must(t, err)
			row.Head, row.Hash = row.Sealed, row.SealedHash
			must(t, tx.DeleteTail(row.ID, row.Sealed+1, 1<<31))
			return tx.PutLog(row)
		}},
		"a tick without a signature": {check.Ticks, func(t *testing.T, _ *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			row, err := tx.Log(ids[0].Birth().Log)
			must(t, err)
			row.Root++
			return tx.PutLog(row)
		}},
		"a fingerprint that is off": {check.Sums, func(t *testing.T, tr *nodetest.Tree, _ []p.EntityID, tx store.Tx) error {
			s, err := tx.Sum(tr.Commune)
			must(t, err)
			s.Sum[3] ^= 4
			return tx.PutSum(tr.Commune, s)
		}},
		"a number that nobody gave out": {check.Feed, func(t *testing.T, _ *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			rows, err := tx.Routes(ids[0])
			must(t, err)
			rows[0].Number += 1000
			return tx.PutRoute(&rows[0])
		}},
		"a person's row": {check.Rows, func(t *testing.T, _ *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			row, err := tx.SubjectRow(ids[0])
			must(t, err)
			row.MotherName = "Lò Thị Lan"
			return tx.PutSubjectRow(row)
		}},
		"a count": {check.Counts, func(t *testing.T, _ *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			row, err := tx.SubjectRow(ids[0])
			must(t, err)
			key, _ := row.Cohort()
			return tx.AddCohort(key, 1)
		}},
		"an entry of the outbox": {check.Positions, func(_ *testing.T, _ *nodetest.Tree, ids []p.EntityID, tx store.Tx) error {
			return tx.PutOutbox(&store.OutboxRow{Position: 1, Log: ids[0].Birth().Log, First: 999})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			tr, ids := worked(t)
			must(t, tr.Station.Dir.Store.Update(t.Context(), func(tx store.Tx) error { return x.plant(t, tr, ids, tx) }))
			r := run(t, tr.Station.Node, tr.Station.Dir.Store, tr.Station.Dir.Journal)
			for _, f := range r {
				if f.Name == x.by && f.Faults > 0 {
					return
				}
			}
			t.Errorf("%s found nothing; others: %v", x.by, faulty(r))
		})
	}
}

// Numbers that a counter has forgotten, and an entry of the outbox whose segment is gone, no exchange and no rebuild puts right:
// the database is to be set aside.
func TestLostNumbersAreDamage(t *testing.T) {
	for name, plant := range map[string]func(tx store.Tx, ids []p.EntityID) error{
		"feed":   func(tx store.Tx, _ []p.EntityID) error { return tx.SetCounter("feed", 1) },
		"outbox": func(tx store.Tx, _ []p.EntityID) error { return tx.SetCounter("outbox", 0) },
		"segment": func(tx store.Tx, ids []p.EntityID) error {
			return tx.PutOutbox(&store.OutboxRow{Position: 1, Log: ids[0].Birth().Log, First: 999})
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr, ids := worked(t)
			must(t, tr.Station.Node.Seal(t.Context()))
			must(t, tr.Station.Dir.Store.Update(t.Context(), func(tx store.Tx) error { return plant(tx, ids) }))
			if err := run(t, tr.Station.Node, tr.Station.Dir.Store, tr.Station.Dir.Journal).Err(); !errors.Is(err, check.ErrDamagedData) {
				t.Errorf("what to do: %v", err)
			}
		})
	}
}

// After a rebuild every row is what it was; and what was wrong is right.
func TestRebuildMakesTheSame(t *testing.T) {
	tr, ids := worked(t)
	for name, m := range map[string]struct {
		n  *node.Node
		st store.Store
		j  node.Journal
	}{
		"station": {tr.Station.Node, tr.Station.Dir.Store, tr.Station.Dir.Journal},
		"centre":  {tr.Hub.Node, tr.Hub.Dir.Store, tr.Hub.Dir.Journal},
	} {
		workOut(t, m.n)
		before := dump(t, m.st)
		for _, fromLogs := range []bool{false, true} {
			if fromLogs && name == "station" {
				continue
			}
			_, err := m.n.Rebuild(t.Context(), fromLogs, nil)
			must(t, err)
			workOut(t, m.n)
			if after := dump(t, m.st); after != before {
				t.Errorf("%s (from logs %v):\n%s", name, fromLogs, firstDifference(before, after))
			}
			if bad := faulty(run(t, m.n, m.st, m.j)); bad != nil {
				t.Errorf("%s after a rebuild: %v", name, bad)
			}
		}
		must(t, m.st.Update(t.Context(), func(tx store.Tx) error {
			row, err := tx.SubjectRow(ids[0])
			must(t, err)
			row.Name = "Khác"
			key, _ := row.Cohort()
			must(t, tx.AddCohort(key, 3))
			return tx.PutSubjectRow(row)
		}))
		_, err := m.n.Rebuild(t.Context(), false, nil)
		must(t, err)
		workOut(t, m.n)
		if after := dump(t, m.st); after != before {
			t.Errorf("%s: what was wrong is not right again:\n%s", name, firstDifference(before, after))
		}
	}
}

// A page that another table's empty page was written over reads well: the table has nothing any more. Where rows and figures
// stood only who counts again finds it, and a rebuild makes them right.
func TestFiguresUnderAnEmptyPageAreCountedAgain(t *testing.T) {
	tr, _ := worked(t)
	st := tr.Hub.Dir.Store
	workOut(t, tr.Hub.Node)
	before := dump(t, st)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(tr.Hub.Dir.Path, "tramy.db")+"?_pragma=busy_timeout(10000)")
	must(t, err)
	defer db.Close()
	for _, from := range []string{
		"registered", "figure", "coverage", "subject", "immunization", "place", "account", "vaccine", "tally WHERE name = 'subjects'", "tally WHERE name = 'doses'",
	} {
		_, err = db.Exec(`DELETE FROM ` + from)
		must(t, err)
		r := run(t, tr.Hub.Node, st, tr.Hub.Dir.Journal)
		if err := r.Err(); !errors.Is(err, check.ErrStaleRows) {
			t.Errorf("nothing is in %s, and the check says %v: %v", from, err, faulty(r))
		}
		_, err = tr.Hub.Node.Rebuild(t.Context(), false, nil)
		must(t, err)
		workOut(t, tr.Hub.Node)
		if after := dump(t, st); after != before {
			t.Errorf("nothing was in %s, and after a rebuild it is not what it was:\n%s", from, firstDifference(before, after))
		}
	}
	if bad := faulty(run(t, tr.Hub.Node, st, tr.Hub.Dir.Journal)); bad != nil {
		t.Error(bad)
	}
}

func workOut(t *testing.T, n *node.Node) {
	t.Helper()
	for more := true; more; {
		var err error
		more, err = n.WorkOutDue(context.Background(), 100)
		must(t, err)
	}
}
