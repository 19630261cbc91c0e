package node

import (
	"errors"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// rescue writes again, as changes of this node, what only this node still knows of the entities the
// upstream was asked for: their author, the hubs above and the root were all set back. States never go up,
// because an empty one that claims to have seen much would erase the future.
//
// What this device may never write and stands above all the same is taken from there. What else it may not write by itself
// comes last, into a log of its own: the hub will hold that log for an officer, and nothing else with it.
func (c *Call) rescue(wanted []p.Mark) error {
	var lacking, foreign, same []p.EntityID
	for _, m := range wanted {
		if !c.known[m.Entity] {
			lacking = append(lacking, m.Entity)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	n := c.n
	places := n.Atlas()
	passedOver := false
	err := n.cfg.Store.View(c.ctx, func(tx store.Tx) error {
		// Only when the upstream has heard all that is here: what is on its way is not lost.
		waiting, err := n.outboxWaiting(tx)
		if err != nil || waiting {
			lacking = nil
			return err
		}
		dev, err := tx.Device(n.Identity().Device)
		if err != nil || dev == nil {
			lacking = nil
			return err
		}
		var mine []p.EntityID
		for _, id := range lacking {
			if over, err := passedOverIn(tx, id); err != nil {
				return err
			} else if over {
				passedOver = true
			}
			lost, err := c.lost(tx, id)
			if err != nil {
				return err
			}
			switch {
			case len(lost) == 0:
			case !rights.DeviceMay(dev.Role, lost[0].draft.Kind) && c.standAbove(lost):
				same = append(same, id)
			case slices.ContainsFunc(lost, func(l lostValue) bool { return !deviceMay(places, dev, l.draft.Kind, l.draft.Writes) }):
				foreign = append(foreign, id)
			default:
				mine = append(mine, id)
			}
		}
		lacking = mine
		return nil
	})
	if err != nil {
		return err
	}
	if passedOver {
		if err := c.listAgain(); err != nil {
			return err
		}
	}
	if err := c.takeAbove(same); err != nil {
		return err
	}
	if err := c.rescueAll(lacking, &n.own); err != nil {
		return err
	}
	if len(foreign) == 0 {
		return nil
	}
	var apart *ownLog
	return c.rescueAll(foreign, &apart)
}

// passedOverIn reports whether a log holds a change of an entity that the upstream was never heard to have, although all was
// said. Of an own log: this machine was rolled back with its memory, and its hub has something else under the number that
// stood for it. Of another's: the answer was lost in which the hub said that it has another content, and a hub says so again
// to the author alone.
func passedOverIn(tx store.Tx, id p.EntityID) (bool, error) {
	edits, err := tx.Edits(id)
	if err != nil {
		return false, err
	}
	for _, d := range append([]p.Dot{id.Birth()}, edits...) {
		row, err := tx.Log(d.Log)
		if err != nil {
			return false, err
		}
		if row == nil || row.UpHere >= d.Seq || row.UpReason != p.HoldNone {
			continue
		}
		sent := row.In
		if row.Own {
			sent = row.Sealed
		}
		if d.Seq <= sent {
			return true, nil
		}
	}
	return false, nil
}

// listAgain lets the next request list all logs, so that the upstream says what it lacks of them.
func (c *Call) listAgain() error {
	c.res.More = true
	return c.n.cfg.Store.Update(c.ctx, func(tx store.Tx) error { return tx.SetMeta(metaList, []byte{1}) })
}

// standAbove reports whether all that is lost of an entity stands above as well, written by somebody else: a hub wrote it
// again, and the first writing is nobody's any more.
func (c *Call) standAbove(lost []lostValue) bool {
	return !slices.ContainsFunc(lost, func(l lostValue) bool {
		w, above := &l.draft.Writes[0], c.above[l.draft.Entity]
		return above == nil || !slices.ContainsFunc(above.Values(w.Field), func(v p.Value) bool { return v.Data.Equal(w.Data) })
	})
}

// takeAbove asks for the upstream's states of entities, to put them in the place of this node's: they say the same, and
// this device may not write it again.
func (c *Call) takeAbove(ids []p.EntityID) error {
	if len(ids) == 0 {
		return nil
	}
	c.res.More = true
	return c.n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		for _, id := range ids {
			if err := tx.PutRefresh(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// rescueAll writes what is lost of the entities, act by act, into one log.
func (c *Call) rescueAll(ids []p.EntityID, slot **ownLog) error {
	for len(ids) > 0 {
		k := 0
		act := func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			var drafts []registry.Draft
			var record []registry.RescuedValue
			for k = 0; k < len(ids); k++ {
				lost, err := c.lost(tx, ids[k])
				if err != nil {
					return nil, err
				}
				if len(drafts)+len(lost) >= p.ActChangesMax && len(drafts) > 0 {
					break
				}
				for _, l := range lost[:min(len(lost), p.ActChangesMax-1)] {
					drafts = append(drafts, l.draft)
					record = append(record, l.record)
				}
			}
			if len(drafts) == 0 {
				return nil, nil
			}
			return append(drafts, registry.NewRescue(c.n.id.Place, record)), nil
		}
		_, err := c.n.append(c.ctx, p.EntityID{}, slot, false, act)
		if errors.Is(err, ErrNothing) {
			if k < len(ids) {
				return nil
			}
			err = nil
		}
		if err != nil {
			return err
		}
		c.res.More = true
		ids = ids[k:]
	}
	return nil
}

// lostValue is one value to be written again.
type lostValue struct {
	draft  registry.Draft
	record registry.RescuedValue
}

// lost returns the values of an entity that the upstream neither has nor has seen, and that no log this
// node holds could bring it.
func (c *Call) lost(tx store.Tx, id p.EntityID) ([]lostValue, error) {
	own, err := tx.State(id)
	if err != nil || own == nil {
		return nil, err
	}
	above, birth := c.above[id], p.Superseded{Dot: id.Birth()}
	orphan := project.Born(own) && (above == nil || !project.Born(above)) // its creation is above no more
	var out []lostValue
	for i := range own.Fields {
		f := &own.Fields[i]
		var theirs []p.Value
		if above != nil {
			theirs = above.Values(f.Field)
		}
		for j := range f.Values {
			v := &f.Values[j]
			if slices.ContainsFunc(theirs, func(x p.Value) bool { return x.Dot == v.Dot }) || above != nil && above.SeenSeq(v.Dot.Log) >= v.Dot.Seq {
				continue
			}
			if comes, err := c.n.comesByLog(tx, f.Field, v); err != nil {
				return nil, err
			} else if comes {
				continue
			}
			supersedes := []p.Superseded{v.Superseded()}
			for k := range theirs { // what this node knows to be replaced
				if !slices.ContainsFunc(f.Values, func(x p.Value) bool { return x.Dot == theirs[k].Dot }) && len(supersedes) < p.SupersededMax {
					supersedes = append(supersedes, theirs[k].Superseded())
				}
			}
			// The value may stand for another that stood for the creation's, and that nobody above has heard of. Without a hash
			// the creation's dot takes no value away: it says that the creation will never come.
			if orphan && v.Dot != birth.Dot && len(supersedes) < p.SupersededMax {
				supersedes = append(supersedes, birth)
			}
			slices.SortFunc(supersedes, p.Superseded.Compare)
			out = append(out, lostValue{
				draft:  registry.Draft{Kind: own.Kind, Entity: id, Writes: []p.Write{{Field: f.Field, Data: v.Data, Supersedes: supersedes}}},
				record: registry.RescuedValue{Entity: id, Field: f.Field, Dot: v.Dot, At: v.At, Actor: v.Actor},
			})
		}
	}
	return out, nil
}

// comesByLog reports whether a value reaches the upstream with the log of its change, which this node holds, or is never to
// reach it. What a log has two contents of may be held here otherwise than the value says.
func (n *Node) comesByLog(tx store.Tx, f p.Field, v *p.Value) (bool, error) {
	row, err := tx.Log(v.Dot.Log)
	if err != nil {
		return false, err
	}
	if row != nil && row.Head >= v.Dot.Seq {
		comes := false
		err := n.eachChange(tx, row, v.Dot.Seq, v.Dot.Seq, func(c *p.Change) error {
			comes = wrote(c, f, *v)
			return nil
		})
		if err != nil || comes {
			return comes, err
		}
	}
	from, err := tx.Rejected(v.Dot.Log)
	return from > 0 && v.Dot.Seq >= from, err
}
