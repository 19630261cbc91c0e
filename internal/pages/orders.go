package pages

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

const pathOrders = ui.PathStock + "/orders"

// orderMonth reads the month that a form or address names; the next one if it names none.
func (c *Call) orderMonth(text string) (registry.Month, bool) {
	if text == "" {
		return c.Today.Month() + 1, true
	}
	at, err := time.Parse("2006-01", text)
	return registry.NewMonth(at.Year(), at.Month()), err == nil && at.Year() >= 2000 && at.Year() < 2100
}

func monthValue(m registry.Month) string {
	year, month := m.Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}

func ordersHref(m registry.Month) string { return pathOrders + "?month=" + monthValue(m) }

func (c *Call) mayOrder() bool { return c.May(rights.Create, registry.KindOrder) }

func (pg *Pages) showOrders(c *Call) error {
	month, ok := c.orderMonth(c.R.URL.Query().Get("month"))
	if !ok {
		return desk.ErrNotFound
	}
	own, err := c.Desk.OwnOrder(c.Ctx(), c.Who, month)
	if err != nil {
		return err
	}
	places, sums, err := c.Desk.OrdersBelow(c.Ctx(), c.Who, month)
	if err != nil {
		return err
	}
	_, above, err := c.Desk.StoreAbove(c.Ctx())
	if err != nil {
		return err
	}
	vaccines, err := c.allVaccines()
	if err != nil {
		return err
	}
	frame, err := c.stockFrame()
	if err != nil {
		return err
	}
	frame.Path = ordersHref(month)
	page := ui.StockOrders{Frame: frame, Month: month.String(), Before: ordersHref(month - 1), After: ordersHref(month + 1), Hub: c.Hub}
	if above && c.mayOrder() && month >= c.Today.Month() && month <= c.Today.Month()+registry.OrderMonthsMax {
		page.Ask, page.AskText = pathOrders+"/ask?month="+monthValue(month), c.T("order.ask")
	}
	if own != nil {
		order := c.orderPage(own, vaccines)
		order.Lead = c.T("order_say.lead_own", "to", own.ToName, "at", c.orderAt(&own.Request))
		order.Title = c.T("order.ask")
		page.Own, page.AskText = &order, c.T("order_say.again")
	}
	for i := range places {
		x := &places[i]
		row := ui.OrderPlaceRow{Mark: c.orderMark(x), Name: x.Name, Text: c.orderText(x, vaccines), Href: pathOrders + "/" + x.Request.ID.String(), Act: c.T("stock.see")}
		if x.State() == desk.OrderAsked && c.mayOrder() {
			row.Act = c.T("order_say.approve")
		}
		page.Places = append(page.Places, row)
	}
	c.sortItems(vaccines, len(sums), func(i int) string { return sums[i].Item }, func(order []int) {
		for _, i := range order {
			s := &sums[i]
			row := ui.OrderSumRow{
				Name: c.orderItem(s.Item, s.Stock, vaccines), Places: itoa(s.Places), Asked: c.amount(s.Asked), Approved: c.amount(s.Approved), Sent: c.amount(s.Sent), Have: c.amount(s.Have),
			}
			if n := s.Lacks(); n > 0 {
				row.Mark = ui.Mark{Kind: ui.MarkAsk, Text: c.T("order_say.lacks", "n", int(n))}
			}
			page.Sums = append(page.Sums, row)
		}
	})
	return c.Draw(http.StatusOK, "stockorders", page)
}

// sortItems puts items into the order of the card, supplies behind them.
func (c *Call) sortItems(vaccines []project.VaccineRow, n int, item func(int) string, use func([]int)) {
	rank := map[string]int{}
	for i := range vaccines {
		rank[vaccines[i].Code] = int(vaccines[i].Order) - 1<<20
	}
	for i, code := range registry.Supplies() {
		rank[code] = i + 1
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank[item(a)], rank[item(b)]) })
	use(order)
}

// orderItem is an item's name; of what is not of the stock that it mostly is of, that is said.
func (c *Call) orderItem(item string, stock registry.Programme, vaccines []project.VaccineRow) string {
	name := c.itemName(item, vaccines)
	if stock != c.mostly(item, vaccines) {
		name += ", " + c.T("lot_stock."+stock.String())
	}
	return name
}

