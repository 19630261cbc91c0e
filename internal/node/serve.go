package node

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Limits of what one answer or one transaction takes; a queue has an end.
const (
	segmentsPerTx    = 64
	segmentBytesTx   = 512 << 10
	rowsPerRead      = 4096
	pagesPerAnswer   = 64
	statesPerPageMax = 16384
	stateBytesWire   = 8 // of a commune's register in a page, about
	pageBytesMin     = 2 << 10
	pageBytesMax     = 1 << 20
	headsPerAnswer   = 10000
	knownPositions   = 4
)

// serving is one request of a child being answered.
type serving struct {
	n     *Node
	ctx   context.Context
	child p.EntityID
	hello *p.Hello
	view  childView

	scopes    []p.EntityID
	agreed    bool      // child and hub name the same scopes
	takes     bool      // the position the child sends from is one this hub gave
	taken     uint64    // segments and lets committed
	heardTo   uint64    // number of the last receipt the child has of this hub as it is now
	pending   []p.Frame // segments and lets that arrived and are not committed yet
	pendingSz int
}

// Serve answers one request of a child whose token was checked: it takes in what arrives, commit by
// commit, and then writes the answer. What arrived whole before the request was cut is kept.
func (n *Node) Serve(ctx context.Context, child p.EntityID, r io.Reader, w io.Writer) error {
	s := &serving{n: n, ctx: ctx, child: child}
	err := p.ReadRequest(r, s)
	if ferr := s.flush(); ferr != nil {
		return ferr
	}
	if err != nil {
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
	s.hello = h
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	return s.n.cfg.Store.Update(s.ctx, func(tx store.Tx) error { return s.greet(tx) })
}

// greet compares what the child says with what this hub knows: positions, scopes, cursors.
func (s *serving) greet(tx store.Tx) error {
	h := s.hello
	dev, err := tx.Device(s.child)
	if err != nil {
		return err
	}
	if dev == nil {
		return fmt.Errorf("device %s has no entity here: %w", s.child, p.ErrOrder)
	}
	s.scopes = s.n.places.scopesOf(dev.Role, dev.Place)
	s.agreed = p.ScopesHash(s.scopes) == h.ScopesHash

	known, err := tx.ChildPositions(s.child)
	if err != nil {
		return err
	}
	s.takes = h.From.Number == 0
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
	// Receipts are numbered without an incarnation: a child that heard of what this hub has lost is told
	// everything again.
	receipts, err := tx.Counter(counterReceipt)
	if err != nil {
		return err
	}
	if h.Receipt <= receipts && s.n.knowsCursor(incs, h.Cursor, p.FeedNumber(end)) {
		s.heardTo = h.Receipt
	}
	s.view = childView{device: s.child, incarnation: h.Incarnation, cursors: map[p.EntityID]p.FeedNumber{}}
	for _, scope := range s.scopes {
		c := h.Cursor
		if i, ok := slices.BinarySearchFunc(h.Behind, scope, func(b p.Behind, e p.EntityID) int { return b.Scope.Compare(e) }); ok {
			c = h.Behind[i].Cursor
		}
		// An unknown cursor was given out by a state of this hub that is lost: the place is sent again.
		if s.n.knowsCursor(incs, c, p.FeedNumber(end)) && (s.agreed || h.Cursor.Number == 0) {
			s.view.cursors[scope] = c.Number
		}
	}

	row, err := tx.Child(s.child)
	if err != nil {
		return err
	}
	if row == nil {
		row = &store.ChildRow{Device: s.child}
	}
	row.ContactMS = s.n.cfg.Now().UnixMilli()
	row.ClockErrMS = h.WallMS - row.ContactMS
	row.Pending = h.Pending
	row.Request = h.Request
	if h.Intro != nil {
		row.Software = h.Intro.Software
	}
	return tx.PutChild(row)
}

// Segment implements syncproto.RequestHandler.
func (s *serving) Segment(f *p.SegmentFrame) error { return s.take(f, len(f.Raw)) }

// Let implements syncproto.RequestHandler.
func (s *serving) Let(l *p.Let) error { return s.take(l, 32) }

// Logs implements syncproto.RequestHandler. The answer's Heads states every log that differs.
func (s *serving) Logs(l *p.Logs) error { return s.take(l, 64*len(l.Heads)) }

// RequestEnd implements syncproto.RequestHandler; the reader has counted the frames.
func (s *serving) RequestEnd(*p.RequestEnd) error { return nil }

func (s *serving) take(f p.Frame, size int) error {
	if !s.takes {
		return nil // beyond a gap: the answer says from where to send
	}
	s.pending = append(s.pending, f)
	s.pendingSz += size
	if len(s.pending) >= segmentsPerTx || s.pendingSz >= segmentBytesTx {
		return s.flush()
	}
	return nil
}

// flush commits what arrived, with the position after it, in one transaction. A crash before the commit
// loses what the child still holds and will send again, because only Heads after the commit names it.
func (s *serving) flush() error {
	if len(s.pending) == 0 {
		return nil
	}
	frames := s.pending
	s.pending, s.pendingSz = nil, 0
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	var b *batch
	taken := s.taken
	err := s.n.cfg.Store.Update(s.ctx, func(tx store.Tx) error {
		b = s.n.newBatch(tx)
		b.from = &s.view
		taken = s.taken
		for _, f := range frames {
			var err error
			switch f := f.(type) {
			case *p.SegmentFrame:
				err = s.takeSegment(b, f.Raw)
				taken++
			case *p.Let:
				err = s.n.let(b, f)
				taken++
			case *p.Logs:
				err = s.listed(tx, f)
			}
			if err != nil {
				return err
			}
		}
		if err := s.n.unpark(b); err != nil {
			return err
		}
		if err := b.finish(); err != nil {
			return err
		}
		if taken == s.taken {
			return nil
		}
		return tx.PutChildPosition(s.child, s.positionAfter(taken))
	})
	if err != nil {
		return err
	}
	b.committed()
	if taken > s.taken {
		s.n.saved()
	}
	s.taken = taken
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
	_, err := s.n.receiveSegment(b, s.child, raw)
	if err == nil {
		return nil
	}
	if !isBad(err) {
		return err
	}
	code := AlarmSegment
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
			row = &store.LogRow{ID: seg.Log, Hash: p.ChainStart(seg.Log)}
		}
		row.Via = s.child
		if fork != nil {
			row.Reason, row.In = p.HoldForked, row.Head
		}
		if rerr := s.n.news(b.tx, row); rerr != nil {
			return rerr
		}
	}
	return b.tx.PutAlarm(&store.AlarmRow{WallMS: s.n.cfg.Now().UnixMilli(), Code: code, Detail: fmt.Sprintf("device %s: %v", s.child, err)})
}

