package synth_test

import (
	"testing"

	"tramy/internal/synth"
)

// BenchmarkRecords makes a commune's people with their doses: ns/op is for one record.
func BenchmarkRecords(b *testing.B) {
	n := nation(b, 1, synth.Options{Children: synth.ChildrenMax, Level: synth.LevelMedium})
	b.ReportAllocs()
	left := b.N
	for range n.Records() {
		if left--; left <= 0 {
			return
		}
	}
}
