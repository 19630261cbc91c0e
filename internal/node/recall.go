package node

import (
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
)

// recalledLots are the lots whose doses are given again.
func recalledLots(tx store.Tx) ([]project.Recalled, error) {
	rows, err := tx.RecordsUnder(registry.KindRecall, registry.RecallsListed)
	if err != nil {
		return nil, err
	}
	var out []project.Recalled
	for i := range rows {
		if rows[i].Void || rows[i].Mark != registry.RecallAgain {
			continue
		}
		s, err := tx.State(rows[i].ID)
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue
		}
		if x := registry.RecallOf(s); x.Again() {
			out = append(out, project.Recalled{Vaccine: x.Vaccine, Lot: registry.FoldLot(x.Number), Place: x.Place})
		}
	}
	return out, nil
}

// recalled marks who had the lot of a recall that came, changed or went: what is due for them is worked out anew. It moves no
// generation, because everybody else's stays as it is.
func (b *batch) recalled(e *entry) error {
	if b.rebuilding {
		return nil // all are marked
	}
	b.recalls = true
	old, now := registry.Recall{}, registry.Recall{}
	if e.old != nil && e.old.Kind == registry.KindRecall {
		old = registry.RecallOf(e.old)
	}
	if e.state != nil && e.state.Kind == registry.KindRecall {
		now = registry.RecallOf(e.state)
	}
	if old.Again() == now.Again() && old.Place == now.Place && old.Of(now.Vaccine, now.Number) {
		return nil
	}
	for _, x := range []*registry.Recall{&old, &now} {
		if !x.Again() {
			continue
		}
		if err := b.staleOfLot(x.Vaccine, x.Number); err != nil {
			return err
		}
	}
	return nil
}

// staleOfLot has worked out anew what is due for whoever had a lot.
func (b *batch) staleOfLot(vaccine, lot string) error {
	doses, err := b.tx.LotDoses(vaccine, lot)
	if err != nil {
		return err
	}
	for i := range doses {
		if err := b.tx.MarkDueStale(doses[i].Case); err != nil {
			return err
		}
	}
	return nil
}

// adviseRecalled makes the batch's advisor know the recalls as they are now, on the map as it is now.
func (b *batch) adviseRecalled() (err error) {
	if b.redrawing && b.advisor.Recalls() { // a recall of a place may be for others now, and no more for some
		lots, err := recalledLots(b.tx)
		if err != nil {
			return err
		}
		for i := range lots {
			if err := b.staleOfLot(lots[i].Vaccine, lots[i].Lot); err != nil {
				return err
			}
		}
	}
	if b.recalls || b.redrawing && b.advisor.Recalls() {
		b.advisor, err = loadAdvisor(b.tx, b.places)
	}
	return err
}
