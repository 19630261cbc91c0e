package report

import (
	"tramy/internal/atlas"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Targets are what is said of one year: by place and group the words of all levels, that which stands first.
type Targets map[p.EntityID]map[registry.TargetGroup][]registry.TargetWord

// TargetsAt reads what is said of some places and a year.
func TargetsAt(tx store.Tx, places []p.EntityID, year int, levels *atlas.Atlas) (Targets, error) {
	rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindTarget, Places: places})
	if err != nil {
		return nil, err
	}
	out := Targets{}
	for i := range rows {
		if rows[i].Void || int(rows[i].Mark) != year {
			continue
		}
		s, err := tx.State(rows[i].ID)
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue
		}
		t := registry.TargetOf(s)
		for group, n := range t.Numbers {
			if out[t.Place] == nil {
				out[t.Place] = map[registry.TargetGroup][]registry.TargetWord{}
			}
			out[t.Place][group] = append(out[t.Place][group], registry.TargetWord{ID: t.ID, Place: t.Place, By: t.By, TargetNumber: n, Document: t.Document})
		}
	}
	level := func(id p.EntityID) registry.Level {
		row, _ := levels.Row(id)
		return row.Level
	}
	for _, groups := range out {
		for group, words := range groups {
			groups[group] = registry.StandingTargets(words, level)
		}
	}
	return out, nil
}

// Planned is the planned denominator of one group of a place.
type Planned struct {
	Words []registry.TargetWord // said of the place itself, that which stands first
	// Below is what the communes below add up to, of Communes of them; Missing lack a target: then the sum is no denominator.
	Below             int64
	Communes, Missing int
}

// People is the denominator: the word that stands of the place itself, else the sum of what lies below. False: there is none, or a part of the sum
// is missing.
func (x *Planned) People() (int64, bool) {
	if len(x.Words) > 0 {
		return int64(x.Words[0].People), true
	}
	return x.Below, x.Communes > 0 && x.Missing == 0
}

// Differs reports whether there is more than one word, and they differ: of two levels, or of the place and what lies below it.
func (x *Planned) Differs() bool {
	for i := range x.Words {
		if x.Words[i].People != x.Words[0].People {
			return true
		}
	}
	return len(x.Words) > 0 && x.Communes > 0 && x.Missing == 0 && x.Below != int64(x.Words[0].People)
}

// Planned adds up one group of a place on a map.
func (t Targets) Planned(m *atlas.Map, place p.EntityID, group registry.TargetGroup) Planned {
	out := Planned{Words: t[place][group]}
	row, ok := m.Row(place)
	if !ok || row.Level >= registry.LevelCommune {
		return out
	}
	for _, id := range m.Children(place) {
		r, ok := m.Row(id)
		if !ok || r.Level >= registry.LevelFacility {
			continue
		}
		x := t.Planned(m, id, group)
		switch people, said := x.People(); {
		case said:
			out.Below += people
			out.Communes += max(1, x.Communes)
		case r.Level == registry.LevelCommune:
			out.Missing++
		default:
			out.Below += x.Below
			out.Communes += x.Communes
			out.Missing += x.Missing
		}
	}
	return out
}

// TargetPlaces are a place of a map and all below it of which somebody may have said a target.
func TargetPlaces(m *atlas.Map, place p.EntityID) []p.EntityID {
	out := []p.EntityID{place}
	for _, id := range m.Children(place) {
		if r, ok := m.Row(id); ok && r.Level < registry.LevelFacility {
			out = append(out, TargetPlaces(m, id)...)
		}
	}
	return out
}
