// Package stick finds removable drives and keeps files on them: whole or not at all, since a stick may be pulled out at
// any moment. It does not know what is in the files.
package stick

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Drive is a removable drive that can be opened now.
type Drive struct {
	Path string // its root
	Name string // for people: a letter, or its label
}

// DrivesMax is how many drives are listed.
const DrivesMax = 8

// Drives lists the removable drives that are there, by path. A system on which none can be told has none.
func Drives() []Drive {
	all := drives()
	slices.SortFunc(all, func(a, b Drive) int { return strings.Compare(a.Path, b.Path) })
	return all[:min(len(all), DrivesMax)]
}

// Write puts a file into a folder, which is made if need be. Under its name there is the whole file or what was there
// before; a crash leaves at most a file that begins with a dot.
func Write(folder, name string, write func(io.Writer) error) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreGone(os.Remove(f.Name())))
		}
	}()
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), filepath.Join(folder, name)); err != nil {
		return err
	}
	return syncFolder(folder)
}

// ignoreGone passes over what is not there any more: the stick was pulled out, or the file was renamed.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// syncFolder makes a new name last. Windows has no such call for folders and writes names through by itself.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// List returns the files with a suffix in a folder, by name; none if there is no such folder. What begins with a dot is
// not listed.
func List(folder, suffix string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if name := e.Name(); e.Type().IsRegular() && strings.HasSuffix(name, suffix) && !strings.HasPrefix(name, ".") {
			out = append(out, filepath.Join(folder, name))
		}
	}
	return out, nil
}
