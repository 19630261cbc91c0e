package memory

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func logOfN(n int) p.LogID { return p.LogID{byte(n), 11: 0x40} }

func entity(n int) p.EntityID { return p.Dot{Log: logOfN(n), Seq: p.Seq(n)}.Entity() }

// fill puts a row of each kind; what it puts for one n has the same keys as for another if same says so.
func fill(tx store.Tx, n, value int) error {
	e, other, l := entity(n), entity(n+100), logOfN(n)
	text := fmt.Sprint(value)
	b := []byte(text)
	seq := p.Seq(n)
	run := p.Incarnation{byte(n)}
	ms := int64(value)
	return errors.Join(
		tx.SetMeta("m"+fmt.Sprint(n), b), tx.SetCounter("c"+fmt.Sprint(n), uint64(value)),
		tx.PutLocal(&store.LocalRow{Kind: store.LocalPin, Key: "k" + fmt.Sprint(n), Value: b}),
		tx.PutLog(&store.LogRow{ID: l, Device: e, Head: p.Seq(value), Via: other, Receipt: uint64(value)}),
		tx.PutSegment(&store.SegmentRow{Log: l, First: seq, Count: uint32(value), Raw: b}),
		tx.PutOutbox(&store.OutboxRow{Position: uint64(n), Log: l, First: seq, Low: value > 1}),
		tx.PutTail(l, seq, b), tx.PutParked(&store.ParkedRow{Log: l, First: seq, Device: e, Raw: b}),
		tx.PutState(&p.State{ID: e, Kind: p.Kind(value)}, false), tx.PutEdit(e, p.Dot{Log: l, Seq: p.Seq(value)}), tx.PutMember(e, entity(value+50)),
		tx.PutRoute(&store.RouteRow{Scope: other, Entity: e, Number: p.FeedNumber(value)}), tx.PutSum(e, store.ScopeSum{Count: ms}),
		tx.PutRootSum(&store.RootSumRow{Scope: e, WallMS: ms, Frame: b}), tx.PutRefresh(entity(n*value)),
		tx.PutCursor(&store.CursorRow{Upstream: e, Scope: other, Cursor: p.Cursor{Number: p.FeedNumber(value)}}),
		tx.PutIncarnation(&store.IncarnationRow{Incarnation: run, Order: ms}), tx.PutChildPosition(e, p.Position{Incarnation: run, Number: uint64(value)}),
		tx.PutChild(&store.ChildRow{Device: e, TokenHash: b, ContactMS: ms}), tx.PutProof(&store.ProofRow{ID: uint64(n), Heads: b}),
		tx.PutExchange(&store.ExchangeRow{StartMS: ms}), tx.PutAlarm(&store.AlarmRow{WallMS: ms}),
		tx.PutSubjectRow(&project.SubjectRow{ID: e, Case: entity(value), Name: text}),
		tx.PutImmunizationRow(&project.ImmunizationRow{ID: e, Case: entity(value), Lot: text}),
		tx.PutLinkRow(&project.LinkRow{ID: e, A: entity(value), B: other}), tx.PutConflicts(e, []project.ConflictRow{{Field: p.Field(value)}}),
		tx.PutPlaceRow(&project.PlaceRow{ID: e, Name: text, Hamlets: []string{text}}), tx.PutUserRow(&project.UserRow{ID: e, Name: text}),
		tx.PutDeviceRow(&project.DeviceRow{ID: e, Name: text}), tx.PutVaccineRow(&project.VaccineRow{ID: e, Name: text}),
		tx.PutScheduleRow(&project.ScheduleRow{ID: e, Title: text}), tx.PutAccessRow(&project.AccessRow{ID: e, Reason: text}, []p.EntityID{other}),
		tx.PutConsentRow(&project.ConsentRow{ID: e, On: registry.Day(value)}), tx.PutRequestRow(&project.RequestRow{ID: e, On: registry.Day(value)}),
		tx.PutRecordRow(&project.RecordRow{ID: e, Day: registry.Day(value)}),
		tx.PutMovementRows(e, []project.MovementRow{{ID: e, Amount: int64(value)}}),
		tx.PutStockRow(&project.StockRow{Key: registry.StockKey{Place: e, Item: "SOI"}, Moved: int64(value)}),
		tx.PutRejectionRow(&project.RejectionRow{ID: e, Reason: text}), tx.PutRescueRow(&project.RescueRow{ID: e, WallMS: ms}),
		tx.PutDue(e, []project.DueRow{{Vaccine: text}}, uint64(value), 9), tx.MarkUnpaired(e),
		tx.PutPair(&store.PairRow{A: e, B: other, Score: int32(value)}),
		tx.AddCoverage(project.CoverageKey{Place: e, Cohort: 24_000, Dose: 1}, ms), tx.AddCohort(project.CohortKey{Residence: e, Cohort: 24_000}, ms),
	)
}

