package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// babyRows is how many children of one birth the form has room for; a fourth is registered by itself.
const babyRows = 3

// babyForm is one child as typed.
type babyForm struct{ sex, weight, clock, name string }

// stated reports whether anything says that there was this child.
func (b *babyForm) stated() bool { return b.sex+b.weight+b.clock+b.name != "" }

// birthForm is the end of a pregnancy, as typed.
type birthForm struct {
	*pages.SubjectForm // birth_place
	end, born, seen    string
	babies             [babyRows]babyForm
	died, force        bool
	found              []desk.Candidate
}

func readBirth(c *pages.Call) *birthForm {
	text := func(name string) string { return strings.TrimSpace(c.Value(name)) }
	f := &birthForm{
		SubjectForm: c.ReadSubject(), end: text("end"), born: text("born"), seen: c.Value("seen"),
		died: text("died") == "1", force: text("force") == "1",
	}
	for i := range f.babies {
		n := "." + strconv.Itoa(i+1)
		f.babies[i] = babyForm{text("sex" + n), text("weight" + n), text("clock" + n), text("name" + n)}
	}
	return f
}

func (w *Web) showBirth(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Create, registry.KindSubject) || !c.May(rights.Amend, registry.KindSubject) {
		return desk.ErrForbidden
	}
	return w.drawBirth(c, http.StatusOK, id, nil, "")
}

func (w *Web) drawBirth(c *pages.Call, status int, id p.EntityID, f *birthForm, top string) error {
	rec, err := c.OpenToWrite(id)
	if err != nil {
		return err
	}
	s := &rec.Subject
	if s.Group != registry.GroupPregnant {
		return c.Go(ui.PathChild+id.String(), ui.Note{Tone: ui.ToneAsk, Lead: c.T("birth.not_pregnant"), Text: s.Name})
	}
	if f == nil {
		f = &birthForm{
			SubjectForm: &pages.SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}, end: registry.PregnancyBorn.String(),
			seen: registry.SawOf(rec.State).String(),
		}
	}
	frame, err := c.Frame(ui.NavDue)
	if err != nil {
		return err
	}
	frame.Path = ui.PathChild + id.String() + "/birth"
	if top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: top, Alert: true})
	}
	day := max(s.DueDate, c.Today)
	if born, _, _, err := pages.ParseBorn(f.born, c.Today); err == nil {
		day = born
	}
	page := ui.BirthPage{
		Frame: frame, ID: id.String(), Name: s.Name, Line: c.LineOf(rec), Protection: c.Protection(rec.Tetanus.Protects(day)),
		End: ui.Select{Value: f.end, Error: f.Errs["end"]}, Born: ui.Field{Value: f.born, Error: f.Errs["born"]}, BirthPlace: f.BirthPlace(c),
		Died: f.died, Seen: f.seen, Force: f.force,
	}
	if s.DueDate != 0 {
		page.Due = s.DueDate.String()
	}
	for _, key := range registry.PregnancyEndEnum.Keys() {
		page.End.Options = append(page.End.Options, ui.Option{Value: key, Text: c.T("pregnancy_end." + key)})
	}
	for i := range f.babies {
		b, n := &f.babies[i], strconv.Itoa(i+1)
		field := func(name, value string) ui.Field { return ui.Field{Value: value, Error: f.Errs[name+"."+n]} }
		sex := ui.Select{Value: b.sex, Error: f.Errs["sex."+n]}
		for _, key := range []string{"male", "female", "unknown"} {
			sex.Options = append(sex.Options, ui.Option{Value: key, Text: c.T("sex." + key)})
		}
		page.Babies = append(page.Babies, ui.BabyFields{
			N: n, Title: c.T("birth.baby", "n", i+1), Sex: sex, Weight: field("weight", b.weight), Clock: field("clock", b.clock), Name: field("name", b.name),
		})
		page.More = page.More || i > 0 && b.stated()
	}
	for i := range f.found {
		page.Candidates = append(page.Candidates, c.CandidateOf(&f.found[i]))
	}
	return c.Draw(status, "birth", page)
}

// birth writes the end of a pregnancy, with the children, as one act.
func (w *Web) birth(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Create, registry.KindSubject) || !c.May(rights.Amend, registry.KindSubject) {
		return desk.ErrForbidden
	}
	rec, err := c.OpenToWrite(id)
	if err != nil {
		return err
	}
	f := readBirth(c)
	b := desk.Birth{Mother: id, MotherDied: f.died}
	if b.Saw, err = registry.ParseSaw(f.seen); err != nil {
		b.Saw = registry.Saw{}
	}
	if same := c.Value("same"); same != "" {
		return w.birthOfKnown(c, id, same, b, f)
	}
	if !f.parse(c, &b, rec.Subject.DueDate) {
		return w.drawBirth(c, http.StatusUnprocessableEntity, id, f, "")
	}
	ids, found, err := c.Desk.RecordBirth(c.Ctx(), c.Who, b, f.force)
	if err != nil {
		return w.birthRefused(c, id, f, err)
	}
	if len(found) > 0 {
		f.found, f.force = found, true
		return w.drawBirth(c, http.StatusConflict, id, f, c.T("error.duplicate"))
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("birth.said", "name", rec.Subject.Name, "n", len(ids))}
	if rights.MayTakeBack(c.Who.Role, registry.KindSubject) {
		old := registry.Patch{}
		for _, field := range desk.BirthFields {
			old[field] = rec.State.Get(field)
		}
		note.Action = c.Undoable(ui.PathChild+id.String(), func(ctx context.Context, who desk.Who) error {
			return c.Desk.TakeBackBirth(ctx, who, id, ids, old)
		})
	}
	if len(ids) == 0 {
		return c.Go(ui.PathChild+id.String(), note)
	}
	return c.Go(ui.PathChild+ids[0].String(), note)
}

