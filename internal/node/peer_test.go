package node_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// peers is a connection from one machine to another: whom each takes the other for.
type peers struct{ to, from *node.Peer }

func (m *machine) key() ed25519.PublicKey { return m.id.Key.Public().(ed25519.PublicKey) }

// meets connects m with another laptop of its station.
func (m *machine) meets(other *machine) peers {
	m.t.Helper()
	to, err := m.n.PeerByKey(context.Background(), other.key())
	if err != nil {
		m.t.Fatalf("the other laptop: %v", err)
	}
	from, err := other.n.PeerByKey(context.Background(), m.key())
	if err != nil {
		m.t.Fatalf("this laptop, there: %v", err)
	}
	return peers{to, from}
}

// request does one request of m to another laptop, of which only the first bytes arrive if cut says so.
func (m *machine) request(other *machine, on peers, cutUp, cutDown int) (again bool, size int, err error) {
	m.t.Helper()
	ctx := context.Background()
	c, err := m.n.BeginPeer(ctx, on.to)
	if err != nil {
		m.t.Fatal(err)
	}
	var req, resp bytes.Buffer
	if err := c.WriteRequest(&req); err != nil {
		m.t.Fatal(err)
	}
	size = req.Len()
	if cutUp >= 0 && cutUp < size {
		if err := other.n.ServePeer(ctx, on.from, bytes.NewReader(req.Bytes()[:cutUp]), io.Discard); err == nil {
			m.t.Fatal("a cut request was answered")
		}
		return false, size, io.ErrUnexpectedEOF
	}
	if err := other.n.ServePeer(ctx, on.from, &req, &resp); err != nil {
		m.t.Fatalf("the other laptop answers: %v", err)
	}
	if cutDown >= 0 && cutDown < resp.Len() {
		resp.Truncate(cutDown)
	}
	again, err = c.ReadResponse(&resp)
	return again, size, err
}

// gives lets m send another laptop all it lacks, over a new connection, and returns how many bytes that took.
func (m *machine) gives(other *machine) int {
	m.t.Helper()
	return m.goesOn(other, m.meets(other))
}

func (m *machine) goesOn(other *machine, on peers) (bytes int) {
	m.t.Helper()
	for range 200 {
		again, size, err := m.request(other, on, -1, -1)
		if err != nil {
			m.t.Fatal(err)
		}
		if bytes += size; !again {
			return bytes
		}
	}
	m.t.Fatal("200 requests did not come to an end")
	return 0
}

// room is two laptops of one station, the hub and the centre.
type room struct {
	*country
	b *machine // in the place of the other commune's station, which is country.b
}

func newRoom(t *testing.T) *room {
	t.Helper()
	c := newCountry(t)
	r := &room{country: c, b: c.sibling(t)}
	r.settle()
	return r
}

// settle exchanges everywhere until all is level.
func (r *room) settle() {
	for range 3 {
		r.quiet()
		r.b.sync(r.province)
	}
	r.quiet()
}

func (m *machine) ticks() node.Status {
	m.t.Helper()
	st, err := m.n.Status(context.Background())
	if err != nil {
		m.t.Fatal(err)
	}
	return st
}

func (m *machine) safeAt(other *machine) uint64 {
	m.t.Helper()
	list, err := m.n.Neighbours(context.Background())
	if err != nil {
		m.t.Fatal(err)
	}
	for _, n := range list {
		if n.Device == other.id.Device {
			return n.Waiting
		}
	}
	return 0
}

func TestNeighbourAppliesAndCarries(t *testing.T) {
	r := newRoom(t)
	child := r.a.act(subject(t, r.a, r.communeA, "Lò Gia Bảo"))[0]
	given := r.a.act(dose(t, child, r.placeA, "BCG"))[0]
	r.a.gives(r.b)
	same(t, r.a, r.b, child)
	same(t, r.a, r.b, given)
	if st := r.a.ticks(); st.Saved != 2 || r.a.safeAt(r.b) != 2 {
		t.Errorf("%d only in this room, of which %d at the neighbour; want 2 and 2", st.Saved, r.a.safeAt(r.b))
	}

	// The neighbour reaches the hub; the author is lost for ever.
	r.b.sync(r.province)
	r.province.sync(r.centre)
	r.b.sync(r.province)
	for _, m := range []*machine{r.province, r.centre} {
		same(t, r.a, m, child)
		same(t, r.a, m, given)
		m.view(func(tx store.Tx) error {
			row, err := tx.Log(given.Birth().Log)
			if err != nil || row == nil || row.Device != r.a.id.Device || row.Head != 2 || row.Reason != p.HoldNone {
				t.Errorf("the log: %+v, %v", row, err)
			}
			return err
		})
	}
	if n := subjects(t, r.centre); n != 1 {
		t.Errorf("%d children at the centre", n)
	}
	if res := r.b.sync(r.province); !res.Level {
		t.Errorf("the neighbour is not level: %+v", res)
	}

	// It was not lost after all: it hears what became of its work, and nothing is doubled.
	if st := r.a.ticks(); st.Saved != 2 {
		t.Errorf("%d only here before anybody above said otherwise", st.Saved)
	}
	r.a.sync(r.province)
	if st := r.a.ticks(); st.Saved != 0 || st.AtRoot != 2 || r.a.safeAt(r.b) != 0 {
		t.Errorf("ticks %d %d %d, at the neighbour alone %d; want all at the root", st.Saved, st.AtHub, st.AtRoot, r.a.safeAt(r.b))
	}
	if n := subjects(t, r.centre); n != 1 || alarmed(r.a, node.AlarmSetBack) || alarmed(r.province, node.AlarmFork) {
		t.Errorf("%d children; alarms %v %v", n, alarmed(r.a, node.AlarmSetBack), alarmed(r.province, node.AlarmFork))
	}
}

