package ui

// CloseMonth is a month that is to be closed: what the fridge and the ledger do not agree on, each with a reason, and what will be kept.
type CloseMonth struct {
	Frame
	Month, Key, Saw string
	From            string // when a month that is not over can be closed
	Open            bool   // it is not over
	Deadline        *Mark
	Wrong           string // why nothing was kept, of no field
	Changed         bool   // somebody wrote something while the form was open
	Reports         []Crumb
	Gaps            []CloseGap
	Uncounted       []CloseGap
	Closed          *Note // it is closed: what is kept now is a correction
	Why             Field
}

// CloseGap is a lot of which the fridge has more or less than the ledger.
type CloseGap struct {
	Key, Name, Small, Book, Text string
	Causes                       []string
	Reason                       Select
	Note                         Field
}

// ClosedMonth is what was handed in for a month, as it was, and what is otherwise now.
type ClosedMonth struct {
	Frame
	Month, Place, At, Why, Hash string
	Broken                      bool
	NotNow                      bool // it is not made again for who looks
	All                         []ReportForm
	Forms                       []ReportForm
	Facts                       []Fact
	Tables                      []ReportTable
	Changes                     []ClosedChange
	PDF, XLSX, CSV              string
	Again                       string // where a correction is handed in
}

// ClosedChange is a number that is another now.
type ClosedChange struct{ Row, Column, Was, Now string }

// ClosedMonths says who has closed a month.
type ClosedMonths struct {
	Frame
	Month       Select
	Name, Due   string
	Done, Total int
	Rows        []ClosedPlace
}

// ClosedPlace is one station.
type ClosedPlace struct {
	Name, Commune, Href, Text string
	Mark                      Mark
}

var (
	_ = page("closemonth", "desk_closemonth.html", CloseMonth{})
	_ = page("closedmonth", "desk_closedmonth.html", ClosedMonth{})
	_ = page("closedmonths", "desk_closedmonths.html", ClosedMonths{})
)
