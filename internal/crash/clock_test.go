package crash

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"tramy/internal/testclock"
)

const actsByClock = 16

// TestClocks runs the programs with clocks that are years off, run fast, backwards, or jump. What is saved is kept,
// reaches the centre once and is equal everywhere; clocks decide nothing.
func TestClocks(t *testing.T) {
	for _, c := range []struct{ name, station, hub string }{
		{"station ten years behind", "offset=-3650d", ""},
		{"station ten years ahead, hub five behind", "offset=3650d", "offset=-1825d"},
		{"station fast, hub backwards", "rate=100", "rate=-1"},
		{"both jump", "jump=-400d every=70ms", "jump=3h every=110ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.station.env = []string{testclock.Variable + "=" + c.station}
			w.hub.env = []string{testclock.Variable + "=" + c.hub}
			w.startAll(t)
			if !strings.Contains(w.station.said(), "for tests only") {
				t.Error("the station's program does not say that its clock is wrong")
			}
			b := newBook(w.commune, *seed)
			b.older = 3700 // born before the day that the slowest clock shows
			for i := range actsByClock {
				if i == actsByClock/2 {
					w.station.kill() // and again, with the clock begun anew
					w.station.mustStart(t)
				}
				w.station.as(t, nurse) // a log-in may be over at any time by such a clock
				if err := b.register(w.station); err != nil {
					var no *problem
					if errors.As(err, &no) && no.Status == http.StatusUnauthorized {
						b.refused = nil // it was over between two requests: nothing was done, and nothing told
						continue
					}
					t.Fatalf("act %d: %v", i, err)
				}
				if i%5 == 4 {
					if _, err := w.station.sync(); err != nil {
						t.Logf("exchange after act %d: %v", i, err)
					}
				}
			}
			if _, said := b.counts(); said < actsByClock/2 {
				t.Errorf("only %d acts of %d were saved", said, actsByClock)
			}
			// The clocks are put right, as somebody would in the end.
			for _, n := range []*node{w.station, w.hub} {
				if err := n.stop(); err != nil {
					t.Fatal(err)
				}
				n.env = nil
			}
			w.settle(t, b)
		})
	}
}

// TestClockVariableMistyped is refused: a test that believes in a wrong clock would prove nothing.
func TestClockVariableMistyped(t *testing.T) {
	w := newWorld(t)
	w.station.env = []string{testclock.Variable + "=-3650d"}
	if err := w.station.start(); err == nil || !strings.Contains(err.Error(), testclock.Variable) {
		t.Errorf("started: %v", err)
	}
}
