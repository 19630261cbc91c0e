package web

import (
	"net/http"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
)

// rowsMax bounds a part of the day's list.
const rowsMax = 60 // a part of the list, unless all are asked for

// todayAll is the day's list with all its rows.
const todayAll = ui.PathToday + "?all=1"

// today is the first page. Who has no business with children, such as an administrator, has theirs under
// settings.
func (w *Web) today(c *pages.Call) error {
	if !c.May(rights.Read, registry.KindSubject) {
		return c.Go(ui.PathSettings)
	}
	if q := c.R.URL.Query(); c.Desk.Facility() == registry.PlaceHospital && !q.Has("list") && !q.Has("all") && !q.Has("said") {
		return c.Go(ui.PathBirths)
	}
	return w.drawToday(c, http.StatusOK, nil)
}

// drawToday draws the list, with what a search found above it.
func (w *Web) drawToday(c *pages.Call, status int, found *ui.Found) error {
	all := c.R.URL.Query().Get("all") != ""
	show := rowsMax
	if all {
		show = 0
	}
	tag, err := w.newTag(c, all)
	if err != nil {
		return err
	}
	list, err := c.Desk.ListToday(c.Ctx(), c.Who, c.Today, show)
	if err != nil {
		return err
	}
	st, err := c.Status()
	if err != nil {
		return err
	}
	page := ui.Today{
		Frame: c.FrameWith(ui.NavToday, &st), Day: c.Words.LongDate(c.Now), Registered: int(st.Subjects), Found: found,
	}
	page.Frame.Path = ui.PathToday
	if found != nil {
		page.Query = found.Query
	}
	var vaccines []project.VaccineRow
	if err := c.View(func(tx store.Tx) error {
		var err error
		vaccines, err = tx.Vaccines()
		return err
	}); err != nil {
		return err
	}
	if err := noteHomes(c, &page.Frame); err != nil {
		return err
	}
	if err := noteNew(c, &page.Frame); err != nil {
		return err
	}
	if err := noteFridge(c, &page.Frame); err != nil {
		return err
	}
	if err := noteReports(c, &page.Frame); err != nil {
		return err
	}
	if err := noteNoLot(c, &page.Frame); err != nil {
		return err
	}
	if err := c.StockNote(&page.Frame); err != nil {
		return err
	}
	if err := c.CloseNote(&page.Frame); err != nil {
		return err
	}
	if err := c.NoteCopies(&page.Frame); err != nil {
		return err
	}
	if err := c.NoteRequests(&page.Frame); err != nil {
		return err
	}
	c.NoteDisk(&page.Frame)
	if page.Lists, err = w.lists(c, &list, vaccines, all); err != nil {
		return err
	}
	page.Tag = tag
	if page.Drafts, err = c.DraftLines("", paperRowsIn); err != nil {
		return err
	}
	page.MayClose = c.May(rights.Amend, registry.KindSession)
	if found != nil { // the first thing found has the filled button
		for _, part := range []*ui.People{&page.Ready, &page.Waiting, &page.Due, &page.Overdue} {
			if len(part.Rows) > 0 {
				part.Rows[0].Main = false
			}
		}
	}
	page.Sessions = sessionsToday(c, list.Sessions)
	page.Keys = ui.FormKeys{CSRF: page.Frame.CSRF, Once: page.Frame.Once}
	return c.Draw(status, "today", page)
}

// people draws the first rows of a list, or all of them; beyond counts those who were not read, and more is where all are.
func people[T any](rows []T, beyond int, all bool, more string, row func(*T) ui.Person) ui.People {
	out := ui.People{Total: len(rows) + beyond}
	if beyond > 0 {
		out.More = more
	}
	for i := range rows {
		if i >= rowsMax && !all {
			out.More = more
			break
		}
		out.Rows = append(out.Rows, row(&rows[i]))
	}
	return out
}

// expected is somebody who is to come, and for what.
func expected(c *pages.Call, x *desk.Expected, home *desk.Home, mark ui.Mark, give bool, vaccines []project.VaccineRow) ui.Person {
	out := c.Person(&x.Subject, home)
	if out.Mark.Kind == "" {
		out.Mark = mark
	}
	out.Ready = give
	for i := range x.Due {
		r := &x.Due[i]
		out.Doses = append(out.Doses, doseName(c, r.Vaccine, int(r.Dose), vaccines))
	}
	if next := x.Subject.NextDate; next != 0 {
		out.Line = c.T("say.expected", "at", next.String())
	}
	return out
}

func doseName(c *pages.Call, vaccine string, number int, vaccines []project.VaccineRow) ui.DoseName {
	out := ui.DoseName{Vaccine: vaccine, Number: number}
	at := slices.IndexFunc(vaccines, func(v project.VaccineRow) bool { return v.Code == vaccine })
	if at < 0 {
		return out
	}
	v := &vaccines[at]
	out.Vaccine, out.Oral = pages.VaccineName(c.Words, v), v.Route == registry.RouteOral
	if v.Doses == 1 {
		out.Number = 0
	}
	return out
}

// sessionsToday names the sessions that are on.
func sessionsToday(c *pages.Call, held []desk.Held) []ui.Crumb {
	var out []ui.Crumb
	for i := range held {
		x := &held[i]
		out = append(out, ui.Crumb{Href: sessionPath(x.ID), Name: c.T("session_say.head", "where", sessionWhere(c, x), "hours", sessionHours(&x.Session), "n", x.Booked)})
	}
	return out
}
