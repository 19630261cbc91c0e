package node

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// routeAll moves forward the feed rows of what was touched, and of every entity of a case whose set of
// places changed.
func (b *batch) routeAll(cases []*kase) error {
	routed := map[p.EntityID]bool{}
	// An entity named by two cases goes where either goes.
	want := map[p.EntityID][]p.EntityID{}
	for _, k := range cases {
		b.joinActs(k)
		places := project.CasePlaces(k.all(), b.places.Scope)
		for _, e := range k.entries {
			if also := want[e.id]; len(also) > 0 {
				want[e.id] = sortedUnion(also, places)
			} else {
				want[e.id] = places
			}
		}
	}
	if err := b.alsoElsewhere(cases, want); err != nil {
		return err
	}
	for _, k := range cases {
		full, err := b.placesMoved(k, want)
		if err != nil {
			return err
		}
		number := b.caseNumber(k)
		for _, e := range k.entries {
			if routed[e.id] || (!full && e.act == 0) {
				continue
			}
			routed[e.id] = true
			if err := b.route(e, want[e.id], number); err != nil {
				return err
			}
		}
	}
	for _, e := range b.touched {
		if routed[e.id] {
			continue
		}
		if e.state == nil {
			if err := b.unroute(e); err != nil {
				return err
			}
			continue
		}
		switch e.state.Kind.Audience() {
		case p.AudienceCase:
			continue // its case was routed, or it has none
		case p.AudienceNobody:
			continue
		}
		if err := b.route(e, b.singleScopes(e.state), p.FeedNumber(b.feed)+p.FeedNumber(b.find(e.act))); err != nil {
			return err
		}
	}
	return nil
}

// alsoElsewhere adds the places of cases that nothing happened to, for what hangs on them and on one of those computed now:
// a link that was taken apart stays with both.
func (b *batch) alsoElsewhere(cases []*kase, want map[p.EntityID][]p.EntityID) error {
	computed := map[p.EntityID]bool{}
	for _, k := range cases {
		for _, id := range k.subjects {
			computed[id] = true
		}
	}
	var others []p.EntityID
	for _, k := range cases {
		for _, e := range k.entries {
			for _, id := range named(e.state) {
				if !computed[id] {
					computed[id] = true
					others = append(others, id)
				}
			}
		}
	}
	if len(others) == 0 {
		return nil
	}
	more, err := b.cases(others)
	if err != nil {
		return err
	}
	for _, k := range more {
		places := project.CasePlaces(k.all(), b.places.Scope)
		for _, e := range k.entries {
			if here, ok := want[e.id]; ok {
				want[e.id] = sortedUnion(here, places)
			}
		}
	}
	return nil
}

// sortedUnion returns what is in a or b.
func sortedUnion(a, b []p.EntityID) []p.EntityID {
	all := slices.Concat(a, b)
	slices.SortFunc(all, p.EntityID.Compare)
	return slices.Compact(all)
}

// joinActs makes one act of all acts that touched a case in this batch: its rows travel together.
func (b *batch) joinActs(k *kase) {
	last := 0
	for _, e := range k.entries {
		if e.act > 0 {
			if last > 0 {
				b.union(last, e.act)
			}
			last = e.act
		}
	}
}

// caseNumber is the feed number of a case's rows: that of the last act which touched it.
func (b *batch) caseNumber(k *kase) p.FeedNumber {
	act := 0
	for _, e := range k.entries {
		if e.act > 0 {
			act = max(act, b.find(e.act))
		}
	}
	if act == 0 { // only its places moved
		act = max(1, len(b.acts)-1)
	}
	return p.FeedNumber(b.feed) + p.FeedNumber(act)
}

// placesMoved reports whether the places of a case differ from where its subjects are routed now, so that
// entities nobody touched must be routed too.
func (b *batch) placesMoved(k *kase, want map[p.EntityID][]p.EntityID) (bool, error) {
	known := 0
	for _, e := range k.entries {
		if !slices.Contains(k.subjects, e.id) {
			continue
		}
		known++
		rows, err := b.tx.Routes(e.id)
		if err != nil {
			return false, err
		}
		live := 0
		for i := range rows {
			if rows[i].Left {
				continue
			}
			live++
			if !slices.Contains(want[e.id], rows[i].Scope) {
				return true, nil
			}
		}
		if live != len(want[e.id]) {
			return true, nil
		}
	}
	return known < len(k.subjects), nil
}

// route sets where an entity is: its rows in wanted scopes move forward, its rows elsewhere move forward
// once more, marked left, with the state that made it leave.
func (b *batch) route(e *entry, scopes []p.EntityID, number p.FeedNumber) error {
	var rows []store.RouteRow
	if e.old != nil {
		var err error
		if rows, err = b.tx.Routes(e.id); err != nil {
			return err
		}
	}
	hash := p.StateHash(e.state)
	for _, scope := range scopes {
		i := slices.IndexFunc(rows, func(r store.RouteRow) bool { return r.Scope == scope })
		next := store.RouteRow{Scope: scope, Entity: e.id, Number: number, Hash: hash}
		var old *store.RouteRow
		if i >= 0 {
			old = &rows[i]
			if e.act == 0 && !old.Left && old.Hash == hash {
				continue // in place already, and nothing new to say
			}
		}
		b.echo(e, old, &next)
		if err := b.putRoute(old, &next); err != nil {
			return err
		}
	}
	for i := range rows {
		old := &rows[i]
		if old.Left || slices.Contains(scopes, old.Scope) {
			continue
		}
		next := store.RouteRow{Scope: old.Scope, Entity: e.id, Number: number, Hash: hash, Left: true}
		b.echo(e, old, &next)
		if err := b.putRoute(old, &next); err != nil {
			return err
		}
	}
	return nil
}

// unroute takes an entity that has no state any more out of all scopes. Who has it from here learns why by
// the rejection itself.
func (b *batch) unroute(e *entry) error {
	rows, err := b.tx.Routes(e.id)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].Left {
			continue
		}
		sum, err := b.sum(rows[i].Scope)
		if err != nil {
			return err
		}
		sum.Sum = sum.Sum.Sub(rows[i].Hash)
		sum.Count--
	}
	return b.tx.DeleteRoutes(e.id)
}

// echo marks a row that the child being served need not be sent: its own changes alone made it, and the
// cursor it stated covered the row before (or that row was made so as well). Its author is not asked: a
// station restored from a backup has lost its own changes and must get them back.
func (b *batch) echo(e *entry, old, next *store.RouteRow) {
	if b.from == nil || e.act == 0 || e.alien {
		return
	}
	covered := old == nil && e.old == nil
	if old != nil {
		// What left is silent: others may have written since, and no row told of it here. Nor need the child have read the
		// row by which it left: sums that are equal take a cursor past that.
		covered = !old.Left && (old.Number <= b.from.cursors[next.Scope] ||
			(old.Echo == b.from.device && old.EchoInc == b.from.incarnation))
	}
	if covered {
		next.Echo, next.EchoInc = b.from.device, b.from.incarnation
	}
}

func (b *batch) putRoute(old, next *store.RouteRow) error {
	sum, err := b.sum(next.Scope)
	if err != nil {
		return err
	}
	if old != nil && !old.Left {
		sum.Sum = sum.Sum.Sub(old.Hash)
		sum.Count--
	}
	if !next.Left {
		sum.Sum = sum.Sum.Add(next.Hash)
		sum.Count++
	}
	return b.tx.PutRoute(next)
}
