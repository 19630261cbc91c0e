package sqlfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Sizes of the format, and what a page has where the header cannot be believed: SQLite's default.
const (
	headerSize      = 100
	pageSizeMin     = 512
	pageSizeMax     = 65536
	pageSizeDefault = 4096
	frameHeadSize   = 24
	walHeadSize     = 32
	// RecordBytesMax bounds one record: what says it is larger is damaged.
	RecordBytesMax = 64 << 20
)

var magic = []byte("SQLite format 3\x00")

// File is a database file with its write-ahead log laid over it, open for reading.
type File struct {
	db, wal  *os.File
	pageSize int
	usable   int              // of a page
	count    uint32           // pages
	newer    map[uint32]int64 // pages that the write-ahead log holds newer, by where they stand there
	owners   map[uint32]string
	free     map[uint32]bool

	// Unread counts the pages and records that could not be read so far.
	Unread int
}

// Open opens a database and what its write-ahead log (the name with "-wal" behind it) committed. A file that is
// missing or empty has no pages. The error is only about reading files.
func Open(path string) (*File, error) {
	f := &File{newer: map[uint32]int64{}, pageSize: pageSizeDefault, usable: pageSizeDefault}
	var err error
	if f.db, err = openIfThere(path); err != nil {
		return nil, err
	}
	if f.wal, err = openIfThere(path + "-wal"); err == nil {
		err = f.measure()
	}
	if err == nil {
		err = f.overlay()
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.own()
	return f, nil
}

func openIfThere(path string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}

// Close closes the files.
func (f *File) Close() error {
	var err error
	for _, x := range []*os.File{f.db, f.wal} {
		if x != nil {
			err = errors.Join(err, x.Close())
		}
	}
	return err
}

// Pages returns how many pages there are, whole or not.
func (f *File) Pages() int { return int(f.count) }

// measure finds the size of a page and how many there are.
func (f *File) measure() error {
	if f.db == nil {
		return nil
	}
	info, err := f.db.Stat()
	if err != nil {
		return err
	}
	head := make([]byte, headerSize)
	n, err := f.db.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if n == headerSize && string(head[:len(magic)]) == string(magic) {
		f.setPageSize(int(binary.BigEndian.Uint16(head[16:])), int(head[20]))
	}
	f.count = uint32((info.Size() + int64(f.pageSize) - 1) / int64(f.pageSize))
	return nil
}

// setPageSize takes over what a header says, if it can be.
func (f *File) setPageSize(size, reserved int) {
	if size == 1 {
		size = pageSizeMax
	}
	if size >= pageSizeMin && size <= pageSizeMax && size&(size-1) == 0 && size-reserved >= 480 {
		f.pageSize, f.usable = size, size-reserved
	}
}

// overlay notes where the write-ahead log holds newer pages. As SQLite does, it goes up to the last commit before the
// first frame that is not whole.
func (f *File) overlay() error {
	if f.wal == nil {
		return nil
	}
	head := make([]byte, walHeadSize)
	if n, err := f.wal.ReadAt(head, 0); n < walHeadSize {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	first := binary.BigEndian.Uint32(head)
	if first&^1 != 0x377f0682 {
		return nil
	}
	var order binary.ByteOrder = binary.LittleEndian
	if first&1 == 1 {
		order = binary.BigEndian
	}
	sum := checksum(order, [2]uint32{}, head[:24])
	if sum != [2]uint32{binary.BigEndian.Uint32(head[24:]), binary.BigEndian.Uint32(head[28:])} {
		return nil
	}
	size := int(binary.BigEndian.Uint32(head[8:]))
	if f.count == 0 {
		f.setPageSize(size, 0)
	}
	if size != f.pageSize {
		return nil // one of the two headers is damaged; the log alone cannot say which
	}
	since := map[uint32]int64{} // since the last commit
	frame := make([]byte, frameHeadSize+size)
	for at := int64(walHeadSize); ; at += int64(len(frame)) {
		if n, err := f.wal.ReadAt(frame, at); n < len(frame) {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if string(frame[8:16]) != string(head[16:24]) {
			return nil // a frame of an earlier round
		}
		sum = checksum(order, checksum(order, sum, frame[:8]), frame[frameHeadSize:])
		if sum != [2]uint32{binary.BigEndian.Uint32(frame[16:]), binary.BigEndian.Uint32(frame[20:])} {
			return nil
		}
		since[binary.BigEndian.Uint32(frame)] = at + frameHeadSize
		if pages := binary.BigEndian.Uint32(frame[4:]); pages > 0 {
			for page, where := range since {
				f.newer[page] = where
			}
			f.count = max(f.count, pages)
			clear(since)
		}
	}
}

// checksum is that of the write-ahead log.
func checksum(order binary.ByteOrder, s [2]uint32, b []byte) [2]uint32 {
	for ; len(b) >= 8; b = b[8:] {
		s[0] += order.Uint32(b) + s[1]
		s[1] += order.Uint32(b[4:]) + s[0]
	}
	return s
}

// page reads a page, numbered from 1. What a file that was cut off lacks of it is zero; nil if there is none.
func (f *File) page(n uint32) []byte {
	if n == 0 || n > f.count {
		return nil
	}
	b := make([]byte, f.pageSize)
	from, at := f.db, int64(n-1)*int64(f.pageSize)
	if where, ok := f.newer[n]; ok {
		from, at = f.wal, where
	}
	if from == nil {
		return nil
	}
	if k, err := from.ReadAt(b, at); err != nil && k == 0 {
		return nil // a bad place on the disk, or beyond the end
	}
	return b
}
