package pages

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// visitForm is the give panel as it came back.
type visitForm struct {
	lines []visitLine // those ticked, in the order of the form
	other visitLine

	source, otherOn, screening, temperature, on, next, notDone, note, seen, checked, against, computed, programme, pay, receipt string
	// onlyOther records nothing but the dose under "another dose": what is ticked above waits.
	onlyOther bool
	// drawn is true for a form of ours: what its page had shown is known, even if that was nothing.
	drawn bool

	// What was wrong.
	top                                                                              string
	errScreening, errTemperature, errOn, errNext, errNotDone, errChecked, errAgainst string
	errOther, errOtherOn, errOtherLot, errOtherExpires                               string
	errPay, errReceipt                                                               string
}

type visitLine struct {
	vaccine, lot, expires, site, not    string // not is why nothing is given
	ticked                              bool
	errLot, errExpires, errSite, errNot string
}

// readVisit reads the form; every line that was on it, ticked or not, so that what was typed comes back.
func readVisit(r *http.Request) *visitForm {
	v := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	f := &visitForm{
		source: v("other_source"), otherOn: v("other_on"), screening: v("screening"), temperature: v("temperature"), on: v("on"), next: v("next"),
		notDone: v("not_done"), note: v("note"), seen: v("seen"),
		checked: v("checked"), against: v("against"), computed: v("computed"), programme: v("other_programme"),
		pay: v("pay"), receipt: v("receipt"),
		other: visitLine{vaccine: v("other"), lot: v("other_lot"), expires: v("other_expires")},
	}
	f.drawn, f.onlyOther = r.PostForm.Has("seen"), v("only") == "other"
	ticked := r.PostForm["give"]
	for _, code := range ticked {
		if !slices.ContainsFunc(f.lines, func(l visitLine) bool { return l.vaccine == code }) {
			f.lines = append(f.lines, visitLine{vaccine: code, ticked: true})
		}
	}
	for name := range r.PostForm {
		if code, ok := strings.CutPrefix(name, "lot."); ok && !slices.Contains(ticked, code) {
			f.lines = append(f.lines, visitLine{vaccine: code})
		}
	}
	for i := range f.lines {
		l := &f.lines[i]
		l.lot, l.expires, l.site, l.not = v("lot."+l.vaccine), v("expires."+l.vaccine), v("site."+l.vaccine), v("not."+l.vaccine)
	}
	return f
}

// fill puts an entry and what is wrong with it back into the panel.
func (f *visitForm) fill(c *Call, g *ui.Give) {
	g.Error, g.Note.Value, g.Seen = f.top, f.note, f.seen
	g.Screening.Value, g.Screening.Error = f.screening, f.errScreening
	g.Temperature = ui.Field{Value: f.temperature, Error: f.errTemperature}
	g.On = ui.Field{Value: f.on, Error: f.errOn}
	g.NextDate, g.Proposed, g.Computed = ui.Field{Value: f.next, Error: f.errNext}, "", f.computed
	g.NotDone.Value, g.NotDone.Error = f.notDone, f.errNotDone
	g.Source.Value, g.Programme.Value = f.source, f.programme
	g.Receipt = ui.Field{Value: f.receipt, Error: f.errReceipt}
	if g.Pay != nil {
		g.Pay.Value, g.Pay.Error = f.pay, f.errPay
	}
	g.Checked.Value, g.Checked.Error = f.checked, f.errChecked
	g.Against = ui.Field{Value: f.against, Error: f.errAgainst}
	g.OtherOn = ui.Field{Value: f.otherOn, Error: f.errOtherOn}
	g.Other.Value, g.Other.Error = f.other.vaccine, f.errOther
	g.OtherLot = ui.Field{Value: f.other.lot, Error: f.errOtherLot}
	g.OtherExpires = ui.Field{Value: f.other.expires, Error: f.errOtherExpires}
	for i := range g.Lines {
		line := &g.Lines[i]
		at := slices.IndexFunc(f.lines, func(l visitLine) bool { return l.vaccine == line.Vaccine })
		if at < 0 {
			continue
		}
		l := &f.lines[at]
		line.Ticked = l.ticked
		line.Lot = ui.Field{Value: l.lot, Error: l.errLot}
		line.Expires = ui.Field{Value: l.expires, Error: l.errExpires}
		line.Site.Value, line.Site.Error = l.site, l.errSite
		line.Not.Value, line.Not.Error = l.not, l.errNot
	}
}

