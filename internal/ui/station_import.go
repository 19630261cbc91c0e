package ui

// PathImport is where a register is brought in from a file: GET ?show=proposed|refused|kept &page=; POST file
// (multipart). POST …/sheet sheet; …/columns column-N, order, cells, any; …/start; …/discard;
// …/answer row, same, twin. GET …/rejected is the file with what did not come in.
const PathImport = "/import"

// PathExport is where the register is taken out: GET; POST layout, format, from, until, visitors, reason: the file.
const PathExport = "/export"

// Import is a register on its way in. Phase is "" while there is none, else one of "columns", "checking",
// "checked", "running", "done" and "failed".
type Import struct {
	Frame
	Phase         string
	File, By, At  string
	Rows          int
	Sheets        Select // sheet; one option or none: nothing to choose
	Columns       []ImportColumn
	Order         Select // order: how dates are read
	Cells         Select // cells: whether Excel's own dates can be believed; no options: nobody doubts them
	AnyPlace      bool
	Doubtful      int    // columns a person should look at
	Wrong         string // what stands in the way of reading with these columns
	Counts        ImportCounts
	Read, Percent int    // rows read
	Again         bool   // went on after the program had ended
	Failure       string // why it stopped
	Tabs          []ImportTab
	Lines         []ImportLine
	Pager         Pager
	Left          int // rows that did not come in
	CanExport     bool
	FHIR          bool // of another program: there are no columns
}

// ImportColumn is a column of the file with what it is taken for and what stands in its first rows.
type ImportColumn struct {
	Letter, Title string
	Choice        Select // of control Name
	Name          string
	Doubt         bool
	Sample        []string
}

// ImportCounts are what becomes of the people of a file.
type ImportCounts struct {
	People, New, Completed, There, Proposed, Refused, Doses, Kept, PerSecond int
}

// ImportTab leads to one kind of rows.
type ImportTab struct {
	Show, Href string // "proposed", "refused" or "kept"
	Count      int
	Current    bool
}

// ImportLine is a row that did not come in, or of which something was left as it was.
type ImportLine struct {
	Row        int
	Name       string
	Reasons    []ImportReason
	Candidates []ImportCandidate // whom it may be, if that can be answered here
	Ask        bool
	Twin       bool   // a child without a name: answered with its order
	Answered   string // what was said, if it was
}

// ImportReason is one thing about a row; Where is the column.
type ImportReason struct{ Where, Text string }

// ImportCandidate is somebody a row may be.
type ImportCandidate struct{ ID, Code, Text string }

// Export is the form to take the register out.
type Export struct {
	Frame
	Layout, Format Select
	From, Until    Field
	Visitors       bool
	For            Select // what for, see registry.Takings
	Reason         Field
}

var (
	_ = page("import", "station_import.html", Import{})
	_ = page("export", "station_export.html", Export{})
)
