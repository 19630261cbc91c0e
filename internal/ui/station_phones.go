package ui

// Phones is where the head lets phones and tablets in the room use the laptop's pages. Posted to PathPhones.
type Phones struct {
	Frame
	// Off: the program was not started for phones. NoNetwork: it was, and the laptop is in no local network.
	Off, NoNetwork bool
	// Address is where a phone opens the pages; Trust the address that says how to trust the station, and TrustQR the same as an image.
	Address, Trust, TrustQR string
	Fingerprint             string
	// Invite is there once a code was made.
	Invite *PhoneInvite
	List   []PhoneRow
	Full   bool // no more can be let in
}

// PhoneInvite lets one device in: QR holds Address with the code.
type PhoneInvite struct{ QR, Address, Until string }

// PhoneRow is a device that was let in.
type PhoneRow struct {
	ID, Name, By, In, Seen string
	Ended                  bool // its time is up
}

// PhoneTrust tells somebody with a phone how to trust the station.
type PhoneTrust struct {
	Frame
	Fingerprint string
}

// PhoneIn lets a phone in: Code came with the address, Name is posted as name.
type PhoneIn struct {
	Frame
	Code string
	Name Field
}

var (
	_ = page("phones", "station_phones.html", Phones{})
	_ = page("phonetrust", "phone_trust.html", PhoneTrust{})
	_ = page("phonein", "phone_in.html", PhoneIn{})
)