// parse turns the entry into a visit; order tells which line of the form each dose came from, -1 for the
// other one. False: something cannot be read, and the form says what.
func (f *visitForm) parse(c *Call, subject *registry.Subject, vaccines []project.VaccineRow) (desk.Visit, []int, bool) {
	v := desk.Visit{Subject: subject.ID, GivenOn: c.Today}
	ok := true
	bad := func(at *string, sentence string) { *at, ok = sentence, false }
	var err error
	if f.on != "" {
		if v.GivenOn, err = registry.ParseDay(f.on, c.Today); err != nil {
			bad(&f.errOn, c.dateError(err))
		}
	}
	if f.temperature != "" {
		if v.Temperature, err = registry.ParseTemperature(f.temperature); err != nil {
			bad(&f.errTemperature, c.T("invalid.temperature_unreadable"))
		}
	}
	if n, known := chosen(registry.ScreeningEnum, f.screening); known {
		v.Screening = registry.Screening(n)
	} else {
		bad(&f.errScreening, c.T("invalid.choice_unknown"))
	}
	notDone, known := chosen(registry.NotDoneEnum, f.notDone)
	if !known {
		bad(&f.errNotDone, c.T("invalid.choice_unknown"))
	}
	checked, known := chosen(registry.CheckedEnum, f.checked)
	if !known {
		bad(&f.errChecked, c.T("invalid.choice_unknown"))
	}
	v.Checked, v.Against = registry.Checked(checked), f.against
	source, known := chosen(registry.SourceEnum, f.source)
	if !known {
		bad(&f.errOther, c.T("invalid.choice_unknown"))
	}
	pay, known := chosen(registry.ProgrammeEnum, f.pay)
	if !known {
		bad(&f.errPay, c.T("invalid.choice_unknown"))
	}
	var order []int
	for i := range f.lines {
		l := &f.lines[i]
		switch {
		case f.onlyOther:
		case l.not != "":
			why, known := chosen(registry.NotDoneEnum, l.not)
			switch {
			case !known:
				bad(&l.errNot, c.T("invalid.choice_unknown"))
			case l.ticked: // which of the two is meant, nobody but who stands there knows
				bad(&l.errNot, c.T("say.not_or_given"))
			}
			v.Doses = append(v.Doses, registry.ImmunizationInput{Vaccine: l.vaccine, Source: registry.SourceHere, NotDone: registry.NotDone(why), Note: f.note})
			order = append(order, i)
		case l.ticked:
			in, fine := l.parse(c, vaccines)
			ok = ok && fine
			in.NotDone, in.Note = registry.NotDone(notDone), f.note
			in.Source = registry.SourceHere
			f.paid(c, &in, registry.Programme(pay))
			v.Doses, order = append(v.Doses, in), append(order, i)
		}
	}
	if f.other.vaccine != "" {
		in, fine := f.other.parse(c, vaccines)
		f.errOtherLot, f.errOtherExpires = f.other.errLot, f.other.errExpires
		ok = ok && fine
		in.Source, in.Note = registry.Source(source), f.note
		if in.Source == registry.SourceHere {
			f.paid(c, &in, registry.Programme(pay))
		}
		if programme, known := chosen(registry.ProgrammeEnum, f.programme); !known {
			bad(&f.errOther, c.T("invalid.choice_unknown"))
		} else if programme != 0 {
			in.Programme = registry.Programme(programme)
		}
		// A dose from a card has a day of its own. Without one it would get today's, and be wrong.
		switch {
		case f.otherOn != "":
			if in.GivenOn, err = registry.ParseDay(f.otherOn, c.Today); err != nil {
				bad(&f.errOtherOn, c.dateError(err))
			}
		case in.Source != registry.SourceHere:
			bad(&f.errOtherOn, c.T("invalid.required"))
		}
		v.Doses, order = append(v.Doses, in), append(order, -1)
	}
	for i := range v.Doses {
		if in := &v.Doses[i]; in.FirstHand() && (in.GivenOn == 0 || in.GivenOn == c.Today) && v.GivenOn == c.Today {
			in.GivenClock = registry.NewClock(c.Now.Hour(), c.Now.Minute())
		}
	}
	f.parseNext(c, &v, subject, bad)
	if ok && (len(v.Doses) == 0 && !v.HasNext || len(v.Doses) > visitDosesMax) {
		bad(&f.top, c.T("error.nothing"))
	}
	return v, order, ok
}

// paid says of a dose given here who paid for it, and under which receipt. At a clinic it was whoever came, unless the form says
// otherwise.
func (f *visitForm) paid(c *Call, in *registry.ImmunizationInput, pay registry.Programme) {
	switch {
	case pay != 0:
		in.Programme = pay
	case c.clinic():
		in.Programme = registry.ProgrammePaid
	}
	if in.Programme == registry.ProgrammePaid {
		in.Receipt = f.receipt
	}
}

