package storetest

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func metaAndCounters(t *testing.T, s store.Store) {
	view(t, s, func(tx store.Tx) error {
		b, err := tx.Meta("a")
		n, err2 := tx.Counter("a")
		if b != nil || n != 0 {
			t.Errorf("unknown key gives %v, unknown counter %d", b, n)
		}
		return errors.Join(err, err2)
	})
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.SetMeta("a", []byte{1}), tx.SetMeta("a", []byte{2, 0, 3}), tx.SetMeta("e", []byte{}),
			tx.SetMeta("gone", []byte{1}), tx.SetMeta("gone", nil),
			tx.SetCounter("a", 7), tx.SetCounter("a", math.MaxUint64), tx.SetCounter("b", 1))
	})
	view(t, s, func(tx store.Tx) error {
		a, err := tx.Meta("a")
		equal(t, "meta", a, []byte{2, 0, 3})
		if e, _ := tx.Meta("e"); e == nil || len(e) != 0 {
			t.Errorf("an empty value came back as %v", e)
		}
		if g, _ := tx.Meta("gone"); g != nil {
			t.Errorf("a removed key came back as %v", g)
		}
		n, err2 := tx.Counter("a")
		equal(t, "counter", n, uint64(math.MaxUint64))
		return errors.Join(err, err2)
	})
}

func logRow(n int) store.LogRow {
	u := uint64(n)
	return store.LogRow{
		ID: logID(n), Device: id(n % 3), Own: n%2 == 0, Access: n%4 == 0, Head: p.Seq(10 * n), Hash: p.Hash{byte(n), 31: 9},
		Sealed: p.Seq(9 * n), In: p.Seq(10 * n), Fork: p.Seq(n - 1), SealedHash: p.Hash{30: byte(n)}, Via: id(n % 2), Receipt: u + 100,
		Last: p.At{WallMS: int64(n) - 5, OffsetMS: -int32(n)}, UpHere: p.Seq(n), UpHash: p.ShortHash{byte(n), 15: 1},
		UpIn: p.Seq(n + 1), UpReason: p.HoldRevoked, Root: math.MaxUint32,
		RootAt: p.Cursor{Incarnation: p.Incarnation{byte(n)}, Number: math.MaxUint64}, ProofUp: u, ProofTop: u + 1, Told: p.Seq(11 * n),
	}
}

func logs(t *testing.T, s store.Store) {
	var rows []store.LogRow
	for n := range 9 {
		rows = append(rows, logRow(n+1))
	}
	rows[3].In--
	rows[3].Reason = p.HoldLimit
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutLog) })
	view(t, s, func(tx store.Tx) error {
		for i := range rows {
			got, err := tx.Log(rows[i].ID)
			if err != nil {
				return err
			}
			equal(t, "log", got, &rows[i])
		}
		none, err := tx.Log(logID(77))
		if none != nil || err != nil {
			t.Errorf("unknown log: %v, %v", none, err)
		}
		via, err := tx.LogsVia(id(1), 103)
		same(t, "logs via a child, by receipt", via, []store.LogRow{rows[4], rows[6], rows[8]})
		of, err2 := tx.LogsOf(id(1))
		same(t, "logs of a device", of, []store.LogRow{rows[0], rows[3], rows[6]})
		held, err3 := tx.HeldLogs()
		same(t, "held logs", held, []store.LogRow{rows[3]})
		heldOf, err6 := tx.HeldLogsOf(id(1))
		same(t, "held logs of a device", heldOf, []store.LogRow{rows[3]})
		heldOf, err7 := tx.HeldLogsOf(id(2))
		same(t, "held logs of another device", heldOf, nil)
		all, err4 := tx.Logs(p.LogID{}, 4)
		same(t, "first logs", all, rows[:4])
		all, err5 := tx.Logs(rows[3].ID, 100)
		same(t, "further logs", all, rows[4:])
		return errors.Join(err, err2, err3, err4, err5, err6, err7)
	})
	rows[3].In++
	rows[3].Reason = p.HoldNone
	rows[3].Receipt = 1
	update(t, s, func(tx store.Tx) error { return tx.PutLog(&rows[3]) })
	view(t, s, func(tx store.Tx) error {
		got, err := tx.Log(rows[3].ID)
		equal(t, "log put again", got, &rows[3])
		held, err2 := tx.HeldLogs()
		same(t, "held logs", held, nil)
		return errors.Join(err, err2)
	})
}

