package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// sessionForm is how a session is held, as typed, and what is wrong with it by the name of the control.
type sessionForm struct {
	text              map[string]string
	errs              map[string]string
	hamlets, vaccines []string
}

// The texts of a session's form, and the fields of the field table that they are.
var sessionTexts = map[string]string{
	"day": "day", "monthly": "", "months": "", "from": "from", "until": "until", "capacity": "capacity", "setting": "setting", "site": "site",
	"place": "place", "online": "online", "note": "note", "why": "",
}

func readSession(c *pages.Call) *sessionForm {
	f := &sessionForm{text: map[string]string{}, errs: map[string]string{}}
	for name := range sessionTexts {
		f.text[name] = strings.TrimSpace(c.Value(name))
	}
	f.hamlets, f.vaccines = c.R.PostForm["hamlet"], c.R.PostForm["vaccine"]
	return f
}

// Hours of a session where none was held yet: a morning.
const (
	usualFrom     = "07:30"
	usualUntil    = "11:00"
	usualCapacity = "20"
)

// newSession is a form as the next session will most likely be: as the last one at this place.
func (w *Web) newSession(c *pages.Call) (*sessionForm, error) {
	f := &sessionForm{errs: map[string]string{}, text: map[string]string{
		"months": strconv.Itoa(monthsUsual), "from": usualFrom, "until": usualUntil, "capacity": usualCapacity, "setting": registry.SettingStation.String(),
	}}
	list, err := c.Desk.Sessions(c.Ctx(), c.Who, c.Today-4*pastDays, 0)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if x := &list[i]; x.Here && x.Live() {
			f.text["from"], f.text["until"], f.text["capacity"] = x.From.String(), x.Until.String(), strconv.Itoa(x.Capacity)
		}
	}
	return f, nil
}

// formOf is a form as a session stands.
func formOf(s *registry.Session) *sessionForm {
	f := &sessionForm{errs: map[string]string{}, hamlets: s.Hamlets, vaccines: s.Vaccines, text: map[string]string{
		"from": s.From.String(), "until": s.Until.String(), "capacity": strconv.Itoa(s.Capacity), "setting": s.Setting.String(), "site": s.Site,
		"place": s.Place.String(), "note": s.Note, "day": s.Day.String(),
	}}
	if s.Online > 0 {
		f.text["online"] = strconv.Itoa(s.Online)
	}
	return f
}

func (f *sessionForm) field(name string) ui.Field {
	return ui.Field{Value: f.text[name], Error: f.errs[name]}
}

// draw puts the form onto a page.
func (f *sessionForm) draw(c *pages.Call, vaccines []project.VaccineRow) (ui.SessionForm, error) {
	setting, _ := registry.SettingEnum.Number(f.text["setting"])
	out := ui.SessionForm{
		From: f.field("from"), Until: f.field("until"), Site: f.field("site"), Capacity: f.field("capacity"), Online: f.field("online"),
		Note: f.field("note"), Setting: c.Choices(registry.SettingEnum, setting), Place: ui.Select{Value: f.text["place"], Error: f.errs["place"]},
		HamletsError: f.errs["hamlets"], VaccinesError: f.errs["vaccines"],
	}
	out.Setting.Error = f.errs["setting"]
	for _, row := range c.Desk.SessionPlaces() {
		out.Place.Options = append(out.Place.Options, ui.Option{Value: row.ID.String(), Text: row.Name})
	}
	home := c.Desk.Home()
	hamlets, err := c.Hamlets(home.Commune)
	if err != nil {
		return out, err
	}
	for _, name := range f.hamlets {
		if !slices.ContainsFunc(hamlets, func(h string) bool { return registry.FoldHamlet(h) == registry.FoldHamlet(name) }) {
			hamlets = append(slices.Clone(hamlets), name)
		}
	}
	for _, name := range hamlets {
		ticked := slices.ContainsFunc(f.hamlets, func(h string) bool { return registry.FoldHamlet(h) == registry.FoldHamlet(name) })
		out.Hamlets = append(out.Hamlets, ui.Box{Value: name, Text: name, Ticked: ticked})
	}
	for i := range vaccines {
		v := &vaccines[i]
		if ticked := slices.Contains(f.vaccines, v.Code); ticked || v.Programme == registry.ProgrammeEPI {
			out.Vaccines = append(out.Vaccines, ui.Box{Value: v.Code, Text: pages.VaccineName(c.Words, v), Ticked: ticked})
		}
	}
	out.Opened = len(f.hamlets)+len(f.vaccines) > 0 || f.text["online"] != "" || f.text["note"] != "" || f.errs["online"]+f.errs["hamlets"]+f.errs["vaccines"] != ""
	return out, nil
}

