package proof

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Node is a machine of the tree when all is quiet.
type Node struct {
	Name   string
	Store  store.Store
	Root   bool
	Up     *Node // nil: the root, or one whose hub is gone
	Device p.EntityID
	Place  p.EntityID // of a station: its facility or commune; zero for hubs
	// Deaf says that the node could not speak at the end: it was revoked. What it holds proves nothing.
	Deaf bool
}

// Said is an act that a person was told was saved.
type Said struct {
	Who     string
	Token   string // a text in it that stands nowhere else; "": none
	Changes []p.Change
	Creates bool // it makes an entity that carries the token
}

// World is what is known of a run.
type World struct {
	Nodes []*Node
	// Wrote is every change that any machine wrote, by dot: more than one content where a machine was rolled back or
	// cheated.
	Wrote map[p.Dot][]*p.Change
	Said  []Said
	// Survived is what lay on some disk when the last phase began, by Print: of two contents under one dot perhaps one.
	Survived map[string]bool
	// Keys are those of every hub there ever was: a tick may be proved by one that is gone.
	Keys    []ed25519.PublicKey
	RootKey ed25519.PublicKey
	// Remains says that the root's database was damaged: it may keep what it read there of which nobody has the change any
	// more.
	Remains bool
	// Void says from where on a log's changes were issued again under other dots.
	Void map[p.LogID]p.Seq
}

// replica is what was read of a node.
type replica struct {
	*Node
	logs   map[p.LogID]*store.LogRow
	held   map[p.Dot]*p.Change // every change in its logs
	let    map[p.Dot]bool      // those that count
	states map[p.EntityID]*p.State
}

// checker gathers what does not hold.
type checker struct {
	*World
	found []string
	reps  map[*Node]*replica
	root  *replica
	// proofs are those looked at already.
	proofs map[proofKey]*p.Heads
	area   union                              // of places that are, or became, one
	kases  union                              // of entities that ever hung together
	at     map[p.EntityID]map[p.EntityID]bool // by case: the areas it ever named
}

// wrongMax is how many failures are told; one of them is enough.
const wrongMax = 20

// Check returns what does not hold.
func Check(ctx context.Context, w *World) []string {
	c := &checker{World: w, reps: map[*Node]*replica{}}
	for _, n := range w.Nodes {
		rep, err := c.read(ctx, n)
		if err != nil {
			c.wrong("%s cannot be read: %v", n.Name, err)
			return c.found
		}
		c.reps[n] = rep
		if n.Root {
			c.root = rep
		}
	}
	c.rootFolds()
	c.nothingLost()
	c.nothingDoubled()
	for _, n := range w.Nodes {
		if err := n.Store.View(ctx, func(tx store.Tx) error { return c.shows(tx, c.reps[n]) }); err != nil {
			c.wrong("%s cannot be read: %v", n.Name, err)
		}
	}
	c.areas()
	for _, n := range w.Nodes {
		rep := c.reps[n]
		if n.Deaf || n.Up == nil || c.reps[n.Up] == nil || n.Up.Deaf {
			continue
		}
		if err := c.replicas(ctx, rep, c.reps[n.Up]); err != nil {
			c.wrong("%s cannot be read: %v", n.Name, err)
		}
	}
	return c.found
}

func (c *checker) wrong(format string, args ...any) {
	if len(c.found) < wrongMax {
		c.found = append(c.found, fmt.Sprintf(format, args...))
	}
}

// read takes in a node's logs and states, and checks the logs: without gaps, chained, and what their authors wrote (I5).
func (c *checker) read(ctx context.Context, n *Node) (*replica, error) {
	r := &replica{Node: n, logs: map[p.LogID]*store.LogRow{}, held: map[p.Dot]*p.Change{}, let: map[p.Dot]bool{}, states: map[p.EntityID]*p.State{}}
	err := n.Store.View(ctx, func(tx store.Tx) error {
		if err := c.readLogs(tx, r); err != nil {
			return err
		}
		return tx.EachState(func(s *p.State) error {
			r.states[s.ID] = s
			return nil
		})
	})
	return r, err
}

