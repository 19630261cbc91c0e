package report

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// reactions counts reactions recorded here, each once a row however many doses it names.
func (b *filler) reactions() error {
	list, err := readReactions(b.tx, b.Source.Places, b.Period.Year(), b.Period.To)
	if err != nil {
		return err
	}
	for i := range list {
		x := &list[i]
		for k := range b.Layout.Rows {
			row := &b.Layout.Rows[k]
			if row.Count != CountReactions || row.Severity != 0 && row.Severity != x.Severity || len(row.Vaccines) > 0 && !slices.ContainsFunc(x.Doses, func(d project.ImmunizationRow) bool { return slices.Contains(row.Vaccines, d.Vaccine) }) {
				continue
			}
			h := Hit{Row: row.Key, Entity: x.ID, Subject: x.Subject, On: x.On, Minute: x.Clock, Place: x.Place, Programme: registry.ProgrammeEPI, Severity: x.Severity}
			if len(x.Doses) > 0 {
				h.Vaccine, h.Dose, h.Lot, h.Programme = x.Doses[0].Vaccine, x.Doses[0].Dose, x.Doses[0].Lot, b.programme(&x.Doses[0])
			}
			if x.Who != nil {
				h.Case, h.Resident = x.Who.Case, b.home[x.Residence]
			}
			b.Hits = append(b.Hits, h)
		}
	}
	return nil
}

// SevereReactions are those recorded at some places that began in a period, by day, time, id.
func SevereReactions(tx store.Tx, places []p.EntityID, period Period) ([]Reacted, error) {
	list, err := readReactions(tx, places, period.From, period.To)
	return slices.DeleteFunc(list, func(x Reacted) bool { return x.Severity != registry.SeveritySevere }), err
}

// Reacted is a reaction with whom it is of and the doses that may have caused it.
type Reacted struct {
	registry.Reaction
	Who       *project.SubjectRow // nil: not known here
	Residence p.EntityID          // of who leads the case
	Doses     []project.ImmunizationRow
}

// readReactions reads the reactions recorded at some places that began from one day to another, by day, time, id.
func readReactions(tx store.Tx, places []p.EntityID, from, to registry.Day) ([]Reacted, error) {
	rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindReaction, Places: store.Distinct(places), From: from, Until: to + 1})
	if err != nil {
		return nil, err
	}
	var out []Reacted
	for i := range rows {
		s, err := tx.State(rows[i].ID)
		if err != nil {
			return nil, err
		}
		if s == nil || rows[i].Void {
			continue
		}
		x := Reacted{Reaction: registry.ReactionOf(s)}
		if x.Severity != registry.SeveritySevere {
			x.Severity = registry.SeverityCommon
		}
		for _, id := range x.Reaction.Doses {
			d, err := tx.ImmunizationRow(id)
			if err != nil {
				return nil, err
			}
			if d != nil {
				x.Doses = append(x.Doses, *d)
			}
		}
		if x.Who, err = tx.SubjectRow(x.Subject); err != nil {
			return nil, err
		}
		if x.Who != nil {
			if x.Who.Void {
				continue // the person was entered in error
			}
			x.Residence = x.Who.Residence
			if x.Who.Case != x.Who.ID {
				lead, err := tx.SubjectRow(x.Who.Case)
				if err != nil {
					return nil, err
				}
				if lead != nil {
					x.Residence = lead.Residence
				}
			}
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Reacted) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Clock, b.Clock), a.ID.Compare(b.ID))
	})
	return out, nil
}
