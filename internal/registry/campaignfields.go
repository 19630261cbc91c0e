package registry

import p "tramy/syncproto"

// Fields of a campaign (305). Its place (3) is the top of what it is for: that of a commune goes to the commune, one of more than
// that to everybody.
const (
	CampaignName      p.Field = 10 // text
	CampaignSort      p.Field = 11 // int, CampaignKind
	CampaignVaccine   p.Field = 12 // text, vaccine code
	CampaignFrom      p.Field = 13 // int, day number
	CampaignUntil     p.Field = 14 // int, day number, inclusive
	CampaignSecond    p.Field = 15 // int, day number: the second round begins
	CampaignAgeFrom   p.Field = 16 // int, full months
	CampaignAgeTo     p.Field = 17 // int, full months, inclusive
	CampaignSex       p.Field = 18 // int, Sex; none: both
	CampaignPlaces    p.Field = 19 // list of ref: the parts it is for; none: all
	CampaignTargetsAt p.Field = 20 // list of ref: places with a target
	CampaignTargets   p.Field = 21 // list of int: people, in the order of CampaignTargetsAt
	CampaignCounts    p.Field = 22 // bool: its doses are those of the routine schedule
	CampaignReason    p.Field = 23 // text
	CampaignDocument  p.Field = 24 // text
	CampaignInterval  p.Field = 25 // int, days from the first dose to the second; none: one dose a person
)

// Fields of an enrolment (111): a person on a campaign's list. Its place (3) is the station whose list it is; where the person
// lives is the person's own.
const (
	EnrolmentCampaign p.Field = 10 // ref
	EnrolmentClass    p.Field = 11 // text
	EnrolmentSchool   p.Field = 12 // text
	EnrolmentWhy      p.Field = 13 // int, EnrolmentOutcome: why there was no dose
	EnrolmentDay      p.Field = 14 // int, day number of that
	EnrolmentReason   p.Field = 15 // text
	EnrolmentOrder    p.Field = 16 // int, in the list as it came
)

// campaignFields are the fields of these kinds. What differs is seen on the list, and nobody is asked to settle it.
var campaignFields = []FieldInfo{
	{KindCampaign, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindCampaign, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindCampaign, CampaignName, "name", Soft, TypeText, nil},
	{KindCampaign, CampaignSort, "kind", Soft, TypeEnum, CampaignKindEnum},
	{KindCampaign, CampaignVaccine, "vaccine", Soft, TypeText, nil},
	{KindCampaign, CampaignFrom, "from", Soft, TypeDay, nil},
	{KindCampaign, CampaignUntil, "until", Soft, TypeDay, nil},
	{KindCampaign, CampaignSecond, "second", Soft, TypeDay, nil},
	{KindCampaign, CampaignAgeFrom, "age_from", Soft, TypeInt, nil},
	{KindCampaign, CampaignAgeTo, "age_to", Soft, TypeInt, nil},
	{KindCampaign, CampaignSex, "sex", Soft, TypeEnum, SexEnum},
	{KindCampaign, CampaignPlaces, "places", Soft, TypeRefs, nil},
	{KindCampaign, CampaignTargetsAt, "targets_at", Soft, TypeRefs, nil},
	{KindCampaign, CampaignTargets, "targets", Soft, TypeInts, nil},
	{KindCampaign, CampaignCounts, "counts", Soft, TypeBool, nil},
	{KindCampaign, CampaignReason, "reason", Soft, TypeText, nil},
	{KindCampaign, CampaignDocument, "document", Soft, TypeText, nil},
	{KindCampaign, CampaignInterval, "interval", Soft, TypeInt, nil},
	{KindEnrolment, p.FieldSubject, "subject", Soft, TypeRef, nil},
	{KindEnrolment, p.FieldPlace, "place", Soft, TypeRef, nil},
	{KindEnrolment, p.FieldVoid, "void", Soft, TypeText, nil},
	{KindEnrolment, EnrolmentCampaign, "campaign", Soft, TypeRef, nil},
	{KindEnrolment, EnrolmentClass, "class", Soft, TypeText, nil},
	{KindEnrolment, EnrolmentSchool, "school", Soft, TypeText, nil},
	{KindEnrolment, EnrolmentWhy, "outcome", Soft, TypeEnum, EnrolmentOutcomeEnum},
	{KindEnrolment, EnrolmentDay, "day", Soft, TypeDay, nil},
	{KindEnrolment, EnrolmentReason, "reason", Soft, TypeText, nil},
	{KindEnrolment, EnrolmentOrder, "order", Soft, TypeInt, nil},
}

// CampaignKind is what a campaign is held for.
type CampaignKind uint8

// Kinds of campaigns.
const (
	CampaignCatchUp  CampaignKind = 1 // routine doses that were missed, made up for
	CampaignSchool   CampaignKind = 2 // at schools
	CampaignOutbreak CampaignKind = 3 // against an outbreak
	CampaignMass     CampaignKind = 4 // one dose more for all of an age, whatever they had
)

var campaignKindKeys = []string{1: "catch_up", 2: "school", 3: "outbreak", 4: "mass"}

// EnrolmentOutcome is why somebody on a list had no dose.
type EnrolmentOutcome uint8

// Outcomes.
const (
	EnrolmentAbsent          EnrolmentOutcome = 1
	EnrolmentRefused         EnrolmentOutcome = 2
	EnrolmentPostponed       EnrolmentOutcome = 3 // unwell today
	EnrolmentContraindicated EnrolmentOutcome = 4
	EnrolmentHasIt           EnrolmentOutcome = 5 // had it already
)

var enrolmentOutcomeKeys = []string{1: "absent", 2: "refused", 3: "postponed", 4: "contraindicated", 5: "has_it"}

// String returns the stable key.
func (x CampaignKind) String() string { return key(campaignKindKeys, int64(x)) }

// String returns the stable key.
func (x EnrolmentOutcome) String() string { return key(enrolmentOutcomeKeys, int64(x)) }

// NeedsReason reports whether the outcome alone does not say enough.
func (x EnrolmentOutcome) NeedsReason() bool {
	return x == EnrolmentRefused || x == EnrolmentPostponed || x == EnrolmentContraindicated
}

// Open reports whether who has the outcome is called to the second round.
func (x EnrolmentOutcome) Open() bool {
	return x == 0 || x == EnrolmentAbsent || x == EnrolmentRefused || x == EnrolmentPostponed
}

// The enumerations, as in enums.go.
var (
	CampaignKindEnum     = &Enum{"campaign_kind", campaignKindKeys}
	EnrolmentOutcomeEnum = &Enum{"enrolment_outcome", enrolmentOutcomeKeys}
)
