package node

import (
	"fmt"
	"slices"

	"tramy/internal/merge"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// batch is the private apply: it gathers what one transaction changes and, at finish, recomputes each
// touched case once: rows, aggregates by difference, routes and fingerprints.
type batch struct {
	n  *Node
	tx store.Tx

	entries map[p.EntityID]*entry
	touched []*entry // in order of first touch
	act     int      // acts so far; changes applied now belong to act+1
	acts    []int    // union-find over acts that touch the same entity or case

	places  *placeTree
	moved   []p.EntityID // places whose scope changed
	feed    uint64
	sums    map[p.EntityID]*store.ScopeSum
	sumKeys []p.EntityID

	// from names the child whose request this batch takes in, and the cursors it stated.
	from *childView
}

// childView is what a child said about itself in the Hello of the request being served.
type childView struct {
	device      p.EntityID
	incarnation p.Incarnation
	cursors     map[p.EntityID]p.FeedNumber // by scope, those this node knows to have given out
}

// entry is one entity in a batch.
type entry struct {
	id    p.EntityID
	old   *p.State // before the batch
	state *p.State
	act   int  // the last act that touched it; 0: only loaded
	alien bool // something other than changes of batch.from touched it
}

func (n *Node) newBatch(tx store.Tx) *batch {
	return &batch{n: n, tx: tx, entries: map[p.EntityID]*entry{}, acts: []int{0}, places: n.places, sums: map[p.EntityID]*store.ScopeSum{}}
}

func (b *batch) load(id p.EntityID) (*entry, error) {
	if e := b.entries[id]; e != nil {
		return e, nil
	}
	s, err := b.tx.State(id)
	if err != nil {
		return nil, err
	}
	e := &entry{id: id, old: s, state: s}
	b.entries[id] = e
	return e, nil
}

// change applies a change: from below, or this node's own.
func (b *batch) change(c *p.Change) error {
	e, err := b.load(c.Entity)
	if err != nil {
		return err
	}
	next := merge.Apply(e.state, c)
	if next == e.state {
		return nil
	}
	b.touch(e, next, b.from == nil)
	if !c.Creates() {
		return b.tx.PutEdit(c.Entity, c.Dot)
	}
	return nil
}

// join joins a state that came from above.
func (b *batch) join(s *p.State) error {
	e, err := b.load(s.ID)
	if err != nil {
		return err
	}
	next := s
	if e.state != nil {
		if next = merge.Join(e.state, s); next == e.state {
			return nil
		}
	}
	b.touch(e, next, true)
	return nil
}

func (b *batch) touch(e *entry, next *p.State, alien bool) {
	act := b.act + 1
	if len(b.acts) <= act {
		b.acts = append(b.acts, act)
	}
	if e.act == 0 {
		b.touched = append(b.touched, e)
	} else {
		b.union(e.act, act)
	}
	e.state, e.act = next, act
	e.alien = e.alien || alien
}

// endAct says that the changes applied so far belong to acts that are whole: the rows of one act get one
// feed number and are never sent apart.
func (b *batch) endAct() {
	if len(b.acts) > b.act+1 {
		b.act++
	}
}

func (b *batch) find(a int) int {
	for b.acts[a] != a {
		a = b.acts[a]
	}
	return a
}

// union keeps the later act as the root, so that a number never lies before one already given.
func (b *batch) union(x, y int) {
	x, y = b.find(x), b.find(y)
	if x < y {
		b.acts[x] = y
	} else if y < x {
		b.acts[y] = x
	}
}

// finish writes what the batch gathered.
func (b *batch) finish() error {
	if len(b.touched) == 0 {
		return nil
	}
	feed, err := b.tx.Counter(counterFeed)
	if err != nil {
		return err
	}
	b.feed = feed
	if err := b.singles(); err != nil {
		return err
	}
	roots, err := b.subjectsTouched()
	if err != nil {
		return err
	}
	cases, err := b.cases(roots)
	if err != nil {
		return err
	}
	if err := b.projectCases(cases); err != nil {
		return err
	}
	for _, e := range b.touched {
		if err := b.tx.PutState(e.state, e.old == nil); err != nil {
			return err
		}
	}
	if err := b.routeAll(cases); err != nil {
		return err
	}
	for _, scope := range b.sumKeys {
		if err := b.tx.PutSum(scope, *b.sums[scope]); err != nil {
			return err
		}
	}
	if len(b.acts) > 1 {
		b.feed = feed + uint64(len(b.acts)-1)
	}
	return b.tx.SetCounter(counterFeed, b.feed)
}

// committed is called once the transaction is durable.
func (b *batch) committed() {
	if b != nil {
		b.n.places = b.places
	}
}

// singles projects what stands alone: places, users, devices, vaccines, access records. Places come
// first in effect, because routes depend on them.
func (b *batch) singles() error {
	placesChanged := false
	for _, e := range b.touched {
		var err error
		switch e.state.Kind {
		case registry.KindPlace:
			if r, ok := project.PlaceRowOf(e.state); ok {
				err = b.tx.PutPlaceRow(&r)
				placesChanged = true
			}
		case registry.KindUser:
			if r, ok := project.UserRowOf(e.state); ok {
				err = b.tx.PutUserRow(&r)
			}
		case registry.KindDevice:
			if r, ok := project.DeviceRowOf(e.state); ok {
				err = b.tx.PutDeviceRow(&r)
			}
		case registry.KindVaccine:
			if r, ok := project.VaccineRowOf(e.state); ok {
				err = b.tx.PutVaccineRow(&r)
			}
		case registry.KindAccess:
			if r, ok := project.AccessRowOf(e.state); ok {
				err = b.tx.PutAccessRow(&r)
			}
		case registry.KindLink:
			if r, ok := project.LinkRowOf(e.state); ok {
				err = b.tx.PutLinkRow(&r)
			}
		}
		if err != nil {
			return err
		}
	}
	if !placesChanged {
		return nil
	}
	v, err := b.tx.Counter(counterPlaces)
	if err != nil {
		return err
	}
	if err := b.tx.SetCounter(counterPlaces, v+1); err != nil {
		return err
	}
	before := b.places
	if b.places, err = loadPlaces(b.tx); err != nil {
		return err
	}
	for _, e := range b.touched {
		if e.state.Kind == registry.KindPlace && before.scope(e.id) != b.places.scope(e.id) {
			b.moved = append(b.moved, e.id)
		}
	}
	return nil
}

// named returns the subjects an entity names in fields 1 and 2, all live values, in order.
func named(s *p.State) []p.EntityID {
	var ids []p.EntityID
	if s == nil || s.Kind.Audience() != p.AudienceCase {
		return nil
	}
	for _, f := range []p.Field{p.FieldSubject, p.FieldSubject2} {
		for _, v := range s.Values(f) {
			if id, ok := v.Data.Ref(); ok && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.SortFunc(ids, p.EntityID.Compare)
	return ids
}

// subjectsTouched keeps the index from subjects to the entities that name them and returns the subjects
// whose cases must be computed again, in order.
func (b *batch) subjectsTouched() ([]p.EntityID, error) {
	set := map[p.EntityID]bool{}
	var ids []p.EntityID
	add := func(id p.EntityID) {
		if !set[id] {
			set[id] = true
			ids = append(ids, id)
		}
	}
	for _, e := range b.touched {
		if e.state.Kind == registry.KindSubject {
			add(e.id)
		}
		now, before := named(e.state), named(e.old)
		for _, id := range now {
			add(id)
			if !slices.Contains(before, id) {
				if err := b.tx.PutMember(id, e.id); err != nil {
					return nil, err
				}
			}
		}
		for _, id := range before {
			add(id)
			if !slices.Contains(now, id) {
				if err := b.tx.DeleteMember(id, e.id); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, place := range b.moved {
		at, err := b.tx.CasesAt(place)
		if err != nil {
			return nil, err
		}
		for _, id := range at {
			add(id)
		}
	}
	slices.SortFunc(ids, p.EntityID.Compare)
	return ids, nil
}

// kase is one person as the tree knows it: linked subjects and every entity that names one of them.
type kase struct {
	subjects []p.EntityID // in order; some may not be known here yet
	entries  []*entry     // known entities, by id
}

// cases returns the connected components around the given subjects.
func (b *batch) cases(subjects []p.EntityID) ([]*kase, error) {
	done := map[p.EntityID]bool{}
	var cases []*kase
	for _, root := range subjects {
		if done[root] {
			continue
		}
		done[root] = true
		k := &kase{}
		for queue := []p.EntityID{root}; len(queue) > 0; queue = queue[1:] {
			id := queue[0]
			k.subjects = append(k.subjects, id)
			links, err := b.tx.LinksOf(id)
			if err != nil {
				return nil, err
			}
			for _, l := range links {
				if !l.Same {
					continue
				}
				for _, other := range []p.EntityID{l.A, l.B} {
					if !done[other] {
						done[other] = true
						queue = append(queue, other)
					}
				}
			}
		}
		slices.SortFunc(k.subjects, p.EntityID.Compare)
		seen := map[p.EntityID]bool{}
		add := func(id p.EntityID) error {
			if seen[id] {
				return nil
			}
			seen[id] = true
			e, err := b.load(id)
			if err == nil && e.state != nil {
				k.entries = append(k.entries, e)
			}
			return err
		}
		for _, s := range k.subjects {
			if err := add(s); err != nil {
				return nil, err
			}
			members, err := b.tx.Members(s)
			if err != nil {
				return nil, err
			}
			for _, m := range members {
				if err := add(m); err != nil {
					return nil, err
				}
			}
		}
		slices.SortFunc(k.entries, func(x, y *entry) int { return x.id.Compare(y.id) })
		cases = append(cases, k)
	}
	// Entities of a case kind that name nobody: a dose recorded against a code, or a kind to come.
	for _, e := range b.touched {
		if e.state.Kind.Audience() == p.AudienceCase && e.state.Kind != registry.KindSubject && len(named(e.state)) == 0 {
			cases = append(cases, &kase{entries: []*entry{e}})
		}
	}
	return cases, nil
}

// states splits a case's entities by what project wants.
func (k *kase) states() project.Case {
	var c project.Case
	for _, e := range k.entries {
		switch e.state.Kind {
		case registry.KindSubject:
			c.Subjects = append(c.Subjects, e.state)
		case registry.KindImmunization:
			c.Doses = append(c.Doses, e.state)
		case registry.KindLink:
			c.Links = append(c.Links, e.state)
		}
	}
	return c
}

// projectCases stores the cases' rows and moves the aggregates by the difference to the rows stored
// before. Rows of all cases are gathered first: a dose that moves from one case to another is one row.
func (b *batch) projectCases(cases []*kase) error {
	subjects := map[p.EntityID]*project.SubjectRow{}
	doses := map[p.EntityID]*project.ImmunizationRow{}
	conflicts := map[p.EntityID][]project.ConflictRow{}
	elsewhere := map[p.EntityID]bool{} // doses whose row is made by a case that is not computed now
	done := map[p.EntityID]bool{}
	before := map[p.EntityID]*project.SubjectRow{}
	for _, k := range cases {
		states, err := b.foldedAlready(k, before)
		if err != nil {
			return err
		}
		rows := project.CaseRows(states)
		for i := range rows.Subjects {
			subjects[rows.Subjects[i].ID] = &rows.Subjects[i]
		}
		for _, id := range rows.Elsewhere {
			elsewhere[id] = true
		}
		for i := range rows.Doses {
			doses[rows.Doses[i].ID] = &rows.Doses[i]
		}
		for _, c := range rows.Conflicts {
			conflicts[c.Entity] = append(conflicts[c.Entity], c)
		}
	}
	for _, k := range cases {
		stored, err := b.dosesStored(k)
		if err != nil {
			return err
		}
		for _, e := range k.entries {
			if done[e.id] {
				continue
			}
			done[e.id] = true
			switch e.state.Kind {
			case registry.KindSubject:
				err = b.storeSubject(e.id, subjects[e.id], before[e.id])
			case registry.KindImmunization:
				if doses[e.id] == nil && elsewhere[e.id] {
					break // its row stands with the subject that its standing value names
				}
				err = b.storeDose(e, doses[e.id], stored[e.id])
			}
			if err != nil {
				return err
			}
			if e.act > 0 && (e.old != nil || len(conflicts[e.id]) > 0) {
				if err := b.tx.PutConflicts(e.id, conflicts[e.id]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// foldedAlready reads the stored rows of a case's subjects into before and gives CaseRows those whose
// states this batch did not touch.
func (b *batch) foldedAlready(k *kase, before map[p.EntityID]*project.SubjectRow) (project.Case, error) {
	c := k.states()
	for _, e := range k.entries {
		if e.state.Kind != registry.KindSubject || e.old == nil {
			continue
		}
		row, err := b.tx.SubjectRow(e.id)
		if err != nil {
			return c, err
		}
		before[e.id] = row
		if e.act == 0 && row != nil {
			if c.Folded == nil {
				c.Folded = map[p.EntityID]*project.SubjectRow{}
			}
			c.Folded[e.id] = row
		}
	}
	return c, nil
}

func (b *batch) storeSubject(id p.EntityID, row, old *project.SubjectRow) error {
	if old != nil && row != nil && *old == *row {
		return nil
	}
	if old != nil {
		if key, ok := old.Cohort(); ok {
			if err := b.tx.AddCohort(key, -1); err != nil {
				return err
			}
		}
	}
	if row == nil {
		if old == nil {
			return nil
		}
		return b.tx.DeleteSubjectRow(id)
	}
	if key, ok := row.Cohort(); ok {
		if err := b.tx.AddCohort(key, 1); err != nil {
			return err
		}
	}
	return b.tx.PutSubjectRow(row)
}

// dosesStored reads the dose rows of a case of one subject at once: most of a case was there before.
// Rows that stand under another case are not among them.
func (b *batch) dosesStored(k *kase) (map[p.EntityID]*project.ImmunizationRow, error) {
	before := 0
	for _, e := range k.entries {
		if e.old != nil && e.state.Kind == registry.KindImmunization {
			before++
		}
	}
	if before < 2 || len(k.subjects) != 1 {
		return nil, nil
	}
	rows, err := b.tx.DosesOfCase(k.subjects[0])
	if err != nil {
		return nil, err
	}
	stored := make(map[p.EntityID]*project.ImmunizationRow, len(rows))
	for i := range rows {
		stored[rows[i].ID] = &rows[i]
	}
	return stored, nil
}

// storeDose stores a dose's row; old is what is stored, if it was read already.
func (b *batch) storeDose(e *entry, row, old *project.ImmunizationRow) error {
	if e.old != nil && old == nil {
		var err error
		if old, err = b.tx.ImmunizationRow(e.id); err != nil {
			return err
		}
	}
	if old != nil && row != nil && *old == *row {
		return nil
	}
	if old != nil {
		if key, ok := old.Coverage(); ok {
			if err := b.tx.AddCoverage(key, -1); err != nil {
				return err
			}
		}
	}
	if row == nil {
		if old == nil {
			return nil
		}
		return b.tx.DeleteImmunizationRow(e.id)
	}
	if key, ok := row.Coverage(); ok {
		if err := b.tx.AddCoverage(key, 1); err != nil {
			return err
		}
	}
	return b.tx.PutImmunizationRow(row)
}

// sum returns a scope's fingerprint as this batch has it.
func (b *batch) sum(scope p.EntityID) (*store.ScopeSum, error) {
	if s := b.sums[scope]; s != nil {
		return s, nil
	}
	s, err := b.tx.Sum(scope)
	if err != nil {
		return nil, fmt.Errorf("fingerprint of scope %s: %w", scope, err)
	}
	b.sums[scope] = &s
	b.sumKeys = append(b.sumKeys, scope)
	return &s, nil
}
