package pages

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// doseForm is the page of a dose as it came back, or as it is drawn first.
type doseForm struct {
	values map[string]string
	errs   sentences
	seen   seen
}

// doseControls are the controls of the change, each with the field of a dose that it stands for.
var doseControls = map[string]p.Field{
	"vaccine": registry.DoseVaccine, "number": registry.DoseOrder, "on": registry.DoseGivenOn, "site": registry.DoseSite,
	"lot": registry.DoseLot, "expires": registry.DoseExpires, "note": registry.DoseNote,
}

// doseValues are the controls as a dose fills them.
func doseValues(in *registry.ImmunizationInput) map[string]string {
	v := map[string]string{
		"vaccine": in.Vaccine, "on": in.GivenOn.String(), "site": registry.SiteEnum.Key(int64(in.Site)),
		"lot": in.Lot, "note": in.Note, "number": "", "expires": "",
	}
	if in.HasOrder {
		v["number"] = itoa(in.Order)
	}
	if in.Expires != 0 {
		v["expires"] = in.Expires.String()
	}
	return v
}

// amend corrects a dose. Only controls that somebody touched are written.
func (pg *Pages) amend(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	s, err := pg.state(c.Ctx(), id)
	if err != nil {
		return err
	}
	if s.Kind != registry.KindImmunization {
		return desk.ErrNotFound
	}
	form := c.readDose()
	patch := form.patch(c)
	if len(form.errs) > 0 {
		return c.drawDose(http.StatusUnprocessableEntity, id, form)
	}
	if err := c.Desk.Amend(c.Ctx(), c.Who, id, patch, form.seen.saw); err != nil {
		status, known := form.refused(c, err)
		if !known {
			return err
		}
		return c.drawDose(status, id, form)
	}
	dose := registry.ImmunizationOf(s)
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved")}
	back := childPath(dose.Subject)
	old := registry.Patch{}
	for f := range patch {
		old[f] = s.Get(f)
	}
	if len(old) > 0 {
		note.Action = c.Undoable(back, func(ctx context.Context, who desk.Who) error {
			now, err := c.Pages.state(ctx, id)
			if err != nil {
				return err
			}
			return c.Pages.write(ctx, who, now, old)
		})
	}
	return c.Go(back, note)
}

func (c *Call) readDose() *doseForm {
	f := &doseForm{values: map[string]string{}, errs: sentences{}, seen: parseSeen(c.Value("seen"))}
	for name := range doseControls {
		f.values[name] = strings.TrimSpace(c.Value(name))
	}
	for _, name := range []string{"reason", "why"} {
		f.values[name] = strings.TrimSpace(c.Value(name))
	}
	return f
}

// patch reads what was touched; a control that cannot be read leaves a sentence beside it.
func (f *doseForm) patch(c *Call) registry.Patch {
	patch := registry.Patch{}
	for name, field := range doseControls {
		text := f.values[name]
		if !f.seen.touched(name, text) {
			continue
		}
		info, _ := registry.FieldOf(registry.KindImmunization, field)
		data, sentence := c.doseData(name, text)
		if sentence != "" {
			f.errs[info.Name] = sentence
			continue
		}
		patch[field] = data
	}
	return patch
}

// doseData reads one control.
func (c *Call) doseData(name, text string) (data p.Data, sentence string) {
	if text == "" {
		return p.Null(), ""
	}
	switch name {
	case "number":
		n, err := strconv.Atoi(text)
		if err != nil {
			return data, c.T("invalid.order_range", "max", registry.OrderMax)
		}
		return p.Int(int64(n)), ""
	case "on":
		day, err := registry.ParseDay(text, c.Today)
		if err != nil {
			return data, c.dateError(err)
		}
		return p.Int(int64(day)), ""
	case "expires":
		day, err := expires(text, c.Today)
		if err != nil {
			return data, c.dateError(err)
		}
		return p.Int(int64(day)), ""
	case "site":
		n, ok := chosen(registry.SiteEnum, text)
		if !ok {
			return data, c.T("invalid.choice_unknown")
		}
		return p.Int(n), ""
	}
	return p.Text(text), ""
}

// byCode finds the person whose whole code, or its last six digits, somebody typed.
func (c *Call) byCode(text string) (*project.SubjectRow, string, error) {
	var rows []project.SubjectRow
	err := c.View(func(tx store.Tx) error {
		if code, err := registry.ParseCode(text); err == nil {
			row, err := tx.SubjectByCode(string(code))
			if row != nil {
				rows = append(rows, *row)
			}
			return err
		}
		six, ok := registry.LastSixTyped(text)
		if !ok {
			return nil
		}
		found, err := tx.SearchSubjects(store.SubjectQuery{Digits: six, Limit: 10})
		for i := range found {
			if registry.PersonCode(found[i].Code).LastSix() == six {
				rows = append(rows, found[i])
			}
		}
		return err
	})
	switch {
	case err != nil:
		return nil, "", err
	case len(rows) == 1:
		return &rows[0], "", nil
	}
	if _, ok := registry.LastSixTyped(text); ok {
		// None, or two of them: only the whole code says which.
		return nil, c.T("error.not_found"), nil
	}
	if _, err := registry.ParseCode(text); err == nil {
		return nil, c.T("error.not_found"), nil
	}
	return nil, c.T("invalid.code_check"), nil
}

// refused puts what the rules said beside the controls.
func (f *doseForm) refused(c *Call, err error) (status int, known bool) {
	var stale *registry.StaleError
	if errors.As(err, &stale) {
		f.errs[fieldName(stale)] = c.staleText(stale)
		f.seen.show(stale.Field, stale.Values)
		return http.StatusPreconditionFailed, true
	}
	wrong, ok := c.sentences(err)
	if !ok {
		return 0, false
	}
	f.errs = wrong
	left := sentences{}
	shown := map[string]bool{
		"vaccine": true, "dose_order": true, "given_on": true, "lot": true, "expires": true,
		"note": true, "subject": true, "site": true, "void": true,
	}
	for name, text := range wrong {
		if !shown[name] {
			left[name] = text
		}
	}
	f.errs[""] = left.rest(c.Words)
	return http.StatusUnprocessableEntity, true
}

func fieldName(stale *registry.StaleError) string {
	info, _ := registry.FieldOf(stale.Kind, stale.Field)
	return info.Name
}

// staleText shows what a field holds now, beside what was typed, which stays in its control.
func (c *Call) staleText(stale *registry.StaleError) string {
	info, _ := registry.FieldOf(stale.Kind, stale.Field)
	data := make([]p.Data, 0, len(stale.Values))
	for _, v := range stale.Values {
		data = append(data, v.Data)
	}
	n, err := c.namesOf(data)
	if err != nil {
		return c.T("error.stale")
	}
	var parts []string
	for _, d := range data {
		parts = append(parts, "“"+cmpOr(n.show(&info, d), c.T("say.none"))+"”")
	}
	return c.T("error.stale") + " " + strings.Join(parts, ", ") + ". " + c.T("error.stale_do")
}
