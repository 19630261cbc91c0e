package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tramy/hub"
	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// A change of the map goes in three steps: a form, a look at what it would do and whom it concerns, and the press that
// writes exactly that. The form's entries travel through the look as they are.

// What can be done to a place.
const (
	doMerge   = "merge"
	doSplit   = "split"
	doMove    = "move"
	doRename  = "rename"
	doEnd     = "end"
	doHamlets = "hamlets"
)

// partsMax is into how many places the form splits one; the command line knows no such limit.
const partsMax = 8

// offered are the changes that a place of a level can undergo.
func offered(r *project.PlaceRow) []string {
	switch r.Level {
	case registry.LevelCommune:
		return []string{doRename, doMove, doMerge, doSplit, doHamlets}
	case registry.LevelRegion:
		return []string{doRename, doMove, doMerge, doEnd}
	case registry.LevelProvince:
		return []string{doRename, doMerge}
	case registry.LevelFacility:
		return []string{doRename, doMove, doEnd}
	}
	return nil
}

// changed is a request about one place: who asks has been let in, the place is in force and theirs.
type changed struct {
	area *subtree
	here project.PlaceRow
	do   string
	form url.Values
}

func (w *Web) changed(c *pages.Call, form url.Values) (*changed, error) {
	if !c.May(rights.Amend, registry.KindPlace) || !c.May(rights.Create, registry.KindPlace) {
		return nil, desk.ErrForbidden
	}
	id, err := entity(form.Get("at"))
	if err != nil {
		return nil, err
	}
	area, err := w.area(c)
	if err != nil {
		return nil, err
	}
	if err := area.check(id); err != nil {
		return nil, err
	}
	x := &changed{area: area, here: area.rows[id], do: form.Get("do"), form: form}
	if !slices.Contains(offered(&x.here), x.do) || id == area.top && x.do != doHamlets && x.do != doRename {
		return nil, desk.ErrNotFound
	}
	return x, nil
}

// changeForm shows the form, by GET empty, by POST with what was entered.
func (w *Web) changeForm(c *pages.Call) error {
	if err := c.R.ParseForm(); err != nil {
		return err
	}
	x, err := w.changed(c, c.R.Form)
	if err != nil {
		return err
	}
	return w.drawChange(c, x, http.StatusOK, nil)
}

func (w *Web) drawChange(c *pages.Call, x *changed, status int, problems []string) error {
	frame, err := c.Frame(ui.NavPlaces)
	if err != nil {
		return err
	}
	page := ui.PlaceChange{
		Frame: frame, Do: x.do, ID: x.here.ID.String(), Name: x.here.Name, Crumbs: x.crumbs(), Problems: problems,
		Title: c.T("reform.do_"+x.do, "name", x.here.Name), Lead: c.T("reform.lead_" + x.do),
		Dated: x.do != doHamlets, From: ui.Field{Value: x.form.Get("from")}, DateHint: c.T("reform.date_always"),
	}
	if x.do == doMove || x.do == doRename {
		page.DateHint = c.T("reform.date_or_mistake")
	}
	switch x.do {
	case doRename, doMerge:
		page.Naming = true
		page.NewName, page.NewCode = ui.Field{Value: x.or("name", x.here.Name)}, ui.Field{Value: x.or("code", x.here.Code)}
		page.Kind = x.kinds(c)
	case doMove:
		parent, err := entity(x.form.Get("parent"))
		if err != nil {
			return err
		}
		if err := x.area.check(parent); err != nil {
			return err
		}
		page.Parent = ui.Hidden{Name: "parent", Value: parent.String()}
		page.Title = c.T("say.move_here", "name", x.here.Name, "here", x.area.rows[parent].Name)
	case doSplit:
		x.splitForm(c, &page)
	case doHamlets:
		x.hamletForm(&page)
	}
	if x.do == doMerge {
		for _, r := range x.siblings() {
			page.With = append(page.With, ui.PlaceTick{ID: r.ID.String(), Name: r.Name, Code: r.Code, Ticked: slices.Contains(x.form["with"], r.ID.String())})
		}
	}
	return c.Draw(status, "place_change", page)
}

// or is an entry of the form, or what stands where the form is new.
func (x *changed) or(name, standing string) string {
	if x.form.Has(name) {
		return x.form.Get(name)
	}
	return standing
}

