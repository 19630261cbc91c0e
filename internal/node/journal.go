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
	// Void says that a log counts only up to before this change: what followed there was issued again, from
	// this act on.
	Void    *p.Dot
	Changes []p.Change
}

// replay brings back own changes that the sources hold and the store does not: the database was restored or damaged, or
// a commit failed after the journal was written. It reports how many changes came back. In which order the sources
// have the acts of a log does not matter; Replay is called twice. The caller has the lock, or nobody else has the node
// yet.
func (n *Node) replay(ctx context.Context, sources ...func(func(*Record) error) error) (int, error) {
	heads := map[p.LogID]p.Seq{}
	void := map[p.LogID]p.Seq{}
	order := map[p.LogID]int{}
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		return each(sources, func(r *Record) error {
			log := r.Changes[0].Dot.Log
			if r.Void != nil {
				void[r.Void.Log] = r.Void.Seq
			}
			if _, ok := heads[log]; !ok {
				order[log] = len(order)
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
		return 0, err
	}
	var lost []*Record
	err = each(sources, func(r *Record) error {
		last := r.Changes[len(r.Changes)-1].Dot
		if v := void[last.Log]; v > 0 && last.Seq >= v {
			return nil
		}
		if last.Seq > heads[last.Log] {
			lost = append(lost, r)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	slices.SortStableFunc(lost, func(a, b *Record) int {
		x, y := a.Changes[0].Dot, b.Changes[0].Dot
		return cmp.Or(cmp.Compare(order[x.Log], order[y.Log]), cmp.Compare(x.Seq, y.Seq))
	})
	// A bounded number of acts a transaction, so that a long journal does not hold the store for long.
	const actsPerTx = 256
	back := 0
	for len(lost) > 0 {
		k := min(len(lost), actsPerTx)
		var b *batch
		err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
			b = n.newBatch(tx)
			for _, r := range lost[:k] {
				came, err := n.replayAct(b, r)
				if err != nil {
					return err
				}
				back += came
			}
			return b.finish()
		})
		if err != nil {
			return back, err
		}
		b.committed()
		lost = lost[k:]
	}
	return back, nil
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

// replayAct applies what the store lacks of an act, and returns how many changes that were.
func (n *Node) replayAct(b *batch, r *Record) (back int, err error) {
	log := r.Changes[0].Dot.Log
	if r.Void != nil {
		if err := n.cutBack(b.tx, r.Void.Log, r.Void.Seq); err != nil {
			return 0, err
		}
	}
	rejected, err := b.tx.Rejected(log)
	if err != nil {
		return 0, err
	}
	row, err := b.tx.Log(log)
	if err != nil {
		return 0, err
	}
	if row == nil {
		if r.Opening == nil {
			return 0, nil // the act that opened the log is gone from the journal: nothing to stand on
		}
		row = &store.LogRow{ID: log, Device: r.Opening.Device, Own: true, Access: r.Access, Hash: p.ChainStart(log)}
		if err := putOpening(b.tx, log, r.Opening); err != nil {
			return 0, err
		}
	}
	for i := range r.Changes {
		c := &r.Changes[i]
		if c.Dot.Seq <= row.Head {
			continue
		}
		if c.Dot.Seq != row.Head+1 {
			return 0, nil // a hole: what stands before it is in neither place
		}
		if rejected > 0 && c.Dot.Seq >= rejected {
			err = b.keepOwn(row, c) // its place in the log, not its content
		} else {
			err = b.ownChange(row, c)
		}
		if err != nil {
			return 0, err
		}
		back++
	}
	b.endAct()
	return back, b.tx.PutLog(row)
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
