package desk

import (
	"context"
	"maps"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// WastageMonthsMax is how many months of wastage are shown at once.
const WastageMonthsMax = 24

// MonthWastage is what became of a vaccine's doses in a month.
type MonthWastage struct {
	registry.Wastage
	Days    int                            // on which some were given
	Reasons map[registry.DiscardReason]int // doses thrown away, by reason
}

// WastageTable is what became of the programme's vaccines, month by month.
type WastageTable struct {
	From, To registry.Month
	By       map[string][]MonthWastage // by vaccine; a month each, the first is From
	Place    project.PlaceRow
	Vaccines []project.VaccineRow
	Items    []string // the keys of By, as on the card
}

// wastageAt adds up what the ledgers of some places say of some months: doses that took from the programme's stock, and what was thrown away. What
// a count found missing is no wastage: nobody knows what became of it.
func (d *Desk) wastageAt(tx store.Tx, places []p.EntityID, from, to registry.Month) (*WastageTable, error) {
	out := &WastageTable{From: from, To: to, By: map[string][]MonthWastage{}}
	first, last := from.First(), to.Last()
	at := func(item string, month registry.Month) *MonthWastage {
		if out.By[item] == nil {
			out.By[item] = make([]MonthWastage, to-from+1)
		}
		return &out.By[item][month-from]
	}
	days := map[string]map[registry.Day]bool{}
	for _, place := range places {
		doses, err := tx.DosesFrom(place, first, "")
		if err != nil {
			return nil, err
		}
		for i := range doses {
			uses := doses[i].StockUses()
			if len(uses) == 0 || uses[0].Key.Stock != registry.ProgrammeEPI || doses[i].GivenOn > last {
				continue
			}
			item, on := uses[0].Key.Item, doses[i].GivenOn
			m := at(item, on.Month())
			m.Given++
			if days[item] == nil {
				days[item] = map[registry.Day]bool{}
			}
			if !days[item][on] {
				days[item][on] = true
				m.Days++
			}
		}
		moves, err := tx.MovementsAt(place, registry.Moment(first, registry.NewClock(0, 0)), registry.Moment(last+1, registry.NewClock(0, 0)))
		if err != nil {
			return nil, err
		}
		for i := range moves {
			r := &moves[i]
			if r.Void || r.Kind != registry.KindMovement || r.Type != registry.MoveDiscarded || r.Key.Stock != registry.ProgrammeEPI || registry.IsSupply(r.Key.Item) {
				continue
			}
			m := at(r.Key.Item, registry.Day(r.Moment/(24*60)).Month())
			if r.Reason == registry.DiscardOpenRest {
				m.Rest += int(r.Amount)
			} else {
				m.Closed += int(r.Amount)
			}
			if m.Reasons == nil {
				m.Reasons = map[registry.DiscardReason]int{}
			}
			m.Reasons[r.Reason] += int(r.Amount)
		}
	}
	for _, months := range out.By {
		for i := range months {
			months[i].Months = btoi(months[i].Given > 0)
		}
	}
	return out, nil
}

// Wastage reads the wastage of a commune or facility, the last months up to this one.
func (d *Desk) Wastage(ctx context.Context, who Who, place p.EntityID, months int) (*WastageTable, error) {
	q := NeedQuery{Place: place, Coverage: -1, Buffer: -1}
	row, err := d.checkNeeds(who, &q)
	if err != nil {
		return nil, err
	}
	if err := may(who, rights.Read, registry.KindImmunization); err != nil {
		return nil, err
	}
	if months < 1 || months > WastageMonthsMax {
		return nil, registry.Errors{{Field: "months", Code: registry.CodeRange, Params: map[string]any{"min": 1, "max": WastageMonthsMax}}}
	}
	now := d.Today().Month()
	var out *WastageTable
	err = d.view(ctx, func(tx store.Tx) error {
		places := d.reportSource(row).Places
		if row.Level < registry.LevelCommune {
			places = d.facilitiesOf(row.ID)
		}
		if out, err = d.wastageAt(tx, places, now-registry.Month(months-1), now); err != nil {
			return err
		}
		out.Vaccines, err = tx.Vaccines()
		return err
	})
	if err != nil {
		return nil, err
	}
	out.Place = *row
	for i := range out.Vaccines {
		if _, used := out.By[out.Vaccines[i].Code]; used {
			out.Items = append(out.Items, out.Vaccines[i].Code)
		}
	}
	for _, item := range slices.Sorted(maps.Keys(out.By)) {
		if !slices.Contains(out.Items, item) {
			out.Items = append(out.Items, item)
		}
	}
	return out, nil
}
