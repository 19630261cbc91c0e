package bench

import (
	"context"
	"strings"
	"testing"
)

// TestCuts: a line that breaks every 4 KB brings a first sync and some days of work through, and nothing that had come whole is
// sent again.
func TestCuts(t *testing.T) {
	r, err := Cuts(context.Background(), CutOptions{Options: options(t, Work{Children: 76, Doses: 909, Edits: 10, Concurrent: 5})})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + text.String())
	for _, what := range []string{"first sync", "going up"} {
		if row := r.Find(what, "whole frames sent again"); row.Value > 0 {
			t.Errorf("%s: %v frames were sent again although they had come: %s", what, row.Value, row.Note)
		}
		if row := r.Find(what, "of it frames that were cut"); row.Value == 0 {
			t.Errorf("%s: the line was whole", what)
		}
	}
}
