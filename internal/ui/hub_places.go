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
	// On is the field for a map of another day; Day is that day, "" for today's map.
	On  Field
	Day string
	// History are the periods of this place, Before and After what it was made of and what became of it.
	History, Before, After []PlacePeriod
	// Acts lead to what can be done to it.
	Acts []Action
}

// PlacePeriod is what a place was for a time. Href leads to the map of then.
type PlacePeriod struct{ When, Name, Code, In, Href string }

// PlaceLine is a place below.
type PlaceLine struct {
	Name, Href string
	// Kind is the word for it (xã, phường, trạm y tế), Code with its system, Note such as "đến 30/06/2025".
	Kind, Code, Note string
	// Below is how many places it holds.
	Below int
}

var _ = page("places", "hub_places.html", Places{})
