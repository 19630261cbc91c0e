package reform

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// ActHamletsBytesMax bounds the lists of hamlets in one act, so that it stays a small part of a segment.
const ActHamletsBytesMax = 128 << 10

// acts puts what changed into acts: see the package's comment for the order and why.
func (d *draft) acts() []Act {
	var first, middle, last []p.EntityID
	for _, id := range d.order {
		r := d.rows[id]
		switch b := d.before[id]; {
		case d.equal(r): // nothing to write
		case r.Level >= registry.LevelCommune:
			middle = append(middle, id)
		case b != nil && r.Until != b.Until || b != nil && !slices.Equal(r.Successors, b.Successors):
			last = append(last, id)
		default:
			first = append(first, id)
		}
	}
	level := func(a, b p.EntityID) int { return int(d.rows[a].Level) - int(d.rows[b].Level) }
	slices.SortStableFunc(first, level)
	slices.SortStableFunc(last, func(a, b p.EntityID) int { return level(b, a) })
	var out []Act
	for _, stage := range [][][]p.EntityID{singly(first), d.atoms(middle), singly(last)} {
		out = append(out, d.pack(stage)...)
	}
	return out
}

func singly(ids []p.EntityID) [][]p.EntityID {
	out := make([][]p.EntityID, len(ids))
	for i, id := range ids {
		out[i] = []p.EntityID{id}
	}
	return out
}

// pack fills acts with atoms, which stay whole unless one alone is larger than an act.
func (d *draft) pack(atoms [][]p.EntityID) []Act {
	var out []Act
	var act Act
	size := 0
	flush := func() {
		if len(act) > 0 {
			out, act, size = append(out, act), nil, 0
		}
	}
	for _, atom := range atoms {
		weight := 0
		for _, id := range atom {
			weight += hamletsBytes(d.rows[id])
		}
		if len(act)+len(atom) > p.ActChangesMax || size+weight > ActHamletsBytesMax {
			flush()
		}
		for _, id := range atom {
			if len(act) == p.ActChangesMax || len(act) > 0 && size+hamletsBytes(d.rows[id]) > ActHamletsBytesMax {
				flush()
			}
			act = append(act, d.edit(id))
			size += hamletsBytes(d.rows[id])
		}
	}
	flush()
	return out
}

func hamletsBytes(r *project.PlaceRow) int {
	n := 0
	for _, name := range r.Hamlets {
		n += len(name) + 2
	}
	return n
}

// atoms groups communes and facilities into what belongs into one act: everything that ends and successions tie
// together if it fits; else each new commune with those of its parts whose last successor it is, and with what lay
// in them.
func (d *draft) atoms(ids []p.EntityID) [][]p.EntityID {
	group := map[p.EntityID]p.EntityID{} // union-find
	var find func(id p.EntityID) p.EntityID
	find = func(id p.EntityID) p.EntityID {
		up, ok := group[id]
		if !ok || up == id {
			return id
		}
		group[id] = find(up)
		return group[id]
	}
	mine := map[p.EntityID]bool{}
	for _, id := range ids {
		mine[id] = true
	}
	tie := func(a, b p.EntityID) {
		if mine[a] && mine[b] {
			group[find(a)] = find(b)
		}
	}
	for _, id := range ids {
		r := d.rows[id]
		for _, s := range r.Successors {
			tie(id, s)
		}
		tie(id, r.Parent)
		if b := d.before[id]; b != nil {
			tie(id, b.Parent)
		}
	}
	members := map[p.EntityID][]p.EntityID{}
	var roots []p.EntityID
	for _, id := range ids {
		root := find(id)
		if members[root] == nil {
			roots = append(roots, root)
		}
		members[root] = append(members[root], id)
	}
	var out [][]p.EntityID
	for _, root := range roots {
		group := members[root]
		slices.SortStableFunc(group, func(a, b p.EntityID) int { return d.rank(a) - d.rank(b) })
		if len(group) <= p.ActChangesMax {
			out = append(out, group)
			continue
		}
		out = append(out, d.cut(group)...)
	}
	return out
}

// rank orders what is in one act: new communes, then those that change or end, then facilities.
func (d *draft) rank(id p.EntityID) int {
	switch {
	case d.rows[id].Level == registry.LevelFacility:
		return 2
	case d.before[id] != nil:
		return 1
	}
	return 0
}

// cut divides a group that no act holds, ordered by rank.
func (d *draft) cut(group []p.EntityID) [][]p.EntityID {
	waits := map[p.EntityID]int{} // how many of a place's successors in the group are not there yet
	heirs := map[p.EntityID][]p.EntityID{}
	below := map[p.EntityID][]p.EntityID{}
	for _, id := range group {
		if b := d.before[id]; b != nil && d.rank(id) == 2 {
			below[b.Parent] = append(below[b.Parent], id)
		}
		for _, s := range d.rows[id].Successors {
			if d.before[s] == nil {
				waits[id]++
				heirs[s] = append(heirs[s], id)
			}
		}
	}
	var out [][]p.EntityID
	done := map[p.EntityID]bool{}
	atom := []p.EntityID(nil)
	add := func(id p.EntityID) {
		if !done[id] {
			done[id] = true
			atom = append(atom, id)
		}
	}
	end := func(id p.EntityID) {
		add(id)
		for _, f := range below[id] {
			add(f)
		}
	}
	for _, id := range group {
		if done[id] || d.rank(id) == 1 && waits[id] > 0 || d.rank(id) == 2 {
			continue
		}
		atom = nil
		end(id)
		for _, part := range heirs[id] {
			if waits[part]--; waits[part] == 0 {
				end(part)
			}
		}
		out = append(out, atom)
	}
	for _, id := range group {
		if !done[id] {
			out = append(out, []p.EntityID{id})
		}
	}
	return out
}
