package desk

import (
	"context"
	"slices"
	"time"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Stop is a vaccine, or a lot of it, that is not given here now.
type Stop struct {
	Vaccine string
	// Lot is the number on the vial; "" stands for every vial of the vaccine: its session was stopped.
	Lot      string
	Reason   string
	Reaction p.EntityID // zero: for another reason
	Recall   p.EntityID // zero: those above have said nothing of it
}

// Stops are what is not given at this place now, in the order in which it stopped.
type Stops []Stop

// Of finds what speaks against giving a vaccine from a lot. A vial without a number may be the one: of a suspended lot's
// vaccine it is stopped as well.
func (s Stops) Of(vaccine, lot string) (Stop, bool) {
	for _, x := range s {
		if x.Vaccine == vaccine && (x.Lot == "" || lot == "" || registry.SameLot(x.Lot, lot)) {
			return x, true
		}
	}
	return Stop{}, false
}

// Stops tells what is not given at this place now. All laptops of the place see the same once they have heard of each other.
func (d *Desk) Stops(ctx context.Context) (Stops, error) {
	if d.Node.Identity().Role != registry.NodeStation {
		return nil, nil
	}
	var out Stops
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = d.stops(tx)
		return err
	})
	return out, err
}

// stops gathers the suspended lots, those that were recalled above, and the vaccines that a session of today stopped or that somebody reacted to severely
// today: the session is stopped by law whether somebody planned it here or not.
func (d *Desk) stops(tx store.Tx) (Stops, error) {
	place := d.Node.Identity().Place
	suspended, err := d.suspended(tx, place)
	if err != nil {
		return nil, err
	}
	var out Stops
	for i := range suspended {
		x := &suspended[i]
		today, err := d.reactedToday(tx, x.Reaction)
		if err != nil {
			return nil, err
		}
		if today {
			out = append(out, Stop{Vaccine: x.Vaccine, Reason: x.Reason, Reaction: x.Reaction})
		}
		if x.Number != "" {
			out = append(out, Stop{Vaccine: x.Vaccine, Lot: x.Number, Reason: x.Reason, Reaction: x.Reaction})
		}
	}
	recalls, err := d.recallsFor(tx, place)
	if err != nil {
		return nil, err
	}
	for i := range recalls {
		out = append(out, Stop{Vaccine: recalls[i].Vaccine, Lot: recalls[i].Number, Reason: recalls[i].Reason, Recall: recalls[i].ID})
	}
	sessions, err := openSessions(tx, place, d.Today())
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		for _, vaccine := range registry.SessionOf(s).Stopped {
			if _, known := out.Whole(vaccine); !known {
				out = append(out, Stop{Vaccine: vaccine})
			}
		}
	}
	return out, nil
}

// Whole finds a vaccine that is stopped whatever the lot.
func (s Stops) Whole(vaccine string) (Stop, bool) {
	i := slices.IndexFunc(s, func(x Stop) bool { return x.Vaccine == vaccine && x.Lot == "" })
	if i < 0 {
		return Stop{}, false
	}
	return s[i], true
}

// reactedToday reports whether a reaction was recorded today. One that is not here, though a lot names it, was.
func (d *Desk) reactedToday(tx store.Tx, id p.EntityID) (bool, error) {
	if id.IsZero() {
		return false, nil
	}
	s, err := tx.State(id)
	if err != nil || s == nil {
		return s == nil, err
	}
	_, ms, err := taker(tx, s)
	return registry.Today(time.UnixMilli(ms), registry.VietnamOffset) >= d.Today(), err
}

// suspended are the lots that are not given at a place. Two devices may keep the same lot twice: each is listed.
func (d *Desk) suspended(tx store.Tx, place p.EntityID) ([]SuspendedLot, error) {
	rows, err := tx.RecordsUnder(registry.KindLot, place)
	if err != nil {
		return nil, err
	}
	lots, err := recorded(tx, rows)
	if err != nil {
		return nil, err
	}
	var out []SuspendedLot
	for _, s := range lots {
		if x, is := registry.SuspensionOf(s); is {
			out = append(out, SuspendedLot{Suspension: x, Saw: registry.SawOf(s)})
		}
	}
	return out, nil
}

// suspend makes the drafts by which the lots of some doses are not given here any more and today's sessions stop their
// vaccines.
func (d *Desk) suspend(tx store.Tx, reaction p.EntityID, doses []p.EntityID) ([]registry.Draft, error) {
	place := d.Node.Identity().Place
	lots, err := recordedAt(tx, registry.KindLot, place, 0, 0)
	if err != nil {
		return nil, err
	}
	sessions, err := openSessions(tx, place, d.Today())
	if err != nil {
		return nil, err
	}
	var drafts []registry.Draft
	var done []registry.LotAt
	stopping := map[string]bool{}
	for _, id := range doses {
		dose, err := tx.ImmunizationRow(id)
		if err != nil {
			return nil, err
		}
		if dose == nil || dose.Vaccine == "" {
			continue
		}
		lot := registry.LotAt{Place: place, Vaccine: dose.Vaccine, Number: dose.Lot, Expires: dose.Expires}
		if slices.ContainsFunc(done, func(x registry.LotAt) bool { return x.Vaccine == lot.Vaccine && registry.SameLot(x.Number, lot.Number) }) {
			continue
		}
		done = append(done, lot)
		known := false
		for _, s := range lots {
			if v, _ := s.Get(registry.LotVaccine).Text(); v != lot.Vaccine {
				continue
			}
			if n, _ := s.Get(registry.LotNumber).Text(); !registry.SameLot(n, lot.Number) {
				continue
			}
			known = true
			if _, is := registry.SuspensionOf(s); !is {
				drafts = append(drafts, registry.SuspendLot(s, lot, suspendedFor, reaction))
			}
		}
		if !known {
			drafts = append(drafts, registry.SuspendLot(nil, lot, suspendedFor, reaction))
		}
		stopping[dose.Vaccine] = true
	}
	for _, s := range sessions {
		drafts = append(drafts, nonEmpty(registry.StopVaccines(s, stopping))...)
	}
	return drafts, nil
}

