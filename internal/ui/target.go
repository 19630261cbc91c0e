package ui

// Targets is the table of how many people are to be vaccinated in a year: for each row place-<row>, saw-<row>, and was-<row>-<group> and
// n-<row>-<group> for each group; source, document, year, at.
type Targets struct {
	Frame
	Crumbs         []Crumb
	Name, At, Year string
	Years          []Crumb
	Groups         []string
	Rows           []TargetLine
	May            bool
	Source         Select
	Document       Field
	Wrong          []string // lines of a file that were not taken
	Back, More     string
	XLSX, CSV      string
	File           bool // may be brought in from a file
}

// TargetLine is one place.
type TargetLine struct {
	N                 int
	Place, Name, Href string
	Saw, Error        string
	May               bool
	Cells             []TargetCell
}

// TargetCell is one group of it: a field where the person may write, else Text.
type TargetCell struct {
	Group, Name, Label string
	Input              bool
	Field              Field
	Was, Text          string
	Small              []string
	Differs            bool
}

var _ = page("targets", "targets.html", Targets{})
