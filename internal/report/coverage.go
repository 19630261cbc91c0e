package report

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tramy/internal/atlas"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Query says what a coverage table is about.
type Query struct {
	Place      p.EntityID   // the table has a row for it and one for each place directly under it
	On         registry.Day // the map by which people stand somewhere; 0: today's
	CohortFrom registry.Month
	CohortTo   registry.Month // inclusive
	Today      registry.Day
	NowMS      int64 // hub time, to tell who is silent
}

// Indicator is one column: a vaccine's dose.
type Indicator struct {
	Vaccine string
	Name    string
	Dose    int32
}

// Table is coverage by place: children of the cohort who live there, and how many of them had each dose,
// wherever it was given. Everybody is counted once on every map, so a country has the same total on all.
type Table struct {
	Query      Query              // On is never 0
	Place      project.PlaceRow   // as on the map, or its newest row if it is not on it
	Path       []project.PlaceRow // ancestors, the nation first
	Indicators []Indicator
	Total      Row
	Rows       []Row // places directly under Place, by name
	// Unplaced is who is known to live in Place but not where on this map: their commune was split and nobody has said
	// yet to which part they belong, or the map is older than the place. Nil if there is nobody. It is in Total, and
	// with Rows makes it up where no child is registered at Place itself.
	Unplaced *Row
	// Instead names the places that hold the territory of Place, if it is not on the map: then nothing is counted.
	Instead []project.PlaceRow

	Registered int64 // children of every cohort
	Quiet      Quiet
	UntilMS    int64 // to which figures reach: the oldest news among the stations heard lately, else the newest there is
}

// Row is one place's figures.
type Row struct {
	Place      project.PlaceRow
	Registered int64   // children of the cohort
	Doses      []int64 // as Indicators
	Zero       int64   // those of them past the age of the first dose of the five-in-one who have none
	Heard      Heard
	Leaf       bool // nothing lies under it
	// Births and Under1 are the planned denominators of the cohort, where it is that of one year: of birth doses, and of the others.
	Births, Under1 Planned
}

// Quiet is what is known of the children whose stations were not heard from lately: how many they are, and
// which doses of theirs are known. The rest may have been given and not told.
type Quiet struct {
	Children int64
	Doses    []int64 // as Indicators
}

// Lacking is how many of them are not known to have the dose of a column.
func (q *Quiet) Lacking(column int) int64 { return max(0, q.Children-q.Doses[column]) }

// FirstVaccine is the vaccine whose first dose a zero-dose child lacks, ZeroDoseAfter the months after birth by which
// it was due.
const (
	FirstVaccine  = "DPT-VGB-HIB"
	ZeroDoseAfter = 3
)

// indicators are the doses every overview shows (full list: the vaccines of the programme by dose).
var indicators = []struct {
	vaccine string
	doses   []int32
}{
	{"BCG", []int32{1}}, {"VGB0", []int32{1}}, {FirstVaccine, []int32{1, 3}}, {"BOPV", []int32{3}}, {"IPV", []int32{1}}, {"SOI", []int32{1}}, {"MR", []int32{1}},
}

// Coverage makes the table. What it costs follows from how many places there are, not from how many children.
func Coverage(ctx context.Context, st store.Store, places *atlas.Atlas, q Query) (*Table, error) {
	q.On = cmp.Or(q.On, q.Today)
	b := &builder{Table: &Table{Query: q}, atlas: places, on: places.At(q.On), today: places.At(q.Today), spots: map[p.EntityID]spot{}, homes: map[home]spot{}}
	err := st.View(ctx, b.read)
	return b.Table, err
}

// builder fills in a table.
type builder struct {
	*Table
	atlas *atlas.Atlas
	on    *atlas.Map
	today *atlas.Map

	rows  map[p.EntityID]*Row
	spots map[p.EntityID]spot
	homes map[home]spot
}

// home is where somebody lives, as recorded and as that led.
type home struct{ recorded, residence p.EntityID }

// spot is where on the table something counts.
type spot struct {
	in  bool // in Place at all
	row *Row // and under it; nil: it is not known where, or at Place itself
}

func (b *builder) read(tx store.Tx) error {
	if err := b.columns(tx); err != nil {
		return err
	}
	b.Total.Doses = make([]int64, len(b.Indicators))
	b.Quiet.Doses = make([]int64, len(b.Indicators))
	if !b.draw() {
		return nil
	}
	silent, err := b.heard(tx)
	if err != nil {
		return err
	}
	if err := b.count(tx, silent); err != nil {
		return err
	}
	if err := b.planned(tx); err != nil {
		return err
	}
	for id, r := range b.rows {
		r.Leaf = len(b.on.Children(id)) == 0
		b.Rows = append(b.Rows, *r)
	}
	slices.SortFunc(b.Rows, func(x, y Row) int {
		return cmp.Or(strings.Compare(registry.Fold(x.Place.Name), registry.Fold(y.Place.Name)), x.Place.ID.Compare(y.Place.ID))
	})
	return nil
}

// draw finds Place on the map and what lies under it; false if it is not on it.
func (b *builder) draw() bool {
	row := func(id p.EntityID) project.PlaceRow {
		r, _ := b.on.Row(id)
		return r
	}
	if !b.on.InForce(b.Query.Place) {
		b.Place, _ = b.atlas.Row(b.Query.Place)
		for _, id := range b.on.Holding(b.Query.Place) {
			b.Instead = append(b.Instead, row(id))
		}
		b.Total.Place = b.Place
		return false
	}
	b.Place = row(b.Query.Place)
	b.Total.Place = b.Place
	for _, id := range b.on.Path(b.Place.ID)[1:] {
		b.Path = append(b.Path, row(id))
	}
	slices.Reverse(b.Path)
	b.rows = map[p.EntityID]*Row{}
	for _, id := range b.on.Children(b.Place.ID) {
		b.rows[id] = &Row{Place: row(id), Doses: make([]int64, len(b.Indicators))}
	}
	return true
}

