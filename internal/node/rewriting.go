package node

import (
	"cmp"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// rewriting turns changes of own logs, of each from one change on, into changes of another log.
type rewriting struct {
	to    p.LogID
	next  p.Seq
	voids []p.Dot // from where on each log is written again
	ids   map[p.EntityID]p.EntityID
	again map[written]p.Superseded // values written again, by how they were written before
	// stands are those that none of what is written again replaces.
	stands map[written]rewritten
	of     map[p.EntityID][]written // those of an entity, in order
	gone   map[written]bool         // what others wrote and something that is written again replaces
	dots   map[p.Dot]bool           // under which it is written: what stands under them is not others'
	// lost says that the old changes will come from nowhere, so that nobody else means another thing by their dots. Should
	// they come after all, what they created is void.
	lost bool
}

// written names a value.
type written struct {
	dot   p.Dot
	field p.Field
}

// rewritten is a value before and after.
type rewritten struct {
	entity     p.EntityID // as it was
	kind       p.Kind
	was, again p.Superseded
}

func newRewriting(voids []p.Dot) *rewriting {
	return &rewriting{
		voids: voids, ids: map[p.EntityID]p.EntityID{}, again: map[written]p.Superseded{}, stands: map[written]rewritten{},
		gone: map[written]bool{}, dots: map[p.Dot]bool{},
	}
}

// ofOthers reports whether a value is neither of what is written again, before or after, nor replaced by it.
func (r *rewriting) ofOthers(v *p.Value, f p.Field) bool {
	return !r.isOld(v.Dot) && !r.dots[v.Dot] && !r.gone[written{v.Dot, f}]
}

func (r *rewriting) isOld(d p.Dot) bool {
	return slices.ContainsFunc(r.voids, func(v p.Dot) bool { return v.Log == d.Log && d.Seq >= v.Seq })
}

// keepsID reports whether an entity keeps its id when its creation is lost: machines, accounts and places are named by
// others outside of this node's logs, who hold them.
func (r *rewriting) keepsID(k p.Kind) bool {
	return r.lost && (k == registry.KindDevice || k == registry.KindUser || k == registry.KindPlace)
}

// changes rewrites changes, in order.
func (r *rewriting) changes(old []*p.Change) []p.Change {
	out := make([]p.Change, 0, len(old))
	for _, c := range old {
		next := r.begin(c.At, r.id(c.Actor), c.Kind, r.id(c.Entity))
		if c.Creates() && !r.keepsID(c.Kind) {
			next.Entity = next.Dot.Entity()
			r.ids[c.Entity] = next.Entity
		}
		for i := range c.Writes {
			w := &c.Writes[i]
			var replaces []p.Superseded
			for _, s := range w.Supersedes {
				was := written{s.Dot, w.Field}
				if a, ok := r.again[was]; ok {
					s = a
					delete(r.stands, was)
				} else {
					r.gone[was] = true
				}
				replaces = append(replaces, s)
			}
			before := p.Value{Dot: c.Dot, At: c.At, Actor: c.Actor, Data: w.Data}
			if r.lost && next.Entity == c.Entity && len(replaces) < p.SupersededMax {
				replaces = append(replaces, before.Superseded()) // should it come after all
			}
			r.write(&next, w.Field, w.Data, replaces)
			v := p.Value{Dot: next.Dot, At: next.At, Actor: next.Actor, Data: next.Writes[len(next.Writes)-1].Data}
			as := written{c.Dot, w.Field}
			r.again[as] = v.Superseded()
			r.stands[as] = rewritten{entity: c.Entity, kind: c.Kind, was: before.Superseded(), again: v.Superseded()}
		}
		out = append(out, next)
	}
	return out
}

// others mends what other logs wrote about what is written again: what they wrote into what is created again is written
// into the new entity, what names it by its old id is pointed to the new one, and what they replaced stays replaced.
func (r *rewriting) others(tx store.Tx, old []*p.Change, at p.At) ([]p.Change, error) {
	var out []p.Change
	r.of = map[p.EntityID][]written{}
	for at, x := range r.stands {
		r.of[x.entity] = append(r.of[x.entity], at)
	}
	for _, list := range r.of {
		slices.SortFunc(list, func(a, b written) int { return cmp.Or(a.dot.Compare(b.dot), cmp.Compare(a.field, b.field)) })
	}
	seen := map[p.EntityID]bool{}
	for _, c := range old {
		if !c.Creates() || r.ids[c.Entity].IsZero() {
			continue
		}
		s, err := tx.State(c.Entity)
		if err != nil {
			return nil, err
		}
		for i := 0; s != nil && i < len(s.Fields); i++ {
			replaces := r.replacedBy(s, s.Fields[i].Field)
			for _, v := range s.Fields[i].Values {
				if r.ofOthers(&v, s.Fields[i].Field) {
					next := r.begin(v.At, r.id(v.Actor), s.Kind, r.ids[c.Entity])
					r.write(&next, s.Fields[i].Field, v.Data, replaces)
					out = append(out, next)
				}
			}
		}
		members, err := tx.Members(c.Entity)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if seen[m] || r.isOld(m.Birth()) {
				continue
			}
			seen[m] = true
			s, err := tx.State(m)
			if err != nil {
				return nil, err
			}
			next := r.begin(at, p.EntityID{}, s.Kind, m)
			for _, f := range []p.Field{p.FieldSubject, p.FieldSubject2} {
				for _, v := range s.Values(f) {
					if id, ok := v.Data.Ref(); ok && r.ids[id] != (p.EntityID{}) && len(next.Writes) < 2 {
						r.write(&next, f, v.Data, []p.Superseded{v.Superseded()})
						break
					}
				}
			}
			out = append(out, next)
		}
		if r.lost && c.Kind.Audience() == p.AudienceCase && c.Kind != registry.KindPin {
			out = append(out, r.voided(c, at))
		}
	}
	kept, err := r.replaced(tx)
	return append(out, kept...), err
}