// listed gives every log that a child listed, and that stands otherwise here, a new receipt number, so
// that the answer tells of it.
func (s *serving) listed(tx store.Tx, l *p.Logs) error {
	for _, m := range l.Heads {
		row, err := tx.Log(m.Log)
		if err != nil {
			return err
		}
		if row == nil {
			row = &store.LogRow{ID: m.Log, Hash: p.ChainStart(m.Log)}
		}
		if row.Head != m.Seq || row.Hash.Short() != m.Hash {
			row.Via = s.child
			if err := s.n.news(tx, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// standing is what the hub knows at one moment, for the answer.
type standing struct {
	heads    p.Heads
	sums     []p.ScopeSum
	complete bool
	equal    bool
	end      p.FeedNumber
}

func (s *serving) answer(w io.Writer) error {
	n := s.n
	var st standing
	err := n.cfg.Store.View(s.ctx, func(tx store.Tx) error {
		var err error
		st, err = s.stand(tx)
		return err
	})
	if err != nil {
		return err
	}
	if err := n.noteLevel(s.ctx, s.child, st.complete, st.equal, s.hello.Pending); err != nil {
		return err
	}
	p.SignHeads(&st.heads, n.id.Key, s.child, s.hello.Nonce)
	fw := p.NewFrameWriter(w)
	if err := fw.Write(&st.heads); err != nil {
		return err
	}
	more := !s.takes
	if !s.agreed {
		if err := fw.Write(&p.Scopes{Places: s.scopes}); err != nil {
			return err
		}
	}
	end := p.ResponseEnd{}
	switch {
	case st.equal:
		// A child that stands there already hears nothing of it: the digest in Heads says the rest.
		if at := (p.Cursor{Incarnation: n.incarnation, Number: st.end}); s.hello.Cursor != at || len(s.hello.Behind) > 0 {
			end.Level = at
		}
	case !s.agreed && s.hello.Cursor.Number != 0:
		more = true // the child first takes over the scopes, then says how far it is in each
	default:
		sent, cut, err := s.pages(fw, &st)
		if err != nil {
			return err
		}
		more = more || cut
		if !cut && st.complete {
			if err := s.fingerprints(fw, &st, sent); err != nil {
				return err
			}
			end.WantSums = !sent && len(s.hello.Sums) == 0 && s.agreed
		}
	}
	notice := &p.Notice{WallMS: n.cfg.Now().UnixMilli()}
	if s.hello.Intro != nil { // who introduced itself hears who answers; on a kept connection that is known
		notice.Above = []p.EntityID{n.id.Device}
	}
	if err := fw.Write(notice); err != nil {
		return err
	}
	end.More = more
	return fw.Write(&end)
}

// stand reads, in one transaction, everything but the pages.
func (s *serving) stand(tx store.Tx) (standing, error) {
	n := s.n
	st := standing{heads: p.Heads{Position: s.positionAfter(s.taken)}, complete: n.complete()}
	if !s.takes {
		known, err := tx.ChildPositions(s.child)
		if err != nil {
			return st, err
		}
		st.heads.Position = p.Position{}
		st.heads.Known = known[:min(len(known), knownPositions)]
		st.heads.WantLogs = len(known) == 0
	}
	logs, err := tx.LogsVia(s.child, s.heardTo)
	if err != nil {
		return st, err
	}
	logs = logs[:min(len(logs), headsPerAnswer)]
	feed, err := tx.Counter(counterFeed)
	if err != nil {
		return st, err
	}
	st.end = p.FeedNumber(feed)
	st.heads.Receipt = s.heardTo
	for i := range logs {
		l := &logs[i]
		h := p.LogHead{Log: l.ID, Here: l.Head, Hash: l.Hash.Short(), In: min(l.In, l.Head), Reason: l.Reason, Root: l.Root, RootAt: l.RootAt}
		if n.id.IsRoot() {
			h.Root, h.RootAt = l.Head, p.Cursor{Incarnation: n.incarnation, Number: st.end}
		}
		st.heads.Logs = append(st.heads.Logs, h)
		st.heads.Receipt = max(st.heads.Receipt, l.Receipt)
	}
	slices.SortFunc(st.heads.Logs, func(x, y p.LogHead) int { return x.Log.Compare(y.Log) })
	if !st.complete {
		return st, nil
	}
	for _, scope := range s.scopes {
		sum, err := tx.Sum(scope)
		if err != nil {
			return st, err
		}
		st.sums = append(st.sums, p.ScopeSum{Scope: scope, Sum: sum.Sum})
	}
	st.heads.Digest = p.Digest(st.sums)
	st.equal = s.agreed && s.takes && st.heads.Digest == s.hello.Digest
	return st, nil
}

// complete reports whether this node may say "this is all there is": the root always, others once they
// have reached the end of their upstream's feed since they started.
func (n *Node) complete() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.caughtUp || n.id.IsRoot()
}

func (n *Node) noteLevel(ctx context.Context, child p.EntityID, complete, equal bool, pending uint32) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		row, err := tx.Child(child)
		if err != nil || row == nil {
			return err
		}
		now := n.cfg.Now().UnixMilli()
		row.Pending = 0
		switch {
		case equal:
			row.LevelMS, row.UnequalMS = now, 0
		case complete && pending == 0 && row.UnequalMS == 0:
			row.UnequalMS = now
		}
		return tx.PutChild(row)
	})
}

