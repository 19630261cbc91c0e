package syncproto

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"
)

// StateHash returns the first 16 bytes of SHA-256 over s's id and, per field, its dots and data. What
// may differ between nodes that hold the same values (Seen, Gone) and what follows from the dot (At,
// Actor, Kind) stays out. Fingerprints are sums of it (I8).
func StateHash(s *State) [16]byte {
	w := newHashing()
	w.array(2)
	w.bin(s.ID[:])
	w.array(len(s.Fields))
	for i := range s.Fields {
		f := &s.Fields[i]
		w.array(2)
		w.uint(uint64(f.Field))
		w.array(len(f.Values))
		for j := range f.Values {
			v := &f.Values[j]
			w.array(3)
			w.bin(v.Dot.Log[:])
			w.uint(uint64(v.Dot.Seq))
			w.data(&v.Data)
		}
	}
	h := w.sum()
	return [16]byte(h[:16])
}

// Add returns s with one more state hash in it, modulo 2^128.
func (s Sum) Add(h [16]byte) Sum {
	lo, carry := bits.Add64(binary.BigEndian.Uint64(s[8:]), binary.BigEndian.Uint64(h[8:]), 0)
	hi, _ := bits.Add64(binary.BigEndian.Uint64(s[:8]), binary.BigEndian.Uint64(h[:8]), carry)
	return newSum(hi, lo)
}

// Sub returns s without a state hash that is in it, modulo 2^128.
func (s Sum) Sub(h [16]byte) Sum {
	lo, borrow := bits.Sub64(binary.BigEndian.Uint64(s[8:]), binary.BigEndian.Uint64(h[8:]), 0)
	hi, _ := bits.Sub64(binary.BigEndian.Uint64(s[:8]), binary.BigEndian.Uint64(h[:8]), borrow)
	return newSum(hi, lo)
}

func newSum(hi, lo uint64) (s Sum) {
	binary.BigEndian.PutUint64(s[:8], hi)
	binary.BigEndian.PutUint64(s[8:], lo)
	return s
}

// ScopesHash returns the first 8 bytes of SHA-256 over the places, in ascending order whatever the
// order given.
func ScopesHash(places []EntityID) [8]byte {
	if !slices.IsSortedFunc(places, EntityID.Compare) {
		places = slices.Clone(places)
		slices.SortFunc(places, EntityID.Compare)
	}
	h := sha256.New()
	for i := range places {
		h.Write(places[i][:])
	}
	return [8]byte(h.Sum(nil)[:8])
}

// Digest returns the first 16 bytes of SHA-256 over (scope ‖ sum), ascending by scope whatever the
// order given: one number that says whether two nodes agree about all of a child's scopes.
func Digest(sums []ScopeSum) [16]byte {
	byScope := func(a, b ScopeSum) int { return a.Scope.Compare(b.Scope) }
	if !slices.IsSortedFunc(sums, byScope) {
		sums = slices.Clone(sums)
		slices.SortFunc(sums, byScope)
	}
	h := sha256.New()
	for i := range sums {
		h.Write(sums[i].Scope[:])
		h.Write(sums[i].Sum[:])
	}
	return [16]byte(h.Sum(nil)[:16])
}
