package drive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteIsWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	say := func(text string, err error) error {
		return Write(path, func(w io.Writer) error {
			if _, werr := io.WriteString(w, text); werr != nil {
				return werr
			}
			return err
		})
	}
	if err := say("một", nil); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := say("nửa", broken); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if b, err := os.ReadFile(path); string(b) != "một" {
		t.Errorf("%q, %v", b, err)
	}
	if err := say("hai", nil); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); string(b) != "hai" {
		t.Errorf("%q, %v", b, err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("%d files are left", len(files))
	}
	if err := Write(filepath.Join(dir, "no", "a"), nil); err == nil {
		t.Error("written into a folder that is not there")
	}
}

func TestThere(t *testing.T) {
	home := t.TempDir()
	stick := filepath.Join(home, "stick")
	if err := There(stick, home, false); !errors.Is(err, ErrAway) {
		t.Errorf("no folder: %v", err)
	}
	if err := os.Mkdir(stick, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := There(stick, home, false); err != nil {
		t.Errorf("a folder beside: %v", err)
	}
	// What is left where a stick was mounted lies on the laptop's own disk.
	if err := There(stick, home, true); !errors.Is(err, ErrAway) {
		t.Errorf("the place of a stick that was taken out: %v", err)
	}
	file := filepath.Join(home, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := There(file, home, false); err == nil {
		t.Error("a file passed for a folder")
	}
}

func TestFreeAndFull(t *testing.T) {
	if n, err := Free(t.TempDir()); err != nil || n == 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
	if _, err := Free(filepath.Join(t.TempDir(), "no")); err == nil {
		t.Error("no folder has free space")
	}
	if Full(os.ErrNotExist) || Full(nil) {
		t.Error("any error counts as a full disk")
	}
	if f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err == nil {
		defer f.Close()
		if _, err := f.Write([]byte{1}); !Full(fmt.Errorf("x: %w", err)) {
			t.Errorf("a full device: %v", err)
		}
	}
}
