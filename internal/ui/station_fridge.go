package ui

// Fridges is what the thermometers of a station's fridges showed: what is to be read now, what went wrong, a month day by day.
type Fridges struct {
	Frame
	Month         string // in words
	Before, After string // addresses of the months beside; After is empty in this one
	Now           []FridgeRead
	Day, Clock    Field // when it was read
	Excursions    []FridgeExcursion
	Tables        []FridgeTable
	Form          FridgeForm
	Logger        Select // fridge, of a logger's file
	LoggerError   string
	MayRecord     bool
}

// FridgeRead is one fridge in the form of today's readings; posted as value.ID, lowest.ID and highest.ID.
type FridgeRead struct {
	ID, Name               string
	Keeps                  string // from what to what
	Last                   Mark   // what was read last today
	Value, Lowest, Highest Field
	Open                   bool // lowest or highest were typed
}

// FridgeExcursion is a time at which a fridge was too cold or too warm.
type FridgeExcursion struct {
	ID, Seen        string
	Fridge, When    string
	Mark            Mark
	How             string   // how far and for how long
	Frozen          bool     // what must not freeze may have frozen
	Lots            []string // that the ledger has there at that hour, of a fridge that froze those that freezing spoils
	NoLots          bool     // it has none
	Note, NoteError string
	Typed           string // a note that was refused
}

// FridgeTable is a month of one fridge.
type FridgeTable struct {
	Name, Serial, Keeps string
	Rows                []FridgeDay // the last day first
	Unread              int         // half days of which nobody read it
	Chart               []FridgeBar // the first day first
	Low, High           int         // height of the two limits in the drawing
	Edit                string
}

// FridgeDay is a day of it.
type FridgeDay struct {
	Day                      string
	Morning, Afternoon       FridgeCell
	Lowest, Highest          string
	LowestOdd, HighestOdd    bool
	Logger                   string // readings of a logger
	Notes                    []string
	MorningDue, AfternoonDue bool // this half is over, and nobody read it
}

// FridgeCell is one reading.
type FridgeCell struct {
	Text, Clock string
	Mark        Mark // if it was colder or warmer than it should be
}

// FridgeBar is a day in the drawing: from the lowest to the highest, in units of the drawing from above.
type FridgeBar struct {
	X, Y, Height int
	Odd          bool
}

// FridgeForm is what is asked about a fridge. Posted as id, seen, name, low, high, serial, retired.
type FridgeForm struct {
	ID, Seen, Was                    string
	Name, Low, High, Serial, Retired Field
}

var _ = page("fridge", "station_fridge.html", Fridges{})
