package node_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"tramy/internal/merge"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

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

// setTo puts a state in a store behind the node's back, as a fault of the disk or of the program would.
func (m *machine) setTo(s *p.State) {
	m.t.Helper()
	m.update(func(tx store.Tx) error {
		routes, err := tx.Routes(s.ID)
		if err != nil {
			return err
		}
		for _, r := range routes {
			sum, err := tx.Sum(r.Scope)
			if err != nil {
				return err
			}
			sum.Sum = sum.Sum.Sub(r.Hash)
			r.Hash = p.StateHash(s)
			sum.Sum = sum.Sum.Add(r.Hash)
			if err := tx.PutRoute(&r); err != nil {
				return err
			}
			if err := tx.PutSum(r.Scope, sum); err != nil {
				return err
			}
		}
		return tx.PutState(s, false)
	})
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
		c.a.setTo(s) // the station loses three edits that it had heard
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

// sibling enrols another station at a's place.
func (c *country) sibling(t *testing.T) *machine {
	m := newMachine(t, "sibling", true)
	c.province.enrol(m, c.placeA, registry.NodeStation, 103)
	m.sync(c.province)
	c.quiet()
	return m
}

// setBack returns a function that puts a machine back to how it is now.
func (m *machine) saved() func() {
	m.t.Helper()
	m.stop()
	backup := m.t.TempDir()
	copyDir(m.t, m.dir, backup)
	m.start()
	return func() {
		m.t.Helper()
		m.stop()
		if err := os.RemoveAll(m.dir); err != nil {
			m.t.Fatal(err)
		}
		if err := os.Mkdir(m.dir, 0o700); err != nil {
			m.t.Fatal(err)
		}
		copyDir(m.t, backup, m.dir)
		m.start()
	}
}

func TestWhatOnlyASiblingStillKnowsIsRescued(t *testing.T) {
	c := newCountry(t)
	old := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	sibling := c.sibling(t)
	province, centre := c.province.saved(), c.centre.saved()
	c.quiet()
	c.a.edit(old, registry.SubjectMotherPhone, p.Text("0385000999"))
	child := c.a.act(subject(t, c.a, c.communeA, "Cà Bảo Ngọc"))[0]
	given := c.a.act(dose(t, child, c.placeA, "BCG"))[0]
	c.a.sync(c.province)
	sibling.sync(c.province)
	c.province.sync(c.centre)
	c.a.stop() // its disk is lost for ever
	province()
	centre()
	c.province.sync(c.centre)
	if c.centre.state(child) != nil || c.province.state(child) != nil {
		t.Fatal("the backups hold what came after them")
	}
	for range 3 {
		sibling.sync(c.province)
		c.province.sync(c.centre)
	}
	level(t, sibling, c.province, old, child, given)
	level(t, c.province, c.centre, old, child, given)
	if name, lot := c.centre.text(child, registry.SubjectName), c.centre.text(given, registry.DoseLot); name != "Cà Bảo Ngọc" || lot != "A24-123" {
		t.Errorf("the centre has the child %q and the lot %q", name, lot)
	}
	if v := c.centre.state(old).Values(registry.SubjectMotherPhone); len(v) != 1 || !v[0].Data.Equal(p.Text("0385000999")) {
		t.Errorf("phone numbers at the centre: %+v, want the one that had replaced the other", v)
	}
	c.centre.view(func(tx store.Tx) error {
		rows, err := tx.Rescues(0)
		authors := map[p.EntityID]bool{}
		for _, r := range rows {
			authors[r.Entity] = true
		}
		if len(authors) != 3 || rows[0].Place != c.placeA || rows[0].AuthorMS == 0 {
			t.Errorf("an officer is shown %d rescued values of %d records: %+v", len(rows), len(authors), rows)
		}
		return err
	})
	before := c.centre.state(child)
	sibling.sync(c.province)
	c.province.sync(c.centre)
	if !merge.Equal(before, c.centre.state(child)) {
		t.Error("the rescue goes on although all is equal")
	}
}

func TestWhatTheUpstreamHoldsElsewhereIsNotRescued(t *testing.T) {
	c := newCountry(t)
	child := c.b.act(subject(t, c.b, c.communeB, "Ở xã khác"))[0]
	sibling := c.sibling(t)
	c.quiet()
	province, centre := c.province.saved(), c.centre.saved()
	// The child is pinned to commune A by a dose that only a's sibling will remember.
	given := c.a.act(dose(t, child, c.placeA, "BCG"))[0]
	c.quiet()
	sibling.sync(c.province)
	if sibling.state(child) == nil {
		t.Fatal("the child did not come with its dose")
	}
	c.a.stop()
	province()
	centre()
	for range 3 {
		c.province.sync(c.centre)
		sibling.sync(c.province)
	}
	level(t, sibling, c.province, child, given)
	c.province.view(func(tx store.Tx) error {
		rows, err := tx.Rescues(0)
		for _, r := range rows {
			if r.Entity != given {
				t.Errorf("field %d of an entity that the hub holds was written again", r.Field)
			}
		}
		if len(rows) == 0 {
			t.Error("the dose was not rescued")
		}
		return err
	})
}

func TestRescueOfAnotherPlaceWaitsForAnOfficer(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	c.province.edit(child, p.FieldPlace, p.Ref(c.communeB)) // it moves; both communes keep its record
	c.a.act(dose(t, child, c.placeA, "BCG"))
	c.quiet()
	province, centre := c.province.saved(), c.centre.saved()
	given := c.a.act(dose(t, child, c.placeA, "OPV"))[0]
	c.quiet()
	c.a.stop()
	province()
	centre()
	c.province.sync(c.centre)
	var own []p.EntityID
	for i := 0; ; i++ { // the nurse works on while the station compares and rescues
		if res, err := c.b.call(c.province, -1, -1); err != nil {
			t.Fatal(err)
		} else if !res.More && i > 8 {
			break
		}
		if i < 8 {
			own = append(own, c.b.act(subject(t, c.b, c.communeB, "Của trạm B"))[0])
			_, _ = c.b.call(c.province, -1, -1)
		}
	}
	if c.province.state(given) != nil {
		t.Fatal("a station wrote a dose of another place")
	}
	for _, id := range own {
		if c.province.state(id) == nil {
			t.Error("its own work waits with the rescue")
		}
	}
	var held p.LogID
	c.province.view(func(tx store.Tx) error {
		rows, err := tx.HeldLogs()
		if len(rows) != 1 {
			t.Fatalf("%d logs are held, want the rescue's", len(rows))
		}
		held = rows[0].ID
		return err
	})
	if err := c.province.n.Admit(context.Background(), held); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		c.b.sync(c.province)
		c.province.sync(c.centre)
	}
	level(t, c.b, c.province, child, given)
	level(t, c.province, c.centre, child, given)
}

