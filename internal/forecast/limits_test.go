package forecast

import (
	"fmt"
	"testing"
)

func TestPeriodAtItsLimit(t *testing.T) {
	for n, ok := range map[int]bool{PeriodUnitsMax: true, PeriodUnitsMax + 1: false} {
		for _, unit := range []string{"years", "months", "weeks", "days"} {
			if _, err := ParsePeriod(fmt.Sprintf("%d %s", n, unit)); (err == nil) != ok {
				t.Errorf("%d %s: %v", n, unit, err)
			}
		}
	}
	for _, text := range []string{fmt.Sprintf("%d years + 1 year", PeriodUnitsMax), fmt.Sprintf("%d weeks + 1 day", PeriodUnitsMax)} {
		if _, err := ParsePeriod(text); err == nil {
			t.Errorf("%s: more than that of a unit together", text)
		}
	}
}
