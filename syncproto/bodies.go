package syncproto

import (
	"fmt"
	"math"
)

// EncodeFrame returns f as it travels: length, type, body. The bytes of one frame are the same every
// time, so a Heads can be kept as proof.
func EncodeFrame(f Frame) []byte {
	content := encodeBody(f)
	out := appendFrameHead(make([]byte, 0, len(content)+6), len(content), f.FrameType())
	return append(out, content...)
}

// DecodeFrame reads one frame; all of b must be consumed. A SegmentFrame and a Page alias b.
func DecodeFrame(b []byte) (Frame, error) {
	n, t, head, err := frameHead(b)
	if err != nil {
		return nil, err
	}
	if len(b)-head != n {
		class := ErrTruncated
		if len(b)-head > n {
			class = ErrNotCanonical
		}
		return nil, fmt.Errorf("frame of %d bytes, %d are there: %w", n, len(b)-head, class)
	}
	return decodeBody(t, b[head:])
}

func encodeBody(f Frame) []byte {
	b := newBody()
	switch f := f.(type) {
	case *Hello:
		f.encode(b)
	case *SegmentFrame:
		return f.Raw
	case *Let:
		b.fixed(f.Log[:])
		b.uint(uint64(f.In))
		b.uint(uint64(f.Reason))
	case *Logs:
		b.list(len(f.Heads), func(i int, e *body) {
			h := &f.Heads[i]
			e.fixed(h.Log[:])
			e.uint(uint64(h.Seq))
			e.fixed(h.Hash[:])
		})
	case *Range:
		b.fixed(f.Scope[:])
		b.fixed(f.From[:])
		b.fixed(f.To[:])
		b.uint(uint64(f.Count))
		b.fixed(f.Sum[:])
	case *Want:
		b.fixed(f.Scope[:])
		b.marks(f.Marks)
	case *RequestEnd:
		b.uint(uint64(f.Segments))
	case *Heads:
		w := newWriter(nil)
		w.array(2)
		w.raw(f.signed())
		w.bin(f.Signature[:])
		return w.done()
	case *Scopes:
		b.places(f.Places)
	case *Page:
		b.fixed(f.Scope[:])
		b.fixed(f.After.Incarnation[:])
		b.uint(uint64(f.After.Number))
		b.uint(uint64(f.Count))
		b.w.bin(f.Payload)
		b.did(len(f.Payload) == 0)
	case *Fingerprint:
		b.fixed(f.Scope[:])
		b.fixed(f.At.Incarnation[:])
		b.uint(uint64(f.At.Number))
		b.fixed(f.Sum[:])
	case *Lookup:
		b.fixed(f.Nonce[:])
		b.fixed(f.Actor[:])
		b.terms(f.Terms)
		b.uint(uint64(f.WaitMS))
	case *Choose:
		b.fixed(f.Nonce[:])
		b.fixed(f.Actor[:])
		b.fixed(f.Ticket[:])
		b.uint(uint64(f.WaitMS))
	case *Candidates:
		b.bool(f.Partial)
		b.list(len(f.List), func(i int, e *body) {
			e.fixed(f.List[i].Ticket[:])
			e.terms(f.List[i].Shown)
		})
		b.bool(f.More)
		b.uint(uint64(f.RetryAfter))
	case *LookupEnd:
		b.fixed(f.Signature[:])
	case *Part:
		b.fixed(f.Scope[:])
		b.fixed(f.From[:])
		b.fixed(f.To[:])
		b.uint(uint64(f.Count))
		b.fixed(f.Sum[:])
		b.marks(f.Marks)
	case *Known:
		b.fixed(f.Scope[:])
		b.places(f.Entities)
	case *RootSum:
		w := newWriter(nil)
		w.array(2)
		w.raw(f.signed())
		w.bin(f.Signature[:])
		return w.done()
	case *Move:
		w := newWriter(nil)
		w.array(2)
		w.raw(f.signed())
		w.bin(f.Signature[:])
		return w.done()
	case *Backup:
		b.bool(f.Made)
		b.uint(uint64(f.AgeS))
	case *Returned:
		b.uint(uint64(f.At))
		b.w.bin(f.Raw)
		b.did(len(f.Raw) == 0)
	case *Ends:
		b.list(len(f.Logs), func(i int, e *body) {
			e.fixed(f.Logs[i].Log[:])
			e.uint(uint64(f.Logs[i].Seq))
		})
	case *Notice:
		b.int(f.WallMS)
		b.uint(uint64(f.ComeBack))
		b.text(f.Message)
		b.text(f.Software)
		b.places(f.Above)
	case *ResponseEnd:
		b.bool(f.More)
		b.bool(f.WantSums)
		b.fixed(f.Level.Incarnation[:])
		b.uint(uint64(f.Level.Number))
	case *Refusal:
		b.uint(uint64(f.Code))
		b.uint(uint64(f.RetryAfter))
		b.text(f.Message)
	}
	return b.done()
}

