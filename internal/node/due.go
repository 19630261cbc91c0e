package node

import (
	"context"
	"time"

	"tramy/internal/atlas"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// What is due follows from a case's rows, the schedules, the places that residence lies in, and the day: it is
// the one projection that time alone can change. So each case keeps up to which day its rows hold and by
// which generation of schedules and places they were worked out. Whatever touches a case marks it, and nobody
// who saves or sends waits for more; WorkOutDue goes on from there, a few cases at a time. Who reads a list
// first works out what a moment has left (desk).

// counterSchedule counts the generations: it moves when schedules, vaccines or the map of places change in a
// way that what was worked out may not follow any more.
const counterSchedule = "schedule"

func loadAdvisor(tx store.Tx, places *atlas.Atlas) (*project.Advisor, error) {
	generation, err := tx.Counter(counterSchedule)
	if err != nil {
		return nil, err
	}
	schedules, err := tx.Schedules()
	if err != nil {
		return nil, err
	}
	vaccines, err := tx.Vaccines()
	if err != nil {
		return nil, err
	}
	recalled, err := recalledLots(tx)
	if err != nil {
		return nil, err
	}
	advisor := project.NewAdvisor(generation, schedules, vaccines)
	advisor.Recall(recalled, func(place, top p.EntityID) bool { return places.WithinEver(place, top) })
	return advisor, nil
}

// newGeneration makes everything that is due be worked out again.
func (b *batch) newGeneration() error {
	generation, err := b.tx.Counter(counterSchedule)
	if err != nil {
		return err
	}
	if err := b.tx.SetCounter(counterSchedule, generation+1); err != nil {
		return err
	}
	b.advisor, err = loadAdvisor(b.tx, b.places)
	return err
}

// Advisor returns what answers questions of the schedules in force here.
func (n *Node) Advisor() *project.Advisor {
	n.facts.RLock()
	defer n.facts.RUnlock()
	return n.advisor
}

// Areas returns the words by which schedules may mean where somebody lives today: see atlas.Atlas.Areas.
func (n *Node) Areas(recorded, residence p.EntityID) []string {
	return n.Atlas().Areas(recorded, residence, registry.Today(n.Now(), registry.VietnamOffset))
}

// due marks the cases that this batch computed: what is due in them is to be worked out anew.
func (b *batch) due(cases []*kase) error {
	for _, k := range cases {
		for _, id := range k.subjects {
			if err := b.tx.MarkDueStale(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// workOut computes what is due in the case that a subject leads, and forgets what was kept under one that
// leads none.
func workOut(tx store.Tx, advisor *project.Advisor, places *atlas.Atlas, today registry.Day, subject p.EntityID) error {
	lead, err := tx.SubjectRow(subject)
	if err != nil {
		return err
	}
	if lead == nil || lead.Case != subject {
		return tx.PutDue(subject, nil, 0, 0)
	}
	subjects, err := tx.SubjectsOfCase(subject)
	if err != nil {
		return err
	}
	doses, err := tx.DosesOfCase(subject)
	if err != nil {
		return err
	}
	rows, until := advisor.Due(subject, subjects, doses, places.Areas(lead.Recorded, lead.Residence, today), today)
	if first, is := advisor.First(lead, doses); is {
		rows = append(rows, first)
	}
	if next := places.At(today).Next(); next != 0 {
		until = min(until, next)
	}
	return tx.PutDue(subject, rows, advisor.Generation, until)
}

// WorkOutDue works out what is due in up to limit cases that were marked, or whose day has come, and reports
// whether there may be more. Callers repeat it until there are none; a small limit lets others in between.
func (n *Node) WorkOutDue(ctx context.Context, limit int) (more bool, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	worked := false
	err = n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		today := n.today()
		stale, err := tx.DueStale(n.advisor.Generation, today, limit)
		if err != nil {
			return err
		}
		for _, id := range stale {
			if err := workOut(tx, n.advisor, n.places, today, id); err != nil {
				return err
			}
		}
		more, worked = len(stale) == limit, len(stale) > 0
		return nil
	})
	if worked && err == nil {
		n.version.Add(1)
	}
	return more, err
}

// DueLeft returns how many cases WorkOutDue has still to work out.
func (n *Node) DueLeft(ctx context.Context) (left int64, err error) {
	generation, today := n.Advisor().Generation, registry.Today(n.Now(), registry.VietnamOffset)
	err = n.cfg.Store.View(ctx, func(tx store.Tx) error {
		left, err = tx.CountDueStale(generation, today)
		return err
	})
	return left, err
}

// DueWork tells that there may be something for WorkOutDue.
func (n *Node) DueWork() <-chan struct{} { return n.dueWork }

func (n *Node) pokeDue() {
	select {
	case n.dueWork <- struct{}{}:
	default: // it was told already
	}
}

// HeardOn returns the last day on which the upstream answered, 0 if it never did.
func (n *Node) HeardOn(tx store.Tx) (registry.Day, error) {
	rows, err := tx.Exchanges(0)
	if err != nil {
		return 0, err
	}
	var last int64
	for _, x := range rows {
		if x.Result == ExchangeDone {
			last = max(last, x.EndMS)
		}
	}
	if last == 0 {
		return 0, nil
	}
	n.facts.RLock()
	defer n.facts.RUnlock()
	return registry.Today(time.UnixMilli(last+int64(n.offsetMS)), registry.VietnamOffset), nil
}
