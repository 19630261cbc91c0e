package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// pregnancyForm is what is asked about a pregnancy, as typed.
type pregnancyForm struct {
	due, period, count, year, from, hbsag string
	derived                               string // the day of birth, where it follows from the period
	errs                                  map[string]string
}

func readPregnancy(c *pages.Call) *pregnancyForm {
	text := func(name string) string { return strings.TrimSpace(c.Value(name)) }
	return &pregnancyForm{
		due: text("due"), period: text("period"), count: text("tetanus"), year: text("tetanus_year"), from: text("tetanus_from"),
		hbsag: text("hbsag"), errs: map[string]string{},
	}
}

// pregnancyOf is the form as a woman's record fills it.
func pregnancyOf(s *registry.Subject) *pregnancyForm {
	f := &pregnancyForm{errs: map[string]string{}, from: registry.EvidenceEnum.Key(int64(s.TetanusFrom))}
	if s.Group == registry.GroupPregnant {
		if s.LastPeriod != 0 {
			f.period = s.LastPeriod.String()
		}
		switch {
		case s.DueDate == 0:
		case s.LastPeriod != 0 && s.DueDate == registry.DueFrom(s.LastPeriod):
			f.derived = s.DueDate.String() // follows the period, also when that is corrected
		default:
			f.due = s.DueDate.String()
		}
	}
	if s.HasTetanus {
		f.count = strconv.Itoa(s.Tetanus)
	}
	if s.TetanusYear != 0 {
		f.year = strconv.Itoa(s.TetanusYear)
	}
	switch {
	case s.Has(registry.ConditionHBsAg):
		f.hbsag = "positive"
	case s.Has(registry.ConditionNoHBsAg):
		f.hbsag = "negative"
	}
	return f
}

func (f *pregnancyForm) fields(c *pages.Call) ui.PregnancyFields {
	field := func(name, value string) ui.Field { return ui.Field{Value: value, Error: f.errs[name]} }
	out := ui.PregnancyFields{
		Derived: f.derived, Due: field("due", f.due), Period: field("period", f.period), Count: field("tetanus", f.count), Year: field("tetanus_year", f.year),
		From: ui.Select{Value: f.from, Error: f.errs["tetanus_from"]}, HBsAg: ui.Select{Value: f.hbsag, Error: f.errs["hbsag"]},
	}
	for _, key := range []string{"card", "told"} {
		out.From.Options = append(out.From.Options, ui.Option{Value: key, Text: c.T("evidence." + key)})
	}
	for _, key := range []string{"positive", "negative"} {
		out.HBsAg.Options = append(out.HBsAg.Options, ui.Option{Value: key, Text: c.T("women.hbsag_" + key)})
	}
	out.HBsAg.Options = append(out.HBsAg.Options, ui.Option{Value: "", Text: c.T("women.hbsag_unknown")})
	return out
}

// parse reads the form into an input. False: something cannot be read, and errs says what.
func (f *pregnancyForm) parse(c *pages.Call, in *registry.SubjectInput) bool {
	in.DueDate, in.LastPeriod, in.Tetanus, in.HasTetanus, in.TetanusYear, in.TetanusFrom = 0, 0, 0, false, 0, 0
	var err error
	if f.period != "" {
		switch last, err := registry.ParseDay(f.period, c.Today); {
		case err != nil:
			f.errs["period"] = c.DateError(err)
		case last > c.Today:
			f.errs["period"] = c.T("invalid.day_future", "today", c.Today.String())
		default:
			in.LastPeriod, in.DueDate = last, registry.DueFrom(last)
		}
	}
	if f.due != "" {
		if in.DueDate, err = pages.ParseNext(f.due, c.Today); err != nil {
			f.errs["due"] = c.DateError(err)
		}
	}
	number := func(name, text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			f.errs[name] = c.T("invalid.number")
		}
		return n
	}
	if f.count != "" {
		in.Tetanus, in.HasTetanus = number("tetanus", f.count), true
	}
	if f.year != "" {
		in.TetanusYear = number("tetanus_year", f.year)
	}
	from, ok := registry.EvidenceEnum.Number(f.from)
	if in.TetanusFrom = registry.Evidence(from); !ok && f.from != "" {
		f.errs["tetanus_from"] = c.T("invalid.choice_unknown")
	}
	in.Conditions = slices.DeleteFunc(slices.Clone(in.Conditions), func(x registry.Condition) bool {
		return x.Code == registry.ConditionHBsAg || x.Code == registry.ConditionNoHBsAg
	})
	switch f.hbsag {
	case "positive":
		in.Conditions = append(in.Conditions, registry.Condition{Code: registry.ConditionHBsAg})
	case "negative":
		in.Conditions = append(in.Conditions, registry.Condition{Code: registry.ConditionNoHBsAg})
	case "":
	default:
		f.errs["hbsag"] = c.T("invalid.choice_unknown")
	}
	return len(f.errs) == 0
}

