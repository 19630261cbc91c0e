package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

func (w *Web) registerHamlets(s *server.Server) {
	s.Handle(http.MethodGet, ui.PathHamlets, w.Page(w.showHamlets))
	s.Handle(http.MethodPost, ui.PathHamlets, w.Form(w.saveHamlet))
	s.Handle(http.MethodPost, ui.PathHamlets+"/merge", w.Form(w.mergeHamlets))
	s.Handle(http.MethodPost, ui.PathHamlets+"/void", w.Form(w.voidHamlet))
}

// hamletTyped is what a form of the page was sent with, and what is wrong with it.
type hamletTyped struct {
	form  *ui.HamletForm
	into  ui.Select
	from  []string
	edit  string // the key of the hamlet whose form is shown
	wrong string // told above all
}

// hamletKey names a hamlet in a form: its commune and name.
func hamletKey(h *desk.KnownHamlet) string { return h.Place.String() + ":" + h.Name }

func parseHamletKey(text string) (place p.EntityID, name string) {
	id, name, _ := strings.Cut(text, ":")
	place, _ = p.ParseEntityID(id)
	return place, name
}

func (w *Web) showHamlets(c *pages.Call) error {
	return w.drawHamlets(c, http.StatusOK, &hamletTyped{edit: c.R.URL.Query().Get("edit")})
}

func (w *Web) drawHamlets(c *pages.Call, status int, typed *hamletTyped) error {
	book, others, err := c.Desk.Hamlets(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavDue)
	if err != nil {
		return err
	}
	frame.Path = ui.PathHamlets
	if typed.wrong != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: typed.wrong, Alert: true})
	}
	page := ui.Hamlets{Frame: frame, MayChange: c.May(rights.Create, registry.KindHamlet) && c.May(rights.Amend, registry.KindHamlet)}
	page.Into = ui.Select{Value: typed.into.Value, Error: typed.into.Error, Options: []ui.Option{{Text: c.T("hamlets.choose")}}}
	form := ui.HamletForm{}
	for i := range book.List {
		h := &book.List[i]
		key := hamletKey(h)
		line := ui.HamletLine{
			Name: h.Display, Worker: h.Worker, Phone: registry.FormatPhone(h.Phone), People: int(h.People), Former: strings.Join(h.Former, ", "),
			Due: dueFilter{hamlet: h.Display}.href(ui.DueOverdue, false), Edit: ui.PathHamlets + "?" + url.Values{"edit": {key}}.Encode() + "#form",
		}
		page.People += line.People
		page.Into.Options = append(page.Into.Options, ui.Option{Value: key, Text: h.Display})
		if line.Current = typed.edit == key; line.Current {
			form = ui.HamletForm{
				Place: h.Place.String(), Was: h.Name, Name: ui.Field{Value: h.Name}, Worker: ui.Field{Value: h.Worker},
				Phone: ui.Field{Value: registry.FormatPhone(h.Phone)},
			}
			if h.State != nil {
				form.ID, form.Seen = h.ID.String(), registry.SawOf(h.State).String()
			}
		}
		page.Rows = append(page.Rows, line)
	}
	if typed.form != nil {
		form = *typed.form
	}
	if form.Was != "" {
		form.Into = page.Into
		form.Into.Options = nil
		for _, o := range page.Into.Options {
			if o.Value != form.Place+":"+form.Was {
				form.Into.Options = append(form.Into.Options, o)
			}
		}
		if len(form.Into.Options) == 1 {
			form.Into.Options = nil // there is no other
		}
	}
	page.Form = form
	for _, o := range others {
		if o.Hamlet == "" {
			page.None = int(o.People)
			continue
		}
		box := ui.HamletBox{Text: o.Hamlet, People: int(o.People)}
		for _, from := range typed.from {
			box.Ticked = box.Ticked || from == o.Hamlet
		}
		page.Others = append(page.Others, box)
	}
	return c.Draw(status, "hamlets", page)
}

