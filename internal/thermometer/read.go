package thermometer

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/registry"
)

// Limits of one file.
const (
	ReadingsMax = 250_000 // two years at a reading every five minutes
	headRows    = 200     // rows in which the titles are looked for
	// heldSeconds is for how long a reading counts where the next is missing, in seconds.
	heldSeconds = 3600
)

// Source gives the rows of a file: its number, from 1, and its cells.
type Source func(yield func(n int, cells []string) error) error

// Log is what a file says.
type Log struct {
	Days    []Day // in order
	Skipped int   // rows with a time and no temperature that could be read: a sensor that was not there
	Time    string
	Degrees string // titles of the columns that were taken
}

// Day is one day of a log.
type Day struct {
	Day             registry.Day
	Last            registry.Clock // of the last reading
	Lowest, Highest registry.Tenths
	Readings        int
	Below, Above    int // minutes
}

// UnknownError says that a file has no columns that could be a time and degrees. Titles are the cells of the row that looked most like
// titles.
type UnknownError struct{ Titles []string }

func (e *UnknownError) Error() string {
	return "no columns with a time and a temperature among: " + strings.Join(e.Titles, ", ")
}

// LineError says that a row of the file cannot be read.
type LineError struct {
	Row  int
	Text string // the cell
}

func (e *LineError) Error() string { return fmt.Sprintf("row %d: %q is no time", e.Row, e.Text) }

// TooLongError says that there are more readings than ReadingsMax.
type TooLongError struct{}

func (e *TooLongError) Error() string { return fmt.Sprintf("more than %d readings", ReadingsMax) }

// FutureError says that a file has readings of a day that has not come: the clock of the logger is wrong.
type FutureError struct{ Day registry.Day }

func (e *FutureError) Error() string { return "readings of " + e.Day.String() }

// EmptyError says that a file has its titles and no reading below them.
type EmptyError struct{}

func (e *EmptyError) Error() string { return "no reading" }

// columns are where things stand.
type columns struct {
	when, clock, degrees int // clock: -1 where it stands with the date
	fahrenheit           bool
	titles               []string
}

type reading struct {
	moment  moment
	degrees registry.Tenths
}

// Read reads a logger's file. low and high are what the fridge should keep; today is the last day it can tell of. The error is one of
// this package's, or the source's.
func Read(src Source, low, high registry.Tenths, today registry.Day) (Log, error) {
	var out Log
	var cols *columns
	var best []string
	var readings []reading
	head := 0
	err := src(func(n int, cells []string) error {
		if cols == nil {
			if cols = titlesIn(cells); cols != nil {
				return nil
			}
			if head++; head > headRows {
				return &UnknownError{Titles: best}
			}
			if len(best) < 2 || filled(cells) > filled(best) && n < 40 {
				best = slices.Clone(cells)
			}
			return nil
		}
		r, ok, err := cols.read(n, cells)
		switch {
		case err != nil:
			return err
		case !ok:
			if r.moment.year != 0 {
				out.Skipped++
			}
			return nil
		case len(readings) == ReadingsMax:
			return &TooLongError{}
		}
		readings = append(readings, r)
		return nil
	})
	switch {
	case err != nil:
		return Log{}, err
	case cols == nil:
		return Log{}, &UnknownError{Titles: best}
	case len(readings) == 0:
		return Log{}, &EmptyError{}
	}
	out.Time, out.Degrees = cols.titles[cols.when], cols.titles[cols.degrees]
	out.Days = days(readings, low, high)
	if last := out.Days[len(out.Days)-1].Day; last > today {
		return Log{}, &FutureError{Day: last}
	}
	return out, nil
}

