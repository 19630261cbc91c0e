package registry

import (
	"slices"

	p "tramy/syncproto"
)

// Class says how much a conflict in a field matters.
type Class uint8

// Classes of fields.
const (
	Soft     Class = iota // concurrent values need nobody
	Identity              // who or what somebody is: goes to the review list
	Clinical              // what was given: goes to the review list
)

// Type says what a field holds and how to print it.
type Type uint8

// Types of fields. All of them may also be null.
const (
	TypeText  Type = iota + 1
	TypeInt        // a count or a measure
	TypeDay        // int: a Day
	TypeClock      // int: minutes after midnight
	TypeEnum       // int: a number of FieldInfo.Enum
	TypeBool
	TypeBytes
	TypeRef
	TypeTexts  // list of text
	TypeInts   // list of int
	TypeRefs   // list of references
	TypeFormer // list, five items a former period of a place: see FormerPlace
)

// FieldInfo describes one field of a kind.
type FieldInfo struct {
	Kind  p.Kind
	Field p.Field
	Name  string // stable, for the API, the history and catalogue keys: "mother_phone"
	Class Class
	Type  Type
	Enum  *Enum // of a TypeEnum
}

// Fields is the field table: every field this version knows, by kind and number. Names, like numbers,
// are never given another meaning.
var Fields = slices.Concat(recordFields, dayFields, practiceFields, campaignFields, fridgeFields, ledgerFields, orderFields, closingFields, targetFields, recallFields)

