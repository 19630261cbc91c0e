// Package stick finds removable drives and keeps files on them: whole or not at all, since a stick may be pulled out at
// any moment. It does not know what is in the files.
package stick

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tramy/internal/drive"
)

// Drive is a removable drive that can be opened now.
type Drive struct {
	Path string // its root
	Name string // for people: a letter, or its label
}

// Limits of what is looked at.
const (
	DrivesMax = 8    // drives that are listed
	FilesMax  = 4096 // files of a folder
)

// ErrCrowded says that a folder holds more files than are looked at.
var ErrCrowded = fmt.Errorf("more than %d files are in one folder: delete old ones", FilesMax)

// Drives lists the removable drives that are there, by path. A system on which none can be told has none.
func Drives() []Drive {
	all := drives()
	slices.SortFunc(all, func(a, b Drive) int { return strings.Compare(a.Path, b.Path) })
	return all[:min(len(all), DrivesMax)]
}

// Write puts a file into a folder, which is made if need be. Under its name there is the whole file or what was there
// before; a crash leaves at most a file that begins with a dot.
func Write(folder, name string, write func(io.Writer) error) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return drive.Write(filepath.Join(folder, name), write)
}

// List returns the files with a suffix in a folder, by name; none if there is no such folder, ErrCrowded if there are too many.
// What begins with a dot is not listed.
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
	if len(out) > FilesMax {
		return nil, fmt.Errorf("%s: %w", folder, ErrCrowded)
	}
	return out, nil
}
