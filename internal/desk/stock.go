package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Figures of the page of stock.
const (
	StockSoonDays  = 60  // a lot is said to expire soon
	StockUrgeDays  = 30  // and to go first
	stockBackDays  = 400 // how long a delivery is looked for
	stockVialDays  = 3   // how long a vial is looked for that nobody threw away
	stockUsualDays = 62  // how far back a usual session is looked for: who vaccinates once a month held two
)

// StockLot is one lot of a place.
type StockLot struct {
	project.StockRow
	Suspended string     // why it may not be given
	Recall    p.EntityID // which recall says so, zero: none
	First     bool       // of its item and stock this one goes first
	Out       int64      // of the balance: taken out to a session and not yet brought back, used or thrown away
}

// Usable reports whether what is there may be given on a day.
func (l *StockLot) Usable(on registry.Day) bool {
	return l.Suspended == "" && l.Balance() > 0 && (l.Expires == 0 || l.Expires >= on) && l.VVM <= 2
}

// StockNeed is how an item stands against what a usual session takes.
type StockNeed struct {
	Item   string
	Stock  registry.Programme
	Usable int64
	Usual  int64 // used on the busiest day of the last two months; 0: nobody knows
}

// Sessions is for how many usual sessions it is enough; -1 where nobody knows what is usual.
func (n *StockNeed) Sessions() int64 {
	if n.Usual == 0 {
		return -1
	}
	return max(n.Usable, 0) / n.Usual
}

// Consignment is a transfer, as both sides see it.
type Consignment struct {
	registry.Transfer
	From, ToName string
	Got          []int64 // by line: what the receiver confirmed
	Taken        bool    // the receiver confirmed it
	Twice        bool    // more than once, with other numbers
	On           registry.Day
}

// Differs reports whether the receiver found something else than was sent.
func (x *Consignment) Differs() bool {
	for i := range x.Lines {
		if x.Taken && x.Got[i] != int64(x.Lines[i].Quantity) {
			return true
		}
	}
	return false
}

// Stock is what this node's own place has, and what goes on with it.
type Stock struct {
	Place     p.EntityID
	Lots      []StockLot // in the order of the vaccines, and within one in the order in which they must be used
	Unentered []StockLot // used by doses, but nobody entered any of it
	Supplies  []StockLot
	Open      []OpenVial
	Coming    []Consignment // sent here and not confirmed
	Sent      []Consignment // from here: on their way, and those of late that differ
	Odd       []Consignment // received here otherwise than was sent
	Needs     []StockNeed
	LastCount registry.Day // 0: never
	Kept      bool         // anything was ever entered
	Vaccines  []project.VaccineRow
	Bags      []Bag // what sessions of late took out
}

// StockHere reads the stock of this node's own place.
func (d *Desk) StockHere(ctx context.Context, who Who) (*Stock, error) {
	if err := d.mayKeepStock(who, rights.Read); err != nil {
		return nil, err
	}
	var out *Stock
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = d.stockHere(tx)
		return err
	})
	return out, err
}

// mayKeepStock asks the table, and whether the person is of this node's place: no level writes another's ledger.
func (d *Desk) mayKeepStock(who Who, act rights.Act) error {
	return d.mayStock(who, act, registry.KindMovement)
}

func (d *Desk) mayStock(who Who, act rights.Act, kind p.Kind) error {
	if err := may(who, act, kind); err != nil {
		return err
	}
	if a := d.areaOf(who); !a.all && !a.has(d.Node.Identity().Place) {
		return ErrElsewhere
	}
	return nil
}

