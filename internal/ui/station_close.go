package ui

// Close is the end of a session on one page.
type Close struct {
	Frame
	Day string
	// Closed says when it ended and who ended it; empty while it goes on.
	Closed string
	// Came, Given and NotGiven count people and doses.
	Came, Given, NotGiven int
	Lots                  []CloseLot
	Reasons               []CloseReason
	// Missed were told to come and did not; Watching are watched still; NoSecond lack a signature.
	Missed, NoSecond People
	Watching         []Watched
	// NoLot are doses without a lot.
	NoLot     []Crumb
	Conflicts int
	// MayClose shows the button; Error is why it did not work.
	MayClose bool
	Error    string
}

// CloseLot counts the doses of a lot; an empty Lot was not written down.
type CloseLot struct {
	Vaccine, Lot string
	Count        int
}

// CloseReason counts the doses that were not given.
type CloseReason struct {
	Vaccine, Reason string
	Count           int
}

// Todo reports whether anything is left to be done.
func (c Close) Todo() bool {
	return len(c.NoLot) > 0 || c.NoSecond.Total > 0 || c.Conflicts > 0 || len(c.Watching) > 0
}

var _ = page("close", "station_close.html", Close{})