func TestRejectedChangesAreTakenBack(t *testing.T) {
	c := newCountry(t)
	ctx := context.Background()
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	// One press: a dose said to be given elsewhere, another name, and a child that never was.
	bad := dose(t, child, c.placeB, "BCG")
	rename := registry.Edit(c.a.state(child), registry.SubjectName, p.Text("Tên sai"))
	ids := c.a.act(bad, rename, subject(t, c.a, c.communeA, "Không có thật"))
	c.quiet()
	// Later work, in a log that is let in, touches what will be taken back.
	c.a.edit(ids[2], registry.SubjectHamlet, p.Text("Na Phay 1"))
	c.a.edit(child, registry.SubjectHamlet, p.Text("Na Phay 2"))
	c.quiet()
	if got := c.a.text(child, registry.SubjectName); got != "Tên sai" {
		t.Fatalf("the author shows %q before anybody decided", got)
	}
	var held p.LogID
	c.province.view(func(tx store.Tx) error {
		rows, err := tx.HeldLogs()
		if len(rows) == 1 {
			held = rows[0].ID
		}
		return err
	})
	if err := c.province.n.Reject(ctx, p.EntityID{}, held, "không phải trạm này"); err != nil {
		t.Fatal(err)
	}
	if err := c.province.n.Reject(ctx, p.EntityID{}, held, "lần nữa"); err != node.ErrNothing {
		t.Errorf("rejected twice: %v", err)
	}
	if err := c.province.n.Admit(ctx, held); err != node.ErrNothing {
		t.Errorf("admitted after it was rejected: %v", err)
	}
	c.quiet()
	for name, m := range map[string]*machine{"station": c.a, "province": c.province, "centre": c.centre} {
		if got := m.text(child, registry.SubjectName); got != "Lò Gia Bảo" {
			t.Errorf("%s shows the name %q", name, got)
		}
		if got := m.text(child, registry.SubjectHamlet); got != "Na Phay 2" {
			t.Errorf("%s lost a later edit: hamlet %q", name, got)
		}
		if m.state(ids[0]) != nil {
			t.Errorf("%s has the dose", name)
		}
		if n := subjects(t, m); n != 1 {
			t.Errorf("%s counts %d children, want 1: the other was never let in", name, n)
		}
	}
	level(t, c.a, c.province, child, ids[2])
	st, err := c.a.n.Status(ctx)
	if err != nil || len(st.HeldLogs) != 1 || st.HeldLogs[0].UpReason != p.HoldRejected || st.Held != 0 || st.Rejected == 0 {
		t.Errorf("the author is told of %+v, %v", st.HeldLogs, err)
	}
	// A station that is put back to a backup must not bring it back from its journal.
	c.a.stop()
	c.a.start()
	c.quiet()
	level(t, c.a, c.province, child)
}

