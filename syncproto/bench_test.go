package syncproto

import (
	"crypto/ed25519"
	"slices"
	"testing"
	"time"
)

// pagesOf cuts rows into pages as a hub does, when nothing asks for smaller ones.
func pagesOf(tb testing.TB, rows []Row) (pages []*Page) {
	for part := range slices.Chunk(rows, PageRowsMax) {
		p, err := EncodePage(EntityID{}, Cursor{Incarnation{1}, FeedNumber(len(rows))}, part)
		if err != nil {
			tb.Fatal(err)
		}
		pages = append(pages, p)
	}
	return pages
}

// BenchmarkWireD reports the bytes of a day's work as one sealed segment (design 7.1).
func BenchmarkWireD(b *testing.B) {
	w, o, prev, changes := dayD(1)
	raw, err := SealSegment(w.key, o, prev, changes)
	if err != nil {
		b.Fatal(err)
	}
	pub := w.key.Public().(ed25519.PublicKey)
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := SealSegment(w.key, o, prev, changes); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(raw)), "B")
		b.ReportMetric(float64(len(raw))/float64(len(changes)), "B/change")
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			s, err := ParseSegment(raw)
			if err != nil {
				b.Fatal(err)
			}
			if err := s.Verify(pub); err != nil {
				b.Fatal(err)
			}
			got, err := s.Changes()
			if err != nil {
				b.Fatal(err)
			}
			n += len(got)
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "changes/s")
	})
}

// BenchmarkWireY reports the bytes of a commune's register as pages (design 7.1).
func BenchmarkWireY(b *testing.B) {
	rows := registerY(1)
	pages := pagesOf(b, rows)
	size := 0
	for _, p := range pages {
		size += len(EncodeFrame(p))
	}
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			pagesOf(b, rows)
		}
		b.ReportMetric(float64(size), "B")
		b.ReportMetric(float64(size)/float64(len(rows)), "B/state")
		b.ReportMetric(float64(len(pages)), "pages")
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		start := time.Now()
		for b.Loop() {
			for _, p := range pages {
				got, err := p.Rows()
				if err != nil {
					b.Fatal(err)
				}
				n += len(got)
			}
		}
		b.ReportMetric(float64(n)/time.Since(start).Seconds(), "states/s")
	})
}

// BenchmarkWireState reports the size of one stored state and what it costs to store and read it.
func BenchmarkWireState(b *testing.B) {
	_, _, _, changes := dayD(1)
	i := slices.IndexFunc(changes, func(c Change) bool { return c.Kind == kindDose })
	s := stateOf(&changes[i])
	stored := AppendState(nil, s)
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		var room []byte
		for b.Loop() {
			room = AppendState(room[:0], s)
		}
		b.ReportMetric(float64(len(stored)), "B")
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := DecodeState(stored); err != nil {
				b.Fatal(err)
			}
		}
	})
}
