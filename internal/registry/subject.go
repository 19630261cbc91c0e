package registry

import (
	"slices"

	p "tramy/syncproto"
)

// Subject is a person as the registry knows them: a child, a pregnant woman, an adult. Where values are
// in conflict the standing one is shown.
type Subject struct {
	ID p.EntityID
	SubjectInput
	Void     string // why it was entered in error; "" if it was not
	Released []p.EntityID
}

// SubjectInput is what people enter about a subject. Zero values mean "not stated".
type SubjectInput struct {
	Place             p.EntityID // commune of residence
	Code              PersonCode
	Name              string
	BirthDate         Day
	BirthPrec         Precision // 0 with a date that is not 1970-01-01 means PrecisionDay, else no birth date
	BirthClock        Clock     // makes the precision PrecisionMinute
	Sex               Sex
	Ethnic            string
	Hamlet            string
	MotherName        string
	MotherPhone       string
	Mother            p.EntityID
	FatherName        string
	FatherPhone       string
	GuardianName      string
	GuardianPhone     string
	PersonalNo        string
	Insurance         string
	NationalCode      string
	Passport          string
	Aliases           []string
	Status            Status
	StatusReason      string
	StatusDate        Day
	Allergies         string
	Contraindications string
	Consents          []string
	BirthOrder        int // 1… among a multiple birth, 0 single
	BirthPlace        string
	BirthWeight       int // grams
	Group             Group
	DueDate           Day // expected birth
	AddrBirth         string
	AddrRegister      string
	AddrNative        string
	AddrPermanent     string
	NextDate          Day // when to come again
	Note              string
	FromCard          bool // registered under the code of a card that another machine made: the own record is sought
	Conditions        []Condition
	Phone             string // of a grown person
	Tetanus           int    // doses before this pregnancy of which no date is known
	HasTetanus        bool   // the question was asked: 0 is then a real number
	TetanusYear       int    // of the last of them
	TetanusFrom       Evidence
	Protected         Protected // against tetanus at birth
	ProtectedBy       Evidence
	PregnancyEnd      PregnancyEnd // of the last pregnancy
	PregnancyOn       Day          // when it ended
	AbsentUntil       Day
	MovedDoses        []p.EntityID // written here by mistake, and moved to another person
	MotherYear        int          // in which the mother was born
	LastPeriod        Day          // first day of it, before the pregnancy she is in
	BornAt            p.EntityID   // facility where it was born and registered
	BloodGroup        BloodGroup
	PaperKind         PaperKind // by which paper somebody is known
	TravelPaper       string    // for leaving and entering the country
	MissingSince      Day       // since when somebody is reported missing
}

// SubjectOf reads a subject from its state.
func SubjectOf(s *p.State) Subject {
	void, _ := Voided(s)
	return Subject{
		ID:           s.ID,
		SubjectInput: subjectFrom(s.Get),
		Void:         void,
		Released:     getter(s.Get).refs(p.FieldReleased),
	}
}

