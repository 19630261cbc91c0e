package web

import (
	"context"
	"net/http"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/pages"
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
	for i := range list {
		x := &list[i]
		id := "g-" + x.GivenOn.ISO() + "-" + x.Vaccine
		if n := len(page.Groups); n == 0 || page.Groups[n-1].ID != id {
			group := ui.NoLotGroup{ID: id, Vaccine: doseName(c, x.Vaccine, 0, vaccines).Vaccine, Day: c.LongDay(x.GivenOn)}
			for _, l := range lots[x.Vaccine] {
				group.Known = append(group.Known, l.Number)
			}
			if typed.group == id {
				group.Lot, group.Expires = ui.Field{Value: typed.lot, Error: typed.errLot}, ui.Field{Value: typed.expires, Error: typed.errExpires}
				group.Error = typed.at
			}
			page.Groups = append(page.Groups, group)
		}
		g := &page.Groups[len(page.Groups)-1]
		ticked := typed.group != id || slices.Contains(typed.doses, x.ID.String())
		g.People = append(g.People, ui.NoLotLine{ID: x.ID.String(), Child: x.Who.ID.String(), Name: x.Who.Name, Line: c.PersonLine(&x.Who), Ticked: ticked})
	}
	return c.Draw(status, "nolot", page)
}

// fillLots writes one lot for the doses that are ticked.
func (w *Web) fillLots(c *pages.Call) error {
	if !c.May(rights.Amend, registry.KindImmunization) {
		return desk.ErrForbidden
	}
	typed := noLotTyped{group: c.Value("group"), lot: c.Value("lot"), expires: c.Value("expires"), doses: c.R.PostForm["dose"]}
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
	if typed.errExpires+typed.at != "" {
		return w.drawNoLot(c, http.StatusUnprocessableEntity, typed)
	}
	written, err := c.Desk.FillLot(c.Ctx(), c.Who, typed.lot, expires, ids...)
	if wrong, known := c.Sentences(err); known {
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
