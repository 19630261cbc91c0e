package registry

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func mustDay(t testing.TB, iso string) Day {
	t.Helper()
	d, err := ParseDay(iso, 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseDay(t *testing.T) {
	today := mustDay(t, "2026-11-25")
	for _, c := range []struct {
		in, want string
		code     Code
	}{
		{"25/11/2026", "2026-11-25", ""},
		{" 5.1.2026 ", "2026-01-05", ""},
		{"05-01-2026", "2026-01-05", ""},
		{"5 1 2026", "2026-01-05", ""},
		{"25112026", "2026-11-25", ""},
		{"2026-11-25", "2026-11-25", ""},
		{"n", "2026-11-25", ""},
		{"Q", "2026-11-24", ""},
		{"2511", "2026-11-25", ""},
		{"2611", "2025-11-26", ""}, // tomorrow: last year's
		{"1/2", "2026-02-01", ""},
		{"2902", "2024-02-29", ""}, // the last one there was
		{"29/02/2024", "2024-02-29", ""},
		{"29/02/2025", "", CodeDateImpossible},
		{"31/04/2026", "", CodeDateImpossible},
		{"00/01/2026", "", CodeDateImpossible},
		{"25/13/2026", "", CodeDateImpossible},
		{"3113", "", CodeDateImpossible},
		{"25/11/26", "2026-11-25", ""},
		{"251126", "2026-11-25", ""},
		{"1.2.58", "", CodeDateYear}, // 1958, and nobody is to guess it
		{fmt.Sprintf("0101%02d", 26+yearsAheadMax), "2036-01-01", ""},
		{fmt.Sprintf("0101%02d", 27+yearsAheadMax), "", CodeDateYear},
		{"h", "2026-11-25", ""},
		{"Hôm  nay", "2026-11-25", ""},
		{"Ho\u0302m nay", "2026-11-25", ""}, // as some keyboards send it
		{"hom qua", "2026-11-24", ""},
		{"-1", "2026-11-24", ""},
		{"+28", "2026-12-23", ""},
		{fmt.Sprintf("-%d", daysTypedMax), "2025-11-24", ""},
		{fmt.Sprintf("-%d", daysTypedMax+1), "", CodeDateUnreadable},
		{"--1", "", CodeDateUnreadable},
		{"", "", CodeDateUnreadable},
		{"25/11/2026/1", "", CodeDateUnreadable},
		{"99999999999999999999", "", CodeDateUnreadable},
		{"00/00/0000", "", CodeDateUnreadable},
	} {
		d, err := ParseDay(c.in, today)
		var de *DateError
		switch {
		case c.code == "" && (err != nil || d.ISO() != c.want):
			t.Errorf("%q: %v %v, want %s", c.in, d, err, c.want)
		case c.code != "" && (!errors.As(err, &de) || de.Code != c.code):
			t.Errorf("%q: %v %v, want %s", c.in, d, err, c.code)
		}
	}
}

func TestParseBirth(t *testing.T) {
	today := mustDay(t, "2026-11-25")
	for _, c := range []struct {
		in, want string
		prec     Precision
	}{
		{"1958", "1958-01-01", PrecisionYear},
		{"11/1958", "1958-11-01", PrecisionMonth},
		{"1958-11", "1958-11-01", PrecisionMonth},
		{"3/11/1958", "1958-11-03", PrecisionDay},
		{"2511", "2026-11-25", PrecisionDay}, // cannot be a year yet
		{"n", "2026-11-25", PrecisionDay},
	} {
		if d, prec, err := ParseBirth(c.in, today); err != nil || d.ISO() != c.want || prec != c.prec {
			t.Errorf("%q: %v %v %v", c.in, d, prec, err)
		}
	}
	if _, _, err := ParseBirth("13/1958", today); err == nil {
		t.Error("a thirteenth month was taken")
	}
}

func TestDayPrints(t *testing.T) {
	d := mustDay(t, "2026-11-05")
	if d.String() != "05/11/2026" || d.ISO() != "2026-11-05" || d.Month().String() != "11/2026" || d.Month().ISO() != "2026-11" {
		t.Error(d.String(), d.ISO(), d.Month())
	}
	if Day(0).ISO() != "1970-01-01" || mustDay(t, "1969-12-31") != -1 || d.Weekday() != time.Thursday {
		t.Error("days are not counted from 1970-01-01")
	}
	if m := d.Month(); m != 2026*12+10 || m.First().ISO() != "2026-11-01" || m.Last().ISO() != "2026-11-30" {
		t.Error(m.First(), m.Last())
	}
}

// A laptop's zone may be anything; the day is the place's.
func TestTodayIsLocal(t *testing.T) {
	at := time.Date(2026, 11, 24, 17, 30, 0, 0, time.FixedZone("somewhere", -3600*5)) // 22:30 UTC
	if d := Today(at, VietnamOffset); d.ISO() != "2026-11-25" {
		t.Error(d.ISO())
	}
	if d := Today(at, 0); d.ISO() != "2026-11-24" {
		t.Error(d.ISO())
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		birth, on string
		months    int
	}{
		{"2026-01-31", "2026-02-28", 0},
		{"2026-01-31", "2026-03-01", 1},
		{"2026-01-15", "2026-03-14", 1},
		{"2026-01-15", "2026-03-15", 2},
		{"2024-02-29", "2025-02-28", 11},
		{"2024-02-29", "2025-03-01", 12},
		{"2026-03-15", "2026-01-15", -2},
	} {
		if got := mustDay(t, c.on).AgeMonths(mustDay(t, c.birth)); got != c.months {
			t.Errorf("%s on %s: %d months, want %d", c.birth, c.on, got, c.months)
		}
	}
	// Full months have passed on the day AddMonths gives, and not a day earlier.
	for d := mustDay(t, "2023-12-01"); d < mustDay(t, "2025-03-01"); d++ {
		for n := range 26 {
			at := d.AddMonths(n)
			if at.AgeMonths(d) != n || n > 0 && (at-1).AgeMonths(d) != n-1 {
				t.Fatalf("%v + %d months = %v", d, n, at)
			}
		}
	}
}

func TestClock(t *testing.T) {
	for in, want := range map[string]string{"9:12": "09:12", "0912": "09:12", "9h12": "09:12", "9g12": "09:12", "9h": "09:00", "00:00": "00:00", "23.59": "23:59"} {
		if c, err := ParseClock(in); err != nil || c.String() != want {
			t.Errorf("%q: %v %v", in, c, err)
		}
	}
	for _, in := range []string{"", "24:00", "9", "9:60", "x", "9:12:00", "912", "-1:00"} {
		if c, err := ParseClock(in); err == nil {
			t.Errorf("%q was read as %v", in, c)
		}
	}
	if Clock(0).String() != "" {
		t.Error("an unknown time prints")
	}
}

func TestMeasures(t *testing.T) {
	for in, want := range map[string]int{"3100": 3100, "3.100": 3100, "3,1": 3100, "3.1 kg": 3100, "3,05kg": 3050, "3": 3000, "310": 310, "980g": 980} {
		if g, err := ParseWeight(in); err != nil || g != want {
			t.Errorf("%q: %d g %v, want %d", in, g, err, want)
		}
	}
	for in, want := range map[string]int{"37": 370, "37,2": 372, "37.25": 372, "372": 372, "36.8°C": 368} {
		if g, err := ParseTemperature(in); err != nil || g != want {
			t.Errorf("%q: %d %v, want %d", in, g, err, want)
		}
	}
	for _, in := range []string{"", "ba ký", "-3", "1.2.3", "9999999"} {
		if _, err := ParseWeight(in); err == nil {
			t.Errorf("%q is a weight", in)
		}
		if _, err := ParseTemperature(in); err == nil {
			t.Errorf("%q is a temperature", in)
		}
	}
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"25/11/2026", "2511", "n", "1958", "29022024", "31/02/2025", "2026-11-25"} {
		f.Add(s, int32(20782))
	}
	f.Fuzz(func(t *testing.T, s string, today int32) {
		if today < -700_000 || today > 2_900_000 {
			return
		}
		d, err := ParseDay(s, Day(today))
		if err != nil {
			if de := (*DateError)(nil); !errors.As(err, &de) || de.Code == "" {
				t.Fatalf("%q: untyped error %v", s, err)
			}
		} else if again, err := ParseDay(d.String(), Day(today)); err != nil || again != d {
			if y, _, _ := d.Date(); y >= 1 && y <= 9999 {
				t.Fatalf("%q: %v reads back as %v (%v)", s, d, again, err)
			}
		}
		_, _, _ = ParseBirth(s, Day(today))
		_, _ = ParseClock(s)
	})
}
