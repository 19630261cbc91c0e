package pages

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// campaignForm is how a campaign is held, as typed, and what is wrong with it by the name of the control.
type campaignForm struct {
	text    map[string]string
	errs    map[string]string
	targets map[p.EntityID]string
	top     string // what is wrong with none of the controls
}

var campaignTexts = []string{"name", "kind", "vaccine", "from", "until", "second", "interval", "age_from", "age_to", "sex", "place", "counts", "reason", "document"}

const targetPrefix = "target-"

func newCampaignForm(today registry.Day) *campaignForm {
	return &campaignForm{errs: map[string]string{}, text: map[string]string{"from": today.String()}}
}

func readCampaign(c *Call) *campaignForm {
	f := &campaignForm{text: map[string]string{}, errs: map[string]string{}, targets: map[p.EntityID]string{}}
	for _, name := range campaignTexts {
		f.text[name] = strings.TrimSpace(c.Value(name))
	}
	for name, values := range c.R.PostForm {
		if text, ok := strings.CutPrefix(name, targetPrefix); ok && len(values) > 0 && strings.TrimSpace(values[0]) != "" {
			if id, err := p.ParseEntityID(text); err == nil {
				f.targets[id] = strings.TrimSpace(values[0])
			}
		}
	}
	return f
}

func campaignFormOf(x *registry.Campaign) *campaignForm {
	day := func(d registry.Day) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	f := &campaignForm{errs: map[string]string{}, targets: map[p.EntityID]string{}, text: map[string]string{
		"name": x.Name, "kind": x.Kind.String(), "vaccine": x.Vaccine, "from": day(x.From), "until": day(x.Until), "second": day(x.Second), "interval": numberText(x.Interval),
		"age_from": ageText(x.AgeFrom), "age_to": ageText(x.AgeTo), "sex": x.Sex.String(), "place": x.Place.String(), "reason": x.Reason, "document": x.Document,
	}}
	if x.Counts {
		f.text["counts"] = "1"
	}
	for _, t := range x.Targets {
		f.targets[t.Place] = strconv.Itoa(t.People)
	}
	return f
}

func numberText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// ageText writes an age in full months so that parseAge reads it.
func ageText(months int) string {
	switch {
	case months == 0:
		return ""
	case months >= 24 && months%12 == 0 || months >= 24 && months%12 == 11:
		return strconv.Itoa(months/12) + "t"
	}
	return strconv.Itoa(months)
}

