package registry

import (
	"slices"
	"strconv"
	"strings"

	p "tramy/syncproto"
)

// Limits of an order.
const (
	OrderLinesMax  = 60               // items
	OrderBytesMax  = 4 * TextBytesMax // of all lines with their reasons
	OrderMonthsMax = 3                // months ahead
)

// Fields of an order (208): what a place asks another for, for one month; or what that other approved of it. An approval is an order
// of its own that names the request, so that no level writes what another wrote.
const (
	OrderTo      p.Field = 10 // ref: of a request the store that is asked, of an approval the place that asked
	OrderMonth   p.Field = 11 // int, day number of the first of the month
	OrderLines   p.Field = 12 // list of text, one an item: see OrderLine. One text each, so that no merge takes a line apart
	OrderNote    p.Field = 13 // text
	OrderAnswers p.Field = 14 // ref: of an approval, the request
	OrderDay     p.Field = 15 // int, day number: when it was written
	OrderClock   p.Field = 16 // int, minutes after midnight
	OrderInstead p.Field = 17 // ref to the order that it takes the place of, which whoever wrote it had before them
)

var orderFields = []FieldInfo{
	{KindOrder, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindOrder, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindOrder, OrderTo, "to", Soft, TypeRef, nil},
	{KindOrder, OrderMonth, "month", Soft, TypeDay, nil},
	{KindOrder, OrderLines, "lines", Soft, TypeTexts, nil},
	{KindOrder, OrderNote, "note", Soft, TypeText, nil},
	{KindOrder, OrderAnswers, "answers", Soft, TypeRef, nil},
	{KindOrder, OrderDay, "day", Soft, TypeDay, nil},
	{KindOrder, OrderClock, "minute", Soft, TypeClock, nil},
	{KindOrder, OrderInstead, "instead", Soft, TypeRef, nil},
}

// OrderLine is one item of an order, by the stock that it is for. Lots are chosen by who sends.
type OrderLine struct {
	Item     string
	Stock    Programme
	Quantity int    // doses or pieces; of an approval 0: nothing
	Have     int    // of a request: what could be used there then
	Needed   int    // of a request: what the month needs
	Why      string // of a request for what, of an approval why less
}

func (l *OrderLine) text() string {
	return strings.Join([]string{l.Item, l.Stock.String(), strconv.Itoa(l.Quantity), strconv.Itoa(l.Have), strconv.Itoa(l.Needed), l.Why}, lineSeparator)
}

// parseOrderLine reads a line as it is kept. What cannot be read asks for nothing.
func parseOrderLine(text string) OrderLine {
	parts := strings.SplitN(text, lineSeparator, 6)
	if len(parts) < 6 {
		return OrderLine{}
	}
	stock, _ := ProgrammeEnum.Number(parts[1])
	out := OrderLine{Item: parts[0], Stock: Programme(stock), Why: parts[5]}
	for i, n := range []*int{&out.Quantity, &out.Have, &out.Needed} {
		read, _ := strconv.ParseInt(parts[2+i], 10, 64)
		*n = quantity(read)
	}
	return out
}

// Same reports whether two lines are of one item and stock.
func (l *OrderLine) Same(item string, stock Programme) bool {
	return l.Item == item && l.Stock == stock
}

// OrderInput is what a place asks for, or approves.
type OrderInput struct {
	Place   p.EntityID // who writes it
	To      p.EntityID
	Month   Month
	Lines   []OrderLine
	Note    string
	Answers p.EntityID // zero: it is a request
	Day     Day
	Clock   Clock
	Instead p.EntityID // zero: there was none before
}

// Order is an order as it stands.
type Order struct {
	ID p.EntityID
	OrderInput
	Void string
}

// OrderOf reads an order from its state.
func OrderOf(s *p.State) Order {
	void, _ := Voided(s)
	g := getter(s.Get)
	o := Order{ID: s.ID, Void: void, OrderInput: OrderInput{
		Place: g.ref(p.FieldPlace), To: g.ref(OrderTo), Note: g.text(OrderNote), Answers: g.ref(OrderAnswers),
		Day: g.day(OrderDay), Clock: g.clock(OrderClock), Instead: g.ref(OrderInstead),
	}}
	if month := g.day(OrderMonth); month != 0 {
		o.Month = month.Month()
	}
	lines := g.texts(OrderLines)
	if len(lines) > OrderLinesMax {
		lines = lines[:OrderLinesMax]
	}
	for _, text := range lines {
		if l := parseOrderLine(text); l.Item != "" {
			o.Lines = append(o.Lines, l)
		}
	}
	return o
}

