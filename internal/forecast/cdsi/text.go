package cdsi

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

// text returns what an element says: "n/a" is nothing.
func text(s string) string {
	s = strings.TrimSpace(s)
	if strings.EqualFold(s, "n/a") {
		return ""
	}
	return s
}

// lower is text for words whose upper and lower case differs between files.
func lower(s string) string { return strings.ToLower(text(s)) }

// list splits a list at ";".
func list(s string) []string {
	var out []string
	for part := range strings.SplitSeq(text(s), ";") {
		if part = text(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func (l *loader) period(element, s string) forecast.Period {
	p, err := forecast.ParsePeriod(text(s))
	if err != nil {
		l.fail(element, "%v", err)
	}
	return p
}

// day reads YYYYMMDD and MM/DD/YYYY; 0 if there is none.
func (l *loader) day(element, s string) forecast.Day {
	s = text(s)
	if s == "" {
		return 0
	}
	for _, layout := range [...]string{"20060102", "01/02/2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			if d, err := registry.NewDay(t.Date()); err == nil {
				return d
			}
		}
	}
	l.fail(element, "%q is no date like 20251231 or 12/31/2025", s)
	return 0
}

func (l *loader) span(t spanText) forecast.Span {
	return forecast.Span{From: l.day("effectiveDate", t.Effective), To: l.day("cessationDate", t.Cessation)}
}

func (l *loader) number(element, s string) int {
	s = text(s)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 15)
	if err != nil {
		l.fail(element, "%q is no number from 0 to 32767", s)
	}
	return int(n)
}

func (l *loader) numbers(element, s string) []int {
	var out []int
	for _, part := range list(s) {
		out = append(out, l.number(element, part))
	}
	return out
}

func (l *loader) yes(element, s string) bool {
	switch lower(s) {
	case "yes", "y":
		return true
	case "", "no", "n":
		return false
	}
	l.fail(element, "%q is neither Yes nor No", s)
	return false
}

// any reads AND and OR; otherwise is what an empty element means.
func (l *loader) any(element, s string, otherwise bool) bool {
	switch lower(s) {
	case "or":
		return true
	case "and":
		return false
	case "":
		return otherwise
	}
	l.fail(element, "%q is neither AND nor OR", s)
	return otherwise
}

// choice reads one of a few words.
func choice[T any](l *loader, element, s string, of map[string]T) T {
	v, ok := of[lower(s)]
	if !ok {
		words := make([]string, 0, len(of))
		for w := range of {
			words = append(words, strconv.Quote(w))
		}
		slices.Sort(words)
		l.fail(element, "%q is none of %s", s, strings.Join(words, ", "))
	}
	return v
}

// codesMax is how many vaccines, and how many observations, a schedule can number.
const codesMax = math.MaxInt16

// vaccine returns the index of a CVX code, which keeps its leading zero. A code that only lists name, and the
// map of antigens does not, is a vaccine without antigens.
func (l *loader) vaccine(element, cvx, name string) forecast.VaccineIndex {
	cvx = text(cvx)
	if cvx == "" {
		l.fail(element, "the CVX code is empty")
		return forecast.None
	}
	if i, ok := l.vaccines[cvx]; ok {
		return i
	}
	if len(l.s.Vaccines) == codesMax {
		l.fail(element, "more than %d vaccine codes", codesMax)
		return forecast.None
	}
	i := forecast.VaccineIndex(len(l.s.Vaccines))
	l.vaccines[cvx] = i
	l.s.Vaccines = append(l.s.Vaccines, forecast.Vaccine{Code: cvx, Name: text(name)})
	return i
}

func (l *loader) vaccineSet(element, s string) forecast.VaccineSet {
	var out forecast.VaccineSet
	for _, cvx := range list(s) {
		if v := l.vaccine(element, cvx, ""); v != forecast.None {
			out = out.With(v)
		}
	}
	return out
}

func (l *loader) rules(element string, list []vaccineText) []forecast.VaccineRule {
	var out []forecast.VaccineRule
	for _, v := range list {
		if text(v.CVX) == "" {
			continue // an empty element
		}
		out = append(out, forecast.VaccineRule{
			Vaccine: l.vaccine(element, v.CVX, v.Name), Begin: l.period(element+" beginAge", v.Begin), End: l.period(element+" endAge", v.End),
			Maker: text(v.MVX), Offer: l.yes(element+" forecastVaccineType", v.Forecast),
		})
	}
	return out
}

// observation returns the index of an observation's code, entering it if it is not listed.
func (l *loader) observation(code, title string) forecast.ObservationIndex {
	code = text(code)
	if code == "" {
		l.fail("observationCode", "it is empty")
		return forecast.None
	}
	if i, ok := l.observations[code]; ok {
		return i
	}
	if len(l.s.Observations) == codesMax {
		l.fail("observationCode", "more than %d observation codes", codesMax)
		return forecast.None
	}
	i := forecast.ObservationIndex(len(l.s.Observations))
	l.observations[code] = i
	l.s.Observations = append(l.s.Observations, forecast.ObservationType{Code: code, Name: text(title)})
	return i
}
