package web

import (
	"net/http"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// noteHomes leads to those whose commune was split and whom nobody has asked yet, if there are any.
func noteHomes(c *pages.Call, f *ui.Frame) error {
	n, err := c.Desk.CountAskHome(c.Ctx())
	if err == nil && n > 0 {
		f.Notes = append(f.Notes, ui.Note{
			Tone: ui.ToneAsk, Lead: c.T("say.homes_note", "n", n), Action: &ui.Action{Label: c.T("say.homes_open"), Href: ui.PathHomes},
		})
	}
	return err
}

func (w *Web) showHomes(c *pages.Call) error { return drawHomes(c, http.StatusOK, homesForm{}) }

// homesForm is what a press chose, and the sentence if it chose too little.
type homesForm struct {
	group, place, wrong string
	some                bool
	who                 []string
}

// groupKey names a group in a form.
func groupKey(g *desk.HomeGroup) string {
	return g.Was.ID.String() + ":" + registry.FoldHamlet(g.Hamlet)
}

func drawHomes(c *pages.Call, status int, form homesForm) error {
	groups, err := c.Desk.AskHome(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	page := ui.Homes{Frame: frame, ReadOnly: !c.May(rights.Amend, registry.KindSubject)}
	page.Frame.Path = ui.PathHomes
	for i := range groups {
		g := &groups[i]
		line := ui.HomeGroup{Key: groupKey(g), Was: g.Was.Name, Hamlet: g.Hamlet}
		for k := range g.Choices {
			line.Choices.Options = append(line.Choices.Options, ui.Option{Value: g.Choices[k].ID.String(), Text: g.Choices[k].Name})
		}
		pressed := form.group == line.Key
		if pressed {
			line.Choices.Value, line.Choices.Error, line.Open = form.place, form.wrong, form.some
		}
		for k := range g.People {
			row := &g.People[k]
			line.People = append(line.People, ui.HomePerson{
				ID: row.ID.String(), Name: row.Name, Line: c.PersonLine(row), Ticked: pressed && slices.Contains(form.who, row.ID.String()),
			})
		}
		page.People += len(line.People)
		page.Groups = append(page.Groups, line)
	}
	return c.Draw(status, "homes", page)
}

// settleHomes writes where the people of a hamlet, or some of them, live now.
func (w *Web) settleHomes(c *pages.Call) error {
	if !c.May(rights.Amend, registry.KindSubject) {
		return desk.ErrForbidden
	}
	form := homesForm{group: c.Value("group"), place: c.Value("place"), some: c.Value("some") != "", who: c.R.PostForm["who"]}
	groups, err := c.Desk.AskHome(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(groups, func(g desk.HomeGroup) bool { return groupKey(&g) == form.group })
	if at < 0 { // somebody said so meanwhile
		return c.Go(ui.PathHomes)
	}
	g := &groups[at]
	to := slices.IndexFunc(g.Choices, func(r project.PlaceRow) bool { return r.ID.String() == form.place })
	if to < 0 {
		form.wrong = c.T("say.homes_pick_place")
		return drawHomes(c, http.StatusUnprocessableEntity, form)
	}
	var people []p.EntityID
	for i := range g.People {
		if id := g.People[i].ID; !form.some || slices.Contains(form.who, id.String()) {
			people = append(people, id)
		}
	}
	if len(people) == 0 {
		form.wrong = c.T("say.homes_pick_people")
		return drawHomes(c, http.StatusUnprocessableEntity, form)
	}
	n, err := c.Desk.SettleHome(c.Ctx(), c.Who, people, g.Choices[to].ID)
	if err != nil {
		return err
	}
	return c.Go(ui.PathHomes, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.homes_saved", "n", n, "place", g.Choices[to].Name)})
}
