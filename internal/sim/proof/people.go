package proof

import (
	"slices"

	p "tramy/syncproto"
)

// More numbers of the field table that are for ever.
const (
	kindSubject      p.Kind = 101
	kindImmunization p.Kind = 102
	kindLink         p.Kind = 103

	subjectCode      p.Field = 10
	subjectName      p.Field = 11
	subjectBirthPrec p.Field = 13
	subjectHamlet    p.Field = 17
	subjectMother    p.Field = 18
	subjectGroup     p.Field = 39
	subjectNextDate  p.Field = 45
	groupChild               = 1

	doseVaccine p.Field = 10
	doseGivenOn p.Field = 11
	doseMinute  p.Field = 12
	doseLot     p.Field = 14
	doseSource  p.Field = 19
	doseNotDone p.Field = 23
	doseApart   p.Field = 38
	sourceHere          = 1

	linkSame p.Field = 10
)

// people is who is one person with whom by a set of states.
type people struct {
	states map[p.EntityID]*p.State
	one    union                     // of linked subjects
	lead   map[p.EntityID]p.EntityID // by set: the subject that stands for it
}

// peopleOf reads them from links that hold.
func peopleOf(states map[p.EntityID]*p.State) *people {
	out := &people{states: states, one: union{}, lead: map[p.EntityID]p.EntityID{}}
	for _, s := range states {
		if s.Kind != kindLink || !born(s) || voided(s) {
			continue
		}
		if a, b := ref(s, p.FieldSubject), ref(s, p.FieldSubject2); sameOne(s) && !a.IsZero() && !b.IsZero() {
			out.one.join(a, b)
		}
	}
	for _, people := range []bool{true, false} {
		leads := map[p.EntityID]p.EntityID{}
		for id, s := range states {
			if s.Kind != kindSubject || people && (!born(s) || voided(s)) {
				continue
			}
			set := out.one.find(id)
			if old, ok := leads[set]; !ok || id.Compare(old) < 0 {
				leads[set] = id
			}
		}
		for set, id := range leads {
			if _, ok := out.lead[set]; !ok {
				out.lead[set] = id
			}
		}
	}
	return out
}

// caseOf is whom a subject's records stand under: the subject itself if nothing is known of it.
func (c *people) caseOf(subject p.EntityID) p.EntityID {
	if lead, ok := c.lead[c.one.find(subject)]; ok {
		return lead
	}
	return subject
}

// born reports whether the creation of an entity is in its state, or was replaced there by somebody who wrote it again: it
// may be lost with every machine that had it.
func born(s *p.State) bool {
	b := s.ID.Birth()
	return s.SeenSeq(b.Log) >= b.Seq || slices.ContainsFunc(s.Gone, func(f p.GoneValues) bool {
		return slices.ContainsFunc(f.Gone, func(g p.Superseded) bool { return g.Dot == b })
	})
}

// voided reports whether a record is entered in error: every value says why.
func voided(s *p.State) bool {
	values := s.Values(p.FieldVoid)
	return len(values) > 0 && !slices.ContainsFunc(values, func(v p.Value) bool {
		t, ok := v.Data.Text()
		return !ok || t == ""
	})
}

// sameOne reports whether any value of a link says that both are one person.
func sameOne(s *p.State) bool {
	return slices.ContainsFunc(s.Values(linkSame), func(v p.Value) bool { return v.Data.Bool() })
}

// stands is what counts of several values: that under the greatest dot.
func stands(s *p.State, f p.Field) p.Data {
	var best p.Value
	for _, v := range s.Values(f) {
		if best.Dot.IsZero() || v.Dot.Compare(best.Dot) > 0 {
			best = v
		}
	}
	return best.Data
}

func ref(s *p.State, f p.Field) p.EntityID {
	id, _ := stands(s, f).Ref()
	return id
}

func text(s *p.State, f p.Field) string {
	t, _ := stands(s, f).Text()
	return t
}

func number(s *p.State, f p.Field) int64 {
	n, _ := stands(s, f).Int()
	return n
}

// namedBy are the subjects that a record is about, by any value.
func namedBy(s *p.State) []p.EntityID {
	var out []p.EntityID
	for _, f := range []p.Field{p.FieldSubject, p.FieldSubject2} {
		for _, v := range s.Values(f) {
			if id, ok := v.Data.Ref(); ok && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}
