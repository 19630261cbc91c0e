package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Reacted is a reaction with what a page shows beside it.
type Reacted struct {
	registry.Reaction
	State     *p.State // for Saw
	Subject   project.SubjectRow
	Doses     []ReactedDose
	PlaceName string // where it was recorded
	Taker     string // who recorded it
	// RecordedMS is when it was recorded as it stands: common or severe, in ms since 1970 by the hub's time.
	RecordedMS int64
	// Receipt is how far those above are proven to have it, ReceivedMS since when the hub, by the clock of this machine; 0 if
	// that is not known here.
	Receipt    Tick
	ReceivedMS int64
	// ArrivedMS is when it came to this machine: at a hub, how long the report took.
	ArrivedMS int64
	// Suspended are the lots that are not given any more here because of it.
	Suspended []SuspendedLot
}

// ReactedDose is a dose that may have caused a reaction.
type ReactedDose struct {
	project.ImmunizationRow
	PlaceName, GivenBy string
}

// SuspendedLot is a lot that is not given here, with what a form needs to lift that.
type SuspendedLot struct {
	registry.Suspension
	Saw registry.Saw
}

// Deadline is until when a severe reaction must be known above.
func (x *Reacted) Deadline() time.Time {
	return time.UnixMilli(x.RecordedMS).Add(registry.ReportHours * time.Hour)
}

// Waits reports whether it is severe and no signed word says that the hub has it.
func (x *Reacted) Waits() bool { return x.Severe() && x.Receipt < TickHub }

// Late reports whether it waits beyond its deadline.
func (x *Reacted) Late(now time.Time) bool { return x.Waits() && now.After(x.Deadline()) }

// ReactionDays is how far back the list of reactions looks; severe ones that wait or are open are listed however old they are.
const ReactionDays = 90

// reactionsMax is how many reactions one list reads.
const reactionsMax = 2000

// placesOf are the places a person's role holds for.
func (d *Desk) placesOf(who Who) []p.EntityID {
	in, any := d.residencesOf(who)
	if any && in == nil {
		return d.Node.Atlas().Places()
	}
	return in
}

