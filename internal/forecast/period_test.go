package forecast

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestPeriodAfter(t *testing.T) {
	for _, c := range []struct{ from, period, want string }{
		{"2025-03-31", "6 months", "2025-10-01"},
		{"2024-02-29", "1 year", "2025-03-01"},
		{"2024-02-29", "4 years", "2028-02-29"},
		{"2025-01-31", "1 month", "2025-03-01"},
		{"2024-01-30", "1 month", "2024-03-01"},
		{"2024-01-29", "1 month", "2024-02-29"},
		{"2025-12-31", "2 months", "2026-03-01"},
		{"2025-03-31", "-1 month", "2025-03-01"},
		{"2025-01-15", "-1 month", "2024-12-15"},
		{"2024-01-31", "12 months - 4 days", "2025-01-27"},
		{"2024-01-31", "5 months + 4 weeks", "2024-07-29"},
		{"2024-02-29", "1 year + 1 month", "2025-04-01"}, // years first, then months
		{"2025-06-01", "0 days", "2025-06-01"},
		{"2025-06-01", "", "2025-06-01"},
		{"1969-12-31", "1 day", "1970-01-01"},
	} {
		if got := period(c.period).After(on(c.from)); got != on(c.want) {
			t.Errorf("%s + %s = %s, want %s", c.from, c.period, got.ISO(), c.want)
		}
	}
}

// byTime is After as package time would do it.
func byTime(d Day, p Period) Day {
	at := time.Unix(int64(d)*86400, 0).UTC()
	for _, months := range []int{int(p.Years) * 12, int(p.Months)} {
		first := time.Date(at.Year(), at.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		next := first.AddDate(0, 0, at.Day()-1)
		if next.Month() != first.Month() {
			next = first.AddDate(0, 1, 0)
		}
		at = next
	}
	return Day(at.Unix()/86400) + Day(p.Days)
}

func TestPeriodAgainstTime(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		d := Day(r.IntN(500_000) - 100_000) // years 1696 to 3065
		if d < 0 && d%86400 == 0 {
			continue
		}
		p := Period{Years: int16(r.IntN(41) - 20), Months: int16(r.IntN(61) - 30), Days: int32(r.IntN(801) - 400), Stated: true}
		if got, want := p.After(d), byTime(d, p); got != want {
			t.Fatalf("%s + %s = %s, want %s", d.ISO(), p, got.ISO(), want.ISO())
		}
		if back := civil(d).day(); back != d {
			t.Fatalf("%d becomes %d", d, back)
		}
	}
}

func TestPeriodText(t *testing.T) {
	for text, want := range map[string]Period{
		"":                    {},
		"0 days":              {Stated: true},
		"6 weeks":             {Days: 42, Stated: true},
		"1 Year":              {Years: 1, Stated: true},
		"12 months - 4 days":  {Months: 12, Days: -4, Stated: true},
		"12months-4days":      {Months: 12, Days: -4, Stated: true},
		"5 months + 4 weeks":  {Months: 5, Days: 28, Stated: true},
		"-1 month":            {Months: -1, Stated: true},
		"2000 weeks":          {Days: 14000, Stated: true},
		"16 years - 4 months": {Years: 16, Months: -4, Stated: true},
	} {
		got, err := ParsePeriod(text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v, want %+v", text, got, err, want)
		}
		again, err := ParsePeriod(got.String())
		if err != nil || again != got {
			t.Errorf("%q prints as %q, which is %+v, %v", text, got, again, err)
		}
	}
	for _, text := range []string{
		"6", "weeks", "6 fortnights", "6 weeks 4 days", "- weeks", "6 weeks +", "2001 days", "2000 years + 1 year", "99999999999999999999 days", "6.5 weeks",
	} {
		if p, err := ParsePeriod(text); err == nil {
			t.Errorf("%q is read as %+v", text, p)
		}
	}
}

func FuzzParsePeriod(f *testing.F) {
	f.Add("12 months - 4 days")
	f.Add("-1 month")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePeriod(text)
		if err != nil {
			return
		}
		if again, err := ParsePeriod(p.String()); err != nil || again != p {
			t.Fatalf("%q prints as %q, which is %+v, %v", text, p, again, err)
		}
	})
}