// parseAge reads an age: months, or years with "t" or "tuổi" behind them. last says that a year is meant to its end: up to 15
// years includes who is fifteen and eleven months old.
func parseAge(text string, last bool) (int, bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	if text == "" {
		return 0, true
	}
	for _, unit := range []string{"tuổi", "tuoi", "years", "y", "t"} {
		number, ok := strings.CutSuffix(text, unit)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n > registry.CampaignAgeMax {
			return 0, false
		}
		if last {
			return n*12 + 11, true
		}
		return n * 12, true
	}
	for _, unit := range []string{"tháng", "thang", "th", "months", "m"} {
		text = strings.TrimSuffix(text, unit)
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0
}

func (f *campaignForm) field(name string) ui.Field {
	return ui.Field{Value: f.text[name], Error: f.errs[name]}
}

// draw puts the form onto a page.
func (f *campaignForm) draw(c *Call, vaccines []project.VaccineRow, targets []project.PlaceRow) ui.CampaignForm {
	kind, _ := registry.CampaignKindEnum.Number(f.text["kind"])
	sex, _ := registry.SexEnum.Number(f.text["sex"])
	out := ui.CampaignForm{
		Name: f.field("name"), From: f.field("from"), Until: f.field("until"), Second: f.field("second"), Interval: f.field("interval"), AgeFrom: f.field("age_from"), AgeTo: f.field("age_to"),
		Reason: f.field("reason"), Document: f.field("document"), Kind: c.choices(registry.CampaignKindEnum, kind, kind == 0),
		Vaccine: ui.Select{Value: f.text["vaccine"], Error: f.errs["vaccine"], Options: []ui.Option{{Text: c.T("say.none")}}},
		Sex:     c.choices(registry.SexEnum, sex, true, "male", "female"), Place: ui.Select{Value: f.text["place"], Error: f.errs["place"]},
		Counts: f.text["counts"] != "", CountsError: f.errs["counts"], TargetsError: f.errs["targets"],
	}
	out.Kind.Error, out.Sex.Error = f.errs["kind"], f.errs["sex"]
	out.Sex.Options[0].Text = c.T("campaign_say.both")
	for i := range vaccines {
		out.Vaccine.Options = append(out.Vaccine.Options, ui.Option{Value: vaccines[i].Code, Text: VaccineName(c.Words, &vaccines[i])})
	}
	if targets != nil { // the place of a campaign stays
		for i := range targets {
			row := &targets[i]
			id := row.ID.String()
			out.Targets = append(out.Targets, ui.TargetField{ID: id, Name: row.Name, Field: ui.Field{Value: f.targets[row.ID], Error: f.errs[targetPrefix+id]}})
		}
		return out
	}
	for _, row := range c.Desk.PlanPlaces(c.Who) {
		out.Place.Options = append(out.Place.Options, ui.Option{Value: row.ID.String(), Text: row.Name})
	}
	return out
}

func (f *campaignForm) day(c *Call, name string) registry.Day {
	day, err := parseNext(f.text[name], c.Today)
	if err != nil {
		f.errs[name] = c.DateError(err)
	}
	return day
}

// parse reads how a campaign is held. False: something cannot be read, and the form says what.
func (f *campaignForm) parse(c *Call) (registry.CampaignInput, bool) {
	in := registry.CampaignInput{
		Name: f.text["name"], Vaccine: f.text["vaccine"], From: f.day(c, "from"), Until: f.day(c, "until"), Second: f.day(c, "second"),
		Counts: f.text["counts"] != "", Reason: f.text["reason"], Document: f.text["document"],
	}
	if n, known := registry.CampaignKindEnum.Number(f.text["kind"]); known {
		in.Kind = registry.CampaignKind(n)
	}
	if n, known := registry.SexEnum.Number(f.text["sex"]); known {
		in.Sex = registry.Sex(n)
	}
	if id, err := p.ParseEntityID(f.text["place"]); err == nil {
		in.Place = id
	}
	var fine bool
	if in.AgeFrom, fine = parseAge(f.text["age_from"], false); !fine {
		f.errs["age_from"] = c.T("campaign_say.age_bad")
	}
	if in.AgeTo, fine = parseAge(f.text["age_to"], true); !fine {
		f.errs["age_to"] = c.T("campaign_say.age_bad")
	}
	if text := f.text["interval"]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 { // nothing typed is one dose; 0 days would be two needles at once
			f.errs["interval"] = c.T("campaign_say.interval_bad", "max", registry.CampaignIntervalMax)
		}
		in.Interval = n
	}
	for id, text := range f.targets {
		n, err := strconv.Atoi(strings.NewReplacer(".", "", " ", "", "\u00a0", "").Replace(text))
		if err != nil || n < 0 {
			f.errs[targetPrefix+id.String()] = c.T("session_say.number_bad")
			continue
		}
		in.Targets = append(in.Targets, registry.CampaignTarget{Place: id, People: n})
	}
	slices.SortFunc(in.Targets, func(a, b registry.CampaignTarget) int { return a.Place.Compare(b.Place) })
	return in, len(f.errs) == 0
}

// refused takes the rules' sentences to the controls; what belongs to none is said at the top.
func (f *campaignForm) refused(c *Call, wrong sentences) {
	for _, name := range append(slices.Clone(campaignTexts), "targets") {
		if wrong[name] != "" {
			f.errs[name] = wrong[name]
		}
	}
	f.top = wrong.rest(c.Words, append(slices.Clone(campaignTexts), "targets")...)
}

func staleOf(err error) *registry.StaleError {
	var stale *registry.StaleError
	if errors.As(err, &stale) {
		return stale
	}
	return nil
}
