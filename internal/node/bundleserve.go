package node

import (
	"context"
	"fmt"
	"io"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// bundleAnswerBytes is how large an answer by file grows before it says that there is more. What comes behind its
// pages still fits into the limit of a bundle.
const bundleAnswerBytes = 32 << 20

// BundleServed is what a hub did with a request that came as a file.
type BundleServed struct {
	Request  uint64
	Segments uint64 // taken, known ones included
	Changes  uint32 // in segments that this hub did not have
	// Late says that the child was heard after it wrote this: nothing that its file says of it is news.
	Late bool
	More bool // the answer does not hold all; another round is wanted

	nonce   [16]byte
	w       io.Writer
	written int
}

// Begun reports whether some of the answer was written.
func (b *BundleServed) Begun() bool { return b.written > 0 }

// Write counts what the answer has.
func (b *BundleServed) Write(data []byte) (int, error) {
	k, err := b.w.Write(data)
	b.written += k
	return k, err
}

// ServeBundle is Serve for a request that came as a file, from a child whose signature was checked. The file said what
// number and nonce the request has, and MUST be right.
func (n *Node) ServeBundle(ctx context.Context, child p.EntityID, request uint64, nonce [16]byte, r io.Reader, w io.Writer) (BundleServed, error) {
	b := &BundleServed{Request: request, nonce: nonce, w: w}
	s := &serving{n: n, ctx: ctx, child: child, bundle: b}
	err := s.serve(r, b)
	b.Segments = s.taken
	return *b, err
}

// full reports whether the answer must end for now.
func (s *serving) full() bool { return s.bundle != nil && s.bundle.written >= bundleAnswerBytes }

// overtaken reports whether the child was heard after it wrote this request. It may have been set back since to the
// state in which it did, and is spared nothing then.
func (s *serving) overtaken() bool { return s.bundle != nil && s.bundle.Late }

// greetBundle compares the request with the last one heard of the child.
func (s *serving) greetBundle(tx store.Tx, h *p.Hello) error {
	if s.bundle == nil {
		return nil
	}
	if h.Request != s.bundle.Request || h.Nonce != s.bundle.nonce {
		return fmt.Errorf("the file names request %d, in it is %d: %w", s.bundle.Request, h.Request, p.ErrOrder)
	}
	row, err := tx.Child(s.child)
	s.bundle.Late = row != nil && row.Request > h.Request
	return err
}

// noteBundle is note for a file: what it says of the child is as old as the file, by the child's clock as far off as
// it was when last measured. A clock is not measured by it.
func (s *serving) noteBundle(tx store.Tx, row *store.ChildRow, st *standing) error {
	h := s.hello
	at := min(s.arrived, h.WallMS-row.ClockErrMS)
	row.ContactMS = max(row.ContactMS, at)
	if !s.bundle.Late {
		row.Request, row.Pending = h.Request, h.Pending
		s.noteBackup(row, at)
		if h.Intro != nil {
			row.Software = h.Intro.Software
		}
		if st != nil {
			row.Pending = 0
		}
		if st != nil && st.equal {
			row.LevelMS, row.UnequalMS = max(row.LevelMS, at), 0
		}
	}
	return tx.PutChild(row)
}

// count counts what a file brought that was not here.
func (s *serving) count(raw []byte, what taken) {
	if s.bundle == nil || what == takenKnown {
		return
	}
	if seg, err := p.ParseSegment(raw); err == nil {
		s.bundle.Changes += seg.Count
	}
}

// keepsPosition reports whether the position a child is at stays as it is: an old file brought nothing that was not
// here, and its child has sent more since.
func (s *serving) keepsPosition(tx store.Tx, pos p.Position) (bool, error) {
	if !s.overtaken() || s.bundle.Changes > 0 || s.listed {
		return false, nil
	}
	known, err := tx.ChildPositions(s.child)
	for _, k := range known {
		if k.Incarnation == pos.Incarnation && k.Number >= pos.Number {
			return true, err
		}
	}
	return false, err
}
