package registry

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// PersonCode is the code printed on a card and read over the phone: 16 digits, of which six are the
// number of the device that made it, eight are random and two are check digits by ISO 7064 MOD 97-10.
// Every wrong digit and every two neighbours exchanged are noticed. It is never a key.
type PersonCode string

// DeviceNumberMax is the greatest device number.
const DeviceNumberMax = 999_999

// ErrCode says that a text is not a code: wrong length or wrong check digits.
var ErrCode = errors.New("not a code: 16 digits with correct check digits are wanted")

// NewCode makes a code for the device with this number; random is crypto/rand.Reader outside of tests.
// The caller makes sure that the code is not used here yet, and asks again if it is.
func NewCode(device int, random io.Reader) (PersonCode, error) {
	if device < 0 || device > DeviceNumberMax {
		return "", fmt.Errorf("device number %d: at most six digits", device)
	}
	const space = 100_000_000
	for {
		var b [4]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("random digits of a code: %w", err)
		}
		// Numbers past the last full multiple are drawn again, so that all codes are equally likely.
		if n := binary.BigEndian.Uint32(b[:]); n < 1<<32/space*space {
			return withCheck(fmt.Sprintf("%06d%08d", device, n%space)), nil
		}
	}
}

func withCheck(digits string) PersonCode {
	return PersonCode(fmt.Sprintf("%s%02d", digits, 98-mod97(digits+"00")))
}

func mod97(digits string) int {
	r := 0
	for i := range len(digits) {
		r = (r*10 + int(digits[i]-'0')) % 97
	}
	return r
}

// ParseCode reads a code as typed or scanned; spaces, no-break spaces, dots and hyphens between digits
// do not matter. The error is ErrCode.
func ParseCode(s string) (PersonCode, error) {
	d, ok := plainDigits(s)
	if !ok || len(d) != 16 || mod97(d) != 1 {
		return "", ErrCode
	}
	return PersonCode(d), nil
}

// plainDigits removes separators; false if anything but ASCII digits is left.
func plainDigits(s string) (string, bool) {
	d := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-\t\u00a0\u2009\u202f", r) {
			return -1
		}
		return r
	}, s)
	return d, d != "" && strings.Trim(d, "0123456789") == ""
}

// Valid reports whether c is a whole code with correct check digits.
func (c PersonCode) Valid() bool {
	got, err := ParseCode(string(c))
	return err == nil && got == c
}

// Device returns the number of the device that made the code, 0 if c is not valid.
func (c PersonCode) Device() int {
	if !c.Valid() {
		return 0
	}
	return number(string(c[:6]))
}

// Format prints the code in fours held together by no-break spaces; anything else as it is.
func (c PersonCode) Format() string {
	if len(c) != 16 {
		return string(c)
	}
	return string(c[:4] + "\u00a0" + c[4:8] + "\u00a0" + c[8:12] + "\u00a0" + c[12:])
}

// LastSix returns the last six digits, by which people look a code up; "" if c is shorter.
func (c PersonCode) LastSix() string {
	if len(c) < 6 {
		return ""
	}
	return string(c[len(c)-6:])
}

// LastSixTyped returns the six digits if that is what somebody typed into the search box.
func LastSixTyped(s string) (string, bool) {
	d, ok := plainDigits(strings.TrimSpace(s))
	return d, ok && len(d) == 6
}
