package ui

// Locked is the one page of a machine that was revoked. Nothing on it is of anybody in the register.
type Locked struct {
	Frame
	// Number and Named say which machine it is, so that whoever is called knows; Call is whom to call, "" if nobody's phone
	// is known.
	Number, Named, Call string
	// CanAsk shows the button that asks the hub again: POST to PathLocked.
	CanAsk bool
	// CanTakeOut shows the form for who holds the recovery key: POST to PathLocked/out: key, drive.
	CanTakeOut bool
	Drives     []USBDrive
}

var _ = page("locked", "desk_locked.html", Locked{})