func (l *visitLine) parse(c *Call, vaccines []project.VaccineRow) (registry.ImmunizationInput, bool) {
	in := registry.ImmunizationInput{Vaccine: l.vaccine, Lot: l.lot}
	var err error
	if in.Expires, err = expires(l.expires, c.Today); err != nil {
		l.errExpires = c.dateError(err)
	}
	site, known := chosen(registry.SiteEnum, l.site)
	if !known {
		l.errSite = c.T("invalid.choice_unknown")
	}
	in.Site = registry.Site(site)
	for i := range vaccines {
		if v := &vaccines[i]; strings.EqualFold(v.Code, l.vaccine) {
			in.Route, in.Programme = v.Route, v.Programme
			if v.Route == registry.RouteOral {
				in.Site = registry.SiteMouth
			}
		}
	}
	return in, l.errExpires == "" && l.errSite == ""
}

// parseNext reads when to come again. A day that has come is taken off once somebody was here; one that
// still stands is changed only if the form says another.
func (f *visitForm) parseNext(c *Call, v *desk.Visit, subject *registry.Subject, bad func(*string, string)) {
	next, err := parseNext(f.next, c.Today)
	if err != nil {
		bad(&f.errNext, c.dateError(err))
		return
	}
	if next != 0 && next <= c.Today {
		bad(&f.errNext, c.T("invalid.next_date_past"))
		return
	}
	old := subject.NextDate
	seenToday := slices.ContainsFunc(v.Doses, func(in registry.ImmunizationInput) bool {
		return in.Source == registry.SourceHere && v.GivenOn == c.Today
	})
	switch {
	case next == old, next != 0 && f.next == f.computed && len(v.Doses) == 0:
	case next == 0 && old != 0 && old <= c.Today && !seenToday:
	default:
		v.NextDate, v.HasNext = next, true
		if saw, err := registry.ParseSaw(f.seen); err == nil && f.drawn {
			v.Saw = saw
		}
	}
}

// refused puts what the rules said beside the fields. Unknown errors are not its own.
func (f *visitForm) refused(c *Call, err error, order []int) (status int, known bool) {
	var stale *registry.StaleError
	if errors.As(err, &stale) && stale.Field == registry.SubjectNextDate {
		now := ""
		if n, ok := lastOf(stale.Values).Int(); ok {
			now = c.day(registry.Day(n))
		}
		f.seen = sawOf(stale.Field, stale.Values).String()
		f.errNext = c.T("error.stale") + " " + c.T("say.expected", "at", cmpOr(now, c.T("say.none"))) + ". " + c.T("error.stale_do")
		return http.StatusPreconditionFailed, true
	}
	wrong, ok := c.sentences(err)
	if !ok {
		return 0, false
	}
	take := func(name string, at *string) {
		if text, ok := wrong[name]; ok && *at == "" {
			*at = text
			delete(wrong, name)
		}
	}
	var dose *desk.DoseError
	line := func() *visitLine { // the line that is in the way
		if errors.As(err, &dose) && dose.Index < len(order) && order[dose.Index] >= 0 {
			return &f.lines[order[dose.Index]]
		}
		return nil
	}()
	if line != nil && line.not != "" {
		take("not_done", &line.errNot)
	}
	take("next_date", &f.errNext)
	take("given_on", &f.errOn)
	take("screening", &f.errScreening)
	take("temperature", &f.errTemperature)
	take("not_done", &f.errNotDone)
	take("checked", &f.errChecked)
	take("against", &f.errAgainst)
	take("receipt", &f.errReceipt)
	var list registry.Errors
	if errors.As(err, &list) && list.Has("lot", registry.CodeLotSuspended) && f.errAgainst == "" {
		f.errAgainst = c.T("invalid.against_required") // where the way out is
	}
	switch {
	case line != nil:
		take("lot", &line.errLot)
		take("expires", &line.errExpires)
		take("site", &line.errSite)
	case dose != nil:
		take("vaccine", &f.errOther)
		take("source", &f.errOther)
		take("lot", &f.errOtherLot)
		take("expires", &f.errOtherExpires)
	}
	f.top = wrong.rest(c.Words)
	return http.StatusUnprocessableEntity, true
}

func lastOf(values []p.Value) p.Data {
	if len(values) == 0 {
		return p.Null()
	}
	return values[len(values)-1].Data
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
