package project

import (
	"slices"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Case holds the states of one case: linked subjects and every entity that names one of them. Order and
// repetition do not matter. States of other kinds are skipped.
type Case struct {
	Subjects, Doses, Links []*p.State
	// Of lists the subjects whose case this is, also those of which nothing is known here. Empty: all that the states name.
	Of []p.EntityID
	// Folded may hold the stored rows of subjects whose texts have not changed since (SameTexts): their folded
	// texts are taken over, because folding a name costs more than all the rest of a row.
	Folded map[p.EntityID]*SubjectRow
	// Rejected names subjects whose creation stays out of every state for good.
	Rejected map[p.EntityID]bool
	// Residence resolves a residence as recorded, with the hamlet beside it (atlas.Atlas.Residence). Nil: nothing
	// was ever split.
	Residence func(recorded p.EntityID, hamlet string) p.EntityID
	// DosesOnly says that the rows and conflicts of the subjects are not wanted: they are known to stand.
	DosesOnly bool
}

// Rows are what follows from a case, each list ordered by id.
type Rows struct {
	Subjects  []SubjectRow
	Doses     []ImmunizationRow
	Links     []LinkRow
	Conflicts []ConflictRow
	// Elsewhere lists doses that name a subject of this case in a value that does not stand: their rows
	// follow from the case of the subject that does, and a caller leaves them as they are.
	Elsewhere []p.EntityID
}

// CaseRows projects a case. It is a pure function: the same states in any order give the same rows. If
// more than one connected component is given, each gets its own case.
//
// The case's id is that of its canonical subject: the smallest id among its subjects that count as
// people (created, not entered in error), or the smallest of all if none does. A subject that links name
// but whose state is not here is no candidate.
//
// Doses and links whose creation has not arrived are parked: they give no row and count nowhere. A
// subject in that situation gets a row marked Provisional, because people work with it, unless its
// creation is never to arrive.
func CaseRows(in Case) Rows {
	c := newComponents(in)
	var out Rows
	for _, id := range c.order {
		s := c.subjects[id]
		if in.DosesOnly || in.Rejected[id] && !Born(s) {
			continue
		}
		out.Subjects = append(out.Subjects, subjectRow(s, c.caseOf(id), in.Folded[id], c.residence))
		if Born(s) {
			out.Conflicts = appendConflicts(out.Conflicts, s, c.caseOf(id))
		}
	}
	beside := map[p.EntityID]bool{} // doses written down as dose 0
	doses := sortedStates(in.Doses, registry.KindImmunization)
	if len(doses) > 0 {
		out.Doses = make([]ImmunizationRow, 0, len(doses))
	}
	for _, s := range doses {
		switch subject, _ := s.Get(p.FieldSubject).Ref(); {
		case len(in.Of) > 0 && !subject.IsZero() && !slices.Contains(in.Of, subject) || c.elsewhere(s, subject):
			out.Elsewhere = append(out.Elsewhere, s.ID)
		case Born(s):
			out.Doses = append(out.Doses, c.dose(s))
			if isBeside(s) {
				beside[s.ID] = true
			}
			out.Conflicts = appendConflicts(out.Conflicts, s, c.caseOf(subject))
		}
	}
	number(out.Doses, beside)
	out.Conflicts = appendTwice(out.Conflicts, out.Doses, doses)
	for _, s := range sortedStates(in.Links, registry.KindLink) {
		if row, ok := LinkRowOf(s); ok {
			out.Links = append(out.Links, row)
			out.Conflicts = appendConflicts(out.Conflicts, s, c.caseOf(row.A))
		}
	}
	slices.SortFunc(out.Conflicts, func(a, b ConflictRow) int {
		if d := a.Entity.Compare(b.Entity); d != 0 {
			return d
		}
		return int(a.Field) - int(b.Field)
	})
	return out
}

// LinkRowOf projects a link; false if its creation has not arrived.
func LinkRowOf(s *p.State) (LinkRow, bool) {
	if s.Kind != registry.KindLink || !Born(s) {
		return LinkRow{}, false
	}
	l := registry.LinkOf(s)
	return LinkRow{ID: l.ID, A: l.A, B: l.B, Same: l.Same}, true
}

// components knows which subjects are one person.
type components struct {
	subjects map[p.EntityID]*p.State
	order    []p.EntityID              // known subjects by id
	parent   map[p.EntityID]p.EntityID // union-find over all ids that links name
	lead     map[p.EntityID]p.EntityID // canonical subject by root
	people   map[p.EntityID]person     // canonical subjects read so far

	residence func(recorded p.EntityID, hamlet string) p.EntityID
}

func newComponents(in Case) *components {
	c := &components{
		subjects: map[p.EntityID]*p.State{},
		parent:   map[p.EntityID]p.EntityID{},
		lead:     map[p.EntityID]p.EntityID{},
		people:   map[p.EntityID]person{},

		residence: in.Residence,
	}
	if c.residence == nil {
		c.residence = func(recorded p.EntityID, _ string) p.EntityID { return recorded }
	}
	for _, s := range sortedStates(in.Subjects, registry.KindSubject) {
		c.subjects[s.ID] = s
		c.order = append(c.order, s.ID)
	}
	for _, s := range in.Links {
		if row, ok := LinkRowOf(s); ok && row.Same && !row.A.IsZero() && !row.B.IsZero() {
			c.join(row.A, row.B)
		}
	}
	// Ids ascend, so the first candidate of a component is the smallest; people go before the rest.
	for _, people := range []bool{true, false} {
		for _, id := range c.order {
			s := c.subjects[id]
			_, void := registry.Voided(s)
			if root := c.root(id); c.lead[root].IsZero() && (!people || Born(s) && !void) {
				c.lead[root] = id
			}
		}
	}
	return c
}

func (c *components) root(id p.EntityID) p.EntityID {
	for {
		up, ok := c.parent[id]
		if !ok {
			return id
		}
		id = up
	}
}

func (c *components) join(a, b p.EntityID) {
	if a, b = c.root(a), c.root(b); a != b {
		c.parent[b] = a
	}
}

// caseOf returns the case of a subject: its own id if nothing is known of it.
func (c *components) caseOf(subject p.EntityID) p.EntityID {
	if lead := c.lead[c.root(subject)]; !lead.IsZero() {
		return lead
	}
	return subject
}

// has reports whether a subject is here, or linked with one that is.
func (c *components) has(subject p.EntityID) bool {
	return !subject.IsZero() && !c.lead[c.root(subject)].IsZero()
}

// elsewhere reports whether a dose's row follows from another case: its standing subject is not of this
// one, but another live value of the field is.
func (c *components) elsewhere(s *p.State, standing p.EntityID) bool {
	if c.has(standing) {
		return false
	}
	for _, v := range s.Values(p.FieldSubject) {
		if id, ok := v.Data.Ref(); ok && c.has(id) {
			return true
		}
	}
	return false
}

// person is what each dose of a case takes over from its canonical subject.
type person struct {
	recorded, residence p.EntityID

	cohort registry.Month
}

func (c *components) person(lead p.EntityID) person {
	out, ok := c.people[lead]
	if s := c.subjects[lead]; !ok && s != nil {
		subject := registry.SubjectOf(s)
		out.recorded, out.residence = subject.Place, c.residence(subject.Place, subject.Hamlet)
		if subject.HasBirth() {
			out.cohort = subject.BirthDate.Month()
		}
		c.people[lead] = out
	}
	return out
}

// dose projects one dose, all but its number.
func (c *components) dose(s *p.State) ImmunizationRow {
	im := registry.ImmunizationOf(s)
	row := ImmunizationRow{
		ID:          im.ID,
		Case:        c.caseOf(im.Subject),
		Subject:     im.Subject,
		Place:       im.Place,
		Code:        string(im.Code),
		Vaccine:     im.Vaccine,
		GivenOn:     im.GivenOn,
		GivenMinute: im.GivenClock,
		TypedDose:   int32(im.Order),
		Lot:         im.Lot,
		Expires:     im.Expires,
		Site:        im.Site,
		Route:       im.Route,
		Programme:   im.Programme,
		Source:      im.Source,
		NotDone:     im.NotDone,
		Screening:   im.Screening,
		Temperature: int32(im.Temperature),
		GivenBy:     im.GivenBy,
		Campaign:    im.Campaign,
		LotLost:     im.LotLost,
		Void:        im.Void != "",
	}
	person := c.person(row.Case)
	row.Recorded, row.Residence, row.Cohort = person.recorded, person.residence, person.cohort
	if own := c.subjects[im.Subject]; own != nil && Born(own) {
		_, void := registry.Voided(own)
		row.Counted = !void && im.Counts() && im.Vaccine != ""
	}
	return row
}

// Born reports whether the creation of an entity has been merged into its state, or will never be: of a creation that
// was lost with every machine that held it, another wrote again what it still knew, in the place of the lost values.
func Born(s *p.State) bool {
	b := s.ID.Birth()
	return s.SeenSeq(b.Log) >= b.Seq || slices.ContainsFunc(s.Gone, func(f p.GoneValues) bool {
		return slices.ContainsFunc(f.Gone, func(g p.Superseded) bool { return g.Dot == b })
	})
}

// sortedStates returns the states of a kind by id, each once.
func sortedStates(states []*p.State, kind p.Kind) []*p.State {
	out := make([]*p.State, 0, len(states))
	for _, s := range states {
		if s != nil && s.Kind == kind {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *p.State) int { return a.ID.Compare(b.ID) })
	return slices.CompactFunc(out, func(a, b *p.State) bool { return a.ID == b.ID })
}

func appendConflicts(rows []ConflictRow, s *p.State, kase p.EntityID) []ConflictRow {
	for _, f := range registry.Reviewed(s) {
		rows = append(rows, ConflictRow{Entity: s.ID, Field: f.Field, Kind: s.Kind, Case: kase, Class: f.Class})
	}
	return rows
}
