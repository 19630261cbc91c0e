package registry

import (
	"strings"

	p "tramy/syncproto"
)

// MovementInput is one movement of one lot.
type MovementInput struct {
	Place    p.EntityID
	Item     string
	Lot      string
	Expires  Day // 0: nobody wrote it
	Stock    Programme
	Type     MoveType
	Quantity int // doses or pieces
	Day      Day
	Clock    Clock // 0: nobody knows
	Session  p.EntityID
	Transfer p.EntityID
	Line     int // 1…, of the transfer
	VVM      int // 0: has none, or nobody looked
	Reason   DiscardReason
	Note     string
	Vial     int    // doses in a vial, 0: nobody said
	Other    string // from or to whom
	GTIN     string // 14 digits, of the box that was scanned; "": none was
}

// Movement is a movement as it stands.
type Movement struct {
	ID p.EntityID
	MovementInput
	Void string
}

// MovementOf reads a movement from its state. Numbers that no entry lets through count as nothing.
func MovementOf(s *p.State) Movement {
	void, _ := Voided(s)
	g := getter(s.Get)
	m := Movement{ID: s.ID, Void: void, MovementInput: MovementInput{
		Place: g.ref(p.FieldPlace), Item: g.text(MovementItem), Lot: g.text(MovementLot), Expires: g.day(MovementExpires),
		Stock: enumOf[Programme](g, MovementStock), Type: enumOf[MoveType](g, MovementType), Quantity: quantity(g.int(MovementQuantity)),
		Day: g.day(MovementDay), Clock: g.clock(MovementClock), Session: g.ref(MovementSession), Transfer: g.ref(MovementTransfer),
		Line: g.small(MovementLine), VVM: g.small(MovementVVM), Reason: enumOf[DiscardReason](g, MovementReason), Note: g.text(MovementNote),
		Vial: g.small(MovementVial), Other: g.text(MovementOther), GTIN: g.text(MovementGTIN),
	}}
	return m
}

// quantity reads an amount: a hostile or newer machine may have written another than an entry lets through.
func quantity(n int64) int {
	if n < 0 || n > StockQuantityMax {
		return 0
	}
	return int(n)
}

// Key is what the movement moves.
func (in *MovementInput) Key() StockKey { return NewStockKey(in.Place, in.Item, in.Lot, in.Stock) }

func (in *MovementInput) clean() {
	in.Item, in.Lot = strings.ToUpper(cleanLine(in.Item)), CleanLot(in.Lot)
	in.Note, in.Other = cleanText(in.Note), cleanLine(in.Other)
	in.Stock = in.Key().Stock
	if in.Type != MoveDiscarded {
		in.Reason = 0
	}
	if in.Transfer.IsZero() {
		in.Line = 0
	}
	if !gtinChecks(in.GTIN) { // what no scanner read names nothing
		in.GTIN = ""
	}
}

func (in *MovementInput) fields() []fieldData {
	return []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{MovementItem, textData(in.Item)},
		{MovementLot, textData(in.Lot)},
		{MovementExpires, intData(in.Expires)},
		{MovementStock, intData(in.Stock)},
		{MovementType, intData(in.Type)},
		{MovementQuantity, intData(in.Quantity)},
		{MovementDay, intData(in.Day)},
		{MovementClock, clockData(in.Clock)},
		{MovementSession, refData(in.Session)},
		{MovementTransfer, refData(in.Transfer)},
		{MovementLine, intData(in.Line)},
		{MovementVVM, intData(in.VVM)},
		{MovementReason, intData(in.Reason)},
		{MovementNote, textData(in.Note)},
		{MovementVial, intData(in.Vial)},
		{MovementOther, textData(in.Other)},
		{MovementGTIN, textData(in.GTIN)},
	}
}

// item refuses what is neither a vaccine nor a supply, and lots and monitors that no box bears.
func (c *check) item(item, lot string, expires Day, vvm, vial int, k Known) {
	c.failIf(item == "", "item", CodeRequired)
	c.failIf(item != "" && !IsSupply(item) && k.Vaccine != nil && !k.Vaccine(item), "item", CodeVaccineUnknown, "text", item)
	c.failIf(lot == "" && item != "" && !IsSupply(item), "lot", CodeRequired)
	c.name("lot", lot)
	lo, hi := k.Today.AddMonths(-240), k.Today.AddMonths(240)
	c.failIf(expires != 0 && (expires < lo || expires > hi), "expires", CodeExpiresRange, "min", lo, "max", hi)
	c.failIf(vvm < 0 || vvm > VVMStageMax, "vvm", CodeRange, "min", 1, "max", VVMStageMax)
	c.failIf(vial < 0 || vial > VialDosesMax, "vial", CodeRange, "min", 1, "max", VialDosesMax)
}

