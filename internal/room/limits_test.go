package room

import (
	"strconv"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// So many laptops and addresses are spoken with at a time; whoever is heard beyond them waits for one to be gone.
func TestLinesAreBounded(t *testing.T) {
	s := &session{lines: map[string]*line{}}
	for i := range linesMax {
		if s.full() {
			t.Fatalf("full with %d lines", i)
		}
		s.lines[strconv.Itoa(i)] = &line{}
	}
	if !s.full() || s.line("one more", [16]byte{1}) != nil {
		t.Error("one more line was begun")
	}
	if s.line("0", [16]byte{1}) == nil {
		t.Error("a line that is there is not found")
	}
}

// A flood of beacons is heard so often a second.
func TestBeaconsAreBounded(t *testing.T) {
	start, l := time.Unix(0, 0), rate.NewLimiter(beaconsASecond, beaconsASecond)
	for i := range beaconsASecond {
		if !l.AllowN(start, 1) {
			t.Errorf("beacon %d of a second is not heard", i+1)
		}
	}
	if l.AllowN(start, 1) {
		t.Error("one more is heard")
	}
}