func subjectFrom(g getter) SubjectInput {
	in := SubjectInput{
		Place:             g.ref(p.FieldPlace),
		Code:              PersonCode(g.text(SubjectCode)),
		Name:              g.text(SubjectName),
		BirthDate:         g.day(SubjectBirthDate),
		BirthPrec:         enumOf[Precision](g, SubjectBirthPrec),
		BirthClock:        g.clock(SubjectBirthMinute),
		Sex:               enumOf[Sex](g, SubjectSex),
		Ethnic:            g.text(SubjectEthnic),
		Hamlet:            g.text(SubjectHamlet),
		MotherName:        g.text(SubjectMotherName),
		MotherPhone:       g.text(SubjectMotherPhone),
		Mother:            g.ref(SubjectMother),
		FatherName:        g.text(SubjectFatherName),
		FatherPhone:       g.text(SubjectFatherPhone),
		GuardianName:      g.text(SubjectGuardianName),
		GuardianPhone:     g.text(SubjectGuardianTel),
		PersonalNo:        g.text(SubjectPersonalNo),
		Insurance:         g.text(SubjectInsurance),
		NationalCode:      g.text(SubjectNationalCode),
		Passport:          g.text(SubjectPassport),
		Aliases:           g.texts(SubjectAliases),
		Status:            enumOf[Status](g, SubjectStatus),
		StatusReason:      g.text(SubjectStatusReason),
		StatusDate:        g.day(SubjectStatusDate),
		Allergies:         g.text(SubjectAllergies),
		Contraindications: g.text(SubjectContraind),
		Consents:          g.texts(SubjectConsents),
		BirthOrder:        g.small(SubjectBirthOrder),
		BirthPlace:        g.text(SubjectBirthPlace),
		BirthWeight:       g.small(SubjectBirthWeight),
		Group:             enumOf[Group](g, SubjectGroup),
		DueDate:           g.day(SubjectDueDate),
		AddrBirth:         g.text(SubjectAddrBirth),
		AddrRegister:      g.text(SubjectAddrRegister),
		AddrNative:        g.text(SubjectAddrNative),
		AddrPermanent:     g.text(SubjectAddrPerm),
		NextDate:          g.day(SubjectNextDate),
		Note:              g.text(SubjectNote),
		FromCard:          g(SubjectFromCard).Bool(),
		Conditions:        conditionsOf(g.texts(SubjectConditions)),
		Phone:             g.text(SubjectPhone),
		Tetanus:           g.small(SubjectTetanus),
		TetanusYear:       g.small(SubjectTetanusYear),
		TetanusFrom:       enumOf[Evidence](g, SubjectTetanusFrom),
		Protected:         enumOf[Protected](g, SubjectProtected),
		ProtectedBy:       enumOf[Evidence](g, SubjectProtectedBy),
		PregnancyEnd:      enumOf[PregnancyEnd](g, SubjectPregnancyEnd),
		PregnancyOn:       g.day(SubjectPregnancyOn),
		AbsentUntil:       g.day(SubjectAbsentUntil),
		MovedDoses:        g.refs(SubjectMovedDoses),
		MotherYear:        g.small(SubjectMotherYear),
		LastPeriod:        g.day(SubjectLastPeriod),
		BornAt:            g.ref(SubjectBornAt),
		BloodGroup:        enumOf[BloodGroup](g, SubjectBloodGroup),
		PaperKind:         enumOf[PaperKind](g, SubjectPaperKind),
		TravelPaper:       g.text(SubjectTravelPaper),
		MissingSince:      g.day(SubjectMissingSince),
	}
	_, in.HasTetanus = g(SubjectTetanus).Int()
	if _, ok := g(SubjectBirthDate).Int(); !ok {
		in.BirthPrec = 0
	} else if in.BirthPrec == 0 {
		in.BirthPrec = PrecisionDay
	}
	return in
}

// Complete takes from another record of the same person what this one does not state; its code, and those it
// was known by, become aliases. What both state stays as it is here.
func (in *SubjectInput) Complete(other *SubjectInput) {
	aliases := append(slices.Clone(in.Aliases), other.Aliases...)
	if other.Code != "" && in.Code != "" {
		aliases = append(aliases, string(other.Code))
	}
	here, there := in.fields(), other.fields()
	data := make(map[p.Field]p.Data, len(here))
	for i := range here {
		data[here[i].field] = here[i].data
		if here[i].data.IsNull() {
			data[here[i].field] = there[i].data
		}
	}
	if in.HasBirth() { // one date, with its own precision
		data[SubjectBirthPrec], data[SubjectBirthMinute] = intData(in.BirthPrec), clockData(in.BirthClock)
	}
	fromCard := in.FromCard && other.FromCard
	*in = subjectFrom(func(f p.Field) p.Data { return data[f] })
	in.FromCard, in.Aliases = fromCard, nil
	for _, a := range aliases {
		if a != string(in.Code) && !slices.Contains(in.Aliases, a) {
			in.Aliases = append(in.Aliases, a)
		}
	}
}

// HasBirth reports whether a birth date is known at all.
func (in *SubjectInput) HasBirth() bool { return in.BirthPrec != 0 }

// BirthRange returns the first and last day the birth date can mean, as its precision says.
func (in *SubjectInput) BirthRange() (first, last Day) {
	return birthRange(in.BirthDate, in.BirthPrec)
}