// TestRootTakesBackWhatItAdmittedAndAHubRejected: two officers decide at the same time, each at their own hub. The root has
// nobody to ask how things stood before.
func TestRootTakesBackWhatItAdmittedAndAHubRejected(t *testing.T) {
	c := newCountry(t)
	ctx := context.Background()
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	rename := registry.Edit(c.a.state(child), registry.SubjectName, p.Text("Tên sai"))
	ids := c.a.act(dose(t, child, c.placeB, "BCG"), rename)
	c.quiet()
	c.a.edit(child, registry.SubjectHamlet, p.Text("Na Phay 2"))
	c.quiet()
	held := ids[0].Birth().Log
	if err := c.centre.n.Admit(ctx, held); err != nil {
		t.Fatal(err)
	}
	if got := c.centre.text(child, registry.SubjectName); got != "Tên sai" {
		t.Fatalf("the centre shows %q after it let the log in", got)
	}
	if err := c.province.n.Reject(ctx, p.EntityID{}, held, "không phải trạm này"); err != nil {
		t.Fatal(err)
	}
	c.quiet()
	for name, m := range map[string]*machine{"station": c.a, "province": c.province, "centre": c.centre} {
		if got := m.text(child, registry.SubjectName); got != "Lò Gia Bảo" {
			t.Errorf("%s shows the name %q", name, got)
		}
		if got := m.text(child, registry.SubjectHamlet); got != "Na Phay 2" {
			t.Errorf("%s lost a later edit: hamlet %q", name, got)
		}
		if m.state(ids[0]) != nil {
			t.Errorf("%s has the dose", name)
		}
	}
	level(t, c.a, c.province, child)
	level(t, c.province, c.centre, child)
}

// TestMachineSetBackWhileItRan rolls a virtual machine back with its memory: clock, randomness and files
// are those of before, so that it goes on writing the very log whose other continuation its hub has.
func TestMachineSetBackWhileItRan(t *testing.T) {
	for _, again := range []int{0, 1, 6} {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d acts after it, restarted %v", again, restart), func(t *testing.T) { setBackWhileItRan(t, again, restart) })
		}
	}
}

