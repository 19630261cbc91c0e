package node

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

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
	s.reading.Lock()
	err := s.commit(&st)
	s.reading.Unlock()
	if err != nil {
		return err
	}
	if st.equal {
		n.mu.Lock()
		err := n.tellMended(s.ctx, s.child)
		n.mu.Unlock()
		if err != nil {
			return err
		}
	}
	p.SignHeads(&st.heads, n.id.Answering(), s.child, s.hello.Nonce)
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
	if st.complete && s.agreed {
		if err := s.compare(fw); err != nil {
			return err
		}
		if err := s.rootSums(fw, &st); err != nil {
			return err
		}
	}
	if s.role == registry.NodeStation {
		if err := s.handBack(fw); err != nil {
			return err
		}
	}
	notice := &p.Notice{WallMS: n.cfg.Now().UnixMilli()}
	if s.hello.Intro != nil { // who introduced itself hears who answers; on a kept connection that is known
		notice.Above = n.path()
	}
	if s.taken > 0 && !n.id.IsRoot() {
		notice.ComeBack = rootWordSeconds
	}
	if err := fw.Write(notice); err != nil {
		return err
	}
	if err := s.tellMove(fw); err != nil {
		return err
	}
	end.More = more
	if s.bundle != nil {
		s.bundle.More = more
	}
	return fw.Write(&end)
}