// clock reads a time of day.
func (f *sessionForm) clock(c *pages.Call, name string) registry.Clock {
	if f.text[name] == "" {
		return 0
	}
	clock, err := registry.ParseClock(f.text[name])
	if err != nil {
		f.errs[name] = c.DateError(err)
	}
	return clock
}

func (f *sessionForm) number(c *pages.Call, name string) int {
	if f.text[name] == "" {
		return 0
	}
	n, err := strconv.Atoi(f.text[name])
	if err != nil {
		f.errs[name] = c.T("session_say.number_bad")
	}
	return n
}

// parse reads how a session is held. False: something cannot be read, and the form says what.
func (f *sessionForm) parse(c *pages.Call) (registry.SessionInput, bool) {
	in := registry.SessionInput{
		From: f.clock(c, "from"), Until: f.clock(c, "until"), Site: f.text["site"], Capacity: f.number(c, "capacity"), Online: f.number(c, "online"),
		Hamlets: f.hamlets, Vaccines: f.vaccines, Note: f.text["note"],
	}
	if n, known := registry.SettingEnum.Number(f.text["setting"]); known {
		in.Setting = registry.Setting(n)
	}
	if id, err := p.ParseEntityID(f.text["place"]); err == nil {
		in.Place = id
	}
	return in, len(f.errs) == 0
}

// days reads on which days sessions are planned: one, or the same of each month.
func (f *sessionForm) days(c *pages.Call) ([]registry.Day, bool) {
	day, monthly := f.text["day"], f.text["monthly"]
	switch {
	case day == "" && monthly == "":
		f.errs["day"] = c.T("session_say.day_missing")
		return nil, false
	case day != "" && monthly != "":
		f.errs["monthly"] = c.T("session_say.day_both")
		return nil, false
	case day != "":
		on, err := pages.ParseNext(day, c.Today)
		if err != nil {
			f.errs["day"] = c.DateError(err)
		}
		return []registry.Day{on}, err == nil
	}
	var numbers []int
	for _, part := range strings.FieldsFunc(monthly, func(r rune) bool { return r < '0' || r > '9' }) {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > 31 {
			numbers = nil
			break
		}
		numbers = append(numbers, n)
	}
	if len(numbers) == 0 {
		f.errs["monthly"] = c.T("session_say.monthly_bad")
		return nil, false
	}
	months, err := strconv.Atoi(f.text["months"])
	if err != nil || months < 1 || months > monthsMax {
		months = monthsUsual
	}
	return registry.MonthlyDays(c.Today, numbers, months), true
}

// refused puts what the rules said beside the controls, and returns what is left.
func (f *sessionForm) refused(wrong map[string]string) (rest string) {
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		if _, has := sessionTexts[name]; has || name == "hamlets" || name == "vaccines" {
			f.errs[name] = wrong[name]
		} else {
			rest = strings.TrimSpace(rest + " " + wrong[name])
		}
	}
	if f.text["monthly"] != "" && f.errs["day"] != "" {
		f.errs["monthly"] = f.errs["day"]
		delete(f.errs, "day")
	}
	return rest
}

// sessionTyped is which of a session's forms came back, if any.
type sessionTyped struct {
	edit, move, cancel *sessionForm
	top                string
	first              []string // hamlets to be called first
	who, at, atError   string   // whose hour was typed
}

// wrong notes what is wrong with what was typed and returns the status, 0 if err is nothing that the page says.
func (t *sessionTyped) wrong(c *pages.Call, err error) int {
	var stale *registry.StaleError
	if errors.As(err, &stale) {
		t.top = c.T("error.stale") + " " + c.T("error.stale_do")
		return http.StatusPreconditionFailed
	}
	wrong, known := c.Sentences(err)
	if !known {
		return 0
	}
	for _, f := range []*sessionForm{t.edit, t.move, t.cancel} {
		if f == nil {
			continue
		}
		for field, control := range map[string]string{"cancelled": "why", "note": "why"} {
			if text, has := wrong[field]; has && f != t.edit {
				wrong[control] = text
				delete(wrong, field)
			}
		}
		t.top = f.refused(wrong)
	}
	return http.StatusUnprocessableEntity
}
