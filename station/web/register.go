package web

import (
	"net/http"
	"slices"
	"time"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// newbornHours is how long the clock of hepatitis B at birth runs.
const newbornHours = 24

// duplicates is what was shown beside the form, and what the nurse has said about it.
type duplicates struct {
	list      []desk.Candidate
	different []string // ids
	force     bool
}

func (w *Web) showRegister(c *pages.Call) error {
	if !c.May(rights.Create, registry.KindSubject) {
		return desk.ErrForbidden
	}
	top := ""
	f, typed := c.Typed()
	if typed {
		top = c.T("say.typed_kept")
	}
	open, _, err := c.DraftsOf(pages.DraftRegister, "")
	if err != nil {
		return err
	}
	if open != nil && !typed {
		f = c.DraftedSubject(open)
	}
	return w.drawRegister(c, http.StatusOK, f, duplicates{}, top)
}

// registerNamed shows the form with what was searched for in vain.
func (w *Web) registerNamed(c *pages.Call) error {
	if !c.May(rights.Create, registry.KindSubject) {
		return desk.ErrForbidden
	}
	return w.drawRegister(c, http.StatusOK, c.SoughtForm(), duplicates{}, "")
}

func (w *Web) drawRegister(c *pages.Call, status int, f *pages.SubjectForm, dup duplicates, top string) error {
	home := c.Desk.Home()
	hamlet, err := c.HamletOf(f, home.Commune)
	if err != nil {
		return err
	}
	communes, err := c.Communes(f, home.Commune)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavRegister)
	if err != nil {
		return err
	}
	frame.Path, frame.SwitchForm = ui.PathRegister, "register"
	if top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: top, Alert: true})
	}
	page := ui.Register{
		Frame: frame, Mother: f.Field("mother"), MotherPhone: f.Field("phone"), Born: f.Field("born"), Sex: f.Sex(c),
		Name: f.Field("name"), Hamlet: hamlet, Commune: communes, MotherID: f.Text["mother_id"], BirthPlace: f.BirthPlace(c), Weight: f.Field("weight"),
		Order: f.Order(c), Father: f.Field("father"), FatherPhone: f.Field("father_phone"), Guardian: f.Field("guardian"),
		GuardianTel: f.Field("guardian_phone"), Ethnic: f.Field("ethnic"), PersonalNo: f.Field("personal_no"),
		Insurance: f.Field("insurance"), Admin: f.Admin(c), Note: f.Field("note"), Force: dup.force, Protected: f.Protected(c), Evidence: f.Evidence(c),
		Newborn: newborn(c, f.Text["born"]),
	}
	for _, name := range []string{"father", "father_phone", "guardian", "guardian_phone", "ethnic", "personal_no", "insurance", "note"} {
		page.Opened = page.Opened || f.Text[name] != "" || f.Errs[name] != ""
	}
	page.Opened = page.Opened || page.Protected.Value+page.Protected.Error+page.Evidence.Error != ""
	if page.Hint, err = motherHint(c, f); err != nil {
		return err
	}
	if _, page.Draft, err = c.DraftsOf(pages.DraftRegister, ""); err != nil {
		return err
	}
	page.Opened = page.Opened || page.Order.Value != "0" || page.Order.Error != ""
	if page.Candidates, err = w.candidatesOf(c, dup, f.Text["mother"]+f.Text["name"]+f.Text["born"]+f.Text["phone"] != ""); err != nil {
		return err
	}
	if page.Candidates.Expecting, err = expecting(c, f); err != nil {
		return err
	}
	return c.Draw(status, "register", page)
}

// newborn is the clock of hepatitis B, while it runs.
func newborn(c *pages.Call, text string) *ui.Newborn {
	day, prec, clock, err := pages.ParseBorn(text, c.Today)
	minute, known := clock.Minute()
	if err != nil || prec != registry.PrecisionMinute || !known {
		return nil
	}
	y, m, d := day.Date()
	born := time.Date(y, m, d, minute/60, minute%60, 0, 0, c.Now.Location())
	hours := int(c.Now.Sub(born).Hours())
	if c.Now.Before(born) || hours >= newbornHours {
		return nil
	}
	last := born.Add(newbornHours * time.Hour)
	return &ui.Newborn{Hours: hours, Left: newbornHours - hours, Before: c.Words.Clock(last) + " " + c.Words.ShortDate(last)}
}

