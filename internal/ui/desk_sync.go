package ui

// Exchange is the page named "sync": how far everything recorded here has travelled, and the exchanges
// with the hub above. (SyncBadge is the small sign in the bar.)
type Exchange struct {
	Frame
	State SyncState
	// LastHeard is when the hub last answered, LastAgo how long ago; empty: never.
	LastHeard, LastAgo string
	// Since is since when there is no network, NextTry when the next attempt is.
	Since, NextTry string
	// Up is the hub's name, Root the centre's; Hub is true if this machine is itself a hub.
	Up, Root string
	Hub      bool
	Waiting  Stage // only here
	Sent     Stage // the hub has it
	Central  Stage // the centre has it
	// Room says what the other laptops of the station have, one sentence each; nil where that is off.
	Room []Note
	// Equal is the last comparison with the hub above; nil: not compared yet.
	Equal *Equal
	// EqualRoot is up to when this machine held what the centre holds, by the centre's signed word; empty: no
	// word of the centre has equalled it yet.
	EqualRoot string
	// MendedLine says, for some days, that this machine and the hub above held something otherwise and put it right;
	// Mended lists each time, newest first.
	MendedLine string
	Mended     []Mended
	// Pending are the acts waiting to go, oldest first; may be cut short.
	Pending []PendingAct
	// Refused is how many acts wait above to be let in, Rejected how many stay out for good; review lists both.
	Refused, Rejected int
	Exchanges         []Exchanged
	// Rescued is what machines wrote again because nobody above knew it any more, newest first. Nobody has to decide about it.
	Rescued []Rescued
	// USB is true where a stick can be used instead of a network.
	USB bool
}

// Rescued is an entity of which some values were written again.
type Rescued struct {
	// ID and Name are of the person; empty if it is about nobody's record.
	ID, Name string
	Fields   string
	// Who first wrote it and when; Place is where it was written again, Again when.
	Who, First, Place, Again string
}

// Stage is one of the three steps of the way: a count and up to two small lines below it.
type Stage struct {
	Count       int
	Line, Line2 string
}

// Equal is a comparison of fingerprints with the hub above.
type Equal struct {
	Same bool
	At   string
	// People and Doses are how many were compared.
	People, Doses int
	Fingerprint   string
	// Since is how many acts were recorded after it.
	Since int
}

// Mended is one time that a machine and the hub above it held records otherwise, and put them right.
type Mended struct {
	At string
	// Machine is the number of the lower of the two, Where its place; a page about one machine shows neither.
	Machine, Where string
	// Area is what was compared: a commune, or what goes to everybody.
	Area    string
	Records int
}

// PendingAct is something recorded and not sent yet.
type PendingAct struct{ At, What, Who string }

// Exchanged is one exchange. Mark is MarkOK, MarkHalf, MarkNoLink or MarkBusy.
type Exchanged struct {
	Mark           Mark
	At, Way        string
	Sent, Received int
	// KB is how much went over the line.
	KB   int
	Note string
}

var _ = page("sync", "desk_sync.html", Exchange{})
