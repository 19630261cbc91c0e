package node_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/merge"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// same fails unless both machines hold equal values of an entity.
func same(t *testing.T, x, y *machine, id p.EntityID) {
	t.Helper()
	a, b := x.state(id), y.state(id)
	if a == nil || b == nil || !merge.Equal(a, b) {
		t.Errorf("entity %s differs:\n%+v\n%+v", id, a, b)
	}
}

func (m *machine) edit(id p.EntityID, f p.Field, d p.Data) {
	m.t.Helper()
	m.act(registry.Edit(m.state(id), f, d))
}

func TestConcurrentEditsStandSideBySideUntilSettled(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	c.a.edit(child, registry.SubjectMotherPhone, p.Text("0385000412"+""))
	c.a.edit(child, registry.SubjectMotherPhone, p.Text("0385000413"))
	c.province.edit(child, registry.SubjectMotherPhone, p.Text("0385000421"))
	c.province.edit(child, registry.SubjectHamlet, p.Text("Na Phay 2"))
	c.quiet()
	for _, m := range []*machine{c.a, c.province, c.centre} {
		if v := m.state(child).Values(registry.SubjectMotherPhone); len(v) != 2 {
			t.Fatalf("%d phone numbers stand, want both", len(v))
		}
		if v := m.state(child).Values(registry.SubjectHamlet); len(v) != 1 {
			t.Errorf("%d hamlets stand, want 1: nobody else wrote it", len(v))
		}
	}
	rows := conflicts(t, c.centre)
	if len(rows) != 1 || rows[0] != registry.SubjectMotherPhone {
		t.Errorf("conflicts at the centre: %v, want the phone", rows)
	}
	c.a.edit(child, registry.SubjectMotherPhone, p.Text("0385000421"))
	c.quiet()
	if v := c.centre.state(child).Values(registry.SubjectMotherPhone); len(v) != 1 {
		t.Errorf("%d phone numbers stand after one was chosen", len(v))
	}
	if rows := conflicts(t, c.centre); len(rows) != 0 {
		t.Errorf("conflicts are still listed: %v", rows)
	}
	same(t, c.a, c.centre, child)
}