func segments(t *testing.T, s store.Store) {
	rows := []store.SegmentRow{
		{Log: logID(1), First: 1, Count: 5, Raw: []byte("a")},
		{Log: logID(1), First: 6, Count: 1, Raw: bytes.Repeat([]byte{7}, 1<<20)},
		{Log: logID(1), First: 9, Count: 2, Raw: []byte("c")},
		{Log: logID(2), First: 1, Count: 1, Raw: []byte("d")},
		// The same changes under two borders: sealed again after a crash, or by their author for a neighbour.
		{Log: logID(4), First: 1, Count: 20, Raw: []byte("e")},
		{Log: logID(4), First: 4, Count: 2, Raw: []byte("f")},
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutSegment) })
	view(t, s, func(tx store.Tx) error {
		for _, c := range []struct {
			log  int
			seq  p.Seq
			want int
		}{{1, 1, 0}, {1, 5, 0}, {1, 6, 1}, {1, 7, -1}, {1, 8, -1}, {1, 9, 2}, {1, 10, 2}, {1, 11, -1}, {2, 1, 3}, {2, 2, -1}, {3, 1, -1}, {1, 0, -1}, {4, 3, 4}, {4, 5, 5}, {4, 6, 4}, {4, 20, 4}, {4, 21, -1}} {
			got, err := tx.SegmentHolding(logID(c.log), c.seq)
			switch {
			case err != nil:
				return err
			case c.want < 0 && got != nil:
				t.Errorf("log %d seq %d: found %d, want none", c.log, c.seq, got.First)
			case c.want >= 0:
				equal(t, "segment", got, &rows[c.want])
			}
		}
		return nil
	})
}

// cutSegments: a log is cut back where it was issued again. What the outbox holds behind keeps its place.
func cutSegments(t *testing.T, s store.Store) {
	seg := []store.SegmentRow{
		{Log: logID(1), First: 1, Count: 5, Raw: []byte("a")},
		{Log: logID(1), First: 6, Count: 2, Raw: []byte("b")},
		{Log: logID(1), First: 8, Count: 1, Raw: []byte("c")},
		{Log: logID(2), First: 7, Count: 1, Raw: []byte("d")},
	}
	rows := []store.OutboxRow{
		{Position: 1, Log: logID(1), First: 1, Raw: []byte("a")},
		{Position: 2, Log: logID(1), First: 6, Low: true, Raw: []byte("b")},
		{Position: 3, Log: logID(1), In: 3, Reason: p.HoldLimit},
		{Position: 4, Log: logID(2), First: 7, Raw: []byte("d")},
		{Position: 5, Log: logID(1), First: 8, Raw: []byte("c")},
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(each(seg, tx.PutSegment), each(rows, tx.PutOutbox), tx.CutSegments(logID(3), 1), tx.CutSegments(logID(1), 9))
	})
	all := func() []store.OutboxRow {
		return read(t, s, func(tx store.Tx) ([]store.OutboxRow, error) { return tx.Outbox(0, 100) })
	}
	same(t, "outbox, when nothing was cut", all(), rows)
	update(t, s, func(tx store.Tx) error { return tx.CutSegments(logID(1), 6) })
	rows[1], rows[4] = store.OutboxRow{Position: 2, Log: logID(1), Low: true}, store.OutboxRow{Position: 5, Log: logID(1)}
	same(t, "outbox", all(), rows)
	view(t, s, func(tx store.Tx) error {
		kept, err := tx.SegmentHolding(logID(1), 5)
		equal(t, "the segment before", kept, &seg[0])
		gone, err2 := tx.SegmentHolding(logID(1), 6)
		if gone != nil {
			t.Errorf("segment from %d is still there", gone.First)
		}
		counts, err3 := tx.Counts()
		equal(t, "counts", counts, store.Counts{Changes: 6, Segments: 2})
		return errors.Join(err, err2, err3)
	})
}

