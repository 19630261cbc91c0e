package registry

import "strconv"

// The enumerations of the field table. Numbers are stored and sent: new ones may be added, none is ever
// reused. Zero always means "not stated". String gives the stable key used by the API and, as
// "sex.male", by the catalogue; a number this version does not know prints as digits.

// Precision says how exactly a birth date is known.
type Precision uint8

// Precisions. Only to the minute is there a time of birth; it starts the 24-hour clock for hepatitis B.
const (
	PrecisionDay    Precision = 1
	PrecisionMonth  Precision = 2
	PrecisionYear   Precision = 3
	PrecisionMinute Precision = 4
)

// DayKnown reports whether the day itself is known.
func (p Precision) DayKnown() bool { return p == PrecisionDay || p == PrecisionMinute }

var precisionKeys = []string{1: "day", 2: "month", 3: "year", 4: "minute"}

// Sex as recorded.
type Sex uint8

// Sexes.
const (
	SexMale    Sex = 1
	SexFemale  Sex = 2
	SexUnknown Sex = 3 // not determined, or not known
)

var sexKeys = []string{1: "male", 2: "female", 3: "unknown"}

// Status says whether a subject is still there to be vaccinated.
type Status uint8

// Statuses.
const (
	StatusPresent Status = 1
	StatusAbsent  Status = 2
	StatusMoved   Status = 3
	StatusDied    Status = 4
	StatusUnknown Status = 5
)

var statusKeys = []string{1: "present", 2: "absent", 3: "moved", 4: "died", 5: "unknown"}

// Group says under which register a subject is kept.
type Group uint8

// Groups.
const (
	GroupChild    Group = 1
	GroupPregnant Group = 2
	GroupAdult    Group = 3
)

var groupKeys = []string{1: "child", 2: "pregnant", 3: "adult"}

// Site is where on the body a dose was given.
type Site uint8

// Sites. The thigh is the front outer side, the arm the upper arm.
const (
	SiteLeftThigh    Site = 1
	SiteRightThigh   Site = 2
	SiteLeftArm      Site = 3
	SiteRightArm     Site = 4
	SiteMouth        Site = 5
	SiteLeftButtock  Site = 6
	SiteRightButtock Site = 7
	SiteOther        Site = 8
)

var siteKeys = []string{
	1: "left_thigh", 2: "right_thigh", 3: "left_arm", 4: "right_arm", 5: "mouth",
	6: "left_buttock", 7: "right_buttock", 8: "other",
}

// Route is how a dose was given.
type Route uint8

// Routes.
const (
	RouteIM    Route = 1 // into the muscle
	RouteSC    Route = 2 // under the skin
	RouteID    Route = 3 // into the skin
	RouteOral  Route = 4
	RouteNasal Route = 5
)

var routeKeys = []string{1: "im", 2: "sc", 3: "id", 4: "oral", 5: "nasal"}

// Programme says who pays: vaccines of the expanded programme may not be charged for.
type Programme uint8

// Programmes.
const (
	ProgrammeEPI      Programme = 1 // tiêm chủng mở rộng
	ProgrammeOutbreak Programme = 2 // chống dịch; such a dose does not advance the routine series
	ProgrammePaid     Programme = 3 // dịch vụ
)

var programmeKeys = []string{1: "epi", 2: "outbreak", 3: "paid"}

// Source says how the recorder knows of a dose.
type Source uint8

// Sources. Only SourceHere is first hand.
const (
	SourceHere      Source = 1 // given at the place that records it
	SourceCard      Source = 2 // read from a card or book
	SourceElsewhere Source = 3 // told: given elsewhere
	SourceImport    Source = 4 // from a file
)

var sourceKeys = []string{1: "here", 2: "card", 3: "elsewhere", 4: "import"}

// NotDone says why a due dose was not given.
type NotDone uint8

// Reasons. The first two of them a family can change.
const (
	NotDoneRefused         NotDone = 1
	NotDonePostponed       NotDone = 2 // unwell today
	NotDoneContraindicated NotDone = 3
	NotDoneNoVaccine       NotDone = 4
	NotDoneAbsent          NotDone = 5
	NotDoneReferred        NotDone = 6 // to a hospital
	NotDoneOther           NotDone = 7
)

var notDoneKeys = []string{
	1: "refused", 2: "postponed", 3: "contraindicated", 4: "no_vaccine", 5: "absent",
	6: "referred", 7: "other",
}

