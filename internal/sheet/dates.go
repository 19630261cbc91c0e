package sheet

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"tramy/internal/registry"
)

// Serial numbers that Excel uses for the dates a register can hold: 1900-03-01 and the end of 2099.
const (
	serialMin = 61
	serialMax = 73_051
	// In a column of dates a bare number is taken for a serial from 1950 on; smaller ones are years and slips.
	serialBareMin = 18_264
)

// dateReading is what a text says as a date.
type dateReading struct {
	day   registry.Day
	prec  registry.Precision // 0: none could be read
	clock registry.Clock
	code  registry.Code // why not, or what is odd about it
	alt   registry.Day  // the other reading of an ambiguous or exchanged date
	// What the text shows of the order of day and month: +1 day first, -1 month first, 0 nothing.
	order int
	both  bool // day and month could be exchanged
}

func (d dateReading) ok() bool { return d.prec != 0 }

func failDate(code registry.Code) dateReading { return dateReading{code: code} }

// readDate reads a date as registers have them: 05/03/2024, 5-3-24, 5.3.2024, 05032024, 2024-03-05,
// "05 tháng 3 năm 2024", with or without a time behind it; Excel's numbers and date cells; and, as precision
// says, a month or a year alone. 03/25/2024 where the day stands first is refused with the other reading in
// alt; so is, in a file where both orders occur, what can be read in two ways.
func readDate(c cell, order DateOrder, cells DateCells, today registry.Day) dateReading {
	switch c.kind {
	case kindDate:
		return readDateCell(c, cells)
	case kindNumber:
		if d, ok := fromSerial(c.serial, false); ok && c.serial >= serialBareMin {
			return dateReading{day: d, prec: registry.PrecisionDay, code: WarnSerial}
		}
	}
	return readDateText(c.text, order, today)
}

func readDateCell(c cell, cells DateCells) dateReading {
	r := dateReading{day: c.day, prec: registry.PrecisionDay, clock: c.clock}
	if cells == DateCellsRight {
		return r
	}
	y, m, d := c.day.Date()
	swapped, err := registry.NewDay(y, time.Month(d), int(m))
	if err != nil || swapped == c.day {
		return r
	}
	if cells == DateCellsSwapped {
		r.day = swapped
		return r
	}
	return dateReading{code: CodeDateCell, day: c.day, alt: swapped}
}

// fromSerial turns Excel's number of a date into a day; date1904 as the workbook says.
func fromSerial(serial float64, date1904 bool) (registry.Day, bool) {
	if date1904 {
		serial += 1462
	}
	if !(serial >= serialMin && serial < serialMax) {
		return 0, false
	}
	return registry.Day(int(serial) - 25569), true
}

// serialClock returns the time of day of a serial number, not known if it has none.
func serialClock(serial float64) registry.Clock {
	minutes := int((serial-float64(int(serial)))*1440 + 0.5)
	if minutes <= 0 || minutes >= 1440 {
		return 0
	}
	return registry.NewClock(minutes/60, minutes%60)
}

