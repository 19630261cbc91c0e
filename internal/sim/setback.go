package sim

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
