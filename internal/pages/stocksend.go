package pages

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// rowNames are the names of controls of a table, by row.
func rowNames(prefixes ...string) []string {
	var out []string
	for n := 1; n <= registry.TransferLinesMax; n++ {
		for _, prefix := range prefixes {
			out = append(out, prefix+itoa(n))
		}
	}
	return out
}

func (pg *Pages) showStockSend(c *Call) error {
	f := newStockTyped()
	f.text["order"] = c.R.URL.Query().Get("order")
	return c.drawStockSend(http.StatusOK, f)
}

// orderToSend fills the form that sends what is left of an order: its receiver, and amounts by the lots that go first on.
func (c *Call) orderToSend(page *ui.StockSend, f *stockTyped, s *desk.Stock) error {
	if f.text["order"] == "" {
		return nil
	}
	id, err := p.ParseEntityID(f.text["order"])
	if err != nil {
		return desk.ErrNotFound
	}
	x, err := c.Desk.OrderOpened(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	page.Order, page.To.Value = id.String(), x.Request.Place.String()
	page.Lead = c.T("order_say.order_lead", "month", x.Request.Month.String(), "name", x.Name)
	allot := s.Allot(x, c.Today)
	var short []string
	for i := range x.Items {
		y := &x.Items[i]
		left := y.Left()
		for key, n := range allot {
			if y.Same(key.Item, key.Stock) {
				left -= n
			}
		}
		if left > 0 {
			short = append(short, c.orderItem(y.Item, y.Stock, s.Vaccines)+" "+c.Words.Int(left))
		}
	}
	if len(short) > 0 {
		page.Notes = append(page.Notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("order_say.order_short", "items", strings.Join(short, ", "))})
	}
	if c.R.Method == http.MethodGet {
		for i, l := range sendRows(s) {
			if n := allot[l.Key]; n > 0 {
				f.text["n-"+itoa(i+1)] = c.Words.Int(n)
			}
		}
	}
	return nil
}

