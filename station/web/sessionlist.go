package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

func (w *Web) showSession(c *pages.Call) error {
	id, err := sessionID(c.R)
	if err != nil {
		return err
	}
	return w.drawSession(c, http.StatusOK, id, sessionTyped{who: c.R.URL.Query().Get("edit")})
}

// drawSession draws a session and its people.
func (w *Web) drawSession(c *pages.Call, status int, id p.EntityID, typed sessionTyped) error {
	all := c.R.URL.Query().Get("all") != ""
	show := rowsMax
	if all {
		show = 0
	}
	list, err := c.Desk.SessionList(c.Ctx(), c.Who, id, show)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	frame.Path = sessionPath(id)
	if typed.top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: typed.top, Alert: true})
	}
	vaccines, err := vaccinesOf(c)
	if err != nil {
		return err
	}
	page := ui.SessionPage{
		Frame: frame, SessionLine: sessionLine(c, &list.Held, vaccines), ID: id.String(), Live: list.Live() && list.Day >= c.Today,
		Title: c.T("session_say.title", "day", c.LongDay(list.Day)), Seen: registry.SawOf(list.State).String(),
		Total: len(list.Open) + list.OpenMore, Left: max(0, list.Places()-list.Online-len(list.Called)), MayChange: mayCall(c),
	}
	if list.Live() && page.Mark.Kind != ui.MarkAsk {
		page.Mark = ui.Mark{} // the day says it
	}
	for _, h := range list.Hamlets {
		page.Hamlets = append(page.Hamlets, ui.HamletTick{Key: h.Key, Name: h.Name, People: h.People, Ticked: slices.Contains(typed.first, h.Key)})
	}
	if list.Day <= c.Today && list.Day >= c.Today-desk.PaperDaysMax && mayPaper(c) {
		page.MayPaper = true
		if page.Drafts, err = c.DraftLines(id.String(), paperRowsIn); err != nil {
			return err
		}
	}
	sessionRows(c, &page, list, &typed, vaccines)
	if err := sessionForms(c, &page, list, &typed, vaccines); err != nil {
		return err
	}
	return c.Draw(status, "session", page)
}

// sessionForms draws the forms that change a session, with what was typed into them.
func sessionForms(c *pages.Call, page *ui.SessionPage, list *desk.SessionList, typed *sessionTyped, vaccines []project.VaccineRow) (err error) {
	now := formOf(&list.Session)
	edit, move, cancel := now, now, &sessionForm{}
	if typed.edit != nil {
		edit, page.OpenEdit = typed.edit, true
	}
	if typed.move != nil {
		move, page.OpenMove = typed.move, true
	}
	if typed.cancel != nil {
		cancel, page.OpenCancel = typed.cancel, true
	}
	if page.Form, err = edit.draw(c, vaccines); err != nil {
		return err
	}
	page.Form.Place.Options = nil // a session stays where it is
	page.MoveDay, page.MoveFrom, page.MoveUntil, page.MoveWhy = move.field("day"), move.field("from"), move.field("until"), move.field("why")
	page.CancelWhy = cancel.field("why")
	return nil
}

// mayCall reports whether somebody may call people to a session and change it.
func mayCall(c *pages.Call) bool {
	return c.May(rights.Amend, registry.KindSession) && c.May(rights.Create, registry.KindAppointment) && c.May(rights.Amend, registry.KindAppointment)
}

// sessionRows draws the people of a session.
func sessionRows(c *pages.Call, page *ui.SessionPage, list *desk.SessionList, typed *sessionTyped, vaccines []project.VaccineRow) {
	home := c.Desk.Home()
	finish := func(row *ui.CalledRow) {
		if page.MayChange && page.Live {
			row.Change = page.Href + "?" + url.Values{"edit": {row.ID}}.Encode() + "#p" + row.ID
			if row.Editing = typed.who == row.ID; row.Editing {
				row.Field = ui.Field{Value: row.At, Error: typed.atError}
				if typed.at != "" {
					row.Field.Value = typed.at
				}
			}
		}
	}
	for i := range list.Called {
		x := &list.Called[i]
		row := ui.CalledRow{Person: expected(c, &x.Expected, &home, ui.Mark{Kind: ui.MarkBooked, At: x.At.String()}, false, vaccines), At: x.At.String(), Booked: true}
		switch {
		case x.Here:
			row.Mark = ui.Mark{Kind: ui.MarkDone, Text: c.T("session_say.here")}
		case x.Outside && page.Live:
			row.Note = c.T("session_say.outside")
		}
		finish(&row)
		page.Called = append(page.Called, row)
		if x.Told != list.Day || !list.Live() {
			told := row
			told.Told = c.T("session_say.told_old", "day", x.Told.String())
			page.UntoldRows = append(page.UntoldRows, told)
		}
	}
	if list.OpenMore > 0 {
		page.More = page.Href + "?all=1#open"
	}
	for i := range list.Open {
		x := &list.Open[i]
		mark := ui.Mark{Kind: ui.MarkDue}
		switch {
		case x.Booked:
			mark = ui.Mark{Kind: ui.MarkBooked, At: list.Day.String()[:5]}
		case x.Since < list.Day && isLate(x, list.Day):
			mark = ui.Mark{Kind: ui.MarkOverdue, N: int(list.Day - x.Since)}
		}
		row := ui.CalledRow{Person: expected(c, x, &home, mark, false, vaccines)}
		finish(&row)
		page.Open = append(page.Open, row)
	}
}

