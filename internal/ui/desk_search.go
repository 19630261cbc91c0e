package ui

// Found is what a search found: a partial named "found" which htmx swaps in below the box while a person
// types, and which the pages Today and Search include when there are no scripts.
type Found struct {
	// Query is what was searched for; an empty one draws nothing.
	Query string
	Rows  []Person
	// Hidden are people found by a whole number whose records belong to another place.
	Hidden []HiddenRow
	// Total may be more than the rows shown.
	Total int
	// Held is how many people this machine knows.
	Held int
	// Register offers to register Query as a new child; a hub does not.
	Register bool
	// Since is since when the hub cannot be asked; empty when there is a network.
	Since string
}

// Search is the page of a hub to find people by; on a station Today has the box.
type Search struct {
	Frame
	Query string
	Found *Found
}

var (
	_ = partial("found", "desk_found.html", Found{})
	_ = page("search", "desk_search.html", Search{})
)
