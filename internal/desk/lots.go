package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// lotDays is how far back lots are looked for that were used and nobody chose: a commune that vaccinates once a month used its
// vials then.
const lotDays = 62

// LotSoonDays is how many days before its last a lot is said to expire soon.
const LotSoonDays = 31

// KnownLot is a lot of a vaccine as this place knows it.
type KnownLot struct {
	Vaccine, Number string
	Expires         registry.Day       // 0: nobody wrote it
	Suspended       string             // why it may not be given; "" if it may
	Last            int64              // when it was last chosen or used, as store.LotMoment counts
	InHand          bool               // the one that is given of this stock unless somebody says otherwise
	Stock           registry.Programme // whose it is: ProgrammeEPI or ProgrammePaid
	Kept            bool               // the ledger of stock knows it
	Balance         int64              // and says that so many doses are left
}

// May reports whether the lot may be given on a day.
func (l *KnownLot) May(on registry.Day) bool {
	return l.Suspended == "" && (l.Expires == 0 || l.Expires >= on)
}

// Lots are the lots that this node's place knows, by vaccine, the one chosen or used last first. Of each stock that one is in hand,
// if it may be given: what somebody chose stays in hand until somebody chooses another, or gives a dose of another. What is sold and
// what the programme sent are two stocks, also of one vaccine and under one number.
func (d *Desk) Lots(tx store.Tx) (map[string][]KnownLot, error) {
	today, place := d.Today(), d.Node.Identity().Place
	type key struct {
		vaccine, number string // the number folded: one lot is written in several ways
		stock           registry.Programme
	}
	vaccines, err := tx.Vaccines()
	if err != nil {
		return nil, err
	}
	mostly := map[string]registry.Programme{}
	for i := range vaccines {
		mostly[vaccines[i].Code] = vaccines[i].Programme
	}
	all := map[key]*KnownLot{}
	used, err := d.uses(tx, today-stockUsualDays, today)
	if err != nil {
		return nil, err
	}
	for i := range used { // the last used last
		r := &used[i]
		if r.On <= today-lotDays || r.Lot == "" || len(r.keys) == 0 || r.Expires != 0 && r.Expires < today {
			continue
		}
		k := key{r.Vaccine, r.keys[0].Lot, registry.StockOf(r.Programme, mostly[r.Vaccine])}
		x := all[k]
		if x == nil {
			x = &KnownLot{Vaccine: r.Vaccine, Stock: k.stock}
			all[k] = x
		}
		x.Number, x.Expires, x.Last = r.Lot, r.Expires, store.LotMoment(r.On, r.Last)
	}
	lots, err := d.lotEntities(tx, place, today)
	if err != nil {
		return nil, err
	}
	for i := range lots {
		l := &lots[i]
		if l.Number == "" { // stands for vials whose number nobody wrote down
			continue
		}
		k := key{l.Vaccine, registry.FoldLot(l.Number), registry.StockOf(l.Programme, mostly[l.Vaccine])}
		x := all[k]
		if x == nil {
			if l.Chosen == 0 && l.Suspended == "" {
				continue
			}
			x = &KnownLot{Vaccine: l.Vaccine, Number: l.Number, Stock: k.stock}
			all[k] = x
		}
		if at := lotMoment(l.Chosen); l.Chosen != 0 && at >= x.Last {
			x.Last = at
			x.Expires = cmp.Or(l.Expires, x.Expires)
		}
		x.Expires, x.Suspended = cmp.Or(x.Expires, l.Expires), cmp.Or(x.Suspended, l.Suspended)
	}
	chosen := func(l *KnownLot) (at int64) { // when, to the millisecond; 0: it was used since
		for i := range lots {
			if x := &lots[i]; x.Vaccine == l.Vaccine && registry.SameLot(x.Number, l.Number) && lotMoment(x.Chosen) == l.Last &&
				registry.StockOf(x.Programme, mostly[x.Vaccine]) == l.Stock {
				at = max(at, x.Chosen)
			}
		}
		return at
	}
	ledger, err := d.lotsByUse(tx, place, today)
	if err != nil {
		return nil, err
	}
	for i := range ledger {
		r := &ledger[i]
		k := key{r.Key.Item, r.Key.Lot, r.Key.Stock}
		x := all[k]
		if x == nil {
			if r.Balance() <= 0 {
				continue
			}
			x = &KnownLot{Vaccine: k.vaccine, Number: r.Number, Stock: k.stock}
			all[k] = x
		}
		x.Expires, x.Kept, x.Balance = cmp.Or(x.Expires, r.Expires), true, r.Balance()
	}
	recalls, err := d.recallsFor(tx, place)
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		if r, is := recalledLot(recalls, x.Vaccine, x.Number); is {
			x.Suspended = cmp.Or(x.Suspended, r.Reason)
		}
	}
	out := map[string][]KnownLot{}
	for _, k := range slices.SortedFunc(maps.Keys(all), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.vaccine, b.vaccine), cmp.Compare(a.number, b.number), cmp.Compare(a.stock, b.stock))
	}) {
		out[k.vaccine] = append(out[k.vaccine], *all[k])
	}
	for _, list := range out {
		// Within one minute what was chosen comes before what was used, and of two choices the later one: a slip is put right at once.
		slices.SortStableFunc(list, func(a, b KnownLot) int {
			return cmp.Or(cmp.Compare(b.Last, a.Last), cmp.Compare(chosen(&b), chosen(&a)))
		})
		proposeByUse(list, ledger, today)
		seen := map[registry.Programme]bool{}
		for i := range list {
			l := &list[i]
			// A vial that may not be given may not be given under another name.
			if at := slices.IndexFunc(list, func(x KnownLot) bool { return x.Suspended != "" && registry.SameLot(x.Number, l.Number) }); at >= 0 {
				l.Suspended = list[at].Suspended
			}
			l.InHand = !seen[l.Stock] && (l.Last > 0 || l.Kept && l.Balance > 0) && l.May(today)
			seen[l.Stock] = true
		}
	}
	return out, nil
}

