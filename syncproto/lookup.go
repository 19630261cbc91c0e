package syncproto

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
)

// Term is one thing known about who is looked up: a field of a subject and its data.
type Term struct {
	Field Field
	Data  Data
}

// Lookup asks a hub, and those above it, for a subject that this node does not hold. The terms are data of
// a person, so they travel in a body and never in an address.
type Lookup struct {
	Nonce [16]byte
	Actor EntityID // who asks, for the access record
	Terms []Term   // ordered by field
	// WaitMS is for how many milliseconds the asker waits from now on, 0 if it does not say. Who asks further
	// up in turn says less, so that an answer comes even where nobody above gives one.
	WaitMS uint32
}

// Choose asks for the whole case of one candidate.
type Choose struct {
	Nonce  [16]byte
	Actor  EntityID
	Ticket [16]byte
	WaitMS uint32 // as in Lookup
}

// Candidate is a subject that may be the one, with no more than tells namesakes apart. Its ticket stands
// for it until the hub forgets it; equal tickets of one question are one subject.
type Candidate struct {
	Ticket [16]byte
	Shown  []Term // ordered by field
}

// Candidates answers a Lookup.
type Candidates struct {
	Partial bool // a hub above could not be asked: who is not here may be there
	List    []Candidate
	More    bool // others fit as well: more has to be known to tell them apart
	// RetryAfter is in how many seconds a hub above answers again that was asked too often; 0: none was. Where
	// it is not 0 the answer is partial.
	RetryAfter uint32
}

// LookupEnd closes the answer to Lookup or Choose.
type LookupEnd struct {
	// Signature is the hub's Ed25519 over "tramy lookup 1" ‖ child device ‖ nonce ‖ SHA-256 of the frames before.
	Signature [64]byte
}

// FrameType implements Frame.
func (*Lookup) FrameType() FrameType     { return FrameLookup }
func (*Choose) FrameType() FrameType     { return FrameChoose }
func (*Candidates) FrameType() FrameType { return FrameCandidates }
func (*LookupEnd) FrameType() FrameType  { return FrameLookupEnd }

// Ticket names a subject in the answer to the question with a nonce, to nobody but who holds the subject.
func Ticket(nonce [16]byte, id EntityID) [16]byte {
	h := sha256.Sum256(append(append([]byte("tramy ticket 1"), nonce[:]...), id[:]...))
	return [16]byte(h[:16])
}

func (b *body) terms(terms []Term) {
	b.list(len(terms), func(i int, e *body) {
		e.uint(uint64(terms[i].Field))
		e.w.data(&terms[i].Data)
		e.did(false)
	})
}

func (b *bodyReader) terms() []Term {
	n := b.count(TermsMax)
	if n == 0 {
		return nil
	}
	terms := make([]Term, n)
	for i := range terms {
		e := b.reader.body(2)
		terms[i].Field = Field(e.uint(math.MaxUint16))
		if e.more() {
			terms[i].Data = b.data(true)
		}
		if b.err == nil && (terms[i].Field == 0 || i > 0 && terms[i-1].Field >= terms[i].Field) {
			b.fail(ErrInvalid, "terms out of order")
		}
		if b.err != nil {
			return nil
		}
	}
	return terms
}

func (r *reader) candidates() *Candidates {
	b := r.body(4)
	f := &Candidates{Partial: b.bool()}
	n := b.count(CandidatesMax)
	if n > 0 {
		f.List = make([]Candidate, n)
	}
	for i := range f.List {
		e := r.body(2)
		e.fixed(f.List[i].Ticket[:])
		f.List[i].Shown = e.terms()
		if r.err != nil {
			return f
		}
	}
	f.More, f.RetryAfter = b.bool(), uint32(b.uint(math.MaxUint32))
	if r.err == nil && f.RetryAfter > 0 && !f.Partial {
		r.fail(ErrInvalid, "a whole answer of which a part was refused")
	}
	return f
}

// ReadLookup reads the request of a look-up: one Lookup or one Choose.
func ReadLookup(r io.Reader) (Frame, error) {
	frames := NewFrameReader(r)
	f, err := frames.Read()
	if err != nil {
		return nil, cutAtStart(err)
	}
	switch f.(type) {
	case *Lookup, *Choose:
	default:
		return nil, outOfOrder(f)
	}
	if g, err := frames.Read(); err == nil {
		return nil, outOfOrder(g)
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return f, nil
}

// LookupAnswer is the answer to a look-up as it was read: a Refusal, Candidates, or the pages of a case.
type LookupAnswer struct {
	Refusal    *Refusal
	Candidates *Candidates
	Pages      []*Page
}

// ReadLookupAnswer reads an answer and checks that the hub with key signed it for this child and nonce:
// ErrSignature if not. A Refusal is not signed.
func ReadLookupAnswer(r io.Reader, key ed25519.PublicKey, child EntityID, nonce [16]byte) (*LookupAnswer, error) {
	a := &LookupAnswer{}
	sum := sha256.New()
	ended := false
	err := readFrames(NewFrameReader(r), &ended, func(f Frame) error {
		switch f := f.(type) {
		case *Refusal:
			if a.Candidates != nil || len(a.Pages) > 0 {
				return outOfOrder(f)
			}
			a.Refusal, ended = f, true
			return nil
		case *Candidates:
			if a.Candidates != nil || len(a.Pages) > 0 {
				return outOfOrder(f)
			}
			a.Candidates = f
		case *Page:
			if a.Candidates != nil || len(a.Pages) >= LookupPagesMax {
				return outOfOrder(f)
			}
			a.Pages = append(a.Pages, f)
		case *LookupEnd:
			ended = true
			if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, lookupMessage(child, nonce, sum.Sum(nil)), f.Signature[:]) {
				return fmt.Errorf("answer to a look-up: %w", ErrSignature)
			}
			return nil
		default:
			return outOfOrder(f)
		}
		sum.Write(EncodeFrame(f))
		return nil
	})
	return a, err
}

// WriteLookupAnswer writes frames and the hub's signature over them.
func WriteLookupAnswer(w io.Writer, key ed25519.PrivateKey, child EntityID, nonce [16]byte, frames ...Frame) error {
	fw := NewFrameWriter(w)
	sum := sha256.New()
	for _, f := range frames {
		if err := fw.Write(f); err != nil {
			return err
		}
		sum.Write(EncodeFrame(f))
	}
	end := &LookupEnd{}
	copy(end.Signature[:], ed25519.Sign(key, lookupMessage(child, nonce, sum.Sum(nil))))
	return fw.Write(end)
}

func lookupMessage(child EntityID, nonce [16]byte, sum []byte) []byte {
	m := append([]byte("tramy lookup 1"), child[:]...)
	m = append(m, nonce[:]...)
	return append(m, sum...)
}

// cutAtStart tells an empty stream from one that ended where it may.
func cutAtStart(err error) error {
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return cut(err)
	}
	return err
}
