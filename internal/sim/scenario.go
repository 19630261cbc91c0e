package sim

import (
	"fmt"
	"strconv"
	"strings"
)

// Scenario is a run that is kept: its seed gives keys and names, its script all choices.
type Scenario struct {
	Seed   uint64
	Why    string // what it once showed
	Script Script
}

// scenarioHead is what the first line of a scenario begins with, before the seed.
const scenarioHead = "# seed "

// String writes a scenario as it stands in a file: its seed and what it showed, then the script.
func (s *Scenario) String() string {
	return fmt.Sprintf("%s%d: %s\n%s", scenarioHead, s.Seed, s.Why, s.Script)
}

// ParseScenario reads what String wrote.
func ParseScenario(text string) (*Scenario, error) {
	head, _, _ := strings.Cut(text, "\n")
	number, why, ok := strings.Cut(strings.TrimPrefix(head, scenarioHead), ": ")
	seed, err := strconv.ParseUint(number, 10, 64)
	if !strings.HasPrefix(head, scenarioHead) || !ok || err != nil {
		return nil, fmt.Errorf("line 1: %q does not say which seed it is; write %q, a number, a colon and what it showed", head, scenarioHead)
	}
	script, err := ParseScript(text)
	return &Scenario{Seed: seed, Why: why, Script: script}, err
}
