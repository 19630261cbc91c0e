package sheet

import (
	"testing"

	"tramy/internal/registry"
)

// A sign that folding drops must not turn one blood group into another.
func TestBloodGroupKeepsItsSign(t *testing.T) {
	for text, want := range map[string]string{
		"A": "a", "ab": "ab", "A+": "a_pos", "A-": "a_neg", "A −": "a_neg", "O (Rh+)": "o_pos", "O Rh-": "o_neg", "AB Rh dương": "ab_pos", "B(Rh–)": "b_neg", "b_neg": "b_neg",
	} {
		n, ok := choiceNumber(registry.BloodGroupEnum, bloodText(text))
		if key := registry.BloodGroupEnum.Key(int64(n)); !ok || key != want {
			t.Errorf("%q is read as %q, want %q", text, key, want)
		}
	}
	for n := int64(1); registry.BloodGroupEnum.Known(n); n++ {
		if back, ok := choiceNumber(registry.BloodGroupEnum, bloodText(choiceWord(registry.BloodGroupEnum, uint8(n)))); !ok || int64(back) != n {
			t.Errorf("%s is written so that it is read as %d", registry.BloodGroupEnum.Key(n), back)
		}
	}
}
