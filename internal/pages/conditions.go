package pages

import (
	"cmp"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/forecast"
	"tramy/internal/project"
	"tramy/internal/reasons"
	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// The controls of the form's conditions. What the form had shown of each stands in its seen, under
// conditionControl and the code: a condition that it had not shown is not touched.
const (
	conditionControl = "condition:"
	conditionTicks   = "condition"     // a value for each ticked code
	conditionDays    = "condition_on." // and the code
	anaphylaxis      = "anaphylaxis"   // the code chosen in the line for a further one
	anaphylaxisDay   = "anaphylaxis_on"

	anaphylaxisStart = "anaphylaxis:"
)

// conditionForm is what is ticked of the conditions that bear on vaccines.
type conditionForm struct {
	lines                []conditionLine
	after, afterOn       string // a further anaphylaxis, and when
	errAfter, errAfterOn string
}

// conditionLine is one condition: at most one of each code stands on the form, by its latest date.
type conditionLine struct {
	code, on, err string
	ticked        bool
}

// state is what is compared with what the form had shown.
func (l *conditionLine) state() string {
	if l.ticked {
		return "+ " + l.on
	}
	return "- " + l.on
}

// lineOf is a condition as it stands in a record.
func lineOf(code string, list []registry.Condition) conditionLine {
	l := conditionLine{code: code}
	for _, c := range list {
		if c.Code == code {
			l.ticked = true
			if c.On != 0 {
				l.on = c.On.String() // they are sorted, so the last one is the latest
			}
		}
	}
	return l
}

// entered reports whether somebody enters a condition of the schedule: some follow from other fields.
func entered(code string) bool {
	return code != registry.ConditionPregnant && code != registry.ConditionExpectedBirth
}

// newConditionForm shows what the schedule names. Of anaphylaxis after each of the vaccines only what is
// recorded has a line.
func newConditionForm(s *forecast.Schedule, list []registry.Condition) conditionForm {
	var f conditionForm
	if s == nil {
		return f
	}
	for i := range s.Observations {
		code := strings.ToLower(s.Observations[i].Code)
		l := lineOf(code, list)
		if entered(code) && (l.ticked || !strings.HasPrefix(code, anaphylaxisStart)) {
			f.lines = append(f.lines, l)
		}
	}
	for _, code := range registry.KnownConditions {
		if s.Observation(code) == forecast.None {
			f.lines = append(f.lines, lineOf(code, list))
		}
	}
	return f
}

// controls are the lines as seen keeps them.
func (f *conditionForm) controls(to map[string]string) {
	for i := range f.lines {
		l := &f.lines[i]
		to[conditionControl+l.code] = l.state()
	}
}

// readConditions reads the posted lines: those that the form had shown, in the order of the schedule.
func (c *Call) readConditions(s *forecast.Schedule, known seen) conditionForm {
	f := conditionForm{after: c.Value(anaphylaxis), afterOn: strings.TrimSpace(c.Value(anaphylaxisDay))}
	ticked := c.R.PostForm[conditionTicks]
	for name := range known.controls {
		if code, ok := strings.CutPrefix(name, conditionControl); ok {
			f.lines = append(f.lines, conditionLine{
				code: code, ticked: slices.Contains(ticked, code), on: strings.TrimSpace(c.Value(conditionDays + code)),
			})
		}
	}
	place := func(l conditionLine) int {
		if s == nil {
			return 0
		}
		return int(s.Observation(l.code))
	}
	slices.SortFunc(f.lines, func(a, b conditionLine) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.code, b.code))
	})
	return f
}

// touched reports whether anything says something else than the form had shown.
func (f *conditionForm) touched(known seen) bool {
	return f.after != "" || f.afterOn != "" || slices.ContainsFunc(f.lines, func(l conditionLine) bool {
		return known.touched(conditionControl+l.code, l.state())
	})
}

// apply writes the touched lines into what is recorded now. False: something is wrong, and the lines say what.
func (f *conditionForm) apply(c *Call, s *forecast.Schedule, known seen, now []registry.Condition) ([]registry.Condition, bool) {
	out, ok := slices.Clone(now), true
	bad := func(at *string, sentence string) { *at, ok = sentence, false }
	day := func(code, text string, at *string) registry.Day {
		d, err := registry.Day(0), error(nil)
		if text != "" {
			d, err = registry.ParseDay(text, c.Today)
		}
		switch {
		case err != nil:
			bad(at, c.dateError(err))
		case d > c.Today:
			bad(at, c.T("invalid.condition_future", "today", c.Today.String()))
		case d == 0 && dated(s, code):
			bad(at, c.T("invalid.condition_day"))
		}
		return d
	}
	for i := range f.lines {
		l := &f.lines[i]
		if !known.touched(conditionControl+l.code, l.state()) {
			continue
		}
		of := func(x registry.Condition) bool { return x.Code == l.code }
		switch {
		case l.ticked:
			on := day(l.code, l.on, &l.err)
			latest := -1 // the one that the line stands for
			for k := range out {
				if of(out[k]) && (latest < 0 || out[k].On > out[latest].On) {
					latest = k
				}
			}
			if latest < 0 {
				out = append(out, registry.Condition{Code: l.code, On: on})
			} else {
				out[latest].On = on
			}
		case slices.ContainsFunc(out, of):
			out = slices.DeleteFunc(out, of)
		case l.on != "":
			bad(&l.err, c.T("invalid.condition_tick"))
		}
	}
	switch {
	case f.after == "" && f.afterOn != "":
		bad(&f.errAfter, c.T("invalid.required"))
	case f.after == "":
	case s == nil || !strings.HasPrefix(f.after, anaphylaxisStart) || s.Observation(f.after) == forecast.None:
		bad(&f.errAfter, c.T("invalid.choice_unknown"))
	default:
		out = append(out, registry.Condition{Code: f.after, On: day(f.after, f.afterOn, &f.errAfterOn)})
	}
	return out, ok
}

