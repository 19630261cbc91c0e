package bench

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"time"

	"tramy/internal/merge"
	"tramy/internal/node"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Author writes changes as a device does, a log a day, and seals them, without a node or a disk.
type Author struct {
	Device p.EntityID
	Number int
	key    ed25519.PrivateKey
	random io.Reader

	log     p.LogID
	opening *p.Opening
	hash    p.Hash // h of the last change of log
	changes []p.Change

	Segments [][]byte
	Bytes    int // of Segments
	Count    int // changes
	sent     int // of Segments
	inc      p.Incarnation
}

// day begins a log.
func (a *Author) day() error {
	o := &p.Opening{Device: a.Device}
	if _, err := io.ReadFull(a.random, o.Random[:]); err != nil {
		return err
	}
	if !a.log.IsZero() {
		o.Follows, o.FollowsHash = a.log, a.hash.Short()
	}
	a.log = p.NewLogID(a.key.Public().(ed25519.PublicKey), o.Random)
	a.opening, a.hash, a.changes = o, p.ChainStart(a.log), nil
	return nil
}

// act writes one act and returns its changes.
func (a *Author) act(at time.Time, actor p.EntityID, drafts ...registry.Draft) []p.Change {
	base := len(a.changes)
	for _, d := range drafts {
		c := p.Change{
			Dot: p.Dot{Log: a.log, Seq: p.Seq(len(a.changes) + 1)}, At: p.At{WallMS: at.UnixMilli(), OffsetMS: 1734},
			Actor: actor, Kind: d.Kind, Entity: d.Entity, Writes: d.Writes,
		}
		if c.Entity.IsZero() {
			c.Entity = c.Dot.Entity()
		}
		a.hash = a.hash.Next(&c)
		a.changes = append(a.changes, c)
	}
	return a.changes[base:]
}

// seal ends the day.
func (a *Author) seal() error {
	if len(a.changes) == 0 {
		return nil
	}
	raws, err := p.Seal(a.key, a.opening, p.ChainStart(a.log), a.changes)
	if err != nil {
		return err
	}
	for _, raw := range raws {
		a.Bytes += len(raw)
	}
	a.Segments = append(a.Segments, raws...)
	a.Count += len(a.changes)
	return nil
}

// send hands a hub the segments it has not got yet, as one request.
func (a *Author) send(ctx context.Context, hub *node.Node) error {
	req, err := a.request(a.Segments[a.sent:])
	if err != nil {
		return err
	}
	if err := hub.Serve(ctx, a.Device, bytes.NewReader(req), io.Discard); err != nil {
		return err
	}
	a.sent = len(a.Segments)
	pos, err := hub.ChildPosition(ctx, a.Device)
	if err == nil && pos.Number != uint64(a.sent) {
		err = fmt.Errorf("the hub has taken %d of %d segments", pos.Number, a.sent)
	}
	return err
}

// request is one request with segments that follow those sent before.
func (a *Author) request(segments [][]byte) ([]byte, error) {
	var b bytes.Buffer
	w := p.NewFrameWriter(&b)
	h := &p.Hello{Incarnation: a.inc, From: p.Position{Incarnation: a.inc, Number: uint64(a.sent)}, Request: uint64(a.sent) + 1}
	// A cursor, and no scopes: the hub says which there are and sends no pages.
	h.Cursor = p.Cursor{Incarnation: a.inc, Number: 1}
	if a.sent == 0 {
		h.From = p.Position{}
	}
	if err := w.Write(h); err != nil {
		return nil, err
	}
	for _, raw := range segments {
		if err := w.Write(&p.SegmentFrame{Raw: raw}); err != nil {
			return nil, err
		}
	}
	err := w.Write(&p.RequestEnd{Segments: uint32(len(segments))})
	return b.Bytes(), err
}

// Work is how large a register is.
type Work struct {
	Children   int `json:"children"`
	Doses      int `json:"doses"`
	Edits      int `json:"edits"`
	Concurrent int `json:"concurrent"`
}

// Small is a tenth of Commune, for a quick look.
var Small = Work{Children: 500, Doses: 6000, Edits: 65, Concurrent: 32}

// Commune is the work Y of the design.
var Commune = Work{Children: 5000, Doses: 60_000, Edits: 650, Concurrent: 325}

// Changes is how many changes that makes.
func (w Work) Changes() int { return w.Children + w.Doses + w.Edits + w.Concurrent }