// pages sends what the child lacks, scope by scope: what goes to everybody first, because the rest names
// it. It reports whether any row was sent and whether it stopped before the end.
func (s *serving) pages(fw *p.FrameWriter, st *standing) (sent, cut bool, err error) {
	bytesWanted := min(max(int(s.hello.PageBytes), pageBytesMin), pageBytesMax)
	perPage := min(max(bytesWanted/stateBytesWire, 64), statesPerPageMax)
	pages := 0
	for _, scope := range s.scopes {
		after := s.view.cursors[scope]
		for {
			rows, last, ended, err := s.readRows(scope, after, st.end, perPage)
			if err != nil {
				return sent, cut, err
			}
			if last == after {
				break
			}
			after = last
			sent = sent || len(rows) > 0
			if err := s.writePage(fw, scope, after, rows); err != nil {
				return sent, cut, err
			}
			if ended {
				break
			}
			if pages++; pages >= pagesPerAnswer {
				return sent, true, nil
			}
		}
	}
	return sent, false, nil
}

// readRows reads the states of a scope's feed beyond after, whole acts only, without what the child made
// itself. last is the number the page ends at.
func (s *serving) readRows(scope p.EntityID, after, end p.FeedNumber, limit int) (rows []p.Row, last p.FeedNumber, ended bool, err error) {
	last = after
	// A child at the beginning of a feed may have lost its own: it is spared nothing.
	spare := s.view.cursors[scope] > 0
	err = s.n.cfg.Store.View(s.ctx, func(tx store.Tx) error {
		// One row more than an act can move shows where the last whole act ends.
		routes, err := tx.Feed(scope, after, limit+1)
		if err != nil {
			return err
		}
		ended = len(routes) <= limit
		if !ended {
			border := routes[len(routes)-1].Number
			k := len(routes)
			for k > 0 && routes[k-1].Number == border {
				k--
			}
			if k == 0 { // one act larger than a page: read on until it is whole
				if routes, err = tx.Feed(scope, after, rowsPerRead*4); err != nil {
					return err
				}
				for k < len(routes) && routes[k].Number == border {
					k++
				}
			}
			routes = routes[:k]
		}
		for i := range routes {
			r := &routes[i]
			if r.Number > end {
				ended = true
				break
			}
			last = r.Number
			if spare && r.Echo == s.child && r.EchoInc == s.hello.Incarnation {
				continue
			}
			st, err := tx.State(r.Entity)
			if err != nil {
				return err
			}
			if st == nil {
				return fmt.Errorf("entity %s is routed to %s and has no state", r.Entity, scope)
			}
			rows = append(rows, p.Row{State: st, Left: r.Left})
		}
		return nil
	})
	return rows, last, ended, err
}

