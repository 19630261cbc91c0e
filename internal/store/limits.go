package store

// Limits of what an engine keeps for people to look back on.
const (
	// ExchangesKept is how many exchanges are kept; the oldest go.
	ExchangesKept = 200
	// AlarmsKept is how many alarms of one sort about one machine are kept; the oldest go. One machine that raises alarms without
	// end fills no disk, and takes no other's place.
	AlarmsKept = 200
)