// suspendedFor is the reason kept with a lot; the reaction beside it says the rest.
const suspendedFor = "phản ứng nặng sau tiêm"

// LiftLot gives a suspended lot free again, with a reason, and lets today's sessions give the vaccine if nothing else speaks
// against it.
func (d *Desk) LiftLot(ctx context.Context, who Who, lot p.EntityID, reason string, saw registry.Saw) error {
	if err := may(who, rights.Amend, registry.KindLot); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, lot, registry.KindLot)
		if err != nil {
			return nil, err
		}
		if err := d.mineEntity(tx, who, s); err != nil {
			return nil, err
		}
		draft, err := registry.LiftLot(s, reason, saw)
		if err != nil {
			return nil, err
		}
		drafts := nonEmpty(draft)
		lifted, _ := registry.SuspensionOf(s)
		all, err := d.suspended(tx, lifted.Place)
		if err != nil {
			return nil, err
		}
		free := true
		for i := range all {
			x := &all[i]
			switch {
			case x.Lot == lot || x.Vaccine != lifted.Vaccine:
			case registry.SameLot(x.Number, lifted.Number): // the same lot, kept twice
				twin, err := state(tx, x.Lot, registry.KindLot)
				if err != nil {
					return nil, err
				}
				more, err := registry.LiftLot(twin, reason, x.Saw)
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, nonEmpty(more)...)
			default:
				today, err := d.reactedToday(tx, x.Reaction)
				if err != nil {
					return nil, err
				}
				free = free && !today
			}
		}
		if !free {
			return drafts, nil
		}
		sessions, err := openSessions(tx, lifted.Place, d.Today())
		for _, s := range sessions {
			drafts = append(drafts, nonEmpty(registry.ResumeVaccine(s, lifted.Vaccine))...)
		}
		return drafts, err
	})
	return ignoreNothing(err)
}

// stopped refuses a dose that is given here and now from what is stopped here, unless somebody says why.
func (s Stops) stopped(in *registry.ImmunizationInput, today registry.Day) error {
	if !isGivenNow(in, today) || in.Against != "" {
		return nil
	}
	if _, stopped := s.Of(in.Vaccine, in.Lot); stopped {
		return registry.Errors{{Field: "against", Code: registry.CodeLotStopped}}
	}
	return nil
}

// Signal is a lot that several people reacted to.
type Signal struct {
	Vaccine, Lot   string
	Common, Severe int
	Places         int // at which they were recorded
}

// SignalsOf counts reactions by lot: those lots that two people or more reacted to, or anybody severely, the most severe first.
// It compares nothing with how many doses were given; it says where to look.
func SignalsOf(list []Reacted) []Signal {
	type key struct{ vaccine, lot string }
	at := map[key]int{}
	var out []Signal
	places := map[key]map[p.EntityID]bool{}
	for i := range list {
		x := &list[i]
		if x.Void != "" {
			continue
		}
		for _, dose := range lotsOf(x.Doses) {
			k := key{dose.Vaccine, registry.FoldLot(dose.Lot)}
			n, known := at[k]
			if !known {
				n = len(out)
				at[k] = n
				out = append(out, Signal{Vaccine: dose.Vaccine, Lot: dose.Lot})
				places[k] = map[p.EntityID]bool{}
			}
			if x.Severe() {
				out[n].Severe++
			} else {
				out[n].Common++
			}
			places[k][x.Place] = true
			out[n].Places = len(places[k])
		}
	}
	out = slices.DeleteFunc(out, func(s Signal) bool { return s.Severe == 0 && s.Common < 2 })
	slices.SortStableFunc(out, func(a, b Signal) int {
		if a.Severe != b.Severe {
			return b.Severe - a.Severe
		}
		return b.Common - a.Common
	})
	return out
}

// lotsOf are the doses of one reaction, one of each vaccine and lot.
func lotsOf(doses []ReactedDose) []project.ImmunizationRow {
	var out []project.ImmunizationRow
	for i := range doses {
		row := doses[i].ImmunizationRow
		if !slices.ContainsFunc(out, func(x project.ImmunizationRow) bool {
			return x.Vaccine == row.Vaccine && registry.SameLot(x.Lot, row.Lot)
		}) {
			out = append(out, row)
		}
	}
	return out
}
