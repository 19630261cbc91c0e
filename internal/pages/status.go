package pages

import (
	"context"
	"errors"
	"maps"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// What may be said about where somebody is. Who moves to a commune that is known lives there from then on and is called
// there; who moves away to nobody knows where is called nowhere.
const (
	statusHere   = "here"
	statusIn     = "in"
	statusOut    = "out"
	statusAbsent = "absent"
	statusDied   = "died"
)

// statusForm is the form as it came back, or as it is drawn first.
type statusForm struct {
	*SubjectForm
	what, on, until, reason string
	seen                    seen
}

func (pg *Pages) showStatus(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Amend, registry.KindSubject) {
		return desk.ErrForbidden
	}
	return c.drawStatus(http.StatusOK, id, nil)
}

func (c *Call) drawStatus(status int, id p.EntityID, f *statusForm) error {
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	if !rec.Glass.IsZero() { // to be read only
		return desk.ErrElsewhere
	}
	s := &rec.Subject
	if f == nil {
		f = &statusForm{SubjectForm: &SubjectForm{Text: map[string]string{"commune": idText(s.Place)}, Errs: map[string]string{}}, seen: newSeen(rec.State, nil)}
		f.on = c.Today.String()
		if s.Status == registry.StatusAbsent && s.AbsentUntil != 0 {
			f.until = s.AbsentUntil.String()
		}
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	frame.Path = childPath(id) + "/status"
	if top := f.Errs[""]; top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneLate, Lead: top, Alert: true})
	}
	page := ui.StatusPage{
		Frame: frame, ID: id.String(), Name: s.Name, Line: bornField(&s.SubjectInput), Seen: f.seen.String(),
		On: ui.Field{Value: f.on, Error: f.Errs["on"]}, Until: ui.Field{Value: f.until, Error: f.Errs["until"]},
		Reason: ui.Field{Value: f.reason, Error: f.Errs["status_reason"]},
	}
	if s.MotherName != "" {
		page.Line += ", " + c.T("row.mother", "name", s.MotherName)
	}
	row, err := c.RowOf(id)
	if err != nil {
		return err
	}
	home := c.Desk.Home()
	away := s.Status != 0 && s.Status != registry.StatusPresent
	page.What = ui.Select{Value: f.what, Error: f.Errs["what"]}
	for _, key := range []string{statusIn, statusOut, statusAbsent, statusDied, statusHere} {
		lives := row != nil && home.Has(row)
		if key == statusIn && (home.Commune.IsZero() || lives) || key == statusHere && !away {
			continue
		}
		page.What.Options = append(page.What.Options, ui.Option{Value: key, Text: c.T("status_page." + key)})
	}
	if page.Commune, err = c.Communes(f.SubjectForm, s.Place); err != nil {
		return err
	}
	if page.Hamlet, err = c.HamletOf(f.SubjectForm, s.Place); err != nil {
		return err
	}
	return c.Draw(status, "status", page)
}

