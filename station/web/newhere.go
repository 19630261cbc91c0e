package web

import (
	"context"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// showNew lists who came to this station's people from elsewhere and is not known here yet.
func (w *Web) showNew(c *pages.Call) error {
	list, err := c.Desk.NewHere(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	frame.Path = ui.PathNew
	vaccines, err := vaccinesOf(c)
	if err != nil {
		return err
	}
	page := ui.NewHere{Frame: frame, MayNote: c.May(rights.Create, registry.KindContact)}
	home := c.Desk.Home()
	for i := range list {
		x := &list[i]
		mark := ui.Mark{}
		switch {
		case x.Since == 0:
		case x.Since <= c.Today:
			mark = ui.Mark{Kind: ui.MarkDue}
		default:
			mark = ui.Mark{Kind: ui.MarkLater, Text: c.T("say.due_soon", "on", c.Words.ShortDate(c.Now.AddDate(0, 0, int(x.Since-c.Today))))}
		}
		row := expected(c, &x.Expected, &home, mark, false, vaccines)
		row.Code = ""
		if len(x.Due) == 0 {
			row.Line = c.T("visit.nothing_due")
		}
		page.Rows = append(page.Rows, ui.NewPerson{Person: row, How: c.T("new."+string(x.How), "on", x.Came.String())})
	}
	if len(page.Rows) > 0 {
		page.Rows[0].Main = true
	}
	return c.Draw(http.StatusOK, "new", page)
}

// welcome notes that somebody, or everybody who was shown, is known here.
func (w *Web) welcome(c *pages.Call) error {
	texts := c.R.PostForm["who"]
	if c.Value("all") != "" {
		texts = c.R.PostForm["shown"]
	}
	var people []p.EntityID
	for _, text := range texts {
		if id, err := p.ParseEntityID(text); err == nil {
			people = append(people, id)
		}
	}
	if len(people) > desk.NewHereMax {
		people = people[:desk.NewHereMax]
	}
	made, err := c.Desk.Welcome(c.Ctx(), c.Who, people)
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("new.noted", "n", len(made))}
	if len(made) > 0 {
		note.Action = c.Undoable(ui.PathNew, func(ctx context.Context, who desk.Who) error { return c.Desk.UndoWelcome(ctx, who, made, undoReason) })
	}
	return c.Go(ui.PathNew, note)
}

// noteNew says on the first page how many are new.
func noteNew(c *pages.Call, f *ui.Frame) error {
	n, err := c.Desk.CountNewHere(c.Ctx())
	if n > 0 {
		f.Notes = append(f.Notes, ui.Note{Lead: c.T("new.some", "n", n), Action: &ui.Action{Label: c.T("new.see"), Href: ui.PathNew}})
	}
	return err
}
