package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"tramy/internal/drive"
	"tramy/internal/envelope"
)

const (
	magicCopy = "tramy journal copy 1\n"
	// runBytes is about how much of the journal one frame of a copy holds, unless one record is larger.
	runBytes = 256 << 10
	// frameBytesMax bounds a frame of a copy: a run with the largest record, encrypted to several keys.
	frameBytesMax = runBytes + RecordBytesMax + 64<<10
	// copyRetry is how often a copy that is behind is tried again: a stick comes back when somebody plugs it in.
	copyRetry = 10 * time.Second
)

// Errors of a second copy.
var (
	// ErrNotBegun says that no copy lies in the folder: another stick, or one that was emptied.
	ErrNotBegun = errors.New("the journal's second copy is not on this drive")
	// ErrOtherDevice says that the file is of another machine; it is not touched.
	ErrOtherDevice = errors.New("this is the second copy of another machine")
	// ErrAhead says that the copy holds acts that the journal here lacks; they come in at the next start.
	ErrAhead = errors.New("the journal's second copy holds entries that this machine lacks: start the program again")
)

// Copy keeps a second copy of a journal on another drive. Nobody waits for it: what is saved is in the journal first, and
// goes to the copy beside the work, or when the drive is back. The file is open only while it is written, so that a
// stick can be taken out.
type Copy struct {
	Path  string       // the file; its name says whose it is
	There func() error // nil if the folder can be reached
	Key   []byte       // this device's Ed25519 keys, one behind the other: only its own logs count
	Own   *envelope.Key
	// Readers are the X25519 keys that can read what is written from now on; Own's is one of them.
	Readers func() ([][]byte, error)

	first *File
	kick  chan struct{}

	level sync.Mutex // one at a time
	at    int64      // how much of the journal the copy holds
	size  int64      // how large the copy is then; 0: it was not looked at in this run

	mu  sync.Mutex
	err error // of the last try
}

// State is how the copy stands: nil if it holds all, else why not: drive.ErrAway, ErrNotBegun, ErrAhead, ErrOtherDevice,
// or what the drive said.
func (c *Copy) State() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *Copy) note(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	return err
}

// Follow makes the copy that of an open journal.
func (c *Copy) Follow(j *File) {
	c.kick = make(chan struct{}, 1)
	c.first = j
	j.mu.Lock()
	defer j.mu.Unlock()
	j.followers = append(j.followers, c.kick)
}

// Leave ends that.
func (c *Copy) Leave() {
	c.first.mu.Lock()
	defer c.first.mu.Unlock()
	c.first.followers = slices.DeleteFunc(c.first.followers, func(k chan struct{}) bool { return k == c.kick })
}

// Run keeps the copy level until ctx ends.
func (c *Copy) Run(ctx context.Context) {
	tick := time.NewTicker(copyRetry)
	defer tick.Stop()
	err := c.Level()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.kick:
		case <-tick.C:
			if err == nil && c.There() == nil {
				continue
			}
		}
		err = c.Level()
	}
}

// Begin makes the copy where there is none; one that is there is taken over if it is this device's.
func (c *Copy) Begin() error {
	c.level.Lock()
	defer c.level.Unlock()
	if err := c.There(); err != nil {
		return c.note(err)
	}
	if _, err := os.Stat(c.Path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return c.note(err)
	}
	return c.note(c.rewrite())
}

// Level brings the copy level with the journal. What is on the drive and is not a copy of this journal is never
// written to.
func (c *Copy) Level() error {
	c.level.Lock()
	defer c.level.Unlock()
	err := c.write()
	if err != nil {
		c.size = 0 // whatever the drive did: look again
	}
	return c.note(err)
}

