package sim

import (
	"tramy/internal/store"
	p "tramy/syncproto"
)

// image is a machine as it was while it ran: its disk, and which log it was writing.
type image struct {
	disk *disk
	run  int
	log  p.LogID
}

// writing is the log that a machine wrote to last in this run.
func (w *world) writing(m *machine) p.LogID {
	if r := w.facts.last[m]; r != nil {
		return r.Changes[0].Dot.Log
	}
	return p.LogID{}
}

func (w *world) freeze() { w.freezeIt(w.station()) }

func (w *world) freezeIt(m *machine) {
	if m == nil || !m.runs() {
		return
	}
	d := m.copied()
	if d == nil {
		return
	}
	m.memory = &image{disk: d, run: m.run, log: w.writing(m)}
	w.note("%s is frozen", m.name)
}

// rollBack sets a machine back while it runs, with its memory: only if that is now what it was then, as far as it matters, which
// it is when it has not been started again and has not opened another log. Of the map it goes on knowing what it had heard
// since; what stands elsewhere by that than in its database, a comparison has to find.
func (w *world) rollBack() {
	w.rollItBack(w.machine(func(m *machine) bool { return m.memory != nil }))
}

func (w *world) rollItBack(m *machine) {
	if m == nil || !m.runs() || m.memory == nil {
		return
	}
	im := m.memory
	if im.run != m.run || im.log != w.writing(m) || im.log.IsZero() {
		m.memory = nil
		return
	}
	old, err := im.disk.copy(w.ctx)
	w.must(err)
	st, err := old.base.Open(w.ctx)
	w.must(err)
	m.disk.base, m.disk.journal, m.disk.copied = old.base, old.journal, old.copied
	m.store.inner = &noticing{m, st}
	w.note("%s is rolled back", m.name)
}

// relive lets a machine write, perhaps send it, and be rolled back to before it did: what it writes then has the very dots.
func (w *world) relive() {
	m := w.station()
	w.doseBy(m)
	w.freezeIt(m)
	w.doseBy(m)
	if m != nil && m.runs() && w.tape.chance(700) {
		m.exchange()
	}
	w.rollItBack(m)
	w.doseBy(m)
	switch w.tape.below(3) {
	case 1:
		w.askFirst(m)
	case 2:
		w.forgetVoid(m)
	}
}

// askFirst rolls a machine back once more, and lets it hear its hub before it writes: the hub tells it that it has what the
// machine has lost.
func (w *world) askFirst(m *machine) {
	w.freezeIt(m)
	w.doseBy(m)
	w.call(m)
	w.rollItBack(m)
	w.call(m)
	w.doseBy(m)
}

// forgetVoid lets a machine hear that it was set back, issue again what it wrote, and then lose its database and get an old
// one: the journal has both branches, and one of them is void.
func (w *world) forgetVoid(m *machine) {
	w.call(m)
	if m == nil || m.memory == nil {
		return
	}
	old, err := m.memory.disk.copy(w.ctx)
	w.must(err)
	m.stop()
	m.memory = nil
	m.disk.base = old.base
	w.note("%s gets the database back that it had before it was rolled back", m.name)
	_ = m.start()
	w.call(m)
}

// call lets a machine that runs exchange.
func (w *world) call(m *machine) {
	if m != nil && m.runs() && m.up != nil {
		m.exchange()
	}
}

// span is a part of a log: behind one change, up to another.
type span struct {
	author       p.EntityID
	behind, upTo p.Seq
}

// beyondCentre are the logs of which a hub that is about to be set back holds more than the centre. Where databases are damaged
// it is not asked: looking would find the damage, and sums may differ all the same.
func (w *world) beyondCentre(m *machine) map[p.LogID]span {
	out := map[p.LogID]span{}
	if !m.isHub() || m == w.root || w.on[baseHurt] {
		return out
	}
	w.must(m.view(func(tx store.Tx) error {
		return w.root.view(func(top store.Tx) error {
			rows, err := tx.Logs(p.LogID{}, 1<<20)
			for i := 0; err == nil && i < len(rows); i++ {
				var at *store.LogRow
				if at, err = top.Log(rows[i].ID); at == nil || at.Head < rows[i].Head {
					out[rows[i].ID] = span{author: rows[i].Device, upTo: rows[i].Head}
				}
			}
			return err
		})
	}))
	return out
}

// leftAhead notes which machines below a hub that was set back hold what it lost and the centre cannot tell it, and what
// is not theirs to send: who compares before its author came does differ from the hub, and no exchange left anything out.
func (w *world) leftAhead(hub *machine, before map[p.LogID]span) {
	if len(before) == 0 {
		return
	}
	w.must(hub.view(func(tx store.Tx) error {
		for id, part := range before {
			at, err := tx.Log(id)
			if err != nil {
				return err
			}
			if at != nil {
				part.behind = at.Head
			}
			before[id] = part
		}
		return nil
	}))
	for _, m := range w.machines {
		if m.store == nil || !m.below(hub) {
			continue
		}
		w.must(m.view(func(tx store.Tx) error {
			return tx.EachState(func(s *p.State) error {
				for _, seen := range s.Seen {
					part := before[seen.Log]
					if m.ahead || part.behind >= part.upTo || seen.Seq <= part.behind {
						continue
					}
					own, err := tx.Log(seen.Log) // a copy of the author has its name, and not what it wrote since
					if err != nil {
						return err
					}
					m.ahead = part.author != m.id.Device || own == nil || own.Head < seen.Seq
				}
				return nil
			})
		}))
	}
}

// below reports whether a machine has a hub above it.
func (m *machine) below(hub *machine) bool {
	for up := m.up; up != nil; up = up.up {
		if up == hub {
			return true
		}
	}
	return false
}
