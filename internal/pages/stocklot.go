package pages

import (
	"net/http"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/ui"
)

var stockLotTexts = []string{"quantity", "reason", "note", "other"}

func (pg *Pages) showStockLot(c *Call) error {
	return c.drawStockLot(http.StatusOK, c.R.URL.Query().Get, newStockTyped())
}

func (c *Call) drawStockLot(status int, value func(string) string, f *stockTyped) error {
	key, number := stockKeyOf(value)
	if key.Item == "" {
		return desk.ErrNotFound
	}
	lot, lines, err := c.Desk.LotLedger(c.Ctx(), c.Who, key)
	if err != nil {
		return err
	}
	vaccines, err := c.allVaccines()
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavStock)
	if err != nil {
		return err
	}
	frame.Path = lotHref(key, number)
	if lot.Number == "" {
		lot.Number = number
	}
	mark, _ := c.lotMark(lot)
	reason, _ := registry.DiscardReasonEnum.Number(f.text["reason"])
	page := ui.StockLot{
		Frame: frame, Name: c.itemName(key.Item, vaccines), Small: c.lotSmall(&lot.StockRow, c.mostly(key.Item, vaccines)), Mark: mark, Item: key.Item,
		Number: lot.Number, Stock: key.Stock.String(), VVM: int(lot.VVM), Supply: registry.IsSupply(key.Item), May: c.mayKeepStock(),
		Quantity: f.field("quantity"), Note: f.field("note"), Other: f.field("other"), Reason: c.choices(registry.DiscardReasonEnum, reason, true),
	}
	page.Reason.Error = f.errs["reason"]
	page.Vials = !page.Supply && vialSize(key.Item, lot.Vial) > 1
	page.Balance = c.T("stock_say.doses", "n", int(lot.Balance()))
	if page.Supply {
		page.Balance = c.T("stock_say.pieces", "n", int(lot.Balance()))
	}
	if lot.Expires != 0 {
		page.Expires = lot.Expires.String()
	}
	for i := range lines {
		page.Rows = append(page.Rows, c.ledgerLine(&lines[i], page.May))
	}
	return c.Draw(status, "stocklot", page)
}

func (c *Call) ledgerLine(l *desk.LedgerLine, may bool) ui.StockEntry {
	out := ui.StockEntry{ID: l.ID.String(), When: c.momentText(l.Moment), Void: may && l.Mine && !l.Void && l.Doses == 0}
	var small []string
	switch {
	case l.Doses > 0:
		out.When, out.What, out.Minus = registry.Day(l.Moment/(24*60)).String(), c.T("stock_say.given"), c.amount(l.Doses)
	case l.Kind == registry.KindStockCount:
		out.What = c.T("stock_say.counted_n", "n", int(l.Amount))
		if diff := l.Amount - l.Book; diff != 0 {
			small = append(small, c.T("stock_say.book_said", "book", c.amount(l.Book), "diff", c.signed(diff)))
		}
	default:
		out.What = c.T("move_type." + l.Type.String())
		if l.Kind == registry.KindTransfer {
			out.What = c.T("stock_say.sent_to", "to", l.Other)
		}
		if l.Reason != 0 {
			small = append(small, c.T("discard_reason."+l.Reason.String()))
		}
		switch l.Type.Sign() {
		case 1:
			out.Plus = c.amount(l.Amount)
		case -1:
			out.Minus = c.amount(l.Amount)
		default:
			small = append(small, c.amount(l.Amount))
		}
	}
	if l.Other != "" && l.Kind == registry.KindMovement {
		small = append(small, l.Other)
	}
	if l.Note != "" {
		small = append(small, l.Note)
	}
	out.Small = strings.Join(small, "; ")
	switch {
	case l.Void:
		out.Mark = ui.Mark{Kind: ui.MarkVoid}
	case l.Beaten:
		out.Mark = ui.Mark{Kind: ui.MarkTwo, Text: c.T("stock_say.beaten")}
	case l.Counted:
		out.Mark = ui.Mark{Kind: ui.MarkLater, Text: c.T("stock_say.in_count")}
	}
	return out
}

func (c *Call) signed(n int64) string {
	if n > 0 {
		return "+" + c.amount(n)
	}
	return c.amount(n)
}

// stockLot writes what happened to a lot: thrown away, used, opened, given to somebody without a ledger; or that what is left in an
// open vial was thrown away.
func (pg *Pages) stockLot(c *Call) error {
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	f := readTyped(c.Value, stockLotTexts...)
	key, number := stockKeyOf(c.Value)
	if key.Item == "" {
		return desk.ErrNotFound
	}
	lot, _, err := c.Desk.LotLedger(c.Ctx(), c.Who, key)
	if err != nil {
		return err
	}
	in := registry.MovementInput{Item: key.Item, Lot: number, Stock: key.Stock, Expires: lot.Expires, Note: f.text["note"]}
	do := c.Value("do")
	switch do {
	case "rest":
		in.Type, in.Reason = registry.MoveDiscarded, registry.DiscardOpenRest
	case "discard":
		reason, _ := registry.DiscardReasonEnum.Number(f.text["reason"])
		in.Type, in.Reason = registry.MoveDiscarded, registry.DiscardReason(reason)
	case "used":
		in.Type = registry.MoveUsed
	case "issue":
		in.Type, in.Other = registry.MoveIssued, f.text["other"]
		if in.Other == "" {
			f.errs["other"] = c.T("invalid." + string(registry.CodeRequired))
		}
	case "open":
		in.Type, in.Quantity = registry.MoveOpened, vialSize(key.Item, lot.Vial)
	default:
		return desk.ErrNotFound
	}
	if do != "open" {
		n, ok := parseQuantity(f.text["quantity"], vialSize(key.Item, lot.Vial))
		if in.Quantity = n; !ok {
			f.errs["quantity"] = c.T("stock_say.no_number_here")
		}
	}
	if len(f.errs) > 0 {
		return c.drawStockLot(http.StatusUnprocessableEntity, c.Value, f)
	}
	ids, err := c.Desk.MoveStock(c.Ctx(), c.Who, in)
	if wrong, known := c.sentences(err); known {
		f.refuse(wrong)
		return c.drawStockLot(http.StatusUnprocessableEntity, c.Value, f)
	}
	if err != nil {
		return err
	}
	vaccines, err := c.allVaccines()
	if err != nil {
		return err
	}
	back := lotHref(key, number)
	if do == "rest" || do == "open" {
		back = ui.PathStock
	}
	return c.Go(back, c.stockDone(do, c.itemName(key.Item, vaccines), number, in.Quantity, ids))
}

// sendRows are the lots that may be sent or taken out.
func sendRows(s *desk.Stock) []*project.StockRow {
	var out []*project.StockRow
	for _, list := range [][]desk.StockLot{s.Lots, s.Supplies} {
		for i := range list {
			if list[i].Balance() > 0 && len(out) < registry.TransferLinesMax {
				out = append(out, &list[i].StockRow)
			}
		}
	}
	return out
}
