package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
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

// lists draws the queue: who is to come, and who is here, by stage.
func (w *Web) lists(c *pages.Call, list *desk.Today, vaccines []project.VaccineRow, all bool) (ui.Lists, error) {
	home := c.Desk.Home()
	warn, err := c.ReactionNotes()
	if err != nil {
		return ui.Lists{}, err
	}
	out := ui.Lists{Warn: warn, All: all, MayAct: c.May(rights.Create, registry.KindVisit)}
	come := func(x *desk.Expected, mark ui.Mark) ui.Person {
		row := expected(c, x, &home, mark, out.MayAct, vaccines)
		if out.MayAct {
			row.Step = ui.StepArrive
		}
		return row
	}
	out.Due = people(list.Due, list.DueMore, all, todayAll, func(x *desk.Expected) ui.Person {
		mark := ui.Mark{Kind: ui.MarkDue}
		if x.Booked {
			mark = ui.Mark{Kind: ui.MarkBooked, At: cmp.Or(x.At.String(), c.T("say.today"))}
		}
		return come(x, mark)
	})
	out.Overdue = people(list.Overdue, list.OverdueMore, all, todayAll, func(x *desk.Expected) ui.Person {
		return come(x, ui.Mark{Kind: ui.MarkOverdue, N: int(c.Today - x.Since)})
	})
	var waiting, ready, watch, done []desk.Queued
	for _, q := range list.Queue {
		switch q.Stage {
		case registry.StageArrived:
			waiting = append(waiting, q)
		case registry.StageReady:
			ready = append(ready, q)
		case registry.StageWatch:
			watch = append(watch, q)
		default:
			done = append(done, q)
		}
	}
	slices.Reverse(done) // who left last is asked about
	out.Waiting = people(waiting, 0, all, todayAll, func(q *desk.Queued) ui.Person { return here(c, q, &home, out.MayAct, vaccines) })
	out.Ready = people(ready, 0, all, todayAll, func(q *desk.Queued) ui.Person { return here(c, q, &home, out.MayAct, vaccines) })
	out.Done = people(done, 0, all, todayAll, func(q *desk.Queued) ui.Person { return gone(c, q, &home, vaccines) })
	for i := range watch {
		x := watching(c, &watch[i], vaccines)
		if x.Left() == 0 {
			out.Over++
		}
		out.Watch = append(out.Watch, x)
	}
	slices.SortStableFunc(out.Watch, func(a, b ui.Watched) int { return cmp.Compare(b.Minutes, a.Minutes) })
	for _, part := range []*ui.People{&out.Ready, &out.Waiting, &out.Due, &out.Overdue} {
		if len(part.Rows) > 0 {
			part.Rows[0].Main = true
			break
		}
	}
	return out, nil
}

// here is somebody who waits: to be screened, or for the needle.
func here(c *pages.Call, q *desk.Queued, home *desk.Home, may bool, vaccines []project.VaccineRow) ui.Person {
	out := c.Person(&q.Subject, home)
	out.AskHome = q.AskHome
	for i := range q.Due {
		r := &q.Due[i]
		out.Doses = append(out.Doses, doseName(c, r.Vaccine, int(r.Dose), vaccines))
		switch late := int(c.Today - r.Overdue); {
		case r.Overdue != 0 && late >= 0 && (out.Mark.Kind != ui.MarkOverdue || late > out.Mark.N):
			out.Mark = ui.Mark{Kind: ui.MarkOverdue, N: late}
		case out.Mark.Kind == "":
			out.Mark = ui.Mark{Kind: ui.MarkDue}
		}
	}
	if len(q.Due) == 0 {
		out.Line = c.T("visit.nothing_due")
	}
	v := &q.Visit
	if q.Stage == registry.StageArrived {
		out.Note = c.T("visit.since", "at", v.Arrived.String())
		if may {
			out.Step = ui.StepScreen
		}
		return out
	}
	out.Ready = may
	out.Note = c.T("visit.screened", "at", v.Screened.String(), "conclusion", c.T("screening."+v.Conclusion.String()))
	return out
}

