package node_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// setTo puts a state in a store behind the node's back.
func (m *machine) setTo(s *p.State) {
	m.t.Helper()
	nodetest.SetBack(m.t, m.st, s)
}

func (m *machine) update(fn func(tx store.Tx) error) {
	m.t.Helper()
	if err := m.st.Update(context.Background(), fn); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) view(fn func(tx store.Tx) error) {
	m.t.Helper()
	if err := m.st.View(context.Background(), fn); err != nil {
		m.t.Fatal(err)
	}
}

// says sends frames behind a Hello of m, as a machine could that does not keep to the rules, and returns the
// answer.
func (m *machine) says(up *machine, segments uint32, frames ...p.Frame) *bytes.Buffer {
	m.t.Helper()
	ctx := context.Background()
	call, err := m.n.Begin(ctx, node.Options{Fresh: true})
	if err != nil {
		m.t.Fatal(err)
	}
	var plain, req, answer bytes.Buffer
	if err := call.WriteRequest(&plain); err != nil {
		m.t.Fatal(err)
	}
	hello, err := p.NewFrameReader(&plain).Read()
	if err != nil {
		m.t.Fatal(err)
	}
	fw := p.NewFrameWriter(&req)
	for _, f := range append(append([]p.Frame{hello}, frames...), &p.RequestEnd{Segments: segments}) {
		if err := fw.Write(f); err != nil {
			m.t.Fatal(err)
		}
	}
	if err := up.n.Serve(ctx, m.id.Device, &req, &answer); err != nil {
		m.t.Fatal(err)
	}
	return &answer
}

// level fails unless a machine and its upstream hold the same, and checks it entity by entity.
func level(t *testing.T, m, up *machine, ids ...p.EntityID) {
	t.Helper()
	if res := m.sync(up); !res.Level {
		t.Errorf("not level: %+v", res)
	}
	for _, id := range ids {
		same(t, m, up, id)
	}
}

func TestSilentDivergenceIsFoundAndMended(t *testing.T) {
	c := newCountry(t)
	var drafts []registry.Draft
	var children []p.EntityID
	for i := range 700 {
		drafts = append(drafts, subject(t, c.a, c.communeA, fmt.Sprintf("Bé %d", i)))
		if len(drafts) == p.ActChangesMax {
			children = append(children, c.a.act(drafts...)...)
			drafts = nil
		}
	}
	c.quiet()
	var old [3]*p.State
	for i := range old {
		old[i] = c.a.state(children[i*200])
	}
	for _, s := range old {
		c.province.edit(s.ID, registry.SubjectHamlet, p.Text("Na Phay 2"))
	}
	c.quiet()
	for _, s := range old {
		nodetest.SetBack(c.a.t, c.a.st, s) // the station loses three edits that it had heard
	}
	received := 0
	for i := 0; ; i++ {
		res, err := c.a.call(c.province, -1, -1)
		if err != nil {
			t.Fatal(err)
		}
		received += res.Received
		if !res.More {
			break
		}
		if i > 8 {
			t.Fatal("comparing does not come to an end")
		}
	}
	if received != len(old) {
		t.Errorf("%d states were fetched for %d that differ", received, len(old))
	}
	level(t, c.a, c.province, children[0], children[200], children[400])
	if !alarmed(c.a, node.AlarmUnequal) {
		t.Error("nobody is told of the divergence")
	}
}

func alarmed(m *machine, code string) bool {
	found := false
	m.view(func(tx store.Tx) error {
		rows, err := tx.Alarms(100)
		for _, r := range rows {
			found = found || r.Code == code
		}
		return err
	})
	return found
}

