package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Recalling is a recall with what a page shows beside it.
type Recalling struct {
	registry.Recall
	State     *p.State // for Saw
	PlaceName string
	Writer    string
	WrittenMS int64 // hub time
	MayChange bool
	// Twins are other recalls of the same lot that are in force: officers who did not hear of each other wrote it twice. What is set
	// apart for one is set apart for all.
	Twins []Recalling
	Here  RecallHere
}

// RecallHere is what became of a recalled lot at this node's own place.
type RecallHere struct {
	Concerns bool               // the place is one of those that the recall is for, and the lot is not given here
	Rows     []project.StockRow // its ledger of the lot
	Done     []registry.StockCount
	Handled  bool // all that the ledger knows of is set apart
}

// Left is how many doses the ledger knows of.
func (x *RecallHere) Left() (n int64) {
	for i := range x.Rows {
		n += max(x.Rows[i].Balance(), 0)
	}
	return n
}

// Apart is how many doses were found and set apart.
func (x *RecallHere) Apart() (n int64) {
	for i := range x.Done {
		n += int64(x.Done[i].Quantity)
	}
	return n
}

// On is the day on which somebody said last what was found, 0 if nobody did.
func (x *RecallHere) On() (day registry.Day) {
	for i := range x.Done {
		day = max(day, x.Done[i].Day)
	}
	return day
}

// recallsListed reads the recalls of the country; marks are those asked for, none: all.
func recallsListed(tx store.Tx, marks ...int32) ([]*p.State, error) {
	rows, err := tx.RecordsUnder(registry.KindRecall, registry.RecallsListed)
	if err != nil {
		return nil, err
	}
	if len(marks) > 0 {
		rows = slices.DeleteFunc(rows, func(r project.RecordRow) bool { return !slices.Contains(marks, r.Mark) })
	}
	return recorded(tx, rows)
}

// recallsFor are the recalls in force that are for a place, each lot once.
func (d *Desk) recallsFor(tx store.Tx, place p.EntityID) ([]registry.Recall, error) {
	states, err := recallsListed(tx, registry.RecallInForce, registry.RecallAgain)
	if err != nil {
		return nil, err
	}
	var out []registry.Recall
	for _, s := range states {
		x := registry.RecallOf(s)
		if !x.InForce() || !d.Node.Atlas().WithinEver(place, x.Place) ||
			slices.ContainsFunc(out, func(y registry.Recall) bool { return y.Of(x.Vaccine, x.Number) }) {
			continue
		}
		out = append(out, x)
	}
	return out, nil
}

// recalledLot finds the recall of a lot among some.
func recalledLot(list []registry.Recall, vaccine, number string) (*registry.Recall, bool) {
	i := slices.IndexFunc(list, func(x registry.Recall) bool { return x.Of(vaccine, number) })
	if i < 0 {
		return nil, false
	}
	return &list[i], true
}

// recallConcerns reports whether a recall is for a place of a person's, or for all that theirs lies in.
func (d *Desk) recallConcerns(who Who, x *registry.Recall) bool {
	a := d.areaOf(who)
	if a.all || a.has(x.Place) {
		return true
	}
	own := who.Place
	if d.Node.Identity().Role == registry.NodeStation {
		own = d.Node.Identity().Place
	}
	return d.Node.Atlas().WithinEver(own, x.Place)
}

