package cases

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

// Limits of one line.
const (
	LineBytesMax    = 1 << 20
	DosesMax        = 200
	ObservationsMax = 200
)

// Case is one line. Fields that are not named here are remarks.
type Case struct {
	ID             string        `json:"id"`
	Name           string        `json:"name"`
	Suite          string        `json:"suite"`    // "underlying": see compare.go
	Schedule       string        `json:"schedule"` // id of the schedule it is written for; "" if that is said elsewhere
	Born           string        `json:"dob"`      // 2025-11-10; 2025-11 or 2025 if no more is known; null if nothing is
	BirthTime      string        `json:"birth_time"`
	Sex            string        `json:"sex"` // F or M; null if not known
	AssessmentDate string        `json:"assessment_date"`
	Areas          []string      `json:"areas"` // codes of the places that residence lies in
	Observations   []Observation `json:"observations"`
	Doses          []Dose        `json:"doses"`
	Forecast       *Expected     `json:"forecast"`

	first, last forecast.Day // of birth
	on          forecast.Day
}

// Observation is something known of the person.
type Observation struct {
	Code string `json:"code"`
	Date string `json:"date"`
}

// Dose is a dose that was given, and what is expected of it.
type Dose struct {
	N        int      `json:"n"`
	Date     string   `json:"date"`
	CVX      string   `json:"cvx"` // the schedule's code of the vaccine
	MVX      string   `json:"mvx"`
	Antigens []string `json:"antigens"` // of a vaccine that the schedule does not know
	Time     string   `json:"time"`     // 06:30
	Campaign bool     `json:"campaign"`
	Unusable bool     `json:"unusable"`

	Status     string `json:"evaluation_status"`
	Reason     string `json:"reason"`
	OnTime     string `json:"on_time"`     // yes, no, or "unsaid"; "" if it does not matter
	SeriesType string `json:"series_type"` // standard or risk
}

// Expected is the forecast that the case is about.
type Expected struct {
	Group       string  `json:"vaccine_group"`
	Status      string  `json:"series_status"`
	Dose        *int    `json:"dose_number"`
	Earliest    *string `json:"earliest"`
	Recommended *string `json:"recommended"`
	PastDue     *string `json:"past_due"`

	// Our own cases may also say these; what is not stated may be anything.
	Latest   string   `json:"latest"`
	Label    string   `json:"label"`    // "DPT 1"
	Vaccines []string `json:"vaccines"` // that would be given, best first
	Offered  *bool    `json:"offered"`
}

// Error says which field of a line cannot be used, and what to do.
type Error struct {
	Field string // "" if the line as a whole
	Text  string
}

func (e *Error) Error() string {
	if e.Field == "" {
		return e.Text
	}
	return e.Field + ": " + e.Text
}

// Parse reads one line and the patient it describes. The error is an *Error; the case's ID is set if it could
// be read.
func Parse(line []byte) (*Case, *forecast.Patient, error) {
	c := new(Case)
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(c); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return c, nil, &Error{Field: kind.Field, Text: fmt.Sprintf("a %s where the field wants %s", kind.Value, wanted(kind.Type.String()))}
		}
		return c, nil, &Error{Text: "this is not JSON (" + err.Error() + "): write one case a line, as one object"}
	}
	if d.More() {
		return c, nil, &Error{Text: "something follows the object: write one case a line"}
	}
	p, err := c.patient()
	if err != nil {
		return c, nil, err
	}
	return c, p, nil
}

func wanted(goType string) string {
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case strings.HasSuffix(goType, "string"):
		return "text"
	case strings.HasSuffix(goType, "int"):
		return "a whole number"
	case strings.HasSuffix(goType, "bool"):
		return "true or false"
	}
	return "an object"
}

