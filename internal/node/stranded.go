package node

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Where the database is gone and a record of the journal as well, what the journal holds of that log behind the hole is
// stranded: a log has no gaps (I5), so nothing can be put into it. The upstream may have it, or have what lies in the hole.
// When it has said all it knows, what is still missing there is issued again in a new log, as after a set-back. Until then it
// stays where it is, in the journal.

// AlarmStranded says that acts were found in the journal behind a damaged place and were issued again.
const AlarmStranded = "stranded"

// strand is what the journal holds of one log behind a hole.
type strand struct {
	acts  int
	order int // of the log among the others
}

// strand takes note of what replay could not place. Of each such log there is a row, so that the upstream's word on it is
// kept, and the upstream says it all again: what it said may have been heard while there was none.
func (n *Node) strand(ctx context.Context, left []*Record) error {
	n.stranded = map[p.LogID]strand{}
	for _, r := range left {
		log := r.Changes[0].Dot.Log
		s, ok := n.stranded[log]
		if !ok {
			s.order = len(n.stranded)
		}
		s.acts++
		n.stranded[log] = s
	}
	if len(left) == 0 {
		return nil
	}
	return n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		for _, r := range left {
			log := r.Changes[0].Dot.Log
			if row, err := tx.Log(log); err != nil {
				return err
			} else if row != nil {
				continue
			}
			row := &store.LogRow{ID: log, Device: n.id.Device, Own: true, Access: r.Access, Hash: p.ChainStart(log)}
			if err := tx.PutLog(row); err != nil {
				return err
			}
		}
		return tx.SetMeta(metaReceipt, nil)
	})
}

// Stranded is how many acts the journal holds behind a damaged place. They are kept, and are issued again when the
// upstream has said that it lacks them.
func (n *Node) Stranded() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	acts := 0
	for _, s := range n.stranded {
		acts += s.acts
	}
	return acts
}

