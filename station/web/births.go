package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

func (w *Web) registerBirths(s *server.Server) {
	s.Handle(http.MethodGet, ui.PathBirths, w.Page(w.showBirths))
	s.Handle(http.MethodPost, ui.PathBirths, w.Form(w.births))
	s.Handle(http.MethodPost, ui.PathBirths+"/mothers", w.Page(w.mothers))
	s.Handle(http.MethodPost, ui.PathBirths+"/dose", w.Form(w.birthDose))
	s.Handle(http.MethodGet, ui.PathChild+"{id}/slip", w.Page(w.slip))
	s.Handle(http.MethodGet, ui.PathChild+"{id}/twin", w.Page(w.showTwin))
	s.Handle(http.MethodPost, ui.PathChild+"{id}/twin", w.Form(w.twin))
	s.Handle(http.MethodGet, ui.PathChild+"{id}/mother", w.Page(w.showTie))
	s.Handle(http.MethodPost, ui.PathChild+"{id}/mother", w.Form(w.tie))
}

// Hours of the clock of hepatitis B at birth: from then on it is red.
const hepBSoonMinutes = 4 * 60

func mayDeliver(c *pages.Call) bool {
	return c.May(rights.Create, registry.KindSubject) && c.May(rights.Create, registry.KindImmunization)
}

func (w *Web) showBirths(c *pages.Call) error {
	return w.drawBirths(c, http.StatusOK, readShift(c, c.R.URL.Query().Get), nil, nil)
}

// mothers is asked while a mother is typed: who of the register she may be.
func (w *Web) mothers(c *pages.Call) error {
	if !mayDeliver(c) {
		return desk.ErrForbidden
	}
	part := ui.Mothers{}
	var err error
	if part.Women, err = expecting(c, c.ReadSubject()); err != nil {
		return err
	}
	return c.Draw(http.StatusOK, "mothers", part)
}

// drawBirths draws a shift. f and row are what came back with something wrong in it, nil if nothing did.
func (w *Web) drawBirths(c *pages.Call, status int, s *shift, f *deliveryForm, row *birthDoseForm) error {
	born, err := c.Desk.Shift(c.Ctx(), c.Who, s.begins(), s.ends())
	if err != nil {
		return err
	}
	vaccines, err := birthVaccines(c)
	if err != nil {
		return err
	}
	if f == nil {
		f = newDelivery()
	}
	page := ui.Births{May: mayDeliver(c)}
	if page.May { // reads the status, so it comes before the frame
		if page.Form, err = f.draw(c, s, vaccines); err != nil {
			return err
		}
	}
	if page.Frame, err = c.Frame(ui.NavBirths); err != nil {
		return err
	}
	page.Path = ui.PathBirths
	s.show(c, &page)
	given := make([]int, len(vaccines))
	for i := range born {
		x := &born[i]
		r := birthRow(c, x, vaccines, row)
		for k := range vaccines {
			if d := x.Dose(vaccines[k].code); d != nil && d.NotDone == 0 {
				given[k]++
			}
		}
		page.Rows = append(page.Rows, r)
	}
	for k := range vaccines {
		page.Vaccines = append(page.Vaccines, vaccines[k].name)
		page.Counts = append(page.Counts, ui.Fact{Name: vaccines[k].name, Value: c.T("births_say.of", "n", given[k], "total", len(born))})
	}
	return c.Draw(status, "births", page)
}

// birthVaccine is a vaccine given at birth, with the lots that this place knows of it.
type birthVaccine struct {
	code, name string
	row        project.VaccineRow
	lots       []desk.KnownLot
}

func birthVaccines(c *pages.Call) ([]birthVaccine, error) {
	lots, err := c.Desk.KnownLots(c.Ctx(), c.Who)
	if err != nil {
		return nil, err
	}
	all, err := vaccinesOf(c)
	if err != nil {
		return nil, err
	}
	var out []birthVaccine
	for _, code := range desk.BirthDoses {
		for i := range all {
			if v := &all[i]; v.Code == code {
				out = append(out, birthVaccine{code: code, name: pages.VaccineName(c.Words, v), row: *v, lots: desk.OfStock(lots[code], c.Desk.Stock(v.Programme))})
			}
		}
	}
	return out, nil
}

// lotInHand is the number of the lot in hand, "" if there is none.
func (v *birthVaccine) lotInHand() string {
	for _, l := range v.lots {
		if l.InHand {
			return l.Number
		}
	}
	return ""
}

// expires is what is known of the last day of a lot.
func (v *birthVaccine) expires(lot string) registry.Day {
	for _, l := range v.lots {
		if registry.SameLot(l.Number, lot) {
			return l.Expires
		}
	}
	return 0
}

// doseTyped is one dose as typed.
type doseTyped struct{ given, lot, not string }

func (d *doseTyped) stated() bool { return d.given+d.not != "" }

