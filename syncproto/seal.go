package syncproto

import (
	"crypto/ed25519"
	"fmt"
	"math"
)

// segmentDomain begins every message that seals a segment, so that no other signature of a device can
// be taken for one.
const segmentDomain = "tramy segment 1"

// SealSegment makes one segment of changes, which are of one log and follow each other; prev is
// h(First-1), opening belongs to a log's first segment and to no other. The bytes are what is stored,
// forwarded and sent in a SegmentFrame.
func SealSegment(key ed25519.PrivateKey, opening *Opening, prev Hash, changes []Change) ([]byte, error) {
	if err := checkRun(opening, prev, changes); err != nil {
		return nil, err
	}
	return sealRun(key, opening, prev, changes)
}

func checkRun(opening *Opening, prev Hash, changes []Change) error {
	if len(changes) == 0 {
		return fmt.Errorf("segment without changes: %w", ErrInvalid)
	}
	first := changes[0].Dot
	if (opening != nil) != (first.Seq == 1) {
		return fmt.Errorf("segment from %s: opening where none belongs, or none where one does: %w", first, ErrInvalid)
	}
	if first.Seq == 1 && prev != ChainStart(first.Log) {
		return fmt.Errorf("segment from %s: a log begins with h(0): %w", first, ErrInvalid)
	}
	if int64(first.Seq)+int64(len(changes))-1 > math.MaxUint32 {
		return fmt.Errorf("segment from %s: Seq beyond 32 bits: %w", first, ErrInvalid)
	}
	for i := range changes {
		c := &changes[i]
		if c.Dot != (Dot{first.Log, first.Seq + Seq(i)}) {
			return fmt.Errorf("segment from %s: %s does not follow: %w", first, c.Dot, ErrInvalid)
		}
		if err := c.Check(); err != nil {
			return err
		}
	}
	return nil
}

func sealRun(key ed25519.PrivateKey, opening *Opening, prev Hash, changes []Change) ([]byte, error) {
	first := changes[0].Dot
	if len(changes) > SegmentChangesMax {
		return nil, fmt.Errorf("segment from %s: %d changes: %w", first, len(changes), ErrLimit)
	}
	payload, ends, err := encodeChanges(first.Log, changes)
	if err != nil {
		return nil, fmt.Errorf("segment from %s: %w", first, err)
	}
	s := &Segment{
		Version: SegmentVersion, Log: first.Log, First: first.Seq, Count: uint32(len(changes)),
		Prev: prev.Short(), Opening: opening,
	}
	s.Payload, s.Dictionary = smallest(payload, ends, effortSegment)
	copy(s.Signature[:], ed25519.Sign(key, s.message()))
	raw := s.Raw()
	if len(raw) > FrameSizeBytesMax {
		return nil, fmt.Errorf("segment from %s: %d bytes: %w", first, len(raw), ErrTooLarge)
	}
	return raw, nil
}

// Seal makes as many segments of a run of changes as it takes for each to have about SegmentCutBytes of
// payload: what a broken link has to send again. It cuts between acts only: changes that follow each
// other with one At are one act, up to ActChangesMax of them. A single act may make a greater segment.
func Seal(key ed25519.PrivateKey, opening *Opening, prev Hash, changes []Change) ([][]byte, error) {
	if err := checkRun(opening, prev, changes); err != nil {
		return nil, err
	}
	borders := actEnds(changes)
	var out [][]byte
	perChange := 12.0 // bytes, learned from the segment before
	for start := 0; start < len(changes); {
		end := borderBefore(borders, start, start+int(SegmentCutBytes/perChange))
		var raw []byte
		for {
			var err error
			if raw, err = sealRun(key, opening, prev, changes[start:end]); err != nil {
				// Too large before compression, or too many: half as many acts will do, unless it is one.
				if half := borderBefore(borders, start, (start+end)/2); half < end {
					end = half
					continue
				}
				return nil, err
			}
			perChange = max(0.5, float64(len(raw))/float64(end-start))
			better := borderBefore(borders, start, start+int(SegmentCutBytes/perChange))
			if len(raw) <= SegmentCutBytes+SegmentCutBytes/4 || better >= end {
				break
			}
			end = better
		}
		out = append(out, raw)
		for ; start < end; start++ {
			prev = prev.Next(&changes[start])
		}
		opening = nil
	}
	return out, nil
}

// actEnds returns, ascending, the indexes after which an act ends.
func actEnds(changes []Change) (ends []int) {
	for i, length := 1, 1; i <= len(changes); i, length = i+1, length+1 {
		if i == len(changes) || changes[i].At != changes[i-1].At || length == ActChangesMax {
			ends = append(ends, i)
			length = 0
		}
	}
	return ends
}

// borderBefore returns the greatest act border in (start, want], or the first after start.
func borderBefore(borders []int, start, want int) int {
	want = min(want, start+SegmentChangesMax)
	best := 0
	for _, b := range borders {
		if b > start && (best == 0 || b <= want) {
			best = b
		}
		if b > want && best > 0 {
			break
		}
	}
	return best
}

// Raw returns the segment's bytes: exactly those that were parsed, since they have one form.
func (s *Segment) Raw() []byte {
	w := newWriter(s.unsigned(make([]byte, 0, len(s.Payload)+256)))
	w.bin(s.Signature[:])
	return w.done()
}

