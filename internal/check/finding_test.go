package check

import "testing"

// As many faults are told as there is room for; all are counted.
func TestFaultsKept(t *testing.T) {
	for _, n := range []int{FaultsKept, FaultsKept + 1} {
		var f Finding
		for i := range n {
			f.fault("fault %d", i)
		}
		if f.Faults != int64(n) || len(f.Told) != FaultsKept {
			t.Errorf("of %d faults %d are counted and %d told", n, f.Faults, len(f.Told))
		}
	}
}
