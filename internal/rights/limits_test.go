package rights

import (
	"errors"
	"strings"
	"testing"
)

func TestPasswordsAtTheirLimits(t *testing.T) {
	words := "vừa đủ dài"
	for password, want := range map[string]PasswordFault{
		string([]rune(words)[:PasswordCharsMin]):         "",
		string([]rune(words)[:PasswordCharsMin-1]):       PasswordShort,
		strings.Repeat("abcd", PasswordCharsMax/4):       "",
		strings.Repeat("abcd", PasswordCharsMax/4) + "e": PasswordLong,
	} {
		err := CheckPassword("lan", password)
		var got *PasswordError
		if want == "" && err != nil || want != "" && (!errors.As(err, &got) || got.Fault != want) {
			t.Errorf("%d letters: %v", len([]rune(password)), err)
		}
	}
}

func TestPinsAtTheirLimits(t *testing.T) {
	const digits = "8350271946"
	for n, ok := range map[int]bool{PinDigitsMin: true, PinDigitsMax: true, PinDigitsMin - 1: false, PinDigitsMax + 1: false} {
		if err := CheckPin(digits[:n]); (err == nil) != ok {
			t.Errorf("%d digits: %v", n, err)
		}
	}
}

// A hash that came from elsewhere is computed up to a cost: what asks for more would stop the machine.
func TestCostOfAHashAtItsLimits(t *testing.T) {
	good := phc{memoryKiB: argonMemoryKiB, passes: argonPasses, lanes: argonLanes, salt: make([]byte, saltBytes), hash: make([]byte, hashBytes)}
	for name, c := range map[string]struct {
		max int
		set func(p *phc, n int)
	}{
		"memory": {argonMemoryKiBMax, func(p *phc, n int) { p.memoryKiB = uint32(n) }},
		"passes": {argonPassesMax, func(p *phc, n int) { p.passes = uint32(n) }},
		"lanes":  {argonLanesMax, func(p *phc, n int) { p.lanes = uint8(n) }},
	} {
		for beyond, ok := range []bool{true, false} {
			p := good
			c.set(&p, c.max+beyond)
			if _, err := parsePHC(p.String()); (err == nil) != ok {
				t.Errorf("%s %d: %v", name, c.max+beyond, err)
			}
		}
	}
}
