package syncproto

import (
	"bytes"
	_ "embed" // the dictionary
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Dictionary numbers. 0 is none. A dictionary once released is shipped for ever.
const (
	dictionaryNone  = 0
	dictionaryFirst = 1
)

//go:embed dictionary1.bin
var dictionary1 []byte

// zstdWindowBytes is the window of our frames: the largest payload.
const zstdWindowBytes = 4 << 20

// An encoder's tables take megabytes, so they live in pools that the garbage collector may empty: a
// station that seals once a minute holds none in between.
var (
	encoderPools = [2]sync.Pool{{New: newEncoder(dictionaryNone)}, {New: newEncoder(dictionaryFirst)}}
	decoderPools = map[int]*sync.Pool{
		SegmentDecodedBytesMax: {New: newDecoder(SegmentDecodedBytesMax)},
		PageDecodedBytesMax:    {New: newDecoder(PageDecodedBytesMax)},
	}
)

func newEncoder(dictionary int) func() any {
	return func() any {
		o := []zstd.EOption{
			zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1),
			zstd.WithEncoderCRC(false), zstd.WithWindowSize(zstdWindowBytes), zstd.WithLowerEncoderMem(true),
		}
		if dictionary == dictionaryFirst {
			o = append(o, zstd.WithEncoderDictRaw(dictionaryFirst, dictionary1))
		}
		e, err := zstd.NewWriter(nil, o...)
		if err != nil {
			panic(err) // the options are constants
		}
		return e
	}
}

func newDecoder(limit uint64) func() any {
	return func() any {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxMemory(limit), zstd.WithDecoderMaxWindow(zstdWindowBytes),
			zstd.WithDecoderDictRaw(dictionaryFirst, dictionary1))
		if err != nil {
			panic(err)
		}
		return d
	}
}

// compress returns one zstd frame. Where sections end blocks do, unless one run is smaller: the blocks
// of a segment of one change would cost more than they save.
func compress(payload []byte, ends []int, dictionary int) []byte {
	e := encoderPools[dictionary].Get().(*zstd.Encoder)
	defer encoderPools[dictionary].Put(e)
	var out bytes.Buffer
	e.Reset(&out)
	start := 0
	for _, end := range ends {
		// Writing to memory does not fail.
		_, _ = e.Write(payload[start:end])
		if end > start && end < len(payload) {
			_ = e.Flush()
		}
		start = end
	}
	_ = e.Close()
	if len(payload) < 8<<10 {
		if whole := e.EncodeAll(payload, nil); len(whole) <= out.Len() {
			return whole
		}
	}
	return out.Bytes()
}

// smallest compresses with and without dictionary and says which was smaller; without, if equal.
func smallest(payload []byte, ends []int) (compressed []byte, dictionary uint8) {
	if len(payload) > 32<<10 {
		return compress(payload, ends, dictionaryNone), dictionaryNone
	}
	a, b := compress(payload, ends, dictionaryNone), compress(payload, ends, dictionaryFirst)
	if len(a) <= len(b) {
		return a, dictionaryNone
	}
	return b, dictionaryFirst
}

// decompress returns the content of a zstd frame, at most limit bytes of it, and the dictionary it used.
func decompress(b []byte, limit int) (payload []byte, dictionary uint8, err error) {
	var h zstd.Header
	if err := h.Decode(b); err != nil {
		return nil, 0, fmt.Errorf("zstd frame: %v: %w", err, ErrTruncated)
	}
	switch {
	case h.Skippable || h.HasCheckSum:
		return nil, 0, fmt.Errorf("zstd frame of another form: %w", ErrNotCanonical)
	case h.DictionaryID > dictionaryFirst:
		return nil, 0, fmt.Errorf("zstd dictionary %d: %w", h.DictionaryID, ErrVersion)
	case h.HasFCS && h.FrameContentSize > uint64(limit):
		return nil, 0, fmt.Errorf("%d bytes decompressed: %w", h.FrameContentSize, ErrTooLarge)
	}
	pool := decoderPools[limit]
	d := pool.Get().(*zstd.Decoder)
	defer pool.Put(d)
	payload, err = d.DecodeAll(b, nil)
	switch {
	case errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		return nil, 0, fmt.Errorf("zstd frame: %v: %w", err, ErrTooLarge)
	case err != nil:
		return nil, 0, fmt.Errorf("zstd frame: %v: %w", err, ErrInvalid)
	case len(payload) > limit:
		return nil, 0, fmt.Errorf("%d bytes decompressed: %w", len(payload), ErrTooLarge)
	}
	return payload, uint8(h.DictionaryID), nil
}
