package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

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

// How far the plan looks back, and for how many months it plans at once.
const (
	pastDays    = 30
	monthsUsual = 3
	monthsMax   = 6
)

func (w *Web) registerSessions(s *server.Server) {
	get := func(path string, h func(*pages.Call) error) { s.Handle(http.MethodGet, path, w.Page(h)) }
	post := func(path string, h func(*pages.Call) error) { s.Handle(http.MethodPost, path, w.Form(h)) }
	const one = ui.PathSession + "{id}"
	get(ui.PathSessions, w.showSessions)
	post(ui.PathSessions, w.planSessions)
	get(one, w.showSession)
	post(one, w.editSession)
	post(one+"/move", w.moveSession)
	post(one+"/cancel", w.cancelSession)
	post(one+"/spread", w.spreadSession)
	post(one+"/time", w.callTo)
	post(one+"/told", w.tellSession)
	get(one+"/print", w.askSheet)
	s.Handle(http.MethodPost, one+"/print", w.Page(w.printSheet)) // its answer is the list itself, each time
	get(ui.PathLots, w.showLots)
	post(ui.PathLots, w.chooseLot)
}

// sessionPath is the page of a session.
func sessionPath(id p.EntityID) string { return ui.PathSession + id.String() }

func sessionID(r *http.Request) (p.EntityID, error) {
	id, err := p.ParseEntityID(server.Param(r, "id"))
	if err != nil {
		return id, server.NewProblem(server.TypeNotFound)
	}
	return id, nil
}

// vaccinesOf are the vaccines by order of the card.
func vaccinesOf(c *pages.Call) (out []project.VaccineRow, err error) {
	err = c.View(func(tx store.Tx) (err error) {
		out, err = tx.Vaccines()
		return err
	})
	return out, err
}

// sessionHours are a session's hours.
func sessionHours(s *registry.Session) string { return s.From.String() + "–" + s.Until.String() }

// sessionWhere is where a session is held, as it stands behind the word session.
func sessionWhere(c *pages.Call, x *desk.Held) string {
	switch {
	case x.Site != "":
		return c.T("session_say.at_place", "place", x.Site)
	case x.Setting == registry.SettingHome:
		return c.T("session_say.at_home")
	case x.Here:
		return c.T("session_say.at_station")
	}
	return c.T("session_say.at_place", "place", x.PlaceName)
}

// sessionLine is a session in a list.
func sessionLine(c *pages.Call, x *desk.Held, vaccines []project.VaccineRow) ui.SessionLine {
	line := ui.SessionLine{
		Href: sessionPath(x.ID), Day: c.LongDay(x.Day), Hours: sessionHours(&x.Session), Where: sessionWhere(c, x),
		Note: x.Note, Booked: x.Booked, Places: x.Places(), Untold: x.Untold, Doses: x.Doses, Over: x.Day <= c.Today && x.Live(),
	}
	var what []string
	if len(x.Hamlets) > 0 {
		what = append(what, c.T("session_say.hamlets", "list", strings.Join(x.Hamlets, ", ")))
	}
	if len(x.Vaccines) > 0 {
		names := make([]string, len(x.Vaccines))
		for i, code := range x.Vaccines {
			names[i] = doseName(c, code, 0, vaccines).Vaccine
		}
		what = append(what, c.T("session_say.vaccines", "list", strings.Join(names, ", ")))
	}
	line.What = strings.Join(what, "; ")
	switch days := int(x.Day - c.Today); {
	case !x.Live():
		line.Mark, line.Note = ui.Mark{Kind: ui.MarkNo, Text: c.T("session_say.mark_cancelled")}, x.Cancelled
	case days < 0:
		line.Mark = ui.Mark{Kind: ui.MarkDone, Text: c.T("session_say.mark_past")}
	case x.Untold > 0:
		line.Mark = ui.Mark{Kind: ui.MarkAsk, Text: c.T("session_say.mark_untold")}
	case days == 0:
		line.Mark = ui.Mark{Kind: ui.MarkDue, Text: c.T("session_say.mark_today")}
	case days == 1:
		line.Mark = ui.Mark{Kind: ui.MarkLater, Text: c.T("session_say.mark_tomorrow")}
	default:
		line.Mark = ui.Mark{Kind: ui.MarkLater, Text: c.T("session_say.mark_coming", "n", days)}
	}
	return line
}

func (w *Web) showSessions(c *pages.Call) error {
	f, err := w.newSession(c)
	if err != nil {
		return err
	}
	return w.drawSessions(c, http.StatusOK, f, "")
}

func (w *Web) drawSessions(c *pages.Call, status int, f *sessionForm, top string) error {
	list, err := c.Desk.Sessions(c.Ctx(), c.Who, c.Today-pastDays, 0)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	frame.Path = ui.PathSessions
	if top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: top, Alert: true})
	}
	vaccines, err := vaccinesOf(c)
	if err != nil {
		return err
	}
	page := ui.Sessions{Frame: frame, MayPlan: c.May(rights.Create, registry.KindSession)}
	for i := range list {
		line := sessionLine(c, &list[i], vaccines)
		if list[i].Day < c.Today {
			page.Past = append(page.Past, line)
		} else {
			page.Coming = append(page.Coming, line)
		}
	}
	slices.Reverse(page.Past)
	if page.MayPlan {
		if page.New, err = f.draw(c, vaccines); err != nil {
			return err
		}
		page.Day, page.Monthly, page.Months = f.field("day"), f.field("monthly"), ui.Select{Value: f.text["months"]}
		for n := 1; n <= monthsMax; n++ {
			page.Months.Options = append(page.Months.Options, ui.Option{Value: strconv.Itoa(n), Text: c.T("session_say.months", "n", n)})
		}
	}
	return c.Draw(status, "sessions", page)
}

