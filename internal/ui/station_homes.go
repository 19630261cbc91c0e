package ui

// Homes is who lives in a commune that was split, and has not been asked yet where that is now: a group a hamlet.
type Homes struct {
	Frame
	People int // in all groups
	Groups []HomeGroup
	// ReadOnly leaves the buttons out for who may not write.
	ReadOnly bool
}

// HomeGroup is a hamlet. Its form posts group (Key), place, and all=1 for everybody or some=1 with who, a person each.
type HomeGroup struct {
	Key, Was, Hamlet string
	Choices          Select // the communes to choose from; Error is the sentence after a press that chose nothing
	Open             bool   // the names are shown
	People           []HomePerson
}

// HomePerson is somebody to ask.
type HomePerson struct {
	ID, Name, Line string
	Ticked         bool
}

var _ = page("homes", "station_homes.html", Homes{})
