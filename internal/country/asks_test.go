package country_test

import (
	"context"
	"testing"
	"time"

	"tramy/internal/country"
)

// A nurse whose laptop hears from its hub once a week is asked about at most one dose in twenty, and not about
// none: there are children in the register who were vaccinated elsewhere.
func TestNursesAreSeldomAsked(t *testing.T) {
	ctx := context.Background()
	clock := country.NewClock(time.Date(2026, 9, 3, 1, 0, 0, 0, time.UTC))
	opt := options(t, 2)
	opt.Now = clock.Now
	c, err := country.New(ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Fill(ctx, 800, 1826, 1); err != nil {
		t.Fatal(err)
	}
	asks, err := c.CountAsks(ctx, clock, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", *asks)
	if asks.SessionDays != 6 || asks.DosesJudged < 200 {
		t.Fatalf("too little work to say anything: %+v", *asks)
	}
	if asks.DosesAsked == 0 {
		t.Errorf("nobody was asked anything: %+v", *asks)
	}
	if asks.PerMille() > country.AsksMax {
		t.Errorf("asked about %d of 1000 doses: %+v", asks.PerMille(), *asks)
	}
}
