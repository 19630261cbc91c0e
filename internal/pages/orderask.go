package pages

import (
	"net/http"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/ui"
)

func (pg *Pages) showAsk(c *Call) error {
	return c.drawAsk(http.StatusOK, c.R.URL.Query().Get("month"), nil)
}

func (c *Call) drawAsk(status int, text string, f *stockTyped) error {
	month, ok := c.orderMonth(text)
	if !ok {
		return desk.ErrNotFound
	}
	list, err := c.Desk.ProposeOrder(c.Ctx(), c.Who, month)
	if err != nil {
		return err
	}
	above, known, err := c.Desk.StoreAbove(c.Ctx())
	if err != nil {
		return err
	}
	if !known {
		return desk.ErrNotFound
	}
	standing, err := c.Desk.OwnOrder(c.Ctx(), c.Who, month)
	if err != nil {
		return err
	}
	vaccines, err := c.allVaccines()
	if err != nil {
		return err
	}
	page := ui.StockAsk{Month: month.String(), Value: monthValue(month), To: above.Name, Station: !c.Hub}
	if page.Frame, err = c.stockFrame(); err != nil {
		return err
	}
	first := f == nil
	if first {
		f = newStockTyped()
	}
	var asked *registry.Order
	if standing != nil {
		asked = &standing.Request
		page.Saw = asked.ID.String()
		for i := range asked.Lines {
			l := &asked.Lines[i]
			if !slices.ContainsFunc(list, func(x desk.OrderProposal) bool { return l.Same(x.Item, x.Stock) }) {
				list = append(list, desk.OrderProposal{Item: l.Item, Stock: l.Stock})
			}
		}
		if first {
			f.text["note"] = asked.Note
		}
	}
	c.sortItems(vaccines, len(list), func(i int) string { return list[i].Item }, func(order []int) {
		for _, i := range order {
			x := &list[i]
			if len(page.Rows) == registry.OrderLinesMax {
				break
			}
			row := ui.AskRow{
				N: len(page.Rows) + 1, Name: c.orderItem(x.Item, x.Stock, vaccines), Have: c.amount(x.Have), Needed: c.amount(x.Needed), Proposed: c.amount(x.Proposed),
				Item: x.Item, Stock: x.Stock.String(),
			}
			if x.Coming > 0 {
				row.Small = c.T("order_say.coming", "n", int(x.Coming))
			}
			if first {
				row.Field.Value, row.Reason.Value = askedValue(asked, x), ""
				if asked != nil {
					if l := asked.Line(x.Item, x.Stock); l != nil {
						row.Reason.Value = l.Why
					}
				}
			} else {
				row.Field, row.Reason = c.typedAt(f, x.Item, x.Stock)
			}
			page.Rows = append(page.Rows, row)
		}
	})
	page.Note, page.Error = f.field("note"), f.errs["lines"]
	if asked != nil && !first && c.Value("saw") != page.Saw {
		page.Notes = append(page.Notes, c.standsNote(asked, vaccines))
	}
	return c.Draw(status, "stockask", page)
}

// askedValue is what a row begins with: what was asked for already, else what is proposed.
func askedValue(asked *registry.Order, x *desk.OrderProposal) string {
	n := int(x.Proposed)
	if asked != nil {
		n = 0
		if l := asked.Line(x.Item, x.Stock); l != nil {
			n = l.Quantity
		}
	}
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// typedAt is what was typed in the row of an item, which may stand in another row by now.
func (c *Call) typedAt(f *stockTyped, item string, stock registry.Programme) (amount, why ui.Field) {
	for n := 1; n <= registry.OrderLinesMax; n++ {
		key, _ := stockKeyOf(func(name string) string { return c.Value(name + "-" + itoa(n)) })
		if key.Item == item && key.Stock == stock {
			return f.field("n-" + itoa(n)), f.field("why-" + itoa(n))
		}
	}
	return amount, why
}

// askStock sends what a place asks for in a month.
func (pg *Pages) askStock(c *Call) error {
	if !c.mayOrder() {
		return desk.ErrForbidden
	}
	month, ok := c.orderMonth(c.Value("month"))
	if !ok {
		return desk.ErrNotFound
	}
	f := readTyped(c.Value, append([]string{"note"}, rowNames("n-", "why-")...)...)
	lines, at := c.orderLines(f, false)
	if len(f.errs) > 0 {
		return c.drawAsk(http.StatusUnprocessableEntity, monthValue(month), f)
	}
	proposed, err := c.Desk.ProposeOrder(c.Ctx(), c.Who, month)
	if err != nil {
		return err
	}
	for i := range lines {
		for j := range proposed {
			if x := &proposed[j]; lines[i].Same(x.Item, x.Stock) {
				lines[i].Have, lines[i].Needed = int(max(x.Have, 0)), int(x.Needed)
			}
		}
	}
	_, err = c.Desk.AskStock(c.Ctx(), c.Who, registry.OrderInput{Month: month, Lines: lines, Note: f.text["note"]}, sawOrder(c))
	if c.lineErrors(f, err, at) {
		return c.drawAsk(http.StatusUnprocessableEntity, monthValue(month), f)
	}
	if err != nil {
		return err
	}
	return c.Go(ordersHref(month), ui.Note{Tone: ui.ToneOK, Lead: c.T("order_say.done_ask", "month", month.String(), "n", len(lines))})
}
