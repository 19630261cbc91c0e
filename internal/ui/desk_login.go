package ui

// Login is the page to log in at, on a station or a hub.
type Login struct {
	Frame
	LoginName, Password Field
	// Error is the sentence above the fields: wrong password, locked, no user yet.
	Error string
	// Next is where to go afterwards.
	Next string
	// Hub changes the word under the heading.
	Hub bool
	// People are names and passwords shown on a training machine only.
	People []DemoPerson
}

// DemoPerson is an account of the training country.
type DemoPerson struct{ Name, Role, Login, Password string }

var _ = page("login", "desk_login.html", Login{})
