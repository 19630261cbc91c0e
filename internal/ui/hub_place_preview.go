package ui

// PlacePreview says what a change of the map would do and whom it concerns. Its one button writes exactly that.
type PlacePreview struct {
	Frame
	Crumbs []Crumb
	// Title says what is done to which place; When from which day.
	Title, When string
	// Nothing says that everything stands already.
	Nothing bool
	Changes []PlaceChanged
	// Concerned are counts of who is in the places that change.
	Concerned []Fact
	// Ask and Placed are sentences about people of split communes.
	Ask, Placed string
	Moves       []PlaceMoved
	Hubs        []PlaceHub
	Warnings    []string
	// Hidden are the entries of the form, Digest what was seen of them: both go back with the button Do.
	Hidden []Hidden
	Digest string
	Do     string
}

// PlaceChanged is one place: what happens to it, what comes of it, and who is there.
type PlaceChanged struct {
	What, Name, Code string
	// To is its new name, or what it becomes part of.
	To       string
	Stations int
	Accounts int
	People   int
	Ask      int
}

// PlaceMoved is a facility that lies elsewhere from then on.
type PlaceMoved struct{ Name, From, To string }

// PlaceHub is a hub whose place ends.
type PlaceHub struct{ Name, Place, To string }

var _ = page("place_preview", "hub_place_preview.html", PlacePreview{})
