package reasons

import (
	"strings"
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/locale"
	"tramy/internal/registry"
)

func words(lang string) *Words {
	s := &forecast.Schedule{
		Vaccines:     []forecast.Vaccine{{Code: "SOI", Name: "Sởi đơn"}},
		Observations: []forecast.ObservationType{{Code: "intussusception", Name: "Lồng ruột"}, {Code: "anaphylaxis:SOI", Name: "x"}, {Code: "new", Name: "Mới"}},
	}
	s.Compile()
	return &Words{Catalogue: locale.For(lang), Schedule: s}
}

// Whatever the engine answers is said in both languages, and says every fact it has.
func TestEveryReasonHasASentence(t *testing.T) {
	on, err := registry.ParseISO("2026-12-18")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locale.Languages() {
		w := words(lang)
		n := 0
		for code := forecast.ReasonCode(1); code < 255; code++ {
			if code.String() == "" {
				continue
			}
			n++
			text := w.Say(forecast.Reason{Code: code, On: on, Period: forecast.Months(5), Vaccine: 0, Seen: 0, Number: 2})
			if strings.ContainsAny(text, "[]{}") || text == "" {
				t.Errorf("%s: %s is said as %q", lang, code, text)
			}
		}
		if n < 30 {
			t.Errorf("only %d reasons found", n)
		}
	}
}

func TestWording(t *testing.T) {
	on, err := registry.ParseISO("2026-12-18")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang string
		r    forecast.Reason
		want string
	}{
		{"vi", forecast.Reason{Code: forecast.ReasonTooSoon, On: on, Period: forecast.Days(28)}, "Cách mũi trước ít nhất 28 ngày: từ 18/12/2026."},
		{"vi", forecast.Reason{Code: forecast.ReasonTooYoung, On: on, Period: forecast.Days(42)}, "Chưa đủ 6 tuần: từ 18/12/2026."},
		{"en", forecast.Reason{Code: forecast.ReasonLiveConflict, On: on, Period: forecast.Days(28), Vaccine: 0}, "At least 28 days after Sởi đơn: from 18/12/2026."},
		{"en", forecast.Reason{Code: forecast.ReasonByAge, On: on, Period: forecast.Period{Years: 1, Months: 6, Stated: true}}, "1 year 6 months old from 18/12/2026."},
		{"vi", forecast.Reason{Code: forecast.ReasonContraindicated, Seen: 0}, "Chống chỉ định: Tiền sử lồng ruột."},
		{"vi", forecast.Reason{Code: forecast.ReasonContraindicated, Seen: 1}, "Chống chỉ định: Phản vệ độ III trở lên sau Sởi đơn."},
		{"en", forecast.Reason{Code: forecast.ReasonContraindicated, Seen: 2}, "Contraindicated: Mới."},
	} {
		if c.r.Code != forecast.ReasonContraindicated {
			c.r.Seen = forecast.None
		}
		if got := words(c.lang).Say(c.r); got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
}

func TestMainReason(t *testing.T) {
	age := forecast.Reason{Code: forecast.ReasonTooYoung, On: 10}
	live := forecast.Reason{Code: forecast.ReasonLiveConflict, On: 20}
	done := forecast.Reason{Code: forecast.ReasonSeriesComplete}
	if got, ok := Main([]forecast.Reason{done, age, live}); !ok || got != live {
		t.Errorf("the reason is %v, want what is missing longest", got)
	}
	if _, ok := Main(nil); ok {
		t.Error("a reason was found among none")
	}
}
