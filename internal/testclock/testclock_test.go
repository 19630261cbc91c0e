package testclock

import (
	"strings"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	for _, c := range []struct {
		text  string
		after time.Duration
		want  time.Duration // beyond the begin
	}{
		{"", 10 * time.Second, 10 * time.Second},
		{"offset=-3650d", time.Second, -3650*24*time.Hour + time.Second},
		{"offset=2h rate=100", time.Second, 2*time.Hour + 100*time.Second},
		{"rate=-1", time.Minute, -time.Minute},
		{"rate=0", time.Minute, 0},
		{"jump=-3h every=5s", 4 * time.Second, 4 * time.Second},
		{"jump=-3h every=5s", 6 * time.Second, 6*time.Second - 3*time.Hour},
		{"jump=-3h every=5s", 11 * time.Second, 11 * time.Second},
	} {
		k, err := FromEnv(func(name string) string {
			if name != Variable {
				t.Errorf("%s was read", name)
			}
			return c.text
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := k.at(k.begin.Add(c.after)).Sub(k.begin.Round(0)); got != c.want {
			t.Errorf("%q after %v: %v, want %v", c.text, c.after, got, c.want)
		}
		if said := k.Warning(); (said == "") != (c.text == "") || !strings.Contains(said, c.text) {
			t.Errorf("%q: %q", c.text, said)
		}
	}
	for _, text := range []string{"offset", "offset=ten", "rate=fast", "later=1h", "jump=1h", "every=1h", "offset=1x", "-3650d"} {
		if _, err := FromEnv(func(string) string { return text }); err == nil || !strings.Contains(err.Error(), Variable) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