// kinds are what a place of this level may be.
func (x *changed) kinds(c *pages.Call) ui.Select {
	s := ui.Select{Value: x.or("kind", x.here.Type)}
	for _, kind := range kinds[x.area.rows[x.here.Parent].Level] {
		if kind != kindRegion && levelOf(kind) == x.here.Level {
			s.Options = append(s.Options, ui.Option{Value: kind, Text: c.T("place_type." + kind)})
		}
	}
	return s
}

// siblings are the places of the same tier beside this one, in the same province.
func (x *changed) siblings() []project.PlaceRow {
	province := func(id p.EntityID) p.EntityID {
		for _, at := range x.area.m.Path(id) {
			if x.area.rows[at].Level <= registry.LevelProvince && at != id {
				return at
			}
		}
		return p.EntityID{}
	}
	in := province(x.here.ID)
	var out []project.PlaceRow
	for id, r := range x.area.rows {
		if r.Level == x.here.Level && id != x.here.ID && x.area.has(id) && province(id) == in {
			out = append(out, r)
		}
	}
	byName(out)
	return out
}

func (x *changed) crumbs() []ui.Crumb {
	var out []ui.Crumb
	for _, id := range x.area.path(x.here.ID) {
		crumb := ui.Crumb{Name: x.area.rows[id].Name}
		if x.area.has(id) {
			crumb.Href = ui.PathPlaces + "?at=" + id.String()
		}
		out = append(out, crumb)
	}
	slices.Reverse(out)
	return out
}

func (x *changed) parts() int {
	n, err := strconv.Atoi(x.form.Get("parts"))
	if err != nil {
		n = 2
	}
	for x.form.Has(fmt.Sprint("code", n)) && n < partsMax {
		n++
	}
	return max(2, min(n, partsMax))
}

// splitForm asks for the parts, and for each hamlet and facility to which it goes.
func (x *changed) splitForm(c *pages.Call, page *ui.PlaceChange) {
	n := x.parts()
	if n < partsMax {
		page.More = pathChange + "?parts=" + fmt.Sprint(n+1)
	}
	options := []ui.Option{{Value: "", Text: c.T("reform.part_unknown")}}
	for i := range n {
		part := ui.PlacePart{Number: i + 1, CodeField: fmt.Sprint("code", i), NameField: fmt.Sprint("name", i)}
		part.Code, part.Name = ui.Field{Value: x.form.Get(part.CodeField)}, ui.Field{Value: x.form.Get(part.NameField)}
		if i == 0 && !x.form.Has(part.CodeField) {
			part.Code.Value, part.Name.Value = x.here.Code, x.here.Name
		}
		page.Parts = append(page.Parts, part)
		text := part.Name.Value
		if text == "" {
			text = c.T("reform.part_n", "n", i+1)
		}
		options = append(options, ui.Option{Value: fmt.Sprint(i), Text: text})
	}
	for i, name := range x.here.Hamlets {
		field := fmt.Sprint("h", i)
		page.Hamlets = append(page.Hamlets, ui.PlaceGiven{Field: field, Name: name, Part: ui.Select{Value: x.form.Get(field), Options: options}})
	}
	for _, r := range x.facilities() {
		field := "f" + r.ID.String()
		page.Facilities = append(page.Facilities, ui.PlaceGiven{Field: field, Name: r.Name, Part: ui.Select{Value: x.or(field, "0"), Options: options[1:]}})
	}
}

func (x *changed) facilities() []project.PlaceRow {
	var out []project.PlaceRow
	for _, id := range x.area.m.Children(x.here.ID) {
		out = append(out, x.area.rows[id])
	}
	byName(out)
	return out
}

func (x *changed) hamletForm(page *ui.PlaceChange) {
	page.Adding = true
	names := x.here.Hamlets
	if x.form.Has("add") {
		names = x.form["hamlet"]
	}
	for i, name := range names {
		page.Listed = append(page.Listed, ui.PlaceHamlet{Number: i + 1, Name: ui.Field{Value: name}})
	}
	page.Add.Value = x.form.Get("add")
}

