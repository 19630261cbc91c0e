package sim

import (
	"fmt"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// explain notes, when a run does not come to rest, who lacks what in which scope: it is where looking begins.
func (w *world) explain() {
	if w.Log == nil {
		return
	}
	for _, m := range w.machines {
		if m.up == nil || m.gone || !m.runs() || !m.up.runs() {
			continue
		}
		err := m.view(func(tx store.Tx) error {
			return m.up.view(func(up store.Tx) error { return w.differ(m, tx, up) })
		})
		if err != nil {
			w.note("%s and %s cannot be compared: %v", m.name, m.up.name, err)
		}
	}
}

// differ notes where a machine and its hub differ, scope by scope.
func (w *world) differ(m *machine, tx, up store.Tx) error {
	cursors, err := tx.Cursors(m.up.id.Device)
	if err != nil {
		return err
	}
	for _, c := range cursors {
		mine, err := tx.Marks(c.Scope)
		if err != nil {
			return err
		}
		theirs, err := up.Marks(c.Scope)
		if err != nil {
			return err
		}
		above := map[p.EntityID]p.Mark{}
		for _, x := range theirs {
			above[x.Entity] = x
		}
		for _, x := range mine {
			y, both := above[x.Entity]
			delete(above, x.Entity)
			switch {
			case !both:
				w.note("%s has more than %s in %s: %s", m.name, m.up.name, c.Scope, standing(tx, x.Entity))
			case y.Hash != x.Hash:
				w.note("%s and %s differ in %s: %s", m.name, m.up.name, c.Scope, standing(tx, x.Entity))
			}
		}
		for _, y := range theirs {
			if _, lacking := above[y.Entity]; lacking {
				w.note("%s has less than %s in %s: here %s, there %s", m.name, m.up.name, c.Scope, standing(tx, y.Entity), standing(up, y.Entity))
			}
		}
	}
	return nil
}

// standing is an entity at a machine and where it is routed, in words for whoever looks for a fault.
func standing(tx store.Tx, id p.EntityID) string {
	s, err := tx.State(id)
	if err != nil {
		return err.Error()
	}
	if s == nil {
		return "none of " + id.String()
	}
	out := fmt.Sprintf("%s kind %d seen %v", id, s.Kind, s.Seen)
	rows, err := tx.Routes(id)
	if err != nil {
		return out + err.Error()
	}
	for _, r := range rows {
		out += fmt.Sprintf(" (%s #%d left %v)", r.Scope, r.Number, r.Left)
	}
	return out
}
