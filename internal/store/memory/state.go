package memory

import (
	"fmt"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// State implements store.NodeTx. States are immutable, so it is the one that was put.
func (t *tx) State(id p.EntityID) (*p.State, error) {
	s, _ := t.states.get(id)
	return s, t.reading()
}

// PutState implements store.NodeTx. A new entity that is there already is an error: the caller has lost track of what
// it read, and would have overwritten it.
func (t *tx) PutState(s *p.State, isNew bool) error {
	if isNew && t.states.has(s.ID) {
		return fmt.Errorf("the new entity %s is there already", s.ID)
	}
	return set(t, &t.states, s.ID, s)
}

// DeleteState implements store.NodeTx.
func (t *tx) DeleteState(id p.EntityID) error { return remove(t, &t.states, id) }

// EachState implements store.NodeTx; by id.
func (t *tx) EachState(fn func(*p.State) error) error {
	if err := t.reading(); err != nil {
		return err
	}
	for _, s := range t.states.all() {
		if err := fn(s); err != nil {
			return err
		}
	}
	return nil
}

// PutEdit implements store.NodeTx. An edit that is there already stays where it is.
func (t *tx) PutEdit(entity p.EntityID, d p.Dot) error {
	if err := t.writing(); err != nil {
		return err
	}
	at := placed{of: entity}
	for k, known := range numbered(&t.edits, entity) {
		if known == d {
			return nil
		}
		at.n = k.n
	}
	at.n++
	t.edits.set(at, d)
	return nil
}

// Edits implements store.NodeTx.
func (t *tx) Edits(entity p.EntityID) ([]p.Dot, error) {
	var out []p.Dot
	for _, d := range numbered(&t.edits, entity) {
		out = append(out, d)
	}
	return out, t.reading()
}

// PutMember implements store.NodeTx.
func (t *tx) PutMember(subject, entity p.EntityID) error {
	return set(t, &t.members, two{subject, entity}, struct{}{})
}

// DeleteMember implements store.NodeTx.
func (t *tx) DeleteMember(subject, entity p.EntityID) error {
	return remove(t, &t.members, two{subject, entity})
}

// Members implements store.NodeTx; by id.
func (t *tx) Members(subject p.EntityID) ([]p.EntityID, error) {
	var out []p.EntityID
	for k := range of(&t.members, subject) {
		out = append(out, k.id)
	}
	return out, t.reading()
}

// MemberStates implements store.NodeTx; by id.
func (t *tx) MemberStates(subject p.EntityID, have func(p.EntityID) bool) ([]store.Member, error) {
	var out []store.Member
	for k := range of(&t.members, subject) {
		m := store.Member{Entity: k.id}
		if !have(k.id) {
			m.State, _ = t.states.get(k.id)
		}
		out = append(out, m)
	}
	return out, t.reading()
}
