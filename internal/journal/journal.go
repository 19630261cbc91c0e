package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"tramy/internal/drive"
	"tramy/internal/node"
	p "tramy/syncproto"
)

const (
	magic     = "tramy journal 1\n"
	flagLow   = 1
	flagFirst = 2
	flagVoid  = 4
	flagAlso  = 8
	voidSize  = 12 + 4
	headSize  = 12
	// RecordBytesMax bounds one record: an act with as many changes as it may have, each of the largest
	// size, with its length, and an opening before them.
	RecordBytesMax = p.ActChangesMax*(p.StateSizeBytesMax+binary.MaxVarintLen32) + 1<<10
)

// Errors of a journal.
var (
	// ErrNotJournal says that a file is something else.
	ErrNotJournal = errors.New("not a tramy journal")
	// ErrTooLarge says that a record would be larger than any that is read back.
	ErrTooLarge = fmt.Errorf("a record of the journal has at most %d bytes", RecordBytesMax)
)

// File is a journal in a file. It implements node.Journal.
type File struct {
	mu        sync.Mutex
	f         *os.File
	size      int64
	chain     [16]byte
	broken    error
	followers []chan struct{} // told of each record that is durable here
	// Damaged counts the records that could not be read when the file was opened.
	Damaged int
	// Unchained counts the whole records that do not follow the one before them: what stood between was
	// damaged, or somebody took it out or put something in.
	Unchained int
	// Cut is how many bytes of a torn end were cut off when the file was opened.
	Cut int64
}

var _ node.Journal = (*File)(nil)