// stand reads, once that many segments and lets are taken, everything but the pages.
func (s *serving) stand(tx store.Tx, taken uint64) (standing, error) {
	n := s.n
	st := standing{heads: p.Heads{Position: s.positionAfter(taken), Anew: s.anew}, complete: n.complete()}
	if !s.takes {
		known, err := tx.ChildPositions(s.child)
		if err != nil {
			return st, err
		}
		st.heads.Position = p.Position{}
		if !s.wantLogs {
			st.heads.Known = known[:min(len(known), knownPositions)]
		}
	}
	st.heads.WantLogs = s.wantLogs && !s.listed
	logs, err := tx.LogsVia(s.child, s.heardTo)
	if err != nil {
		return st, err
	}
	for _, log := range slices.SortedFunc(maps.Keys(s.carried), p.LogID.Compare) {
		row, err := tx.Log(log)
		if err != nil {
			return st, err
		}
		if row != nil && row.Via != s.child {
			row.Receipt = 0 // said out of turn
			logs = append([]store.LogRow{*row}, logs...)
		}
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
		h, err := n.logHead(tx, l)
		if err != nil {
			return st, err
		}
		if err := s.pointTo(tx, l, &h); err != nil {
			return st, err
		}
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

// logHead is this node's word on a log.
func (n *Node) logHead(tx store.Tx, l *store.LogRow) (p.LogHead, error) {
	h := p.LogHead{Log: l.ID, Here: l.Head, Hash: l.Hash.Short(), In: min(l.In, l.Head), Reason: l.Reason, Root: l.Root, RootAt: l.RootAt}
	if !letIn(l) {
		if l.Fork == 0 || l.Fork > l.Head {
			return h, nil
		}
		if l.In < l.Fork-1 { // what both contents begin with is held as well, and that goes first
			common, err := n.chainAt(tx, l.ID, l.Fork-1)
			h.Here, h.Hash = l.Fork-1, common.Short()
			return h, err
		}
		h.Reason = p.HoldForked // what is held is not what its author has: he issues that again, and it is judged by itself
	}
	if at, ok := upWord(l).Parts(); ok { // what counts above counts here
		h.Reason, h.Hash, h.In = p.HoldForked, l.UpHash, at-1
		if l.Head < at {
			h.In = at
		}
		return h, nil
	}
	if h.Reason != p.HoldForked || l.Fork == 0 || l.Fork > l.Head { // less is here where the database was damaged since
		return h, nil
	}
	if n.id.Role == registry.NodeHub && !n.complete() && l.Root < l.Fork {
		// This hub may have been set back to a content that does not count above.
		h.Here, h.In, h.Hash = l.Fork-1, l.Fork-1, p.ShortHash{}
		return h, nil
	}
	// Enough for each of the two authors to know which one it is, and from where on it stands alone.
	fork, err := n.chainAt(tx, l.ID, l.Fork)
	if err != nil {
		return h, err
	}
	h.In, h.Hash = l.Fork-1, fork.Short()
	return h, nil
}

// upWord is the upstream's last word on a log.
func upWord(l *store.LogRow) *p.LogHead {
	return &p.LogHead{Log: l.ID, Here: l.UpHere, Hash: l.UpHash, In: l.UpIn, Reason: l.UpReason}
}

// sayAnew gives the logs of which this node could not say which content counts a new receipt: now it can.
func (n *Node) sayAnew(tx store.Tx) error {
	rows, err := tx.HeldLogs()
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].Fork > 0 {
			if err := n.news(tx, &rows[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete reports whether this node may say "this is all there is": the root always, others once they
// have reached the end of their upstream's feed since they started. The caller holds mu.
func (n *Node) complete() bool { return n.caughtUp || n.id.IsRoot() }

// pages sends what the child lacks, scope by scope: what goes to everybody first, because the rest names
// it. It reports whether any row was sent and whether it stopped before the end.
func (s *serving) pages(fw *p.FrameWriter, st *standing) (sent, cut bool, err error) {
	bytesWanted := min(max(int(s.hello.PageBytes), pageBytesMin), pageBytesMax)
	perPage := min(bytesWanted/stateBytesWire, statesPerPageMax)
	pages := 0
	for _, scope := range s.scopes {
		after := s.view.cursors[scope]
		if after == 0 && !scope.IsZero() && s.role != registry.NodeHub {
			if err := s.firstPage(fw, scope, st.end); err != nil {
				return sent, cut, err
			}
		}
		for {
			rows, last, ended, err := s.readRows(scope, after, st.end, perPage)
			if err != nil {
				return sent, cut, err
			}
			if last == after {
				break
			}
			if len(rows) == 0 && !ended {
				after = last // all of it the child's own: the next page moves the cursor over it
				continue
			}
			sent = sent || len(rows) > 0
			at := p.Cursor{Incarnation: s.n.incarnation}
			before := at
			before.Number, at.Number = after, last
			if err := writeRows(fw, scope, before, at, rows); err != nil {
				return sent, cut, err
			}
			after = last
			s.view.cursors[scope] = last
			if ended {
				break
			}
			if pages++; pages >= pagesPerAnswer || s.full() {
				return sent, true, nil
			}
		}
	}
	return sent, false, nil
}

// firstPage sends a station that begins with a place the children who are to come this week, outside the
// feed's order, so that the nurse can work while the rest is on its way. A place that is small comes whole
// as fast.
func (s *serving) firstPage(fw *p.FrameWriter, scope p.EntityID, end p.FeedNumber) error {
	var rows []p.Row
	err := s.n.cfg.Store.View(s.ctx, func(tx store.Tx) error {
		sum, err := tx.Sum(scope)
		if err != nil || sum.Count < firstPageFrom {
			return err
		}
		today := registry.Today(s.n.Now(), registry.VietnamOffset)
		due, err := tx.SubjectsExpected([]p.EntityID{scope}, today, today+6, firstPageSubjects)
		if err != nil {
			return err
		}
		for i := range due {
			members, err := tx.Members(due[i].ID)
			if err != nil {
				return err
			}
			for _, id := range append([]p.EntityID{due[i].ID}, members...) {
				routes, err := tx.Routes(id)
				if err != nil {
					return err
				}
				if !slices.ContainsFunc(routes, func(r store.RouteRow) bool { return r.Scope == scope && !r.Left && r.Number <= end }) {
					continue
				}
				st, err := tx.State(id)
				if err != nil {
					return err
				}
				rows = append(rows, p.Row{State: st})
			}
		}
		return nil
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	return writeRows(fw, scope, p.Cursor{}, p.Cursor{}, rows)
}

// readRows reads the states of a scope's feed beyond after, whole acts only, without what the child made
// itself. last is the number the page ends at.
func (s *serving) readRows(scope p.EntityID, after, end p.FeedNumber, limit int) (rows []p.Row, last p.FeedNumber, ended bool, err error) {
	last = after
	// A child at the beginning of a feed may have lost its own: it is spared nothing.
	spare := s.view.cursors[scope] > 0 && !s.overtaken()
	err = s.n.cfg.Store.View(s.ctx, func(tx store.Tx) error {
		routes, whole, err := wholeActs(func(limit int) ([]store.RouteRow, error) { return tx.Feed(scope, after, limit) }, limit)
		if err != nil {
			return err
		}
		ended = whole
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

// wholeActs reads from a feed some rows, about limit, that end where an act does, and whether the feed ends there too. feed
// reads so many of its next rows. What moved together in one batch has one number, however many rows that are: a
// cursor that moved on within it would pass over the rest for ever.
func wholeActs(feed func(limit int) ([]store.RouteRow, error), limit int) (rows []store.RouteRow, ended bool, err error) {
	for {
		// One row more than is wanted shows where the last whole act ends.
		if rows, err = feed(limit + 1); err != nil || len(rows) <= limit {
			return rows, true, err
		}
		border := rows[limit].Number
		k := limit
		for k > 0 && rows[k-1].Number == border {
			k--
		}
		if k > 0 {
			return rows[:k], false, nil
		}
		limit *= 4 // one act larger than that: read on until it is whole
	}
}

// writeRows writes rows as one page, or as several if they decode to more than a page may hold. Only the
// last of several moves the cursor from before to after.
func writeRows(fw *p.FrameWriter, scope p.EntityID, before, after p.Cursor, rows []p.Row) error {
	return eachPage(scope, before, after, rows, func(page *p.Page) error { return fw.Write(page) })
}

// eachPage is writeRows for whoever does something else with the pages.
func eachPage(scope p.EntityID, before, after p.Cursor, rows []p.Row, take func(*p.Page) error) error {
	page, err := p.EncodePage(scope, after, rows)
	if errors.Is(err, p.ErrTooLarge) && len(rows) > 1 {
		half := len(rows) / 2
		if err := eachPage(scope, before, before, rows[:half], take); err != nil {
			return err
		}
		return eachPage(scope, before, after, rows[half:], take)
	}
	if err != nil {
		return err
	}
	return take(page)
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
