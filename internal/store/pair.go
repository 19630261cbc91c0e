package store

import (
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// CounterSweep is the counter of sweeps for duplicates that have begun.
const CounterSweep = "sweep"

// PairTx keeps the pairs of subjects that may be one person. They follow from states, by sweeps: what a sweep
// found stands until a later one has looked at one of the two again.
type PairTx interface {
	// MarkUnpaired says that the pairs of a subject are to be looked for by the next sweep.
	MarkUnpaired(subject p.EntityID) error
	// CountUnpaired returns how many subjects a sweep has to look at: those marked before it began.
	CountUnpaired(sweep uint64) (int64, error)
	// SubjectsToPair pages through all subjects but those entered in error and those whose creation is not here,
	// in an order of the engine's.
	SubjectsToPair(sweep uint64, after p.EntityID, limit int) ([]ToPair, error)
	// PutPair stores a pair a sweep found. One that is there keeps its Found.
	PutPair(row *PairRow) error
	// EndSweep takes the marks off up to limit of those it looked at, and drops their pairs that it did not find; it
	// reports whether there may be more.
	EndSweep(sweep uint64, limit int) (more bool, err error)
	// Pairs returns pairs that nobody has said anything about and that are not in one case already, likeliest
	// first. Neither of two is entered in error.
	Pairs(q PairQuery) ([]PairRow, error)
	// PairsCertain returns pairs that may be linked without asking anybody, if their doses allow it, found on or
	// before a day; longest ago first.
	PairsCertain(found registry.Day, limit int) ([]PairRow, error)
}

// ToPair is a subject a sweep looks at.
type ToPair struct {
	ID    p.EntityID
	Stale bool // it changed since the sweep before
}

// PairRow is two subjects that may be one person.
type PairRow struct {
	A, B    p.EntityID // A is the smaller
	Score   int32      // hundredths of registry.Comparison.Score
	Certain bool       // registry.SamePerson
	Found   registry.Day
	Sweep   uint64
}

// PairQuery selects pairs, likeliest first.
type PairQuery struct {
	Min   int32   // lowest score
	After PairRow // the last one read: its Score, A and B; zero: from the start
	Limit int
}
