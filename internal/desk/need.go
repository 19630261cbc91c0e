package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Bounds of what needs look at.
const (
	NeedAheadMax   = 12  // months from this one
	needOverdue    = 365 // days by which a dose may be overdue and still be made up for
	needUsualOver  = 3   // months over which what is usual is averaged
	needWasteOver  = 12  // full months of wastage that are looked at
	NeedPlacesMax  = 250 // communes that one page adds up: a province's
	needRowsShown  = 100
	needPregnantIn = 5000
)

// NeedQuery says which needs are asked for.
type NeedQuery struct {
	Month    registry.Month // 0: the next
	Place    p.EntityID     // a commune or facility; at a hub also a place above communes. Zero: this node's own
	Coverage int            // percent; below 0: registry.NeedCoverage
	Buffer   int            // percent; below 0: registry.NeedBuffer
}

// NeedLine is the need of one vaccine, with what its numbers stand for.
type NeedLine struct {
	registry.Need
	Coming, Overdue int                // of Registered
	Of              []NeedTarget       // what Planned is made of
	Own             bool               // Wastage is the place's own
	Waste           registry.Wastage   // of the last year
	Lots            []registry.NeedLot // in the order in which they are used
	Before          int                // doses that will be used until the month begins
	Sessioned       bool               // Sessions are planned ones; else as many as last month
}

// NeedTarget is one group that a vaccine is planned for.
type NeedTarget struct {
	Group  registry.TargetGroup
	Doses  int // a person a year
	People int64
	Said   bool
}

// Needs are what a month needs.
type Needs struct {
	Query    NeedQuery
	Place    project.PlaceRow
	Lines    []NeedLine // by vaccine, as on the card
	Supplies []registry.SupplyNeed
	Vaccines []project.VaccineRow
	// Of a place above communes: what each commune lacks, and what the store of this level has of it.
	Parts []NeedPart
	Store map[string]int64
	Heard report.Heard // of a hub's stations
}

// NeedPart is what one commune lacks.
type NeedPart struct {
	Place project.PlaceRow
	Lacks map[string]int // by item
}

// Proposed is what an order may ask for, by item: see registry.ProposedOrder. Of a place above communes it is what they lack together less what the
// store of this level has.
func (n *Needs) Proposed() map[string]int {
	if n.Parts == nil {
		needs := make([]registry.Need, len(n.Lines))
		for i := range n.Lines {
			needs[i] = n.Lines[i].Need
		}
		return registry.ProposedOrder(needs, n.Supplies)
	}
	out := map[string]int{}
	for item, lacks := range n.Lacking() {
		if left := lacks - int(max(0, n.Store[item])); left > 0 {
			out[item] = left
		}
	}
	return out
}

// Lacking is what the communes of a place above them lack together, by item.
func (n *Needs) Lacking() map[string]int {
	out := map[string]int{}
	for i := range n.Parts {
		for item, lacks := range n.Parts[i].Lacks {
			out[item] += lacks
		}
	}
	return out
}

func (d *Desk) checkNeeds(who Who, q *NeedQuery) (*project.PlaceRow, error) {
	if err := may(who, rights.Read, registry.KindMovement); err != nil {
		return nil, err
	}
	now := d.Today().Month()
	if q.Month == 0 {
		q.Month = now + 1
	}
	if q.Month < now || q.Month > now+NeedAheadMax {
		return nil, registry.Errors{{Field: "month", Code: registry.CodeRange, Params: map[string]any{"min": now.String(), "max": (now + NeedAheadMax).String()}}}
	}
	for _, x := range []struct {
		field string
		n     *int
		usual int
		max   int
	}{{"coverage", &q.Coverage, registry.NeedCoverage, registry.NeedCoverageMax}, {"buffer", &q.Buffer, registry.NeedBuffer, registry.NeedBufferMax}} {
		if *x.n < 0 {
			*x.n = x.usual
		}
		if *x.n > x.max {
			return nil, registry.Errors{{Field: x.field, Code: registry.CodeRange, Params: map[string]any{"min": 0, "max": x.max}}}
		}
	}
	m := d.Map()
	if d.Node.Identity().Role == registry.NodeStation {
		places := d.ReportPlaces(who, q.Place)
		if len(places) == 0 {
			return nil, ErrNotFound
		}
		at := 0
		if !q.Place.IsZero() {
			at = slices.IndexFunc(places, func(r project.PlaceRow) bool { return r.ID == q.Place })
		}
		if at < 0 || places[at].Level == registry.LevelFacility && sharesRegister(&places[at]) {
			return nil, ErrElsewhere // a register is planned for as a whole
		}
		return &places[at], nil
	}
	if q.Place.IsZero() {
		q.Place = m.Register(who.Place)
	}
	row, ok := m.Row(q.Place)
	if !ok {
		return nil, ErrNotFound
	}
	if !d.areaOf(who).all && !d.Within(who, q.Place) {
		return nil, ErrElsewhere
	}
	return &row, nil
}

