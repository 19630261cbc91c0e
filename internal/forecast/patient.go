package forecast

import "tramy/internal/registry"

// Patient is what is known of one person.
type Patient struct {
	// Born is the birth date; where it is known to the month or year only, BornFirst and BornLast are the
	// first and the last day it may have been. Addition: a recorded dose gets the benefit of the doubt
	// (old enough by BornFirst, young enough by BornLast); a date that is forecast is safe (from BornLast).
	// KnownBirth false means that nothing is known: nothing is forecast by age.
	// A step is passed over, and immunity by birth taken, only where every possible day says so.
	BornFirst, BornLast Day
	KnownBirth          bool
	BirthClock          registry.Clock // time of birth
	Sex                 registry.Sex   // the zero Sex is unknown

	Observations []Observation
	// Areas are the codes of the places that residence lies in, now and under earlier maps: what is
	// offered is decided by them.
	Areas []string
	Doses []Dose
}

// Observation is something known of a person. On is 0 if its date is not known; it may lie ahead, as the day
// a birth is expected on does. Of several with one code the latest date is used.
type Observation struct {
	Code string
	On   Day
}

// Dose is a dose that was given. Doses after the assessment date are left out.
type Dose struct {
	Vaccine string // the schedule's code
	On      Day
	Clock   registry.Clock // time of day
	Maker   string         // MVX, if stated
	// Antigens are those of a vaccine that the schedule does not know, from abroad for example, by the
	// schedule's names; they are not looked at for a vaccine it knows.
	Antigens []string
	// Unusable marks a dose that cannot count: expired lot, broken cold chain.
	Unusable bool
	// Recalled marks a dose of a lot that was recalled and is to be given again. Addition: as Unusable, under a reason of its own.
	Recalled bool
	// Campaign marks a dose given beside the routine ones. Addition: it never satisfies a target and no
	// condition counts it; the time to the next live vaccine is kept from it like from any other.
	Campaign bool
}

// EvaluationStatus is what became of a dose in a series.
type EvaluationStatus uint8

// Evaluation statuses.
const (
	NotEvaluated EvaluationStatus = 0
	Valid        EvaluationStatus = 1
	NotValid     EvaluationStatus = 2
	Extraneous   EvaluationStatus = 3
	Substandard  EvaluationStatus = 4
)

var evaluationKeys = []string{Valid: "valid", NotValid: "not_valid", Extraneous: "extraneous", Substandard: "sub_standard"}

// String returns the stable key of a status; "" for NotEvaluated.
func (s EvaluationStatus) String() string { return keyOf(evaluationKeys, int(s)) }

// SeriesStatus is where a person stands in a series.
type SeriesStatus uint8

// Series statuses.
const (
	NotComplete     SeriesStatus = 1
	Complete        SeriesStatus = 2
	Immune          SeriesStatus = 3
	Contraindicated SeriesStatus = 4
	AgedOut         SeriesStatus = 5
	NotRecommended  SeriesStatus = 6
)

var seriesStatusKeys = []string{
	NotComplete: "not_complete", Complete: "complete", Immune: "immune", Contraindicated: "contraindicated",
	AgedOut: "aged_out", NotRecommended: "not_recommended",
}

// String returns the stable key of a status.
func (s SeriesStatus) String() string { return keyOf(seriesStatusKeys, int(s)) }

// Result is what Evaluate found. Its slices are reused by the next call with the same Result.
type Result struct {
	Doses  []DoseResult    // one for each dose of the patient, in their order
	Groups []GroupForecast // by group, standard before risk
	// Until is the first day on which the same doses may be judged otherwise, or another date be forecast,
	// through nothing but time: an age is reached, an offer or a season begins. Reasons may say of an earlier
	// day that it is still to come.
	Until Day

	// What the slices above point into, kept for the next call.
	verdicts []DoseVerdict
	reasons  []Reason
	vaccines []VaccineIndex
	guidance []string
	antigens []AntigenForecast
}

// DoseResult says what became of a dose, once for each series that was chosen and judged it. A dose that none
// did has one verdict without a status, whose reason says why.
type DoseResult struct {
	Verdicts []DoseVerdict
	// OnTime is Yes or No where the schedule asks for hours since birth (see SeriesDose.OnTimeMinutes).
	OnTime Answer
}

// Answer is yes, no, or not known.
type Answer uint8

// Answers.
const (
	Unsaid Answer = 0
	Yes    Answer = 1
	No     Answer = 2
)

// DoseVerdict is the status of a dose for one antigen in the series chosen for it. Where no series of the
// antigen was, Group and Cluster are None and the status is NotEvaluated.
type DoseVerdict struct {
	Antigen AntigenIndex
	Group   GroupIndex
	Type    SeriesType
	Cluster int
	// Best says that the forecast is made of this series; else it was chosen in its cluster, and an equivalent
	// one is followed instead.
	Best    bool
	Status  EvaluationStatus
	Target  int // the step of the series it satisfied, from 1; 0 if none
	Reasons []Reason
}

// GroupForecast is what comes next in a group.
type GroupForecast struct {
	Group   GroupIndex
	Type    SeriesType
	Cluster int // of a group with one antigen
	Status  SeriesStatus
	Dose    int // number of the next dose
	// Dates are 0 if there is none. PastDue is the last day on which the dose is not overdue; Latest the
	// last day on which it can be given.
	Earliest, Recommended, PastDue, Latest Day
	Vaccines                               []VaccineIndex // that would be given, best first
	Label                                  Label          // what the programme calls the dose
	Programme                              registry.Programme
	Reasons                                []Reason
	Guidance                               []string
	Verify                                 bool // rests on a row that is not confirmed
	// Offered is false where none of the series behind the forecast is offered at this place and time, and
	// it is followed only because a dose was given: nobody is called for it.
	Offered  bool
	Antigens []AntigenForecast
}

// AntigenForecast is the best series of one antigen of a group.
type AntigenForecast struct {
	Antigen                                AntigenIndex
	Series                                 int // position in Antigen.Series
	Status                                 SeriesStatus
	Target                                 int // step that is next, from 1; 0 if none
	Dose                                   int
	Earliest, Recommended, PastDue, Latest Day
}
