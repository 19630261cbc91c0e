package ui

// Settings is one's own password, the look of the pages, and what this machine is.
type Settings struct {
	Frame
	// Old, New and Again are posted to PathPassword as old, new, again.
	Old, New, Again Field
	// About are facts of the machine: number, version, schedule, disk space, last backup.
	About []Fact
	// Users are the accounts that work here; CanUsers links to the page to change them.
	Users    []Account
	CanUsers bool
	// CanImport and CanExport lead to the pages of a station where the register comes in from a file and goes out.
	CanImport, CanExport bool
	// Requests shows the way to the requests about data, of which RequestsOpen wait.
	Requests     bool
	RequestsOpen int
	// Pin is one's PIN here; nil where none is used. Logins are one's log-ins at this machine. CanFactor leads to one's second factor.
	Pin       *PinForm
	Logins    []LoginRow
	CanFactor bool
	// CanPhones leads to the page where phones are let in.
	CanPhones bool
	// Second is the switch for a second signature under each screening; nil for who may not turn it.
	Second *Switch
	// Vials are the vaccines whose opened vials may be kept for 28 days, ticked where they are; none for who may not say so.
	Vials []Box
	// Room is the switch for the other laptops of the station; nil for who may not turn it.
	Room *RoomSwitch
	// CanKeys shows the button that gives this machine new keys: POST to PathKeys.
	CanKeys bool
	// Disk is DiskWindows or DiskLinux where the disk is not encrypted, to say how to switch it on; else empty.
	Disk string
}

// Systems for which the settings page says how a disk is encrypted.
const (
	DiskWindows = "windows"
	DiskLinux   = "linux"
)

// Switch is something that is on or off.
type Switch struct {
	On    bool
	Alone bool // it was said at this machine only, before there was one answer for the station
}

// RoomSwitch lets the laptops of one station copy to each other. Port is where others reach this one, 0 while they
// cannot; Addresses is posted to PathRoom as addresses.
type RoomSwitch struct {
	On        bool
	Port      int
	Addresses Field
}

// Account is somebody who can log in. Mark is MarkInForce or MarkDisabled.
type Account struct {
	ID                       string
	Mark                     Mark
	Name, Login, Role, Place string
	Phone, LastSeen          string
	// Logins is how many log-ins it has here, Factor whether it has a second factor.
	Logins int
	Factor bool
	// Self marks the account that is looking: it cannot lock itself out.
	Self bool
}

var _ = page("settings", "desk_settings.html", Settings{})
