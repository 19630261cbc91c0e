package node_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/merge"
	"tramy/internal/node"
	"tramy/internal/registry"
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

// A child that had moved away comes back for a dose: the station is sent what was written of it meanwhile, which no row told
// it of, at once and not only when sums are compared.
func TestChildThatComesBackBringsWhatWasWrittenMeanwhile(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Cà Bảo Ngọc"))[0]
	c.quiet()
	c.province.edit(child, p.FieldPlace, p.Ref(c.communeB))
	c.quiet()
	c.b.edit(child, registry.SubjectNote, p.Text("từ khi chuyển đi"))
	c.quiet()
	c.a.edit(child, registry.SubjectHamlet, p.Text("bản Pha Thanh"))
	c.a.act(dose(t, child, c.placeA, "BCG"))
	c.a.sync(c.province)
	if got := c.a.text(child, registry.SubjectNote); got != "từ khi chuyển đi" {
		t.Errorf("A has the note %q", got)
	}
	if alarmed(c.a, node.AlarmUnequal) {
		t.Error("A learned of it only by comparing")
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
