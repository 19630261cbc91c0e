package ui

// PathStockFile takes a list of opening stock in: GET; POST file (multipart): what would become of it; POST PathStockFile + "/write":
// row, item, name, lot, expires, quantity, stock, once for each line.
const PathStockFile = "/stock/file"

// StockFile is that page.
type StockFile struct {
	Frame
	Wrong string
	File  string
	Lines []StockFileLine
	New   int // lines that would be counted
}

// StockFileLine is a line of the list; Values are what is posted to write it.
type StockFileLine struct {
	Row                                      int
	Mark                                     Mark
	Name, Lot, Expires, Quantity, Why        string
	Item, Stock, ExpiresValue, QuantityValue string
	New                                      bool
}

var _ = page("stockfile", "station_stockfile.html", StockFile{})
