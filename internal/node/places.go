package node

import (
	"cmp"
	"slices"

	"tramy/internal/atlas"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// counterPlaces says by which version of the program the rows of places were last read from their states.
const (
	counterPlaces = "places.version"
	placesVersion = 1
)

func loadPlaces(tx store.Tx) (*atlas.Atlas, error) {
	rows, err := tx.Places()
	if err != nil {
		return nil, err
	}
	return atlas.New(rows), nil
}

// scopesOf returns the scopes that a device is served, in order: see atlas.Atlas.StationScopes and HubScopes.
func scopesOf(tx store.Tx, places *atlas.Atlas, device p.EntityID, role registry.NodeRole, place p.EntityID) ([]p.EntityID, error) {
	if role != registry.NodeHub {
		return places.StationScopes(place), nil
	}
	devices, err := tx.Devices()
	if err != nil {
		return nil, err
	}
	return places.HubScopes(device, place, devices), nil
}

// Atlas returns the places as last committed, of all days.
func (n *Node) Atlas() *atlas.Atlas {
	n.facts.RLock()
	defer n.facts.RUnlock()
	return n.places
}

// placesChanged puts the changed rows of places into the batch's atlas, and marks what follows from them beyond the
// places themselves.
func (b *batch) placesChanged(rows []project.PlaceRow) error {
	before := b.places
	b.places = before.With(rows)
	whole := map[p.EntityID]bool{}
	dated := false
	for i := range rows {
		id := rows[i].ID
		// A place that has ended goes to those who hold what lay in it, which these may have begun to.
		for _, a := range []*atlas.Atlas{before, b.places} {
			for _, up := range a.Above(id) {
				if r, ok := b.places.Row(up); ok && r.Until != 0 && up != id {
					b.rerouted[up] = true
				}
			}
		}
		since, moved := atlas.ScopeMoved(before, b.places, id)
		if !moved {
			continue
		}
		var at []p.EntityID
		var err error
		if since == 0 {
			whole[id] = true
			at, err = b.tx.CasesAt(id)
		} else {
			dated = true
			at, err = b.tx.CasesGivenAt(id, since)
		}
		if err != nil {
			return err
		}
		b.moved = append(b.moved, at...)
		if err := b.recordsMoved(id, since); err != nil {
			return err
		}
	}
	if err := b.scopesMoved(whole, dated); err != nil {
		return err
	}
	return b.resettle(before, rows)
}

// recordsMoved marks what a vaccination day left at a place, from a day on (0: all of it).
func (b *batch) recordsMoved(place p.EntityID, since registry.Day) error {
	for _, kind := range registry.ListedKinds() {
		rows, err := b.tx.RecordsAt(store.RecordQuery{Kind: kind, Places: []p.EntityID{place}, From: since})
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i].Subject.IsZero() {
				b.rerouted[rows[i].ID] = true
			} else {
				b.moved = append(b.moved, rows[i].Subject)
			}
		}
	}
	for _, kind := range []p.Kind{registry.KindTransfer, registry.KindOrder} {
		sent, err := b.tx.RecordsUnder(kind, place)
		if err != nil {
			return err
		}
		for i := range sent {
			b.rerouted[sent[i].ID] = true
		}
	}
	asked, err := b.tx.RecordsAt(store.RecordQuery{Kind: registry.KindOrder, Places: []p.EntityID{place}})
	if err != nil {
		return err
	}
	for i := range asked {
		answers, err := b.tx.RecordsUnder(registry.KindOrder, asked[i].ID)
		if err != nil {
			return err
		}
		for j := range answers {
			b.rerouted[answers[j].ID] = true
		}
	}
	return nil
}

// scopesMoved marks what goes elsewhere, besides the cases that rows name, because facilities lay in another commune than
// was known: accounts and machines of those that did so from the start, and cases in doubt.
func (b *batch) scopesMoved(whole map[p.EntityID]bool, dated bool) error {
	if len(whole) > 0 {
		users, err := b.tx.Users()
		if err != nil {
			return err
		}
		for i := range users {
			if whole[users[i].Place] {
				b.rerouted[users[i].ID] = true
			}
		}
		devices, err := b.tx.Devices()
		if err != nil {
			return err
		}
		for i := range devices {
			if whole[devices[i].Place] {
				b.rerouted[devices[i].ID] = true
			}
		}
	}
	if !dated && len(whole) == 0 {
		return nil
	}
	// Rows know the day and the place that stand. Where others stand against them the case goes by all of them.
	conflicts, err := b.tx.Conflicts(0)
	for _, c := range conflicts {
		if c.Kind == registry.KindImmunization && (c.Field == p.FieldPlace || c.Field == registry.DoseGivenOn) && !c.Case.IsZero() {
			b.moved = append(b.moved, c.Case)
		}
	}
	return err
}

