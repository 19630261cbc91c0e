package country

import (
	"context"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// above puts something into the store above the station, gives its commune the targets of the year, and has the station ask for what it
// needs next month.
func (d *dayMaker) above(ctx context.Context) error {
	up := d.n.Up
	at := slices.IndexFunc(up.Accounts, func(a Account) bool { return a.Role == "region" })
	if at < 0 {
		return nil
	}
	officer, err := up.Desk().As(ctx, up.Accounts[at].Login)
	if err != nil {
		return err
	}
	held, err := up.Desk().StockHere(ctx, officer)
	if err != nil {
		return err
	}
	if !held.Kept {
		if err := fillStore(ctx, up.Desk(), officer, d.today); err != nil {
			return err
		}
	}
	year, _, _ := d.today.Date()
	births := 300 + d.m.r.IntN(100)
	numbers := map[registry.TargetGroup]*registry.TargetNumber{
		registry.TargetBirths:   {People: births, Source: registry.TargetPlan},
		registry.TargetUnder1:   {People: births - 4, Source: registry.TargetPlan},
		registry.TargetAge1:     {People: births - 9, Source: registry.TargetPlan},
		registry.TargetPregnant: {People: births + 12, Source: registry.TargetPlan},
	}
	if _, err := up.Desk().SetTargets(ctx, officer, year, []desk.TargetEntry{{Place: d.n.Commune, Numbers: numbers}}); err != nil {
		return err
	}
	month := d.today.Month() + 1
	if order, err := d.desk.OwnOrder(ctx, d.who, month); err != nil || order != nil {
		return err
	}
	_, err = d.desk.AskStock(ctx, d.who, registry.OrderInput{Month: month, Lines: []registry.OrderLine{
		{Item: "DPT-VGB-HIB", Quantity: 60}, {Item: "BOPV", Quantity: 80}, {Item: registry.SupplyAD05, Quantity: 200},
	}}, p.EntityID{})
	return err
}

// fillStore writes down what came to a region's store.
func fillStore(ctx context.Context, store *desk.Desk, who desk.Who, today registry.Day) error {
	var in []registry.MovementInput
	for _, v := range registry.Vaccines() {
		if v.Programme == registry.ProgrammeEPI {
			in = append(in, registry.MovementInput{
				Item: v.Code, Lot: lotOf(v.Code, today), Quantity: 2000, Expires: today + 400, Type: registry.MoveReceived, Day: today - 14, Clock: registry.NewClock(10, 0), Other: "Kho tỉnh",
			})
		}
	}
	for _, item := range []string{registry.SupplyAD05, registry.SupplyAD01, registry.SupplyMix5, registry.SupplyBox} {
		in = append(in, registry.MovementInput{Item: item, Quantity: 5000, Type: registry.MoveReceived, Day: today - 14, Clock: registry.NewClock(10, 0), Other: "Kho tỉnh"})
	}
	for part := range slices.Chunk(in, 16) { // a slip
		if _, err := store.MoveStock(ctx, who, part...); err != nil {
			return err
		}
	}
	return nil
}
