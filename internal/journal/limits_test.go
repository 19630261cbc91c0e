package journal

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"tramy/internal/node"
	p "tramy/syncproto"
)

// sized is a record that is encoded in so many bytes.
func sized(t *testing.T, j *File, size int) *node.Record {
	t.Helper()
	c := p.Change{Dot: p.Dot{Log: p.LogID{1}, Seq: 1}, Kind: 3, Entity: p.Dot{Log: p.LogID{1}, Seq: 1}.Entity()}
	r := &node.Record{Also: make([]p.Dot, (size-4096)/16)}
	pad := 0
	for range 8 { // lengths before it grow with it
		c.Writes = []p.Write{{Field: 1, Data: p.Text(strings.Repeat("x", pad))}}
		r.Changes = []p.Change{c}
		k := len(j.encode(r))
		if k == size {
			return r
		}
		pad += size - k
	}
	t.Fatalf("no record has %d bytes", size)
	return nil
}

// A record may be as large as it is said to: one of that size comes back, one byte more is not written, and not believed.
func TestRecordAtItsLimit(t *testing.T) {
	record := func(size int) io.ReaderAt {
		return bytes.NewReader(append([]byte(magic), framed(bytes.Repeat([]byte{7}, size))...))
	}
	for size, whole := range map[int]bool{RecordBytesMax: true, RecordBytesMax + 1: false} {
		in := frames{record(size), magic, RecordBytesMax}
		body, _, err := in.record(int64(len(magic)))
		if (err == nil && len(body) == size) != whole {
			t.Errorf("%d bytes: %d came back, %v", size, len(body), err)
		}
	}
	j := open(t, filepath.Join(t.TempDir(), "journal"))
	defer j.Close()
	for _, beyond := range []int{0, 1} {
		large := sized(t, j, RecordBytesMax+beyond)
		if err := j.Append(large); errors.Is(err, ErrTooLarge) != (beyond == 1) {
			t.Errorf("%d beyond: %v", beyond, err)
		}
	}
}