func (d *Desk) stockHere(tx store.Tx) (*Stock, error) {
	place, today := d.Node.Identity().Place, d.Today()
	out := &Stock{Place: place}
	var err error
	if out.Vaccines, err = tx.Vaccines(); err != nil {
		return nil, err
	}
	rows, err := tx.Stock(place)
	if err != nil {
		return nil, err
	}
	suspended, err := d.suspendedHere(tx)
	if err != nil {
		return nil, err
	}
	recalls, err := d.recallsFor(tx, place)
	if err != nil {
		return nil, err
	}
	recent, err := d.uses(tx, today-stockUsualDays, today)
	if err != nil {
		return nil, err
	}
	written := lotsWritten(recent)
	for i := range rows {
		r := &rows[i]
		out.Kept = out.Kept || r.Entries > 0
		if !r.Count.IsZero() {
			out.LastCount = max(out.LastCount, registry.Day(r.Counted/(24*60)))
		}
		l := StockLot{StockRow: *r, Suspended: suspended[lotKey(r.Key.Item, r.Key.Lot)]}
		if x, is := recalledLot(recalls, r.Key.Item, r.Key.Lot); is {
			l.Recall = x.ID
		}
		switch {
		case registry.IsSupply(r.Key.Item):
			if r.Entries > 0 {
				out.Supplies = append(out.Supplies, l)
			}
		case r.Entries == 0:
			if w, used := written[r.Key]; used {
				l.Number, l.Expires = w.number, w.expires
				out.Unentered = append(out.Unentered, l)
			}
		case r.Balance() != 0 || l.lately(today) && l.Recall.IsZero():
			out.Lots = append(out.Lots, l)
		}
	}
	if err := d.openHere(tx, out, rows); err != nil {
		return nil, err
	}
	if err := d.bagsHere(tx, out, recent); err != nil {
		return nil, err
	}
	d.orderStock(out)
	out.Needs = needsOf(out, recent, today)
	return out, d.consignmentsHere(tx, out)
}

// lately reports whether a lot that is used up is still worth showing.
func (l *StockLot) lately(today registry.Day) bool {
	return registry.Day(l.Counted/(24*60)) == today
}

func lotKey(item, lot string) string { return item + "\x00" + lot }

// suspendedHere tells why lots may not be given here, by item and folded lot.
func (d *Desk) suspendedHere(tx store.Tx) (map[string]string, error) {
	return d.suspendedAt(tx, d.Node.Identity().Place)
}

// suspendedAt is suspendedHere for any place: what those above recalled, and what the place stopped itself.
func (d *Desk) suspendedAt(tx store.Tx, place p.EntityID) (map[string]string, error) {
	out := map[string]string{}
	recalls, err := d.recallsFor(tx, place)
	if err != nil {
		return nil, err
	}
	for i := range recalls {
		out[lotKey(recalls[i].Vaccine, registry.FoldLot(recalls[i].Number))] = recalls[i].Reason
	}
	lots, err := d.lotEntities(tx, place, d.Today())
	for i := range lots {
		if l := &lots[i]; l.Suspended != "" {
			out[lotKey(l.Vaccine, registry.FoldLot(l.Number))] = l.Suspended
		}
	}
	return out, err
}

// writtenLot is a lot as it was last written at a dose.
type writtenLot struct {
	number  string
	expires registry.Day
}

// lotsWritten are the lots that some doses, the oldest first, took from.
func lotsWritten(uses []lotUse) map[registry.StockKey]writtenLot {
	out := map[registry.StockKey]writtenLot{}
	for i := range uses {
		for n, key := range uses[i].keys {
			x := out[key]
			if n == 0 { // the vaccine; what follows are needles
				x = writtenLot{uses[i].Lot, cmp.Or(uses[i].Expires, x.expires)}
			}
			out[key] = x
		}
	}
	return out
}

