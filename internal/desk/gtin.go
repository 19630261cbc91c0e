package desk

import (
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// gtinLooksMax is how many of the newest movements are looked through for the code of a box: several years of a station.
const gtinLooksMax = 3000

// Boxed is what came before in a box of the same product code.
type Boxed struct {
	Item  string
	Stock registry.Programme
	Vial  int
}

// ItemOfGTIN is what this place last received under a product code, as its own ledger says; false if it never did. No table of codes
// is kept: there is none to be had that could be trusted.
func (d *Desk) ItemOfGTIN(ctx context.Context, who Who, gtin string) (out Boxed, known bool, err error) {
	if err := d.mayKeepStock(who, rights.Read); err != nil || gtin == "" {
		return out, false, err
	}
	err = d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindMovement, Places: []p.EntityID{d.Node.Identity().Place}})
		if err != nil {
			return err
		}
		slices.Reverse(rows) // the newest first
		for _, r := range rows[:min(len(rows), gtinLooksMax)] {
			if r.Void {
				continue
			}
			s, err := tx.State(r.ID)
			if err != nil {
				return err
			}
			if s == nil {
				continue
			}
			if m := registry.MovementOf(s); m.GTIN == gtin && m.Type == registry.MoveReceived {
				out, known = Boxed{Item: m.Item, Stock: m.Stock, Vial: m.Vial}, true
				return nil
			}
		}
		return nil
	})
	return out, known, err
}
