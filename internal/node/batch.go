package node

import (
	"slices"

	"tramy/internal/atlas"
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

	// reshaped holds the subjects of which more changed than that new doses name them.
	reshaped map[p.EntityID]bool
	users    map[p.EntityID]*project.UserRow // as judged by so far

	places    *atlas.Atlas
	advisor   *project.Advisor
	recalls   bool                // a recall came, changed or went
	redrawing bool                // places came or changed
	moved     []p.EntityID        // subjects whose residence or scopes another map may have changed
	rerouted  map[p.EntityID]bool // entities without a case of which the same is true
	feed      uint64
	sums      map[p.EntityID]*store.ScopeSum
	sumKeys   []p.EntityID

	lots map[registry.StockKey]*lot // whose balance this batch moves

	remained map[p.EntityID]bool // whose states are to be proved, see toProve
	awaits   *uint64             // how many dots are awaited, see remains.go; nil: not asked yet
	judges   bool                // whoever enrolled the author, see takeSome

	// takesBack says that what comes is left of a database.
	takesBack bool

	waits     map[p.EntityID]*waits // see waitsOf
	unparking bool                  // what is received waited here

	// rebuilding says that rows are made anew of states that nobody changed.
	rebuilding bool

	// walk is how far the chains of the logs that are received were followed.
	walk *walks

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
	return &batch{
		n: n, tx: tx, entries: map[p.EntityID]*entry{}, acts: []int{0}, places: n.places, advisor: n.advisor, sums: map[p.EntityID]*store.ScopeSum{},
		reshaped: map[p.EntityID]bool{}, users: map[p.EntityID]*project.UserRow{}, rerouted: map[p.EntityID]bool{}, walk: &walks{},
	}
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
	if err := b.came(c.Dot); err != nil {
		return err
	}
	e, err := b.load(c.Entity)
	if err != nil {
		return err
	}
	next := merge.Apply(e.state, c)
	if next == e.state {
		return b.knownBefore(c)
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
	rests, err := restsOnRejected(b.tx, s)
	if err != nil || !rests {
		return err
	}
	return b.tx.PutRefresh(s.ID)
}

// replace puts another state in the place of an entity's: not a merge but the way back from one, after
// changes that were merged here turned out to stand nowhere else (a rejected log, a machine set back). A
// nil state takes the entity away.
func (b *batch) replace(id p.EntityID, next *p.State) error {
	e, err := b.load(id)
	if err != nil || e.state == nil && next == nil {
		return err
	}
	b.touch(e, next, true)
	return nil
}

// kind is an entity's kind now, or what it was before it was taken away.
func (e *entry) kind() p.Kind {
	if e.state == nil {
		if e.old == nil {
			return 0
		}
		return e.old.Kind
	}
	return e.state.Kind
}

// was reports whether an entity was one of kinds before the batch and is of another kind now.
func (e *entry) was(kinds ...p.Kind) bool {
	return e.old != nil && e.old.Kind != e.kind() && slices.Contains(kinds, e.old.Kind)
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

// finish takes in what waited for a device that is known by now, and writes what the batch gathered.
func (b *batch) finish() error {
	if err := b.n.unpark(b); err != nil {
		return err
	}
	if err := b.prove(); err != nil {
		return err
	}
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
	if err := b.due(cases); err != nil {
		return err
	}
	for _, e := range b.touched {
		if e.state == nil {
			if err := b.takeAway(e); err != nil {
				return err
			}
			continue
		}
		if err := b.tx.PutState(e.state, e.old == nil); err != nil {
			return err
		}
	}
	if err := b.adviseRecalled(); err != nil { // reads states
		return err
	}
	if err := b.stock(); err != nil {
		return err
	}
	if err := b.routeAll(cases); err != nil {
		return err
	}
	if err := b.routeSingles(); err != nil {
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
	if b == nil {
		return
	}
	b.n.facts.Lock()
	b.n.places, b.n.advisor = b.places, b.advisor
	b.n.facts.Unlock()
	// Looks change no list, and each drawing of one may write some.
	if slices.ContainsFunc(b.touched, func(e *entry) bool { return e.state == nil || e.state.Kind != registry.KindAccess }) {
		b.n.version.Add(1)
	}
	b.n.pokeDue()
}

// Version is how often something other than looks was written, came in or was worked out during this run: what was read under
// the same one still stands.
func (n *Node) Version() uint64 { return n.version.Load() }

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
	newDose := false
	add := func(id p.EntityID) {
		if !set[id] {
			set[id] = true
			ids = append(ids, id)
		}
		if !newDose {
			b.reshaped[id] = true
		}
	}
	for _, e := range b.touched {
		newDose = e.old == nil && e.kind() == registry.KindImmunization
		if e.kind() == registry.KindSubject || e.was(registry.KindSubject) {
			add(e.id)
			if err := b.tx.MarkUnpaired(e.id); err != nil {
				return nil, err
			}
		}
		now, before := named(e.state), named(e.old)
		if e.kind() == registry.KindLink || e.was(registry.KindLink) {
			for _, id := range sortedUnion(now, before) {
				if err := b.tx.MarkUnpaired(id); err != nil {
					return nil, err
				}
			}
		}
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
	newDose = false
	for _, id := range b.moved {
		add(id)
	}
	slices.SortFunc(ids, p.EntityID.Compare)
	return ids, nil
}
