package ui

// Consent is what was said about the uses of one person's data, and the form to ask anew. Each purpose is posted as
// purpose.KEY.
type Consent struct {
	Frame
	ID, Name, Line string
	Purposes       []ConsentLine
	Said           []ConsentSaid
	// Old is what stood in the free text of older versions.
	Old string
	// AskChild shows the box for the child's own answer, posted as child; Child says that it is ticked.
	AskChild, Child bool
	ChildError      string
	// By, Relation, Channel, On and Note are who answered and how, posted under these names.
	By, On, Note      Field
	Relation, Channel Select
	Error             string
	// CanAsk says that the caller may take answers down, Restricted that the family asked for no use at all.
	CanAsk, Restricted bool
}

// ConsentLine is one purpose: how it stands, and what is asked.
type ConsentLine struct {
	Key, Name, Text string
	ByLaw           bool
	Now             Mark
	By              string // who said so, and when
	Ask             Select
}

// ConsentSaid is one statement.
type ConsentSaid struct{ On, What, Who, Taken, Note string }

// ConsentForm is the form on paper: nothing on it is ticked.
type ConsentForm struct {
	Frame
	ID, Name, Born, Place, Version string
	Purposes                       []ConsentLine
}

var (
	_ = page("consent", "desk_consent.html", Consent{})
	_ = page("consentform", "desk_consentform.html", ConsentForm{})
)