func (c *Copy) write() error {
	if err := c.There(); err != nil {
		return err
	}
	f, err := os.OpenFile(c.Path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", c.Path, ErrNotBegun)
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && (c.size == 0 || info.Size() != c.size) {
		err = c.attach(f)
	}
	if errors.Is(err, errAnew) {
		return errors.Join(f.Close(), c.rewrite())
	}
	if err == nil {
		err = c.extend(f)
	}
	return errors.Join(err, f.Close())
}

// errAnew says that the copy has nothing that the journal lacks, but cannot be gone on with.
var errAnew = errors.New("the copy is written anew")

// attach finds out how much of the journal a copy holds. What a pulled stick left half written at its end is cut off.
func (c *Copy) attach(f *os.File) error {
	in := frames{f, magicCopy, frameBytesMax}
	if err := in.check(); err != nil {
		return fmt.Errorf("%s: %w", c.Path, err)
	}
	var last []byte
	end, damaged, err := in.scan(in.first(), func(_ int64, body []byte) error { last = body; return nil })
	if err != nil {
		return err
	}
	c.size, c.at = end, c.first.frames().first()
	if last == nil {
		return f.Truncate(end)
	}
	run, err := c.open(last)
	if err == nil && damaged == 0 {
		at, err := c.first.after(chainOf(run))
		if err != nil {
			return err
		}
		if c.at = at; at > 0 {
			return f.Truncate(end)
		}
	}
	// It is no beginning of the journal: the one or the other was damaged, mended or set back.
	plain, n, err := c.plain(f)
	if err != nil {
		return err
	}
	defer os.Remove(plain)
	more, forks, err := c.compare(c.first.f, plain)
	switch {
	case err != nil:
		return err
	case n < 0:
		return fmt.Errorf("%s: %w", c.Path, ErrOtherDevice)
	case more > 0 || forks > 0:
		return fmt.Errorf("%s: %w", c.Path, ErrAhead)
	}
	return errAnew
}

// compare counts what a plain copy has and the journal lacks, and what the two tell differently.
func (c *Copy) compare(journal io.ReaderAt, plain string) (more, forks int, err error) {
	f, err := os.Open(plain)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	a, err := places(frames{journal, magic, RecordBytesMax}, 0, c.Key)
	if err != nil {
		return 0, 0, err
	}
	in := frames{f, magic, RecordBytesMax}
	if other, err := foreign(in, c.Key); err != nil || other {
		return 0, 0, errors.Join(err, fmt.Errorf("%s: %w", c.Path, ErrOtherDevice))
	}
	b, err := places(in, 1, c.Key)
	if err != nil {
		return 0, 0, err
	}
	_, more, forks = union(a, b)
	return more, forks, nil
}

// extend appends what the journal has beyond the copy.
func (c *Copy) extend(f *os.File) error {
	to, err := c.Readers()
	if err != nil {
		return err
	}
	wrote := false
	err = c.first.runs(c.at, func(run []byte, end int64) error {
		frame, err := seal(run, to)
		if err != nil {
			return err
		}
		if _, err := f.WriteAt(frame, c.size); err != nil {
			return err
		}
		c.size, c.at, wrote = c.size+int64(len(frame)), end, true
		return nil
	})
	if err == nil && wrote {
		err = f.Sync()
	}
	return err
}

// rewrite writes the copy whole, from the journal.
func (c *Copy) rewrite() error {
	to, err := c.Readers()
	if err != nil {
		return err
	}
	size, at := int64(len(magicCopy)), c.first.frames().first()
	err = drive.Write(c.Path, func(w io.Writer) error {
		if _, err := io.WriteString(w, magicCopy); err != nil {
			return err
		}
		return c.first.runs(at, func(run []byte, end int64) error {
			frame, err := seal(run, to)
			if err != nil {
				return err
			}
			_, err = w.Write(frame)
			size, at = size+int64(len(frame)), end
			return err
		})
	})
	if err == nil {
		c.size, c.at = size, at
	}
	return err
}

// Anew writes the copy whole once more, so that a key that was added can read all of it.
func (c *Copy) Anew() error {
	if err := c.Level(); err != nil {
		return err
	}
	c.level.Lock()
	defer c.level.Unlock()
	return c.note(c.rewrite())
}

func seal(run []byte, to [][]byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := envelope.Seal(&out, to...)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(run); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return framed(out.Bytes()), nil
}

func (c *Copy) open(body []byte) ([]byte, error) { return openRun(body, c.Own) }

func openRun(body []byte, keys ...*envelope.Key) ([]byte, error) {
	r, err := envelope.Open(bytes.NewReader(body), keys...)
	if err != nil {
		return nil, err
	}
	var run bytes.Buffer
	_, err = io.Copy(&run, io.LimitReader(r, frameBytesMax))
	return run.Bytes(), err
}

// chainOf returns the chain of the last record of a run, zero if it holds none.
func chainOf(run []byte) (chain [16]byte) {
	in := frames{bytes.NewReader(run), "", RecordBytesMax}
	_, _, _ = in.scan(0, func(_ int64, body []byte) error { // from memory
		chain = [16]byte(body[1:17])
		return nil
	})
	return chain
}

// plain writes what a copy holds as a journal beside the first, and returns its path and how many runs could not be read, as a
// negative number, or 0.
func (c *Copy) plain(f *os.File) (path string, unread int, err error) {
	path = c.first.f.Name() + ".from-copy"
	unread, err = Plain(path, f, c.Own)
	return path, unread, err
}

// Plain writes what a second copy holds into a journal at a path, with any of the keys that may read it. It returns minus
// the number of runs that none of the keys reads, which are left out.
func Plain(path string, from io.ReaderAt, keys ...*envelope.Key) (unread int, err error) {
	in := frames{from, magicCopy, frameBytesMax}
	if err := in.check(); err != nil {
		return 0, err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	_, err = out.WriteString(magic)
	if err == nil {
		_, _, err = in.scan(in.first(), func(_ int64, body []byte) error {
			run, err := openRun(body, keys...)
			if err != nil {
				unread--
				return nil
			}
			_, err = out.Write(run)
			return err
		})
	}
	return unread, errors.Join(err, out.Sync(), out.Close())
}

// Recover brings what only the copy holds into the journal at a path, before that is opened: the journal was damaged,
// or restored from an older state. A journal that had to be mended is kept beside as PATH.damaged-N. It returns how many
// records came in. An error says why the copy could not be read; the journal is then as it was.
func (c *Copy) Recover(path string) (int, error) {
	n, err := c.recover(path)
	return n, c.note(err)
}

func (c *Copy) recover(path string) (int, error) {
	if err := c.There(); err != nil {
		return 0, err
	}
	f, err := os.Open(c.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("%s: %w", c.Path, ErrNotBegun)
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	first, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE, 0o600)
	if err != nil {
		return 0, err
	}
	defer first.Close()
	j := &File{f: first}
	_, unmagic := j.scan(func([]byte) error { return nil })
	if unmagic != nil && !errors.Is(unmagic, ErrNotJournal) {
		return 0, unmagic
	}
	whole := unmagic == nil && j.Damaged+j.Unchained == 0
	c.first = j
	in := frames{f, magicCopy, frameBytesMax}
	if err := in.check(); err != nil {
		return 0, fmt.Errorf("%s: %w", c.Path, err)
	}
	if whole {
		if known, err := c.follows(in, j); err != nil || known {
			return 0, err
		}
	}
	plain, n, err := c.plain(f)
	if err != nil {
		return 0, err
	}
	defer os.Remove(plain)
	if n < 0 {
		return 0, fmt.Errorf("%s: %w", c.Path, ErrOtherDevice)
	}
	more, _, err := c.compare(first, plain)
	if err != nil || more == 0 && unmagic == nil {
		return 0, err
	}
	merged := path + ".merged"
	if _, err := Merge(merged, c.Key, path, plain); err != nil {
		return 0, err
	}
	if info, err := first.Stat(); err != nil {
		return 0, err
	} else if !whole && info.Size() > 0 {
		if err := setAside(first, path); err != nil {
			return 0, err
		}
	}
	if err := errors.Join(first.Close(), os.Rename(merged, path)); err != nil {
		return 0, err
	}
	return more, drive.SyncDir(filepath.Dir(path))
}

// follows reports whether a copy's last run is part of the journal, as it is at nearly every start. It reads the end of the
// copy alone.
func (c *Copy) follows(in frames, j *File) (bool, error) {
	last, err := in.last()
	if err != nil || last == nil {
		return false, err
	}
	run, err := c.open(last)
	if err != nil {
		return false, nil // all of it is looked at
	}
	at, err := j.after(chainOf(run))
	return at > 0, err
}

// setAside copies a journal that is about to be replaced.
func setAside(f *os.File, path string) error {
	for n := 1; ; n++ {
		to := path + ".damaged-" + strconv.Itoa(n)
		if _, err := os.Stat(to); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return drive.Write(to, func(w io.Writer) error {
			_, err := io.Copy(w, io.NewSectionReader(f, 0, 1<<62))
			return err
		})
	}
}
