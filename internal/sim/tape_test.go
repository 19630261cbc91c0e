package sim

import (
	"reflect"
	"strings"
	"testing"
)

func TestScriptIsReadAsItWasWritten(t *testing.T) {
	want := Script{{1, 2, 4294967295}, {}, {0}}
	got, err := ParseScript("# a remark\n" + want.String())
	if err != nil || got.String() != want.String() || len(got) != len(want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"1 x", "4294967296", "-1", "1.5"} {
		if _, err := ParseScript(bad); err == nil || !strings.HasPrefix(err.Error(), "line 1, choice ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestScriptLimits(t *testing.T) {
	if s, err := ParseScript(strings.Repeat("1\n", scriptStepsMax)); err != nil || len(s) != scriptStepsMax {
		t.Errorf("%d steps, %v", len(s), err)
	}
	if _, err := ParseScript(strings.Repeat("1\n", scriptStepsMax+1)); err == nil {
		t.Error("a step too many is taken")
	}
	if _, err := ParseScript(strings.Repeat("1 ", stepChoicesMax)); err != nil {
		t.Error(err)
	}
	if _, err := ParseScript(strings.Repeat("1 ", stepChoicesMax+1)); err == nil {
		t.Error("a choice too many is taken")
	}
}

func TestScenarioSaysItsSeed(t *testing.T) {
	want := &Scenario{Seed: 8, Why: "a dose that stays", Script: Script{{1}, {2, 3}}}
	if got, err := ParseScenario(want.String()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "1 2\n", "# seed x: y\n1\n", "# seed 3\n1\n"} {
		if _, err := ParseScenario(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestShrink plants a failure that needs two steps in order, the second with one choice that is not 0.
func TestShrink(t *testing.T) {
	plays := 0
	fails := func(s Script) string {
		plays++
		armed := false
		for _, step := range s {
			if len(step) > 0 && step[0] == 7 {
				armed = true
			}
			if armed && len(step) > 2 && step[2] == 9 {
				return "the dose is lost at s000"
			}
		}
		return ""
	}
	long := Script{{1, 2, 3}}
	for i := range 100 {
		long = append(long, []uint32{5, uint32(i + 1), 4})
	}
	long[31] = []uint32{7, 3, 3}
	long[77] = []uint32{8, 8, 9, 8}
	if got, want := Shrink(long, ShrinkTries, fails).String(), "\n7\n0 0 9\n"; got != want {
		t.Errorf("shrunk to %q, want %q", got, want)
	}
	if plays = 0; len(Shrink(long, 10, fails)) == 0 || plays > 10 {
		t.Errorf("%d tries of 10", plays)
	}
	fine := Script{{1}, {2}}
	if got := Shrink(fine, 10, fails); got.String() != fine.String() {
		t.Errorf("what does not fail became %v", got)
	}
}

func FuzzParseScript(f *testing.F) {
	f.Add("1 2 3\n\n# x\n0\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseScript(text)
		if err != nil {
			return
		}
		again, err := ParseScript(s.String())
		if err != nil || again.String() != s.String() {
			t.Errorf("%v became %v, %v", s, again, err)
		}
	})
}

// fuzzSteps is how long a script is that the fuzzer plays.
const fuzzSteps = 12

// FuzzPlay plays whatever the fuzzer thinks of. A script is not a valid tree of choices: any must do.
func FuzzPlay(f *testing.F) {
	f.Add("1 1 1 1 1 1 1 1 1 1 1 1 1 1\n3 0 1\n2 1 13\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseScript(text)
		if err != nil {
			return
		}
		for _, fail := range Run(t.Context(), Options{Seed: 1, Script: s[:min(len(s), fuzzSteps)]}).Failures {
			t.Error(fail)
		}
	})
}

// TestOldScriptsKeepTheirMeaning plays what the first scripts chose at the start: a chance for each kind there was, and then
// how many steps.
func TestOldScriptsKeepTheirMeaning(t *testing.T) {
	first := make([]uint32, kindsAtFirst+1)
	first[hubLost], first[kindsAtFirst] = 1, 117
	w := &world{tape: readTape(Script{first})}
	w.tape.step()
	steps := w.choose()
	want := [kinds]bool{hubLost: true}
	if steps != 40+117 || w.on != want {
		t.Errorf("%d steps, kinds %v; want 157 and %v", steps, w.on, want)
	}
}
