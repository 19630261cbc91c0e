package report

import (
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Query says what a coverage table is about.
type Query struct {
	Place      p.EntityID // the table has a row for it and one for each place directly under it
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
// wherever it was given.
type Table struct {
	Query      Query
	Place      project.PlaceRow
	Path       []project.PlaceRow // ancestors, the nation first
	Indicators []Indicator
	Total      Row
	Rows       []Row // places directly under Place, by name
}

// Row is one place's figures.
type Row struct {
	Place      project.PlaceRow
	Registered int64   // children of the cohort
	Doses      []int64 // as Indicators
	Heard      Heard
	Leaf       bool // nothing lies under it
}

// Heard is the completeness of a figure: which stations were heard from, and until when.
type Heard struct {
	Stations int   // enrolled and not revoked
	Fresh    int   // heard from within SilentAfter
	OldestMS int64 // when the longest silent one was last heard, 0 if one never was
	Never    int   // enrolled and never heard
}

// SilentAfter is how long a station may be quiet before its figures count as old, milliseconds.
const SilentAfter = 36 * 3600 * 1000

// indicators are the doses every overview shows (full list: the vaccines of the programme by dose).
var indicators = []struct {
	vaccine string
	doses   []int32
}{
	{"BCG", []int32{1}}, {"VGB0", []int32{1}}, {"DPT-VGB-HIB", []int32{1, 3}}, {"BOPV", []int32{3}}, {"IPV", []int32{1}}, {"SOI", []int32{1}}, {"MR", []int32{1}},
}

// Coverage reads the table.
func Coverage(ctx context.Context, st store.Store, q Query) (*Table, error) {
	t := &Table{Query: q}
	err := st.View(ctx, func(tx store.Tx) error { return t.read(tx) })
	return t, err
}

func (t *Table) read(tx store.Tx) error {
	places, err := tx.Places()
	if err != nil {
		return err
	}
	byID := make(map[p.EntityID]project.PlaceRow, len(places))
	for _, r := range places {
		byID[r.ID] = r
	}
	t.Place = byID[t.Query.Place]
	for at, k := byID[t.Place.Parent], 0; !at.ID.IsZero() && k < 32; at, k = byID[at.Parent], k+1 {
		t.Path = append([]project.PlaceRow{at}, t.Path...)
	}
	if err := t.columns(tx); err != nil {
		return err
	}
	rows := map[p.EntityID]*Row{}
	hasChild := map[p.EntityID]bool{}
	for _, r := range places {
		hasChild[r.Parent] = true
		if r.Parent == t.Place.ID && !r.Void {
			rows[r.ID] = &Row{Place: r, Doses: make([]int64, len(t.Indicators))}
		}
	}
	t.Total = Row{Place: t.Place, Doses: make([]int64, len(t.Indicators))}
	// under finds the row a place counts in: the child of Place on its way up; total says whether it lies in
	// Place at all.
	under := func(id p.EntityID) (row *Row, total bool) {
		for range 32 {
			if id == t.Place.ID {
				return row, true
			}
			if r := rows[id]; r != nil {
				row = r
			}
			next, ok := byID[id]
			if !ok || next.Parent.IsZero() {
				return row, false
			}
			id = next.Parent
		}
		return row, false
	}
	if err := t.count(tx, under); err != nil {
		return err
	}
	if err := t.heard(tx, under); err != nil {
		return err
	}
	for id, r := range rows {
		r.Leaf = !hasChild[id]
		t.Rows = append(t.Rows, *r)
	}
	slices.SortFunc(t.Rows, func(a, b Row) int {
		ka, kb := registry.Fold(a.Place.Name), registry.Fold(b.Place.Name)
		switch {
		case ka < kb:
			return -1
		case ka > kb:
			return 1
		}
		return a.Place.ID.Compare(b.Place.ID)
	})
	return nil
}

func (t *Table) columns(tx store.Tx) error {
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
			t.Indicators = append(t.Indicators, Indicator{Vaccine: want.vaccine, Name: vaccines[i].Short, Dose: dose})
		}
	}
	return nil
}

func (t *Table) count(tx store.Tx, under func(p.EntityID) (*Row, bool)) error {
	q := store.CoverageQuery{CohortFrom: t.Query.CohortFrom, CohortTo: t.Query.CohortTo}
	cohorts, err := tx.Cohorts(q)
	if err != nil {
		return err
	}
	for _, c := range cohorts {
		row, total := under(c.Residence)
		if !total {
			continue
		}
		t.Total.Registered += c.Count
		if row != nil {
			row.Registered += c.Count
		}
	}
	counts, err := tx.Coverage(q)
	if err != nil {
		return err
	}
	for _, c := range counts {
		i := slices.IndexFunc(t.Indicators, func(in Indicator) bool { return in.Vaccine == c.Vaccine && in.Dose == c.Dose })
		if i < 0 {
			continue
		}
		row, total := under(c.Residence)
		if !total {
			continue
		}
		t.Total.Doses[i] += c.Count
		if row != nil {
			row.Doses[i] += c.Count
		}
	}
	return nil
}

// heard counts the stations behind each figure. A station that calls a hub below this one is known here
// by the newest change of its logs.
func (t *Table) heard(tx store.Tx, under func(p.EntityID) (*Row, bool)) error {
	devices, err := tx.Devices()
	if err != nil {
		return err
	}
	children, err := tx.Children()
	if err != nil {
		return err
	}
	heard := make(map[p.EntityID]int64, len(children))
	for _, c := range children {
		heard[c.Device] = max(c.ContactMS, c.DataMS)
	}
	for _, d := range devices {
		if d.Role != registry.NodeStation || d.Revoked {
			continue
		}
		row, total := under(d.Place)
		if !total {
			continue
		}
		at := heard[d.ID]
		t.Total.Heard.add(at, t.Query.NowMS)
		if row != nil {
			row.Heard.add(at, t.Query.NowMS)
		}
	}
	return nil
}

func (h *Heard) add(at, now int64) {
	h.Stations++
	switch {
	case at == 0:
		h.Never++
		return
	case now-at <= SilentAfter:
		h.Fresh++
	}
	if h.OldestMS == 0 || at < h.OldestMS {
		h.OldestMS = at
	}
}
