package ui

// MoveDose is the page on which a dose that was written on the wrong person is given to the right one: first it is found,
// then both stand side by side.
type MoveDose struct {
	Frame
	ID     string // of the dose
	Name   DoseName
	When   string
	From   Whose
	Query  Field
	Seen   string
	Likely bool // the rows were not searched for: they are those it may be mistaken for
	Rows   []Person
	// To is who was chosen, and waits for the confirmation. Warn is what speaks against it.
	To   *Whose
	Warn string
}

// Whose is a person as told apart from all others: name, birth date, mother, hamlet, code.
type Whose struct {
	ID, Name, Line, Code string
	// Call is the name, with what tells them from another child of one birth.
	Call string
}

var _ = page("move", "desk_move.html", MoveDose{})

// StatusPage is the form for who moves, is away or has died, posted to itself as what, on, until, reason, with a commune.
type StatusPage struct {
	Frame
	ID, Name, Line string
	What           Select
	On, Until      Field
	Reason         Field
	Commune        Communes
	Hamlet         Hamlet
	Seen           string
}

var _ = page("status", "desk_status.html", StatusPage{})
