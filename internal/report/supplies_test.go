package report_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// ledger is what happened to a station's stock in the year of a register: deliveries, vials thrown away for every reason, breaches of a fridge that
// spoiled some, counts that find more or less than there should be, what was written down long after its day, what was entered in error,
// what another's clock dates after the count that saw it.
type ledger struct {
	*year
	st      *station.Station
	rng     *rand.Rand
	entries []p.EntityID
	kinds   map[string]int
}

// given is what of a lot was used by doses.
type given struct {
	vaccine, lot string
	stock        registry.Programme
	first, last  registry.Day
	n            int
	doses        []p.EntityID
}

func newLedger(t testing.TB, y *year, movements int) *ledger {
	t.Helper()
	l := &ledger{year: y, st: y.st, rng: rand.New(rand.NewPCG(4, 400)), kinds: map[string]int{}}
	lots := map[string]*given{}
	for _, id := range y.doses {
		im := registry.ImmunizationOf(y.state(t, id))
		if im.Lot == "" || im.Place != y.tree.Facility || !im.Given() || im.Source != registry.SourceHere {
			continue
		}
		key := im.Vaccine + im.Lot
		if lots[key] == nil {
			lots[key] = &given{vaccine: im.Vaccine, lot: im.Lot, stock: im.Programme, first: im.GivenOn, last: im.GivenOn}
		}
		g := lots[key]
		g.first, g.last, g.n = min(g.first, im.GivenOn), max(g.last, im.GivenOn), g.n+1
		g.doses = append(g.doses, id)
	}
	fridge, err := y.st.SaveFridge(t.Context(), y.tree.Nurse, p.EntityID{}, registry.FridgeInput{Name: "Tủ 1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := slices.Sorted(maps.Keys(lots))
	first, last := registry.NewMonth(2024, time.December).First(), y.st.Today()-1
	l.rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	for i := 0; len(l.entries) < movements; i = (i + 1) % len(keys) {
		g := lots[keys[i]]
		if g.last < first {
			g = &given{vaccine: g.vaccine, lot: g.lot, stock: g.stock, first: first, last: last, n: g.n, doses: g.doses} // an old lot that somebody counts still
		}
		if l.rng.IntN(9) > 0 { // of some lots nobody ever enters a delivery
			l.move(t, g, registry.MovementInput{Type: registry.MoveReceived, Quantity: g.n + l.rng.IntN(30), Day: max(first, g.first-registry.Day(l.rng.IntN(20)))})
		}
		for n := range 1 + l.rng.IntN(6) {
			day := max(first, min(last, g.first+registry.Day(l.rng.IntN(int(g.last-g.first)+40))))
			switch {
			case n%3 == 2:
				l.count(t, g, day)
			case l.rng.IntN(4) == 0:
				l.move(t, g, registry.MovementInput{Type: registry.MoveIssued, Quantity: 1 + l.rng.IntN(9), Day: day, Other: "Trạm bên"})
			case l.rng.IntN(9) == 0:
				l.move(t, g, registry.MovementInput{Item: registry.SupplyAD05, Type: registry.MoveReceived, Quantity: 500, Day: day})
				l.move(t, g, registry.MovementInput{Item: registry.SupplyBox, Type: registry.MoveUsed, Quantity: 1 + l.rng.IntN(3), Day: day})
			default:
				reason := registry.DiscardReason(1 + l.rng.IntN(9))
				if reason == registry.DiscardHeat || reason == registry.DiscardFrozen {
					l.breach(t, fridge, day)
				}
				l.move(t, g, registry.MovementInput{Type: registry.MoveDiscarded, Reason: reason, Quantity: 1 + l.rng.IntN(5), Day: day, Note: "x"})
			}
		}
	}
	return l
}

func (l *ledger) breach(t testing.TB, fridge p.EntityID, day registry.Day) {
	t.Helper()
	if _, err := l.st.RecordTemperatures(t.Context(), l.tree.Nurse, []registry.TemperatureInput{{
		Fridge: fridge, Day: day, Clock: registry.NewClock(7, 30), Value: registry.DegreesOf(112), Note: "mất điện",
	}}); err != nil {
		t.Fatal(err)
	}
	l.kinds["breach"]++
}

func (l *ledger) append(t testing.TB, draft registry.Draft, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	dots, err := l.st.Node.Append(t.Context(), l.tree.Nurse.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) { return []registry.Draft{draft}, nil })
	if err != nil {
		t.Fatal(err)
	}
	id := dots[0].Entity()
	l.entries = append(l.entries, id)
	if l.rng.IntN(25) == 0 {
		l.kinds["void"]++
		if err := l.st.VoidStock(t.Context(), l.tree.Nurse, "ghi nhầm", id); err != nil {
			t.Fatal(err)
		}
	}
}

func (l *ledger) move(t testing.TB, g *given, in registry.MovementInput) {
	t.Helper()
	in.Place, in.Clock = l.tree.Facility, registry.NewClock(l.rng.IntN(24), l.rng.IntN(60))
	if in.Item == "" {
		in.Item, in.Lot, in.Stock = g.vaccine, g.lot, g.stock
	}
	if l.rng.IntN(5) == 0 {
		in.Clock = 0
	}
	l.kinds[in.Type.String()]++
	draft, err := registry.NewMovement(in, registry.Known{Today: l.st.Today()})
	l.append(t, draft, err)
}

func (l *ledger) count(t testing.TB, g *given, day registry.Day) {
	t.Helper()
	in := registry.StockCountInput{Place: l.tree.Facility, Item: g.vaccine, Lot: g.lot, Stock: g.stock, Day: day, Clock: registry.NewClock(l.rng.IntN(24), 0), Quantity: l.rng.IntN(60)}
	if l.rng.IntN(2) == 0 && len(l.entries) > 0 { // of clocks that are ahead
		in.Seen = append(in.Seen, pick(l.rng, l.entries), pick(l.rng, g.doses), pick(l.rng, g.doses))
	}
	l.kinds["count"]++
	draft, err := registry.NewStockCount(in, registry.Known{Today: l.st.Today()})
	l.append(t, draft, err)
}

// happened is one thing of the recount.
type happened struct {
	id     p.EntityID
	moment int64
	n      int64 // what it adds
	column string
	who    p.EntityID
	count  bool
	seen   map[p.EntityID]bool
}

// recountStock reads what happened to each lot off the states.
func (l *ledger) recountStock(t testing.TB) map[string][]happened {
	t.Helper()
	out := map[string][]happened{}
	put := func(item, lot string, stock registry.Programme, h happened) {
		key := registry.NewStockKey(p.EntityID{}, item, lot, stock)
		k := key.Item + "." + key.Lot + "." + key.Stock.String()
		out[k] = append(out[k], h)
	}
	moment := func(day registry.Day, clock registry.Clock) int64 {
		if clock == 0 {
			return int64(day)*1440 + 720
		}
		return int64(day)*1440 + int64(clock) - 1
	}
	lead := map[p.EntityID]p.EntityID{}
	for _, x := range l.links {
		a, b := x[0], x[1]
		for lead[a] != (p.EntityID{}) {
			a = lead[a]
		}
		for lead[b] != (p.EntityID{}) {
			b = lead[b]
		}
		if a.Compare(b) > 0 {
			a, b = b, a
		}
		if a != b {
			lead[b] = a
		}
	}
	for _, id := range l.doses {
		im := registry.ImmunizationOf(l.state(t, id))
		if im.Void != "" || im.NotDone != 0 || im.Source != registry.SourceHere || im.Place != l.tree.Facility {
			continue
		}
		who := im.Subject
		for lead[who] != (p.EntityID{}) {
			who = lead[who]
		}
		put(im.Vaccine, im.Lot, im.Programme, happened{id: id, moment: moment(im.GivenOn, im.GivenClock), n: -1, column: "given", who: who})
		key := registry.NewStockKey(p.EntityID{}, im.Vaccine, im.Lot, im.Programme)
		if needle := registry.SyringeOf(key.Item, key.Stock, im.Route); needle != "" {
			put(needle, "", registry.ProgrammeEPI, happened{id: id, moment: moment(im.GivenOn, im.GivenClock), n: -1, column: "given"})
		}
	}
	for _, id := range l.entries {
		s := l.state(t, id)
		if s.Kind == registry.KindStockCount {
			c := registry.StockCountOf(s)
			if c.Void != "" {
				continue
			}
			h := happened{id: id, moment: moment(c.Day, c.Clock), n: int64(c.Quantity), count: true, seen: map[p.EntityID]bool{}}
			for _, x := range c.Seen {
				h.seen[x] = true
			}
			put(c.Item, c.Lot, c.Stock, h)
			continue
		}
		m := registry.MovementOf(s)
		if m.Void != "" {
			continue
		}
		h := happened{id: id, moment: moment(m.Day, m.Clock), n: -int64(m.Quantity)}
		switch m.Type {
		case registry.MoveReceived:
			h.n, h.column = int64(m.Quantity), "received"
		case registry.MoveIssued:
			h.column = "returned"
		case registry.MoveUsed:
			h.column = "used"
		case registry.MoveDiscarded:
			h.column = map[registry.DiscardReason]string{1: "open-rest", 2: "expired", 3: "vvm", 4: "frozen", 5: "heat", 6: "broken", 7: "recall", 8: "lost", 9: "lost"}[m.Reason]
		}
		put(m.Item, m.Lot, m.Stock, h)
	}
	return out
}

// left is what a lot's ledger says for a moment: what the last count before it found and what that count does not know.
func left(list []happened, at int64) int64 {
	var count *happened
	entered := false
	for i := range list {
		h := &list[i]
		if h.moment >= at {
			continue
		}
		entered = entered || h.column != "given"
		if h.count && (count == nil || h.moment > count.moment || h.moment == count.moment && h.id.Compare(count.id) > 0) {
			count = h
		}
	}
	if !entered {
		return 0
	}
	n := int64(0)
	if count != nil {
		n = count.n
	}
	for i := range list {
		if h := &list[i]; !h.count && h.moment < at && (count == nil || h.moment >= count.moment && !count.seen[h.id]) {
			n += h.n
		}
	}
	return n
}

// The supplies of the twelve months of a year, of the year and of other days, against a recount to the last unit. Each line adds up, and
// each number opens as many doses or pieces as it says.
func TestSuppliesEqualARecount(t *testing.T) {
	y := newYear(t, *yearChildren)
	l := newLedger(t, y, *yearMovements)
	all := l.recountStock(t)
	forms, err := report.Layouts()
	if err != nil {
		t.Fatal(err)
	}
	var periods []report.Period
	for m := range 12 + 11 {
		month := registry.NewMonth(2025, time.January) + registry.Month(m)
		periods = append(periods, report.Period{From: month.First(), To: month.Last()})
	}
	periods = append(periods, report.Period{From: periods[0].From, To: periods[11].To}, report.Period{From: periods[2].From + 4, To: periods[4].From + 6})
	seen := map[string]int64{}
	for _, period := range periods {
		s := l.supplies(t, report.LayoutOn(forms, "supplies", period.To), period)
		start, end := int64(period.From)*1440, int64(period.To+1)*1440
		lines := map[string]*report.SupplyLine{}
		for i := range s.Lines {
			lines[s.Lines[i].Key()] = &s.Lines[i]
		}
		for key, list := range all {
			want := map[string]int64{"opening": left(list, start), "closing": left(list, end)}
			people := map[p.EntityID]bool{}
			want["difference"] = want["closing"] - want["opening"]
			for _, h := range list {
				if h.count || h.moment < start || h.moment >= end {
					continue
				}
				want[h.column] += max(h.n, -h.n)
				want["difference"] -= h.n
				if h.who != (p.EntityID{}) {
					people[h.who] = true
				}
			}
			want["children"] = int64(len(people))
			line := lines[key]
			if line == nil {
				line = &report.SupplyLine{}
			}
			for i := range s.Layout.Columns {
				c := &s.Layout.Columns[i]
				if got := line.Amount(c); got != want[c.Key] {
					t.Errorf("%s to %s, %s, %s: %d, counted %d", period.From, period.To, key, c.Key, got, want[c.Key])
				}
				seen[c.Key] += max(want[c.Key], -want[c.Key])
				switch c.Key {
				case "opening", "closing", "difference", "children":
					continue
				}
				opens := int64(0)
				for _, e := range s.Of(key, c.Key) {
					opens += e.Amount
				}
				if opens != want[c.Key] {
					t.Errorf("%s to %s, %s, %s: opens %d, counted %d", period.From, period.To, key, c.Key, opens, want[c.Key])
				}
			}
		}
		for key := range lines {
			if all[key] == nil {
				t.Errorf("%s to %s: a line of %s, which nobody moved", period.From, period.To, key)
			}
		}
	}
	t.Logf("%d doses, %d movements of %d lots %v: %v", len(y.doses), len(l.entries), len(all), l.kinds, seen)
	for i := range forms {
		for k := range forms[i].Columns {
			if c := &forms[i].Columns[k]; forms[i].Kind == report.KindSupplies && seen[c.Key] == 0 {
				t.Errorf("nothing of %s was there to be counted", c.Key)
			}
		}
	}
	l.now(t)
}

// now holds the report that ends today against the balances that the ledger keeps by difference.
func (l *ledger) now(t testing.TB) {
	t.Helper()
	forms, err := report.Layouts()
	if err != nil {
		t.Fatal(err)
	}
	today := l.st.Today()
	s := l.supplies(t, report.LayoutOn(forms, "supplies", today), report.Period{From: today - 20, To: today})
	got := map[string]int64{}
	for i := range s.Lines {
		got[s.Lines[i].Key()] = s.Lines[i].Closing
	}
	if err := l.st.Node.Store().View(context.Background(), func(tx store.Tx) error {
		rows, err := tx.Stock(l.tree.Facility)
		for i := range rows {
			r := &rows[i]
			if key := fmt.Sprintf("%s.%s.%s", r.Key.Item, r.Key.Lot, r.Key.Stock); r.Entries > 0 && got[key] != r.Balance() {
				t.Errorf("%s: the report ends with %d, the ledger with %d", key, got[key], r.Balance())
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func (l *ledger) supplies(t testing.TB, layout *report.Layout, period report.Period) (s *report.Supplies) {
	t.Helper()
	if err := l.st.Node.Store().View(context.Background(), func(tx store.Tx) (err error) {
		s, err = report.FillSupplies(tx, layout, l.source(), period)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

// BenchmarkSupplies makes the report of November, to whose balances two years have added up.
func BenchmarkSupplies(b *testing.B) {
	y := newYear(b, *yearChildren)
	l := newLedger(b, y, *yearMovements)
	forms, err := report.Layouts()
	if err != nil {
		b.Fatal(err)
	}
	month := registry.NewMonth(2026, time.November)
	for b.Loop() {
		l.supplies(b, report.LayoutOn(forms, "supplies", month.Last()), report.Period{From: month.First(), To: month.Last()})
	}
	b.ReportMetric(float64(len(y.doses)), "doses")
}
