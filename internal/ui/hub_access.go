package ui

// AccessLog is who looked at, searched for or took out what.
type AccessLog struct {
	Frame
	// The filters, sent by GET as from, user and act.
	From Field
	User Field
	Act  Select
	// Urgent are the looks at records of other places, by people of these or at records of these; they stand first.
	Urgent []AccessLine
	Rows   []AccessLine
	Pager  Pager
}

// AccessLine is one look. Href leads to the person looked at, if there is one.
type AccessLine struct {
	At, Who, Place string
	// Act is the word for what was done, What whose record it was, Reason why if it was asked.
	Act, What, Href, Reason string
	Device                  string
}

var _ = page("access", "hub_access.html", AccessLog{})
