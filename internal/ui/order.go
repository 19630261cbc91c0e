package ui

// StockOrders is what a place asks for in a month, and what it is asked for.
type StockOrders struct {
	Frame
	Month         string
	Before, After string // addresses of the months beside it
	Ask, AskText  string // the form to ask by; "" where nobody is above, or this person may not
	Own           *StockOrder
	Hub           bool
	Sums          []OrderSumRow
	Places        []OrderPlaceRow
}

// OrderSumRow is one item over all who ask.
type OrderSumRow struct {
	Name                                string
	Places, Asked, Approved, Sent, Have string
	Mark                                Mark // what is lacking
}

// OrderPlaceRow is one place that asks.
type OrderPlaceRow struct {
	Mark             Mark
	Name, Text, Href string
	Act              string
}

// StockOrder is one order, as far as it has come. The form of an approval has n-<row>, why-<row>, item-<row>, stock-<row>, note, saw.
type StockOrder struct {
	Frame
	ID, Title, Lead string
	Back            string
	Mark            Mark
	Was             []Note // other words that were there, and that it was changed
	Rows            []OrderRow
	Said            string // the note of who asked
	Answer          string // the note of who approved
	Slips           []StockSlip
	Approve, May    bool   // the form of an approval is shown; it may be sent or withdrawn
	Send            string // the form that sends what is left
	Void            bool
	Saw, Error      string
	Note            Field
}

// OrderRow is one item of an order.
type OrderRow struct {
	N                                                  int
	Name, Small, Why                                   string
	Have, Needed, Asked, Approved, Cut, Sent, Received string
	Differs                                            bool
	Item, Stock                                        string
	Field, Reason                                      Field
}

// StockAsk is the form to ask by: month, saw, note; n-<row>, why-<row>, item-<row>, stock-<row>.
type StockAsk struct {
	Frame
	Month, Value, To string
	Saw, Error       string
	Station          bool
	Rows             []AskRow
	Note             Field
}

// AskRow is one item that may be asked for.
type AskRow struct {
	N                      int
	Name, Small            string
	Have, Needed, Proposed string
	Item, Stock            string
	Field, Reason          Field
}

var (
	_ = page("stockorders", "stock_orders.html", StockOrders{})
	_ = page("stockorder", "stock_order.html", StockOrder{})
	_ = page("stockask", "stock_ask.html", StockAsk{})
)
