package storetest

import (
	"fmt"
	"slices"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func lotsUsed(t *testing.T, s store.Store) {
	given := func(n int, vaccine, lot string, day registry.Day, minute registry.Clock, expires registry.Day) project.ImmunizationRow {
		r := dose(n, 1, 800, day)
		r.Vaccine, r.Lot, r.GivenMinute, r.Expires, r.Source, r.NotDone, r.Void = vaccine, lot, minute, expires, registry.SourceHere, 0, false
		return r
	}
	rows := []project.ImmunizationRow{
		given(10, "BCG", "A1", 20_090, 500, 20_400), given(11, "BCG", "A1", 20_100, 480, 20_401), // written otherwise the second time
		given(12, "BCG", "A2", 20_100, 490, 0), given(13, "MR", "A1", 20_099, 600, 20_100),
		given(14, "BCG", "OLD", 20_095, 500, 20_099), given(15, "BCG", "", 20_100, 500, 0), given(16, "BCG", "LATER", 20_101, 500, 0),
		given(17, "BCG", "EARLIER", 20_089, 500, 0), given(18, "BCG", "VOID", 20_100, 500, 0), given(19, "BCG", "CARD", 20_100, 500, 0),
		given(20, "BCG", "NOT", 20_100, 500, 0), given(21, "BCG", "THERE", 20_100, 500, 0),
		given(22, "BCG", "A2", 20_099, 490, 0), // sold
	}
	rows[8].Void, rows[9].Source, rows[10].NotDone, rows[11].Place = true, registry.SourceCard, registry.NotDoneNoVaccine, id(801)
	rows[12].Programme = registry.ProgrammePaid
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutImmunizationRow) })
	use := func(on registry.Day, vaccine, lot string, last registry.Clock, expires registry.Day, n int64) store.DoseUse {
		return store.DoseUse{On: on, Vaccine: vaccine, Lot: lot, Expires: expires, Programme: registry.ProgrammeEPI, Route: registry.RouteIM, Last: last, Count: n}
	}
	sold := use(20_099, "BCG", "A2", 490, 0, 1)
	sold.Programme = registry.ProgrammePaid
	uses := func(from, to registry.Day) []store.DoseUse {
		return read(t, s, func(tx store.Tx) ([]store.DoseUse, error) { return tx.DoseUses(id(800), from, to) })
	}
	want := []store.DoseUse{
		use(20_090, "BCG", "A1", 500, 20_400, 1), use(20_095, "BCG", "OLD", 500, 20_099, 1), sold, use(20_099, "MR", "A1", 600, 20_100, 1),
		use(20_100, "BCG", "A1", 480, 20_401, 1), use(20_100, "BCG", "A2", 490, 0, 1), use(20_100, "BCG", "", 500, 0, 1),
	}
	same(t, "what doses used", uses(20_090, 20_100), want)
	same(t, "what doses of a day used", uses(20_101, 20_101), []store.DoseUse{use(20_101, "BCG", "LATER", 500, 0, 1)})
	nowhere := read(t, s, func(tx store.Tx) ([]store.DoseUse, error) { return tx.DoseUses(id(799), 20_090, 20_100) })
	same(t, "what doses used nowhere", nowhere, nil)
	doseStamps(t, s, rows, uses)

	more := []project.ImmunizationRow{given(22, "MR", "", 20_099, 480, 0), given(23, "BCG", "", 20_099, 490, 0), given(24, "BCG", "", 20_088, 490, 0), given(25, "BCG", "", 20_099, 490, 0)}
	more[3].NotDone = registry.NotDoneRefused
	update(t, s, func(tx store.Tx) error { return each(more, tx.PutImmunizationRow) })
	lost := false
	without := func(since registry.Day, limit int) (out []p.EntityID) {
		for _, r := range read(t, s, func(tx store.Tx) ([]project.ImmunizationRow, error) {
			return tx.DosesNoLot(id(800), since, lost, limit)
		}) {
			out = append(out, r.ID)
		}
		return out
	}
	same(t, "doses without a lot", without(20_089, 10), []p.EntityID{id(15), id(23), id(22)})
	same(t, "doses without a lot, the newest", without(20_000, 1), []p.EntityID{id(15)})
	more[1].LotLost = registry.LotLostVial
	update(t, s, func(tx store.Tx) error { return tx.PutImmunizationRow(&more[1]) })
	same(t, "doses whose lot is still asked about", without(20_089, 10), []p.EntityID{id(15), id(22)})
	lost = true
	same(t, "doses whose lot will never be known", without(20_089, 10), []p.EntityID{id(23)})
}

// doseStamps changes doses given at place 800 and looks which days an engine still calls the same.
func doseStamps(t *testing.T, s store.Store, rows []project.ImmunizationRow, uses func(from, to registry.Day) []store.DoseUse) {
	t.Helper()
	const from, to = 20_090, 20_101
	type told struct {
		stamps []uint64
		uses   map[registry.Day][]store.DoseUse
	}
	ask := func() told {
		out := told{read(t, s, func(tx store.Tx) ([]uint64, error) { return tx.DoseStamps(id(800), from, to) }), map[registry.Day][]store.DoseUse{}}
		for _, u := range uses(from, to) {
			out.uses[u.On] = append(out.uses[u.On], u)
		}
		return out
	}
	before := ask()
	if len(before.stamps) == 0 {
		return // an engine need not tell
	}
	change := func(what string, days []registry.Day, fn func(tx store.Tx) error) {
		t.Helper()
		update(t, s, func(tx store.Tx) error {
			if err := fn(tx); err != nil {
				return err
			}
			now, err := tx.DoseStamps(id(800), from, to)
			for _, day := range days {
				if now[day-from] != 0 {
					t.Errorf("%s: within its transaction day %d is told", what, day)
				}
			}
			return err
		})
		now := ask()
		for day := registry.Day(from); day <= to; day++ {
			still := now.stamps[day-from] == before.stamps[day-from]
			if still == slices.Contains(days, day) {
				t.Errorf("%s: that day %d is as it was is told as %t", what, day, still)
			}
			if still {
				same(t, fmt.Sprintf("%s: what was used on day %d", what, day), now.uses[day], before.uses[day])
			}
		}
		before = now
	}
	dose := rows[1]
	change("nothing", nil, func(store.Tx) error { return nil })
	change("a dose taken back", []registry.Day{20_100}, func(tx store.Tx) error {
		dose.Void = true
		return tx.PutImmunizationRow(&dose)
	})
	change("a dose that was given on another day", []registry.Day{20_100, 20_093}, func(tx store.Tx) error {
		dose.Void, dose.GivenOn = false, 20_093
		return tx.PutImmunizationRow(&dose)
	})
	change("a dose that was given elsewhere", []registry.Day{20_093}, func(tx store.Tx) error {
		dose.Place = id(801)
		return tx.PutImmunizationRow(&dose)
	})
	change("a new dose", []registry.Day{20_093}, func(tx store.Tx) error {
		dose.ID, dose.Place = id(30), id(800)
		return tx.PutImmunizationRow(&dose)
	})
	change("a dose that is here no more", []registry.Day{20_093}, func(tx store.Tx) error { return tx.DeleteImmunizationRow(id(30)) })
}
