package registry

import (
	"maps"
	"slices"

	p "tramy/syncproto"
)

// Fields of a visit (107). Its place (3) is where it was; there is one for each person, place and day.
const (
	VisitDay         p.Field = 10 // int, day number
	VisitSession     p.Field = 11 // ref
	VisitArrived     p.Field = 12 // int, minutes after midnight
	VisitScreened    p.Field = 13 // int, minutes after midnight
	VisitConclusion  p.Field = 14 // int, Screening
	VisitFindings    p.Field = 15 // list of text, codes of what was found; none: nothing is wrong
	VisitTemperature p.Field = 16 // int, tenths of a degree Celsius
	VisitScreener    p.Field = 17 // ref to the user who signs
	VisitSecond      p.Field = 18 // ref to the user who signs as well
	VisitDosed       p.Field = 19 // int, minutes after midnight: the last needle of the visit
	VisitGone        p.Field = 20 // int, minutes after midnight: sent home after the watch
	VisitGoneBy      p.Field = 21 // ref to a user
	VisitPaper       p.Field = 22 // bool: screened on paper, typed in later
	VisitNote        p.Field = 23 // text
	VisitWeight      p.Field = 24 // int, grams
)

// Fields of a reaction (108). Its place (3) is where it was recorded.
const (
	ReactionDoses     p.Field = 10 // list of ref: the doses that may have caused it
	ReactionOn        p.Field = 11 // int, day number: when it began
	ReactionClock     p.Field = 12 // int, minutes after midnight
	ReactionSigns     p.Field = 13 // list of text, codes
	ReactionSeverity  p.Field = 14 // int, Severity
	ReactionTreatment p.Field = 15 // text
	ReactionOutcome   p.Field = 16 // int, ReactionEnd
	ReactionHospital  p.Field = 17 // text: where it was taken
	ReactionNote      p.Field = 18 // text
	ReactionTold      p.Field = 19 // int, day number on which somebody above was told by other means
	ReactionToldClock p.Field = 20 // int, minutes after midnight
	ReactionToldHow   p.Field = 21 // text: whom, and how
	ReactionReporter  p.Field = 22 // text: who saw it, where that is not the actor
)

// Fields of a contact (109). Its place (3) is the station that tried.
const (
	ContactOn    p.Field = 10 // int, day number
	ContactClock p.Field = 11 // int, minutes after midnight
	ContactVia   p.Field = 12 // int, ContactWay
	ContactCame  p.Field = 13 // int, ContactResult: what came of it
	ContactUntil p.Field = 14 // int, day number: comes then, or is away until then
	ContactNote  p.Field = 15 // text
	ContactBy    p.Field = 16 // text: the health worker who went, where that is not the actor
)

// Fields of an appointment (110). Its place (3) is where the session is.
const (
	AppointmentSession p.Field = 10 // ref
	AppointmentDay     p.Field = 11 // int, day number
	AppointmentClock   p.Field = 12 // int, minutes after midnight
	AppointmentNote    p.Field = 13 // text
	AppointmentAgreed  p.Field = 14 // bool: the family was asked; without it the hour was worked out for them
)

// Fields of a session (203). Its place (3) is the station or point that holds it.
const (
	SessionDay       p.Field = 10 // int, day number
	SessionFrom      p.Field = 11 // int, minutes after midnight
	SessionUntil     p.Field = 12 // int, minutes after midnight
	SessionSetting   p.Field = 13 // int, Setting
	SessionSite      p.Field = 14 // text: where, if not at the place itself
	SessionCapacity  p.Field = 15 // int, people an hour
	SessionOnline    p.Field = 16 // int, places that families may book themselves
	SessionHamlets   p.Field = 17 // list of text: whom it is for; none: everybody
	SessionVaccines  p.Field = 18 // list of text, vaccine codes; none: all
	SessionStopped   p.Field = 19 // list of text, vaccine codes that are not given any more
	SessionClosed    p.Field = 20 // int, minutes after midnight
	SessionClosedBy  p.Field = 21 // ref to a user
	SessionCancelled p.Field = 22 // text, reason
	SessionNote      p.Field = 23 // text
)

// Fields of a lot (204). Its place (3) is where it is kept.
const (
	LotVaccine   p.Field = 10 // text, vaccine code
	LotNumber    p.Field = 11 // text
	LotExpires   p.Field = 12 // int, day number
	LotChosen    p.Field = 13 // int, ms since 1970 by hub time: put in hand then; the latest of a vaccine is in hand
	LotSuspended p.Field = 14 // text, reason; null: may be used
	LotReaction  p.Field = 15 // ref to the reaction that suspended it
	LotLifted    p.Field = 20 // text: why a suspension ended
	LotProgramme p.Field = 25 // int, Programme whose stock it is; none: that of the vaccine
)

// Fields of a hamlet (205). Its place (3) is its commune.
const (
	HamletName   p.Field = 10 // text
	HamletFormer p.Field = 11 // list of text: names under which people were written down, those it was merged from among them
	HamletWorker p.Field = 12 // text, the village health worker
	HamletPhone  p.Field = 13 // text, digits
)

