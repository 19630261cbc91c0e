package ui

// USB is the page named "usb": exchanging with the node above, and at a hub with the machines below, by files on a stick.
type USB struct {
	Frame
	// Up is true if there is a node above, Hub at a hub, which answers machines below.
	Up, Hub bool
	// Drives are the sticks that are plugged in, and the folder that was set.
	Drives []USBDrive
	// Last says what was last written and when, Answered when the last answer that was read had been written; empty: never.
	Last, Answered string
	// Rows say what came of each file that was just read.
	Rows []USBRow
	// Answers is where the answers to what was just read can be fetched; empty: they lie on the stick, or there are none.
	Answers string
}

// USBDrive is a stick or a folder. Value names it in the form.
type USBDrive struct{ Value, Name string }

// USBRow is one file. Mark is MarkOK, MarkHalf or MarkRefused.
type USBRow struct {
	Mark       Mark
	Name, Text string
}

var _ = page("usb", "desk_usb.html", USB{})
