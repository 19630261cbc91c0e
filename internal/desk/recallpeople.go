package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// RecallPeople is how many of those who had a lot one page names: a person looks at a station's, and a province's go down by place.
const RecallPeople = 1000

// RecallChild is somebody who had a dose of a recalled lot.
type RecallChild struct {
	Expected  // Due is what is due of the lot's vaccine
	Doses     []RecallDose
	Home      string // where they live, as on today's map
	Unknown   bool   // the record of the person is not here: there is a dose and no more
	Tried     Tried  // how a station tried to reach them last
	Reactions int    // recorded after one of these doses
}

// RecallDose is a dose of the lot.
type RecallDose struct {
	ID        p.EntityID
	On        registry.Day
	PlaceName string
	Here      bool // given at the place that is asked for
	After     bool // on the day after the recall was written or later
}

// RecallChildren lists who had a dose of the lot at a place of a person's, or lives there: by where they live, hamlet and name, with
// whom to call for those who call. The zero place is the person's own at a hub, and the station's register at a station. It names people, so
// who looked is written down. more is how many are not named.
func (d *Desk) RecallChildren(ctx context.Context, who Who, id, place p.EntityID) (x *Recalling, list []RecallChild, more int, err error) {
	for _, kind := range []p.Kind{registry.KindRecall, registry.KindSubject} {
		if err := may(who, rights.Read, kind); err != nil {
			return nil, nil, 0, err
		}
	}
	err = d.view(ctx, func(tx store.Tx) (err error) {
		if x, err = d.recall(tx, who, id); err != nil {
			return err
		}
		list, more, err = d.recallChildren(tx, who, x, place)
		return err
	})
	if err != nil {
		return nil, nil, 0, err
	}
	var named []p.EntityID
	for i := range list {
		if !list[i].Unknown {
			named = append(named, list[i].Subject.ID)
		}
	}
	if len(named) > 0 {
		err = d.NoteListed(ctx, who, named...)
	}
	return x, list, more, err
}

func (d *Desk) recallChildren(tx store.Tx, who Who, x *Recalling, place p.EntityID) ([]RecallChild, int, error) {
	a, atlas, station := d.areaOf(who), d.Node.Atlas(), d.Node.Identity().Role == registry.NodeStation
	if !place.IsZero() && !a.all && !a.has(place) {
		return nil, 0, ErrElsewhere
	}
	known := map[p.EntityID]bool{}
	in := func(at p.EntityID) bool {
		if at.IsZero() {
			return false
		}
		is, asked := known[at]
		if !asked {
			is = (a.all || a.has(at)) && (place.IsZero() || atlas.WithinEver(at, place) || slices.ContainsFunc(d.Map().Now(at), func(now p.EntityID) bool { return d.Map().Within(now, place) }))
			known[at] = is
		}
		return is
	}
	rows, err := tx.LotDoses(x.Vaccine, x.Number)
	if err != nil {
		return nil, 0, err
	}
	written := registry.Today(time.UnixMilli(x.WrittenMS), registry.VietnamOffset)
	index := map[p.EntityID]int{}
	var list []RecallChild
	more := map[p.EntityID]bool{}
	for i := range rows {
		r := &rows[i]
		here := in(r.Place)
		if !here && !in(r.Recorded) && !in(r.Residence) {
			continue
		}
		if !r.Place.IsZero() && !atlas.WithinEver(r.Place, x.Place) {
			continue // the recall is not for where it was given
		}
		key := cmp.Or(r.Case, r.Subject, r.ID)
		k, listed := index[key]
		if !listed {
			if len(list) == RecallPeople {
				more[key] = true
				continue
			}
			k = len(list)
			index[key] = k
			list = append(list, RecallChild{Unknown: true})
			if err := d.recallChild(tx, who, x, r, &list[k]); err != nil {
				return nil, 0, err
			}
		}
		dose := RecallDose{ID: r.ID, On: r.On, Here: here, After: r.On > written}
		if dose.PlaceName, err = placeName(tx, r.Place); err != nil {
			return nil, 0, err
		}
		list[k].Doses = append(list[k].Doses, dose)
	}
	if station && len(list) > 0 {
		tried, err := d.tried(tx)
		if err != nil {
			return nil, 0, err
		}
		for i := range list {
			list[i].Tried = tried[list[i].Subject.Case]
		}
	}
	slices.SortStableFunc(list, func(a, b RecallChild) int {
		return cmp.Or(cmp.Compare(registry.Fold(a.Home), registry.Fold(b.Home)), registry.CompareHamlets(a.Subject.Hamlet, b.Subject.Hamlet),
			cmp.Compare(a.Subject.SortName, b.Subject.SortName), a.Subject.ID.Compare(b.Subject.ID))
	})
	return list, len(more), nil
}

// recallChild fills in who had a dose.
func (d *Desk) recallChild(tx store.Tx, who Who, x *Recalling, r *store.LotDose, out *RecallChild) error {
	id := cmp.Or(r.Case, r.Subject)
	if id.IsZero() {
		return nil
	}
	subject, err := tx.SubjectRow(id)
	if err != nil || subject == nil {
		return err
	}
	out.Subject, out.Unknown = *subject, false
	masked(who, &out.Subject)
	at, _ := d.Map().Stands(subject.Recorded, subject.Residence)
	if row, ok := d.Map().Row(at); ok {
		out.Home = row.Name
	}
	due, err := tx.DueOf(subject.ID)
	if err != nil {
		return err
	}
	for i := range due {
		if due[i].Vaccine == x.Vaccine && due[i].Status == project.DueOpen {
			out.Due = append(out.Due, due[i])
		}
	}
	reactions, err := tx.RecordsOf(registry.KindReaction, subject.ID)
	for i := range reactions {
		if !reactions[i].Void && reactions[i].Day >= r.On {
			out.Reactions++
		}
	}
	return err
}
