package registry

import (
	"slices"
	"testing"

	p "tramy/syncproto"
)

func TestScreeningIsProposed(t *testing.T) {
	for name, c := range map[string]struct {
		temperature, weight int
		newborn             bool
		ticked              []string
		finds               []string
		want                Screening
	}{
		"nothing is wrong":                {temperature: 367, want: ScreeningEligible},
		"nothing was measured":            {want: ScreeningEligible},
		"38.0 is no fever":                {temperature: FeverAbove, want: ScreeningEligible},
		"38.1 is one":                     {temperature: FeverAbove + 1, finds: []string{FindingFever}, want: ScreeningPostpone},
		"35.5 is warm enough":             {temperature: ColdBelow, want: ScreeningEligible},
		"35.4 is not":                     {temperature: ColdBelow - 1, finds: []string{FindingCold}, want: ScreeningPostpone},
		"a newborn of 2,000 g":            {weight: SmallNewborn, newborn: true, want: ScreeningEligible},
		"a newborn of 1,999 g":            {weight: SmallNewborn - 1, newborn: true, finds: []string{FindingSmall}, want: ScreeningRefer},
		"the most careful conclusion":     {temperature: 385, ticked: []string{"anaphylaxis", "acute_illness"}, finds: []string{FindingFever}, want: ScreeningContraindicated},
		"hospital before waiting":         {ticked: []string{"corticosteroid", "organ_failure"}, want: ScreeningRefer},
		"a code of a newer version alone": {ticked: []string{"newer"}, want: ScreeningEligible},
	} {
		got := Measured(c.temperature, c.weight, c.newborn)
		if !slices.Equal(got, c.finds) {
			t.Errorf("%s: measured %v, want %v", name, got, c.finds)
		}
		if got := ProposeScreening(append(c.ticked, got...)); got != c.want {
			t.Errorf("%s: proposed %v, want %v", name, got, c.want)
		}
	}
}

// Laptops that do not hear each other make several visits of one. Whichever is read first, the same comes of it.
func TestVisitsFoldInAnyOrder(t *testing.T) {
	at := NewClock
	visits := []Visit{
		{ID: someID(3), VisitInput: VisitInput{Arrived: at(8, 10), Screened: at(8, 20), Conclusion: ScreeningEligible, Screener: someID(9)}},
		{ID: someID(1), VisitInput: VisitInput{Arrived: at(8, 12), Screened: at(8, 15), Conclusion: ScreeningPostpone, Temperature: 385, Screener: someID(8)}},
		{ID: someID(2), VisitInput: VisitInput{Dosed: at(8, 30), Gone: at(9, 1), GoneBy: someID(9)}},
		{ID: someID(0), Void: "ghi nhầm", VisitInput: VisitInput{Arrived: at(7, 0), Gone: at(10, 0)}},
	}
	first := someID(1)
	for _, id := range []p.EntityID{someID(2), someID(3)} {
		if id.Compare(first) < 0 {
			first = id
		}
	}
	want := FoldVisits(visits)
	if want.ID != first || want.Arrived != at(8, 10) || want.Conclusion != ScreeningPostpone || want.Temperature != 385 || want.Screener != someID(8) ||
		want.Dosed != at(8, 30) || want.Gone != at(9, 1) || want.Stage() != StageDone {
		t.Fatalf("folded: %+v", want)
	}
	for range 6 {
		visits = append(visits[1:], visits[0])
		if got := FoldVisits(visits); got.ID != want.ID || got.Arrived != want.Arrived || got.Conclusion != want.Conclusion || got.Screener != want.Screener || got.Dosed != want.Dosed || got.Gone != want.Gone {
			t.Errorf("read in another order: %+v", got)
		}
	}
	if got := FoldVisits(nil); !got.ID.IsZero() || got.Stage() != StageAbsent {
		t.Errorf("nobody came: %+v", got)
	}
}

func TestStages(t *testing.T) {
	at := NewClock
	for name, c := range map[string]struct {
		in   VisitInput
		want Stage
	}{
		"nothing":                {VisitInput{}, StageAbsent},
		"here":                   {VisitInput{Arrived: at(8, 0)}, StageArrived},
		"screened":               {VisitInput{Screened: at(8, 0), Conclusion: ScreeningEligible}, StageReady},
		"on paper":               {VisitInput{Conclusion: ScreeningOnPaper}, StageReady},
		"to wait":                {VisitInput{Arrived: at(8, 0), Conclusion: ScreeningPostpone}, StageDone},
		"dosed at once":          {VisitInput{Dosed: at(8, 0)}, StageWatch},
		"dosed against a doubt":  {VisitInput{Conclusion: ScreeningPostpone, Dosed: at(8, 0)}, StageWatch},
		"gone":                   {VisitInput{Dosed: at(8, 0), Gone: at(8, 30)}, StageDone},
		"dosed again afterwards": {VisitInput{Dosed: at(8, 40), Gone: at(8, 30)}, StageWatch},
	} {
		if got := c.in.Stage(); got != c.want {
			t.Errorf("%s: stage %d, want %d", name, got, c.want)
		}
	}
}

func TestVisitRefused(t *testing.T) {
	today := day(t, "2026-11-27")
	good := VisitInput{Subject: someID(3), Place: someID(1), Day: today, Conclusion: ScreeningEligible, Findings: []string{"other", "fever", "other"}}
	d, err := NewVisit(good, today)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range d.Writes {
		if list, ok := w.Data.List(); w.Field == VisitFindings && (!ok || len(list) != 2) {
			t.Errorf("findings: %v", w.Data)
		}
	}
	for field, change := range map[string]func(*VisitInput){
		"subject":     func(in *VisitInput) { in.Subject = p.EntityID{} },
		"place":       func(in *VisitInput) { in.Place = p.EntityID{} },
		"day":         func(in *VisitInput) { in.Day = today + 1 },
		"findings":    func(in *VisitInput) { in.Findings = []string{"newer"} },
		"conclusion":  func(in *VisitInput) { in.Conclusion = 99 },
		"temperature": func(in *VisitInput) { in.Temperature = 3670 },
	} {
		in := good
		change(&in)
		_, err := NewVisit(in, today)
		errs, ok := err.(Errors)
		if !ok || len(errs) != 1 || errs[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
