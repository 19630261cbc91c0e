package exchange

import (
	"errors"
	"testing"
	"time"

	p "tramy/syncproto"
)

// A child may ask ten times at once for each station behind it, up to a bound, and once every 30 seconds for each
// from then on. How many there are is counted anew from time to time.
func TestAllowanceGrowsWithTheStations(t *testing.T) {
	start := time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)
	child := p.Dot{Log: p.LogID{1, 11: 0x40}, Seq: 1}.Entity()
	for _, c := range []struct{ below, atOnce int }{{0, 10}, {1, 10}, {7, 70}, {lookupStations, 2000}, {lookupStations + 1, 2000}} {
		var l lookups
		count := func() (int, error) { return c.below, nil }
		for i := range c.atOnce {
			if wait, err := l.take(child, start, count); wait != 0 || err != nil {
				t.Fatalf("%d stations: question %d waits %v, %v", c.below, i+1, wait, err)
			}
		}
		each := 30 * time.Second / time.Duration(c.atOnce/lookupsAtOnce)
		wait, err := l.take(child, start, count)
		if err != nil || wait < each-time.Millisecond || wait > each+time.Millisecond {
			t.Errorf("%d stations: one more waits %v, %v; want %v", c.below, wait, err, each)
		}
		if wait, _ := l.take(child, start.Add(each+time.Millisecond), count); wait != 0 {
			t.Errorf("%d stations: after as long as was said it waits %v", c.below, wait)
		}
	}

	var l lookups
	below, counted := 1, 0
	count := func() (int, error) { counted++; return below, nil }
	for range lookupsAtOnce {
		if wait, err := l.take(child, start, count); wait != 0 || err != nil {
			t.Fatal(wait, err)
		}
	}
	below = 3
	later := start.Add(stationsCounted)
	asked := 0
	for {
		wait, err := l.take(child, later, count)
		if err != nil {
			t.Fatal(err)
		}
		if wait > 0 {
			if wait > 10*time.Second+time.Millisecond {
				t.Errorf("with three stations it waits %v", wait)
			}
			break
		}
		asked++
	}
	if counted != 2 || asked < lookupsAtOnce {
		t.Errorf("counted %d times, %d questions", counted, asked)
	}
	broken := errors.New("no disk")
	if _, err := l.take(child, later.Add(stationsCounted), func() (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func TestBusySaysWholeSeconds(t *testing.T) {
	for after, want := range map[time.Duration]int{0: 1, time.Millisecond: 1, time.Second: 1, time.Second + 1: 2, 30 * time.Second: 30} {
		if got := (&BusyError{After: after}).Seconds(); got != want {
			t.Errorf("%v is %d s", after, got)
		}
	}
}
