package node_test

import (
	"context"
	"crypto/ed25519"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// look writes an access record at m.
func (m *machine) look(act string, subject p.EntityID) {
	m.t.Helper()
	err := m.n.AppendAccess(context.Background(), p.EntityID{}, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return []registry.Draft{registry.NewAccess(registry.Access{Place: m.id.Place, Act: act, Subject: subject})}, nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

// looks are the acts of the access records at m, newest first.
func (m *machine) looks() []string {
	m.t.Helper()
	var out []string
	err := m.st.View(context.Background(), func(tx store.Tx) error {
		rows, err := tx.Accesses(p.EntityID{}, 0)
		for _, r := range rows {
			out = append(out, r.Act)
		}
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return out
}

// alarmed reports whether a machine raised an alarm about another one.
func (m *machine) alarmed(code string, device p.EntityID) bool {
	m.t.Helper()
	found := false
	err := m.st.View(context.Background(), func(tx store.Tx) error {
		alarms, err := tx.Alarms(50)
		for _, a := range alarms {
			found = found || a.Code == code && a.Device == device
		}
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return found
}

// tamper replaces what m has sealed of its access log and not sent yet by what change makes of it, signed with m's own
// key: what somebody can do who owns the laptop and its password. from is the hash of the chain that the segment claims to
// go on from.
func (m *machine) tamper(change func([]p.Change) (from p.Hash, out []p.Change)) {
	m.t.Helper()
	ctx := context.Background()
	if err := m.n.Seal(ctx); err != nil {
		m.t.Fatal(err)
	}
	err := m.st.Update(ctx, func(tx store.Tx) error {
		waiting, err := tx.Outbox(0, 0)
		if err != nil {
			return err
		}
		row := waiting[len(waiting)-1]
		seg, err := p.ParseSegment(row.Raw)
		if err != nil {
			return err
		}
		changes, err := seg.Changes()
		if err != nil {
			return err
		}
		if changes[0].Kind != registry.KindAccess {
			m.t.Fatalf("kind %d waits, not the access log", changes[0].Kind)
		}
		prev, altered := change(changes)
		raws, err := p.Seal(m.id.Key, nil, prev, altered)
		if err != nil {
			return err
		}
		forged, err := p.ParseSegment(raws[0])
		if err != nil {
			return err
		}
		if err := tx.CutSegments(seg.Log, seg.First); err != nil {
			return err
		}
		if err := tx.PutSegment(&store.SegmentRow{Log: forged.Log, First: forged.First, Count: forged.Count, Raw: raws[0]}); err != nil {
			return err
		}
		return tx.PutOutbox(&store.OutboxRow{Position: row.Position, Log: forged.Log, First: forged.First})
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

// An access log is a chain like any log (SPEC.md): what a hub has of it cannot be altered, dropped or reordered later by
// the machine that wrote it, although that machine has the key. What was never sent is the one thing its owner can hold back.
func TestTamperingWithTheAccessLogIsNoticed(t *testing.T) {
	for name, change := range map[string]func(first []p.Change, at p.Hash, next []p.Change) (p.Hash, []p.Change){
		"nothing": func(_ []p.Change, at p.Hash, next []p.Change) (p.Hash, []p.Change) { return at, next },
		"one that was sent is altered and goes on": func(first []p.Change, _ p.Hash, next []p.Change) (p.Hash, []p.Change) {
			other := first[1]
			other.Writes = append([]p.Write(nil), other.Writes...)
			other.Writes[1].Data = p.Text("search")
			return p.ChainStart(first[0].Dot.Log).Next(&first[0]).Next(&other), next
		},
		"one that was sent is dropped and goes on": func(first []p.Change, _ p.Hash, next []p.Change) (p.Hash, []p.Change) {
			moved := next[0]
			moved.Dot = first[1].Dot
			moved.Entity = moved.Dot.Entity()
			return p.ChainStart(first[0].Dot.Log).Next(&first[0]), []p.Change{moved}
		},
		"two that were sent change places": func(first []p.Change, _ p.Hash, next []p.Change) (p.Hash, []p.Change) {
			a, b := first[0], first[1]
			a.Dot, b.Dot = b.Dot, a.Dot
			a.Entity, b.Entity = a.Dot.Entity(), b.Dot.Entity()
			return p.ChainStart(a.Dot.Log).Next(&b).Next(&a), next
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCountry(t)
			child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
			c.a.sync(c.province)
			c.a.look("view", child)
			c.a.look("print", child)
			c.a.sync(c.province)
			if got := c.province.looks(); len(got) != 2 {
				t.Fatalf("the hub has %v", got)
			}
			var log p.LogID
			var first []p.Change
			var at p.Hash
			err := c.province.st.View(context.Background(), func(tx store.Tx) error {
				rows, err := tx.Accesses(child, 0)
				if err != nil {
					return err
				}
				log = rows[0].ID.Birth().Log
				row, err := tx.Log(log)
				if err != nil {
					return err
				}
				at = row.Hash
				seg, err := tx.SegmentHolding(log, 1)
				if err != nil {
					return err
				}
				parsed, err := p.ParseSegment(seg.Raw)
				if err != nil {
					return err
				}
				first, err = parsed.Changes()
				if err == nil && len(first) < 2 {
					var second *store.SegmentRow
					if second, err = tx.SegmentHolding(log, 2); err != nil {
						return err
					}
					if parsed, err = p.ParseSegment(second.Raw); err != nil {
						return err
					}
					more, err := parsed.Changes()
					first = append(first, more...)
					return err
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			c.a.look("export", child)
			c.a.tamper(func(next []p.Change) (p.Hash, []p.Change) { return change(first, at, next) })
			_, err = c.a.call(c.province, -1, -1)
			forked := c.province.alarmed("fork", c.a.id.Device)
			if name == "nothing" {
				if err != nil || forked || len(c.province.looks()) != 3 {
					t.Errorf("an honest log: %v, alarm %v, %v", err, forked, c.province.looks())
				}
				return
			}
			if !forked {
				t.Errorf("no alarm; the hub has %v, the exchange ended with %v", c.province.looks(), err)
			}
			if got := c.province.looks(); got[len(got)-1] != "view" || got[len(got)-2] != "print" {
				t.Errorf("what the hub had became %v", got)
			}
		})
	}
}

// Without the key nothing of it can be altered on the way at all.
func TestAlteredAccessRecordIsNotSigned(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.a.sync(c.province)
	c.a.look("view", child)
	if err := c.a.n.Seal(context.Background()); err != nil {
		t.Fatal(err)
	}
	err := c.a.st.View(context.Background(), func(tx store.Tx) error {
		waiting, err := tx.Outbox(0, 0)
		if err != nil {
			return err
		}
		raw := append([]byte(nil), waiting[len(waiting)-1].Raw...)
		for i := range raw {
			raw[i] ^= 1
			if seg, err := p.ParseSegment(raw); err == nil && seg.Verify(c.a.id.Key.Public().(ed25519.PublicKey)) == nil {
				t.Fatalf("byte %d was altered and nobody noticed", i)
			}
			raw[i] ^= 1
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
