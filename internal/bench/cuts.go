package bench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"tramy/internal/badline"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// Work over a line that breaks all the time.
const (
	cutEvery    = 4096 // bytes both ways in one connection
	cutStuck    = 40   // connections in turn that brought nothing on: it does not get ahead
	cutWays     = 3    // of a connection: it opens, the position is asked for, the exchange itself
	cutWorkDays = 32   // of a station, half as many changes as the register; a log a day, which one receipt has to tell of
)

// TenThousand is a register of 10,000 changes.
var TenThousand = Work{Children: 758, Doses: 9092, Edits: 100, Concurrent: 50}

// Thousand is a tenth of it.
var Thousand = Work{Children: 76, Doses: 909, Edits: 10, Concurrent: 5}

// CutOptions say how the line breaks.
type CutOptions struct {
	Options
	// Real lets the line take its time: 64 kbit/s and 300 ms each way. Without it, time is reckoned from bytes and ways.
	Real bool
}

// Cuts measures what it takes when the line breaks every 4 KB, of a first sync of 10,000 changes and of what a station wrote that goes up: what
// passes more than over a whole line, and what is sent of which the other side had all already.
func Cuts(ctx context.Context, opt CutOptions) (Report, error) {
	if opt.Work == (Work{}) {
		opt.Work = TenThousand
	}
	opt.defaults()
	r := Report{Title: "A line that breaks every 4 KB", Work: opt.Work}
	t, err := newTree(ctx, opt.Options)
	if err != nil {
		return r, fmt.Errorf("founding the hub: %w", err)
	}
	defer t.close()
	w := &wire{tree: t, maker: NewMaker(opt.Seed), report: &r}
	whole, err := w.station(ctx, w.facility)
	if err != nil {
		return r, err
	}
	broken, err := w.station(ctx, w.facility)
	if err != nil {
		return r, err
	}
	for _, s := range []*station.Station{broken, whole} {
		if _, err := w.sync(ctx, s); err != nil {
			return r, fmt.Errorf("reference data: %w", err)
		}
	}
	if err := w.fill(ctx); err != nil {
		return r, err
	}
	w.proxy.listen()
	if opt.Real {
		w.proxy.shape(rand.New(rand.NewPCG(opt.Seed, 9)), 0)
	}
	if opt.Real { // clocks that run
		for _, s := range []*station.Station{whole, broken} {
			s.Uplink.Client.Now = time.Now
		}
	}
	if err := w.wholeLine(ctx, "first sync", whole); err != nil {
		return r, err
	}
	if err := w.cutLine(ctx, "first sync", downlink, broken); err != nil {
		return r, err
	}
	days := max(1, cutWorkDays*opt.Work.Changes()/TenThousand.Changes())
	for turn, s := range []*station.Station{whole, broken} {
		if _, err := w.sync(ctx, s); err != nil { // what the other wrote is not what is measured
			return r, err
		}
		opt.Progress(fmt.Sprintf("%d days of work", days))
		for i := range days {
			w.clock.set(time.Date(2026, 11, 22+turn*days+i, 0, 30, 0, 0, time.UTC))
			if _, _, err := w.work(ctx, s); err != nil {
				return r, fmt.Errorf("day %d: %w", i, err)
			}
		}
		if turn == 0 {
			if err := w.wholeLine(ctx, "going up", s); err != nil {
				return r, err
			}
		}
	}
	return r, w.cutLine(ctx, "going up", uplink, broken)
}

// wholeLine exchanges over a line that holds.
func (w *wire) wholeLine(ctx context.Context, what string, s *station.Station) error {
	w.opt.Progress(what + ", whole")
	began := time.Now()
	t, err := w.sync(ctx, s)
	if err != nil || !t.level {
		return fmt.Errorf("%s, whole: not level: %w", what, err)
	}
	seconds, note := w.seconds(t, 1, began)
	w.first = t
	w.report.add(what, "bytes, whole line", float64(t.up+t.down), "B", Bound{}, fmt.Sprintf("%d up, %d down, %d requests", t.up, t.down, t.requests))
	w.report.add(what, "seconds, whole line", seconds, "s", Bound{}, note)
	return nil
}

