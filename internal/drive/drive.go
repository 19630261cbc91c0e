package drive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrAway says that a folder on another drive is not there: the drive is not plugged in.
var ErrAway = errors.New("the drive is not there")

// There returns nil if a folder is there. Where it was on another drive than home when somebody chose it, an empty
// folder that is left on home's drive after the other was taken out does not count: ErrAway.
func There(folder, home string, other bool) error {
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w (%w)", folder, ErrAway, err)
	case !info.IsDir():
		return fmt.Errorf("%s is no folder", folder)
	}
	if !other {
		return nil
	}
	same, err := Same(folder, home)
	if err != nil {
		return err
	}
	if same {
		return fmt.Errorf("%s: %w", folder, ErrAway)
	}
	return nil
}

// unfinished begins the name of a file that is being written.
const unfinished = ".tramy-"

// Unfinished reports whether a file of this name is one that Write was cut off at: nobody needs it.
func Unfinished(name string) bool { return strings.HasPrefix(name, unfinished) }

// Write writes a file that appears under its name only when nothing is missing from it and a power cut cannot take
// it back. A file of that name is replaced.
func Write(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), unfinished+"*")
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		if rerr := os.Remove(f.Name()); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) { // the stick may have been pulled out
			err = errors.Join(err, rerr)
		}
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir makes the names in a folder durable. Windows has no such call and needs none; a FAT stick may refuse it.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, os.ErrInvalid) && !os.IsPermission(err) {
		return err
	}
	return nil
}
