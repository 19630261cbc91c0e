package registry

import p "tramy/syncproto"

// The kinds of entity. The hundreds say who gets them (syncproto.Kind.Audience).
const (
	KindSubject      p.Kind = 101
	KindImmunization p.Kind = 102
	KindLink         p.Kind = 103
	KindPin          p.Kind = 104 // binds a case to a place that looked it up
	// KindConsent is one statement about what a person's data may be used for; KindRequest a wish about them, as a
	// tracked case. Both belong to the person and travel with the case.
	KindConsent p.Kind = 105
	KindRequest p.Kind = 106
	// KindVisit is one coming of one person: when they came, what the screening said, when they went. KindReaction is an
	// adverse event after a dose (FHIR AdverseEvent), KindContact one attempt to reach somebody who did not come, and
	// KindAppointment calls a person to a session. Their fields are in dayfields.go.
	KindVisit       p.Kind = 107
	KindReaction    p.Kind = 108
	KindContact     p.Kind = 109
	KindAppointment p.Kind = 110

	// KindEnrolment is a person on a campaign's list; its fields are in campaignfields.go.
	KindEnrolment p.Kind = 111

	KindUser   p.Kind = 201
	KindDevice p.Kind = 202
	// KindSession is a vaccination session, KindLot a lot as it stands at one place: which is in hand, and whether it may be
	// used. KindHamlet is a hamlet of a commune with who goes round there.
	KindSession p.Kind = 203
	KindLot     p.Kind = 204
	KindHamlet  p.Kind = 205
	// KindFridge is where vaccines are kept cold, KindTemperature what its thermometer showed: see fridge.go.
	KindFridge      p.Kind = 212
	KindTemperature p.Kind = 213
	// KindMovement is what happened to the stock of a place, KindTransfer what it sent to another, KindStockCount how much somebody
	// found. Their fields are in ledgerfields.go.
	KindMovement   p.Kind = 206
	KindTransfer   p.Kind = 207
	KindStockCount p.Kind = 209
	// KindOrder is what a place asks for, and what was approved of it: see order.go.
	KindOrder p.Kind = 208
	// KindClosing is a month's report as it was handed in: see closing.go.
	KindClosing p.Kind = 210
	// KindPractice is how a station works, shared by its machines: see practice.go.
	KindPractice p.Kind = 260

	KindPlace   p.Kind = 301
	KindVaccine p.Kind = 302
	// KindRejection says that a held log stays out. Its hundred says that every node hears of it.
	KindRejection p.Kind = 303
	KindSchedule  p.Kind = 304
	// KindCampaign is a vaccination campaign. That of one commune goes to the commune, in spite of its hundred.
	KindCampaign p.Kind = 305
	// KindTarget is how many people of a group a place is to vaccinate in a year; that of one commune goes to the commune too. See target.go.
	KindTarget p.Kind = 306
	// KindRecall is a lot that is not to be given any more; its fields are in recallfields.go.
	KindRecall p.Kind = 307

	KindAccess p.Kind = 401
	// KindRescue is the record of values that a node wrote again because nobody above knew them any more.
	KindRescue p.Kind = 402
)

