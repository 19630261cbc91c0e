package sim

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Script is a run: the choices of each step, in order. The first step chooses the country and what may go wrong in it.
type Script [][]uint32

// Limits of a script that is read from a text.
const (
	scriptStepsMax = 20_000
	stepChoicesMax = 4096
)

// String writes a script, a line a step.
func (s Script) String() string {
	var b strings.Builder
	for _, step := range s {
		for i, c := range step {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strconv.FormatUint(uint64(c), 10))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// ParseScript reads what String wrote. Lines that begin with # are remarks.
func ParseScript(text string) (Script, error) {
	var s Script
	if text == "" {
		return s, nil
	}
	text = strings.TrimSuffix(text, "\n")
	for n, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.Fields(line)
		if len(s) == scriptStepsMax || len(words) > stepChoicesMax {
			return nil, fmt.Errorf("line %d: a script has at most %d steps of %d choices", n+1, scriptStepsMax, stepChoicesMax)
		}
		step := make([]uint32, len(words))
		for i, w := range words {
			c, err := strconv.ParseUint(w, 10, 32)
			if err != nil {
				return nil, fmt.Errorf("line %d, choice %d: %q is not a number up to 4294967295", n+1, i+1, w)
			}
			step[i] = uint32(c)
		}
		s = append(s, step)
	}
	return s, nil
}

// tape gives the choices of a run: drawn from a seed and written down, or read from a script. Where a script has none,
// the choice is 0, which is always the plainest: no fault, the first of a list.
type tape struct {
	rng  *rand.Rand // nil: a script is read
	from Script
	Made Script // what was chosen
	at   int    // in the present step
}

func newTape(seed uint64) *tape {
	return &tape{rng: rand.New(rand.NewPCG(seed, seed^0x7472616d79))}
}

func readTape(s Script) *tape { return &tape{from: s} }

// step begins the next step. It reports whether there is one, which a drawn tape leaves to the caller.
func (t *tape) step() bool {
	if t.rng == nil && len(t.Made) == len(t.from) {
		return false
	}
	t.Made = append(t.Made, nil)
	t.at = 0
	return true
}

func (t *tape) next(draw func() uint32) uint32 {
	k := len(t.Made) - 1
	var c uint32
	switch {
	case t.rng != nil:
		c = draw()
	case t.at < len(t.from[k]):
		c = t.from[k][t.at]
	}
	t.at++
	t.Made[k] = append(t.Made[k], c)
	return c
}

// below chooses a number from 0 up to, not including, n.
func (t *tape) below(n int) int {
	if n <= 1 {
		return 0
	}
	return int(t.next(func() uint32 { return t.rng.Uint32N(uint32(n)) })) % n
}

// chance chooses true that many times in a thousand.
func (t *tape) chance(permille int) bool {
	return t.next(func() uint32 {
		if t.rng.IntN(1000) < permille {
			return 1
		}
		return 0
	})%2 == 1
}

// weighed chooses an index by weight. It is the index that is written down, so that a script means the same whatever
// the weights are.
func (t *tape) weighed(weights []int) int {
	return int(t.next(func() uint32 {
		sum := 0
		for _, w := range weights {
			sum += w
		}
		k := t.rng.IntN(sum)
		for i, w := range weights {
			if k -= w; k < 0 {
				return uint32(i)
			}
		}
		return 0
	})) % len(weights)
}
