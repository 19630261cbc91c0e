package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// lineRows is how many of a class the line shows at once: those who wait come first.
const lineRows = 100

func (w *Web) registerCampaigns(s *server.Server) {
	get := func(path string, h func(*pages.Call) error) { s.Handle(http.MethodGet, path, w.Page(h)) }
	post := func(path string, h func(*pages.Call) error) { s.Handle(http.MethodPost, path, w.Form(h)) }
	const one = ui.PathCampaign + "{id}"
	get(one+"/line", w.showLine)
	post(one+"/line", w.pressLine)
	post(one+"/lot", w.lineLot)
	s.Handle(http.MethodPost, one+"/find", w.Page(w.findLine)) // reads only
	post(one+"/enrol", w.enrolLine)
	get(one+"/absent", w.showAbsent)
	get(one+"/absent/print", w.askAbsent)
	s.Handle(http.MethodPost, one+"/absent/print", w.Page(w.printAbsent)) // its answer is the list itself, each time
	w.registerRoll(s)
}

// lineTyped is what the line shows beside the list: the row whose form is open, what was typed there or into the form of the lot,
// who was sought.
type lineTyped struct {
	class, after              string
	who                       p.EntityID // enrolment
	ask                       string
	errs                      map[string]string
	outcome, reason           string
	against, checked          string
	number, expires           string
	numberError, expiresError string
	q                         string
	found                     []project.SubjectRow
	sought                    bool
	top                       string
}

func linePath(id p.EntityID, class string, more ...string) string {
	query := url.Values{}
	if class != "" {
		query.Set("class", class)
	}
	for i := 0; i+1 < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	path := pages.CampaignPath(id) + "/line"
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

func (w *Web) showLine(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	query := c.R.URL.Query()
	typed := lineTyped{class: query.Get("class"), after: query.Get("after")}
	if who, err := p.ParseEntityID(query.Get("who")); err == nil {
		typed.who = who
		switch ask := query.Get("ask"); ask {
		case "give", "refused", "postponed":
			typed.ask = ask
		}
	}
	return w.drawLine(c, http.StatusOK, id, &typed)
}

func (w *Web) drawLine(c *pages.Call, status int, id p.EntityID, typed *lineTyped) error {
	list, err := c.Desk.CampaignList(c.Ctx(), c.Who, id, typed.class, false)
	if err != nil {
		return err
	}
	lot, err := c.Desk.CampaignLot(c.Ctx(), id)
	if err != nil {
		return err
	}
	stops, err := c.Desk.Stops(c.Ctx())
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavCampaign)
	if err != nil {
		return err
	}
	frame.Path = pages.CampaignPath(id) + "/line"
	if typed.top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: typed.top, Alert: true})
	}
	vaccines, err := vaccinesOf(c)
	if err != nil {
		return err
	}
	vaccine := doseName(c, list.Vaccine, 0, vaccines).Vaccine
	page := ui.CampaignGive{
		Frame: frame, ID: id.String(), Name: list.Name, What: vaccine, Held: list.On(c.Today), Lot: lot.Number, Class: cmp.Or(list.Class, desk.NoClass),
		Listed: list.Listed, Given: list.Given, MayGive: c.May(rights.Create, registry.KindImmunization), LotOpen: lot.Number == "" || typed.numberError+typed.expiresError != "",
		Number: ui.Field{Value: typed.number, Error: typed.numberError}, Until: ui.Field{Value: typed.expires, Error: typed.expiresError},
		Q: typed.q, Sought: typed.sought,
	}
	if lot.Expires != 0 {
		page.Expires = lot.Expires.String()
	}
	if !page.Held {
		page.NotHeld = c.T("invalid."+string(registry.CodeCampaignOver), "from", list.From.String(), "until", list.Until.String())
	}
	if stop, stopped := stops.Of(list.Vaccine, lot.Number); stopped && lot.Number != "" {
		page.Stop = c.T("campaign_say.stopped", "why", stop.Reason)
	}
	for _, why := range []string{"sick", "fever", "family", "moved", "other"} {
		page.Reasons = append(page.Reasons, c.T("campaign_reason."+why))
	}
	if err := w.lineLots(c, &page, list.Vaccine); err != nil {
		return err
	}
	page.Two = list.Doses() == 2
	for _, x := range list.Classes {
		page.Waiting += x.Waiting
		page.Second += x.Second
		page.Resting += x.Resting
		page.Classes = append(page.Classes, ui.ClassTab{
			Href: linePath(id, cmp.Or(x.Class, desk.NoClass)), Name: cmp.Or(x.Class, c.T("campaign_say.no_class")), Waiting: x.Waiting, Of: x.Listed,
			Current: x.Class == list.Class, Done: x.Waiting == 0,
		})
	}
	for _, n := range list.Out {
		page.Out += n
	}
	page.Out -= list.Out[0]
	w.linePupils(c, &page, list, typed)
	listed := map[p.EntityID]bool{}
	for i := range list.Rows {
		listed[list.Rows[i].Person.Case] = true
	}
	home := c.Desk.Home()
	for i := range typed.found {
		page.Found = append(page.Found, ui.WalkIn{Person: c.Person(&typed.found[i], &home), Listed: listed[typed.found[i].Case]})
	}
	return c.Draw(status, "campaignline", page)
}

