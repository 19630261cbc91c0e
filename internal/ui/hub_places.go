package ui

// Places is the tree of places, one level at a time.
type Places struct {
	Frame
	// Name is the place looked at, ID its id; Facts what is known of it.
	ID, Name string
	Crumbs   []Crumb
	Facts    []Fact
	// Query is a search by name or code instead of the tree.
	Query string
	Rows  []PlaceLine
	Pager Pager
	// CanAdd shows the form for a new facility below this place, posted as parent, name, code, kind.
	CanAdd      bool
	NewName     Field
	NewCode     Field
	NewKind     Select
	Opened      bool
	LevelBelow  string
	HasHamlets  bool
	HamletNames []string
}

// PlaceLine is a place below.
type PlaceLine struct {
	Name, Href string
	// Kind is the word for it (xã, phường, trạm y tế), Code with its system, Note such as "đến 30/06/2025".
	Kind, Code, Note string
	// Below is how many places it holds.
	Below int
}

var _ = page("places", "hub_places.html", Places{})
