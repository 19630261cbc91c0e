package ui

// Review is what waits for a person. Nothing here blocks a session.
type Review struct {
	Frame
	Two        []TwoValues
	Duplicates []Duplicate
	// Held are acts that the hub did not let in.
	Held []Held
	// Total is all of them, which may be more than shown.
	Total    int
	Pager    Pager
	ReadOnly bool
}

// Duplicate is a pair of records that may be one person.
type Duplicate struct {
	// Mark is MarkAlike or MarkSimilar.
	Mark Mark
	A, B DuplicateSide
	// Signs are MarkSame and MarkDiffers with their Text.
	Signs []Mark
	// Linked is true for a pair linked before, which can be taken apart again.
	Linked bool
}

// DuplicateSide is one of the two.
type DuplicateSide struct{ ID, Name, Line string }

// Held is an act that is kept but not let in. Mark is MarkRefused or MarkHeld.
type Held struct {
	Mark Mark
	// What names the act, Line whose it is and who wrote it.
	What, Line string
	// Why says what is wrong and what has become of it.
	Why string
}

var _ = page("review", "desk_review.html", Review{})
