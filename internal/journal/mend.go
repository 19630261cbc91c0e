package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tramy/internal/drive"
)

// EmptySizeBytes is the size of a journal without a record.
const EmptySizeBytes = int64(len(magic))

// Mended is what Mend found.
type Mended struct {
	Damaged bool // the file was set aside
	Kept    int  // whole records taken over
}

// Mend is Open for a file that may be damaged: one with records that cannot be read, or do not follow each other, or
// with another beginning is renamed to aside, and its whole records go into a new one. A torn end is no damage. Nothing
// is done to a file that is whole. The folder of aside, on the same disk, is made where it is needed.
func Mend(path, aside string) (*File, Mended, error) {
	fresh := path + ".new"
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		// The power went after the damaged file was renamed: the new one was whole before that.
		if err := os.Rename(fresh, path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, Mended{}, err
		}
	}
	kept := 0
	whole, err := survey(path, func([]byte) { kept++ })
	if err != nil {
		return nil, Mended{}, fmt.Errorf("%s: %w", path, err)
	}
	if whole {
		j, err := Open(path)
		return j, Mended{Kept: kept}, err
	}
	var bodies [][]byte
	if _, err := survey(path, func(body []byte) { bodies = append(bodies, body) }); err != nil {
		return nil, Mended{}, fmt.Errorf("%s: %w", path, err)
	}
	if err := rewrite(fresh, bodies); err != nil {
		return nil, Mended{}, err
	}
	if err := os.Mkdir(filepath.Dir(aside), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, Mended{}, err
	}
	if err := os.Rename(path, aside); err != nil {
		return nil, Mended{}, err
	}
	if err := os.Rename(fresh, path); err != nil {
		return nil, Mended{}, err
	}
	for _, dir := range []string{filepath.Dir(aside), filepath.Dir(path)} {
		if err := drive.SyncDir(dir); err != nil {
			return nil, Mended{}, err
		}
	}
	j, err := Open(path)
	return j, Mended{Damaged: true, Kept: len(bodies)}, err
}

// survey reads every whole record of a file, wherever it begins, and reports whether the file itself is whole.
func survey(path string, record func(body []byte)) (whole bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	j := &File{f: f}
	keep := func(body []byte) error {
		if _, err := decode(body); err == nil {
			record(body)
		}
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	if begun, err := j.begun(info.Size()); err != nil || !begun {
		return err == nil, err
	}
	switch _, err := j.scan(keep); {
	case err == nil:
		return j.Damaged == 0 && j.Unchained == 0, nil
	case !errors.Is(err, ErrNotJournal):
		return false, err
	}
	for at := int64(0); ; {
		next, err := j.frames().find(at)
		if err != nil || next < 0 {
			return false, err
		}
		body, size, err := j.frames().record(next)
		if err != nil {
			return false, err
		}
		if err := keep(body); err != nil {
			return false, err
		}
		at = next + size
	}
}

// rewrite makes a file of records, with a chain of its own.
func rewrite(path string, bodies [][]byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(magic)
	var chain [16]byte
	for i := 0; i < len(bodies) && err == nil; i++ {
		body := append([]byte(nil), bodies[i]...)
		chain = chainOver(chain, body)
		copy(body[1:], chain[:])
		_, err = f.Write(framed(body))
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
