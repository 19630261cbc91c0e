package stick

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteIsWholeOrNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "TRAMY")
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, s)
			return err
		}
	}
	if err := Write(folder, "a.tramy", text("one")); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left")
	err := Write(folder, "a.tramy", func(w io.Writer) error {
		_, _ = io.WriteString(w, "tw")
		return full
	})
	if !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	if b, err := os.ReadFile(filepath.Join(folder, "a.tramy")); err != nil || string(b) != "one" {
		t.Errorf("%q, %v", b, err)
	}
	if err := os.WriteFile(filepath.Join(folder, ".new-7.tramy"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := List(folder, ".tramy")
	if err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
	if files, err = List(filepath.Join(folder, "none"), ".tramy"); err != nil || files != nil {
		t.Errorf("%v, %v", files, err)
	}
}