// Whoever reaches the hub first, the author hears the root's word too.
func TestAuthorHearsOfItsTicksWhoeverCarried(t *testing.T) {
	for name, first := range map[string]func(r *room) []*machine{
		"author first":    func(r *room) []*machine { return []*machine{r.a, r.b} },
		"neighbour first": func(r *room) []*machine { return []*machine{r.b, r.a} },
	} {
		r := newRoom(t)
		r.a.act(subject(t, r.a, r.communeA, "Lò Gia Bảo"))
		r.a.gives(r.b)
		for _, m := range first(r) {
			m.sync(r.province)
		}
		// A second act of the same log, and the root's word only now.
		r.a.act(subject(t, r.a, r.communeA, "Cà Bảo Ngọc"))
		r.a.gives(r.b)
		for _, m := range first(r) {
			m.sync(r.province)
		}
		r.province.sync(r.centre)
		for _, m := range first(r) {
			m.sync(r.province)
		}
		if st := r.a.ticks(); st.AtRoot != 2 || st.Saved != 0 {
			t.Errorf("%s: %d only here, %d at the hub, %d at the root; want 0, 0, 2", name, st.Saved, st.AtHub, st.AtRoot)
		}
	}
}

func TestNeighboursEditOneChild(t *testing.T) {
	r := newRoom(t)
	child := r.a.act(subject(t, r.a, r.communeA, "Lò Gia Bảo"))[0]
	r.a.gives(r.b)
	r.a.edit(child, registry.SubjectName, p.Text("Lò Gia Bảo An"))
	r.b.edit(child, registry.SubjectName, p.Text("Lò Bảo"))
	r.b.edit(child, registry.SubjectHamlet, p.Text("Na Phay 1"))
	r.b.gives(r.a)
	r.a.gives(r.b)
	same(t, r.a, r.b, child)
	if got := conflicts(t, r.b); len(got) != 1 || got[0] != registry.SubjectName {
		t.Errorf("conflicts at the neighbour: %v", got)
	}
	r.settle()
	same(t, r.a, r.centre, child)
	same(t, r.b, r.centre, child)
}

func TestNeighbourIsCutAtAnyByte(t *testing.T) {
	r := newRoom(t)
	var children []p.EntityID
	for i := range 30 {
		children = append(children, r.a.act(subject(t, r.a, r.communeA, fmt.Sprintf("Lò Văn %d", i)))[0])
	}
	r.a.sync(r.province) // it has segments of others' size to give as well
	r.b.sync(r.province)
	for i := range 30 {
		r.a.edit(children[i], registry.SubjectHamlet, p.Text(fmt.Sprintf("Na Phay %d", i)))
	}
	on := r.a.meets(r.b)
	for cut := 0; cut < 6000; cut += 61 {
		_, _, _ = r.a.request(r.b, on, cut, -1)
		on = r.a.meets(r.b)
	}
	for cut := 0; cut < 400; cut += 13 {
		_, _, _ = r.a.request(r.b, on, -1, cut)
		on = r.a.meets(r.b)
	}
	r.a.gives(r.b)
	for _, id := range children {
		same(t, r.a, r.b, id)
	}
	r.b.sync(r.province)
	r.settle()
	for _, id := range children {
		same(t, r.b, r.centre, id)
	}
	if n := subjects(t, r.centre); n != 30 {
		t.Errorf("%d children at the centre, want 30", n)
	}
}

