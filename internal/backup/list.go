package backup

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"tramy/internal/drive"
	p "tramy/syncproto"
)

// Entry is a backup as its name tells of it. One that lies in a folder of backups under such a name was verified.
type Entry struct {
	Path     string
	Number   int    // of the device
	Device   string // the front of its id
	Sequence int    // counts the backups of a folder
	Made     time.Time
}

const nameTime = "20060102T150405Z"

var nameForm = regexp.MustCompile(`^tramy-(\d+)-([0-9a-f]{8})-(\d{5,})-(\d{8}T\d{6}Z)\.backup$`)

// fileName names a backup: without anybody's data, in the order in which they were made.
func (m *Manifest) fileName() string {
	return fmt.Sprintf("tramy-%06d-%s-%05d-%s.backup", m.Number, deviceName(m.Device), m.Sequence, m.Made.Format(nameTime))
}

func deviceName(device p.EntityID) string { return fmt.Sprintf("%x", device[:4]) }

// parseName reads a backup's name, nil if it is none.
func parseName(path string) *Entry {
	g := nameForm.FindStringSubmatch(filepath.Base(path))
	if g == nil {
		return nil
	}
	e := &Entry{Path: path, Device: g[2]}
	var errs [3]error
	e.Number, errs[0] = strconv.Atoi(g[1])
	e.Sequence, errs[1] = strconv.Atoi(g[3])
	e.Made, errs[2] = time.Parse(nameTime, g[4])
	if errors.Join(errs[:]...) != nil {
		return nil
	}
	return e
}

// List returns the backups in a folder, the newest first, by the number that each got and not by any clock. No
// folder holds none.
func List(folder string) ([]Entry, error) {
	files, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Entry
	for _, f := range files {
		if e := parseName(filepath.Join(folder, f.Name())); e != nil && f.Type().IsRegular() {
			list = append(list, *e)
		}
	}
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Or(b.Sequence-a.Sequence, b.Made.Compare(a.Made)) })
	return list, nil
}

// Last returns the newest verified backup in a folder of backups, nil if there is none.
func Last(folder string) (*Entry, error) {
	list, err := List(folder)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// prune deletes a device's backups beyond the newest Kept, but not the one just made. Others' are not touched.
func prune(folder string, m *Manifest) error {
	list, err := List(folder)
	if err != nil {
		return err
	}
	n := 0
	for _, e := range list {
		if e.Number != m.Number || e.Device != deviceName(m.Device) || filepath.Base(e.Path) == m.fileName() {
			continue
		}
		if n++; n < Kept {
			continue
		}
		if err := os.Remove(e.Path); err != nil {
			return err
		}
	}
	return nil
}

// CopyTo copies a backup to a file that appears when it is whole.
func CopyTo(to, from string) error {
	err := drive.Write(to, func(w io.Writer) error {
		f, err := os.Open(from)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return err
	})
	if drive.Full(err) {
		err = full(filepath.Dir(to), err)
	}
	return err
}

// copyTo copies a file as it is now; what is appended meanwhile may or may not be in the copy.
func copyTo(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return writeSynced(to, func(f *os.File) error {
		_, err := io.Copy(f, in)
		return err
	})
}

func writeSynced(path string, write func(*os.File) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Sync(), f.Close())
}
