package registry

import p "tramy/syncproto"

// A practice is how a station works, which all its laptops and phones share. There is one for a station; two that were made apart
// count as one.

// PracticeSecond is the field of a practice (260) that says whether screenings are signed by two. Its place (3) is the station.
const PracticeSecond p.Field = 10 // bool

var practiceFields = []FieldInfo{
	{KindPractice, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindPractice, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindPractice, PracticeSecond, "second_signature", Soft, TypeBool, nil},
}

// WantsSecond reports whether a practice asks for a second signature. Where one head switched it on while another switched it off, it
// is on: a signature too many harms nobody.
func WantsSecond(s *p.State) bool {
	for _, v := range s.Values(PracticeSecond) {
		if v.Data.Bool() {
			return true
		}
	}
	return false
}

// NewPractice makes the draft of a station's practice.
func NewPractice(place p.EntityID, second bool) (Draft, error) {
	var c check
	c.failIf(place.IsZero(), "place", CodePlaceRequired)
	return creation(KindPractice, []fieldData{{p.FieldPlace, refData(place)}, {PracticeSecond, p.Bool(second)}}), c.err(nil)
}

// SetSecond makes the draft after which a practice says so.
func SetSecond(old *p.State, second bool) (Draft, error) {
	return edit(old, Patch{PracticeSecond: p.Bool(second)}, SawOf(old))
}
