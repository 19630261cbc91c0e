package hostile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"tramy/internal/exchange"
	p "tramy/syncproto"
)

// Target is the hub that is attacked.
type Target struct {
	Exchange string // host:port where machines call
	Pages    string // host:port of its pages, served without TLS
	// Code makes an enrolment code for one more station.
	Code func(ctx context.Context) (*exchange.Code, error)
	// Figures reads how the hub is.
	Figures func() Figures
}

// Figures are how a hub is at one moment; -1 for what cannot be read.
type Figures struct {
	MemoryBytes       int64
	Goroutines, Files int
}

// Other is a machine that goes on working while the hub is attacked.
type Other interface {
	// Round saves something and exchanges until the hub has it.
	Round(ctx context.Context) error
}

// Options say how much is done.
type Options struct {
	Conns  int           // connections of an attack that is made of many
	Rounds int           // of each other machine, before and during an attack
	Least  time.Duration // an attack goes on at least so long
	// Workers is how many tries an attack has under way at once, at most 8.
	Workers int
	Seed    uint64 // of what is random
	// Progress hears which attack begins; nil: nobody does.
	Progress func(what string)
}

// sampleEvery is how often a hub's figures are read while it is attacked.
const sampleEvery = 20 * time.Millisecond

// Row is what one attack did.
type Row struct {
	Attack string
	// Tried is how often, How what became of it.
	Tried int
	How   map[string]int
	// Before and Peak are the hub's figures.
	Before, Peak Figures
	// Rounds are the exchanges of the others meanwhile, Failed those that did not succeed.
	Rounds, Failed int
	FirstFailure   error
	// Calm and During are the middle of what an exchange of the others took before the attack and during it.
	Calm, During time.Duration
	// Wrote are entities that must not have come to be.
	Wrote []p.EntityID
}

// Ratio is how much longer an exchange of the others took than before.
func (r *Row) Ratio() float64 { return float64(r.During) / float64(max(r.Calm, time.Microsecond)) }

// Grown is by how many bytes the hub's memory grew, 0 if it cannot be read.
func (r *Row) Grown() int64 {
	if r.Before.MemoryBytes < 0 {
		return 0
	}
	return max(0, r.Peak.MemoryBytes-r.Before.MemoryBytes)
}

// Outcome is How in words, what happened most first.
func (r *Row) Outcome() string {
	keys := slices.SortedFunc(maps.Keys(r.How), func(a, b string) int { return cmp.Or(cmp.Compare(r.How[b], r.How[a]), cmp.Compare(a, b)) })
	var out []string
	for _, k := range keys {
		out = append(out, fmt.Sprintf("%d %s", r.How[k], k))
	}
	return strings.Join(out, ", ")
}

// Run attacks a hub in one way while others go on. Others have at least one member. The error is about the attack's own means; what
// befell the others is in the row.
func Run(ctx context.Context, t *Target, others []Other, a Attack, opt Options) (Row, error) {
	row := Row{Attack: a.Name}
	if opt.Progress != nil {
		opt.Progress(a.Name)
	}
	by := &attacker{Target: t, Options: opt, how: map[string]int{}}
	if a.device != nil {
		d, err := newDevice(ctx, t)
		if err != nil {
			return row, fmt.Errorf("%s: enrolling: %w", a.Name, err)
		}
		by.device = d
	}
	calm := work(ctx, others, opt.Rounds, nil)
	if calm.failed > 0 {
		return row, fmt.Errorf("%s: before the attack: %w", a.Name, calm.err)
	}
	row.Calm, row.Before = calm.middle(), t.Figures()

	attack, stop := context.WithCancel(ctx)
	defer stop()
	by.begun = make(chan struct{})
	began := time.Now()
	ended := make(chan error, 1)
	go func() {
		if a.device != nil {
			ended <- a.device(attack, by, by.device)
		} else {
			ended <- a.stranger(attack, by)
		}
	}()
	peak := watch(attack, t)
	var err error
	done := false
	select {
	case err = <-ended: // it had nothing more to try
		done = true
	case <-by.begun:
	}
	during := work(ctx, others, opt.Rounds, func() bool { return time.Since(began) >= opt.Least })
	stop()
	if !done {
		err = <-ended
	}
	row.Peak = <-peak
	by.mu.Lock()
	defer by.mu.Unlock()
	row.Tried, row.How, row.Wrote = by.tried, by.how, by.wrote
	row.Rounds, row.Failed, row.FirstFailure, row.During = len(during.took)+during.failed, during.failed, during.err, during.middle()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", a.Name, err)
	}
	return row, err
}

