package ui

// Message is a page that says one thing: what is, then what to do. Errors without a page of their own are
// drawn with it.
type Message struct {
	Frame
	Tone Tone
	// Heading is what is; Text and Do are what it means and what to do, each may be empty.
	Heading, Text, Do string
	Actions           []Action
	// Code is the stable code of an error, for whoever is called for help.
	Code string
}

var _ = page("message", "desk_message.html", Message{})
