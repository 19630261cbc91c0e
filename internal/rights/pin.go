package rights

import (
	"fmt"
	"strings"
)

// Lengths of a PIN, in digits.
const (
	PinDigitsMin = 4
	PinDigitsMax = 6
)

// PinFault says what is wrong with a PIN somebody chose.
type PinFault string

// The faults. They are part of catalogue keys and do not change.
const (
	PinLength   PinFault = "length"   // not 4 to 6 digits, or not digits alone
	PinRepeated PinFault = "repeated" // fewer than three different digits
	PinRow      PinFault = "row"      // digits that follow each other
	PinYear     PinFault = "year"     // may be a year of birth
	PinCommon   PinFault = "common"   // among those that everybody tries first
)

// PinError says why a PIN was refused. It never holds the PIN.
type PinError struct{ Fault PinFault }

func (e *PinError) Error() string { return fmt.Sprintf("PIN refused: %s", e.Fault) }

// What is tried first, beside rows and repetitions: a column of the keys, lucky numbers, days of the nation.
var commonPins = []string{"2580", "0852", "1379", "6879", "3979", "7939", "112233", "123123", "123321", "159753", "147258", "258369", "020945", "300475"}

// CheckPin judges a PIN that somebody chose, and fails with *PinError. Five guesses are all a finder has, so what is turned down is
// what these five would be.
func CheckPin(pin string) error {
	if len(pin) < PinDigitsMin || len(pin) > PinDigitsMax || strings.Trim(pin, "0123456789") != "" {
		return &PinError{PinLength}
	}
	different := map[byte]bool{}
	up, down := true, true
	for i := range len(pin) {
		different[pin[i]] = true
		if i > 0 {
			up = up && (pin[i]-'0' == (pin[i-1]-'0'+1)%10)
			down = down && (pin[i-1]-'0' == (pin[i]-'0'+1)%10)
		}
	}
	switch {
	case up || down:
		return &PinError{PinRow}
	case len(different) < 3:
		return &PinError{PinRepeated}
	case len(pin) == 4 && (pin[:2] == "19" || pin[:2] == "20"):
		return &PinError{PinYear}
	}
	for _, c := range commonPins {
		if pin == c {
			return &PinError{PinCommon}
		}
	}
	return nil
}