// pregnancyControls are the controls by the fields that the rules name.
var pregnancyControls = map[string]string{
	"due_date": "due", "last_period": "period", "tetanus_before": "tetanus", "tetanus_year": "tetanus_year", "tetanus_evidence": "tetanus_from", "conditions": "hbsag",
}

// refused puts what the rules said beside the controls of the form and returns what is left of it.
func (f *pregnancyForm) refused(c *pages.Call, err error) error {
	var list registry.Errors
	if f == nil || !errors.As(err, &list) {
		return err
	}
	var rest registry.Errors
	for i := range list {
		if control, ok := pregnancyControls[list[i].Field]; ok {
			f.errs[control] = c.Invalid(&list[i])
			continue
		}
		rest = append(rest, list[i])
	}
	return rest
}

func (w *Web) showPregnancy(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Amend, registry.KindSubject) {
		return desk.ErrForbidden
	}
	return w.drawPregnancy(c, http.StatusOK, id, nil, "", "")
}

func (w *Web) drawPregnancy(c *pages.Call, status int, id p.EntityID, f *pregnancyForm, seen, top string) error {
	rec, err := c.OpenToWrite(id)
	if err != nil {
		return err
	}
	if f == nil {
		f, seen = pregnancyOf(&rec.Subject), registry.SawOf(rec.State).String()
	}
	frame, err := c.Frame(ui.NavDue)
	if err != nil {
		return err
	}
	frame.Path = ui.PathChild + id.String() + "/pregnancy"
	if top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneLate, Lead: top, Alert: true})
	}
	return c.Draw(status, "pregnancy", ui.PregnancyPage{
		Frame: frame, ID: id.String(), Name: rec.Subject.Name, Line: c.LineOf(rec), Known: rec.Subject.Group == registry.GroupPregnant,
		Pregnancy: f.fields(c), Seen: seen,
	})
}

// pregnancy writes that a woman in the register expects a child, what is known of it, or that it was a mistake.
func (w *Web) pregnancy(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Amend, registry.KindSubject) {
		return desk.ErrForbidden
	}
	rec, err := c.OpenToWrite(id)
	if err != nil {
		return err
	}
	seen := c.Value("seen")
	saw, err := registry.ParseSaw(seen)
	if err != nil {
		saw = registry.Saw{}
	}
	f := readPregnancy(c)
	in := rec.Subject.SubjectInput
	if c.Value("mistake") == "1" {
		in.Group, in.DueDate, in.LastPeriod = registry.GroupAdult, 0, 0
	} else {
		in.Group = registry.GroupPregnant
		if !f.parse(c, &in) {
			return w.drawPregnancy(c, http.StatusUnprocessableEntity, id, f, seen, "")
		}
	}
	all := in.Patch(rec.State)
	patch := registry.Patch{}
	for _, field := range []p.Field{
		registry.SubjectGroup, registry.SubjectDueDate, registry.SubjectTetanus, registry.SubjectTetanusYear, registry.SubjectTetanusFrom,
		registry.SubjectConditions, registry.SubjectLastPeriod,
	} {
		if d, ok := all[field]; ok {
			patch[field] = d
		}
	}
	err = c.Desk.Edit(c.Ctx(), c.Who, id, patch, saw)
	var stale *registry.StaleError
	if errors.As(err, &stale) {
		return w.drawPregnancy(c, http.StatusPreconditionFailed, id, nil, "", c.StaleText(stale))
	}
	if err != nil {
		rest := f.refused(c, err)
		top, known := c.Sentence(rest)
		if !known {
			return err
		}
		return w.drawPregnancy(c, http.StatusUnprocessableEntity, id, f, seen, top)
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("say.changed", "name", in.Name)}
	if len(patch) > 0 {
		old := registry.Patch{}
		for field := range patch {
			old[field] = rec.State.Get(field)
		}
		note.Action = c.Undoable(ui.PathChild+id.String(), func(ctx context.Context, who desk.Who) error { return c.Pages.PutBack(ctx, who, id, old) })
	}
	return c.Go(ui.PathChild+id.String(), note)
}
