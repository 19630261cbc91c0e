package thermometer

import (
	"strings"
	"time"

	"tramy/internal/registry"
)

// order is how the parts of a date stand.
type order uint8

const (
	dayFirst order = iota
	monthFirst
)

// moment is a time as a file states it, in the logger's own zone.
type moment struct {
	a, b, year int // the two parts that may be day and month; of a date that begins with its year a is the month
	fixed      bool
	minute     int // after midnight
	second     int
}

// at gives the moment in seconds since 1970 as if the clock were UTC. False: there is no such day in that order.
func (m *moment) at(o order) (int64, bool) {
	day, month := m.a, m.b
	if m.fixed || o == monthFirst {
		day, month = m.b, m.a
	}
	if month < 1 || month > 12 || day < 1 {
		return 0, false
	}
	t := time.Date(m.year, time.Month(month), day, 0, m.minute, m.second, 0, time.UTC)
	return t.Unix(), t.Day() == day
}

var monthNames = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// parseDate reads a date: 25/11/2026, 11-25-26, 2026-11-25, 25.11.2026, 25-Nov-2026.
func parseDate(s string) (moment, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' || r == ' ' })
	if len(parts) != 3 {
		return moment{}, false
	}
	for i, m := range monthNames {
		name := strings.ToLower(parts[1])
		if len(name) >= 3 && strings.HasPrefix(name, m) {
			day, ok := digits(parts[0])
			year, ok2 := digits(parts[2])
			return moment{a: i + 1, b: day, year: century(year, parts[2]), fixed: true}, ok && ok2
		}
	}
	var n [3]int
	for i, part := range parts {
		var ok bool
		if n[i], ok = digits(part); !ok {
			return moment{}, false
		}
	}
	if len(parts[0]) == 4 {
		return moment{a: n[1], b: n[2], year: n[0], fixed: true}, true
	}
	return moment{a: n[0], b: n[1], year: century(n[2], parts[2])}, len(parts[2]) == 2 || len(parts[2]) == 4
}

func century(year int, text string) int {
	if len(text) == 2 {
		return 2000 + year
	}
	return year
}

// parseClock reads a time of day: 7:05, 07:05:30, 7:05 PM, 7:05:30 CH.
func parseClock(s string) (minute, second int, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	half := -1
	for i, marks := range [][]string{{"am", "sa"}, {"pm", "ch"}} {
		for _, mark := range marks {
			if rest, found := strings.CutSuffix(s, mark); found {
				s, half = strings.TrimSpace(rest), i
			}
		}
	}
	s, _, _ = strings.Cut(s, ".") // parts of a second
	s = strings.TrimSuffix(s, "z")
	parts := strings.Split(s, ":")
	if len(parts) != 2 && len(parts) != 3 {
		return 0, 0, false
	}
	hour, ok := digits(parts[0])
	minutes, ok2 := digits(parts[1])
	if !ok || !ok2 || hour > 23 || minutes > 59 {
		return 0, 0, false
	}
	if len(parts) == 3 {
		if second, ok = digits(parts[2]); !ok || second > 59 {
			return 0, 0, false
		}
	}
	switch {
	case half >= 0 && (hour == 0 || hour > 12):
		return 0, 0, false
	case half == 0 && hour == 12:
		hour = 0
	case half == 1 && hour < 12:
		hour += 12
	}
	return hour*60 + minutes, second, true
}

// parseMoment reads a date and a time of day from one cell: 25/11/2026 07:05, 2026-11-25T07:05:00, 11/25/2026 7:05:00 PM.
func parseMoment(s string) (moment, bool) {
	if len(s) > 10 && s[10] == 'T' { // ISO 8601
		s = s[:10] + " " + s[11:]
	}
	s = strings.Join(strings.Fields(s), " ")
	at := strings.IndexByte(s, ':')
	if at < 0 {
		return moment{}, false
	}
	cut := strings.LastIndexByte(s[:at], ' ')
	if cut < 0 {
		return moment{}, false
	}
	m, ok := parseDate(strings.Trim(s[:cut], " ,"))
	if !ok {
		return moment{}, false
	}
	m.minute, m.second, ok = parseClock(s[cut+1:])
	return m, ok
}

func digits(s string) (int, bool) {
	if s == "" || len(s) > 4 {
		return 0, false
	}
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, true
}

// dayAt is the day and the time of day of seconds since 1970.
func dayAt(unix int64) (registry.Day, registry.Clock) {
	t := time.Unix(unix, 0).UTC()
	return registry.Today(t, 0), registry.NewClock(t.Hour(), t.Minute())
}
