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

// Wanted is a request of a data subject with what a page shows beside it.
type Wanted struct {
	registry.Request
	State     *p.State // for Saw
	Subject   project.SubjectRow
	PlaceName string // where it was received
	Taker     string // who took it down
	Handler   string // who answered it
	Late      bool   // its next deadline is over
	MayDecide bool   // whoever asked may say what becomes of it
}

// requestsMax is how many requests a list reads.
const requestsMax = 2000

// Requests lists the requests in a person's places: those that wait, longest over their deadline first, and if all are
// asked for those that were answered behind them, newest first. It names people, so who looked is written down.
func (d *Desk) Requests(ctx context.Context, who Who, all bool) ([]Wanted, error) {
	if err := may(who, rights.Read, registry.KindRequest); err != nil {
		return nil, err
	}
	var out []Wanted
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.Requests(all, requestsMax)
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i].Void {
				continue
			}
			x, err := d.wanted(tx, who, rows[i].ID)
			if err != nil {
				return err
			}
			if x != nil {
				out = append(out, *x)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b Wanted) int {
		if a.Open() != b.Open() {
			return btoi(b.Open()) - btoi(a.Open())
		}
		if a.Open() {
			return cmp.Compare(a.NextBy(), b.NextBy())
		}
		return cmp.Compare(b.Done, a.Done)
	})
	if len(out) == 0 {
		return nil, nil
	}
	return out, d.NoteListed(ctx, who, idsOf(out, func(x *Wanted) p.EntityID { return x.Subject.ID })...)
}

// RequestsWaiting counts the open requests at this node, and those whose deadline is over, without naming anybody.
func (d *Desk) RequestsWaiting(ctx context.Context) (open, late int, err error) {
	err = d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.Requests(false, requestsMax)
		for i := range rows {
			open++
			r := registry.Request{RequestInput: registry.RequestInput{Wish: rows[i].Wish, On: rows[i].On}, Answered: rows[i].Answered}
			if rows[i].Extended {
				r.Extended = "x"
			}
			late += btoi(r.NextBy() < d.Today())
		}
		return err
	})
	return open, late, err
}

// wanted reads one request; nil if it is not a person's business.
func (d *Desk) wanted(tx store.Tx, who Who, id p.EntityID) (*Wanted, error) {
	s, err := state(tx, id, registry.KindRequest)
	if err != nil {
		return nil, err
	}
	x := &Wanted{Request: registry.RequestOf(s), State: s}
	row, err := tx.SubjectRow(x.Request.Subject)
	if err != nil || row == nil {
		return nil, err
	}
	if in, err := d.concerns(tx, who, x.Place, row.Case); err != nil || !in {
		return nil, err
	}
	x.Subject = *row
	if place, err := tx.Place(x.Place); err != nil {
		return nil, err
	} else if place != nil {
		x.PlaceName = place.Name
	}
	if x.Taker, _, err = taker(tx, s); err != nil {
		return nil, err
	}
	if x.Handler, _, err = author(tx, x.Request.Handler, p.LogID{}); err != nil {
		return nil, err
	}
	x.Late = x.Open() && x.NextBy() < d.Today()
	x.MayDecide = rights.May(who.Role, rights.Amend, registry.KindRequest)
	return x, nil
}

// concerns reports whether what was received at a place about somebody is a person's business: the place is theirs, or the
// record is.
func (d *Desk) concerns(tx store.Tx, who Who, place, kase p.EntityID) (bool, error) {
	a := d.areaOf(who)
	if a.has(place) {
		return true, nil
	}
	return d.ofCase(tx, a, kase)
}

