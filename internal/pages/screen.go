package pages

import (
	"net/http"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// screenForm is a screening as it came back.
type screenForm struct {
	eligible                                         bool // the one tap: nothing is wrong
	temperature, weight, conclusion, note, next      string
	shown, proposed                                  string
	findings, notDone                                []string
	paper                                            bool
	why                                              string // why the page proposes otherwise
	errTemperature, errWeight, errConclusion, errTop string
	errFindings, errNext                             string
}

func readScreen(r *http.Request) *screenForm {
	v := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	return &screenForm{
		eligible: v("do") != "chosen", temperature: v("temperature"), weight: v("weight"), conclusion: v("conclusion"), note: v("note"), next: v("next"),
		shown: v("shown"), proposed: v("proposed"), findings: r.PostForm["finding"], notDone: r.PostForm["not_done"], paper: v("paper") != "",
	}
}

// newbornDays is until which age somebody is asked about as a newborn.
const newbornDays = registry.FindingNewborn

func isNewborn(s *registry.Subject, today registry.Day) bool {
	return s.HasBirth() && today.AgeDays(s.BirthDate) <= newbornDays
}

// parse turns the entry into a screening. False: something cannot be read, or the guideline draws another conclusion than the
// one chosen and the page has not said so yet. Said once, a person decides.
func (f *screenForm) parse(c *Call, subject *registry.Subject) (desk.Screened, bool) {
	in := desk.Screened{Subject: subject.ID, Note: f.note, Paper: f.paper}
	ok := true
	bad := func(at *string, text string) { *at, ok = text, false }
	var err error
	if f.temperature != "" {
		if in.Temperature, err = registry.ParseTemperature(f.temperature); err != nil {
			bad(&f.errTemperature, c.T("invalid.temperature_unreadable"))
		} else if in.Temperature < registry.TemperatureMin || in.Temperature > registry.TemperatureMax {
			bad(&f.errTemperature, sentence(c.Words, &registry.FieldError{Field: "temperature", Code: registry.CodeTemperature, Params: map[string]any{
				"got": in.Temperature, "min": registry.TemperatureMin, "max": registry.TemperatureMax,
			}}))
			in.Temperature = 0
		}
	}
	if f.weight != "" {
		if in.Weight, err = registry.ParseWeight(f.weight); err != nil {
			bad(&f.errWeight, c.T("invalid.weight_unreadable"))
		} else if w := in.Weight; w != 0 && (w < registry.VisitWeightMin || w > registry.VisitWeightMax) {
			bad(&f.errWeight, sentence(c.Words, &registry.FieldError{Field: "weight", Code: registry.CodeWeight, Params: map[string]any{
				"got": w, "min": registry.VisitWeightMin, "max": registry.VisitWeightMax,
			}}))
		}
	}
	next, err := parseNext(f.next, c.Today)
	switch {
	case err != nil:
		bad(&f.errNext, c.dateError(err))
	case next != 0 && next <= c.Today:
		bad(&f.errNext, c.T("invalid.next_date_past"))
	case next != 0 && next != subject.NextDate:
		in.NextDate, in.HasNext = next, true
	}
	shown, _ := chosen(registry.ScreeningEnum, f.shown)
	in.Shown = registry.Screening(shown)
	f.findings = slices.DeleteFunc(f.findings, func(code string) bool { // a form with others is not ours
		_, known := registry.FindingOf(code)
		return !known
	})
	measured := registry.Measured(in.Temperature, in.Weight, isNewborn(subject, c.Today))
	for _, code := range measured {
		if !slices.Contains(f.findings, code) {
			f.findings = append(f.findings, code)
		}
	}
	in.Findings = f.findings
	proposal := registry.ProposeScreening(f.findings)
	if f.eligible {
		f.conclusion = registry.ScreeningEnum.Key(int64(registry.ScreeningEligible))
	}
	conclusion, known := chosen(registry.ScreeningEnum, f.conclusion)
	in.Conclusion = registry.Screening(conclusion)
	key := registry.ScreeningEnum.Key(int64(proposal))
	switch {
	case !known:
		bad(&f.errConclusion, c.T("invalid.choice_unknown"))
	case in.Conclusion == 0 || in.Conclusion != proposal && f.proposed != key:
		var names []string
		for _, code := range f.findings {
			names = append(names, c.findingText(code))
		}
		f.why = c.T("screening."+proposal.String()) + ": " + cmpOr(strings.Join(names, "; "), c.T("visit.none_found")) + "."
		f.proposed, f.conclusion, ok = key, key, false
	}
	if registry.NotDoneFor(in.Conclusion) != 0 {
		in.NotDone = f.notDone
		if len(in.NotDone) > visitDosesMax {
			in.NotDone = in.NotDone[:visitDosesMax]
			bad(&f.errTop, c.T("error.nothing"))
		}
	}
	return in, ok
}

// refused puts what the rules said beside the fields.
func (f *screenForm) refused(c *Call, wrong sentences) {
	take := func(name string, at *string) {
		if text, ok := wrong[name]; ok {
			*at = text
			delete(wrong, name)
		}
	}
	take("temperature", &f.errTemperature)
	take("weight", &f.errWeight)
	take("conclusion", &f.errConclusion)
	take("findings", &f.errFindings)
	take("next_date", &f.errNext)
	f.errTop = wrong.rest(c.Words)
	if f.errConclusion != "" { // what stands now is shown by the page it is drawn on
		f.shown = ""
	}
}

// drawScreen draws the form, with an entry that was not saved.
func (c *Call) drawScreen(status int, id p.EntityID, entry *screenForm) error {
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	if !rec.Glass.IsZero() {
		return desk.ErrElsewhere
	}
	ref, err := c.reference(rec)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	v, err := c.Desk.VisitToday(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	s := &rec.Subject
	in := &v.Visit.VisitInput
	page := ui.Screen{
		Frame: frame, ID: id.String(), Name: s.Name, Sex: SexOf(s.Sex), Born: bornField(&s.SubjectInput), Age: c.age(s.BirthDate, s.BirthPrec, false),
		Marks: c.subjectMarks(rec), Shown: registry.ScreeningEnum.Key(int64(in.Conclusion)),
		Rule: c.T("visit.rule", "above", c.Words.Decimal(registry.FeverAbove/10.0, 1), "below", c.Words.Decimal(registry.ColdBelow/10.0, 1),
			"older", c.Words.Decimal(registry.FeverOlder/10.0, 1), "source", registry.ScreeningSource),
		Conclusion: c.choices(registry.ScreeningEnum, 0, false, "eligible", "postpone", "contraindicated", "refer"),
	}
	page.Frame.Path = childPath(id) + partScreen
	known, err := c.conditionMarks(rec)
	if err != nil {
		return err
	}
	page.Marks = append(page.Marks, known...)
	if in.Conclusion != 0 {
		page.Now = c.T("screening."+in.Conclusion.String()) + ". " + c.signedLine(v)
	}
	due := dueToday(rec, c.Today)
	if entry == nil {
		entry = &screenForm{shown: page.Shown, findings: in.Findings, notDone: due, note: in.Note, paper: in.Paper}
		if in.Temperature != 0 {
			entry.temperature = c.Words.Decimal(float64(in.Temperature)/10, 1)
		}
		if in.Weight != 0 {
			entry.weight = c.Words.Decimal(float64(in.Weight)/1000, 1)
		}
		if in.Conclusion != 0 {
			entry.conclusion = page.Shown
		}
		page.More = in.Conclusion != 0 && !in.Conclusion.MayFollow()
	} else {
		page.More = !entry.eligible || entry.why != "" || entry.errConclusion != "" || entry.errFindings != "" || entry.errNext != ""
	}
	entry.fill(c, &page, isNewborn(s, c.Today))
	for _, code := range due {
		page.NotDone = append(page.NotDone, ui.DueBox{Vaccine: code, Dose: ref.doseName(c.Words, code, 0), Ticked: slices.Contains(entry.notDone, code)})
	}
	return c.Draw(status, "screen", page)
}

// fill puts an entry into the page.
func (f *screenForm) fill(c *Call, page *ui.Screen, newborn bool) {
	page.Temperature = ui.Field{Value: f.temperature, Error: f.errTemperature}
	page.Weight = ui.Field{Value: f.weight, Error: f.errWeight}
	page.Conclusion.Value, page.Conclusion.Error = f.conclusion, f.errConclusion
	page.Proposed, page.Why, page.Error = f.proposed, f.why, f.errTop
	page.Note, page.Next, page.Paper, page.FindingError = ui.Field{Value: f.note}, ui.Field{Value: f.next, Error: f.errNext}, f.paper, f.errFindings
	for _, x := range registry.Findings {
		ticked := slices.Contains(f.findings, x.Code)
		if x.NewbornOnly && !newborn && !ticked {
			continue
		}
		page.Findings = append(page.Findings, ui.FindingBox{
			Code: x.Code, Text: c.T("finding." + x.Code), Leads: c.T("screening." + x.Leads.String()), Key: registry.ScreeningEnum.Key(int64(x.Leads)), Ticked: ticked,
		})
	}
}
