package overlay

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Change is one text in the place of another, which must stand exactly once.
type Change struct{ Old, New string }

// Apply makes the changes in a text.
func Apply(text string, changes []Change) (string, error) {
	for _, c := range changes {
		if n := strings.Count(text, c.Old); n != 1 {
			return "", fmt.Errorf("the text stands %d times, want once: %q", n, c.Old)
		}
		text = strings.Replace(text, c.Old, c.New, 1)
	}
	return text, nil
}

// Plant writes a changed copy of a file into dir under a name, and beside it the list for -overlay, whose path it returns.
func Plant(dir, name, file string, changes ...Change) (list string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	changed, err := Apply(string(text), changes)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	path, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	with := filepath.Join(dir, name+".go")
	if err := os.WriteFile(with, []byte(changed), 0o600); err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": {path: with}})
	if err != nil {
		return "", err
	}
	list = filepath.Join(dir, name+".json")
	return list, os.WriteFile(list, b, 0o600)
}
