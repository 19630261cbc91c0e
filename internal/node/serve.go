package node

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Limits of what one answer or one transaction takes; a queue has an end.
const (
	segmentsPerTx    = 64
	segmentBytesTx   = 512 << 10
	pagesPerAnswer   = 64
	statesPerPageMax = 16384
	// A place with fewer entities than this needs no first page; one has this many children at most: a day's.
	firstPageFrom     = 4096
	firstPageSubjects = 64

	stateBytesWire = 8  // of a commune's register in a page, about
	pageBytesMin   = 64 // of eight states, so that some come through where the line breaks every few KB
	pageBytesMax   = 1 << 20
	headsPerAnswer = 10000
	knownPositions = 4
	// rootWordSeconds is when a child that sent something is asked to come again: by then this hub has
	// passed it on and heard the root's word, the second tick.
	rootWordSeconds = 150
)

// serving is one request of a child being answered.
type serving struct {
	n     *Node
	ctx   context.Context
	child p.EntityID
	role  registry.NodeRole
	hello *p.Hello
	saves *p.Backup // what it says of its backups
	ends  *p.Ends   // how far its own logs reach, as it says before it sends them
	view  childView

	scopes    []p.EntityID
	agreed    bool              // child and hub name the same scopes
	takes     bool              // the position the child sends from is one this hub gave
	wantLogs  bool              // this hub gave the child none, or does not know what it said: it must list its logs
	listed    bool              // and it did
	carried   map[p.LogID]bool  // logs it sent or listed although they came another way: it hears of them now
	shown     map[p.LogID]shown // of its own logs, what this request showed
	taken     uint64            // segments and lets committed
	anew      bool              // what it has heard of this hub is lost here
	heardTo   uint64            // number of the last receipt the child has of this hub as it is now
	walk      walks             // through the logs that are received
	ranges    []*p.Range
	wants     []*p.Want
	wanted    int        // entities in them
	logs      int        // that the child has listed
	reading   sync.Mutex // guards what follows, and all a commit reads, while the request is being read
	pending   []p.Frame  // segments and lets that arrived and are not committed yet
	pendingSz int
	arrived   int64         // when, by this hub's clock, in ms
	noted     bool          // that the child was here, and what it said of itself
	bundle    *BundleServed // nil: over a line
}

// Serve answers one request of a child whose token was checked: it takes in what arrives, commit by
// commit, and then writes the answer. What arrived whole before the request was cut is kept.
func (n *Node) Serve(ctx context.Context, child p.EntityID, r io.Reader, w io.Writer) error {
	s := &serving{n: n, ctx: ctx, child: child, walk: walks{bounded: true}}
	return s.serve(r, w)
}

func (s *serving) serve(r io.Reader, w io.Writer) error {
	s.n.arriving.begins(s)
	defer s.n.arriving.ends(s) // who asks meanwhile waits for what is being committed
	if err := p.ReadRequest(r, s); err != nil {
		s.reading.Lock()
		defer s.reading.Unlock()
		if s.hello == nil || s.noted && len(s.pending) == 0 {
			return err
		}
		if cerr := s.commit(nil); cerr != nil {
			return cerr
		}
		return err
	}
	return s.answer(w)
}