// A day at a station.
const (
	dayVisits   = 60
	dayDoses    = 150
	dayChildren = 5
	dayEdits    = 3
	dayChanges  = dayDoses + dayChildren + dayEdits
)

// known is a child the register has.
type known struct {
	id     p.EntityID
	state  *p.State
	visits int
}

// history writes a commune's register of years by day sessions up to end: children, doses of 60 visits a
// day, edits; other writes the concurrent ones.
func history(m *Maker, w Work, a, other *Author, commune, place p.EntityID, nurses []p.EntityID, end time.Time) ([]*known, error) {
	days := max(1, (w.Doses+dayDoses-1)/dayDoses)
	start := end.Add(-time.Duration(days) * 109 * time.Hour).Truncate(24 * time.Hour)
	var children []*known
	doses, edits, both := 0, 0, 0
	for d := range days {
		if err := a.day(); err != nil {
			return nil, err
		}
		at := start.Add(time.Duration(d) * 109 * time.Hour).Truncate(24 * time.Hour).Add(30 * time.Minute) // 07:30 there
		today := func() registry.Day { return registry.Today(at, vietnam) }
		// Half of the children are entered in the first tenth of the time, when the register is begun.
		want := w.Children * (d + 1) / days
		if early := w.Children / 2 * min(10*(d+1), days) / days; w.Children > 1 {
			want = early + (w.Children-w.Children/2)*(d+1)/days
		}
		want = max(1, want)
		for len(children) < want || d == days-1 && len(children) < w.Children {
			at = at.Add(m.pause() / 4)
			in, err := m.Child(commune, a.Number, today(), 60)
			if err != nil {
				return nil, err
			}
			draft, err := registry.NewSubject(in, today())
			if err != nil {
				return nil, err
			}
			c := a.act(at, nurses[m.r.IntN(len(nurses))], draft)
			children = append(children, &known{id: c[0].Entity, state: merge.Apply(nil, &c[0])})
		}
		for v := 0; v < dayVisits && doses < w.Doses; v++ {
			at = at.Add(m.pause())
			k := children[m.r.IntN(len(children))]
			for try := 0; try < 4; try++ { // mostly the least vaccinated of a few
				if o := children[m.r.IntN(len(children))]; o.visits < k.visits {
					k = o
				}
			}
			n := min(2+v%2, w.Doses-doses)
			var drafts []registry.Draft
			for _, in := range m.Visit(k.id, place, k.visits, n, at) {
				draft, err := registry.NewImmunization(in, registry.Known{Today: today()})
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, draft)
			}
			k.visits++
			doses += n
			a.act(at, nurses[m.r.IntN(len(nurses))], drafts...)
		}
		for ; edits < w.Edits*(d+1)/days; edits++ {
			at = at.Add(m.pause())
			k := children[m.r.IntN(len(children))]
			mine, err := draftEdit(m, k.state, m.Patch(), today())
			if err != nil {
				return nil, err
			}
			changes := a.act(at, nurses[m.r.IntN(len(nurses))], mine)
			next := merge.Apply(k.state, &changes[0])
			if both < w.Concurrent*(d+1)/days {
				if both%20 == 0 {
					if err := other.seal(); err != nil {
						return nil, err
					}
					if err := other.day(); err != nil {
						return nil, err
					}
				}
				both++
				patch := registry.Patch{}
				switch f := mine.Writes[0].Field; f {
				case registry.SubjectMotherPhone:
					patch[f] = p.Text(m.Phone())
				default:
					patch[f] = p.Text(m.Name())
				}
				theirs, err := draftEdit(m, k.state, patch, today())
				if err != nil {
					return nil, err
				}
				changes := other.act(at.Add(3*time.Hour), nurses[0], theirs)
				next = merge.Apply(next, &changes[0])
			}
			k.state = next
		}
		if err := a.seal(); err != nil {
			return nil, err
		}
	}
	return children, other.seal()
}

// draftEdit makes a change of a subject; one that would change nothing gets another phone.
func draftEdit(m *Maker, s *p.State, patch registry.Patch, today registry.Day) (registry.Draft, error) {
	for {
		draft, err := registry.EditSubject(s, patch, registry.SawOf(s), today)
		if err != nil || !draft.Empty() {
			return draft, err
		}
		patch = registry.Patch{registry.SubjectMotherPhone: p.Text(m.Phone())}
	}
}
