package node

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Sign is how a node knows that a log goes on beyond what it holds of it.
type Sign uint8

// Signs.
const (
	SignTold    Sign = iota + 1 // its author said how far it reaches, or sent what does not connect
	SignAbove                   // the upstream holds more of it
	SignBelow                   // a hub below has let in more of it
	SignParked                  // a later part is here and waits
	SignRecord                  // a record of its place has been made from more of it
	SignFollows                 // a later log of the machine names it, with another end
)

// MissingRange is a part of a log that was written and is not here.
type MissingRange struct {
	Log   p.LogID
	First p.Seq
	Last  p.Seq // 0: nobody here knows how far it reaches
	// AfterMS is the time of the last change before it that is here, by hub time; 0: none is.
	AfterMS int64
	Signs   []Sign
}

// Missing is what a node knows of what it lacks of a device's work. It cannot know what nobody ever said.
type Missing struct {
	Ranges  []MissingRange
	Changes uint64 // in the ranges whose end is known
	// Records is how many records of its place were looked through for signs; All is false if there are more.
	Records int
	All     bool
}

// recordsLookedMax is how many records are looked through for signs of a device's changes: a commune of a hundred
// thousand people has more than any.
const recordsLookedMax = 100_000

// ends lists this node's own logs that the upstream has not said it holds whole, nil if there are none.
func (n *Node) ends(tx store.Tx) (*p.Ends, error) {
	rows, err := tx.LogsOf(n.id.Device)
	if err != nil {
		return nil, err
	}
	f := &p.Ends{}
	for i := range rows {
		// What its upstream counts otherwise, or keeps out, it was sent. Who looked at what is sent last, and is no record.
		if l := &rows[i]; l.Own && !l.Access && l.Head > max(l.UpHere, l.Root) && l.UpReason == p.HoldNone && len(f.Logs) < p.LogsMax {
			f.Logs = append(f.Logs, p.LogEnd{Log: l.ID, Seq: l.Head})
		}
	}
	if len(f.Logs) == 0 {
		return nil, nil
	}
	return f, nil
}

// Ends implements syncproto.EndsHandler.
func (s *serving) Ends(f *p.Ends) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	s.ends = f
	return nil
}

// endsKeptMax is how many logs of one child that nothing has come of are remembered by their ends alone.
const endsKeptMax = 1024

// noteEnds keeps how far the child's own logs reach, as it said. Of a log of which nothing is here this is all that is known:
// who it is by is believed until its first segment says so, signed.
func (s *serving) noteEnds(tx store.Tx) error {
	if s.ends == nil {
		return nil
	}
	ends := s.ends
	s.ends = nil
	bare := -1
	for _, e := range ends.Logs {
		row, err := tx.Log(e.Log)
		if err != nil {
			return err
		}
		switch {
		case row == nil:
			if bare < 0 {
				if bare, err = bareLogs(tx, s.child); err != nil {
					return err
				}
			}
			if bare++; bare > endsKeptMax {
				continue
			}
			row = &store.LogRow{ID: e.Log, Device: s.child, Hash: p.ChainStart(e.Log)}
		case row.Own || row.Device != s.child:
			continue // another's log is not the child's to speak of
		}
		if e.Seq <= row.Told {
			continue
		}
		row.Told = e.Seq
		if err := tx.PutLog(row); err != nil {
			return err
		}
	}
	return nil
}

// bareLogs counts the logs of a device of which nothing is here.
func bareLogs(tx store.Tx, device p.EntityID) (int, error) {
	rows, err := tx.LogsOf(device)
	k := 0
	for i := range rows {
		if rows[i].Head == 0 {
			k++
		}
	}
	return k, err
}

// Missing says which parts of a device's logs were written and are not here, by every sign there is: what the machine itself
// said before it sent, what hubs above and below said, parts that wait behind a hole, records of its place that were made from
// more, by whichever way they came, and logs that a later log names. What is in a backup and is brought in leaves the list.
func (n *Node) Missing(ctx context.Context, device p.EntityID) (Missing, error) {
	m := missing{ends: map[p.LogID]*end{}}
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		dev, err := tx.Device(device)
		if err != nil || dev == nil {
			return err
		}
		rows, err := tx.LogsOf(device)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := m.log(tx, &rows[i]); err != nil {
				return err
			}
		}
		if err := m.parked(tx, device); err != nil {
			return err
		}
		scopes, err := scopesOf(tx, n.Atlas(), dev.ID, dev.Role, dev.Place)
		if err != nil {
			return err
		}
		m.out.All = true
		if dev.Role != registry.NodeStation {
			m.out.All = false // what a hub wrote lies all over its subtree
			return nil
		}
		return m.records(tx, scopes)
	})
	if err != nil {
		return Missing{}, err
	}
	m.ranges()
	return m.out, nil
}

// missing is the work of Missing.
type missing struct {
	ends map[p.LogID]*end
	out  Missing
}