// lineLots offers the lots of the vaccine that are known here.
func (w *Web) lineLots(c *pages.Call, page *ui.CampaignGive, vaccine string) error {
	lots, err := c.Desk.KnownLots(c.Ctx(), c.Who)
	known := lots[vaccine]
	for i := range known {
		l := &known[i]
		if !l.May(c.Today) || l.Number == page.Lot {
			continue
		}
		choice := ui.LotChoice{Number: l.Number, Text: c.T("lots_say.take", "lot", l.Number)}
		if l.Expires != 0 {
			choice.Text = c.T("lots_say.take_until", "lot", l.Number, "on", l.Expires.String())
		}
		page.Known = append(page.Known, choice)
	}
	return err
}

// linePupils draws the people of a class. The focus is on the next who waits after the one of the last press, or on the form
// that is open.
func (w *Web) linePupils(c *pages.Call, page *ui.CampaignGive, list *desk.ListPage, typed *lineTyped) {
	rows := list.Rows
	if len(rows) > lineRows {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, func(a, b desk.Listed) int {
			return btoi(!a.Waits(&list.CampaignInput, c.Today)) - btoi(!b.Waits(&list.CampaignInput, c.Today))
		})
		page.Hidden = len(rows) - lineRows
		rows = rows[:lineRows]
	}
	home := c.Desk.Home()
	from := slices.IndexFunc(rows, func(x desk.Listed) bool { return x.ID.String() == typed.after }) + 1
	focus := -1
	for k := range rows {
		i := (from + k) % len(rows)
		if rows[i].Waits(&list.CampaignInput, c.Today) {
			focus = i
			break
		}
	}
	for i := range rows {
		x := &rows[i]
		out := w.pupil(c, list, x, &home, page.Class)
		if typed.ask != "" && typed.who == x.ID && dueNow(list, x, c.Today) {
			out.Ask = typed.ask
			w.pupilForm(c, &out, x, typed, list.ID, page.Class)
		} else {
			out.Focus = typed.ask == "" && !typed.sought && i == focus && !page.LotOpen
		}
		page.Rows = append(page.Rows, out)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// dueNow reports whether a dose of the campaign may be written down for somebody on a day, or why there was none.
func dueNow(list *desk.ListPage, x *desk.Listed, day registry.Day) bool {
	return !x.Done(&list.CampaignInput) && !list.Rests(x.Had, day)
}

// pupil is somebody on the line.
func (w *Web) pupil(c *pages.Call, list *desk.ListPage, x *desk.Listed, home *desk.Home, class string) ui.CampaignPupil {
	out := ui.CampaignPupil{
		Person: c.Person(&x.Person, home), Enrolment: x.ID.String(), Shown: x.Outcome.String(), Waits: x.Waits(&list.CampaignInput, c.Today),
		AskHref: linePath(list.ID, class, "ask", "give", "who", x.ID.String()), AgainHref: linePath(list.ID, class, "ask", "refused", "who", x.ID.String()),
		PostHref: linePath(list.ID, class, "ask", "postponed", "who", x.ID.String()),
	}
	due := dueNow(list, x, c.Today)
	switch {
	case !due:
		out.Mark, out.AgainHref = ui.Mark{Kind: ui.MarkDone, At: cmp.Or(x.Dose.GivenMinute.String(), x.Dose.GivenOn.String())}, ""
		if x.Dose.GivenOn != c.Today {
			out.Mark.At = x.Dose.GivenOn.String()
		}
		if x.Dose.Place != c.Desk.Node.Identity().Place {
			out.Told = c.T("campaign_say.given_elsewhere")
		} else {
			out.Told = c.T("campaign_say.lot", "lot", x.Dose.Lot)
		}
		if list.Doses() == 2 {
			if x.Had.Second == 0 {
				out.Mark = ui.Mark{Kind: ui.MarkLater, Text: c.T("campaign_say.rests"), At: out.Mark.At}
			}
			out.Told = joined(out.Told, secondWord(c, &list.CampaignInput, x.Had))
		}
	case x.Why() != 0:
		out.Mark = ui.Mark{Kind: ui.MarkNotDone, Text: c.T("enrolment_outcome." + x.Outcome.String())}
		out.Told = x.Reason
		if x.Day != 0 && x.Day != c.Today {
			out.Told = joined(out.Told, x.Day.String())
		}
	default:
		out.Mark = ui.Mark{Kind: ui.MarkDue, Text: c.T("campaign_say.report_waits")}
	}
	if !due {
		return out
	}
	if list.Doses() == 2 {
		out.Dose, _ = list.Next(x.Had)
	}
	if x.Had.First != 0 {
		out.Told = joined(c.T("campaign_say.had_first", "day", x.Had.First.String()), out.Told)
	}
	if x.Recent != nil {
		out.Warn = append(out.Warn, c.T("campaign_say.recent", "vaccine", x.Recent.Vaccine, "on", x.Recent.GivenOn.String()))
	}
	if x.Contraindications != "" {
		out.Warn = append(out.Warn, c.T("campaign_say.contraindicated", "what", x.Contraindications))
	}
	switch {
	case x.Allergies != "":
		out.Note = c.T("campaign_say.allergy", "what", x.Allergies)
	case x.Unfit:
		out.Note = c.T("campaign_say.unfit")
	}
	return out
}

// secondWord says what stands with somebody's second dose: too early for it, or had.
func secondWord(c *pages.Call, x *registry.CampaignInput, had registry.CampaignHad) string {
	if had.Second != 0 {
		return c.T("campaign_say.had_both", "day", had.First.String())
	}
	_, from := x.Next(had)
	return c.T("campaign_say.second_from", "day", from.String())
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

// pupilForm opens the form of a row.
func (w *Web) pupilForm(c *pages.Call, out *ui.CampaignPupil, x *desk.Listed, typed *lineTyped, id p.EntityID, class string) {
	outcome := x.Outcome
	if n, known := registry.EnrolmentOutcomeEnum.Number(cmp.Or(typed.outcome, typed.ask)); known && (typed.outcome != "" || outcome == 0 || outcome == registry.EnrolmentAbsent) {
		outcome = registry.EnrolmentOutcome(n)
	}
	reason := typed.reason
	if typed.errs == nil {
		reason = x.Reason
	}
	out.Outcome, out.Reason = c.Choices(registry.EnrolmentOutcomeEnum, int64(outcome)), ui.Field{Value: reason, Error: typed.errs["reason"]}
	checked, _ := registry.CheckedEnum.Number(typed.checked)
	out.Checked = c.Choices(registry.CheckedEnum, checked)
	out.Checked.Options = append([]ui.Option{{Text: c.T("say.none")}}, out.Checked.Options...)
	out.Checked.Error = typed.errs["checked"]
	out.Against = ui.Field{Value: typed.against, Error: typed.errs["against"]}
	out.PostHref = linePath(id, class)
}

// noteReports says in one line that the day's report of a campaign waits, and the way to it.
func noteReports(c *pages.Call, f *ui.Frame) error {
	list, err := c.Desk.ReportsWaiting(c.Ctx(), c.Who)
	if err != nil || len(list) == 0 {
		return err
	}
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Name
	}
	note := ui.Note{
		Lead: c.T("campaign_say.report_waits", "name", strings.Join(names, ", ")), Text: pages.DueWord(c, list[0].Minutes),
		Action: &ui.Action{Label: c.T("campaign_say.report_open"), Href: pages.CampaignPath(list[0].ID) + "/report"},
	}
	if list[0].Minutes <= 0 {
		note.Tone = ui.ToneLate
	}
	f.Notes = append(f.Notes, note)
	return nil
}