// dayFields are the fields of these kinds. Two devices in one room write them side by side all day: what differs then is seen on
// the page it stands on, and nobody is asked to settle it. What a reaction was is.
var dayFields = []FieldInfo{
	{KindVisit, p.FieldSubject, "subject", Soft, TypeRef, nil},
	{KindVisit, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindVisit, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindVisit, VisitDay, "day", Soft, TypeDay, nil},
	{KindVisit, VisitSession, "session", Soft, TypeRef, nil},
	{KindVisit, VisitArrived, "arrived", Soft, TypeClock, nil},
	{KindVisit, VisitScreened, "screened", Soft, TypeClock, nil},
	{KindVisit, VisitConclusion, "conclusion", Soft, TypeEnum, ScreeningEnum},
	{KindVisit, VisitFindings, "findings", Soft, TypeTexts, nil},
	{KindVisit, VisitTemperature, "temperature", Soft, TypeInt, nil},
	{KindVisit, VisitScreener, "screener", Soft, TypeRef, nil},
	{KindVisit, VisitSecond, "second_screener", Soft, TypeRef, nil},
	{KindVisit, VisitDosed, "dosed", Soft, TypeClock, nil},
	{KindVisit, VisitGone, "gone", Soft, TypeClock, nil},
	{KindVisit, VisitGoneBy, "gone_by", Soft, TypeRef, nil},
	{KindVisit, VisitPaper, "on_paper", Soft, TypeBool, nil},
	{KindVisit, VisitNote, "note", Soft, TypeText, nil},
	{KindVisit, VisitWeight, "weight", Soft, TypeInt, nil},
	{KindReaction, p.FieldSubject, "subject", Soft, TypeRef, nil},
	{KindReaction, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindReaction, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindReaction, ReactionDoses, "doses", Soft, TypeRefs, nil},
	{KindReaction, ReactionOn, "began_on", Clinical, TypeDay, nil},
	{KindReaction, ReactionClock, "began_minute", Soft, TypeClock, nil},
	{KindReaction, ReactionSigns, "signs", Soft, TypeTexts, nil},
	{KindReaction, ReactionSeverity, "severity", Clinical, TypeEnum, SeverityEnum},
	{KindReaction, ReactionTreatment, "treatment", Soft, TypeText, nil},
	{KindReaction, ReactionOutcome, "outcome", Clinical, TypeEnum, ReactionEndEnum},
	{KindReaction, ReactionHospital, "hospital", Soft, TypeText, nil},
	{KindReaction, ReactionNote, "note", Soft, TypeText, nil},
	{KindReaction, ReactionTold, "told_on", Soft, TypeDay, nil},
	{KindReaction, ReactionToldClock, "told_minute", Soft, TypeClock, nil},
	{KindReaction, ReactionToldHow, "told_how", Soft, TypeText, nil},
	{KindReaction, ReactionReporter, "reporter", Soft, TypeText, nil},
	{KindContact, p.FieldSubject, "subject", Soft, TypeRef, nil},
	{KindContact, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindContact, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindContact, ContactOn, "on", Soft, TypeDay, nil},
	{KindContact, ContactClock, "minute", Soft, TypeClock, nil},
	{KindContact, ContactVia, "way", Soft, TypeEnum, ContactWayEnum},
	{KindContact, ContactCame, "result", Soft, TypeEnum, ContactResultEnum},
	{KindContact, ContactUntil, "until", Soft, TypeDay, nil},
	{KindContact, ContactNote, "note", Soft, TypeText, nil},
	{KindContact, ContactBy, "by", Soft, TypeText, nil},
	{KindAppointment, p.FieldSubject, "subject", Soft, TypeRef, nil},
	{KindAppointment, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindAppointment, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindAppointment, AppointmentSession, "session", Soft, TypeRef, nil},
	{KindAppointment, AppointmentDay, "day", Soft, TypeDay, nil},
	{KindAppointment, AppointmentClock, "minute", Soft, TypeClock, nil},
	{KindAppointment, AppointmentNote, "note", Soft, TypeText, nil},
	{KindAppointment, AppointmentAgreed, "agreed", Soft, TypeBool, nil},
	{KindSession, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindSession, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindSession, SessionDay, "day", Soft, TypeDay, nil},
	{KindSession, SessionFrom, "from", Soft, TypeClock, nil},
	{KindSession, SessionUntil, "until", Soft, TypeClock, nil},
	{KindSession, SessionSetting, "setting", Soft, TypeEnum, SettingEnum},
	{KindSession, SessionSite, "site", Soft, TypeText, nil},
	{KindSession, SessionCapacity, "capacity", Soft, TypeInt, nil},
	{KindSession, SessionOnline, "online", Soft, TypeInt, nil},
	{KindSession, SessionHamlets, "hamlets", Soft, TypeTexts, nil},
	{KindSession, SessionVaccines, "vaccines", Soft, TypeTexts, nil},
	{KindSession, SessionStopped, "stopped", Soft, TypeTexts, nil},
	{KindSession, SessionClosed, "closed", Soft, TypeClock, nil},
	{KindSession, SessionClosedBy, "closed_by", Soft, TypeRef, nil},
	{KindSession, SessionCancelled, "cancelled", Soft, TypeText, nil},
	{KindSession, SessionNote, "note", Soft, TypeText, nil},
	{KindLot, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindLot, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindLot, LotVaccine, "vaccine", Soft, TypeText, nil},
	{KindLot, LotNumber, "number", Soft, TypeText, nil},
	{KindLot, LotExpires, "expires", Soft, TypeDay, nil},
	{KindLot, LotChosen, "chosen", Soft, TypeInt, nil},
	{KindLot, LotSuspended, "suspended", Soft, TypeText, nil},
	{KindLot, LotReaction, "reaction", Soft, TypeRef, nil},
	{KindLot, LotLifted, "lifted", Soft, TypeText, nil},
	{KindLot, LotProgramme, "programme", Soft, TypeEnum, ProgrammeEnum},
	{KindHamlet, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindHamlet, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindHamlet, HamletName, "name", Soft, TypeText, nil},
	{KindHamlet, HamletFormer, "former", Soft, TypeTexts, nil},
	{KindHamlet, HamletWorker, "worker", Soft, TypeText, nil},
	{KindHamlet, HamletPhone, "phone", Soft, TypeText, nil},
}

