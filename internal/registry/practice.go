package registry

import (
	"slices"

	p "tramy/syncproto"
)

// A practice is how a station works, which all its laptops and phones share. There is one for a station; two that were made apart
// count as one.

// PracticeSecond is the field of a practice (260) that says whether screenings are signed by two. Its place (3) is the station.
const PracticeSecond p.Field = 10 // bool

// PracticeOpenMonth names the vaccines whose opened vials a station keeps for 28 days: codes of those of OpenMonthVaccines that its head
// knows to be prequalified by WHO and allowed to be kept so.
const PracticeOpenMonth p.Field = 11 // list of text

var practiceFields = []FieldInfo{
	{KindPractice, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindPractice, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindPractice, PracticeSecond, "second_signature", Soft, TypeBool, nil},
	{KindPractice, PracticeOpenMonth, "open_vials_28_days", Soft, TypeTexts, nil},
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

// KeptOpen are the vaccines whose opened vials a practice keeps for 28 days. Where one head said so while another said otherwise, it is
// not: a vial thrown away too early harms nobody.
func KeptOpen(s *p.State) []string {
	values := s.Values(PracticeOpenMonth)
	var out []string
	for i := range values {
		list, _ := values[i].Data.List()
		var said []string
		for _, d := range list {
			if code, ok := d.Text(); ok && slices.Contains(openMonth, code) && (i == 0 || slices.Contains(out, code)) {
				said = append(said, code)
			}
		}
		out = said
	}
	return out
}

// SetKeptOpen makes the draft after which a practice keeps opened vials of these vaccines, or the Errors in the way.
func SetKeptOpen(old *p.State, vaccines []string) (Draft, error) {
	var c check
	for _, code := range vaccines {
		c.failIf(!slices.Contains(openMonth, code), "open_vials_28_days", CodeVaccineUnknown, "text", code)
	}
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, Patch{PracticeOpenMonth: textsData(vaccines)}, SawOf(old))
}

// NewPracticeKeptOpen makes the draft of a station's practice that begins with the same.
func NewPracticeKeptOpen(place p.EntityID, second bool, vaccines []string) (Draft, error) {
	var c check
	c.failIf(place.IsZero(), "place", CodePlaceRequired)
	for _, code := range vaccines {
		c.failIf(!slices.Contains(openMonth, code), "open_vials_28_days", CodeVaccineUnknown, "text", code)
	}
	return creation(KindPractice, []fieldData{{p.FieldPlace, refData(place)}, {PracticeSecond, p.Bool(second)}, {PracticeOpenMonth, textsData(vaccines)}}), c.err(nil)
}
