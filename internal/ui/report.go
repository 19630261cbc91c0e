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
	Title, Period   string
	PlaceName, Rule string
	Deadline        *Mark
	Facts           []Fact
	Groups          []ReportGroup
	Columns         []ReportColumn
	Rows            []ReportLine
	Verify          bool // some row was not held against a printed form
	Sources         []string
	XLSX, CSV       string
	Targets         string // where the targets of the year stand
	Register        string // where register A2.1 is taken out
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
	}
)

// ReportLine is one row. A cell without text is not counted.
type ReportLine struct {
	Name   string
	Verify bool
	Cells  []ReportCell
}

// ReportCell is one number, and where what it counts is listed.
type ReportCell struct {
	Text, Href string
	Small      bool
}

// ReportRows lists what one number of a report counts.
type ReportRows struct {
	Frame
	Back, Title, Column, PlaceName, Period, Source string
	Total                                          int
	Rows                                           []ReportPerson
	More                                           string
}

// ReportPerson is one of them.
type ReportPerson struct{ Href, Name, Line, What, On, Place string }

var (
	_ = page("reports", "desk_report.html", MonthReport{})
	_ = page("reportrows", "desk_reportrows.html", ReportRows{})
)
