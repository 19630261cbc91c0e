package project

import (
	"crypto/ed25519"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// SubjectRow is one person as pages and searches see it. Linked subjects share Case.
type SubjectRow struct {
	ID          p.EntityID
	Case        p.EntityID // smallest id among the subjects linked as one person
	Recorded    p.EntityID // commune of the standing residence, as recorded: a reform rewrites nothing
	Residence   p.EntityID // where that led: the successor of a split commune whose hamlets have Hamlet, else Recorded
	Code        string     // 16 digits
	Name        string
	BirthDate   registry.Day // meaningless if BirthPrec is 0
	BirthPrec   registry.Precision
	BirthMinute registry.Clock
	BirthOrder  int32
	Sex         registry.Sex
	Hamlet      string
	MotherName  string
	Phone       string // one's own, else mother's, else guardian's, else father's; digits
	PersonalNo  string
	Group       registry.Group
	Status      registry.Status
	NextDate    registry.Day // 0 if none
	DueDate     registry.Day // expected birth, 0 if none
	Conditions  string       // as registry.Condition prints them, joined by spaces
	Void        bool
	Provisional bool       // edited here before its creation arrived
	FromCard    bool       // registered under the code of a card that another machine made
	Mother      p.EntityID // the mother's own subject, zero if nobody said
	Tetanus     int32      // tetanus doses of which no date is known
	TetanusYear int32      // year of the last of them, 0 if nobody knows
	Search      string     // folded words for full-text search: name, mother, father, guardian, hamlet, aliases
	Numbers     string     // code, its last six digits, phones, personal and other numbers, for the same search
	SortName    string     // folded, given name first
	// HomeBy is whose account wrote the standing residence, HomeDay the day (hub time) on which that was: whoever is new to a
	// place was written there by somebody elsewhere. Zero if nothing of it stands, or a program wrote it.
	HomeBy  p.EntityID
	HomeDay registry.Day
}

// ImmunizationRow is one dose, or one refusal or postponement (NotDone > 0).
type ImmunizationRow struct {
	ID          p.EntityID
	Case        p.EntityID
	Subject     p.EntityID // zero: recorded against a code not known here (Code)
	Place       p.EntityID // facility where it was given, as recorded
	Recorded    p.EntityID // residence of the case's canonical subject as recorded
	Residence   p.EntityID // and as it was resolved
	Code        string
	Vaccine     string
	GivenOn     registry.Day
	GivenMinute registry.Clock
	Dose        int32 // number in its vaccine's series, by date; 0 if it does not count
	TypedDose   int32
	Lot         string
	Expires     registry.Day
	Site        registry.Site
	Route       registry.Route
	Programme   registry.Programme
	Source      registry.Source
	NotDone     registry.NotDone
	Screening   registry.Screening
	Temperature int32 // tenths of a degree Celsius, 0 if not taken
	GivenBy     p.EntityID
	Cohort      registry.Month // month of the case's birth, 0 if unknown
	Campaign    p.EntityID     // the campaign it was given in, zero: none
	LotLost     registry.LotLost
	Void        bool
	Counted     bool // given, not void, of a living case: stands in Coverage
}

// LinkRow says whether two subjects are one person (Same) or remembered as two.
type LinkRow struct {
	ID   p.EntityID
	A, B p.EntityID
	Same bool
}

// PlaceRow is a place: what it is by its newest map, what it was before, and what became of it.
type PlaceRow struct {
	ID         p.EntityID
	Parent     p.EntityID
	Code       string // system:code
	Name       string
	NameEN     string
	Level      registry.Level
	Type       string
	From       registry.Day
	Until      registry.Day // exclusive, 0 if still valid
	Void       bool
	Successors []p.EntityID           // after Until
	Former     []registry.FormerPlace // oldest first
	Hamlets    []string               // as written; compare folded
	Lists      []string               // names without "list:"
}

// On returns the row as the place was on a day: parent, code, name and kind of that period.
func (r PlaceRow) On(day registry.Day) PlaceRow {
	if x, ok := registry.FormerOn(r.Former, day); ok {
		r.Parent, r.Code, r.Name, r.Type = x.Parent, x.Code, x.Name, x.Type
		r.NameEN = "" // nobody keeps former names in English
	}
	return r
}

// InForce reports whether the place exists on a day.
func (r *PlaceRow) InForce(on registry.Day) bool {
	return !r.Void && (r.From == 0 || r.From <= on) && (r.Until == 0 || on < r.Until)
}

// UserRow is an account.
type UserRow struct {
	ID       p.EntityID
	Place    p.EntityID
	Login    string
	Name     string
	Role     int32 // rights.Role
	Password string
	Phone    string
	Void     bool // disabled
}

// DeviceRow is a station's or hub's machine.
type DeviceRow struct {
	ID          p.EntityID
	Place       p.EntityID
	Number      int64
	Key         string // Ed25519 public key, raw bytes
	SealKey     string // X25519 public key, raw bytes
	Role        registry.NodeRole
	Name        string
	Up          p.EntityID
	Revoked     bool
	NumberFirst int64 // device numbers a hub may give out, 0 if none
	NumberLast  int64
	FormerKeys  string // Ed25519 public keys it signed with before, 32 bytes each, oldest first
	Renew       bool   // somebody asked for new keys, and it has not changed them yet
}

// Keys returns the keys by which what the device signed is proved, the present one first.
func (d *DeviceRow) Keys() []ed25519.PublicKey {
	out := []ed25519.PublicKey{ed25519.PublicKey(d.Key)}
	for b := d.FormerKeys; len(b) >= ed25519.PublicKeySize; b = b[ed25519.PublicKeySize:] {
		out = append(out, ed25519.PublicKey(b[:ed25519.PublicKeySize]))
	}
	return out
}

// VaccineRow is a vaccine as the programme knows it.
type VaccineRow struct {
	ID        p.EntityID
	Code      string
	Name      string
	NameEN    string
	Short     string
	Antigens  string // joined by semicolons
	Doses     int32
	Order     int32
	Route     registry.Route
	Site      registry.Site
	Volume    int32
	Programme registry.Programme
}

// ScheduleRow is one version of the national schedule.
type ScheduleRow struct {
	ID    p.EntityID
	Code  string
	Title string
	From  registry.Day
	Until registry.Day // exclusive, 0 if open
	File  string
	Void  bool
}

// DueRow is one vaccine that a person still needs: the dose that is next, and when. A date is 0 if there is
// none.
type DueRow struct {
	Case        p.EntityID
	Residence   p.EntityID // of the case's canonical subject
	Hamlet      string     // as they have it
	Vaccine     string
	Dose        int32
	Status      DueStatus
	Programme   registry.Programme
	Earliest    registry.Day // it is too early before
	Recommended registry.Day // it is due from this day
	Overdue     registry.Day // and overdue from this one
	Latest      registry.Day // the last day on which it can be given
}

// DueStatus says whether a dose can still be given.
type DueStatus uint8

// Due statuses.
const (
	DueOpen   DueStatus = 1
	DueMissed DueStatus = 2 // too old for it now: missed for good
	// DueFirst is a child who never had a dose against diphtheria, tetanus and pertussis (registry.FirstDoseVaccines), whatever the schedule
	// says of it: without a Vaccine, Recommended is the day of birth, and Dose is 1 if no dose of anything is known.
	DueFirst DueStatus = 3
)

// AccessRow says who looked at or changed whom.
type AccessRow struct {
	ID      p.EntityID
	Actor   p.EntityID
	Place   p.EntityID
	Subject p.EntityID
	Act     string
	Reason  string
	Count   int32 // how many people a list named; 0: it was no list
	WallMS  int64 // corrected to hub time
}

// RejectionRow says from which change on a log stays out for good.
type RejectionRow struct {
	ID     p.EntityID
	Log    p.LogID
	From   p.Seq
	Reason string
	Actor  p.EntityID
	WallMS int64 // corrected to hub time
}

// RescueRow is one value that a node wrote again because nobody above knew it any more.
type RescueRow struct {
	ID       p.EntityID // the record it stands in
	N        int        // its place there
	Place    p.EntityID // where it was written again
	WallMS   int64      // when, corrected to hub time
	Entity   p.EntityID
	Field    p.Field
	Author   p.EntityID // who first wrote it
	AuthorMS int64      // when, corrected to hub time
}

// ConflictRow is a field with more than one different live value that a person should settle.
type ConflictRow struct {
	Entity p.EntityID
	Field  p.Field
	Kind   p.Kind
	Case   p.EntityID // zero for entities without a case
	Class  registry.Class
}

// CoverageKey is what doses are counted by.
type CoverageKey struct {
	Place     p.EntityID     // as recorded
	Recorded  p.EntityID     // residence as recorded
	Residence p.EntityID     // and as resolved; both together say where somebody stands on any map
	Cohort    registry.Month // month of birth
	Vaccine   string
	Dose      int32
	Month     registry.Month // of the dose
	Programme registry.Programme
}

// CohortKey is what people are counted by: the denominators.
type CohortKey struct {
	Recorded  p.EntityID
	Residence p.EntityID
	Cohort    registry.Month
}

// Coverage returns the key under which an immunization is counted, if it is.
func (r *ImmunizationRow) Coverage() (CoverageKey, bool) {
	return CoverageKey{
		Place: r.Place, Recorded: r.Recorded, Residence: r.Residence, Cohort: r.Cohort, Vaccine: r.Vaccine, Dose: r.Dose,
		Month: r.GivenOn.Month(), Programme: r.Programme,
	}, r.Counted
}

// Cohort returns the key under which a subject is counted: once a case, by its canonical subject.
func (r *SubjectRow) Cohort() (CohortKey, bool) {
	k := CohortKey{Recorded: r.Recorded, Residence: r.Residence}
	if r.BirthPrec != 0 {
		k.Cohort = r.BirthDate.Month()
	}
	return k, r.Case == r.ID && !r.Void && !r.Provisional && r.Group == registry.GroupChild && r.BirthPrec != 0
}
