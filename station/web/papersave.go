package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// saved is one row that was saved.
type saved struct {
	desk.TakenBack
	given int
}

// postPaper does what the list was sent for: saving rows, finding somebody, showing more of a row. What is typed is kept before
// anything else is done.
func (w *Web) postPaper(c *pages.Call, session p.EntityID, day registry.Day) error {
	x, err := w.newPaper(c, session, day)
	if err != nil {
		return err
	}
	x.form = c.TypedForm()
	if err := x.turn(); err != nil {
		return err
	}
	_, err = x.read()
	if errors.Is(err, desk.ErrSheetAhead) || errors.Is(err, desk.ErrSheetOld) {
		return server.NewProblem(server.TypeNotFound)
	}
	if err != nil {
		return err
	}
	var notes []ui.Note
	if leftIn(x.form) || len(x.form["extra"]) > 0 {
		_, err := c.Desk.PutDraft(c.Ctx(), c.Who, x.draftKey(), x.form, c.Value("draft_saw"))
		switch {
		case errors.Is(err, desk.ErrDraftChanged):
			notes = append(notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("draft.changed"), Alert: true})
		case errors.Is(err, desk.ErrDraftTooLarge):
			notes = append(notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("draft.too_large"), Alert: true})
		case err != nil:
			return err
		}
	}
	if c.Value("save") == "" {
		return x.draw(http.StatusOK, notes...)
	}
	return x.save(notes)
}

// turn does what a button other than save asks for.
func (x *paper) turn() error {
	c := x.c
	if key := c.Value("show"); key != "" && !slices.Contains(x.form["open"], key) {
		x.form["open"] = append(x.form["open"], key)
	}
	if id, key, _ := strings.Cut(c.Value("pick"), "."); id != "" {
		if isNewKey(key) { // the child that was typed is this one: what they were given goes with them
			if one, err := p.ParseEntityID(id); err == nil {
				for _, what := range append(slices.Clone(says), "at", "temp", "weight", "note", "other_lot") {
					if values := x.form[what+"."+key]; len(values) > 0 {
						x.form[what+"."+one.String()] = values
					}
				}
			}
			dropRow(x.form, key)
		}
		if _, err := p.ParseEntityID(id); err == nil && !slices.Contains(x.form["extra"], id) && len(x.form["extra"]) < paperExtraMax {
			x.form["extra"] = append(x.form["extra"], id)
			x.form["open"] = append(x.form["open"], id)
		}
	}
	do, key, _ := strings.Cut(c.Value("do"), ".")
	switch do {
	case "find":
		found, err := c.Desk.Find(c.Ctx(), c.Who, strings.TrimSpace(c.Value("q")))
		if err != nil {
			return err
		}
		x.found = found
	case "new":
		if !c.May(rights.Create, registry.KindSubject) {
			return desk.ErrForbidden
		}
		for n := 1; n <= 9999 && len(x.form["new"]) < paperNewMax; n++ {
			if key := "n" + strconv.Itoa(n); !slices.Contains(x.form["new"], key) {
				x.form["new"] = append(x.form["new"], key)
				break
			}
		}
	case "off":
		dropRow(x.form, key)
	}
	return nil
}

// save saves the rows that are asked for, each as an act of its own, and says of each that did not go why.
func (x *paper) save(notes []ui.Note) error {
	c, which := x.c, x.c.Value("save")
	marked := x.marked()
	wanted := func(key string) bool { return marked[key] && (which == "all" || which == key) }
	var done []saved
	var failed, odd []string
	doses := 0
	row := func(key, n string, do func() (saved, error)) error {
		if !wanted(key) {
			return nil
		}
		one, err := do()
		switch {
		case err != nil && x.refused(key, err):
			failed = append(failed, n)
		case err != nil:
			return err
		case one.Subject.IsZero():
			failed = append(failed, n)
		default:
			done, doses = append(done, one), doses+one.given
			dropRow(x.form, key)
		}
		return nil
	}
	for i := range x.sheet.Lines {
		line := &x.sheet.Lines[i]
		key := line.Subject.ID.String()
		if len(line.Doses) > 0 { // another laptop wrote it meanwhile
			dropRow(x.form, key)
			continue
		}
		if err := row(key, strconv.Itoa(line.N), func() (saved, error) { return x.saveRow(key, line, &odd) }); err != nil {
			return err
		}
	}
	for _, key := range x.newKeys() {
		if err := row(key, c.T("backpaper.new_child"), func() (saved, error) { return x.saveNew(key, &odd) }); err != nil {
			return err
		}
	}
	if len(done) > 0 {
		note := ui.Note{Tone: ui.ToneOK, Lead: c.T("backpaper.saved", "n", len(done), "doses", doses), Text: strings.Join(odd, " ")}
		note.Action = c.Undoable(x.path(), func(ctx context.Context, who desk.Who) error {
			for i := range done {
				if err := c.Desk.TakeBack(ctx, who, done[i].TakenBack, undoReason); err != nil {
					return err
				}
			}
			return nil
		})
		notes = append(notes, note)
	}
	switch {
	case len(failed) > 0:
		notes = append(notes, ui.Note{Tone: ui.ToneAsk, Alert: true, Lead: c.T("backpaper.failed", "n", len(failed), "rows", strings.Join(failed, ", "))})
	case len(done) == 0:
		notes = append(notes, ui.Note{Tone: ui.ToneAsk, Alert: true, Lead: c.T("backpaper.none_marked")})
	default:
		return c.Go(x.path(), notes...)
	}
	alike := x.alike
	if _, err := x.read(); err != nil { // what is on record now
		return err
	}
	x.alike = alike
	return x.draw(http.StatusUnprocessableEntity, notes...)
}