func (c *Call) drawStockSend(status int, f *stockTyped) error {
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	s, err := c.Desk.StockHere(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	places, err := c.Desk.SendPlaces(c.Ctx())
	if err != nil {
		return err
	}
	frame, err := c.stockFrame()
	if err != nil {
		return err
	}
	page := ui.StockSend{
		Frame: frame, Number: f.field("number"), Note: f.field("note"), Day: f.field("day"), Error: f.errs["lines"],
		To: ui.Select{Value: f.text["to"], Error: f.errs["to"], Options: []ui.Option{{Text: c.T("say.none")}}},
	}
	for i := range places {
		page.To.Options = append(page.To.Options, ui.Option{Value: places[i].ID.String(), Text: places[i].Name})
	}
	if len(places) == 1 && page.To.Value == "" {
		page.To.Value = places[0].ID.String()
	}
	if err := c.orderToSend(&page, f, s); err != nil {
		return err
	}
	for i, l := range sendRows(s) {
		row := c.countRow(l, i+1, s.Vaccines)
		row.Field = f.field("n-" + itoa(row.N))
		page.Rows = append(page.Rows, row)
	}
	return c.Draw(status, "stocksend", page)
}

func (pg *Pages) stockSend(c *Call) error {
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	f := readTyped(c.Value, append([]string{"to", "number", "day", "note", "order"}, rowNames("n-")...)...)
	s, err := c.Desk.StockHere(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	in := registry.TransferInput{Number: f.text["number"], Note: f.text["note"], Day: f.day(c, "day")}
	if in.To, err = p.ParseEntityID(f.text["to"]); err != nil {
		f.errs["to"] = c.T("invalid." + string(registry.CodeRequired))
	}
	if f.text["order"] != "" {
		if in.Order, err = p.ParseEntityID(f.text["order"]); err != nil {
			return desk.ErrNotFound
		}
	}
	var at []int
	for n := 1; n <= registry.TransferLinesMax; n++ {
		text := f.text["n-"+itoa(n)]
		if text == "" || text == "0" {
			continue
		}
		key, number := stockKeyOf(func(name string) string { return c.Value(name + "-" + itoa(n)) })
		line := registry.TransferLine{Item: key.Item, Lot: number, Stock: key.Stock}
		for _, l := range sendRows(s) {
			if k := l.Key; k.Item == key.Item && k.Lot == key.Lot && k.Stock == key.Stock {
				line.Expires, line.Vial, line.VVM = l.Expires, int(l.Vial), int(l.VVM)
			}
		}
		var ok bool
		if line.Quantity, ok = parseQuantity(text, vialSize(key.Item, int32(line.Vial))); !ok {
			f.errs["n-"+itoa(n)] = c.T("stock_say.no_number_here")
		}
		in.Lines, at = append(in.Lines, line), append(at, n)
	}
	if len(in.Lines) == 0 {
		f.errs["lines"] = c.T("stock_say.nothing_sent")
	}
	if len(f.errs) > 0 {
		return c.drawStockSend(http.StatusUnprocessableEntity, f)
	}
	id, err := c.Desk.SendStock(c.Ctx(), c.Who, in)
	if c.lineErrors(f, err, at) {
		return c.drawStockSend(http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return c.Go(ui.PathStock, ui.Note{
		Tone: ui.ToneOK, Lead: c.T("stock_say.done_send", "n", len(in.Lines)),
		Action: c.Undoable(ui.PathStock, func(ctx context.Context, who desk.Who) error { return c.Desk.VoidStock(ctx, who, undoStock, id) }),
	})
}

// lineErrors puts what is wrong with lines beside the row of each; false if err is none of that.
func (c *Call) lineErrors(f *stockTyped, err error, at []int) bool {
	var list registry.Errors
	if !errors.As(err, &list) {
		return false
	}
	for i := range list {
		name, line, _ := strings.Cut(list[i].Field, "-")
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(at) {
			name = "n-" + itoa(at[n-1])
		}
		if _, known := f.text[name]; !known {
			name = "lines"
		}
		f.errs[name] = cmp.Or(f.errs[name], sentence(c.Words, &list[i]))
	}
	return true
}

func (pg *Pages) showStockDelivery(c *Call) error {
	return c.drawStockDelivery(http.StatusOK, newStockTyped())
}

func (c *Call) drawStockDelivery(status int, f *stockTyped) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	x, err := c.Desk.Consignment(c.Ctx(), c.Who, id)
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
	frame.Path = ui.PathStock + "/delivery/" + id.String()
	own := c.Desk.Node.Identity().Place
	page := ui.StockDelivery{
		Frame: frame, ID: id.String(), Number: x.Number, From: x.From, To: x.ToName, Day: x.Day.String(), Note: f.field("note"), Error: f.errs["lines"],
		Confirm: c.mayKeepStock() && x.To == own && !x.Taken, Taken: x.Taken, Void: c.mayKeepStock() && x.Place == own && !x.Taken,
	}
	for i := range x.Lines {
		l := &x.Lines[i]
		row := ui.StockDeliveryRow{
			N: i + 1, Name: c.itemName(l.Item, vaccines), Small: l.Lot, Sent: c.amount(int64(l.Quantity)), Field: f.field("n-" + itoa(i+1)),
		}
		if l.Expires != 0 {
			row.Expires = l.Expires.String()
		}
		if x.Taken {
			row.Got, row.Differs = c.amount(x.Got[i]), x.Got[i] != int64(l.Quantity)
		}
		if _, typed := f.text["n-"+itoa(i+1)]; !typed {
			row.Field.Value = itoa(l.Quantity)
		}
		page.Rows = append(page.Rows, row)
	}
	return c.Draw(status, "stockdelivery", page)
}

// takeStock confirms what came.
func (pg *Pages) takeStock(c *Call) error {
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	x, err := c.Desk.Consignment(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	f := readTyped(c.Value, "note")
	var got []int
	if c.Value("full") == "" {
		got = make([]int, len(x.Lines))
		for i := range x.Lines {
			name := "n-" + itoa(i+1)
			f.text[name] = strings.TrimSpace(c.Value(name))
			var ok bool
			if got[i], ok = parseQuantity(f.text[name], vialSize(x.Lines[i].Item, int32(x.Lines[i].Vial))); !ok {
				f.errs[name] = c.T("stock_say.no_number_here")
			}
		}
	}
	if len(f.errs) > 0 {
		return c.drawStockDelivery(http.StatusUnprocessableEntity, f)
	}
	err = c.Desk.TakeConsignment(c.Ctx(), c.Who, id, got, f.text["note"])
	if c.lineErrors(f, err, nil) {
		return c.drawStockDelivery(http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return c.Go(ui.PathStock, ui.Note{Tone: ui.ToneOK, Lead: c.T("stock_say.done_got", "number", cmp.Or(x.Number, c.T("stock_say.no_number")))})
}

// stockTrips are the sessions that stock goes out with: those of today elsewhere, and those that still have some.
func (c *Call) stockTrips(s *desk.Stock) ([]ui.StockTrip, error) {
	list, err := c.Desk.Sessions(c.Ctx(), c.Who, c.Today-desk.StockSoonDays, c.Today+2)
	var out []ui.StockTrip
	for i := range list {
		x := &list[i]
		rest := int64(0)
		for _, b := range s.Bags {
			if b.Session == x.ID {
				rest += max(b.Rest(), 0)
			}
		}
		if !x.Here || !x.Live() || rest == 0 && (x.Day < c.Today || x.Setting <= registry.SettingStation) {
			continue
		}
		trip := ui.StockTrip{Href: ui.PathStock + "/out?" + url.Values{"session": {x.ID.String()}}.Encode(), Name: c.sessionName(x), Text: c.T("stock_say.nothing_out")}
		if rest > 0 {
			trip.Text = c.T("stock_say.out_n", "n", int(rest))
		}
		out = append(out, trip)
	}
	return out, err
}

// sessionName is the day and place of a session.
func (c *Call) sessionName(x *desk.Held) string {
	return x.Day.String() + ", " + cmp.Or(x.Site, x.PlaceName)
}

func (pg *Pages) showStockOut(c *Call) error {
	return c.drawStockOut(http.StatusOK, c.R.URL.Query().Get("session"), newStockTyped())
}

// outRows are the lots of a session's page: what may be taken out, and what was.
func (c *Call) outRows(s *desk.Stock, session p.EntityID) []ui.StockOutRow {
	var out []ui.StockOutRow
	seen := map[registry.StockKey]bool{}
	for _, l := range sendRows(s) {
		seen[l.Key] = true
		out = append(out, c.outRow(s, session, l.Key, cmp.Or(l.Number, l.Key.Lot), len(out)+1))
	}
	for _, b := range s.Bags {
		if b.Session == session && !seen[b.Key] && len(out) < registry.TransferLinesMax {
			seen[b.Key] = true
			out = append(out, c.outRow(s, session, b.Key, b.Number, len(out)+1))
		}
	}
	return out
}

func (c *Call) outRow(s *desk.Stock, session p.EntityID, key registry.StockKey, number string, n int) ui.StockOutRow {
	row := ui.StockOutRow{N: n, Name: c.itemName(key.Item, s.Vaccines), Small: number, Item: key.Item, Number: number, Stock: key.Stock.String()}
	for _, list := range [][]desk.StockLot{s.Lots, s.Supplies} {
		for i := range list {
			if list[i].Key == key {
				row.Small, row.Have = c.lotSmall(&list[i].StockRow, c.mostly(key.Item, s.Vaccines)), c.T("stock_say.have", "n", int(list[i].Balance()-list[i].Out))
			}
		}
	}
	for _, b := range s.Bags {
		if b.Session != session || b.Key != key {
			continue
		}
		row.Taken, row.Used, row.Rest, row.Open = c.amount(b.Taken), c.amount(b.Used), c.amount(b.Rest()), b.Rest() != 0
		if b.Back > 0 {
			row.Back = c.T("stock_say.brought_n", "n", int(b.Back))
		}
		if b.Thrown > 0 {
			row.Thrown = c.T("stock_say.thrown_n", "n", int(b.Thrown))
		}
	}
	return row
}

func (c *Call) drawStockOut(status int, text string, f *stockTyped) error {
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	id, err := p.ParseEntityID(text)
	if err != nil {
		return desk.ErrNotFound
	}
	s, err := c.Desk.StockHere(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	x, err := c.Desk.Session(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	frame, err := c.stockFrame()
	if err != nil {
		return err
	}
	if f.errs["lines"] != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: f.errs["lines"], Alert: true})
	}
	page := ui.StockOut{Frame: frame, Session: id.String(), Title: c.sessionName(x), Rows: c.outRows(s, id)}
	for i := range page.Rows {
		row := &page.Rows[i]
		row.Out, row.Bring = f.field("out-"+itoa(row.N)), f.field("back-"+itoa(row.N))
	}
	return c.Draw(status, "stockout", page)
}

// stockOut writes what goes out with a session and what came back from it, as one act.
func (pg *Pages) stockOut(c *Call) error {
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	id, err := p.ParseEntityID(c.Value("session"))
	if err != nil {
		return desk.ErrNotFound
	}
	x, err := c.Desk.Session(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	f := readTyped(c.Value, rowNames("out-", "back-")...)
	var in []registry.MovementInput
	for n := 1; n <= registry.TransferLinesMax; n++ {
		key, number := stockKeyOf(func(name string) string { return c.Value(name + "-" + itoa(n)) })
		for _, side := range []struct {
			name string
			move registry.MoveType
		}{{"out-", registry.MoveTakenOut}, {"back-", registry.MoveBrought}} {
			text := f.text[side.name+itoa(n)]
			if text == "" || text == "0" || key.Item == "" {
				continue
			}
			q, ok := parseQuantity(text, vialSize(key.Item, 0))
			if !ok {
				f.errs[side.name+itoa(n)] = c.T("stock_say.no_number_here")
			}
			m := registry.MovementInput{Item: key.Item, Lot: number, Stock: key.Stock, Type: side.move, Quantity: q, Session: id}
			if x.Day < c.Today && side.move == registry.MoveTakenOut {
				m.Day = x.Day // typed in afterwards
			}
			in = append(in, m)
		}
	}
	if len(in) == 0 {
		f.errs["lines"] = c.T("stock_say.nothing_sent")
	}
	if len(in) > registry.TransferLinesMax {
		f.errs["lines"] = c.T("invalid."+string(registry.CodeTooMany), "max", registry.TransferLinesMax)
	}
	if len(f.errs) > 0 {
		return c.drawStockOut(http.StatusUnprocessableEntity, id.String(), f)
	}
	ids, err := c.Desk.MoveStock(c.Ctx(), c.Who, in...)
	if wrong, known := c.sentences(err); known {
		f.errs["lines"] = firstOf(wrong)
		return c.drawStockOut(http.StatusUnprocessableEntity, id.String(), f)
	}
	if err != nil {
		return err
	}
	back := ui.PathStock + "/out?" + url.Values{"session": {id.String()}}.Encode()
	return c.Go(back, ui.Note{
		Tone: ui.ToneOK, Lead: c.T("stock_say.done_out", "n", len(in)),
		Action: c.Undoable(back, func(ctx context.Context, who desk.Who) error { return c.Desk.VoidStock(ctx, who, undoStock, ids...) }),
	})
}
