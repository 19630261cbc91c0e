package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// YoungestFirst orders those of a worklist who stand equal, the youngest first, as far as the first n are concerned (0: all): the younger
// a child, the more a week weighs. It names nobody.
func (d *Desk) YoungestFirst(ctx context.Context, people []store.DuePerson, n int, equal func(a, b *store.DuePerson) bool) error {
	return d.view(ctx, func(tx store.Tx) error {
		return youngestFirst(tx, people, n, func(x *store.DuePerson) p.EntityID { return x.Case }, equal)
	})
}

// NoPhone tells of which people no phone number is known, neither their own nor a parent's. It names nobody.
func (d *Desk) NoPhone(ctx context.Context, people []store.DuePerson) (map[p.EntityID]bool, error) {
	cases := make([]p.EntityID, len(people))
	for i := range people {
		cases[i] = people[i].Case
	}
	out := map[p.EntityID]bool{}
	err := d.view(ctx, func(tx store.Tx) error {
		leads, err := tx.Leads(cases...)
		for i := range leads {
			if leads[i].Phone == "" {
				out[leads[i].Case] = true
			}
		}
		return err
	})
	return out, err
}

// youngestFirst sorts each run of equals that begins within the first n of a list; who has no known birth date comes last in it.
func youngestFirst[T any](tx store.Tx, list []T, n int, kase func(*T) p.EntityID, equal func(a, b *T) bool) error {
	if n == 0 || n > len(list) {
		n = len(list)
	}
	var runs [][]T
	var cases []p.EntityID
	for i := 0; i < n; {
		k := i + 1
		for k < len(list) && equal(&list[i], &list[k]) {
			k++
		}
		if k > i+1 {
			runs = append(runs, list[i:k])
			for j := i; j < k; j++ {
				cases = append(cases, kase(&list[j]))
			}
		}
		i = k
	}
	if len(runs) == 0 {
		return nil
	}
	leads, err := tx.Leads(cases...)
	if err != nil {
		return err
	}
	born := make(map[p.EntityID]registry.Day, len(leads))
	for i := range leads {
		born[leads[i].Case] = birthOf(&leads[i])
	}
	for _, run := range runs {
		slices.SortStableFunc(run, func(a, b T) int { return cmp.Compare(born[kase(&b)], born[kase(&a)]) })
	}
	return nil
}

// birthOf is the day of birth for an order, before all others where it is not known.
func birthOf(row *project.SubjectRow) registry.Day {
	if row.BirthPrec == 0 {
		return -1 << 30
	}
	return row.BirthDate
}
