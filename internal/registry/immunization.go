package registry

import p "tramy/syncproto"

// Immunization is a dose that was given, or one that was refused or postponed.
type Immunization struct {
	ID p.EntityID
	ImmunizationInput
	Void string // why it was entered in error; "" if it was not
}

// ImmunizationInput is what people enter about a dose. Zero values mean "not stated".
type ImmunizationInput struct {
	Subject     p.EntityID
	Code        PersonCode // instead of Subject, for somebody not known here
	Place       p.EntityID // facility where it was given
	Vaccine     string     // code
	GivenOn     Day
	GivenClock  Clock
	Order       int  // dose number as typed; 0 is a real number if HasOrder (supplementary "mũi 0")
	HasOrder    bool // implied by an Order that is not 0
	Lot         string
	Expires     Day
	Site        Site
	Route       Route
	Programme   Programme
	Source      Source
	GivenBy     p.EntityID // where it is not the person who records it
	Volume      int        // microlitres
	NotDone     NotDone    // why nothing was given
	Screening   Screening
	Temperature int // tenths of a degree Celsius
	Note        string
	Against     string     // reason for giving against advice
	Checked     Checked    // what answered the question before it
	MovedFrom   p.EntityID // on whom it was written first, by mistake
	Campaign    p.EntityID // the campaign it was given in
	LotLost     LotLost    // why the lot will never be known
	Receipt     string     // number of the receipt, of a dose that was paid for
}

// ImmunizationOf reads a dose from its state.
func ImmunizationOf(s *p.State) Immunization {
	void, _ := Voided(s)
	return Immunization{ID: s.ID, ImmunizationInput: immunizationFrom(s.Get), Void: void}
}

func immunizationFrom(g getter) ImmunizationInput {
	in := ImmunizationInput{
		Subject:     g.ref(p.FieldSubject),
		Code:        PersonCode(g.text(DoseCode)),
		Place:       g.ref(p.FieldPlace),
		Vaccine:     g.text(DoseVaccine),
		GivenOn:     g.day(DoseGivenOn),
		GivenClock:  g.clock(DoseGivenMinute),
		Order:       g.small(DoseOrder),
		Lot:         g.text(DoseLot),
		Expires:     g.day(DoseExpires),
		Site:        enumOf[Site](g, DoseSite),
		Route:       enumOf[Route](g, DoseRoute),
		Programme:   enumOf[Programme](g, DoseProgramme),
		Source:      enumOf[Source](g, DoseSource),
		GivenBy:     g.ref(DoseGivenBy),
		Volume:      g.small(DoseVolume),
		NotDone:     enumOf[NotDone](g, DoseNotDone),
		Screening:   enumOf[Screening](g, DoseScreening),
		Temperature: g.small(DoseTemperature),
		Note:        g.text(DoseNote),
		Against:     g.text(DoseAgainst),
		Checked:     enumOf[Checked](g, DoseChecked),
		MovedFrom:   g.ref(DoseMovedFrom),
		Campaign:    g.ref(DoseCampaign),
		Receipt:     g.text(DoseReceipt),
		LotLost:     enumOf[LotLost](g, DoseLotLost),
	}
	_, in.HasOrder = g(DoseOrder).Int()
	return in
}

// Given reports whether a dose was given, and not refused or postponed.
func (in *ImmunizationInput) Given() bool { return in.NotDone == 0 }

// FirstHand reports whether whoever records the dose also gave it.
func (in *ImmunizationInput) FirstHand() bool { return in.Source == SourceHere }

// Counts reports whether the record stands for a dose in somebody: given, and not void.
func (im *Immunization) Counts() bool { return im.Given() && im.Void == "" }

// fields lists every field of a dose that people enter, in order of number.
func (in *ImmunizationInput) fields() []fieldData {
	order := p.Null()
	if in.HasOrder || in.Order != 0 {
		order = p.Int(int64(in.Order))
	}
	return []fieldData{
		{p.FieldSubject, refData(in.Subject)},
		{p.FieldPlace, refData(in.Place)},
		{DoseVaccine, textData(in.Vaccine)},
		{DoseGivenOn, intData(in.GivenOn)},
		{DoseGivenMinute, clockData(in.GivenClock)},
		{DoseOrder, order},
		{DoseLot, textData(in.Lot)},
		{DoseExpires, intData(in.Expires)},
		{DoseSite, intData(in.Site)},
		{DoseRoute, intData(in.Route)},
		{DoseProgramme, intData(in.Programme)},
		{DoseSource, intData(in.Source)},
		{DoseGivenBy, refData(in.GivenBy)},
		{DoseVolume, intData(in.Volume)},
		{DoseNotDone, intData(in.NotDone)},
		{DoseScreening, intData(in.Screening)},
		{DoseTemperature, intData(in.Temperature)},
		{DoseNote, textData(in.Note)},
		{DoseCode, textData(string(in.Code))},
		{DoseAgainst, textData(in.Against)},
		{DoseChecked, intData(in.Checked)},
		{DoseMovedFrom, refData(in.MovedFrom)},
		{DoseCampaign, refData(in.Campaign)},
		{DoseReceipt, textData(in.Receipt)},
		{DoseLotLost, intData(in.LotLost)},
	}
}
