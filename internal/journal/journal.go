// Package journal keeps a node's own acts in a file beside the database: each act is one record, written
// and synced before the database commits it. A torn end, as a power cut leaves it, is cut off when the
// file is opened; a damaged record in the middle is passed over and those after it are still read.
//
// A file is the magic line, then records:
//
//	marker   4 bytes  0x1e 'T' 'J' 0x1e
//	length   4 bytes  little endian, of the body
//	crc      4 bytes  CRC-32C of the body
//	body     flags (1: access log, 2: opening follows, 4: void follows), chain (16 bytes), [opening],
//	         [void: 12 bytes of a log, 4 of a Seq, big endian], changes
//
// chain is the first 16 bytes of SHA-256 over the chain before and the body after it, so that a record
// put in or taken out in the middle is seen.
package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"

	"tramy/internal/node"
	p "tramy/syncproto"
)

const (
	magic     = "tramy journal 1\n"
	flagLow   = 1
	flagFirst = 2
	flagVoid  = 4
	voidSize  = 12 + 4
	headSize  = 12
	// RecordBytesMax bounds one record: an act with as many changes as it may have, each of the largest
	// size, with its length, and an opening before them.
	RecordBytesMax = p.ActChangesMax*(p.StateSizeBytesMax+binary.MaxVarintLen32) + 1<<10
)

var marker = []byte{0x1e, 'T', 'J', 0x1e}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Errors of a journal.
var (
	// ErrNotJournal says that a file is something else.
	ErrNotJournal = errors.New("not a tramy journal")
	// ErrTooLarge says that a record would be larger than any that is read back.
	ErrTooLarge = fmt.Errorf("a record of the journal has at most %d bytes", RecordBytesMax)
)

// File is a journal in a file. It implements node.Journal.
type File struct {
	mu     sync.Mutex
	f      *os.File
	size   int64
	chain  [16]byte
	broken error
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
		return syncDir(filepath.Dir(j.f.Name()))
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
	rec := withHead(body)
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
	head := make([]byte, len(magic))
	if _, err := j.f.ReadAt(head, 0); err != nil || string(head) != magic {
		return 0, ErrNotJournal
	}
	at := int64(len(magic))
	end := at
	for {
		body, size, err := j.record(at)
		if err != nil {
			return end, err
		}
		if body == nil {
			next, err := j.find(at + 1)
			if err != nil {
				return end, err
			}
			if next < 0 {
				return end, nil
			}
			j.Damaged++
			at = next
			continue
		}
		if chainOver(chain, body) != [16]byte(body[1:17]) {
			j.Unchained++
		}
		chain = [16]byte(body[1:17])
		if err := fn(body); err != nil {
			return end, err
		}
		at += size
		end = at
	}
}

// record reads the record at a place; body is nil if none that is whole stands there.
func (j *File) record(at int64) (body []byte, size int64, err error) {
	var head [headSize]byte
	if _, err := j.f.ReadAt(head[:], at); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, 0, nil
		}
		return nil, 0, err
	}
	length := binary.LittleEndian.Uint32(head[4:])
	if !bytes.Equal(head[:4], marker) || length < 17 || length > RecordBytesMax {
		return nil, 0, nil
	}
	body = make([]byte, length)
	if _, err := j.f.ReadAt(body, at+headSize); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, 0, nil
		}
		return nil, 0, err
	}
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(head[8:]) {
		return nil, 0, nil
	}
	return body, int64(headSize) + int64(length), nil
}

// find returns where the next whole record begins, -1 if there is none.
func (j *File) find(from int64) (int64, error) {
	buf := make([]byte, 64<<10)
	for {
		k, err := j.f.ReadAt(buf, from)
		if k < len(marker) {
			if err != nil && !errors.Is(err, io.EOF) {
				return -1, err
			}
			return -1, nil
		}
		for off := 0; ; {
			i := bytes.Index(buf[off:k], marker)
			if i < 0 {
				break
			}
			at := from + int64(off+i)
			body, _, rerr := j.record(at)
			if rerr != nil {
				return -1, rerr
			}
			if body != nil {
				return at, nil
			}
			off += i + 1
		}
		from += int64(k - len(marker) + 1)
		if errors.Is(err, io.EOF) {
			return -1, nil
		}
	}
}

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

// syncDir makes a new file's name durable. Windows has no such call and needs none.
func syncDir(dir string) error {
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
