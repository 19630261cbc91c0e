package postgres

import (
	"tramy/internal/store"
	p "tramy/syncproto"
)

// State implements store.NodeTx.
func (t *tx) State(id p.EntityID) (*p.State, error) {
	var b []byte
	ok, err := t.one(`SELECT state FROM entity WHERE id = $1`, []any{id}, &b)
	if !ok || err != nil {
		return nil, err
	}
	return decodeState(id, b)
}

// PutState implements store.NodeTx. A new entity that is there already is an error: the caller has lost track of what it
// read, and would have overwritten it.
func (t *tx) PutState(s *p.State, isNew bool) error {
	b := encodeState(s)
	if isNew {
		if err := t.exec(`INSERT INTO entity (id, state) VALUES ($1, $2)`, s.ID, b); err != nil {
			return err
		}
		t.count(tallyEntities, 1)
		return nil
	}
	return t.counting(tallyEntities, `WITH put AS (INSERT INTO entity (id, state) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET state = excluded.state)
		SELECT 1 - count(*) FROM entity WHERE id = $1`, s.ID, b)
}

// DeleteState implements store.NodeTx.
func (t *tx) DeleteState(id p.EntityID) error {
	return t.counting(tallyEntities, `WITH gone AS (DELETE FROM entity WHERE id = $1 RETURNING 1) SELECT -count(*) FROM gone`, id)
}

// statesAtOnce is how many states are read in one go.
const statesAtOnce = 512

// EachState implements store.NodeTx; by id.
func (t *tx) EachState(fn func(*p.State) error) error {
	for after := (p.EntityID{}); ; {
		states, err := t.StatesAfter(after, statesAtOnce)
		if err != nil || len(states) == 0 {
			return err
		}
		for _, s := range states {
			if err := fn(s); err != nil {
				return err
			}
		}
		after = states[len(states)-1].ID
	}
}

// StatesAfter returns states behind one that it returned before, from the first for a zero id: whoever reads all of them can let
// others in between.
func (t *tx) StatesAfter(after p.EntityID, limit int) ([]*p.State, error) {
	return t.states(`SELECT id, state FROM entity WHERE id > $1 ORDER BY id LIMIT $2`, after, limitOf(limit))
}

// states reads ids and states.
func (t *tx) states(text string, args ...any) ([]*p.State, error) {
	var out []*p.State
	var id p.EntityID
	var b []byte
	err := t.each(text, args, []any{&id, &b}, func() error {
		s, err := decodeState(id, b)
		out = append(out, s)
		return err
	})
	return out, err
}

// PutEdit implements store.NodeTx. An edit that is there already stays where it is.
func (t *tx) PutEdit(entity p.EntityID, d p.Dot) error {
	return t.exec(`INSERT INTO edit (entity, n, log, seq) SELECT $1, (SELECT coalesce(max(n), 0) + 1 FROM edit WHERE entity = $1), $2, $3
		WHERE NOT EXISTS (SELECT 1 FROM edit WHERE entity = $1 AND log = $2 AND seq = $3)`, entity, d.Log, d.Seq)
}

// Edits implements store.NodeTx.
func (t *tx) Edits(entity p.EntityID) ([]p.Dot, error) {
	return list(t, `SELECT log, seq FROM edit WHERE entity = $1 ORDER BY n`, []any{entity}, func(d *p.Dot) []any { return []any{&d.Log, &d.Seq} })
}

// PutMember implements store.NodeTx.
func (t *tx) PutMember(subject, entity p.EntityID) error {
	return t.exec(`INSERT INTO member (subject, entity) VALUES ($1, $2) ON CONFLICT (subject, entity) DO NOTHING`, subject, entity)
}

// DeleteMember implements store.NodeTx.
func (t *tx) DeleteMember(subject, entity p.EntityID) error {
	return t.exec(`DELETE FROM member WHERE subject = $1 AND entity = $2`, subject, entity)
}

// Members implements store.NodeTx; by id.
func (t *tx) Members(subject p.EntityID) ([]p.EntityID, error) {
	return t.ids(`SELECT entity FROM member WHERE subject = $1 ORDER BY entity`, subject)
}

// MemberStates implements store.NodeTx; by id. Members lie with their subject and states with their ids, so they are asked
// for one after the other: no join crosses machines.
func (t *tx) MemberStates(subject p.EntityID, have func(p.EntityID) bool) ([]store.Member, error) {
	ids, err := t.Members(subject)
	if err != nil {
		return nil, err
	}
	out := make([]store.Member, len(ids))
	at := make(map[p.EntityID]int, len(ids))
	var want []p.EntityID
	for i, id := range ids {
		out[i].Entity = id
		if !have(id) {
			want = append(want, id)
			at[id] = i
		}
	}
	if len(want) == 0 {
		return out, nil
	}
	states, err := t.states(`SELECT id, state FROM entity WHERE id = ANY($1)`, want)
	for _, s := range states {
		if s != nil {
			out[at[s.ID]].State = s
		}
	}
	return out, err
}
