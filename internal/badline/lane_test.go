package badline

import (
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// TestArrival: what is handed over queues for the bandwidth and travels; a lost packet holds up what comes behind it.
func TestArrival(t *testing.T) {
	start := time.Unix(1_000_000, 0)
	l := NewLane(rand.New(rand.NewPCG(1, 1)).Float64, 0)
	for _, c := range []struct {
		after time.Duration // of the start
		bytes int
		want  time.Duration
	}{
		{0, 8000, time.Second + OneWay},
		{0, 800, 1100*time.Millisecond + OneWay}, // waits for what is before it
		{5 * time.Second, 80, 5*time.Second + 10*time.Millisecond + OneWay},
		{5 * time.Second, 0, 5*time.Second + 10*time.Millisecond + OneWay}, // nothing takes no time
	} {
		if got := l.Arrival(start.Add(c.after), c.bytes).Sub(start); got != c.want {
			t.Errorf("%d bytes handed over after %v arrive after %v, want %v", c.bytes, c.after, got, c.want)
		}
	}
	lossy := NewLane(rand.New(rand.NewPCG(1, 1)).Float64, 0.5)
	held, last := 0, time.Time{}
	for range 100 {
		at := lossy.Arrival(start, 80)
		if at.Before(last) {
			t.Fatal("a packet overtakes another, which TCP does not let happen")
		}
		if at.Sub(last) > again/2 && !last.IsZero() {
			held++
		}
		last = at
	}
	if held == 0 {
		t.Error("half of the packets are lost, and nothing is held up")
	}
}

// TestWriter: bytes come after their time and in order, and closing waits for the last of them.
func TestWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		w := NewWriter(near, NewLane(rand.New(rand.NewPCG(1, 1)).Float64, 0))
		start := time.Now()
		for _, text := range []string{"một", "hai"} {
			if _, err := w.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("writing waits %v", took)
		}
		come := make(chan string)
		go func() {
			b, _ := io.ReadAll(far)
			come <- string(b)
		}()
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if took, want := time.Since(start), OneWay+Takes(int64(len("mộthai"))); took != want {
			t.Errorf("it took %v, want %v", took, want)
		}
		near.Close()
		if got := <-come; got != "mộthai" {
			t.Errorf("%q came", got)
		}
	})
}
