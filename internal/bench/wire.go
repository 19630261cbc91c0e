package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// Options say what Wire measures, and on what.
type Options struct {
	OpenHub     datadir.OpenStore
	OpenStation datadir.OpenStore
	Dir         string // for the temporary folders; "": the system's
	Work        Work   // zero: Commune
	Days        int    // days at a station; the middle one by bytes is reported. 0: 3
	Seed        uint64
	Progress    func(string) // nil: silent
}

func (opt *Options) defaults() {
	if opt.Work == (Work{}) {
		opt.Work = Commune
	}
	if opt.Days == 0 {
		opt.Days = 3
	}
	if opt.Progress == nil {
		opt.Progress = func(string) {}
	}
}

// traffic is what passed through the proxy since its mark.
type traffic struct {
	up, down int64
	requests int64
	frames   map[p.FrameType]frames // of the answers
	received int
	level    bool
}

type frames struct{ n, bytes int }

// Wire builds a hub and stations and measures D, nothing to say, Y, and both cut at half.
func Wire(ctx context.Context, opt Options) (Report, error) {
	opt.defaults()
	r := Report{Title: "What goes over the wire", Work: opt.Work}
	t, err := newTree(ctx, opt)
	if err != nil {
		return r, fmt.Errorf("founding the hub: %w", err)
	}
	defer t.close()
	w := &wire{tree: t, maker: NewMaker(opt.Seed), report: &r}
	return r, w.run(ctx)
}

type wire struct {
	*tree
	maker    *Maker
	report   *Report
	children []*known
	first    traffic // of Y
}

func (w *wire) run(ctx context.Context) error {
	st, err := w.station(ctx, w.facility)
	if err != nil {
		return err
	}
	broken, err := w.station(ctx, w.facility)
	if err != nil {
		return err
	}
	// The machine that is cut takes its reference data first, so that the other finds all of it.
	if _, err := w.sync(ctx, broken); err != nil {
		return fmt.Errorf("reference data: %w", err)
	}
	ref, err := w.sync(ctx, st)
	if err != nil {
		return fmt.Errorf("reference data: %w", err)
	}
	w.report.add("reference", "bytes both ways, new connection", float64(ref.up+ref.down), "B", Bound{}, fmt.Sprintf("%d entities", ref.received))

	if err := w.fill(ctx); err != nil {
		return err
	}
	w.opt.Progress("Y: first sync")
	if err := w.firstSync(ctx, st); err != nil {
		return fmt.Errorf("first sync: %w", err)
	}
	w.opt.Progress("Y: cut at half")
	if err := w.communeCut(ctx, broken); err != nil {
		return fmt.Errorf("first sync, cut: %w", err)
	}
	w.opt.Progress("nothing to say, D")
	if err := w.idle(ctx, st); err != nil {
		return fmt.Errorf("nothing to say: %w", err)
	}
	day, err := w.days(ctx, st)
	if err != nil {
		return fmt.Errorf("a day: %w", err)
	}
	if err := w.dayCut(ctx, st, day); err != nil {
		return fmt.Errorf("a day, cut: %w", err)
	}
	return nil
}

// fill writes the commune's register and hands it to the hub.
func (w *wire) fill(ctx context.Context) error {
	a, err := w.author(ctx, w.facility)
	if err != nil {
		return err
	}
	other, err := w.author(ctx, w.hospital)
	if err != nil {
		return err
	}
	w.opt.Progress("writing the register")
	if w.children, err = history(w.maker, w.opt.Work, a, other, w.commune, w.facility, w.nurseIDs(), w.clock.now().Add(-10*time.Hour)); err != nil {
		return fmt.Errorf("writing the register: %w", err)
	}
	w.opt.Progress("handing it to the hub")
	for _, x := range []*Author{a, other} {
		if err := x.send(ctx, w.hub.Node); err != nil {
			return fmt.Errorf("handing the register to the hub: %w", err)
		}
	}
	changes := a.Count + other.Count
	if changes != w.opt.Work.Changes() {
		return fmt.Errorf("the register has %d changes, wanted %d", changes, w.opt.Work.Changes())
	}
	w.report.add("Y", "bytes of the sealed segments", float64(a.Bytes+other.Bytes), "B", Bound{},
		fmt.Sprintf("%d segments, %.2f B a change", len(a.Segments)+len(other.Segments), float64(a.Bytes+other.Bytes)/float64(changes)))

	return nil
}

