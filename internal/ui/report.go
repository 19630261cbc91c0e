package ui

// MonthReport is a report of a place: the form that chooses it and, if it could be made, its figures.
type MonthReport struct {
	Frame
	Crumbs          []Crumb // at a hub: the places above
	Under           []Crumb // and those of which one is to be chosen first
	Place, Month    Select
	PlaceID         string
	From, To        Field
	Days            bool // the period is no month
	Years           []Crumb
	Form            string // which one
	Forms           []ReportForm
	Title, Period   string
	Lead            string
	PlaceName, Rule string
	Deadline        *Mark
	Facts           []Fact
	Tables          []ReportTable
	Opens           bool // numbers open what they count
	Verify          bool // some row was not held against a printed form
	VerifyAll       bool // none of it was
	Sources         []string
	XLSX, CSV, PDF  string
	Targets         string      // where the targets of the year stand
	Take            *ReportTake // of a register: it is taken out with a reason
	More            string      // of a register: what comes next
	Close, Closed   string      // where the month is closed, and who has closed one
}

// ReportForm is one of the reports that there are.
type ReportForm struct {
	Name, Href string
	Current    bool
}

// ReportTake is by what a register is taken out.
type ReportTake struct {
	Form, From, To string
	For            Select
	Reason         Field
}

// ReportTable is a table of a report. Without groups its columns have one line of headings.
type ReportTable struct {
	Title, First string // First is the heading of the names of rows, "" where rows have none
	Groups       []ReportGroup
	Columns      []ReportColumn
	Rows         []ReportLine
}

// ReportGroup is a heading over some columns, ReportColumn one of them; Small ones are left out on a phone.
type (
	ReportGroup struct {
		Name  string
		Span  int
		Small bool
	}
	ReportColumn struct {
		Name  string
		Small bool
		Text  bool // of words, not of numbers
	}
)

// ReportLine is one row. A cell without text is not counted.
type ReportLine struct {
	Name, Small, Href string
	Verify            bool
	Cells             []ReportCell
}

// ReportCell is one number, and where what it counts is listed.
type ReportCell struct {
	Text, Href string
	Small      bool
	Words      bool
}

// ReportRows lists what one number of a report counts.
type ReportRows struct {
	Frame
	Back, Title, Column, PlaceName, Period, Source string
	Number                                         string
	Supplies                                       bool // what happened to a lot
	Rows                                           []ReportPerson
	More                                           string
}

// ReportPerson is one of them.
type ReportPerson struct{ Href, Name, Line, What, On, Place string }

var (
	_ = page("reports", "desk_report.html", MonthReport{})
	_ = page("reportrows", "desk_reportrows.html", ReportRows{})
)
