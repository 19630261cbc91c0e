package ui

// Contact is the log of attempts to reach one person, with the form for a further one.
type Contact struct {
	Frame
	ID, Name, Line, Phone string
	ContactForm
	By, Note Field
	Rows     []Fact // newest first
	Error    string
}

// ContactForm is what is asked about an attempt. Posted as via, came, until, moved and back; came is the button pressed.
type ContactForm struct {
	Via     Select
	Until   Field
	Results []Option
	Moved   bool
	Back    string
}

var _ = page("contact", "station_contact.html", Contact{})
