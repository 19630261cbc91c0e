package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// DayEnd is what the end of a vaccination day is looked at on.
type DayEnd struct {
	Today
	Given  []LotGiven // by vaccine, then lot
	NotYet []NotGiven // by vaccine, then reason
	Missed []Expected // were told to come, and did not
	// What is left to be done.
	NoLot    []project.ImmunizationRow // doses without a lot
	NoSecond []Queued                  // screenings that lack the second signature this place asks for
	// Closed is when the last of the day's sessions ended, 0 while one is open or none was held; ClosedBy ended it.
	Closed   registry.Clock
	ClosedBy string
}

// LotGiven counts the doses of a lot.
type LotGiven struct {
	Vaccine, Lot string
	Count        int
}

// NotGiven counts the doses that were not given, by reason.
type NotGiven struct {
	Vaccine string
	Reason  registry.NotDone
	Count   int
}

// Watching are those whose half hour runs.
func (e *DayEnd) Watching() []Queued {
	var out []Queued
	for _, q := range e.Queue {
		if q.Stage == registry.StageWatch {
			out = append(out, q)
		}
	}
	return out
}

// EndOfDay reads it for this place, today.
func (d *Desk) EndOfDay(ctx context.Context, who Who) (DayEnd, error) {
	if err := may(who, rights.Read, registry.KindVisit); err != nil {
		return DayEnd{}, err
	}
	today, err := d.ListToday(ctx, who, d.Today(), showTold)
	out := DayEnd{Today: today, Missed: today.Due}
	if err != nil {
		return out, err
	}
	place := d.Node.Identity().Place
	err = d.view(ctx, func(tx store.Tx) error {
		doses, err := tx.DosesOn([]p.EntityID{place}, out.Day)
		if err != nil {
			return err
		}
		out.count(doses)
		wants, err := wantsSecond(tx, d.Node.Identity().Place)
		if err != nil {
			return err
		}
		for _, q := range out.Queue {
			if wants && lacksSecond(&q.Visit.VisitInput) {
				out.NoSecond = append(out.NoSecond, q)
			}
		}
		return out.closed(tx, place)
	})
	return out, err
}

func (e *DayEnd) count(doses []project.ImmunizationRow) {
	given, not := map[LotGiven]int{}, map[NotGiven]int{}
	for i := range doses {
		r := &doses[i]
		switch {
		case r.Void || r.Source != registry.SourceHere:
		case r.NotDone != 0:
			not[NotGiven{Vaccine: r.Vaccine, Reason: r.NotDone}]++
		default:
			given[LotGiven{Vaccine: r.Vaccine, Lot: r.Lot}]++
			if r.Lot == "" && r.LotLost == 0 {
				e.NoLot = append(e.NoLot, *r)
			}
		}
	}
	for x, n := range given {
		x.Count = n
		e.Given = append(e.Given, x)
	}
	for x, n := range not {
		x.Count = n
		e.NotYet = append(e.NotYet, x)
	}
	slices.SortFunc(e.Given, func(a, b LotGiven) int { return cmp.Or(cmp.Compare(a.Vaccine, b.Vaccine), cmp.Compare(a.Lot, b.Lot)) })
	slices.SortFunc(e.NotYet, func(a, b NotGiven) int {
		return cmp.Or(cmp.Compare(a.Vaccine, b.Vaccine), cmp.Compare(a.Reason, b.Reason))
	})
}

// closed reads whether the day's sessions have all ended.
func (e *DayEnd) closed(tx store.Tx, place p.EntityID) error {
	sessions, err := sessionsOn(tx, place, e.Day)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		n, closed := s.Get(registry.SessionClosed).Int()
		if !closed {
			e.Closed, e.ClosedBy = 0, ""
			return nil
		}
		if at := registry.NewClock(int(n)/60, int(n)%60); at >= e.Closed {
			by, _ := s.Get(registry.SessionClosedBy).Ref()
			if e.ClosedBy, err = userName(tx, by); err != nil {
				return err
			}
			e.Closed = at
		}
	}
	return nil
}

// CloseDay ends the day's sessions here; where nobody had planned one and people came, it notes that one was held. While
// somebody is watched, said must say that somebody stays with them. It returns the sessions it ended.
func (d *Desk) CloseDay(ctx context.Context, who Who, said bool) ([]p.EntityID, error) {
	if err := may(who, rights.Amend, registry.KindSession); err != nil {
		return nil, err
	}
	place, today, now := d.Node.Identity().Place, d.Today(), d.Clock()
	home := d.Home()
	var ended []p.EntityID
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		ended = ended[:0]
		doses, err := tx.DosesOn([]p.EntityID{place}, today)
		if err != nil {
			return nil, err
		}
		here, err := queue(tx, place, today, doses, &home)
		if err != nil {
			return nil, err
		}
		if !said && slices.ContainsFunc(here, func(q Queued) bool { return q.Stage == registry.StageWatch }) {
			return nil, registry.Errors{{Field: "watching", Code: registry.CodeStillWatched}}
		}
		sessions, err := sessionsOn(tx, place, today)
		if err != nil {
			return nil, err
		}
		var out []registry.Draft
		for _, s := range sessions {
			if draft := registry.CloseSession(s, now, who.User); !draft.Empty() {
				out, ended = append(out, draft), append(ended, s.ID)
			}
		}
		if len(sessions) == 0 && len(here) > 0 {
			from := now
			for i := range here {
				if at := here[i].Visit.Arrived; at != 0 {
					from = min(from, at)
				}
			}
			out, ended = append(out, registry.UnplannedSession(place, today, from, now, who.User)), append(ended, id(0))
		}
		return out, nil
	})
	return ended, ignoreNothing(err)
}

// ReopenDay takes the end of sessions back.
func (d *Desk) ReopenDay(ctx context.Context, who Who, sessions []p.EntityID) error {
	if err := may(who, rights.Amend, registry.KindSession); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		var out []registry.Draft
		for _, id := range sessions {
			s, err := state(tx, id, registry.KindSession)
			if err != nil {
				return nil, err
			}
			if place, _ := s.Get(p.FieldPlace).Ref(); place != d.Node.Identity().Place {
				return nil, ErrElsewhere
			}
			out = append(out, nonEmpty(registry.OpenSessionAgain(s))...)
		}
		return out, nil
	})
	return ignoreNothing(err)
}
