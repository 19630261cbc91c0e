package cases

import (
	"strings"
	"testing"
)

// Whatever is written in words becomes a case that can be parsed or refused, or an error of its line.
func FuzzTextLines(f *testing.F) {
	f.Add(inWords)
	f.Fuzz(func(t *testing.T, text string) {
		err := TextLines(strings.NewReader(text), func(n int, line []byte, err error) error {
			if n < 1 || (line == nil) == (err == nil) {
				t.Fatalf("line %d: %q, %v", n, line, err)
			}
			if err == nil {
				_, _, _ = Parse(line)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
