package forecast

import (
	"strings"

	"tramy/internal/registry"
)

// Schedule is all that one version of a schedule says. Loaders fill it and call Compile; from then on it is
// read only and may be used by any number of goroutines.
type Schedule struct {
	ID    string // short and unique: "vn-2026-02", "cdsi-4.64"
	Title string
	From  Day // in force from this day; 0 if not stated
	Until Day // and before this one; 0 if not stated

	Vaccines     []Vaccine
	Antigens     []Antigen
	Groups       []Group
	Conflicts    []Conflict
	Observations []ObservationType
	// Addition: doses that campaigns give beside the routine ones. Nothing is judged by them; whoever
	// enters a dose is asked whether it was one of these.
	Supplementary []Supplementary

	vaccines     map[string]VaccineIndex
	observations map[string]ObservationIndex
	antigens     map[string]AntigenIndex
	named        map[string][]AntigenIndex // by name and by other names
	conflictsOf  [][]int32                 // by impacted vaccine: positions in Conflicts
	conflictsAny VaccineSet                // the previous vaccines of Conflicts
	doseCount    int                       // of all series: the size of a workspace
}

// Supplementary is a dose that counts for nothing, as the measles dose before nine months, from one age to
// another.
type Supplementary struct {
	Vaccine    VaccineIndex
	Begin, End Period
	Programme  registry.Programme
	Cite       Citation
}

// VaccineIndex, AntigenIndex, GroupIndex and ObservationIndex are positions in a schedule's lists.
type (
	VaccineIndex     int16
	AntigenIndex     int16
	GroupIndex       int16
	ObservationIndex int16
)

// None is an index that names nothing. AnyVaccine, in a VaccineRule, stands for every vaccine that counts
// for the antigen, those that the schedule does not know among them.
const (
	None       = -1
	AnyVaccine = -2
)

// Vaccine is a product, or a kind of product, as doses name it.
type Vaccine struct {
	Code     string // CVX in CDSi data, the registry's vaccine code in national schedules
	Name     string
	Antigens []Association
	Volumes  []Volume // by age, youngest first; empty if the leaflet decides
	// Addition: who mostly offers it, so that advice can say that a product has to be paid for; 0 if the
	// schedule does not say.
	Programme registry.Programme
	Cite      Citation
}

// Association says from and until which age at administration a vaccine counts for an antigen.
type Association struct {
	Antigen    AntigenIndex
	Begin, End Period
}

// Volume is how much is given from one age to another.
type Volume struct {
	Begin, End  Period
	Microlitres int
}

// Citation says where a row comes from.
type Citation struct {
	Source string
	Verify bool // not confirmed at the source yet: shown wherever the row is
}

// Antigen is one target disease, or one part of a schedule that is judged by itself.
type Antigen struct {
	Name              string
	Also              []string           // other names that a dose's antigens may be given by; two may share one
	ImmuneBy          []ObservationIndex // evidence of immunity
	ImmuneBirths      []ImmuneBirth
	Contraindications []Contraindication // of the antigen as a whole
	VaccineContra     []Contraindication // of the vaccines named in each
	Series            []Series
}

// ImmuneBirth takes people born before a day as immune, unless an exclusion is observed.
type ImmuneBirth struct {
	Before     Day
	Exclusions []ObservationIndex
}

// Contraindication forbids while an observation holds, between two ages.
type Contraindication struct {
	Observation ObservationIndex
	Begin, End  Period
	Text        string
	Vaccines    []VaccineRule // what is forbidden; empty: every vaccine of the antigen
}

// Group is what a clinician orders, and what a forecast is given for.
type Group struct {
	Name     string
	Antigens []AntigenIndex
	// Full says that the vaccine is given while any antigen needs it, so the dose number is the smallest
	// of its antigens'; else it is the largest.
	Full bool
}

// SeriesType says for whom a series is.
type SeriesType uint8

// Series types.
const (
	Standard       SeriesType = 1
	Risk           SeriesType = 2 // for people with one of its indications
	EvaluationOnly SeriesType = 3 // judges doses, never asks for one
)

var seriesTypeKeys = []string{Standard: "standard", Risk: "risk", EvaluationOnly: "evaluation_only"}

// String returns the stable key of a type.
func (t SeriesType) String() string { return keyOf(seriesTypeKeys, int(t)) }

