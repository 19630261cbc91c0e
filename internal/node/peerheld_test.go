package node_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// What the hub does not let in stands at the neighbour as at the author, until an officer decides; then as decided.
func TestHeldActsAtANeighbour(t *testing.T) {
	for _, neighbourFirst := range []bool{false, true} {
		for _, admitted := range []bool{false, true} {
			t.Run(fmt.Sprintf("neighbour first %v, admitted %v", neighbourFirst, admitted), func(t *testing.T) {
				r := newRoom(t)
				ctx := context.Background()
				child := r.a.act(subject(t, r.a, r.communeA, "Lò Gia Bảo"))[0]
				r.settle()
				ids := r.a.act(dose(t, child, r.placeB, "BCG"), registry.Edit(r.a.state(child), registry.SubjectName, p.Text("Tên sai")))
				r.a.gives(r.b)
				same(t, r.a, r.b, ids[0])
				first, then := r.a, r.b
				if neighbourFirst {
					first, then = r.b, r.a
				}
				first.sync(r.province)
				then.sync(r.province)
				r.settle()
				later := r.a.act(subject(t, r.a, r.communeA, "Sổ mới"))[0]
				r.a.gives(r.b)
				r.b.edit(child, registry.SubjectHamlet, p.Text("Na Phay 1"))
				r.b.sync(r.province)
				r.settle()
				if r.centre.state(ids[0]) != nil || r.centre.state(later) == nil {
					t.Fatal("the hub let the held act in, or kept the later one out")
				}
				if alarmed(r.b, node.AlarmUnequal) {
					t.Error("a difference that everybody knows of raised an alarm at the neighbour")
				}
				held := ids[0].Birth().Log
				if admitted {
					if err := r.province.n.Admit(ctx, held); err != nil {
						t.Fatal(err)
					}
				} else if err := r.province.n.Reject(ctx, p.EntityID{}, held, "không phải trạm này"); err != nil {
					t.Fatal(err)
				}
				r.settle()
				level(t, r.a, r.province, child, later)
				level(t, r.b, r.province, child, later)
				want := "Lò Gia Bảo"
				if admitted {
					want = "Tên sai"
				}
				for name, m := range map[string]*machine{"author": r.a, "neighbour": r.b, "centre": r.centre} {
					if got := m.text(child, registry.SubjectName); got != want {
						t.Errorf("%s shows the name %q, want %q", name, got, want)
					}
					if (m.state(ids[0]) != nil) != admitted {
						t.Errorf("%s: the dose is there: %v", name, m.state(ids[0]) != nil)
					}
				}
			})
		}
	}
}

// A laptop that was stolen writes what none may. Neighbours keep it for the hub and show nothing of it.
func TestNeighbourLetsNothingInThatNoLaptopMayWrite(t *testing.T) {
	r := newRoom(t)
	good := r.a.act(subject(t, r.a, r.communeA, "Trước"))[0]
	bad := r.a.act(place(t, r.communeA, "kcb:99999", "Trạm giả", registry.LevelFacility, registry.PlaceStation))[0]
	r.a.gives(r.b)
	if r.b.state(good) == nil || r.b.state(bad) != nil {
		t.Errorf("before: %v, of what no laptop may write: %v", r.b.state(good) != nil, r.b.state(bad) != nil)
	}
	r.b.sync(r.province)
	r.province.view(func(tx store.Tx) error {
		row, err := tx.Log(bad.Birth().Log)
		if err != nil || row == nil || row.Head != 2 || row.In != 1 || row.Reason != p.HoldRights {
			t.Errorf("at the hub: %+v, %v", row, err)
		}
		return err
	})
}

