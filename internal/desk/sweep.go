package desk

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"tramy/internal/pairs"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// metaSweep says which sweep is under way and how far it came, so that one that was interrupted goes on there.
const metaSweep = "sweep"

// Sizes of the steps of a sweep: whoever presses save, or sends, waits for one of them at most.
const (
	sweepReads  = 200 // subjects read at once
	sweepWrites = 200 // pairs, or marks, written at once
)

// Swept is what a sweep did.
type Swept struct {
	Subjects int // looked through
	Changed  int // compared with all who share something with them
	Found    int // pairs that may be one person; one that shares several blocks may be counted more than once
	Linked   int // without asking anybody
}

// sweeping is a sweep at work.
type sweeping struct {
	d        *Desk
	number   uint64
	through  uint64
	finder   pairs.Finder
	least    float64
	out      Swept
	progress func(done, total int)
}

// Sweep looks for the other records of everybody who changed since the sweep before (at first: of everybody), keeps
// the pairs it finds for people to look at, and links those that may be linked without asking anybody. It works in
// short steps, one at a time, and may be interrupted at any of them: the next call goes on. progress, if not nil,
// is told the steps done and how many there are.
func (d *Desk) Sweep(ctx context.Context, progress func(done, total int)) (Swept, error) {
	d.sweep.Lock()
	defer d.sweep.Unlock()
	s := &sweeping{d: d, least: registry.Likely, progress: progress}
	if d.Node.Identity().Role == registry.NodeHub {
		s.least = registry.Possible
	}
	changed, err := s.begin(ctx)
	if err != nil {
		return s.out, fmt.Errorf("beginning a sweep: %w", err)
	}
	if changed {
		if err := s.gather(ctx); err != nil {
			return s.out, fmt.Errorf("sweep %d, reading: %w", s.number, err)
		}
		if err := s.compare(ctx); err != nil {
			return s.out, fmt.Errorf("sweep %d, comparing: %w", s.number, err)
		}
		if err := s.end(ctx); err != nil {
			return s.out, fmt.Errorf("ending sweep %d: %w", s.number, err)
		}
	}
	s.out.Linked, err = d.linkCertain(ctx)
	if err != nil {
		return s.out, fmt.Errorf("linking what is certain: %w", err)
	}
	return s.out, nil
}

// begin opens a sweep or takes up the one that was interrupted. Who changes from here on is the next one's.
func (s *sweeping) begin(ctx context.Context) (changed bool, err error) {
	err = s.d.Node.Store().Update(ctx, func(tx store.Tx) error {
		b, err := tx.Meta(metaSweep)
		if err != nil {
			return err
		}
		if len(b) == 16 {
			s.number, s.through, changed = binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:]), true
			return nil
		}
		last, err := tx.Counter(store.CounterSweep)
		if err != nil {
			return err
		}
		s.number = last + 1
		n, err := tx.CountUnpaired(s.number)
		if err != nil || n == 0 {
			return err
		}
		changed = true
		if err := tx.SetCounter(store.CounterSweep, s.number); err != nil {
			return err
		}
		return s.came(tx, 0)
	})
	return changed, err
}

// came remembers how far the sweep has come.
func (s *sweeping) came(tx store.Tx, through uint64) error {
	return tx.SetMeta(metaSweep, binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, s.number), through))
}

// gather files everybody under their blocks.
func (s *sweeping) gather(ctx context.Context) error {
	var after p.EntityID
	for {
		var page []store.ToPair
		var states []*p.State
		if err := s.d.view(ctx, func(tx store.Tx) error {
			var err error
			if page, err = tx.SubjectsToPair(s.number, after, sweepReads); err != nil {
				return err
			}
			for i := range page {
				state, err := tx.State(page[i].ID)
				if err != nil {
					return err
				}
				states = append(states, state)
			}
			return nil
		}); err != nil {
			return err
		}
		for i := range page {
			after = page[i].ID
			if states[i] == nil {
				continue
			}
			subject := registry.SubjectOf(states[i])
			s.finder.Add(after, page[i].Stale, registry.Blocks(&subject))
			s.out.Subjects++
			if page[i].Stale {
				s.out.Changed++
			}
		}
		if len(page) < sweepReads {
			return nil
		}
	}
}

// compare goes through the blocks and keeps what it finds, batch by batch.
func (s *sweeping) compare(ctx context.Context) error {
	s.finder.Skip(s.through)
	for b := s.finder.Next(); b != nil; b = s.finder.Next() {
		profiles := make([]*registry.Profile, len(b.Members))
		for from := 0; from < len(b.Members); from += sweepReads {
			to := min(from+sweepReads, len(b.Members))
			states := make([]*p.State, to-from)
			if err := s.d.view(ctx, func(tx store.Tx) (err error) {
				for i := range states {
					if states[i], err = tx.State(b.Members[from+i]); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				return err
			}
			for i, state := range states {
				if state != nil {
					subject := registry.SubjectOf(state)
					profiles[from+i] = registry.ProfileOf(&subject)
				}
			}
		}
		if err := s.keep(ctx, b.Compare(profiles, s.least), b.Through); err != nil {
			return err
		}
		if done, total := s.finder.Progress(); s.progress != nil {
			s.progress(done, total)
		}
	}
	return nil
}

// keep stores the pairs of a batch. The place is moved with the last of them: a crash between leaves a batch that is
// done again.
func (s *sweeping) keep(ctx context.Context, found []pairs.Pair, through uint64) error {
	today := s.d.Today()
	for last := false; !last; {
		n := min(len(found), sweepWrites)
		last = n == len(found)
		if err := s.d.Node.Store().Update(ctx, func(tx store.Tx) error {
			for _, f := range found[:n] {
				if err := tx.PutPair(&store.PairRow{
					A: f.A, B: f.B, Score: hundredths(f.Score), Certain: f.Certain, Found: today, Sweep: s.number,
				}); err != nil {
					return err
				}
			}
			if last {
				return s.came(tx, through)
			}
			return nil
		}); err != nil {
			return err
		}
		s.out.Found += n
		found = found[n:]
	}
	return nil
}

func hundredths(score float64) int32 { return int32(math.Round(score * 100)) }

// end drops what was found before and not now, and takes the marks away.
func (s *sweeping) end(ctx context.Context) error {
	for more := true; more; {
		if err := s.d.Node.Store().Update(ctx, func(tx store.Tx) (err error) {
			if more, err = tx.EndSweep(s.number, sweepWrites); err != nil || more {
				return err
			}
			return tx.SetMeta(metaSweep, nil)
		}); err != nil {
			return err
		}
	}
	return nil
}