func birthRange(d Day, prec Precision) (first, last Day) {
	y, m, _ := d.Date()
	switch prec {
	case PrecisionMonth:
		return NewMonth(y, m).First(), NewMonth(y, m).Last()
	case PrecisionYear:
		return NewMonth(y, 1).First(), NewMonth(y, 12).Last()
	}
	return d, d
}

// fields lists every field of a subject that people enter, in order of number.
func (in *SubjectInput) fields() []fieldData {
	birth := p.Null()
	if in.HasBirth() {
		birth = p.Int(int64(in.BirthDate))
	}
	tetanus := p.Null()
	if in.HasTetanus || in.Tetanus != 0 {
		tetanus = p.Int(int64(in.Tetanus))
	}
	return []fieldData{
		{p.FieldPlace, refData(in.Place)},
		{SubjectCode, textData(string(in.Code))},
		{SubjectName, textData(in.Name)},
		{SubjectBirthDate, birth},
		{SubjectBirthPrec, intData(in.BirthPrec)},
		{SubjectBirthMinute, clockData(in.BirthClock)},
		{SubjectSex, intData(in.Sex)},
		{SubjectEthnic, textData(in.Ethnic)},
		{SubjectHamlet, textData(in.Hamlet)},
		{SubjectMotherName, textData(in.MotherName)},
		{SubjectMotherPhone, textData(in.MotherPhone)},
		{SubjectMother, refData(in.Mother)},
		{SubjectFatherName, textData(in.FatherName)},
		{SubjectFatherPhone, textData(in.FatherPhone)},
		{SubjectGuardianName, textData(in.GuardianName)},
		{SubjectGuardianTel, textData(in.GuardianPhone)},
		{SubjectPersonalNo, textData(in.PersonalNo)},
		{SubjectInsurance, textData(in.Insurance)},
		{SubjectNationalCode, textData(in.NationalCode)},
		{SubjectPassport, textData(in.Passport)},
		{SubjectAliases, textsData(in.Aliases)},
		{SubjectStatus, intData(in.Status)},
		{SubjectStatusReason, textData(in.StatusReason)},
		{SubjectStatusDate, intData(in.StatusDate)},
		{SubjectAllergies, textData(in.Allergies)},
		{SubjectContraind, textData(in.Contraindications)},
		{SubjectConsents, textsData(in.Consents)},
		{SubjectBirthOrder, intData(in.BirthOrder)},
		{SubjectBirthPlace, textData(in.BirthPlace)},
		{SubjectBirthWeight, intData(in.BirthWeight)},
		{SubjectGroup, intData(in.Group)},
		{SubjectDueDate, intData(in.DueDate)},
		{SubjectAddrBirth, textData(in.AddrBirth)},
		{SubjectAddrRegister, textData(in.AddrRegister)},
		{SubjectAddrNative, textData(in.AddrNative)},
		{SubjectAddrPerm, textData(in.AddrPermanent)},
		{SubjectNextDate, intData(in.NextDate)},
		{SubjectNote, textData(in.Note)},
		{SubjectFromCard, boolData(in.FromCard)},
		{SubjectConditions, textsData(conditionTexts(in.Conditions))},
		{SubjectPhone, textData(in.Phone)},
		{SubjectTetanus, tetanus},
		{SubjectTetanusYear, intData(in.TetanusYear)},
		{SubjectTetanusFrom, intData(in.TetanusFrom)},
		{SubjectProtected, intData(in.Protected)},
		{SubjectProtectedBy, intData(in.ProtectedBy)},
		{SubjectPregnancyEnd, intData(in.PregnancyEnd)},
		{SubjectPregnancyOn, intData(in.PregnancyOn)},
		{SubjectAbsentUntil, intData(in.AbsentUntil)},
		{SubjectMovedDoses, refsData(in.MovedDoses)},
		{SubjectMotherYear, intData(in.MotherYear)},
		{SubjectLastPeriod, intData(in.LastPeriod)},
		{SubjectBornAt, refData(in.BornAt)},
		{SubjectBloodGroup, intData(in.BloodGroup)},
		{SubjectPaperKind, intData(in.PaperKind)},
		{SubjectTravelPaper, textData(in.TravelPaper)},
		{SubjectMissingSince, intData(in.MissingSince)},
	}
}
