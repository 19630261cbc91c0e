package locale

import (
	"strconv"
	"strings"
	"time"
)

// Int writes a whole number: 1.198 in Vietnamese, 1,198 in English, a true minus sign in both.
func (c *Catalogue) Int(n int64) string {
	point := "."
	if c.lang == English {
		point = ","
	}
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(point)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Decimal writes x with a fixed number of places after the comma (Vietnamese) or point (English).
func (c *Catalogue) Decimal(x float64, places int) string {
	text := strconv.FormatFloat(x, 'f', places, 64)
	whole, rest, hasRest := strings.Cut(text, ".")
	negative := strings.HasPrefix(whole, "-")
	n, err := strconv.ParseInt(strings.TrimPrefix(whole, "-"), 10, 64)
	if err != nil {
		return text
	}
	out := c.Int(n)
	if hasRest {
		comma := ","
		if c.lang == English {
			comma = "."
		}
		out += comma + rest
	}
	if negative && strings.Trim(text, "-0.") != "" {
		out = "−" + out
	}
	return out
}

// Percent writes part of whole as 86,4% (Vietnamese) or 86.4% (English). Nothing of nothing is not nought:
// it is written "–".
func (c *Catalogue) Percent(part, whole int) string {
	if whole <= 0 {
		return "–"
	}
	return c.Decimal(100*float64(part)/float64(whole), 1) + "%"
}

// Date writes 25/11/2026, in both languages.
func (c *Catalogue) Date(t time.Time) string { return t.Format("02/01/2006") }

// ShortDate writes 25/11, for a day of the current year.
func (c *Catalogue) ShortDate(t time.Time) string { return t.Format("02/01") }

// Clock writes 09:12.
func (c *Catalogue) Clock(t time.Time) string { return t.Format("15:04") }

// DateTime writes 25/11/2026 09:12.
func (c *Catalogue) DateTime(t time.Time) string { return t.Format("02/01/2006 15:04") }

// Weekday writes thứ Tư or Wednesday.
func (c *Catalogue) Weekday(t time.Time) string {
	return c.T("calendar." + strings.ToLower(t.Weekday().String()))
}

// LongDate writes thứ Tư 25/11/2026.
func (c *Catalogue) LongDate(t time.Time) string { return c.Weekday(t) + " " + c.Date(t) }

// When writes a moment as a person at now would say it: 09:12 hôm nay, 24/11 16:40, or with the year when
// it is not this one.
func (c *Catalogue) When(t, now time.Time) string {
	t = t.In(now.Location())
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return c.T("calendar.today_at", "time", c.Clock(t))
	case t.Year() == now.Year():
		return t.Format("02/01 15:04")
	}
	return c.DateTime(t)
}

// Ago writes how long before now t was, in at most two units: 2 giờ 14 phút trước, 9 ngày trước. A moment
// in the future is written as just now: clocks differ, and a page should not say "in 3 seconds".
func (c *Catalogue) Ago(t, now time.Time) string {
	minutes := int(now.Sub(t).Minutes())
	switch {
	case minutes < 1:
		return c.T("calendar.just_now")
	case minutes < 60:
		return c.T("calendar.ago", "span", c.unit("minute", minutes))
	case minutes < 24*60:
		return c.T("calendar.ago", "span", c.join(c.unit("hour", minutes/60), "minute", minutes%60))
	}
	return c.T("calendar.ago", "span", c.unit("day", minutes/(24*60)))
}

// Age writes how old somebody born on the day birth is on the day on: 12 ngày, 4 tháng 7 ngày, 18 tháng,
// 2 tuổi 3 tháng, 31 tuổi. It is empty for a day before birth.
func (c *Catalogue) Age(birth, on time.Time) string { return c.age(birth, on, "") }

// ShortAge writes Age with the units cut short, for lists: 4 th 7 ng.
func (c *Catalogue) ShortAge(birth, on time.Time) string { return c.age(birth, on, "_short") }

func (c *Catalogue) age(birth, on time.Time, short string) string {
	months, days := since(birth, on)
	switch {
	case months < 0 || days < 0:
		return ""
	case months == 0 && days == 0:
		return c.T("calendar.born_today")
	case months == 0:
		return c.unit("day", days)
	case months < 12:
		return c.join(c.unit("month"+short, months), "day"+short, days)
	case months < 24:
		return c.unit("month", months)
	case months < 6*12:
		return c.join(c.unit("year", months/12), "month"+short, months%12)
	}
	return c.unit("year", months/12)
}

// since counts the whole months from birth to on and the days left over.
func since(birth, on time.Time) (months, days int) {
	months = (on.Year()-birth.Year())*12 + int(on.Month()) - int(birth.Month())
	if on.Day() < birth.Day() {
		months--
	}
	if months < 0 {
		return -1, -1
	}
	last := time.Date(birth.Year(), birth.Month()+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
	day := min(birth.Day(), last.Day())
	from := time.Date(last.Year(), last.Month(), day, 0, 0, 0, 0, time.UTC)
	to := time.Date(on.Year(), on.Month(), on.Day(), 0, 0, 0, 0, time.UTC)
	return months, int(to.Sub(from).Hours() / 24)
}

func (c *Catalogue) unit(name string, n int) string { return c.T("calendar."+name, "n", n) }

func (c *Catalogue) join(first, name string, n int) string {
	if n == 0 {
		return first
	}
	return first + " " + c.unit(name, n)
}
