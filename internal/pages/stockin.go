package pages

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// undoStock is written when an entry of the ledger is taken back by its button; it is kept with the record.
const undoStock = "Hoàn tác"

// stockTyped is what was typed into a form of stock, and what is wrong with it.
type stockTyped struct {
	text, errs map[string]string
}

func newStockTyped() *stockTyped {
	return &stockTyped{text: map[string]string{}, errs: map[string]string{}}
}

// readTyped reads some controls from a form or an address.
func readTyped(value func(string) string, names ...string) *stockTyped {
	f := newStockTyped()
	for _, name := range names {
		f.text[name] = strings.TrimSpace(value(name))
	}
	return f
}

func (f *stockTyped) field(name string) ui.Field {
	return ui.Field{Value: f.text[name], Error: f.errs[name]}
}

// day reads the day of a form; an empty one is today.
func (f *stockTyped) day(c *Call, name string) registry.Day {
	if f.text[name] == "" {
		return 0
	}
	day, err := registry.ParseDay(f.text[name], c.Today)
	if err != nil {
		f.errs[name] = c.dateError(err)
	}
	return day
}

var stockInTexts = []string{"scan", "item", "lot", "expires", "quantity", "vial", "vvm", "stock", "other", "day", "gtin"}

// itemSelect lists what may be in stock.
func (c *Call) itemSelect(value, wrong string, vaccines []project.VaccineRow) ui.Select {
	out := ui.Select{Value: value, Error: wrong, Options: []ui.Option{{Text: c.T("say.none")}}}
	for i := range vaccines {
		out.Options = append(out.Options, ui.Option{Value: vaccines[i].Code, Text: VaccineName(c.Words, &vaccines[i])})
	}
	for _, item := range registry.Supplies() {
		out.Options = append(out.Options, ui.Option{Value: item, Text: c.itemName(item, vaccines)})
	}
	return out
}

func (c *Call) drawStockForm(f *stockTyped, vaccines []project.VaccineRow) ui.StockIn {
	out := ui.StockIn{
		Scan: f.field("scan"), Item: c.itemSelect(f.text["item"], f.errs["item"], vaccines), Lot: f.field("lot"), Expires: f.field("expires"), Quantity: f.field("quantity"),
		Other: f.field("other"), Day: f.field("day"), GTIN: f.text["gtin"], Vial: ui.Select{Value: f.text["vial"], Error: f.errs["vial"], Options: []ui.Option{{Text: c.T("stock_say.usual_vial")}}},
		VVM:   ui.Select{Value: f.text["vvm"], Error: f.errs["vvm"]},
		Stock: ui.Select{Value: cmp.Or(f.text["stock"], c.Desk.Stock(registry.ProgrammeEPI).String()), Error: f.errs["stock"]},
	}
	for _, n := range []int{1, 2, 5, 10, 20} {
		out.Vial.Options = append(out.Vial.Options, ui.Option{Value: itoa(n), Text: c.T("stock_say.vial_of", "n", n)})
	}
	for n := 1; n <= registry.VVMStageMax; n++ {
		out.VVM.Options = append(out.VVM.Options, ui.Option{Value: itoa(n), Text: c.vvmText(n)})
	}
	out.VVM.Options = append(out.VVM.Options, ui.Option{Value: "", Text: c.T("stock_say.no_vvm")})
	for _, x := range []registry.Programme{registry.ProgrammeEPI, registry.ProgrammePaid} {
		out.Stock.Options = append(out.Stock.Options, ui.Option{Value: x.String(), Text: c.T("lot_stock." + x.String())})
	}
	return out
}

// vvmText is a stage of a vial monitor; of the last two that it must not be given.
func (c *Call) vvmText(n int) string {
	if n > 2 {
		return c.T("order_say.vvm_bad", "n", n)
	}
	return itoa(n)
}

// movement reads a lot from the form.
func (f *stockTyped) movement(c *Call) registry.MovementInput {
	stock, _ := registry.ProgrammeEnum.Number(f.text["stock"])
	in := registry.MovementInput{Item: f.text["item"], Lot: f.text["lot"], Stock: registry.Programme(stock), Other: f.text["other"], Note: f.text["note"], GTIN: f.text["gtin"]}
	var err error
	if in.Expires, err = expires(f.text["expires"], c.Today); err != nil {
		f.errs["expires"] = c.dateError(err)
	}
	in.Vial, _ = strconv.Atoi(f.text["vial"])
	in.VVM, _ = strconv.Atoi(f.text["vvm"])
	n, ok := parseQuantity(f.text["quantity"], vialSize(in.Item, int32(min(max(in.Vial, 0), registry.VialDosesMax))))
	if in.Quantity = n; !ok {
		f.errs["quantity"] = c.T("stock_say.no_number_here")
	}
	in.Day = f.day(c, "day")
	return in
}