// sync lets a station exchange until all is said, and counts.
func (w *wire) sync(ctx context.Context, s *station.Station) (traffic, error) {
	w.proxy.mark()
	res, err := s.Uplink.Client.Sync(ctx)
	t, perr := w.settle()
	t.received, t.level = res.Received, res.Level
	if err == nil && res.Refusal != nil {
		err = fmt.Errorf("refused: %s", res.Refusal.Message)
	}
	return t, errors.Join(err, perr)
}

// settle waits for what is still on its way and returns what passed since the mark.
func (w *wire) settle() (traffic, error) {
	x := w.proxy
	for last := int64(-1); ; {
		time.Sleep(30 * time.Millisecond)
		if now := x.passed(); now != last {
			last = now
			continue
		}
		break
	}
	return x.traffic()
}

// traffic returns what passed since the mark.
func (x *proxy) traffic() (traffic, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	t := traffic{up: x.n[uplink], down: x.n[downlink], requests: x.heads[uplink]}
	var err error
	t.frames, err = framesOf(x.body[downlink].Bytes())
	return t, err
}

// framesOf counts the frames of answers that followed each other, one connection at a time.
func framesOf(b []byte) (map[p.FrameType]frames, error) {
	out := map[p.FrameType]frames{}
	for len(b) > 0 {
		b = bytes.TrimPrefix(b, p.Magic[:])
		r := bytes.NewReader(b)
		n, err := readUvarint(r)
		if err != nil {
			return out, nil // cut
		}
		kind, err := r.ReadByte()
		if err != nil || r.Len() < int(n) {
			return out, nil
		}
		size := len(b) - r.Len() + int(n)
		f := out[p.FrameType(kind)]
		f.n++
		f.bytes += size
		out[p.FrameType(kind)] = f
		b = b[size:]
	}
	return out, nil
}

func readUvarint(r io.ByteReader) (n uint64, err error) {
	for shift := 0; shift < 64; shift += 7 {
		c, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return n, nil
		}
	}
	return 0, p.ErrTooLarge
}

// firstSync measures Y: reference data came before on the same connection.
func (w *wire) firstSync(ctx context.Context, s *station.Station) error {
	t, err := w.sync(ctx, s)
	if err != nil {
		return err
	}
	if !t.level {
		return fmt.Errorf("station and hub are not equal after a first sync of %d states", t.received)
	}
	w.first = t
	changes := float64(w.opt.Work.Changes())
	both := float64(t.up + t.down)
	scale := changes / float64(Commune.Changes())
	w.report.add("Y", "bytes both ways", both, "B", Bound{Must: 750_000 * scale, Aim: 560_000 * scale},
		fmt.Sprintf("%d up, %d down, %d states, %.2f B a change", t.up, t.down, t.received, both/changes))
	w.report.add("Y", "requests", float64(t.requests), "", Bound{Must: 20, Aim: 8}, fmt.Sprintf("%d pages", t.frames[p.FramePage].n))
	w.report.add("Y", "bytes of the pages alone", float64(t.frames[p.FramePage].bytes), "B", Bound{}, "")
	return nil
}

