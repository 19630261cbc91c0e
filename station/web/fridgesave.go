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

// recordTemperatures saves what was read off the thermometers, all fridges in one press.
func (w *Web) recordTemperatures(c *pages.Call) error {
	if !c.May(rights.Create, registry.KindTemperature) {
		return desk.ErrForbidden
	}
	typed := &fridgeTyped{values: c.R.PostForm, wrong: map[string]string{}}
	wrong := func(name string, err error) {
		if err == nil {
			return
		}
		var f *registry.FieldError
		if errors.As(err, &f) {
			typed.wrong[name] = c.Invalid(f)
			return
		}
		typed.wrong[name] = c.DateError(err)
	}
	day, clock := c.Today, c.Desk.Clock()
	if text := c.Value("day"); strings.TrimSpace(text) != "" {
		on, err := registry.ParseDay(text, c.Today)
		wrong("day", err)
		day, clock = on, 0
	}
	if text := c.Value("clock"); strings.TrimSpace(text) != "" {
		at, err := registry.ParseClock(text)
		wrong("clock", err)
		clock = at
	}
	if clock == 0 && typed.wrong["clock"] == "" {
		typed.wrong["clock"] = c.Invalid(&registry.FieldError{Code: registry.CodeRequired})
	}
	log, err := c.Desk.FridgeLog(c.Ctx(), c.Who, c.Today, c.Today)
	if err != nil {
		return err
	}
	var list []registry.TemperatureInput
	for i := range log.Fridges {
		f := &log.Fridges[i]
		id := f.ID.String()
		in := registry.TemperatureInput{Fridge: f.ID, Place: f.Place, Day: day, Clock: clock}
		for name, to := range map[string]*registry.Degrees{"value.": &in.Value, "lowest.": &in.Lowest, "highest.": &in.Highest} {
			got, err := registry.ParseTenths(c.Value(name + id))
			wrong(name+id, err)
			*to = got
		}
		if in.Value.Known || in.Lowest.Known || in.Highest.Known {
			_, err := registry.NewTemperature(in, c.Today)
			var errs registry.Errors
			errors.As(err, &errs)
			for j := range errs {
				name := errs[j].Field
				if name != "day" {
					name += "." + id
				}
				typed.wrong[name] = c.Invalid(&errs[j])
			}
			list = append(list, in)
		}
	}
	if len(list) == 0 && len(typed.wrong) == 0 {
		typed.aboveWrong = c.T("fridge_say.nothing")
	}
	if len(typed.wrong) > 0 || len(list) == 0 {
		return w.drawFridges(c, http.StatusUnprocessableEntity, typed)
	}
	made, err := c.Desk.RecordTemperatures(c.Ctx(), c.Who, list)
	if told, known := c.Sentences(err); known {
		if typed.wrong["clock"] = told["minute"]; told["minute"] == "" {
			for _, text := range told {
				typed.aboveWrong = text
			}
		}
		return w.drawFridges(c, http.StatusUnprocessableEntity, typed)
	}
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("fridge_say.saved", "n", len(made))}
	for i := range list {
		for j := range log.Fridges {
			if f := &log.Fridges[j]; f.ID == list[i].Fridge {
				if cold, warm := list[i].Breaks(&f.FridgeInput); cold || warm {
					note.Tone, note.Lead, note.Alert = ui.ToneAsk, c.T("fridge_say.saved_odd", "name", f.Name), true
				}
			}
		}
	}
	note.Action = c.Undoable(ui.PathFridge, func(ctx context.Context, who desk.Who) error {
		return c.Desk.VoidTemperatures(ctx, who, registry.KindTemperature, made, undoReason, false)
	})
	return c.Go(ui.PathFridge, note)
}