// planSessions plans one session, or those of some months.
func (w *Web) planSessions(c *pages.Call) error {
	if !c.May(rights.Create, registry.KindSession) {
		return desk.ErrForbidden
	}
	f := readSession(c)
	in, ok := f.parse(c)
	days, fine := f.days(c)
	if !ok || !fine {
		return w.drawSessions(c, http.StatusUnprocessableEntity, f, "")
	}
	ids, had, err := c.Desk.PlanSessions(c.Ctx(), c.Who, in, days)
	if wrong, known := c.Sentences(err); known {
		return w.drawSessions(c, http.StatusUnprocessableEntity, f, f.refused(wrong))
	}
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		f.errs["day"] = c.T("session_say.planned_none")
		return w.drawSessions(c, http.StatusConflict, f, "")
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("session_say.planned", "n", len(ids))}
	if len(had) > 0 {
		var days []string
		for _, day := range had {
			days = append(days, day.String())
		}
		note.Text = c.T("session_say.planned_had", "days", strings.Join(days, ", "))
	}
	note.Action = c.Undoable(ui.PathSessions, func(ctx context.Context, who desk.Who) error {
		return c.Desk.VoidSessions(ctx, who, undoReason, ids...)
	})
	return c.Go(ui.PathSessions, note)
}

// undoReason is written when an act is taken back by its button; it is kept with the record.
const undoReason = "Hoàn tác"

// editSession writes how a session is held.
func (w *Web) editSession(c *pages.Call) error {
	f := readSession(c)
	in, ok := f.parse(c)
	return w.change(c, sessionTyped{edit: f}, ok, func(ctx context.Context, id p.EntityID, saw registry.Saw) (ui.Note, error) {
		return ui.Note{Tone: ui.ToneOK, Lead: c.T("session_say.saved")}, c.Desk.EditSession(ctx, c.Who, id, in, saw)
	})
}

// moveSession puts a session off.
func (w *Web) moveSession(c *pages.Call) error {
	f := readSession(c)
	to, err := pages.ParseNext(f.text["day"], c.Today)
	if err != nil {
		f.errs["day"] = c.DateError(err)
	}
	from, until := f.clock(c, "from"), f.clock(c, "until")
	return w.change(c, sessionTyped{move: f}, len(f.errs) == 0, func(ctx context.Context, id p.EntityID, saw registry.Saw) (ui.Note, error) {
		if err := c.Desk.MoveSession(ctx, c.Who, id, to, from, until, f.text["why"], saw); err != nil {
			return ui.Note{}, err
		}
		note := ui.Note{Tone: ui.ToneOK, Lead: c.T("session_say.moved", "day", c.LongDay(to))}
		x, err := c.Desk.Session(ctx, c.Who, id)
		if err == nil && x.Untold > 0 {
			note.Text = c.T("session_say.moved_tell", "n", x.Untold)
		}
		return note, err
	})
}

// cancelSession says that a session does not take place.
func (w *Web) cancelSession(c *pages.Call) error {
	f := readSession(c)
	return w.change(c, sessionTyped{cancel: f}, true, func(ctx context.Context, id p.EntityID, saw registry.Saw) (ui.Note, error) {
		return ui.Note{Tone: ui.ToneOK, Lead: c.T("session_say.cancelled")}, c.Desk.CancelSession(ctx, c.Who, id, f.text["why"], saw)
	})
}

// change carries a change of a session out and offers to take it back; what was typed comes back with what is wrong with it.
func (w *Web) change(c *pages.Call, typed sessionTyped, ok bool, do func(context.Context, p.EntityID, registry.Saw) (ui.Note, error)) error {
	id, err := sessionID(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Amend, registry.KindSession) {
		return desk.ErrForbidden
	}
	before, err := c.Desk.Session(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	if !ok {
		return w.drawSession(c, http.StatusUnprocessableEntity, id, typed)
	}
	saw, err := registry.ParseSaw(c.Value("seen"))
	if err != nil {
		saw = registry.Saw{} // nothing was seen: whatever stands is told first
	}
	note, err := do(c.Ctx(), id, saw)
	if status := typed.wrong(c, err); status != 0 {
		return w.drawSession(c, status, id, typed)
	}
	if err != nil {
		return err
	}
	note.Action = c.Undoable(sessionPath(id), func(ctx context.Context, who desk.Who) error {
		if typed.cancel != nil {
			return c.Desk.HoldSession(ctx, who, id)
		}
		return c.Desk.RestoreSession(ctx, who, id, before.Session)
	})
	return c.Go(sessionPath(id), note)
}
