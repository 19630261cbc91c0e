package web

import (
	"cmp"
	"errors"
	"maps"
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

// How far the worklists look: the days of the week to come, today among them, and how long ago somebody may
// have grown too old. Who is too old for longer is in no list: nothing can be done any more.
const (
	weekDays   = 7
	missedDays = 365
)

// noHamlet stands in an address for people whose hamlet nobody wrote down.
const noHamlet = "-"

// dueFilter is what the worklists are narrowed to; empty parts narrow nothing.
type dueFilter struct{ vaccine, hamlet string }

func (f dueFilter) fits(x *store.DuePerson) bool {
	return (f.hamlet == "" || f.hamlet == cmp.Or(x.Hamlet, noHamlet)) && (f.vaccine == "" || slices.Contains(x.Vaccines, f.vaccine))
}

func (f dueFilter) href(list string, all bool) string { return ui.PathDue + "?" + f.query(list, all) }

// query is the part of an address that names a list.
func (f dueFilter) query(list string, all bool) string {
	q := url.Values{"list": {list}}
	for name, v := range map[string]string{"vaccine": f.vaccine, "hamlet": f.hamlet} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if all {
		q.Set("all", "1")
	}
	return q.Encode()
}

func (w *Web) due(c *pages.Call) error { return w.drawDue(c, nil) }

// askDuePrint asks what a list is printed for.
func (w *Web) askDuePrint(c *pages.Call) error {
	if !c.May(rights.Read, registry.KindSubject) {
		return desk.ErrForbidden
	}
	return w.drawDuePrint(c, http.StatusOK, nil)
}

func (w *Web) drawDuePrint(c *pages.Call, status int, wrong error) error {
	frame, err := c.Frame(ui.NavDue)
	if err != nil {
		return err
	}
	page := ui.Taking{Frame: frame, Post: ui.PathDuePrint + "?" + c.OwnQuery(), For: c.TakingChoice(registry.PaperTakings, c.Value("for"), ""), Reason: ui.Field{Value: c.Value("reason")}}
	page.Frame.Path = ui.PathDue
	switch {
	case errors.Is(wrong, desk.ErrNoPurpose):
		page.For.Error = c.T("take.choose")
	case errors.Is(wrong, desk.ErrNoReason):
		page.Reason.Error = c.T("take.reason_missing")
	}
	return c.Draw(status, "taking", page)
}

// duePrint draws a whole list to be printed, once it was said what for.
func (w *Web) duePrint(c *pages.Call) error {
	err := w.drawDue(c, func(people []desk.Expected) error {
		ids := make([]p.EntityID, len(people))
		for i := range people {
			ids[i] = people[i].Subject.ID
		}
		return c.Desk.NotePrinted(c.Ctx(), c.Who, c.Value("for"), c.Value("reason"), ids...)
	})
	if errors.Is(err, desk.ErrNoPurpose) || errors.Is(err, desk.ErrNoReason) {
		return w.drawDuePrint(c, http.StatusUnprocessableEntity, err)
	}
	return err
}

// drawDue draws the worklists. Once what the last acts changed is worked out, they are read as they stand. For printing,
// print writes down who is on the list, of which all are shown.
func (w *Web) drawDue(c *pages.Call, print func([]desk.Expected) error) error {
	if err := c.Desk.WorkOutDue(c.Ctx()); err != nil {
		return err
	}
	query := c.R.URL.Query()
	filter := dueFilter{query.Get("vaccine"), query.Get("hamlet")}
	list := query.Get("list")
	if list != ui.DueOverdue && list != ui.DueMissed {
		list = ui.DueWeek
	}
	page := ui.Due{
		List: list, Day: c.Today.String(), Until: (c.Today + weekDays - 1).String(), Filtered: filter != dueFilter{},
		All: dueFilter{}.href(list, false), Schedule: c.Desk.Node.Advisor().Schedule(c.Today) != nil,
	}
	tried, err := c.Desk.Tried(c.Ctx())
	if err != nil {
		return err
	}
	showLater := query.Get("later") != ""
	var all, chosen []store.DuePerson
	for _, name := range []string{ui.DueWeek, ui.DueOverdue, ui.DueMissed} {
		people, err := c.Desk.Worklist(c.Ctx(), c.Who, dueQuery(c, name))
		if err != nil {
			return err
		}
		later := 0
		fitting := slices.DeleteFunc(slices.Clone(people), func(x store.DuePerson) bool {
			if !filter.fits(&x) {
				return true
			}
			last := tried[x.Case]
			if last.Until(c.Today) == 0 {
				return false
			}
			later++
			return !showLater
		})
		page.Tabs = append(page.Tabs, ui.DueTab{List: name, Href: filter.href(name, false), Count: len(fitting), Current: name == list})
		if name == list {
			all, chosen, page.Later = people, fitting, later
		}
	}
	st, err := c.Status()
	if err != nil {
		return err
	}
	page.Frame, page.Registered = c.FrameWith(ui.NavDue, &st), int(st.Subjects)
	page.Frame.Path = filter.href(list, false)
	if err := c.NoteDueLeft(&page.Frame); err != nil {
		return err
	}
	var vaccines []project.VaccineRow
	if err := c.View(func(tx store.Tx) error {
		var err error
		vaccines, err = tx.Vaccines()
		return err
	}); err != nil {
		return err
	}
	home := c.Desk.Home()
	page.Vaccine, page.Hamlet = dueChoices(c, filter, all, vaccines)
	mayGive := c.May(rights.Create, registry.KindImmunization)
	shown := chosen
	if query.Get("all") == "" && print == nil {
		shown = chosen[:min(rowsMax, len(chosen))]
	}
	expected, err := c.Desk.Expect(c.Ctx(), c.Who, shown)
	if err != nil {
		return err
	}
	page.Shown, page.AllHref = showLater, filter.href(list, false)
	if !showLater {
		page.AllHref += "&later=1"
	}
	if c.May(rights.Create, registry.KindContact) {
		page.Contact = c.ContactForm(filter.href(list, query.Get("all") != ""))
	}
	page.Print = ui.PathDuePrint + "?" + filter.query(list, false)
	if print != nil {
		if err := print(expected); err != nil {
			return err
		}
		page.Print = ""
		page.Made = c.T("paper.made_list", "on", c.Today.String(), "place", c.Place, "who", c.Who.Name, "what", c.TakenWord(c.Value("for"), c.Value("reason")))
	}
	page.People.Total = len(chosen)
	for i := range expected {
		row := dueRow(c, list, &expected[i], &home, mayGive, vaccines)
		row.Tried = c.TriedWord(tried[expected[i].Subject.Case])
		page.People.Rows = append(page.People.Rows, row)
	}
	if len(shown) < len(chosen) {
		page.People.More = filter.href(list, true)
	}
	if len(page.People.Rows) > 0 {
		page.People.Rows[0].Main = true
	}
	return c.Draw(http.StatusOK, "due", page)
}

// dueQuery asks for one of the lists.
func dueQuery(c *pages.Call, list string) store.DueQuery {
	switch list {
	case ui.DueOverdue:
		return store.DueQuery{List: store.ListOverdue, On: c.Today}
	case ui.DueMissed:
		return store.DueQuery{List: store.ListMissed, On: c.Today, Since: c.Today - missedDays}
	}
	return store.DueQuery{List: store.ListComing, On: c.Today + weekDays - 1, Since: c.Today}
}

// dueRow is one person of a worklist.
func dueRow(c *pages.Call, list string, x *desk.Expected, home *desk.Home, give bool, vaccines []project.VaccineRow) ui.Person {
	out := c.Person(&x.Subject, home)
	since := x.Since
	if list == ui.DueMissed {
		since++ // the day after the last
	}
	mark := ui.Mark{Kind: ui.MarkDue}
	out.Note, out.Ready, out.Code = c.T("say.due_since", "on", since.String()), give && since <= c.Today, ""
	switch {
	case list == ui.DueOverdue:
		mark = ui.Mark{Kind: ui.MarkOverdue, N: int(c.Today - since)}
		out.Note = c.T("say.overdue_since", "on", since.String())
	case list == ui.DueMissed:
		mark = ui.Mark{Kind: ui.MarkMissed}
		out.Note, out.Ready = c.T("say.missed_since", "on", since.String()), false
	case since > c.Today:
		out.Note = ""
		mark = ui.Mark{Kind: ui.MarkLater, Text: c.T("say.due_soon", "on", c.Words.ShortDate(c.Now.AddDate(0, 0, int(since-c.Today))))}
	}
	if out.Mark.Kind == "" {
		out.Mark = mark
	}
	for i := range x.Due {
		out.Doses = append(out.Doses, doseName(c, x.Due[i].Vaccine, int(x.Due[i].Dose), vaccines))
	}
	return out
}

// dueChoices are the vaccines and hamlets that a list has, and what is chosen though it has it no more.
func dueChoices(c *pages.Call, f dueFilter, list []store.DuePerson, vaccines []project.VaccineRow) (vaccine, hamlet ui.Select) {
	wanted, homes := map[string]bool{f.vaccine: true}, map[string]bool{f.hamlet: true}
	for i := range list {
		for _, code := range list[i].Vaccines {
			wanted[code] = true
		}
		homes[cmp.Or(list[i].Hamlet, noHamlet)] = true
	}
	vaccine, hamlet = ui.Select{Value: f.vaccine}, ui.Select{Value: f.hamlet}
	vaccine.Options = []ui.Option{{Text: c.T("say.any_vaccine")}}
	for i := range vaccines {
		if v := &vaccines[i]; wanted[v.Code] {
			vaccine.Options = append(vaccine.Options, ui.Option{Value: v.Code, Text: pages.VaccineName(c.Words, v)})
		}
	}
	hamlet.Options = []ui.Option{{Text: c.T("say.any_hamlet")}}
	delete(homes, "")
	for _, name := range slices.SortedFunc(maps.Keys(homes), func(a, b string) int {
		return cmp.Or(cmp.Compare(registry.Fold(a), registry.Fold(b)), cmp.Compare(a, b))
	}) {
		text := name
		if name == noHamlet {
			text = c.T("say.no_hamlet")
		}
		hamlet.Options = append(hamlet.Options, ui.Option{Value: name, Text: text})
	}
	return vaccine, hamlet
}