// refuse puts what the rules say beside the controls; the rest is told at the quantity, so that nothing is lost.
func (f *stockTyped) refuse(wrong map[string]string) {
	for name, text := range wrong {
		if _, known := f.text[name]; !known {
			name = "quantity"
		}
		f.errs[name] = cmp.Or(f.errs[name], text)
	}
}

func (pg *Pages) showStockIn(c *Call) error {
	return c.drawStockIn(http.StatusOK, readTyped(c.R.URL.Query().Get, stockInTexts...))
}

func (c *Call) drawStockIn(status int, f *stockTyped) error {
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	if _, err := c.Desk.StockHere(c.Ctx(), c.Who); err != nil {
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
	page := c.drawStockForm(f, vaccines)
	page.Frame = frame
	return c.Draw(status, "stockin", page)
}

// stockIn receives a lot. What a scanner typed fills the form, which comes back for what a box does not say.
func (pg *Pages) stockIn(c *Call) error {
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	f := readTyped(c.Value, stockInTexts...)
	if f.text["scan"] != "" {
		code, ok := registry.ParseGS1(f.text["scan"])
		if !ok {
			f.errs["scan"] = c.T("stock_say.scan_unread")
			return c.drawStockIn(http.StatusUnprocessableEntity, f)
		}
		f.text["scan"], f.text["lot"] = "", cmp.Or(code.Lot, f.text["lot"])
		if code.Expires != 0 {
			f.text["expires"] = code.Expires.String()
		}
		f.text["gtin"] = code.GTIN
		was, known, err := c.Desk.ItemOfGTIN(c.Ctx(), c.Who, code.GTIN)
		if err != nil {
			return err
		}
		if known {
			f.text["item"], f.text["stock"] = was.Item, was.Stock.String()
			if was.Vial != 0 {
				f.text["vial"] = itoa(was.Vial)
			}
		}
		return c.drawStockIn(http.StatusOK, f)
	}
	in := f.movement(c)
	in.Type = registry.MoveReceived
	if len(f.errs) > 0 {
		return c.drawStockIn(http.StatusUnprocessableEntity, f)
	}
	ids, err := c.Desk.MoveStock(c.Ctx(), c.Who, in)
	if wrong, known := c.sentences(err); known {
		f.refuse(wrong)
		return c.drawStockIn(http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	vaccines, err := c.allVaccines()
	if err != nil {
		return err
	}
	note := c.stockDone("received", c.itemName(strings.ToUpper(in.Item), vaccines), registry.CleanLot(in.Lot), in.Quantity, ids)
	if in.Expires != 0 && in.Expires < c.Today {
		note.Text = c.T("stock_say.received_past", "on", in.Expires.String())
	}
	if in.VVM > 2 {
		note.Tone, note.Text = ui.ToneAsk, c.T("order_say.vvm_apart")
	}
	return c.Go(ui.PathStock, note)
}

// stockDone says what was written, and offers to take it back.
func (c *Call) stockDone(what, item, lot string, n int, ids []p.EntityID) ui.Note {
	return ui.Note{
		Tone: ui.ToneOK, Lead: c.T("stock_say.done_"+what, "item", item, "lot", lot, "n", n),
		Action: c.Undoable(ui.PathStock, func(ctx context.Context, who desk.Who) error { return c.Desk.VoidStock(ctx, who, undoStock, ids...) }),
	}
}

func (pg *Pages) voidStock(c *Call) error {
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	id, err := p.ParseEntityID(c.Value("id"))
	if err != nil {
		return desk.ErrNotFound
	}
	back := ui.PathStock
	if key, number := stockKeyOf(c.Value); key.Item != "" {
		back = lotHref(key, number)
	}
	done := "stock_say.voided"
	if c.Value("back") == "orders" {
		back, done = pathOrders, "order_say.withdrawn"
	}
	err = c.Desk.VoidStock(c.Ctx(), c.Who, c.T("stock_say.void_reason"), id)
	if wrong, known := c.sentences(err); known {
		return c.Go(back, ui.Note{Tone: ui.ToneAsk, Lead: firstOf(wrong), Alert: true})
	}
	if err != nil {
		return err
	}
	return c.Go(back, ui.Note{Tone: ui.ToneOK, Lead: c.T(done)})
}

// firstOf is one of the sentences.
func firstOf(wrong map[string]string) string {
	for _, text := range wrong {
		return text
	}
	return ""
}

// countLotsMax is how many lots one press counts: an act has at most 64 changes.
const countLotsMax = 60

func (pg *Pages) showStockCount(c *Call) error {
	return c.drawStockCount(http.StatusOK, newStockTyped())
}

func (c *Call) drawStockCount(status int, f *stockTyped) error {
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	s, err := c.Desk.StockHere(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	frame, err := c.stockFrame()
	if err != nil {
		return err
	}
	page := ui.StockCountPage{Frame: frame, Note: f.field("note"), Day: f.field("day"), New: c.drawStockForm(f, s.Vaccines)}
	for _, list := range [][]desk.StockLot{s.Lots, s.Supplies, s.Unentered} {
		for i := range list {
			if len(page.Rows) == countLotsMax-1 { // one more may be typed
				page.More++
				continue
			}
			l := &list[i]
			row := c.countRow(&l.StockRow, len(page.Rows)+1, s.Vaccines)
			row.Field = f.field("n-" + itoa(row.N))
			if l.Entries == 0 {
				row.Book = ""
			}
			page.Rows = append(page.Rows, row)
		}
	}
	return c.Draw(status, "stockcount", page)
}

func (c *Call) countRow(l *project.StockRow, n int, vaccines []project.VaccineRow) ui.StockCountRow {
	row := ui.StockCountRow{
		N: n, Name: c.itemName(l.Key.Item, vaccines), Small: c.lotSmall(l, c.mostly(l.Key.Item, vaccines)), Book: c.amount(l.Balance()),
		Item: l.Key.Item, Number: cmp.Or(l.Number, l.Key.Lot), Stock: l.Key.Stock.String(),
	}
	if l.Expires != 0 {
		row.Expires = l.Expires.String()
	}
	if l.Vial != 0 {
		row.Vial = itoa(int(l.Vial))
	}
	return row
}

// stockCount writes what was found, of the lots for which something was typed.
func (pg *Pages) stockCount(c *Call) error {
	if !c.mayKeepStock() {
		return desk.ErrForbidden
	}
	names := append([]string{"note", "day"}, stockInTexts[1:]...)
	for n := 1; n <= countLotsMax; n++ {
		names = append(names, "n-"+itoa(n))
	}
	f := readTyped(c.Value, names...)
	day := f.day(c, "day")
	if day == c.Today {
		day = 0
	}
	var in []registry.StockCountInput
	var at []int // the row of each
	for n := 1; n <= countLotsMax; n++ {
		text := f.text["n-"+itoa(n)]
		item := c.Value("item-" + itoa(n))
		if text == "" || item == "" {
			continue
		}
		row := readTyped(func(name string) string { return c.Value(name + "-" + itoa(n)) }, "item", "lot", "stock", "expires", "vial")
		row.text["quantity"] = text
		m := row.movement(c)
		if row.errs["quantity"] != "" {
			f.errs["n-"+itoa(n)] = row.errs["quantity"]
		}
		in = append(in, registry.StockCountInput{Item: m.Item, Lot: m.Lot, Expires: m.Expires, Stock: m.Stock, Quantity: m.Quantity, Vial: m.Vial, Day: day, Note: f.text["note"]})
		at = append(at, n)
	}
	if f.text["item"] != "" || f.text["lot"] != "" {
		m := f.movement(c)
		in = append(in, registry.StockCountInput{Item: m.Item, Lot: m.Lot, Expires: m.Expires, Stock: m.Stock, Quantity: m.Quantity, Vial: m.Vial, VVM: m.VVM, Day: day, Note: f.text["note"]})
		at = append(at, 0)
		if m.Lot == "" && !registry.IsSupply(m.Item) {
			f.errs["lot"] = c.T("invalid." + string(registry.CodeRequired))
		}
	}
	if len(in) == 0 && len(f.errs) == 0 {
		f.errs["note"] = c.T("stock_say.nothing_counted")
	}
	if len(f.errs) > 0 {
		return c.drawStockCount(http.StatusUnprocessableEntity, f)
	}
	ids, err := c.Desk.CountStock(c.Ctx(), c.Who, in)
	var list registry.Errors
	if errors.As(err, &list) {
		for i := range list {
			field, line, _ := strings.Cut(list[i].Field, "-")
			name := field
			if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(at) && at[n-1] > 0 {
				name = "n-" + itoa(at[n-1])
			}
			f.refuse(map[string]string{name: sentence(c.Words, &list[i])})
		}
		return c.drawStockCount(http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return c.Go(ui.PathStock, ui.Note{
		Tone: ui.ToneOK, Lead: c.T("stock_say.done_count", "n", len(ids)),
		Action: c.Undoable(ui.PathStock, func(ctx context.Context, who desk.Who) error { return c.Desk.VoidStock(ctx, who, undoStock, ids...) }),
	})
}
