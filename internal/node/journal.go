package node

import (
	"context"
	"errors"
	"fmt"

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

// replay brings back own changes that the journal holds and the store does not: the database was restored
// or damaged, or a commit failed after the journal was written.
func (n *Node) replay(ctx context.Context) error {
	heads := map[p.LogID]p.Seq{}
	void := map[p.LogID]p.Seq{}
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		return n.cfg.Journal.Replay(func(r *Record) error {
			log := r.Changes[0].Dot.Log
			if r.Void != nil {
				void[r.Void.Log] = r.Void.Seq
			}
			if _, ok := heads[log]; !ok {
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
		return err
	}
	var lost []*Record
	err = n.cfg.Journal.Replay(func(r *Record) error {
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
		return err
	}
	// A bounded number of acts a transaction, so that a long journal does not hold the store for long.
	const actsPerTx = 256
	for len(lost) > 0 {
		k := min(len(lost), actsPerTx)
		err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
			b := n.newBatch(tx)
			for _, r := range lost[:k] {
				if err := n.replayAct(b, r); err != nil {
					return err
				}
			}
			return b.finish()
		})
		if err != nil {
			return err
		}
		lost = lost[k:]
	}
	return nil
}

func (n *Node) replayAct(b *batch, r *Record) error {
	log := r.Changes[0].Dot.Log
	if r.Void != nil {
		if err := n.cutBack(b.tx, r.Void.Log, r.Void.Seq); err != nil {
			return err
		}
	}
	rejected, err := b.tx.Rejected(log)
	if err != nil {
		return err
	}
	row, err := b.tx.Log(log)
	if err != nil {
		return err
	}
	if row == nil {
		if r.Opening == nil {
			return nil // the act that opened the log is gone from the journal: nothing to stand on
		}
		row = &store.LogRow{ID: log, Device: r.Opening.Device, Own: true, Access: r.Access, Hash: p.ChainStart(log)}
		if err := putOpening(b.tx, log, r.Opening); err != nil {
			return err
		}
	}
	for i := range r.Changes {
		c := &r.Changes[i]
		if c.Dot.Seq <= row.Head {
			continue
		}
		if c.Dot.Seq != row.Head+1 {
			return nil // a hole: what stands before it is in neither place
		}
		if rejected > 0 && c.Dot.Seq >= rejected {
			err = b.keepOwn(row, c) // its place in the log, not its content
		} else {
			err = b.ownChange(row, c)
		}
		if err != nil {
			return err
		}
	}
	b.endAct()
	return b.tx.PutLog(row)
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