// Recalls lists the recalls that concern a person's places: those in force, the latest first, then those that were lifted.
func (d *Desk) Recalls(ctx context.Context, who Who) ([]Recalling, error) {
	if err := may(who, rights.Read, registry.KindRecall); err != nil {
		return nil, err
	}
	var out []Recalling
	err := d.view(ctx, func(tx store.Tx) error {
		states, err := recallsListed(tx)
		if err != nil {
			return err
		}
		for _, s := range states {
			x, err := d.recalling(tx, who, s)
			if err != nil {
				return err
			}
			if x.Void != "" || !d.recallConcerns(who, &x.Recall) {
				continue
			}
			out = append(out, *x)
		}
		for i := range out {
			out[i].twins(out)
			if err := d.recallHere(tx, &out[i]); err != nil {
				return err
			}
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b Recalling) int {
		return cmp.Or(btoi(!a.InForce())-btoi(!b.InForce()), cmp.Compare(b.Day, a.Day), cmp.Compare(b.WrittenMS, a.WrittenMS), a.ID.Compare(b.ID))
	})
	return out, err
}

// twins finds who else recalled the same lot.
func (x *Recalling) twins(all []Recalling) {
	x.Twins = nil
	for i := range all {
		if y := &all[i]; x.InForce() && y.InForce() && y.ID != x.ID && y.Of(x.Vaccine, x.Number) {
			twin := *y
			twin.Twins = nil
			x.Twins = append(x.Twins, twin)
		}
	}
}

func (d *Desk) recalling(tx store.Tx, who Who, s *p.State) (*Recalling, error) {
	x := &Recalling{Recall: registry.RecallOf(s), State: s}
	var err error
	if x.Writer, x.WrittenMS, err = taker(tx, s); err != nil {
		return nil, err
	}
	if row, ok := d.Node.Atlas().Row(x.Place); ok {
		x.PlaceName = row.Name
	}
	x.MayChange = x.InForce() && rights.May(who.Role, rights.Amend, registry.KindRecall) && d.recallsAt(who, x.Place)
	return x, nil
}

// recallsAt reports whether a person may decide so for a place: an officer, at a hub, for what lies in their own.
func (d *Desk) recallsAt(who Who, place p.EntityID) bool {
	if d.Node.Identity().Role != registry.NodeHub {
		return false
	}
	return d.areaOf(who).all || d.Within(who, place)
}

// recallHere reads what became of the lot at this node's own place.
func (d *Desk) recallHere(tx store.Tx, x *Recalling) error {
	own := d.Node.Identity().Place
	x.Here = RecallHere{Concerns: x.InForce() && d.Node.Atlas().WithinEver(own, x.Place)}
	rows, err := tx.StockOfLot(x.Vaccine, x.Number)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].Key.Place == own && rows[i].Entries > 0 {
			x.Here.Rows = append(x.Here.Rows, rows[i])
		}
	}
	done, err := x.setApart(tx)
	if err != nil {
		return err
	}
	x.Here.Done = done[own]
	x.Here.Handled = len(x.Here.Done) > 0 && x.Here.Left() <= x.Here.Apart()
	return nil
}

// setApart are the counts by which places said what they found and set apart for a recall or a twin of it: of each stock of a place
// the last one.
func (x *Recalling) setApart(tx store.Tx) (map[p.EntityID][]registry.StockCount, error) {
	out := map[p.EntityID][]registry.StockCount{}
	ids := []p.EntityID{x.ID}
	for i := range x.Twins {
		ids = append(ids, x.Twins[i].ID)
	}
	for _, id := range ids {
		rows, err := tx.RecordsUnder(registry.KindStockCount, id)
		if err != nil {
			return nil, err
		}
		states, err := recorded(tx, rows)
		if err != nil {
			return nil, err
		}
		for _, s := range states {
			c := registry.StockCountOf(s)
			if c.Recall != id || !x.Of(c.Item, c.Lot) {
				continue // of another lot by another machine's word
			}
			list := out[c.Place]
			at := slices.IndexFunc(list, func(y registry.StockCount) bool { return y.Key() == c.Key() })
			switch {
			case at < 0:
				out[c.Place] = append(list, c)
			case registry.Moment(c.Day, c.Clock) >= registry.Moment(list[at].Day, list[at].Clock):
				list[at] = c
			}
		}
	}
	return out, nil
}

// RecallAt reads one recall.
func (d *Desk) RecallAt(ctx context.Context, who Who, id p.EntityID) (*Recalling, error) {
	if err := may(who, rights.Read, registry.KindRecall); err != nil {
		return nil, err
	}
	var out *Recalling
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = d.recall(tx, who, id)
		return err
	})
	return out, err
}

func (d *Desk) recall(tx store.Tx, who Who, id p.EntityID) (*Recalling, error) {
	s, err := state(tx, id, registry.KindRecall)
	if err != nil {
		return nil, err
	}
	x, err := d.recalling(tx, who, s)
	if err != nil {
		return nil, err
	}
	if x.Void != "" || !d.recallConcerns(who, &x.Recall) {
		return nil, ErrNotFound
	}
	states, err := recallsListed(tx, registry.RecallInForce, registry.RecallAgain)
	if err != nil {
		return nil, err
	}
	var all []Recalling
	for _, s := range states {
		if y := registry.RecallOf(s); x.InForce() && y.Of(x.Vaccine, x.Number) {
			other, err := d.recalling(tx, who, s)
			if err != nil {
				return nil, err
			}
			all = append(all, *other)
		}
	}
	x.twins(all)
	return x, d.recallHere(tx, x)
}

// RecallPlaces are the places a person may recall a lot for, from the top down; none at a station.
func (d *Desk) RecallPlaces(who Who) []project.PlaceRow {
	if d.Node.Identity().Role != registry.NodeHub {
		return nil
	}
	return d.PlanPlaces(who)
}

