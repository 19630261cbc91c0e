package ui

// ReactionFields are what is entered about a reaction. Posted as sign (codes), dose (ids), began_on, began_at, severity,
// treatment, hospital, outcome, note and reporter.
type ReactionFields struct {
	// Severe are the signs that propose a severe reaction, Common the others.
	Severe, Common []Box
	SignsError     string
	Doses          []Box
	DosesError     string
	On, Clock      Field
	Severity       Select
	Outcome        Select
	Treatment      Field
	Hospital       Field
	Note, Reporter Field
	// More shows the part below at once: something of it is filled in or wrong.
	More bool
}

// Box is something to tick.
type Box struct {
	Value, Text string
	Ticked      bool
}

// boxes are ticked under one name.
type boxes struct {
	Name string
	List []Box
}

func newBoxes(name string, list []Box) boxes { return boxes{name, list} }

// ReactionNew is the form to take a reaction down.
type ReactionNew struct {
	Frame
	ID, Name, Line string
	ReactionFields
	// NoDose says that the record has no dose that may have caused it.
	NoDose bool
	Error  string
}

// Reaction is one reaction, with what to do about it.
type Reaction struct {
	Frame
	ID, ChildID, Name, Line string
	Mark                    Mark
	Facts                   []Fact
	Severe                  bool
	Report                  Report
	Lots                    []StoppedLot
	ReactionFields
	Seen  string
	Error string
	// MayAmend and MayVoid say what the caller may do; Void is why it was entered in error.
	MayAmend, MayVoid bool
	Void              string
	VoidWhy           Field
	// Others counts who else had the same lots that day.
	Others int
}

// Report says whether those above know of a severe reaction.
type Report struct {
	// Here says that this is the station that must report. Received is when the hub's word was heard, "" until then.
	Here     bool
	Waits    bool
	Late     bool
	Lead     string // "Còn 22 giờ trong 24 giờ"
	Until    string // "Trước 09:12 ngày 26/11"
	Received string
	Phones   []Superior
	Told     string // whom somebody told by other means, and when
	How      Field
	Clock    Field
	Online   bool // an exchange can be begun
}

// Superior is a place above and the number to call there.
type Superior struct{ Name, Phone string }

// StoppedLot is a lot that is not given here; Why is posted as why with lot and seen, to give it free again.
type StoppedLot struct {
	ID, Name, Seen string
	MayLift        bool
	Why            Field
}

// Reactions is the list of reactions.
type Reactions struct {
	Frame
	Hub     bool
	Waiting []ReactionLine // severe ones that those above do not know of
	Open    []ReactionLine // severe ones that nobody followed to the end
	Rest    []ReactionLine
	Signals []SignalLine
	Days    int // how far back Rest goes
}

// ReactionLine is one reaction in a list.
type ReactionLine struct {
	ID, Name, Line string
	Mark           Mark
	Until          string // beside the mark: until when, or how it went
	Began, Signs   string
	Doses, Place   string
	// Hours is how long the report took to come here, at a hub.
	Hours string
}

// SignalLine is a lot that several people reacted to.
type SignalLine struct {
	Vaccine, Lot           string
	Severe, Common, Places int
}

// ReactionOthers lists who else had the lots of a reaction.
type ReactionOthers struct {
	Frame
	ID, Name, What string
	Rows           []ExposedLine
	Made           string
}

// ExposedLine is one of them.
type ExposedLine struct {
	ID, Name, Line, Phone, Dose, At string
	Mark                            Mark
}

// ReactionForm is the report on paper. Fields without a value are lines for the hand.
type ReactionForm struct {
	Frame
	ID, ChildID, Name string
	Made              string
	Person, Facts     []Fact
	Signs             []Box
	Doses             []FormDose
	Outcomes          []Box
	Others            int
	Superiors         []Superior
}

// FormDose is a dose on the report.
type FormDose struct{ Vaccine, Number, Lot, Expires, On, Site, Giver, Place string }

var (
	_ = page("reactionnew", "desk_reactionnew.html", ReactionNew{})
	_ = page("reaction", "desk_reaction.html", Reaction{})
	_ = page("reactions", "desk_reactions.html", Reactions{})
	_ = page("reactionothers", "desk_reactionothers.html", ReactionOthers{})
	_ = page("reactionform", "desk_reactionform.html", ReactionForm{})
)
