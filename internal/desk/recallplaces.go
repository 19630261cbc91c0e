package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// RecallPlace is what is known of a recalled lot at a place and all that lies in it.
type RecallPlace struct {
	Place    p.EntityID
	Name     string
	Level    registry.Level
	Left     int64 // doses, as ledgers say
	Apart    int64 // doses found and set apart
	Returned int64 // doses sent away or destroyed for a recall since
	Given    int   // doses
	Children int   // who had one there or lives there, each once
	// Stations are the places with machines, Confirmed those of them that said what they found, Silent those of which something may
	// have been done before they heard of the recall that is not known here.
	Stations, Confirmed, Silent int
	HeardMS                     int64 // of the station heard longest ago, hub time; 0: one was never heard
}

// RecallSilent is a station of which there was no news since the recall.
type RecallSilent struct {
	Place    p.EntityID
	Name, In string
	HeardMS  int64 // hub time, 0: never
	Left     int64 // doses in its ledger, as far as that is known here
	Given    int   // doses, as far as that is known here
}

// RecallReport is a recall by place.
type RecallReport struct {
	Recalling
	Top    p.EntityID // the place that the table is of
	Path   []p.EntityID
	Places []RecallPlace // what lies directly in it, by name
	Sum    RecallPlace
	Silent []RecallSilent // the longest silent first
	// Open are the places that were heard since and have not said what they found.
	Open []RecallSilent
	// After are doses that were given on the day after the recall was written or later; Outside those of the lot at places of the
	// person's that the recall is not for.
	After, Outside int
}

// recallTable gathers a RecallReport.
type recallTable struct {
	*Desk
	out   *RecallReport
	a     *area
	line  map[p.EntityID]int // of a place: its line in out.Places, -1: not in the table
	kids  []map[p.EntityID]struct{}
	all   map[p.EntityID]struct{}
	at    map[p.EntityID]*recallSpot // by facility or store
	order []p.EntityID
}

// recallSpot is one place with machines, vials or doses.
type recallSpot struct {
	left, apart, returned int64
	given                 int
	machines              int
	heard                 int64
	silent, confirmed     bool
}

// RecallReport tells of a recall at a place of a person's and what lies directly in it; the zero place is the highest of theirs that
// the recall is for. It names nobody.
func (d *Desk) RecallReport(ctx context.Context, who Who, id, top p.EntityID) (*RecallReport, error) {
	if err := may(who, rights.Read, registry.KindRecall); err != nil {
		return nil, err
	}
	out := &RecallReport{}
	err := d.view(ctx, func(tx store.Tx) error {
		x, err := d.recall(tx, who, id)
		if err != nil {
			return err
		}
		out.Recalling = *x
		t := &recallTable{Desk: d, out: out, a: d.areaOf(who), line: map[p.EntityID]int{}, all: map[p.EntityID]struct{}{}, at: map[p.EntityID]*recallSpot{}}
		if err := t.top(who, top); err != nil {
			return err
		}
		for _, step := range []func(store.Tx) error{t.doses, t.stock, t.counts, t.heard} {
			if err := step(tx); err != nil {
				return err
			}
		}
		t.finish()
		return nil
	})
	return out, err
}

// top finds what the table is of.
func (t *recallTable) top(who Who, top p.EntityID) error {
	m := t.Map()
	first := t.out.Place
	if !t.a.all && !t.a.has(first) {
		first = m.Register(who.Place)
		if t.Node.Identity().Role == registry.NodeHub {
			first = who.Place
		}
	}
	t.out.Top = first
	if !top.IsZero() {
		if !t.a.all && !t.a.has(top) {
			return ErrElsewhere
		}
		if !t.Node.Atlas().WithinEver(top, first) {
			return ErrNotFound
		}
		t.out.Top = top
	}
	for _, up := range m.Path(t.out.Top) {
		t.out.Path = append(t.out.Path, up)
		if up == first {
			break
		}
	}
	slices.Reverse(t.out.Path)
	for _, id := range m.Children(t.out.Top) {
		if row, ok := m.Row(id); ok {
			t.place(id, row.Name, row.Level)
		}
	}
	row, _ := t.Node.Atlas().Row(t.out.Top)
	t.out.Sum = RecallPlace{Place: row.ID, Name: row.Name, Level: row.Level}
	return nil
}

func (t *recallTable) place(id p.EntityID, name string, level registry.Level) int {
	t.line[id] = len(t.out.Places)
	t.out.Places = append(t.out.Places, RecallPlace{Place: id, Name: name, Level: level})
	t.kids = append(t.kids, map[p.EntityID]struct{}{})
	return t.line[id]
}

// of finds the line of a place, -1 for one that is not in the table.
func (t *recallTable) of(place p.EntityID) int {
	if k, known := t.line[place]; known {
		return k
	}
	k := -1
	m := t.Map()
	at, _ := m.Stands(place, place)
	if t.a.all || t.a.has(place) {
		for _, up := range m.Path(at) {
			if up == t.out.Top && k < 0 { // the place itself, a store for example
				row, _ := t.Node.Atlas().Row(place)
				k = t.place(place, row.Name, row.Level)
				break
			}
			if j, known := t.line[up]; known {
				k = j
				break
			}
		}
	}
	t.line[place] = k
	return k
}

// spot is what is known of one place, nil for one that is not in the table.
func (t *recallTable) spot(place p.EntityID) *recallSpot {
	if t.of(place) < 0 {
		return nil
	}
	x := t.at[place]
	if x == nil {
		x = &recallSpot{}
		t.at[place] = x
		t.order = append(t.order, place)
	}
	return x
}

