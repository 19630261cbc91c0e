package locale

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var parameter = regexp.MustCompile(`\{[a-z_]+\}`)

func parameters(p phrase) string {
	set := make(map[string]bool)
	for _, name := range parameter.FindAllString(p.other, -1) {
		set[name] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(set)), " ")
}

// TestSameKeys fails when a language lacks a key, has one too many, or puts other things into a text.
func TestSameKeys(t *testing.T) {
	first := For(Vietnamese)
	for _, lang := range Languages()[1:] {
		c := For(lang)
		for _, key := range first.Keys() {
			if !c.Has(key) {
				t.Errorf("%s lacks %q", lang, key)
				continue
			}
			if a, b := parameters(first.texts[key]), parameters(c.texts[key]); a != b {
				t.Errorf("%q takes %s in Vietnamese and %s in %s", key, a, b, lang)
			}
		}
		for _, key := range c.Keys() {
			if !first.Has(key) {
				t.Errorf("Vietnamese lacks %q", key)
			}
		}
	}
}

// TestTexts fails on texts that are empty or are said in words the project does not use to nurses.
func TestTexts(t *testing.T) {
	for _, lang := range Languages() {
		c := For(lang)
		for key, text := range c.texts {
			if strings.TrimSpace(text.other) == "" {
				t.Errorf("%s: %q is empty", lang, key)
			}
			if text.one != "" && lang == Vietnamese {
				t.Errorf("Vietnamese has no plural, but %q has one", key)
			}
			for _, word := range []string{"xung đột", "hub", "replica", "không hợp lệ"} {
				if lang == Vietnamese && strings.Contains(strings.ToLower(text.other), word) {
					t.Errorf("%q says %q", key, word)
				}
			}
		}
	}
}

func TestT(t *testing.T) {
	vi, en := For("vi"), For("en-GB")
	for _, test := range []struct{ got, want string }{
		{vi.T("today.done_count", "n", 1198), "Xong 1.198 người"},
		{en.T("today.done_count", "n", 1), "1 person done"},
		{en.T("today.done_count", "n", 1198), "1,198 people done"},
		{vi.T("mark.overdue", "n", 26), "Quá 26 ngày"},
		{vi.T("no.such"), "[no.such]"},
		{vi.T("row.mother", "name", "{n} Lò"), "Mẹ {n} Lò"},
		{For("fr").Lang(), "vi"},
		{en.Lang(), "en"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	vi, en := For("vi"), For("en")
	for _, test := range []struct{ got, want string }{
		{vi.Int(0), "0"},
		{vi.Int(1198), "1.198"},
		{en.Int(482116), "482,116"},
		{vi.Int(-1000000), "−1.000.000"},
		{vi.Int(100), "100"},
		{vi.Percent(864, 1000), "86,4%"},
		{en.Percent(864, 1000), "86.4%"},
		{vi.Percent(1, 0), "–"},
		{vi.Percent(0, 5), "0,0%"},
		{vi.Decimal(-1.3, 1), "−1,3"},
		{vi.Decimal(-0.04, 1), "0,0"},
		{en.Decimal(1234.5, 1), "1,234.5"},
		{vi.Decimal(36.7, 1), "36,7"},
		{vi.Decimal(-0.5, 1), "−0,5"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestDates(t *testing.T) {
	vi, en := For("vi"), For("en")
	now := time.Date(2026, 11, 25, 9, 12, 0, 0, time.FixedZone("", 7*3600))
	for _, test := range []struct{ got, want string }{
		{vi.Date(now), "25/11/2026"},
		{vi.Clock(now), "09:12"},
		{vi.DateTime(now), "25/11/2026 09:12"},
		{vi.ShortDate(now), "25/11"},
		{vi.LongDate(now), "thứ Tư 25/11/2026"},
		{en.LongDate(now), "Wednesday 25/11/2026"},
		{vi.When(now.Add(-2*time.Hour), now), "07:12 hôm nay"},
		{vi.When(now.Add(-24*time.Hour), now), "24/11 09:12"},
		{vi.When(now.AddDate(-1, 0, 0), now), "25/11/2025 09:12"},
		{vi.When(now.UTC(), now), "09:12 hôm nay"},
		{vi.Ago(now.Add(-134*time.Minute), now), "2 giờ 14 phút trước"},
		{en.Ago(now.Add(-time.Hour), now), "1 hour ago"},
		{vi.Ago(now.AddDate(0, 0, -9), now), "9 ngày trước"},
		{vi.Ago(now.Add(time.Hour), now), "vừa xong"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestAge(t *testing.T) {
	vi, en := For("vi"), For("en")
	day := func(d, m, y int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	on := day(25, 11, 2026)
	for _, test := range []struct{ got, want string }{
		{vi.Age(day(18, 7, 2026), on), "4 tháng 7 ngày"},
		{vi.ShortAge(day(18, 7, 2026), on), "4 th 7 ng"},
		{vi.Age(day(25, 11, 2026), on), "sinh hôm nay"},
		{vi.Age(day(23, 11, 2026), on), "2 ngày"},
		{vi.Age(day(25, 5, 2025), on), "18 tháng"},
		{vi.Age(day(20, 8, 2024), on), "2 tuổi 3 tháng"},
		{en.Age(day(20, 8, 2024), on), "2 years 3 months"},
		{vi.Age(day(1, 1, 1995), on), "31 tuổi"},
		{vi.Age(day(31, 1, 2026), day(28, 2, 2026)), "28 ngày"},
		{vi.Age(day(31, 1, 2026), day(1, 3, 2026)), "1 tháng 1 ngày"},
		{vi.Age(day(25, 9, 2026), on), "2 tháng"},
		{vi.Age(day(26, 11, 2026), on), ""},
		{vi.Age(on.Add(10*time.Hour), on), "sinh hôm nay"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}