func setBackWhileItRan(t *testing.T, again int, restart bool) {
	c := newCountry(t)
	known := c.a.act(subject(t, c.a, c.communeA, "Đã có"))[0]
	c.quiet()
	c.a.stop()
	snapshot := t.TempDir()
	copyDir(t, c.a.dir, snapshot)
	random, err := c.a.rand.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	clock := *c.a.clock
	c.a.start()
	common := func() p.EntityID {
		id := c.a.act(subject(t, c.a, c.communeA, "Trước khi lùi"))[0]
		c.a.act(dose(t, id, c.placeA, "BCG"))
		return id
	}
	before := common()
	lost := c.a.act(subject(t, c.a, c.communeA, "Lần một"), dose(t, known, c.placeA, "OPV"))
	c.a.edit(known, registry.SubjectHamlet, p.Text("Na Phay 1"))
	c.quiet()

	c.a.stop()
	if err := os.RemoveAll(c.a.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(c.a.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	copyDir(t, snapshot, c.a.dir)
	if err := c.a.rand.UnmarshalBinary(random); err != nil {
		t.Fatal(err)
	}
	*c.a.clock = clock
	c.a.start()
	if common() != before {
		t.Fatal("the machine did not come back as it was")
	}
	var names []string
	for i := range again {
		*c.a.clock = c.a.clock.Add(time.Minute)
		name := fmt.Sprintf("Lần hai %d", i)
		names = append(names, name)
		id := c.a.act(subject(t, c.a, c.communeA, name))[0]
		c.a.edit(id, registry.SubjectMotherPhone, p.Text(fmt.Sprintf("03850005%02d", i)))
		c.a.act(dose(t, id, c.placeA, "BCG"))
		c.a.edit(known, registry.SubjectMotherPhone, p.Text(fmt.Sprintf("03850006%02d", i)))
		if i == again-1 { // the next day's log goes on where the forked one ends
			*c.a.clock = c.a.clock.Add(24 * time.Hour)
			c.a.act(dose(t, id, c.placeA, "OPV"))
			c.a.edit(id, registry.SubjectGuardianName, p.Text("Bà ngoại"))
		}
	}
	c.quiet()
	after := c.a.act(subject(t, c.a, c.communeA, "Sau cùng"))[0]
	if restart {
		c.a.stop()
		c.a.start()
	}
	c.quiet()

	level(t, c.a, c.province, append(lost, known, before, after)...)
	level(t, c.province, c.centre, append(lost, known, before, after)...)
	if c.centre.text(lost[0], registry.SubjectName) != "Lần một" || c.a.text(lost[0], registry.SubjectName) != "Lần một" {
		t.Error("what was written before the machine was set back is lost or overwritten")
	}
	for _, m := range []*machine{c.a, c.province, c.centre} {
		if n := subjects(t, m); n != int64(4+again) {
			t.Errorf("%d children, want %d", n, 4+again)
		}
		m.view(func(tx store.Tx) error {
			rows, err := tx.SearchSubjects(store.SubjectQuery{Words: []string{"lan", "hai"}, Limit: 100})
			if len(rows) != len(names) {
				t.Errorf("%d children of after the set-back are there, want %d", len(rows), len(names))
			}
			for i := range rows {
				doses, err := tx.DosesOfCase(rows[i].ID)
				if err != nil {
					return err
				}
				want := 1
				if rows[i].Name == names[again-1] {
					want = 2
					s, err := tx.State(rows[i].ID)
					if err != nil {
						return err
					}
					if got := s.Get(registry.SubjectGuardianName); !got.Equal(p.Text("Bà ngoại")) {
						t.Errorf("%s: guardian %v", rows[i].Name, got)
					}
				}
				if len(doses) != want || doses[0].Subject != rows[i].ID || rows[i].Phone[:8] != "03850005" {
					t.Errorf("%s: %d doses, want %d, phone %s", rows[i].Name, len(doses), want, rows[i].Phone)
				}
			}
			return err
		})
	}
	c.centre.view(func(tx store.Tx) error {
		doses, err := tx.DosesOfCase(lost[0])
		if len(doses) != 0 {
			t.Errorf("a child whose id was used twice has %d doses that are another's", len(doses))
		}
		return err
	})
	if v := c.centre.state(known).Values(registry.SubjectMotherPhone); again > 0 && (len(v) != 1 || !v[0].Data.Equal(p.Text(fmt.Sprintf("03850006%02d", again-1)))) {
		t.Errorf("phone of a child edited after the set-back: %+v", v)
	}
	if alarmed(c.a, node.AlarmUnequal) {
		t.Error("the feed left out what the machine had lost, and only comparing found it")
	}
	if again > 0 != alarmed(c.a, node.AlarmFork) {
		t.Errorf("alarm of a fork: %v", again == 0)
	}
	if st, err := c.a.n.Status(context.Background()); err != nil || st.Saved != 0 || st.AtHub != 0 {
		t.Errorf("after all is quiet: %d saved here only, %d at the hub, %v", st.Saved, st.AtHub, err)
	}
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
// has heard of the device that wrote it.
func TestSegmentsOfADeviceNotKnownYetAreParkedTogether(t *testing.T) {
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
	give(device)
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

// TestSecondTickGoesOutWhenTheRootIsSetBack: the root and the province lose a log that its author believes
// to be at the root; until it is there again the tick must not say so.
func TestSecondTickGoesOutWhenTheRootIsSetBack(t *testing.T) {
	c := newCountry(t)
	c.b.act(subject(t, c.b, c.communeB, "Vẫn còn"))
	c.quiet()
	centre := c.centre.saved()
	c.quiet()
	c.a.act(subject(t, c.a, c.communeA, "Sẽ mất"))
	c.quiet()
	atRoot := func() uint64 {
		t.Helper()
		st, err := c.a.n.Status(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return st.AtRoot
	}
	if atRoot() != 1 {
		t.Fatalf("%d changes at the root before", atRoot())
	}
	centre()
	// One exchange only: the province hears that the centre was set back; what it sends again comes later.
	if _, err := c.province.call(c.centre, -1, -1); err != nil {
		t.Fatal(err)
	}
	if _, err := c.a.call(c.province, -1, -1); err != nil {
		t.Fatal(err)
	}
	if atRoot() != 0 {
		t.Error("the second tick stands although the root has lost the change")
	}
	c.quiet()
	if atRoot() != 1 {
		t.Error("the second tick does not come back")
	}
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

// The machine whose content of a log came first hears where the other's parts from it, and nothing of its
// own is kept out by that.
func TestNothingIsHeldOfTheContentThatCameFirst(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Một"), subject(t, c.a, c.communeA, "Hai"))
	c.quiet()
	c.a.update(func(tx store.Tx) error {
		rows, err := tx.LogsOf(c.a.id.Device)
		if err != nil {
			return err
		}
		row := rows[len(rows)-1]
		row.UpReason, row.UpIn = p.HoldForked, row.Head-1
		return tx.PutLog(&row)
	})
	st, err := c.a.n.Status(context.Background())
	if err != nil || st.Held != 0 || len(st.HeldLogs) != 0 {
		t.Errorf("%d changes held in %d logs, %v", st.Held, len(st.HeldLogs), err)
	}
	c.a.view(func(tx store.Tx) error {
		held, err := c.a.n.HeldChanges(tx, 10)
		if len(held) != 0 {
			t.Errorf("%d acts are shown as held", len(held))
		}
		return err
	})
}
