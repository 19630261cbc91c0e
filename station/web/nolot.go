package web

import (
	"context"
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

// noteNoLot says on the day's first page how many doses wait for their lot.
func noteNoLot(c *pages.Call, f *ui.Frame) error {
	n, more, err := c.Desk.CountNoLot(c.Ctx(), c.Who)
	if err == nil && n > 0 {
		key := "nolot.note"
		if more {
			key = "nolot.note_more"
		}
		f.Notes = append(f.Notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T(key, "n", n), Action: &ui.Action{Label: c.T("nolot.open"), Href: ui.PathNoLot}})
	}
	return err
}

// noLotTyped is what was typed for one group, and what is wrong with it.
type noLotTyped struct {
	group, lot, expires    string
	why, errWhy            string
	errLot, errExpires, at string
	doses                  []string
}

func (w *Web) showNoLot(c *pages.Call) error { return w.drawNoLot(c, http.StatusOK, noLotTyped{}) }

func (w *Web) drawNoLot(c *pages.Call, status int, typed noLotTyped) error {
	list, more, err := c.Desk.NoLot(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	vaccines, err := vaccinesOf(c)
	if err != nil {
		return err
	}
	lots, err := c.Desk.KnownLots(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavReview)
	if err != nil {
		return err
	}
	page := ui.NoLot{Frame: frame, More: more, May: c.May(rights.Amend, registry.KindImmunization)}
	page.Frame.Path = ui.PathNoLot
	page.Groups = noLotGroups(c, list, vaccines, "g-")
	for i := range page.Groups {
		g := &page.Groups[i]
		for _, l := range lots[g.Code] {
			g.Known = append(g.Known, l.Number)
		}
		g.Why = c.Choices(registry.LotLostEnum, 0)
		g.Why.Options = append([]ui.Option{{Text: c.T("say.none")}}, g.Why.Options...)
		if typed.group != g.ID {
			continue
		}
		g.Lot, g.Expires = ui.Field{Value: typed.lot, Error: typed.errLot}, ui.Field{Value: typed.expires, Error: typed.errExpires}
		g.Error, g.Why.Value, g.Why.Error, g.Opened = typed.at, typed.why, typed.errWhy, typed.why+typed.errWhy != ""
		for k := range g.People {
			g.People[k].Ticked = slices.Contains(typed.doses, g.People[k].ID)
		}
	}
	lost, _, err := c.Desk.LotLost(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	page.Lost = noLotGroups(c, lost, vaccines, "l-")
	return c.Draw(status, "nolot", page)
}

// noLotGroups puts doses of one day and vaccine together, in their order.
func noLotGroups(c *pages.Call, list []desk.NoLotDose, vaccines []project.VaccineRow, prefix string) (out []ui.NoLotGroup) {
	for i := range list {
		x := &list[i]
		id := prefix + x.GivenOn.ISO() + "-" + x.Vaccine
		if n := len(out); n == 0 || out[n-1].ID != id {
			out = append(out, ui.NoLotGroup{ID: id, Code: x.Vaccine, Vaccine: doseName(c, x.Vaccine, 0, vaccines).Vaccine, Day: c.LongDay(x.GivenOn)})
		}
		g := &out[len(out)-1]
		line := ui.NoLotLine{ID: x.ID.String(), Child: x.Who.ID.String(), Name: x.Who.Name, Line: c.PersonLine(&x.Who), Ticked: true}
		if x.LotLost != 0 {
			line.Why = c.T("lot_lost." + x.LotLost.String())
		}
		g.People = append(g.People, line)
	}
	return out
}

// fillLots writes one lot for the doses that are ticked, or says that it will never be known, or takes that back.
func (w *Web) fillLots(c *pages.Call) error {
	if !c.May(rights.Amend, registry.KindImmunization) {
		return desk.ErrForbidden
	}
	typed := noLotTyped{group: c.Value("group"), lot: c.Value("lot"), expires: c.Value("expires"), why: c.Value("why"), doses: c.R.PostForm["dose"]}
	expires, err := pages.ParseExpires(typed.expires, c.Today)
	if err != nil {
		typed.errExpires = c.DateError(err)
	}
	var ids []p.EntityID
	for _, text := range typed.doses {
		id, err := p.ParseEntityID(text)
		if err != nil {
			return desk.ErrNotFound
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		typed.at = c.T("nolot.pick")
	}
	why, known := registry.LotLostEnum.Number(typed.why)
	do := c.Value("do")
	if do == "lost" {
		if typed.errExpires = ""; !known {
			typed.errWhy = c.T("nolot.why_pick")
		}
	}
	if typed.errExpires+typed.at+typed.errWhy != "" {
		return w.drawNoLot(c, http.StatusUnprocessableEntity, typed)
	}
	switch do {
	case "lost":
		return w.loseLots(c, registry.LotLost(why), ids)
	case "ask":
		return w.askLots(c, ids)
	}
	written, err := c.Desk.FillLot(c.Ctx(), c.Who, typed.lot, expires, ids...)
	if wrong, said := c.Sentences(err); said {
		typed.errLot, typed.errExpires = wrong["lot"], wrong["expires"]
		if typed.errLot+typed.errExpires == "" {
			for _, text := range wrong {
				typed.at = text
			}
		}
		return w.drawNoLot(c, http.StatusUnprocessableEntity, typed)
	}
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("nolot.saved", "n", len(written), "lot", registry.CleanLot(typed.lot))}
	if len(written) > 0 {
		note.Action = c.Undoable(ui.PathNoLot, func(ctx context.Context, who desk.Who) error {
			return c.Desk.UnfillLot(ctx, who, typed.lot, written...)
		})
	}
	return c.Go(ui.PathNoLot, note)
}

// loseLots settles doses whose lot will never be known.
func (w *Web) loseLots(c *pages.Call, why registry.LotLost, ids []p.EntityID) error {
	said, err := c.Desk.LoseLot(c.Ctx(), c.Who, why, ids...)
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("nolot.lost_saved", "n", len(said), "why", c.T("lot_lost."+why.String()))}
	if len(said) > 0 {
		note.Action = c.Undoable(ui.PathNoLot, func(ctx context.Context, who desk.Who) error {
			_, err := c.Desk.AskLot(ctx, who, said...)
			return err
		})
	}
	return c.Go(ui.PathNoLot, note)
}

// askLots lets doses wait for their lot again.
func (w *Web) askLots(c *pages.Call, ids []p.EntityID) error {
	again, err := c.Desk.AskLot(c.Ctx(), c.Who, ids...)
	if err != nil {
		return err
	}
	return c.Go(ui.PathNoLot, ui.Note{Tone: ui.ToneOK, Lead: c.T("nolot.asked", "n", len(again))})
}
