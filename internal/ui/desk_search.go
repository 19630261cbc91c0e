package ui

// Found is what a search found: a partial named "found" which htmx swaps in below the box while a person
// types, and which the pages Today and Search include when there are no scripts.
type Found struct {
	// Query is what was searched for, as it stands in the box; an empty one draws nothing but Wrong.
	Query string
	// Said is how it is told: Query, or whose identity card was scanned.
	Said string
	Rows []Person
	// Only says that the first row is meant and nobody else: Enter opens it.
	Only bool
	// Near says that nobody fits and these are spelt alike.
	Near bool
	// Wrong says why a photograph could not be read, and what to do.
	Wrong string
	// Hidden are people found by a whole number whose records belong to another place.
	Hidden []HiddenRow
	// Total is how many rows there are; More says that others fit who are not listed.
	Total int
	More  bool
	// Held is how many people this machine knows.
	Held int
	// Register offers to register Query as a new child; a hub does not.
	Register bool
	// Offers are the ways to register whose identity card was scanned, in place of the one for Query: values of "as".
	Offers []Option
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
