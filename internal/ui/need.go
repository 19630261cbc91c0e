package ui

// Needs are what a month needs: of each vaccine the steps of the sum, and what follows from them.
type Needs struct {
	Frame
	Crumbs             []Crumb
	Name, At, Month    string
	Months             Select
	Coverage, Buffer   Field
	Lines              []NeedLine
	Supplies           []NeedSupply
	Under              []Crumb // places of which one is to be chosen first
	Parts              []NeedPart
	Sums               []NeedSupply // of a place above communes
	Heard              string
	XLSX, CSV, Targets string
	Wastage            string
}

// NeedLine is one vaccine.
type NeedLine struct {
	ID, Name, Small   string
	Due, Used, Usable string
	Vials, Doses      string
	Lacks             bool
	Steps             []NeedStep
	Warn              []string // lots that expire before they are used up
}

// NeedStep is one step of a sum: what it is, how it comes about and what comes out; Href shows what stands behind it.
type NeedStep struct {
	What, How, Result, Href string
	Sum                     bool // what goes on from here
}

// NeedSupply is a supply, or one item of many places together.
type NeedSupply struct{ Name, How, Wanted, Usable, Lacking string }

// NeedPart is one commune.
type NeedPart struct{ Href, Name, Text string }

// NeedRows lists who is due.
type NeedRows struct {
	Frame
	Back, Title, Name, Month string
	Total                    int
	Rows                     []NeedPerson
	More                     string
}

// NeedPerson is one of them.
type NeedPerson struct {
	Href, Name, Line, Since string
	Mark                    Mark
}

// Wastage is what was given and thrown away, by vaccine and month.
type Wastage struct {
	Frame
	Name, Period, Back string
	Months             []string
	Rows               []WastageRow
}

// WastageRow is one vaccine: all months together, then each.
type WastageRow struct {
	Name, Given, Rest, Closed string
	Open, Shut, All           string // rates
	Plan, Why                 string
	Months                    []WastageMonth
}

// WastageMonth is one month of it.
type WastageMonth struct{ Month, Given, Rest, Closed, Open, Shut, Reasons string }

var (
	_ = page("stockneeds", "stock_needs.html", Needs{})
	_ = page("stockneedrows", "stock_needrows.html", NeedRows{})
	_ = page("stockwastage", "stock_wastage.html", Wastage{})
)