func TestThreeLaptopsInARing(t *testing.T) {
	r := newRoom(t)
	third := newMachine(t, "third", true)
	r.province.enrol(third, r.placeA, registry.NodeStation, 104)
	third.sync(r.province)
	r.settle()
	child := r.a.act(subject(t, r.a, r.communeA, "Lò Gia Bảo"))[0]
	r.a.gives(r.b)
	r.b.gives(third) // the third never met the author
	same(t, r.a, third, child)
	r.b.edit(child, registry.SubjectHamlet, p.Text("Na Phay 1"))
	third.edit(child, registry.SubjectMotherPhone, p.Text("0385000413"))
	for range 2 {
		third.gives(r.a)
		r.a.gives(r.b)
		r.b.gives(third)
	}
	same(t, r.a, r.b, child)
	same(t, r.a, third, child)
	// What everybody has is not sent round once more: a connection costs its question.
	if n := third.gives(r.a); n > 1000 {
		t.Errorf("%d bytes to a neighbour that lacks nothing", n)
	}
	third.sync(r.province)
	r.settle()
	third.sync(r.province)
	same(t, third, r.centre, child)
	if n := subjects(t, r.centre); n != 1 || alarmed(r.province, node.AlarmGap) || alarmed(r.b, node.AlarmGap) {
		t.Errorf("%d children at the centre; gaps: %v %v", n, alarmed(r.province, node.AlarmGap), alarmed(r.b, node.AlarmGap))
	}
}

func TestNeighbourRestoredFromBackup(t *testing.T) {
	r := newRoom(t)
	first := r.a.act(subject(t, r.a, r.communeA, "Trước bản sao"))[0]
	on := r.a.meets(r.b)
	r.a.goesOn(r.b, on)
	restore := r.b.saved()
	on = r.a.meets(r.b)
	r.a.goesOn(r.b, on)
	second := r.a.act(subject(t, r.a, r.communeA, "Sau bản sao"))[0]
	r.a.goesOn(r.b, on)
	if r.a.safeAt(r.b) != 2 {
		t.Fatalf("%d safe at the neighbour", r.a.safeAt(r.b))
	}
	restore()
	// On the old connection the author believes what was said before; the answer to the next request corrects it.
	on.from = r.a.meets(r.b).from
	third := r.a.act(subject(t, r.a, r.communeA, "Sau khi phục hồi"))[0]
	r.a.goesOn(r.b, on)
	for _, id := range []p.EntityID{first, second, third} {
		same(t, r.a, r.b, id)
	}
	if alarmed(r.b, node.AlarmGap) {
		t.Error("a neighbour that was set back raised an alarm about the other")
	}
}

// The author is set back to a backup without its journal: the neighbour still has what it lost, and so it comes back.
func TestAuthorRestoredFromBackupLosesNothing(t *testing.T) {
	r := newRoom(t)
	r.a.act(subject(t, r.a, r.communeA, "Trước bản sao"))
	restore := r.a.saved()
	lost := r.a.act(subject(t, r.a, r.communeA, "Chỉ ở hai máy"))[0]
	r.a.gives(r.b)
	restore()
	if r.a.state(lost) != nil {
		t.Fatal("the backup holds what came after it")
	}
	again := r.a.act(subject(t, r.a, r.communeA, "Sau khi phục hồi"))[0]
	r.a.gives(r.b)
	r.b.gives(r.a)
	r.settle()
	for _, id := range []p.EntityID{lost, again} {
		same(t, r.a, r.centre, id)
		same(t, r.b, r.centre, id)
	}
	if n := subjects(t, r.centre); n != 3 {
		t.Errorf("%d children at the centre, want 3", n)
	}
}

func TestCloneAndNeighbour(t *testing.T) {
	r := newRoom(t)
	r.a.act(subject(t, r.a, r.communeA, "Trước khi chép"))
	r.a.stop()
	clone := newMachine(t, "clone", true)
	copyDir(t, r.a.dir, clone.dir)
	clone.id = r.a.id
	r.a.start()
	clone.start()
	x := r.a.act(subject(t, r.a, r.communeA, "Máy một"))[0]
	y := clone.act(subject(t, clone, r.communeA, "Máy hai"))[0]
	r.a.gives(r.b)
	clone.gives(r.b)
	r.b.gives(r.a) // nothing of the clone's: its logs are in this one's own name
	if _, err := r.a.n.PeerByKey(context.Background(), clone.key()); !errors.Is(err, node.ErrNotNeighbour) {
		t.Errorf("a machine took its own clone for a neighbour: %v", err)
	}
	if r.b.state(x) == nil || r.b.state(y) == nil {
		t.Error("the neighbour lacks what one of the two wrote")
	}
	r.b.sync(r.province)
	r.settle()
	for _, id := range []p.EntityID{x, y} {
		same(t, r.a, r.centre, id)
	}
	if n := subjects(t, r.centre); n != 3 {
		t.Errorf("%d children at the centre, want 3", n)
	}
}