// resettle marks the people of communes that were split whose residence now leads elsewhere: the successors became
// known, or their hamlets.
func (b *batch) resettle(before *atlas.Atlas, rows []project.PlaceRow) error {
	var changed []p.EntityID
	for i := range rows {
		old, known := before.Row(rows[i].ID)
		if !known || old.Void != rows[i].Void || !slices.Equal(old.Successors, rows[i].Successors) || !slices.Equal(old.Hamlets, rows[i].Hamlets) {
			changed = append(changed, rows[i].ID)
		}
	}
	from := slices.Concat(before.Lineage(changed...), b.places.Lineage(changed...))
	slices.SortFunc(from, p.EntityID.Compare)
	for _, place := range slices.Compact(from) {
		if before.Choices(place) == nil && b.places.Choices(place) == nil {
			continue
		}
		people, err := b.tx.SubjectsRecordedAt(place)
		if err != nil {
			return err
		}
		for i := range people {
			if x := &people[i]; b.places.Residence(place, x.Hamlet) != x.Residence {
				b.moved = append(b.moved, x.ID)
			}
		}
	}
	return nil
}

// readPlacesAnew brings the rows of places, and where they go, up to what this version reads in their states: the version
// before knew no successors, hamlets or former periods in rows, and sent ended places to everybody.
func (n *Node) readPlacesAnew(tx store.Tx) error {
	done, err := tx.Counter(counterPlaces)
	if err != nil || done >= placesVersion {
		return err
	}
	b := n.newBatch(tx)
	for _, id := range n.places.Places() {
		e, err := b.load(id)
		if err != nil {
			return err
		}
		r, ok := project.PlaceRow{}, false
		if e.state != nil {
			r, ok = project.PlaceRowOf(e.state)
		}
		if ok && (r.Until != 0 || len(r.Successors)+len(r.Hamlets)+len(r.Former)+len(r.Lists) > 0) {
			b.touch(e, e.state, true)
		}
	}
	if err := b.finish(); err != nil {
		return err
	}
	n.places, n.advisor = b.places, b.advisor
	return tx.SetCounter(counterPlaces, placesVersion)
}

// routeSingles moves forward what goes elsewhere although nobody touched it: places that ended, accounts, machines.
func (b *batch) routeSingles() error {
	ids := make([]p.EntityID, 0, len(b.rerouted))
	for id := range b.rerouted {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, p.EntityID.Compare)
	for _, id := range ids {
		e, err := b.load(id)
		if err != nil {
			return err
		}
		if e.state == nil || e.act > 0 {
			continue
		}
		if err := b.route(e, b.singleScopes(e.state), p.FeedNumber(b.feed)+p.FeedNumber(cmp.Or(len(b.acts)-1, 1))); err != nil {
			return err
		}
	}
	return nil
}

// singleScopes returns where an entity without a case goes.
func (b *batch) singleScopes(s *p.State) []p.EntityID {
	switch {
	case s.Kind == registry.KindPlace:
		return b.places.PlaceScopes(s.ID)
	case s.Kind == registry.KindCampaign || s.Kind == registry.KindTarget:
		return b.campaignScopes(s)
	case s.Kind == registry.KindTransfer:
		t := registry.TransferOf(s)
		return b.bothScopes(s, t.To, t.Day)
	case s.Kind == registry.KindOrder:
		o := registry.OrderOf(s)
		return b.bothScopes(s, o.To, o.FirstDay())
	case s.Kind.Audience() == p.AudienceAll:
		return []p.EntityID{{}}
	}
	return project.EntityPlaces(s, b.places.Scope)
}

// bothScopes returns where a transfer, an order or its approval goes: to both sides. Each lay in the commune that it did on the day of it.
func (b *batch) bothScopes(s *p.State, to p.EntityID, on registry.Day) []p.EntityID {
	out := project.EntityPlaces(s, b.places.Scope)
	if !to.IsZero() {
		out = sortedUnion(out, []p.EntityID{b.places.Scope(to, on)})
	}
	return out
}

// campaignScopes returns where a campaign or a target goes: that of a commune or a facility to the commune alone, since each commune of the
// country holds some every year; one of more than that to everybody.
func (b *batch) campaignScopes(s *p.State) []p.EntityID {
	at := project.EntityPlaces(s, b.places.Scope)
	for _, place := range at {
		if r, ok := b.places.Row(place); !ok || r.Level != registry.LevelCommune && r.Level != registry.LevelFacility {
			return []p.EntityID{{}}
		}
	}
	return at
}
