package forecast

// Reason says why a dose, a status or a date is what it is: a code, and what the sentence for it needs.
// The catalogue puts it into words.
type Reason struct {
	Code    ReasonCode
	On      Day              // the date it turns on: valid from, too old since, given on
	Period  Period           // the age or interval asked for
	Vaccine VaccineIndex     // the other vaccine, or None
	Seen    ObservationIndex // the observation, or None
	Number  int              // a count or a step
}

// ReasonCode names a reason. Numbers may be added, none is ever reused.
type ReasonCode uint8

// Reasons for the status of a dose.
const (
	ReasonTooYoung       ReasonCode = 1  // On: old enough from this day; Period: the age asked for
	ReasonTooOld         ReasonCode = 2  // On: too old since this day; Period: the age
	ReasonTooSoon        ReasonCode = 3  // On: far enough from this day; Period: the interval; Vaccine: of the dose before, if one
	ReasonInadvertent    ReasonCode = 4  // a vaccine that must not be given at this step
	ReasonSeriesComplete ReasonCode = 5  // all steps were done already
	ReasonWrongVaccine   ReasonCode = 6  // neither preferable nor allowable at this step and age
	ReasonLiveConflict   ReasonCode = 7  // Vaccine: the other; On: far enough from this day
	ReasonUnusable       ReasonCode = 8  // expired, or the cold chain was broken
	ReasonCampaign       ReasonCode = 9  // given beside the routine doses
	ReasonUnknownVaccine ReasonCode = 10 // the schedule knows neither it nor its antigens
	ReasonAhead          ReasonCode = 11 // dated after the day of assessment
	ReasonGrace          ReasonCode = 12 // valid by grace: On: the day it was asked for
	ReasonDoubtfulBirth  ReasonCode = 13 // valid for some birth dates that are possible
	ReasonNoSeries       ReasonCode = 14 // no series of this antigen is for this person
	ReasonRecalled       ReasonCode = 15 // its lot was recalled, and the dose is to be given again
)

// Reasons for a status or date of a forecast.
const (
	ReasonByAge           ReasonCode = 40 // Period: recommended at this age; On: that day
	ReasonByInterval      ReasonCode = 41 // Period: from the dose before; On: that day
	ReasonByConflict      ReasonCode = 42 // Vaccine: the live vaccine given before; On: far enough from this day
	ReasonBySeason        ReasonCode = 43 // On: the season's first day
	ReasonSeasonOver      ReasonCode = 44 // On: the season's last day
	ReasonDone            ReasonCode = 45 // Number: doses that counted
	ReasonImmuneEvidence  ReasonCode = 46 // Seen
	ReasonImmuneBirth     ReasonCode = 47 // On: born before
	ReasonContraindicated ReasonCode = 48 // Seen
	ReasonAgedOut         ReasonCode = 49 // On: too old since; Period: the age
	ReasonWouldBeTooOld   ReasonCode = 50 // the earliest day is too late: On: too old since
	ReasonSkipped         ReasonCode = 51 // Number: a step that is not needed
	ReasonByObservation   ReasonCode = 52 // Seen; On
	ReasonNotNeeded       ReasonCode = 53 // every step could be skipped
	ReasonUnknownBirth    ReasonCode = 54 // no birth date: nothing is forecast
	ReasonVagueBirth      ReasonCode = 55 // month or year only: dates are on the safe side
	ReasonRepeat          ReasonCode = 56 // a dose did not count: On: when it was given
)

var reasonKeys = []string{
	ReasonTooYoung: "too_young", ReasonTooOld: "too_old", ReasonTooSoon: "too_soon", ReasonInadvertent: "inadvertent",
	ReasonSeriesComplete: "series_complete", ReasonWrongVaccine: "wrong_vaccine", ReasonLiveConflict: "live_conflict",
	ReasonUnusable: "unusable", ReasonCampaign: "campaign", ReasonUnknownVaccine: "unknown_vaccine",
	ReasonAhead: "ahead", ReasonGrace: "grace", ReasonDoubtfulBirth: "doubtful_birth", ReasonNoSeries: "no_series",
	ReasonRecalled: "recalled",

	ReasonByAge: "by_age", ReasonByInterval: "by_interval", ReasonByConflict: "by_conflict", ReasonBySeason: "by_season",
	ReasonSeasonOver: "season_over", ReasonDone: "done", ReasonImmuneEvidence: "immune_evidence",
	ReasonImmuneBirth: "immune_birth", ReasonContraindicated: "contraindicated", ReasonAgedOut: "aged_out",
	ReasonWouldBeTooOld: "would_be_too_old", ReasonSkipped: "skipped", ReasonByObservation: "by_observation",
	ReasonNotNeeded: "not_needed", ReasonUnknownBirth: "unknown_birth", ReasonVagueBirth: "vague_birth", ReasonRepeat: "repeat",
}

// String returns the stable key of a reason, used by the API and, behind "forecast.", by the catalogue.
func (c ReasonCode) String() string { return keyOf(reasonKeys, int(c)) }
