package country

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"tramy/internal/desk"
	"tramy/internal/forecast"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	p "tramy/syncproto"
)

// Clock is a time that stands until it is moved, for countries whose weeks pass in a minute.
type Clock struct{ ms atomic.Int64 }

// NewClock returns a clock that stands at a time.
func NewClock(at time.Time) *Clock {
	c := &Clock{}
	c.ms.Store(at.UnixMilli())
	return c
}

// Now is the time; it is what Options.Now wants.
func (c *Clock) Now() time.Time { return time.UnixMilli(c.ms.Load()) }

// Move lets time pass.
func (c *Clock) Move(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// ContactEvery is how many days lie between two exchanges of a station with its hub while asks are counted: a
// station without a network, whose laptop is carried to one once a week.
const ContactEvery = 7

// AsksMax is the share of doses at which a nurse is asked that is borne, in thousandths. Who is asked more
// often presses without looking.
const AsksMax = 50

// Asks is how often nurses were asked whether there are doses that the register does not know.
type Asks struct {
	SessionDays int            `json:"session_days"` // of all stations together
	Visits      int            `json:"visits"`       // at which something was due
	VisitsAsked int            `json:"visits_asked"`
	DosesJudged int            `json:"doses_judged"` // due, and nothing else spoke against them
	DosesAsked  int            `json:"doses_asked"`
	Refused     int            `json:"doses_not_advised"` // due, and not to be given yet
	BySign      map[string]int `json:"doses_asked_by_sign"`
}

// PerMille is the share of doses asked about.
func (a *Asks) PerMille() int {
	if a.DosesJudged == 0 {
		return 0
	}
	return a.DosesAsked * 1000 / a.DosesJudged
}

// Of a hundred who are expected or overdue on a session day, so many come.
const (
	expectedCome = 90
	overdueCome  = 15
)

// CountAsks lets session days pass at every station, two weeks apart, each a week after the last exchange. Who
// comes gets what is due and may be given, asked or not; children are born in between. The clock must be
// the one that the country was made with.
func (c *Country) CountAsks(ctx context.Context, clock *Clock, sessions int, seed uint64) (*Asks, error) {
	out := &Asks{BySign: map[string]int{}}
	maker := NewMaker(seed)
	births := map[*Node]int{}
	for _, n := range c.Stations() {
		children, err := n.children(ctx)
		if err != nil {
			return nil, err
		}
		births[n] = max(1, children*SessionEvery/(5*365)) // as many as in the five years before
	}
	for i := range sessions {
		c.opt.progress("session days", i, sessions)
		if err := c.Quiet(ctx); err != nil {
			return nil, err
		}
		clock.Move(ContactEvery * 24 * time.Hour)
		for _, n := range c.Stations() {
			if err := n.workOutDue(ctx); err != nil {
				return nil, err
			}
			if err := n.session(ctx, maker.r, out); err != nil {
				return nil, fmt.Errorf("%s: %w", n.Name, err)
			}
			for range births[n] {
				if err := c.addChild(ctx, n, maker, SessionEvery); err != nil {
					return nil, err
				}
			}
		}
		clock.Move((SessionEvery - ContactEvery) * 24 * time.Hour)
	}
	c.opt.progress("session days", sessions, sessions)
	return out, nil
}

func (n *Node) children(ctx context.Context) (int, error) {
	st, err := n.Desk().Node.Status(ctx)
	return int(st.Subjects), err
}

// workOutDue works out all that is due at the node as of now.
func (n *Node) workOutDue(ctx context.Context) error {
	for {
		more, err := n.Desk().Node.WorkOutDue(ctx, 100)
		if err != nil || !more {
			return err
		}
	}
}

func (n *Node) nurse() desk.Who {
	return desk.Who{Name: "nurse", Role: rights.Nurse, Place: n.Commune}
}

// session is one session day of a station.
func (n *Node) session(ctx context.Context, r *rand.Rand, out *Asks) error {
	list, err := n.Desk().ListToday(ctx, n.nurse(), n.Desk().Today(), 0)
	if err != nil {
		return err
	}
	out.SessionDays++
	for _, part := range []struct {
		people []desk.Expected
		come   int
	}{{list.Due, expectedCome}, {list.Overdue, overdueCome}} {
		slices.SortFunc(part.people, byBirth)
		for i := range part.people {
			if r.IntN(100) >= part.come {
				continue
			}
			who := &part.people[i].Subject
			if err := n.visit(ctx, who.ID, out); err != nil {
				return fmt.Errorf("%s: %w", who.Name, err)
			}
		}
	}
	return nil
}

// byBirth is an order in which no id has a say, so that equal seeds make equal session days.
func byBirth(a, b desk.Expected) int {
	x, y := &a.Subject, &b.Subject
	return cmp.Or(cmp.Compare(x.BirthDate, y.BirthDate), cmp.Compare(x.Name, y.Name), cmp.Compare(x.MotherName, y.MotherName), cmp.Compare(x.Phone, y.Phone))
}

// visit gives somebody what is due and counts what the nurse was asked.
func (n *Node) visit(ctx context.Context, id p.EntityID, out *Asks) error {
	today := n.Desk().Today()
	advice, err := n.Desk().Forecast(ctx, n.nurse(), id, today)
	if err != nil {
		return err
	}
	if advice.Schedule == nil {
		return errors.New("no schedule is in force")
	}
	v := desk.Visit{Subject: id, Screening: registry.ScreeningEligible, HasNext: true}
	asked := false
	for i := range advice.Items {
		x := &advice.Items[i]
		code := advice.Code(x)
		if !project.Wanted(x) || x.Programme == registry.ProgrammePaid || x.Recommended == 0 || x.Recommended > today {
			continue
		}
		switch advice.Verdicts[code].Call {
		case forecast.Safe:
		case forecast.Ask:
			asked = true
			out.DosesAsked++
			out.BySign[advice.Doubt.Sign.String()]++
		default:
			out.Refused++
			continue
		}
		out.DosesJudged++
		v.Doses = append(v.Doses, registry.ImmunizationInput{
			Vaccine: code, Lot: lotOf(code, today), Expires: today + 400, Site: vaccines[code].Site, Route: vaccines[code].Route,
		})
	}
	if len(v.Doses) == 0 {
		return nil
	}
	out.Visits++
	if asked {
		out.VisitsAsked++
		v.Checked = registry.CheckedCard
	}
	if advice.Next != 0 {
		v.NextDate = sessionFrom(max(advice.Next, today+1), today)
	}
	_, err = n.Desk().RecordVisit(ctx, n.nurse(), v)
	return err
}
