package syncproto

import (
	"encoding/base64"
	"flag"
	"os"
	"testing"

	"github.com/klauspost/compress/dict"
	"github.com/klauspost/compress/zstd"
)

var buildDictionary = flag.Bool("dictionary", false, "build dictionary1.b64 anew: never after a release")

// sampleSegments returns payloads such as stations send, none of the worlds that sizes are measured with.
func sampleSegments(from, to uint64) (payloads [][]byte) {
	for seed := from; seed < to; seed++ {
		w := newWorld(1000 + seed)
		w.years(12, 60, 12, 30)
		w.day += 7
		log := w.log()
		changes, _ := w.workday(log, 30, 4, 2, 0)
		for _, part := range [][]Change{changes, changes[:10], changes[20:23], changes[40:]} {
			payload, _, err := encodeChanges(log, part)
			if err != nil {
				panic(err)
			}
			payloads = append(payloads, payload)
		}
	}
	return payloads
}

func TestBuildDictionary(t *testing.T) {
	if !*buildDictionary {
		t.Skip("run with -dictionary")
	}
	b, err := dict.BuildZstdDict(sampleSegments(0, 60), dict.Options{
		MaxDictSize: 7 << 10, HashBytes: 4, ZstdDictID: dictionaryFirst, ZstdLevel: zstd.SpeedBetterCompression,
		ZstdDictCompat: true, // any zstd can read our frames
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("dictionary1.b64", lines(b), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", len(b))
}

func TestDictionaryHelps(t *testing.T) {
	var none, with int
	for _, p := range sampleSegments(100, 110) {
		payload, ends := p, []int{len(p)}
		none += len(compress(payload, ends, effortSegment, dictionaryNone))
		with += len(compress(payload, ends, effortSegment, dictionaryFirst))
	}
	t.Logf("segments without dictionary %d, with %d", none, with)
	if with*10 > none*9 {
		t.Errorf("dictionary saves less than a tenth: %d bytes without, %d with", none, with)
	}
}

// lines writes b as base64 in lines of 100 characters.
func lines(b []byte) []byte {
	text := base64.StdEncoding.EncodeToString(b)
	var out []byte
	for len(text) > 100 {
		out = append(append(out, text[:100]...), '\n')
		text = text[100:]
	}
	return append(append(out, text...), '\n')
}
