package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
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

// Bounds of a list that is written up.
const (
	paperExtraMax = 100 // people who did not stand on it
	paperNewMax   = 12  // children on it at once who are not registered yet
)

func (w *Web) registerPaper(s *server.Server) {
	const one = ui.PathSession + "{id}" + ui.PartPaper
	s.Handle(http.MethodGet, one, w.Page(w.showPaperSession))
	s.Handle(http.MethodPost, one, w.Form(w.postPaperSession))
	s.Handle(http.MethodGet, ui.PathPaper, w.Page(w.showPaperDay))
	s.Handle(http.MethodPost, ui.PathPaper, w.Form(w.postPaperDay))
	s.Handle(http.MethodPost, ui.PathPaperCandidates, w.Page(w.paperCandidates))
	s.Handle(http.MethodGet, ui.PathNoLot, w.Page(w.showNoLot))
	s.Handle(http.MethodPost, ui.PathNoLot, w.Form(w.fillLots))
}

// paper is a list on its way from paper into the register.
type paper struct {
	web      *Web
	c        *pages.Call
	session  p.EntityID
	day      registry.Day
	form     url.Values
	sheet    *desk.PaperSheet
	vaccines []project.VaccineRow
	known    map[string][]desk.KnownLot
	errs     map[string]string           // by the name of the control
	rowErr   map[string]string           // by the key of the row
	alike    map[string][]desk.Candidate // by the key of a new child
	found    *desk.Found
}

// mayPaper reports whether somebody may write a list up.
func mayPaper(c *pages.Call) bool {
	return c.May(rights.Create, registry.KindImmunization) && c.May(rights.Create, registry.KindVisit) && c.May(rights.Read, registry.KindSubject)
}

func (w *Web) showPaperSession(c *pages.Call) error {
	id, err := sessionID(c.R)
	if err != nil {
		return err
	}
	return w.showPaper(c, id, 0)
}

func (w *Web) postPaperSession(c *pages.Call) error {
	id, err := sessionID(c.R)
	if err != nil {
		return err
	}
	return w.postPaper(c, id, 0)
}

// showPaperDay shows the list of a day without a session, or asks of which day.
func (w *Web) showPaperDay(c *pages.Call) error {
	if !mayPaper(c) {
		return desk.ErrForbidden
	}
	text := c.R.URL.Query().Get("day")
	if text == "" {
		return w.askPaperDay(c, http.StatusOK, ui.Field{})
	}
	day, err := paperDay(text, c.Today)
	if err != nil {
		return w.askPaperDay(c, http.StatusUnprocessableEntity, ui.Field{Value: text, Error: c.DateError(err)})
	}
	switch {
	case day > c.Today:
		return w.askPaperDay(c, http.StatusUnprocessableEntity, ui.Field{Value: text, Error: c.T("backpaper.ahead")})
	case day < c.Today-desk.PaperDaysMax:
		return w.askPaperDay(c, http.StatusUnprocessableEntity, ui.Field{Value: text, Error: c.T("backpaper.old")})
	}
	return w.showPaper(c, p.EntityID{}, day)
}

func paperDay(text string, today registry.Day) (registry.Day, error) {
	if day, err := registry.ParseISO(text); err == nil {
		return day, nil
	}
	return registry.ParseDay(text, today)
}

func (w *Web) postPaperDay(c *pages.Call) error {
	day, err := registry.ParseISO(c.R.URL.Query().Get("day"))
	if err != nil {
		return server.NewProblem(server.TypeNotFound)
	}
	return w.postPaper(c, p.EntityID{}, day)
}

// askPaperDay asks of which day a list is written up; sessions of late have theirs.
func (w *Web) askPaperDay(c *pages.Call, status int, day ui.Field) error {
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	page := ui.PaperDay{Frame: frame, Day: day}
	page.Frame.Path = ui.PathPaper
	held, err := c.Desk.Sessions(c.Ctx(), c.Who, c.Today-pastDays, c.Today+1)
	if err != nil {
		return err
	}
	vaccines, err := vaccinesOf(c)
	if err != nil {
		return err
	}
	for _, x := range slices.Backward(held) {
		if x.Live() {
			page.Sessions = append(page.Sessions, sessionLine(c, &x, vaccines))
		}
	}
	return c.Draw(status, "paperday", page)
}