// end is what is known of a log's end.
type end struct {
	row   *store.LogRow // nil: nothing of it is here
	reach p.Seq         // it has at least so many changes
	open  bool          // it goes on beyond, nobody knows how far
	here  [][2]p.Seq    // parts beyond Head that wait
	signs []Sign
}

func (m *missing) end(id p.LogID) *end {
	if m.ends[id] == nil {
		m.ends[id] = &end{}
	}
	return m.ends[id]
}

func (e *end) reaches(seq p.Seq, s Sign) {
	if e.row != nil && seq <= e.row.Head || seq == 0 {
		return
	}
	e.reach = max(e.reach, seq)
	e.sign(s)
}

func (e *end) sign(s Sign) {
	if !slices.Contains(e.signs, s) {
		e.signs = append(e.signs, s)
	}
}

// log takes in what a log's row says, and the log that its opening names as the one before.
func (m *missing) log(tx store.Tx, row *store.LogRow) error {
	e := m.end(row.ID)
	e.row = row
	e.reaches(row.Told, SignTold)
	if row.UpReason != p.HoldForked {
		e.reaches(row.UpHere, SignAbove)
	}
	if row.Reason != p.HoldForked {
		e.reaches(row.In, SignBelow)
	}
	if row.Head == 0 {
		return nil
	}
	first, err := tx.SegmentHolding(row.ID, 1)
	if err != nil || first == nil {
		return err
	}
	seg, err := p.ParseSegment(first.Raw)
	if err != nil || seg.Opening == nil || seg.Opening.Follows.IsZero() {
		return nil //nolint:nilerr // a check of the database tells of a damaged segment
	}
	before, err := tx.Log(seg.Opening.Follows)
	if err != nil {
		return err
	}
	if before == nil || before.Head == 0 || before.Reason != p.HoldForked && before.Hash.Short() != seg.Opening.FollowsHash {
		b := m.end(seg.Opening.Follows)
		b.open = true
		b.sign(SignFollows)
	}
	return nil
}

// parked takes in the parts that wait behind a hole.
func (m *missing) parked(tx store.Tx, device p.EntityID) error {
	rows, err := tx.Parked(device)
	if err != nil {
		return err
	}
	for i := range rows {
		seg, err := p.ParseSegment(rows[i].Raw)
		if err != nil {
			continue
		}
		e := m.end(seg.Log)
		e.here = append(e.here, [2]p.Seq{seg.First, seg.Last()})
		e.reaches(seg.Last(), SignParked)
	}
	return nil
}

// records looks through the records of the device's place for changes of its logs that they were made from.
func (m *missing) records(tx store.Tx, scopes []p.EntityID) error {
	for _, scope := range scopes {
		if scope.IsZero() {
			continue // what goes to everybody no station writes
		}
		marks, err := tx.Marks(scope)
		if err != nil {
			return err
		}
		for _, mark := range marks {
			if m.out.Records++; m.out.Records > recordsLookedMax {
				m.out.Records, m.out.All = recordsLookedMax, false
				return nil
			}
			s, err := tx.State(mark.Entity)
			if err != nil {
				return err
			}
			if s == nil {
				continue
			}
			for _, seen := range s.Seen {
				m.record(seen.Log, seen.Seq)
			}
			for i := range s.Gone {
				for _, gone := range s.Gone[i].Gone {
					m.record(gone.Dot.Log, gone.Dot.Seq)
				}
			}
		}
	}
	return nil
}

func (m *missing) record(log p.LogID, seq p.Seq) {
	if e := m.ends[log]; e != nil && e.row != nil {
		e.reaches(seq, SignRecord)
	}
}

// ranges turns what is known of ends into what is not here.
func (m *missing) ranges() {
	for id, e := range m.ends {
		next, after := p.Seq(1), int64(0)
		if e.row != nil {
			next = e.row.Head + 1
			if e.row.Head > 0 {
				after = e.row.Last.Corrected()
			}
		}
		slices.Sort(e.signs)
		add := func(first, last p.Seq) {
			m.out.Ranges = append(m.out.Ranges, MissingRange{Log: id, First: first, Last: last, AfterMS: after, Signs: e.signs})
			if last > 0 {
				m.out.Changes += uint64(last - first + 1)
			}
		}
		slices.SortFunc(e.here, func(a, b [2]p.Seq) int { return cmp.Compare(a[0], b[0]) })
		for _, part := range e.here {
			if part[0] > next {
				add(next, part[0]-1)
			}
			next = max(next, part[1]+1)
		}
		switch {
		case e.reach >= next:
			add(next, e.reach)
		case e.open:
			add(next, 0)
		}
	}
	slices.SortFunc(m.out.Ranges, func(a, b MissingRange) int {
		return cmp.Or(cmp.Compare(a.AfterMS, b.AfterMS), a.Log.Compare(b.Log), cmp.Compare(a.First, b.First))
	})
}
