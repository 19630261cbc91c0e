package pages

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// visitDosesMax is how many doses one press may record; a form with more is not ours.
const visitDosesMax = 20

// visit saves what was given: one press, one act, all of it or nothing.
func (pg *Pages) visit(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	form := readVisit(c.R)
	subject, vaccines, err := c.visited(id)
	if err != nil {
		return err
	}
	visit, order, ok := form.parse(c, subject, vaccines)
	if !ok {
		return c.drawChild(http.StatusUnprocessableEntity, id, form)
	}
	before, err := c.Desk.Befores(c.Ctx(), c.Who, &visit)
	if err != nil {
		return err
	}
	visit.Also = c.SpendDraft(DraftVisit, id.String())
	ids, err := c.Desk.RecordVisit(c.Ctx(), c.Who, visit)
	if err != nil {
		status, known := form.refused(c, err, order)
		if !known {
			return err
		}
		return c.drawChild(status, id, form)
	}
	back, note := c.visitSaid(subject, &visit, vaccines, ids, before)
	if note.Offer, err = c.offerNext(subject, &visit, back); err != nil {
		return err
	}
	return c.Go(back, note)
}

// visited reads what a visit's form is checked against.
func (c *Call) visited(id p.EntityID) (*registry.Subject, []project.VaccineRow, error) {
	var subject registry.Subject
	var vaccines []project.VaccineRow
	err := c.View(func(tx store.Tx) error {
		s, err := tx.State(id)
		if err != nil {
			return err
		}
		if s == nil || s.Kind != registry.KindSubject {
			return desk.ErrNotFound
		}
		subject = registry.SubjectOf(s)
		vaccines, err = tx.Vaccines()
		return err
	})
	return &subject, vaccines, err
}

// visitSaid is where to go after a visit and what to say there: the next mother waits, so today's list
// comes after today's doses, and the book after those of another day.
func (c *Call) visitSaid(subject *registry.Subject, v *desk.Visit, vaccines []project.VaccineRow, ids []p.EntityID, before []desk.VisitBefore) (string, ui.Note) {
	given, here := 0, 0
	for i := range v.Doses {
		if in := &v.Doses[i]; in.Given() {
			given++
			if in.FirstHand() && v.GivenOn == c.Today {
				here++
			}
		}
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved")}
	switch {
	case here > 0:
		until := c.Now.Add(registry.WatchMinutes * time.Minute)
		note.Text = c.T("say.saved_doses", "name", subject.Name, "n", here, "at", c.Words.Clock(until))
	case given > 0:
		note.Text = subject.Name + ", " + c.T("say.doses", "n", given) + "."
	case len(v.Doses) > 0:
		note.Text = c.T("say.saved_none", "name", subject.Name)
	default:
		note.Text = c.T("say.changed", "name", subject.Name)
	}
	if not := c.notGiven(v, vaccines); given > 0 && not != "" {
		note.Text += " " + c.T("say.saved_not", "what", not)
	}
	if odd := c.visitOdd(v, vaccines); odd != "" {
		note.Tone, note.Text = ui.ToneAsk, note.Text+" "+odd
	}
	back := childPath(subject.ID)
	old, hadNext := subject.NextDate, v.HasNext
	note.Action = c.Undoable(back, func(ctx context.Context, who desk.Who) error {
		return c.Desk.TakeBack(ctx, who, desk.TakenBack{
			Subject: subject.ID, Doses: ids, Befores: before, Next: old, HasNext: hadNext,
		}, undoReason)
	})
	if here > 0 {
		return ui.PathToday, note
	}
	return back, note
}

// notGiven names what was not given, each with the reason: "Rota (từ chối)".
func (c *Call) notGiven(v *desk.Visit, vaccines []project.VaccineRow) string {
	var out []string
	for i := range v.Doses {
		if in := &v.Doses[i]; !in.Given() {
			out = append(out, c.vaccineNamed(in.Vaccine, vaccines)+" ("+strings.ToLower(c.T("not_done."+in.NotDone.String()))+")")
		}
	}
	return strings.Join(out, ", ")
}

// vaccineNamed is the name on the card of a vaccine, its code if it is not known here.
func (c *Call) vaccineNamed(code string, vaccines []project.VaccineRow) string {
	for i := range vaccines {
		if vaccines[i].Code == code {
			return VaccineName(c.Words, &vaccines[i])
		}
	}
	return code
}

// offerNext is the press that calls somebody who was just here to the next session for what they need then, nil if there is none. It
// comes back to where the visit led: the next mother waits.
func (c *Call) offerNext(subject *registry.Subject, v *desk.Visit, back string) (*ui.Action, error) {
	next := subject.NextDate
	if v.HasNext {
		next = v.NextDate
	}
	if c.Hub || next <= c.Today || !c.May(rights.Create, registry.KindAppointment) || !c.May(rights.Amend, registry.KindAppointment) {
		return nil, nil
	}
	x, ok, err := c.Desk.NextOffer(c.Ctx(), c.Who, subject.ID, next)
	if err != nil || !ok {
		return nil, err
	}
	return &ui.Action{
		Label: c.T("booking.go", "at", c.Words.ShortDate(dayTime(x.Day))+" "+x.At.String()), Href: childPath(subject.ID) + partBook, Post: true, Key: "F8",
		Values: []ui.Hidden{{Name: "session", Value: x.ID.String()}, {Name: "at", Value: x.At.String()}, {Name: "back", Value: back}},
	}, nil
}

// visitOdd is what looks odd about what was just saved: a vial past its date, no lot, a fever. It is said
// beside the button that takes the visit back, and stood in nobody's way.
func (c *Call) visitOdd(v *desk.Visit, vaccines []project.VaccineRow) string {
	var out []string
	for i := range v.Doses {
		in := v.Doses[i]
		if in.GivenOn == 0 {
			in.GivenOn = v.GivenOn
		}
		in.Temperature = v.Temperature
		for _, w := range in.Warnings() {
			text := sentence(c.Words, &w)
			if w.Field != "temperature" {
				text = c.vaccineNamed(in.Vaccine, vaccines) + ": " + text
			}
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return strings.Join(out, " ")
}

// state reads an entity as it stands.
func (pg *Pages) state(ctx context.Context, id p.EntityID) (*p.State, error) {
	var s *p.State
	err := pg.Desk.Node.Store().View(ctx, func(tx store.Tx) error {
		var err error
		s, err = tx.State(id)
		return err
	})
	if err == nil && s == nil {
		err = desk.ErrNotFound
	}
	return s, err
}
