package ui

// Stations is the list of machines below a hub: the silent first, then the odd, then the good.
type Stations struct {
	Frame
	// Name is the place, Until the moment of the list.
	Name, Until string
	// Show is the tab chosen: "", "silent", "odd", "good".
	Show                   string
	All, Silent, Odd, Good int
	Rows                   []Station
	Pager                  Pager
	// CanEnrol shows the button to add a machine.
	CanEnrol bool
	// Mended lists when machines of the list and this hub held records otherwise, and put them right.
	Mended []Mended
}

// Station is one machine.
type Station struct {
	Mark Mark
	Name string
	// Person is who to call, with the number; may be empty.
	Person string
	// Heard is when it was last heard from, Expected when next; empty Heard: never.
	Heard, Expected string
	// Pending is how much waited there at that time; PendingKnown false draws "?", because not known is
	// not nought.
	Pending      int
	PendingKnown bool
	// Equal is MarkEqual, MarkUnlike or MarkUnknown.
	Equal Mark
	// ClockError is how far its clock is off, "−2 s"; Version its program.
	ClockError, Version string
	// Device is the number of the machine.
	Device string
	// Task is what to do about it; Href where.
	Task, Href string
}

var _ = page("stations", "hub_stations.html", Stations{})