// TestNewUpstreamIsSentOnlyWhatItLacks moves a station to another hub: the logs that hub has another way do
// not travel again.
func TestNewUpstreamIsSentOnlyWhatItLacks(t *testing.T) {
	c := newCountry(t)
	var ids []p.EntityID
	for i := range 3 {
		ids = append(ids, c.a.act(subject(t, c.a, c.communeA, fmt.Sprintf("Đã lên trung ương %d", i)))...)
		c.quiet()
		c.a.stop()
		c.a.start() // a log of its own each time
	}
	ids = append(ids, c.a.act(subject(t, c.a, c.communeA, "Chỉ ở tỉnh"))...)
	c.a.sync(c.province)
	c.a.stop()
	c.a.id.Upstream = node.Upstream{Device: c.centre.id.Device, Key: c.a.id.Root}
	c.a.start()
	ids = append(ids, c.a.act(subject(t, c.a, c.communeA, "Chưa gửi"))...)
	sent := 0
	for range 20 {
		res, err := c.a.call(c.centre, -1, -1)
		if err != nil {
			t.Fatal(err)
		}
		sent += res.Sent
		if !res.More {
			break
		}
	}
	level(t, c.a, c.centre, ids...)
	// The first request goes on from the other hub's word; then go two logs of five.
	if sent != 1+2 {
		t.Errorf("%d segments were sent, want 3", sent)
	}
	if st, err := c.a.n.Status(context.Background()); err != nil || st.Saved != 0 || st.AtRoot != 5 {
		t.Errorf("ticks: %d only here, %d at the root, %v; want 0 and 5", st.Saved, st.AtRoot, err)
	}
}

// TestSegmentsOfADeviceNotKnownYetAreParkedTogether hands the centre a log of several segments before it
// has heard of the device that wrote it: from the hub that created it, or because it is enrolled at the centre again.
func TestSegmentsOfADeviceNotKnownYetAreParkedTogether(t *testing.T) {
	t.Run("its creation comes", func(t *testing.T) { parkedTogether(t, false) })
	t.Run("the centre writes it again", func(t *testing.T) { parkedTogether(t, true) })
}

func parkedTogether(t *testing.T, writtenAgain bool) {
	c := newCountry(t)
	late := newMachine(t, "late", true)
	c.province.enrol(late, c.placeA, registry.NodeStation, 104)
	late.sync(c.province)
	var ids []p.EntityID
	for i := range 3 {
		ids = append(ids, late.act(subject(t, late, c.communeA, fmt.Sprintf("Bé %d", i)))...)
		late.sync(c.province) // a segment each time
	}
	if err := c.province.n.Seal(context.Background()); err != nil {
		t.Fatal(err)
	}
	var segments [][]byte
	var device []byte
	c.province.view(func(tx store.Tx) error {
		rows, err := tx.Outbox(0, 100)
		for _, r := range rows {
			seg, perr := p.ParseSegment(r.Raw)
			if perr != nil {
				return perr
			}
			switch row, _ := tx.Log(seg.Log); {
			case row.Device == late.id.Device:
				segments = append(segments, r.Raw)
			case r.First > 0:
				device = r.Raw
			}
		}
		return err
	})
	if len(segments) != 3 || device == nil {
		t.Fatalf("%d segments of the late device", len(segments))
	}
	// The province's own log, which creates the device, is sent last.
	give := func(raw ...[]byte) {
		var frames []p.Frame
		for _, r := range raw {
			frames = append(frames, &p.SegmentFrame{Raw: r})
		}
		c.province.says(c.centre, uint32(len(raw)), frames...)
	}
	give(segments...)
	if alarmed(c.centre, node.AlarmGap) || c.centre.state(ids[0]) != nil {
		t.Fatal("segments of an unknown device are taken for gaps, or taken in")
	}
	if writtenAgain {
		s := c.province.state(late.id.Device)
		draft := registry.Draft{Kind: s.Kind, Entity: s.ID}
		for _, f := range s.Fields {
			draft.Writes = append(draft.Writes, p.Write{Field: f.Field, Data: f.Values[0].Data})
		}
		c.centre.act(draft)
	} else {
		give(device)
	}
	for _, id := range ids {
		if c.centre.state(id) == nil {
			t.Errorf("a parked child is not there after its device became known")
		}
	}
}

