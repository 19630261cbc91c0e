package sim

import (
	"tramy/internal/store"
	p "tramy/syncproto"
)

func (w *world) differ() {
	for _, m := range w.machines {
		if m.up == nil || m.gone || !m.runs() || !m.up.runs() {
			continue
		}
		_ = m.view(func(tx store.Tx) error {
			return m.up.view(func(up store.Tx) error {
				cur, _ := tx.Cursors(m.up.id.Device)
				for _, c := range cur {
					a, _ := tx.Marks(c.Scope)
					b, _ := up.Marks(c.Scope)
					at := map[p.EntityID]p.Mark{}
					for _, x := range b {
						at[x.Entity] = x
					}
					for _, x := range a {
						y, ok := at[x.Entity]
						if !ok {
							s, _ := tx.State(x.Entity)
							w.note("DIFF %s scope %s extra %s kind %d", m.name, c.Scope, x.Entity, s.Kind)
						} else if y.Hash != x.Hash {
							s, _ := tx.State(x.Entity)
							u, _ := up.State(x.Entity)
							w.note("DIFF %s scope %s %s hash\n  %+v\n  %+v", m.name, c.Scope, x.Entity, s, u)
						}
						delete(at, x.Entity)
					}
					for _, y := range b {
						if _, ok := at[y.Entity]; ok {
							s, _ := up.State(y.Entity)
							w.note("DIFF %s scope %s lacks %s kind %d; state here %v", m.name, c.Scope, y.Entity, s.Kind, m.state(y.Entity) != nil)
						}
					}
				}
				return nil
			})
		})
	}
}

func (w *world) routesOf(prefix string) {
	for _, m := range w.machines {
		if m.gone || !m.runs() {
			continue
		}
		_ = m.view(func(tx store.Tx) error {
			return tx.EachState(func(s *p.State) error {
				if s.ID.String()[:len(prefix)] == prefix {
					rows, _ := tx.Routes(s.ID)
					for _, r := range rows {
						w.note("   ROUTE at %s: %s in %s #%d left %v", m.name, prefix, r.Scope, r.Number, r.Left)
					}
				}
				return nil
			})
		})
	}
}
func init() { debugRoute = (*world).routesOf }

func (w *world) logOf(prefix string) {
	for _, m := range w.machines {
		if !m.runs() {
			continue
		}
		_ = m.view(func(tx store.Tx) error {
			rows, _ := tx.Logs(p.LogID{}, 10000)
			for i := range rows {
				if r := &rows[i]; r.ID.String()[:len(prefix)] == prefix {
					w.note("   LOG at %s: %+v", m.name, *r)
				}
			}
			return nil
		})
	}
}
func init() { debugRoute = func(w *world, s string) { w.routesOf(s); w.logOf(s) } }