func (t *recallTable) doses(tx store.Tx) error {
	rows, err := tx.LotDoses(t.out.Vaccine, t.out.Number)
	if err != nil {
		return err
	}
	written := registry.Today(time.UnixMilli(t.out.WrittenMS), registry.VietnamOffset)
	inside := map[p.EntityID]bool{}
	for i := range rows {
		r := &rows[i]
		in, known := inside[r.Place]
		if !known {
			in = r.Place.IsZero() || t.Node.Atlas().WithinEver(r.Place, t.out.Place)
			inside[r.Place] = in
		}
		if !in {
			if t.a.all || t.a.has(r.Place) {
				t.out.Outside++
			}
			continue
		}
		if x := t.spot(r.Place); x != nil {
			x.given++
			t.child(t.line[r.Place], r)
			if r.On > written {
				t.out.After++
			}
		}
		if home := t.of(r.Recorded); home >= 0 {
			t.child(home, r)
		}
	}
	return nil
}

// child counts who had a dose, each once a line.
func (t *recallTable) child(line int, r *store.LotDose) {
	who := cmp.Or(r.Case, r.Subject, r.ID)
	t.kids[line][who] = struct{}{}
	t.all[who] = struct{}{}
}

// stock reads the ledgers, and what went away for a recall.
func (t *recallTable) stock(tx store.Tx) error {
	rows, err := tx.StockOfLot(t.out.Vaccine, t.out.Number)
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		if r.Entries == 0 {
			continue
		}
		x := t.spot(r.Key.Place)
		if x == nil {
			continue
		}
		x.left += max(r.Balance(), 0)
		moves, err := tx.MovementsOf(r.Key)
		if err != nil {
			return err
		}
		since := registry.Moment(t.out.Day, 0)
		for j := range moves {
			m := &moves[j]
			gone := m.Type == registry.MoveDiscarded && m.Reason == registry.DiscardRecall || m.Type == registry.MoveIssued && m.Moment >= since
			if !m.Void && gone {
				x.returned += m.Amount
			}
		}
	}
	return nil
}

// counts reads who said what was found.
func (t *recallTable) counts(tx store.Tx) error {
	done, err := t.out.setApart(tx)
	for place, list := range done {
		x := t.spot(place)
		if x == nil {
			continue
		}
		for i := range list {
			x.apart += int64(list[i].Quantity)
		}
		x.confirmed = x.left <= x.apart
	}
	return err
}

// heard reads of which stations there was news since the recall: of several machines the one heard longest ago speaks, because what
// it did until then is not known.
func (t *recallTable) heard(tx store.Tx) error {
	rows, err := tx.StationsHeard()
	for _, r := range rows {
		if !t.Node.Atlas().WithinEver(r.Place, t.out.Place) {
			continue
		}
		x := t.spot(r.Place)
		if x == nil {
			continue
		}
		if x.machines == 0 || r.MS < x.heard {
			x.heard = r.MS
		}
		x.machines++
		x.silent = x.silent || r.MS < t.out.WrittenMS
	}
	return err
}

func (t *recallTable) finish() {
	slices.SortFunc(t.order, p.EntityID.Compare)
	for _, place := range t.order {
		x, line := t.at[place], &t.out.Places[t.line[place]]
		for _, at := range []*RecallPlace{line, &t.out.Sum} {
			at.Left, at.Apart, at.Returned, at.Given = at.Left+x.left, at.Apart+x.apart, at.Returned+x.returned, at.Given+x.given
			if x.machines == 0 {
				continue
			}
			if at.Stations == 0 || x.heard < at.HeardMS {
				at.HeardMS = x.heard
			}
			at.Stations++
			at.Confirmed += btoi(x.confirmed)
			at.Silent += btoi(x.silent)
		}
		row, _ := t.Node.Atlas().Row(place)
		up, _ := t.Node.Atlas().Row(row.Parent)
		s := RecallSilent{Place: place, Name: row.Name, In: up.Name, HeardMS: x.heard, Left: x.left, Given: x.given}
		switch {
		case x.machines > 0 && x.silent:
			t.out.Silent = append(t.out.Silent, s)
		case !x.confirmed && (x.machines > 0 || x.left > 0):
			t.out.Open = append(t.out.Open, s)
		}
	}
	for i := range t.out.Places {
		t.out.Places[i].Children = len(t.kids[i])
	}
	t.out.Sum.Children = len(t.all)
	slices.SortStableFunc(t.out.Silent, func(a, b RecallSilent) int {
		return cmp.Or(cmp.Compare(a.HeardMS, b.HeardMS), cmp.Compare(a.Name, b.Name))
	})
	slices.SortStableFunc(t.out.Open, func(a, b RecallSilent) int { return cmp.Or(cmp.Compare(b.Left, a.Left), cmp.Compare(a.Name, b.Name)) })
	// What nothing is known of and nobody waits for is not shown, unless it has machines.
	t.out.Places = slices.DeleteFunc(t.out.Places, func(x RecallPlace) bool {
		return x.Stations == 0 && x.Given == 0 && x.Left == 0 && x.Apart == 0 && x.Returned == 0 && x.Children == 0
	})
	slices.SortStableFunc(t.out.Places, func(a, b RecallPlace) int {
		return cmp.Or(cmp.Compare(registry.Fold(a.Name), registry.Fold(b.Name)), a.Place.Compare(b.Place))
	})
}
