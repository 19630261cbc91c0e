package testclock

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Variable is the name of the variable, the only one that changes a program's clock. Its value is words apart by
// spaces:
//
//	offset=-3650d   how far off the clock is at the start; a duration as Go writes it, or days
//	rate=100        how many seconds it goes in a second; negative: backwards, 0: it stands
//	jump=2h         how far it jumps, to and fro
//	every=5s        after how long, in true time, it jumps; needed with jump
const Variable = "TRAMY_TEST_CLOCK"

// Clock is a clock that may be wrong. The zero Clock is right.
type Clock struct {
	text   string
	begin  time.Time
	offset time.Duration
	rate   float64
	jump   time.Duration
	every  time.Duration
}

// FromEnv reads the variable with getenv. An error says which word of it cannot be read.
func FromEnv(getenv func(string) string) (*Clock, error) {
	c := &Clock{text: strings.TrimSpace(getenv(Variable)), begin: time.Now(), rate: 1}
	for word := range strings.FieldsSeq(c.text) {
		name, value, _ := strings.Cut(word, "=")
		var err error
		switch name {
		case "offset":
			c.offset, err = duration(value)
		case "rate":
			c.rate, err = strconv.ParseFloat(value, 64)
		case "jump":
			c.jump, err = duration(value)
		case "every":
			c.every, err = duration(value)
		default:
			err = fmt.Errorf("want offset=, rate=, jump= or every=")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", Variable, word, err)
		}
	}
	if (c.jump != 0) != (c.every > 0) {
		return nil, fmt.Errorf("%s: jump= and every= go together", Variable)
	}
	return c, nil
}

// duration reads a duration, or a number of days: -3650d.
func duration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(s)
}

// Now reads the clock.
func (c *Clock) Now() time.Time { return c.at(time.Now()) }

// at is what the clock shows at a true time.
func (c *Clock) at(now time.Time) time.Time {
	if c.text == "" {
		return now
	}
	passed := now.Sub(c.begin)
	shown := c.begin.Add(c.offset + time.Duration(float64(passed)*c.rate))
	if c.every > 0 && passed/c.every%2 == 1 {
		shown = shown.Add(c.jump)
	}
	return shown.Round(0) // without the monotonic reading, which is right
}

// Warning is what a program prints at its start; "" if the clock is right.
func (c *Clock) Warning() string {
	if c.text == "" {
		return ""
	}
	return fmt.Sprintf("WARNING: %s is set (%s). The clock is wrong on purpose: for tests only, never with real records.", Variable, c.text)
}
