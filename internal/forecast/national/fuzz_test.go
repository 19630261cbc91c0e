package national

import (
	"errors"
	"testing"

	"tramy/internal/forecast"
)

// Whatever a file holds, it is loaded or refused with problems, and what was loaded can be asked.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(small))
	for _, id := range IDs() {
		_, content := embeddedText(id)
		if len(content) < 20<<10 {
			f.Add(content)
		}
	}
	f.Add([]byte("schedule: later\nbased_on: vn-2026-02\nfrom: 2026-07-01\nwithout: {series: [rota]}\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := Load("fuzz.yaml", content)
		if err != nil {
			var all Problems
			if !errors.As(err, &all) || len(all) == 0 || len(all) > problemsMax {
				t.Fatalf("not problems: %v", err)
			}
			return
		}
		born := forecast.Day(20000)
		p := forecast.Patient{BornFirst: born, BornLast: born, KnownBirth: true}
		for i, v := range s.Vaccines {
			p.Doses = append(p.Doses, forecast.Dose{Vaccine: v.Code, On: born + forecast.Day(i*30)})
		}
		var r forecast.Result
		forecast.NewEngine(s).Evaluate(&p, born+1000, &r)
		s.Advise(&p, born+1000, &r)
	})
}
