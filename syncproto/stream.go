package syncproto

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ContentType is the media type of a stream of frames.
const ContentType = "application/vnd.tramy.frames"

// Magic opens every stream of frames; its last byte is the version of the framing. No text and no
// page of a captive portal begins so.
var Magic = [4]byte{0xf4, 'T', 'R', 1}

// FrameWriter writes a stream of frames. It buffers nothing beyond one frame.
type FrameWriter struct {
	w     io.Writer
	begun bool
}

// NewFrameWriter returns a FrameWriter; the magic goes out with the first frame.
func NewFrameWriter(w io.Writer) *FrameWriter { return &FrameWriter{w: w} }

// Write writes one frame in one call of the underlying Write. A frame that no reader would take (too
// large, over a limit, out of order inside) is refused here, where its author learns of it.
func (w *FrameWriter) Write(f Frame) error {
	content := encodeBody(f)
	if err := checkFrameSize(f.FrameType(), uint64(len(content))); err != nil {
		return err
	}
	if t := f.FrameType(); t != FrameSegment && t != FramePage { // those were checked when they were made
		if _, err := decodeBody(t, content); err != nil {
			return err
		}
	}
	var out []byte
	if !w.begun {
		out = append(out, Magic[:]...)
	}
	out = append(appendFrameHead(out, len(content), f.FrameType()), content...)
	if _, err := w.w.Write(out); err != nil {
		return fmt.Errorf("writing frame %d: %w", f.FrameType(), err)
	}
	w.begun = true
	return nil
}

func appendFrameHead(b []byte, length int, t FrameType) []byte {
	return append(binary.AppendUvarint(b, uint64(length)), byte(t))
}

func checkFrameSize(t FrameType, n uint64) error {
	if n > FrameSizeBytesMax || t == FrameHello && n > HelloSizeBytesMax {
		return fmt.Errorf("frame %d of %d bytes: %w", t, n, ErrTooLarge)
	}
	return nil
}

// frameHead reads length and type off b and returns how many bytes they took.
func frameHead(b []byte) (length int, t FrameType, head int, err error) {
	n, k := binary.Uvarint(b)
	switch {
	case k == 0 || k > 0 && k >= len(b):
		return 0, 0, 0, fmt.Errorf("head of a frame: %w", ErrTruncated)
	case k < 0:
		return 0, 0, 0, fmt.Errorf("length of a frame: %w", ErrTooLarge)
	case k > 1 && b[k-1] == 0:
		return 0, 0, 0, fmt.Errorf("length of a frame: %w", ErrNotCanonical)
	}
	t = FrameType(b[k])
	return int(n), t, k + 1, checkFrameSize(t, n)
}

// FrameReader reads a stream of frames.
type FrameReader struct {
	r     *bufio.Reader
	begun bool
	read  int64 // bytes of frames so far
}

// NewFrameReader returns a FrameReader that reads from r, a little ahead.
func NewFrameReader(r io.Reader) *FrameReader {
	return &FrameReader{r: bufio.NewReaderSize(r, 4<<10)}
}

// Read returns the next frame of a known type. Unknown types from 128 on are skipped, others are
// ErrVersion. io.EOF is returned at a border between frames only, io.ErrUnexpectedEOF where the stream
// is cut, ErrMagic where it does not begin as one of ours. Memory is taken as bytes arrive, not as a
// length announces them.
func (r *FrameReader) Read() (Frame, error) {
	if !r.begun {
		if err := r.magic(); err != nil {
			return nil, err
		}
		r.begun = true
	}
	for {
		n, t, err := r.head()
		if err != nil {
			return nil, err
		}
		if t >= 128 && t != FrameBackup && t != FrameReturned && t != FrameMove && t != FrameEnds {
			if _, err := io.CopyN(io.Discard, r.r, int64(n)); err != nil {
				return nil, cut(err)
			}
			continue
		}
		var content bytes.Buffer
		if n <= 4<<10 {
			content.Grow(n) // no more than the reader's own buffer
		}
		if _, err := io.CopyN(&content, r.r, int64(n)); err != nil {
			return nil, cut(err)
		}
		return decodeBody(t, content.Bytes())
	}
}

func (r *FrameReader) magic() error {
	for _, want := range Magic {
		c, err := r.r.ReadByte()
		if err != nil {
			return cut(err)
		}
		if c != want {
			return fmt.Errorf("the answer does not begin with the magic of this protocol: %w", ErrMagic)
		}
	}
	return nil
}

func (r *FrameReader) head() (int, FrameType, error) {
	var b [binary.MaxVarintLen64 + 1]byte
	for i := range b {
		c, err := r.r.ReadByte()
		if err != nil {
			if i == 0 && errors.Is(err, io.EOF) {
				return 0, 0, io.EOF
			}
			return 0, 0, cut(err)
		}
		b[i] = c
		if i == 0 || b[i-1] >= 0x80 {
			continue // the length goes on, and at least the type follows
		}
		n, t, head, err := frameHead(b[:i+1])
		r.read += int64(head) + int64(n)
		return n, t, err
	}
	return 0, 0, fmt.Errorf("length of a frame: %w", ErrTooLarge)
}

// cut turns the end of the stream inside a frame into what it is.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("reading a frame: %w", err)
}