// listing says by which fields entities of a kind are found besides their place and the person.
type listing struct {
	day   p.Field // 0: none
	under p.Field // what they belong to, 0: none
	group p.Field // text that parts a long list, 0: none
	mark  p.Field // int or bool: how it stands, 0: none
}

var listings = map[p.Kind]listing{
	KindVisit:       {day: VisitDay, under: VisitSession},
	KindReaction:    {day: ReactionOn},
	KindContact:     {day: ContactOn},
	KindAppointment: {day: AppointmentDay, under: AppointmentSession, mark: AppointmentAgreed},
	KindSession:     {day: SessionDay},
	KindLot:         {day: LotExpires}, // a place asks for those that may still be given
	KindHamlet:      {},
	KindFridge:      {},
	KindTemperature: {day: TemperatureDay, under: TemperatureFridge},
	KindPractice:    {},
	KindCampaign:    {day: CampaignUntil}, // a place asks for those that are not over
	KindMovement:    {day: MovementDay, under: MovementTransfer},
	KindTransfer:    {day: TransferDay, under: TransferTo}, // a place asks for what is sent to it
	KindStockCount:  {day: CountDay, under: CountRecall},
	KindRecall:      {day: RecallDay},
	KindOrder:       {day: OrderMonth, under: OrderTo},   // a store asks for what it is asked, and a request for its approvals
	KindTarget:      {under: TargetBy, mark: TargetYear}, // a table asks for those of a year
	KindClosing:     {day: ClosingMonth},                 // a place asks for those of a month
	KindEnrolment:   {day: EnrolmentDay, under: EnrolmentCampaign, group: EnrolmentClass, mark: EnrolmentWhy},
}

// Listing is by what an entity is found: all but its kind may be zero.
type Listing struct {
	Subject, Place, Under p.EntityID
	Day                   Day
	Group                 string // parts a long list
	Mark                  int    // how it stands
}

// ListingOf reads by what an entity is found. False: entities of its kind are not listed so.
func ListingOf(s *p.State) (Listing, bool) {
	fields, ok := listings[s.Kind]
	if !ok {
		return Listing{}, false
	}
	g := getter(s.Get)
	out := Listing{Subject: g.ref(p.FieldSubject), Place: g.ref(p.FieldPlace)}
	if fields.day != 0 {
		out.Day = g.day(fields.day)
	}
	if fields.under != 0 {
		out.Under = g.ref(fields.under)
	}
	if request := g.ref(OrderAnswers); s.Kind == KindOrder && !request.IsZero() {
		out.Under = request
	}
	if _, suspended := SuspensionOf(s); suspended {
		out.Under = out.Place // a place asks for those of its lots that are not given
	}
	if s.Kind == KindRecall {
		r := RecallOf(s)
		out.Under, out.Mark = RecallsListed, r.standing()
	}
	if fields.group != 0 {
		out.Group = g.text(fields.group)
	}
	if fields.mark != 0 {
		out.Mark = g.small(fields.mark)
		if g(fields.mark).Bool() {
			out.Mark = 1
		}
	}
	return out, true
}

// ActDayOf returns the field that says on which day what an entity of a kind tells happened at its place, 0 if none does.
func ActDayOf(k p.Kind) p.Field {
	switch k {
	case KindImmunization:
		return DoseGivenOn
	case KindLot, KindCampaign, KindEnrolment, KindRecall: // the day is when it expires, is over, somebody was absent, or it was decided
		return 0
	}
	return listings[k].day
}

// ListedKinds returns the kinds whose entities are found by a Listing, in order.
func ListedKinds() []p.Kind { return slices.Sorted(maps.Keys(listings)) }

// Listed reports whether entities of a kind are found by a Listing.
func Listed(k p.Kind) bool {
	_, ok := listings[k]
	return ok
}
