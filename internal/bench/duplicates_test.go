package bench

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	"tramy/internal/synth"
)

// No level of errors, no twin, namesake or sister makes two people one without somebody being asked, and most who are
// one are proposed.
func TestDuplicatesAgainstTheTruth(t *testing.T) {
	today, err := registry.ParseISO("2026-11-25")
	if err != nil {
		t.Fatal(err)
	}
	for level, recall := range []float64{0.99, 0.98, 0.9, 0.7} {
		q, err := Duplicates(DuplicateOptions{Seed: 5, Level: synth.Level(level), Subjects: 8000, Today: today, Weights: true})
		if err != nil {
			t.Fatal(err)
		}
		if q.Linked == 0 || q.Linked != q.LinkedTrue {
			t.Errorf("level %d: %d pairs linked, %d of them one person", level, q.Linked, q.LinkedTrue)
		}
		if got := float64(q.LikelyTrue) / float64(q.TruePairs); got < recall || q.TruePairs < 200 {
			t.Errorf("level %d: %.3f of %d pairs are proposed, want %.2f", level, got, q.TruePairs, recall)
		}
		if got := float64(q.LikelyTrue) / float64(q.Likely); got < 0.98 {
			t.Errorf("level %d: %.3f of those proposed are one person", level, got)
		}
		var b bytes.Buffer
		if err := q.WriteText(&b); err != nil || !strings.Contains(b.String(), "mother_name") {
			t.Errorf("%v\n%s", err, b.String())
		}
	}
}

// The measuring at size does what it says, on a small node.
func TestAtSize(t *testing.T) {
	ctx := context.Background()
	open := func(ctx context.Context, dir string) (store.Store, error) {
		return sqlite.Open(ctx, sqlite.Options{Dir: dir})
	}
	opt := SizeOptions{Options: Options{OpenHub: open, Seed: 3, Dir: t.TempDir()}, Subjects: 1200, Level: 1, Edited: 5}
	s, err := Sweep(ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	if s.Subjects != 1200 || s.First.Subjects != 1200 || s.First.Linked == 0 || s.First.Found <= s.First.Linked || s.Second.Linked != 0 || s.Listed == 0 {
		t.Errorf("%+v", s)
	}
	all, err := Search(ctx, opt)
	if err != nil || len(all) < 10 {
		t.Fatalf("%d kinds of searches, %v", len(all), err)
	}
	var b bytes.Buffer
	if err := WriteSearches(&b, all); err != nil || !strings.Contains(b.String(), "six digits") {
		t.Errorf("%v\n%s", err, b.String())
	}
}
