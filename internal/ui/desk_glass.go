package ui

// Glass stands in the place of a record that belongs to other places than the person's: who it seems to be, masked, and
// how it can be opened all the same.
type Glass struct {
	Frame
	ID string
	// Name and Mother are masked, Born is a year; Home is the place that cares.
	Name, Born, Mother, Home string
	// Take offers to bind the record to this station, because the child is cared for here now.
	Take bool
	// Reason is why it has to be read, Minutes for how long it then can be.
	Reason  Field
	Minutes int
}

// HiddenRow is somebody in a list whose record may not be read: the page it leads to asks why.
type HiddenRow struct{ ID, Name, Born, Home string }

var _ = page("glass", "desk_glass.html", Glass{})