// refused puts what the rules said beside the row; false if err is of another kind.
func (x *paper) refused(key string, err error) bool {
	wrong, known := x.c.Sentences(err)
	if !known {
		return false
	}
	for field, name := range map[string]string{"temperature": "temp", "weight": "weight", "note": "note"} {
		if text, has := wrong[field]; has {
			x.errs[name+"."+key] = text
			delete(wrong, field)
		}
	}
	if isNewKey(key) {
		for field, name := range map[string]string{"name": "name", "mother_name": "mother", "mother_phone": "phone", "birth_date": "born", "hamlet": "hamlet", "sex": "sex"} {
			if text, has := wrong[field]; has {
				x.errs[name+"."+key] = text
				delete(wrong, field)
			}
		}
	}
	var all []string
	var dose *desk.DoseError
	if errors.As(err, &dose) && len(wrong) > 0 {
		all = append(all, doseName(x.c, dose.Vaccine, 0, x.vaccines).Vaccine+":")
	}
	for _, text := range wrong {
		all = append(all, text)
	}
	x.rowErr[key] = strings.Join(all, " ")
	if x.rowErr[key] == "" {
		x.rowErr[key] = x.c.T("backpaper.look")
	}
	return true
}

// becomes puts a row out of the draft in the transaction in which it is saved.
func (x *paper) becomes(v *desk.Visit, key string) {
	v.Also = x.c.Desk.DraftChanger(x.c.Who, x.draftKey(), func(form url.Values) bool {
		dropRow(form, key)
		return leftIn(form)
	})
}

func (x *paper) saveRow(key string, line *desk.PaperLine, odd *[]string) (saved, error) {
	v, ok := x.visit(key, line.Due)
	if !ok {
		x.unread(key)
		return saved{}, nil
	}
	v.Subject = line.Subject.ID
	x.becomes(&v, key)
	before, err := x.c.Desk.Befores(x.c.Ctx(), x.c.Who, &v)
	if err != nil {
		return saved{}, err
	}
	ids, err := x.c.Desk.RecordVisit(x.c.Ctx(), x.c.Who, v)
	if err != nil {
		return saved{}, err
	}
	x.odd(&v, odd)
	return saved{desk.TakenBack{Subject: v.Subject, Doses: ids, Befores: before}, givenIn(&v)}, nil
}

// saveNew registers a child and writes what they were given, in one act. Who is likely to be somebody here is shown first.
func (x *paper) saveNew(key string, odd *[]string) (saved, error) {
	c := x.c
	f := x.subject(key)
	in := registry.SubjectInput{Place: c.Desk.Home().Commune}
	fine := f.Parse(c, &in)
	for name, text := range f.Errs {
		x.errs[name+"."+key] = text
	}
	v, ok := x.visit(key, nil)
	if !fine || !ok {
		x.unread(key)
		return saved{}, nil
	}
	x.becomes(&v, key)
	var different []p.EntityID
	force := x.form.Get("force."+key) != ""
	if force {
		for _, text := range x.form["different."+key] {
			if id, err := p.ParseEntityID(text); err == nil {
				different = append(different, id)
			}
		}
	}
	id, doses, found, err := c.Desk.RegisterVisit(c.Ctx(), c.Who, in, v, force, different...)
	if err != nil {
		return saved{}, err
	}
	if len(found) > 0 {
		x.alike[key], x.rowErr[key] = found, c.T("error.duplicate")
		delete(x.form, "different."+key)
		for i := range found {
			x.form.Add("different."+key, found[i].Row.ID.String())
		}
		return saved{}, nil
	}
	x.odd(&v, odd)
	v.Subject = id
	before := []desk.VisitBefore{{Place: v.Place, Day: v.GivenOn}}
	return saved{desk.TakenBack{Subject: id, Doses: doses, Befores: before}, givenIn(&v)}, c.Desk.NoteCommune(c.Ctx(), in.Place)
}

// unread says at the row itself that something of it, or of the lots above, has to be looked at.
func (x *paper) unread(key string) {
	if x.rowErr[key] == "" {
		x.rowErr[key] = x.c.T("backpaper.look")
	}
}

func givenIn(v *desk.Visit) (n int) {
	for i := range v.Doses {
		if v.Doses[i].Given() {
			n++
		}
	}
	return n
}

// odd is what looks odd about what was saved, said once; a lot that is not known is no surprise here.
func (x *paper) odd(v *desk.Visit, said *[]string) {
	for i := range v.Doses {
		in := v.Doses[i]
		in.GivenOn, in.Temperature = v.GivenOn, v.Temperature
		for _, w := range in.Warnings() {
			if w.Code == registry.WarnLotMissing {
				continue
			}
			text := x.c.Invalid(&w)
			if w.Field != "temperature" {
				text = doseName(x.c, in.Vaccine, 0, x.vaccines).Vaccine + ": " + text
			}
			if !slices.Contains(*said, text) {
				*said = append(*said, text)
			}
		}
	}
}