// noteTemperature writes what was done about an excursion.
func (w *Web) noteTemperature(c *pages.Call) error {
	if !c.May(rights.Amend, registry.KindTemperature) {
		return desk.ErrForbidden
	}
	if strings.TrimSpace(c.Value("note")) == "" {
		return w.drawFridges(c, http.StatusUnprocessableEntity, &fridgeTyped{note: c.Value("id"), noteWrong: c.Invalid(&registry.FieldError{Code: registry.CodeRequired})})
	}
	id, err := p.ParseEntityID(c.Value("id"))
	if err != nil {
		return desk.ErrNotFound
	}
	saw, err := registry.ParseSaw(c.Value("seen"))
	if err != nil {
		saw = registry.Saw{}
	}
	err = c.Desk.NoteTemperature(c.Ctx(), c.Who, id, c.Value("note"), saw)
	var stale *registry.StaleError
	if errors.As(err, &stale) {
		return c.Go(ui.PathFridge, ui.Note{Tone: ui.ToneAsk, Lead: c.T("fridge_say.note_stale"), Alert: true})
	}
	if told, known := c.Sentences(err); known {
		return w.drawFridges(c, http.StatusUnprocessableEntity, &fridgeTyped{note: id.String(), noteText: c.Value("note"), noteWrong: told["note"]})
	}
	if err != nil {
		return err
	}
	return c.Go(ui.PathFridge, ui.Note{Tone: ui.ToneOK, Lead: c.T("fridge_say.note_saved")})
}

// keepFridge writes a fridge down, or what it is called and should keep.
func (w *Web) keepFridge(c *pages.Call) error {
	form := &ui.FridgeForm{ID: c.Value("id"), Seen: c.Value("seen"), Was: c.Value("was")}
	in := registry.FridgeInput{Name: c.Value("name"), Serial: c.Value("serial")}
	form.Name.Value, form.Serial.Value, form.Retired.Value = in.Name, in.Serial, c.Value("retired")
	bad := false
	for _, x := range []struct {
		name  string
		field *ui.Field
		to    *registry.Tenths
		usual registry.Tenths
	}{{"low", &form.Low, &in.Low, registry.FridgeLowUsual}, {"high", &form.High, &in.High, registry.FridgeHighUsual}} {
		x.field.Value = c.Value(x.name)
		got, err := registry.ParseTenths(x.field.Value)
		var f *registry.FieldError
		if errors.As(err, &f) {
			x.field.Error, bad = c.Invalid(f), true
		}
		if *x.to = x.usual; got.Known {
			*x.to = got.Tenths
		}
	}
	if strings.TrimSpace(form.Retired.Value) != "" {
		on, err := registry.ParseDay(form.Retired.Value, c.Today)
		if err != nil {
			form.Retired.Error, bad = c.DateError(err), true
		}
		in.Retired = on
	}
	var id p.EntityID
	if form.ID != "" {
		var err error
		if id, err = p.ParseEntityID(form.ID); err != nil {
			return desk.ErrNotFound
		}
	}
	if bad {
		return w.drawFridges(c, http.StatusUnprocessableEntity, &fridgeTyped{form: form})
	}
	saw, err := registry.ParseSaw(form.Seen)
	if err != nil {
		saw = registry.Saw{}
	}
	_, err = c.Desk.SaveFridge(c.Ctx(), c.Who, id, in, saw)
	if told, known := c.Sentences(err); known {
		form.Name.Error, form.Low.Error, form.High.Error, form.Retired.Error = told["name"], told["low"], told["high"], told["retired_on"]
		return w.drawFridges(c, http.StatusUnprocessableEntity, &fridgeTyped{form: form})
	}
	var stale *registry.StaleError
	if errors.As(err, &stale) {
		return c.Go(ui.PathFridge, ui.Note{Tone: ui.ToneAsk, Lead: c.T("fridge_say.note_stale"), Alert: true})
	}
	if err != nil {
		return err
	}
	return c.Go(ui.PathFridge, ui.Note{Tone: ui.ToneOK, Lead: c.T("fridge_say.kept", "name", strings.TrimSpace(in.Name))})
}
