package desk

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"time"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// metaAsked remembers how often and when codes of cards were asked for, so that one nobody knows does not
// stand before the others. It decides the order alone: if it is lost, every code is asked for once more.
const metaAsked = "asked"

// Limits of asking for the records of cards.
const (
	askedMax   = 1000               // codes remembered; the others count as never asked for
	askAgain   = time.Hour          // after the first time, and doubled from time to time
	askAgainIn = 7 * 24 * time.Hour // at most
)

// Sought is a subject that was registered under the code of a card, and whose own record is not joined yet.
type Sought struct {
	ID   p.EntityID
	Code registry.PersonCode
	Due  bool // it is time to ask for it
}

// asked is one line of what metaAsked holds.
type asked struct {
	tries uint8
	dueMS int64 // not before
}

const askedSize = 16 + 1 + 8

// Sought returns everybody whose own record is not joined yet, who waits longest to be asked for first. Who they
// are follows from the records themselves, so that no list of them can be lost.
func (d *Desk) Sought(ctx context.Context) ([]Sought, error) {
	now := d.Node.Now().UnixMilli()
	var out []Sought
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.SubjectsFromCard()
		if err != nil {
			return err
		}
		before, err := readAsked(tx)
		if err != nil {
			return err
		}
		for i := range rows {
			if code := registry.PersonCode(rows[i].Code); code.Valid() {
				out = append(out, Sought{ID: rows[i].ID, Code: code, Due: dueAt(before[rows[i].ID], now) <= now})
			}
		}
		slices.SortStableFunc(out, func(a, b Sought) int { return cmp.Compare(before[a.ID].dueMS, before[b.ID].dueMS) })
		return nil
	})
	return out, err
}

// dueAt is when to ask again. A clock that was set back must not put it off for years.
func dueAt(a asked, nowMS int64) int64 {
	if a.dueMS > nowMS+askAgainIn.Milliseconds() {
		return nowMS
	}
	return a.dueMS
}

// Asked remembers that a record was asked for. An answer that came puts off the next question, longer each
// time; without one (no network, a hub that was silent) it only goes behind the others.
func (d *Desk) Asked(ctx context.Context, id p.EntityID, answered bool) error {
	now := d.Node.Now()
	return d.Node.Store().Update(ctx, func(tx store.Tx) error {
		rows, err := tx.SubjectsFromCard()
		if err != nil {
			return err
		}
		all, err := readAsked(tx)
		if err != nil {
			return err
		}
		a := all[id]
		wait := min(askAgain<<min(a.tries, 10), askAgainIn)
		if !answered {
			wait = askAgain
		} else if a.tries < 255 {
			a.tries++
		}
		a.dueMS = now.Add(wait).UnixMilli()
		all[id] = a
		var b []byte
		for i := range rows { // what is joined meanwhile is forgotten
			if line, ok := all[rows[i].ID]; ok && len(b) < askedMax*askedSize {
				b = append(append(b, rows[i].ID[:]...), line.tries)
				b = binary.BigEndian.AppendUint64(b, uint64(line.dueMS))
			}
		}
		return tx.SetMeta(metaAsked, b)
	})
}

func readAsked(tx store.Tx) (map[p.EntityID]asked, error) {
	b, err := tx.Meta(metaAsked)
	out := map[p.EntityID]asked{}
	for ; len(b) >= askedSize; b = b[askedSize:] {
		out[p.EntityID(b[:16])] = asked{tries: b[16], dueMS: int64(binary.BigEndian.Uint64(b[17:]))}
	}
	return out, err
}

// HeldUnder returns the other subjects this node holds under a code, by id.
func (d *Desk) HeldUnder(ctx context.Context, s Sought) ([]p.EntityID, error) {
	var ids []p.EntityID
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := sameCode(tx, string(s.Code), s.ID)
		for i := range rows {
			ids = append(ids, rows[i].ID)
		}
		return err
	})
	return ids, err
}

// sameCode returns the subjects with a code but for one of them, by id. A rare double (a cloned laptop, two
// stations that had one card) makes them several.
func sameCode(tx store.Tx, code string, but p.EntityID) ([]project.SubjectRow, error) {
	rows, err := tx.SearchSubjects(store.SubjectQuery{Digits: code, Limit: store.BlockRows})
	rows = slices.DeleteFunc(rows, func(r project.SubjectRow) bool { return r.Code != code || r.ID == but })
	slices.SortFunc(rows, func(a, b project.SubjectRow) int { return a.ID.Compare(b.ID) })
	return rows, err
}
