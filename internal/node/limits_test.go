package node_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// sealedByStranger seals so many logs of one change each, in the name of a device, under a key that nobody was told of.
func sealedByStranger(t *testing.T, device p.EntityID, n int) (frames []p.Frame) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, ed25519.SeedSize))
	for i := range n {
		opening := &p.Opening{Device: device}
		binary.BigEndian.PutUint32(opening.Random[:], uint32(i))
		log := p.NewLogID(key.Public().(ed25519.PublicKey), opening.Random)
		d := p.Dot{Log: log, Seq: 1}
		raw, err := p.SealSegment(key, opening, p.ChainStart(log), []p.Change{{Dot: d, Kind: registry.KindSubject, Entity: d.Entity()}})
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, &p.SegmentFrame{Raw: raw})
	}
	return frames
}

func (m *machine) parked(device p.EntityID) (n int) {
	m.t.Helper()
	m.view(func(tx store.Tx) error {
		rows, err := tx.Parked(device)
		n = len(rows)
		return err
	})
	return n
}

// Whoever claims a key that a known device never had fills no disk: so many segments wait for it, one more is left out and told of.
func TestWhatWaitsForKeysIsBounded(t *testing.T) {
	c := countryOn(t, true)
	frames := sealedByStranger(t, c.a.id.Device, node.ParkedUnderKeysMax+1)
	c.province.says(c.centre, uint32(len(frames)-1), frames[:node.ParkedUnderKeysMax]...)
	if got := c.centre.parked(c.a.id.Device); got != node.ParkedUnderKeysMax || c.centre.alarms(node.AlarmSegment) != 0 {
		t.Fatalf("at the limit %d wait, %d alarms", got, c.centre.alarms(node.AlarmSegment))
	}
	c.province.says(c.centre, 1, frames[node.ParkedUnderKeysMax])
	if got := c.centre.parked(c.a.id.Device); got != node.ParkedUnderKeysMax || c.centre.alarms(node.AlarmSegment) != 1 {
		t.Errorf("one beyond it %d wait, %d alarms", got, c.centre.alarms(node.AlarmSegment))
	}
}

// logsNamed are n logs of which nobody has anything, in order.
func logsNamed(from, n int) (list []p.LogMark) {
	for i := range n {
		h := p.LogMark{Seq: 1}
		binary.BigEndian.PutUint32(h.Log[:], uint32(from+i+1))
		list = append(list, h)
	}
	return list
}

// A station's list of logs has an end in each request.
func TestLogsListedInOneRequestAreBounded(t *testing.T) {
	c := countryOn(t, true)
	serve := func(n int) error {
		call, err := c.a.n.Begin(context.Background(), node.Options{Fresh: true})
		if err != nil {
			t.Fatal(err)
		}
		var plain, req bytes.Buffer
		if err := call.WriteRequest(&plain); err != nil {
			t.Fatal(err)
		}
		hello, err := p.NewFrameReader(&plain).Read()
		if err != nil {
			t.Fatal(err)
		}
		list := []p.Frame{hello}
		for from := 0; from < n; from += p.LogsMax {
			list = append(list, &p.Logs{Heads: logsNamed(from, min(p.LogsMax, n-from))})
		}
		fw := p.NewFrameWriter(&req)
		for _, f := range append(list, &p.RequestEnd{}) {
			if err := fw.Write(f); err != nil {
				t.Fatal(err)
			}
		}
		return c.province.n.Serve(context.Background(), c.a.id.Device, &req, io.Discard)
	}
	if err := serve(node.ListedLogsMax); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if err := serve(node.ListedLogsMax + 1); !errors.Is(err, p.ErrLimit) {
		t.Errorf("one beyond it: %v", err)
	}
}

// A machine says how far its own logs reach; of logs of which nothing came, so many are remembered.
func TestEndsOfLogsThatNothingCameOfAreBounded(t *testing.T) {
	c := countryOn(t, true)
	ends := &p.Ends{}
	for _, h := range logsNamed(0, node.EndsKeptMax+1) {
		ends.Logs = append(ends.Logs, p.LogEnd{Log: h.Log, Seq: 5})
	}
	bare := func() (n int) {
		c.province.view(func(tx store.Tx) error {
			rows, err := tx.LogsOf(c.a.id.Device)
			for i := range rows {
				if rows[i].Head == 0 {
					n++
				}
			}
			return err
		})
		return n
	}
	c.a.says(c.province, 0, &p.Ends{Logs: ends.Logs[:node.EndsKeptMax]})
	if got := bare(); got != node.EndsKeptMax {
		t.Fatalf("at the limit %d are kept", got)
	}
	c.a.says(c.province, 0, ends)
	if got := bare(); got != node.EndsKeptMax {
		t.Errorf("one beyond it %d are kept", got)
	}
}

// Entities that a child wants are answered up to a number; a Want beyond it waits for the next request.
func TestWantsOfOneRequestAreBounded(t *testing.T) {
	c := countryOn(t, true)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	for _, at := range []struct {
		wanted   int
		answered bool
	}{{node.WantsAnsweredMax, true}, {node.WantsAnsweredMax + 1, false}} {
		var frames []p.Frame
		for left := at.wanted - 1; left > 0; left -= p.MarksMax {
			w := &p.Want{Scope: c.communeA}
			for i := range min(left, p.MarksMax) {
				w.Marks = append(w.Marks, p.Mark{Entity: p.Dot{Log: p.LogID{3, 11: 0x40}, Seq: p.Seq(i + 1)}.Entity()})
			}
			frames = append(frames, w)
		}
		frames = append(frames, &p.Want{Scope: c.communeA, Marks: []p.Mark{{Entity: child}}})
		answer, came := p.NewFrameReader(c.a.says(c.province, 0, frames...)), false
		for {
			f, err := answer.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if page, is := f.(*p.Page); is {
				rows, err := page.Rows()
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range rows {
					came = came || r.State.ID == child
				}
			}
		}
		if came != at.answered {
			t.Errorf("of %d wanted the last came: %v", at.wanted, came)
		}
	}
}

// Signs of a lost machine's work are looked for in so many records, and it is told whether those were all.
func TestRecordsLookedThroughAreBounded(t *testing.T) {
	c := countryOn(t, true)
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))
	c.quiet()
	c.province.view(func(tx store.Tx) error {
		n, _, err := node.LookThrough(tx, c.communeA, 0)
		if err != nil || n == 0 {
			t.Fatalf("%d records, %v", n, err)
		}
		for before, want := range map[int]bool{node.RecordsLookedMax - n: true, node.RecordsLookedMax - n + 1: false} {
			got, all, err := node.LookThrough(tx, c.communeA, before)
			if err != nil || got != node.RecordsLookedMax || all != want {
				t.Errorf("after %d records: %d, all %v, %v", before, got, all, err)
			}
		}
		return nil
	})
}

// A hub that hands back without end fills no memory: the rest comes with another answer.
func TestSegmentsHandedBackAreBounded(t *testing.T) {
	for n, want := range map[int]int{node.ReturnedMax: node.ReturnedMax, node.ReturnedMax + 1: node.ReturnedMax} {
		if got, err := node.TakeReturned(n); got != want || err != nil {
			t.Errorf("of %d handed back %d are kept, %v", n, got, err)
		}
	}
}