// isLate reports whether something that somebody needs is overdue on a day, or they did not come on theirs.
func isLate(x *desk.Expected, day registry.Day) bool {
	return len(x.Due) == 0 || slices.ContainsFunc(x.Due, func(r project.DueRow) bool { return r.Overdue != 0 && r.Overdue <= day })
}

// spreadSession gives everybody an hour who has none.
func (w *Web) spreadSession(c *pages.Call) error {
	id, err := sessionID(c.R)
	if err != nil {
		return err
	}
	if !mayCall(c) {
		return desk.ErrForbidden
	}
	done, err := c.Desk.SpreadSession(c.Ctx(), c.Who, id, c.R.PostForm["first"])
	if err != nil {
		typed := sessionTyped{first: c.R.PostForm["first"]}
		if wrong, known := c.Sentences(err); known {
			for _, text := range wrong {
				typed.top = text
			}
			return w.drawSession(c, http.StatusUnprocessableEntity, id, typed)
		}
		return err
	}
	n := len(done.Made) + len(done.Times)
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("session_say.spread", "n", n)}
	switch {
	case n == 0 && done.Left == 0:
		return c.Go(sessionPath(id), ui.Note{Lead: c.T("session_say.spread_none")})
	case n == 0:
		return c.Go(sessionPath(id), ui.Note{Tone: ui.ToneAsk, Lead: c.T("session_say.spread_full", "n", done.Left)})
	case done.Left > 0:
		note.Text = c.T("session_say.spread_left", "n", done.Left)
	}
	note.Action = c.Undoable(sessionPath(id), func(ctx context.Context, who desk.Who) error {
		return c.Desk.UndoSpread(ctx, who, id, done, undoReason)
	})
	return c.Go(sessionPath(id), note)
}

// callTo gives one person an hour, another hour, or takes them off.
func (w *Web) callTo(c *pages.Call) error {
	id, err := sessionID(c.R)
	if err != nil {
		return err
	}
	if !mayCall(c) {
		return desk.ErrForbidden
	}
	typed := sessionTyped{who: c.Value("who"), at: c.Value("at")}
	who, err := p.ParseEntityID(typed.who)
	if err != nil {
		return desk.ErrNotFound
	}
	name, err := nameOf(c, who)
	if err != nil {
		return err
	}
	back := sessionPath(id) + "#p" + who.String()
	if c.Value("off") != "" {
		was, err := c.Desk.TakeOff(c.Ctx(), c.Who, id, who, c.T("session_say.off_reason"))
		if err != nil {
			return err
		}
		note := ui.Note{Tone: ui.ToneOK, Lead: c.T("session_say.off", "name", name)}
		if was.At != 0 {
			note.Action = c.Undoable(back, func(ctx context.Context, by desk.Who) error {
				return c.Desk.CallBack(ctx, by, id, who, was)
			})
		}
		return c.Go(sessionPath(id), note)
	}
	at, err := registry.ParseClock(typed.at)
	if err != nil {
		typed.atError = c.DateError(err)
		return w.drawSession(c, http.StatusUnprocessableEntity, id, typed)
	}
	_, was, err := c.Desk.CallTo(c.Ctx(), c.Who, id, who, at)
	if wrong, known := c.Sentences(err); known {
		for _, text := range wrong {
			typed.atError = text
		}
		return w.drawSession(c, http.StatusUnprocessableEntity, id, typed)
	}
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("session_say.timed", "name", name, "at", at.String())}
	note.Action = c.Undoable(back, func(ctx context.Context, by desk.Who) error {
		if was.At == 0 {
			_, err := c.Desk.TakeOff(ctx, by, id, who, undoReason)
			return err
		}
		return c.Desk.CallBack(ctx, by, id, who, was)
	})
	return c.Go(back, note)
}

