package check

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// damagedRead reports whether an error says that what is stored is damaged, not that it cannot be asked.
func damagedRead(err error) bool {
	for _, class := range []error{
		store.ErrCorrupt, p.ErrTruncated, p.ErrNotCanonical, p.ErrInvalid, p.ErrLimit, p.ErrTooLarge, p.ErrVersion, p.ErrSignature, p.ErrOpening,
	} {
		if errors.Is(err, class) {
			return true
		}
	}
	return false
}

// eachLog pages through all logs.
func (r *run) eachLog(f *Finding, fn func(tx store.Tx, row *store.LogRow) error) error {
	for after := (p.LogID{}); ; {
		done := false
		err := r.view(func(tx store.Tx) error {
			rows, err := tx.Logs(after, logsPerView)
			done = len(rows) < logsPerView
			for i := range rows {
				after = rows[i].ID
				if err := fn(tx, &rows[i]); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil || done {
			return err
		}
		if err := r.step(f, 0); err != nil {
			return err
		}
	}
}

// logs walks every log from its first change: no gap, each segment signed by its device, the chain as its row says.
func (r *run) logs(f *Finding) error {
	if err := r.view(func(tx store.Tx) error {
		var err error
		r.feed, err = tx.Counter(counterFeed)
		return err
	}); err != nil {
		return err
	}
	return r.eachLog(f, func(tx store.Tx, row *store.LogRow) error {
		keys, err := r.keysOf(tx, row.Device)
		if err != nil {
			return err
		}
		h := head{head: row.Head, in: row.In}
		if row.Own {
			h.in = row.Head
			if row.Reason == p.HoldRejected {
				h.in = row.In
			}
		}
		h.sound, err = r.log(tx, f, row, keys)
		if err != nil {
			if !damagedRead(err) {
				return err
			}
			f.fault("log %s: %v", row.ID, err)
		}
		r.heads[row.ID] = h
		return nil
	})
}

// log walks one log; it reports whether its changes can be believed.
func (r *run) log(tx store.Tx, f *Finding, row *store.LogRow, keys []ed25519.PublicKey) (bool, error) {
	before := f.Faults
	if row.In > row.Head && row.Head > 0 && row.Reason == p.HoldNone {
		f.fault("log %s: let in up to %d, but it ends at %d", row.ID, row.In, row.Head)
	}
	if len(keys) == 0 && row.Head > 0 {
		f.fault("log %s: its device %s is not known", row.ID, row.Device)
	}
	sealed := row.Head
	if row.Own {
		sealed = row.Sealed
	}
	hash, at := p.ChainStart(row.ID), p.Seq(1)
	for at <= sealed {
		seg, changes, err := segmentAt(tx, row.ID, at)
		if err != nil {
			return false, err
		}
		if seg == nil {
			f.fault("log %s: no segment holds change %d of %d", row.ID, at, row.Head)
			return false, nil
		}
		f.Count++
		if len(keys) > 0 {
			key := keys[0]
			if seg.First == 1 { // the log says which it was begun under
				for _, k := range keys {
					if seg.CheckOpening(k) == nil {
						key = k
					}
				}
				keys = []ed25519.PublicKey{key}
			}
			if err := seg.Verify(key); err != nil {
				f.fault("log %s: segment from %d: %v", row.ID, seg.First, err)
				return false, nil
			}
			if seg.First == 1 && seg.CheckOpening(key) != nil {
				f.fault("log %s: its opening does not show that device %s may write it", row.ID, row.Device)
			}
		}
		for i := range changes {
			c := &changes[i]
			if c.Dot.Seq < at || c.Dot.Seq > sealed {
				continue // cut anew, or beyond where the log was cut back
			}
			hash = hash.Next(c)
			r.mine(row, c)
		}
		at = seg.Last() + 1
	}
	if row.Own {
		if sealed > 0 && hash != row.SealedHash {
			f.fault("log %s: up to change %d its content is not what was sealed", row.ID, sealed)
		}
		for seq := sealed + 1; seq <= row.Head; seq++ {
			c, err := changeAt(tx, row, seq)
			if err != nil {
				return false, err
			}
			if c == nil {
				f.fault("log %s: own change %d is missing", row.ID, seq)
				return false, nil
			}
			hash = hash.Next(c)
			r.mine(row, c)
		}
	}
	if row.Head > 0 && hash != row.Hash {
		f.fault("log %s: its %d changes do not make the hash that it ended with", row.ID, row.Head)
	}
	return f.Faults == before, nil
}

// mine remembers an own change, to hold the journal against.
func (r *run) mine(row *store.LogRow, c *p.Change) {
	if row.Own && r.Journal != nil {
		r.own[c.Dot] = digest(c)
	}
}

func digest(c *p.Change) [8]byte {
	h := sha256.Sum256(p.AppendChange(nil, c))
	return [8]byte(h[:8])
}

func segmentAt(tx store.Tx, log p.LogID, seq p.Seq) (*p.Segment, []p.Change, error) {
	row, err := tx.SegmentHolding(log, seq)
	if row == nil || err != nil {
		return nil, nil, err
	}
	seg, err := p.ParseSegment(row.Raw)
	if err != nil {
		return nil, nil, err
	}
	changes, err := seg.Changes()
	return seg, changes, err
}

// changeAt reads one change, sealed or not; nil if it is not here.
func changeAt(tx store.Tx, row *store.LogRow, seq p.Seq) (*p.Change, error) {
	if !row.Own || seq <= row.Sealed {
		_, changes, err := segmentAt(tx, row.ID, seq)
		for i := range changes {
			if changes[i].Dot.Seq == seq {
				return &changes[i], err
			}
		}
		return nil, err
	}
	tail, err := tx.Tail()
	for _, t := range tail {
		if t.Log == row.ID && t.Seq == seq {
			return p.DecodeChange(t.Change)
		}
	}
	return nil, err
}

// changes holds every change that was let in against the state it went into.
func (r *run) changes(f *Finding) error {
	return r.eachLog(f, func(tx store.Tx, row *store.LogRow) error {
		h := r.heads[row.ID]
		if !h.sound {
			return nil // told already
		}
		last := min(h.head, h.in)
		sealed := last
		if row.Own {
			sealed = min(last, row.Sealed)
		}
		for at := p.Seq(1); at <= sealed; {
			seg, changes, err := segmentAt(tx, row.ID, at)
			if err != nil || seg == nil {
				return err
			}
			for i := range changes {
				if seq := changes[i].Dot.Seq; seq >= at && seq <= sealed {
					if err := r.change(tx, f, &changes[i]); err != nil {
						return err
					}
				}
			}
			at = seg.Last() + 1
		}
		if sealed == last {
			return nil
		}
		tail, err := tx.Tail()
		for i := range tail {
			if tail[i].Log != row.ID || tail[i].Seq <= sealed || tail[i].Seq > last {
				continue
			}
			c, err := p.DecodeChange(tail[i].Change)
			if err == nil {
				err = r.change(tx, f, c)
			}
			if err != nil {
				return err
			}
		}
		return err
	})
}

// change holds one change against its entity's state: what it wrote stands unless another change replaced it, and what it
// replaced does not stand.
func (r *run) change(tx store.Tx, f *Finding, c *p.Change) error {
	f.Count++
	s, err := tx.State(c.Entity)
	if err != nil {
		return err
	}
	if s == nil {
		if waits, err := r.rejectedAway(tx, c); err != nil || waits {
			return err
		}
		f.fault("%s: change %s is not in any state", c.Entity, c.Dot)
		return nil
	}
	if s.SeenSeq(c.Dot.Log) < c.Dot.Seq {
		f.fault("%s: its state has not seen change %s", c.Entity, c.Dot)
		return nil
	}
	for i := range c.Writes {
		w := &c.Writes[i]
		values := s.Values(w.Field)
		for _, old := range w.Supersedes {
			if v := valueAt(values, old.Dot); v != nil && v.Hash4() == old.Hash {
				f.fault("%s field %d: what change %s replaced still stands", c.Entity, w.Field, c.Dot)
			}
		}
		v := valueAt(values, c.Dot)
		if v == nil {
			mine := p.Value{Dot: c.Dot, At: c.At, Actor: c.Actor, Data: w.Data}
			if err := r.replaced(tx, f, s, w.Field, mine.Superseded()); err != nil {
				return err
			}
			continue
		}
		r.found++
		if v.At != c.At || v.Actor != c.Actor || !v.Data.Equal(w.Data) {
			f.fault("%s field %d: another value stands than change %s wrote", c.Entity, w.Field, c.Dot)
		}
	}
	return nil
}

func valueAt(values []p.Value, d p.Dot) *p.Value {
	for i := range values {
		if values[i].Dot == d {
			return &values[i]
		}
	}
	return nil
}

// rejectedAway reports whether an entity has no state because its creation, or this change, stays out, or because what the
// node above says of it is still to be fetched.
func (r *run) rejectedAway(tx store.Tx, c *p.Change) (bool, error) {
	for _, d := range []p.Dot{c.Dot, c.Entity.Birth()} {
		from, err := tx.Rejected(d.Log)
		if err != nil || from > 0 && d.Seq >= from {
			return true, err
		}
	}
	refresh, err := tx.Refreshes(0)
	for _, id := range refresh {
		if id == c.Entity {
			return true, err
		}
	}
	return false, err
}

// replaced looks for the change that replaced a value: one that is held here or, if the state has seen logs that this node
// does not hold, one that came within a state from above, which nobody here can name.
func (r *run) replaced(tx store.Tx, f *Finding, s *p.State, field p.Field, old p.Superseded) error {
	edits, err := tx.Edits(s.ID)
	if err != nil {
		return err
	}
	for _, d := range edits {
		row, err := tx.Log(d.Log)
		if err != nil {
			return err
		}
		if row == nil || d.Seq > row.Head {
			continue
		}
		c, err := changeAt(tx, row, d.Seq)
		if err != nil {
			return err
		}
		if c != nil && c.Entity == s.ID && names(c, field, old) {
			return nil
		}
	}
	for _, seen := range s.Seen {
		row, err := tx.Log(seen.Log)
		if err != nil {
			return err
		}
		if row == nil || row.Head < seen.Seq {
			return nil
		}
	}
	// All that the state has seen is held here. The index of edits may lack what first came within a state from above.
	if !r.Identity.IsRoot() {
		for _, seen := range s.Seen {
			row, err := tx.Log(seen.Log)
			if err != nil {
				return err
			}
			for seq := p.Seq(1); seq <= min(seen.Seq, row.Head); seq++ {
				c, err := changeAt(tx, row, seq)
				if err != nil {
					return err
				}
				if c != nil && c.Entity == s.ID && names(c, field, old) {
					return nil
				}
			}
		}
	}
	f.fault("%s field %d: what change %s wrote is gone, and no change replaced it", s.ID, field, old.Dot)
	return nil
}

func names(c *p.Change, field p.Field, old p.Superseded) bool {
	for i := range c.Writes {
		if c.Writes[i].Field != field {
			continue
		}
		for _, s := range c.Writes[i].Supersedes {
			if s == old {
				return true
			}
		}
	}
	return false
}

// journal holds every act of the journal against the store.
func (r *run) journal(f *Finding) error {
	if r.Journal == nil {
		f.note("there is no journal")
		return nil
	}
	void := map[p.LogID]p.Seq{}
	if err := r.Journal.Replay(func(rec *node.Record) error {
		if rec.Void != nil {
			void[rec.Void.Log] = rec.Void.Seq
		}
		return nil
	}); err != nil {
		return err
	}
	missing := map[p.LogID]p.Seq{}
	if err := r.Journal.Replay(func(rec *node.Record) error {
		for i := range rec.Changes {
			c := &rec.Changes[i]
			if v := void[c.Dot.Log]; v > 0 && c.Dot.Seq >= v {
				continue
			}
			f.Count++
			switch have, ok := r.own[c.Dot]; {
			case !ok:
				missing[c.Dot.Log] = max(missing[c.Dot.Log], c.Dot.Seq)
			case have != digest(c):
				f.fault("change %s: the journal has another content than the log", c.Dot)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	// What was written while the logs were read is there by now.
	return r.view(func(tx store.Tx) error {
		for log, seq := range missing {
			row, err := tx.Log(log)
			if err != nil {
				return err
			}
			if row == nil || row.Head < seq {
				f.fault("log %s: the journal goes up to change %d, the store not", log, seq)
			}
		}
		return nil
	})
}

// audible reports whether entities of a kind are routed to anybody.
func audible(s *p.State) bool {
	return s.Kind.Audience() != p.AudienceNobody && s.Kind != registry.KindAccess
}
