package pages

import "testing"

// FuzzSeen: what a form carries about itself may come back altered; it is read or has seen nothing, and what
// was read comes back as it is.
func FuzzSeen(f *testing.F) {
	f.Add("11=010203000000000000000000:3" + seenMark + "name=ab,sex=cd")
	f.Add(seenMark)
	f.Add("x" + seenMark + "=,==")
	f.Fuzz(func(t *testing.T, text string) {
		s := parseSeen(text).String()
		if again := parseSeen(s).String(); again != s {
			t.Fatalf("%q is %q, and that %q", text, s, again)
		}
	})
}