// lotsByUse are the lots of vaccines that the ledger of a place knows, in the order in which they must be used.
func (d *Desk) lotsByUse(tx store.Tx, place p.EntityID, today registry.Day) ([]project.StockRow, error) {
	rows, err := tx.Stock(place)
	rows = slices.DeleteFunc(rows, func(r project.StockRow) bool { return r.Entries == 0 || registry.IsSupply(r.Key.Item) })
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	begun := map[registry.StockKey]bool{} // a vial of it is open
	doses, err := tx.DosesFrom(place, today, "")
	for i := range doses {
		for _, use := range doses[i].StockUses() {
			begun[use.Key] = true
		}
	}
	slices.SortStableFunc(rows, func(a, b project.StockRow) int { return byUse(a, b, begun[a.Key], begun[b.Key]) })
	return rows, err
}

// proposeByUse puts in front, of each stock, the lot that must go first by vial monitor, expiry and what is open already. What somebody
// chose or gave today stays: that is the vial in the hand, and the ledger does not see it.
func proposeByUse(list []KnownLot, ledger []project.StockRow, today registry.Day) {
	morning := store.LotMoment(today, 0)
	for _, stock := range []registry.Programme{registry.ProgrammeEPI, registry.ProgrammePaid} {
		if slices.ContainsFunc(list, func(l KnownLot) bool { return l.Stock == stock && l.Last >= morning }) {
			continue
		}
		for i := range ledger {
			r := &ledger[i]
			if r.Key.Stock != stock || r.Balance() <= 0 || r.VVM > 2 {
				continue
			}
			at := slices.IndexFunc(list, func(l KnownLot) bool {
				return l.Stock == stock && l.Vaccine == r.Key.Item && registry.FoldLot(l.Number) == r.Key.Lot && l.May(today)
			})
			if at < 0 {
				continue
			}
			first := list[at]
			copy(list[1:at+1], list[:at])
			list[0] = first
			break
		}
	}
}

// OfStock are those of some lots of one vaccine that belong to a stock, in their order.
func OfStock(lots []KnownLot, stock registry.Programme) []KnownLot {
	var out []KnownLot
	for _, l := range lots {
		if l.Stock == stock {
			out = append(out, l)
		}
	}
	return out
}

// lotEntities are the lots of a place that are recorded as such and had not expired before a day.
func (d *Desk) lotEntities(tx store.Tx, place p.EntityID, today registry.Day) ([]registry.Lot, error) {
	var out []registry.Lot
	for _, q := range []struct{ from, until registry.Day }{{today, 0}, {0, 1}} { // those of which nobody wrote when have no day
		all, err := recordedAt(tx, registry.KindLot, place, q.from, q.until)
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			out = append(out, registry.LotOf(s))
		}
	}
	return out, nil
}

