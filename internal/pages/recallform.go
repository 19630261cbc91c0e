package pages

import (
	"strings"

	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// recallForm is what was decided of a lot, as typed, and what is wrong with it by the name of the control.
type recallForm struct {
	text, errs map[string]string
	top        string // what is wrong with none of the controls
}

var recallTexts = []string{"vaccine", "number", "kind", "children", "reason", "document", "product", "day", "advice", "place"}

func newRecallForm(today registry.Day) *recallForm {
	return &recallForm{errs: map[string]string{}, text: map[string]string{"day": today.String(), "kind": registry.RecallSuspended.String(), "children": registry.CareNothing.String()}}
}

func readRecall(c *Call) *recallForm {
	f := &recallForm{text: map[string]string{}, errs: map[string]string{}}
	for _, name := range recallTexts {
		f.text[name] = strings.TrimSpace(c.Value(name))
	}
	return f
}

func recallFormOf(x *registry.Recall) *recallForm {
	return &recallForm{errs: map[string]string{}, text: map[string]string{
		"vaccine": x.Vaccine, "number": x.Number, "kind": x.Kind.String(), "children": x.Children.String(), "reason": x.Reason, "document": x.Document,
		"product": x.Product, "day": x.Day.String(), "advice": x.Advice, "place": x.Place.String(),
	}}
}

func (f *recallForm) field(name string) ui.Field {
	return ui.Field{Value: f.text[name], Error: f.errs[name]}
}

// draw puts the form onto a page.
func (f *recallForm) draw(c *Call) (ui.RecallForm, error) {
	kind, _ := registry.RecallKindEnum.Number(f.text["kind"])
	children, _ := registry.RecallCareEnum.Number(f.text["children"])
	out := ui.RecallForm{
		Number: f.field("number"), Reason: f.field("reason"), Document: f.field("document"), Product: f.field("product"), Day: f.field("day"), Advice: f.field("advice"),
		Kind: c.choices(registry.RecallKindEnum, kind, false), Children: c.choices(registry.RecallCareEnum, children, false),
		Vaccine: ui.Select{Value: f.text["vaccine"], Error: f.errs["vaccine"], Options: []ui.Option{{Text: c.T("say.none")}}},
		Place:   ui.Select{Value: f.text["place"], Error: f.errs["place"]},
	}
	out.Kind.Error, out.Children.Error = f.errs["kind"], f.errs["children"]
	vaccines, err := c.allVaccines()
	if err != nil {
		return out, err
	}
	for i := range vaccines {
		out.Vaccine.Options = append(out.Vaccine.Options, ui.Option{Value: vaccines[i].Code, Text: VaccineName(c.Words, &vaccines[i])})
	}
	for _, row := range c.Desk.RecallPlaces(c.Who) {
		out.Place.Options = append(out.Place.Options, ui.Option{Value: row.ID.String(), Text: row.Name})
	}
	return out, nil
}

// parse reads what was decided. False: something cannot be read, and the form says what.
func (f *recallForm) parse(c *Call) (registry.RecallInput, bool) {
	in := registry.RecallInput{
		Vaccine: f.text["vaccine"], Number: f.text["number"], Reason: f.text["reason"], Document: f.text["document"], Product: f.text["product"], Advice: f.text["advice"],
	}
	if n, known := registry.RecallKindEnum.Number(f.text["kind"]); known {
		in.Kind = registry.RecallKind(n)
	}
	if n, known := registry.RecallCareEnum.Number(f.text["children"]); known {
		in.Children = registry.RecallCare(n)
	}
	if id, err := p.ParseEntityID(f.text["place"]); err == nil {
		in.Place = id
	}
	if f.text["day"] != "" {
		day, err := registry.ParseDay(f.text["day"], c.Today)
		if err != nil {
			f.errs["day"] = c.DateError(err)
		}
		in.Day = day
	}
	return in, len(f.errs) == 0
}

// refused takes the rules' sentences to the controls; what belongs to none is said at the top.
func (f *recallForm) refused(c *Call, wrong sentences) {
	for _, name := range recallTexts {
		if wrong[name] != "" {
			f.errs[name] = wrong[name]
		}
	}
	f.top = wrong.rest(c.Words, recallTexts...)
}