// openHere finds the vials that are in use.
func (d *Desk) openHere(tx store.Tx, out *Stock, rows []project.StockRow) error {
	if !out.Kept {
		return nil
	}
	kept, err := keptOpen(tx, out.Place)
	if err != nil {
		return err
	}
	from := d.Today() - stockVialDays
	if len(kept) > 0 {
		from = d.Today() - registry.OpenDaysMax - stockVialDays
	}
	doses, err := tx.DosesFrom(out.Place, from, "")
	if err != nil {
		return err
	}
	moves, err := tx.MovementsAt(out.Place, registry.Moment(from, registry.NewClock(0, 0)), 0)
	if err != nil {
		return err
	}
	sessions, err := recordedAt(tx, registry.KindSession, out.Place, from, 0)
	if err != nil {
		return err
	}
	until := func(r *project.StockRow, opened int64) int64 {
		end, bySession := registry.OpenUntil(r.Key.Item, opened, r.Expires, int(r.VVM), kept)
		if !bySession {
			return end
		}
		for _, s := range sessions {
			x := registry.SessionOf(s)
			if !x.Live() {
				continue
			}
			if a, b := registry.Moment(x.Day, x.From), registry.Moment(x.Day, x.Until); a-60 <= opened && opened < b { // opened while it was made ready
				end = min(end, b)
			}
		}
		return end
	}
	for i := range rows {
		r := &rows[i]
		if r.Entries == 0 || registry.IsSupply(r.Key.Item) || registry.VialsOf(r.Key.Item).Open == registry.OpenSingle {
			continue
		}
		var events []vialEvent
		for j := range doses {
			if uses := doses[j].StockUses(); doses[j].GivenOn >= from && len(uses) > 0 && uses[0].Key == r.Key {
				events = append(events, vialEvent{at: uses[0].Moment})
			}
		}
		for j := range moves {
			m := &moves[j]
			if m.Key == r.Key && !m.Void && (m.Type == registry.MoveOpened || m.Type == registry.MoveDiscarded && m.Reason == registry.DiscardOpenRest) {
				events = append(events, vialEvent{at: m.Moment, what: m.Type, size: int(m.Amount)})
			}
		}
		out.Open = append(out.Open, openVials(r, events, func(opened int64) int64 { return until(r, opened) })...)
	}
	slices.SortStableFunc(out.Open, func(a, b OpenVial) int { return cmp.Compare(a.Until, b.Until) })
	return nil
}

// bagsHere finds what is still out with a session: taken out, less what came back, was given on its day or thrown away there.
func (d *Desk) bagsHere(tx store.Tx, out *Stock, uses []lotUse) error {
	moves, err := tx.MovementsAt(out.Place, registry.Moment(d.Today()-stockUsualDays, registry.NewClock(0, 0)), 0)
	if err != nil {
		return err
	}
	days := map[p.EntityID]registry.Day{}
	for i := range moves {
		id := moves[i].Session
		if _, known := days[id]; known || id.IsZero() {
			continue
		}
		if row, err := tx.Record(id); err != nil {
			return err
		} else if row != nil {
			days[id] = row.Day
		}
	}
	out.Bags = bagsOf(moves, uses, days)
	for _, b := range out.Bags {
		rest := b.Rest()
		if rest <= 0 {
			continue
		}
		for _, list := range [][]StockLot{out.Lots, out.Supplies} {
			for i := range list {
				if list[i].Key == b.Key {
					list[i].Out += rest
				}
			}
		}
	}
	return nil
}

// Bag is what one session took of one lot: a place of its own, of which out = used + back + thrown away.
type Bag struct {
	Session                   p.EntityID
	Key                       registry.StockKey
	Number                    string
	Taken, Back, Thrown, Used int64
	Day                       registry.Day
}

// Rest is what nobody has told of yet; below zero more was used than was taken.
func (b *Bag) Rest() int64 { return b.Taken - b.Back - b.Thrown - b.Used }

// bagsOf adds up what sessions took, by session and lot. What was given on the day of a session that took some of the lot was given
// of that.
func bagsOf(moves []project.MovementRow, uses []lotUse, days map[p.EntityID]registry.Day) []Bag {
	var out []Bag
	bag := func(m *project.MovementRow) *Bag {
		at := slices.IndexFunc(out, func(b Bag) bool { return b.Session == m.Session && b.Key == m.Key })
		if at < 0 {
			out = append(out, Bag{Session: m.Session, Key: m.Key, Number: m.Number, Day: days[m.Session]})
			at = len(out) - 1
		}
		return &out[at]
	}
	for i := range moves {
		m := &moves[i]
		if m.Void || m.Session.IsZero() {
			continue
		}
		switch m.Type {
		case registry.MoveTakenOut:
			bag(m).Taken += m.Amount
		case registry.MoveBrought:
			bag(m).Back += m.Amount
		case registry.MoveDiscarded, registry.MoveUsed:
			bag(m).Thrown += m.Amount
		}
	}
	for i := range uses {
		for _, key := range uses[i].keys {
			left := uses[i].Count
			for j := range out {
				if b := &out[j]; b.Key == key && b.Day == uses[i].On {
					n := min(left, max(0, b.Taken-b.Used))
					b.Used, left = b.Used+n, left-n
				}
			}
		}
	}
	return out
}

