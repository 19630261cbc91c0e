package syncproto

import (
	"bytes"
	_ "embed" // the dictionary
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Dictionary numbers. 0 is none. A dictionary once released is shipped for ever.
const (
	dictionaryNone  = 0
	dictionaryFirst = 1
)

// dictionary1 was built from synthetic days (dictionary_test.go). The library's builder gives other bytes at
// every run, so the file is the source: whoever builds anew after a release gives it a new number.
//
//go:generate go test -run TestBuildDictionary . -dictionary
//go:embed dictionary1.b64
var dictionary1Text string

// dictionary1 is the file's content: base64 with line breaks.
var dictionary1 = func() []byte {
	b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(dictionary1Text, "\n", ""))
	if err != nil {
		panic("syncproto: dictionary1.b64 is damaged: " + err.Error())
	}
	return b
}()

// zstdWindowBytes is the window of our frames. It must not exceed the smallest decoded limit: a decoder
// refuses a window greater than the memory it may use.
const zstdWindowBytes = SegmentDecodedBytesMax

// effort is how hard an encoder tries. Segments are sealed once and sent several times, and are small;
// pages are made for every child. (The library's best level saves 2 % more of a segment, with tables
// of 34 MB that are copied for every use of a dictionary: 0.7 s and 220 MB a seal.)
type effort int

const (
	effortPage effort = iota
	effortSegment
)

var levels = [...]zstd.EncoderLevel{effortPage: zstd.SpeedDefault, effortSegment: zstd.SpeedBetterCompression}

// An encoder's tables take megabytes, so they live in pools that the garbage collector may empty: a
// station that seals once a minute holds none in between.
var (
	encoderPools = [len(levels)][2]sync.Pool{
		{{New: newEncoder(effortPage, dictionaryNone)}, {New: newEncoder(effortPage, dictionaryFirst)}},
		{{New: newEncoder(effortSegment, dictionaryNone)}, {New: newEncoder(effortSegment, dictionaryFirst)}},
	}
	decoderPools = map[int]*sync.Pool{
		SegmentDecodedBytesMax: {New: newDecoder(SegmentDecodedBytesMax)},
		PageDecodedBytesMax:    {New: newDecoder(PageDecodedBytesMax)},
	}
)

func newEncoder(e effort, dictionary int) func() any {
	return func() any {
		o := []zstd.EOption{
			zstd.WithEncoderLevel(levels[e]), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false),
			zstd.WithWindowSize(zstdWindowBytes), zstd.WithLowerEncoderMem(true),
		}
		if dictionary == dictionaryFirst {
			o = append(o, zstd.WithEncoderDict(dictionary1))
		}
		z, err := zstd.NewWriter(nil, o...)
		if err != nil {
			panic(err) // the options are constants
		}
		return z
	}
}

func newDecoder(limit uint64) func() any {
	return func() any {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxMemory(limit), zstd.WithDecoderMaxWindow(zstdWindowBytes),
			zstd.WithDecoderDicts(dictionary1))
		if err != nil {
			panic(err)
		}
		return d
	}
}

// compress returns one zstd frame. Where sections end blocks do, unless one run is smaller: the blocks
// of a segment of one change would cost more than they save.
func compress(payload []byte, ends []int, e effort, dictionary int) []byte {
	pool := &encoderPools[e][dictionary]
	z := pool.Get().(*zstd.Encoder)
	defer pool.Put(z)
	var out bytes.Buffer
	z.Reset(&out)
	start := 0
	for _, end := range ends {
		// Writing to memory does not fail.
		_, _ = z.Write(payload[start:end])
		if end < len(payload) {
			_ = z.Flush()
		}
		start = end
	}
	_ = z.Close()
	if len(payload) < 8<<10 {
		if whole := z.EncodeAll(payload, nil); len(whole) <= out.Len() {
			return whole
		}
	}
	return out.Bytes()
}

// smallest compresses with and without dictionary and says which was smaller; without, if equal. A
// large payload is its own dictionary.
func smallest(payload []byte, ends []int, e effort) (compressed []byte, dictionary uint8) {
	none := compress(payload, ends, e, dictionaryNone)
	if len(payload) > 32<<10 {
		return none, dictionaryNone
	}
	if with := compress(payload, ends, e, dictionaryFirst); len(with) < len(none) {
		return with, dictionaryFirst
	}
	return none, dictionaryNone
}

// decompress returns the content of a zstd frame, at most limit bytes of it, and the dictionary it used.
func decompress(b []byte, limit int) (payload []byte, dictionary uint8, err error) {
	var h zstd.Header
	if err := h.Decode(b); err != nil {
		return nil, 0, fmt.Errorf("zstd frame: %s: %w", err.Error(), ErrTruncated)
	}
	switch {
	case h.Skippable || h.HasCheckSum:
		return nil, 0, fmt.Errorf("zstd frame of another form: %w", ErrNotCanonical)
	case h.DictionaryID > dictionaryFirst:
		return nil, 0, fmt.Errorf("zstd dictionary %d: %w", h.DictionaryID, ErrVersion)
	case h.HasFCS && h.FrameContentSize > uint64(limit):
		return nil, 0, fmt.Errorf("%d bytes decompressed: %w", h.FrameContentSize, ErrTooLarge)
	}
	if err := oneFrame(b[h.HeaderSize:]); err != nil {
		return nil, 0, err
	}
	pool := decoderPools[limit]
	d := pool.Get().(*zstd.Decoder)
	defer pool.Put(d)
	payload, err = d.DecodeAll(b, nil)
	switch {
	case errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		return nil, 0, fmt.Errorf("zstd frame: %s: %w", err.Error(), ErrTooLarge)
	case err != nil:
		return nil, 0, fmt.Errorf("zstd frame: %s: %w", err.Error(), ErrInvalid)
	case len(payload) > limit:
		return nil, 0, fmt.Errorf("%d bytes decompressed: %w", len(payload), ErrTooLarge)
	}
	return payload, uint8(h.DictionaryID), nil
}

// oneFrame walks the blocks of a frame and checks that the last ends the input: the library would go on
// with whatever frames follow.
func oneFrame(blocks []byte) error {
	for {
		if len(blocks) < 3 {
			return fmt.Errorf("zstd block: %w", ErrTruncated)
		}
		head := int(blocks[0]) | int(blocks[1])<<8 | int(blocks[2])<<16
		last, kind, size := head&1 != 0, head>>1&3, head>>3
		if kind == 1 { // one byte repeated
			size = 1
		}
		if len(blocks)-3 < size {
			return fmt.Errorf("zstd block of %d bytes: %w", size, ErrTruncated)
		}
		if blocks = blocks[3+size:]; last {
			break
		}
	}
	if len(blocks) > 0 {
		return fmt.Errorf("%d bytes behind the zstd frame: %w", len(blocks), ErrNotCanonical)
	}
	return nil
}