// TestFirstSyncBeginsWithWhoComesThisWeek cuts a first sync behind its first page of a place.
func TestFirstSyncBeginsWithWhoComesThisWeek(t *testing.T) {
	c := newCountry(t)
	today := registry.Today(*c.a.clock, registry.VietnamOffset)
	var drafts []registry.Draft
	for i := range 4200 {
		drafts = append(drafts, subject(t, c.a, c.communeA, fmt.Sprintf("Bé %d", i)))
		if len(drafts) == p.ActChangesMax {
			c.a.act(drafts...)
			drafts = nil
		}
	}
	due := c.a.act(subject(t, c.a, c.communeA, "Hẹn tuần này"))[0]
	c.a.edit(due, registry.SubjectNextDate, p.Int(int64(today+3)))
	given := c.a.act(dose(t, due, c.placeA, "BCG"))[0]
	later := c.a.act(subject(t, c.a, c.communeA, "Hẹn tháng sau"))[0]
	c.a.edit(later, registry.SubjectNextDate, p.Int(int64(today+30)))
	c.quiet()
	m := newMachine(t, "new", true)
	c.province.enrol(m, c.placeA, registry.NodeStation, 105)
	// Cut at more and more bytes, until the child who comes this week is there.
	for cut := 300; m.state(due) == nil; cut += 200 {
		if _, err := m.call(c.province, -1, cut); err == nil {
			t.Fatal("the whole answer came and the child was not in front")
		}
	}
	if m.state(given) == nil || m.state(later) != nil || subjects(t, m) != 1 {
		t.Errorf("with who comes this week came %d children, the dose: %v", subjects(t, m), m.state(given) != nil)
	}
	m.sync(c.province)
	c.quiet()
	level(t, m, c.province, due, given, later)
}

func TestEqualToTheCentre(t *testing.T) {
	c := newCountry(t)
	equal := func() int64 {
		st, err := c.a.n.Status(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return st.EqualRoot
	}
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	tick := func() {
		for _, m := range []*machine{c.centre, c.province, c.a} {
			*m.clock = m.clock.Add(2 * time.Hour)
		}
		c.quiet()
	}
	tick()
	tick()
	first := equal()
	if first == 0 {
		t.Fatal("the station never heard that it equals the centre")
	}
	c.a.edit(child, registry.SubjectHamlet, p.Text("Na Phay 1"))
	c.a.sync(c.province) // the centre does not hear of it
	*c.centre.clock = c.centre.clock.Add(2 * time.Hour)
	if equal() != first {
		t.Error("the station says that it equals the centre of now")
	}
	tick()
	tick()
	if equal() <= first {
		t.Error("the station does not say that it equals the centre again")
	}

	// A hub that makes up the root's word is not believed.
	second := equal()
	c.province.update(func(tx store.Tx) error {
		rows, err := tx.RootSums()
		for _, r := range rows {
			sum, serr := tx.Sum(r.Scope)
			if serr != nil {
				return serr
			}
			f := &p.RootSum{Scope: r.Scope, WallMS: r.WallMS + 1e9, Sum: sum.Sum}
			p.SignRootSum(f, c.province.id.Key)
			r.WallMS, r.Frame = f.WallMS, p.EncodeFrame(f)
			if err := tx.PutRootSum(&r); err != nil {
				return err
			}
		}
		return err
	})
	c.a.sync(c.province)
	if got := equal(); got != second {
		t.Errorf("equal as of %d by a word that the root never gave, before %d", got, second)
	}
}

func TestRangesAreAnsweredWithinTheChildsScopesOnly(t *testing.T) {
	c := newCountry(t)
	secret := c.b.act(subject(t, c.b, c.communeB, "Ở xã khác"))[0]
	c.quiet()
	answer := c.a.says(c.province, 0,
		&p.Range{Scope: c.communeB, Count: 1}, &p.Want{Scope: c.communeB, Marks: []p.Mark{{Entity: secret}}}, &p.Want{Marks: []p.Mark{{Entity: secret}}})
	for r := p.NewFrameReader(answer); ; {
		f, err := r.Read()
		if err != nil {
			break
		}
		switch f := f.(type) {
		case *p.Part, *p.Page, *p.Known:
			t.Errorf("a station was shown %+v of another commune", f)
		}
	}
}
