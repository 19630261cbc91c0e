package synth

import (
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// source is a stream of chance that follows from a seed and a name alone, so that what one stream draws moves
// no other.
type source struct{ *rand.Rand }

func newSource(seed uint64, name string) *source {
	return &source{rand.New(rand.NewPCG(seed, hash(name)))}
}

func hash(parts ...string) uint64 {
	h := fnv.New64a()
	for _, s := range parts {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// of reports true for n of a hundred; permille for n of a thousand.
func (s *source) of(n int) bool       { return s.IntN(100) < n }
func (s *source) permille(n int) bool { return s.IntN(1000) < n }

// between draws from lo to hi, both included.
func (s *source) between(lo, hi int) int { return lo + s.IntN(hi-lo+1) }

func (s *source) days(lo, hi int) registry.Day { return registry.Day(s.between(lo, hi)) }

func (s *source) pick(from []weighted) string {
	sum := 0
	for i := range from {
		sum += from[i].weight
	}
	n := s.IntN(sum)
	for i := range from {
		if n -= from[i].weight; n < 0 {
			return from[i].text
		}
	}
	return ""
}

func (s *source) one(from []string) string { return from[s.IntN(len(from))] }

// Read fills b with random bytes, for what wants a reader.
func (s *source) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(s.Uint32())
	}
	return len(b), nil
}

// entity is an id that follows from names and a number: valid, and nobody's.
func entity(name string, seq uint32) p.EntityID {
	var log p.LogID
	binary.BigEndian.PutUint64(log[:8], hash(name))
	return p.Dot{Log: log, Seq: p.Seq(seq + 1)}.Entity()
}