// empty takes away what fill put and can be taken away.
func empty(tx store.Tx, n int) error {
	e, l := entity(n), logOfN(n)
	_, err := tx.EndSweep(9, 0)
	return errors.Join(err, tx.SetMeta("m"+fmt.Sprint(n), nil), tx.DeleteLocal(store.LocalPin, "k"+fmt.Sprint(n)), tx.DeleteTail(l, 0, 99), tx.DeleteParked(l, p.Seq(n)), tx.DeleteState(e),
		tx.DeleteMember(e, entity(51)), tx.DeleteRoutes(e), tx.DeleteRefresh(e), tx.DeleteCursor(e, entity(n+100)), tx.DeleteSubjectRow(e),
		tx.DeleteImmunizationRow(e), tx.DeleteLinkRow(e), tx.DeleteRescueRows(e), tx.DeleteConsentRow(e), tx.DeleteRequestRow(e), tx.PutConflicts(e, nil), tx.PutDue(e, nil, 0, 0),
		tx.PutMovementRows(e, nil), tx.DeleteStockRow(registry.StockKey{Place: e, Item: "SOI"}))
}

// contents prints all that a store holds, a line a tree. A tree that data.tables leaves out is missing.
func contents(t *testing.T, s *Store) []string {
	t.Helper()
	var out []string
	all := reflect.ValueOf(&s.data).Elem()
	if trees := all.NumField() - 1; len(s.data.tables()) != trees {
		t.Fatalf("%d tables of %d trees", len(s.data.tables()), trees)
	}
	for i := range all.NumField() {
		field := all.Type().Field(i)
		if field.Name == "ledger" {
			continue
		}
		line := field.Name + ":"
		chunks := all.Field(i).FieldByName("chunks")
		for c := range chunks.Len() {
			x := chunks.Index(c).Elem()
			for n := range x.FieldByName("keys").Len() {
				line += fmt.Sprintf(" %v=%+v", x.FieldByName("keys").Index(n), reflect.Indirect(x.FieldByName("values").Index(n)))
			}
		}
		out = append(out, line)
	}
	return out
}

func sameContents(t *testing.T, what string, got, want []string) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s:\n got %s\nwant %s", what, got[i], want[i])
		}
	}
}

