package syncproto

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
)

// RequestHandler receives the frames of a request, in an order that has been checked. An error of its
// own ends the reading and is returned as it is.
type RequestHandler interface {
	Hello(*Hello) error
	Segment(*SegmentFrame) error
	Let(*Let) error
	Logs(*Logs) error
	Range(*Range) error
	Want(*Want) error
	RequestEnd(*RequestEnd) error
}

// BackupHandler is implemented by a RequestHandler that wants to hear of the child's backups as well.
type BackupHandler interface {
	Backup(*Backup) error
}

// EndsHandler is implemented by a RequestHandler that wants to know how far the child's own logs reach before they come.
type EndsHandler interface {
	Ends(*Ends) error
}

// ResponseHandler receives the frames of an answer, in an order that has been checked.
type ResponseHandler interface {
	Refusal(*Refusal) error
	Heads(*Heads) error
	Scopes(*Scopes) error
	Page(*Page) error
	Fingerprint(*Fingerprint) error
	Part(*Part) error
	Known(*Known) error
	RootSum(*RootSum) error
	Notice(*Notice) error
	ResponseEnd(*ResponseEnd) error
}

// ReturnedHandler is implemented by a ResponseHandler that wants its own segments back.
type ReturnedHandler interface {
	Returned(*Returned) error
}

// MoveHandler is implemented by a RequestHandler or a ResponseHandler that wants to hear where a hub is to be found.
type MoveHandler interface {
	Move(*Move) error
}

// moved hands a Move to who wants it.
func moved(h any, m *Move) error {
	if h, ok := h.(MoveHandler); ok {
		return h.Move(m)
	}
	return nil
}

// ReadRequest reads a request: Hello, any number of Segment, Let, Logs, Range, Want, Backup, Ends and Move, RequestEnd with the
// number of the first two, nothing behind. What was handed to h before an error counts: whole segments of a cut request are kept.
func ReadRequest(r io.Reader, h RequestHandler) error {
	frames := NewFrameReader(r)
	var hello, ended bool
	sent, ranges := uint32(0), 0
	return readFrames(frames, &ended, func(f Frame) error {
		if frames.read > RequestSizeBytesMax {
			return fmt.Errorf("request of more than %d bytes: %w", RequestSizeBytesMax, ErrTooLarge)
		}
		if g, ok := f.(*Hello); ok && !hello {
			hello = true
			return h.Hello(g)
		}
		if !hello {
			return outOfOrder(f)
		}
		switch f.(type) {
		case *SegmentFrame, *Let:
			if sent++; sent > RequestSegmentsMax {
				return fmt.Errorf("request of more than %d segments: %w", RequestSegmentsMax, ErrLimit)
			}
		case *Range, *Want:
			if ranges++; ranges > RequestRangesMax {
				return fmt.Errorf("request of more than %d ranges: %w", RequestRangesMax, ErrLimit)
			}
		}
		switch f := f.(type) {
		case *SegmentFrame:
			return h.Segment(f)
		case *Let:
			return h.Let(f)
		case *Logs:
			return h.Logs(f)
		case *Range:
			return h.Range(f)
		case *Want:
			return h.Want(f)
		case *Backup:
			if b, ok := h.(BackupHandler); ok {
				return b.Backup(f)
			}
			return nil
		case *Ends:
			if e, ok := h.(EndsHandler); ok {
				return e.Ends(f)
			}
			return nil
		case *Move:
			return moved(h, f)
		case *RequestEnd:
			if f.Segments != sent {
				return fmt.Errorf("%d segments, RequestEnd says %d: %w", sent, f.Segments, ErrOrder)
			}
			ended = true
			return h.RequestEnd(f)
		}
		return outOfOrder(f)
	})
}

// ReadResponse reads an answer: a lone Refusal; or Heads, any number of Scopes, Page, Fingerprint, Part,
// Known, RootSum, Notice, Returned and Move, ResponseEnd, nothing behind. Whole pages of a cut answer have been handed to h.
func ReadResponse(r io.Reader, h ResponseHandler) error {
	var heads, ended bool
	return readFrames(NewFrameReader(r), &ended, func(f Frame) error {
		if !heads {
			switch f := f.(type) {
			case *Heads:
				heads = true
				return h.Heads(f)
			case *Refusal:
				ended = true
				return h.Refusal(f)
			}
			return outOfOrder(f)
		}
		switch f := f.(type) {
		case *Scopes:
			return h.Scopes(f)
		case *Page:
			return h.Page(f)
		case *Fingerprint:
			return h.Fingerprint(f)
		case *Part:
			return h.Part(f)
		case *Known:
			return h.Known(f)
		case *RootSum:
			return h.RootSum(f)
		case *Notice:
			return h.Notice(f)
		case *Returned:
			if b, ok := h.(ReturnedHandler); ok {
				return b.Returned(f)
			}
			return nil
		case *Move:
			return moved(h, f)
		case *ResponseEnd:
			ended = true
			return h.ResponseEnd(f)
		}
		return outOfOrder(f)
	})
}

func readFrames(r *FrameReader, ended *bool, take func(Frame) error) error {
	for {
		f, err := r.Read()
		switch {
		case errors.Is(err, io.EOF) && *ended:
			return nil
		case errors.Is(err, io.EOF):
			return cut(err)
		case err != nil:
			return err
		case *ended:
			return outOfOrder(f)
		}
		if err := take(f); err != nil {
			return err
		}
	}
}

func outOfOrder(f Frame) error {
	return fmt.Errorf("frame %d: %w", f.FrameType(), ErrOrder)
}

// headsDomain begins every message that signs a Heads.
const headsDomain = "tramy heads 1"

// message is what the hub signs: domain, child, nonce, content.
func (h *Heads) message(child EntityID, nonce [16]byte) []byte {
	m := append([]byte(headsDomain), child[:]...)
	m = append(m, nonce[:]...)
	return append(m, h.signed()...)
}

// SignHeads puts the hub's signature into h, for the child that sent nonce.
func SignHeads(h *Heads, key ed25519.PrivateKey, child EntityID, nonce [16]byte) {
	copy(h.Signature[:], ed25519.Sign(key, h.message(child, nonce)))
}

// Verify checks that the hub with this key signed h for this child and nonce: ErrSignature if not.
func (h *Heads) Verify(key ed25519.PublicKey, child EntityID, nonce [16]byte) error {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, h.message(child, nonce), h.Signature[:]) {
		return fmt.Errorf("heads: %w", ErrSignature)
	}
	return nil
}

// rootSumDomain begins every message that signs a RootSum.
const rootSumDomain = "tramy root sum 1"

// SignRootSum puts the root's signature into s.
func SignRootSum(s *RootSum, key ed25519.PrivateKey) {
	copy(s.Signature[:], ed25519.Sign(key, append([]byte(rootSumDomain), s.signed()...)))
}

// Verify checks that the root with this key signed s: ErrSignature if not.
func (s *RootSum) Verify(key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, append([]byte(rootSumDomain), s.signed()...), s.Signature[:]) {
		return fmt.Errorf("root sum: %w", ErrSignature)
	}
	return nil
}
