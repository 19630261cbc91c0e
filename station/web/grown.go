package web

import (
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
)

func (w *Web) registerWomen(s *server.Server) {
	grown := func(pregnant bool) (show, save func(*pages.Call) error) {
		return func(c *pages.Call) error { return w.showGrown(c, pregnant) }, func(c *pages.Call) error { return w.grown(c, pregnant) }
	}
	for path, pregnant := range map[string]bool{ui.PathGrown: false, ui.PathPregnant: true} {
		show, save := grown(pregnant)
		s.Handle(http.MethodGet, path, w.Page(show))
		s.Handle(http.MethodPost, path, w.Form(save))
	}
	s.Handle(http.MethodGet, ui.PathWomen, w.Page(w.women))
	s.Handle(http.MethodGet, ui.PathChild+"{id}/pregnancy", w.Page(w.showPregnancy))
	s.Handle(http.MethodPost, ui.PathChild+"{id}/pregnancy", w.Form(w.pregnancy))
	s.Handle(http.MethodGet, ui.PathChild+"{id}/birth", w.Page(w.showBirth))
	s.Handle(http.MethodPost, ui.PathChild+"{id}/birth", w.Form(w.birth))
}

// grownForm is the form for somebody of school age or grown; pregnancy is nil but for a woman who expects a child.
type grownForm struct {
	*pages.SubjectForm
	pregnancy *pregnancyForm
}

func (w *Web) showGrown(c *pages.Call, pregnant bool) error {
	if !c.May(rights.Create, registry.KindSubject) {
		return desk.ErrForbidden
	}
	f := &grownForm{SubjectForm: &pages.SubjectForm{Text: map[string]string{}, Errs: map[string]string{}}}
	if pregnant {
		f.pregnancy = &pregnancyForm{errs: map[string]string{}}
	}
	return w.drawGrown(c, http.StatusOK, f, duplicates{}, "")
}

func (w *Web) drawGrown(c *pages.Call, status int, f *grownForm, dup duplicates, top string) error {
	home := c.Desk.Home()
	hamlet, err := c.HamletOf(f.SubjectForm, home.Commune)
	if err != nil {
		return err
	}
	communes, err := c.Communes(f.SubjectForm, home.Commune)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavRegister)
	if err != nil {
		return err
	}
	if top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: top, Alert: true})
	}
	page := ui.Grown{
		Frame: frame, Name: f.Field("name"), Born: f.Field("born"), OwnPhone: f.Field("own_phone"), PersonalNo: f.Field("personal_no"),
		Guardian: f.Field("guardian"), GuardianTel: f.Field("guardian_phone"), Ethnic: f.Field("ethnic"), Insurance: f.Field("insurance"),
		Admin: f.Admin(c), Note: f.Field("note"), Sex: f.Sex(c), Hamlet: hamlet, Commune: communes, Force: dup.force,
	}
	for _, name := range []string{"guardian", "guardian_phone", "ethnic", "insurance", "note"} {
		page.Opened = page.Opened || f.Text[name] != "" || f.Errs[name] != ""
	}
	if f.pregnancy != nil {
		fields := f.pregnancy.fields(c)
		page.Pregnancy = &fields
	}
	page.Frame.Path = page.Path()
	if page.Candidates, err = w.candidatesOf(c, dup, f.Text["name"] != ""); err != nil {
		return err
	}
	return c.Draw(status, "grown", page)
}

// grown enters somebody of school age or grown, or a woman who expects a child.
func (w *Web) grown(c *pages.Call, pregnant bool) error {
	if !c.May(rights.Create, registry.KindSubject) {
		return desk.ErrForbidden
	}
	f := &grownForm{SubjectForm: c.ReadSubject()}
	home := c.Desk.Home()
	in := registry.SubjectInput{Place: home.Commune}
	dup := duplicates{different: c.R.PostForm["different"], force: c.Value("force") == "1"}
	if pregnant {
		f.pregnancy = readPregnancy(c)
	}
	if f.SearchesCommune(c) {
		return w.drawGrown(c, http.StatusOK, f, dup, "")
	}
	fine := f.Parse(c, &in)
	if f.Text["name"] == "" {
		f.Errs["name"], fine = c.T("invalid.required"), false
	}
	if pregnant {
		in.Group, in.Sex = registry.GroupPregnant, registry.SexFemale
		fine = f.pregnancy.parse(c, &in) && fine
	} else if !in.HasBirth() {
		in.Group = registry.GroupAdult
	}
	if !fine {
		return w.drawGrown(c, http.StatusUnprocessableEntity, f, dup, "")
	}
	id, found, err := w.enter(c, in, dup)
	if err != nil {
		top, known := f.Refused(c, f.pregnancy.refused(c, err))
		if !known {
			return err
		}
		return w.drawGrown(c, http.StatusUnprocessableEntity, f, dup, top)
	}
	if len(found) > 0 {
		shown := duplicates{list: found, force: true}
		for i := range found {
			shown.different = append(shown.different, found[i].Row.ID.String())
		}
		return w.drawGrown(c, http.StatusConflict, f, shown, c.T("error.duplicate_person"))
	}
	if err := c.Desk.NoteCommune(c.Ctx(), in.Place); err != nil {
		return err
	}
	return w.registered(c, id)
}
