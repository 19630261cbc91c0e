package ui

// Elsewhere is the page to ask the hubs above for a child this station does not hold.
type Elsewhere struct {
	Frame
	// Code takes a code or a personal number; the others are for who has neither at hand.
	Code, Name, Born, Mother, Phone Field
	// Asked is true once somebody asked; Rows are who may be the one. Partial says that not every hub above
	// could be asked.
	Asked, Partial bool
	// Busy is in how many seconds a hub above answers again that was asked too often, 0 if none was.
	Busy int
	// More is true if others fit as well.
	More bool
	Rows []Hint
}

// Hint is a child elsewhere, with no more than tells namesakes apart.
type Hint struct {
	Nonce, Ticket                    string
	Name, Born, Mother, Phone, Place string
	Sex                              Sex
}

var _ = page("elsewhere", "station_elsewhere.html", Elsewhere{})