// communeCut breaks a first sync at half of its bytes.
func (w *wire) communeCut(ctx context.Context, s *station.Station) error {
	// What the other machine's sync and the D before it brought is not in yet: the same Y.
	w.proxy.mark()
	w.proxy.cutAfter(downlink, w.first.down/2)
	if _, err := s.Uplink.Client.Sync(ctx); err == nil {
		return errors.New("the exchange was not cut")
	}
	before, err := w.settle()
	if err != nil {
		return err
	}
	after, err := w.sync(ctx, s)
	if err != nil {
		return err
	}
	if !after.level {
		return errors.New("station and hub are not equal after the second try")
	}
	again := before.down + after.down - w.first.down
	w.report.add("Y cut at half", "bytes fetched again", float64(again), "B",
		Bound{Aim: 0.02 * float64(w.first.down)},
		fmt.Sprintf("%.1f %% of the answer, new connection included; %d up in all", 100*float64(again)/float64(w.first.down), before.up+after.up))
	return nil
}

func (w *wire) idle(ctx context.Context, s *station.Station) error {
	var t traffic
	for range 3 {
		var err error
		w.clock.move(30 * time.Minute)
		if t, err = w.sync(ctx, s); err != nil {
			return err
		}
	}
	if !t.level {
		return errors.New("not level")
	}
	w.report.add("nothing to say", "bytes both ways", float64(t.up+t.down), "B", Bound{Must: 300, Aim: 220}, fmt.Sprintf("%d up, %d down", t.up, t.down))
	w.report.add("nothing to say", "requests", float64(t.requests), "", Bound{Must: 1, Aim: 1}, "")
	return nil
}

// dayResult is one day's exchange.
type dayResult struct {
	traffic
	segments, sealed int
}

// days measures D several times and reports the one in the middle by bytes up.
func (w *wire) days(ctx context.Context, s *station.Station) (dayResult, error) {
	var all []dayResult
	for i := range w.opt.Days {
		w.clock.set(time.Date(2026, 11, 22+i, 0, 30, 0, 0, time.UTC))
		if _, err := w.sync(ctx, s); err != nil {
			return dayResult{}, err
		}
		segments, sealed, err := w.work(ctx, s)
		if err != nil {
			return dayResult{}, err
		}
		t, err := w.sync(ctx, s)
		if err != nil {
			return dayResult{}, err
		}
		all = append(all, dayResult{traffic: t, segments: segments, sealed: sealed})
	}
	sortBy(all, func(d dayResult) int64 { return d.up })
	d := all[len(all)/2]
	note := fmt.Sprintf("median of %d days, %d to %d", len(all), all[0].up, all[len(all)-1].up)
	w.report.add("D", "bytes up", float64(d.up), "B", Bound{Must: 2700, Aim: 1780}, note)
	w.report.add("D", "bytes down", float64(d.down), "B", Bound{}, "receipt and one concurrent edit")
	w.report.add("D", "requests", float64(d.requests), "", Bound{Must: 1, Aim: 1}, "")
	w.report.add("D", "bytes of the sealed segments", float64(d.sealed), "B", Bound{},
		fmt.Sprintf("%d segment(s), %.2f B a change", d.segments, float64(d.sealed)/dayChanges))
	return d, nil
}

// work is a day at a station: 60 visits, 5 new children, 3 edits, one of them meeting another at the hub.
// It returns the number and bytes of the segments it was sealed into.
func (w *wire) work(ctx context.Context, s *station.Station) (segments, sealed int, err error) {
	edits := []int{15, 30, 45}
	for v := range dayVisits {
		w.clock.move(w.maker.pause())
		nurse := w.nurses[w.maker.r.IntN(len(w.nurses))]
		if v%12 == 0 {
			in, err := w.maker.Child(w.commune, int(s.Node.Identity().Number), s.Today(), 60)
			if err != nil {
				return 0, 0, err
			}
			in.Code = "" // the desk draws it
			if _, _, err := s.Register(ctx, nurse, in, true); err != nil {
				return 0, 0, err
			}
			w.clock.move(w.maker.pause())
		}
		k := w.children[w.maker.r.IntN(len(w.children))]
		doses := w.maker.Visit(k.id, w.facility, k.visits, 2+v%2, w.clock.now())
		k.visits++
		if err := record(ctx, s.Node, nurse, doses); err != nil {
			return 0, 0, err
		}
		for i, at := range edits {
			if v == at {
				w.clock.move(w.maker.pause())
				if err := w.edit(ctx, s, i == 0); err != nil {
					return 0, 0, err
				}
			}
		}
	}
	if err := s.Node.Seal(ctx); err != nil {
		return 0, 0, err
	}
	err = s.Node.Store().View(ctx, func(tx store.Tx) error {
		sent, err := tx.Outbox(0, 0)
		if err != nil || len(sent) == 0 {
			return err
		}
		last := sent[len(sent)-1]
		for _, row := range sent {
			if row.Log == last.Log {
				segments++
				sealed += len(row.Raw)
			}
		}
		return nil
	})
	return segments, sealed, err
}