// key names what the draft of this list is about.
func (x *paper) of() string {
	if x.session.IsZero() {
		return x.day.ISO()
	}
	return x.session.String()
}

func (x *paper) draftKey() desk.DraftKey { return desk.DraftKey{Form: pages.DraftPaper, Of: x.of()} }

func (x *paper) path() string {
	if x.session.IsZero() {
		return ui.PathPaper + "?day=" + x.day.ISO()
	}
	return sessionPath(x.session) + ui.PartPaper
}

func (w *Web) newPaper(c *pages.Call, session p.EntityID, day registry.Day) (*paper, error) {
	if !mayPaper(c) {
		return nil, desk.ErrForbidden
	}
	x := &paper{web: w, c: c, session: session, day: day, form: url.Values{}, errs: map[string]string{}, rowErr: map[string]string{}, alike: map[string][]desk.Candidate{}}
	var err error
	if x.vaccines, err = vaccinesOf(c); err != nil {
		return nil, err
	}
	x.known, err = c.Desk.KnownLots(c.Ctx(), c.Who)
	return x, err
}

// read reads the list as it stands now, and the draft of it.
func (x *paper) read() (*desk.Draft, error) {
	draft, err := x.kept()
	if err != nil {
		return nil, err
	}
	if draft != nil && x.c.R.Method == http.MethodGet {
		x.form = draft.Typed
	}
	var extra []p.EntityID
	for _, text := range x.form["extra"] {
		if id, err := p.ParseEntityID(text); err == nil && len(extra) < paperExtraMax {
			extra = append(extra, id)
		}
	}
	x.sheet, err = x.c.Desk.PaperSheet(x.c.Ctx(), x.c.Who, x.session, x.day, extra...)
	return draft, err
}

func (x *paper) kept() (*desk.Draft, error) {
	all, err := x.c.Desk.Drafts(x.c.Ctx(), x.c.Who)
	if err != nil {
		return nil, err
	}
	key := x.draftKey()
	for i := range all {
		if all[i].DraftKey == key {
			return &all[i], nil
		}
	}
	return nil, nil
}

func (w *Web) showPaper(c *pages.Call, session p.EntityID, day registry.Day) error {
	x, err := w.newPaper(c, session, day)
	if err != nil {
		return err
	}
	switch _, err = x.read(); {
	case errors.Is(err, desk.ErrSheetAhead):
		return c.Go(sessionPath(session), ui.Note{Tone: ui.ToneAsk, Lead: c.T("backpaper.ahead")})
	case errors.Is(err, desk.ErrSheetOld):
		return c.Go(sessionPath(session), ui.Note{Tone: ui.ToneAsk, Lead: c.T("backpaper.old")})
	case err != nil:
		return err
	}
	return x.draw(http.StatusOK)
}

// draw draws the list with what is typed.
func (x *paper) draw(status int, notes ...ui.Note) error {
	c := x.c
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	page := ui.PaperPage{Frame: frame, Title: c.LongDay(x.sheet.Day), Post: x.path(), Back: x.path(), Extra: x.form["extra"], Query: x.form.Get("q")}
	page.Frame.Path, page.Frame.Notes = x.path(), append(page.Frame.Notes, notes...)
	if x.sheet.Held != nil {
		page.Where = sessionHours(&x.sheet.Held.Session) + ", " + sessionWhere(c, x.sheet.Held)
	}
	page.How = c.T("backpaper.as_made")
	if x.sheet.Printed {
		page.How = c.T("backpaper.as_printed")
	}
	draft, err := x.kept()
	if err != nil {
		return err
	}
	page.Draft = ui.DraftBox{Path: ui.PathDraft + pages.DraftPaper + "/" + x.of()}
	if draft != nil {
		page.Draft.State = ui.DraftState{Saw: draft.Stamp, At: c.ClockOf(draft.At)}
	}
	marked := x.marked()
	home := c.Desk.Home()
	for i := range x.sheet.Lines {
		row := x.row(&x.sheet.Lines[i], &home)
		if row.Done {
			page.Done++
		} else if marked[row.Key] {
			page.Marked++
		}
		page.Rows = append(page.Rows, row)
	}
	if err := x.drawNew(&page); err != nil {
		return err
	}
	x.drawLots(&page)
	x.drawFound(&page)
	if page.Givers, err = x.givers(); err != nil {
		return err
	}
	return c.Draw(status, "papersheet", page)
}

