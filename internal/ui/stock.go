package ui

// Stock is what a place has: what is open, what must go first, what is short.
type Stock struct {
	Frame
	Lead           string // when it was counted last
	Kept           bool   // anything was ever entered
	May, Hub, Send bool   // Send: there is somewhere to send to
	Coming         []StockSlip
	Sent           []StockSlip
	Lots           []StockLine
	Unentered      []StockLine
	Open           []StockVial
	Supplies       []StockLine
	Sessions       []StockTrip // of today and what is still out
}

// StockSlip is a delivery on its way, in a sentence.
type StockSlip struct {
	ID, Lead, Text string
	Tone           Tone
	Confirm        bool // it waits for this place
}

// StockLine is one lot.
type StockLine struct {
	Mark                Mark
	Name, Small         string
	Expires             string
	VVM                 int // 0: none
	Vials, Doses        string
	Where               string
	Href, Act           string // the ledger of the lot, or what is to be done
	Item, Number, Stock string
}

// StockVial is an open vial with its clock.
type StockVial struct {
	Name, Small, Rest   string
	Value, Max          int // minutes it has been open, of so many
	Text                string
	Over                bool
	Item, Number, Stock string
	Count               int
}

// StockTrip is a session with what is out with it.
type StockTrip struct{ Href, Name, Text string }

// StockIn is the form to receive by: scan, item, lot, expires, quantity, vial, vvm, stock, other, day.
type StockIn struct {
	Frame
	Scan                               Field
	Item, Vial, VVM, Stock             Select
	Lot, Expires, Quantity, Other, Day Field
	GTIN                               string // of the box that was scanned
}

// StockCountPage is the form of a count: n-<row> for each row, with item-, lot-, stock- and book-<row>; note, day.
type StockCountPage struct {
	Frame
	Rows      []StockCountRow
	Note, Day Field
	New       StockIn // one more lot, that the ledger does not know
	More      int     // lots beyond what one press counts
}

// StockCountRow is one lot in a count.
type StockCountRow struct {
	N                                  int
	Name, Small, Book                  string
	Item, Number, Stock, Expires, Vial string
	Field                              Field
}

// StockLot is the ledger of one lot, and what can be done with it.
type StockLot struct {
	Frame
	Name, Small, Expires, Balance string
	Mark                          Mark
	Item, Number, Stock           string
	VVM                           int
	Vials                         bool // of several doses: may be opened
	Supply, May                   bool
	Rows                          []StockEntry
	Quantity, Note, Other         Field
	Reason                        Select
	Do                            string // which form is open
}

// StockEntry is a line of a ledger.
type StockEntry struct {
	ID, When, What, Small, Plus, Minus string
	Mark                               Mark
	Void                               bool // may be taken back
}

// StockSend is the form to send by: to, number, day, note; n-<row> for each lot.
type StockSend struct {
	Frame
	To                Select
	Order, Lead       string // the request that it answers
	Number, Note, Day Field
	Rows              []StockCountRow
	Error             string
}

// StockDelivery is one delivery: n-<line> of what came; note.
type StockDelivery struct {
	Frame
	Number, From, To, Day string
	Rows                  []StockDeliveryRow
	Note                  Field
	Confirm, Taken, Void  bool
	ID, Error             string
}

// StockDeliveryRow is a line of a slip.
type StockDeliveryRow struct {
	N                               int
	Name, Small, Expires, Sent, Got string
	Differs                         bool
	Field                           Field
}

// StockOut is what a session takes out and brings back: out-<row>, back-<row>.
type StockOut struct {
	Frame
	Session, Title string
	Rows           []StockOutRow
}

// StockOutRow is one lot with a session: out = used + back + thrown away + rest.
type StockOutRow struct {
	N                               int
	Name, Small, Item, Number       string
	Stock, Have                     string
	Taken, Used, Back, Thrown, Rest string
	Open                            bool // something is out
	Out, Bring                      Field
}

var (
	_ = page("stock", "stock.html", Stock{})
	_ = page("stockin", "stock_in.html", StockIn{})
	_ = page("stockcount", "stock_count.html", StockCountPage{})
	_ = page("stocklot", "stock_lot.html", StockLot{})
	_ = page("stocksend", "stock_send.html", StockSend{})
	_ = page("stockdelivery", "stock_delivery.html", StockDelivery{})
	_ = page("stockout", "stock_out.html", StockOut{})
)
