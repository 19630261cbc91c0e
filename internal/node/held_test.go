package node_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/store/memory"
	p "tramy/syncproto"
)

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
	write := func(n *machine, who p.EntityID, field p.Field) {
		t.Helper()
		_, err := n.n.Append(context.Background(), who, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
			return []registry.Draft{{Kind: registry.KindUser, Entity: who, Writes: []p.Write{{Field: field, Data: p.Text("$argon2id$new")}}}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		c.quiet()
	}
	change := func(who p.EntityID) { t.Helper(); write(c.a, who, registry.UserPassword) }
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
	// What opens a hub is written at hubs: by those who work there themselves, and by no laptop.
	write(c.province, officer, registry.UserFactor)
	write(c.a, nurse, registry.UserFactor)
	if len(c.centre.state(officer).Values(registry.UserFactor)) != 1 {
		t.Error("an officer's second factor did not arrive")
	}
	if len(c.centre.state(nurse).Values(registry.UserFactor)) != 0 {
		t.Error("a station wrote a second factor")
	}
}

// TestHubThatMovesSaysFirstWhatItHolds: a hub holds a log of which another hub, now lost, had passed on what came before. It
// comes to the centre, which knows the log through the lost one.
func TestHubThatMovesSaysFirstWhatItHolds(t *testing.T) {
	c := countryOn(t, true)
	region, st := newMachine(t, "region", false), newMachine(t, "of the region", true)
	region.disk, st.disk = memory.New(), memory.New()
	c.province.enrol(region, c.province.id.Place, registry.NodeHub, 120)
	region.sync(c.province)
	region.enrol(st, c.placeA, registry.NodeStation, 121)
	all := func() {
		for range 3 {
			st.sync(region)
			region.sync(c.province)
			c.province.sync(c.centre)
		}
	}
	all()
	good := st.act(subject(t, st, c.communeA, "Trước"))[0]
	all()
	bad := st.act(dose(t, good, c.placeB, "BCG"))[0]
	st.sync(region)
	c.centre.edit(region.id.Device, registry.DeviceUp, p.Ref(c.centre.id.Device)) // the province's hub is lost
	c.toCentre(region)
	for range 3 {
		st.sync(region)
		region.sync(c.centre)
	}
	if c.centre.state(bad) != nil {
		t.Error("the centre let in what the hub holds")
	}
	held := false
	for _, row := range logs(c.centre) {
		held = held || row.ID == bad.Birth().Log && row.Reason == p.HoldRights && row.Head == bad.Birth().Seq
	}
	if !held {
		t.Error("the centre does not have it, held")
	}
}

// TestAdmittedDeviceBringsWhatWaitedForIt: a hub enrolled a machine at a place that is not its own. What the machine wrote waits
// above until an officer lets that in.
func TestAdmittedDeviceBringsWhatWaitedForIt(t *testing.T) {
	c := countryOn(t, true)
	region, st := newMachine(t, "region", false), newMachine(t, "elsewhere", true)
	region.disk, st.disk = memory.New(), memory.New()
	c.province.enrol(region, c.communeA, registry.NodeHub, 120)
	region.sync(c.province)
	region.enrol(st, c.placeB, registry.NodeStation, 121)
	st.sync(region)
	child := st.act(subject(t, st, c.communeB, "Lò Gia Bảo"))[0]
	st.sync(region)
	region.sync(c.province)
	if c.province.state(child) != nil || c.province.state(st.id.Device) != nil {
		t.Fatal("the machine is known before it was let in")
	}
	if err := c.province.n.Admit(context.Background(), st.id.Device.Birth().Log); err != nil {
		t.Fatal(err)
	}
	if c.province.state(child) == nil {
		t.Error("what waited for the machine waits still")
	}
}

// TestNeighbourWritesAgainWhoseWorkWaits: a station carries what a neighbour wrote to a hub that does not know that neighbour, and
// whose hub is lost. It is kept there, and not asked for again: as long as the station has something to send, it does not write
// again what it alone knows, and that is the neighbour itself.
func TestNeighbourWritesAgainWhoseWorkWaits(t *testing.T) {
	c := countryOn(t, true)
	late := newMachine(t, "late", true)
	late.disk = memory.New()
	c.province.enrol(late, c.placeA, registry.NodeStation, 104)
	late.sync(c.province)
	c.a.sync(c.province)
	child := late.act(subject(t, late, c.communeA, "Lò Gia Bảo"))[0]
	late.gives(c.a)
	// Both, and the province's hub before it told the centre of one of them, are lost.
	c.centre.edit(c.a.id.Device, registry.DeviceUp, p.Ref(c.centre.id.Device))
	c.toCentre(c.a)
	var res node.Result
	for range 5 {
		res = c.a.sync(c.centre)
		for _, row := range logs(c.centre) {
			if row.Device == c.a.id.Device && row.Reason == p.HoldRights {
				if err := c.centre.n.Admit(context.Background(), row.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if res.Sent != 0 || !res.Level {
		t.Errorf("after five exchanges %d segments are still sent; level: %v", res.Sent, res.Level)
	}
	if c.centre.state(late.id.Device) == nil || c.centre.state(child) == nil {
		t.Error("what waited for the machine waits still")
	}
}

func logs(m *machine) (rows []store.LogRow) {
	m.view(func(tx store.Tx) (err error) {
		rows, err = tx.Logs(p.LogID{}, 1000)
		return err
	})
	return rows
}