// status writes that somebody moved, is away or has died, as one act.
func (pg *Pages) status(c *Call) error {
	if !c.May(rights.Amend, registry.KindSubject) {
		return desk.ErrForbidden
	}
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	s, err := pg.state(c.Ctx(), id)
	if err != nil {
		return err
	}
	if s.Kind != registry.KindSubject {
		return desk.ErrNotFound
	}
	f := &statusForm{
		SubjectForm: c.ReadSubject(), what: c.Value("what"), on: c.Value("on"), until: c.Value("until"), reason: c.Value("reason"),
		seen: parseSeen(c.Value("seen")),
	}
	if f.SearchesCommune(c) {
		if f.what == "" {
			f.what = statusOut
		}
		return c.drawStatus(http.StatusOK, id, f)
	}
	now := registry.SubjectOf(s)
	patch := f.write(c, &now)
	if len(f.Errs) > 0 {
		return c.drawStatus(http.StatusUnprocessableEntity, id, f)
	}
	err = c.Desk.Edit(c.Ctx(), c.Who, id, patch, f.seen.saw)
	var stale *registry.StaleError
	switch {
	case errors.As(err, &stale):
		f.Errs["what"] = c.staleText(stale)
		f.seen.show(stale.Field, stale.Values)
		return c.drawStatus(http.StatusPreconditionFailed, id, f)
	case err != nil:
		wrong, ok := c.sentences(err)
		if !ok {
			return err
		}
		for field, control := range map[string]string{"status_date": "on", "absent_until": "until", "status_reason": "status_reason"} {
			if text, has := wrong[field]; has {
				f.Errs[control] = text
				delete(wrong, field)
			}
		}
		f.Errs[""] = wrong.rest(c.Words)
		return c.drawStatus(http.StatusUnprocessableEntity, id, f)
	}
	if err := c.usedCommune(patch); err != nil {
		return err
	}
	old := registry.Patch{}
	for field := range maps.Keys(patch) {
		old[field] = s.Get(field)
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("status_page.said_"+f.what, "name", now.Name)}
	note.Action = c.Undoable(childPath(id), func(ctx context.Context, who desk.Who) error {
		now, err := c.Pages.state(ctx, id)
		if err != nil {
			return err
		}
		return c.Pages.write(ctx, who, now, old)
	})
	return c.Go(childPath(id), note)
}

// write is what the form says, with a sentence beside what cannot be read.
func (f *statusForm) write(c *Call, now *registry.Subject) registry.Patch {
	patch := registry.Patch{registry.SubjectAbsentUntil: p.Null(), registry.SubjectStatusReason: p.Text(f.reason)}
	if f.reason == "" {
		patch[registry.SubjectStatusReason] = p.Null()
	}
	on := c.Today
	if f.on != "" {
		var err error
		if on, err = registry.ParseDay(f.on, c.Today); err != nil {
			f.Errs["on"] = c.dateError(err)
		}
	}
	patch[registry.SubjectStatusDate] = p.Int(int64(on))
	set := func(status registry.Status) { patch[registry.SubjectStatus] = p.Int(int64(status)) }
	in := registry.SubjectInput{Place: now.Place}
	f.parseCommune(c, &in)
	home := c.Desk.Home()
	switch f.what {
	case statusHere:
		set(registry.StatusPresent)
	case statusIn:
		set(registry.StatusPresent)
		if in.Place == now.Place || home.Commune.IsZero() {
			in.Place = home.Commune
		}
	case statusOut:
		if in.Place == now.Place {
			set(registry.StatusMoved)
			break
		}
		set(registry.StatusPresent)
		if f.reason == "" { // kept with the record, so not in the language of who writes
			was, _ := c.Desk.Node.Atlas().Row(now.Place)
			patch[registry.SubjectStatusReason] = p.Text(locale.For(locale.Vietnamese).T("status_page.came_from", "place", was.Name))
		}
	case statusAbsent:
		set(registry.StatusAbsent)
		if f.until != "" {
			until, err := parseNext(f.until, c.Today)
			switch {
			case err != nil:
				f.Errs["until"] = c.dateError(err)
			case until < on:
				f.Errs["until"] = c.T("invalid.day_before", "min", on.String())
			default:
				patch[registry.SubjectAbsentUntil] = p.Int(int64(until))
			}
		}
	case statusDied:
		set(registry.StatusDied)
	default:
		f.Errs["what"] = c.T("invalid.required")
	}
	if (f.what == statusIn || f.what == statusOut) && !in.Place.IsZero() && in.Place != now.Place {
		patch[p.FieldPlace] = p.Ref(in.Place)
		patch[registry.SubjectHamlet] = p.Null()
		if h := f.Text["hamlet"]; h != "" && h != now.Hamlet {
			patch[registry.SubjectHamlet] = p.Text(h)
		}
	}
	return patch
}