// orderStock puts lots into the order in which they must be used: by item as on the card, then by vial monitor (2 before 1), expiry,
// and what is open already (vietnam.md 2.5).
func (d *Desk) orderStock(out *Stock) {
	today := d.Today()
	rank := map[string]int{}
	for i := range out.Vaccines {
		rank[out.Vaccines[i].Code] = int(out.Vaccines[i].Order) + 1
	}
	slices.SortStableFunc(out.Lots, func(a, b StockLot) int {
		return cmp.Or(cmp.Compare(rank[a.Key.Item], rank[b.Key.Item]), cmp.Compare(a.Key.Item, b.Key.Item), cmp.Compare(a.Key.Stock, b.Key.Stock),
			cmp.Compare(btoi(!a.Usable(today)), btoi(!b.Usable(today))), byUse(a.StockRow, b.StockRow, out.isOpen(a.Key), out.isOpen(b.Key)))
	})
	for i := range out.Lots {
		l := &out.Lots[i]
		l.First = l.Usable(today) && (i == 0 || out.Lots[i-1].Key.Item != l.Key.Item || out.Lots[i-1].Key.Stock != l.Key.Stock)
	}
}

// byUse orders two lots of one vaccine that may both be given.
func byUse(a, b project.StockRow, aOpen, bOpen bool) int {
	never := registry.Day(1 << 30)
	return cmp.Or(cmp.Compare(b.VVM, a.VVM), cmp.Compare(cmp.Or(a.Expires, never), cmp.Or(b.Expires, never)), cmp.Compare(btoi(bOpen), btoi(aOpen)),
		cmp.Compare(a.Key.Lot, b.Key.Lot))
}

func (s *Stock) isOpen(key registry.StockKey) bool {
	return slices.ContainsFunc(s.Open, func(v OpenVial) bool { return v.Key == key })
}

// needsOf holds what may be used against a usual session.
func needsOf(out *Stock, uses []lotUse, today registry.Day) []StockNeed {
	type day struct {
		item  string
		stock registry.Programme
		on    registry.Day
	}
	used := map[day]int64{}
	for i := range uses {
		for _, key := range uses[i].keys {
			if uses[i].On < today {
				used[day{key.Item, key.Stock, uses[i].On}] += uses[i].Count
			}
		}
	}
	var needs []StockNeed
	for _, list := range [][]StockLot{out.Lots, out.Supplies} {
		for i := range list {
			l := &list[i]
			at := slices.IndexFunc(needs, func(n StockNeed) bool { return n.Item == l.Key.Item && n.Stock == l.Key.Stock })
			if at < 0 {
				n := StockNeed{Item: l.Key.Item, Stock: l.Key.Stock}
				for k, v := range used {
					if k.item == n.Item && k.stock == n.Stock {
						n.Usual = max(n.Usual, v)
					}
				}
				needs = append(needs, n)
				at = len(needs) - 1
			}
			if l.Usable(today) {
				needs[at].Usable += l.Balance()
			}
		}
	}
	return needs
}

// StockWarnings counts what the first page says of the fridge in one line.
type StockWarnings struct {
	Coming  int // deliveries to be confirmed
	Short   int // items that are not enough for a usual session, or below zero
	Soon    int // lots that expire within StockUrgeDays, or have
	OpenOut int // open vials whose time is over
}

// Any reports whether there is anything to say.
func (w StockWarnings) Any() bool { return w != StockWarnings{} }

// Warnings are what somebody must see to.
func (s *Stock) Warnings(today registry.Day, now int64) StockWarnings {
	w := StockWarnings{Coming: len(s.Coming)}
	if !s.Kept {
		return w
	}
	for i := range s.Needs {
		w.Short += btoi(s.Needs[i].Sessions() == 0)
	}
	for i := range s.Lots {
		l := &s.Lots[i]
		w.Short += btoi(l.Balance() < 0)
		w.Soon += btoi(l.Balance() > 0 && l.Expires != 0 && l.Expires <= today+StockUrgeDays)
	}
	for i := range s.Open {
		w.OpenOut += btoi(s.Open[i].Until <= now)
	}
	return w
}
