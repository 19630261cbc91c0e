package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tramy/hub"
	"tramy/internal/atlas"
	"tramy/internal/pages"
	"tramy/internal/reform"
	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// drawPreview shows a plan in the words of the command line's preview.
func (w *Web) drawPreview(c *pages.Call, x *changed, plan *hub.Reform, status int) error {
	frame, err := c.Frame(ui.NavPlaces)
	if err != nil {
		return err
	}
	if status == http.StatusConflict {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("reform.changed_meanwhile"), Alert: true})
	}
	a := &plan.Affected
	page := ui.PlacePreview{
		Frame: frame, Crumbs: x.crumbs(), Title: c.T("reform.do_"+x.do, "name", x.here.Name), When: c.T("reform.as_correction"),
		Nothing: len(plan.Acts) == 0, Digest: plan.Digest(), Do: c.T("reform.write", "n", len(plan.Changes)), Warnings: plan.Notes.Say(c.Words),
	}
	if plan.From != 0 {
		page.When = c.T("reform.from_day", "date", plan.From.String())
	}
	names := placeNames(w.hub.Node.Atlas(), plan)
	if x.do == doMove {
		if parent, err := entity(x.form.Get("parent")); err == nil {
			page.Title = c.T("say.move_here", "name", x.here.Name, "here", names(parent))
		}
	}
	there := map[p.EntityID]*hub.AffectedPlace{}
	for i := range a.Places {
		there[a.Places[i].Before.ID] = &a.Places[i]
	}
	for i := range plan.Changes {
		ch := &plan.Changes[i]
		if ch.After.Level == registry.LevelFacility && ch.What == reform.Moved && x.do != doMove {
			continue // listed below
		}
		line := ui.PlaceChanged{What: c.T("reform.what_" + ch.What.String()), Name: ch.After.Name, Code: ch.After.Code, To: becomes(ch, names)}
		if !ch.New() {
			line.Name, line.Code = ch.Before.Name, ch.Before.Code
			if n := there[ch.Before.ID]; n != nil {
				line.Stations, line.Accounts, line.People, line.Ask = n.Stations, n.Accounts, int(n.People), int(n.Ask)
			}
		}
		page.Changes = append(page.Changes, line)
	}
	for _, m := range a.Facilities {
		if x.do != doMove {
			page.Moves = append(page.Moves, ui.PlaceMoved{Name: m.Facility.Name, From: m.From.Name, To: m.To.Name})
		}
	}
	for _, h := range a.EndedHubs {
		var to []string
		for _, s := range h.Successors {
			to = append(to, s.Name)
		}
		page.Hubs = append(page.Hubs, ui.PlaceHub{Name: h.Device.Name, Place: h.Place.Name, To: strings.Join(to, ", ")})
	}
	for key, n := range map[string]int64{
		"stations": int64(a.Stations), "hubs": int64(a.Hubs), "accounts": int64(a.Accounts), "people": a.People,
	} {
		if n > 0 {
			page.Concerned = append(page.Concerned, ui.Fact{Name: c.T("reform.concerned_" + key), Value: c.Words.Int(n)})
		}
	}
	slices.SortFunc(page.Concerned, func(a, b ui.Fact) int { return strings.Compare(a.Name, b.Name) })
	if a.Ask > 0 {
		page.Ask = c.T("reform.to_ask", "n", a.Ask)
	}
	if a.Placed > 0 {
		page.Placed = c.T("reform.placed", "n", a.Placed)
	}
	for _, name := range sortedKeys(x.form) {
		for _, value := range x.form[name] {
			page.Hidden = append(page.Hidden, ui.Hidden{Name: name, Value: value})
		}
	}
	return c.Draw(status, "place_preview", page)
}

// sortedKeys are the entries of a form that are not the page's own.
func sortedKeys(form url.Values) []string {
	var out []string
	for name := range form {
		if name != "csrf" && name != "once" && name != "digest" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// placeNames names places as they will be.
func placeNames(places *atlas.Atlas, plan *hub.Reform) func(p.EntityID) string {
	made := map[p.EntityID]string{}
	for i := range plan.Changes {
		made[plan.Changes[i].After.ID] = plan.Changes[i].After.Name
	}
	return func(id p.EntityID) string {
		if name, ok := made[id]; ok {
			return name
		}
		r, _ := places.Row(id)
		return r.Name
	}
}

// becomes says what comes of a place.
func becomes(ch *reform.Change, names func(p.EntityID) string) string {
	var out []string
	switch {
	case len(ch.After.Successors) > 0:
		for _, id := range ch.After.Successors {
			out = append(out, names(id))
		}
	case ch.New():
		for _, id := range ch.Parts {
			out = append(out, names(id))
		}
	default:
		if ch.After.Name != ch.Before.Name {
			out = append(out, ch.After.Name)
		}
		if ch.After.Code != ch.Before.Code {
			out = append(out, ch.After.Code)
		}
		if ch.After.Parent != ch.Before.Parent {
			out = append(out, names(ch.After.Parent))
		}
		if ch.What == reform.Listed {
			out = append(out, strings.Join(ch.After.Hamlets, ", "))
		}
	}
	return strings.Join(out, ", ")
}