// Needs works out what a month needs. It names nobody.
func (d *Desk) Needs(ctx context.Context, who Who, q NeedQuery) (*Needs, error) {
	place, err := d.checkNeeds(who, &q)
	if err != nil {
		return nil, err
	}
	if err := d.WorkOutDue(ctx); err != nil {
		return nil, err
	}
	q.Place = place.ID
	out := &Needs{Query: q, Place: *place}
	err = d.view(ctx, func(tx store.Tx) error {
		if out.Vaccines, err = tx.Vaccines(); err != nil {
			return err
		}
		if place.Level >= registry.LevelCommune {
			b := needer{d: d, tx: tx, Needs: out}
			return b.work(place)
		}
		return d.needsBelow(tx, out)
	})
	return out, err
}

// needsBelow adds up what the communes of a place lack.
func (d *Desk) needsBelow(tx store.Tx, out *Needs) error {
	var communes []project.PlaceRow
	for _, row := range d.TargetPlacesBelow(out.Place.ID) {
		if row.Level == registry.LevelCommune {
			communes = append(communes, row)
		}
	}
	if len(communes) > NeedPlacesMax {
		return registry.Errors{{Field: "place", Code: registry.CodeTooMany, Params: map[string]any{"max": NeedPlacesMax}}}
	}
	out.Parts = []NeedPart{}
	for i := range communes {
		one := &Needs{Query: out.Query, Place: communes[i], Vaccines: out.Vaccines}
		b := needer{d: d, tx: tx, Needs: one}
		if err := b.work(&communes[i]); err != nil {
			return err
		}
		out.Parts = append(out.Parts, NeedPart{Place: communes[i], Lacks: one.Proposed()})
	}
	out.Store = map[string]int64{}
	stopped, err := d.suspendedHere(tx)
	if err != nil {
		return err
	}
	rows, err := tx.Stock(d.Node.Identity().Place)
	for i := range rows {
		r := &rows[i]
		if r.Entries > 0 && r.Key.Stock == registry.ProgrammeEPI && r.VVM <= 2 && stopped[lotKey(r.Key.Item, r.Key.Lot)] == "" && (r.Expires == 0 || r.Expires >= out.Query.Month.First()) {
			out.Store[r.Key.Item] += max(0, r.Balance())
		}
	}
	if err != nil {
		return err
	}
	out.Heard, err = report.HeardAt(tx, d.facilitiesOf(out.Place.ID), d.Node.Now().UnixMilli())
	return err
}

// facilitiesOf are the facilities in a place.
func (d *Desk) facilitiesOf(place p.EntityID) []p.EntityID {
	var out []p.EntityID
	m := d.Map()
	for _, id := range m.Children(place) {
		if row, ok := m.Row(id); ok && row.Level == registry.LevelFacility {
			out = append(out, id)
		} else {
			out = append(out, d.facilitiesOf(id)...)
		}
	}
	return out
}

// needer works out the needs of one commune or facility.
type needer struct {
	d  *Desk
	tx store.Tx
	*Needs

	src      report.Source
	year     int
	targets  report.Targets
	coming   map[string]int // doses due by the end of the month and not overdue today, by vaccine
	overdue  map[string]int
	before   map[string]int // of these, those due before the month begins
	newborn  int
	sessions []registry.Session // of the month
	lastHeld map[string]int     // days on which a vaccine was given in the last full month
	left     bool               // a session is planned from today until the month begins
	stock    []project.StockRow
	stopped  map[string]string // as suspendedAt, of all places
	waste    map[string]registry.Wastage
	usual    map[string]int
}