func (c *Call) orderAt(o *registry.Order) string {
	return c.momentText(registry.Moment(o.Day, o.Clock))
}

func (c *Call) orderMark(x *desk.MonthOrder) ui.Mark {
	kinds := map[desk.OrderState]ui.MarkKind{
		desk.OrderAsked: ui.MarkLater, desk.OrderRefused: ui.MarkNo, desk.OrderApproved: ui.MarkOK, desk.OrderOnWay: ui.MarkLater, desk.OrderPart: ui.MarkAsk, desk.OrderDone: ui.MarkDone,
	}
	state := x.State()
	return ui.Mark{Kind: kinds[state], Text: c.T("order_state." + state.String())}
}

// orderText is what an order asks for, in a sentence.
func (c *Call) orderText(x *desk.MonthOrder, vaccines []project.VaccineRow) string {
	var parts []string
	for i := range x.Items {
		if x.Items[i].Quantity > 0 {
			parts = append(parts, c.orderItem(x.Items[i].Item, x.Items[i].Stock, vaccines)+" "+c.Words.Int(int64(x.Items[i].Quantity)))
		}
	}
	return strings.Join(parts, ", ")
}

// orderPage is an order with all that was answered, without the form of an approval.
func (c *Call) orderPage(x *desk.MonthOrder, vaccines []project.VaccineRow) ui.StockOrder {
	page := ui.StockOrder{ID: x.Request.ID.String(), Mark: c.orderMark(x), Said: x.Request.Note}
	if x.Approval != nil {
		page.Answer = x.Approval.Note
	}
	if x.Changed {
		page.Was = append(page.Was, ui.Note{Lead: c.T("order_say.changed")})
	}
	for i := range x.Earlier {
		o := &x.Earlier[i]
		page.Was = append(page.Was, ui.Note{Lead: c.T("order_say.earlier_request", "at", c.orderAt(o)), Text: c.linesText(o, vaccines)})
	}
	for i := range x.Before {
		o := &x.Before[i]
		page.Was = append(page.Was, ui.Note{Lead: c.T("order_say.earlier_approval", "at", c.orderAt(o)), Text: c.linesText(o, vaccines)})
	}
	c.sortItems(vaccines, len(x.Items), func(i int) string { return x.Items[i].Item }, func(order []int) {
		for _, i := range order {
			y := &x.Items[i]
			row := ui.OrderRow{
				N: len(page.Rows) + 1, Name: c.orderItem(y.Item, y.Stock, vaccines), Why: y.Why, Asked: c.amount(int64(y.Quantity)), Cut: y.Cut,
				Sent: c.amount(y.Sent), Received: c.amount(y.Got), Item: y.Item, Stock: y.Stock.String(), Differs: y.Approved >= 0 && y.Approved != int64(y.Quantity),
			}
			if y.Have > 0 || y.Needed > 0 {
				row.Small = c.T("order.have") + " " + c.amount(int64(y.Have)) + ", " + strings.ToLower(c.T("order.needed")) + " " + c.amount(int64(y.Needed))
			}
			if y.Approved >= 0 {
				row.Approved = c.amount(y.Approved)
			}
			page.Rows = append(page.Rows, row)
		}
	})
	for i := range x.Sent {
		page.Slips = append(page.Slips, c.slip(&x.Sent[i], vaccines, false))
	}
	return page
}

func (c *Call) linesText(o *registry.Order, vaccines []project.VaccineRow) string {
	var parts []string
	for i := range o.Lines {
		l := &o.Lines[i]
		parts = append(parts, c.orderItem(l.Item, l.Stock, vaccines)+" "+c.Words.Int(int64(l.Quantity)))
	}
	return strings.Join(parts, ", ")
}

// standsNote says what stands instead of what somebody had before them.
func (c *Call) standsNote(o *registry.Order, vaccines []project.VaccineRow) ui.Note {
	return ui.Note{Tone: ui.ToneAsk, Lead: c.T("order_say.stands", "at", c.orderAt(o)), Text: c.linesText(o, vaccines), Alert: true}
}

func (pg *Pages) showOrder(c *Call) error { return c.drawOrder(http.StatusOK, nil) }

