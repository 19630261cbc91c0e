package node_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// TestMachineSetBackWhileItRan rolls a virtual machine back with its memory: clock, randomness and files
// are those of before, so that it goes on writing the very log whose other continuation its hub has.
func TestMachineSetBackWhileItRan(t *testing.T) {
	for _, again := range []int{0, 1, 6} {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d acts after it, restarted %v", again, restart), func(t *testing.T) { setBackWhileItRan(t, again, restart) })
		}
	}
}

// frozen saves a machine with its memory, that is with what it would draw next; the result puts it back there.
func (m *machine) frozen() func() {
	m.t.Helper()
	random, err := m.rand.MarshalBinary()
	if err != nil {
		m.t.Fatal(err)
	}
	clock := *m.clock
	restore := m.saved()
	return func() {
		m.t.Helper()
		*m.rand = rand.ChaCha8{} // bytes left of a draw are not taken back
		if err := m.rand.UnmarshalBinary(random); err != nil {
			m.t.Fatal(err)
		}
		*m.clock = clock
		restore()
	}
}

func setBackWhileItRan(t *testing.T, again int, restart bool) {
	c := newCountry(t)
	known := c.a.act(subject(t, c.a, c.communeA, "Đã có"))[0]
	c.quiet()
	back := c.a.frozen()
	common := func() p.EntityID {
		id := c.a.act(subject(t, c.a, c.communeA, "Trước khi lùi"))[0]
		c.a.act(dose(t, id, c.placeA, "BCG"))
		return id
	}
	before := common()
	lost := c.a.act(subject(t, c.a, c.communeA, "Lần một"), dose(t, known, c.placeA, "OPV"))
	c.a.edit(known, registry.SubjectHamlet, p.Text("Na Phay 1"))
	c.quiet()

	back()
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

// TestStationHearsAgainOfALogThatItsJournalBroughtBack: the station was set back to before it wrote a log, heard in that
// state how far its hub has it, and gets it back out of its journal later.
func TestStationHearsAgainOfALogThatItsJournalBroughtBack(t *testing.T) {
	c := newCountry(t)
	before := c.a.saved()
	c.a.act(subject(t, c.a, c.communeA, "Đã ghi"))
	c.quiet()
	c.a.stop()
	path := filepath.Join(c.a.dir, "journal")
	journal, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before()
	c.quiet()
	c.a.stop()
	if err := os.WriteFile(path, journal, 0o600); err != nil {
		t.Fatal(err)
	}
	c.a.start()
	if _, err := c.a.call(c.province, -1, 0); err == nil {
		t.Fatal("the answer was not cut off")
	}
	pos, err := c.province.n.ChildPosition(context.Background(), c.a.id.Device)
	if err != nil {
		t.Fatal(err)
	}
	c.a.asked = &pos // as after every exchange that broke off: what arrived is not sent again
	c.quiet()
	st, err := c.a.n.Status(context.Background())
	if err != nil || st.Saved != 0 || st.AtHub != 0 || st.AtRoot != 1 {
		t.Errorf("%d changes are shown as here only, %d at the hub, %d at the centre, which has them all: %v", st.Saved, st.AtHub, st.AtRoot, err)
	}
}

// rollBackAfter lets a station, which has "Đã có", register a child more and say so, and then rolls it back to before that.
func (c *country) rollBackAfter(t *testing.T, child string) {
	t.Helper()
	c.a.act(subject(t, c.a, c.communeA, "Đã có"))
	c.quiet()
	back := c.a.frozen()
	c.a.act(subject(t, c.a, c.communeA, child))
	c.quiet()
	back()
}

// TestHubsWordOnTheOutboxBeforeTheRollBackIsNotTaken: what the hub took before the machine was rolled back has the number of
// something else now. Asked after a broken exchange, the hub names that number, and what stands under it was never sent.
func TestHubsWordOnTheOutboxBeforeTheRollBackIsNotTaken(t *testing.T) {
	for _, tried := range []bool{false, true} { // whether a request that never arrived was sent before
		t.Run(fmt.Sprintf("tried %v", tried), func(t *testing.T) { numberOfBeforeTheRollBack(t, tried) })
	}
}

func numberOfBeforeTheRollBack(t *testing.T, tried bool) {
	c := newCountry(t)
	c.rollBackAfter(t, "Lần một")
	*c.a.clock = c.a.clock.Add(24 * time.Hour)
	c.a.rand.Uint64() // another day's log, of another name: nothing shows that the two part
	after := c.a.act(subject(t, c.a, c.communeA, "Lần hai"))[0]
	pos, err := c.province.n.ChildPosition(context.Background(), c.a.id.Device)
	if err != nil {
		t.Fatal(err)
	}
	if tried {
		if _, err := c.a.call(c.province, 0, -1); err == nil {
			t.Fatal("the request arrived")
		}
	}
	c.a.asked = &pos
	c.quiet()
	level(t, c.a, c.province, after)
	level(t, c.province, c.centre, after)
	if st, err := c.a.n.Status(context.Background()); err != nil || st.Saved != 0 {
		t.Errorf("after all is quiet %d changes are here only: %v", st.Saved, err)
	}
}

// TestIssuedAgainStandsOnceWhereTheOtherContentIsLost: the hub that had the other content of a log is set back with the
// centre, after a machine issued its own content again. Whoever never heard of the other must not be sent the first copy,
// whether its segment begins before the place where the two part, at it or behind.
func TestIssuedAgainStandsOnceWhereTheOtherContentIsLost(t *testing.T) {
	for apart := range 6 {
		heard := apart >= 3       // the station is told in time how the other content stands, and so keeps it
		apart, want := apart%3, 4 // cuts between what stands alike, and what does not
		if heard {
			want = 5
		}
		t.Run(fmt.Sprintf("%d cuts, heard %v", apart, heard), func(t *testing.T) {
			c := newCountry(t)
			c.a.act(subject(t, c.a, c.communeA, "Đã có")) // the hub's backup knows how far the station was
			c.quiet()
			province, centre := c.province.saved(), c.centre.saved()
			if heard {
				c.quiet()
			}
			back := c.a.frozen()
			c.a.act(subject(t, c.a, c.communeA, "Trước khi lùi"))
			if apart > 0 {
				c.a.sealAll()
			}
			c.a.act(subject(t, c.a, c.communeA, "Lần một"))
			c.a.sync(c.province)
			back()
			c.a.act(subject(t, c.a, c.communeA, "Trước khi lùi"))
			if apart > 0 {
				c.a.sealAll()
			}
			c.a.act(subject(t, c.a, c.communeA, "Lần hai"))
			if apart > 1 {
				c.a.sealAll()
			}
			c.a.act(subject(t, c.a, c.communeA, "Lần ba"))
			c.a.sync(c.province)
			if !alarmed(c.a, node.AlarmFork) {
				t.Fatal("the station does not know that it was set back")
			}
			province()
			centre()
			c.quiet()
			for _, m := range c.machines() {
				if n := subjects(t, m); m != c.b && n != int64(want) {
					t.Errorf("%d children, want %d: each once", n, want)
				}
			}
			level(t, c.a, c.province)
			if st, err := c.a.n.Status(context.Background()); err != nil || st.Saved != 0 || st.AtHub != 0 {
				t.Errorf("after all is quiet: %d saved here only, %d at the hub, %v", st.Saved, st.AtHub, err)
			}
		})
	}
}

func (m *machine) sealAll() {
	m.t.Helper()
	if err := m.n.Seal(context.Background()); err != nil {
		m.t.Fatal(err)
	}
}

// TestCentreSetBackBeforeAStationComesToIt: what a station was told by its hub is at the centre the centre has lost since.
// When the station comes to the centre itself, it must not go on saying so, and sends it again.
func TestCentreSetBackBeforeAStationComesToIt(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Đã có"))
	c.quiet()
	c.toCentre(c.b)
	c.b.sync(c.centre)
	restore := c.centre.saved()
	lost := c.a.act(subject(t, c.a, c.communeA, "Trung ương mất"))[0]
	for range 2 {
		c.a.sync(c.province)
		c.province.sync(c.centre)
	}
	c.a.sync(c.province)
	c.atRoot(2)
	restore()
	for range 16 { // the centre numbers its receipts beyond the last one of the province that the station has
		c.b.act(subject(t, c.b, c.communeB, "Trạm B"))
		c.b.sync(c.centre)
	}
	c.toCentre(c.a)
	if _, err := c.a.call(c.centre, -1, -1); err != nil {
		t.Fatal(err)
	}
	c.atRoot(0)
	c.a.sync(c.centre)
	c.atRoot(2)
	level(t, c.a, c.centre, lost)
}

// TestCentreSetBackAndOthersSendMore: receipts that the centre gives after it was set back may have the very number of the
// last one that a hub has heard. The hub's cursor in any one place shows that it heard a history that is lost.
func TestCentreSetBackAndOthersSendMore(t *testing.T) {
	c := newCountry(t)
	c.toCentre(c.b)
	for range 3 {
		c.b.sync(c.centre)
		c.province.sync(c.centre)
		c.a.sync(c.province)
	}
	restore := c.centre.saved()
	c.a.act(subject(t, c.a, c.communeA, "Trung ương mất"))
	c.a.sync(c.province)
	c.centre.act(subject(t, c.centre, c.communeA, "Ghi ở trung ương"))
	if _, err := c.province.call(c.centre, -1, -1); err != nil { // it hears of that place, and of no other yet
		t.Fatal(err)
	}
	c.a.sync(c.province)
	c.atRoot(1)
	restore()
	for range 4 {
		c.b.act(subject(t, c.b, c.communeB, "Trạm B"))
		c.b.sync(c.centre)
	}
	if _, err := c.province.call(c.centre, -1, -1); err != nil {
		t.Fatal(err)
	}
	c.a.sync(c.province)
	c.atRoot(0)
	c.province.sync(c.centre)
	c.a.sync(c.province)
	c.atRoot(1)
}

// toCentre makes a machine call the centre from now on.
func (c *country) toCentre(m *machine) {
	m.stop()
	m.id.Upstream = node.Upstream{Device: c.centre.id.Device, Key: m.id.Root}
	m.start()
}

// atRoot checks how many acts station A shows at the centre.
func (c *country) atRoot(want uint64) {
	c.a.t.Helper()
	if st, err := c.a.n.Status(context.Background()); err != nil || st.AtRoot != want {
		c.a.t.Errorf("%d acts at the centre, %v; want %d", st.AtRoot, err, want)
	}
}

// TestDiedBeforeItIssuedAgain: a station that was set back hears so, and dies before it has issued again what it wrote since.
// It learns so once more.
func TestDiedBeforeItIssuedAgain(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Trước khi lùi"))
	c.quiet()
	back := c.a.frozen()
	c.a.act(subject(t, c.a, c.communeA, "Lần một"))
	c.quiet()
	back()
	c.a.act(subject(t, c.a, c.communeA, "Lần hai"))
	c.a.jr.Close()
	if _, err := c.a.call(c.province, -1, -1); err == nil {
		t.Fatal("it issued again what it could not write into its journal")
	}
	c.a.stop()
	c.a.start()
	c.quiet()
	for _, m := range []*machine{c.a, c.province, c.centre} {
		if n := subjects(t, m); n != 3 {
			t.Errorf("%d children at %s, want 3", n, m.id.Device)
		}
	}
}

// TestNoTickForWhatOnlyTheHubHadAndLost: a station that was rolled back took back what it wrote a second time under one name.
// Of that log only the hub has anything, the first writing, and then it is set back to before it.
func TestNoTickForWhatOnlyTheHubHadAndLost(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Đã có")) // the hub's backup knows how far the station was
	c.quiet()
	province := c.province.saved()
	c.province.sync(c.centre)                  // since its start it has heard the centre
	*c.a.clock = c.a.clock.Add(24 * time.Hour) // another day's log, all of which is lost
	back := c.a.frozen()
	first := c.a.act(subject(t, c.a, c.communeA, "Lần một"))[0]
	c.a.sync(c.province)
	back()
	if c.a.act(subject(t, c.a, c.communeA, "Lần hai"))[0] != first {
		t.Fatal("the machine did not come back as it was")
	}
	c.a.sync(c.province)
	atHub := func() (seq p.Seq) {
		t.Helper()
		c.a.view(func(tx store.Tx) error {
			row, err := tx.Log(first.Birth().Log)
			if row.Head > 0 {
				t.Errorf("the station has %d changes of the log that it took back", row.Head)
			}
			seq = row.UpHere
			return err
		})
		return seq
	}
	if atHub() != 1 {
		t.Fatal("the station was not told that the hub has the first writing")
	}
	province()
	c.quiet()
	if n := atHub(); n != 0 {
		t.Errorf("%d changes are shown at a hub that has lost them", n)
	}
}
