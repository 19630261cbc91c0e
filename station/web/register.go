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
	hamlets, err := c.Hamlets(home.Commune)
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
		Name: f.Field("name"), Hamlet: f.Field("hamlet"), BirthPlace: f.BirthPlace(c), Weight: f.Field("weight"),
		Order: f.Order(c), Father: f.Field("father"), FatherPhone: f.Field("father_phone"), Guardian: f.Field("guardian"),
		GuardianTel: f.Field("guardian_phone"), Ethnic: f.Field("ethnic"), PersonalNo: f.Field("personal_no"),
		Insurance: f.Field("insurance"), Address: f.Field("address"), Note: f.Field("note"), Hamlets: hamlets, Force: dup.force,
		Newborn: newborn(c, f.Text["born"]),
	}
	for _, name := range []string{"father", "father_phone", "guardian", "guardian_phone", "ethnic", "personal_no", "insurance", "address", "note"} {
		page.Opened = page.Opened || f.Text[name] != "" || f.Errs[name] != ""
	}
	page.Opened = page.Opened || page.Order.Value != "0" || page.Order.Error != ""
	if page.Candidates, err = w.candidatesOf(c, dup, f.Text["mother"]+f.Text["name"]+f.Text["born"]+f.Text["phone"] != ""); err != nil {
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
	typed := in.Name != "" || in.MotherName != "" || in.MotherPhone != "" || in.HasBirth()
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
	return c.Draw(http.StatusOK, "candidates", part)
}

// register enters a child. Likely duplicates are shown first; those of whom the nurse says that they are
// somebody else are remembered as such together with the new child.
func (w *Web) register(c *pages.Call) error {
	f := c.ReadSubject()
	home := c.Desk.Home()
	in := registry.SubjectInput{Place: home.Commune}
	dup := duplicates{different: c.R.PostForm["different"], force: c.Value("force") == "1"}
	if !f.Parse(c, &in) {
		return w.drawRegister(c, http.StatusUnprocessableEntity, f, dup, "")
	}
	id, found, err := c.Desk.Register(c.Ctx(), c.Who, in, dup.force)
	if err == nil && len(found) > 0 && allDifferent(found, dup.different) {
		id, found, err = c.Desk.Register(c.Ctx(), c.Who, in, true)
	}
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
	for _, text := range dup.different {
		other, err := p.ParseEntityID(text)
		if err != nil {
			continue
		}
		if err := c.Desk.Link(c.Ctx(), c.Who, id, other, false); err != nil {
			// The child is in the register; that the pair is still on the list of likely ones loses nothing.
			w.Log.WarnContext(c.Ctx(), "a remembered difference was not kept", "cause", err)
		}
	}
	return w.registered(c, id)
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
