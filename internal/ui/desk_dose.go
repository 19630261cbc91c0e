package ui

// Dose is the page of one recorded dose: what was written, changing it, and voiding it.
type Dose struct {
	Frame
	ID string
	// Child is whose dose it is; ChildID leads back. ChildLine tells birth date and mother, so that a dose
	// on the wrong child is noticed here.
	ChildID, Child, ChildLine string
	Name                      DoseName
	Tick                      Tick
	// Marks are MarkVoid, MarkInvalid or MarkNotDone with their Text.
	Marks []Mark
	// Facts are what was recorded, in the order of a card: date, lot, site, who, where, source.
	Facts []Fact
	Two   []TwoValues
	// The fields of the change, posted to the page itself as vaccine, number, on, lot, expires, site,
	// note.
	Vaccine Select
	Number  Field
	On      Field
	Lot     Field
	Expires Field
	Site    Select
	Note    Field
	// Find is where the name or code of the right person is typed, posted to …/move as q, when the dose was written on the
	// wrong one.
	Find Field
	// Reason is why it is voided, posted to …/void as reason and why.
	Reason Select
	Why    Field
	// Voided shows the way back, posted to …/restore.
	Voided   bool
	Seen     string
	ReadOnly bool
}

// Fact is one thing known, with who said so.
type Fact struct{ Name, Value, Who string }

var _ = page("dose", "desk_dose.html", Dose{})