// row draws one line.
func (x *paper) row(line *desk.PaperLine, home *desk.Home) ui.PaperRow {
	c, key := x.c, line.Subject.ID.String()
	out := ui.PaperRow{Person: c.Person(&line.Subject, home), Key: key, Error: x.rowErr[key]}
	if line.N > 0 {
		out.N = strconv.Itoa(line.N)
	}
	if len(line.Doses) > 0 {
		out.Done, out.Mark = true, ui.Mark{Kind: ui.MarkDone, Text: c.T("backpaper.done")}
		var not []string
		for i := range line.Doses {
			d := &line.Doses[i]
			name := doseName(c, d.Vaccine, int(d.Dose), x.vaccines)
			if d.NotDone == 0 {
				out.Doses = append(out.Doses, name)
			} else {
				not = append(not, name.Vaccine+": "+c.T("not_done."+d.NotDone.String()))
			}
		}
		out.Line = strings.Join(not, "; ")
		return out
	}
	out.As = x.form.Get("as."+key) != ""
	out.Showing = slices.Contains(x.form["open"], key) || x.wrongIn(key)
	for _, due := range line.Due {
		box := ui.PaperBox{Code: due.Vaccine, Dose: doseName(c, due.Vaccine, due.Dose, x.vaccines), Ticked: slices.Contains(x.form["give."+key], due.Vaccine)}
		if out.Showing {
			box.Lot = x.field("lot." + key + "." + due.Vaccine)
			if !box.Dose.Oral {
				box.Site = x.sites("site." + key + "." + due.Vaccine)
			}
		}
		out.Boxes = append(out.Boxes, box)
	}
	if out.Showing {
		out.More = x.more(key)
	}
	return out
}

func (x *paper) field(name string) ui.Field {
	return ui.Field{Value: x.form.Get(name), Error: x.errs[name]}
}

// wrongIn reports whether something is wrong with a control of a row that is not shown unless asked for.
func (x *paper) wrongIn(key string) bool {
	for name := range x.errs {
		if keyOf(name) == key {
			return true
		}
	}
	return false
}

func (x *paper) dash() []ui.Option { return []ui.Option{{Text: x.c.T("say.none")}} }

func (x *paper) sites(name string) ui.Select {
	out := x.c.Choices(registry.SiteEnum, 0, "left_thigh", "right_thigh", "left_arm", "right_arm", "left_buttock", "right_buttock", "other")
	out.Options, out.Value, out.Error = append(x.dash(), out.Options...), x.form.Get(name), x.errs[name]
	return out
}

func (x *paper) more(key string) ui.PaperMore {
	out := ui.PaperMore{
		At: x.field("at." + key), Temperature: x.field("temp." + key), Weight: x.field("weight." + key), Note: x.field("note." + key),
		OtherLot: x.field("other_lot." + key), NotDone: x.c.Choices(registry.NotDoneEnum, 0),
	}
	out.NotDone.Options = append(x.dash(), out.NotDone.Options...)
	out.NotDone.Value, out.NotDone.Error = x.form.Get("not."+key), x.errs["not."+key]
	out.Other = ui.Select{Value: x.form.Get("other." + key), Error: x.errs["other."+key], Options: x.dash()}
	for i := range x.vaccines {
		out.Other.Options = append(out.Other.Options, ui.Option{Value: x.vaccines[i].Code, Text: pages.VaccineName(x.c.Words, &x.vaccines[i])})
	}
	return out
}

// drawLots draws the lot of each vaccine that is on the list, or was given that day.
func (x *paper) drawLots(page *ui.PaperPage) {
	for i := range x.vaccines {
		v := &x.vaccines[i]
		if !x.onList(v.Code) {
			continue
		}
		out := ui.PaperLot{Code: v.Code, Name: pages.VaccineName(x.c.Words, v), Lot: x.field("vlot." + v.Code), Expires: x.field("expires." + v.Code), None: x.form.Get("vnone."+v.Code) != ""}
		if l, has := x.sheet.Lots[v.Code]; has && !x.typed() {
			out.Lot.Value = l.Number
			if l.Expires != 0 {
				out.Expires.Value = l.Expires.String()
			}
		}
		for _, l := range x.known[v.Code] {
			out.Known = append(out.Known, l.Number)
		}
		page.Lots = append(page.Lots, out)
		page.LotsOpen = page.LotsOpen || out.Lot.Value == "" && !out.None || out.Lot.Error != "" || out.Expires.Error != ""
	}
}