// Reactions lists the reactions of a person's places: the severe ones that wait, late ones first, then those that nobody
// followed to the end, then the others, newest first. It names people, so who looked is written down.
func (d *Desk) Reactions(ctx context.Context, who Who) ([]Reacted, error) {
	if err := may(who, rights.Read, registry.KindReaction); err != nil {
		return nil, err
	}
	var out []Reacted
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindReaction, Places: d.placesOf(who)})
		if err != nil {
			return err
		}
		slices.Reverse(rows)
		for i := range rows {
			if rows[i].Void || len(out) == reactionsMax {
				continue
			}
			x, err := d.reacted(tx, who, rows[i].ID)
			if err != nil {
				return err
			}
			if x != nil && (x.On >= d.Today()-ReactionDays || x.Waits() || x.Severe() && !x.Ended()) {
				out = append(out, *x)
			}
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	rank := func(x *Reacted) int {
		switch {
		case x.Waits():
			return 0
		case x.Severe() && !x.Ended():
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out, func(a, b Reacted) int {
		if ra, rb := rank(&a), rank(&b); ra != rb || ra == 2 {
			return ra - rb
		}
		return cmp.Compare(a.RecordedMS, b.RecordedMS)
	})
	return out, d.NoteListed(ctx, who, idsOf(out, func(x *Reacted) p.EntityID { return x.Subject.ID })...)
}

// ReactionsWaiting counts the severe reactions of this station that no signed word of the hub has told of, and says until
// when the first must be known there. It names nobody.
func (d *Desk) ReactionsWaiting(ctx context.Context) (n int, first time.Time, err error) {
	id := d.Node.Identity()
	if id.Role != registry.NodeStation {
		return 0, first, nil
	}
	err = d.view(ctx, func(tx store.Tx) error {
		all, err := recordedAt(tx, registry.KindReaction, id.Place, 0, 0)
		for _, s := range all {
			x := Reacted{Reaction: registry.ReactionOf(s)}
			if !x.Severe() {
				continue
			}
			if err := d.reported(tx, s, &x); err != nil {
				return err
			}
			if x.Waits() {
				if n++; n == 1 || x.Deadline().Before(first) {
					first = x.Deadline()
				}
			}
		}
		return err
	})
	return n, first, err
}

// reacted reads one reaction; nil if it is not a person's business.
func (d *Desk) reacted(tx store.Tx, who Who, id p.EntityID) (*Reacted, error) {
	s, err := state(tx, id, registry.KindReaction)
	if err != nil {
		return nil, err
	}
	x := &Reacted{Reaction: registry.ReactionOf(s), State: s}
	row, err := tx.SubjectRow(x.Reaction.Subject)
	if err != nil || row == nil {
		return nil, err
	}
	if in, err := d.concerns(tx, who, x.Place, row.Case); err != nil || !in {
		return nil, err
	}
	x.Subject = *row
	masked(who, &x.Subject)
	if x.PlaceName, err = placeName(tx, x.Place); err != nil {
		return nil, err
	}
	if x.Taker, _, err = taker(tx, s); err != nil {
		return nil, err
	}
	for _, dose := range x.Reaction.Doses {
		row, err := tx.ImmunizationRow(dose)
		if err != nil {
			return nil, err
		}
		if row == nil {
			continue // not here yet
		}
		v := ReactedDose{ImmunizationRow: *row}
		if v.PlaceName, err = placeName(tx, row.Place); err != nil {
			return nil, err
		}
		if ds, err := tx.State(dose); err != nil {
			return nil, err
		} else if ds != nil {
			if v.GivenBy, err = giver(tx, ds, row.GivenBy); err != nil {
				return nil, err
			}
		}
		x.Doses = append(x.Doses, v)
	}
	if err := d.reported(tx, s, x); err != nil {
		return nil, err
	}
	if x.ArrivedMS, err = node.ArrivedMS(tx, id); err != nil {
		return nil, err
	}
	suspended, err := d.suspended(tx, x.Place)
	for i := range suspended {
		if suspended[i].Reaction == id {
			x.Suspended = append(x.Suspended, suspended[i])
		}
	}
	return x, err
}

func placeName(tx store.Tx, id p.EntityID) (string, error) {
	place, err := tx.Place(id)
	if err != nil || place == nil {
		return "", err
	}
	return place.Name, nil
}

// reported reads when it was recorded how severe a reaction is, and how far those above are proven to know. What was added
// later does not matter for that: a follow-up that waits to go up takes no report back.
func (d *Desk) reported(tx store.Tx, s *p.State, x *Reacted) error {
	dots := []p.Dot{s.ID.Birth()}
	for _, v := range s.Values(registry.ReactionSeverity) {
		dots = append(dots, v.Dot)
		x.RecordedMS = max(x.RecordedMS, v.At.Corrected())
	}
	x.Receipt = TickRoot
	id := d.Node.Identity()
	for _, dot := range dots {
		log, err := tx.Log(dot.Log)
		if err != nil {
			return err
		}
		at := TickSaved
		switch {
		case id.IsRoot():
			at = TickRoot
		case log == nil, id.Role == registry.NodeHub:
			at = TickHub // it came from above in a state, or this is where it was to come to
		case node.HeldAt(log) < dot.Seq: // not there, or there and held, unread, wherever else it lies
		case log.Root >= dot.Seq:
			at = TickRoot
		default:
			at = TickHub
		}
		x.Receipt = min(x.Receipt, at)
		if at >= TickHub && log != nil {
			heard, err := node.HeardMS(tx, dot)
			if err != nil {
				return err
			}
			x.ReceivedMS = max(x.ReceivedMS, heard)
		}
	}
	return nil
}

// ReactionAt reads one reaction, and writes down who looked.
func (d *Desk) ReactionAt(ctx context.Context, who Who, id p.EntityID) (*Reacted, error) {
	if err := may(who, rights.Read, registry.KindReaction); err != nil {
		return nil, err
	}
	var out *Reacted
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = d.reacted(tx, who, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if out == nil {
		return nil, ErrNotFound
	}
	return out, d.note(ctx, who, registry.ActView, out.Subject.ID, "")
}

// ReactionForm is ReactionAt for the form that is printed: that it was taken on paper is written down.
func (d *Desk) ReactionForm(ctx context.Context, who Who, id p.EntityID, words string) (*Reacted, error) {
	x, err := d.ReactionAt(ctx, who, id)
	if err != nil {
		return nil, err
	}
	return x, d.note(ctx, who, registry.ActPrint, x.Subject.ID, registry.TakingReason(registry.TakeReport, words))
}

// ReactionsOf lists the reactions of one person, newest first. Whoever opened the record may ask; the look is that one's.
func (d *Desk) ReactionsOf(ctx context.Context, who Who, r *Record) ([]Reacted, error) {
	if err := may(who, rights.Read, registry.KindReaction); err != nil {
		return nil, err
	}
	var out []Reacted
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.RecordsOf(registry.KindReaction, append(idsOf(r.Linked, subjectID), r.Subject.ID)...)
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i].Void {
				continue
			}
			if x, err := d.reacted(tx, who, rows[i].ID); err != nil {
				return err
			} else if x != nil {
				out = append(out, *x)
			}
		}
		slices.Reverse(out)
		return nil
	})
	return out, err
}