func outbox(t *testing.T, s store.Store) {
	seg := []store.SegmentRow{{Log: logID(1), First: 1, Count: 5, Raw: []byte("a")}, {Log: logID(2), First: 1, Count: 1, Raw: []byte("b")}}
	rows := []store.OutboxRow{
		{Position: 3, Log: logID(1), First: 1, Raw: []byte("a")},
		{Position: 4, Log: logID(2), In: 7, Reason: p.HoldLimit},
		{Position: 9, Log: logID(2), First: 1, Low: true, Raw: []byte("b")},
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(each(seg, tx.PutSegment), each(shuffled(rows), tx.PutOutbox))
	})
	view(t, s, func(tx store.Tx) error {
		all, err := tx.Outbox(0, 100)
		same(t, "outbox", all, rows)
		some, err2 := tx.Outbox(3, 1)
		same(t, "outbox after 3", some, rows[1:2])
		none, err3 := tx.Outbox(9, 10)
		same(t, "outbox after the end", none, nil)
		return errors.Join(err, err2, err3)
	})
}

func tail(t *testing.T, s store.Store) {
	row := func(log int, seq p.Seq) store.TailRow {
		return store.TailRow{Log: logID(log), Seq: seq, Change: []byte{byte(log), byte(seq)}}
	}
	update(t, s, func(tx store.Tx) error {
		for _, r := range []store.TailRow{row(5, 1), row(2, 8), row(5, 2), row(2, 9), row(5, 3)} {
			if err := tx.PutTail(r.Log, r.Seq, r.Change); err != nil {
				return err
			}
		}
		return nil
	})
	got := read(t, s, func(tx store.Tx) ([]store.TailRow, error) { return tx.Tail() })
	same(t, "tail, by first use of its logs", got, []store.TailRow{row(5, 1), row(5, 2), row(5, 3), row(2, 8), row(2, 9)})
	for _, r := range []store.TailRow{row(2, 8), row(5, 3), row(5, 4), row(3, 1)} {
		one := read(t, s, func(tx store.Tx) (*store.TailRow, error) { return tx.TailAt(r.Log, r.Seq) })
		if there := slices.ContainsFunc(got, func(x store.TailRow) bool { return x.Log == r.Log && x.Seq == r.Seq }); there != (one != nil) {
			t.Errorf("change %d of %s in the tail: %v, asked for alone: %v", r.Seq, r.Log, there, one)
		} else if there {
			same(t, "one row of the tail", []store.TailRow{*one}, []store.TailRow{r})
		}
	}
	update(t, s, func(tx store.Tx) error { return tx.DeleteTail(logID(5), 1, 2) })
	got = read(t, s, func(tx store.Tx) ([]store.TailRow, error) { return tx.Tail() })
	if len(got) != 3 {
		t.Fatalf("%d rows of the tail are left, want 3", len(got))
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.DeleteTail(logID(5), 1, 3), tx.DeleteTail(logID(2), 1, 100))
	})
	same(t, "emptied tail", read(t, s, func(tx store.Tx) ([]store.TailRow, error) { return tx.Tail() }), nil)
}

func parked(t *testing.T, s store.Store) {
	rows := []store.ParkedRow{
		{Log: logID(1), First: 1, Device: id(1), Via: id(9), Raw: []byte("a")},
		{Log: logID(1), First: 4, Device: id(1), Via: id(9), Raw: []byte("b")},
		{Log: logID(2), First: 1, Raw: []byte("c")},
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(each(shuffled(rows), tx.PutParked), tx.PutParked(&rows[0]))
	})
	of := func(e p.EntityID) []store.ParkedRow {
		return read(t, s, func(tx store.Tx) ([]store.ParkedRow, error) { return tx.Parked(e) })
	}
	same(t, "parked of a device", of(id(1)), rows[:2])
	same(t, "parked of nobody known", of(p.EntityID{}), rows[2:])
	update(t, s, func(tx store.Tx) error { return tx.DeleteParked(logID(1), 1) })
	same(t, "parked after deletion", of(id(1)), rows[1:2])
}