func do(t *testing.T, s *Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// filled has two rows of every kind.
func filled(t *testing.T) *Store {
	t.Helper()
	s := New()
	do(t, s, func(tx store.Tx) error { return errors.Join(fill(tx, 1, 1), fill(tx, 2, 1)) })
	for _, line := range contents(t, s) {
		if strings.HasSuffix(line, ":") {
			t.Fatalf("no row is put into %s", line)
		}
	}
	return s
}

var errMiddle = errors.New("in the middle")

// Whatever a transaction did to rows of every kind, an error or a panic leaves all as it was.
func TestFailedUpdateChangesNothing(t *testing.T) {
	for name, fn := range map[string]func(store.Tx) error{
		"new rows":          func(tx store.Tx) error { return fill(tx, 3, 1) },
		"other rows":        func(tx store.Tx) error { return errors.Join(fill(tx, 1, 2), fill(tx, 2, 7)) },
		"changed twice":     func(tx store.Tx) error { return errors.Join(fill(tx, 1, 2), fill(tx, 1, 3)) },
		"emptied":           func(tx store.Tx) error { return errors.Join(empty(tx, 1), empty(tx, 2)) },
		"emptied, refilled": func(tx store.Tx) error { return errors.Join(empty(tx, 1), fill(tx, 1, 4), empty(tx, 1)) },
		"cleared": func(tx store.Tx) error {
			return errors.Join(fill(tx, 1, 2), tx.ClearRows(), fill(tx, 1, 3), fill(tx, 5, 3), tx.ClearRows(), fill(tx, 2, 1))
		},
	} {
		s := filled(t)
		before := contents(t, s)
		err := s.Update(t.Context(), func(tx store.Tx) error { return errors.Join(fn(tx), errMiddle) })
		if err == nil || err.Error() != errMiddle.Error() {
			t.Fatalf("%s: %v", name, err)
		}
		sameContents(t, name, contents(t, s), before)
		func() {
			defer func() { _ = recover() }()
			_ = s.Update(t.Context(), func(tx store.Tx) error {
				if err := fn(tx); err != nil {
					t.Error(err)
				}
				panic("here")
			})
		}()
		sameContents(t, name+", then a panic", contents(t, s), before)
		do(t, s, fn)
		if after := contents(t, s); strings.Join(after, "") == strings.Join(before, "") {
			t.Errorf("%s: nothing was done", name)
		}
	}
}

func TestCloneIsIndependent(t *testing.T) {
	s := filled(t)
	before := contents(t, s)
	backup := s.Clone()
	do(t, s, func(tx store.Tx) error { return errors.Join(fill(tx, 1, 2), fill(tx, 3, 3), empty(tx, 2)) })
	changed := contents(t, s)
	sameContents(t, "backup after the original changed", contents(t, backup), before)
	do(t, backup, func(tx store.Tx) error { return errors.Join(empty(tx, 1), tx.ClearRows(), fill(tx, 7, 7)) })
	sameContents(t, "original after the backup changed", contents(t, s), changed)
	_ = s.Update(t.Context(), func(tx store.Tx) error { return errors.Join(fill(tx, 1, 9), errMiddle) })
	sameContents(t, "original after a transaction that failed", contents(t, s), changed)
	// What was cleared in vain is still common property.
	backup = s.Clone()
	_ = s.Update(t.Context(), func(tx store.Tx) error { return errors.Join(tx.ClearRows(), errMiddle) })
	do(t, s, func(tx store.Tx) error { return fill(tx, 1, 8) })
	sameContents(t, "backup after rows were cleared in vain", contents(t, backup), changed)
	changed = contents(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	sameContents(t, "a closed store opened again", contents(t, s.Clone()), changed)
}

// What was put is not what the caller goes on to change, and what was got stays as it was got.
func TestRowsAreNotShared(t *testing.T) {
	s := New()
	log := store.LogRow{ID: logOfN(1), Head: 1}
	segment := store.SegmentRow{Log: logOfN(1), First: 1, Count: 1, Raw: []byte("abc")}
	place := project.PlaceRow{ID: entity(1), Hamlets: []string{"a"}}
	do(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutLog(&log), tx.PutSegment(&segment), tx.PutPlaceRow(&place), tx.SetMeta("m", segment.Raw), tx.PutTail(logOfN(1), 1, segment.Raw))
	})
	before := contents(t, s)
	log.Head, segment.Raw[0], place.Hamlets[0] = 9, 'x', "x"
	do(t, s, func(tx store.Tx) error {
		got, err := tx.Log(log.ID)
		got.Head = 7
		rows, err2 := tx.Logs(p.LogID{}, 0)
		rows[0].Head = 7
		return errors.Join(err, err2)
	})
	sameContents(t, "after callers changed their rows", contents(t, s), before)
	var got *store.LogRow
	do(t, s, func(tx store.Tx) (err error) {
		if got, err = tx.Log(log.ID); err != nil {
			return err
		}
		return tx.PutLog(&log)
	})
	if got.Head != 1 {
		t.Errorf("a row that was got changed to %d with a later write", got.Head)
	}
}