// watch keeps the highest figures until ctx ends.
func watch(ctx context.Context, t *Target) <-chan Figures {
	out := make(chan Figures, 1)
	go func() {
		tick := time.NewTicker(sampleEvery)
		defer tick.Stop()
		peak := t.Figures()
		for {
			select {
			case <-ctx.Done():
				out <- peak
				return
			case <-tick.C:
				now := t.Figures()
				peak = Figures{max(peak.MemoryBytes, now.MemoryBytes), max(peak.Goroutines, now.Goroutines), max(peak.Files, now.Files)}
			}
		}
	}()
	return out
}

// worked is what others did.
type worked struct {
	took   []time.Duration
	failed int
	err    error
}

func (w *worked) middle() time.Duration {
	if len(w.took) == 0 {
		return 0
	}
	slices.Sort(w.took)
	return w.took[len(w.took)/2]
}

// work lets each other do its rounds, and go on until enough says so.
func work(ctx context.Context, others []Other, rounds int, enough func() bool) worked {
	var mu sync.Mutex
	var out worked
	var all sync.WaitGroup
	for _, o := range others {
		all.Go(func() {
			for i := 0; i < rounds || enough != nil && !enough(); i++ {
				began := time.Now()
				err := o.Round(ctx)
				took := time.Since(began)
				mu.Lock()
				if err != nil {
					out.failed++
					out.err = cmp.Or(out.err, err)
				} else {
					out.took = append(out.took, took)
				}
				mu.Unlock()
				if ctx.Err() != nil {
					return
				}
			}
		})
	}
	all.Wait()
	return out
}

// attacker is who attacks, and what became of it.
type attacker struct {
	*Target
	Options
	device *device

	mu    sync.Mutex
	tried int
	how   map[string]int
	wrote []p.EntityID
	once  sync.Once
	begun chan struct{}
}

// ready says that the attack is at its height: what the others take counts from here on.
func (a *attacker) ready() { a.once.Do(func() { close(a.begun) }) }

// got notes what became of one try.
func (a *attacker) got(what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tried++
	a.how[what]++
}

// must notes an entity that must not come to be.
func (a *attacker) must(not p.EntityID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.wrote) < 1000 {
		a.wrote = append(a.wrote, not)
	}
}

// How many tries an attack has under way at once.
const (
	WorkersDefault = 4
	workersMax     = 8
)

// again tries until ctx ends, several at once. do says what became of a try.
func (a *attacker) again(ctx context.Context, do func(ctx context.Context, worker, i int) (string, error)) error {
	var all sync.WaitGroup
	errs := make([]error, min(max(a.Workers, 1), workersMax))
	for w := range errs {
		all.Go(func() { errs[w] = a.inTurn(ctx, w, do) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// alone is again, one try after the other: of one machine's exchanges one is at work at a time.
func (a *attacker) alone(ctx context.Context, do func(ctx context.Context, worker, i int) (string, error)) error {
	return a.inTurn(ctx, 0, do)
}

func (a *attacker) inTurn(ctx context.Context, worker int, do func(ctx context.Context, worker, i int) (string, error)) error {
	for i := 0; ctx.Err() == nil; i++ {
		what, err := do(ctx, worker, i)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			a.ready()
			return err
		}
		a.got(what)
		a.ready()
	}
	return nil
}