func edits(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutEdit(id(1), dot(9, 2)), tx.PutEdit(id(2), dot(1, 1)), tx.PutEdit(id(1), dot(3, 7)),
			tx.PutEdit(id(1), dot(9, 2)))
	})
	update(t, s, func(tx store.Tx) error { return tx.PutEdit(id(1), dot(1, 1)) })
	view(t, s, func(tx store.Tx) error {
		got, err := tx.Edits(id(1))
		same(t, "edits in order of arrival", got, []p.Dot{dot(9, 2), dot(3, 7), dot(1, 1)})
		none, err2 := tx.Edits(id(3))
		same(t, "edits of what was never edited", none, nil)
		return errors.Join(err, err2)
	})
}

func memberStates(t *testing.T, s store.Store) {
	one, two := state(11), state(12)
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutState(one, true), tx.PutState(two, true),
			tx.PutMember(id(1), id(12)), tx.PutMember(id(1), id(11)), tx.PutMember(id(1), id(13)), tx.PutMember(id(2), id(11)))
	})
	of := func(subject int, have ...p.EntityID) []store.Member {
		return read(t, s, func(tx store.Tx) ([]store.Member, error) {
			return tx.MemberStates(id(subject), func(e p.EntityID) bool { return slices.Contains(have, e) })
		})
	}
	same(t, "members with their states", of(1), []store.Member{{Entity: id(11), State: one}, {Entity: id(12), State: two}, {Entity: id(13)}})
	same(t, "without what the caller has", of(1, id(12)), []store.Member{{Entity: id(11), State: one}, {Entity: id(12)}, {Entity: id(13)}})
	same(t, "members of another", of(2), []store.Member{{Entity: id(11), State: one}})
	same(t, "members of nobody", of(3), nil)
}

func members(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutMember(id(1), id(5000)), tx.PutMember(id(1), id(300)), tx.PutMember(id(1), id(2)),
			tx.PutMember(id(1), id(2)), tx.PutMember(id(2), id(1)), tx.DeleteMember(id(1), id(77)))
	})
	of := func(e p.EntityID) []p.EntityID {
		return read(t, s, func(tx store.Tx) ([]p.EntityID, error) { return tx.Members(e) })
	}
	same(t, "members", of(id(1)), []p.EntityID{id(2), id(300), id(5000)})
	update(t, s, func(tx store.Tx) error { return tx.DeleteMember(id(1), id(300)) })
	same(t, "members after one left", of(id(1)), []p.EntityID{id(2), id(5000)})
	same(t, "members of nobody", of(id(400000)), nil)
}

func routesAndFeed(t *testing.T, s store.Store) {
	inc := p.Incarnation{1, 2, 3}
	a := store.RouteRow{Scope: id(10), Entity: id(1), Number: 5, Hash: [16]byte{1, 15: 1}}
	b := store.RouteRow{Scope: id(11), Entity: id(1), Number: 6, Hash: [16]byte{2}, Left: true, Echo: id(50), EchoInc: inc}
	c := store.RouteRow{Scope: id(10), Entity: id(2), Number: 6, Hash: [16]byte{3}, Echo: id(50), EchoInc: inc}
	d := store.RouteRow{Scope: id(10), Entity: id(3), Number: 6, Hash: [16]byte{4}, Echo: id(50), EchoInc: p.Incarnation{9}}
	all := store.RouteRow{Entity: id(4), Number: 1 << 40, Hash: [16]byte{5}}
	rows := []store.RouteRow{a, b, c, d, all}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutRoute) })
	feed := func(scope p.EntityID, after p.FeedNumber, limit int) []store.RouteRow {
		return read(t, s, func(tx store.Tx) ([]store.RouteRow, error) { return tx.Feed(scope, after, limit) })
	}
	same(t, "routes by scope", read(t, s, func(tx store.Tx) ([]store.RouteRow, error) { return tx.Routes(id(1)) }), []store.RouteRow{a, b})
	same(t, "routes of nothing", read(t, s, func(tx store.Tx) ([]store.RouteRow, error) { return tx.Routes(id(99)) }), nil)
	same(t, "feed", feed(id(10), 0, 10), []store.RouteRow{a, c, d})
	same(t, "feed after 5", feed(id(10), 5, 1), []store.RouteRow{c})
	same(t, "feed to everybody", feed(p.EntityID{}, 0, 10), []store.RouteRow{all})
	same(t, "feed of an unknown scope", feed(id(12), 0, 10), nil)
	a.Number, a.Echo, a.EchoInc = 9, id(51), inc
	c.Number, c.Echo, c.EchoInc, c.Left = 10, p.EntityID{}, p.Incarnation{}, true
	update(t, s, func(tx store.Tx) error { return each([]store.RouteRow{a, c}, tx.PutRoute) })
	same(t, "feed after rows moved forward", feed(id(10), 0, 10), []store.RouteRow{d, a, c})
}