// gone is somebody who is done: sent home after the watch, or without a dose.
func gone(c *pages.Call, q *desk.Queued, home *desk.Home, vaccines []project.VaccineRow) ui.Person {
	out := c.Person(&q.Subject, home)
	out.AskHome = q.AskHome
	v := &q.Visit
	out.Mark = ui.Mark{Kind: ui.MarkDone, At: cmp.Or(v.Gone, v.Dosed, v.Screened).String()}
	for i := range q.Doses {
		d := &q.Doses[i]
		if d.NotDone != 0 {
			out.Note = c.T("not_done." + d.NotDone.String())
			continue
		}
		out.Doses = append(out.Doses, doseName(c, d.Vaccine, int(d.Dose), vaccines))
		if out.Mark.At == "" {
			out.Mark.At = d.GivenMinute.String()
		}
	}
	if len(out.Doses) == 0 {
		out.Mark.Kind = ui.MarkNotDone
		if v.Conclusion != 0 && !v.Conclusion.MayFollow() {
			out.Note = c.T("screening." + v.Conclusion.String())
		}
	}
	if n := q.Watched(v.Gone); v.Gone != 0 && v.Dosed != 0 && n < registry.WatchMinutes {
		out.Note = c.T("visit.left_early", "n", n)
	}
	return out
}

// watching is somebody in their half hour.
func watching(c *pages.Call, q *desk.Queued, vaccines []project.VaccineRow) ui.Watched {
	out := ui.Watched{ID: q.Subject.ID.String(), Name: q.Subject.Name, Of: registry.WatchMinutes, Minutes: q.Watched(c.Desk.Clock())}
	for i := range q.Doses {
		if d := &q.Doses[i]; d.NotDone == 0 {
			if out.Vaccine != "" {
				out.Vaccine += ", "
			}
			out.Vaccine += doseName(c, d.Vaccine, int(d.Dose), vaccines).Vaccine
		}
	}
	return out
}

// tag names what the lists hold for somebody at this minute: as long as nobody writes and nothing comes in, they stay the same.
func (w *Web) tag(c *pages.Call, all bool) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %s %s %v", w.started, c.Desk.Node.Version(), c.Now.Format("2006-01-02 15:04"), c.Who.User, c.Words.Lang(), all))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func quoted(tag string) string { return `"` + tag + `"` }

// showLists answers an open page that asks whether anything has changed. It costs nothing while nothing has.
func (w *Web) showLists(c *pages.Call) error {
	if !c.May(rights.Read, registry.KindSubject) {
		return desk.ErrForbidden
	}
	all := c.R.URL.Query().Get("all") != ""
	if tag := w.tag(c, all); c.R.Header.Get("If-None-Match") == quoted(tag) {
		h := c.W.Header()
		for name := range h {
			delete(h, name) // of an answer without a body none of the rest means anything, and it is asked for all day
		}
		h.Set("ETag", quoted(tag))
		h.Set("Cache-Control", "no-store")
		c.W.WriteHeader(http.StatusNotModified)
		return nil
	}
	return w.drawLists(c, all)
}

// newTag is tag once what the last acts changed is worked out. It is taken before the lists are read: what is written meanwhile is
// asked for again.
func (w *Web) newTag(c *pages.Call, all bool) (string, error) {
	err := c.Desk.WorkOutDue(c.Ctx())
	return w.tag(c, all), err
}

// drawLists draws the lists alone, with what a form has to say.
func (w *Web) drawLists(c *pages.Call, all bool, said ...ui.Note) error {
	tag, err := w.newTag(c, all)
	if err != nil {
		return err
	}
	show := rowsMax
	if all {
		show = 0
	}
	list, err := c.Desk.ListToday(c.Ctx(), c.Who, c.Today, show)
	if err != nil {
		return err
	}
	var vaccines []project.VaccineRow
	if err := c.View(func(tx store.Tx) (err error) {
		vaccines, err = tx.Vaccines()
		return err
	}); err != nil {
		return err
	}
	out, err := w.lists(c, &list, vaccines, all)
	if err != nil {
		return err
	}
	frame := c.BareFrame()
	out.Tag, out.Said, out.Tell = tag, said, c.R.Method == http.MethodPost
	out.Keys = ui.FormKeys{CSRF: frame.CSRF, Once: newOnce()}
	c.W.Header().Set("ETag", quoted(tag))
	return c.Draw(http.StatusOK, "lists", out)
}
