package exchange_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// A look-up's body may have as many bytes as it is said to. What later versions add to it is passed over, and counts.
func TestBodyOfALookupAtItsLimit(t *testing.T) {
	tr := nodetest.New(t)
	terms := (&registry.Sought{Code: "0000"}).Terms()
	q := frames(t, &p.Lookup{Nonce: [16]byte{1}, Terms: terms})
	for size, status := range map[int]int{exchange.LookupBytesMax: 200, exchange.LookupBytesMax + 1: 413} {
		rest := size - len(q)
		skipped := append(binary.AppendUvarint(nil, uint64(rest-4)), 200)
		skipped = append(skipped, make([]byte, rest-len(skipped))...)
		body := slices.Concat(q, skipped)
		if len(body) != size {
			t.Fatalf("%d bytes, want %d", len(body), size)
		}
		resp, _ := ask(handler(tr), "10.0.0.1", "POST", exchange.PathLookup, tr.Station.Dir.Keys.Token, p.ContentType, bytes.NewReader(body))
		if resp.StatusCode != status {
			t.Errorf("%d bytes: %d", size, resp.StatusCode)
		}
	}
}
