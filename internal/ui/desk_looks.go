package ui

// Looks is who looked at one person, newest first.
type Looks struct {
	Frame
	ID, Name, Line string
	Rows           []LookLine
	// OwnOnly says that only what was done on this machine is told, Cut that there are older ones.
	OwnOnly, Cut bool
	// CanPrint offers the record with these looks on paper.
	CanPrint bool
}

// LookLine is one look.
type LookLine struct {
	// At is when, Who (with Role) did it and Where; Act is the word for what was done, Of says to what of the person, Why for
	// what reason, if one was asked.
	At, Who, Role, Where, Act, Of, Why string
}

// Why asks for what a restricted record is opened. Posted as reason and next.
type Why struct {
	Frame
	ID     string
	Reason Field
	Next   string
}

// Taking asks what people's data are taken out for: posted as for and reason to Post.
type Taking struct {
	Frame
	ID, Name, Line, Post string
	For                  Select
	Reason               Field
	Session              Select // of letters: to which session they call; without options it is not asked
	OnlyPDF              bool   // there is no page to be printed by the browser
	Sheet                Select // of one person's record: what of it, posted as sheet
}

// Paper is one person's whole record as it is handed to a family. It is drawn to be printed on A4.
type Paper struct {
	Frame
	ID, Name, Born, Made string
	QR                   string // of the code, an image; may be empty
	Facts                []Fact
	Doses                []PaperDose
	Consents             []Fact
	Requests             []Fact
	Looks                []LookLine
	// MayLooks says that whoever prints may be told who looked; OwnOnly and Cut as in Looks.
	MayLooks, OwnOnly, Cut bool
}

// PaperDose is one recorded dose.
type PaperDose struct{ Name, On, Lot, Place, Giver, Note string }

var (
	_ = page("looks", "desk_looks.html", Looks{})
	_ = page("why", "desk_why.html", Why{})
	_ = page("taking", "desk_taking.html", Taking{})
	_ = page("paper", "desk_paper.html", Paper{})
)
