package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Journal keeps every own act outside the database, durably, before it is committed there: a damaged or
// restored database is healed from it.
type Journal interface {
	// Append writes one record and returns when it is durable. After an error the record may or may not
	// be there; its dots must not be used again.
	Append(r *Record) error
	// Replay calls fn with every whole record, in order.
	Replay(fn func(r *Record) error) error
}

// Record is one act as the journal keeps it. Opening is set on the first act of a log.
type Record struct {
	Access  bool // of the log of access records
	Opening *p.Opening
	// Void says that a log counts only up to before this change: what followed there was issued again, in this record and
	// those before it in its log. Also says the same of further logs.
	Void    *p.Dot
	Also    []p.Dot
	Changes []p.Change // one act, or all that was issued again at once
}

// Voids are the changes from which on logs do not count any more.
func (r *Record) Voids() []p.Dot {
	if r.Void == nil {
		return r.Also
	}
	return append([]p.Dot{*r.Void}, r.Also...)
}

// voids are from which change on logs do not count, as records say.
type voids map[p.LogID]p.Seq

func (v voids) add(d p.Dot) {
	if at, ok := v[d.Log]; !ok || d.Seq < at {
		v[d.Log] = d.Seq
	}
}

// addKept adds what the store keeps of a log: the record of the journal that said it may be damaged.
func (v voids) addKept(tx store.Tx, log p.LogID) error {
	at, err := voidFrom(tx, log)
	if at > 0 {
		v.add(p.Dot{Log: log, Seq: at})
	}
	return err
}

// before is what counts of a record whose log counts only up to before a change, 0: all of it; nil if nothing does.
func (r *Record) before(void p.Seq) *Record {
	if first, last := r.Changes[0].Dot.Seq, r.Changes[len(r.Changes)-1].Dot.Seq; void == 0 || last < void {
		return r
	} else if first >= void {
		return nil
	}
	part := *r
	part.Changes = r.Changes[:void-r.Changes[0].Dot.Seq]
	return &part
}

// replay brings back own changes that the sources hold and the store does not: the database was restored or damaged, or
// a commit failed after the journal was written. It reports how many changes came back. In which order the sources
// have the acts of a log does not matter; Replay is called twice. What lies behind a hole it returns: that is stranded
// (stranded.go). The caller has the lock, or nobody else has the node yet.
func (n *Node) replay(ctx context.Context, sources ...func(func(*Record) error) error) (back int, left []*Record, err error) {
	heads := map[p.LogID]p.Seq{}
	void := voids{}
	order := map[p.LogID]int{}
	err = n.cfg.Store.View(ctx, func(tx store.Tx) error {
		return each(sources, func(r *Record) error {
			log := r.Changes[0].Dot.Log
			for _, v := range r.Voids() {
				void.add(v)
			}
			if _, ok := heads[log]; !ok {
				order[log] = len(order)
				if err := void.addKept(tx, log); err != nil {
					return err
				}
				row, err := tx.Log(log)
				if err != nil {
					return err
				}
				if row != nil {
					heads[log] = row.Head
				} else {
					heads[log] = 0
				}
			}
			return nil
		})
	})
	if err != nil {
		return 0, nil, err
	}
	var lost []*Record
	err = each(sources, func(r *Record) error {
		r = r.before(void[r.Changes[0].Dot.Log])
		if r == nil {
			return nil
		}
		last := r.Changes[len(r.Changes)-1].Dot
		if last.Seq > heads[last.Log] {
			lost = append(lost, r)
		}
		return nil
	})
	if err != nil {
		return 0, nil, err
	}
	slices.SortStableFunc(lost, func(a, b *Record) int {
		x, y := a.Changes[0].Dot, b.Changes[0].Dot
		return cmp.Or(cmp.Compare(order[x.Log], order[y.Log]), cmp.Compare(x.Seq, y.Seq))
	})
	// A bounded number of acts a transaction, so that a long journal does not hold the store for long.
	const actsPerTx = 256
	for len(lost) > 0 {
		k := min(len(lost), actsPerTx)
		var b *batch
		var behind []*Record
		err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
			b, behind = n.newBatch(tx), nil
			for _, r := range lost[:k] {
				came, fits, err := n.replayAct(b, r)
				if err != nil {
					return err
				}
				if back += came; !fits {
					behind = append(behind, r)
				}
			}
			return b.finish()
		})
		if err != nil {
			return back, nil, err
		}
		b.committed()
		left, lost = append(left, behind...), lost[k:]
	}
	return back, left, n.strand(ctx, left)
}

