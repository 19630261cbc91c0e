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

// Bounds of the day's list.
const (
	rowsMax      = 60 // a part of the list, unless all are asked for
	watchMinutes = 30 // after the needle
	watchForget  = 90 // minutes after which nobody is still sitting there
)

// todayAll is the day's list with all its rows.
const todayAll = ui.PathToday + "?all=1"

// today is the first page. Who has no business with children, such as an administrator, has theirs under
// settings.
func (w *Web) today(c *pages.Call) error {
	if !c.May(rights.Read, registry.KindSubject) {
		return c.Go(ui.PathSettings)
	}
	return w.drawToday(c, nil)
}

// drawToday draws the list, with what a search found above it.
func (w *Web) drawToday(c *pages.Call, found *ui.Found) error {
	all := c.R.URL.Query().Get("all") != ""
	show := rowsMax
	if all {
		show = 0
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
	if err := c.NoteCopies(&page.Frame); err != nil {
		return err
	}
	if err := c.NoteRequests(&page.Frame); err != nil {
		return err
	}
	if err := c.NoteReactions(&page.Frame); err != nil {
		return err
	}
	c.NoteDisk(&page.Frame)
	home := c.Desk.Home()
	mayGive := c.May(rights.Create, registry.KindImmunization)
	page.Due = people(list.Due, all, todayAll, func(x *desk.Expected) ui.Person {
		mark := ui.Mark{Kind: ui.MarkDue}
		if x.Booked {
			mark = ui.Mark{Kind: ui.MarkBooked, At: c.T("say.today")}
		}
		return expected(c, x, &home, mark, mayGive, vaccines)
	})
	page.Overdue = people(list.Overdue, all, todayAll, func(x *desk.Expected) ui.Person {
		return expected(c, x, &home, ui.Mark{Kind: ui.MarkOverdue, N: int(c.Today - x.Since)}, mayGive, vaccines)
	})
	page.Done = people(list.Seen, all, todayAll, func(s *desk.Seen) ui.Person { return seen(c, s, &home, vaccines) })
	switch {
	case found != nil: // the first thing found has the filled button
	case len(page.Due.Rows) > 0:
		page.Due.Rows[0].Main = true
	case len(page.Overdue.Rows) > 0:
		page.Overdue.Rows[0].Main = true
	}
	page.Watch = watched(c, list.Seen, vaccines)
	return c.Draw(http.StatusOK, "today", page)
}

// people draws the first rows of a list, or all of them; more is where all are.
func people[T any](rows []T, all bool, more string, row func(*T) ui.Person) ui.People {
	out := ui.People{Total: len(rows)}
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

func seen(c *pages.Call, s *desk.Seen, home *desk.Home, vaccines []project.VaccineRow) ui.Person {
	out := c.Person(&s.Subject, home)
	out.Mark = ui.Mark{Kind: ui.MarkDone}
	for i := range s.Doses {
		d := &s.Doses[i]
		if d.NotDone != 0 {
			out.Note = c.T("not_done." + d.NotDone.String())
			continue
		}
		out.Doses = append(out.Doses, doseName(c, d.Vaccine, int(d.Dose), vaccines))
		if clock := d.GivenMinute.String(); clock > out.Mark.At {
			out.Mark.At = clock
		}
	}
	if len(out.Doses) == 0 {
		out.Mark.Kind = ui.MarkNotDone
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

// watched are those in their half hour, the ones whose time is over first.
func watched(c *pages.Call, list []desk.Seen, vaccines []project.VaccineRow) []ui.Watched {
	var out []ui.Watched
	now := c.Now.Hour()*60 + c.Now.Minute()
	for i := range list {
		s := &list[i]
		w := ui.Watched{ID: s.Subject.ID.String(), Name: s.Subject.Name, Of: watchMinutes, Minutes: watchForget}
		for j := range s.Doses {
			d := &s.Doses[j]
			given, known := d.GivenMinute.Minute()
			if !known || d.NotDone != 0 || d.Source != registry.SourceHere || now < given {
				continue
			}
			w.Minutes = min(w.Minutes, now-given)
			if w.Vaccine != "" {
				w.Vaccine += ", "
			}
			w.Vaccine += doseName(c, d.Vaccine, int(d.Dose), vaccines).Vaccine
		}
		if w.Vaccine != "" && w.Minutes < watchForget {
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b ui.Watched) int { return b.Minutes - a.Minutes })
	return out
}
