package report

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Supplies is the report of what was used of each lot.
type Supplies struct {
	Layout *Layout
	Period Period
	Lines  []SupplyLine // by vaccine as on the card, then supplies; within one by stock, expiry, lot
}

// SupplyLine is one lot in one stock, of all places of the report together. It always adds up: closing = opening + received − given −
// used − returned − destroyed + difference.
type SupplyLine struct {
	Item, Lot        string // Lot is folded
	Number           string // as it was written last
	Stock            registry.Programme
	Expires          registry.Day
	Opening, Closing int64
	Received, Given  int64
	Used, Returned   int64
	Destroyed        [registry.DiscardOther + 1]int64 // by reason; 0 where nobody said
	People           int64
	Difference       int64         // what counts found more, or less, than the ledger has
	Entered          bool          // somebody entered some of it: else only doses tell of the lot
	Entries          []SupplyEntry // from the last count before the period on, by moment
}

// Key stands in addresses.
func (l *SupplyLine) Key() string { return l.Item + "." + l.Lot + "." + l.Stock.String() }

// DestroyedBy adds up what was destroyed for some reasons.
func (l *SupplyLine) DestroyedBy(reasons ...registry.DiscardReason) (n int64) {
	for _, r := range reasons {
		n += l.Destroyed[r]
	}
	return n
}

// SupplyEntry is one thing that happened to a lot.
type SupplyEntry struct {
	ID      p.EntityID
	Place   p.EntityID
	Moment  int64
	Kind    p.Kind // of an immunization, a movement, a transfer or a count
	Type    registry.MoveType
	Reason  registry.DiscardReason
	Amount  int64 // doses or pieces; of a count what was found
	Subject p.EntityID
	Case    p.EntityID
	Dose    int32
	Vaccine string
	Found   int64 // of a count: more, or less, than the ledger had
}

// Day is the day of it.
func (x *SupplyEntry) Day() registry.Day { return registry.Day(x.Moment / (24 * 60)) }

// CountFound is a count of a lot, held against what the ledger says now for the moment of it.
type CountFound struct {
	ID       p.EntityID
	Key      registry.StockKey
	Number   string
	Expires  registry.Day
	Moment   int64
	Book     int64 // what the ledger said when it was counted
	Expected int64 // what it says now
	Found    int64
	First    bool // nobody had entered any of the lot before
}

// Difference is what was found more than should have been there.
func (c *CountFound) Difference() int64 { return c.Found - c.Expected }

// Late is by how much the ledger of before the count has changed since: what was written down late.
func (c *CountFound) Late() int64 { return c.Expected - c.Book }

// FillSupplies adds up the ledger of the places of a source. What happened counts on its own day, however late it was written down.
func FillSupplies(tx store.Tx, l *Layout, src Source, period Period) (*Supplies, error) {
	out := &Supplies{Layout: l, Period: period}
	lines := map[string]*SupplyLine{}
	people := map[string]map[p.EntityID]bool{}
	for _, place := range store.Distinct(src.Places) {
		accounts, err := Accounts(tx, place, period)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			line := &a.Line
			key := line.Key()
			if lines[key] == nil {
				lines[key], people[key] = &SupplyLine{Item: line.Item, Lot: line.Lot, Stock: line.Stock}, map[p.EntityID]bool{}
			}
			lines[key].add(line)
			for i := range line.Entries {
				if e := &line.Entries[i]; e.Kind == registry.KindImmunization && e.Day() >= period.From && e.Day() <= period.To && !e.Case.IsZero() {
					people[key][e.Case] = true
				}
			}
		}
	}
	vaccines, err := tx.Vaccines()
	if err != nil {
		return nil, err
	}
	for key, line := range lines {
		if line.quiet() {
			continue
		}
		if !registry.IsSupply(line.Item) {
			line.People = int64(len(people[key]))
		}
		slices.SortStableFunc(line.Entries, func(a, b SupplyEntry) int { return cmp.Or(cmp.Compare(a.Moment, b.Moment), a.ID.Compare(b.ID)) })
		out.Lines = append(out.Lines, *line)
	}
	rank := itemRank(vaccines)
	slices.SortFunc(out.Lines, func(a, b SupplyLine) int {
		return cmp.Or(cmp.Compare(rank(a.Item), rank(b.Item)), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Stock, b.Stock), cmp.Compare(a.Expires, b.Expires), cmp.Compare(a.Lot, b.Lot))
	})
	return out, nil
}

