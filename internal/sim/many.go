package sim

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

// Many says how many seeds are run, and how.
type Many struct {
	From  uint64        // the first seed
	Seeds int           // how many; 0: until For is over
	For   time.Duration // no seed begins after that; 0: as long as Seeds take
	Only  []string      // kinds of fault; empty: each seed draws its own
	// Disks is how many of a thousand seeds run on SQLite files, in folders of their own below Dir.
	Disks   int
	Dir     string
	Workers int // seeds at a time
	// Each is called with each result, one at a time, in no order; nil: nobody listens.
	Each func(*Result)
}

// Total is what came of many seeds.
type Total struct {
	Seeds   int
	OnDisks int
	Count   Counts
	Kinds   map[string]int // in how many seeds each kind of fault was switched on
	Failed  []*Result
}

// RunMany runs seeds side by side. The error is about folders; what did not hold is in the total.
func RunMany(ctx context.Context, m Many) (*Total, error) {
	total := &Total{Kinds: map[string]int{}}
	var mu sync.Mutex
	var first error
	next, began := m.From, time.Now()
	take := func() (seed uint64, ok bool) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case first != nil, ctx.Err() != nil, m.Seeds > 0 && next-m.From >= uint64(m.Seeds), m.For > 0 && time.Since(began) >= m.For:
			return 0, false
		}
		next++
		return next - 1, true
	}
	var all sync.WaitGroup
	for range max(1, m.Workers) {
		all.Go(func() {
			for {
				seed, ok := take()
				if !ok {
					return
				}
				res, disks, err := m.one(ctx, seed)
				mu.Lock()
				if err != nil && first == nil {
					first = err
				}
				if err == nil && ctx.Err() == nil {
					total.add(res, disks)
					if m.Each != nil {
						m.Each(res)
					}
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return total, first
}

// OnDisk reports whether a seed is of those that run on files: spread evenly, so that any span has its share.
func (m *Many) OnDisk(seed uint64) bool {
	return m.Disks > 0 && seed*uint64(m.Disks)/1000 != (seed-1)*uint64(m.Disks)/1000
}

func (m *Many) one(ctx context.Context, seed uint64) (res *Result, disks bool, err error) {
	res, err = m.Play(ctx, Options{Seed: seed, Only: m.Only})
	return res, m.OnDisk(seed), err
}

// Play plays one run, on files if its seed is of those. The error is about folders.
func (m *Many) Play(ctx context.Context, opt Options) (*Result, error) {
	if !m.OnDisk(opt.Seed) {
		return Run(ctx, opt), nil
	}
	dir, err := os.MkdirTemp(m.Dir, strconv.FormatUint(opt.Seed, 10)+"-")
	if err != nil {
		return nil, err
	}
	f := NewFiles(dir)
	opt.Medium = f.Medium
	res := Run(ctx, opt)
	f.Close()
	return res, os.RemoveAll(dir)
}

func (t *Total) add(res *Result, disks bool) {
	t.Seeds++
	if disks {
		t.OnDisks++
	}
	t.Count.Add(&res.Count)
	for _, k := range res.Faults {
		t.Kinds[k]++
	}
	if len(res.Failures) > 0 {
		t.Failed = append(t.Failed, res)
	}
}

// TestOf writes a script as a Go test, to be put into this package while somebody looks for the fault. The scenario that
// stays is the script alone, in testdata.
func TestOf(res *Result, script Script) string {
	return fmt.Sprintf("// %s\nfunc TestSeed%d(t *testing.T) {\n\tscript, err := ParseScript(`%s`)\n\tif err != nil {\n\t\tt.Fatal(err)\n\t}\n"+
		"\tres := Run(t.Context(), Options{Seed: %d, Script: script, Log: t.Logf})\n\tfor _, f := range res.Failures {\n\t\tt.Error(f)\n\t}\n}\n",
		res.Failures[0], res.Seed, script, res.Seed)
}
