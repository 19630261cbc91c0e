package stick

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A folder with thousands of files is somebody's mistake, or meant to keep a hub busy.
func TestFilesOfAFolderAreBounded(t *testing.T) {
	dir := t.TempDir()
	for i := range FilesMax {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.tramy", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := List(dir, ".tramy"); len(list) != FilesMax || err != nil {
		t.Errorf("at the limit: %d, %v", len(list), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "x.tramy"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if list, err := List(dir, ".tramy"); !errors.Is(err, ErrCrowded) {
		t.Errorf("one beyond it: %d, %v", len(list), err)
	}
	if list, err := List(dir, ".other"); len(list) != 0 || err != nil {
		t.Errorf("others do not count: %d, %v", len(list), err)
	}
}