// FirstDay is the first day of the month that it is for, 0 if it is for none.
func (in *OrderInput) FirstDay() Day {
	if in.Month == 0 {
		return 0
	}
	return in.Month.First()
}

// Line is what an order says of an item, nil if it says nothing.
func (in *OrderInput) Line(item string, stock Programme) *OrderLine {
	for i := range in.Lines {
		if in.Lines[i].Same(item, stock) {
			return &in.Lines[i]
		}
	}
	return nil
}

// StandingOrder is which of several orders for one thing counts: the later word. What another was written instead of, by somebody who
// had it before them, is over whatever the clocks say, and so is what that was later than; of those that did not know of each other the
// later one stands. -1: there is none.
func StandingOrder(list []Order) int {
	at, last := -1, int64(0)
	for _, replaced := range []bool{false, true} { // a ring of replacements, which no entry makes, ends at the latest
		for i := range list {
			x := &list[i]
			if x.Void != "" || !replaced && slices.ContainsFunc(list, func(o Order) bool { return o.Void == "" && o.Instead == x.ID && o.ID != x.ID }) {
				continue
			}
			moment := orderMoment(list, i)
			if at < 0 || moment > last || moment == last && x.ID.Compare(list[at].ID) > 0 {
				at, last = i, moment
			}
		}
		if at >= 0 {
			break
		}
	}
	return at
}

// orderMoment is when an order was written, or later: it is no earlier than what it took the place of.
func orderMoment(list []Order, i int) int64 {
	last := Moment(list[i].Day, list[i].Clock)
	for range list { // no chain is longer
		i = slices.IndexFunc(list, func(o Order) bool { return o.Void == "" && o.ID == list[i].Instead })
		if i < 0 {
			break
		}
		last = max(last, Moment(list[i].Day, list[i].Clock))
	}
	return last
}

func (in *OrderInput) fields() []fieldData {
	lines := make([]string, len(in.Lines))
	for i := range in.Lines {
		lines[i] = in.Lines[i].text()
	}
	return []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{OrderTo, refData(in.To)},
		{OrderMonth, intData(in.FirstDay())},
		{OrderLines, textsData(lines)},
		{OrderNote, textData(in.Note)},
		{OrderAnswers, refData(in.Answers)},
		{OrderDay, intData(in.Day)},
		{OrderClock, clockData(in.Clock)},
		{OrderInstead, refData(in.Instead)},
	}
}

// NewOrder makes the draft of a request or an approval, or the Errors in the way. What is wrong with a line is named quantity-1, why-1
// and so on.
func NewOrder(in OrderInput, k Known) (Draft, error) {
	in.Note = cleanText(in.Note)
	least := 1
	if !in.Answers.IsZero() {
		least = 0
	}
	var c check
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.To.IsZero() || in.To == in.Place, "to", CodeRequired)
	c.failIf(in.Month == 0, "month", CodeRequired)
	if last := (k.Today.Month() + OrderMonthsMax).Last(); in.Month != 0 {
		c.failIf(in.Month.First() > last, "month", CodeDayFar, "max", last)
	}
	c.failIf(in.Day == 0, "day", CodeRequired)
	c.failIf(in.Day > k.Today, "day", CodeDayFuture, "today", k.Today)
	c.failIf(len(in.Lines) == 0, "lines", CodeRequired)
	c.failIf(len(in.Lines) > OrderLinesMax, "lines", CodeTooMany, "max", OrderLinesMax)
	in.Lines = slices.Clone(in.Lines)
	for i := range in.Lines {
		l := &in.Lines[i]
		l.Item, l.Why = strings.ToUpper(cleanLine(l.Item)), cleanLine(l.Why)
		l.Stock = NewStockKey(in.Place, l.Item, "", l.Stock).Stock
		var one check
		one.item(l.Item, "-", 0, 0, 0, k)
		one.failIf(l.Quantity < least || l.Quantity > StockQuantityMax, "quantity", CodeRange, "min", least, "max", StockQuantityMax)
		one.failIf(slices.ContainsFunc(in.Lines[:i], func(x OrderLine) bool { return x.Same(l.Item, l.Stock) }), "item", CodeItemTwice)
		one.name("why", l.Why)
		for _, e := range one.errs {
			e.Field += "-" + strconv.Itoa(i+1)
			c.errs = append(c.errs, e)
		}
		l.Have, l.Needed = quantity(int64(l.Have)), quantity(int64(l.Needed))
	}
	c.texts(KindOrder, in.fields())
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindOrder, in.fields()), nil
}
