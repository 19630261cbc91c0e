package crash

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sectorSize is what a disk writes whole or not at all.
const sectorSize = 512

// disk is a folder as the operating system and the medium have it: what is durable, and what was written since and may
// be there after a power cut, in part and in any order. Only data that fsync returned for is sure.
type disk struct {
	dir     string
	durable map[string]*file // names as the medium has them for sure
	now     map[string]*file // names as the program sees them
	names   []nameChange     // made since the folder was synced, in order; a file system keeps that order
	ignore  func(name string) bool
	open    map[int]*position
}

type file struct {
	synced []byte
	later  []change
	whole  []byte // all of it, as the program sees it
}

// change is a write or a new length that no fsync has covered.
type change struct {
	at    int64
	data  []byte
	cut   bool // the length becomes at
	begin int
}

type nameChange struct {
	name string
	file *file // nil: the name is gone
}

type position struct {
	name string
	at   int64
}

// newDisk takes a folder as it lies there as durable.
func newDisk(dir string) (*disk, error) {
	d := &disk{dir: dir, durable: map[string]*file{}, now: map[string]*file{}, open: map[int]*position{}, ignore: func(string) bool { return false }}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		f := &file{synced: b, whole: slices.Clone(b)}
		d.durable[e.Name()], d.now[e.Name()] = f, f
	}
	return d, nil
}

// apply lets a call happen and reports whether it was about the folder.
func (d *disk) apply(c *call) (bool, error) {
	name := within(d.dir, c.path)
	if name == "" || strings.HasSuffix(name, "-shm") || name == "tramy.lock" {
		return false, nil // a shared-memory file is made anew whenever a database is opened; the lock is never written
	}
	f := d.now[name]
	if f == nil && (c.name == "fsync" || c.name == "fdatasync") { // a folder: the names in it last from here on
		d.lasting(name)
		return true, nil
	}
	if f == nil && c.name != "open" && c.name != "openat" && name != "." {
		return false, fmt.Errorf("%s of %s, which is not there", c.name, name)
	}
	switch c.name {
	case "open", "openat":
		if f == nil && c.create {
			f = &file{}
			d.now[name] = f
			d.names = append(d.names, nameChange{name, f})
		}
		if f != nil && c.cut {
			f.write(change{cut: true, begin: c.begin})
		}
		d.open[c.fd] = &position{name: name}
		return false, nil
	case "write":
		at := d.open[c.fd]
		if at == nil || at.name != name {
			return false, fmt.Errorf("a write to %s, which nobody opened", name)
		}
		f.write(change{at: at.at, data: c.data, begin: c.begin})
		at.at += int64(len(c.data))
	case "pwrite64":
		f.write(change{at: c.at, data: c.data, begin: c.begin})
	case "ftruncate":
		f.write(change{at: c.at, cut: true, begin: c.begin})
	case "fsync", "fdatasync":
		if !d.ignore(name) {
			f.sync(c.begin)
		}
	case "unlink", "unlinkat":
		delete(d.now, name)
		d.names = append(d.names, nameChange{name, nil})
	case "rename", "renameat", "renameat2":
		to := within(d.dir, c.to)
		delete(d.now, name)
		d.now[to] = f
		d.names = append(d.names, nameChange{to, f}, nameChange{name, nil})
	}
	return true, nil
}

// lasting makes the names in a folder durable as they are now.
func (d *disk) lasting(folder string) {
	if d.ignore(folder) {
		return
	}
	d.durable = maps.Clone(d.durable)
	d.names = slices.DeleteFunc(slices.Clone(d.names), func(n nameChange) bool {
		if filepath.Dir(n.name) != folder {
			return false
		}
		if n.file == nil {
			delete(d.durable, n.name)
		} else {
			d.durable[n.name] = n.file
		}
		return true
	})
}

func (f *file) write(c change) {
	f.whole = c.on(f.whole)
	f.later = append(f.later, c)
}

// sync makes durable what was written before an fsync began.
func (f *file) sync(begin int) {
	i := 0
	for ; i < len(f.later) && f.later[i].begin < begin; i++ {
		f.synced = f.later[i].on(f.synced)
	}
	f.later = slices.Clone(f.later[i:])
}

// on returns b with the change made.
func (c change) on(b []byte) []byte {
	size := c.at + int64(len(c.data))
	if grow := size - int64(len(b)); grow > 0 {
		b = append(b, make([]byte, grow)...)
	}
	if c.cut {
		return b[:c.at]
	}
	copy(b[c.at:], c.data)
	return b
}

// Kinds of power cuts, by what is left of what was not synced.
const (
	leftNone   = iota // nothing
	leftAll           // everything: no cut, a kill
	leftPrefix        // the first writes, the last of them torn
	leftSome          // any of them, whole
	leftTorn          // any sectors of any of them
	leftLength        // the files' lengths, with zeros where data did not come
	leftKinds
)

// image returns the files as they may be found after the power went now.
func (d *disk) image(kind int, r *rand.Rand) map[string][]byte {
	names := maps.Clone(d.durable)
	k := 0
	switch kind {
	case leftNone:
	case leftAll:
		k = len(d.names)
	default:
		k = r.IntN(len(d.names) + 1)
	}
	for _, n := range d.names[:k] {
		if n.file == nil {
			delete(names, n.name)
		} else {
			names[n.name] = n.file
		}
	}
	out := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		out[name] = names[name].image(kind, r)
	}
	return out
}

func (f *file) image(kind int, r *rand.Rand) []byte {
	b := slices.Clone(f.synced)
	upTo := len(f.later)
	switch kind {
	case leftNone:
		upTo = 0
	case leftPrefix:
		upTo = r.IntN(len(f.later) + 1)
	}
	for i, c := range f.later[:upTo] {
		switch {
		case kind == leftAll, kind == leftPrefix && i < upTo-1:
			b = c.on(b)
		case kind == leftSome:
			if r.IntN(2) == 0 {
				b = c.on(b)
			}
		case c.cut:
			if r.IntN(2) == 0 {
				b = c.on(b)
			}
		case kind == leftPrefix:
			c.data = c.data[:min(len(c.data), r.IntN(len(c.data)/sectorSize+2)*sectorSize)]
			b = c.on(b)
		default:
			b = c.torn(b, kind == leftLength, r)
		}
	}
	return b
}

// torn writes any of the sectors of a write; with length, the file is at least as long as if it had been whole.
func (c change) torn(b []byte, length bool, r *rand.Rand) []byte {
	if size := c.at + int64(len(c.data)); length && size > int64(len(b)) {
		b = append(b, make([]byte, size-int64(len(b)))...)
	}
	for at := 0; at < len(c.data); {
		n := min(sectorSize-int(c.at+int64(at))%sectorSize, len(c.data)-at)
		if r.IntN(2) == 0 {
			b = change{at: c.at + int64(at), data: c.data[at : at+n]}.on(b)
		}
		at += n
	}
	return b
}

// keyOf tells images apart.
func keyOf(image map[string][]byte, told int64) [32]byte {
	h := sha256.New()
	fmt.Fprintln(h, told)
	for _, name := range slices.Sorted(maps.Keys(image)) {
		fmt.Fprintln(h, name, len(image[name]))
		h.Write(image[name])
	}
	return [32]byte(h.Sum(nil))
}

// put writes an image into a folder.
func put(dir string, image map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, b := range image {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}
