package desk

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Bounds of breaking the glass.
const (
	// GlassTime is for how long one record can be read after somebody said why they have to.
	GlassTime = time.Hour
	// GlassReasonMin is how many characters a reason has at least, GlassReasonMax at most.
	GlassReasonMin = 10
	GlassReasonMax = 500
	// glassMax is how many records are open this way at once; beyond it those that were opened first are closed.
	glassMax = 1024
)

// glass is one record that somebody reads although it belongs elsewhere. It ends with the log-in, and with the program.
type glass struct {
	login  [32]byte
	user   p.EntityID
	record p.EntityID // the subject as it was asked for
}

// Hidden is what somebody is told of a record that they may not read: enough to see that it is the right one.
type Hidden struct {
	registry.Hint
	CanBreak bool // they may say why they have to read it
	CanTake  bool // it can be bound to this station, because care is given here
}

// BreakGlass opens one record that belongs to places the person's role does not hold for, to be read for GlassTime
// through the log-in it was asked in. The reason is in the access log before anything is shown. A record that the person
// may read anyway needs none, and nothing is written.
func (d *Desk) BreakGlass(ctx context.Context, who Who, id p.EntityID, reason string) error {
	if err := may(who, rights.BreakGlass, registry.KindSubject); err != nil {
		return err
	}
	if who.LogIn == ([32]byte{}) {
		return ErrForbidden // there would be nothing it could end with
	}
	reason = strings.TrimSpace(reason)
	switch n := utf8.RuneCountInString(reason); {
	case n < GlassReasonMin:
		return registry.Errors{{Field: "reason", Code: registry.CodeReasonShort, Params: map[string]any{"min": GlassReasonMin}}}
	case n > GlassReasonMax:
		return registry.Errors{{Field: "reason", Code: registry.CodeTextTooLong, Params: map[string]any{"max": GlassReasonMax}}}
	}
	mine := false
	err := d.view(ctx, func(tx store.Tx) (err error) {
		mine, err = d.ofSubject(tx, d.areaOf(who), id)
		return err
	})
	if err != nil || mine {
		return err
	}
	if err := d.note(ctx, who, registry.ActBreakGlass, id, reason); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	open(d.glasses, glass{who.LogIn, who.User, id}, d.Node.Now())
	return nil
}

// open adds a broken glass to those that are held, and makes room for it.
func open(glasses map[glass]time.Time, broken glass, now time.Time) {
	for g, since := range glasses {
		if !held(since, now) {
			delete(glasses, g)
		}
	}
	for len(glasses) >= glassMax {
		var first glass
		for g, since := range glasses {
			if at, any := glasses[first]; !any || since.Before(at) {
				first = g
			}
		}
		delete(glasses, first)
	}
	glasses[broken] = now
}

// held reports whether a glass that was broken then is still open. A clock that goes back closes it.
func held(since, now time.Time) bool {
	return !now.Before(since) && now.Sub(since) < GlassTime
}

// readable reports whether a person may read a case: as one of their places, or until a time through a glass they broke.
// ErrElsewhere if they may not.
func (d *Desk) readable(tx store.Tx, who Who, kase p.EntityID) (until time.Time, err error) {
	in, err := d.ofCase(tx, d.areaOf(who), kase)
	if err != nil || in {
		return until, err
	}
	people, err := tx.SubjectsOfCase(kase)
	if err != nil {
		return until, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range people {
		since, broken := d.glasses[glass{who.LogIn, who.User, people[i].ID}]
		if broken && held(since, d.Node.Now()) && rights.May(who.Role, rights.BreakGlass, registry.KindSubject) {
			return since.Add(GlassTime), nil
		}
	}
	return until, ErrElsewhere
}

// Reads reports whether a person may read a case as one of their places, for lists that name others too.
func (d *Desk) Reads(tx store.Tx, who Who, kase p.EntityID) (bool, error) {
	return d.ofCase(tx, d.areaOf(who), kase)
}

// Hidden tells what somebody may know of a record that Open refused with ErrElsewhere.
func (d *Desk) Hidden(ctx context.Context, who Who, id p.EntityID) (Hidden, error) {
	out := Hidden{
		CanBreak: rights.May(who.Role, rights.BreakGlass, registry.KindSubject),
		CanTake:  d.mayTake(who),
	}
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return out, err
	}
	err := d.view(ctx, func(tx store.Tx) error {
		s, err := state(tx, id, registry.KindSubject)
		if err != nil {
			return err
		}
		subject := registry.SubjectOf(s)
		place, err := tx.Place(subject.Place)
		if err != nil {
			return err
		}
		name := ""
		if place != nil {
			name = place.Name
		}
		out.Hint = registry.HintOf(&subject, name)
		return nil
	})
	return out, err
}

func (d *Desk) mayTake(who Who) bool {
	return d.Node.Identity().Role == registry.NodeStation && rights.May(who.Role, rights.Create, registry.KindPin)
}

// Take binds a record that has left this station to it again, because the child came here for care. It is what looking
// the child up at the hub does, without a network, and is written down as that.
func (d *Desk) Take(ctx context.Context, who Who, id p.EntityID) error {
	if !d.mayTake(who) {
		return ErrForbidden
	}
	if err := d.view(ctx, func(tx store.Tx) error {
		_, err := state(tx, id, registry.KindSubject)
		return err
	}); err != nil {
		return err
	}
	if err := d.note(ctx, who, registry.ActLookup, id, ""); err != nil {
		return err
	}
	return d.Pin(ctx, who.User, id)
}

// seesAccess keeps of the access log what concerns a person's places: what was done there, and which records of theirs
// somebody elsewhere broke the glass for.
func (d *Desk) seesAccess(tx store.Tx, who Who, rows []project.AccessRow) ([]project.AccessRow, error) {
	a := d.areaOf(who)
	out := rows[:0]
	for i := range rows {
		in := a.has(rows[i].Place)
		if !in && rows[i].Act == registry.ActBreakGlass {
			row, err := tx.SubjectRow(rows[i].Subject)
			if err != nil {
				return nil, err
			}
			if row != nil {
				if in, err = d.ofCase(tx, a, row.Case); err != nil {
					return nil, err
				}
			}
		}
		if in {
			out = append(out, rows[i])
		}
	}
	return out, nil
}
