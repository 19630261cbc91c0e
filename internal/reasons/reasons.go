// Package reasons puts what a schedule says into sentences, in the language of a catalogue. Pages and the API
// say the same words.
package reasons

import (
	"strings"
	"time"

	"tramy/internal/forecast"
	"tramy/internal/locale"
)

// Words says reasons of one schedule.
type Words struct {
	Catalogue *locale.Catalogue
	Schedule  *forecast.Schedule
	// Vaccine names a vaccine as on the card, by its code; nil: by the schedule's name.
	Vaccine func(code string) string
}

// Say returns the sentence for a reason.
func (w *Words) Say(r forecast.Reason) string {
	return w.Catalogue.T("forecast."+r.Code.String(),
		"on", w.date(r.On), "period", w.Period(r.Period), "vaccine", w.VaccineName(r.Vaccine), "seen", w.Condition(r.Seen), "n", r.Number)
}

// Main returns the reason that a person needs most, false if there is none: what forbids, then what is missing
// longest, then why the date is what it is.
func Main(list []forecast.Reason) (forecast.Reason, bool) {
	best, found := forecast.Reason{}, false
	for _, r := range list {
		if !found || rank(r.Code) < rank(best.Code) || rank(r.Code) == rank(best.Code) && r.On > best.On {
			best, found = r, true
		}
	}
	return best, found
}

// rank orders reasons by how much they matter; what only explains comes last.
func rank(c forecast.ReasonCode) int {
	switch c {
	case forecast.ReasonContraindicated, forecast.ReasonInadvertent, forecast.ReasonUnusable, forecast.ReasonRecalled:
		return 0
	case forecast.ReasonTooOld, forecast.ReasonAgedOut, forecast.ReasonWouldBeTooOld:
		return 1
	case forecast.ReasonTooSoon, forecast.ReasonTooYoung, forecast.ReasonLiveConflict, forecast.ReasonByConflict:
		return 2
	case forecast.ReasonSeriesComplete, forecast.ReasonWrongVaccine, forecast.ReasonUnknownBirth, forecast.ReasonCampaign:
		return 3
	case forecast.ReasonRepeat:
		return 4
	case forecast.ReasonByAge, forecast.ReasonByInterval, forecast.ReasonByObservation, forecast.ReasonBySeason:
		return 5
	case forecast.ReasonSkipped, forecast.ReasonVagueBirth, forecast.ReasonGrace, forecast.ReasonDoubtfulBirth:
		return 7
	}
	return 6
}

// Period says an age or an interval: 28 days, 6 weeks, 2 months, 1 year 6 months.
func (w *Words) Period(p forecast.Period) string {
	out := ""
	add := func(unit string, n int) {
		if n == 0 {
			return
		}
		if out != "" {
			out += " "
		}
		out += w.Catalogue.T("period."+unit, "n", n)
	}
	add("year", int(p.Years))
	add("month", int(p.Months))
	if d := int(p.Days); d%7 == 0 && d != 28 && d != 7 {
		add("week", d/7)
	} else {
		add("day", d)
	}
	return out
}

// VaccineName names a vaccine, "" for none.
func (w *Words) VaccineName(v forecast.VaccineIndex) string {
	if v < 0 {
		return ""
	}
	return w.named(w.Schedule.Vaccines[v].Code)
}

// named is a vaccine's name by its code.
func (w *Words) named(code string) string {
	if w.Vaccine != nil {
		return w.Vaccine(code)
	}
	if w.Schedule != nil {
		if v := w.Schedule.Vaccine(code); v >= 0 {
			return w.Schedule.Vaccines[v].Name
		}
	}
	return code
}

// Condition names an observation: in the catalogue's words where it has some, else in the schedule's.
func (w *Words) Condition(o forecast.ObservationIndex) string {
	if o < 0 {
		return ""
	}
	known := &w.Schedule.Observations[o]
	kind, vaccine, _ := strings.Cut(known.Code, ":") // "anaphylaxis:BCG"
	if key := "condition." + kind; w.Catalogue.Has(key) {
		return w.Catalogue.T(key, "vaccine", w.named(vaccine))
	}
	return known.Name
}

// ConditionOf names a condition by its code, as Condition does; a code that neither the schedule nor the
// catalogue knows is its own name.
func (w *Words) ConditionOf(code string) string {
	if w.Schedule != nil {
		if o := w.Schedule.Observation(code); o != forecast.None {
			return w.Condition(o)
		}
	}
	kind, vaccine, _ := strings.Cut(code, ":")
	if key := "condition." + kind; w.Catalogue.Has(key) {
		return w.Catalogue.T(key, "vaccine", w.named(strings.ToUpper(vaccine)))
	}
	return code
}

func (w *Words) date(d forecast.Day) string {
	if d == 0 {
		return ""
	}
	return w.Catalogue.Date(time.Unix(int64(d)*86400, 0).UTC())
}
