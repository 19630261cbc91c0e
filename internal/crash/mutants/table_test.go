package main

import (
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/overlay"
)

// TestTableStillFits: a row whose text is gone would plant nothing.
func TestTableStillFits(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range table {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", m.file))
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		changed, err := overlay.Apply(string(text), m.changes)
		if err != nil {
			t.Errorf("%s: %s: %v", m.name, m.file, err)
		}
		if changed == string(text) || m.test == "" || seen[m.name] {
			t.Errorf("%s: changes nothing, names no test, or stands twice", m.name)
		}
		seen[m.name] = true
	}
}
