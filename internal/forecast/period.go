package forecast

import (
	"fmt"
	"strconv"
	"strings"

	"tramy/internal/registry"
)

// Day is a calendar date without a zone.
type Day = registry.Day

// The days that stand for "always been" and "never" in comparisons: 1900-01-01 and 2999-12-31.
const (
	FirstDay Day = -25567
	LastDay  Day = 376199
)

// Period is an age or an interval: years, months and days, each with its own sign, as in "12 months - 4
// days". One month and 28 days are different periods. The zero Period is "not stated", not "nothing";
// zero days is Days(0).
type Period struct {
	Years, Months int16
	Days          int32 // weeks are seven of them
	Stated        bool
}

// Years, Months and Days make periods of one unit.
func Years(n int) Period  { return Period{Years: int16(n), Stated: true} }
func Months(n int) Period { return Period{Months: int16(n), Stated: true} }
func Days(n int) Period   { return Period{Days: int32(n), Stated: true} }

// After returns the date a period after d: years first, then months, each keeping the day of the month or,
// where that day does not exist, going on to the first of the next month; then days [CALCDT-1 to 6]. A
// period that is not stated adds nothing.
func (p Period) After(d Day) Day {
	if p.Years|p.Months == 0 {
		return d + Day(p.Days)
	}
	return p.afterDate(civil(d))
}

// afterDate is After for a day that is known by year, month and day.
func (p Period) afterDate(c date) Day {
	if p.Years != 0 {
		c = c.plusMonths(int(p.Years) * 12)
	}
	if p.Months != 0 {
		c = c.plusMonths(int(p.Months))
	}
	return c.day() + Day(p.Days)
}

// String prints a period as a schedule writes it: "12 months - 4 days", "0 days"; "" if not stated.
func (p Period) String() string {
	if !p.Stated {
		return ""
	}
	var b strings.Builder
	term := func(n int, unit string) {
		if n == 0 {
			return
		}
		switch {
		case b.Len() == 0:
			b.WriteString(strconv.Itoa(n))
		case n < 0:
			b.WriteString(" - " + strconv.Itoa(-n))
		default:
			b.WriteString(" + " + strconv.Itoa(n))
		}
		b.WriteString(" " + unit)
		if n != 1 && n != -1 {
			b.WriteByte('s')
		}
	}
	term(int(p.Years), "year")
	term(int(p.Months), "month")
	if p.Days%7 == 0 {
		term(int(p.Days/7), "week")
	} else {
		term(int(p.Days), "day")
	}
	if b.Len() == 0 {
		return "0 days"
	}
	return b.String()
}

// ParsePeriod reads "6 weeks", "12 months - 4 days", "5 months + 4 weeks", "-1 month". The empty text is a
// period that is not stated.
func ParsePeriod(text string) (Period, error) {
	rest := strings.ToLower(strings.TrimSpace(text))
	if rest == "" {
		return Period{}, nil
	}
	var years, months, days int
	for first := true; rest != ""; first = false {
		sign := 1
		switch {
		case rest[0] == '-':
			sign, rest = -1, rest[1:]
		case rest[0] == '+':
			rest = rest[1:]
		case !first:
			return Period{}, fmt.Errorf("forecast: period %q: a sign is missing before %q", text, rest)
		}
		var digits, unit string
		digits, rest = leading(rest, '0', '9')
		n, err := strconv.Atoi(digits)
		if err != nil || n > PeriodUnitsMax {
			return Period{}, fmt.Errorf("forecast: period %q: write a number from 0 to %d before each unit", text, PeriodUnitsMax)
		}
		unit, rest = leading(rest, 'a', 'z')
		switch strings.TrimSuffix(unit, "s") {
		case "year":
			years += sign * n
		case "month":
			months += sign * n
		case "week":
			days += sign * n * 7
		case "day":
			days += sign * n
		default:
			return Period{}, fmt.Errorf("forecast: period %q: the unit %q is none of day, week, month, year", text, unit)
		}
	}
	if max(years, -years, months, -months) > PeriodUnitsMax || max(days, -days) > PeriodUnitsMax*7 {
		return Period{}, fmt.Errorf("forecast: period %q: more than %d of a unit together", text, PeriodUnitsMax)
	}
	return Period{Years: int16(years), Months: int16(months), Days: int32(days), Stated: true}, nil
}

// PeriodUnitsMax bounds the years, months, weeks and days of a period, each and together.
const PeriodUnitsMax = 2000

// leading splits off the run of letters from first to last that a text begins with, and the blanks around it.
func leading(text string, first, last byte) (run, rest string) {
	text = strings.TrimSpace(text)
	n := 0
	for n < len(text) && text[n] >= first && text[n] <= last {
		n++
	}
	return text[:n], strings.TrimSpace(text[n:])
}

// date is a day of the Gregorian calendar. It does what registry.Day does with package time, by arithmetic
// alone: a forecast adds hundreds of periods.
type date struct{ year, month, dayOfMonth int }

// plusMonths returns the same day n months later, or the first of the month after where it does not exist.
func (c date) plusMonths(n int) date {
	m := c.month + n - 1
	years := floorDiv(m, 12)
	c.year += years
	c.month = m - years*12 + 1
	if c.dayOfMonth > 28 && c.dayOfMonth > monthDays(c.year, c.month) {
		c.month, c.dayOfMonth = c.month+1, 1 // December is never too short
	}
	return c
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func monthDays(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// civil returns the date of d. Years are counted from March, in eras of 400 years (146,097 days), so that the
// leap day is the last of its year.
func civil(d Day) date {
	z := int(d) + 719468 // days from 0000-03-01 to 1970-01-01
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	c := date{year: yoe + era*400, month: mp + 3, dayOfMonth: doy - (153*mp+2)/5 + 1}
	if c.month > 12 {
		c.year, c.month = c.year+1, c.month-12
	}
	return c
}

// day is the inverse of civil.
func (c date) day() Day {
	y, m := c.year, c.month
	if m <= 2 {
		y, m = y-1, m+12
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + c.dayOfMonth - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return Day(era*146097 + doe - 719468)
}
