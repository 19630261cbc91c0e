package ui

// PathData is where everything a station keeps, or the national minimum data set, is taken out: GET; POST: do=all|minimum, for, reason,
// encrypt, format: the file. PathLacking lists of whom a mandatory field of that set is missing: GET ?field= &all=1 &after= (an id).
const (
	PathData    = "/data"
	PathLacking = "/data/lacking"
)

// DataOut is the page of what leaves as files.
type DataOut struct {
	Frame
	All, Minimum TakeForm
	Format       Select // of the minimum data set
	Encrypt      bool
	NoKey        string // why nothing can be encrypted
}

// TakeForm is what every taking out asks.
type TakeForm struct {
	For    Select
	Reason Field
}

// Lacking is the list of those of whom something is missing.
type Lacking struct {
	Frame
	Field   Select
	All     bool // grown people, too
	People  []LackingPerson
	Looked  int // how many were looked at for this page
	Whole   int // of them: nothing is missing
	Next    string
	MayEdit bool
	MayTake bool
}

// LackingPerson is one of them.
type LackingPerson struct {
	ID, Name, Line, Missing string
	Count                   int
}

var (
	_ = page("data", "station_data.html", DataOut{})
	_ = page("lacking", "station_lacking.html", Lacking{})
)