// Screening is the conclusion that must be signed before a dose.
type Screening uint8

// Conclusions.
const (
	ScreeningEligible        Screening = 1
	ScreeningPostpone        Screening = 2
	ScreeningContraindicated Screening = 3
	ScreeningRefer           Screening = 4
	ScreeningOnPaper         Screening = 5 // back-entry: the signed form is on paper
)

var screeningKeys = []string{1: "eligible", 2: "postpone", 3: "contraindicated", 4: "refer", 5: "on_paper"}

// Checked says what answered the question whether there were doses that this register does not know.
type Checked uint8

// Answers, the surest first.
const (
	CheckedCard  Checked = 1 // the card or book was looked at
	CheckedHub   Checked = 2 // the child was looked up through the hubs above
	CheckedPhone Checked = 3 // the other place was asked
	CheckedTold  Checked = 4 // whoever came with the child said so
)

var checkedKeys = []string{1: "card", 2: "hub", 3: "phone", 4: "told"}

// LotLost says why the lot of a dose will never be known. It is no lot: a recall counts such doses among those that may be of it.
type LotLost uint8

// Why a lot is not known.
const (
	LotLostNotWritten LotLost = 1 // nobody wrote it down when the dose was given
	LotLostVial       LotLost = 2 // the vials of that day are thrown away
	LotLostPaper      LotLost = 3 // the list or book it stood in is lost or cannot be read
	LotLostOther      LotLost = 4
)

var lotLostKeys = []string{1: "not_written", 2: "vial", 3: "paper", 4: "other"}

// Evidence says what a statement about tetanus doses rests on.
type Evidence uint8

// Evidence, the surest first.
const (
	EvidenceRecord Evidence = 1 // doses of this register, each with its date
	EvidenceCard   Evidence = 2 // a card or book was looked at
	EvidenceTold   Evidence = 3 // the woman, or who came with the child, said so
)

var evidenceKeys = []string{1: "record", 2: "card", 3: "told"}

// Protected says whether somebody was protected against tetanus when they were born, through their mother.
type Protected uint8

// Answers.
const (
	ProtectedYes     Protected = 1
	ProtectedNo      Protected = 2
	ProtectedUnknown Protected = 3 // asked, and nobody knows
)

var protectedKeys = []string{1: "yes", 2: "no", 3: "unknown"}

// PregnancyEnd says how a pregnancy ended.
type PregnancyEnd uint8

// Ends of a pregnancy.
const (
	PregnancyBorn      PregnancyEnd = 1 // at least one child was born alive
	PregnancyStillborn PregnancyEnd = 2
	PregnancyLost      PregnancyEnd = 3 // it ended before a child could live
)

var pregnancyEndKeys = []string{1: "born", 2: "stillborn", 3: "lost"}

// Level is the tier of a place.
type Level uint8

// Levels. Between province and commune a tier may be missing.
const (
	LevelNation   Level = 1
	LevelProvince Level = 2
	LevelRegion   Level = 3 // regional health centre; the district until June 2025
	LevelCommune  Level = 4
	LevelFacility Level = 5 // station, point, hospital, clinic, temporary site
)

var levelKeys = []string{1: "nation", 2: "province", 3: "region", 4: "commune", 5: "facility"}

// NodeRole says what a device may do in an exchange.
type NodeRole uint8

// Roles of devices.
const (
	NodeStation NodeRole = 1
	NodeHub     NodeRole = 2
)

var nodeRoleKeys = []string{1: "station", 2: "hub"}

// String returns the stable key.
func (x Precision) String() string { return key(precisionKeys, int64(x)) }

// String returns the stable key.
func (x Sex) String() string { return key(sexKeys, int64(x)) }

// String returns the stable key.
func (x Status) String() string { return key(statusKeys, int64(x)) }

// String returns the stable key.
func (x Group) String() string { return key(groupKeys, int64(x)) }

// String returns the stable key.
func (x Site) String() string { return key(siteKeys, int64(x)) }

// String returns the stable key.
func (x Route) String() string { return key(routeKeys, int64(x)) }

// String returns the stable key.
func (x Programme) String() string { return key(programmeKeys, int64(x)) }

// String returns the stable key.
func (x Source) String() string { return key(sourceKeys, int64(x)) }

// String returns the stable key.
func (x NotDone) String() string { return key(notDoneKeys, int64(x)) }

