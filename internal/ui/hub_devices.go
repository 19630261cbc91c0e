package ui

// Devices is the list of machines that may exchange with this hub.
type Devices struct {
	Frame
	Rows  []Device
	Pager Pager
	// Held are logs of these machines that are not let in whole.
	Held []HeldLog
	// CanReject shows the form to keep one out for good.
	CanReject bool
	// CanRevoke shows the button to revoke.
	CanRevoke bool
	// Reason is the error of an attempt to revoke without one.
	Error string
}

// HeldLog is what a machine wrote and this hub did not let in. Mark is MarkHeld, or MarkRefused once somebody
// decided to keep it out.
type HeldLog struct {
	Mark Mark
	Log  string
	// Title says which machine and how much, Why why.
	Title, Why string
	Acts       []Held
	// More is how many changes are not shown.
	More int
	// Decided says who keeps it out, when and why; empty: to be decided.
	Decided string
}

// Device is a machine. Mark is MarkInForce or MarkRevoked; Reason is why it was revoked.
type Device struct {
	ID     string
	Mark   Mark
	Number string
	Name   string
	// Place is where it stands, Role what it is for.
	Place, Role string
	// Enrolled says when and by whom, Heard when it was last heard from.
	Enrolled, Heard string
	// Fingerprint is that of its key, as both sides can read it over the phone.
	Fingerprint string
	Reason      string
	Revoked     bool
	// Self marks the machine this page comes from.
	Self bool
}

var _ = page("devices", "hub_devices.html", Devices{})
