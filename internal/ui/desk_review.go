package ui

// Review is what waits for a person, what does most harm first. Nothing here blocks a session.
type Review struct {
	Frame
	Twice      []TwiceDose
	Two        []TwoValues
	Duplicates []Duplicate
	// Held are acts that the hub did not let in.
	Held []Held
	// Rescued is what machines wrote again because nobody above knew it any more; at hubs only. Nobody has to decide about it.
	Rescued []Rescued
	// Todos are other things to be done elsewhere.
	Todos []Todo
	// Above counts what somebody above settles; Centre is up to when the centre has what this machine holds, "" if that is not known
	// or this is the centre.
	Above  int
	Centre string
	// Total is all that this person can settle, which may be more than shown.
	Total int
	More  bool // there are more than Total
	Pager Pager
	// Possible leads to the pairs that are less alike, or back; "" if this node does not keep them. PossibleShown
	// says that they are among Duplicates.
	Possible      string
	PossibleShown bool
	ReadOnly      bool
}

// Case is the row of one thing to settle.
type Case struct {
	// ID is the row's, Back where the page goes when it is settled: here, with the next row focused.
	ID, Back string
	Focus    bool
	// Why says what it does as long as nobody settles it.
	Why string
}

// Todo is something to be done on another page, or Count of them.
type Todo struct {
	Text, Why, Href string
	Count           int
}

// TwiceDose is a pair of records that may be of one dose. It is posted to …/twice with keep: "a", "b" or "both".
type TwiceDose struct {
	Case           Case
	ID, Name, Line string // whose doses
	Dose           string // the vaccine
	A, B           TwiceSide
}

// TwiceSide is one of the two. Seen is what the page knew of it, sent back so that a change since is noticed.
type TwiceSide struct{ ID, Text, Who, Seen string }

// Duplicate is a pair of records that may be one person.
type Duplicate struct {
	Case Case
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

// Held is an act that is kept but not let in. Mark is MarkRefused or MarkHeld.
type Held struct {
	Mark Mark
	// What names the act, Line whose it is and who wrote it.
	What, Line string
	// Why says what is wrong and what has become of it, Do what to do.
	Why, Do string
}

var _ = page("review", "desk_review.html", Review{})