// parse reads a dose: nil where nothing was typed of it. Errors stand under the names of the controls, which end in id.
func (d *doseTyped) parse(c *pages.Call, s *shift, v *birthVaccine, id string, born desk.Moment, errs map[string]string) *registry.ImmunizationInput {
	if !d.stated() {
		return nil
	}
	in := &registry.ImmunizationInput{Vaccine: v.code, Route: v.row.Route, Site: v.row.Site, Programme: c.Desk.Stock(v.row.Programme), Source: registry.SourceHere}
	not, ok := registry.NotDoneEnum.Number(d.not)
	switch {
	case d.not != "" && !ok:
		errs["not."+id] = c.T("invalid.choice_unknown")
		return in
	case d.not != "" && d.given != "":
		errs["not."+id] = c.T("births_say.both")
		return in
	case d.not != "":
		in.NotDone, in.GivenOn = registry.NotDone(not), c.Today
		return in
	}
	at, wrong := s.moment(c, d.given)
	switch {
	case wrong != "":
		errs["given."+id] = wrong
	case born.Day != 0 && at.Before(born):
		errs["given."+id] = c.T("births_say.before_birth", "at", momentText(born))
	}
	in.GivenOn, in.GivenClock = at.Day, clockOf(at.Minute)
	in.Lot, in.Expires = d.lot, v.expires(d.lot)
	return in
}

func momentText(m desk.Moment) string { return clockOf(m.Minute).String() + " " + m.Day.String() }

// doseFields draws the controls of a dose.
func (v *birthVaccine) fields(c *pages.Call, id, key string, d *doseTyped, errs map[string]string) ui.BirthDoseFields {
	out := ui.BirthDoseFields{
		ID: id, Key: key, Name: v.name, Given: ui.Field{Value: d.given, Error: errs["given."+id]}, Lot: ui.Field{Value: d.lot, Error: errs["lot."+id]},
		Not: ui.Select{Value: d.not, Error: errs["not."+id], Options: []ui.Option{{Text: c.T("births_say.not_none")}}},
	}
	for _, key := range registry.NotDoneEnum.Keys() {
		if key != registry.NotDoneAbsent.String() {
			out.Not.Options = append(out.Not.Options, ui.Option{Value: key, Text: c.T("not_done." + key)})
		}
	}
	return out
}

func screeningSelect(c *pages.Call, value, wrong string) ui.Select {
	out := ui.Select{Value: value, Error: wrong}
	for _, key := range []string{"eligible", "on_paper"} {
		out.Options = append(out.Options, ui.Option{Value: key, Text: c.T("screening." + key)})
	}
	return out
}

// birthRow is one newborn of a shift.
func birthRow(c *pages.Call, x *desk.Newborn, vaccines []birthVaccine, typed *birthDoseForm) ui.BirthRow {
	home := c.Desk.Home()
	person := c.Person(&x.Row, &home)
	in := &x.Subject.SubjectInput
	out := ui.BirthRow{
		ID: person.ID, Name: person.Name, Twin: person.Twin, Code: person.Code, Sex: person.Sex, Phone: person.Phone, Home: x.Residence,
		Born: in.BirthClock.String() + " " + in.BirthDate.String(), Screening: screeningSelect(c, "", ""),
	}
	if in.BirthWeight != 0 {
		out.Weight = c.T("births_say.grams", "n", in.BirthWeight)
	}
	if in.Hamlet != "" && out.Home != "" {
		out.Home = in.Hamlet + ", " + out.Home
	}
	back := typed != nil && typed.who == x.Row.ID
	errs := map[string]string{}
	if back {
		out.Typed, out.Error, errs = true, typed.top, typed.errs
		out.Screening = screeningSelect(c, typed.screening, errs["screening"])
	}
	out.Mark = ui.Mark{Kind: ui.MarkComplete, Text: c.T("births_say.done")}
	for k := range vaccines {
		v := &vaccines[k]
		cell := ui.BirthCell{Dose: v.name}
		d := x.Dose(v.code)
		switch {
		case d == nil:
			cell.Mark = waiting(c, x, k == 0)
			if k == 0 || out.Mark.Kind == ui.MarkComplete {
				out.Mark = cell.Mark
				out.Mark.Text = v.name + ": " + out.Mark.Text
			}
		case d.NotDone != 0:
			cell.Not = c.T("not_done." + d.NotDone.String())
		default:
			cell.At, cell.Lot = d.GivenMinute.String(), d.Lot
			if d.GivenOn != in.BirthDate || cell.At == "" {
				cell.At = strings.TrimSpace(cell.At + " " + c.Words.ShortDate(midnight(d.GivenOn)))
			}
		}
		if d == nil || d.NotDone != 0 {
			t := doseTyped{lot: v.lotInHand()}
			if back {
				t = typed.doses[v.code]
			}
			out.Open = append(out.Open, v.fields(c, v.code, v.code+"-"+out.ID, &t, errs))
		}
		out.Cells = append(out.Cells, cell)
	}
	return out
}

