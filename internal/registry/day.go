package registry

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Day is a local calendar date: the number of days since 1970-01-01, without a zone. In inputs and views
// the zero Day means "no date" (nothing this registry keeps happened on 1970-01-01, the programme began
// in 1981), save for a birth date, which its Precision decides.
type Day int32

// VietnamOffset is the offset of local time from UTC; there is no summer time.
const VietnamOffset = 7 * time.Hour

// Today returns the local date at an instant, where local time is UTC plus offset (VietnamOffset, or what
// the place says). The zone of the machine does not matter.
func Today(now time.Time, offset time.Duration) Day {
	y, m, d := now.UTC().Add(offset).Date()
	return dayOf(y, m, d)
}

// NewDay returns the day of a date. A date that does not exist gives a *DateError.
func NewDay(year int, month time.Month, day int) (Day, error) {
	text := fmt.Sprintf("%02d/%02d/%04d", day, int(month), year)
	if year < 1 || year > 9999 {
		return 0, &DateError{Text: text, Code: CodeDateUnreadable}
	}
	d := dayOf(year, month, day)
	if y, m, dd := d.Date(); y != year || m != month || dd != day {
		return 0, &DateError{Text: text, Code: CodeDateImpossible}
	}
	return d, nil
}

func dayOf(y int, m time.Month, d int) Day {
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (d Day) time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Date returns year, month and day of the month.
func (d Day) Date() (int, time.Month, int) { return d.time().Date() }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return d.time().Weekday() }

// String prints dd/mm/yyyy, as on paper.
func (d Day) String() string { return d.time().Format("02/01/2006") }

// ISO prints yyyy-mm-dd.
func (d Day) ISO() string { return d.time().Format("2006-01-02") }

// ParseISO reads yyyy-mm-dd, as programs write it; what people type is ParseDay's.
func ParseISO(text string) (Day, error) {
	t, err := time.Parse("2006-01-02", text)
	if err != nil {
		return 0, &DateError{Text: text, Code: CodeDateUnreadable}
	}
	return NewDay(t.Date())
}

// Month returns the month d lies in.
func (d Day) Month() Month {
	y, m, _ := d.Date()
	return NewMonth(y, m)
}

// AddMonths returns the same day of the month n months later; where that month is too short, the first
// of the next one, so that "full n months" have always passed.
func (d Day) AddMonths(n int) Day {
	y, m, day := d.Date()
	at := NewMonth(y, m) + Month(n)
	if r := at.First() + Day(day-1); r <= at.Last() {
		return r
	}
	return (at + 1).First()
}

// AgeMonths returns the full months from birth to d; negative before birth.
func (d Day) AgeMonths(birth Day) int {
	if d < birth {
		return -birth.AgeMonths(d)
	}
	by, bm, bd := birth.Date()
	y, m, day := d.Date()
	n := int(NewMonth(y, m) - NewMonth(by, bm))
	if day < bd {
		n--
	}
	return n
}

// AgeDays returns the days from birth to d.
func (d Day) AgeDays(birth Day) int { return int(d) - int(birth) }

// Month is a calendar month: year × 12 + month − 1.
type Month int32

// NewMonth returns the month of a year.
func NewMonth(year int, month time.Month) Month { return Month(year*12 + int(month) - 1) }

// Date returns year and month.
func (m Month) Date() (int, time.Month) { return int(m) / 12, time.Month(int(m)%12 + 1) }

// First returns the month's first day.
func (m Month) First() Day {
	y, mm := m.Date()
	return dayOf(y, mm, 1)
}

// Last returns the month's last day.
func (m Month) Last() Day { return (m + 1).First() - 1 }

// String prints mm/yyyy.
func (m Month) String() string {
	y, mm := m.Date()
	return fmt.Sprintf("%02d/%04d", int(mm), y)
}

// ISO prints yyyy-mm.
func (m Month) ISO() string {
	y, mm := m.Date()
	return fmt.Sprintf("%04d-%02d", y, int(mm))
}

// DateError says that a typed date cannot be used and why.
type DateError struct {
	Text string // what was typed
	Code Code
}

// Error leaves the text out: errors are logged, and it may be somebody's birth date.
func (e *DateError) Error() string { return "date: " + string(e.Code) }

// InField makes a FieldError of e.
func (e *DateError) InField(name string) FieldError {
	return FieldError{Field: name, Code: e.Code, Params: map[string]any{"text": e.Text}}
}

// daysTypedMax is how many days from today "-3" and "+28" may reach.
const daysTypedMax = 366

// yearsAheadMax is how many years ahead of today a year of two digits is taken to lie: a vial keeps no longer.
const yearsAheadMax = 10

// dayWords are what people type for today and yesterday, in small letters, with marks and without.
var dayWords = map[string]Day{
	"n": 0, "h": 0, "hôm nay": 0, "hom nay": 0, "nay": 0, "today": 0,
	"q": -1, "hôm qua": -1, "hom qua": -1, "qua": -1, "yesterday": -1,
}

