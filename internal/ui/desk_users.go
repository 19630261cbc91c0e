package ui

// Users is the page to add accounts, to disable them and to set a new password.
type Users struct {
	Frame
	Rows  []Account
	Pager Pager
	// The fields of a new account, posted to the page as name, login, role, place, phone.
	Name, LoginName, Phone Field
	Role, Place            Select
	// Opened opens the form, because there is an error in it.
	Opened bool
	// Made is there once after an account was added or a password set: it is never shown again.
	Made *NewPassword
}

// NewPassword is a first password to be handed over.
type NewPassword struct{ Name, Login, Password string }

var _ = page("users", "desk_users.html", Users{})
