package registry

import (
	"slices"
	"time"
)

// monthDay is a day of a year.
type monthDay struct {
	month time.Month
	day   int
}

// holidaysFixed are the public holidays that have one date in the sun calendar (Labour Code 45/2019/QH14, Art. 112).
var holidaysFixed = []monthDay{{time.January, 1}, {time.April, 30}, {time.May, 1}, {time.September, 2}}

// holidaysOf are the others of a year: Tết, the Hung Kings' day (10th of the third lunar month), and the second day of
// National Day, which the government sets each year. Of 2027 only the days that follow from the moon are in it (Tết 1–3,
// Hung Kings): what the government adds must be added here once it is announced, as must each further year. A day off
// that is missing makes a deadline earlier, never later.
var holidaysOf = map[int][]monthDay{
	2026: {
		{time.February, 16},
		{time.February, 17},
		{time.February, 18},
		{time.February, 19},
		{time.February, 20},
		{time.April, 27},
		{time.September, 1},
	},
	2027: {{time.February, 6}, {time.February, 7}, {time.February, 8}, {time.April, 16}},
}

// HolidaysKnown reports whether the holidays of the year of d that are set anew each year are in the table.
func (d Day) HolidaysKnown() bool {
	year, _, _ := d.Date()
	return len(holidaysOf[year]) > 0
}

// IsWorkday reports whether public offices work on d: not on Saturdays, Sundays and the holidays in the table.
func (d Day) IsWorkday() bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	year, month, day := d.Date()
	at := monthDay{month, day}
	return !slices.Contains(holidaysFixed, at) && !slices.Contains(holidaysOf[year], at)
}

// AddWorkdays returns the n-th working day after d, d itself for n = 0.
func (d Day) AddWorkdays(n int) Day {
	for n > 0 {
		if d++; d.IsWorkday() {
			n--
		}
	}
	return d
}

// workdayBy returns d or, if nobody works on it, the last working day before it.
func (d Day) workdayBy() Day {
	for !d.IsWorkday() {
		d--
	}
	return d
}
