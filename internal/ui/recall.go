package ui

// Recalls lists the lots that were recalled or suspended by those above.
type Recalls struct {
	Frame
	Rows     []RecallRow
	MayWrite bool
	Hub      bool
	New      RecallForm
}

// RecallRow is a recall in a list.
type RecallRow struct {
	Href, Name, Small, Where, When string
	Mark                           Mark
	Here                           Mark // what became of the lot at the own place; no kind: nothing is asked
}

// RecallForm is what was decided of a lot: vaccine, number, kind, children, reason, document, product, day, advice, place.
type RecallForm struct {
	Number, Reason, Document, Product, Day, Advice Field
	Vaccine, Kind, Children, Place                 Select
	Change                                         bool // of a recall that is there: its place, vaccine and lot stay
}

// RecallPage is one recall.
type RecallPage struct {
	Frame
	ID, Name, Number, What string
	Mark                   Mark
	Facts                  []Fact
	Twins                  []Crumb
	Hub, MayChange         bool
	Here                   *RecallHere
	Children               string // where those who had it are listed
	ChildrenN              int
	// By place, at a hub.
	Crumbs    []Crumb
	Places    []RecallPlace
	Sum       RecallPlace
	Silent    []RecallSilent
	SilentNo  int
	Open      []RecallSilent
	OpenMore  int
	After     int
	Outside   int
	CSV, XLSX string
	Seen      string
	Form      RecallForm
	FormOpen  bool
	Why       Field // of lifting
	LiftOpen  bool
}

// RecallHere is the lot at the own place. The form posts found-<row>, and note.
type RecallHere struct {
	Place string
	Mark  Mark
	Text  string
	Rows  []RecallStock
	Note  Field
	May   bool
	Done  string // what was said last
	Error string
	Stock string // the ledger of the lot
}

// RecallStock is one stock of the lot.
type RecallStock struct {
	N          string
	Name, Book string
	Field      Field
}

// RecallPlace is the lot at a place and all in it.
type RecallPlace struct {
	Name, Href, Kids           string
	Left, Apart, Returned      int
	Given, Children            int
	Stations, Confirmed, Quiet int
	Heard                      string
}

// RecallSilent is a station of which something is not known.
type RecallSilent struct {
	Name, In, Heard, Text string
}

// RecallChildren lists who had the lot.
type RecallChildren struct {
	Frame
	ID, Name, What, Made string
	Back                 string
	Hub                  bool
	Groups               []RecallGroup
	N, More              int
	PDF                  string
	Letters              string // invitations, where they may be printed
	Advice               string
}

// RecallGroup are those who live at one place.
type RecallGroup struct {
	Name string
	Rows []RecallPerson
}

// RecallPerson is somebody who had the lot.
type RecallPerson struct {
	ID, Name, Line, Phone, Mother string
	Doses, At                     string
	Mark                          Mark
	Tried                         string
	Contact                       string
	Unknown                       bool
}

var (
	_ = page("recalls", "recalls.html", Recalls{})
	_ = page("recall", "recall.html", RecallPage{})
	_ = page("recallchildren", "recall_children.html", RecallChildren{})
)
