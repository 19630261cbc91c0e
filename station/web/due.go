package web

import (
	"cmp"
	"errors"
	"net/http"
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
	page := ui.Taking{Frame: frame, Post: ui.PathDuePrint + "?" + printQuery(c.R.URL.Query()), For: c.TakingChoice(registry.PaperTakings, c.Value("for"), ""), Reason: ui.Field{Value: c.Value("reason")}}
	page.Frame.Path = ui.PathDue
	switch c.R.URL.Query().Get("as") {
	case asCards:
		page.OnlyPDF = true
	case asLetters:
		if page.Session, err = sessionChoice(c); err != nil {
			return err
		}
	}
	switch {
	case errors.Is(wrong, desk.ErrNoPurpose):
		page.For.Error = c.T("take.choose")
	case errors.Is(wrong, desk.ErrNoReason):
		page.Reason.Error = c.T("take.reason_missing")
	}
	return c.Draw(status, "taking", page)
}

// duePrint draws a whole list to be printed, once it was said what for: as it stands, grouped by who goes round in the hamlets, or
// as letters to the families.
func (w *Web) duePrint(c *pages.Call) error {
	note := func(people []desk.Expected) error {
		ids := make([]p.EntityID, len(people))
		for i := range people {
			ids[i] = people[i].Subject.ID
		}
		return c.Desk.NotePrinted(c.Ctx(), c.Who, c.Value("for"), c.Value("reason"), ids...)
	}
	var err error
	switch c.R.URL.Query().Get("as") {
	case asWorkers:
		err = w.printWorkers(c, note)
	case asLetters:
		err = w.printLetters(c, note)
	case asCards:
		err = w.printCards(c, note)
	default:
		err = w.drawDue(c, note)
	}
	if errors.Is(err, desk.ErrNoPurpose) || errors.Is(err, desk.ErrNoReason) {
		return w.drawDuePrint(c, http.StatusUnprocessableEntity, err)
	}
	return err
}

// drawDue draws the worklists. Once what the last acts changed is worked out, they are read as they stand. For printing,
// print writes down who is on the list, of which all are shown.
func (w *Web) drawDue(c *pages.Call, print func([]desk.Expected) error) error {
	x, err := chooseDue(c)
	if err != nil {
		return err
	}
	query := c.R.URL.Query()
	page := ui.Due{
		List: x.list, Day: c.Today.String(), Until: (c.Today + weekDays - 1).String(), Filtered: x.dueFilter.narrows(),
		All: dueFilter{}.href(x.list, false), Schedule: c.Desk.Node.Advisor().Schedule(c.Today) != nil, Tabs: x.tabs, Later: x.later,
	}
	st, err := c.Status()
	if err != nil {
		return err
	}
	page.Frame, page.Registered = c.FrameWith(ui.NavDue, &st), int(st.Subjects)
	page.Frame.Path = x.href(x.list, false)
	if err := c.NoteDueLeft(&page.Frame); err != nil {
		return err
	}
	vaccines, err := vaccinesOf(c)
	if err != nil {
		return err
	}
	home := c.Desk.Home()
	page.Vaccine, page.Hamlet, page.Worker = x.choices(c, vaccines)
	page.Came, page.By = cameChoice(c, x.came), byChoice(c, x.by)
	page.Phone = phoneChoice(c, x.phone)
	mayGive := c.May(rights.Create, registry.KindImmunization)
	shown := x.chosen
	if query.Get("all") == "" && print == nil {
		shown = x.chosen[:min(rowsMax, len(x.chosen))]
	}
	if x.list != ui.DueZero { // which has an order of its own
		equal := func(a, b *store.DuePerson) bool {
			return a.Since == b.Since && (x.by == "" || x.groupOf(a) == x.groupOf(b))
		}
		if err := c.Desk.YoungestFirst(c.Ctx(), x.chosen, len(shown), equal); err != nil {
			return err
		}
	}
	expected, err := c.Desk.Expect(c.Ctx(), c.Who, shown)
	if err != nil {
		return err
	}
	page.Shown, page.AllHref = x.showLater, x.href(x.list, false)
	if !x.showLater {
		page.AllHref += "&later=1"
	}
	if c.May(rights.Create, registry.KindContact) {
		page.Contact = c.ContactForm(x.href(x.list, query.Get("all") != ""))
	}
	page.Print = ui.PathDuePrint + "?" + x.query(x.list, false)
	page.Workers, page.Letters = page.Print+"&as="+asWorkers, page.Print+"&as="+asLetters
	page.Cards = page.Print + "&as=" + asCards
	if print != nil {
		if err := print(expected); err != nil {
			return err
		}
		page.Print = ""
		page.Made = c.MadeList()
	} else if x.list == ui.DueOverdue {
		page.Late = x.late(c, vaccines)
	}
	var messages map[p.EntityID][]ui.FamilyMessage
	if print == nil && len(page.Contact.Results) > 0 {
		if messages, err = dueMessages(c, x, expected, vaccines); err != nil {
			return err
		}
	}
	page.People.Total = len(x.chosen)
	for i := range expected {
		row := dueRow(c, x.list, &expected[i], &home, mayGive, vaccines)
		row.Messages = messages[expected[i].Subject.ID]
		row.Tried = c.TriedWord(x.tried[expected[i].Subject.Case])
		if x.never[expected[i].Subject.Case] {
			row.Mark = ui.Mark{Kind: ui.MarkOverdue, Text: c.T("due.never")}
		}
		page.People.Rows = append(page.People.Rows, row)
	}
	if len(shown) < len(x.chosen) {
		page.People.More = x.href(x.list, true)
	}
	if len(page.People.Rows) > 0 {
		page.People.Rows[0].Main = true
	}
	page.Groups = x.groups(c, expected, page.People.Rows)
	if print != nil {
		return c.DrawPrint("due", page, pages.FileOn("danh-sach", c.Today))
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
	case list == ui.DueZero:
		mark = ui.Mark{Kind: ui.MarkOverdue, Text: c.T("due.zero_mark")}
		out.Note, out.Ready = "", give
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

// dueMessages are the words that call each family of a list: brothers and sisters on it are called together.
func dueMessages(c *pages.Call, x *dueChosen, expected []desk.Expected, vaccines []project.VaccineRow) (map[p.EntityID][]ui.FamilyMessage, error) {
	coming, err := c.Desk.Coming(c.Ctx(), c.Who)
	if err != nil {
		return nil, err
	}
	out := map[p.EntityID][]ui.FamilyMessage{}
	for _, family := range families(slices.Clone(expected), x.book) {
		first := &family[0].Subject
		var people []pages.Invited
		var offer *desk.Offer
		for i := range family {
			one := pages.Invited{Name: family[i].Subject.Name}
			for k := range family[i].Due {
				if r := &family[i].Due[k]; r.Status == project.DueOpen {
					one.Vaccines = append(one.Vaccines, r.Vaccine)
				}
			}
			people = append(people, one)
			if got, ok := coming.For(&family[i].Subject); ok && (offer == nil || got.At != 0 && (offer.At == 0 || got.Day < offer.Day || got.Day == offer.Day && got.At < offer.At)) {
				offer = &got
			}
		}
		if x.list == ui.DueMissed { // nothing can be given any more
			continue
		}
		for i := range family {
			id := family[i].Subject.ID
			out[id] = c.Messages(id.String(), cmp.Or(first.MotherName, first.Name), people, offer, vaccines)
		}
	}
	return out, nil
}