// cutLine exchanges over a line that breaks, and reports the difference to what wholeLine saw.
func (w *wire) cutLine(ctx context.Context, what string, way int, s *station.Station) error {
	w.opt.Progress(what + ", cut")
	began := time.Now()
	t, err := w.syncCut(ctx, s)
	if err != nil {
		return fmt.Errorf("%s, cut: %w", what, err)
	}
	seconds, _ := w.seconds(t.traffic, t.connections, began)
	seen, err := w.heard(way)
	if err != nil {
		return err
	}
	r, base := w.report, float64(w.first.up+w.first.down)
	r.add(what, "bytes, cut", float64(t.up+t.down), "B", Bound{}, fmt.Sprintf("%d up, %d down, %d connections, %d requests", t.up, t.down, t.connections, t.requests))
	r.add(what, "seconds, cut", seconds, "s", Bound{}, "")
	r.add(what, "overhead", 100*(float64(t.up+t.down)/base-1), "%", Bound{}, "")
	r.add(what, "of it frames that were cut", float64(seen.part), "B", Bound{}, fmt.Sprintf("%d of them, %d B at most", seen.parts, seen.partMax))
	r.add(what, "whole frames sent again", float64(seen.again), "", Bound{}, fmt.Sprintf("%d B; %d frames of %d B in all", seen.againBytes, seen.frames, seen.bytes))
	r.add(what, "most sent again after one cut", float64(seen.worst), "frames", Bound{Aim: 1}, "the one that was cut among them")
	return nil
}

// seconds is what an exchange took: by the clock if the line takes its time, else by bytes and ways.
func (w *wire) seconds(t traffic, connections int, began time.Time) (seconds float64, note string) {
	if w.lanesShaped() {
		return time.Since(began).Seconds(), "as the line took it"
	}
	return float64(t.up+t.down)/linkBytesPerSecond + float64(cutWays*connections)*2*badline.OneWay.Seconds(), "reckoned from bytes at 64 kbit/s and ways of 600 ms"
}

func (w *wire) lanesShaped() bool {
	w.proxy.mu.Lock()
	defer w.proxy.mu.Unlock()
	return w.proxy.lanes[uplink] != nil
}

type cutTraffic struct {
	traffic
	connections int
}

// syncCut exchanges over a line that breaks until both sides hold the same.
func (w *wire) syncCut(ctx context.Context, s *station.Station) (cutTraffic, error) {
	x := w.proxy
	for _, other := range w.stations {
		other.Uplink.Client.Close() // a connection that is kept has no end that could be waited for
	}
	if err := w.quiet(ctx); err != nil {
		return cutTraffic{}, err
	}
	x.mark()
	x.cutEvery(cutEvery)
	defer x.cutEvery(0)
	before, stuck := -1, 0
	for {
		res, err := s.Uplink.Client.Sync(ctx)
		if ctx.Err() != nil {
			return cutTraffic{}, ctx.Err()
		}
		if err == nil && res.Refusal != nil {
			return cutTraffic{}, fmt.Errorf("refused: %s", res.Refusal.Message)
		}
		if err == nil && res.Level {
			break
		}
		if err != nil {
			// As it has while a station comes again over some ways of 600 ms.
			if qerr := w.quiet(ctx); qerr != nil {
				return cutTraffic{}, errors.Join(qerr, err)
			}
		}
		have, herr := w.ahead(ctx, s)
		if herr != nil {
			return cutTraffic{}, herr
		}
		if have > before {
			before, stuck = have, 0
		} else if stuck++; stuck > cutStuck {
			return cutTraffic{}, fmt.Errorf("nothing came on in %d connections; the last ended: %w", stuck, err)
		}
	}
	s.Uplink.Client.Close()
	if err := w.quiet(ctx); err != nil {
		return cutTraffic{}, err
	}
	t, err := x.traffic()
	x.mu.Lock()
	defer x.mu.Unlock()
	return cutTraffic{traffic: t, connections: x.opened}, err
}

