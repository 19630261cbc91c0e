package report

import (
	"tramy/internal/atlas"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// RowPlan holds a row against the whole year's denominators: who is registered, and who is planned.
type RowPlan struct {
	Group      registry.TargetGroup // 0: the row is held against none
	Reached    int64                // residents counted since the year began, under any programme
	Registered int64                // people of the group on the register, whatever became of them; -1: age alone does not tell them
	Planned
}

// Plan holds the rows of a form against the denominators of the year it begins in. The commune is that whose residents the form counts.
func (f *Form) Plan(tx store.Tx, places *atlas.Atlas, on *atlas.Map, commune p.EntityID) ([]RowPlan, error) {
	year, _, _ := f.Period.From.Date()
	targets, err := TargetsAt(tx, []p.EntityID{commune}, year, places)
	if err != nil {
		return nil, err
	}
	registered := map[registry.TargetGroup]int64{}
	out := make([]RowPlan, len(f.Layout.Rows))
	at := map[string]int{}
	for i := range f.Layout.Rows {
		row := &f.Layout.Rows[i]
		at[row.Key] = i
		x := &out[i]
		x.Group = row.Target
		if x.Group == 0 {
			continue
		}
		x.Planned = targets.Planned(on, commune, x.Group)
		n, known := registered[x.Group]
		if !known {
			if n, err = registeredOf(tx, f.Source.Residences, x.Group, year); err != nil {
				return nil, err
			}
			registered[x.Group] = n
		}
		x.Registered = n
	}
	for i := range f.Hits {
		if h := &f.Hits[i]; h.Resident && h.On >= f.Period.Year() && h.On <= f.Period.To {
			out[at[h.Row]].Reached++
		}
	}
	return out, nil
}

// registeredOf counts who of a group of a year is on the register of some residences.
func registeredOf(tx store.Tx, residences []p.EntityID, group registry.TargetGroup, year int) (int64, error) {
	born, byAge := group.Born(year)
	if !byAge || len(residences) == 0 {
		return -1, nil
	}
	children, err := tx.ChildrenBorn(residences, registry.NewMonth(born, 1).First(), registry.NewMonth(born, 12).Last())
	var n int64
	for i := range children {
		if group != registry.TargetGirls11 || children[i].Sex == registry.SexFemale {
			n++
		}
	}
	return n, err
}
