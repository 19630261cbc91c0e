package node_test

import (
	"context"
	"slices"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/memory"
	p "tramy/syncproto"
)

// What is left of a database does not tell what its values replaced, and the last backup is older. Of a child whose
// mother's telephone was corrected, at the centre, nothing may stand again that was replaced: nobody above it would put
// it right, and what it says goes down to all.
func TestDamagedCentreShowsNothingThatWasReplaced(t *testing.T) {
	ctx := context.Background()
	c := countryOn(t, true)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	backup := c.centre.disk.Clone()
	c.b.act(registry.NewPin(child, c.communeB))
	c.quiet()
	c.b.edit(child, registry.SubjectMotherPhone, p.Text("0385000999"))
	c.quiet()
	c.a.edit(child, registry.SubjectMotherPhone, p.Text("0385000111"))
	c.quiet()
	before := c.centre.state(child)

	damaged := c.centre.disk
	c.centre.stop()
	c.centre.disk = memory.New()
	c.centre.start()
	left := []store.Remains{damaged.Remains(none), backup.Remains(none)}
	for _, r := range left {
		if _, err := c.centre.n.TakeBackFirst(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range left {
		if _, err := c.centre.n.TakeBackRest(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	c.quiet()
	if after := c.centre.state(child); after == nil || p.StateHash(after) != p.StateHash(before) {
		t.Errorf("the centre has another state than before: %+v", after)
	}
	for _, m := range c.machines() {
		if got := m.text(child, registry.SubjectMotherPhone); got != "0385000111" {
			t.Errorf("%s says %q", m.id.Device, got)
		}
		if found := conflicts(t, m); len(found) > 0 {
			t.Errorf("conflicts: %v", found)
		}
	}
	c.centre.view(func(tx store.Tx) error {
		changes, err := c.centre.n.Changes(tx, child)
		if len(changes) != 3 {
			t.Errorf("the child's history has %d changes, want 3", len(changes))
		}
		return err
	})
}

// TestDamagedCentreHearsWhatIsHeldBelow: what the centre is sent again because its database was lost it hears with the word
// of the hub that holds it, or that let it in meanwhile.
func TestDamagedCentreHearsWhatIsHeldBelow(t *testing.T) {
	ctx := context.Background()
	for _, admitted := range []bool{false, true} {
		c := countryOn(t, true)
		child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
		foreign := c.a.act(dose(t, child, c.placeB, "BCG"))[0]
		if admitted {
			c.quiet() // the centre has it, held
		}
		c.a.sync(c.province)
		damaged := c.centre.disk
		c.centre.stop()
		c.centre.disk = memory.New()
		c.centre.start()
		if _, err := c.centre.n.TakeBackFirst(ctx, damaged.Remains(none)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.centre.n.TakeBackRest(ctx, damaged.Remains(none)); err != nil {
			t.Fatal(err)
		}
		if admitted {
			if err := c.province.n.Admit(ctx, foreign.Birth().Log); err != nil {
				t.Fatal(err)
			}
		}
		c.quiet()
		if got := c.centre.state(foreign) != nil; got != admitted {
			t.Errorf("admitted below %v, let in at the centre %v", admitted, got)
		}
		if c.centre.state(child) == nil {
			t.Error("what came before it is not at the centre")
		}
	}
}

// TestDamagedCentreShowsNothingThatWasRejected: the last backup of the centre is from before an officer rejected what another
// had let in. What of it comes back is what counts: not the rejected name, but the one it had replaced, and the hamlet, of
// which nobody has the change any more.
func TestDamagedCentreShowsNothingThatWasRejected(t *testing.T) {
	ctx := context.Background()
	for _, lost := range []bool{false, true} {
		c := countryOn(t, true)
		child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
		c.quiet()
		rename := registry.Edit(c.a.state(child), registry.SubjectName, p.Text("Tên sai"))
		foreign := c.a.act(dose(t, child, c.placeB, "BCG"), rename)[0]
		c.quiet()
		if err := c.centre.n.Admit(ctx, foreign.Birth().Log); err != nil {
			t.Fatal(err)
		}
		c.centre.edit(child, registry.SubjectHamlet, p.Text("Na Phay 2"))
		hamlet := c.centre.state(child).Values(registry.SubjectHamlet)[0].Dot
		backup := c.centre.disk.Clone()
		if err := c.province.n.Reject(ctx, p.EntityID{}, foreign.Birth().Log, "không phải trạm này"); err != nil {
			t.Fatal(err)
		}
		c.quiet()
		left := []store.Remains{c.centre.disk.Remains(none), backup.Remains(none)}
		c.centre.stop()
		c.centre.disk = memory.New()
		if lost {
			c.centre.unjournaled = true
			for i := range left {
				left[i] = without{left[i], hamlet.Log}
			}
		}
		c.centre.start()
		for _, r := range left {
			if _, err := c.centre.n.TakeBackFirst(ctx, r); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range left {
			if _, err := c.centre.n.TakeBackRest(ctx, r); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.centre.text(child, registry.SubjectHamlet); got != "Na Phay 2" { // before anybody below may write it again
			t.Errorf("lost %v: the centre took back the hamlet %q", lost, got)
		}
		c.quiet()
		for name, m := range map[string]*machine{"station": c.a, "province": c.province, "centre": c.centre} {
			if m.state(foreign) != nil {
				t.Errorf("lost %v: %s has the dose", lost, name)
			}
			if got := m.text(child, registry.SubjectName); got != "Lò Gia Bảo" {
				t.Errorf("lost %v: %s shows the name %q", lost, name, got)
			}
			if got := m.text(child, registry.SubjectHamlet); got != "Na Phay 2" {
				t.Errorf("lost %v: %s shows the hamlet %q", lost, name, got)
			}
		}
	}
}

// without is what is left of a database without the segments, and the tail, of a log.
type without struct {
	store.Remains
	log p.LogID
}

func (w without) Tail() []store.TailRow {
	return slices.DeleteFunc(slices.Clone(w.Remains.Tail()), func(r store.TailRow) bool { return r.Log == w.log })
}

func (w without) Segments(fn func(*store.SegmentRow, p.EntityID) error) error {
	return w.Remains.Segments(func(s *store.SegmentRow, via p.EntityID) error {
		if s.Log == w.log {
			return nil
		}
		return fn(s, via)
	})
}

// unnoted is what is left of a database of which all notes on logs are lost.
type unnoted struct{ store.Remains }

func (unnoted) Logs() []store.LogRow { return nil }

// TestDamagedHubStillHoldsWhatItHeld: whether its note that it held a log is left or lost, it lets in no more than before, and
// neither does the centre, to which nobody had told of it.
func TestDamagedHubStillHoldsWhatItHeld(t *testing.T) {
	ctx := context.Background()
	for _, lost := range []bool{false, true} {
		for _, centre := range []bool{false, true} {
			c := countryOn(t, true)
			child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
			foreign := c.a.act(dose(t, child, c.placeB, "BCG"))[0]
			hub := c.province
			c.a.sync(hub)
			if centre {
				hub = c.centre
				c.quiet()
			}
			left := hub.disk.Remains(none)
			if lost {
				left = unnoted{left}
			}
			hub.stop()
			hub.disk = memory.New()
			hub.start()
			if _, err := hub.n.TakeBackFirst(ctx, left); err != nil {
				t.Fatal(err)
			}
			if _, err := hub.n.TakeBackRest(ctx, left); err != nil {
				t.Fatal(err)
			}
			if hub.state(foreign) != nil {
				t.Errorf("notes lost %v, at the centre %v: what it held was let in", lost, centre)
			}
			c.quiet()
			if c.centre.state(foreign) != nil || c.province.state(foreign) != nil {
				t.Errorf("notes lost %v, at the centre %v: what was held is let in above", lost, centre)
			}
			if c.centre.state(child) == nil {
				t.Error("what came before it is not at the centre")
			}
		}
	}
}

// none is what is lost of a database of which all can be read.
func none() bool { return false }

// TestStationIsToldOfWhatItSentBeforeTheRestCameBack: a station whose hub is lost sends its log to the centre, which has just lost
// its database, and does not hear the answer. What is left of that database says that the log came through the hub.
func TestStationIsToldOfWhatItSentBeforeTheRestCameBack(t *testing.T) {
	ctx := context.Background()
	c := countryOn(t, true)
	log := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0].Birth().Log
	c.quiet()
	damaged := c.centre.disk
	c.centre.stop()
	c.centre.disk = memory.New()
	c.centre.start()
	if _, err := c.centre.n.TakeBackFirst(ctx, damaged.Remains(none)); err != nil {
		t.Fatal(err)
	}
	c.toCentre(c.a)
	for range 2 { // the centre asks for the list of logs, then for what it lacks
		if _, err := c.a.call(c.centre, -1, -1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.a.call(c.centre, -1, 0); err == nil {
		t.Fatal("the answer was heard")
	}
	c.centre.view(func(tx store.Tx) error {
		row, err := tx.Log(log)
		if row == nil || row.Head == 0 {
			t.Fatal("the station has not sent its log")
		}
		return err
	})
	c.atRoot(0)
	if _, err := c.centre.n.TakeBackRest(ctx, damaged.Remains(none)); err != nil {
		t.Fatal(err)
	}
	at, err := c.centre.n.ChildPosition(ctx, c.a.id.Device)
	if err != nil {
		t.Fatal(err)
	}
	c.a.asked = &at // as after each exchange that broke off
	c.a.sync(c.centre)
	c.atRoot(1)
}

// A hub that begins anew on what was left of its database knows where everything is today, and not what left a commune before
// that. The commune's station, which had not heard of it yet, is told when it asks, because the hub still has the change
// that brought the child there; and of a child that never was there it is told nothing.
func TestStationHearsWhatLeftBeforeItsHubsDatabaseWasDamaged(t *testing.T) {
	ctx := context.Background()
	c := countryOn(t, true)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	other := c.b.act(subject(t, c.b, c.communeB, "Ở xã khác"))[0]
	c.quiet()
	c.province.edit(child, p.FieldPlace, p.Ref(c.communeB))

	damaged := c.province.disk
	c.province.stop()
	c.province.disk = memory.New()
	c.province.start()
	if _, err := c.province.n.TakeBackFirst(ctx, damaged.Remains(none)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.province.n.TakeBackRest(ctx, damaged.Remains(none)); err != nil {
		t.Fatal(err)
	}
	c.quiet()
	if res := c.a.sync(c.province); !res.Level {
		t.Errorf("the station and its hub are not level: %+v", res)
	}
	if got, _ := c.a.state(child).Get(p.FieldPlace).Ref(); got != c.communeB {
		t.Error("the station does not know that the child moved")
	}
	asked := &p.Want{Scope: c.communeA, Marks: []p.Mark{{Entity: child}, {Entity: other}}}
	slices.SortFunc(asked.Marks, func(x, y p.Mark) int { return x.Entity.Compare(y.Entity) })
	var told []p.EntityID
	r := p.NewFrameReader(c.a.says(c.province, 0, asked))
	for {
		f, err := r.Read()
		if err != nil {
			break
		}
		if page, ok := f.(*p.Page); ok {
			rows, err := page.Rows()
			if err != nil {
				t.Fatal(err)
			}
			for i := range rows {
				told = append(told, rows[i].State.ID)
			}
		}
	}
	if !slices.Equal(told, []p.EntityID{child}) {
		t.Errorf("the station was shown %v, want the child that had been there alone", told)
	}
}

// TestWhatWasIssuedAgainIsNotRescued: a station that was set back has issued again what it wrote, and its database is damaged
// before the hub's state could replace the first writing. What is left of it shows the first writing still.
func TestWhatWasIssuedAgainIsNotRescued(t *testing.T) {
	ctx := context.Background()
	c := countryOn(t, true)
	c.a.act(subject(t, c.a, c.communeA, "Trước khi lùi"))
	c.quiet()
	back := c.a.frozen()
	c.a.act(subject(t, c.a, c.communeA, "Lần một"))
	c.a.sync(c.province)
	back()
	c.a.act(subject(t, c.a, c.communeA, "Lần hai"))
	c.a.act(subject(t, c.a, c.communeA, "Lần hai nữa")) // under its number the hub has nothing
	if res, err := c.a.call(c.province, -1, -1); err != nil || !res.More {
		t.Fatalf("it was to learn that it was set back and to come again: %+v, %v", res, err)
	}
	left := c.a.disk.Remains(none)
	c.a.stop()
	c.a.disk = memory.New()
	c.a.start()
	if _, err := c.a.n.TakeBackFirst(ctx, left); err != nil {
		t.Fatal(err)
	}
	if _, err := c.a.n.TakeBackRest(ctx, left); err != nil {
		t.Fatal(err)
	}
	c.quiet()
	for _, m := range []*machine{c.a, c.province, c.centre} {
		if n := subjects(t, m); n != 4 {
			t.Errorf("%d children at %s, want 4", n, m.id.Device)
		}
	}
}
