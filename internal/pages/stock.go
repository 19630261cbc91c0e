package pages

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// StockNote says on the first page of a day what waits in the fridge, in one quiet line.
func (c *Call) StockNote(f *ui.Frame) error {
	if !c.May(rights.Read, registry.KindMovement) {
		return nil
	}
	s, err := c.Desk.StockHere(c.Ctx(), c.Who)
	if errors.Is(err, desk.ErrElsewhere) { // who has no business with this place's stock is told nothing of it
		return nil
	}
	if err != nil {
		return err
	}
	w := s.Warnings(c.Today, c.Desk.MomentNow())
	if !w.Any() {
		return nil
	}
	var parts []string
	for _, x := range []struct {
		n   int
		key string
	}{{w.Coming, "coming_n"}, {w.OpenOut, "open_out_n"}, {w.Short, "short_n"}, {w.Soon, "soon_n"}} {
		if x.n > 0 {
			parts = append(parts, c.T("stock_say."+x.key, "n", x.n))
		}
	}
	f.Notes = append(f.Notes, ui.Note{Lead: c.T("stock.title") + ": " + strings.Join(parts, "; "), Action: &ui.Action{Label: c.T("stock.see"), Href: ui.PathStock}})
	return nil
}

// stockFrame is the frame of the pages of stock, all of which come back to the first.
func (c *Call) stockFrame() (ui.Frame, error) {
	frame, err := c.Frame(ui.NavStock)
	frame.Path = ui.PathStock
	return frame, err
}

func (c *Call) mayKeepStock() bool {
	return c.May(rights.Create, registry.KindMovement) && c.May(rights.Void, registry.KindMovement)
}

// itemName is the name of a vaccine or supply.
func (c *Call) itemName(item string, vaccines []project.VaccineRow) string {
	for i := range vaccines {
		if vaccines[i].Code == item {
			return VaccineName(c.Words, &vaccines[i])
		}
	}
	if v := registry.DiluentFor(item); v != "" {
		return c.T("stock_item.diluent", "vaccine", c.itemName(v, vaccines))
	}
	if key := supplyKeys[item]; key != "" {
		return c.T("stock_item." + key)
	}
	return item
}

var supplyKeys = map[string]string{
	registry.SupplyAD01: "ad01", registry.SupplyAD05: "ad05", registry.SupplyMix5: "mix5", registry.SupplyBox: "box",
}

// vialSize is how many doses a vial of a lot holds.
func vialSize(item string, said int32) int {
	if said > 0 {
		return int(said)
	}
	return registry.VialsOf(item).Sizes[0]
}

// amount writes a balance: in doses, or pieces.
func (c *Call) amount(n int64) string {
	if n < 0 {
		return "−" + c.Words.Int(-n)
	}
	return c.Words.Int(n)
}

func lotHref(key registry.StockKey, number string) string {
	return ui.PathStock + "/lot?" + url.Values{"item": {key.Item}, "lot": {cmp.Or(number, key.Lot)}, "stock": {key.Stock.String()}}.Encode()
}

// lotSmall is a lot with its vials, in small letters; what is not of the stock that the item mostly is of is said.
func (c *Call) lotSmall(l *project.StockRow, stock registry.Programme) string {
	parts := []string{cmp.Or(l.Number, c.T("stock_say.no_lot"))}
	if registry.IsSupply(l.Key.Item) {
		parts[0] = cmp.Or(l.Number, c.T("stock_say.by_piece"))
	} else {
		parts = append(parts, c.T("stock_say.vial_of", "n", vialSize(l.Key.Item, l.Vial)))
	}
	if l.Key.Stock != stock {
		parts = append(parts, c.T("lot_stock."+l.Key.Stock.String()))
	}
	return strings.Join(parts, ", ")
}

// mostly is the stock that a vaccine is mostly of at this place.
func (c *Call) mostly(item string, vaccines []project.VaccineRow) registry.Programme {
	for i := range vaccines {
		if vaccines[i].Code == item {
			return registry.StockOf(vaccines[i].Programme, 0)
		}
	}
	return registry.ProgrammeEPI
}