// edit changes a child at the station, and first, unknown to it, the same field at the hub.
func (w *wire) edit(ctx context.Context, s *station.Station, meets bool) error {
	k := w.children[w.maker.r.IntN(len(w.children))]
	nurse := w.nurses[0]
	if meets {
		state, err := stateOf(ctx, w.hub.Node.Store(), k.id)
		if err != nil {
			return err
		}
		patch := registry.Patch{registry.SubjectMotherPhone: p.Text(w.maker.Phone())}
		if err := w.hub.Edit(ctx, w.officer, k.id, patch, registry.SawOf(state)); err != nil {
			return fmt.Errorf("at the hub: %w", err)
		}
	}
	state, err := stateOf(ctx, s.Node.Store(), k.id)
	if err != nil {
		return err
	}
	patch := registry.Patch{registry.SubjectMotherPhone: p.Text(w.maker.Phone())}
	return s.Edit(ctx, nurse, k.id, patch, registry.SawOf(state))
}

func stateOf(ctx context.Context, st store.Store, id p.EntityID) (s *p.State, err error) {
	err = st.View(ctx, func(tx store.Tx) error {
		s, err = tx.State(id)
		return err
	})
	if err == nil && s == nil {
		err = fmt.Errorf("entity %s is not here", id)
	}
	return s, err
}

// dayCut breaks a day's exchange at half of its bytes and counts what two exchanges take more than one.
func (w *wire) dayCut(ctx context.Context, s *station.Station, whole dayResult) error {
	w.clock.set(time.Date(2026, 11, 22+w.opt.Days, 0, 30, 0, 0, time.UTC))
	if _, err := w.sync(ctx, s); err != nil {
		return err
	}
	_, sealed, err := w.work(ctx, s)
	if err != nil {
		return err
	}
	expected := whole.up + int64(sealed-whole.sealed)
	w.proxy.mark()
	w.proxy.cutAfter(uplink, expected/2)
	if _, err := s.Uplink.Client.Sync(ctx); err == nil {
		return errors.New("the exchange was not cut")
	}
	before, err := w.settle()
	if err != nil {
		return err
	}
	after, err := w.sync(ctx, s)
	if err != nil {
		return err
	}
	again := before.up + after.up - expected
	w.report.add("D cut at half", "bytes sent again", float64(again), "B", Bound{Must: 4096, Aim: 1024},
		fmt.Sprintf("new connection and its heads included; %d up before the cut, %d after it in %d requests", before.up, after.up, after.requests))
	return nil
}

// record saves doses as one act without asking the schedule: the children of a day that is measured have doses
// by number, not by age, and a reason for each would be bytes that a day does not have.
func record(ctx context.Context, n *node.Node, nurse desk.Who, doses []registry.ImmunizationInput) error {
	_, err := n.Append(ctx, nurse.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		var drafts []registry.Draft
		for _, in := range doses {
			d, err := registry.NewImmunization(in, registry.Known{Today: in.GivenOn})
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, d)
		}
		return drafts, nil
	})
	return err
}