// itemRank orders items: vaccines as on the card, then supplies as in their report.
func itemRank(vaccines []project.VaccineRow) func(string) int {
	rank := map[string]int{}
	for i := range vaccines {
		rank[vaccines[i].Code] = int(vaccines[i].Order) + 1
	}
	for i, code := range registry.Supplies() {
		rank[code] = 1<<20 + i
	}
	return func(item string) int { return cmp.Or(rank[item], 1<<19) }
}

// add puts the same lot of another place to it.
func (l *SupplyLine) add(x *SupplyLine) {
	l.Opening, l.Closing, l.Received, l.Given = l.Opening+x.Opening, l.Closing+x.Closing, l.Received+x.Received, l.Given+x.Given
	l.Used, l.Returned, l.Difference = l.Used+x.Used, l.Returned+x.Returned, l.Difference+x.Difference
	for i := range l.Destroyed {
		l.Destroyed[i] += x.Destroyed[i]
	}
	l.Number, l.Expires, l.Entered = cmp.Or(x.Number, l.Number), cmp.Or(l.Expires, x.Expires), l.Entered || x.Entered
	l.Entries = append(l.Entries, x.Entries...)
}

// quiet reports whether there is nothing to tell of a lot.
func (l *SupplyLine) quiet() bool {
	return l.Opening == 0 && l.Closing == 0 && l.Received == 0 && l.Given == 0 && l.Used == 0 && l.Returned == 0 && l.Difference == 0 &&
		l.DestroyedBy(allReasons...) == 0
}

var allReasons = func() (out []registry.DiscardReason) {
	for r := range registry.DiscardOther + 1 {
		out = append(out, r)
	}
	return out
}()

// Amount is what a column says of a line.
func (l *SupplyLine) Amount(c *ColumnLayout) int64 {
	switch c.What {
	case AmountOpening:
		return l.Opening
	case AmountReceived:
		return l.Received
	case AmountGiven:
		return l.Given
	case AmountUsed:
		return l.Used
	case AmountPeople:
		return l.People
	case AmountReturned:
		return l.Returned
	case AmountDestroyed:
		n := l.DestroyedBy(c.Reasons...)
		if slices.Contains(c.Reasons, registry.DiscardOther) { // of an older or newer machine that gave no reason known here
			n += l.Destroyed[0]
		}
		return n
	case AmountDifference:
		return l.Difference
	case AmountClosing:
		return l.Closing
	}
	return 0
}

// Of returns what a number stands for: of a balance all that it is added up from since the last count.
func (s *Supplies) Of(line, column string) []SupplyEntry {
	at := slices.IndexFunc(s.Lines, func(l SupplyLine) bool { return l.Key() == line })
	col := slices.IndexFunc(s.Layout.Columns, func(c ColumnLayout) bool { return c.Key == column })
	if at < 0 || col < 0 {
		return nil
	}
	c := &s.Layout.Columns[col]
	var out []SupplyEntry
	for i := range s.Lines[at].Entries {
		x := &s.Lines[at].Entries[i]
		in := s.Period.From <= x.Day() && x.Day() <= s.Period.To
		switch c.What {
		case AmountOpening:
			in = x.Day() < s.Period.From
		case AmountClosing:
			in = x.Day() <= s.Period.To
		case AmountReceived:
			in = in && x.Type == registry.MoveReceived
		case AmountGiven, AmountPeople:
			in = in && x.Kind == registry.KindImmunization
		case AmountUsed:
			in = in && x.Type == registry.MoveUsed
		case AmountReturned:
			in = in && x.Type == registry.MoveIssued
		case AmountDestroyed:
			in = in && x.Type == registry.MoveDiscarded && (slices.Contains(c.Reasons, x.Reason) ||
				(x.Reason == 0 || !registry.DiscardReasonEnum.Known(int64(x.Reason))) && slices.Contains(c.Reasons, registry.DiscardOther))
		case AmountDifference:
			in = in && x.Kind == registry.KindStockCount
		}
		if in {
			out = append(out, *x)
		}
	}
	return out
}
