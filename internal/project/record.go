package project

import (
	"encoding/binary"
	"hash/fnv"

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
	Group   string       // parts a long list: of an enrolment the class
	Mark    int32        // how it stands: of an enrolment why there was no dose
	Void    bool
	Sum     uint32 // of the values that stand: another state has another, as far as 32 bits go
}

// RecordRowOf projects such an entity.
func RecordRowOf(s *p.State) (RecordRow, bool) {
	by, ok := registry.ListingOf(s)
	if !ok || !Born(s) {
		return RecordRow{}, false
	}
	_, void := registry.Voided(s)
	return RecordRow{ID: s.ID, Kind: s.Kind, Subject: by.Subject, Place: by.Place, Under: by.Under, Day: by.Day, Group: by.Group, Mark: int32(by.Mark), Void: void, Sum: sumOf(s)}, true
}

// RecordConflicts are the fields of such an entity of a person's with several values that a person should settle. They belong to no case: who may
// settle them hangs on the entity's own place.
func RecordConflicts(s *p.State) []ConflictRow {
	if _, void := registry.Voided(s); void || !Born(s) {
		return nil
	}
	return appendConflicts(nil, s, p.EntityID{})
}

// sumOf tells one state of an entity from another by the dots of its values: each names one value for good.
func sumOf(s *p.State) uint32 {
	h := fnv.New32a()
	var n [8]byte
	for i := range s.Fields {
		binary.BigEndian.PutUint16(n[:], uint16(s.Fields[i].Field))
		_, _ = h.Write(n[:2]) // a hash never fails
		for _, v := range s.Fields[i].Values {
			_, _ = h.Write(v.Dot.Log[:])
			binary.BigEndian.PutUint64(n[:], uint64(v.Dot.Seq))
			_, _ = h.Write(n[:])
		}
	}
	return h.Sum32()
}
