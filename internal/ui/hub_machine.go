package ui

// Machine is one machine below this hub, for the day when it is lost, was found again or is there twice: what of its work
// never arrived, and what to do.
type Machine struct {
	Frame
	Device Device
	// PlaceID and RoleKey make the code for a machine in its place; empty: the person may make none.
	PlaceID, RoleKey string
	// Facts are its last call, its newest record here, its newest backup.
	Facts []Fact
	// Missing is what was recorded on it and is not here; MissingNote says how far that can be known.
	Missing     []MissingPart
	MissingNote string
	Held        []HeldLog
	CanReject   bool
	CanRevoke   bool
	Error       string
	// Twice says that it exists twice or was set back.
	Twice bool
	// Asked says that it was asked for new keys and has not changed them yet, Former how many it had before.
	Asked  bool
	Former int
}

// MissingPart is a part of a machine's work that is not here.
type MissingPart struct {
	Log string
	// What says which part, After what came before it, Known how it is known.
	What, After, Known string
}

var _ = page("machine", "hub_machine.html", Machine{})
