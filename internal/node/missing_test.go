package node_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"tramy/internal/node"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func (m *machine) missing(device p.EntityID) node.Missing {
	m.t.Helper()
	out, err := m.n.Missing(context.Background(), device)
	if err != nil {
		m.t.Fatal(err)
	}
	return out
}

// sealed returns the segments of this node's own logs, as a backup of it would bring them.
func (m *machine) sealed(want func(log p.LogID) bool) [][]byte {
	m.t.Helper()
	if err := m.n.Seal(context.Background()); err != nil {
		m.t.Fatal(err)
	}
	var out [][]byte
	m.view(func(tx store.Tx) error {
		rows, err := tx.LogsOf(m.id.Device)
		for _, row := range rows {
			for next := p.Seq(1); err == nil && next <= row.Sealed && want(row.ID); {
				var seg *store.SegmentRow
				if seg, err = tx.SegmentHolding(row.ID, next); err == nil {
					out = append(out, seg.Raw)
					next = seg.First + p.Seq(seg.Count)
				}
			}
		}
		return err
	})
	return out
}

// logs are the own logs of a machine, in the order of their last change.
func (m *machine) logs() []store.LogRow {
	m.t.Helper()
	var rows []store.LogRow
	m.view(func(tx store.Tx) (err error) {
		rows, err = tx.LogsOf(m.id.Device)
		return err
	})
	rows = slices.DeleteFunc(rows, func(r store.LogRow) bool { return !r.Own })
	slices.SortFunc(rows, func(a, b store.LogRow) int { return int(a.Last.WallMS - b.Last.WallMS) })
	return rows
}

// A laptop is stolen while it sends: the hub can name what did not come, and the list shrinks as it is brought in from a
// backup.
func TestWhatALostMachineHadIsNamed(t *testing.T) {
	c := newCountry(t)
	for range 60 { // more than one segment: no two names are alike
		name := make([]byte, 60)
		_, _ = c.a.rand.Read(name)
		for i := range name {
			name[i] = 'a' + name[i]%26
		}
		c.a.act(subject(t, c.a, c.communeA, string(name)))
	}
	whole := c.a.sealed(func(p.LogID) bool { return true })
	if len(whole) < 2 {
		t.Fatalf("%d segments", len(whole))
	}
	if got := c.province.missing(c.a.id.Device); len(got.Ranges) > 0 || !got.All {
		t.Fatalf("nothing was said yet: %+v", got)
	}
	log := c.a.logs()[0]
	const hello = 400 // Hello and Ends are in it, no segment is
	if _, err := c.a.call(c.province, hello, -1); err == nil {
		t.Fatal("not cut")
	}
	want := []node.MissingRange{{Log: log.ID, First: 1, Last: 60, Signs: []node.Sign{node.SignTold}}}
	if got := c.province.missing(c.a.id.Device); !slices.EqualFunc(got.Ranges, want, sameRange) || got.Changes != 60 {
		t.Errorf("before anything came: %+v", got)
	}
	// Of a backup of before, a part comes in.
	if _, err := c.province.n.BringIn(context.Background(), c.a.id.Device, whole[:1]); err != nil {
		t.Fatal(err)
	}
	got := c.province.missing(c.a.id.Device)
	if len(got.Ranges) != 1 || got.Ranges[0].First < 2 || got.Ranges[0].Last != 60 || got.Ranges[0].AfterMS == 0 {
		t.Errorf("after the first part: %+v", got)
	}
	if _, err := c.province.n.BringIn(context.Background(), c.a.id.Device, whole); err != nil {
		t.Fatal(err)
	}
	if got := c.province.missing(c.a.id.Device); len(got.Ranges) > 0 {
		t.Errorf("after all of it: %+v", got)
	}
	// Who goes on and sends, having been found, leaves nothing on the list either.
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))
	c.quiet()
	if got := c.province.missing(c.a.id.Device); len(got.Ranges) > 0 {
		t.Errorf("after it came back: %+v", got)
	}
}

func sameRange(a, b node.MissingRange) bool {
	return a.Log == b.Log && a.First == b.First && a.Last == b.Last && slices.Equal(a.Signs, b.Signs)
}

// What reached somebody else is seen by the records that come from there.
func TestRecordsOfOthersShowWhatIsMissing(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))
	c.quiet()
	log := c.a.logs()[0]
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Hân"))
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Huy"))
	if _, err := c.centre.n.BringIn(context.Background(), c.a.id.Device, c.a.sealed(func(p.LogID) bool { return true })); err != nil {
		t.Fatal(err)
	}
	c.province.sync(c.centre)
	want := []node.MissingRange{{Log: log.ID, First: 2, Last: 3, Signs: []node.Sign{node.SignRecord}}}
	if got := c.province.missing(c.a.id.Device); !slices.EqualFunc(got.Ranges, want, sameRange) || got.Records < 3 {
		t.Errorf("%+v, want %+v", got, want)
	}
	c.a.sync(c.province)
	if got := c.province.missing(c.a.id.Device); len(got.Ranges) > 0 {
		t.Errorf("after it came: %+v", got)
	}
}

// A log that never arrived is named by the one that follows it, of which nobody knows how long it was.
func TestLogThatALaterOneNamesIsMissing(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))
	*c.a.clock = c.a.clock.Add(24 * time.Hour)
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Hân"))
	logs := c.a.logs()
	if len(logs) != 2 {
		t.Fatalf("%d logs", len(logs))
	}
	bring := func(id p.LogID) {
		t.Helper()
		got, err := c.province.n.BringIn(context.Background(), c.a.id.Device, c.a.sealed(func(log p.LogID) bool { return log == id }))
		if err != nil || got.New != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	bring(logs[1].ID)
	want := []node.MissingRange{{Log: logs[0].ID, First: 1, Signs: []node.Sign{node.SignFollows}}}
	if got := c.province.missing(c.a.id.Device); !slices.EqualFunc(got.Ranges, want, sameRange) {
		t.Errorf("%+v, want %+v", got, want)
	}
	bring(logs[0].ID)
	if got := c.province.missing(c.a.id.Device); len(got.Ranges) > 0 {
		t.Errorf("after it came: %+v", got)
	}
}

// What a child says of a log that is another's is not noted.
func TestNobodySpeaksOfAnothersLog(t *testing.T) {
	c := newCountry(t)
	c.b.act(subject(t, c.b, c.communeB, "Lò Gia Bảo"))
	c.quiet()
	theirs := c.b.logs()[0]
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Hân"))
	c.a.update(func(tx store.Tx) error {
		return tx.PutLog(&store.LogRow{ID: theirs.ID, Device: c.a.id.Device, Own: true, Head: 1000, Hash: theirs.Hash, Sealed: 1000})
	})
	c.a.sync(c.province)
	for _, device := range []p.EntityID{c.a.id.Device, c.b.id.Device} {
		if got := c.province.missing(device); len(got.Ranges) > 0 {
			t.Errorf("%+v", got)
		}
	}
}
