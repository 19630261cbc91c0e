package registry

import (
	"slices"
	"strings"

	p "tramy/syncproto"
)

// LotInput is a lot of a vaccine at a place.
type LotInput struct {
	Place   p.EntityID
	Vaccine string // code
	Number  string
	Expires Day // 0: nobody wrote it
	// Programme is whose stock it is: what was bought to be sold and what the programme sent are kept apart. 0: nobody said,
	// which is the vaccine's own.
	Programme Programme
}

// Lot is a lot as it stands at one place.
type Lot struct {
	ID p.EntityID
	LotInput
	Chosen    int64  // ms since 1970 by hub time: put in hand then
	Suspended string // reason; "" if it may be used
	Reaction  p.EntityID
	Void      string
}

// LotOf reads a lot from its state.
func LotOf(s *p.State) Lot {
	g := getter(s.Get)
	void, _ := Voided(s)
	return Lot{
		ID: s.ID, LotInput: LotInput{Place: g.ref(p.FieldPlace), Vaccine: g.text(LotVaccine), Number: g.text(LotNumber), Expires: g.day(LotExpires), Programme: enumOf[Programme](g, LotProgramme)},
		Chosen: g.int(LotChosen), Suspended: suspendedFor(s), Reaction: g.ref(LotReaction), Void: void,
	}
}

// suspendedFor is why a lot is not given, "" if it may be. Somebody may lift that while another suspends it anew: as long as one
// of the values is a reason it is not given.
func suspendedFor(s *p.State) string {
	for _, v := range slices.Backward(s.Values(LotSuspended)) {
		if text, ok := v.Data.Text(); ok && text != "" {
			return text
		}
	}
	return ""
}

// CleanLot brings a lot's number into the form that is kept: as on a dose, so that the two can be compared.
func CleanLot(number string) string { return strings.ToUpper(cleanLine(number)) }

// SameLot reports whether two numbers, as typed from a vial, name one lot.
func SameLot(a, b string) bool { return FoldLot(a) == FoldLot(b) }

// FoldLot brings the number on a vial into a form in which the same lot reads the same, however it was typed.
func FoldLot(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' || r == '/' {
			return -1
		}
		return r
	}, strings.ToUpper(cleanLine(s)))
}

// NewLot makes the draft of a lot that is put in hand at a moment (ms since 1970 by hub time), or the Errors in the way.
func NewLot(in LotInput, chosen int64, k Known) (Draft, error) {
	in.Vaccine, in.Number = strings.ToUpper(cleanLine(in.Vaccine)), CleanLot(in.Number)
	var c check
	c.failIf(in.Place.IsZero(), "place", CodePlaceRequired)
	c.failIf(in.Vaccine == "", "vaccine", CodeRequired)
	c.failIf(in.Vaccine != "" && k.Vaccine != nil && !k.Vaccine(in.Vaccine), "vaccine", CodeVaccineUnknown, "text", in.Vaccine)
	c.failIf(in.Number == "", "number", CodeRequired)
	c.expires(in.Expires, k.Today)
	c.choice("programme", ProgrammeEnum, int64(in.Programme))
	fields := []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{LotVaccine, textData(in.Vaccine)},
		{LotNumber, textData(in.Number)},
		{LotExpires, intData(in.Expires)},
		{LotChosen, intData(chosen)},
		{LotProgramme, intData(in.Programme)},
	}
	c.texts(KindLot, fields)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindLot, fields), nil
}

// expires refuses a lot that may not be given any more, and a date that no vial bears.
func (c *check) expires(on, today Day) {
	hi := today.AddMonths(240)
	c.failIf(on != 0 && on < today, "expires", CodeLotPast, "expires", on)
	c.failIf(on > hi, "expires", CodeExpiresRange, "min", today, "max", hi)
}

// ChooseLot puts a lot that is known here in hand; expires, if one was typed, is what stands on the vial. Whoever chooses later is
// followed, so what the page had shown of it is not asked for.
func ChooseLot(old *p.State, expires Day, chosen int64, today Day) (Draft, error) {
	l := LotOf(old)
	if expires == 0 {
		expires = l.Expires
	}
	var c check
	c.failIf(l.Suspended != "", "number", CodeLotSuspended, "why", l.Suspended)
	c.expires(expires, today)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	patch := Patch{LotChosen: intData(chosen)}
	if expires != l.Expires {
		patch[LotExpires] = intData(expires)
	}
	return edit(old, patch, SawOf(old))
}
