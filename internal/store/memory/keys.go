package memory

import (
	"cmp"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// name is a key of facts and counters.
type name string

// Compare implements key.
func (a name) Compare(b name) int { return cmp.Compare(a, b) }

// number is a position in a sequence.
type number uint64

// Compare implements key.
func (a number) Compare(b number) int { return cmp.Compare(a, b) }

// run is an incarnation.
type run p.Incarnation

// Compare implements key.
func (a run) Compare(b run) int {
	for i := range a {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return 0
}

// two is an entity within what another one names: a member of a subject, a scope of an entity.
type two struct{ of, id p.EntityID }

// Compare implements key.
func (a two) Compare(b two) int {
	if c := a.of.Compare(b.of); c != 0 {
		return c
	}
	return a.id.Compare(b.id)
}

// placed is a number within what an entity has.
type placed struct {
	of p.EntityID
	n  uint64
}

// Compare implements key.
func (a placed) Compare(b placed) int {
	if c := a.of.Compare(b.of); c != 0 {
		return c
	}
	return cmp.Compare(a.n, b.n)
}

// called is a name within what an entity has: the vaccine of a due dose.
type called struct {
	of   p.EntityID
	name string
}

// Compare implements key.
func (a called) Compare(b called) int {
	if c := a.of.Compare(b.of); c != 0 {
		return c
	}
	return cmp.Compare(a.name, b.name)
}

// logSeq is a change, or a segment by its first.
type logSeq struct {
	log p.LogID
	seq p.Seq
}

// Compare implements key.
func (a logSeq) Compare(b logSeq) int {
	if c := a.log.Compare(b.log); c != 0 {
		return c
	}
	return cmp.Compare(a.seq, b.seq)
}

// logOf is a log among those of a device or child. Of a child, the last news about it comes first.
type logOf struct {
	of      p.EntityID
	receipt uint64
	log     p.LogID
}

// Compare implements key.
func (a logOf) Compare(b logOf) int {
	if c := a.of.Compare(b.of); c != 0 {
		return c
	}
	if c := cmp.Compare(a.receipt, b.receipt); c != 0 {
		return c
	}
	return a.log.Compare(b.log)
}

// fed is a place in the feed of a scope.
type fed struct {
	scope  p.EntityID
	number p.FeedNumber
	entity p.EntityID
}

// Compare implements key.
func (a fed) Compare(b fed) int {
	if c := a.scope.Compare(b.scope); c != 0 {
		return c
	}
	if c := cmp.Compare(a.number, b.number); c != 0 {
		return c
	}
	return a.entity.Compare(b.entity)
}

// given is a dose among those of a case, by date.
type given struct {
	kase   p.EntityID
	day    registry.Day
	minute registry.Clock
	id     p.EntityID
}

// Compare implements key.
func (a given) Compare(b given) int {
	if c := a.kase.Compare(b.kase); c != 0 {
		return c
	}
	if c := cmp.Compare(a.day, b.day); c != 0 {
		return c
	}
	if c := cmp.Compare(a.minute, b.minute); c != 0 {
		return c
	}
	return a.id.Compare(b.id)
}

// counted is what doses are counted by, in the order in which coverage is read.
type counted project.CoverageKey

// Compare implements key.
func (a counted) Compare(b counted) int {
	return cmp.Or(a.Residence.Compare(b.Residence), a.Recorded.Compare(b.Recorded), a.Place.Compare(b.Place),
		cmp.Compare(a.Vaccine, b.Vaccine), cmp.Compare(a.Dose, b.Dose), cmp.Compare(a.Cohort, b.Cohort),
		cmp.Compare(a.Month, b.Month), cmp.Compare(a.Programme, b.Programme))
}

// figured is one line of a row of figures.
type figured struct {
	year                int
	recorded, residence p.EntityID
	vaccine             string
	dose                int32
}

// Compare implements key.
func (a figured) Compare(b figured) int {
	return cmp.Or(cmp.Compare(a.year, b.year), a.recorded.Compare(b.recorded), a.residence.Compare(b.residence),
		cmp.Compare(a.vaccine, b.vaccine), cmp.Compare(a.dose, b.dose))
}
