package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// twinForm is another child of one birth, as typed.
type twinForm struct {
	babyForm
	errs  map[string]string
	force bool
	found []desk.Candidate
	top   string
}

func (w *Web) showTwin(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Create, registry.KindSubject) {
		return desk.ErrForbidden
	}
	return w.drawTwin(c, http.StatusOK, id, &twinForm{errs: map[string]string{}})
}

func (w *Web) drawTwin(c *pages.Call, status int, id p.EntityID, f *twinForm) error {
	rec, err := c.OpenToWrite(id)
	if err != nil {
		return err
	}
	s := &rec.Subject
	if s.Void != "" || !s.HasBirth() || s.Group == registry.GroupPregnant {
		return desk.ErrNotFound
	}
	frame, err := c.Frame(ui.NavRegister)
	if err != nil {
		return err
	}
	frame.Path = ui.PathChild + id.String() + "/twin"
	if f.top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: f.top, Alert: true})
	}
	field := func(name, value string) ui.Field { return ui.Field{Value: value, Error: f.errs[name]} }
	page := ui.Twin{
		Frame: frame, ID: id.String(), Name: s.Name, Line: c.LineOf(rec), Force: f.force, Sex: ui.Select{Value: f.sex, Error: f.errs["sex"]},
		Weight: field("weight", f.weight), Clock: field("clock", f.clock), ChildName: field("name", f.name),
	}
	for _, key := range []string{"male", "female", "unknown"} {
		page.Sex.Options = append(page.Sex.Options, ui.Option{Value: key, Text: c.T("sex." + key)})
	}
	fact := func(key, value string) {
		if value != "" {
			page.Shared = append(page.Shared, ui.Fact{Name: c.T("field." + key), Value: value})
		}
	}
	fact("birth_date", pages.BornText(s))
	fact("mother_name", s.MotherName)
	fact("mother_phone", registry.FormatPhone(s.MotherPhone))
	if rec.Residence != nil {
		fact("place", strings.TrimPrefix(s.Hamlet+", "+rec.Residence.Name, ", "))
	}
	for i := range f.found {
		page.Candidates = append(page.Candidates, c.CandidateOf(&f.found[i]))
	}
	return c.Draw(status, "twin", page)
}

// twin registers another child of one birth with somebody, as one act.
func (w *Web) twin(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Create, registry.KindSubject) {
		return desk.ErrForbidden
	}
	text := func(name string) string { return strings.TrimSpace(c.Value(name)) }
	f := &twinForm{babyForm: babyForm{text("sex"), text("weight"), text("clock"), text("name")}, errs: map[string]string{}, force: text("force") == "1"}
	in := registry.SubjectInput{Name: f.name}
	sex, ok := registry.SexEnum.Number(f.sex)
	if in.Sex = registry.Sex(sex); !ok {
		f.errs["sex"] = c.T("invalid.required")
	}
	if f.weight != "" {
		if in.BirthWeight, err = registry.ParseWeight(f.weight); err != nil {
			f.errs["weight"] = c.T("invalid.weight_unreadable")
		}
	}
	if f.clock != "" {
		if in.BirthClock, err = registry.ParseClock(f.clock); err != nil {
			f.errs["clock"] = c.T("invalid.time_unreadable", "text", f.clock)
		}
	}
	if len(f.errs) > 0 {
		return w.drawTwin(c, http.StatusUnprocessableEntity, id, f)
	}
	twin, found, err := c.Desk.AddTwin(c.Ctx(), c.Who, id, in, f.force)
	if err != nil {
		wrong, known := c.Sentences(err)
		if !known {
			return err
		}
		for field, control := range map[string]string{"birth_weight": "weight", "name": "name", "sex": "sex", "birth_minute": "clock", "birth_date": "clock"} {
			if s := wrong[field]; s != "" {
				f.errs[control] = s
				delete(wrong, field)
			}
		}
		for field, s := range wrong {
			f.top = strings.TrimSpace(f.top + " " + c.T("field."+field) + ": " + s)
		}
		return w.drawTwin(c, http.StatusUnprocessableEntity, id, f)
	}
	if len(found) > 0 {
		f.found, f.force = found, true
		return w.drawTwin(c, http.StatusConflict, id, f)
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("twin.saved")}
	note.Action = c.Undoable(ui.PathChild+id.String(), func(ctx context.Context, who desk.Who) error {
		return c.Desk.TakeBackBirth(ctx, who, p.EntityID{}, []p.EntityID{twin}, nil)
	})
	return c.Go(ui.PathChild+twin.String(), note)
}