// Segments of a laptop that was revoked meanwhile, handed on by a third: carried, not shown.
func TestNeighbourCarriesWhatARevokedLaptopWrote(t *testing.T) {
	r := newRoom(t)
	third := newMachine(t, "third", true)
	r.province.enrol(third, r.placeA, registry.NodeStation, 104)
	third.sync(r.province)
	r.settle()
	child := r.a.act(subject(t, r.a, r.communeA, "Trước khi mất máy"))[0]
	r.a.gives(third)
	r.province.edit(r.a.id.Device, registry.DeviceRevoked, p.Text("mất máy"))
	r.b.sync(r.province) // it knows; the third does not
	third.gives(r.b)
	if third.state(child) == nil || r.b.state(child) != nil {
		t.Errorf("shown at who does not know: %v, at who does: %v", third.state(child) != nil, r.b.state(child) != nil)
	}
	r.b.sync(r.province)
	third.sync(r.province)
	log := child.Birth().Log
	if err := r.province.n.Admit(context.Background(), log); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r.b.sync(r.province)
		third.sync(r.province)
	}
	same(t, third, r.province, child)
	same(t, r.b, r.province, child)
}

// A laptop rolled back with its memory goes on writing a log of which its neighbour has the other end. It learns so
// from the neighbour, and nothing of either is lost or doubled, whoever reaches the hub first.
func TestSetBackLaptopAndItsNeighbour(t *testing.T) {
	for _, neighbourFirst := range []bool{false, true} {
		t.Run(fmt.Sprintf("neighbour first %v", neighbourFirst), func(t *testing.T) {
			r := newRoom(t)
			r.a.stop()
			snapshot := t.TempDir()
			copyDir(t, r.a.dir, snapshot)
			random, err := r.a.rand.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			clock := *r.a.clock
			r.a.start()
			before := r.a.act(subject(t, r.a, r.communeA, "Trước khi lùi"))[0]
			once := r.a.act(subject(t, r.a, r.communeA, "Lần một"))[0]
			r.a.gives(r.b)
			r.a.stop()
			if err := errors.Join(os.RemoveAll(r.a.dir), os.Mkdir(r.a.dir, 0o700)); err != nil {
				t.Fatal(err)
			}
			copyDir(t, snapshot, r.a.dir)
			if err := r.a.rand.UnmarshalBinary(random); err != nil {
				t.Fatal(err)
			}
			*r.a.clock = clock
			r.a.start()
			if r.a.act(subject(t, r.a, r.communeA, "Trước khi lùi"))[0] != before {
				t.Fatal("the machine did not come back as it was")
			}
			*r.a.clock = r.a.clock.Add(time.Minute)
			twice := r.a.act(subject(t, r.a, r.communeA, "Lần hai"))[0]
			if twice != once {
				t.Fatal("the second content is not under the dot of the first")
			}
			r.a.gives(r.b)
			r.a.gives(r.b)
			if !alarmed(r.a, node.AlarmSetBack) {
				t.Error("nobody was told that the machine was set back")
			}
			if neighbourFirst {
				r.b.sync(r.province)
			}
			r.a.sync(r.province)
			r.b.sync(r.province)
			r.settle()
			if got := r.centre.text(once, registry.SubjectName); got != "Lần một" {
				t.Errorf("the centre has %q under the dot of the first", got)
			}
			for name, m := range map[string]*machine{"author": r.a, "neighbour": r.b, "centre": r.centre} {
				if n := subjects(t, m); n != 3 {
					t.Errorf("%s has %d children, want 3", name, n)
				}
				m.view(func(tx store.Tx) error {
					rows, err := tx.SearchSubjects(store.SubjectQuery{Words: []string{"lan", "hai"}, Limit: 10})
					if len(rows) != 1 {
						t.Errorf("%s has %d children of what was written after it", name, len(rows))
					}
					return err
				})
			}
			level(t, r.a, r.province, before, once)
			level(t, r.b, r.province, before, once)
		})
	}
}

// A neighbour carried a content that does not count to a hub that could not say so yet. It hears of it when the hub can.
func TestNeighbourHearsLaterThatWhatItCarriedDoesNotCount(t *testing.T) {
	r := newRoom(t)
	r.province.stop()
	r.province.start() // which may have been set back, until it has heard the centre
	r.rolledBack(func(p.EntityID) { r.a.sync(r.province) })
	behind := r.a.act(subject(t, r.a, r.communeA, "Lần ba"))[0]
	r.a.gives(r.b)
	r.b.sync(r.province)
	if got := r.b.text(behind, registry.SubjectName); got != "Lần ba" {
		t.Errorf("the neighbour gave way before the hub knew: it has %q", got)
	}
	r.province.sync(r.centre)
	r.settle()
	if s := r.b.state(behind); s != nil {
		t.Errorf("the neighbour still has what was issued again: %+v", s)
	}
	r.onceEach(t, "Lần một", "Lần hai", "Lần ba")
	level(t, r.b, r.province)
}

