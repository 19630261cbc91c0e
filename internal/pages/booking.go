package pages

import (
	"context"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// partBook is where a person's page books a session. POST: session, at, or off=1; from is the session whose appointment is changed.
const partBook = "/book"

// booking draws to which sessions a person is called, and to which they can be.
func (c *Call) booking(page *ui.Child, rec *desk.Record, ref *reference) error {
	if c.Hub || page.ReadOnly || !c.May(rights.Create, registry.KindAppointment) || !c.May(rights.Amend, registry.KindAppointment) || !rec.Glass.IsZero() {
		return nil
	}
	b, err := c.Desk.BookingOf(c.Ctx(), c.Who, rec)
	if err != nil {
		return err
	}
	line := func(x *desk.Offer) ui.BookSlot {
		where := x.Site
		if where == "" && !x.Here {
			where = x.PlaceName
		}
		return ui.BookSlot{
			Session: x.ID.String(), At: x.At.String(), Text: c.Words.ShortDate(dayTime(x.Day)) + " " + x.At.String(), Day: c.LongDay(x.Day), Where: where,
		}
	}
	out := &ui.BookSession{}
	for i := range b.Called {
		out.Called = append(out.Called, line(&b.Called[i]))
	}
	for i := range b.Offers {
		out.Offers = append(out.Offers, line(&b.Offers[i]))
	}
	page.Booking = out
	c.message(page, rec, ref, &b)
	return nil
}

// bookChild calls somebody to a session in one press, changes that, or takes them off.
func (pg *Pages) bookChild(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	session, err := p.ParseEntityID(c.Value("session"))
	if err != nil {
		return desk.ErrNotFound
	}
	back := childPath(id) + "#book"
	if c.Value("off") != "" {
		was, err := c.Desk.TakeOff(c.Ctx(), c.Who, session, id, c.T("booking.off_reason"))
		if err != nil {
			return err
		}
		note := ui.Note{Tone: ui.ToneOK, Lead: c.T("booking.off_done")}
		if was.At != 0 {
			note.Action = c.Undoable(back, func(ctx context.Context, who desk.Who) error {
				return c.Desk.CallBack(ctx, who, session, id, was)
			})
		}
		return c.Go(childPath(id), note)
	}
	at, err := registry.ParseClock(c.Value("at"))
	if err != nil {
		return c.Go(back, ui.Note{Tone: ui.ToneAsk, Lead: c.dateError(err)})
	}
	var from p.EntityID
	if text := c.Value("from"); text != "" {
		if from, err = p.ParseEntityID(text); err != nil {
			return desk.ErrNotFound
		}
	}
	done, err := c.Desk.Book(c.Ctx(), c.Who, id, session, at, from, c.T("booking.moved_reason"))
	if said, known := c.sentences(err); known {
		note := ui.Note{Tone: ui.ToneAsk, Alert: true}
		for _, text := range said {
			note.Lead = text
		}
		return c.Go(back, note)
	}
	if err != nil {
		return err
	}
	x, err := c.Desk.Session(c.Ctx(), c.Who, session)
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("booking.done", "at", at.String(), "day", c.LongDay(x.Day))}
	to := c.Back(childPath(id))
	if to != childPath(id) { // on today's list nobody knows whom this is about
		subject, _, err := c.visited(id)
		if err != nil {
			return err
		}
		note.Text, back = subject.Name+".", to
	}
	note.Action = c.Undoable(back, func(ctx context.Context, who desk.Who) error { return c.Desk.UndoBook(ctx, who, id, done, undoReason) })
	return c.Go(to, note)
}

// bookedFacts put the sessions that somebody is called to on their paper.
func (c *Call) bookedFacts(page *ui.Paper, rec *desk.Record) error {
	if c.Hub || !c.May(rights.Read, registry.KindSession) {
		return nil
	}
	b, err := c.Desk.BookingOf(c.Ctx(), c.Who, rec)
	for i := range b.Called {
		x := &b.Called[i]
		where := x.Site
		if where == "" {
			where = x.PlaceName
		}
		page.Facts = append(page.Facts, ui.Fact{Name: c.T("booking.title"), Value: x.At.String() + ", " + c.LongDay(x.Day) + ", " + where})
	}
	return err
}
