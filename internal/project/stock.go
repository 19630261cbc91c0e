package project

import (
	"cmp"
	"slices"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// MovementRow is one lot in a movement, a transfer or a count, by what it is found.
type MovementRow struct {
	ID       p.EntityID
	N        int32 // line of a transfer, from 1; 0 of what has one lot
	Kind     p.Kind
	Key      registry.StockKey
	Moment   int64 // minutes, see registry.Moment
	Type     registry.MoveType
	Amount   int64  // doses or pieces; of a count what was found
	Number   string // the lot as it was written
	Expires  registry.Day
	VVM      int32
	Vial     int32 // doses in one
	Session  p.EntityID
	Transfer p.EntityID // that a receipt confirms
	Line     int32      // of it
	Reason   registry.DiscardReason
	Void     bool
	Seen     string // of a count: the ids of what it has seen, 16 bytes each
}

// HasSeen reports whether a count names something as seen.
func (r *MovementRow) HasSeen(id p.EntityID) bool {
	for b := r.Seen; len(b) >= len(id); b = b[len(id):] {
		if b[:len(id)] == string(id[:]) {
			return true
		}
	}
	return false
}

// Absorbs reports whether something of a moment was over when a count was made: by its own word, or because the count names it. A
// machine's late news of the time before is then not subtracted once more.
func (r *MovementRow) Absorbs(moment int64, id p.EntityID) bool {
	return moment < r.Moment || r.HasSeen(id)
}

// MovementRowsOf projects what moves or counts stock; nothing for a state of another kind or without its creation.
func MovementRowsOf(s *p.State) []MovementRow {
	if !MovesStock(s.Kind) || !Born(s) {
		return nil
	}
	switch s.Kind {
	case registry.KindMovement:
		m := registry.MovementOf(s)
		if m.Item == "" || m.Place.IsZero() {
			return nil
		}
		return []MovementRow{{
			ID: s.ID, Kind: s.Kind, Key: m.Key(), Moment: registry.Moment(m.Day, m.Clock), Type: m.Type, Amount: int64(m.Quantity), Number: m.Lot,
			Expires: m.Expires, VVM: int32(m.VVM), Vial: int32(m.Vial), Session: m.Session, Transfer: m.Transfer, Line: int32(m.Line), Reason: m.Reason, Void: m.Void != "",
		}}
	case registry.KindStockCount:
		c := registry.StockCountOf(s)
		if c.Item == "" || c.Place.IsZero() {
			return nil
		}
		row := MovementRow{
			ID: s.ID, Kind: s.Kind, Key: c.Key(), Moment: registry.Moment(c.Day, c.Clock), Amount: int64(c.Quantity), Number: c.Lot, Expires: c.Expires,
			VVM: int32(c.VVM), Vial: int32(c.Vial), Void: c.Void != "",
		}
		for _, id := range sortedSet(c.Seen) {
			row.Seen += string(id[:])
		}
		return []MovementRow{row}
	}
	t := registry.TransferOf(s)
	var rows []MovementRow
	for i := range t.Lines {
		l := &t.Lines[i]
		if l.Item == "" || t.Place.IsZero() {
			continue
		}
		rows = append(rows, MovementRow{
			ID: s.ID, N: int32(i + 1), Kind: s.Kind, Key: registry.NewStockKey(t.Place, l.Item, l.Lot, l.Stock), Moment: registry.Moment(t.Day, t.Clock),
			Type: registry.MoveIssued, Amount: int64(l.Quantity), Number: l.Lot, Expires: l.Expires, VVM: int32(l.VVM), Vial: int32(l.Vial), Void: t.Void != "",
		})
	}
	return rows
}

// MovesStock reports whether entities of a kind stand in the ledger.
func MovesStock(k p.Kind) bool {
	return k == registry.KindMovement || k == registry.KindTransfer || k == registry.KindStockCount
}

// ByMoment orders rows of the ledger.
func ByMoment(a, b MovementRow) int {
	return cmp.Or(cmp.Compare(a.Moment, b.Moment), a.ID.Compare(b.ID), cmp.Compare(a.N, b.N))
}

// StockRow is how much a place has of one lot: a balance, and what it is made of.
type StockRow struct {
	Key     registry.StockKey
	Number  string // the lot as it was written last
	Expires registry.Day
	VVM     int32
	Vial    int32
	Count   p.EntityID // the newest count, zero: nobody counted
	Counted int64      // its moment
	Base    int64      // what was found then
	Moved   int64      // what movements added since, less what they took away
	Given   int64      // used by doses since
	Entries int64      // movements and counts that stand: 0 if only doses tell of the lot
}

// Balance is what should be there. Below zero more was used than anybody entered.
func (r *StockRow) Balance() int64 { return r.Base + r.Moved - r.Given }

// SumStock adds up the ledger of one lot, without its doses. beaten says of a receipt that another of the same line of the same
// transfer stands instead of it.
func SumStock(key registry.StockKey, rows []MovementRow, beaten func(*MovementRow) bool) StockRow {
	out := StockRow{Key: key}
	rows = slices.SortedFunc(slices.Values(rows), ByMoment)
	var count *MovementRow
	for i := range rows {
		r := &rows[i]
		if r.Void {
			continue
		}
		out.Entries++
		if r.Number != "" {
			out.Number = r.Number
		}
		if r.Expires != 0 {
			out.Expires = r.Expires
		}
		if r.VVM != 0 {
			out.VVM = r.VVM
		}
		if r.Vial != 0 {
			out.Vial = r.Vial
		}
		if r.Kind == registry.KindStockCount {
			count = r
		}
	}
	if count != nil {
		out.Count, out.Counted, out.Base = count.ID, count.Moment, count.Amount
	}
	for i := range rows {
		r := &rows[i]
		if r.Void || r.Kind == registry.KindStockCount || r.Type.Sign() == 0 || count != nil && count.Absorbs(r.Moment, r.ID) || beaten(r) {
			continue
		}
		out.Moved += r.Type.Sign() * r.Amount
	}
	return out
}

// Beaten reports whether one of several receipts of the same line at the same place stands instead of this one: two laptops that did
// not hear each other confirmed one delivery. The later one knew more.
func Beaten(r *MovementRow, receipts []MovementRow) bool {
	if r.Transfer.IsZero() || r.Type != registry.MoveReceived {
		return false
	}
	return slices.ContainsFunc(receipts, func(x MovementRow) bool {
		return !x.Void && x.ID != r.ID && x.Type == registry.MoveReceived && x.Transfer == r.Transfer && x.Line == r.Line && x.Key.Place == r.Key.Place && ByMoment(*r, x) < 0
	})
}

// StockUse is what a dose used up at the place where it was given: of its own lot one dose, and a syringe.
type StockUse struct {
	Key    registry.StockKey
	Moment int64
}

// StockUses are what a dose used up. What is only told by a card, was refused, or was taken back used nothing.
func (r *ImmunizationRow) StockUses() []StockUse {
	if r.Void || r.NotDone != 0 || r.Source != registry.SourceHere || r.Vaccine == "" || r.Place.IsZero() || r.GivenOn == 0 {
		return nil
	}
	at := registry.Moment(r.GivenOn, r.GivenMinute)
	key := registry.NewStockKey(r.Place, r.Vaccine, r.Lot, r.Programme)
	out := []StockUse{{key, at}}
	if syringe := registry.SyringeOf(key.Item, key.Stock, r.Route); syringe != "" {
		out = append(out, StockUse{registry.NewStockKey(r.Place, syringe, "", registry.ProgrammeEPI), at})
	}
	return out
}

// GivenSince counts what doses used of a lot since a count, or ever if there is none.
func GivenSince(key registry.StockKey, count *MovementRow, doses []ImmunizationRow) int64 {
	var n int64
	for i := range doses {
		for _, use := range doses[i].StockUses() {
			if use.Key == key && (count == nil || !count.Absorbs(use.Moment, doses[i].ID)) {
				n++
			}
		}
	}
	return n
}
