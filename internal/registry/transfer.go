package registry

import (
	"strconv"
	"strings"

	p "tramy/syncproto"
)

// TransferLine is one lot on a slip.
type TransferLine struct {
	Item     string
	Lot      string
	Stock    Programme
	Expires  Day
	Quantity int // doses or pieces
	Vial     int
	VVM      int
}

// lineSeparator stands between the parts of a line as it is kept. CleanLot and codes have none.
const lineSeparator = "|"

func (l *TransferLine) text() string {
	expires := ""
	if l.Expires != 0 {
		expires = l.Expires.ISO()
	}
	return strings.Join([]string{l.Item, l.Lot, l.Stock.String(), expires, strconv.Itoa(l.Quantity), strconv.Itoa(l.Vial), strconv.Itoa(l.VVM)}, lineSeparator)
}

// parseLine reads a line as it is kept. What cannot be read, of a newer or hostile machine, keeps its number and moves nothing.
func parseLine(text string) TransferLine {
	parts := strings.Split(text, lineSeparator)
	if len(parts) < 7 {
		return TransferLine{}
	}
	stock, _ := ProgrammeEnum.Number(parts[2])
	out := TransferLine{Item: parts[0], Lot: parts[1], Stock: Programme(stock)}
	if parts[3] != "" {
		if day, err := ParseISO(parts[3]); err == nil {
			out.Expires = day
		}
	}
	n, _ := strconv.ParseInt(parts[4], 10, 64)
	out.Quantity = quantity(n)
	if n, err := strconv.Atoi(parts[5]); err == nil && n >= 0 && n <= VialDosesMax {
		out.Vial = n
	}
	if n, err := strconv.Atoi(parts[6]); err == nil && n >= 0 && n <= VVMStageMax {
		out.VVM = n
	}
	return out
}

// TransferInput is what one place sends to another.
type TransferInput struct {
	Place  p.EntityID // the sender
	To     p.EntityID
	Day    Day
	Clock  Clock
	Number string // of the slip
	Lines  []TransferLine
	Note   string
	Order  p.EntityID // the request that it answers; zero: none
}

// Transfer is a transfer as it stands.
type Transfer struct {
	ID p.EntityID
	TransferInput
	Void string
}

// TransferOf reads a transfer from its state.
func TransferOf(s *p.State) Transfer {
	void, _ := Voided(s)
	g := getter(s.Get)
	t := Transfer{ID: s.ID, Void: void, TransferInput: TransferInput{
		Place: g.ref(p.FieldPlace), To: g.ref(TransferTo), Day: g.day(TransferDay), Clock: g.clock(TransferClock), Number: g.text(TransferNumber), Note: g.text(TransferNote),
		Order: g.ref(TransferOrder),
	}}
	lines := g.texts(TransferLines)
	if len(lines) > TransferLinesMax {
		lines = lines[:TransferLinesMax]
	}
	for _, text := range lines {
		t.Lines = append(t.Lines, parseLine(text))
	}
	return t
}

func (in *TransferInput) fields() []fieldData {
	lines := make([]string, len(in.Lines))
	for i := range in.Lines {
		lines[i] = in.Lines[i].text()
	}
	return []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{TransferTo, refData(in.To)},
		{TransferDay, intData(in.Day)},
		{TransferClock, clockData(in.Clock)},
		{TransferNumber, textData(in.Number)},
		{TransferLines, textsData(lines)},
		{TransferNote, textData(in.Note)},
		{TransferOrder, refData(in.Order)},
	}
}

// NewTransfer makes the draft of a transfer, or the Errors in the way. What is wrong with a line is named quantity-1, lot-1 and so on.
func NewTransfer(in TransferInput, k Known) (Draft, error) {
	in.Number, in.Note = cleanLine(in.Number), cleanText(in.Note)
	var c check
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.To.IsZero() || in.To == in.Place, "to", CodeRequired)
	c.failIf(in.Day == 0, "day", CodeRequired)
	c.failIf(in.Day > k.Today, "day", CodeDayFuture, "today", k.Today)
	c.failIf(len(in.Lines) == 0, "lines", CodeRequired)
	c.failIf(len(in.Lines) > TransferLinesMax, "lines", CodeTooMany, "max", TransferLinesMax)
	c.name("number", in.Number)
	for i := range in.Lines {
		l := &in.Lines[i]
		l.Item, l.Lot = strings.ToUpper(cleanLine(l.Item)), strings.ReplaceAll(CleanLot(l.Lot), lineSeparator, "/")
		l.Stock = NewStockKey(in.Place, l.Item, l.Lot, l.Stock).Stock
		var one check
		one.item(l.Item, l.Lot, l.Expires, l.VVM, l.Vial, k)
		one.failIf(l.Quantity < 1 || l.Quantity > StockQuantityMax, "quantity", CodeRange, "min", 1, "max", StockQuantityMax)
		for _, e := range one.errs {
			e.Field += "-" + strconv.Itoa(i+1)
			c.errs = append(c.errs, e)
		}
	}
	c.texts(KindTransfer, in.fields())
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindTransfer, in.fields()), nil
}