func (c *Call) drawOrder(status int, f *stockTyped) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	x, err := c.Desk.OrderOpened(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	vaccines, err := c.allVaccines()
	if err != nil {
		return err
	}
	page := c.orderPage(x, vaccines)
	if page.Frame, err = c.stockFrame(); err != nil {
		return err
	}
	page.Path, page.Back = pathOrders+"/"+page.ID, ordersHref(x.Request.Month)
	own := x.Request.Place == c.Desk.Node.Identity().Place
	page.Title, page.Lead = x.Name, c.T("order_say.lead_to", "month", x.Request.Month.String(), "at", c.orderAt(&x.Request))
	page.May = c.mayOrder()
	page.Void = page.May && own && len(x.Sent) == 0
	page.Approve = page.May && !own
	if x.Approval != nil {
		page.Saw = x.Approval.ID.String()
	}
	for i := range x.Items {
		if page.Approve && x.Items[i].Left() > 0 && !x.Changed {
			page.Send = ui.PathStock + "/send?order=" + page.ID
		}
	}
	if !page.Approve {
		return c.Draw(status, "stockorder", page)
	}
	if f == nil {
		f = newStockTyped()
		if x.Approval != nil {
			f.text["note"] = x.Approval.Note
		}
		for i := range page.Rows {
			row := &page.Rows[i]
			f.text["n-"+itoa(row.N)], f.text["why-"+itoa(row.N)] = cmp.Or(row.Approved, row.Asked), row.Cut
		}
	}
	page.Error, page.Note = f.errs["lines"], f.field("note")
	if x.Approval != nil && c.R.Method == http.MethodPost && c.Value("saw") != page.Saw {
		page.Notes = append(page.Notes, c.standsNote(x.Approval, vaccines))
	}
	for i := range page.Rows {
		row := &page.Rows[i]
		row.Field, row.Reason = f.field("n-"+itoa(row.N)), f.field("why-"+itoa(row.N))
	}
	return c.Draw(status, "stockorder", page)
}

// orderLines reads the lines of a form of orders: what was left empty is in none. at are their rows.
func (c *Call) orderLines(f *stockTyped, zero bool) (lines []registry.OrderLine, at []int) {
	for n := 1; n <= registry.OrderLinesMax; n++ {
		row := itoa(n)
		text := f.text["n-"+row]
		key, _ := stockKeyOf(func(name string) string { return c.Value(name + "-" + row) })
		if text == "" || key.Item == "" || text == "0" && !zero {
			continue
		}
		l := registry.OrderLine{Item: key.Item, Stock: key.Stock, Why: f.text["why-"+row]}
		var ok bool
		if l.Quantity, ok = parseQuantity(text, vialSize(key.Item, 0)); !ok {
			f.errs["n-"+row] = c.T("stock_say.no_number_here")
			if zero {
				f.errs["n-"+row] = c.T("order_say.no_number")
			}
		}
		lines, at = append(lines, l), append(at, n)
	}
	if len(lines) == 0 {
		f.errs["lines"] = c.T("order_say.nothing")
	}
	return lines, at
}

// approveOrder answers a request, as this place's own word.
func (pg *Pages) approveOrder(c *Call) error {
	if !c.mayOrder() {
		return desk.ErrForbidden
	}
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	x, err := c.Desk.OrderOpened(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	if x.Request.Place == c.Desk.Node.Identity().Place {
		return desk.ErrForbidden
	}
	f := readTyped(c.Value, append([]string{"note"}, rowNames("n-", "why-")...)...)
	lines, at := c.orderLines(f, true)
	for n := 1; n <= registry.OrderLinesMax; n++ {
		if row := itoa(n); c.Value("item-"+row) != "" && f.text["n-"+row] == "" {
			f.errs["n-"+row] = c.T("order_say.no_number")
		}
	}
	if len(f.errs) > 0 {
		return c.drawOrder(http.StatusUnprocessableEntity, f)
	}
	_, err = c.Desk.ApproveOrder(c.Ctx(), c.Who, id, lines, f.text["note"], sawOrder(c))
	if c.lineErrors(f, err, at) {
		return c.drawOrder(http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return c.Go(pathOrders+"/"+id.String(), ui.Note{Tone: ui.ToneOK, Lead: c.T("order_say.done_approve", "name", x.Name)})
}

// sawOrder is which order the form had shown; zero: none.
func sawOrder(c *Call) p.EntityID {
	id, err := p.ParseEntityID(c.Value("saw"))
	if err != nil {
		return p.EntityID{}
	}
	return id
}