// spot finds where a place of the map counts: in the child of Place on its way up.
func (b *builder) spot(at p.EntityID) spot {
	if found, ok := b.spots[at]; ok {
		return found
	}
	found := spot{}
	for _, up := range b.on.Path(at) {
		if found.in = up == b.Place.ID; found.in {
			break
		}
		if r := b.rows[up]; r != nil {
			found.row = r
		}
	}
	b.spots[at] = found
	return found
}

// home finds where people count. Of whom nothing is known but that they are in the country, the first top of the map
// stands for it.
func (b *builder) home(h home) spot {
	if found, ok := b.homes[h]; ok {
		return found
	}
	at, _ := b.on.Stands(h.recorded, h.residence)
	if roots := b.on.Roots(); at.IsZero() && len(roots) > 0 {
		at = roots[0]
	}
	found := b.spot(at)
	if found.in && found.row == nil && b.Place.Level < registry.LevelCommune {
		if b.Unplaced == nil {
			b.Unplaced = &Row{Place: b.Place, Doses: make([]int64, len(b.Indicators)), Leaf: true}
		}
		found.row = b.Unplaced
	}
	b.homes[h] = found
	return found
}

func (b *builder) columns(tx store.Tx) error {
	vaccines, err := tx.Vaccines()
	if err != nil {
		return err
	}
	for _, want := range indicators {
		i := slices.IndexFunc(vaccines, func(v project.VaccineRow) bool { return v.Code == want.vaccine })
		if i < 0 {
			continue
		}
		for _, dose := range want.doses {
			b.Indicators = append(b.Indicators, Indicator{Vaccine: want.vaccine, Name: vaccines[i].Short, Dose: dose})
		}
	}
	return nil
}

// CohortYear is the year that a cohort is of, 0 if it is not that of one whole year: targets are of years.
func (q *Query) CohortYear() int {
	y, m := q.CohortFrom.Date()
	if m != 1 || q.CohortTo != registry.NewMonth(y, 12) {
		return 0
	}
	return y
}

// BirthDose reports whether a dose is planned for by the births of a year; the others are by the children under one.
func (x *Indicator) BirthDose() bool {
	return slices.ContainsFunc(registry.PlannedFor(x.Vaccine), func(d registry.PlannedDoses) bool { return d.Group == registry.TargetBirths })
}

// PlannedFor is the planned denominator of a dose.
func (r *Row) PlannedFor(x *Indicator) *Planned {
	if x.BirthDose() {
		return &r.Births
	}
	return &r.Under1
}

// planned reads the targets of the cohort's year.
func (b *builder) planned(tx store.Tx) error {
	year := b.Query.CohortYear()
	if year == 0 {
		return nil
	}
	targets, err := TargetsAt(tx, TargetPlaces(b.on, b.Place.ID), year, b.atlas)
	if err != nil {
		return err
	}
	fill := func(r *Row, id p.EntityID) {
		r.Births, r.Under1 = targets.Planned(b.on, id, registry.TargetBirths), targets.Planned(b.on, id, registry.TargetUnder1)
	}
	fill(&b.Total, b.Place.ID)
	for id, r := range b.rows {
		if r.Place.Level < registry.LevelFacility {
			fill(r, id)
		}
	}
	return nil
}

// count adds up the figures. silent are the residences whose stations are.
func (b *builder) count(tx store.Tx, silent map[p.EntityID]bool) error {
	from, to := b.Query.CohortFrom, b.Query.CohortTo
	old := min(to, b.Query.Today.Month()-ZeroDoseAfter) // whoever was born by then should have the first dose
	q := store.FigureQuery{CohortFrom: from, CohortTo: to}
	for _, in := range b.Indicators {
		q.Doses = append(q.Doses, store.Dose{Vaccine: in.Vaccine, Number: in.Dose})
	}
	first := slices.Index(q.Doses, store.Dose{Vaccine: FirstVaccine, Number: 1})
	sums := make([]int64, len(q.Doses))
	err := tx.Figures(q, func(f *store.FigureRow) {
		at := b.home(home{f.Recorded, f.Residence})
		if !at.in {
			return
		}
		children, zero := f.Children.Between(f.Year, from, to), f.Children.Between(f.Year, from, old)
		for i := range sums {
			sums[i] = f.Doses[i].Between(f.Year, from, to)
		}
		if first >= 0 {
			zero -= f.Doses[first].Between(f.Year, from, old)
		}
		b.Total.add(children, zero, sums)
		if at.row != nil {
			at.row.add(children, zero, sums)
		}
		if silent[f.Residence] {
			b.Quiet.Children += children
			for i, n := range sums {
				b.Quiet.Doses[i] += n
			}
		}
	})
	if err != nil {
		return err
	}
	registered, err := tx.Registered()
	for i := range registered {
		if r := &registered[i]; b.home(home{r.Recorded, r.Residence}).in {
			b.Registered += r.Count
		}
	}
	if b.Unplaced != nil && b.Unplaced.Registered == 0 && !slices.ContainsFunc(b.Unplaced.Doses, func(n int64) bool { return n != 0 }) {
		b.Unplaced = nil // somebody of another cohort
	}
	return err
}

func (r *Row) add(children, zero int64, doses []int64) {
	r.Registered += children
	r.Zero += zero
	for i, n := range doses {
		r.Doses[i] += n
	}
}
