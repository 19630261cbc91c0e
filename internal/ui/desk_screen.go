package ui

// Screen is the form of a screening; posted to itself with do, "eligible" or "chosen".
type Screen struct {
	Frame
	ID, Name  string
	Sex       Sex
	Born, Age string
	Marks     []Mark // what must not be overlooked
	// Now is the conclusion that stands, with who signed it; Shown is it as posted.
	Now, Shown string
	// Temperature and Weight are posted as temperature and weight; Rule says at which temperatures the guideline speaks.
	Temperature, Weight Field
	Rule                string
	// Findings are posted as finding, once for each that is ticked.
	Findings     []FindingBox
	FindingError string
	// Conclusion is posted as conclusion; Proposed is what the guideline draws from the findings, as posted, and Why says it.
	Conclusion    Select
	Proposed, Why string
	Note          Field
	Paper         bool
	// NotDone are the vaccines due today, posted as not_done for each that is recorded as not given; Next is when to come again.
	NotDone []DueBox
	Next    Field
	// More opens the part for what is found.
	More  bool
	Error string
}

// FindingBox is one thing to find, and the conclusion it leads to.
type FindingBox struct {
	Code, Text, Leads, Key string
	Ticked                 bool
}

// DueBox is a vaccine that is due.
type DueBox struct {
	Vaccine string
	Dose    DoseName
	Ticked  bool
}

var _ = page("screen", "desk_screen.html", Screen{})