// NewMovement makes the draft of a movement, or the Errors in the way. A lot that has expired may be received, and be thrown away:
// what is in the fridge is in the ledger. More may leave than the ledger has: the shortfall is shown.
func NewMovement(in MovementInput, k Known) (Draft, error) {
	in.clean()
	var c check
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.item(in.Item, in.Lot, in.Expires, in.VVM, in.Vial, k)
	c.failIf(in.Type == 0, "type", CodeRequired)
	c.choice("type", MoveTypeEnum, int64(in.Type))
	c.choice("stock", ProgrammeEnum, int64(in.Stock))
	c.failIf(in.Quantity < 1 || in.Quantity > StockQuantityMax, "quantity", CodeRange, "min", 1, "max", StockQuantityMax)
	c.failIf(in.Day == 0, "day", CodeRequired)
	c.failIf(in.Day > k.Today, "day", CodeDayFuture, "today", k.Today)
	c.failIf(in.Type == MoveDiscarded && in.Reason == 0, "reason", CodeReasonRequired)
	c.choice("reason", DiscardReasonEnum, int64(in.Reason))
	c.failIf(in.Reason == DiscardOther && in.Note == "", "note", CodeReasonRequired)
	c.failIf((in.Type == MoveTakenOut || in.Type == MoveBrought) && in.Session.IsZero(), "session", CodeRequired)
	c.failIf(!in.Transfer.IsZero() && (in.Line < 1 || in.Line > TransferLinesMax), "line", CodeRange, "min", 1, "max", TransferLinesMax)
	c.failIf(IsSupply(in.Item) && in.Type == MoveOpened, "type", CodeChoiceUnknown, "number", int(in.Type))
	c.name("other", in.Other)
	c.texts(KindMovement, in.fields())
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindMovement, in.fields()), nil
}

// StockCountInput is how much of one lot somebody found.
type StockCountInput struct {
	Place    p.EntityID
	Item     string
	Lot      string
	Expires  Day
	Stock    Programme
	Quantity int // 0: there is none
	Book     int64
	Day      Day
	Clock    Clock
	// Seen are the doses and movements that stood in the ledger when it was counted although they say that they are no earlier: of
	// a machine whose clock is ahead, or of the same minute. What is earlier by its own word is in the count, whenever it arrives.
	Seen []p.EntityID
	VVM  int
	Vial int
	Note string
	// Recall is the recall for which what was found was set apart; zero: it was only counted.
	Recall p.EntityID
}

// CountSeenMax is how many a count names. More than a morning's doses cannot lie between two clocks of one room.
const CountSeenMax = 1000

// StockCount is a count as it stands.
type StockCount struct {
	ID p.EntityID
	StockCountInput
	Void string
}

// StockCountOf reads a count from its state.
func StockCountOf(s *p.State) StockCount {
	void, _ := Voided(s)
	g := getter(s.Get)
	return StockCount{ID: s.ID, Void: void, StockCountInput: StockCountInput{
		Place: g.ref(p.FieldPlace), Item: g.text(CountItem), Lot: g.text(CountLot), Expires: g.day(CountExpires), Stock: enumOf[Programme](g, CountStock),
		Quantity: quantity(g.int(CountQuantity)), Book: g.int(CountBook), Day: g.day(CountDay), Clock: g.clock(CountClock), Seen: g.refs(CountSeen),
		VVM: g.small(CountVVM), Vial: g.small(CountVial), Note: g.text(CountNote), Recall: g.ref(CountRecall),
	}}
}

// Key is what was counted.
func (in *StockCountInput) Key() StockKey { return NewStockKey(in.Place, in.Item, in.Lot, in.Stock) }

func (in *StockCountInput) fields() []fieldData {
	return []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{CountItem, textData(in.Item)},
		{CountLot, textData(in.Lot)},
		{CountExpires, intData(in.Expires)},
		{CountStock, intData(in.Stock)},
		{CountQuantity, p.Int(int64(in.Quantity))},
		{CountBook, p.Int(in.Book)},
		{CountDay, intData(in.Day)},
		{CountClock, clockData(in.Clock)},
		{CountSeen, refsData(in.Seen)},
		{CountVVM, intData(in.VVM)},
		{CountVial, intData(in.Vial)},
		{CountNote, textData(in.Note)},
		{CountRecall, refData(in.Recall)},
	}
}

// NewStockCount makes the draft of a count, or the Errors in the way.
func NewStockCount(in StockCountInput, k Known) (Draft, error) {
	in.Item, in.Lot, in.Note = strings.ToUpper(cleanLine(in.Item)), CleanLot(in.Lot), cleanText(in.Note)
	in.Stock = in.Key().Stock
	var c check
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.Item == "", "item", CodeRequired)
	c.item(in.Item, "-", in.Expires, in.VVM, in.Vial, k) // vials of which nobody wrote the lot are counted too
	c.name("lot", in.Lot)
	c.choice("stock", ProgrammeEnum, int64(in.Stock))
	c.failIf(in.Quantity < 0 || in.Quantity > StockQuantityMax, "quantity", CodeRange, "min", 0, "max", StockQuantityMax)
	c.failIf(in.Day == 0, "day", CodeRequired)
	c.failIf(in.Day > k.Today, "day", CodeDayFuture, "today", k.Today)
	c.failIf(len(in.Seen) > CountSeenMax, "seen", CodeTooMany, "max", CountSeenMax)
	c.texts(KindStockCount, in.fields())
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindStockCount, in.fields()), nil
}