// ParseDay reads a date as people type it: 25/11/2026, 25.11.2026, 25-11-2026, 25112026, 2026-11-25, 251126 or 25/11/26 (this
// century, if that is no more than ten years ahead: 58 would be 1958, and is to be typed in full), "2511" or "25/11" (the last such
// day: this year or before), "h" or "n" or "hôm nay", "q" or "hôm qua", and "-3" or "+28" for so many days from today. tramy.js
// knows the same ones. The error is a *DateError.
func ParseDay(s string, today Day) (Day, error) {
	s = strings.TrimSpace(s)
	if d, ok := dayWords[strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(s))), " ")]; ok {
		return today + d, nil
	}
	if len(s) > 1 && (s[0] == '-' || s[0] == '+') {
		if n, err := strconv.Atoi(s[1:]); err == nil && n >= 0 && n <= daysTypedMax {
			if s[0] == '-' {
				n = -n
			}
			return today + Day(n), nil
		}
	}
	fail := func(c Code) (Day, error) { return 0, &DateError{Text: s, Code: c} }
	parts, ok := dateParts(s)
	if !ok {
		return fail(CodeDateUnreadable)
	}
	var y, m, d int
	short := false // the year was typed with two digits
	switch {
	case len(parts) == 1 && len(parts[0]) == 8:
		d, m, y = number(parts[0][:2]), number(parts[0][2:4]), number(parts[0][4:])
	case len(parts) == 1 && len(parts[0]) == 4:
		return lastSuch(s, number(parts[0][:2]), number(parts[0][2:]), today)
	case len(parts) == 1 && len(parts[0]) == 6:
		d, m, y = number(parts[0][:2]), number(parts[0][2:4]), 2000+number(parts[0][4:])
		short = true
	case len(parts) == 2 && len(parts[0]) <= 2 && len(parts[1]) <= 2:
		return lastSuch(s, number(parts[0]), number(parts[1]), today)
	case len(parts) == 3 && len(parts[0]) == 4 && len(parts[1]) <= 2 && len(parts[2]) <= 2:
		y, m, d = number(parts[0]), number(parts[1]), number(parts[2])
	case len(parts) == 3 && len(parts[0]) <= 2 && len(parts[1]) <= 2 && len(parts[2]) == 4:
		d, m, y = number(parts[0]), number(parts[1]), number(parts[2])
	case len(parts) == 3 && len(parts[0]) <= 2 && len(parts[1]) <= 2 && len(parts[2]) == 2:
		d, m, y = number(parts[0]), number(parts[1]), 2000+number(parts[2])
		short = true
	default:
		return fail(CodeDateUnreadable)
	}
	if thisYear, _, _ := today.Date(); short && y > thisYear+yearsAheadMax {
		return fail(CodeDateYear)
	}
	day, err := NewDay(y, time.Month(m), d)
	var date *DateError
	if errors.As(err, &date) {
		date.Text = s
	}
	return day, err
}

// ParseBirth reads a birth date that may be known to the month ("11/2026", "2026-11") or year ("1958")
// only; such a date is the first day of its month or year. Four digits alone are a year if they can be
// one (1900 to this year), else day and month.
func ParseBirth(s string, today Day) (Day, Precision, error) {
	s = strings.TrimSpace(s)
	thisYear, _, _ := today.Date()
	if parts, ok := dateParts(s); ok {
		y, m := 0, 0
		switch {
		case len(parts) == 1 && len(parts[0]) == 4:
			if y = number(parts[0]); y >= 1900 && y <= thisYear {
				d, err := NewDay(y, 1, 1)
				return d, PrecisionYear, err
			}
			y = 0
		case len(parts) == 2 && len(parts[0]) == 4:
			y, m = number(parts[0]), number(parts[1])
		case len(parts) == 2 && len(parts[1]) == 4:
			m, y = number(parts[0]), number(parts[1])
		}
		if y > 0 {
			d, err := NewDay(y, time.Month(m), 1)
			var date *DateError
			if errors.As(err, &date) {
				date.Text = s
			}
			return d, PrecisionMonth, err
		}
	}
	d, err := ParseDay(s, today)
	return d, PrecisionDay, err
}

// dateParts cuts a date at / . - or spaces into its runs of digits; false if there is anything else.
func dateParts(s string) ([]string, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/.- \u00a0", r) })
	for _, part := range parts {
		if len(part) > 8 || strings.Trim(part, "0123456789") != "" {
			return nil, false
		}
	}
	return parts, len(parts) > 0
}

// number reads at most eight digits, which dateParts has made sure of.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// lastSuch returns the newest day up to today with this day and month. 29 February is looked for in the
// last eight years, which always hold one.
func lastSuch(text string, d, m int, today Day) (Day, error) {
	y, _, _ := today.Date()
	years := 2
	if d == 29 && m == 2 {
		years = 9
	}
	for i := range years {
		if day, err := NewDay(y-i, time.Month(m), d); err == nil && day <= today {
			return day, nil
		}
	}
	return 0, &DateError{Text: text, Code: CodeDateImpossible}
}

// Clock is a time of day: 1 + minutes after midnight, so that the zero Clock means "not known". In
// states it is kept as minutes after midnight.
type Clock uint16

// NewClock returns the time of day; zero if there is no such time.
func NewClock(hour, minute int) Clock {
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0
	}
	return Clock(hour*60 + minute + 1)
}

// ParseClock reads 9:12, 09:12, 0912, 9h12, 9g12, 9h or 9.12. The error is a *DateError.
func ParseClock(s string) (Clock, error) {
	text := strings.TrimSpace(s)
	parts := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(":hg. ", r) })
	if len(parts) == 1 && len(parts[0]) == 4 {
		parts = []string{parts[0][:2], parts[0][2:]}
	}
	if len(parts) == 1 && len(text) > len(parts[0]) {
		parts = append(parts, "0")
	}
	if len(parts) == 2 && len(parts[0]) <= 2 && len(parts[1]) <= 2 &&
		strings.Trim(parts[0]+parts[1], "0123456789") == "" {
		if c := NewClock(number(parts[0]), number(parts[1])); c != 0 {
			return c, nil
		}
	}
	return 0, &DateError{Text: text, Code: CodeTimeUnreadable}
}

// Minute returns the minutes after midnight and whether the time is known.
func (c Clock) Minute() (int, bool) { return int(c) - 1, c != 0 }

// String prints hh:mm in 24 hours, "" if not known.
func (c Clock) String() string {
	if c == 0 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", (c-1)/60, (c-1)%60)
}
