package node

import (
	"crypto/ed25519"

	p "tramy/syncproto"
)

// Announcer keeps, apart from the database, where this hub's children find it.
type Announcer interface {
	// Announced is the newest announcement of this hub, nil if there is none.
	Announced() *p.Move
	// KeepAnnounced keeps one that is later than that, durably: this hub was set back, and a child still has it.
	KeepAnnounced(*p.Move) error
}

// Move implements syncproto.MoveHandler for a request: a child knows a later announcement of this hub than the hub does. That
// the hub signed it is all that counts; who brings it, and when, does not.
func (s *serving) Move(m *p.Move) error {
	a, id := s.n.cfg.Announcer, s.n.Identity()
	if a == nil || m.Hub != id.Device || m.Verify(id.Answering().Public().(ed25519.PublicKey)) != nil {
		return nil
	}
	if own := a.Announced(); own != nil && own.Number >= m.Number {
		return nil
	}
	return a.KeepAnnounced(m)
}

// tellMove says where this hub is to be found, once on each connection and again when that has changed.
func (s *serving) tellMove(fw *p.FrameWriter) error {
	if s.n.cfg.Announcer == nil {
		return nil
	}
	m := s.n.cfg.Announcer.Announced()
	if m == nil {
		return nil
	}
	if told, ok := s.n.movesTold.Load(s.child); ok && told == m.Number && s.hello.Intro == nil && s.bundle == nil {
		return nil
	}
	if err := fw.Write(m); err != nil {
		return err
	}
	if s.bundle == nil { // a file may never arrive
		s.n.movesTold.Store(s.child, m.Number)
	}
	return nil
}

// Move implements syncproto.MoveHandler for an answer. What the hub did not sign, or another hub did, counts for nothing.
func (c *Call) Move(m *p.Move) error {
	if m.Hub != c.up.Device || m.Verify(c.up.Key) != nil {
		return nil
	}
	if c.res.Move == nil || c.res.Move.Number < m.Number {
		c.res.Move = m
	}
	return nil
}