// candidatesOf draws who may be the one being registered.
func (w *Web) candidatesOf(c *pages.Call, dup duplicates, typed bool) (ui.Candidates, error) {
	out := ui.Candidates{Since: c.Offline()}
	if typed {
		err := c.View(func(tx store.Tx) error {
			counts, err := tx.Counts()
			out.Compared = int(counts.Subjects)
			return err
		})
		if err != nil {
			return out, err
		}
	}
	if len(dup.list) > 0 {
		if err := c.Desk.NoteListed(c.Ctx(), c.Who, desk.CandidateIDs(dup.list)...); err != nil {
			return out, err
		}
	}
	for i := range dup.list {
		row := c.CandidateOf(&dup.list[i])
		row.Different = slices.Contains(dup.different, row.ID)
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// candidates is asked while the form is typed: what cannot be read yet is not compared.
func (w *Web) candidates(c *pages.Call) error {
	if !c.May(rights.Create, registry.KindSubject) {
		return desk.ErrForbidden
	}
	f := c.ReadSubject()
	var in registry.SubjectInput
	f.Parse(c, &in)
	if c.Value("grown") != "" {
		in.Group = registry.GroupAdult
	}
	typed := in.Name != "" || in.MotherName != "" || in.MotherPhone != "" || in.Phone != "" || in.HasBirth()
	dup := duplicates{different: c.R.PostForm["different"]}
	if typed {
		var err error
		if dup.list, err = c.Desk.Candidates(c.Ctx(), c.Who, in); err != nil {
			return err
		}
	}
	part, err := w.candidatesOf(c, dup, typed)
	if err != nil {
		return err
	}
	if c.Value("grown") == "" {
		if part.Expecting, err = expecting(c, f); err != nil {
			return err
		}
	}
	return c.Draw(http.StatusOK, "candidates", part)
}

// register enters a child. Likely duplicates are shown first; those of whom the nurse says that they are
// somebody else are remembered as such together with the new child.
func (w *Web) register(c *pages.Call) error {
	if !c.May(rights.Create, registry.KindSubject) {
		return desk.ErrForbidden
	}
	f := c.ReadSubject()
	home := c.Desk.Home()
	in := registry.SubjectInput{Place: home.Commune}
	dup := duplicates{different: c.R.PostForm["different"], force: c.Value("force") == "1"}
	if handled, err := w.beforeSave(c, f); handled || err != nil {
		if err != nil {
			return err
		}
		return w.drawRegister(c, http.StatusOK, f, dup, "")
	}
	if fine := f.Parse(c, &in); !fine || !sameMother(c, f, &in) {
		return w.drawRegister(c, http.StatusUnprocessableEntity, f, dup, "")
	}
	id, found, err := w.enterAnd(c, in, dup, c.SpendDraft(pages.DraftRegister, ""))
	if err != nil {
		top, known := f.Refused(c, err)
		if !known {
			return err
		}
		return w.drawRegister(c, http.StatusUnprocessableEntity, f, dup, top)
	}
	if len(found) > 0 {
		// Pressed again, the button says that it is none of these; whoever is unticked is only not said.
		shown := duplicates{list: found, force: true}
		for i := range found {
			shown.different = append(shown.different, found[i].Row.ID.String())
		}
		return w.drawRegister(c, http.StatusConflict, f, shown, c.T("error.duplicate"))
	}
	if err := c.Desk.NoteCommune(c.Ctx(), in.Place); err != nil {
		return err
	}
	return w.registered(c, id)
}

// enter registers somebody. Of those who were said to be other people that is remembered, in the same act.
func (w *Web) enter(c *pages.Call, in registry.SubjectInput, dup duplicates) (p.EntityID, []desk.Candidate, error) {
	return w.enterAnd(c, in, dup, nil)
}

// enterAnd is enter with something that is done in the same transaction.
func (w *Web) enterAnd(c *pages.Call, in registry.SubjectInput, dup duplicates, also func(store.Tx) error) (p.EntityID, []desk.Candidate, error) {
	var different []p.EntityID
	for _, text := range dup.different {
		if id, err := p.ParseEntityID(text); err == nil {
			different = append(different, id)
		}
	}
	id, found, err := c.Desk.RegisterAnd(c.Ctx(), c.Who, in, dup.force, also, different...)
	if err == nil && len(found) > 0 && allDifferent(found, dup.different) {
		id, found, err = c.Desk.RegisterAnd(c.Ctx(), c.Who, in, true, also, different...)
	}
	return id, found, err
}

// beforeSave does what the form was sent for other than saving it: finding a commune or the mother, taking over from her.
func (w *Web) beforeSave(c *pages.Call, f *pages.SubjectForm) (handled bool, err error) {
	if f.SearchesCommune(c) {
		return true, nil
	}
	switch fill := c.Value("fill"); fill {
	case "":
		return c.Value("find") == "mother", nil
	case "none":
		f.Text["mother_id"] = ""
		return true, nil
	default:
		id, err := p.ParseEntityID(fill)
		if err != nil {
			return true, desk.ErrNotFound
		}
		rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
		if err != nil {
			return true, err
		}
		f.FillFrom(&rec.Subject)
		return true, nil
	}
}

// motherHint says whose record the mother's fields were taken from.
func motherHint(c *pages.Call, f *pages.SubjectForm) (string, error) {
	id, err := p.ParseEntityID(f.Text["mother_id"])
	if err != nil || id.IsZero() {
		return "", nil
	}
	row, err := c.RowOf(id)
	if row == nil || err != nil {
		return "", err
	}
	if row.Group == registry.GroupPregnant && row.DueDate != 0 {
		return c.T("mother_say.taken_due", "name", row.Name, "at", row.DueDate.String()), nil
	}
	return c.T("mother_say.taken", "name", row.Name), nil
}

// sameMother holds the mother's name against the record that it was taken from: who types another name means another woman.
func sameMother(c *pages.Call, f *pages.SubjectForm, in *registry.SubjectInput) bool {
	if in.Mother.IsZero() {
		return true
	}
	row, err := c.RowOf(in.Mother)
	if err != nil || row == nil {
		f.Errs["mother"] = c.T("error.not_found")
		return false
	}
	if in.MotherName != "" && registry.Fold(in.MotherName) != registry.Fold(row.Name) {
		f.Errs["mother"] = c.T("mother_say.another_mother", "name", row.Name)
		return false
	}
	return true
}

// expecting are women who expect a child and may be the mother, while her record is not taken over yet.
func expecting(c *pages.Call, f *pages.SubjectForm) ([]ui.Kin, error) {
	if f.Text["mother_id"] != "" {
		return nil, nil
	}
	rows, err := c.Desk.Mothers(c.Ctx(), c.Who, f.Text["mother"], f.Text["phone"])
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var out []ui.Kin
	var ids []p.EntityID
	for i := range rows {
		line := c.PersonLine(&rows[i])
		if rows[i].DueDate != 0 {
			line = c.T("women.due_on", "at", rows[i].DueDate.String()) + ". " + line
		}
		out = append(out, ui.Kin{ID: rows[i].ID.String(), Name: rows[i].Name, Line: line})
		ids = append(ids, rows[i].ID)
	}
	return out, c.Desk.NoteListed(c.Ctx(), c.Who, ids...)
}

func allDifferent(found []desk.Candidate, different []string) bool {
	return !slices.ContainsFunc(found, func(f desk.Candidate) bool { return !slices.Contains(different, f.Row.ID.String()) })
}

func (w *Web) registered(c *pages.Call, id p.EntityID) error {
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved")}
	err := c.View(func(tx store.Tx) error {
		row, err := tx.SubjectRow(id)
		if row != nil {
			note.Text = c.T("say.registered", "name", row.Name, "code", registry.PersonCode(row.Code).Format())
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Go(ui.PathChild+id.String(), note)
}