// lotMoment is a moment of hub time as store.LotMoment counts.
func lotMoment(ms int64) int64 {
	if ms == 0 {
		return 0
	}
	at := time.UnixMilli(ms).UTC().Add(registry.VietnamOffset)
	return store.LotMoment(registry.Today(time.UnixMilli(ms), registry.VietnamOffset), registry.NewClock(at.Hour(), at.Minute()))
}

// KnownLots is Lots for a page.
func (d *Desk) KnownLots(ctx context.Context, who Who) (map[string][]KnownLot, error) {
	if err := may(who, rights.Read, registry.KindLot); err != nil {
		return nil, err
	}
	var out map[string][]KnownLot
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = d.Lots(tx)
		return err
	})
	return out, err
}

// ChooseLot puts a lot in hand at this node's place, for all its machines, of the stock that it belongs to; 0 is the stock that this
// place gives of the vaccine. One that is suspended or expired is refused.
func (d *Desk) ChooseLot(ctx context.Context, who Who, vaccine, number string, expires registry.Day, stock registry.Programme) error {
	for _, act := range []rights.Act{rights.Create, rights.Amend} {
		if err := may(who, act, registry.KindLot); err != nil {
			return err
		}
	}
	place, today := d.Node.Identity().Place, d.Today()
	in := registry.LotInput{Place: place, Vaccine: vaccine, Number: registry.CleanLot(number), Expires: expires}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		vaccines, err := vaccineKnown(tx)
		if err != nil {
			return nil, err
		}
		mostly, err := programmeOf(tx, vaccine)
		if err != nil {
			return nil, err
		}
		if in.Programme = stock; stock == 0 {
			in.Programme = d.Stock(mostly)
		}
		lots, err := d.lotEntities(tx, place, today)
		if err != nil {
			return nil, err
		}
		known, err := d.Lots(tx)
		if err != nil {
			return nil, err
		}
		for _, l := range known[vaccine] { // another machine may have suspended it under an entity of its own
			if registry.SameLot(l.Number, in.Number) {
				in.Expires = cmp.Or(in.Expires, l.Expires)
				if l.Suspended != "" {
					return nil, registry.Errors{{Field: "number", Code: registry.CodeLotSuspended, Params: map[string]any{"why": l.Suspended}}}
				}
			}
		}
		recalls, err := d.recallsFor(tx, place)
		if err != nil {
			return nil, err
		}
		if r, is := recalledLot(recalls, vaccine, in.Number); is { // also one that nobody here knew
			return nil, registry.Errors{{Field: "number", Code: registry.CodeLotSuspended, Params: map[string]any{"why": r.Reason}}}
		}
		// A machine whose clock is behind chooses after what it sees all the same.
		chosen, same := d.Node.Now().UnixMilli(), p.EntityID{}
		for i := range lots {
			if l := &lots[i]; l.Vaccine == vaccine && registry.StockOf(l.Programme, mostly) == registry.StockOf(in.Programme, mostly) {
				chosen = max(chosen, l.Chosen+1)
				if registry.SameLot(l.Number, in.Number) {
					same = l.ID
				}
			}
		}
		if list := OfStock(known[vaccine], registry.StockOf(in.Programme, mostly)); len(list) > 0 {
			last := int64(0) // the first may be one that nobody chose yet
			for i := range list {
				last = max(last, list[i].Last)
			}
			for minute := int64(time.Minute / time.Millisecond); lotMoment(chosen) < last; chosen += minute {
			}
		}
		if same.IsZero() {
			draft, err := registry.NewLot(in, chosen, registry.Known{Today: today, Vaccine: vaccines})
			return []registry.Draft{draft}, err
		}
		s, err := state(tx, same, registry.KindLot)
		if err != nil {
			return nil, err
		}
		draft, err := registry.ChooseLot(s, in.Expires, chosen, today)
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

// programmeOf is the programme that a vaccine is mostly given under, 0 if there is no such vaccine.
func programmeOf(tx store.Tx, code string) (registry.Programme, error) {
	vaccines, err := tx.Vaccines()
	if at := slices.IndexFunc(vaccines, func(v project.VaccineRow) bool { return v.Code == code }); at >= 0 {
		return vaccines[at].Programme, err
	}
	return 0, err
}