var recordFields = []FieldInfo{
	{KindSubject, p.FieldPlace, "place", Identity, TypeRef, nil},
	{KindSubject, p.FieldVoid, "void", Identity, TypeText, nil},
	{KindSubject, p.FieldReleased, "released", Soft, TypeRefs, nil},
	{KindSubject, SubjectCode, "code", Identity, TypeText, nil},
	{KindSubject, SubjectName, "name", Identity, TypeText, nil},
	{KindSubject, SubjectBirthDate, "birth_date", Identity, TypeDay, nil},
	{KindSubject, SubjectBirthPrec, "birth_precision", Identity, TypeEnum, PrecisionEnum},
	{KindSubject, SubjectBirthMinute, "birth_minute", Identity, TypeClock, nil},
	{KindSubject, SubjectSex, "sex", Identity, TypeEnum, SexEnum},
	{KindSubject, SubjectEthnic, "ethnic_group", Soft, TypeText, nil},
	{KindSubject, SubjectHamlet, "hamlet", Soft, TypeText, nil},
	{KindSubject, SubjectMotherName, "mother_name", Identity, TypeText, nil},
	{KindSubject, SubjectMotherPhone, "mother_phone", Identity, TypeText, nil},
	{KindSubject, SubjectMother, "mother", Identity, TypeRef, nil},
	{KindSubject, SubjectFatherName, "father_name", Identity, TypeText, nil},
	{KindSubject, SubjectFatherPhone, "father_phone", Identity, TypeText, nil},
	{KindSubject, SubjectGuardianName, "guardian_name", Identity, TypeText, nil},
	{KindSubject, SubjectGuardianTel, "guardian_phone", Identity, TypeText, nil},
	{KindSubject, SubjectPersonalNo, "personal_no", Identity, TypeText, nil},
	{KindSubject, SubjectInsurance, "insurance", Identity, TypeText, nil},
	{KindSubject, SubjectNationalCode, "national_code", Identity, TypeText, nil},
	{KindSubject, SubjectPassport, "passport", Identity, TypeText, nil},
	{KindSubject, SubjectAliases, "aliases", Soft, TypeTexts, nil},
	{KindSubject, SubjectStatus, "status", Identity, TypeEnum, StatusEnum},
	{KindSubject, SubjectStatusReason, "status_reason", Soft, TypeText, nil},
	{KindSubject, SubjectStatusDate, "status_date", Soft, TypeDay, nil},
	{KindSubject, SubjectAllergies, "allergies", Clinical, TypeText, nil},
	{KindSubject, SubjectContraind, "contraindications", Clinical, TypeText, nil},
	{KindSubject, SubjectConsents, "consents", Soft, TypeTexts, nil},
	{KindSubject, SubjectBirthOrder, "birth_order", Identity, TypeInt, nil},
	{KindSubject, SubjectBirthPlace, "birth_place", Soft, TypeText, nil},
	{KindSubject, SubjectBirthWeight, "birth_weight", Soft, TypeInt, nil},
	{KindSubject, SubjectGroup, "group", Soft, TypeEnum, GroupEnum},
	{KindSubject, SubjectDueDate, "due_date", Clinical, TypeDay, nil},
	{KindSubject, SubjectAddrBirth, "address_birth", Soft, TypeText, nil},
	{KindSubject, SubjectAddrRegister, "address_registration", Soft, TypeText, nil},
	{KindSubject, SubjectAddrNative, "address_native", Soft, TypeText, nil},
	{KindSubject, SubjectAddrPerm, "address_permanent", Soft, TypeText, nil},
	{KindSubject, SubjectNextDate, "next_date", Soft, TypeDay, nil},
	{KindSubject, SubjectNote, "note", Soft, TypeText, nil},
	{KindSubject, SubjectFromCard, "from_card", Soft, TypeBool, nil},
	{KindSubject, SubjectConditions, "conditions", Clinical, TypeTexts, nil},
	{KindSubject, SubjectPhone, "phone", Identity, TypeText, nil},
	{KindSubject, SubjectTetanus, "tetanus_before", Clinical, TypeInt, nil},
	{KindSubject, SubjectTetanusYear, "tetanus_year", Clinical, TypeInt, nil},
	{KindSubject, SubjectTetanusFrom, "tetanus_evidence", Soft, TypeEnum, EvidenceEnum},
	{KindSubject, SubjectProtected, "protected_at_birth", Clinical, TypeEnum, ProtectedEnum},
	{KindSubject, SubjectProtectedBy, "protected_evidence", Soft, TypeEnum, EvidenceEnum},
	{KindSubject, SubjectPregnancyEnd, "pregnancy_end", Clinical, TypeEnum, PregnancyEndEnum},
	{KindSubject, SubjectPregnancyOn, "pregnancy_end_date", Soft, TypeDay, nil},
	{KindSubject, SubjectAbsentUntil, "absent_until", Soft, TypeDay, nil},
	{KindSubject, SubjectMovedDoses, "moved_doses", Soft, TypeRefs, nil},
	{KindSubject, SubjectMotherYear, "mother_year", Soft, TypeInt, nil},
	{KindSubject, SubjectLastPeriod, "last_period", Soft, TypeDay, nil},
	{KindSubject, SubjectBornAt, "born_at", Soft, TypeRef, nil},
	{KindSubject, SubjectBloodGroup, "blood_group", Clinical, TypeEnum, BloodGroupEnum},
	{KindSubject, SubjectPaperKind, "paper_kind", Soft, TypeEnum, PaperKindEnum},
	{KindSubject, SubjectTravelPaper, "travel_paper", Soft, TypeText, nil},
	{KindSubject, SubjectMissingSince, "missing_since", Soft, TypeDay, nil},
	{KindImmunization, p.FieldSubject, "subject", Clinical, TypeRef, nil},
	{KindImmunization, p.FieldPlace, "place", Clinical, TypeRef, nil},
	{KindImmunization, p.FieldVoid, "void", Clinical, TypeText, nil},
	{KindImmunization, DoseVaccine, "vaccine", Clinical, TypeText, nil},
	{KindImmunization, DoseGivenOn, "given_on", Clinical, TypeDay, nil},
	{KindImmunization, DoseGivenMinute, "given_minute", Clinical, TypeClock, nil},
	{KindImmunization, DoseOrder, "dose_order", Clinical, TypeInt, nil},
	{KindImmunization, DoseLot, "lot", Clinical, TypeText, nil},
	{KindImmunization, DoseExpires, "expires", Clinical, TypeDay, nil},
	{KindImmunization, DoseSite, "site", Clinical, TypeEnum, SiteEnum},
	{KindImmunization, DoseRoute, "route", Clinical, TypeEnum, RouteEnum},
	{KindImmunization, DoseProgramme, "programme", Clinical, TypeEnum, ProgrammeEnum},
	{KindImmunization, DoseSource, "source", Clinical, TypeEnum, SourceEnum},
	{KindImmunization, DoseGivenBy, "given_by", Soft, TypeRef, nil},
	{KindImmunization, DoseVolume, "volume", Clinical, TypeInt, nil},
	{KindImmunization, DoseNotDone, "not_done", Clinical, TypeEnum, NotDoneEnum},
	{KindImmunization, DoseScreening, "screening", Clinical, TypeEnum, ScreeningEnum},
	{KindImmunization, DoseTemperature, "temperature", Soft, TypeInt, nil},
	{KindImmunization, DoseNote, "note", Soft, TypeText, nil},
	{KindImmunization, DoseCode, "code", Clinical, TypeText, nil},
	{KindImmunization, DoseAgainst, "against", Clinical, TypeText, nil},
	{KindImmunization, DoseChecked, "checked", Clinical, TypeEnum, CheckedEnum},
	{KindImmunization, DoseMovedFrom, "moved_from", Soft, TypeRef, nil},
	{KindImmunization, DoseApart, "apart", Soft, TypeRefs, nil},
	{KindImmunization, DoseCampaign, "campaign", Soft, TypeRef, nil},
	{KindImmunization, DoseReceipt, "receipt", Soft, TypeText, nil},
	{KindImmunization, DoseLotLost, "lot_lost", Soft, TypeEnum, LotLostEnum},
	{KindLink, p.FieldSubject, "subject", Identity, TypeRef, nil},
	{KindLink, p.FieldSubject2, "subject2", Identity, TypeRef, nil},
	{KindLink, p.FieldVoid, "void", Identity, TypeText, nil},
	{KindLink, LinkSame, "same", Identity, TypeBool, nil},
	{KindUser, p.FieldPlace, "place", Identity, TypeRef, nil},
	{KindUser, p.FieldVoid, "void", Identity, TypeText, nil},
	{KindUser, UserLogin, "login", Identity, TypeText, nil},
	{KindUser, UserName, "name", Identity, TypeText, nil},
	{KindUser, UserRole, "role", Identity, TypeInt, nil},
	{KindUser, UserPassword, "password", Soft, TypeText, nil},
	{KindUser, UserPhone, "phone", Soft, TypeText, nil},
	{KindUser, UserFactor, "second_factor", Soft, TypeText, nil},
	{KindUser, UserRecovery, "recovery_codes", Soft, TypeTexts, nil},
	{KindDevice, p.FieldPlace, "place", Identity, TypeRef, nil},
	{KindDevice, p.FieldVoid, "void", Identity, TypeText, nil},
	{KindDevice, DeviceNumber, "number", Identity, TypeInt, nil},
	{KindDevice, DeviceKey, "key", Identity, TypeBytes, nil},
	{KindDevice, DeviceSealKey, "seal_key", Identity, TypeBytes, nil},
	{KindDevice, DeviceRole, "role", Identity, TypeEnum, NodeRoleEnum},
	{KindDevice, DeviceName, "name", Soft, TypeText, nil},
	{KindDevice, DeviceRevoked, "revoked", Identity, TypeText, nil},
	{KindDevice, DeviceUp, "upstream", Soft, TypeRef, nil},
	{KindDevice, DeviceNumbers, "numbers", Soft, TypeInts, nil},
	{KindDevice, DeviceFormer, "former_keys", Soft, TypeBytes, nil},
	{KindDevice, DeviceRenew, "renew_key", Soft, TypeBytes, nil},
	{KindPlace, p.FieldPlace, "parent", Identity, TypeRef, nil},
	{KindPlace, p.FieldVoid, "void", Identity, TypeText, nil},
	{KindPlace, PlaceCode, "code", Identity, TypeText, nil},
	{KindPlace, PlaceName, "name", Identity, TypeText, nil},
	{KindPlace, PlaceNameEN, "name_en", Soft, TypeText, nil},
	{KindPlace, PlaceLevel, "level", Soft, TypeEnum, LevelEnum},
	{KindPlace, PlaceType, "type", Soft, TypeText, nil},
	{KindPlace, PlaceFrom, "from", Identity, TypeDay, nil},
	{KindPlace, PlaceUntil, "until", Identity, TypeDay, nil},
	{KindPlace, PlaceSuccessors, "successors", Soft, TypeRefs, nil},
	{KindPlace, PlaceHamlets, "hamlets", Soft, TypeTexts, nil},
	{KindPlace, PlacePhone, "phone", Soft, TypeText, nil},
	{KindPlace, PlaceFormer, "former", Identity, TypeFormer, nil},
	{KindPlace, PlaceLists, "lists", Soft, TypeTexts, nil},
	{KindVaccine, p.FieldVoid, "void", Identity, TypeText, nil},
	{KindVaccine, VaccineCode, "code", Identity, TypeText, nil},
	{KindVaccine, VaccineName, "name", Soft, TypeText, nil},
	{KindVaccine, VaccineNameEN, "name_en", Soft, TypeText, nil},
	{KindVaccine, VaccineShort, "short", Soft, TypeText, nil},
	{KindVaccine, VaccineAntigens, "antigens", Clinical, TypeTexts, nil},
	{KindVaccine, VaccineDoses, "doses", Soft, TypeInt, nil},
	{KindVaccine, VaccineOrder, "order", Soft, TypeInt, nil},
	{KindVaccine, VaccineRoute, "route", Soft, TypeEnum, RouteEnum},
	{KindVaccine, VaccineSite, "site", Soft, TypeEnum, SiteEnum},
	{KindVaccine, VaccineVolume, "volume", Soft, TypeInt, nil},
	{KindVaccine, VaccineProg, "programme", Soft, TypeEnum, ProgrammeEnum},
	{KindSchedule, p.FieldVoid, "void", Identity, TypeText, nil},
	{KindSchedule, ScheduleCode, "code", Identity, TypeText, nil},
	{KindSchedule, ScheduleTitle, "title", Soft, TypeText, nil},
	{KindSchedule, ScheduleFrom, "from", Identity, TypeDay, nil},
	{KindSchedule, ScheduleUntil, "until", Identity, TypeDay, nil},
	{KindSchedule, ScheduleFile, "file", Clinical, TypeTexts, nil},
	{KindPin, p.FieldSubject, "subject", Soft, TypeRef, nil},
	{KindPin, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindPin, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindRejection, RejectionLog, "log", Soft, TypeBytes, nil},
	{KindRejection, RejectionFrom, "from", Soft, TypeInt, nil},
	{KindRejection, RejectionReason, "reason", Soft, TypeText, nil},
	{KindRescue, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindRescue, RescueValues, "values", Soft, TypeInts, nil},
	{KindAccess, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindAccess, AccessAct, "act", Soft, TypeText, nil},
	{KindAccess, AccessSubject, "subject", Soft, TypeRef, nil},
	{KindAccess, AccessReason, "reason", Soft, TypeText, nil},
	{KindAccess, AccessNamed, "named", Soft, TypeRefs, nil},
	{KindAccess, AccessCount, "count", Soft, TypeInt, nil},
	{KindConsent, p.FieldSubject, "subject", Soft, TypeRef, nil},
	{KindConsent, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindConsent, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindConsent, ConsentPurpose, "purpose", Soft, TypeEnum, PurposeEnum},
	{KindConsent, ConsentAnswer, "answer", Soft, TypeEnum, AnswerEnum},
	{KindConsent, ConsentBy, "by", Soft, TypeText, nil},
	{KindConsent, ConsentRelation, "relation", Soft, TypeEnum, RelationEnum},
	{KindConsent, ConsentOn, "on", Soft, TypeDay, nil},
	{KindConsent, ConsentChannel, "channel", Soft, TypeEnum, ChannelEnum},
	{KindConsent, ConsentText, "text", Soft, TypeText, nil},
	{KindConsent, ConsentBasis, "basis", Soft, TypeText, nil},
	{KindConsent, ConsentNote, "note", Soft, TypeText, nil},
	{KindConsent, ConsentChild, "child", Soft, TypeBool, nil},
	{KindConsent, ConsentAfter, "after", Soft, TypeRefs, nil},
	{KindRequest, p.FieldSubject, "subject", Soft, TypeRef, nil},
	{KindRequest, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindRequest, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindRequest, RequestWish, "wish", Soft, TypeEnum, WishEnum},
	{KindRequest, RequestBy, "by", Soft, TypeText, nil},
	{KindRequest, RequestRelation, "relation", Soft, TypeEnum, RelationEnum},
	{KindRequest, RequestOn, "on", Soft, TypeDay, nil},
	{KindRequest, RequestChannel, "channel", Soft, TypeEnum, ChannelEnum},
	{KindRequest, RequestWords, "words", Soft, TypeText, nil},
	{KindRequest, RequestAnswered, "answered", Soft, TypeDay, nil},
	{KindRequest, RequestExtended, "extended", Soft, TypeText, nil},
	{KindRequest, RequestOutcome, "outcome", Soft, TypeEnum, OutcomeEnum},
	{KindRequest, RequestAnswer, "answer", Soft, TypeText, nil},
	{KindRequest, RequestDone, "done", Soft, TypeDay, nil},
	{KindRequest, RequestHandler, "handler", Soft, TypeRef, nil},
	{KindRequest, RequestLifted, "lifted", Soft, TypeText, nil},
}