func readDateText(text string, order DateOrder, today registry.Day) dateReading {
	if strings.TrimSpace(text) == "" {
		return failDate(registry.CodeDateUnreadable)
	}
	text, clock := cutClock(text)
	if !asciiDigits(text) {
		if parts := wordsOfDate(text); parts != nil {
			return wordDate(parts, clock)
		}
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/.-\\–, \u00a0", r) })
	for _, p := range parts {
		if len(p) > 8 || strings.Trim(p, "0123456789") != "" {
			return failDate(registry.CodeDateUnreadable)
		}
	}
	n := make([]int, len(parts))
	for i, p := range parts {
		n[i], _ = strconv.Atoi(p)
	}
	switch {
	case len(parts) == 1:
		return digitsDate(parts[0], n[0], order, today)
	case len(parts) == 2 && len(parts[1]) == 4 && len(parts[0]) <= 2:
		return monthDate(n[1], n[0])
	case len(parts) == 2 && len(parts[0]) == 4 && len(parts[1]) <= 2:
		return monthDate(n[0], n[1])
	case len(parts) == 3 && len(parts[0]) == 4 && len(parts[1]) <= 2 && len(parts[2]) <= 2:
		return wholeDate(n[0], n[1], n[2], clock)
	case len(parts) == 3 && len(parts[0]) <= 2 && len(parts[1]) <= 2 && (len(parts[2]) == 4 || len(parts[2]) == 2):
		year, short := n[2], len(parts[2]) == 2
		if short {
			year = fullYear(year, today)
		}
		r := orderedDate(n[0], n[1], year, order, clock)
		if short && r.ok() && r.code == "" {
			r.code = WarnYear
		}
		return r
	}
	return failDate(registry.CodeDateUnreadable)
}

// digitsDate reads a run of digits: 05032024, a year, or Excel's number for a date.
func digitsDate(s string, n int, order DateOrder, today registry.Day) dateReading {
	thisYear, _, _ := today.Date()
	switch {
	case len(s) == 4 && n >= 1900 && n <= thisYear:
		r := wholeDate(n, 1, 1, 0)
		r.prec = registry.PrecisionYear
		return r
	case len(s) == 7: // a number lost its first 0
		s = "0" + s
		fallthrough
	case len(s) == 8:
		a, _ := strconv.Atoi(s[:2])
		b, _ := strconv.Atoi(s[2:4])
		y, _ := strconv.Atoi(s[4:])
		if first, _ := strconv.Atoi(s[:4]); first >= 1900 && first <= thisYear && (y%100 > 31 || b > 31 || a > 31 || y < 1900) {
			day, _ := strconv.Atoi(s[6:])
			month, _ := strconv.Atoi(s[4:6])
			return wholeDate(first, month, day, 0)
		}
		return orderedDate(a, b, y, order, 0)
	case len(s) == 5:
		if d, ok := fromSerial(float64(n), false); ok && n >= serialBareMin {
			return dateReading{day: d, prec: registry.PrecisionDay, code: WarnSerial}
		}
	}
	return failDate(registry.CodeDateUnreadable)
}

// orderedDate reads a, b and a year in the order of the file.
func orderedDate(a, b, year int, order DateOrder, clock registry.Clock) dateReading {
	first := wholeDate(year, b, a, clock)  // day first
	second := wholeDate(year, a, b, clock) // month first
	evidence := 0
	switch {
	case a > 12 && b <= 12:
		evidence = 1
	case b > 12 && a <= 12:
		evidence = -1
	}
	var r dateReading
	switch {
	case order == OrderMixed && first.ok() && second.ok() && a != b:
		r = dateReading{code: CodeDateAmbiguous, day: first.day, alt: second.day}
	case order == OrderMixed && !first.ok():
		r = second
	case order == MonthDay:
		r = second
		if !second.ok() && first.ok() {
			r = dateReading{code: CodeDateSwapped, alt: first.day}
		}
	default:
		r = first
		if !first.ok() && second.ok() && order != OrderMixed {
			r = dateReading{code: CodeDateSwapped, alt: second.day}
		}
	}
	r.order = evidence
	r.both = a <= 12 && b <= 12 && a != b
	return r
}

func wholeDate(y, m, d int, clock registry.Clock) dateReading {
	day, err := registry.NewDay(y, time.Month(m), d)
	if err != nil {
		var date *registry.DateError
		code := registry.CodeDateUnreadable
		if errors.As(err, &date) {
			code = date.Code
		}
		return failDate(code)
	}
	return dateReading{day: day, prec: registry.PrecisionDay, clock: clock}
}

func monthDate(y, m int) dateReading {
	r := wholeDate(y, m, 1, 0)
	if r.ok() {
		r.prec = registry.PrecisionMonth
	}
	return r
}

// fullYear completes a year of two digits to the last such year.
func fullYear(yy int, today registry.Day) int {
	thisYear, _, _ := today.Date()
	y := thisYear - thisYear%100 + yy
	if y > thisYear {
		y -= 100
	}
	return y
}

// cutClock takes a time off the end of a date: "05/03/2024 08:30:00", "5/3/2024 8h30", "2024-03-05T00:00:00".
func cutClock(text string) (string, registry.Clock) {
	text = strings.TrimSpace(text)
	i := strings.LastIndexAny(text, " T\u00a0")
	if i < 0 || i+1 >= len(text) {
		return text, 0
	}
	tail := strings.TrimSpace(strings.TrimPrefix(text[i:], "T"))
	if !strings.ContainsAny(tail, ":hg") {
		return text, 0
	}
	if strings.Count(tail, ":") == 2 {
		tail = tail[:strings.LastIndexByte(tail, ':')]
	}
	clock, err := registry.ParseClock(tail)
	if err != nil {
		return text, 0
	}
	if clock == registry.NewClock(0, 0) { // programs write midnight for a date without a time
		clock = 0
	}
	return strings.TrimSpace(text[:i]), clock
}

// wordsOfDate reads "ngày 05 tháng 3 năm 2024", "tháng 3 năm 2024", "năm 2019" into day, month and year, 0 for
// what is not named; nil if the text is not written in words.
func wordsOfDate(text string) []int {
	words := strings.Fields(registry.Fold(text))
	out := make([]int, 3)
	at := 0
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "ngay", "sinh":
			continue
		case "thang":
			at = 1
			continue
		case "nam":
			at = 2
			continue
		}
		n, err := strconv.Atoi(words[i])
		if err != nil || out[at] != 0 {
			return nil
		}
		out[at] = n
	}
	if at == 0 || out[2] == 0 {
		return nil
	}
	return out
}

func wordDate(p []int, clock registry.Clock) dateReading {
	switch d, m, y := p[0], p[1], p[2]; {
	case m == 0 && d == 0:
		r := wholeDate(y, 1, 1, 0)
		if r.ok() {
			r.prec = registry.PrecisionYear
		}
		return r
	case d == 0:
		return monthDate(y, m)
	default:
		return wholeDate(y, m, d, clock)
	}
}

// severalDates reports whether a text holds more than one date.
func severalDates(text string) bool {
	found := 0
	for _, part := range strings.FieldsFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && !strings.ContainsRune("/.-", r)
	}) {
		part = strings.Trim(part, "/.-")
		if n := len(strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune("/.-", r) })); n == 3 {
			found++
		} else if n > 3 {
			return true
		}
	}
	return found > 1
}

// dayText writes a date as registers have it, "" for none.
func dayText(d registry.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// showBirth writes a birth date as exactly as it is known.
func showBirth(p *Person) string {
	switch p.Subject.BirthPrec {
	case 0:
		if p.Subject.BirthDate == 0 {
			return ""
		}
	case registry.PrecisionMonth:
		return p.Subject.BirthDate.Month().String()
	case registry.PrecisionYear:
		y, _, _ := p.Subject.BirthDate.Date()
		return strconv.Itoa(y)
	}
	return p.Subject.BirthDate.String()
}
