package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tramy/hub"
	"tramy/internal/atlas"
	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// foundMax is how many places a search lists.
const foundMax = 100

// kindRegion is the one kind of place that is named by its level; all others have a type.
const kindRegion = "region"

// kinds are what can be added under a place of each level, and the level each has.
var kinds = map[registry.Level][]string{
	registry.LevelNation:   {"tinh", "thanhpho", registry.PlaceCentre, registry.PlaceHospital},
	registry.LevelProvince: {kindRegion, "xa", "phuong", "dackhu", registry.PlaceCentre, registry.PlaceHospital, registry.PlaceClinic},
	registry.LevelRegion:   {"xa", "phuong", "dackhu", registry.PlaceCentre, registry.PlaceHospital, registry.PlaceClinic},
	registry.LevelCommune:  {registry.PlaceStation, registry.PlacePoint, registry.PlaceTemporary, registry.PlaceHospital, registry.PlaceClinic},
}

func levelOf(kind string) registry.Level {
	switch kind {
	case "tinh", "thanhpho":
		return registry.LevelProvince
	case kindRegion:
		return registry.LevelRegion
	case "xa", "phuong", "dackhu":
		return registry.LevelCommune
	}
	return registry.LevelFacility
}

// kindWord is the word for what a place is.
func kindWord(words *locale.Catalogue, r *project.PlaceRow) string {
	if key := "place_type." + r.Type; r.Type != "" && words.Has(key) {
		return words.T(key)
	}
	return words.T("level." + r.Level.String())
}

// findPlace is the field above the tree. Somebody may type a person's name there: what was typed stands in no address.
func (w *Web) findPlace(c *pages.Call) error {
	if !c.May(rights.Read, registry.KindDevice) {
		return desk.ErrForbidden
	}
	return c.ToSought(ui.PathPlaces, url.Values{}, c.Value("q"))
}

func (w *Web) places(c *pages.Call) error { return w.drawPlaces(c, http.StatusOK, ui.Places{}) }

// drawPlaces shows the tree one level at a time, or what a search found; page may bring a form that was
// refused.
func (w *Web) drawPlaces(c *pages.Call, status int, page ui.Places) error {
	query := c.R.URL.Query()
	day := c.Today
	page.On.Value = query.Get("on")
	if page.On.Value != "" {
		d, err := registry.ParseDay(page.On.Value, c.Today)
		if err != nil {
			page.On.Error = sentence(c.Words, registry.FieldError{Code: registry.CodeDateUnreadable, Params: map[string]any{"text": page.On.Value}})
		} else {
			day = d
		}
	}
	area, err := w.areaOn(c, day)
	if err != nil {
		return err
	}
	at := area.top
	if text := query.Get("at"); text != "" {
		if at, err = entity(text); err != nil {
			return err
		}
	}
	if page.ID != "" { // of a form that was refused
		if at, err = entity(page.ID); err != nil {
			return err
		}
	}
	places := w.hub.Node.Atlas()
	newest, known := places.Row(at)
	switch {
	case !known:
		return desk.ErrNotFound
	case !area.has(at):
		return server.NewProblem(server.TypeElsewhere)
	}
	if page.Frame, err = c.Frame(ui.NavPlaces); err != nil {
		return err
	}
	here, inForce := area.m.Row(at)
	if !inForce {
		here = newest.On(day)
	}
	page.ID, page.Name, page.Query = at.String(), here.Name, c.Sought()
	moving, err := w.moving(c, area, query.Get("move"))
	if err != nil {
		return err
	}
	href := func(id p.EntityID) string {
		v := url.Values{"at": {id.String()}}
		if moving != nil {
			v.Set("move", moving.ID.String())
		}
		if day != c.Today {
			v.Set("on", day.String())
		}
		return ui.PathPlaces + "?" + v.Encode()
	}
	path := area.path(at)
	slices.Reverse(path)
	for _, id := range path {
		crumb := ui.Crumb{Name: area.rows[id].Name}
		if id != at && area.has(id) {
			crumb.Href = href(id)
		}
		page.Crumbs = append(page.Crumbs, crumb)
	}
	page.Rows = w.placeLines(c, area, at, page.Query, href)
	if page.Query == "" {
		page.Rows, page.Pager = window(page.Rows, query.Get("from"), href(at)+"&from=")
	}
	page.Facts = []ui.Fact{{Name: c.T("places.code"), Value: here.Code}, {Name: c.T("places.kind"), Value: kindWord(c.Words, &here)}}
	if day != c.Today {
		page.Day = day.String()
	}
	history(c, places, &newest, &page)
	page.HasHamlets = here.Level == registry.LevelCommune
	page.HamletNames = here.Hamlets
	if !inForce || day != c.Today {
		return c.Draw(status, "places", page)
	}
	page.Frame.Notes = append(page.Frame.Notes, w.moveNotes(c, area, &here, moving)...)
	if moving == nil {
		w.offer(c, area, &here, &page)
	}
	return c.Draw(status, "places", page)
}

// offer adds what can be done to the place looked at.
func (w *Web) offer(c *pages.Call, area *subtree, here *project.PlaceRow, page *ui.Places) {
	if c.May(rights.Create, registry.KindPlace) {
		for _, kind := range kinds[here.Level] {
			text := c.T("level." + kindRegion)
			if kind != kindRegion {
				text = c.T("place_type." + kind)
			}
			page.NewKind.Options = append(page.NewKind.Options, ui.Option{Value: kind, Text: text})
		}
		page.CanAdd = len(page.NewKind.Options) > 0
	}
	if !c.May(rights.Amend, registry.KindPlace) || !movable(area, here) {
		return
	}
	for _, do := range offered(here) {
		act := ui.Action{Label: c.T("reform.act_" + do), Href: pathChange + "?" + url.Values{"do": {do}, "at": {here.ID.String()}}.Encode()}
		if do == doMove { // where to is chosen in the tree
			act.Href = ui.PathPlaces + "?" + url.Values{"move": {here.ID.String()}, "at": {here.Parent.String()}}.Encode()
		}
		page.Acts = append(page.Acts, act)
	}
}