// patient checks the case and makes the person of it.
func (c *Case) patient() (*forecast.Patient, error) {
	var err error
	if c.on, err = day("assessment_date", c.AssessmentDate); err != nil {
		return nil, err
	}
	p := &forecast.Patient{Areas: c.Areas, KnownBirth: c.Born != ""}
	if p.KnownBirth {
		if c.first, c.last, err = birth(c.Born); err != nil {
			return nil, err
		}
		if c.first > c.on {
			return nil, &Error{Field: "dob", Text: fmt.Sprintf("%s lies after assessment_date %s: correct one of them", c.Born, c.AssessmentDate)}
		}
		p.BornFirst, p.BornLast = c.first, c.last
		if p.BirthClock, err = clock("birth_time", c.BirthTime); err != nil {
			return nil, err
		}
	}
	switch c.Sex {
	case "F":
		p.Sex = registry.SexFemale
	case "M":
		p.Sex = registry.SexMale
	case "":
		p.Sex = registry.SexUnknown
	default:
		return nil, &Error{Field: "sex", Text: fmt.Sprintf("%q is none of F, M, null", c.Sex)}
	}
	if n := len(c.Observations); n > ObservationsMax {
		return nil, &Error{Field: "observations", Text: fmt.Sprintf("%d of them: give at most %d", n, ObservationsMax)}
	}
	for i, o := range c.Observations {
		field := "observations[" + strconv.Itoa(i) + "]"
		if o.Code == "" {
			return nil, &Error{Field: field + ".code", Text: "it is missing: give the schedule's code"}
		}
		seen := forecast.Observation{Code: o.Code}
		if o.Date != "" {
			if seen.On, err = day(field+".date", o.Date); err != nil {
				return nil, err
			}
		}
		p.Observations = append(p.Observations, seen)
	}
	if n := len(c.Doses); n > DosesMax {
		return nil, &Error{Field: "doses", Text: fmt.Sprintf("%d of them: give at most %d", n, DosesMax)}
	}
	for i, d := range c.Doses {
		field := "doses[" + strconv.Itoa(i) + "]"
		given := forecast.Dose{Vaccine: d.CVX, Maker: d.MVX, Antigens: d.Antigens, Campaign: d.Campaign, Unusable: d.Unusable}
		if given.On, err = day(field+".date", d.Date); err != nil {
			return nil, err
		}
		if given.Clock, err = clock(field+".time", d.Time); err != nil {
			return nil, err
		}
		if d.CVX == "" && len(d.Antigens) == 0 {
			return nil, &Error{Field: field + ".cvx", Text: "it is missing: give the vaccine's code, or antigens"}
		}
		if d.SeriesType != "" && d.SeriesType != "standard" && d.SeriesType != "risk" {
			return nil, &Error{Field: field + ".series_type", Text: fmt.Sprintf("%q is none of standard, risk, null", d.SeriesType)}
		}
		p.Doses = append(p.Doses, given)
	}
	return p, nil
}

// yearFirst and yearLast bound the years of dates.
const (
	yearFirst = 1900
	yearLast  = 2199
)

func day(field, text string) (forecast.Day, error) {
	if text == "" {
		return 0, &Error{Field: field, Text: "it is missing: give a date like 2025-11-10"}
	}
	t, err := time.Parse("2006-01-02", text)
	if err != nil {
		return 0, &Error{Field: field, Text: fmt.Sprintf("%q is not a date: give one like 2025-11-10 that exists", text)}
	}
	if y := t.Year(); y < yearFirst || y > yearLast {
		return 0, &Error{Field: field, Text: fmt.Sprintf("%q: give a year from %d to %d", text, yearFirst, yearLast)}
	}
	return registry.NewDay(t.Date())
}

// clock reads a time of day; "" is none.
func clock(field, text string) (registry.Clock, error) {
	if text == "" {
		return 0, nil
	}
	c, err := registry.ParseClock(text)
	if err != nil {
		return 0, &Error{Field: field, Text: fmt.Sprintf("%q is not a time: give one like 06:30", text)}
	}
	return c, nil
}

// birth reads a birth date known to the day, the month or the year, as the first and last day it may be.
func birth(text string) (first, last forecast.Day, err error) {
	switch len(text) {
	case len("2025"):
		first, err = day("dob", text+"-01-01")
		last, _ = day("dob", text+"-12-31")
	case len("2025-11"):
		if first, err = day("dob", text+"-01"); err == nil {
			last = first.Month().Last()
		}
	default:
		first, err = day("dob", text)
		last = first
	}
	return first, last, err
}