// each calls fn with every record of every source.
func each(sources []func(func(*Record) error) error, fn func(*Record) error) error {
	for _, replay := range sources {
		if err := replay(fn); err != nil {
			return err
		}
	}
	return nil
}

// replayAct applies what the store lacks of an act, and returns how many changes that were. An act does not fit where
// what stands before it in its log is in neither place.
func (n *Node) replayAct(b *batch, r *Record) (back int, fits bool, err error) {
	log := r.Changes[0].Dot.Log
	for _, v := range r.Voids() {
		if err := n.cutBack(b.tx, v.Log, v.Seq); err != nil {
			return 0, false, err
		}
	}
	rejected, err := b.tx.Rejected(log)
	if err != nil {
		return 0, false, err
	}
	row, err := b.tx.Log(log)
	if err != nil {
		return 0, false, err
	}
	if row == nil {
		row = &store.LogRow{ID: log, Device: n.id.Device, Own: true, Access: r.Access, Hash: p.ChainStart(log)}
	}
	if row.Head == 0 && r.Changes[0].Dot.Seq == 1 {
		if r.Opening == nil {
			return 0, false, nil
		}
		row.Device = r.Opening.Device
		if err := putOpening(b.tx, log, r.Opening); err != nil {
			return 0, false, err
		}
	}
	if r.Changes[0].Dot.Seq > row.Head+1 {
		return 0, false, nil
	}
	last := p.At{}
	for i := range r.Changes {
		c := &r.Changes[i]
		if c.Dot.Seq <= row.Head {
			continue
		}
		if c.At != last {
			b.endAct()
		}
		last = c.At
		if rejected > 0 && c.Dot.Seq >= rejected {
			err = b.keepOwn(row, c) // its place in the log, not its content
		} else {
			err = b.ownChange(row, c)
		}
		if err != nil {
			return 0, false, err
		}
		back++
	}
	b.endAct()
	return back, true, b.tx.PutLog(row)
}

// errNoOpening would mean that an own log has neither a sealed first segment nor its opening.
var errNoOpening = errors.New("the opening of an own log is missing")

func putOpening(tx store.Tx, log p.LogID, o *p.Opening) error {
	return tx.SetMeta(metaOpening+log.String(), EncodeOpening(o))
}

func getOpening(tx store.Tx, log p.LogID) (*p.Opening, error) {
	b, err := tx.Meta(metaOpening + log.String())
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, fmt.Errorf("log %s: %w", log, errNoOpening)
	}
	return DecodeOpening(b)
}

// EncodeOpening writes an opening for the journal: OpeningSize bytes.
func EncodeOpening(o *p.Opening) []byte {
	b := append([]byte(nil), o.Device[:]...)
	b = append(b, o.Random[:]...)
	b = append(b, o.Follows[:]...)
	return append(b, o.FollowsHash[:]...)
}

// DecodeOpening reads what EncodeOpening wrote.
func DecodeOpening(b []byte) (*p.Opening, error) {
	if len(b) != OpeningSize {
		return nil, errNoOpening
	}
	o := &p.Opening{}
	copy(o.Device[:], b)
	copy(o.Random[:], b[16:])
	copy(o.Follows[:], b[32:])
	copy(o.FollowsHash[:], b[44:])
	return o, nil
}

// OpeningSize is the size of an encoded opening: device, random, followed log, its hash.
const OpeningSize = 16 + 16 + 12 + 16
