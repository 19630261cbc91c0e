package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTableStillFits: a row whose text is gone would plant nothing.
func TestTableStillFits(t *testing.T) {
	if len(table) < 40 {
		t.Errorf("%d bugs, at least 40 are to be planted", len(table))
	}
	seen := map[string]bool{}
	for _, m := range table {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", m.file))
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if n := strings.Count(string(text), m.old); n != 1 {
			t.Errorf("%s: its text stands %d times in %s, want once", m.name, n, m.file)
		}
		if m.old == m.new || m.within == 0 || seen[m.name] {
			t.Errorf("%s: changes nothing, states no seeds, or stands twice", m.name)
		}
		seen[m.name] = true
	}
}
