package fhir

import (
	"slices"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Recommended is what the schedule says of one vaccine, or of a group of which nothing is waited for.
type Recommended struct {
	Vaccine  string // code; "" for a group
	Group    string
	Number   int
	Status   string // one of forecastCodes; "" where the standard has no code: not yet due, too old for it
	Urgency  string // our own word
	Earliest registry.Day
	// Recommended is the day on which it is wanted; the others are 0 if there is none.
	Recommended, OverdueFrom, Latest registry.Day
	Reasons                          []string
}

// ImmunizationRecommendation is what is next for a person.
type ImmunizationRecommendation struct {
	ResourceType   string           `json:"resourceType"`
	ID             string           `json:"id"`
	Patient        Reference        `json:"patient"`
	Date           string           `json:"date"`
	Recommendation []recommendation `json:"recommendation"`
}

type recommendation struct {
	VaccineCode           []CodeableConcept `json:"vaccineCode,omitempty"`
	TargetDisease         *CodeableConcept  `json:"targetDisease,omitempty"`
	ForecastStatus        CodeableConcept   `json:"forecastStatus"`
	ForecastReason        []CodeableConcept `json:"forecastReason,omitempty"`
	DateCriterion         []dateCriterion   `json:"dateCriterion,omitempty"`
	DoseNumberPositiveInt int64             `json:"doseNumberPositiveInt,omitempty"`
}

type dateCriterion struct {
	Code  CodeableConcept `json:"code"`
	Value string          `json:"value"`
}

const (
	systemForecast = "http://terminology.hl7.org/CodeSystem/immunization-recommendation-status"
	systemGroup    = "urn:tramy:vaccine-group"
)

// forecastCodes are the standings that R4 has a code for.
var forecastCodes = []string{"due", "overdue", "complete", "immune", "contraindicated"}

// Recommendation writes what the schedule says to a person on a day.
func (e *Encoder) Recommendation(id p.EntityID, on registry.Day, list []Recommended) *ImmunizationRecommendation {
	out := &ImmunizationRecommendation{ResourceType: "ImmunizationRecommendation", ID: id.String(), Patient: e.refer(&Person{ID: id}), Date: on.ISO()}
	for i := range list {
		x := &list[i]
		one := recommendation{DoseNumberPositiveInt: int64(x.Number)}
		if x.Vaccine != "" {
			one.VaccineCode = []CodeableConcept{vaccineConcept(x.Vaccine, e.known())}
		} else {
			one.TargetDisease = &CodeableConcept{Coding: []Coding{{System: systemGroup, Code: x.Group}}}
		}
		if slices.Contains(forecastCodes, x.Status) {
			one.ForecastStatus.Coding = append(one.ForecastStatus.Coding, Coding{System: systemForecast, Code: x.Status})
		}
		if x.Urgency != "" {
			one.ForecastStatus.Coding = append(one.ForecastStatus.Coding, Coding{System: SystemStatus, Code: x.Urgency})
		}
		for _, reason := range x.Reasons {
			one.ForecastReason = append(one.ForecastReason, CodeableConcept{Text: reason})
		}
		// LOINC: the dates of an immunization that is scheduled.
		for _, d := range []struct {
			code, display string
			day           registry.Day
		}{
			{"30981-5", "Earliest date to give", x.Earliest},
			{"30980-7", "Date vaccine due", x.Recommended},
			{"59778-1", "Date when overdue for immunization", x.OverdueFrom},
			{"59777-3", "Latest date to give immunization", x.Latest},
		} {
			if d.day != 0 {
				one.DateCriterion = append(one.DateCriterion, dateCriterion{CodeableConcept{Coding: []Coding{{System: systemLOINC, Code: d.code, Display: d.display}}}, d.day.ISO()})
			}
		}
		out.Recommendation = append(out.Recommendation, one)
	}
	return out
}