// history tells what a place was, what it was made of and what became of it.
func history(c *pages.Call, places *atlas.Atlas, r *project.PlaceRow, page *ui.Places) {
	line := func(x *reform.Period, id p.EntityID, on registry.Day) ui.PlacePeriod {
		parent, _ := places.Row(x.Parent)
		v := url.Values{"at": {id.String()}, "on": {on.String()}}
		out := ui.PlacePeriod{Name: x.Name, Code: x.Code, In: parent.On(max(x.From, parent.From)).Name, When: c.T("reform.always")}
		switch {
		case x.From != 0 && x.Until != 0:
			out.When = c.T("reform.from_until", "from", x.From.String(), "until", (x.Until - 1).String())
		case x.From != 0:
			out.When = c.T("reform.from", "from", x.From.String())
		case x.Until != 0:
			out.When = c.T("reform.until", "until", (x.Until - 1).String())
		}
		if on != 0 {
			out.Href = ui.PathPlaces + "?" + v.Encode()
		}
		return out
	}
	for _, x := range reform.Periods(r) {
		day := x.From
		if day == 0 && x.Until != 0 {
			day = x.Until - 1
		}
		page.History = append(page.History, line(&x, r.ID, day))
	}
	for _, id := range places.Predecessors(r.ID) {
		before, _ := places.Row(id)
		periods := reform.Periods(&before)
		page.Before = append(page.Before, line(&periods[len(periods)-1], id, before.Until-1))
	}
	for _, id := range places.Successors(r.ID) {
		if after, ok := places.Row(id); ok {
			page.After = append(page.After, line(&reform.Periods(&after)[0], id, after.From))
		}
	}
}

// placeLines are the places directly under one, or with a query all in the area whose name or code fits.
func (w *Web) placeLines(c *pages.Call, area *subtree, at p.EntityID, query string, href func(p.EntityID) string) []ui.PlaceLine {
	below := map[p.EntityID]int{}
	for _, r := range area.rows {
		if !r.Void {
			below[r.Parent]++
		}
	}
	want := registry.Fold(query)
	var rows []project.PlaceRow
	for id, r := range area.rows {
		fits := r.Parent == at
		if query != "" {
			fits = area.has(id) && (strings.Contains(registry.Fold(r.Name), want) || strings.Contains(r.Code, query))
		}
		if fits && !r.Void {
			rows = append(rows, r)
		}
	}
	byName(rows)
	if query != "" {
		rows = rows[:min(len(rows), foundMax)]
	}
	var out []ui.PlaceLine
	for _, r := range rows {
		line := ui.PlaceLine{Name: r.Name, Href: href(r.ID), Kind: kindWord(c.Words, &r), Code: r.Code, Below: below[r.ID]}
		if query != "" {
			line.Name += ", " + area.rows[r.Parent].Name
		}
		if r.Until != 0 {
			line.Note = c.T("say.before", "date", r.Until.String())
		}
		out = append(out, line)
	}
	return out
}

// byName sorts places as a list names them.
func byName(rows []project.PlaceRow) {
	slices.SortFunc(rows, func(a, b project.PlaceRow) int {
		if d := strings.Compare(registry.Fold(a.Name), registry.Fold(b.Name)); d != 0 {
			return d
		}
		return a.ID.Compare(b.ID)
	})
}

// addPlace enters a place under the one looked at.
func (w *Web) addPlace(c *pages.Call) error {
	if !c.May(rights.Create, registry.KindPlace) {
		return desk.ErrForbidden
	}
	parent, err := entity(c.Value("parent"))
	if err != nil {
		return err
	}
	area, err := w.area(c)
	if err != nil {
		return err
	}
	if err := area.check(parent); err != nil {
		return err
	}
	kind := c.Value("kind")
	page := ui.Places{
		ID: parent.String(), Opened: true, NewName: ui.Field{Value: c.Value("name")}, NewCode: ui.Field{Value: c.Value("code")}, NewKind: ui.Select{Value: kind},
	}
	in := registry.PlaceInput{Parent: parent, Name: page.NewName.Value, Code: strings.TrimSpace(page.NewCode.Value), Level: levelOf(kind)}
	if kind != kindRegion {
		in.Type = kind
	}
	if in.Code == "" { // what has no code of anybody's gets one of ours
		in.Code = "own:" + rand.Text()[:10]
	}
	if !slices.Contains(kinds[area.rows[parent].Level], kind) {
		page.NewKind.Error = sentence(c.Words, registry.FieldError{Code: registry.CodeChoiceUnknown})
		return w.drawPlaces(c, http.StatusUnprocessableEntity, page)
	}
	_, err = w.hub.AddPlace(c.Ctx(), c.Who, in)
	var wrong registry.Errors
	switch {
	case errors.Is(err, hub.ErrPlaceExists):
		page.NewCode.Error = c.T("say.place_exists")
	case errors.As(err, &wrong):
		for _, e := range wrong {
			field := &page.NewName.Error
			if e.Field == "code" {
				field = &page.NewCode.Error
			}
			*field = sentence(c.Words, e)
		}
	case err != nil:
		return err
	default:
		return c.Go(ui.PathPlaces+"?at="+parent.String(), ui.Note{Tone: ui.ToneOK, Lead: c.T("say.place_added", "name", in.Name)})
	}
	return w.drawPlaces(c, http.StatusUnprocessableEntity, page)
}