// String returns the stable key.
func (x Screening) String() string { return key(screeningKeys, int64(x)) }

// String returns the stable key.
func (x Checked) String() string { return key(checkedKeys, int64(x)) }

// String returns the stable key.
func (x LotLost) String() string { return key(lotLostKeys, int64(x)) }

// String returns the stable key.
func (x Evidence) String() string { return key(evidenceKeys, int64(x)) }

// String returns the stable key.
func (x Protected) String() string { return key(protectedKeys, int64(x)) }

// String returns the stable key.
func (x PregnancyEnd) String() string { return key(pregnancyEndKeys, int64(x)) }

// String returns the stable key.
func (x Level) String() string { return key(levelKeys, int64(x)) }

// String returns the stable key.
func (x NodeRole) String() string { return key(nodeRoleKeys, int64(x)) }

// Enum describes one enumeration: its name in catalogue keys and its keys by number.
type Enum struct {
	Name string
	keys []string
}

// The enumerations, for forms, the API and the history.
var (
	PrecisionEnum = &Enum{"precision", precisionKeys}
	SexEnum       = &Enum{"sex", sexKeys}
	StatusEnum    = &Enum{"status", statusKeys}
	GroupEnum     = &Enum{"group", groupKeys}
	SiteEnum      = &Enum{"site", siteKeys}
	RouteEnum     = &Enum{"route", routeKeys}
	ProgrammeEnum = &Enum{"programme", programmeKeys}
	SourceEnum    = &Enum{"source", sourceKeys}
	NotDoneEnum   = &Enum{"not_done", notDoneKeys}
	ScreeningEnum = &Enum{"screening", screeningKeys}
	CheckedEnum   = &Enum{"checked", checkedKeys}
	LotLostEnum   = &Enum{"lot_lost", lotLostKeys}
	EvidenceEnum  = &Enum{"evidence", evidenceKeys}
	ProtectedEnum = &Enum{"protected", protectedKeys}
	LevelEnum     = &Enum{"level", levelKeys}
	NodeRoleEnum  = &Enum{"device_role", nodeRoleKeys}
	PurposeEnum   = &Enum{"purpose", purposeKeys}
	AnswerEnum    = &Enum{"answer", answerKeys}
	RelationEnum  = &Enum{"relation", relationKeys}
	ChannelEnum   = &Enum{"channel", channelKeys}
	WishEnum      = &Enum{"wish", wishKeys}
	OutcomeEnum   = &Enum{"outcome", outcomeKeys}

	PregnancyEndEnum = &Enum{"pregnancy_end", pregnancyEndKeys}
)

// Enums lists all enumerations.
var Enums = []*Enum{
	PrecisionEnum, SexEnum, StatusEnum, GroupEnum, SiteEnum, RouteEnum, ProgrammeEnum,
	SourceEnum, NotDoneEnum, ScreeningEnum, CheckedEnum, LotLostEnum, LevelEnum, NodeRoleEnum,
	PurposeEnum, AnswerEnum, RelationEnum, ChannelEnum, WishEnum, OutcomeEnum,
	SettingEnum, SeverityEnum, ReactionEndEnum, ContactWayEnum, ContactResultEnum,
	EvidenceEnum, ProtectedEnum, PregnancyEndEnum,
	BloodGroupEnum, PaperKindEnum,
	CampaignKindEnum, EnrolmentOutcomeEnum,
	MoveTypeEnum, DiscardReasonEnum, GapReasonEnum,
	RecallKindEnum, RecallCareEnum,
}

// Key returns the stable key of a number, "" for 0.
func (e *Enum) Key(n int64) string { return key(e.keys, n) }

// Number returns the number of a key, 0 and false if there is no such key.
func (e *Enum) Number(key string) (int64, bool) {
	for n, k := range e.keys {
		if n > 0 && k == key {
			return int64(n), true
		}
	}
	return 0, false
}

// Keys returns all keys in the order of their numbers.
func (e *Enum) Keys() []string { return append([]string(nil), e.keys[1:]...) }

// Known reports whether this version knows the number; 0 ("not stated") is known.
func (e *Enum) Known(n int64) bool { return n >= 0 && n < int64(len(e.keys)) }

func key(keys []string, n int64) string {
	switch {
	case n == 0:
		return ""
	case n > 0 && n < int64(len(keys)):
		return keys[n]
	}
	return strconv.FormatInt(n, 10)
}