// tieForm is the choice of somebody's mother.
type tieForm struct {
	query, err, seen string
	rows             []ui.Person
	sought           bool
}

func (w *Web) showTie(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Amend, registry.KindSubject) {
		return desk.ErrForbidden
	}
	return w.drawTie(c, http.StatusOK, id, &tieForm{}, "")
}

func (w *Web) drawTie(c *pages.Call, status int, id p.EntityID, f *tieForm, top string) error {
	rec, err := c.OpenToWrite(id)
	if err != nil {
		return err
	}
	if f.seen == "" {
		f.seen = registry.SawOf(rec.State).String()
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	frame.Path = ui.PathChild + id.String() + "/mother"
	if top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: top, Alert: true})
	}
	page := ui.TieMother{
		Frame: frame, ID: id.String(), Name: rec.Subject.Name, Line: c.LineOf(rec), Seen: f.seen, Rows: f.rows, Sought: f.sought,
		Query: ui.Field{Value: f.query, Error: f.err},
	}
	if f.query == "" && !f.sought {
		page.Query.Value = rec.Subject.MotherName
	}
	if !rec.Subject.Mother.IsZero() {
		page.Tied = &ui.Kin{Name: rec.Subject.MotherName}
		if m := rec.Family.Mother; m != nil {
			page.Tied = &ui.Kin{ID: m.ID.String(), Name: m.Name, Line: c.PersonLine(m)}
			if err := c.Desk.NoteListed(c.Ctx(), c.Who, m.ID); err != nil {
				return err
			}
		}
	}
	return c.Draw(status, "tie", page)
}

// tie ties a child to its mother's record, takes the tie off, or looks for her.
func (w *Web) tie(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Amend, registry.KindSubject) {
		return desk.ErrForbidden
	}
	f := &tieForm{query: strings.TrimSpace(c.Value("q")), seen: c.Value("seen")}
	if c.Value("to") == "" && c.Value("untie") != "1" {
		return w.findMother(c, id, f)
	}
	var woman p.EntityID
	if text := c.Value("to"); text != "" {
		if woman, err = p.ParseEntityID(text); err != nil {
			return desk.ErrNotFound
		}
	}
	rec, err := c.OpenToWrite(id)
	if err != nil {
		return err
	}
	saw, err := registry.ParseSaw(f.seen)
	if err != nil {
		saw = registry.Saw{}
	}
	err = c.Desk.TieMother(c.Ctx(), c.Who, id, woman, saw)
	var stale *registry.StaleError
	if errors.As(err, &stale) {
		return w.drawTie(c, http.StatusPreconditionFailed, id, &tieForm{}, c.StaleText(stale))
	}
	if wrong, known := c.Sentences(err); known {
		top := ""
		for _, s := range wrong {
			top = strings.TrimSpace(top + " " + s)
		}
		return w.drawTie(c, http.StatusUnprocessableEntity, id, &tieForm{}, top)
	}
	if err != nil {
		return err
	}
	old := registry.Patch{}
	for _, field := range desk.KinFields {
		old[field] = rec.State.Get(field)
	}
	word := "tie.said"
	if woman.IsZero() {
		word = "tie.untied"
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T(word, "name", rec.Subject.Name)}
	note.Action = c.Undoable(ui.PathChild+id.String(), func(ctx context.Context, who desk.Who) error { return c.Pages.PutBack(ctx, who, id, old) })
	return c.Go(ui.PathChild+id.String(), note)
}

// findMother lists who may be the mother.
func (w *Web) findMother(c *pages.Call, id p.EntityID, f *tieForm) error {
	if f.query == "" {
		f.err, f.sought = c.T("invalid.required"), false
		return w.drawTie(c, http.StatusUnprocessableEntity, id, f, "")
	}
	if _, err := c.OpenToWrite(id); err != nil {
		return err
	}
	rows, err := c.Desk.FindMothers(c.Ctx(), c.Who, f.query, id)
	if err != nil {
		return err
	}
	home := c.Desk.Home()
	for i := range rows {
		f.rows = append(f.rows, c.Person(&rows[i], &home))
	}
	f.sought = true
	return w.drawTie(c, http.StatusOK, id, f, "")
}