// dated reports whether a condition means nothing without its date.
func dated(s *forecast.Schedule, code string) bool {
	if s == nil {
		return false
	}
	o := s.Observation(code)
	return o != forecast.None && s.CountsFrom(o)
}

// refresh shows what is recorded now in the lines that nobody touched, after somebody else changed them.
func (f *conditionForm) refresh(known seen, now []registry.Condition) {
	for i := range f.lines {
		if l := &f.lines[i]; !known.touched(conditionControl+l.code, l.state()) {
			*l = lineOf(l.code, now)
			known.controls[conditionControl+l.code] = fingerprint(l.state())
		}
	}
}

// fields are the lines as the form draws them.
func (f *conditionForm) fields(s *forecast.Schedule, n *names) []ui.ConditionLine {
	var out []ui.ConditionLine
	for i := range f.lines {
		l := &f.lines[i]
		out = append(out, ui.ConditionLine{
			Code: l.code, Name: n.condition(l.code), Ticked: l.ticked, Dated: dated(s, l.code), On: ui.Field{Value: l.on, Error: l.err},
		})
	}
	return out
}

// further is the choice of a vaccine after which there was an anaphylaxis that has no line yet.
func (f *conditionForm) further(s *forecast.Schedule, n *names, none string) ui.Select {
	out := ui.Select{Value: f.after, Error: f.errAfter, Options: []ui.Option{{Text: none}}}
	if s == nil {
		return out
	}
	for i := range s.Observations {
		code := strings.ToLower(s.Observations[i].Code)
		_, vaccine, ok := strings.Cut(s.Observations[i].Code, ":")
		if !ok || !strings.HasPrefix(code, anaphylaxisStart) || slices.ContainsFunc(f.lines, func(l conditionLine) bool { return l.code == code }) {
			continue
		}
		out.Options = append(out.Options, ui.Option{Value: code, Text: cmpOr(n.vaccines[vaccine], vaccine)})
	}
	return out
}

// kept names what is recorded and has no line: a newer schedule knows it.
func (f *conditionForm) kept(now []registry.Condition, n *names) []string {
	var out []string
	for _, x := range now {
		if entered(x.Code) && !slices.ContainsFunc(f.lines, func(l conditionLine) bool { return l.code == x.Code }) {
			out = append(out, n.dated(x))
		}
	}
	return out
}

// condition names a condition in the words of the page.
func (n *names) condition(code string) string {
	w := reasons.Words{Catalogue: n.words, Schedule: n.schedule, Vaccine: func(code string) string { return cmpOr(n.vaccines[code], code) }}
	return w.ConditionOf(code)
}

// dated names a condition with its date.
func (n *names) dated(x registry.Condition) string {
	if x.On == 0 {
		return n.condition(x.Code)
	}
	return n.condition(x.Code) + " " + x.On.String()
}

// conditionMarks are the conditions of a person, of all records that are linked as one.
func (c *Call) conditionMarks(rec *desk.Record) ([]ui.Mark, error) {
	all := slices.Clone(rec.Subject.Conditions)
	for i := range rec.Linked {
		all = append(all, linkedConditions(&rec.Linked[i])...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	n, err := c.namesOf(nil)
	if err != nil {
		return nil, err
	}
	var out []ui.Mark
	for _, x := range all {
		text := n.dated(x)
		if n.schedule != nil {
			if o := n.schedule.Observation(x.Code); o != forecast.None && n.schedule.Forbids(o) {
				text = c.T("say.contraindicated", "text", text)
			}
		}
		mark := ui.Mark{Kind: ui.MarkAsk, Text: text}
		if !slices.Contains(out, mark) {
			out = append(out, mark)
		}
	}
	return out, nil
}

func linkedConditions(row *project.SubjectRow) []registry.Condition {
	if row.Void {
		return nil
	}
	return registry.SplitConditions(row.Conditions)
}

// conditionData is what is written for conditions.
func conditionData(list []registry.Condition) p.Data {
	in := registry.SubjectInput{Conditions: list}
	if data, ok := in.Patch(&p.State{Kind: registry.KindSubject})[registry.SubjectConditions]; ok {
		return data
	}
	return p.Null()
}