// Hello implements syncproto.RequestHandler.
func (s *serving) Hello(h *p.Hello) error {
	if h.Intro != nil {
		if !slices.Contains(h.Intro.Versions, p.Version) {
			return p.ErrVersion
		}
		if h.Intro.Device != s.child {
			return fmt.Errorf("the request names device %s, its token another: %w", h.Intro.Device, p.ErrOrder)
		}
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	if err := s.n.cfg.Store.View(s.ctx, func(tx store.Tx) error { return s.greet(tx, h) }); err != nil {
		return err
	}
	s.hello = h
	return nil
}

// greet compares what the child says with what this hub knows: positions, scopes, cursors.
func (s *serving) greet(tx store.Tx, h *p.Hello) error {
	dev, err := tx.Device(s.child)
	if err != nil {
		return err
	}
	if dev == nil {
		return fmt.Errorf("device %s has no entity here: %w", s.child, p.ErrOrder)
	}
	s.role = dev.Role
	if s.scopes, err = scopesOf(tx, s.n.Atlas(), dev.ID, dev.Role, dev.Place); err != nil {
		return err
	}
	s.agreed = p.ScopesHash(s.scopes) == h.ScopesHash

	known, err := tx.ChildPositions(s.child)
	if err != nil {
		return err
	}
	s.takes = h.From.Number == 0
	s.wantLogs = len(known) == 0 && !s.takes
	for _, k := range known {
		if k.Incarnation == h.From.Incarnation && k.Number >= h.From.Number {
			s.takes = true
		}
	}

	incs, err := tx.Incarnations()
	if err != nil {
		return err
	}
	end, err := tx.Counter(counterFeed)
	if err != nil {
		return err
	}
	// A child that heard of what this hub has lost is told everything again. Where the hub was rolled back with its memory and
	// does not know it yet, any of the child's cursors may show it, not only the one that most of its scopes share.
	heard, err := knowsReceipt(tx, h.Receipt)
	if err != nil {
		return err
	}
	unknown := func(c p.Cursor) bool { return !s.n.knowsCursor(incs, c, p.FeedNumber(end)) }
	lost := unknown(h.Cursor) || slices.ContainsFunc(h.Behind, func(b p.Behind) bool { return unknown(b.Cursor) })
	if heard && !lost {
		s.heardTo = h.Receipt
	}
	if !heard {
		// A position that both know may then mean two things: a child that was set back with its memory gave numbers that this hub
		// knows to something else, which the hub has lost since. So the logs are compared.
		s.wantLogs = true
	}
	s.anew = h.Receipt > s.heardTo
	s.view = childView{device: s.child, incarnation: h.Incarnation, cursors: map[p.EntityID]p.FeedNumber{}}
	for _, scope := range s.scopes {
		c := h.Cursor
		if i, ok := slices.BinarySearchFunc(h.Behind, scope, func(b p.Behind, e p.EntityID) int { return b.Scope.Compare(e) }); ok {
			c = h.Behind[i].Cursor
		}
		// An unknown cursor was given out by a state of this hub that is lost: the place is sent again.
		if !unknown(c) && (s.agreed || h.Cursor.Number == 0) {
			s.view.cursors[scope] = c.Number
		}
	}
	s.arrived = s.n.cfg.Now().UnixMilli()
	return s.greetBundle(tx, h)
}

// note keeps what the child said of itself and, if it is answered now, how it stands.
func (s *serving) note(tx store.Tx, st *standing) error {
	row, err := tx.Child(s.child)
	if err != nil {
		return err
	}
	if row == nil {
		row = &store.ChildRow{Device: s.child}
	}
	if s.bundle != nil {
		return s.noteBundle(tx, row, st)
	}
	h := s.hello
	row.ContactMS = s.arrived
	row.ClockErrMS = h.WallMS - s.arrived
	row.Pending = h.Pending
	row.Request = h.Request
	if h.Intro != nil {
		row.Software = h.Intro.Software
	}
	s.noteBackup(row, s.arrived)
	if err := s.noteEnds(tx); err != nil {
		return err
	}
	if st != nil {
		now := s.n.cfg.Now().UnixMilli()
		row.Pending = 0
		switch {
		case st.equal:
			row.LevelMS, row.UnequalMS = now, 0
		case st.complete && h.Pending == 0 && row.UnequalMS == 0:
			row.UnequalMS = now
		}
	}
	return tx.PutChild(row)
}

// Backup implements syncproto.BackupHandler.
func (s *serving) Backup(f *p.Backup) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	s.saves = f
	return nil
}

// noteBackup keeps what the child said of its backups at a time by this hub's clock.
func (s *serving) noteBackup(row *store.ChildRow, at int64) {
	switch {
	case s.saves == nil:
	case s.saves.Made:
		row.BackupMS = at - int64(s.saves.AgeS)*1000
	default:
		row.BackupMS = store.NoBackup
	}
}