func TestWhoIsANeighbour(t *testing.T) {
	r := newRoom(t)
	ctx := context.Background()
	if _, err := r.a.n.PeerByKey(ctx, r.country.b.key()); !errors.Is(err, node.ErrNotNeighbour) {
		t.Errorf("another commune's laptop: %v", err)
	}
	if _, err := r.a.n.PeerByKey(ctx, r.province.key()); !errors.Is(err, node.ErrNotNeighbour) {
		t.Errorf("the hub: %v", err)
	}
	if _, err := r.a.n.PeerByKey(ctx, r.a.key()); !errors.Is(err, node.ErrNotNeighbour) {
		t.Errorf("itself: %v", err)
	}
	if _, err := r.a.n.PeerByKey(ctx, newMachine(t, "stranger", true).key()); !errors.Is(err, node.ErrNotNeighbour) {
		t.Errorf("a stranger: %v", err)
	}
	// Enrolled at the same place by another hub: another hub would judge what it writes.
	elsewhere := newMachine(t, "elsewhere", true)
	r.centre.enrol(elsewhere, r.placeA, registry.NodeStation, 105)
	r.settle()
	if _, err := r.a.n.PeerByKey(ctx, elsewhere.key()); !errors.Is(err, node.ErrNotNeighbour) {
		t.Errorf("a laptop of another hub: %v", err)
	}
	if _, err := r.a.n.PeerByKey(ctx, r.b.key()); err != nil {
		t.Errorf("the sibling: %v", err)
	}
	r.province.edit(r.b.id.Device, registry.DeviceRevoked, p.Text("mất máy"))
	r.settle()
	if _, err := r.a.n.PeerByKey(ctx, r.b.key()); !errors.Is(err, node.ErrNotNeighbour) {
		t.Errorf("a revoked one: %v", err)
	}
}

// A neighbour's word that somebody else signed is none.
func TestForgedWordOfANeighbour(t *testing.T) {
	r := newRoom(t)
	r.a.act(subject(t, r.a, r.communeA, "Lò Gia Bảo"))
	on := r.a.meets(r.b)
	c, err := r.a.n.BeginPeer(context.Background(), on.to)
	if err != nil {
		t.Fatal(err)
	}
	var req, resp bytes.Buffer
	if err := c.WriteRequest(&req); err != nil {
		t.Fatal(err)
	}
	f, err := p.NewFrameReader(&req).Read()
	if err != nil {
		t.Fatal(err)
	}
	var log p.LogID
	r.a.view(func(tx store.Tx) error {
		tail, err := tx.Tail()
		log = tail[0].Log
		return err
	})
	h := &p.Heads{Logs: []p.LogHead{{Log: log, Here: 1}}}
	p.SignHeads(h, newMachine(t, "liar", true).id.Key, r.a.id.Device, f.(*p.Hello).Nonce)
	fw := p.NewFrameWriter(&resp)
	_ = fw.Write(h)
	_ = fw.Write(&p.ResponseEnd{})
	if _, err := c.ReadResponse(&resp); !errors.Is(err, p.ErrSignature) {
		t.Errorf("%v", err)
	}
	if r.a.safeAt(r.b) != 0 {
		t.Error("a tick rests on a forged word")
	}
}

// A day at the station: what both laptops send over the line to the hub, with and without a neighbour.
func TestBytesOfANeighbour(t *testing.T) {
	day := func(together bool) (author, carrier int) {
		r := newRoom(t)
		on := r.a.meets(r.b)
		for i := range 60 {
			*r.a.clock = r.a.clock.Add(time.Minute)
			id := r.a.act(subject(t, r.a, r.communeA, fmt.Sprintf("Lò Văn %d", i)))[0]
			r.a.act(dose(t, id, r.placeA, "BCG"))
			if together {
				r.a.goesOn(r.b, on)
			}
		}
		size := func(m *machine) int {
			c, err := m.n.Begin(context.Background(), node.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var req bytes.Buffer
			if err := c.WriteRequest(&req); err != nil {
				t.Fatal(err)
			}
			return req.Len()
		}
		return size(r.a), size(r.b)
	}
	alone, _ := day(false)
	author, carrier := day(true)
	t.Logf("60 visits: %d bytes by their author alone; beside a neighbour %d by the author, %d by the neighbour", alone, author, carrier)
	if author > alone+alone/10 { // the clocks go on at each look, so the times differ a little
		t.Errorf("a neighbour costs the author's line %d bytes", author-alone)
	}
	if carrier > 60*400 {
		t.Errorf("the neighbour's copy takes %d bytes", carrier)
	}
}
