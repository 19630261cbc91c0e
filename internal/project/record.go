package project

import (
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// RecordRow says by what an entity of a vaccination day is found: a visit, a session, a lot… What it says is read from
// its state. All kinds that need no more than that share these rows.
type RecordRow struct {
	ID      p.EntityID
	Kind    p.Kind
	Subject p.EntityID   // as recorded
	Place   p.EntityID   // as recorded
	Under   p.EntityID   // what it belongs to: of a visit the session
	Day     registry.Day // 0 where its kind has none
	Void    bool
}

// RecordRowOf projects such an entity.
func RecordRowOf(s *p.State) (RecordRow, bool) {
	by, ok := registry.ListingOf(s)
	if !ok || !Born(s) {
		return RecordRow{}, false
	}
	_, void := registry.Voided(s)
	return RecordRow{ID: s.ID, Kind: s.Kind, Subject: by.Subject, Place: by.Place, Under: by.Under, Day: by.Day, Void: void}, true
}
