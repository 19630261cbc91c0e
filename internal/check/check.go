package check

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"tramy/internal/atlas"
	"tramy/internal/node"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// FaultsKept is how many faults of one kind are told; the rest are counted.
const FaultsKept = 20

// Bounds of one transaction.
const (
	statesPerView = 256
	logsPerView   = 32
	casesPerView  = 64
)

// Names of what is checked, in the order of a report.
const (
	Database  = "database"  // SQLite reads all of it
	Journal   = "journal"   // I7: every own act that the journal has is in the store
	Logs      = "logs"      // I5: gapless, hashed and signed
	Changes   = "changes"   // I2: what was written stands, unless a change replaced it
	States    = "states"    // states are what their hashes say, and nothing stands that no change wrote
	Sums      = "sums"      // I8: fingerprints are the sums of what is routed
	Feed      = "feed"      // numbers that were given out
	Rows      = "rows"      // I9: rows follow from states
	Counts    = "counts"    // I9: figures follow from rows
	Ticks     = "ticks"     // I6: each has a signature
	Positions = "positions" // what is still to be sent is there
	Places    = "places"    // a note: places that are named and not known
)

// Subject is the node that is checked.
type Subject struct {
	Store    store.Store
	Identity node.Identity
	Journal  node.Journal // nil: there is none
}

// Options of a run.
type Options struct {
	// Damage leaves out what a rebuild would put right: rows and counts.
	Damage bool
	// Between is called between two steps, without a transaction; an error ends the check. Nil: nothing.
	Between func() error
	// Progress is told what is being looked at, and how much of it was. Nil: nobody is.
	Progress func(name string, n int64)
}

// Finding is what one check found.
type Finding struct {
	Name   string
	Looked string // at what, for people: "segments", "states"
	Count  int64
	Faults int64
	Told   []string // the first FaultsKept
	Notes  []string
	Took   time.Duration

	lost bool // what was given out, or is to be sent, is not known any more
}

// Report is all that was found.
type Report []Finding

// Faults counts them.
func (r Report) Faults() int64 {
	var n int64
	for i := range r {
		n += r[i].Faults
	}
	return n
}

// Damaged reports whether what cannot be made anew here is damaged: logs, states, the numbers that were given out, the file
// itself. A lost counter gives out numbers again that stand for something else, in the feed and in the outbox; a new database
// begins a new run, whose numbers nobody takes for the old ones. What else is wrong with the feed may be another machine's doing.
func (r Report) Damaged() bool {
	for i := range r {
		switch r[i].Name {
		case Database, Logs, Changes, States, Sums:
			if r[i].Faults > 0 {
				return true
			}
		case Feed, Positions:
			if r[i].lost {
				return true
			}
		}
	}
	return false
}

// Derived reports whether something is wrong that a rebuild puts right.
func (r Report) Derived() bool {
	for i := range r {
		if (r[i].Name == Rows || r[i].Name == Counts) && r[i].Faults > 0 {
			return true
		}
	}
	return false
}

// run is one check of a node.
type run struct {
	Subject
	opt    Options
	ctx    context.Context
	report Report
	atlas  *atlas.Atlas

	heads   map[p.LogID]head // as the logs stood when they were read
	own     map[p.Dot][8]byte
	found   int64 // values of held changes that stand
	counted int64 // values that stand and were written in a held log
	feed    uint64

	added  figures // from rows made anew
	steady bool    // nobody worked while they were
}

// head is up to where a log was read.
type head struct {
	head, in p.Seq
	sound    bool
}

// Run checks a node. The error is about reading; what is wrong stands in the report, and a database that cannot be read
// is a fault.
func Run(ctx context.Context, s Subject, opt Options) (Report, error) {
	r := &run{Subject: s, opt: opt, ctx: ctx, heads: map[p.LogID]head{}, own: map[p.Dot][8]byte{}}
	steps := []struct {
		name, looked string
		do           func(f *Finding) error
	}{
		{Database, "tables", r.database},
		{Logs, "segments", r.logs},
		{Changes, "changes", r.changes},
		{States, "states", r.states},
		{Sums, "scopes", r.sums},
		{Feed, "rows of the feed", r.feedNumbers},
		{Journal, "own changes", r.journal},
		{Ticks, "logs with a tick", r.ticks},
		{Positions, "entries of the outbox", r.positions},
		{Rows, "records with their rows", r.rows},
		{Counts, "figures", r.counts},
	}
	for _, step := range steps {
		if opt.Damage && (step.name == Rows || step.name == Counts) {
			continue
		}
		f := Finding{Name: step.name, Looked: step.looked}
		start := time.Now()
		err := step.do(&f)
		f.Took = time.Since(start)
		if err != nil && ctx.Err() == nil && damagedRead(err) {
			f.fault("%v", err)
			err = nil
		}
		r.report = append(r.report, f)
		if err != nil {
			return r.report, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return r.report, nil
}

func (f *Finding) fault(format string, args ...any) {
	f.Faults++
	if len(f.Told) < FaultsKept {
		f.Told = append(f.Told, fmt.Sprintf(format, args...))
	}
}

// loss is a fault that neither an exchange nor a rebuild puts right.
func (f *Finding) loss(format string, args ...any) {
	f.lost = true
	f.fault(format, args...)
}

func (f *Finding) note(format string, args ...any) {
	if len(f.Notes) < FaultsKept {
		f.Notes = append(f.Notes, fmt.Sprintf(format, args...))
	}
}

// step counts, tells and lets others in.
func (r *run) step(f *Finding, n int64) error {
	f.Count += n
	if r.opt.Progress != nil {
		r.opt.Progress(f.Name, f.Count)
	}
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if r.opt.Between != nil {
		return r.opt.Between()
	}
	return nil
}

func (r *run) view(fn func(tx store.Tx) error) error { return r.Store.View(r.ctx, fn) }

// database lets the engine read all of its file.
func (r *run) database(f *Finding) error {
	s, ok := r.Store.(interface {
		IntegritySteps(ctx context.Context, between func() error) error
	})
	if !ok {
		f.note("this engine cannot be asked")
		return nil
	}
	return s.IntegritySteps(r.ctx, func() error { return r.step(f, 1) })
}

// keysOf returns the keys by which a device's segments are verified, the present one first; none if it is not known.
func (r *run) keysOf(tx store.Tx, device p.EntityID) ([]ed25519.PublicKey, error) {
	if device == r.Identity.Device {
		var keys []ed25519.PublicKey
		for _, key := range append([]ed25519.PrivateKey{r.Identity.Key}, r.Identity.Former...) {
			keys = append(keys, key.Public().(ed25519.PublicKey))
		}
		return keys, nil
	}
	row, err := tx.Device(device)
	if row == nil || err != nil {
		return nil, err
	}
	return row.Keys(), nil
}
