package registry

import (
	"strings"

	p "tramy/syncproto"
)

// Limits of what is believed about a dose.
const (
	TemperatureMin = 300 // tenths of a degree Celsius
	TemperatureMax = 450
	VolumeMin      = 10 // microlitres
	VolumeMax      = 10_000
	OrderMax       = 30
)

// Known is what the check of a dose has to know about everything else.
type Known struct {
	Today     Day
	BirthDate Day // of the subject
	BirthPrec Precision
	Vaccine   func(code string) bool // whether there is such a vaccine; nil: none is asked about
	Place     func(p.EntityID) bool  // whether doses of a place may be recorded here; nil: for all
}

// NewImmunization makes the draft that records a dose, or one not given, or the Errors in the way.
func NewImmunization(in ImmunizationInput, k Known) (Draft, error) {
	in.clean()
	if in.Lot != "" {
		in.LotLost = 0
	}
	var c check
	in.check(&c, k)
	// Only today's own doses need the conclusion: who writes up an old one has it on paper, or not at all.
	c.failIf(in.Given() && in.FirstHand() && in.GivenOn == k.Today && in.Screening == 0, "screening", CodeScreening)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return creation(KindImmunization, in.fields()), nil
}

// AmendImmunization corrects a dose, its subject included. It also writes "not void", replacing the voids
// the form had shown: whoever corrects a record says that it stands, and a void written elsewhere at the
// same time then goes to review instead of taking the dose away. The error is Errors or a *StaleError. A
// patch that changes nothing gives an empty draft.
func AmendImmunization(old *p.State, patch Patch, saw Saw, k Known) (Draft, error) {
	patch, err := cleanPatch(old.Kind, patch)
	if err != nil {
		return Draft{}, err
	}
	delete(patch, p.FieldVoid)
	in := immunizationFrom(over(old, patch))
	in.clean()
	if in.Lot != "" && in.LotLost != 0 { // it was found after all
		patch[DoseLotLost], in.LotLost = p.Null(), 0
	}
	names := patched(KindImmunization, patch, in.fields())
	var c check
	in.check(&c, k)
	if err := c.err(names); err != nil {
		return Draft{}, err
	}
	draft, err := edit(old, patch, saw)
	if err != nil || draft.Empty() {
		return draft, err
	}
	stands, err := standing(old, saw)
	if err != nil {
		return Draft{}, err
	}
	at := 0
	for at < len(draft.Writes) && draft.Writes[at].Field < p.FieldVoid {
		at++
	}
	draft.Writes = append(draft.Writes[:at:at], append([]p.Write{stands}, draft.Writes[at:]...)...)
	return draft, nil
}

// standing writes "not void" over the voids that a form had shown; one it had not is a *StaleError.
func standing(old *p.State, saw Saw) (p.Write, error) {
	var shown []p.Value
	values := old.Values(p.FieldVoid)
	for _, v := range values {
		switch {
		case sawDot(saw, p.FieldVoid, v.Dot):
			shown = append(shown, v)
		case !v.Data.IsNull():
			return p.Write{}, &StaleError{Kind: old.Kind, Field: p.FieldVoid, Values: values}
		}
	}
	return writeOver(p.FieldVoid, p.Null(), shown), nil
}

// Stands makes the draft that says of a record that it is right as it is: if it is made void elsewhere at the same time, that goes to
// review. A void the form had not shown is a *StaleError.
func Stands(old *p.State, saw Saw) (Draft, error) {
	write, err := standing(old, saw)
	if err != nil {
		return Draft{}, err
	}
	return Draft{Kind: old.Kind, Entity: old.ID, Writes: []p.Write{write}}, nil
}

func sawDot(saw Saw, f p.Field, d p.Dot) bool {
	for _, s := range saw[f] {
		if s == d {
			return true
		}
	}
	return false
}

// Patch returns what has to be written so that old says what in says; see SubjectInput.Patch.
func (in ImmunizationInput) Patch(old *p.State) Patch {
	in.clean()
	return difference(old, in.fields())
}