// birthOfKnown ties a child that is in the register already to its mother.
func (w *Web) birthOfKnown(c *pages.Call, id p.EntityID, text string, b desk.Birth, f *birthForm) error {
	child, err := p.ParseEntityID(text)
	if err != nil {
		return desk.ErrNotFound
	}
	row, err := c.RowOf(child)
	if err != nil {
		return err
	}
	if row == nil {
		return desk.ErrNotFound
	}
	b.End, b.On, b.Known = registry.PregnancyBorn, row.BirthDate, []p.EntityID{child}
	if _, _, err := c.Desk.RecordBirth(c.Ctx(), c.Who, b, true); err != nil {
		return w.birthRefused(c, id, f, err)
	}
	return c.Go(ui.PathChild+child.String(), ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("birth.tied", "name", row.Name)})
}

// parse reads the form. False: something cannot be read, and Errs says what.
func (f *birthForm) parse(c *pages.Call, b *desk.Birth, due registry.Day) bool {
	end, ok := registry.PregnancyEndEnum.Number(f.end)
	if b.End = registry.PregnancyEnd(end); !ok {
		f.Errs["end"] = c.T("invalid.required")
	}
	day, prec, clock, err := pages.ParseBorn(f.born, c.Today)
	switch {
	case f.born == "":
		f.Errs["born"] = c.T("invalid.required")
	case err != nil:
		f.Errs["born"] = c.DateError(err)
	case !prec.DayKnown():
		f.Errs["born"] = c.T("birth.day_needed")
	case day > c.Today:
		f.Errs["born"] = c.T("invalid.birth_future", "today", c.Today.String())
	case !registry.EndsPregnancy(due, day):
		f.Errs["born"] = c.T("birth.not_hers", "due", due.String())
	}
	b.On = day
	if b.End != registry.PregnancyBorn {
		return len(f.Errs) == 0
	}
	for i := range f.babies {
		x, n := &f.babies[i], "."+strconv.Itoa(i+1)
		if i > 0 && !x.stated() {
			continue
		}
		in := registry.SubjectInput{Name: x.name, BirthDate: day, BirthClock: clock, BirthPlace: f.Text["birth_place"]}
		if i > 0 {
			in.BirthClock = 0
		}
		sex, ok := registry.SexEnum.Number(x.sex)
		if in.Sex = registry.Sex(sex); !ok {
			f.Errs["sex"+n] = c.T("invalid.required")
		}
		if x.weight != "" {
			if in.BirthWeight, err = registry.ParseWeight(x.weight); err != nil {
				f.Errs["weight"+n] = c.T("invalid.weight_unreadable")
			}
		}
		if x.clock != "" {
			if in.BirthClock, err = registry.ParseClock(x.clock); err != nil {
				f.Errs["clock"+n] = c.T("invalid.time_unreadable", "text", x.clock)
			}
		}
		b.Babies = append(b.Babies, in)
	}
	return len(f.Errs) == 0
}

// birthRefused puts what the rules said beside the controls.
func (w *Web) birthRefused(c *pages.Call, id p.EntityID, f *birthForm, err error) error {
	var stale *registry.StaleError
	if errors.As(err, &stale) {
		f.seen = "" // drawn anew from what stands now
		rec, rerr := c.OpenToWrite(id)
		if rerr != nil {
			return rerr
		}
		f.seen = registry.SawOf(rec.State).String()
		return w.drawBirth(c, http.StatusPreconditionFailed, id, f, c.StaleText(stale))
	}
	n := ".1"
	var baby *desk.BabyError
	if errors.As(err, &baby) {
		n = "." + strconv.Itoa(baby.Index+1)
	}
	var list registry.Errors
	var rest registry.Errors
	if errors.As(err, &list) {
		for i := range list {
			switch control := map[string]string{"birth_weight": "weight" + n, "name": "name" + n, "sex": "sex" + n, "birth_date": "born", "pregnancy_end": "end"}[list[i].Field]; control {
			case "":
				rest = append(rest, list[i])
			default:
				f.Errs[control] = c.Invalid(&list[i])
			}
		}
		err = rest
	}
	top, known := c.Sentence(err)
	if !known {
		return err
	}
	return w.drawBirth(c, http.StatusUnprocessableEntity, id, f, top)
}
