package country

import (
	"context"
	"fmt"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// compare opens the stopped nodes' databases and holds them against the acts that were told saved and
// against each other.
func (k *checker) compare(ctx context.Context) error {
	centre, err := k.open(ctx, k.c.Centre())
	if err != nil {
		return err
	}
	defer centre.Close()
	return centre.View(ctx, func(top store.Tx) error {
		if err := k.traces(top); err != nil {
			return err
		}
		k.report.FingerprintsEqual = true
		for _, n := range k.c.Nodes[1:] {
			if err := k.against(ctx, top, n); err != nil {
				return fmt.Errorf("%s: %w", n.Name, err)
			}
		}
		return nil
	})
}

func (k *checker) open(ctx context.Context, n *Node) (store.Store, error) {
	if n.Kind == "station" {
		return k.c.opt.OpenStation(ctx, n.Path)
	}
	return k.c.opt.OpenHub(ctx, n.Path)
}

// traces counts the acts of which everything is at the centre: what they created has a state there, what
// they wrote stands in a change of a segment there.
func (k *checker) traces(top store.Tx) error {
	written, err := texts(top)
	if err != nil {
		return err
	}
	for _, a := range k.acts {
		whole := true
		for _, id := range a.creates {
			e, err := p.ParseEntityID(id)
			if err != nil {
				return err
			}
			s, err := top.State(e)
			if err != nil {
				return err
			}
			whole = whole && s != nil && s.SeenSeq(e.Birth().Log) >= e.Birth().Seq
		}
		if a.entity != "" {
			whole = whole && written[a.entity+"\x00"+a.value]
		}
		k.report.ActsSaved++
		if whole {
			k.report.ActsAtRoot++
		}
	}
	return nil
}

// texts gathers every text that any change at the centre wrote, by entity.
func texts(top store.Tx) (map[string]bool, error) {
	out := map[string]bool{}
	var after p.LogID
	for {
		logs, err := top.Logs(after, 500)
		if err != nil || len(logs) == 0 {
			return out, err
		}
		for _, l := range logs {
			after = l.ID
			for at := p.Seq(1); at <= l.Head; {
				seg, err := top.SegmentHolding(l.ID, at)
				if err != nil {
					return nil, err
				}
				if seg == nil {
					break // own changes of the centre that are not sealed
				}
				parsed, err := p.ParseSegment(seg.Raw)
				if err != nil {
					return nil, err
				}
				changes, err := parsed.Changes()
				if err != nil {
					return nil, err
				}
				for _, c := range changes {
					for _, w := range c.Writes {
						if s, ok := w.Data.Text(); ok {
							out[c.Entity.String()+"\x00"+s] = true
						}
					}
				}
				at = parsed.Last() + 1
			}
		}
	}
}

// against compares every scope a node is served with the centre's.
func (k *checker) against(ctx context.Context, top store.Tx, n *Node) error {
	st, err := k.open(ctx, n)
	if err != nil {
		return err
	}
	defer st.Close()
	return st.View(ctx, func(tx store.Tx) error {
		var scopes []p.EntityID
		for _, up := range k.upstreams(ctx, tx) {
			cursors, err := tx.Cursors(up)
			if err != nil {
				return err
			}
			for _, c := range cursors {
				scopes = append(scopes, c.Scope)
			}
		}
		if len(scopes) == 0 {
			k.report.FingerprintsEqual = false
		}
		for _, scope := range scopes {
			here, err := tx.Sum(scope)
			if err != nil {
				return err
			}
			there, err := top.Sum(scope)
			if err != nil {
				return err
			}
			if here.Sum != there.Sum {
				k.report.FingerprintsEqual = false
			}
			if err := k.scope(top, tx, scope); err != nil {
				return err
			}
		}
		if n.Kind == "station" {
			return k.due(top, tx, n.Commune)
		}
		return nil
	})
}

// upstreams are the devices a node has cursors for: those known at the centre.
func (k *checker) upstreams(_ context.Context, tx store.Tx) []p.EntityID {
	var ids []p.EntityID
	for _, n := range k.c.Nodes {
		if n.Device != (p.EntityID{}) {
			ids = append(ids, n.Device)
		}
	}
	return ids
}

func (k *checker) scope(top, tx store.Tx, scope p.EntityID) error {
	var after p.FeedNumber
	for {
		rows, err := top.Feed(scope, after, 1<<30)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			after = r.Number
			if r.Left {
				continue
			}
			want, err := top.State(r.Entity)
			if err != nil {
				return err
			}
			got, err := tx.State(r.Entity)
			if err != nil {
				return err
			}
			k.report.StatesCompared++
			if want == nil || got == nil || !sameValues(want, got) {
				k.report.StatesUnequal++
			}
		}
	}
}

// workOutDue lets the stopped stations and the centre work out what is still open of what is due, as they would have
// done in their own time.
func (k *checker) workOutDue(ctx context.Context) error {
	for _, n := range append(k.c.Stations(), k.c.Centre()) {
		if err := n.workOutStopped(ctx); err != nil {
			return fmt.Errorf("what is due at %s: %w", n.Name, err)
		}
	}
	return nil
}

// due compares the rows of what is due for the children who live in a commune.
func (k *checker) due(top, tx store.Tx, commune p.EntityID) error {
	var after p.FeedNumber
	for {
		rows, err := top.Feed(commune, after, 1<<30)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			after = r.Number
			row, err := top.SubjectRow(r.Entity)
			if err != nil {
				return err
			}
			if r.Left || row == nil || row.Case != row.ID || row.Residence != commune {
				continue
			}
			want, err := top.DueOf(row.ID)
			if err != nil {
				return err
			}
			got, err := tx.DueOf(row.ID)
			if err != nil {
				return err
			}
			k.report.DueCompared++
			if !slices.Equal(want, got) {
				k.report.DueUnequal++
			}
		}
	}
}

// sameValues compares the live values of two states field by field: dots and data. It is written out here,
// so that a mistake in the merge cannot hide itself.
func sameValues(a, b *p.State) bool {
	if a.ID != b.ID || a.Kind != b.Kind || len(a.Fields) != len(b.Fields) {
		return false
	}
	for i := range a.Fields {
		x, y := a.Fields[i], b.Fields[i]
		if x.Field != y.Field || len(x.Values) != len(y.Values) {
			return false
		}
		for j := range x.Values {
			if x.Values[j].Dot != y.Values[j].Dot || !x.Values[j].Data.Equal(y.Values[j].Data) {
				return false
			}
		}
	}
	return true
}