// Series is one way to be protected against an antigen.
type Series struct {
	Name        string
	Group       GroupIndex
	Type        SeriesType
	Programme   registry.Programme // who offers it; 0 if the schedule does not say
	Sexes       []registry.Sex     // empty: everybody
	Default     bool
	Product     bool // a series of one product [product path]
	Cluster     int  // series of one antigen and cluster are alternatives [series group]
	Equivalent  []int
	Priority    string // "A" before "B"
	Preference  int    // 1 before 2; 0 last
	StartBy     Period // maximum age to start
	Indications []Indication
	Guidance    []string // administrative guidance, in the schedule's language
	Doses       []SeriesDose

	// Addition: an offered series is relevant only where and when it is offered, or for somebody who has
	// already had a dose of its antigen. Nil: everywhere, always.
	Offers []Offer
	// Addition: the series is relevant only if one of these holds, counted over all doses of the person up
	// to the assessment date, of any antigen; which of them are valid is not asked. Nil: always.
	History []Set
}

// Offer says that a series is offered in an area from one day and before another (0: open).
type Offer struct {
	Area  string // code of a place, as "gso:11"; "" is everywhere
	From  Day
	Until Day
	Cite  Citation
}

// Indication makes a risk series relevant between two ages.
type Indication struct {
	Observation ObservationIndex
	Begin, End  Period
}

// SeriesDose is one step of a series.
type SeriesDose struct {
	Ages        []AgeRule
	Intervals   []IntervalRule // preferable: all in force must hold
	Allowable   []IntervalRule // or all of these
	Preferable  []VaccineRule
	Accepted    []VaccineRule // allowable vaccines
	Inadvertent VaccineSet
	Skips       []Skip
	Recurring   bool
	Season      Season

	// Addition: what the programme calls this dose: "DPT-VGB-HIB", 1.
	Label Label
	// Addition: the dose was on time if it was given within so many minutes of birth (24 hours for
	// hepatitis B); 0 if the schedule asks for nothing of the kind. It never makes a dose invalid.
	OnTimeMinutes int
	// Addition: the age before which the programme counts the dose in its figures. A later dose is as good.
	CountedUntil Period
	Cite         Citation
}

// Label names a dose as the card does: a vaccine, and a number in its column; the zero Label is none.
type Label struct {
	Vaccine VaccineIndex
	Number  int
}

// AgeRule says from and until which age a dose is valid and when it is recommended, while it is in force.
// A dose before AbsMin is too young; between AbsMin and Min it is valid by grace; from Max on it is too
// old.
type AgeRule struct {
	AbsMin, Min, EarliestRec, LatestRec, Max Period
	InForce                                  Span
}

// Span is a range of days, both included; 0 is open. The zero Span holds always.
type Span struct{ From, To Day }

// IntervalRule is an interval from something that happened before.
type IntervalRule struct {
	Since IntervalBase
	// Which: a target dose's number for SinceTarget, an observation for SinceObservation.
	Target                              int
	Observation                         ObservationIndex
	Vaccines                            VaccineSet // for SinceVaccine
	AbsMin, Min, EarliestRec, LatestRec Period
	Override                            bool // this interval decides the group's earliest date [interval priority]
	InForce                             Span
}

// IntervalBase says from where an interval is counted.
type IntervalBase uint8

// Interval bases.
const (
	SincePrevious    IntervalBase = 1 // the dose before
	SinceTarget      IntervalBase = 2 // the dose that satisfied a target
	SinceVaccine     IntervalBase = 3 // the latest dose of one of the vaccines
	SinceObservation IntervalBase = 4 // an observation's date
)

// VaccineRule names a vaccine, or AnyVaccine, and the ages at which it fits.
type VaccineRule struct {
	Vaccine    VaccineIndex
	Begin, End Period
	Maker      string // MVX; compared only if the dose states one
	Offer      bool   // to be recommended in a forecast, not only accepted
}

// Skip lets a target dose be passed over.
type Skip struct {
	Context SkipContext
	Any     bool // one set is enough; else all in force must hold
	Sets    []Set
}

// SkipContext says when a skip is looked at.
type SkipContext uint8

// Skip contexts.
const (
	SkipBoth       SkipContext = 0
	SkipEvaluation SkipContext = 1
	SkipForecast   SkipContext = 2
)

// Set is a group of conditions.
type Set struct {
	Any        bool // one condition is enough; else all must hold
	Conditions []Condition
	InForce    Span
}

// ConditionType says what a condition looks at.
type ConditionType uint8

// Condition types.
const (
	ConditionAge       ConditionType = 1
	ConditionInterval  ConditionType = 2
	ConditionCompleted ConditionType = 3
	ConditionCount     ConditionType = 4
)