// Fields of a subject (101). Its place (3) is the commune of residence.
const (
	SubjectCode         p.Field = 10 // text, 16 digits, made offline
	SubjectName         p.Field = 11 // text, whole, as typed, NFC
	SubjectBirthDate    p.Field = 12 // int, day number
	SubjectBirthPrec    p.Field = 13 // int, Precision
	SubjectBirthMinute  p.Field = 14 // int, minutes after midnight
	SubjectSex          p.Field = 15 // int, Sex
	SubjectEthnic       p.Field = 16 // text
	SubjectHamlet       p.Field = 17 // text
	SubjectMotherName   p.Field = 18 // text
	SubjectMotherPhone  p.Field = 19 // text, digits
	SubjectMother       p.Field = 20 // ref to the mother's own subject
	SubjectFatherName   p.Field = 21 // text
	SubjectFatherPhone  p.Field = 22 // text
	SubjectGuardianName p.Field = 23 // text
	SubjectGuardianTel  p.Field = 24 // text
	SubjectPersonalNo   p.Field = 25 // text, 12 digits
	SubjectInsurance    p.Field = 26 // text
	SubjectNationalCode p.Field = 27 // text, the code of the national system of 2017
	SubjectPassport     p.Field = 28 // text
	SubjectAliases      p.Field = 29 // list of text
	SubjectStatus       p.Field = 30 // int, Status
	SubjectStatusReason p.Field = 31 // text
	SubjectStatusDate   p.Field = 32 // int, day number
	SubjectAllergies    p.Field = 33 // text
	SubjectContraind    p.Field = 34 // text
	SubjectConsents     p.Field = 35 // list of text, purpose names
	SubjectBirthOrder   p.Field = 36 // int, 1… among a multiple birth; 0 or none: single
	SubjectBirthPlace   p.Field = 37 // text
	SubjectBirthWeight  p.Field = 38 // int, grams
	SubjectGroup        p.Field = 39 // int, Group
	SubjectDueDate      p.Field = 40 // int, day number: expected birth
	SubjectAddrBirth    p.Field = 41 // text: addresses of the national minimum data set
	SubjectAddrRegister p.Field = 42 // text
	SubjectAddrNative   p.Field = 43 // text
	SubjectAddrPerm     p.Field = 44 // text
	SubjectNextDate     p.Field = 45 // int, day number: when to come again
	SubjectNote         p.Field = 46 // text
	SubjectFromCard     p.Field = 47 // bool: the code was read off a card that another machine had made
	SubjectConditions   p.Field = 48 // list of text: code, or code@yyyy-mm-dd (see Condition)
	SubjectPhone        p.Field = 49 // text, digits: of a grown person
	SubjectTetanus      p.Field = 50 // int, tetanus doses before this pregnancy of which no date is known
	SubjectTetanusYear  p.Field = 51 // int, year of the last of them
	SubjectTetanusFrom  p.Field = 52 // int, Evidence of them
	SubjectProtected    p.Field = 53 // int, Protected: against tetanus at birth
	SubjectProtectedBy  p.Field = 54 // int, Evidence of that
	SubjectPregnancyEnd p.Field = 55 // int, PregnancyEnd: how the last pregnancy ended
	SubjectPregnancyOn  p.Field = 56 // int, day number: when it ended
	SubjectAbsentUntil  p.Field = 57 // int, day number: when who is absent comes back
	SubjectMovedDoses   p.Field = 58 // list of ref: doses that were written here by mistake and moved to another person
	SubjectMotherYear   p.Field = 59 // int, year in which the mother was born: told apart by it where she has no record of her own
	SubjectLastPeriod   p.Field = 60 // int, day number: first day of the last period before the pregnancy she is in
	SubjectBornAt       p.Field = 61 // ref to the facility where it was born and registered
	SubjectBloodGroup   p.Field = 62 // int, BloodGroup; this and the next three are of the national minimum data set
	SubjectPaperKind    p.Field = 63 // int, PaperKind: by which paper somebody is known
	SubjectTravelPaper  p.Field = 64 // text: paper for leaving and entering the country
	SubjectMissingSince p.Field = 65 // int, day number: since when somebody is reported missing
)

// Fields of an immunization (102): a dose given, or one refused or postponed (DoseNotDone). Its place (3)
// is the facility where it was given.
const (
	DoseVaccine     p.Field = 10 // text, vaccine code
	DoseGivenOn     p.Field = 11 // int, day number
	DoseGivenMinute p.Field = 12 // int, minutes after midnight
	DoseOrder       p.Field = 13 // int, as typed by a person
	DoseLot         p.Field = 14 // text
	DoseExpires     p.Field = 15 // int, day number
	DoseSite        p.Field = 16 // int, Site
	DoseRoute       p.Field = 17 // int, Route
	DoseProgramme   p.Field = 18 // int, Programme
	DoseSource      p.Field = 19 // int, Source
	DoseGivenBy     p.Field = 20 // ref to a user, where it is not the actor
	DoseVolume      p.Field = 22 // int, microlitres
	DoseNotDone     p.Field = 23 // int, NotDone: why nothing was given
	DoseScreening   p.Field = 24 // int, Screening
	DoseTemperature p.Field = 25 // int, tenths of a degree Celsius
	DoseNote        p.Field = 26 // text
	DoseCode        p.Field = 27 // text, code of a subject not known here
	DoseAgainst     p.Field = 28 // text, reason for giving against advice
	DoseChecked     p.Field = 29 // int, Checked: what answered the question before it
	DoseMovedFrom   p.Field = 30 // ref to the subject on whom it was written first, by mistake
	DoseApart       p.Field = 38 // list of ref: doses that look like this one, and of which somebody said that they are others
	DoseCampaign    p.Field = 36 // ref to the campaign it was given in
	DoseReceipt     p.Field = 33 // text, number of the receipt of a dose that was paid for
	DoseLotLost     p.Field = 39 // int, LotLost: why its lot will never be known
)

// Fields of a link (103) between the subjects in fields 1 and 2.
const LinkSame p.Field = 10 // bool: one person, or remembered as two

// Fields of a user (201). Its place (3) is the top of the subtree the role holds for.
const (
	UserLogin    p.Field = 10 // text, lower case
	UserName     p.Field = 11 // text
	UserRole     p.Field = 12 // int, rights.Role
	UserPassword p.Field = 13 // text, PHC string of argon2id
	UserPhone    p.Field = 14 // text
	UserFactor   p.Field = 15 // text, base32 key of a second factor; empty or absent: none
	UserRecovery p.Field = 16 // list of text, hashes of the recovery codes that are left
)