// lotMark is how a lot stands, and what is to be done about it.
func (c *Call) lotMark(l *desk.StockLot) (ui.Mark, string) {
	left := int(l.Expires - c.Today)
	switch {
	case l.Balance() < 0:
		return ui.Mark{Kind: ui.MarkOverdue, Text: c.T("stock_say.short", "n", int(-l.Balance()))}, c.T("stock_say.recount")
	case !l.Recall.IsZero():
		return ui.Mark{Kind: ui.MarkNo, Text: c.T("recall_say.dose_mark")}, c.T("recall_say.note_open")
	case l.Suspended != "":
		return ui.Mark{Kind: ui.MarkNo, Text: c.T("lots_say.suspended")}, c.T("stock_say.ledger")
	case l.Expires != 0 && left < 0 && l.Balance() > 0:
		return ui.Mark{Kind: ui.MarkOverdue, Text: c.T("lots_say.past")}, c.T("stock_say.throw")
	case l.VVM > 2:
		return ui.Mark{Kind: ui.MarkNo, Text: c.T("stock_say.vvm_out")}, c.T("stock_say.throw")
	case l.Balance() == 0:
		return ui.Mark{Kind: ui.MarkDone, Text: c.T("stock_say.used_up")}, c.T("stock_say.ledger")
	case l.Expires != 0 && left <= desk.StockSoonDays:
		return ui.Mark{Kind: ui.MarkAsk, Text: c.T("stock_say.days_left", "n", left)}, c.T("stock_say.ledger")
	case l.First:
		return ui.Mark{Kind: ui.MarkOK, Text: c.T("stock_say.first")}, c.T("stock_say.ledger")
	}
	return ui.Mark{Kind: ui.MarkLater, Text: c.T("stock_say.later")}, c.T("stock_say.ledger")
}