// message is what the device signs: the domain and everything before the signature.
func (s *Segment) message() []byte {
	return s.unsigned(append(make([]byte, 0, len(s.Payload)+256), segmentDomain...))
}

func (s *Segment) unsigned(b []byte) []byte {
	w := newWriter(b)
	w.array(9)
	w.uint(uint64(s.Version))
	w.bin(s.Log[:])
	w.uint(uint64(s.First))
	w.uint(uint64(s.Count))
	if s.First == 1 {
		w.nil() // h(0) follows from the log
	} else {
		w.bin(s.Prev[:])
	}
	if o := s.Opening; o == nil {
		w.nil()
	} else {
		w.array(4)
		w.bin(o.Device[:])
		w.bin(o.Random[:])
		w.fixed(o.Follows[:])
		w.fixed(o.FollowsHash[:])
	}
	w.uint(uint64(s.Dictionary))
	w.bin(s.Payload)
	return w.done()
}

// ParseSegment reads a segment's header and checks its limits; the payload is neither decompressed nor
// copied, the signature not verified.
func ParseSegment(raw []byte) (*Segment, error) {
	r := &reader{b: raw, what: "segment"}
	if len(raw) > FrameSizeBytesMax {
		r.fail(ErrTooLarge, "%d bytes", len(raw))
		return nil, r.err
	}
	s := &Segment{}
	r.arrayOf(9)
	s.Version = uint8(r.uint(math.MaxUint8))
	if r.err == nil && s.Version != SegmentVersion {
		r.fail(ErrVersion, "version %d", s.Version)
	}
	r.binOf(s.Log[:])
	s.First = Seq(r.uint(math.MaxUint32))
	s.Count = uint32(r.uint(math.MaxUint32))
	if r.err == nil && s.First == 1 {
		if s.Prev = ChainStart(s.Log).Short(); !r.null() {
			r.fail(ErrNotCanonical, "h(0) written out")
		}
	} else {
		r.binOf(s.Prev[:])
	}
	if !r.null() {
		o := &Opening{}
		r.arrayOf(4)
		r.binOf(o.Device[:])
		r.binOf(o.Random[:])
		r.fixed(o.Follows[:])
		r.fixed(o.FollowsHash[:])
		s.Opening = o
	}
	s.Dictionary = uint8(r.uint(math.MaxUint8))
	s.Payload = r.bin(FrameSizeBytesMax)
	r.binOf(s.Signature[:])
	if err := r.end(); err != nil {
		return nil, err
	}
	switch {
	case !s.Log.Valid() || s.Log.IsZero() || s.First == 0:
		r.fail(ErrInvalid, "log %s from %d", s.Log, s.First)
	case s.Count > SegmentChangesMax:
		r.fail(ErrLimit, "%d changes", s.Count)
	case s.Count == 0 || int64(s.First)+int64(s.Count)-1 > math.MaxUint32:
		r.fail(ErrInvalid, "%d changes from %d", s.Count, s.First)
	case (s.Opening != nil) != (s.First == 1):
		r.fail(ErrInvalid, "opening where none belongs, or none where one does")
	case s.Dictionary > dictionaryFirst:
		r.fail(ErrVersion, "dictionary %d", s.Dictionary)
	case s.Opening != nil && (!s.Opening.Device.Valid() || !s.Opening.Follows.Valid()):
		r.fail(ErrInvalid, "opening")
	}
	if r.err != nil {
		return nil, r.err
	}
	return s, nil
}

// Verify checks that the device with this key signed the segment: ErrSignature if not.
func (s *Segment) Verify(key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, s.message(), s.Signature[:]) {
		return fmt.Errorf("segment from %s: %w", Dot{s.Log, s.First}, ErrSignature)
	}
	return nil
}

// CheckOpening checks, for a log's first segment, that the log belongs to the device with this key:
// ErrOpening if not. Other segments have no opening and pass; the chain ties them to the first.
func (s *Segment) CheckOpening(key ed25519.PublicKey) error {
	if s.First != 1 && s.Opening == nil {
		return nil
	}
	if s.Opening == nil || s.First != 1 || NewLogID(key, s.Opening.Random) != s.Log {
		return fmt.Errorf("segment from %s: %w", Dot{s.Log, s.First}, ErrOpening)
	}
	return nil
}

// Changes decompresses and decodes the segment's changes, strictly and within the limits.
func (s *Segment) Changes() ([]Change, error) {
	payload, dictionary, err := decompress(s.Payload, SegmentDecodedBytesMax)
	if err == nil && dictionary != s.Dictionary {
		err = fmt.Errorf("dictionary %d, header says %d: %w", dictionary, s.Dictionary, ErrNotCanonical)
	}
	if err != nil {
		return nil, fmt.Errorf("segment from %s: %w", Dot{s.Log, s.First}, err)
	}
	if s.Count == 0 || s.Count > SegmentChangesMax {
		return nil, fmt.Errorf("segment of %d changes: %w", s.Count, ErrLimit)
	}
	return decodeChanges(s.Log, s.First, int(s.Count), payload)
}