func (in *ImmunizationInput) clean() {
	in.Vaccine = strings.ToUpper(cleanLine(in.Vaccine))
	in.Lot = strings.ToUpper(cleanLine(in.Lot))
	in.Note, in.Against, in.Receipt = cleanText(in.Note), cleanText(in.Against), cleanLine(in.Receipt)
	in.Code = cleanCode(in.Code)
	in.HasOrder = in.HasOrder || in.Order != 0
}

func (in *ImmunizationInput) check(c *check, k Known) {
	c.texts(KindImmunization, in.fields())
	c.failIf(in.Subject.IsZero() && in.Code == "", "subject", CodeSubjectRequired)
	c.failIf(in.Code != "" && !in.Code.Valid(), "code", CodeCodeCheck)
	// Where a dose on a card was given is often not known; a dose given here was given somewhere.
	c.failIf(in.Place.IsZero() && in.FirstHand(), "place", CodePlaceRequired)
	c.failIf(!in.Place.IsZero() && k.Place != nil && !k.Place(in.Place), "place", CodePlaceBeyond)
	c.failIf(in.Vaccine == "", "vaccine", CodeRequired)
	c.failIf(in.Vaccine != "" && k.Vaccine != nil && !k.Vaccine(in.Vaccine), "vaccine", CodeVaccineUnknown, "text", in.Vaccine)
	c.failIf(in.Source == 0, "source", CodeRequired)
	in.checkDates(c, k)
	c.choice("site", SiteEnum, int64(in.Site))
	c.choice("route", RouteEnum, int64(in.Route))
	c.choice("programme", ProgrammeEnum, int64(in.Programme))
	c.choice("source", SourceEnum, int64(in.Source))
	c.choice("not_done", NotDoneEnum, int64(in.NotDone))
	c.choice("screening", ScreeningEnum, int64(in.Screening))
	c.choice("checked", CheckedEnum, int64(in.Checked))
	c.choice("lot_lost", LotLostEnum, int64(in.LotLost))
	c.failIf(in.Order < 0 || in.Order > OrderMax, "dose_order", CodeOrder, "max", OrderMax)
	c.volume(in.Volume)
	if t := in.Temperature; t != 0 && (t < TemperatureMin || t > TemperatureMax) {
		c.fail("temperature", CodeTemperature, guess(t, TemperatureMin, TemperatureMax, 340, 420)...)
	}
	advised := in.Screening == 0 || in.Screening == ScreeningEligible || in.Screening == ScreeningOnPaper
	c.failIf(in.Given() && !advised && in.Against == "", "against", CodeAgainst)
}

func (in *ImmunizationInput) checkDates(c *check, k Known) {
	if in.GivenOn == 0 {
		c.fail("given_on", CodeRequired)
		return
	}
	c.failIf(in.GivenOn > k.Today, "given_on", CodeDoseFuture, "today", k.Today)
	c.failIf(in.GivenOn < birthMin, "given_on", CodeDoseTooOld, "min", birthMin)
	if k.BirthPrec != 0 {
		first, _ := birthRange(k.BirthDate, k.BirthPrec)
		c.failIf(in.GivenOn < first, "given_on", CodeDoseBeforeBirth, "birth", first)
	}
	lo, hi := in.GivenOn.AddMonths(-240), in.GivenOn.AddMonths(240)
	c.failIf(in.Expires != 0 && (in.Expires < lo || in.Expires > hi), "expires", CodeExpiresRange, "min", lo, "max", hi)
}

// Warnings returns what looks odd about a dose and may still be right, or has happened anyway.
func (in ImmunizationInput) Warnings() []FieldError {
	in.clean()
	var c check
	if in.Given() {
		c.failIf(in.FirstHand() && in.Lot == "" && in.LotLost == 0, "lot", WarnLotMissing)
		c.failIf(in.Expires != 0 && in.Expires < in.GivenOn, "expires", WarnLotExpired, "expires", in.Expires)
	}
	c.failIf(in.Temperature >= FeverOlder && in.Temperature <= TemperatureMax, "temperature", WarnFever, "got", in.Temperature)
	return c.errs
}