func sums(t *testing.T, s store.Store) {
	sum := store.ScopeSum{Sum: p.Sum{255, 15: 1}, Count: 3}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutSum(id(1), store.ScopeSum{Count: 9}), tx.PutSum(id(1), sum), tx.PutSum(p.EntityID{}, store.ScopeSum{Count: 1}))
	})
	view(t, s, func(tx store.Tx) error {
		got, err := tx.Sum(id(1))
		equal(t, "sum", got, sum)
		zero, err2 := tx.Sum(id(2))
		equal(t, "sum of an unknown scope", zero, store.ScopeSum{})
		every, err3 := tx.Sum(p.EntityID{})
		equal(t, "sum of what goes to everybody", every, store.ScopeSum{Count: 1})
		return errors.Join(err, err2, err3)
	})
}

func cursors(t *testing.T, s store.Store) {
	rows := []store.CursorRow{
		{Upstream: id(9), Cursor: p.Cursor{Incarnation: p.Incarnation{1}, Number: 4}},
		{Upstream: id(9), Scope: id(1), Cursor: p.Cursor{Incarnation: p.Incarnation{2}, Number: math.MaxUint64}, Complete: true},
		{Upstream: id(9), Scope: id(2)},
	}
	other := store.CursorRow{Upstream: id(8), Scope: id(1)}
	update(t, s, func(tx store.Tx) error { return errors.Join(each(shuffled(rows), tx.PutCursor), tx.PutCursor(&other)) })
	of := func(up p.EntityID) []store.CursorRow {
		return read(t, s, func(tx store.Tx) ([]store.CursorRow, error) { return tx.Cursors(up) })
	}
	same(t, "cursors by scope", of(id(9)), rows)
	rows[0].Cursor.Number = 5
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.PutCursor(&rows[0]), tx.DeleteCursor(id(9), id(2))) })
	same(t, "cursors after a change", of(id(9)), rows[:2])
	same(t, "cursors of another upstream", of(id(8)), []store.CursorRow{other})
}

func incarnations(t *testing.T, s store.Store) {
	rows := []store.IncarnationRow{
		{Incarnation: p.Incarnation{9}, Order: 1, FeedEnd: math.MaxUint64, OutboxEnd: 3, Ended: true},
		{Incarnation: p.Incarnation{1}, Order: 2, FeedEnd: 5, OutboxEnd: 4, Ended: true},
		{Incarnation: p.Incarnation{5}, Order: 3},
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutIncarnation) })
	got := func() []store.IncarnationRow {
		return read(t, s, func(tx store.Tx) ([]store.IncarnationRow, error) { return tx.Incarnations() })
	}
	same(t, "incarnations, oldest first", got(), rows)
	rows[2].FeedEnd, rows[2].Ended = 8, true
	update(t, s, func(tx store.Tx) error { return tx.PutIncarnation(&rows[2]) })
	same(t, "incarnations after one ended", got(), rows)
}

func childPositions(t *testing.T, s store.Store) {
	at := func(inc byte, n uint64) p.Position { return p.Position{Incarnation: p.Incarnation{inc}, Number: n} }
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutChildPosition(id(1), at(1, 5)), tx.PutChildPosition(id(1), at(2, 3)),
			tx.PutChildPosition(id(2), at(1, 1)), tx.PutChildPosition(id(1), at(1, 6)))
	})
	view(t, s, func(tx store.Tx) error {
		got, err := tx.ChildPositions(id(1))
		same(t, "positions, newest first", got, []p.Position{at(1, 6), at(2, 3)})
		none, err2 := tx.ChildPositions(id(3))
		same(t, "positions of nobody", none, nil)
		return errors.Join(err, err2)
	})
}