// Segment implements syncproto.RequestHandler.
func (s *serving) Segment(f *p.SegmentFrame) error { return s.take(f, len(f.Raw)) }

// Let implements syncproto.RequestHandler.
func (s *serving) Let(l *p.Let) error { return s.take(l, 32) }

// Logs implements syncproto.RequestHandler. The answer's Heads states every log that differs.
func (s *serving) Logs(l *p.Logs) error {
	// With the list, what the child's outbox held before counts as said. It lists unasked if this hub gave positions to
	// another machine of the same device only: a copied disk.
	s.reading.Lock()
	if !s.takes {
		s.listed, s.takes = true, true
	}
	s.logs += len(l.Heads)
	tooMany := s.role == registry.NodeStation && s.logs > listedLogsMax
	s.reading.Unlock()
	if tooMany {
		return fmt.Errorf("a station lists more than %d logs: %w", listedLogsMax, p.ErrLimit)
	}
	return s.take(l, 64*len(l.Heads))
}

// RequestEnd implements syncproto.RequestHandler; the reader has counted the frames.
func (s *serving) RequestEnd(*p.RequestEnd) error { return nil }

func (s *serving) take(f p.Frame, size int) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	if !s.takes {
		return nil // beyond a gap: the answer says from where to send
	}
	s.pending = append(s.pending, f)
	s.pendingSz += size
	if len(s.pending) >= segmentsPerTx || s.pendingSz >= segmentBytesTx {
		return s.commit(nil)
	}
	return nil
}

// positionAfter is the child's position once that many of its segments and lets are durable here: the
// position it named itself while nothing new is.
func (s *serving) positionAfter(taken uint64) p.Position {
	if taken == 0 {
		return s.hello.From
	}
	return p.Position{Incarnation: s.hello.Incarnation, Number: s.hello.From.Number + taken}
}

// takeSegment takes one segment in. What is wrong with a segment is its author's trouble, not the
// queue's: it is left out, an alarm tells of it, and the child hears how far its log is here.
func (s *serving) takeSegment(b *batch, raw []byte) error {
	what, err := s.n.receiveSegment(b, s.child, raw)
	if err == nil {
		s.count(raw, what)
		return s.carries(b.tx, raw, what)
	}
	if !isBad(err) {
		return err
	}
	return s.leftOut(b, raw, err)
}

// leftOut raises the alarm about a segment that was not taken, and gives its log's receipt a new number.
func (s *serving) leftOut(b *batch, raw []byte, err error) error {
	code, device := AlarmSegment, s.child
	var fork *ForkError
	var gap *GapError
	switch {
	case errors.As(err, &fork):
		code = AlarmFork
	case errors.As(err, &gap):
		code = AlarmGap
	}
	if seg, perr := p.ParseSegment(raw); perr == nil {
		row, rerr := b.tx.Log(seg.Log)
		if rerr != nil {
			return rerr
		}
		if row == nil {
			if may, merr := b.mayName(s.child); merr != nil || !may {
				return errors.Join(merr, s.alarm(b.tx, code, device, err))
			}
			row = &store.LogRow{ID: seg.Log, Hash: p.ChainStart(seg.Log)}
		}
		if fork != nil { // its signature was right: the author itself wrote both
			device = row.Device
			if fork.Exact {
				s.shows(row, shown{at: fork.Seq, parts: true})
			}
			if rerr := s.n.forked(b.tx, row, fork, s.child); rerr != nil {
				return rerr
			}
			if row.Via != s.child {
				s.hears(seg.Log)
				if rerr := s.n.news(b.tx, row); rerr != nil {
					return rerr
				}
			}
		}
		if gap != nil && !row.Device.IsZero() { // signed by its author: there is so much of it
			row.Told = max(row.Told, seg.Last())
		}
		// A forged segment must not take another child's log over.
		if row.Via.IsZero() {
			row.Via = s.child
		}
		if row.Via == s.child {
			if rerr := s.n.news(b.tx, row); rerr != nil {
				return rerr
			}
		}
	}
	return s.alarm(b.tx, code, device, err)
}

