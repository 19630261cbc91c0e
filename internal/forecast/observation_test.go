package forecast_test

import (
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/forecast/national"
)

// What the national schedule asks of the conditions that nurses enter.
func TestObservationsOfTheNationalSchedule(t *testing.T) {
	s, err := national.Embedded("vn-2026-07")
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]struct{ forbids, dated bool }{
		"intussusception":  {true, false},
		"immunodeficiency": {true, false},
		"pregnant":         {true, false},
		"rabies-exposure":  {false, true},
		"immunoglobulin":   {false, true},
		"anaphylaxis:bcg":  {true, false}, // as registers keep it
		"anaphylaxis:BCG":  {true, false},
	} {
		o := s.Observation(code)
		if o == forecast.None {
			t.Errorf("the schedule does not know %s", code)
			continue
		}
		if s.Forbids(o) != want.forbids || s.CountsFrom(o) != want.dated {
			t.Errorf("%s: forbids %v, counts from its date %v; want %v", code, s.Forbids(o), s.CountsFrom(o), want)
		}
	}
	if s.Observation("hiv") != forecast.None {
		t.Error("an unknown condition is known")
	}
}