func (b *needer) work(place *project.PlaceRow) error {
	b.src = b.d.reportSource(place)
	b.year, _, _ = b.Query.Month.First().Date()
	for _, step := range []func() error{b.readTargets, b.readDue, b.readSessions, b.readStock, b.readWaste} {
		if err := step(); err != nil {
			return err
		}
	}
	var needs []registry.Need
	for i := range b.Vaccines {
		v := &b.Vaccines[i]
		if v.Programme != registry.ProgrammeEPI {
			continue
		}
		line := b.line(v.Code)
		if line.Due == 0 && line.Usable == 0 && len(line.Lots) == 0 && line.Waste == (registry.Wastage{}) && !line.HasPlan {
			continue // nobody here has it, and nobody is to
		}
		b.Lines = append(b.Lines, line)
		needs = append(needs, line.Need)
	}
	usable := map[string]int{}
	for i := range b.stock {
		if r := &b.stock[i]; registry.IsSupply(r.Key.Item) && (r.Expires == 0 || r.Expires >= b.Query.Month.First()) {
			usable[r.Key.Item] += int(r.Balance())
		}
	}
	b.Supplies = registry.SuppliesFor(needs, b.Query.Buffer, usable)
	return nil
}

func (b *needer) readTargets() (err error) {
	if len(b.src.Residences) == 0 { // a hospital or a clinic: nobody lives there
		b.targets = report.Targets{}
		return nil
	}
	b.targets, err = report.TargetsAt(b.tx, []p.EntityID{b.Place.ID}, b.year, b.d.Node.Atlas())
	return err
}

// readDue counts who on the register is due until the month ends. Who is due today and had the dose before the month begins is due again about a
// month later, for the next of the series: so each counts once for the month, and those due before it once more for the time until then.
func (b *needer) readDue() error {
	b.coming, b.overdue, b.before = map[string]int{}, map[string]int{}, map[string]int{}
	if len(b.src.Residences) == 0 {
		return nil
	}
	today := b.d.Today()
	count := func(q store.DueQuery, into map[string]int) error {
		q.Residences = b.src.Residences
		people, err := b.tx.Due(q)
		for i := range people {
			for _, v := range people[i].Vaccines {
				into[v]++
			}
		}
		return err
	}
	for _, x := range []struct {
		q    store.DueQuery
		into map[string]int
	}{
		{store.DueQuery{List: store.ListComing, Since: today, On: b.Query.Month.Last()}, b.coming},
		{store.DueQuery{List: store.ListOverdue, Since: today - needOverdue, On: today}, b.overdue},
		{store.DueQuery{List: store.ListComing, Since: today, On: b.Query.Month.First() - 1}, b.before},
		{store.DueQuery{List: store.ListOverdue, Since: today - needOverdue, On: today}, b.before},
	} {
		if err := count(x.q, x.into); err != nil {
			return err
		}
	}
	women, err := b.tx.SubjectsPregnant(b.src.Residences, needPregnantIn)
	for i := range women {
		if due := women[i].DueDate; due >= b.Query.Month.First() && due <= b.Query.Month.Last() {
			b.newborn++
		}
	}
	return err
}

// readSessions reads the sessions planned in the month and until it begins.
func (b *needer) readSessions() error {
	today, first := b.d.Today(), b.Query.Month.First()
	rows, err := b.tx.RecordsAt(store.RecordQuery{Kind: registry.KindSession, Places: b.src.Places, From: today, Until: b.Query.Month.Last() + 1})
	if err != nil {
		return err
	}
	states, err := recorded(b.tx, rows)
	if err != nil {
		return err
	}
	for _, s := range states {
		x := registry.SessionOf(s)
		switch {
		case !x.Live() || x.Closed != 0:
		case x.Day < first:
			b.left = true
		default:
			b.sessions = append(b.sessions, x)
		}
	}
	return nil
}

// sessionsOf is how many sessions of the month a vaccine is given at. Where none is planned at all, it is as many days as it was given on in the last
// full month.
func (b *needer) sessionsOf(vaccine string) (n int, planned bool) {
	for i := range b.sessions {
		if len(b.sessions[i].Vaccines) == 0 || slices.Contains(b.sessions[i].Vaccines, vaccine) {
			n++
		}
	}
	if len(b.sessions) > 0 {
		return n, true
	}
	return b.lastHeld[vaccine], false
}