// Request reads one request, and writes down who looked.
func (d *Desk) Request(ctx context.Context, who Who, id p.EntityID) (*Wanted, error) {
	if err := may(who, rights.Read, registry.KindRequest); err != nil {
		return nil, err
	}
	var out *Wanted
	err := d.view(ctx, func(tx store.Tx) error {
		var err error
		out, err = d.wanted(tx, who, id)
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

// RequestsOf lists the requests about one person, newest first. Whoever opened the record may ask; the look is that one's.
func (d *Desk) RequestsOf(ctx context.Context, who Who, r *Record) ([]Wanted, error) {
	if err := may(who, rights.Read, registry.KindRequest); err != nil {
		return nil, err
	}
	var out []Wanted
	err := d.view(ctx, func(tx store.Tx) error {
		ids := append(idsOf(r.Linked, subjectID), r.Subject.ID)
		rows, err := tx.RequestsOf(ids...)
		if err != nil {
			return err
		}
		for i := range rows {
			if x, err := d.wanted(tx, who, rows[i].ID); err != nil {
				return err
			} else if x != nil && !rows[i].Void {
				out = append(out, *x)
			}
		}
		slices.Reverse(out)
		return nil
	})
	return out, err
}

// AddRequest takes down what somebody asks about a person's data.
func (d *Desk) AddRequest(ctx context.Context, who Who, in registry.RequestInput) (p.EntityID, error) {
	if err := may(who, rights.Create, registry.KindRequest); err != nil {
		return p.EntityID{}, err
	}
	in.Place = d.Node.Identity().Place
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		if _, err := state(tx, in.Subject, registry.KindSubject); err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, in.Subject); err != nil {
			return nil, err
		}
		draft, err := registry.NewRequest(in, d.Today())
		return []registry.Draft{draft}, err
	})
	if err != nil {
		return p.EntityID{}, err
	}
	return dots[0].Entity(), nil
}

// AnswerRequest notes on which day whoever asked was told that it is being seen to.
func (d *Desk) AnswerRequest(ctx context.Context, who Who, id p.EntityID, on registry.Day, saw registry.Saw) error {
	return d.decide(ctx, who, id, func(_ store.Tx, s *p.State) ([]registry.Draft, error) {
		draft, err := registry.AnswerRequest(s, on, d.Today(), saw)
		return nonEmpty(draft), err
	})
}

// ExtendRequest puts a request's deadline off, once.
func (d *Desk) ExtendRequest(ctx context.Context, who Who, id p.EntityID, reason string, saw registry.Saw) error {
	return d.decide(ctx, who, id, func(_ store.Tx, s *p.State) ([]registry.Draft, error) {
		draft, err := registry.ExtendRequest(s, reason, saw)
		return nonEmpty(draft), err
	})
}

// LiftRequest ends the restriction that a request brought.
func (d *Desk) LiftRequest(ctx context.Context, who Who, id p.EntityID, reason string, saw registry.Saw) error {
	return d.decide(ctx, who, id, func(_ store.Tx, s *p.State) ([]registry.Draft, error) {
		draft, err := registry.LiftRequest(s, reason, saw)
		return nonEmpty(draft), err
	})
}

// CloseRequest ends a request. With the withdrawal of consents all that were given are taken back, in the same act.
func (d *Desk) CloseRequest(ctx context.Context, who Who, id p.EntityID, outcome registry.Outcome, answer string, saw registry.Saw) error {
	return d.decide(ctx, who, id, func(tx store.Tx, s *p.State) ([]registry.Draft, error) {
		draft, err := registry.CloseRequest(s, outcome, answer, who.User, d.Today(), saw)
		if err != nil {
			return nil, err
		}
		drafts := nonEmpty(draft)
		r := registry.RequestOf(s)
		if r.Wish != registry.WishWithdraw || outcome != registry.OutcomeDone {
			return drafts, nil
		}
		more, err := d.withdraw(tx, &r)
		return append(drafts, more...), err
	})
}

// withdraw makes the statements by which all consents of a person are taken back.
func (d *Desk) withdraw(tx store.Tx, r *registry.Request) ([]registry.Draft, error) {
	row, err := tx.SubjectRow(r.Subject)
	if err != nil || row == nil {
		return nil, err
	}
	said, _, err := statements(tx, row.Case)
	if err != nil {
		return nil, err
	}
	answers := map[registry.Purpose]registry.Answer{}
	for _, x := range standings(said, row.BirthDate, d.Today()) {
		if x.Standing == registry.StandingGiven || x.Standing == registry.StandingOutgrown {
			answers[x.Purpose] = registry.AnswerWithdrawn
		}
	}
	if len(answers) == 0 {
		return nil, nil
	}
	return d.consentDrafts(tx, r.Subject, Said{By: r.By, Relation: r.Relation, Channel: r.Channel}, answers)
}

// decide writes what somebody decided about a request.
func (d *Desk) decide(ctx context.Context, who Who, id p.EntityID, drafts func(store.Tx, *p.State) ([]registry.Draft, error)) error {
	if err := may(who, rights.Amend, registry.KindRequest); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		x, err := d.wanted(tx, who, id)
		if err != nil {
			return nil, err
		}
		if x == nil {
			return nil, ErrForbidden
		}
		return drafts(tx, x.State)
	})
	return ignoreNothing(err)
}
