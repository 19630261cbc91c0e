package ui

// PlaceChange is the form for one change of the map: Do is merge, split, move, rename, end or hamlets. It is posted to
// the preview, which writes nothing.
type PlaceChange struct {
	Frame
	Do, ID, Name string
	Crumbs       []Crumb
	// Title says what is done to the place, Lead what that means.
	Title, Lead string
	// Problems are the sentences of what is in the way, after a look.
	Problems []string
	// Dated shows the field From: the first day on which it holds. DateHint says what an empty one means.
	Dated    bool
	From     Field
	DateHint string
	// Naming shows NewName, NewCode and Kind, of a merger or a new name.
	Naming  bool
	NewName Field
	NewCode Field
	Kind    Select
	// Parent is where the place goes, posted as parent.
	Parent Hidden
	// With are the places that may be merged with it, ticked ones posted as with.
	With []PlaceTick
	// Parts are what a split makes, numbered from 0; More leads to one part more.
	Parts []PlacePart
	More  string
	// Given are hamlets and facilities to be dealt out among the parts.
	Hamlets    []PlaceGiven
	Facilities []PlaceGiven
	// Listed shows the list of hamlets as fields, Add those to be added, one a line.
	Listed []PlaceHamlet
	Adding bool
	Add    Field
}

// PlaceTick is a place to tick.
type PlaceTick struct {
	ID, Name, Code string
	Ticked         bool
}

// PlacePart is a place that a split makes. Number is printed, from 1; the fields are posted as code0, name0….
type PlacePart struct {
	Number               int
	CodeField, NameField string
	Code, Name           Field
}

// PlaceHamlet is a hamlet of the list, in a field of its own.
type PlaceHamlet struct {
	Number int
	Name   Field
}

// PlaceGiven is something that goes to one of the parts; Field is what it is posted as.
type PlaceGiven struct {
	Field, Name string
	Part        Select
}

var _ = page("place_change", "hub_place_change.html", PlaceChange{})
