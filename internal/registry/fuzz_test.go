package registry

import (
	"reflect"
	"testing"

	p "tramy/syncproto"
)

// FuzzParseCode: what is typed or scanned is a code that prints so that it is read again, or none.
func FuzzParseCode(f *testing.F) {
	code := withCheck("01421200000001")
	f.Add(string(code))
	f.Add(code.Format())
	f.Add("0142 1200-0000.0100")
	f.Add("٠١٤٢١٢٠٠٠٠٠٠٠١٠٠")
	f.Fuzz(func(t *testing.T, s string) {
		_, _ = LastSixTyped(s)
		c, err := ParseCode(s)
		if err != nil {
			if err != ErrCode || c != "" {
				t.Fatalf("%q: %q, %v", s, c, err)
			}
			return
		}
		if again, err := ParseCode(c.Format()); err != nil || again != c || !c.Valid() || c.Device() > DeviceNumberMax || len(c.LastSix()) != 6 {
			t.Fatalf("%q is %q, and that %q, %v", s, c, again, err)
		}
	})
}

// FuzzParseSaw: what a form says it has shown comes back from text as it was.
func FuzzParseSaw(f *testing.F) {
	log := p.LogID{1, 2, 3}
	f.Add(Saw{11: {{Log: log, Seq: 3}, {Log: log, Seq: 9}}, 12: nil}.String())
	f.Add("")
	f.Add("11=;12")
	f.Fuzz(func(t *testing.T, s string) {
		saw, err := ParseSaw(s)
		if err != nil {
			return
		}
		if again, err := ParseSaw(saw.String()); err != nil || !reflect.DeepEqual(again, saw) {
			t.Fatalf("%q is %v, and that %v, %v", s, saw, again, err)
		}
	})
}

// FuzzConditions reads the line in which conditions are kept.
func FuzzConditions(f *testing.F) {
	f.Add("hiv asthma@2026-03-01")
	f.Add("@ x@2026-13-01 @@")
	f.Fuzz(func(t *testing.T, line string) {
		list := SplitConditions(line)
		if again := SplitConditions(JoinConditions(list)); !reflect.DeepEqual(again, list) {
			t.Fatalf("%q is %v, and that %v", line, list, again)
		}
	})
}

// FuzzMeasures reads weights and temperatures as they are typed: what is read lies within what a person can
// have.
func FuzzMeasures(f *testing.F) {
	for _, s := range []string{"3,2", "3.25 kg", "37", "36,6°C", "-1", "1e9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if g, err := ParseWeight(s); err == nil && (g < 0 || g > 1_000_000) {
			t.Fatalf("%q weighs %d g", s, g)
		}
		if d, err := ParseTemperature(s); err == nil && (d < 0 || d > 9999) { // the range a person can have is the draft's to judge
			t.Fatalf("%q is %d tenths of a degree", s, d)
		}
	})
}
