package ui

// NewHere is who came to a station's people from elsewhere and is not known there yet: births that a delivery room handed over, movers
// in, records that followed somebody. The form posts who (ids), or all=1.
type NewHere struct {
	Frame
	Rows []NewPerson
	// MayNote shows the buttons that say that somebody is known.
	MayNote bool
}

// NewPerson is somebody new, with since when and what is due to them next.
type NewPerson struct {
	Person
	How string
}

var _ = page("new", "station_new.html", NewHere{})