func filled(cells []string) int {
	n := 0
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// titlesIn returns the columns of a row of titles, nil if it is none.
func titlesIn(cells []string) *columns {
	c := &columns{when: -1, clock: -1, degrees: -1, titles: slices.Clone(cells)}
	both := -1
	for i, cell := range cells {
		title := registry.Fold(cell)
		raw := strings.ToLower(cell)
		switch {
		case len(title) > 40 || strings.Contains(title, "alarm") || strings.Contains(title, "zone"):
		case c.degrees < 0 && isDegrees(title, raw):
			c.degrees, c.fahrenheit = i, strings.Contains(raw, "°f") || strings.Contains(raw, "℉") || strings.Contains(raw, "fahrenheit") || strings.Contains(raw, "(f)")
		case both < 0 && (oneOf(title, "date time", "date/time", "datetime", "timestamp", "ngay gio", "thoi gian", "thoi diem", "time stamp", "recorded at", "date & time", "date and time") || strings.HasPrefix(title, "date/time") || strings.HasPrefix(title, "datetime")):
			both = i
		case c.when < 0 && (oneOf(title, "date", "ngay") || strings.HasPrefix(title, "date (") || strings.HasPrefix(title, "ngay ")):
			c.when = i
		case c.clock < 0 && (oneOf(title, "time", "gio", "clock", "hour") || strings.HasPrefix(title, "time (") || strings.HasPrefix(title, "gio ")):
			c.clock = i
		}
	}
	switch {
	case c.degrees < 0:
		return nil
	case both >= 0:
		c.when, c.clock = both, -1
	case c.when < 0 && c.clock >= 0: // "Time" alone holds the date as well
		c.when, c.clock = c.clock, -1
	}
	if c.when < 0 {
		return nil
	}
	return c
}

func oneOf(s string, list ...string) bool { return slices.Contains(list, s) }

func isDegrees(title, raw string) bool {
	return strings.HasPrefix(title, "temp") || strings.Contains(title, "temperature") || strings.HasPrefix(title, "nhiet do") ||
		strings.Contains(raw, "°c") || strings.Contains(raw, "℃") || strings.Contains(raw, "°f") || strings.Contains(raw, "℉") || strings.Contains(title, "celsius") || strings.Contains(title, "fahrenheit")
}

// read reads one row. False: it holds no reading; its moment has a year if it has a time.
func (c *columns) read(n int, cells []string) (reading, bool, error) {
	cell := func(i int) string {
		if i < 0 || i >= len(cells) {
			return ""
		}
		return strings.TrimSpace(cells[i])
	}
	when, degrees := cell(c.when), cell(c.degrees)
	if when == "" {
		return reading{}, false, nil // a line below the readings, or between them
	}
	var r reading
	var ok bool
	if c.clock >= 0 && cell(c.clock) != "" {
		if r.moment, ok = parseDate(when); ok {
			r.moment.minute, r.moment.second, ok = parseClock(cell(c.clock))
		}
	} else {
		r.moment, ok = parseMoment(when)
	}
	if !ok {
		if degrees == "" {
			return reading{}, false, nil
		}
		return reading{}, false, &LineError{Row: n, Text: strings.TrimSpace(when + " " + cell(c.clock))}
	}
	t, ok := parseDegrees(degrees, c.fahrenheit)
	r.degrees = t
	return r, ok, nil
}

// parseDegrees reads 4.6, 4,6, -0.5 °C or 40.3 F.
func parseDegrees(s string, fahrenheit bool) (registry.Tenths, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, unit := range []string{"°c", "℃", "°f", "℉", "°", "c", "f"} {
		if rest, found := strings.CutSuffix(s, unit); found {
			s, fahrenheit = strings.TrimSpace(rest), fahrenheit || unit == "°f" || unit == "℉" || unit == "f"
			break
		}
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(strings.ReplaceAll(s, ",", "."), "−", "-"), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, false
	}
	if fahrenheit {
		x = (x - 32) / 1.8
	}
	t := registry.Tenths(math.Round(x * 10))
	return t, t >= registry.FridgeTemperatureMin && t <= registry.FridgeTemperatureMax
}

// days makes days of readings. Whether day or month comes first is what the file shows: the order in which all are dates, and if both
// are possible the one in which they lie closer together, for a logger does not skip eleven months between two readings.
func days(list []reading, low, high registry.Tenths) []Day {
	type at struct {
		unix    int64
		degrees registry.Tenths
	}
	var chosen []at
	span := int64(math.MaxInt64)
	for _, o := range []order{dayFirst, monthFirst} {
		var all []at
		for i := range list {
			if unix, ok := list[i].moment.at(o); ok {
				all = append(all, at{unix, list[i].degrees})
			}
		}
		if len(all) == 0 {
			continue
		}
		slices.SortStableFunc(all, func(x, y at) int { return int(max(min(x.unix-y.unix, 1), -1)) })
		if length := all[len(all)-1].unix - all[0].unix; len(all) > len(chosen) || len(all) == len(chosen) && length < span {
			chosen, span = all, length
		}
	}
	var out []Day
	for i, r := range chosen {
		if i > 0 && chosen[i-1] == r {
			continue // the same line twice
		}
		day, clock := dayAt(r.unix)
		if len(out) == 0 || out[len(out)-1].Day != day {
			out = append(out, Day{Day: day, Lowest: r.degrees, Highest: r.degrees})
		}
		d := &out[len(out)-1]
		d.Last, d.Lowest, d.Highest = clock, min(d.Lowest, r.degrees), max(d.Highest, r.degrees)
		d.Readings++
		held := int64(0)
		if i+1 < len(chosen) {
			held = min(chosen[i+1].unix-r.unix, heldSeconds)
		}
		switch minutes := int(held / 60); {
		case r.degrees < low:
			d.Below += minutes
		case r.degrees > high:
			d.Above += minutes
		}
	}
	return out
}
