package ui

// Join is the page of a machine that belongs to no place yet: the enrolment code is pasted here.
type Join struct {
	Frame
	// Code is posted as code.
	Code Field
	// Error is the sentence above the field: the code is used up, expired, or the hub did not answer.
	Error string
	// Offline is true if the hub cannot be reached now; the code can still be kept and used later.
	Offline bool
}

var _ = page("join", "station_join.html", Join{})