// places writes a list of entity ids, zero among them.
func (b *body) places(ids []EntityID) {
	b.w.array(len(ids))
	for i := range ids {
		b.w.fixed(ids[i][:])
	}
	b.did(len(ids) == 0)
}

func (b *body) marks(marks []Mark) {
	b.list(len(marks), func(i int, e *body) {
		e.fixed(marks[i].Entity[:])
		e.fixed(marks[i].Hash[:])
	})
}

// signed is what a RootSum signs besides its domain.
func (f *RootSum) signed() []byte {
	b := newBody()
	b.fixed(f.Scope[:])
	b.fixed(f.At.Incarnation[:])
	b.uint(uint64(f.At.Number))
	b.int(f.WallMS)
	b.fixed(f.Sum[:])
	return b.done()
}

// decodeBody is the inverse of encodeBody.
func decodeBody(t FrameType, content []byte) (Frame, error) {
	r := &reader{b: content, what: fmt.Sprintf("frame %d", t)}
	var f Frame
	switch t {
	case FrameHello:
		f = r.hello()
	case FrameSegment:
		if len(content) == 0 {
			r.fail(ErrTruncated, "no segment")
			return nil, r.err
		}
		return &SegmentFrame{Raw: content}, nil // its own format; ParseSegment checks it
	case FrameLet:
		b := r.body(3)
		f = &Let{Log: b.log(), In: Seq(b.uint(math.MaxUint32)), Reason: HoldReason(b.uint(math.MaxUint8))}
	case FrameLogs:
		b := r.body(1)
		g := &Logs{Heads: make([]LogMark, b.count(LogsMax))}
		for i := range g.Heads {
			e := r.body(3)
			g.Heads[i].Log, g.Heads[i].Seq = e.log(), Seq(e.uint(math.MaxUint32))
			if e.fixed(g.Heads[i].Hash[:]); r.err != nil {
				break
			}
		}
		f = g
	case FrameRange:
		b := r.body(5)
		g := &Range{Scope: b.scope(), From: b.scope(), To: b.scope(), Count: uint32(b.uint(math.MaxUint32))}
		b.fixed(g.Sum[:])
		r.border(g.From, g.To)
		f = g
	case FrameWant:
		b := r.body(2)
		g := &Want{Scope: b.scope(), Marks: b.marks()}
		if r.err == nil && len(g.Marks) == 0 {
			r.fail(ErrInvalid, "nothing wanted")
		}
		f = g
	case FrameRequestEnd:
		f = &RequestEnd{Segments: uint32(r.body(1).uint(math.MaxUint32))}
	case FrameHeads:
		f = r.heads()
	case FrameScopes:
		f = &Scopes{Places: r.body(1).places(ScopesMax)}
	case FramePage:
		b := r.body(5)
		g := &Page{Scope: b.scope(), After: b.cursor(), Count: uint32(b.uint(math.MaxUint32))}
		if r.err == nil && g.Count > PageRowsMax {
			r.fail(ErrLimit, "page of %d rows", g.Count)
		}
		if b.more() {
			g.Payload = r.bin(FrameSizeBytesMax)
		}
		f = g
	case FrameFingerprint:
		b := r.body(4)
		g := &Fingerprint{Scope: b.scope(), At: b.cursor()}
		b.fixed(g.Sum[:])
		f = g
	case FrameLookup:
		b := r.body(4)
		g := &Lookup{}
		b.fixed(g.Nonce[:])
		g.Actor, g.Terms, g.WaitMS = b.scope(), b.terms(), uint32(b.uint(math.MaxUint32))
		if r.err == nil && len(g.Terms) == 0 {
			r.fail(ErrInvalid, "nothing asked")
		}
		f = g
	case FrameChoose:
		b := r.body(4)
		g := &Choose{}
		b.fixed(g.Nonce[:])
		g.Actor = b.scope()
		b.fixed(g.Ticket[:])
		g.WaitMS = uint32(b.uint(math.MaxUint32))
		f = g
	case FrameCandidates:
		f = r.candidates()
	case FrameLookupEnd:
		g := &LookupEnd{}
		r.body(1).fixed(g.Signature[:])
		f = g
	case FramePart:
		b := r.body(6)
		g := &Part{Scope: b.scope(), From: b.scope(), To: b.scope(), Count: uint32(b.uint(math.MaxUint32))}
		b.fixed(g.Sum[:])
		g.Marks = b.marks()
		r.border(g.From, g.To)
		if r.err == nil && (len(g.Marks) > 0 && g.Count > 0 || g.Count == 0 && g.Sum != Sum{}) {
			r.fail(ErrInvalid, "part with a count and a list")
		}
		f = g
	case FrameKnown:
		b := r.body(2)
		g := &Known{Scope: b.scope(), Entities: b.places(MarksMax)}
		for i := range g.Entities {
			if g.Entities[i].IsZero() || i > 0 && g.Entities[i-1].Compare(g.Entities[i]) >= 0 {
				r.fail(ErrInvalid, "entities out of order")
				break
			}
		}
		if r.err == nil && len(g.Entities) == 0 {
			r.fail(ErrInvalid, "nothing known")
		}
		f = g
	case FrameRootSum:
		r.arrayOf(2)
		b := r.body(5)
		g := &RootSum{Scope: b.scope(), At: b.cursor(), WallMS: b.int()}
		b.fixed(g.Sum[:])
		r.binOf(g.Signature[:])
		f = g
	case FrameBackup:
		b := r.body(2)
		g := &Backup{Made: b.bool(), AgeS: uint32(b.uint(math.MaxUint32))}
		if r.err == nil && !g.Made && g.AgeS > 0 {
			r.fail(ErrInvalid, "age of no backup")
		}
		f = g
	case FrameReturned:
		b := r.body(2)
		g := &Returned{At: Seq(b.uint(math.MaxUint32))}
		if b.more() {
			g.Raw = r.bin(FrameSizeBytesMax)
		}
		f = g
	case FrameEnds:
		b := r.body(1)
		g := &Ends{Logs: make([]LogEnd, b.count(LogsMax))}
		for i := range g.Logs {
			e := r.body(2)
			g.Logs[i] = LogEnd{Log: e.log(), Seq: Seq(e.uint(math.MaxUint32))}
			if r.err == nil && g.Logs[i].Seq == 0 {
				r.fail(ErrInvalid, "an end of nothing")
			}
			if r.err != nil {
				break
			}
		}
		if r.err == nil && len(g.Logs) == 0 {
			r.fail(ErrInvalid, "no ends")
		}
		f = g
	case FrameMove:
		f = r.move()
	case FrameNotice:
		b := r.body(5)
		f = &Notice{
			WallMS: b.int(), ComeBack: uint32(b.uint(math.MaxUint32)), Message: b.text(MessageBytesMax),
			Software: b.text(SoftwareBytesMax), Above: b.places(PathMax),
		}
	case FrameResponseEnd:
		b := r.body(4)
		f = &ResponseEnd{More: b.bool(), WantSums: b.bool(), Level: b.cursor()}
	case FrameRefusal:
		b := r.body(3)
		f = &Refusal{
			Code: RefusalCode(b.uint(math.MaxUint16)), RetryAfter: uint32(b.uint(math.MaxUint32)),
			Message: b.text(MessageBytesMax),
		}
	default:
		return nil, fmt.Errorf("frame of unknown type %d: %w", t, ErrVersion)
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	if string(encodeBody(f)) != string(content) {
		r.fail(ErrNotCanonical, "elements that should be left out")
		return nil, r.err
	}
	return f, nil
}

func (b *bodyReader) cursor() (c Cursor) {
	b.fixed(c.Incarnation[:])
	c.Number = FeedNumber(b.uint64())
	return c
}

// border checks that a range does not end before it begins.
func (r *reader) border(from, to EntityID) {
	if r.err == nil && !to.IsZero() && from.Compare(to) >= 0 {
		r.fail(ErrInvalid, "range ends before it begins")
	}
}

func (b *bodyReader) marks() []Mark {
	n := b.count(MarksMax)
	if n == 0 {
		return nil
	}
	marks := make([]Mark, n)
	for i := range marks {
		e := b.reader.body(2)
		marks[i].Entity = e.scope()
		e.fixed(marks[i].Hash[:])
		if b.err == nil && (marks[i].Entity.IsZero() || i > 0 && marks[i-1].Entity.Compare(marks[i].Entity) >= 0) {
			b.fail(ErrInvalid, "entities out of order")
		}
		if b.err != nil {
			return nil
		}
	}
	return marks
}

func (b *bodyReader) places(limit int) []EntityID {
	n := b.count(limit)
	if n == 0 {
		return nil
	}
	places := make([]EntityID, n)
	for i := range places {
		if b.reader.fixed(places[i][:]); b.err == nil && !places[i].IsZero() && !places[i].Valid() {
			b.fail(ErrInvalid, "entity id")
		}
		if b.err != nil {
			return nil
		}
	}
	return places
}