// The hub's word that what a neighbour carried does not count was lost on the way. What is then unequal asks for it again.
func TestNeighbourDidNotHearThatWhatItCarriedDoesNotCount(t *testing.T) {
	r := newRoom(t)
	r.rolledBack(func(p.EntityID) { r.a.sync(r.province) })
	behind := r.a.act(subject(t, r.a, r.communeA, "Lần ba"))[0]
	r.a.gives(r.b)
	if _, err := r.b.call(r.province, -1, 0); err == nil {
		t.Fatal("the answer was not cut off")
	}
	taken, err := r.province.n.ChildPosition(context.Background(), r.b.id.Device)
	if err != nil {
		t.Fatal(err)
	}
	r.b.asked = &taken // as the exchange does after a broken one
	r.settle()
	if s := r.b.state(behind); s != nil {
		t.Errorf("the neighbour still has what does not count: %+v", s)
	}
	r.onceEach(t, "Lần một", "Lần hai", "Lần ba")
	level(t, r.b, r.province)
}

// Neighbours give segments and say how far they have them; a frame of any other kind ends the request.
func TestNeighboursGiveNoStates(t *testing.T) {
	r := newRoom(t)
	on := r.a.meets(r.b)
	for name, f := range map[string]p.Frame{
		"let": &p.Let{Log: p.LogID{1}, In: 3}, "range": &p.Range{Scope: r.communeA, Count: 1}, "want": &p.Want{Scope: r.communeA, Marks: []p.Mark{{Entity: r.communeA}}},
	} {
		var req, resp bytes.Buffer
		fw := p.NewFrameWriter(&req)
		_ = fw.Write(&p.Hello{Intro: &p.Intro{Versions: []uint8{p.Version}, Device: r.a.id.Device}, Nonce: [16]byte{1}})
		_ = fw.Write(f)
		if err := r.b.n.ServePeer(context.Background(), on.from, &req, &resp); !errors.Is(err, p.ErrOrder) || resp.Len() > 0 {
			t.Errorf("%s: %v, %d bytes of answer", name, err, resp.Len())
		}
	}
	var req, resp bytes.Buffer
	fw := p.NewFrameWriter(&req)
	_ = fw.Write(&p.Hello{Intro: &p.Intro{Versions: []uint8{p.Version}, Device: r.province.id.Device}, Nonce: [16]byte{1}})
	_ = fw.Write(&p.RequestEnd{})
	if err := r.b.n.ServePeer(context.Background(), on.from, &req, &resp); !errors.Is(err, p.ErrOrder) {
		t.Errorf("in another's name: %v", err)
	}
}

// A log longer than one request goes over in several, and so does what was carried from a third.
func TestNeighbourIsGivenALongLog(t *testing.T) {
	r := newRoom(t)
	child := r.a.act(subject(t, r.a, r.communeA, "Lò Gia Bảo"))[0]
	for i := range 21 { // beyond 1,024 changes
		var drafts []registry.Draft
		for k := range 50 {
			drafts = append(drafts, subject(t, r.a, r.communeA, fmt.Sprintf("Lò Văn %d %d", i, k)))
		}
		r.a.act(drafts...)
	}
	on := r.a.meets(r.b)
	requests := 0
	for again := true; again; requests++ {
		var err error
		if again, _, err = r.a.request(r.b, on, -1, -1); err != nil {
			t.Fatal(err)
		}
	}
	if requests < 3 {
		t.Errorf("%d requests: the question and one that holds more than one may", requests)
	}
	if n := subjects(t, r.b); n != 21*50+1 || r.b.state(child) == nil {
		t.Errorf("%d children at the neighbour, want %d", n, 21*50+1)
	}
	r.b.sync(r.province)
	if n := subjects(t, r.province); n != 21*50+1 {
		t.Errorf("%d children at the hub", n)
	}
}