func (pg *Pages) showStock(c *Call) error {
	s, err := c.Desk.StockHere(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	frame, err := c.stockFrame()
	if err != nil {
		return err
	}
	page := ui.Stock{Frame: frame, Kept: s.Kept, May: c.mayKeepStock(), Hub: c.Hub, Lead: c.T("stock_say.never_counted")}
	if s.LastCount != 0 {
		page.Lead = c.T("stock_say.counted", "on", s.LastCount.String())
	}
	places, err := c.Desk.SendPlaces(c.Ctx())
	if err != nil {
		return err
	}
	page.Send = len(places) > 0 && s.Kept
	for i := range s.Coming {
		page.Coming = append(page.Coming, c.slip(&s.Coming[i], s.Vaccines, true))
	}
	for _, list := range [][]desk.Consignment{s.Odd, s.Sent} {
		for i := range list {
			page.Sent = append(page.Sent, c.slip(&list[i], s.Vaccines, false))
		}
	}
	for i := range s.Lots {
		page.Lots = append(page.Lots, c.stockLine(&s.Lots[i], s))
	}
	for i := range s.Unentered {
		l := &s.Unentered[i]
		line := ui.StockLine{Name: c.itemName(l.Key.Item, s.Vaccines), Small: c.lotSmall(&l.StockRow, c.mostly(l.Key.Item, s.Vaccines)), Doses: c.T("stock_say.used_n", "n", int(l.Given)), Act: c.T("stock.in")}
		values := url.Values{"item": {l.Key.Item}, "lot": {l.Number}, "stock": {l.Key.Stock.String()}}
		if l.Expires != 0 {
			values.Set("expires", l.Expires.String())
		}
		line.Href = ui.PathStock + "/in?" + values.Encode()
		if l.Number == "" {
			line.Href, line.Act = ui.PathNoLot, c.T("stock_say.write_lot")
		}
		page.Unentered = append(page.Unentered, line)
	}
	for i := range s.Supplies {
		page.Supplies = append(page.Supplies, c.supplyLine(&s.Supplies[i], s))
	}
	for i := range s.Open {
		page.Open = append(page.Open, c.openVial(&s.Open[i], s.Vaccines))
	}
	if !c.Hub {
		if page.Sessions, err = c.stockTrips(s); err != nil {
			return err
		}
	}
	return c.Draw(http.StatusOK, "stock", page)
}

// need is how an item stands against a usual session.
func need(s *desk.Stock, key registry.StockKey) desk.StockNeed {
	for _, n := range s.Needs {
		if n.Item == key.Item && n.Stock == key.Stock {
			return n
		}
	}
	return desk.StockNeed{}
}

func (c *Call) stockLine(l *desk.StockLot, s *desk.Stock) ui.StockLine {
	mark, act := c.lotMark(l)
	size := int64(vialSize(l.Key.Item, l.Vial))
	line := ui.StockLine{
		Mark: mark, Act: act, Name: c.itemName(l.Key.Item, s.Vaccines), Small: c.lotSmall(&l.StockRow, c.mostly(l.Key.Item, s.Vaccines)), VVM: int(l.VVM),
		Vials: c.T("stock_say.vials", "n", int(max(l.Balance(), 0)/size)), Doses: c.amount(l.Balance()), Href: lotHref(l.Key, l.Number), Number: l.Number,
	}
	switch {
	case l.Balance() < 0:
		line.Href = ui.PathStock + "/count"
	case !l.Recall.IsZero():
		line.Href = recallPath(l.Recall)
	}
	if l.Expires != 0 {
		line.Expires = l.Expires.String()
	}
	var where []string
	if l.Out > 0 {
		where = append(where, c.T("stock_say.out_n", "n", int(l.Out)))
	}
	if n := need(s, l.Key); l.First && n.Sessions() >= 0 && n.Sessions() < 2 {
		where = append(where, c.T("stock_say.enough", "n", int(n.Sessions())))
		if mark.Kind == ui.MarkOK {
			line.Mark = ui.Mark{Kind: ui.MarkAsk, Text: c.T("stock_say.low")}
		}
	}
	line.Where = strings.Join(where, "; ")
	return line
}

func (c *Call) supplyLine(l *desk.StockLot, s *desk.Stock) ui.StockLine {
	line := ui.StockLine{Name: c.itemName(l.Key.Item, s.Vaccines), Doses: c.amount(l.Balance()), Href: lotHref(l.Key, l.Number)}
	if l.Number != "" {
		line.Small = l.Number
	}
	n := need(s, l.Key)
	switch {
	case l.Balance() < 0:
		line.Mark = ui.Mark{Kind: ui.MarkOverdue, Text: c.T("stock_say.short", "n", int(-l.Balance()))}
	case n.Sessions() >= 0 && n.Sessions() < 2:
		line.Mark = ui.Mark{Kind: ui.MarkAsk, Text: c.T("stock_say.left_enough", "left", line.Doses, "n", int(n.Sessions()))}
	}
	return line
}

func (c *Call) openVial(v *desk.OpenVial, vaccines []project.VaccineRow) ui.StockVial {
	now := c.Desk.MomentNow()
	out := ui.StockVial{
		Name: c.itemName(v.Key.Item, vaccines), Small: c.T("stock_say.opened", "lot", v.Number, "at", c.momentText(v.Opened)), Rest: c.T("stock_say.doses", "n", v.Rest),
		Max: int(max(v.Until-v.Opened, 1)), Item: v.Key.Item, Number: v.Number, Stock: v.Key.Stock.String(), Count: v.Rest, Over: v.Until <= now,
	}
	out.Value = int(min(max(now-v.Opened, 0), int64(out.Max)))
	key := "throw_at"
	if out.Over {
		key = "throw_now"
	}
	out.Text = c.T("stock_say."+key, "at", c.momentText(v.Until))
	return out
}

// momentText writes a minute: the hour of today, else the day with it.
func (c *Call) momentText(moment int64) string {
	day := registry.Day(moment / (24 * 60))
	clock := registry.NewClock(int(moment%(24*60))/60, int(moment%60)).String()
	if day == c.Today {
		return clock
	}
	return clock + " " + day.String()
}

// slip is a delivery in a sentence.
func (c *Call) slip(x *desk.Consignment, vaccines []project.VaccineRow, here bool) ui.StockSlip {
	var lines []string
	for i := range x.Lines {
		l := &x.Lines[i]
		text := c.itemName(l.Item, vaccines) + " " + c.Words.Int(int64(l.Quantity))
		if x.Taken && x.Got[i] != int64(l.Quantity) {
			text = c.T("stock_say.sent_got", "item", c.itemName(l.Item, vaccines), "sent", l.Quantity, "got", int(x.Got[i]))
		}
		lines = append(lines, text)
	}
	out := ui.StockSlip{ID: x.ID.String(), Text: strings.Join(lines, ", ") + ".", Tone: ui.ToneAsk, Confirm: here}
	number := cmp.Or(x.Number, c.T("stock_say.no_number"))
	switch {
	case here:
		out.Lead = c.T("stock_say.coming", "number", number, "from", x.From, "on", x.Day.String())
	case !x.Taken:
		out.Lead, out.Tone = c.T("stock_say.on_way", "number", number, "to", x.ToName, "on", x.Day.String()), ui.ToneCalm
	case x.Twice:
		out.Lead = c.T("stock_say.twice", "number", number, "to", x.ToName)
	default:
		out.Lead = c.T("stock_say.differs", "number", number, "from", x.From, "to", x.ToName)
	}
	return out
}

// stockKeyOf reads which lot an address or form names.
func stockKeyOf(value func(string) string) (key registry.StockKey, number string) {
	stock, _ := registry.ProgrammeEnum.Number(value("stock"))
	number = registry.CleanLot(value("lot"))
	return registry.NewStockKey(p.EntityID{}, value("item"), number, registry.Programme(stock)), number
}

// parseQuantity reads an amount: a number of doses or pieces, or of vials with "lọ" behind it. Dots group thousands.
func parseQuantity(text string, vial int) (int, bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	for _, unit := range []string{"lọ", "lo", "vials", "vial", "l"} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			n, ok := parseQuantity(number, 0)
			return n * max(vial, 1), ok && n*max(vial, 1) <= registry.StockQuantityMax
		}
	}
	text = strings.ReplaceAll(text, ".", "")
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0 && n <= registry.StockQuantityMax
}