// Condition is one question about age, time since the last dose, other series, or doses given.
type Condition struct {
	Type       ConditionType
	Begin, End Period // ages; for ConditionCount those at administration
	From       Day    // for ConditionCount: given from this day on; 0 open
	Until      Day    // and before this one; 0 open
	Interval   Period
	Clusters   []int      // for ConditionCompleted
	Vaccines   VaccineSet // for ConditionCount; nil: any
	// Addition: beside those, doses of vaccines that the schedule does not know, with one of these antigens.
	Unknown   []AntigenIndex
	Compare   Comparison
	Count     int
	ValidOnly bool // count only doses valid in this series
}

// Comparison compares a count.
type Comparison uint8

// Comparisons.
const (
	EqualTo     Comparison = 1
	GreaterThan Comparison = 2
	LessThan    Comparison = 3
)

// Season is when a seasonal dose is recommended: both days included. The zero Season is none.
type Season struct{ From, To Day }

func (s Season) stated() bool { return s != Season{} }

// Conflict asks for time between two vaccines, mostly live ones: a dose of Current may not follow one of
// Previous from Begin until End after it. MinEnd is for a previous dose that is valid or not judged.
type Conflict struct {
	Previous, Current  VaccineIndex
	Begin, MinEnd, End Period
}

// ObservationType is a condition a person may have: pregnant, HIV, an exposure.
type ObservationType struct {
	Code string
	Name string
}

// VaccineSet is a set of a schedule's vaccines; nil is the empty set.
type VaccineSet []uint64

// Has reports whether a vaccine is in the set.
func (s VaccineSet) Has(v VaccineIndex) bool {
	i := int(v) >> 6
	return v >= 0 && i < len(s) && s[i]&(1<<(v&63)) != 0
}

// With returns the set with a vaccine added; it may change s.
func (s VaccineSet) With(v VaccineIndex) VaccineSet {
	for len(s) <= int(v)>>6 {
		s = append(s, 0)
	}
	s[v>>6] |= 1 << (v & 63)
	return s
}

// Compile makes the schedule ready for use: it builds the indexes that lookups need.
func (s *Schedule) Compile() {
	s.vaccines = make(map[string]VaccineIndex, len(s.Vaccines))
	for i, v := range s.Vaccines {
		s.vaccines[v.Code] = VaccineIndex(i)
	}
	s.observations = make(map[string]ObservationIndex, len(s.Observations))
	for i, o := range s.Observations {
		s.observations[strings.ToLower(o.Code)] = ObservationIndex(i)
	}
	s.antigens = make(map[string]AntigenIndex, len(s.Antigens))
	s.named = make(map[string][]AntigenIndex, len(s.Antigens))
	s.doseCount = 0
	for i := range s.Antigens {
		a := &s.Antigens[i]
		s.antigens[a.Name] = AntigenIndex(i)
		s.named[a.Name] = append(s.named[a.Name], AntigenIndex(i))
		for _, name := range a.Also {
			s.named[name] = append(s.named[name], AntigenIndex(i))
		}
		for _, series := range a.Series {
			s.doseCount += len(series.Doses)
		}
	}
	s.conflictsOf = make([][]int32, len(s.Vaccines))
	s.conflictsAny = nil
	for i, c := range s.Conflicts {
		s.conflictsAny = s.conflictsAny.With(c.Previous)
		s.conflictsOf[c.Current] = append(s.conflictsOf[c.Current], int32(i))
	}
}

// Vaccine returns the index of a vaccine's code, or None.
func (s *Schedule) Vaccine(code string) VaccineIndex {
	if i, ok := s.vaccines[code]; ok {
		return i
	}
	return None
}

// Observation returns the index of an observation's code, or None. Registers keep these codes in small
// letters, whereas one that names a vaccine is written with the vaccine's code: case makes no difference.
func (s *Schedule) Observation(code string) ObservationIndex {
	if i, ok := s.observations[strings.ToLower(code)]; ok {
		return i
	}
	return None
}

// Antigen returns the index of an antigen's name, or None.
func (s *Schedule) Antigen(name string) AntigenIndex {
	if i, ok := s.antigens[name]; ok {
		return i
	}
	return None
}

// InForce reports whether the schedule holds on a day.
func (s *Schedule) InForce(d Day) bool {
	return (s.From == 0 || d >= s.From) && (s.Until == 0 || d < s.Until)
}

func keyOf(keys []string, n int) string {
	if n <= 0 || n >= len(keys) {
		return ""
	}
	return keys[n]
}