// waiting is how long a first dose may still wait. Hepatitis B is to be given within 24 hours (Circular 10/2024).
func waiting(c *pages.Call, x *desk.Newborn, clock bool) ui.Mark {
	minute, timed := x.Subject.BirthClock.Minute()
	if !clock || !timed {
		return ui.Mark{Kind: ui.MarkDue, Text: c.T("births_say.waits")}
	}
	left := newbornHours*60 - nowOf(c).Minutes(desk.Moment{Day: x.Subject.BirthDate, Minute: minute})
	switch {
	case left <= 0:
		return ui.Mark{Kind: ui.MarkOverdue, Text: c.T("births_say.over")}
	case left <= hepBSoonMinutes:
		return ui.Mark{Kind: ui.MarkOverdue, Text: leftText(c, left)}
	}
	return ui.Mark{Kind: ui.MarkAsk, Text: leftText(c, left)}
}

func leftText(c *pages.Call, minutes int) string {
	if minutes < 60 {
		return c.T("births_say.left_minutes", "n", minutes)
	}
	return c.T("births_say.left", "n", minutes/60)
}

// birthDoseForm is what a newborn of the list was given later, as typed.
type birthDoseForm struct {
	who       p.EntityID
	screening string
	doses     map[string]doseTyped
	errs      map[string]string
	top       string
}

// birthDose writes what a newborn of the shift was given, as one act.
func (w *Web) birthDose(c *pages.Call) error {
	if !c.May(rights.Create, registry.KindImmunization) {
		return desk.ErrForbidden
	}
	s := readShift(c, c.Value)
	f := &birthDoseForm{screening: c.Value("screening"), doses: map[string]doseTyped{}, errs: map[string]string{}}
	var err error
	if f.who, err = p.ParseEntityID(c.Value("who")); err != nil {
		return desk.ErrNotFound
	}
	rec, err := c.OpenToWrite(f.who)
	if err != nil {
		return err
	}
	vaccines, err := birthVaccines(c)
	if err != nil {
		return err
	}
	minute, _ := rec.Subject.BirthClock.Minute()
	born := desk.Moment{Day: rec.Subject.BirthDate, Minute: minute}
	screening, known := registry.ScreeningEnum.Number(f.screening)
	if f.screening != "" && !known {
		f.errs["screening"] = c.T("invalid.choice_unknown")
	}
	v := desk.Visit{Subject: f.who, Screening: registry.Screening(screening)}
	for k := range vaccines {
		x := &vaccines[k]
		text := func(name string) string { return strings.TrimSpace(c.Value(name + "." + x.code)) }
		d := doseTyped{given: text("given"), lot: text("lot"), not: text("not")}
		f.doses[x.code] = d
		in := d.parse(c, s, x, x.code, born, f.errs)
		if in == nil {
			continue
		}
		if stands(rec, x.code) {
			f.top = c.T("births_say.given_already")
		}
		v.Doses = append(v.Doses, *in)
	}
	if len(v.Doses) == 0 {
		f.top = c.T("births_say.nothing")
	}
	if len(f.errs) > 0 || f.top != "" {
		return w.drawBirths(c, http.StatusUnprocessableEntity, s, nil, f)
	}
	before, err := c.Desk.Before(c.Ctx(), f.who)
	if err != nil {
		return err
	}
	ids, err := c.Desk.RecordVisit(c.Ctx(), c.Who, v)
	if err != nil {
		code := ""
		var dose *desk.DoseError
		if errors.As(err, &dose) {
			code = dose.Vaccine
		}
		top, known := doseSentences(c, err, code, f.errs)
		if !known {
			return err
		}
		f.top = top
		return w.drawBirths(c, http.StatusUnprocessableEntity, s, nil, f)
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("births_say.dose_saved", "name", rec.Subject.Name)}
	note.Action = c.Undoable(s.path(), func(ctx context.Context, who desk.Who) error {
		return c.Desk.TakeBack(ctx, who, desk.TakenBack{Subject: f.who, Doses: ids, Before: before, Visited: true}, locale.For(locale.Vietnamese).T("births_say.undone"))
	})
	return c.Go(s.path(), note)
}

// stands reports whether a record has a dose of a vaccine: two people may have had the form open.
func stands(rec *desk.Record, code string) bool {
	for i := range rec.Doses {
		if d := &rec.Doses[i]; d.Vaccine == code && !d.Void && d.NotDone == 0 {
			return true
		}
	}
	return false
}

// doseSentences puts what the rules said of a dose beside its controls, whose names end in id, and returns what is left. False: err is
// of another kind.
func doseSentences(c *pages.Call, err error, id string, errs map[string]string) (string, bool) {
	wrong, known := c.Sentences(err)
	if !known {
		return "", false
	}
	var rest []string
	for field, text := range wrong {
		switch field {
		case "given_on", "given_minute", "vaccine":
			errs["given."+id] = text
		case "lot", "expires":
			errs["lot."+id] = text
		case "not_done":
			errs["not."+id] = text
		case "screening":
			errs["screening"] = text
		case "against", "checked": // what the schedule speaks against is given on the child's own page, with a reason
			rest = append(rest, c.T("births_say.own_page"))
		default:
			rest = append(rest, c.T("field."+field)+": "+text)
		}
	}
	return strings.Join(rest, " "), true
}