// keepStranded puts into the journal what was found elsewhere and is stranded: where it was found is not read again.
func (n *Node) keepStranded(left []*Record) error {
	if n.cfg.Journal == nil || len(left) == 0 {
		return nil
	}
	have := map[p.Dot]bool{}
	if err := n.cfg.Journal.Replay(func(r *Record) error {
		if _, ok := n.stranded[r.Changes[0].Dot.Log]; ok {
			for i := range r.Changes {
				have[r.Changes[i].Dot] = true
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, r := range left {
		if have[r.Changes[0].Dot] {
			continue
		}
		if err := n.journal(r); err != nil {
			return err
		}
		for i := range r.Changes {
			have[r.Changes[i].Dot] = true
		}
	}
	return nil
}

// issueStranded issues again what is stranded and the upstream lacks. It is called when the upstream has said all it
// knows. It reports whether there was any.
func (n *Node) issueStranded(ctx context.Context) (bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.stranded) == 0 {
		return false, nil
	}
	void := voids{}
	if err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		for log := range n.stranded {
			if err := void.addKept(tx, log); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return false, err
	}
	acts, access, err := n.readStranded(void)
	if err != nil {
		return false, fmt.Errorf("reading the journal: %w", err)
	}
	var b *batch
	count := 0
	err = n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		b, count = n.newBatch(tx), 0
		var lacking [2][]*p.Change
		var voids [2][]p.Dot
		for i, list := range [2][]*p.Change{acts, access} {
			for len(list) > 0 {
				log := list[0].Dot.Log
				k := slices.IndexFunc(list, func(c *p.Change) bool { return c.Dot.Log != log })
				if k < 0 {
					k = len(list)
				}
				some, err := n.lacking(tx, list[:k])
				if err != nil {
					return err
				}
				if list = list[k:]; len(some) > 0 {
					lacking[i] = append(lacking[i], some...)
					voids[i] = append(voids[i], p.Dot{Log: log, Seq: some[0].Dot.Seq})
				}
			}
		}
		again := newRewriting(slices.Concat(voids[0], voids[1]))
		again.lost = true
		for i, some := range lacking {
			if count += len(some); len(some) == 0 {
				continue
			}
			if err := n.issueAgain(b, again, some, i == 1, voids[i]); err != nil {
				return err
			}
		}
		if count == 0 {
			return nil
		}
		if err := tx.PutAlarm(&store.AlarmRow{WallMS: n.cfg.Now().UnixMilli(), Code: AlarmStranded, Detail: fmt.Sprintf("%d changes of %d logs", count, len(again.voids))}); err != nil {
			return err
		}
		return b.finish()
	})
	if err != nil {
		return false, fmt.Errorf("issuing again what the journal holds behind a damaged place: %w", err)
	}
	b.committed()
	n.stranded = nil
	return count > 0, nil
}

// strandedBehind returns what the journal holds of a log behind a hole, for one that is issued again from before the hole on:
// the log is void from there, and what is stranded would be for ever. The upstream has something else there.
func (n *Node) strandedBehind(tx store.Tx, row *store.LogRow) ([]*p.Change, error) {
	if _, ok := n.stranded[row.ID]; !ok {
		return nil, nil
	}
	void := voids{}
	if err := void.addKept(tx, row.ID); err != nil {
		return nil, err
	}
	acts, access, err := n.readStranded(void)
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	return slices.DeleteFunc(append(acts, access...), func(c *p.Change) bool { return c.Dot.Log != row.ID || c.Dot.Seq <= row.Head }), nil
}

// readStranded reads what is stranded from the journal, log by log in the order in which they were begun, and the records
// of looking apart. What is void by void, or as the journal says, is left out.
func (n *Node) readStranded(void voids) (acts, access []*p.Change, err error) {
	low := map[p.LogID]bool{}
	seen := map[p.Dot]bool{}
	var all []*p.Change
	err = n.cfg.Journal.Replay(func(r *Record) error {
		for _, v := range r.Voids() {
			void.add(v)
		}
		log := r.Changes[0].Dot.Log
		if _, ok := n.stranded[log]; !ok {
			return nil
		}
		low[log] = r.Access
		for i := range r.Changes {
			if c := &r.Changes[i]; !seen[c.Dot] {
				seen[c.Dot] = true
				all = append(all, c)
			}
		}
		return nil
	})
	slices.SortFunc(all, func(a, b *p.Change) int {
		return cmp.Or(cmp.Compare(n.stranded[a.Dot.Log].order, n.stranded[b.Dot.Log].order), cmp.Compare(a.Dot.Seq, b.Dot.Seq))
	})
	for _, c := range all {
		if v := void[c.Dot.Log]; v > 0 && c.Dot.Seq >= v {
			continue
		}
		if low[c.Dot.Log] {
			access = append(access, c)
		} else {
			acts = append(acts, c)
		}
	}
	return acts, access, err
}

// lacking returns what neither this node's log nor anybody above has of changes of one log, in order. Logs have no gaps
// anywhere: who has merged one change of a log in has all before it, and so has who gave the state that says so.
func (n *Node) lacking(tx store.Tx, changes []*p.Change) ([]*p.Change, error) {
	log := changes[0].Dot.Log
	known := p.Seq(0)
	again := map[p.EntityID]bool{} // created in this log: the upstream tells that it was done before, and this node has forgotten
	if row, err := tx.Log(log); err != nil {
		return nil, err
	} else if row != nil {
		known = max(row.Head, row.UpHere, row.Root)
	}
	for _, c := range changes {
		if c.Dot.Seq <= known {
			continue
		}
		s, err := tx.State(c.Entity)
		if err != nil {
			return nil, err
		}
		if s != nil {
			known, again[c.Entity] = max(known, s.SeenSeq(log)), writtenAgain(s) && c.Entity.Birth().Log == log
		}
	}
	rejected, err := tx.Rejected(log)
	return slices.DeleteFunc(slices.Clone(changes), func(c *p.Change) bool {
		return c.Dot.Seq <= known || again[c.Entity] || rejected > 0 && c.Dot.Seq >= rejected
	}), err
}
