package web

import (
	"cmp"
	"context"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

// lotTyped is what was typed for one vaccine, and what is wrong with it.
type lotTyped struct {
	vaccine, number, expires  string
	stock                     registry.Programme
	numberError, expiresError string
}

func (w *Web) showLots(c *pages.Call) error { return w.drawLots(c, http.StatusOK, lotTyped{}) }

// drawLots draws which lot of each vaccine is in hand: first those of which this place knows one.
func (w *Web) drawLots(c *pages.Call, status int, typed lotTyped) error {
	lots, err := c.Desk.KnownLots(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	vaccines, err := vaccinesOf(c)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	page := ui.Lots{Frame: frame, May: mayChooseLot(c)}
	page.Frame.Path = ui.PathLots
	for i := range vaccines {
		v := &vaccines[i]
		own := c.Desk.Stock(v.Programme)
		for _, stock := range []registry.Programme{own, otherStock(own)} {
			known := desk.OfStock(lots[v.Code], stock)
			line := lotLine(c, v, known, stock, &typed)
			if line.Other = stock != own; line.Other {
				line.Name += ", " + c.T("lot_stock."+stock.String())
			}
			switch {
			case len(known) > 0 || line.Open:
				page.Rows = append(page.Rows, line)
			case stock == own:
				page.Other = append(page.Other, line)
			}
		}
	}
	return c.Draw(status, "lots", page)
}

func mayChooseLot(c *pages.Call) bool {
	return c.May(rights.Create, registry.KindLot) && c.May(rights.Amend, registry.KindLot)
}

// lotLine is one vaccine: its lot in hand, or the one chosen last and why it is not.
func lotLine(c *pages.Call, v *project.VaccineRow, known []desk.KnownLot, stock registry.Programme, typed *lotTyped) ui.LotLine {
	line := ui.LotLine{Stock: stock.String(), Stocks: ui.Select{Value: stock.String()}, Vaccine: v.Code, Name: pages.VaccineName(c.Words, v), Mark: ui.Mark{Kind: ui.MarkLater, Text: c.T("lots_say.none")}}
	if len(known) > 0 {
		l := &known[0]
		line.Lot = l.Number
		if l.Expires != 0 {
			line.Expires = l.Expires.String()
		}
		switch {
		case l.Suspended != "":
			line.Mark, line.Note = ui.Mark{Kind: ui.MarkNo, Text: c.T("lots_say.suspended")}, l.Suspended
		case l.Expires != 0 && l.Expires < c.Today:
			line.Mark = ui.Mark{Kind: ui.MarkOverdue, Text: c.T("lots_say.past")}
		case l.Expires != 0 && l.Expires <= c.Today+desk.LotSoonDays:
			line.Mark, line.Note = ui.Mark{Kind: ui.MarkAsk, Text: c.T("lots_say.soon")}, c.T("lots_say.days", "n", int(l.Expires-c.Today))
		default:
			line.Mark = ui.Mark{Kind: ui.MarkOK, Text: c.T("lots_say.ok")}
		}
	}
	for _, x := range []registry.Programme{registry.ProgrammeEPI, registry.ProgrammePaid} {
		line.Stocks.Options = append(line.Stocks.Options, ui.Option{Value: x.String(), Text: c.T("lot_stock." + x.String())})
	}
	for i := range known {
		l := &known[i]
		if l.InHand || !l.May(c.Today) {
			continue
		}
		choice := ui.LotChoice{Number: l.Number, Text: c.T("lots_say.take", "lot", l.Number)}
		if l.Expires != 0 {
			choice.Text = c.T("lots_say.take_until", "lot", l.Number, "on", l.Expires.String())
		}
		line.Choices = append(line.Choices, choice)
	}
	if typed.vaccine == v.Code && typed.stock == stock {
		line.Stocks.Value = stock.String()
		line.Open = true
		line.Number, line.Until = ui.Field{Value: typed.number, Error: typed.numberError}, ui.Field{Value: typed.expires, Error: typed.expiresError}
	}
	return line
}

// otherStock is the stock beside one: what is sold beside what the programme sent.
func otherStock(stock registry.Programme) registry.Programme {
	if stock == registry.ProgrammePaid {
		return registry.ProgrammeEPI
	}
	return registry.ProgrammePaid
}

// chooseLot puts a lot in hand.
func (w *Web) chooseLot(c *pages.Call) error {
	if !mayChooseLot(c) {
		return desk.ErrForbidden
	}
	typed := lotTyped{vaccine: c.Value("vaccine"), number: cmp.Or(c.Value("lot"), c.Value("number")), expires: c.Value("expires")}
	stock, ok := registry.ProgrammeEnum.Number(c.Value("stock"))
	if typed.stock = registry.Programme(stock); !ok || registry.StockOf(typed.stock, 0) != typed.stock {
		typed.stock = 0
	}
	vaccines, err := vaccinesOf(c)
	if err != nil {
		return err
	}
	for i := range vaccines {
		if v := &vaccines[i]; v.Code == typed.vaccine && typed.stock == 0 {
			typed.stock = c.Desk.Stock(v.Programme) // who does not say means what this place gives
		}
	}
	expires, err := pages.ParseExpires(typed.expires, c.Today)
	if err != nil {
		typed.expiresError = c.DateError(err)
		return w.drawLots(c, http.StatusUnprocessableEntity, typed)
	}
	before, err := c.Desk.KnownLots(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	err = c.Desk.ChooseLot(c.Ctx(), c.Who, typed.vaccine, typed.number, expires, typed.stock)
	if wrong, known := c.Sentences(err); known {
		typed.numberError, typed.expiresError = cmp.Or(wrong["number"], wrong["vaccine"]), wrong["expires"]
		return w.drawLots(c, http.StatusUnprocessableEntity, typed)
	}
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("lots_say.chosen", "vaccine", doseName(c, typed.vaccine, 0, vaccines).Vaccine, "lot", registry.CleanLot(typed.number))}
	if list := desk.OfStock(before[typed.vaccine], typed.stock); len(list) > 0 && list[0].InHand && !registry.SameLot(list[0].Number, typed.number) {
		old := list[0]
		note.Action = c.Undoable(ui.PathLots, func(ctx context.Context, who desk.Who) error {
			return c.Desk.ChooseLot(ctx, who, old.Vaccine, old.Number, 0, old.Stock)
		})
	}
	return c.Go(ui.PathLots, note)
}

// lotWords are the lots in hand.
func lotWords(c *pages.Call, vaccines []project.VaccineRow) ([]ui.LotWord, error) {
	lots, err := c.Desk.KnownLots(c.Ctx(), c.Who)
	var out []ui.LotWord
	for i := range vaccines {
		v := &vaccines[i]
		for _, list := range [][]desk.KnownLot{desk.OfStock(lots[v.Code], registry.ProgrammeEPI), desk.OfStock(lots[v.Code], registry.ProgrammePaid)} {
			if len(list) == 0 || !list[0].InHand {
				continue
			}
			word := ui.LotWord{Vaccine: pages.VaccineName(c.Words, v), Lot: list[0].Number}
			if list[0].Stock != c.Desk.Stock(v.Programme) {
				word.Vaccine += ", " + c.T("lot_stock."+list[0].Stock.String())
			}
			if list[0].Expires != 0 {
				word.Expires = list[0].Expires.String()
			}
			out = append(out, word)
		}
	}
	return out, err
}
