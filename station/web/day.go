package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// sendMax is how many one press sends home; a form with more is not ours.
const sendMax = 500

// newOnce is a key for the forms of a partial.
func newOnce() string { return rand.Text() }

// registerDay puts the steps of the day's queue and its end on a server.
func (w *Web) registerDay(s *server.Server) {
	s.Handle(http.MethodGet, ui.PathLists, w.Quiet(w.showLists))
	s.Handle(http.MethodPost, ui.PathArrive, w.Form(w.arrive))
	s.Handle(http.MethodPost, ui.PathSend, w.Form(w.sendHome))
	s.Handle(http.MethodGet, ui.PathClose, w.Page(w.showClose))
	s.Handle(http.MethodPost, ui.PathClose, w.Form(w.close))
}

// tell answers a form of the lists: with the lists alone where htmx asked, else by way of the page.
func (w *Web) tell(c *pages.Call, note ui.Note) error {
	all := c.Value("all") != ""
	if c.Partial() {
		return w.drawLists(c, all, note)
	}
	if all {
		return c.Go(todayAll, note)
	}
	return c.Go(ui.PathToday, note)
}

// arrive notes that somebody of the list is here.
func (w *Web) arrive(c *pages.Call) error {
	id, err := p.ParseEntityID(c.Value("who"))
	if err != nil {
		return server.NewProblem(server.TypeNotFound)
	}
	if err := c.Desk.Arrive(c.Ctx(), c.Who, id); err != nil {
		return err
	}
	name, err := nameOf(c, id)
	if err != nil {
		return err
	}
	return w.tell(c, c.ArrivedNote(id, name))
}

// sendHome lets people go home: one whose time is over, one before it is, or all whose time is over.
func (w *Web) sendHome(c *pages.Call) error {
	early := c.Value("early") != ""
	texts := c.R.PostForm["over"]
	switch {
	case early:
		texts = []string{c.Value("early")}
	case c.Value("who") != "":
		texts = []string{c.Value("who")}
	}
	if len(texts) > sendMax {
		return server.NewProblem(server.TypeBadRequest)
	}
	ids := make([]p.EntityID, len(texts))
	for i, text := range texts {
		var err error
		if ids[i], err = p.ParseEntityID(text); err != nil {
			return server.NewProblem(server.TypeNotFound)
		}
	}
	sent, err := c.Desk.SendHome(c.Ctx(), c.Who, early, ids...)
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("visit.say_sent", "n", len(sent))}
	if len(sent) == 0 {
		return w.tell(c, ui.Note{Tone: ui.ToneOK, Lead: c.T("visit.say_sent_already")})
	}
	if len(sent) == 1 {
		name, err := nameOf(c, sent[0])
		if err != nil {
			return err
		}
		note.Text = c.T("visit.say_sent_one", "name", name)
	}
	note.Action = c.Undoable(ui.PathToday, func(ctx context.Context, who desk.Who) error {
		for _, id := range sent {
			if err := c.Desk.StepBack(ctx, who, id, registry.StageDone); err != nil {
				return err
			}
		}
		return nil
	})
	return w.tell(c, note)
}

// showClose shows the end of the session.
func (w *Web) showClose(c *pages.Call) error { return w.drawClose(c, http.StatusOK, "") }

func (w *Web) drawClose(c *pages.Call, status int, wrong string) error {
	if !c.May(rights.Read, registry.KindVisit) {
		return desk.ErrForbidden
	}
	end, err := c.Desk.EndOfDay(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	frame.Path = ui.PathClose
	var vaccines []project.VaccineRow
	if err := c.View(func(tx store.Tx) (err error) {
		vaccines, err = tx.Vaccines()
		return err
	}); err != nil {
		return err
	}
	waiting, err := c.Desk.Waiting(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	home := c.Desk.Home()
	page := ui.Close{
		Frame: frame, Day: c.Words.LongDate(c.Now), Came: len(end.Queue), Conflicts: waiting.Mine(), Error: wrong,
		MayClose: c.May(rights.Amend, registry.KindSession) && end.Closed == 0 && len(end.Queue) > 0,
	}
	if end.Closed != 0 {
		page.Closed = c.T("visit.closed_at", "at", end.Closed.String(), "who", end.ClosedBy)
	}
	for _, x := range end.Given {
		page.Given += x.Count
		page.Lots = append(page.Lots, ui.CloseLot{Vaccine: doseName(c, x.Vaccine, 0, vaccines).Vaccine, Lot: x.Lot, Count: x.Count})
	}
	for _, x := range end.NotYet {
		page.NotGiven += x.Count
		page.Reasons = append(page.Reasons, ui.CloseReason{
			Vaccine: doseName(c, x.Vaccine, 0, vaccines).Vaccine, Reason: c.T("not_done." + x.Reason.String()), Count: x.Count,
		})
	}
	page.Missed = people(end.Missed, 0, true, "", func(x *desk.Expected) ui.Person {
		return expected(c, x, &home, ui.Mark{Kind: ui.MarkBooked, At: cmp.Or(x.At.String(), c.T("say.today"))}, false, vaccines)
	})
	page.NoSecond = people(end.NoSecond, 0, true, "", func(q *desk.Queued) ui.Person { return c.Person(&q.Subject, &home) })
	watch := end.Watching()
	for i := range watch {
		page.Watching = append(page.Watching, watching(c, &watch[i], vaccines))
	}
	names := map[p.EntityID]string{}
	for i := range end.Queue {
		names[end.Queue[i].Subject.Case] = end.Queue[i].Subject.Name
	}
	for i := range end.NoLot {
		r := &end.NoLot[i]
		page.NoLot = append(page.NoLot, ui.Crumb{
			Name: names[r.Case] + ", " + doseName(c, r.Vaccine, 0, vaccines).Vaccine, Href: ui.PathDose + r.ID.String(),
		})
	}
	return c.Draw(status, "close", page)
}

// close ends the session.
func (w *Web) close(c *pages.Call) error {
	ended, err := c.Desk.CloseDay(c.Ctx(), c.Who, c.Value("watching") != "")
	var wrong registry.Errors
	if errors.As(err, &wrong) {
		return w.drawClose(c, http.StatusUnprocessableEntity, c.T("invalid."+string(wrong[0].Code)))
	}
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("visit.closed")}
	if len(ended) > 0 {
		note.Action = c.Undoable(ui.PathClose, func(ctx context.Context, who desk.Who) error { return c.Desk.ReopenDay(ctx, who, ended) })
	}
	return c.Go(ui.PathClose, note)
}