// voided says of what was created again that it is void under its old name, where the new one is known: should the
// creation come after all, it does not count, and should this be forgotten here, the upstream tells of it.
func (r *rewriting) voided(c *p.Change, at p.At) p.Change {
	next := r.begin(at, p.EntityID{}, c.Kind, c.Entity)
	for i := range c.Writes {
		if f := c.Writes[i].Field; f == p.FieldSubject || f == p.FieldSubject2 || f == p.FieldPlace {
			r.write(&next, f, c.Writes[i].Data, nil)
		}
	}
	r.write(&next, p.FieldVoid, p.Text(registry.VoidWrittenAgain), nil)
	slices.SortFunc(next.Writes, func(a, b p.Write) int { return cmp.Compare(a.Field, b.Field) })
	return next
}

// writtenAgain reports whether an entity is known to have been created again under another id.
func writtenAgain(s *p.State) bool {
	return slices.ContainsFunc(s.Values(p.FieldVoid), func(v p.Value) bool {
		text, ok := v.Data.Text()
		return ok && text == registry.VoidWrittenAgain
	})
}

// replaced writes again, of entities that keep their ids, what had replaced a value that is written again.
func (r *rewriting) replaced(tx store.Tx) ([]p.Change, error) {
	var out []p.Change
	for _, id := range sortedIDs(r.of) {
		if _, created := r.ids[id]; created {
			continue
		}
		s, err := tx.State(id)
		if err != nil {
			return nil, err
		}
		var done []p.Field
		for _, at := range r.of[id] {
			if s == nil || slices.Contains(done, at.field) {
				continue
			}
			done = append(done, at.field)
			replaces := r.replacedBy(s, at.field)
			values := slices.DeleteFunc(slices.Clone(s.Values(at.field)), func(v p.Value) bool {
				return !r.ofOthers(&v, at.field)
			})
			if len(replaces) == 0 || len(values) == 0 {
				continue
			}
			v := &values[len(values)-1] // the one that stands
			next := r.begin(v.At, r.id(v.Actor), r.stands[at].kind, id)
			r.write(&next, at.field, v.Data, append(replaces, v.Superseded()))
			out = append(out, next)
		}
	}
	return out, nil
}

// replacedBy returns the values that are written again into a field, although what they were before had been replaced.
func (r *rewriting) replacedBy(s *p.State, f p.Field) []p.Superseded {
	var out []p.Superseded
	for _, at := range r.of[s.ID] {
		if at.field != f || len(out) == p.SupersededMax-1 {
			continue
		}
		gone := s.SeenSeq(at.dot.Log) >= at.dot.Seq
		for i := range s.Gone {
			gone = gone || s.Gone[i].Field == f && slices.Contains(s.Gone[i].Gone, r.stands[at].was)
		}
		if gone && !slices.ContainsFunc(s.Values(f), func(v p.Value) bool { return v.Dot == at.dot }) {
			out = append(out, r.stands[at].again)
		}
	}
	return out
}

// begin begins the next change.
func (r *rewriting) begin(at p.At, actor p.EntityID, kind p.Kind, entity p.EntityID) p.Change {
	r.next++
	dot := p.Dot{Log: r.to, Seq: r.next}
	r.dots[dot] = true
	return p.Change{Dot: dot, At: at, Actor: actor, Kind: kind, Entity: entity}
}

func (r *rewriting) write(c *p.Change, f p.Field, d p.Data, replaces []p.Superseded) {
	replaces = slices.Clone(replaces)
	slices.SortFunc(replaces, p.Superseded.Compare)
	c.Writes = append(c.Writes, p.Write{Field: f, Data: r.data(d), Supersedes: replaces})
}

func (r *rewriting) id(id p.EntityID) p.EntityID {
	if again, ok := r.ids[id]; ok {
		return again
	}
	return id
}

// data points references to what was created again.
func (r *rewriting) data(d p.Data) p.Data {
	if id, ok := d.Ref(); ok {
		return p.Ref(r.id(id))
	}
	list, ok := d.List()
	if !ok {
		return d
	}
	again := make([]p.Data, len(list))
	for i := range list {
		again[i] = r.data(list[i])
	}
	return p.List(again...)
}
