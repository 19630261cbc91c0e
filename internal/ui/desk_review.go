package ui

// Review is what waits for a person. Nothing here blocks a session.
type Review struct {
	Frame
	Two        []TwoValues
	Duplicates []Duplicate
	// Held are acts that the hub did not let in.
	Held []Held
	// Rescued is what machines wrote again because nobody above knew it any more, newest first. Nobody has to
	// decide about it.
	Rescued []Rescued
	// Total is all of them, which may be more than shown.
	Total int
	More  bool // there are more than Total
	Pager Pager
	// Possible leads to the pairs that are less alike, or back; "" if this node does not keep them. PossibleShown
	// says that they are among Duplicates.
	Possible      string
	PossibleShown bool
	ReadOnly      bool
}

// Duplicate is a pair of records that may be one person.
type Duplicate struct {
	// Mark is MarkAlike or MarkSimilar.
	Mark Mark
	A, B DuplicateSide
	// Rows are the two side by side, a field a row.
	Rows []DuplicateRow
	// Warn is a sentence on what speaks against it, "" if nothing does.
	Warn string
	// Linked is true for a pair linked before, which can be taken apart again.
	Linked bool
}

// DuplicateSide is one of the two.
type DuplicateSide struct{ ID, Name string }

// DuplicateRow is what both say about one thing. Mark is MarkSame or MarkDiffers with its Text; where one of the two
// does not know, it is zero and Label names the field.
type DuplicateRow struct {
	Mark        Mark
	Label, A, B string
}

// Rescued is an entity of which some values were written again.
type Rescued struct {
	// ID and Name are of the person; empty if it is about nobody's record.
	ID, Name string
	Fields   string
	// Who first wrote it and when; Place is where it was written again, Again when.
	Who, First, Place, Again string
}

// Held is an act that is kept but not let in. Mark is MarkRefused or MarkHeld.
type Held struct {
	Mark Mark
	// What names the act, Line whose it is and who wrote it.
	What, Line string
	// Why says what is wrong and what has become of it.
	Why string
}

var _ = page("review", "desk_review.html", Review{})