func (b *needer) readStock() error {
	rows, err := b.tx.Stock(b.src.Places...)
	if err != nil || len(b.src.Places) == 0 {
		return err
	}
	b.stopped = map[string]string{}
	for _, place := range b.src.Places {
		stopped, err := b.d.suspendedAt(b.tx, place)
		if err != nil {
			return err
		}
		maps.Copy(b.stopped, stopped)
	}
	for i := range rows {
		if r := &rows[i]; r.Entries > 0 && r.Key.Stock == registry.ProgrammeEPI {
			b.stock = append(b.stock, *r)
		}
	}
	return nil
}

func (b *needer) readWaste() error {
	table, err := b.d.wastageAt(b.tx, b.src.Places, b.d.Today().Month()-needWasteOver, b.d.Today().Month()-1)
	if err != nil {
		return err
	}
	b.waste, b.usual, b.lastHeld = map[string]registry.Wastage{}, map[string]int{}, map[string]int{}
	for vaccine, months := range table.By {
		given := 0
		for i := range months {
			b.waste[vaccine] = b.waste[vaccine].Add(months[i].Wastage)
			if i >= len(months)-needUsualOver {
				given += months[i].Given
			}
		}
		b.usual[vaccine] = (given + needUsualOver - 1) / needUsualOver
		b.lastHeld[vaccine] = months[len(months)-1].Days
	}
	return nil
}

func (b *needer) line(vaccine string) NeedLine {
	l := NeedLine{Coming: b.coming[vaccine], Overdue: b.overdue[vaccine], Waste: b.waste[vaccine]}
	in := registry.NeedInput{
		Vaccine: vaccine, Vial: registry.VialsOf(vaccine).Sizes[0], Registered: l.Coming + l.Overdue, Usual: b.usual[vaccine],
		Coverage: b.Query.Coverage, Buffer: b.Query.Buffer,
	}
	whole := true
	for _, x := range registry.PlannedFor(vaccine) {
		planned := b.targets.Planned(b.d.Map(), b.Place.ID, x.Group)
		t := NeedTarget{Group: x.Group, Doses: x.Doses}
		t.People, t.Said = planned.People()
		whole = whole && t.Said
		in.Planned += int(t.People) * x.Doses
		l.Of = append(l.Of, t)
		if x.Group == registry.TargetBirths {
			in.Newborn = b.newborn
		}
	}
	if in.HasPlan = whole && len(l.Of) > 0; in.HasPlan {
		in.Planned = registry.PlannedAMonth(in.Planned, 1)
	} else {
		in.Planned = 0
	}
	in.Wastage, l.Own = l.Waste.PlanBy(vaccine)
	in.Sessions, l.Sessioned = b.sessionsOf(vaccine)

	today, last := b.d.Today(), b.Query.Month.Last()
	first := max(today, b.Query.Month.First()) // of this month what is left of it
	var vial int32
	for i := range b.stock {
		r := &b.stock[i]
		if r.Key.Item != vaccine || r.Balance() == 0 || r.VVM > 2 || b.stopped[lotKey(vaccine, r.Key.Lot)] != "" {
			continue
		}
		vial = r.Vial
		l.Lots = append(l.Lots, registry.NeedLot{Number: cmp.Or(r.Number, r.Key.Lot), Expires: r.Expires, Balance: int(r.Balance())})
	}
	in.Vial = cmp.Or(int(vial), in.Vial)
	usedUntil := registry.NeedInput{Vial: in.Vial, Registered: b.before[vaccine], Coverage: in.Coverage, Wastage: in.Wastage}
	if b.left {
		l.Before = registry.NeedOf(usedUntil).Used
	}
	monthly := registry.NeedOf(in).Used
	l.Lots = registry.UseUp(l.Lots, today, first, last, l.Before, monthly)
	for i := range l.Lots {
		in.Usable += l.Lots[i].Usable
	}
	in.Usable = max(0, in.Usable-l.Before)
	l.Need = registry.NeedOf(in)
	return l
}

// VaccineNeeded reports whether needs have a line for a vaccine, by its code.
func (n *Needs) VaccineNeeded(code string) bool {
	return slices.ContainsFunc(n.Lines, func(l NeedLine) bool { return strings.EqualFold(l.Vaccine, code) })
}
