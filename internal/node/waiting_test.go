package node_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"tramy/internal/node"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// claims sends frames of its own making in a machine's name.
func (m *machine) claims(up *machine, list ...p.Frame) error {
	m.t.Helper()
	var req, resp bytes.Buffer
	fw := p.NewFrameWriter(&req)
	end := &p.RequestEnd{}
	hello := &p.Hello{Intro: &p.Intro{Versions: []uint8{p.Version}, Device: m.id.Device}, Incarnation: p.Incarnation{9}, PageBytes: 4096}
	for _, f := range slices.Concat([]p.Frame{hello}, list, []p.Frame{end}) {
		if f.FrameType() == p.FrameSegment {
			end.Segments++
		}
		if err := fw.Write(f); err != nil {
			m.t.Fatal(err)
		}
	}
	return up.n.Serve(context.Background(), m.id.Device, &req, &resp)
}

func (m *machine) waiting(via *machine) (w store.WaitingRow) {
	m.t.Helper()
	m.view(func(tx store.Tx) (err error) {
		w, err = tx.Waiting(via.id.Device)
		return err
	})
	return w
}

// stranger is a device that nobody knows.
func stranger(n byte) p.EntityID {
	return p.Dot{Log: p.NewLogID(bytes.Repeat([]byte{n}, 32), [16]byte{n}), Seq: 1}.Entity()
}

// forged makes a log of a device, a change a segment, each with so many bytes that do not compress.
func forged(t *testing.T, key ed25519.PrivateKey, device p.EntityID, bytesEach int, n int) []p.Frame {
	t.Helper()
	opening := &p.Opening{Device: device, Random: [16]byte{byte(n), byte(bytesEach)}}
	log := p.NewLogID(key.Public().(ed25519.PublicKey), opening.Random)
	h := p.ChainStart(log)
	r := rand.New(rand.NewPCG(uint64(n), 1))
	var out []p.Frame
	for i := range n {
		b := make([]byte, bytesEach)
		for j := range b {
			b[j] = byte(r.Uint32())
		}
		dot := p.Dot{Log: log, Seq: p.Seq(i + 1)}
		c := p.Change{Dot: dot, At: p.At{WallMS: 1_790_000_000_000}, Kind: 199, Entity: dot.Entity(), Writes: []p.Write{{Field: 200, Data: p.Bytes(b)}}}
		raws, err := p.Seal(key, opening, h, []p.Change{c})
		if err != nil {
			t.Fatal(err)
		}
		h = h.Next(&c)
		opening = nil
		out = append(out, &p.SegmentFrame{Raw: raws[0]})
	}
	return out
}

// Segments of an author whom nobody knows wait, so many bytes of each station. What is left out is told, nothing else is touched, and
// once there is room it is taken when it comes again.
func TestSegmentsOfNobodyKnownWaitUpToALimit(t *testing.T) {
	c := newCountry(t)
	nobody := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	all := forged(t, nobody, stranger(5), 16<<10, 260)
	size := 0
	fit := slices.IndexFunc(all, func(f p.Frame) bool {
		size += len(f.(*p.SegmentFrame).Raw)
		return size > node.ParkedBytesStation
	})
	if err := c.a.claims(c.province, all[:fit]...); err != nil {
		t.Fatal(err)
	}
	at := c.province.waiting(c.a)
	if want := int64(size - len(all[fit].(*p.SegmentFrame).Raw)); at.ParkedBytes != want || c.province.alarms(node.AlarmSegment) != 0 {
		t.Fatalf("%d bytes wait, want %d; %d alarms", at.ParkedBytes, want, c.province.alarms(node.AlarmSegment))
	}
	if err := c.a.claims(c.province, all[fit]); err != nil {
		t.Fatal(err)
	}
	if got := c.province.waiting(c.a).ParkedBytes; got != at.ParkedBytes || c.province.alarms(node.AlarmSegment) != 1 {
		t.Errorf("one more: %d bytes wait, %d alarms", got, c.province.alarms(node.AlarmSegment))
	}
	if err := c.b.claims(c.province, all[fit]); err != nil {
		t.Fatal(err)
	}
	if got := c.province.waiting(c.b).ParkedBytes; got == 0 {
		t.Error("another station's is left out as well")
	}
	kept := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.a.sync(c.province)
	if c.province.state(kept) == nil {
		t.Error("what the station itself wrote did not come through")
	}
}