// RecordReaction takes a reaction down. A severe one, in the same act, suspends the lots of its doses at this place and stops
// their vaccines in the sessions of the day; then those above are told at once, if there is a way.
func (d *Desk) RecordReaction(ctx context.Context, who Who, in registry.ReactionInput) (p.EntityID, error) {
	if err := may(who, rights.Create, registry.KindReaction); err != nil {
		return p.EntityID{}, err
	}
	in.Place = d.Node.Identity().Place
	severe := false
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		if _, err := state(tx, in.Subject, registry.KindSubject); err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, in.Subject); err != nil {
			return nil, err
		}
		known, err := d.reactionKnown(tx, in.Subject)
		if err != nil {
			return nil, err
		}
		draft, err := registry.NewReaction(in, known)
		if err != nil {
			return nil, err
		}
		drafts := []registry.Draft{draft}
		if severe = isSevere(&draft); severe {
			more, err := d.suspend(tx, id(0), in.Doses)
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, more...)
		}
		return drafts, nil
	})
	if err != nil {
		return p.EntityID{}, err
	}
	d.tell(severe)
	return dots[0].Entity(), nil
}

// tell lets those above know at once of what is severe.
func (d *Desk) tell(severe bool) {
	if severe && d.Urgent != nil {
		d.Urgent()
	}
}

// isSevere reports whether a draft says that a reaction is severe.
func isSevere(draft *registry.Draft) bool {
	return slices.ContainsFunc(draft.Writes, func(w p.Write) bool {
		return w.Field == registry.ReactionSeverity && w.Data.Equal(p.Int(int64(registry.SeveritySevere)))
	})
}

// reactionKnown is what a reaction of somebody is checked against.
func (d *Desk) reactionKnown(tx store.Tx, subject p.EntityID) (*registry.ReactionKnown, error) {
	out := &registry.ReactionKnown{Today: d.Today(), Now: d.Clock(), Doses: map[p.EntityID]registry.Day{}}
	row, err := tx.SubjectRow(subject)
	if err != nil || row == nil {
		return out, err
	}
	doses, err := tx.DosesOfCase(row.Case)
	for i := range doses {
		if x := &doses[i]; !x.Void && x.NotDone == 0 {
			out.Doses[x.ID] = x.GivenOn
		}
	}
	return out, err
}

// AmendReaction follows a reaction up. What becomes severe by it suspends as RecordReaction does.
func (d *Desk) AmendReaction(ctx context.Context, who Who, id p.EntityID, in registry.ReactionInput, saw registry.Saw) error {
	severe := false
	err := d.followUp(ctx, who, rights.Amend, id, func(tx store.Tx, x *Reacted, known *registry.ReactionKnown) ([]registry.Draft, error) {
		draft, err := registry.AmendReaction(x.State, in, saw, known)
		if err != nil {
			return nil, err
		}
		drafts := nonEmpty(draft)
		severe = isSevere(&draft)
		more := x.Severe() && len(in.Doses) > 0 // another dose may have been named
		if (severe || more) && rights.May(who.Role, rights.Create, registry.KindLot) {
			lots, err := d.suspend(tx, id, furtherDoses(in.Doses, x.Reaction.Doses, severe))
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, lots...)
		}
		return drafts, nil
	})
	if err == nil {
		d.tell(severe)
	}
	return err
}

// furtherDoses are the doses of a reaction whose lots are to be suspended: all of them, or those that were not named before. A
// lot that somebody gave free again stays free when an outcome is written.
func furtherDoses(doses, before []p.EntityID, all bool) []p.EntityID {
	if all {
		return doses
	}
	return slices.DeleteFunc(slices.Clone(doses), func(id p.EntityID) bool { return slices.Contains(before, id) })
}

// TellReaction notes whom above somebody told of a reaction by other means.
func (d *Desk) TellReaction(ctx context.Context, who Who, id p.EntityID, on registry.Day, clock registry.Clock, how string, saw registry.Saw) error {
	return d.followUp(ctx, who, rights.Amend, id, func(_ store.Tx, x *Reacted, known *registry.ReactionKnown) ([]registry.Draft, error) {
		draft, err := registry.TellReaction(x.State, on, clock, how, saw, known)
		return nonEmpty(draft), err
	})
}

// VoidReaction says that a reaction was entered in error. The lots it suspended stay so until somebody lifts that.
func (d *Desk) VoidReaction(ctx context.Context, who Who, id p.EntityID, reason string, saw registry.Saw) error {
	return d.followUp(ctx, who, rights.Void, id, func(_ store.Tx, x *Reacted, _ *registry.ReactionKnown) ([]registry.Draft, error) {
		draft, err := registry.Void(x.State, reason, saw)
		return nonEmpty(draft), err
	})
}

func (d *Desk) followUp(
	ctx context.Context, who Who, act rights.Act, id p.EntityID,
	drafts func(store.Tx, *Reacted, *registry.ReactionKnown) ([]registry.Draft, error),
) error {
	if err := may(who, act, registry.KindReaction); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		x, err := d.reacted(tx, who, id)
		if err != nil {
			return nil, err
		}
		if x == nil {
			return nil, ErrForbidden
		}
		known, err := d.reactionKnown(tx, x.Reaction.Subject)
		if err != nil {
			return nil, err
		}
		return drafts(tx, x, known)
	})
	return ignoreNothing(err)
}