// writePage writes rows as one page, or as several if they decode to more than a page may hold. Only the
// last of several moves the cursor.
func (s *serving) writePage(fw *p.FrameWriter, scope p.EntityID, after p.FeedNumber, rows []p.Row) error {
	cursor := p.Cursor{Incarnation: s.n.incarnation, Number: after}
	page, err := p.EncodePage(scope, cursor, rows)
	if errors.Is(err, p.ErrTooLarge) && len(rows) > 1 {
		half := len(rows) / 2
		first := p.Cursor{Incarnation: s.n.incarnation, Number: s.view.cursors[scope]}
		page, err := p.EncodePage(scope, first, rows[:half])
		if err != nil {
			return err
		}
		if err := fw.Write(page); err != nil {
			return err
		}
		return s.writePage(fw, scope, after, rows[half:])
	}
	if err != nil {
		return err
	}
	s.view.cursors[scope] = after
	return fw.Write(page)
}

// fingerprints sends the sums the child must reach: of all scopes that differ if it told its sums, else
// of every scope if pages were sent.
func (s *serving) fingerprints(fw *p.FrameWriter, st *standing, sent bool) error {
	at := p.Cursor{Incarnation: s.n.incarnation, Number: st.end}
	for _, sum := range st.sums {
		i := slices.IndexFunc(s.hello.Sums, func(x p.ScopeSum) bool { return x.Scope == sum.Scope })
		if i >= 0 && s.hello.Sums[i].Sum == sum.Sum || i < 0 && !sent {
			continue
		}
		if err := fw.Write(&p.Fingerprint{Scope: sum.Scope, At: at, Sum: sum.Sum}); err != nil {
			return err
		}
	}
	return nil
}

// ChildPosition returns the newest position durably taken from a child, zero if there is none.
func (n *Node) ChildPosition(ctx context.Context, child p.EntityID) (p.Position, error) {
	var pos p.Position
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
