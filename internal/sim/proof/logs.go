package proof

import (
	"tramy/internal/store"
	p "tramy/syncproto"
)

// eachLog reads every log of a store, as far as it goes without a gap: what is sealed, then what is not yet.
func eachLog(tx store.Tx, fn func(row *store.LogRow, changes []*p.Change) error) error {
	tail, err := tx.Tail()
	if err != nil {
		return err
	}
	unsealed := map[p.LogID][]*p.Change{}
	for _, t := range tail {
		ch, err := p.DecodeChange(t.Change)
		if err != nil {
			return err
		}
		unsealed[t.Log] = append(unsealed[t.Log], ch)
	}
	var after p.LogID
	for {
		rows, err := tx.Logs(after, 1000)
		if err != nil || len(rows) == 0 {
			return err
		}
		for i := range rows {
			after = rows[i].ID
			changes, err := changesOf(tx, &rows[i], unsealed[after])
			if err != nil {
				return err
			}
			if err := fn(&rows[i], changes); err != nil {
				return err
			}
		}
	}
}

func changesOf(tx store.Tx, row *store.LogRow, unsealed []*p.Change) (out []*p.Change, err error) {
	next := func() p.Seq { return p.Seq(len(out) + 1) }
	for next() <= row.Head {
		seg, err := tx.SegmentHolding(row.ID, next())
		if err != nil {
			return nil, err
		}
		if seg == nil {
			break
		}
		parsed, err := p.ParseSegment(seg.Raw)
		if err != nil {
			return nil, err
		}
		changes, err := parsed.Changes()
		if err != nil {
			return nil, err
		}
		for i := range changes {
			if changes[i].Dot.Seq == next() && next() <= row.Head {
				out = append(out, &changes[i])
			}
		}
	}
	for _, ch := range unsealed {
		if ch.Dot.Seq == next() {
			out = append(out, ch)
		}
	}
	return out, nil
}

// EachChange calls fn with every change that a store has in its logs.
func EachChange(tx store.Tx, fn func(*p.Change)) error {
	return eachLog(tx, func(_ *store.LogRow, changes []*p.Change) error {
		for _, ch := range changes {
			fn(ch)
		}
		return nil
	})
}
