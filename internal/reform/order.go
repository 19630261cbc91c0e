package reform

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Order is what somebody wants of the tree: Import, Merge, Split, Move, Rename, End or Hamlets.
type Order interface {
	draft(rows []project.PlaceRow) *draft
}

// Plan is what an order comes to. It is worked out from the places as they stood; who carries it out makes sure that
// they still do.
type Plan struct {
	From  registry.Day // 0: a correction
	Acts  []Act        // in the order in which they are written
	Notes Problems     // to be known before

	Changes []Change // by level, then code; new places last
	Counts  map[registry.Level]*Counts
	Reused  []Reuse // codes that mean other territory from then on
}

// Act is what is written at once.
type Act []Edit

// Edit is one place before and after. Before is zero for a place that is new; then After has a Temporary id.
type Edit struct {
	Before, After project.PlaceRow
}

// New reports whether the place is yet to be entered.
func (e *Edit) New() bool { return e.Before.ID.IsZero() }

// What says what happens to a place.
type What uint8

// What happens. Merged and Divided mean an old place that ends; Made is new with parts, Added new without.
const (
	Renamed   What = 1 + iota // another name, kind or code, perhaps another parent as well
	Moved                     // another parent
	Merged                    // it ends and is part of one new place
	Divided                   // it ends and is part of several
	Abolished                 // it ends without successor
	Made
	Added
	Corrected // a correction, or what was not known is filled in
	Listed    // its list of hamlets
)

var whatNames = map[What]string{
	Renamed: "renamed", Moved: "moved", Merged: "merged", Divided: "split", Abolished: "abolished", Made: "made", Added: "added",
	Corrected: "corrected", Listed: "hamlets",
}

func (x What) String() string { return whatNames[x] }

// MarshalText writes the word.
func (x What) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

// Change is a place to which something happens.
type Change struct {
	What  What
	Line  int // of the list, 0 if it came from none
	Parts []p.EntityID
	Edit
}

// Counts are how many places of a level an order touches, by what happens.
type Counts struct {
	Kept, Renamed, Moved, Merged, Split, Abolished, Made, Added, Corrected, Listed int
}

func (c *Counts) add(x What) {
	*map[What]*int{
		Renamed: &c.Renamed, Moved: &c.Moved, Merged: &c.Merged, Divided: &c.Split, Abolished: &c.Abolished, Made: &c.Made,
		Added: &c.Added, Corrected: &c.Corrected, Listed: &c.Listed,
	}[x]++
}

// Reuse is a code that was one place and becomes another.
type Reuse struct {
	Code     string
	Level    registry.Level
	Was, Now project.PlaceRow
}

// Work makes the plan of an order, or says in Problems what is in its way. rows are all places. A plan without acts
// means that everything stands already.
func Work(order Order, rows []project.PlaceRow) (*Plan, error) {
	d := order.draft(rows)
	if len(d.problems) == 0 {
		d.check()
	}
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	plan := &Plan{From: d.from, Acts: d.acts(), Notes: d.notes, Counts: map[registry.Level]*Counts{}}
	count := func(l registry.Level) *Counts {
		if plan.Counts[l] == nil {
			plan.Counts[l] = &Counts{}
		}
		return plan.Counts[l]
	}
	for level, n := range d.kept {
		count(level).Kept = n
	}
	was := d.codes(d.before, d.eve(), false)
	for _, id := range d.order {
		r := d.rows[id]
		if b := was[r.Code]; b != nil && d.from != 0 && b.ID != id && r.From == d.from && r.Level <= registry.LevelCommune &&
			on(d.rows[b.ID], d.eve()).Code == r.Code { // not one whose code was corrected
			plan.Reused = append(plan.Reused, Reuse{Code: r.Code, Level: r.Level, Was: on(b, d.eve()), Now: *r})
		}
		if d.equal(r) {
			continue
		}
		c := Change{What: d.what(id), Line: d.lines[id], Parts: d.parts[id], Edit: d.edit(id)}
		plan.Changes = append(plan.Changes, c)
		count(r.Level).add(c.What)
	}
	return plan, nil
}

func (d *draft) edit(id p.EntityID) Edit {
	e := Edit{After: *d.rows[id]}
	if b := d.before[id]; b != nil {
		e.Before = *b
	}
	return e
}

func (d *draft) what(id p.EntityID) What {
	b, r := d.before[id], d.rows[id]
	switch {
	case b == nil && len(d.parts[id]) > 0:
		return Made
	case b == nil:
		return Added
	case r.Until != b.Until || len(r.Successors) != len(b.Successors):
		switch len(r.Successors) {
		case 0:
			return Abolished
		case 1:
			return Merged
		}
		return Divided
	case len(r.Former) == len(b.Former) && (r.Name != b.Name || r.Code != b.Code || r.Type != b.Type || r.Parent != b.Parent):
		return Corrected
	case r.Name != b.Name || r.Code != b.Code || r.Type != b.Type:
		return Renamed
	case r.Parent != b.Parent:
		return Moved
	}
	return Listed
}

// Rows returns the places as they stand after the first n acts.
func (x *Plan) Rows(rows []project.PlaceRow, n int) []project.PlaceRow {
	after := map[p.EntityID]project.PlaceRow{}
	var fresh []p.EntityID
	for _, act := range x.Acts[:n] {
		for i := range act {
			after[act[i].After.ID] = act[i].After
			if act[i].New() {
				fresh = append(fresh, act[i].After.ID)
			}
		}
	}
	out := make([]project.PlaceRow, 0, len(rows)+len(fresh))
	for i := range rows {
		if r, ok := after[rows[i].ID]; ok {
			out = append(out, r)
		} else {
			out = append(out, rows[i])
		}
	}
	for _, id := range fresh {
		out = append(out, after[id])
	}
	return out
}

// Digest names what a plan writes: two plans of one order that would write the same have the same.
func (x *Plan) Digest() string {
	h := sha256.New()
	for _, act := range x.Acts {
		fmt.Fprintf(h, "%+v\n", act)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