// typed reports whether the form is one that somebody saw: then it says what the lots are, and nothing is proposed.
func (x *paper) typed() bool {
	return x.c.R.Method == http.MethodPost || len(x.form) > 0
}

func (x *paper) onList(code string) bool {
	if _, has := x.sheet.Lots[code]; has && x.sheet.Day == x.c.Today || x.form.Get("vlot."+code) != "" {
		return true
	}
	for _, key := range x.newKeys() {
		if slices.Contains(x.form["give."+key], code) {
			return true
		}
	}
	for i := range x.sheet.Lines {
		line := &x.sheet.Lines[i]
		if slices.ContainsFunc(line.Due, func(d desk.SheetDose) bool { return d.Vaccine == code }) ||
			slices.ContainsFunc(line.Doses, func(d project.ImmunizationRow) bool { return d.Vaccine == code && d.NotDone == 0 }) {
			return true
		}
	}
	return false
}

// drawFound draws who was found for the list.
func (x *paper) drawFound(page *ui.PaperPage) {
	if x.found == nil {
		page.Query = ""
		return
	}
	page.Sought = true
	for i := range x.found.Rows {
		r := &x.found.Rows[i]
		out := ui.PaperFound{ID: r.ID.String(), Name: r.Name, Line: x.c.PersonLine(r)}
		if at := slices.IndexFunc(x.sheet.Lines, func(l desk.PaperLine) bool { return l.Subject.Case == r.Case }); at >= 0 {
			out.There = strconv.Itoa(x.sheet.Lines[at].N)
		}
		page.Found = append(page.Found, out)
	}
}

// drawNew draws the children who are not registered yet.
func (x *paper) drawNew(page *ui.PaperPage) error {
	keys := x.newKeys()
	if len(keys) == 0 {
		return nil
	}
	hamlets, err := x.c.Hamlets(x.c.Desk.Home().Commune)
	if err != nil {
		return err
	}
	next := 1
	for i := range x.sheet.Lines {
		next = max(next, x.sheet.Lines[i].N+1)
	}
	for i, key := range keys {
		f := x.subject(key)
		for name := range f.Text {
			f.Errs[name] = x.errs[name+"."+key]
		}
		out := ui.PaperNew{
			Key: key, N: strconv.Itoa(next + i), Name: f.Field("name"), Mother: f.Field("mother"), Phone: f.Field("phone"), Born: f.Field("born"), Hamlet: f.Field("hamlet"),
			Sex: f.Sex(x.c), Error: x.rowErr[key], More: x.more(key), HamletNames: hamlets,
		}
		for j := range x.vaccines {
			v := &x.vaccines[j]
			if v.Programme == registry.ProgrammeEPI || slices.Contains(x.form["give."+key], v.Code) {
				out.Boxes = append(out.Boxes, ui.PaperBox{Code: v.Code, Dose: doseName(x.c, v.Code, 0, x.vaccines), Ticked: slices.Contains(x.form["give."+key], v.Code)})
			}
		}
		if out.Candidates, err = x.maybe(key); err != nil {
			return err
		}
		page.New = append(page.New, out)
		page.Marked++
	}
	return nil
}

// givers are who may have given what stands on the paper.
func (x *paper) givers() (ui.Select, error) {
	out := ui.Select{Value: x.form.Get("given_by"), Error: x.errs["given_by"]}
	var rows []project.UserRow
	if err := x.c.View(func(tx store.Tx) (err error) {
		rows, err = tx.Users()
		return err
	}); err != nil {
		return out, err
	}
	place := x.c.Desk.Node.Identity().Place
	rows = slices.DeleteFunc(rows, func(r project.UserRow) bool { return r.Void || r.Place != place })
	if len(rows) < 2 {
		return out, nil
	}
	slices.SortStableFunc(rows, func(a, b project.UserRow) int { return cmp.Compare(a.Name, b.Name) })
	out.Options = []ui.Option{{Text: x.c.T("backpaper.giver_me", "name", x.c.Who.Name)}}
	for i := range rows {
		if rows[i].ID != x.c.Who.User {
			out.Options = append(out.Options, ui.Option{Value: rows[i].ID.String(), Text: rows[i].Name})
		}
	}
	return out, nil
}