var kindNames = map[p.Kind]string{
	KindSubject:      "subject",
	KindImmunization: "immunization",
	KindLink:         "link",
	KindUser:         "user",
	KindDevice:       "device",
	KindPlace:        "place",
	KindVaccine:      "vaccine",
	KindPin:          "pin",
	KindRejection:    "rejection",
	KindSchedule:     "schedule",
	KindAccess:       "access",
	KindRescue:       "rescue",
	KindConsent:      "consent",
	KindRequest:      "request",
	KindVisit:        "visit",
	KindReaction:     "reaction",
	KindContact:      "contact",
	KindAppointment:  "appointment",
	KindSession:      "session",
	KindLot:          "lot",
	KindHamlet:       "hamlet",
	KindFridge:       "fridge",
	KindTemperature:  "temperature",
	KindPractice:     "practice",
	KindCampaign:     "campaign",
	KindEnrolment:    "enrolment",
	KindMovement:     "movement",
	KindTransfer:     "transfer",
	KindOrder:        "order",
	KindStockCount:   "stock_count",
	KindClosing:      "closing",
	KindTarget:       "target",
	KindRecall:       "recall",
}

type fieldKey struct {
	kind  p.Kind
	field p.Field
}

type nameKey struct {
	kind p.Kind
	name string
}