// order is what the form says. A *DateError is of the field from.
func (x *changed) order(c *pages.Call) (reform.Order, error) {
	var from registry.Day
	if text := strings.TrimSpace(x.form.Get("from")); text != "" {
		var err error
		if from, err = registry.ParseDay(text, c.Today); err != nil {
			return nil, err
		}
	}
	switch x.do {
	case doRename:
		in := reform.Rename{Place: x.here.ID, From: from}
		for _, f := range []struct {
			to   *string
			name string
			was  string
		}{{&in.Name, "name", x.here.Name}, {&in.Code, "code", x.here.Code}, {&in.Type, "kind", x.here.Type}} {
			if text := strings.TrimSpace(x.form.Get(f.name)); text != f.was {
				*f.to = text
			}
		}
		return in, nil
	case doMove:
		parent, err := entity(x.form.Get("parent"))
		return reform.Move{Place: x.here.ID, Parent: parent, From: from}, err
	case doEnd:
		return reform.End{Place: x.here.ID, From: from}, nil
	case doHamlets:
		return reform.Hamlets{Place: x.here.ID, List: slices.Concat(x.form["hamlet"], strings.Split(x.form.Get("add"), "\n"))}, nil
	case doSplit:
		return x.split(from), nil
	}
	in := reform.Merge{Places: []p.EntityID{x.here.ID}, From: from, Into: reform.Into{
		Code: x.form.Get("code"), Name: x.form.Get("name"), Type: x.form.Get("kind"),
	}}
	for _, text := range x.form["with"] {
		id, err := entity(text)
		if err != nil {
			return nil, err
		}
		in.Places = append(in.Places, id)
	}
	return in, nil
}

func (x *changed) split(from registry.Day) reform.Split {
	in := reform.Split{Place: x.here.ID, From: from, Facilities: map[string]string{}}
	at := map[string]int{} // number of the field -> part
	for i := range x.parts() {
		code, name := strings.TrimSpace(x.form.Get(fmt.Sprint("code", i))), strings.TrimSpace(x.form.Get(fmt.Sprint("name", i)))
		if code == "" && name == "" {
			continue
		}
		at[fmt.Sprint(i)] = len(in.Into)
		in.Into = append(in.Into, reform.Into{Code: code, Name: name})
	}
	for i, name := range x.here.Hamlets {
		if k, ok := at[x.form.Get(fmt.Sprint("h", i))]; ok {
			in.Into[k].Hamlets = append(in.Into[k].Hamlets, name)
		}
	}
	for _, r := range x.facilities() {
		if k, ok := at[x.form.Get("f"+r.ID.String())]; ok {
			in.Facilities[r.Code] = in.Into[k].Code
		}
	}
	return in
}

// plan works the form out; what is in the way comes back as sentences.
func (w *Web) plan(c *pages.Call, x *changed) (*hub.Reform, []string, error) {
	order, err := x.order(c)
	var plan *hub.Reform
	if err == nil {
		plan, err = w.hub.PlanPlaces(c.Ctx(), c.Who, order)
	}
	var wrong reform.Problems
	var date *registry.DateError
	switch {
	case errors.As(err, &wrong):
		return nil, wrong.Say(c.Words), nil
	case errors.As(err, &date):
		return nil, []string{sentence(c.Words, registry.FieldError{Code: date.Code, Params: map[string]any{"text": date.Text}})}, nil
	}
	return plan, nil, err
}

// asked reads the form and works out what it would do. Done says that the page was drawn: something in it is wrong.
func (w *Web) asked(c *pages.Call) (x *changed, plan *hub.Reform, done bool, err error) {
	if x, err = w.changed(c, c.R.PostForm); err != nil {
		return nil, nil, false, err
	}
	plan, problems, err := w.plan(c, x)
	if err != nil || problems == nil {
		return x, plan, false, err
	}
	return nil, nil, true, w.drawChange(c, x, http.StatusUnprocessableEntity, problems)
}

// preview shows what a form would do.
func (w *Web) preview(c *pages.Call) error {
	x, plan, done, err := w.asked(c)
	if err != nil || done {
		return err
	}
	return w.drawPreview(c, x, plan, http.StatusOK)
}

// writePlaces writes what was seen. If that is not what would be written now, it is shown anew.
func (w *Web) writePlaces(c *pages.Call) error {
	x, plan, done, err := w.asked(c)
	if err != nil || done {
		return err
	}
	if plan.Digest() != c.Value("digest") {
		return w.drawPreview(c, x, plan, http.StatusConflict)
	}
	err = w.hub.WritePlaces(c.Ctx(), c.Who, plan.Plan, nil)
	if errors.Is(err, hub.ErrPlacesChanged) { // between the two lines above
		return w.drawPreview(c, x, plan, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	q := url.Values{"at": {x.here.ID.String()}}
	if plan.From > c.Today {
		q.Set("on", plan.From.String())
	}
	return c.Go(ui.PathPlaces+"?"+q.Encode(), ui.Note{Tone: ui.ToneOK, Lead: c.T("reform.written", "n", len(plan.Changes))})
}
