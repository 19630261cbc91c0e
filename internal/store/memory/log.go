package memory

import (
	"cmp"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Meta implements store.NodeTx.
func (t *tx) Meta(key string) ([]byte, error) {
	value, _ := t.meta.get(name(key))
	return value, t.reading()
}

// SetMeta implements store.NodeTx. A nil value removes the key.
func (t *tx) SetMeta(key string, value []byte) error {
	if value == nil {
		return remove(t, &t.meta, name(key))
	}
	return set(t, &t.meta, name(key), bytesOf(value))
}

// Counter implements store.NodeTx.
func (t *tx) Counter(counter string) (uint64, error) {
	n, _ := t.counters.get(name(counter))
	return n, t.reading()
}

// SetCounter implements store.NodeTx.
func (t *tx) SetCounter(counter string, n uint64) error { return set(t, &t.counters, name(counter), n) }

// Log implements store.NodeTx.
func (t *tx) Log(id p.LogID) (*store.LogRow, error) { return one(t, &t.logs, id) }

// PutLog implements store.NodeTx.
func (t *tx) PutLog(row *store.LogRow) error {
	old, known := t.logs.get(row.ID)
	if err := put(t, &t.logs, row.ID, row); err != nil {
		return err
	}
	kept, _ := t.logs.get(row.ID)
	via, device := logOf{row.Via, row.Receipt, row.ID}, logOf{of: row.Device, log: row.ID}
	if known {
		if was := (logOf{old.Via, old.Receipt, old.ID}); was != via {
			t.logsVia.delete(was)
		}
		if old.Device != row.Device {
			t.logsDevice.delete(logOf{of: old.Device, log: old.ID})
		}
	}
	t.logsVia.set(via, kept)
	t.logsDevice.set(device, kept)
	return nil
}

// LogsVia implements store.NodeTx.
func (t *tx) LogsVia(child p.EntityID, afterReceipt uint64) ([]store.LogRow, error) {
	rows := within(&t.logsVia, logOf{of: child, receipt: afterReceipt}, func(k logOf) bool { return k.of == child })
	return list(t, rows, 0, func(row *store.LogRow) bool { return row.Receipt > afterReceipt })
}

// LogsOf implements store.NodeTx.
func (t *tx) LogsOf(device p.EntityID) ([]store.LogRow, error) {
	return list(t, within(&t.logsDevice, logOf{of: device}, func(k logOf) bool { return k.of == device }), 0, every)
}

// HeldLogs implements store.NodeTx.
func (t *tx) HeldLogs() ([]store.LogRow, error) {
	return list(t, t.logs.all(), 0, func(row *store.LogRow) bool { return row.Reason > 0 })
}

// HeldLogsOf implements store.NodeTx.
func (t *tx) HeldLogsOf(device p.EntityID) ([]store.LogRow, error) {
	return list(t, t.logs.all(), 0, func(row *store.LogRow) bool { return row.Reason > 0 && row.Device == device })
}

// Logs implements store.NodeTx.
func (t *tx) Logs(after p.LogID, limit int) ([]store.LogRow, error) {
	return list(t, t.logs.from(after), limit, func(row *store.LogRow) bool { return row.ID != after || after.IsZero() })
}

// PutSegment implements store.NodeTx. A segment that begins where one is replaces it.
func (t *tx) PutSegment(row *store.SegmentRow) error {
	kept := *row
	kept.Raw = bytesOf(row.Raw)
	at := logSeq{row.Log, row.First}
	old, known := t.segments.get(at)
	if err := put(t, &t.segments, at, &kept); err != nil {
		return err
	}
	if known {
		t.countChanges(-int64(old.Count))
	}
	t.countChanges(int64(row.Count))
	return nil
}

// SegmentHolding implements store.NodeTx. Segments may overlap: the same changes sealed again have other borders.
func (t *tx) SegmentHolding(log p.LogID, seq p.Seq) (*store.SegmentRow, error) {
	if err := t.reading(); err != nil {
		return nil, err
	}
	for at := (logSeq{log, seq}); ; at.seq-- {
		first, row, ok := t.segments.floor(at)
		if !ok || first.log != log {
			return nil, nil
		}
		if uint64(first.seq)+uint64(row.Count) > uint64(seq) {
			out := *row
			return &out, nil
		}
		if at = first; at.seq <= 1 {
			return nil, nil
		}
	}
}

// CutSegments implements store.NodeTx.
func (t *tx) CutSegments(log p.LogID, from p.Seq) error {
	if err := t.writing(); err != nil {
		return err
	}
	var gone []logSeq
	for at, row := range within(&t.segments, logSeq{log, from}, func(k logSeq) bool { return k.log == log }) {
		gone = append(gone, at)
		t.countChanges(-int64(row.Count))
	}
	for _, at := range gone {
		t.segments.delete(at)
	}
	var named []store.OutboxRow
	for _, row := range t.outbox.all() {
		if row.Log == log && row.First >= max(from, 1) {
			named = append(named, store.OutboxRow{Position: row.Position, Log: log, Low: row.Low})
		}
	}
	for i := range named {
		if err := t.PutOutbox(&named[i]); err != nil {
			return err
		}
	}
	return nil
}

// PutOutbox implements store.NodeTx. Raw is not kept: it is the segment's.
func (t *tx) PutOutbox(row *store.OutboxRow) error {
	kept := *row
	kept.Raw = nil
	return put(t, &t.outbox, number(row.Position), &kept)
}

// Outbox implements store.NodeTx.
func (t *tx) Outbox(after uint64, limit int) ([]store.OutboxRow, error) {
	rows, err := list(t, t.outbox.from(number(after)), limit, func(row *store.OutboxRow) bool { return row.Position > after })
	for i := range rows {
		if r := &rows[i]; r.First > 0 {
			if segment, ok := t.segments.get(logSeq{r.Log, r.First}); ok {
				r.Raw = segment.Raw
			}
		}
	}
	return rows, err
}

// PutTail implements store.NodeTx.
func (t *tx) PutTail(log p.LogID, seq p.Seq, change []byte) error {
	if err := t.writing(); err != nil {
		return err
	}
	row := &tailed{change: bytesOf(change)}
	if old, known := t.tail.get(logSeq{log, seq}); known {
		row.used = old.used
	} else {
		row.used = t.draw(numberTail)
		t.countChanges(1)
	}
	t.tail.set(logSeq{log, seq}, row)
	return nil
}

// Tail implements store.NodeTx.
func (t *tx) Tail() ([]store.TailRow, error) {
	type run struct {
		rows []store.TailRow
		used uint64 // of the row that came first
	}
	var runs []run
	for at, row := range t.tail.all() {
		if n := len(runs); n == 0 || runs[n-1].rows[0].Log != at.log {
			runs = append(runs, run{used: row.used})
		}
		r := &runs[len(runs)-1]
		r.rows = append(r.rows, store.TailRow{Log: at.log, Seq: at.seq, Change: row.change})
		r.used = min(r.used, row.used)
	}
	slices.SortFunc(runs, func(a, b run) int { return cmp.Compare(a.used, b.used) })
	var out []store.TailRow
	for i := range runs {
		out = append(out, runs[i].rows...)
	}
	return out, t.reading()
}

// TailAt implements store.NodeTx.
func (t *tx) TailAt(log p.LogID, seq p.Seq) (*store.TailRow, error) {
	row, ok := t.tail.get(logSeq{log, seq})
	if !ok {
		return nil, t.reading()
	}
	return &store.TailRow{Log: log, Seq: seq, Change: row.change}, t.reading()
}

// DeleteTail implements store.NodeTx.
func (t *tx) DeleteTail(log p.LogID, first, last p.Seq) error {
	if err := t.writing(); err != nil {
		return err
	}
	var gone []logSeq
	for at := range within(&t.tail, logSeq{log, first}, func(k logSeq) bool { return k.log == log && k.seq <= last }) {
		gone = append(gone, at)
	}
	for _, at := range gone {
		t.tail.delete(at)
	}
	t.countChanges(-int64(len(gone)))
	return nil
}

// PutParked implements store.NodeTx.
func (t *tx) PutParked(row *store.ParkedRow) error {
	kept := *row
	kept.Raw = bytesOf(row.Raw)
	return put(t, &t.parked, logSeq{row.Log, row.First}, &kept)
}

// Parked implements store.NodeTx; by log, then first.
func (t *tx) Parked(device p.EntityID) ([]store.ParkedRow, error) {
	return list(t, t.parked.all(), 0, func(row *store.ParkedRow) bool { return row.Device == device })
}

// Waiting implements store.NodeTx.
func (t *tx) Waiting(via p.EntityID) (store.WaitingRow, error) {
	var w store.WaitingRow
	logs, err := list(t, within(&t.logsVia, logOf{of: via}, func(k logOf) bool { return k.of == via }), 0, func(row *store.LogRow) bool { return row.Head == 0 })
	if err != nil {
		return w, err
	}
	rows, err := list(t, t.parked.all(), 0, func(row *store.ParkedRow) bool { return row.Via == via })
	w.Logs = len(logs)
	for i := range rows {
		w.ParkedBytes += int64(len(rows[i].Raw))
	}
	return w, err
}

// DeleteParked implements store.NodeTx.
func (t *tx) DeleteParked(log p.LogID, first p.Seq) error {
	return remove(t, &t.parked, logSeq{log, first})
}
