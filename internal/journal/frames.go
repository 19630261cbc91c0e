package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
)

var marker = []byte{0x1e, 'T', 'J', 0x1e}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// bodyBytesMin is less than any body has: flags and chain of a record, the head of an encrypted run.
const bodyBytesMin = 17

// frames reads a magic line and what stands behind it: marker, length, checksum, body.
type frames struct {
	r     io.ReaderAt
	magic string
	max   uint32 // largest body
}

// framed returns a body as it stands in a file.
func framed(body []byte) []byte {
	rec := make([]byte, 0, headSize+len(body))
	rec = append(rec, marker...)
	rec = binary.LittleEndian.AppendUint32(rec, uint32(len(body)))
	rec = binary.LittleEndian.AppendUint32(rec, crc32.Checksum(body, castagnoli))
	return append(rec, body...)
}

// check returns ErrNotJournal if the file does not begin with the magic line.
func (x frames) check() error {
	head := make([]byte, len(x.magic))
	if _, err := x.r.ReadAt(head, 0); err != nil || string(head) != x.magic {
		return ErrNotJournal
	}
	return nil
}

// first is where the first frame begins.
func (x frames) first() int64 { return int64(len(x.magic)) }

// scan calls fn with the place and the body of every whole frame from a place on, and returns where the last one ends and how
// many stretches between were not whole.
func (x frames) scan(at int64, fn func(at int64, body []byte) error) (end int64, damaged int, err error) {
	end = at
	for {
		body, size, err := x.record(at)
		if err != nil {
			return end, damaged, err
		}
		if body == nil {
			next, err := x.find(at + 1)
			if err != nil || next < 0 {
				return end, damaged, err
			}
			damaged++
			at = next
			continue
		}
		if err := fn(at, body); err != nil {
			return end, damaged, err
		}
		at += size
		end = at
	}
}

// record reads the frame at a place; body is nil if none that is whole stands there.
func (x frames) record(at int64) (body []byte, size int64, err error) {
	var head [headSize]byte
	if _, err := x.r.ReadAt(head[:], at); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, 0, nil
		}
		return nil, 0, err
	}
	length := binary.LittleEndian.Uint32(head[4:])
	if !bytes.Equal(head[:4], marker) || length < bodyBytesMin || length > x.max {
		return nil, 0, nil
	}
	body = make([]byte, length)
	if _, err := x.r.ReadAt(body, at+headSize); err != nil {
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

// find returns where the next whole frame begins, -1 if there is none.
func (x frames) find(from int64) (int64, error) {
	buf := make([]byte, 64<<10)
	for {
		k, err := x.r.ReadAt(buf, from)
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
			body, _, rerr := x.record(at)
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

// lastWindow is how far from its end a file is searched for its last frame before all of it is read.
const lastWindow = 1 << 20

// last returns the body of the frame that ends where the file ends, nil if none does or it is long.
func (x frames) last() ([]byte, error) {
	f, ok := x.r.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return nil, nil
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	from := max(info.Size()-lastWindow, x.first())
	var last []byte
	for at := from; ; {
		body, size, err := x.record(at)
		if err != nil {
			return nil, err
		}
		if body == nil {
			if at, err = x.find(at + 1); err != nil || at < 0 {
				return nil, err
			}
			continue
		}
		if at += size; at == info.Size() {
			last = body
			return last, nil
		}
	}
}
