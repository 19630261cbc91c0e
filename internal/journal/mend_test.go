package journal

import (
	"os"
	"path/filepath"
	"testing"
)

// filled is a closed journal with three records.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	write(t, j, three()...)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// A crash between the two renames leaves the whole new file beside nothing: it is taken, not begun anew.
func TestMendGoesOnAfterACrash(t *testing.T) {
	path := filled(t)
	if err := os.Rename(path, path+".new"); err != nil {
		t.Fatal(err)
	}
	j, got, err := Mend(path, filepath.Join(t.TempDir(), "aside"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if got.Damaged || got.Kept != 3 {
		t.Errorf("%+v", got)
	}
}

// Mending keeps every whole record, chains them anew, and leaves the damaged file aside as it was.
func TestMendKeepsWhatIsWhole(t *testing.T) {
	path := filled(t)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 0xff
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(t.TempDir(), "aside")
	j, got, err := Mend(path, aside)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if !got.Damaged || got.Kept != 2 || j.Damaged != 0 || j.Unchained != 0 {
		t.Errorf("%+v, %d damaged, %d unchained", got, j.Damaged, j.Unchained)
	}
	if old, err := os.ReadFile(aside); err != nil || string(old) != string(b) {
		t.Errorf("what was set aside is not what was there: %v", err)
	}
}
