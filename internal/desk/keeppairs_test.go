package desk

import (
	"testing"
	"time"

	"github.com/robfig/cron/v3"
)

// Nights are Vietnam's, whatever zone the machine believes to be in.
func TestSweepsAreAtNightInVietnam(t *testing.T) {
	nightly, err := cron.ParseStandard(SweepNightly)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		now  string
		want time.Duration
	}{
		{"2026-11-25T18:00:00Z", 45 * time.Minute},
		{"2026-11-25T18:45:00Z", 24 * time.Hour},
		{"2026-11-25T13:44:00-05:00", time.Minute},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := untilNext(nightly, now); got != c.want {
			t.Errorf("at %s it is %v to the next sweep, want %v", c.now, got, c.want)
		}
	}
}