func (s *serving) alarm(tx store.Tx, code string, device p.EntityID, err error) error {
	return tx.PutAlarm(&store.AlarmRow{WallMS: s.n.cfg.Now().UnixMilli(), Code: code, Device: device, Detail: fmt.Sprintf("device %s: %v", s.child, err)})
}

// carries notes a log of which the child sent a segment and which came another way as well. One that was here already gets
// a new receipt: the child may have heard of it while it did not hold it, because it was set back, and have it again out of
// its journal. Said once, and out of turn, it would be lost with an answer that is cut off.
//
// Of what was parked nothing is said: that none of it is taken in yet the child took for a loss and sent it again, each time,
// and who has something to send neither compares nor writes again what makes the author known here.
func (s *serving) carries(tx store.Tx, raw []byte, what taken) error {
	seg, err := p.ParseSegment(raw)
	if err != nil {
		return err
	}
	row, err := tx.Log(seg.Log)
	if row != nil && what != takenParked {
		s.shows(row, shown{at: min(seg.Last(), row.Head)})
	}
	switch {
	case err != nil || row == nil || what == takenParked:
	case row.Via != s.child:
		s.hears(seg.Log)
	case what == takenKnown && row.Receipt <= s.heardTo:
		return s.n.news(tx, row)
	}
	return err
}

func (s *serving) hears(log p.LogID) {
	if s.carried == nil {
		s.carried = map[p.LogID]bool{}
	}
	s.carried[log] = true
}

// compareLogs gives every log that a child listed a new receipt number, so that the answer tells how far it
// is here. A log that came another way is the child's from now on if it shows by the hash that it holds the
// very same. One of which it has more is told of once, and is its own when it has sent that: what it could not yet
// show may still be the rest of a station's log that a lost hub had passed on in part.
func (s *serving) compareLogs(b *batch, l *p.Logs) error {
	tx, left := b.tx, 0
	for _, m := range l.Heads {
		row, err := tx.Log(m.Log)
		if err != nil {
			return err
		}
		if row == nil {
			may, err := b.mayName(s.child)
			if err != nil {
				return err
			}
			if !may {
				left++
				continue
			}
			row = &store.LogRow{ID: m.Log, Hash: p.ChainStart(m.Log)}
		}
		if row.Device == s.child && !row.Own && m.Seq > max(row.Told, row.Head) {
			row.Told = m.Seq
			if err := tx.PutLog(row); err != nil {
				return err
			}
		}
		if row.Via.IsZero() || row.Via == s.child || row.Head == m.Seq && row.Hash.Short() == m.Hash {
			if err := s.n.cameBy(tx, row, s.child); err != nil {
				return err
			}
			if err := s.n.news(tx, row); err != nil {
				return err
			}
		}
		if row.Via != s.child {
			s.hears(m.Log)
		}
	}
	if left > 0 {
		return s.alarm(tx, AlarmSegment, s.child, fmt.Errorf("%d logs it names of which nothing is here: %w", left, errWaitsEnough))
	}
	return nil
}

// ChildPosition returns the newest position durably taken from a child, zero if there is none, with all that has come whole
// of requests that are still being read.
func (n *Node) ChildPosition(ctx context.Context, child p.EntityID) (p.Position, error) {
	var pos p.Position
	for _, s := range n.arriving.from(child) {
		if err := s.keepArrived(); err != nil {
			return pos, err
		}
	}
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		known, err := tx.ChildPositions(child)
		if len(known) > 0 {
			pos = known[0]
		}
		return err
	})
	return pos, err
}

// TokenHash is what a hub keeps of a child's bearer token.
func TokenHash(token []byte) []byte {
	h := sha256.Sum256(token)
	return h[:]
}