// Fields of a device (202). Its place (3) is the station or the hub's seat.
const (
	DeviceNumber  p.Field = 10 // int, six digits: the front of the codes it makes
	DeviceKey     p.Field = 11 // bytes, Ed25519 public key
	DeviceSealKey p.Field = 12 // bytes, X25519 public key
	DeviceRole    p.Field = 13 // int, NodeRole
	DeviceName    p.Field = 14 // text
	DeviceRevoked p.Field = 15 // text, reason; null or absent: in force
	DeviceUp      p.Field = 16 // ref, the hub that enrolled it
	DeviceNumbers p.Field = 17 // list of two int: first and last device number a hub may give out
	DeviceFormer  p.Field = 18 // bytes: the Ed25519 public keys it signed with before, 32 bytes each, oldest first
	DeviceRenew   p.Field = 19 // bytes: the Ed25519 public key that somebody asked the machine to replace
)

// Fields of a place (301). Its place (3) is its parent.
const (
	PlaceCode       p.Field = 10 // text, system:code, e.g. gso:03325
	PlaceName       p.Field = 11 // text
	PlaceNameEN     p.Field = 12 // text
	PlaceLevel      p.Field = 13 // int, Level
	PlaceType       p.Field = 14 // text: xa, phuong, dackhu, tinh, thanhpho, tram, diem, benhvien, phongtiem…
	PlaceFrom       p.Field = 15 // int, day number
	PlaceUntil      p.Field = 16 // int, day number, exclusive
	PlaceSuccessors p.Field = 17 // list of ref
	PlaceHamlets    p.Field = 18 // list of text
	PlacePhone      p.Field = 19 // text
	PlaceFormer     p.Field = 20 // list: what it was in former periods, see FormerPlace
	PlaceLists      p.Field = 21 // list of text: names of lists that a schedule offers by (list:cholera)
)

// Fields of a vaccine (302).
const (
	VaccineCode     p.Field = 10 // text
	VaccineName     p.Field = 11 // text, Vietnamese
	VaccineNameEN   p.Field = 12 // text
	VaccineShort    p.Field = 13 // text, as on the card
	VaccineAntigens p.Field = 14 // list of text
	VaccineDoses    p.Field = 15 // int, doses in the routine series
	VaccineOrder    p.Field = 16 // int, row on the card
	VaccineRoute    p.Field = 17 // int, Route
	VaccineSite     p.Field = 18 // int, usual Site
	VaccineVolume   p.Field = 19 // int, microlitres
	VaccineProg     p.Field = 20 // int, Programme it is mostly given under
)

// Fields of a rejection (303).
const (
	RejectionLog    p.Field = 10 // bytes, a log
	RejectionFrom   p.Field = 11 // int, the first change that stays out
	RejectionReason p.Field = 12 // text
)

// Fields of a schedule (304).
const (
	ScheduleCode  p.Field = 10 // text: vn-2026-02
	ScheduleTitle p.Field = 11 // text
	ScheduleFrom  p.Field = 12 // int, day number: in force from
	ScheduleUntil p.Field = 13 // int, day number, exclusive
	ScheduleFile  p.Field = 14 // list of text: the file, cut at ends of lines
)

// RescueValues is the one field of a rescue (402) besides its place: a list, seven items a value: entity,
// field, log, Seq, wall clock, its offset, actor.
const RescueValues p.Field = 10

// Fields of a consent (105), one statement. Its place (3) is where it was made; it is never edited.
const (
	ConsentPurpose  p.Field = 10 // int, Purpose
	ConsentAnswer   p.Field = 11 // int, Answer
	ConsentBy       p.Field = 12 // text, who said so
	ConsentRelation p.Field = 13 // int, Relation
	ConsentOn       p.Field = 14 // int, day number
	ConsentChannel  p.Field = 15 // int, Channel
	ConsentText     p.Field = 16 // text, version of the wording that was read out
	ConsentBasis    p.Field = 17 // text, legal basis
	ConsentNote     p.Field = 18 // text
	ConsentChild    p.Field = 19 // bool: the child agreed as well
	ConsentAfter    p.Field = 20 // list of ref: the statements that this one was made in the knowledge of
)

// Fields of a request of a data subject (106). Its place (3) is where it was received.
const (
	RequestWish     p.Field = 10 // int, Wish
	RequestBy       p.Field = 11 // text, who asks
	RequestRelation p.Field = 12 // int, Relation
	RequestOn       p.Field = 13 // int, day number: received
	RequestChannel  p.Field = 14 // int, Channel
	RequestWords    p.Field = 15 // text, what is asked for
	RequestAnswered p.Field = 16 // int, day number: told that it is being seen to
	RequestExtended p.Field = 17 // text, why the deadline was put off, once
	RequestOutcome  p.Field = 18 // int, Outcome
	RequestAnswer   p.Field = 19 // text, what was answered
	RequestDone     p.Field = 20 // int, day number
	RequestHandler  p.Field = 21 // ref to a user
	RequestLifted   p.Field = 22 // text, why a restriction ended
)

// Fields of an access record (401). It names its subject in AccessSubject, not in field 1: it belongs to
// no case and goes to nobody below.
const (
	AccessAct     p.Field = 10 // text: an act of access.go
	AccessSubject p.Field = 11 // ref
	AccessReason  p.Field = 12 // text
	AccessNamed   p.Field = 13 // list of ref: whom a list named
	AccessCount   p.Field = 14 // int: how many people it was about, where they are not named one by one
)