// A log of which nothing is here is noted, so that who names it hears that; so many of each station.
func TestLogsOfWhichNothingIsHereAreNotedUpToALimit(t *testing.T) {
	c := newCountry(t)
	names := func(from, n int) *p.Logs {
		l := &p.Logs{}
		for i := range n {
			var m p.LogMark
			binary.BigEndian.PutUint32(m.Log[1:], uint32(from+i+1))
			m.Seq = 3
			l.Heads = append(l.Heads, m)
		}
		return l
	}
	before := c.province.waiting(c.a).Logs
	if err := c.a.claims(c.province, names(0, node.EmptyLogsStation-before)); err != nil {
		t.Fatal(err)
	}
	if got := c.province.waiting(c.a).Logs; got != node.EmptyLogsStation || c.province.alarms(node.AlarmSegment) != 0 {
		t.Fatalf("%d are noted at the limit, %d alarms", got, c.province.alarms(node.AlarmSegment))
	}
	for range 3 { // again the same, and more
		if err := c.a.claims(c.province, names(0, node.EmptyLogsStation-before+1), names(1<<20, 100)); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.province.waiting(c.a).Logs; got != node.EmptyLogsStation || c.province.alarms(node.AlarmSegment) == 0 {
		t.Errorf("%d are noted beyond it, %d alarms", got, c.province.alarms(node.AlarmSegment))
	}
	// A segment of yet another that cannot be taken adds none either.
	stray := forged(t, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32)), stranger(6), 10, 2)[1:]
	if err := c.a.claims(c.province, stray...); err != nil {
		t.Fatal(err)
	}
	if got := c.province.waiting(c.a).Logs; got != node.EmptyLogsStation {
		t.Errorf("%d are noted with a segment of another", got)
	}
	kept := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.a.sync(c.province)
	if c.province.state(kept) == nil {
		t.Error("what the station itself wrote did not come through")
	}
}

// A log that is cut otherwise than before and sent from its end to its beginning is followed so many times, and not once more. As it
// was sent first it can come as often and in what order it likes; and new changes come in all the same.
func TestSegmentsThatLeadBackAreFollowedUpToALimit(t *testing.T) {
	c := newCountry(t)
	all, pairs := forged(t, c.a.id.Key, c.a.id.Device, 10, 31), []p.Frame(nil)
	h, opening := p.Hash{}, (*p.Opening)(nil)
	for i := 0; i+1 < 30; i += 2 {
		var two []p.Change
		for k := range 2 {
			seg, err := p.ParseSegment(all[i+k].(*p.SegmentFrame).Raw)
			if err != nil {
				t.Fatal(err)
			}
			changes, err := seg.Changes()
			if err != nil {
				t.Fatal(err)
			}
			if i+k == 0 {
				h, opening = p.ChainStart(seg.Log), seg.Opening
			}
			two = append(two, changes...)
		}
		raw, err := p.SealSegment(c.a.id.Key, opening, h, two)
		if err != nil {
			t.Fatal(err)
		}
		pairs, opening = append(pairs, &p.SegmentFrame{Raw: raw}), nil
		for k := range two {
			h = h.Next(&two[k])
		}
	}
	if err := c.a.claims(c.province, all[:30]...); err != nil {
		t.Fatal(err)
	}
	back := slices.Clone(all[:30])
	slices.Reverse(back)
	if err := c.a.claims(c.province, back...); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(pairs)
	if err := c.a.claims(c.province, pairs[:node.WalksBackMax+1]...); err != nil {
		t.Fatal(err)
	}
	if got := c.province.alarms(node.AlarmSegment); got != 0 {
		t.Errorf("%d alarms at the limit", got)
	}
	if err := c.a.claims(c.province, append(pairs[:node.WalksBackMax+2:node.WalksBackMax+2], all[30])...); err != nil {
		t.Fatal(err)
	}
	if got := c.province.alarms(node.AlarmSegment); got != 1 {
		t.Errorf("%d alarms one beyond it", got)
	}
	head := p.Seq(0)
	c.province.view(func(tx store.Tx) error {
		seg, err := p.ParseSegment(all[0].(*p.SegmentFrame).Raw)
		if err != nil {
			return err
		}
		row, err := tx.Log(seg.Log)
		if row != nil {
			head = row.Head
		}
		return err
	})
	if int(head) != len(all) {
		t.Errorf("the log is here up to %d of %d", head, len(all))
	}
}
