package node

import (
	"fmt"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// kase is one person as the tree knows it: linked subjects and every entity that names one of them.
type kase struct {
	subjects []p.EntityID // in order; some may not be known here yet
	entries  []*entry     // known entities, by id
}

// cases returns the connected components around the given subjects. What is named as one and is no person stays what it is: a
// dose in its own child's case, a place with everybody. Such a name is a machine's that was set back, where its hub has
// another record under the id of a child, or a cheat's.
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
			person, err := b.load(s)
			if err != nil {
				return nil, err
			}
			if person.kind() == registry.KindSubject {
				if err := add(s); err != nil {
					return nil, err
				}
			}
			members, err := b.tx.MemberStates(s, b.has)
			if err != nil {
				return nil, err
			}
			for _, m := range members {
				if !b.has(m.Entity) {
					b.entries[m.Entity] = &entry{id: m.Entity, old: m.State, state: m.State}
				}
				if err := add(m.Entity); err != nil {
					return nil, err
				}
			}
		}
		slices.SortFunc(k.entries, func(x, y *entry) int { return x.id.Compare(y.id) })
		cases = append(cases, k)
	}
	// Entities of a case kind that name nobody: a dose recorded against a code, or a kind to come.
	for _, e := range b.touched {
		if e.state != nil && e.state.Kind.Audience() == p.AudienceCase && e.state.Kind != registry.KindSubject && len(named(e.state)) == 0 {
			cases = append(cases, &kase{entries: []*entry{e}})
		}
	}
	return cases, nil
}

// has reports whether an entity was read in this batch.
func (b *batch) has(id p.EntityID) bool { return b.entries[id] != nil }

// all returns the states of a case.
func (k *kase) all() []*p.State {
	states := make([]*p.State, len(k.entries))
	for i, e := range k.entries {
		states[i] = e.state
	}
	return states
}

// states splits a case's entities by what project wants.
func (k *kase) states() project.Case {
	c := project.Case{Of: k.subjects}
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
		states := k.states()
		states.Residence = b.places.Residence
		if b.grown(k) {
			states.DosesOnly = true
		} else if err := b.foldedAlready(k, &states, before); err != nil {
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
		grown := b.grown(k)
		moved := k.moved(subjects, before)
		series := k.newVaccines(doses)
		stored := map[p.EntityID]*project.ImmunizationRow{}
		asked := map[p.EntityID]bool{}
		var err error
		if !grown {
			if stored, err = b.dosesStored(k); err != nil {
				return err
			}
			if asked, err = b.twiceStored(k); err != nil {
				return err
			}
		}
		for _, e := range k.entries {
			if done[e.id] {
				continue
			}
			if grown && e.act == 0 && (doses[e.id] == nil || !series[doses[e.id].Vaccine]) {
				continue // a new dose numbers anew those of its own vaccine, and nothing else
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
			default:
				if registry.Listed(e.state.Kind) {
					conflicts[e.id] = project.RecordConflicts(e.state)
				}
			}
			if err != nil {
				return err
			}
			touched := e.act > 0 || b.rebuilding || moved && (subjects[e.id] != nil || doses[e.id] != nil)
			// Whether a dose may be recorded twice hangs on the others of its vaccine.
			if row := doses[e.id]; row != nil {
				touched = touched || asked[e.id] || series[row.Vaccine] || len(conflicts[e.id]) > 0
			}
			if touched && (e.old != nil || len(conflicts[e.id]) > 0) {
				if err := b.tx.PutConflicts(e.id, conflicts[e.id]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// moved reports whether anybody in a case stands under another id than by the rows stored: then so do the conflicts of
// records that nothing else happened to.
func (k *kase) moved(rows, stored map[p.EntityID]*project.SubjectRow) bool {
	return slices.ContainsFunc(k.subjects, func(id p.EntityID) bool {
		row, old := rows[id], stored[id]
		return row != nil && (old == nil || old.Case != row.Case)
	})
}

// grown reports whether all that happened to a case in this batch is that it got new doses: then the rows of
// its subjects stand as they are stored.
func (b *batch) grown(k *kase) bool {
	for _, id := range k.subjects {
		// A subject whose creation has not come may turn out to be one that never will.
		if e := b.entries[id]; b.reshaped[id] || e != nil && e.state != nil && !born(e.state) {
			return false
		}
	}
	return len(k.subjects) > 0
}

// newVaccines returns the vaccines of the doses that this batch brought to a case.
func (k *kase) newVaccines(rows map[p.EntityID]*project.ImmunizationRow) map[string]bool {
	vaccines := map[string]bool{}
	for _, e := range k.entries {
		if row := rows[e.id]; row != nil && e.act > 0 {
			vaccines[row.Vaccine] = true
		}
	}
	return vaccines
}

// foldedAlready reads the stored rows of a case's subjects into before and gives CaseRows those whose folded
// texts this batch did not touch.
func (b *batch) foldedAlready(k *kase, c *project.Case, before map[p.EntityID]*project.SubjectRow) error {
	for _, e := range k.entries {
		if e.state.Kind != registry.KindSubject {
			continue
		}
		if out, err := b.creationRejected(e.state); err != nil {
			return err
		} else if out {
			if c.Rejected == nil {
				c.Rejected = map[p.EntityID]bool{}
			}
			c.Rejected[e.id] = true
		}
		if e.old == nil {
			continue
		}
		row, err := b.tx.SubjectRow(e.id)
		if err != nil {
			return err
		}
		before[e.id] = row
		if row != nil && (e.act == 0 || project.SameTexts(e.old, e.state)) {
			if c.Folded == nil {
				c.Folded = map[p.EntityID]*project.SubjectRow{}
			}
			c.Folded[e.id] = row
		}
	}
	return nil
}

// born reports whether the creation of an entity is in its state.
func born(s *p.State) bool {
	birth := s.ID.Birth()
	return s.SeenSeq(birth.Log) >= birth.Seq
}

// creationRejected reports whether the change that created an entity is one that stays out: it was rejected,
// or lies beyond where a log with two contents goes on, and so was created again under another id.
func (b *batch) creationRejected(s *p.State) (bool, error) {
	if born(s) {
		return false, nil
	}
	birth := s.ID.Birth()
	log, err := b.tx.Log(birth.Log)
	if err != nil {
		return false, err
	}
	if log != nil && birth.Seq > log.Head && (log.Reason == p.HoldForked || log.UpReason == p.HoldForked) {
		return true, nil
	}
	from, err := b.tx.Rejected(birth.Log)
	return from > 0 && birth.Seq >= from, err
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

// twiceStored returns the doses of a case of which is stored that a person should look whether they were recorded twice.
func (b *batch) twiceStored(k *kase) (map[p.EntityID]bool, error) {
	asked := map[p.EntityID]bool{}
	for _, id := range k.subjects {
		rows, err := b.tx.ConflictsOfCase(id)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Field == registry.DoseApart {
				asked[r.Entity] = true
			}
		}
	}
	return asked, nil
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
	if err := b.stockDose(old, row); err != nil {
		return err
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