// Open opens or creates the journal at path.
func Open(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	j := &File{f: f}
	if err := j.load(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return j, nil
}

func (j *File) load() error {
	info, err := j.f.Stat()
	if err != nil {
		return err
	}
	if begun, err := j.begun(info.Size()); err != nil {
		return err
	} else if !begun {
		if _, err := j.f.WriteAt([]byte(magic), 0); err != nil {
			return err
		}
		if err := j.f.Sync(); err != nil {
			return err
		}
		j.size = int64(len(magic))
		return drive.SyncDir(filepath.Dir(j.f.Name()))
	}
	end, err := j.scan(func(body []byte) error {
		j.chain = [16]byte(body[1:17])
		return nil
	})
	if err != nil {
		return err
	}
	if end < info.Size() {
		// What follows the last whole record was being written when the power went: nobody was told of it.
		j.Cut = info.Size() - end
		if err := j.f.Truncate(end); err != nil {
			return err
		}
		if err := j.f.Sync(); err != nil {
			return err
		}
	}
	j.size = end
	return nil
}

// begun reports whether the file got beyond its magic line: the power may go while that is written.
func (j *File) begun(size int64) (bool, error) {
	if size >= int64(len(magic)) {
		return true, nil
	}
	head := make([]byte, size)
	if _, err := j.f.ReadAt(head, 0); err != nil {
		return false, err
	}
	return string(head) != magic[:size], nil
}

// Append implements node.Journal.
func (j *File) Append(r *node.Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	body := j.encode(r)
	if len(body) > RecordBytesMax {
		return ErrTooLarge
	}
	rec := framed(body)
	_, err := j.f.WriteAt(rec, j.size)
	if err == nil {
		err = j.f.Sync()
	}
	if err != nil {
		// Put the end back where it was. If even that fails, nothing more is written: a record behind a torn
		// one would be found again, but its chain would not fit.
		if terr := j.f.Truncate(j.size); terr != nil {
			j.broken = fmt.Errorf("journal: %w", errors.Join(err, terr))
		}
		return err
	}
	j.size += int64(len(rec))
	j.chain = [16]byte(body[1:17])
	for _, k := range j.followers {
		select {
		case k <- struct{}{}:
		default: // it was told, and has not looked yet
		}
	}
	return nil
}

func (j *File) encode(r *node.Record) []byte {
	var flags byte
	if r.Access {
		flags |= flagLow
	}
	if r.Opening != nil {
		flags |= flagFirst
	}
	if r.Void != nil {
		flags |= flagVoid
	}
	body := make([]byte, 17, 512)
	body[0] = flags
	if r.Opening != nil {
		body = append(body, node.EncodeOpening(r.Opening)...)
	}
	if r.Void != nil {
		body = binary.BigEndian.AppendUint32(append(body, r.Void.Log[:]...), uint32(r.Void.Seq))
	}
	if len(r.Also) > 0 {
		body[0] |= flagAlso
		body = binary.AppendUvarint(body, uint64(len(r.Also)))
		for _, v := range r.Also {
			body = binary.BigEndian.AppendUint32(append(body, v.Log[:]...), uint32(v.Seq))
		}
	}
	for i := range r.Changes {
		c := p.AppendChange(nil, &r.Changes[i])
		body = binary.AppendUvarint(body, uint64(len(c)))
		body = append(body, c...)
	}
	chain := chainOver(j.chain, body)
	copy(body[1:], chain[:])
	return body
}

// chainOver hashes the chain before and a body whose own chain is taken as zero.
func chainOver(before [16]byte, body []byte) [16]byte {
	h := sha256.New()
	h.Write(before[:])
	h.Write(body[:1])
	h.Write(body[17:])
	return [16]byte(h.Sum(nil)[:16])
}

// Replay implements node.Journal.
func (j *File) Replay(fn func(r *node.Record) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, err := j.scan(func(body []byte) error {
		r, err := decode(body)
		if err != nil {
			return err
		}
		return fn(r)
	})
	return err
}

// scan calls fn with the body of every whole record and returns where the last one ends.
func (j *File) scan(fn func(body []byte) error) (int64, error) {
	j.Damaged, j.Unchained = 0, 0
	var chain [16]byte
	in := j.frames()
	if err := in.check(); err != nil {
		return 0, err
	}
	end, damaged, err := in.scan(in.first(), func(_ int64, body []byte) error {
		if chainOver(chain, body) != [16]byte(body[1:17]) {
			j.Unchained++
		}
		chain = [16]byte(body[1:17])
		return fn(body)
	})
	j.Damaged = damaged
	return end, err
}

func (j *File) frames() frames { return frames{j.f, magic, RecordBytesMax} }

func decode(body []byte) (*node.Record, error) {
	r := &node.Record{Access: body[0]&flagLow != 0}
	rest := body[17:]
	if body[0]&flagFirst != 0 {
		if len(rest) < node.OpeningSize {
			return nil, fmt.Errorf("opening: %w", p.ErrTruncated)
		}
		o, err := node.DecodeOpening(rest[:node.OpeningSize])
		if err != nil {
			return nil, err
		}
		r.Opening, rest = o, rest[node.OpeningSize:]
	}
	if body[0]&flagVoid != 0 {
		if len(rest) < voidSize {
			return nil, fmt.Errorf("void: %w", p.ErrTruncated)
		}
		r.Void = &p.Dot{Log: p.LogID(rest[:12]), Seq: p.Seq(binary.BigEndian.Uint32(rest[12:]))}
		rest = rest[voidSize:]
	}
	if body[0]&flagAlso != 0 {
		k, n := binary.Uvarint(rest)
		if n <= 0 || k > uint64(len(rest)-n)/voidSize {
			return nil, fmt.Errorf("voids: %w", p.ErrTruncated)
		}
		for rest = rest[n:]; k > 0; k-- {
			r.Also = append(r.Also, p.Dot{Log: p.LogID(rest[:12]), Seq: p.Seq(binary.BigEndian.Uint32(rest[12:]))})
			rest = rest[voidSize:]
		}
	}
	for len(rest) > 0 {
		k, n := binary.Uvarint(rest)
		if n <= 0 || k > uint64(len(rest)-n) {
			return nil, fmt.Errorf("change: %w", p.ErrTruncated)
		}
		c, err := p.DecodeChange(rest[n : n+int(k)])
		if err != nil {
			return nil, err
		}
		r.Changes = append(r.Changes, *c)
		rest = rest[n+int(k):]
	}
	if len(r.Changes) == 0 {
		return nil, fmt.Errorf("act without a change: %w", p.ErrNotCanonical)
	}
	return r, nil
}

// Close closes the file.
func (j *File) Close() error { return j.f.Close() }

// after returns where the record with a chain ends, 0 if there is none.
func (j *File) after(chain [16]byte) (int64, error) {
	at := int64(0)
	in := j.frames()
	_, _, err := in.scan(in.first(), func(start int64, body []byte) error {
		if [16]byte(body[1:17]) == chain {
			at = start + headSize + int64(len(body))
		}
		return nil
	})
	return at, err
}

// runs calls fn with the whole records that are durable from a place on, some at a time, and where each lot ends.
func (j *File) runs(at int64, fn func(run []byte, end int64) error) error {
	j.mu.Lock()
	until := j.size
	j.mu.Unlock()
	var run []byte
	end := at
	in := frames{io.NewSectionReader(j.f, 0, until), magic, RecordBytesMax}
	_, _, err := in.scan(at, func(start int64, body []byte) error {
		if len(run) > 0 && len(run)+headSize+len(body) > runBytes {
			if err := fn(run, end); err != nil {
				return err
			}
			run = run[:0]
		}
		run, end = append(run, framed(body)...), start+headSize+int64(len(body))
		return nil
	})
	if err == nil && len(run) > 0 {
		err = fn(run, end)
	}
	return err
}
