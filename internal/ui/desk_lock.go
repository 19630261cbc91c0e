package ui

// Lock is the page of a locked station: who works here, each with a button.
type Lock struct {
	Frame
	People []Colleague
	// Next is where to go afterwards.
	Next string
}

// Colleague is somebody who works at this machine. ID is posted to PathWho as user; Pin says that a PIN is enough. Key is the key
// that presses the button, "1" and so on; the first has the focus.
type Colleague struct {
	ID, Name, Role string
	Pin            bool
	Key            string
}

var _ = page("lock", "desk_lock.html", Lock{})

// Unlock asks one person for their PIN, posted to PathPin as user and pin, or, if Login is set, for their password, posted to
// PathLogin as user and password.
type Unlock struct {
	Frame
	ID, Name, Login string
	// Why says why the password is asked for.
	Why    string
	Secret Field
	Next   string
}

var _ = page("unlock", "desk_unlock.html", Unlock{})

// Code asks for the code of a second factor, posted to PathCode as code and key.
type Code struct {
	Frame
	Name string
	Key  string
	Code Field
}

var _ = page("code", "desk_code.html", Code{})

// OwnPassword is the only page for somebody whose password was set by somebody else; posted to PathOwnPassword as new and again.
type OwnPassword struct {
	Frame
	New, Again Field
}

var _ = page("own-password", "desk_own_password.html", OwnPassword{})

// Factor is one's second factor. Without Key it is there, and Left recovery codes are left; with Key it is being set up: QR is the
// picture of the key, as a data address, and code is posted to PathFactor. Codes are there once after that.
type Factor struct {
	Frame
	Required bool
	Key, QR  string
	Code     Field
	// Password is asked for as well, as password.
	Password *Field
	Left     int
	Codes    []string
}

var _ = page("second-factor", "desk_factor.html", Factor{})

// LoginRow is one of somebody's log-ins; ID is posted to PathLogins as id.
type LoginRow struct {
	ID, Client, Since, Seen string
	Here                    bool
}

// PinForm is one's PIN at this machine, posted to PathSetPin as pin and again, and password if that is asked for.
type PinForm struct {
	Has        bool
	Password   *Field
	Pin, Again Field
}