var (
	fieldsByNumber = make(map[fieldKey]*FieldInfo)
	fieldsByName   = make(map[nameKey]*FieldInfo)
)

func init() {
	for i := range Fields {
		f := &Fields[i]
		fieldsByNumber[fieldKey{f.Kind, f.Field}] = f
		fieldsByName[nameKey{f.Kind, f.Name}] = f
	}
}

// KindName returns the stable name of a kind, false if this version does not know it.
func KindName(k p.Kind) (string, bool) {
	name, ok := kindNames[k]
	return name, ok
}

// FieldOf describes a field of a kind, false if this version does not know it.
func FieldOf(k p.Kind, f p.Field) (FieldInfo, bool) {
	if info := fieldsByNumber[fieldKey{k, f}]; info != nil {
		return *info, true
	}
	return FieldInfo{}, false
}

// FieldNamed describes the field of a kind that has this name, false if there is none.
func FieldNamed(k p.Kind, name string) (FieldInfo, bool) {
	if info := fieldsByName[nameKey{k, name}]; info != nil {
		return *info, true
	}
	return FieldInfo{}, false
}

// FieldsOf returns the fields of a kind in order of number.
func FieldsOf(k p.Kind) []FieldInfo {
	var out []FieldInfo
	for _, f := range Fields {
		if f.Kind == k {
			out = append(out, f)
		}
	}
	return out
}

// Accepts reports whether d is null or of the field's type.
func (f *FieldInfo) Accepts(d p.Data) bool {
	if d.IsNull() {
		return true
	}
	listOf := func(tag p.Tag) bool {
		list, ok := d.List()
		for _, item := range list {
			ok = ok && item.Tag() == tag
		}
		return ok
	}
	switch f.Type {
	case TypeText:
		return d.Tag() == p.TagText
	case TypeInt, TypeDay, TypeClock, TypeEnum:
		return d.Tag() == p.TagInt
	case TypeBool:
		return d.Tag() == p.TagTrue || d.Tag() == p.TagFalse
	case TypeBytes:
		return d.Tag() == p.TagBytes
	case TypeRef:
		return d.Tag() == p.TagRef
	case TypeTexts:
		return listOf(p.TagText)
	case TypeInts:
		return listOf(p.TagInt)
	case TypeRefs:
		return listOf(p.TagRef)
	case TypeFormer:
		list, ok := d.List()
		return ok && len(list)%formerItems == 0 && len(formerFrom(list)) == len(list)/formerItems
	}
	return false
}