// quiet waits until the hub has noticed that the connections are gone and has taken in what had come whole.
func (w *wire) quiet(ctx context.Context) error { return w.watch.quiet(ctx, w.proxy.made()) }

// ahead is a number that grows whenever a station has got or sent something.
func (w *wire) ahead(ctx context.Context, s *station.Station) (int, error) {
	at, err := w.hub.Node.ChildPosition(ctx, s.Node.Identity().Device)
	if err != nil {
		return 0, err
	}
	var have store.Counts
	err = s.Node.Store().View(ctx, func(tx store.Tx) error {
		have, err = tx.Counts()
		return err
	})
	return int(at.Number) + int(have.Entities), err
}

// hearing is what went over the line in frames of segments or pages.
type hearing struct {
	frames, bytes     int // whole ones
	parts             int // that were cut
	part, partMax     int // their bytes
	again, againBytes int // whole frames of which the other side had all already
	worst             int // whole frames and cut ones that one connection carried although they had come, or come again
}

// heard reads what passed since the mark.
func (w *wire) heard(way int) (hearing, error) {
	var h hearing
	x := w.proxy
	x.mu.Lock()
	defer x.mu.Unlock()
	kind := p.FrameSegment
	if way == downlink {
		kind = p.FramePage
	}
	streams := make([]stream, 0, len(x.said[way]))
	for k := range x.said[way] {
		streams = append(streams, k)
	}
	slices.SortFunc(streams, func(a, b stream) int { return (a.conn-b.conn)<<16 + int(a.id) - int(b.id) })
	seen := map[[32]byte]bool{}
	after := map[int]int{} // frames sent again, by the connection that was cut before
	for _, k := range streams {
		b := x.said[way][k].Bytes()
		if !bytes.HasPrefix(b, p.Magic[:]) {
			continue // a position, or nothing much
		}
		for b = b[len(p.Magic):]; len(b) > 0; {
			n, used := binary.Uvarint(b)
			if used <= 0 || len(b) < used+1 || len(b) < used+1+int(n) {
				if used > 0 && len(b) > used && p.FrameType(b[used]) == kind {
					h.parts, h.part, h.partMax = h.parts+1, h.part+len(b), max(h.partMax, len(b))
					after[k.conn]++
				}
				break
			}
			frame := b[:used+1+int(n)]
			b = b[len(frame):]
			if p.FrameType(frame[used]) != kind {
				continue
			}
			h.frames, h.bytes = h.frames+1, h.bytes+len(frame)
			new, err := news(seen, kind, frame)
			if err != nil {
				return h, err
			}
			if !new {
				h.again, h.againBytes = h.again+1, h.againBytes+len(frame)
				after[k.conn-1]++
			}
		}
	}
	for _, n := range after {
		h.worst = max(h.worst, n)
	}
	return h, nil
}

// news reports whether a frame holds anything that none before it held: a segment's bytes, or a state of a page.
func news(seen map[[32]byte]bool, kind p.FrameType, frame []byte) (bool, error) {
	note := func(sum [32]byte) bool {
		was := seen[sum]
		seen[sum] = true
		return !was
	}
	if kind == p.FrameSegment {
		return note(sha256.Sum256(frame)), nil
	}
	f, err := p.NewFrameReader(bytes.NewReader(append(p.Magic[:len(p.Magic):len(p.Magic)], frame...))).Read()
	if err != nil {
		return false, fmt.Errorf("a page on the line: %w", err)
	}
	page, ok := f.(*p.Page)
	if !ok {
		return false, errors.New("a page on the line is none")
	}
	if page.After == (p.Cursor{}) {
		return true, nil // outside the feed's order: it comes again, on purpose
	}
	rows, err := page.Rows()
	if err != nil {
		return false, err
	}
	any := len(rows) == 0
	for i := range rows {
		hash := p.StateHash(rows[i].State)
		any = note(sha256.Sum256(append(append(page.Scope[:], rows[i].State.ID[:]...), hash[:]...))) || any
	}
	return any, nil
}