// saveHamlet writes a hamlet down, or what it is called and who goes round there.
func (w *Web) saveHamlet(c *pages.Call) error {
	in := registry.HamletInput{Name: c.Value("name"), Worker: c.Value("worker"), Phone: c.Value("phone")}
	form := &ui.HamletForm{
		ID: c.Value("id"), Place: c.Value("place"), Was: c.Value("was"), Seen: c.Value("seen"),
		Name: ui.Field{Value: in.Name}, Worker: ui.Field{Value: in.Worker}, Phone: ui.Field{Value: in.Phone},
	}
	var id p.EntityID
	var err error
	if form.ID != "" {
		if id, err = p.ParseEntityID(form.ID); err != nil {
			return desk.ErrNotFound
		}
	}
	if form.Place != "" {
		if in.Place, err = p.ParseEntityID(form.Place); err != nil {
			return desk.ErrNotFound
		}
	}
	if id.IsZero() && form.Was != "" && registry.FoldHamlet(form.Was) != registry.FoldHamlet(in.Name) {
		in.Former = []string{form.Was} // of the hub's list: people go on being of it
	}
	saw, err := registry.ParseSaw(form.Seen)
	if err != nil {
		saw = registry.Saw{}
	}
	_, err = c.Desk.SaveHamlet(c.Ctx(), c.Who, id, in, saw)
	if wrong, known := c.Sentences(err); known {
		form.Name.Error, form.Worker.Error, form.Phone.Error = wrong["name"], wrong["worker"], wrong["phone"]
		typed := &hamletTyped{form: form}
		if form.Name.Error+form.Worker.Error+form.Phone.Error == "" {
			for _, text := range wrong {
				typed.wrong = text
			}
		}
		return w.drawHamlets(c, http.StatusUnprocessableEntity, typed)
	}
	var stale *registry.StaleError
	if errors.As(err, &stale) {
		// What stands now is shown with what was typed; the next press has seen it.
		if book, err := c.Desk.HamletBook(c.Ctx()); err == nil {
			for i := range book.List {
				if h := &book.List[i]; h.ID == id && h.State != nil {
					form.Seen = registry.SawOf(h.State).String()
					form.Name.Warn, form.Worker.Warn, form.Phone.Warn = standsNow(c, h.Name, in.Name), standsNow(c, h.Worker, in.Worker), standsNow(c, registry.FormatPhone(h.Phone), in.Phone)
				}
			}
		}
		return w.drawHamlets(c, http.StatusConflict, &hamletTyped{form: form, wrong: c.T("hamlets.stale")})
	}
	if err != nil {
		return err
	}
	return c.Go(ui.PathHamlets, ui.Note{Tone: ui.ToneOK, Lead: c.T("hamlets.saved", "name", strings.TrimSpace(in.Name))})
}

// standsNow says what stands in a field by now, if that is not what was typed.
func standsNow(c *pages.Call, now, typed string) string {
	if registry.Fold(now) == registry.Fold(typed) {
		return ""
	}
	return c.T("hamlets.now", "value", now)
}

// mergeHamlets makes one hamlet of several, or takes what was ticked into the list as it is.
func (w *Web) mergeHamlets(c *pages.Call) error {
	typed := &hamletTyped{from: c.R.PostForm["from"], into: ui.Select{Value: c.Value("into")}}
	if len(typed.from) == 0 {
		typed.wrong = c.T("hamlets.tick")
		return w.drawHamlets(c, http.StatusUnprocessableEntity, typed)
	}
	if c.Value("do") == "add" {
		made, err := c.Desk.AddHamlets(c.Ctx(), c.Who, typed.from)
		if wrong, known := c.Sentences(err); known {
			for _, text := range wrong {
				typed.wrong = text
			}
			return w.drawHamlets(c, http.StatusUnprocessableEntity, typed)
		}
		if err != nil {
			return err
		}
		return c.Go(ui.PathHamlets, ui.Note{Tone: ui.ToneOK, Lead: c.T("hamlets.added", "n", made)})
	}
	place, name := parseHamletKey(typed.into.Value)
	if name == "" {
		typed.into.Error = c.T("hamlets.choose_into")
		if len(typed.from) == 1 {
			typed.edit = ""
		}
		return w.drawHamlets(c, http.StatusUnprocessableEntity, typed)
	}
	done, err := c.Desk.MergeHamlets(c.Ctx(), c.Who, place, name, typed.from, c.T("hamlets.merge_reason", "into", name))
	if wrong, known := c.Sentences(err); known {
		for _, text := range wrong {
			typed.wrong = text
		}
		return w.drawHamlets(c, http.StatusUnprocessableEntity, typed)
	}
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("hamlets.merged", "into", name)}
	if len(done.Spellings) > 0 {
		note.Action = c.Undoable(ui.PathHamlets, func(ctx context.Context, who desk.Who) error { return c.Desk.UndoMerge(ctx, who, done, undoReason) })
	}
	return c.Go(ui.PathHamlets, note)
}

// voidHamlet takes a hamlet off the list that was written in error.
func (w *Web) voidHamlet(c *pages.Call) error {
	id, err := p.ParseEntityID(c.Value("id"))
	if err != nil {
		return desk.ErrNotFound
	}
	err = c.Desk.VoidHamlet(c.Ctx(), c.Who, id, c.T("hamlets.void_reason"), false)
	if errors.Is(err, desk.ErrNotFound) {
		return w.drawHamlets(c, http.StatusUnprocessableEntity, &hamletTyped{wrong: c.T("hamlets.gone")})
	}
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("hamlets.voided")}
	note.Action = c.Undoable(ui.PathHamlets, func(ctx context.Context, who desk.Who) error {
		return c.Desk.VoidHamlet(ctx, who, id, "", true)
	})
	return c.Go(ui.PathHamlets, note)
}