func (c *checker) readLogs(tx store.Tx, r *replica) error {
	return eachLog(tx, func(row *store.LogRow, changes []*p.Change) error {
		r.logs[row.ID] = row
		h := p.ChainStart(row.ID)
		for _, ch := range changes {
			h = h.Next(ch)
			r.held[ch.Dot] = ch
			r.let[ch.Dot] = row.Reason == p.HoldNone || row.Reason == p.HoldForked || ch.Dot.Seq <= row.In
			if !slices.ContainsFunc(c.Wrote[ch.Dot], func(o *p.Change) bool { return same(o, ch) }) {
				c.wrong("%s holds %s, which nobody wrote so", r.Name, ch.Dot)
			}
		}
		switch {
		case len(changes) != int(row.Head):
			c.wrong("%s says that it has %d changes of log %s and has %d", r.Name, row.Head, row.ID, len(changes))
		case row.Head > 0 && h != row.Hash:
			c.wrong("%s has another hash for log %s than its changes make", r.Name, row.ID)
		}
		return nil
	})
}

// Print is a change as a key.
func Print(ch *p.Change) string { return string(p.AppendChange(nil, ch)) }

// same reports whether two changes are one.
func same(a, b *p.Change) bool { return Print(a) == Print(b) }

// rootFolds checks that each state at the root is what follows from the changes that count there, no more and no
// less (I1, I2).
func (c *checker) rootFolds() {
	byEntity := map[p.EntityID][]*p.Change{}
	for d, ch := range c.root.held {
		if c.root.let[d] {
			byEntity[ch.Entity] = append(byEntity[ch.Entity], ch)
		}
	}
	for id, changes := range byEntity {
		s := c.root.states[id]
		if s == nil {
			c.wrong("the root has changes of %s (%s) and no state", id, changes[0].Dot)
			continue
		}
		c.equalFold("the root", s, fold(append(c.remembered(s, changes), changes...)), fold(changes))
	}
	for id, s := range c.root.states {
		if byEntity[id] != nil || len(s.Fields) == 0 {
			continue
		}
		if left := c.remembered(s, nil); len(left) > 0 {
			c.equalFold("the root", s, fold(left), nil)
		} else {
			c.wrong("the root has a state of %s and no change of it", id)
		}
	}
}

// live is what a field holds.
type live map[p.Field]map[p.Dot]p.Value

// fold says what follows from a set of changes, whatever their order: a value stands unless another change of the set
// names it, with its hash, as replaced.
func fold(changes []*p.Change) live {
	type name struct {
		f p.Field
		s p.Superseded
	}
	replaced := map[name]bool{}
	for _, ch := range changes {
		for _, w := range ch.Writes {
			for _, s := range w.Supersedes {
				replaced[name{w.Field, s}] = true
			}
		}
	}
	out := live{}
	for _, ch := range changes {
		for _, w := range ch.Writes {
			v := p.Value{Dot: ch.Dot, At: ch.At, Actor: ch.Actor, Data: w.Data}
			if replaced[name{w.Field, v.Superseded()}] {
				continue
			}
			if out[w.Field] == nil {
				out[w.Field] = map[p.Dot]p.Value{}
			}
			out[w.Field][v.Dot] = v
		}
	}
	return out
}

// equalFold checks that a state has the values that are wanted, and no others but some that may stand beside them: what is left
// of a database has a value and not what it replaced, so that an older value of which there is a change is not known to be
// replaced, if the change that replaced it is lost. A person sees both.
func (c *checker) equalFold(who string, s *p.State, want, may live) {
	got := 0
	for i := range s.Fields {
		for _, v := range s.Fields[i].Values {
			o, ok := want[s.Fields[i].Field][v.Dot]
			if ok {
				got++
			} else {
				o, ok = may[s.Fields[i].Field][v.Dot]
			}
			if !ok || !o.Data.Equal(v.Data) || o.At != v.At || o.Actor != v.Actor {
				c.wrong("%s: %s has a value of field %d from %s that does not follow from its changes", who, s.ID, s.Fields[i].Field, v.Dot)
				return
			}
		}
	}
	all := 0
	for _, f := range want {
		all += len(f)
	}
	if all != got {
		c.wrong("%s: %s has %d values, its changes make %d", who, s.ID, got, all)
	}
}
