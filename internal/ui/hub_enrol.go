package ui

// Enrol makes the code with which a new machine joins: first a form, then the code to carry over.
type Enrol struct {
	Frame
	// Place is chosen from the list, posted as place; Role as role; Machine, a name for it, as name.
	Place   Select
	Role    Select
	Machine Field
	// Code is there once it has been made.
	Code *EnrolCode
}

// EnrolCode is an enrolment ready to be carried to the new machine.
type EnrolCode struct {
	// Place and Role say what it is for, Until how long it holds.
	Place, Role, Until string
	// Text is the code as text, QR the same as an image (data:image/png;base64,…), File a link to it as a
	// file; QR and File may be empty.
	Text, QR, File string
}

var _ = page("enrol", "hub_enrol.html", Enrol{})
