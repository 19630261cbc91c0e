package node

import (
	"context"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Status is how far this node's own work has got, by what the upstream has signed.
type Status struct {
	Saved      uint64 // own changes that only this machine holds: ○
	AtHub      uint64 // the upstream holds, the root not yet: ✓
	AtRoot     uint64 // the root holds: ✓✓
	Held       uint64 // not let in, and somebody has to decide
	Rejected   uint64 // not let in, and stays out
	Conflicts  int64
	Complete   bool // every scope was read to its end at least once
	Scopes     int
	Subjects   int64
	Doses      int64
	LastLevel  int64 // when both sides were last equal, this machine's clock, 0 never
	EqualRoot  int64 // up to when, by the root's clock, this node held what the root held; 0 if it never did
	LastHeard  int64 // when the upstream last answered
	OldestMS   int64 // oldest change that only this machine holds
	OffsetMS   int32
	Message    string
	Alarms     []store.AlarmRow
	Exchanges  []store.ExchangeRow
	Digest     [16]byte
	HeldLogs   []store.LogRow
	Unreceived []store.LogRow
}

// Status reads it.
func (n *Node) Status(ctx context.Context) (Status, error) {
	n.facts.RLock()
	offset, up, device := n.offsetMS, n.id.Upstream.Device, n.id.Device
	n.facts.RUnlock()
	st := Status{OffsetMS: offset}
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		logs, err := tx.LogsOf(device)
		if err != nil {
			return err
		}
		for i := range logs {
			l := &logs[i]
			if l.Access {
				continue
			}
			here, root := min(l.UpHere, l.Head), min(l.Root, l.Head)
			if up.IsZero() {
				here, root = l.Head, l.Head
			}
			st.Saved += uint64(l.Head - max(here, root))
			st.AtHub += uint64(max(here, root) - root)
			st.AtRoot += uint64(root)
			if heldAbove(l) {
				if n := uint64(l.Head - l.UpIn); l.UpReason == p.HoldRejected {
					st.Rejected += n
				} else {
					st.Held += n
				}
				st.HeldLogs = append(st.HeldLogs, *l)
			}
			if here < l.Head {
				st.Unreceived = append(st.Unreceived, *l)
			}
		}
		cursors, err := tx.Cursors(up)
		if err != nil {
			return err
		}
		if st.EqualRoot, err = equalRootMS(tx, cursors); err != nil {
			return err
		}
		st.Scopes = len(cursors)
		st.Complete = len(cursors) > 0 || up.IsZero()
		var sums []p.ScopeSum
		for _, c := range cursors {
			st.Complete = st.Complete && c.Complete
			s, err := tx.Sum(c.Scope)
			if err != nil {
				return err
			}
			sums = append(sums, p.ScopeSum{Scope: c.Scope, Sum: s.Sum})
		}
		st.Digest = p.Digest(sums)
		if st.Exchanges, err = tx.Exchanges(50); err != nil {
			return err
		}
		for _, x := range st.Exchanges {
			if x.Result == ExchangeDone || x.Result == ExchangeBundleIn {
				st.LastHeard = max(st.LastHeard, x.EndMS)
				if x.Level {
					st.LastLevel = max(st.LastLevel, x.EndMS)
				}
			}
		}
		if st.Alarms, err = tx.Alarms(20); err != nil {
			return err
		}
		if b, err := tx.Meta(metaNotice); err != nil {
			return err
		} else {
			st.Message = string(b)
		}
		counts, err := tx.Counts()
		if err != nil {
			return err
		}
		st.Subjects, st.Doses = counts.Subjects, counts.Doses
		st.Conflicts, err = tx.CountConflicts()
		return err
	})
	return st, err
}

// Results of an exchange, as kept for people.
const (
	ExchangeDone        = "done"
	ExchangeCut         = "cut"
	ExchangeRefused     = "refused"
	ExchangeUnreachable = "unreachable"
	ExchangeNotHub      = "not-hub"
	ExchangeWrongKey    = "wrong-key"
	ExchangeClock       = "clock" // the hub's certificate is out of its dates, by this machine's clock
	// By file: a request that was written, an answer that was read. The latter ends, before it begins, when the
	// upstream wrote it.
	ExchangeBundleOut = "bundle-out"
	ExchangeBundleIn  = "bundle-in"
)

// NoteExchange keeps what an exchange did, for people.
func (n *Node) NoteExchange(ctx context.Context, row *store.ExchangeRow) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.cfg.Store.Update(ctx, func(tx store.Tx) error { return tx.PutExchange(row) })
}

// pending counts the changes that this node holds and the upstream has not taken: own ones not sealed,
// and what the outbox holds beyond its last word.
func (n *Node) pending(tx store.Tx) (uint64, error) {
	pos, err := readPosition(tx)
	if err != nil {
		return 0, err
	}
	end, err := tx.Counter(counterOutbox)
	if err != nil {
		return 0, err
	}
	var k uint64
	for at := pos.Number; at < end; {
		rows, err := tx.Outbox(at, outboxPerRead)
		if err != nil || len(rows) == 0 {
			return k, err
		}
		for i := range rows {
			at = rows[i].Position
			if rows[i].First == 0 {
				continue
			}
			seg, err := p.ParseSegment(rows[i].Raw)
			if err != nil {
				return k, err
			}
			k += uint64(seg.Count)
		}
		if k > 1<<20 {
			break // enough to say "many"
		}
	}
	return k, nil
}

// outboxWaiting reports whether the outbox holds anything the upstream has not taken.
func (n *Node) outboxWaiting(tx store.Tx) (bool, error) {
	pos, err := readPosition(tx)
	if err != nil {
		return false, err
	}
	end, err := tx.Counter(counterOutbox)
	return end > pos.Number, err
}