func nameOf(c *pages.Call, id p.EntityID) (name string, err error) {
	err = c.View(func(tx store.Tx) error {
		row, err := tx.SubjectRow(id)
		if err == nil && row == nil {
			err = desk.ErrNotFound
		}
		if err == nil {
			name = row.Name
		}
		return err
	})
	return name, err
}

// tellSession notes whose families were told of a change.
func (w *Web) tellSession(c *pages.Call) error {
	id, err := sessionID(c.R)
	if err != nil {
		return err
	}
	if !mayCall(c) {
		return desk.ErrForbidden
	}
	var people []p.EntityID
	if c.Value("all") != "" {
		list, err := c.Desk.SessionList(c.Ctx(), c.Who, id, 0)
		if err != nil {
			return err
		}
		for i := range list.Called {
			people = append(people, list.Called[i].Subject.ID)
		}
	}
	for _, text := range c.R.PostForm["who"] {
		if one, err := p.ParseEntityID(text); err == nil {
			people = append(people, one)
		}
	}
	if len(people) == 0 {
		return w.drawSession(c, http.StatusUnprocessableEntity, id, sessionTyped{top: c.T("session_say.told_pick")})
	}
	if err := c.Desk.Tell(c.Ctx(), c.Who, id, people); err != nil {
		return err
	}
	return c.Go(sessionPath(id), ui.Note{Tone: ui.ToneOK, Lead: c.T("session_say.told")})
}

// sheetBlank is how many empty rows a sheet has for those who come without being called.
const sheetBlank = 12

// askSheet asks what the list is printed for.
func (w *Web) askSheet(c *pages.Call) error { return w.drawSheetTaking(c, http.StatusOK, nil) }

func (w *Web) drawSheetTaking(c *pages.Call, status int, wrong error) error {
	id, err := sessionID(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Read, registry.KindSubject) {
		return desk.ErrForbidden
	}
	if _, err := c.Desk.Session(c.Ctx(), c.Who, id); err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	page := ui.Taking{Frame: frame, Post: sessionPath(id) + "/print", For: c.TakingChoice(registry.PaperTakings, c.Value("for"), ""), Reason: ui.Field{Value: c.Value("reason")}}
	page.Frame.Path = sessionPath(id)
	switch {
	case errors.Is(wrong, desk.ErrNoPurpose):
		page.For.Error = c.T("take.choose")
	case errors.Is(wrong, desk.ErrNoReason):
		page.Reason.Error = c.T("take.reason_missing")
	}
	return c.Draw(status, "taking", page)
}

// printSheet draws the sheet of a session once it was said what for: those with an hour, and those who should come.
func (w *Web) printSheet(c *pages.Call) error {
	id, err := sessionID(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Read, registry.KindSubject) {
		return desk.ErrForbidden
	}
	list, err := c.Desk.SessionList(c.Ctx(), c.Who, id, 0)
	if err != nil {
		return err
	}
	people := list.Sheet()
	ids := make([]p.EntityID, len(people))
	for i := range people {
		ids[i] = people[i].Subject.ID
	}
	err = c.Desk.NotePrinted(c.Ctx(), c.Who, c.Value("for"), c.Value("reason"), ids...)
	if errors.Is(err, desk.ErrNoPurpose) || errors.Is(err, desk.ErrNoReason) {
		return w.drawSheetTaking(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	vaccines, err := vaccinesOf(c)
	if err != nil {
		return err
	}
	line := sessionLine(c, &list.Held, vaccines)
	page := ui.SessionSheet{
		Frame: frame, Title: line.Day, Hours: line.Hours, Where: line.Where,
		Made: c.MadeList(),
	}
	page.Frame.Path, page.Frame.Notes = sessionPath(id), nil
	if err := c.Desk.KeepSheet(c.Ctx(), list); err != nil {
		return err
	}
	if page.Lots, err = lotWords(c, vaccines); err != nil {
		return err
	}
	home := c.Desk.Home()
	for i := range people {
		page.Rows = append(page.Rows, sheetRow(c, i+1, &people[i], &home, vaccines))
	}
	for n := range sheetBlank {
		page.Blank = append(page.Blank, len(people)+n+1)
	}
	return c.DrawPrint("sessionsheet", page, pages.FileOn("phieu-buoi-tiem", list.Held.Day))
}

func sheetRow(c *pages.Call, n int, x *desk.Expected, home *desk.Home, vaccines []project.VaccineRow) ui.SheetRow {
	person := expected(c, x, home, ui.Mark{}, false, vaccines)
	code := registry.PersonCode(x.Subject.Code).Format()
	return ui.SheetRow{
		N: n, At: x.At.String(), Code: code, Tail: person.Code, Name: person.Name, Sex: person.Sex, Born: person.Born, Mother: person.Mother,
		Where: person.Hamlet, Phone: person.Phone, Doses: person.Doses,
	}
}
