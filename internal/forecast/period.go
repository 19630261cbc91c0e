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
	if p.Years|p.Months != 0 {
		d = addMonths(d, int(p.Years)*12)
		d = addMonths(d, int(p.Months))
	}
	return d + Day(p.Days)
}

// from returns the date a period after d, or otherwise if the period is not stated.
func (p Period) from(d, otherwise Day) Day {
	if !p.Stated {
		return otherwise
	}
	return p.After(d)
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
	var out Period
	rest := strings.ToLower(strings.TrimSpace(text))
	if rest == "" {
		return out, nil
	}
	out.Stated = true
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
		rest = strings.TrimSpace(rest)
		digits := 0
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		n, err := strconv.Atoi(rest[:digits])
		if err != nil || n > periodUnitsMax {
			return Period{}, fmt.Errorf("forecast: period %q: a number from 0 to %d is missing before %q", text, periodUnitsMax, rest)
		}
		rest = strings.TrimSpace(rest[digits:])
		letters := 0
		for letters < len(rest) && rest[letters] >= 'a' && rest[letters] <= 'z' {
			letters++
		}
		unit := rest[:letters]
		rest = strings.TrimSpace(rest[letters:])
		switch strings.TrimSuffix(unit, "s") {
		case "year":
			out.Years += int16(sign * n)
		case "month":
			out.Months += int16(sign * n)
		case "week":
			out.Days += int32(sign * n * 7)
		case "day":
			out.Days += int32(sign * n)
		default:
			return Period{}, fmt.Errorf("forecast: period %q: the unit %q is none of day, week, month, year", text, unit)
		}
	}
	return out, nil
}

// periodUnitsMax bounds a number in a period, so that sums of a few terms never overflow.
const periodUnitsMax = 2000

// addMonths returns the same day n months later, or the first of the month after where it does not exist.
// It does what registry.Day.AddMonths does, by arithmetic alone: a forecast adds hundreds of periods.
func addMonths(d Day, n int) Day {
	if n == 0 {
		return d
	}
	y, m, day := civil(d)
	m += n - 1
	y += floorDiv(m, 12)
	m = m - floorDiv(m, 12)*12 + 1
	if day > 28 && day > monthDays(y, m) {
		day = 1
		if m++; m > 12 {
			y, m = y+1, 1
		}
	}
	return fromCivil(y, m, day)
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

// civil returns the Gregorian year, month and day of d. Years are counted from March, in eras of 400 years
// (146,097 days), so that the leap day is the last of its year.
func civil(d Day) (y, m, day int) {
	z := int(d) + 719468 // days from 0000-03-01 to 1970-01-01
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	if m = mp + 3; m > 12 {
		m -= 12
	}
	y = yoe + era*400
	if m <= 2 {
		y++
	}
	return y, m, day
}

// fromCivil is the inverse of civil.
func fromCivil(y, m, day int) Day {
	if m <= 2 {
		y--
		m += 12
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + day - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return Day(era*146097 + doe - 719468)
}