// WriteRecall writes that a lot is not given any more.
func (d *Desk) WriteRecall(ctx context.Context, who Who, in registry.RecallInput) (p.EntityID, error) {
	if err := may(who, rights.Create, registry.KindRecall); err != nil {
		return p.EntityID{}, err
	}
	if !in.Place.IsZero() && !d.recallsAt(who, in.Place) {
		return p.EntityID{}, ErrElsewhere
	}
	return d.appendOne(ctx, who, func(tx store.Tx) ([]registry.Draft, error) {
		known, err := d.stockKnown(tx)
		if err != nil {
			return nil, err
		}
		draft, err := registry.NewRecall(in, known)
		return []registry.Draft{draft}, err
	})
}

// EditRecall writes what else is known of a recall; its place, vaccine and lot stay.
func (d *Desk) EditRecall(ctx context.Context, who Who, id p.EntityID, in registry.RecallInput, saw registry.Saw) error {
	return d.changeRecall(ctx, who, id, func(x *Recalling, known registry.Known) (registry.Draft, error) {
		return registry.EditRecall(x.State, in, known, saw)
	})
}

// LiftRecall says that the lot may be given again. A twin of it goes on.
func (d *Desk) LiftRecall(ctx context.Context, who Who, id p.EntityID, reason string, saw registry.Saw) error {
	return d.changeRecall(ctx, who, id, func(x *Recalling, known registry.Known) (registry.Draft, error) {
		return registry.LiftRecall(x.State, reason, known.Today, saw)
	})
}

func (d *Desk) changeRecall(ctx context.Context, who Who, id p.EntityID, change func(*Recalling, registry.Known) (registry.Draft, error)) error {
	if err := may(who, rights.Amend, registry.KindRecall); err != nil {
		return err
	}
	_, err := d.appendOne(ctx, who, func(tx store.Tx) ([]registry.Draft, error) {
		x, err := d.recall(tx, who, id)
		if err != nil {
			return nil, err
		}
		if !d.recallsAt(who, x.Place) {
			return nil, ErrElsewhere
		}
		known, err := d.stockKnown(tx)
		if err != nil {
			return nil, err
		}
		draft, err := change(x, known)
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

// SetApart writes what was found of a recalled lot at this node's own place and set apart: a count of each of its stocks, in the order
// of RecallHere.Rows, or one where the ledger knows none. Nothing found is said too: those above wait for it.
func (d *Desk) SetApart(ctx context.Context, who Who, id p.EntityID, found []int, note string) ([]p.EntityID, error) {
	if err := d.mayKeepStock(who, rights.Create); err != nil {
		return nil, err
	}
	var in []registry.StockCountInput
	err := d.view(ctx, func(tx store.Tx) error {
		x, err := d.recall(tx, who, id)
		if err != nil {
			return err
		}
		if !x.Here.Concerns {
			return registry.Errors{{Field: "found", Code: registry.CodeNotOpen}}
		}
		for i := range x.Here.Rows {
			r := &x.Here.Rows[i]
			in = append(in, registry.StockCountInput{
				Item: x.Vaccine, Lot: cmp.Or(r.Number, x.Number), Expires: r.Expires, Stock: r.Key.Stock, VVM: int(r.VVM), Vial: int(r.Vial), Recall: id, Note: note,
			})
		}
		if len(in) == 0 {
			stock, err := programmeOf(tx, x.Vaccine)
			if err != nil {
				return err
			}
			in = append(in, registry.StockCountInput{Item: x.Vaccine, Lot: x.Number, Stock: registry.StockOf(stock, 0), Recall: id, Note: note})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(found) != len(in) { // the ledger knows of more since the form was drawn
		return nil, registry.Errors{{Field: "found", Code: registry.CodeRequired}}
	}
	for i := range in {
		in[i].Quantity = found[i]
	}
	return d.CountStock(ctx, who, in)
}

// RecallsWaiting are the recalls for this node's own place of which nobody has said yet what was found.
func (d *Desk) RecallsWaiting(ctx context.Context, who Who) ([]Recalling, error) {
	if may(who, rights.Read, registry.KindRecall) != nil || d.mayKeepStock(who, rights.Read) != nil {
		return nil, nil
	}
	var out []Recalling
	err := d.view(ctx, func(tx store.Tx) error {
		list, err := d.recallsFor(tx, d.Node.Identity().Place)
		if err != nil {
			return err
		}
		for i := range list {
			x, err := d.recall(tx, who, list[i].ID)
			if err != nil {
				return err
			}
			if x.Here.Concerns && !x.Here.Handled {
				out = append(out, *x)
			}
		}
		return nil
	})
	return out, err
}