func children(t *testing.T, s store.Store) {
	rows := []store.ChildRow{
		{Device: id(1), TokenHash: []byte{1, 2}, ContactMS: 3, ClockErrMS: -4, Pending: 5, Software: "x", LevelMS: 6, UnequalMS: 7, Request: math.MaxUint64, DataMS: 9, RootSumMS: 10, BackupMS: 11},
		{Device: id(2), TokenHash: []byte{}, BackupMS: store.NoBackup},
		{Device: id(3), TokenHash: []byte{3}},
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutChild) })
	rows[1].Pending, rows[1].TokenHash = 8, []byte{9}
	update(t, s, func(tx store.Tx) error { return tx.PutChild(&rows[1]) })
	view(t, s, func(tx store.Tx) error {
		all, err := tx.Children()
		same(t, "children by device", all, rows)
		one, err2 := tx.Child(id(2))
		equal(t, "child", one, &rows[1])
		none, err3 := tx.Child(id(4))
		equal(t, "unknown child", none, nil)
		return errors.Join(err, err2, err3)
	})
}

func stationsHeard(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		var errs []error
		for n, d := range []project.DeviceRow{
			{Role: registry.NodeStation}, {Role: registry.NodeStation}, {Role: registry.NodeStation}, {Role: registry.NodeHub}, {Role: registry.NodeStation, Revoked: true},
		} {
			d.ID, d.Place = id(n), id(900+n%2)
			errs = append(errs, tx.PutDeviceRow(&d))
		}
		for _, c := range []store.ChildRow{
			{Device: id(0), ContactMS: 5, DataMS: 7}, {Device: id(2), ContactMS: 9, DataMS: 8}, {Device: id(3), ContactMS: 1}, {Device: id(4), ContactMS: 2}, {Device: id(7), ContactMS: 3},
		} {
			errs = append(errs, tx.PutChild(&c))
		}
		return errors.Join(errs...)
	})
	same(t, "stations heard", read(t, s, func(tx store.Tx) ([]store.HeardRow, error) { return tx.StationsHeard() }), []store.HeardRow{
		{Place: id(900), MS: 7}, {Place: id(901)}, {Place: id(900), MS: 9},
	})
}

func proofs(t *testing.T, s store.Store) {
	row := store.ProofRow{ID: 7, Nonce: [16]byte{1, 15: 2}, Heads: bytes.Repeat([]byte{1}, 5000)}
	update(t, s, func(tx store.Tx) error { return tx.PutProof(&row) })
	view(t, s, func(tx store.Tx) error {
		got, err := tx.Proof(7)
		equal(t, "proof", got, &row)
		none, err2 := tx.Proof(8)
		equal(t, "unknown proof", none, nil)
		return errors.Join(err, err2)
	})
}

func exchanges(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		for n := range int64(store.ExchangesKept + 5) {
			if err := tx.PutExchange(&store.ExchangeRow{StartMS: n, EndMS: n + 1, Result: "done", Detail: "d", Sent: 1, Received: 2, BytesUp: 3, BytesDown: 4, Level: n%2 == 0}); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(tx store.Tx) error {
		two, err := tx.Exchanges(2)
		same(t, "newest exchanges", two, []store.ExchangeRow{
			{StartMS: 204, EndMS: 205, Result: "done", Detail: "d", Sent: 1, Received: 2, BytesUp: 3, BytesDown: 4, Level: true},
			{StartMS: 203, EndMS: 204, Result: "done", Detail: "d", Sent: 1, Received: 2, BytesUp: 3, BytesDown: 4},
		})
		all, err2 := tx.Exchanges(1000)
		if len(all) != store.ExchangesKept || all[store.ExchangesKept-1].StartMS != 5 {
			t.Errorf("%d exchanges are kept, want the last %d", len(all), store.ExchangesKept)
		}
		return errors.Join(err, err2)
	})
}

func alarms(t *testing.T, s store.Store) {
	rows := []store.AlarmRow{{WallMS: 3, Code: "fork", Detail: "a"}, {WallMS: 1, Code: "clone", Device: id(7)}}
	update(t, s, func(tx store.Tx) error { return each(rows, tx.PutAlarm) })
	view(t, s, func(tx store.Tx) error {
		all, err := tx.Alarms(10)
		same(t, "alarms, newest first", all, []store.AlarmRow{rows[1], rows[0]})
		one, err2 := tx.Alarms(1)
		same(t, "newest alarm", one, rows[1:])
		return errors.Join(err, err2)
	})
}