func conflicts(t *testing.T, m *machine) []p.Field {
	t.Helper()
	var out []p.Field
	err := m.st.View(context.Background(), func(tx store.Tx) error {
		rows, err := tx.Conflicts(100)
		for _, r := range rows {
			out = append(out, r.Field)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestChildThatMovesIsAtBothPlaces(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	d := c.a.act(dose(t, child, c.placeA, "BCG"))[0]
	other := c.a.act(subject(t, c.a, c.communeA, "Cà Bảo Ngọc"))[0]
	c.quiet()
	c.province.edit(child, p.FieldPlace, p.Ref(c.communeB))
	c.province.edit(other, p.FieldPlace, p.Ref(c.communeB))
	c.quiet()
	same(t, c.b, c.centre, child)
	same(t, c.b, c.centre, d)
	same(t, c.b, c.centre, other)
	// B now doses the child; A gave a dose once, so its copy follows. The other child was never dosed at A:
	// A's copy left with the state that made it leave, and is silent from then on.
	d2 := c.b.act(dose(t, child, c.placeB, "SOI"))[0]
	c.b.edit(other, registry.SubjectNote, p.Text("từ khi chuyển đi"))
	c.quiet()
	same(t, c.a, c.centre, d2)
	if got := c.a.text(other, registry.SubjectNote); got != "" {
		t.Errorf("A still follows a child that left: %q", got)
	}
	if got, _ := c.a.state(other).Get(p.FieldPlace).Ref(); got != c.communeB {
		t.Error("A does not know where the child went")
	}
	if res := c.a.sync(c.province); !res.Level {
		t.Errorf("A and the hub are not level: %+v", res)
	}
}

// TestLinkTakenApartStaysWithBoth: what becomes of one of two people must not take the word that they are two away from
// the station of the other.
func TestLinkTakenApartStaysWithBoth(t *testing.T) {
	c := newCountry(t)
	one := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	two := c.b.act(subject(t, c.b, c.communeB, "Lò Gia Bảo"))[0]
	c.quiet()
	d, err := registry.NewLink(one, two, false)
	if err != nil {
		t.Fatal(err)
	}
	link := c.province.act(d)[0]
	c.province.edit(one, p.FieldPlace, p.Ref(c.communeB))
	c.province.edit(one, p.FieldPlace, p.Ref(c.communeA))
	at := map[p.EntityID]bool{}
	c.province.view(func(tx store.Tx) error {
		rows, err := tx.Routes(link)
		for _, r := range rows {
			at[r.Scope] = !r.Left
		}
		return err
	})
	if !at[c.communeA] || !at[c.communeB] {
		t.Errorf("the link is at A: %v, at B: %v; want both", at[c.communeA], at[c.communeB])
	}
	c.quiet()
	level(t, c.b, c.province, two, link)
	level(t, c.a, c.province, one, link)
}

func TestCutAnywhereLosesAndDoublesNothing(t *testing.T) {
	c := newCountry(t)
	var children []p.EntityID
	for i := range 30 {
		children = append(children, c.a.act(subject(t, c.a, c.communeA, fmt.Sprintf("Lò Văn %d", i)))[0])
	}
	// Another laptop of the same station, empty: it has everything to fetch.
	empty := newMachine(t, "a2", true)
	c.province.enrol(empty, c.placeA, registry.NodeStation, 103)

	for cut := 0; cut < 4000; cut += 97 {
		_, _ = c.a.call(c.province, cut, -1)
	}
	c.a.sync(c.province)
	for cut := 0; cut < 4000; cut += 89 {
		if _, err := empty.call(c.province, -1, cut); err == nil {
			break
		}
	}
	empty.sync(c.province)
	c.quiet()
	for _, id := range children {
		same(t, empty, c.centre, id)
		same(t, c.a, c.centre, id)
	}
	if got := subjects(t, c.centre); got != 30 {
		t.Errorf("%d children at the centre, want 30", got)
	}
}

func subjects(t *testing.T, m *machine) int64 {
	t.Helper()
	var n int64
	err := m.st.View(context.Background(), func(tx store.Tx) error {
		k, err := tx.Counts()
		n = k.Subjects
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// copyDir copies a stopped machine's folder.
func copyDir(t testing.TB, from, to string) {
	t.Helper()
	files, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, f.Name()), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestClonedLaptopsBothSync(t *testing.T) {
	c := newCountry(t)
	first := c.a.act(subject(t, c.a, c.communeA, "Trước khi chép"))[0]
	c.a.stop()
	clone := newMachine(t, "clone", true)
	copyDir(t, c.a.dir, clone.dir)
	clone.id = c.a.id
	c.a.start()
	clone.start()
	x := c.a.act(subject(t, c.a, c.communeA, "Máy một"))[0]
	y := clone.act(subject(t, clone, c.communeA, "Máy hai"))[0]
	for range 4 {
		c.a.sync(c.province)
		clone.sync(c.province)
		c.province.sync(c.centre)
	}
	for _, id := range []p.EntityID{first, x, y} {
		same(t, c.a, c.centre, id)
		same(t, clone, c.centre, id)
	}
	if got := subjects(t, c.centre); got != 3 {
		t.Errorf("%d children at the centre, want 3", got)
	}
}

// TestClonedLaptopsBothSyncWithANewHub: a hub that has heard of one of two machines with one name, and that alone, must
// ask the other for its logs as well.
func TestClonedLaptopsBothSyncWithANewHub(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Trước khi chép"))
	c.quiet()
	c.a.stop()
	clone := newMachine(t, "clone", true)
	copyDir(t, c.a.dir, clone.dir)
	c.a.id.Upstream = node.Upstream{Device: c.centre.id.Device, Key: c.a.id.Root}
	clone.id = c.a.id
	c.a.start()
	clone.start()
	x := c.a.act(subject(t, c.a, c.communeA, "Máy một"))[0]
	y := clone.act(subject(t, clone, c.communeA, "Máy hai"))[0]
	for range 4 {
		c.a.sync(c.centre)
		clone.sync(c.centre)
	}
	for _, id := range []p.EntityID{x, y} {
		same(t, c.a, c.centre, id)
		same(t, clone, c.centre, id)
	}
}

func TestStationRestoredFromBackupGetsItsOwnActsBack(t *testing.T) {
	for _, journalLost := range []bool{false, true} {
		t.Run(fmt.Sprintf("journal lost %v", journalLost), func(t *testing.T) {
			c := newCountry(t)
			c.a.act(subject(t, c.a, c.communeA, "Trước bản sao"))
			c.a.sync(c.province)
			c.a.stop()
			backup := t.TempDir()
			copyDir(t, c.a.dir, backup)
			c.a.start()
			sent := c.a.act(subject(t, c.a, c.communeA, "Đã gửi"))[0]
			c.a.sync(c.province)
			only := c.a.act(subject(t, c.a, c.communeA, "Chỉ trên máy"))[0]
			c.a.stop()
			journal, err := os.ReadFile(filepath.Join(c.a.dir, "journal"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(c.a.dir); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(c.a.dir, 0o700); err != nil {
				t.Fatal(err)
			}
			copyDir(t, backup, c.a.dir)
			if !journalLost {
				if err := os.WriteFile(filepath.Join(c.a.dir, "journal"), journal, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			c.a.start()
			after := c.a.act(subject(t, c.a, c.communeA, "Sau khi phục hồi"))[0]
			c.quiet()
			same(t, c.a, c.centre, sent)
			same(t, c.a, c.centre, after)
			if !journalLost {
				same(t, c.a, c.centre, only)
			}
			if res := c.a.sync(c.province); !res.Level {
				t.Errorf("not level after the restore: %+v", res)
			}
		})
	}
}

func TestHubRestoredFromBackupIsFilledAgain(t *testing.T) {
	c := newCountry(t)
	before := c.a.act(subject(t, c.a, c.communeA, "Trước"))[0]
	c.quiet()
	c.province.stop()
	backup := t.TempDir()
	copyDir(t, c.province.dir, backup)
	c.province.start()
	during := c.a.act(subject(t, c.a, c.communeA, "Sau bản sao"))[0]
	c.a.sync(c.province) // the centre does not hear of it
	c.province.stop()
	copyDir(t, backup, c.province.dir)
	for _, f := range []string{"tramy.db-wal", "tramy.db-shm"} {
		if _, err := os.Stat(filepath.Join(backup, f)); err != nil {
			os.Remove(filepath.Join(c.province.dir, f))
		}
	}
	c.province.start()
	if c.province.state(during) != nil {
		t.Fatal("the backup holds what came after it")
	}
	after := c.a.act(subject(t, c.a, c.communeA, "Sau phục hồi"))[0]
	c.quiet()
	for _, id := range []p.EntityID{before, during, after} {
		same(t, c.a, c.centre, id)
		same(t, c.a, c.province, id)
	}
}

func TestWhatAStationMayNotWriteIsHeldAndAdmitted(t *testing.T) {
	c := newCountry(t)
	good := c.a.act(subject(t, c.a, c.communeA, "Trước"))[0]
	// A dose said to be given at another commune's station.
	bad := c.a.act(dose(t, good, c.placeB, "BCG"))[0]
	behind := c.a.act(subject(t, c.a, c.communeA, "Cùng sổ, sau đó"))[0]
	c.quiet()
	if c.centre.state(good) == nil {
		t.Error("what came before the held act did not arrive")
	}
	if c.centre.state(bad) != nil || c.province.state(bad) != nil || c.centre.state(behind) != nil {
		t.Error("a held act is in a state above its author")
	}
	// Later work goes to a new log and is not held.
	later := c.a.act(subject(t, c.a, c.communeA, "Sổ mới"))[0]
	c.quiet()
	if c.centre.state(later) == nil {
		t.Error("work after the held act is held too")
	}
	st, err := c.a.n.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if st.Held != 2 || len(st.HeldLogs) != 1 {
		t.Errorf("the author is told of %d held changes in %d logs, want 2 in 1", st.Held, len(st.HeldLogs))
	}
	err = c.a.st.View(context.Background(), func(tx store.Tx) error {
		held, err := c.a.n.HeldChanges(tx, 10)
		if len(held) != 2 || held[0].Change.Entity != bad || held[1].Change.Entity != behind || held[0].Reason != p.HoldRights {
			t.Errorf("the author can show %+v", held)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// The author cannot let itself in by sending what only a hub may say.
	c.a.says(c.province, 1, &p.Let{Log: st.HeldLogs[0].ID, In: 1 << 20})
	if c.province.state(bad) != nil {
		t.Fatal("a station let its own held log in")
	}
	if err := c.province.n.Admit(context.Background(), st.HeldLogs[0].ID); err != nil {
		t.Fatal(err)
	}
	c.quiet()
	same(t, c.a, c.centre, bad)
	same(t, c.a, c.centre, behind)
}

func TestTwoContentsUnderOneDotAreNoticed(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Trước"))
	// A machine set back while it runs: two copies write on in the same log.
	ctx := context.Background()
	first, err := c.a.n.Begin(ctx, node.Options{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	_ = first
	c.a.stop()
	clone := newMachine(t, "rolled", true)
	copyDir(t, c.a.dir, clone.dir)
	clone.id = c.a.id
	c.a.start()
	c.a.act(subject(t, c.a, c.communeA, "Nhánh một"))
	fork := c.a.n
	log := ownLog(t, c.a)
	clone.start()
	forge(t, clone, c.a, log)
	c.a.sync(c.province)
	clone.sync(c.province)
	alarmed := false
	err = c.province.st.View(ctx, func(tx store.Tx) error {
		alarms, err := tx.Alarms(10)
		for _, a := range alarms {
			alarmed = alarmed || a.Code == "fork" && a.Device == c.a.id.Device
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !alarmed {
		t.Error("the hub raised no alarm")
	}
	_ = fork
}

// ownLog is the log a machine is writing.
func ownLog(t *testing.T, m *machine) store.LogRow {
	t.Helper()
	var last store.LogRow
	err := m.st.View(context.Background(), func(tx store.Tx) error {
		logs, err := tx.LogsOf(m.id.Device)
		for _, l := range logs {
			if l.Head > l.Sealed {
				last = l
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// forge puts into clone's outbox a segment of m's log with other content under the same dots.
func forge(t *testing.T, clone, m *machine, log store.LogRow) {
	t.Helper()
	ctx := context.Background()
	var tail []store.TailRow
	var opening *p.Opening
	err := m.st.View(ctx, func(tx store.Tx) error {
		var err error
		if tail, err = tx.Tail(); err != nil {
			return err
		}
		b, err := tx.Meta("opening:" + log.ID.String())
		if err != nil {
			return err
		}
		opening, err = node.DecodeOpening(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var changes []p.Change
	for _, r := range tail {
		if r.Log != log.ID {
			continue
		}
		ch, err := p.DecodeChange(r.Change)
		if err != nil {
			t.Fatal(err)
		}
		ch.At.WallMS += 7
		changes = append(changes, *ch)
	}
	raws, err := p.Seal(m.id.Key, opening, p.ChainStart(log.ID), changes)
	if err != nil {
		t.Fatal(err)
	}
	err = clone.st.Update(ctx, func(tx store.Tx) error {
		for _, raw := range raws {
			seg, err := p.ParseSegment(raw)
			if err != nil {
				return err
			}
			if err := tx.PutSegment(&store.SegmentRow{Log: seg.Log, First: seg.First, Count: seg.Count, Raw: raw}); err != nil {
				return err
			}
			k, err := tx.Counter("outbox")
			if err != nil {
				return err
			}
			if err := tx.SetCounter("outbox", k+1); err != nil {
				return err
			}
			if err := tx.PutOutbox(&store.OutboxRow{Position: k + 1, Log: seg.Log, First: seg.First}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestForgedAndDamagedSegmentsAreLeftOutAndTheRestGoesOn(t *testing.T) {
	c := newCountry(t)
	ok := c.a.act(subject(t, c.a, c.communeA, "Trước"))[0]
	ctx := context.Background()
	call, err := c.a.n.Begin(ctx, node.Options{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	var req bytes.Buffer
	if err := call.WriteRequest(&req); err != nil {
		t.Fatal(err)
	}
	// One bit of the segment's payload: the signature no longer fits.
	var damaged bytes.Buffer
	fr, fw := p.NewFrameReader(&req), p.NewFrameWriter(&damaged)
	for {
		f, err := fr.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, is := f.(*p.SegmentFrame); is {
			s.Raw[len(s.Raw)-70] ^= 1
		}
		if err := fw.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	var resp bytes.Buffer
	if err := c.province.n.Serve(ctx, c.a.id.Device, &damaged, &resp); err != nil {
		t.Fatal(err)
	}
	if c.province.state(ok) != nil {
		t.Fatal("a segment with a wrong signature was taken")
	}
	if _, err := call.ReadResponse(&resp); err != nil {
		t.Fatal(err)
	}
	after := c.a.act(subject(t, c.a, c.communeA, "Sau"))[0]
	c.quiet()
	same(t, c.a, c.centre, ok)
	same(t, c.a, c.centre, after)
}

func TestRevokedStationLocksUntilItIsServedAgain(t *testing.T) {
	c := newCountry(t)
	before := c.a.act(subject(t, c.a, c.communeA, "Trước"))[0]
	ctx := context.Background()
	call, err := c.a.n.Begin(ctx, node.Options{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	var answer bytes.Buffer
	if err := p.NewFrameWriter(&answer).Write(&p.Refusal{Code: p.RefusedRevoked, Message: "revoked"}); err != nil {
		t.Fatal(err)
	}
	if _, err := call.ReadResponse(&answer); err != nil {
		t.Fatal(err)
	}
	nothing := func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return []registry.Draft{subject(t, c.a, c.communeA, "Sau")}, nil
	}
	for range 2 { // also after a restart
		if _, err := c.a.n.Append(ctx, p.EntityID{}, nothing); !errors.Is(err, node.ErrRevoked) {
			t.Errorf("a revoked station records: %v", err)
		}
		if err := c.a.n.AppendAccess(ctx, p.EntityID{}, nothing); !errors.Is(err, node.ErrRevoked) {
			t.Errorf("a revoked station shows records: %v", err)
		}
		c.a.stop()
		c.a.start()
	}
	c.a.sync(c.province)
	if _, err := c.a.n.Append(ctx, p.EntityID{}, nothing); err != nil {
		t.Errorf("served again, the station is still locked: %v", err)
	}
	c.quiet()
	same(t, c.a, c.centre, before)
}

// A hub set back to an old state numbers receipts anew: a station that had heard of higher ones must still
// hear what it holds.
func TestTicksAfterAHubWasSetBack(t *testing.T) {
	c := newCountry(t)
	c.quiet()
	c.province.stop()
	backup := t.TempDir()
	copyDir(t, c.province.dir, backup)
	c.province.start()
	for i := range 8 {
		c.b.act(subject(t, c.b, c.communeB, fmt.Sprintf("Trạm B %d", i)))
		c.b.sync(c.province)
	}
	c.a.act(subject(t, c.a, c.communeA, "Một"))
	c.a.sync(c.province) // its receipt has a number that the backup has not reached
	c.province.stop()
	for _, f := range []string{"tramy.db", "tramy.db-wal", "tramy.db-shm"} {
		os.Remove(filepath.Join(c.province.dir, f))
	}
	copyDir(t, backup, c.province.dir)
	c.province.start()
	c.a.act(subject(t, c.a, c.communeA, "Hai"))
	c.a.sync(c.province)
	c.province.sync(c.centre)
	c.a.sync(c.province)
	st, err := c.a.n.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if st.Saved != 0 || st.AtRoot != 2 {
		t.Errorf("ticks: %d only here, %d at the root; want 0 and 2", st.Saved, st.AtRoot)
	}
}

// A tree tied into a loop is refused by the node that finds itself above its own upstream.
func TestLoopIsRefused(t *testing.T) {
	c := newCountry(t)
	ctx := context.Background()
	call, err := c.province.n.Begin(ctx, node.Options{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := call.Notice(&p.Notice{Above: []p.EntityID{c.centre.id.Device, c.province.id.Device}}); !errors.Is(err, node.ErrLoop) {
		t.Errorf("a loop: %v", err)
	}
	// A station hears of every node above it.
	call, err = c.a.n.Begin(ctx, node.Options{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	var req, resp bytes.Buffer
	if err := call.WriteRequest(&req); err != nil {
		t.Fatal(err)
	}
	if err := c.province.n.Serve(ctx, c.a.id.Device, &req, &resp); err != nil {
		t.Fatal(err)
	}
	fr := p.NewFrameReader(&resp)
	for {
		f, err := fr.Read()
		if err != nil {
			t.Fatal(err)
		}
		if m, ok := f.(*p.Notice); ok {
			if len(m.Above) != 2 || m.Above[0] != c.province.id.Device || m.Above[1] != c.centre.id.Device {
				t.Errorf("the path up is %v", m.Above)
			}
			return
		}
	}
}

// A stolen station says who acted. It may speak for those who work there, never for an account above.
func TestStationCannotChangeThePasswordOfAnotherPlace(t *testing.T) {
	c := newCountry(t)
	user := func(place p.EntityID, login string, role rights.Role) registry.Draft {
		d, err := registry.NewUser(registry.UserInput{Place: place, Login: login, Name: login, Role: int(role), Password: "$argon2id$old"})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	nurse := c.province.act(user(c.communeA, "dien", rights.Nurse))[0]
	officer := c.province.act(user(c.province.id.Place, "ha", rights.Province))[0]
	other := c.province.act(user(c.communeB, "inh", rights.Nurse))[0]
	c.quiet()
	change := func(who p.EntityID) {
		t.Helper()
		_, err := c.a.n.Append(context.Background(), who, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
			return []registry.Draft{{Kind: registry.KindUser, Entity: who, Writes: []p.Write{{Field: registry.UserPassword, Data: p.Text("$argon2id$new")}}}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		c.quiet()
	}
	change(nurse)
	if len(c.centre.state(nurse).Values(registry.UserPassword)) != 2 {
		t.Error("a nurse's own change did not arrive")
	}
	for _, who := range []p.EntityID{officer, other} {
		change(who)
		if v := c.centre.state(who).Values(registry.UserPassword); len(v) != 1 {
			t.Errorf("a station wrote the password of an account elsewhere: %d values stand", len(v))
		}
	}
}
