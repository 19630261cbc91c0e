package web

import (
	"slices"
	"time"

	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// What the overview is about.
const (
	yearsBack     = 6 // birth cohorts to choose from
	zeroDoseAfter = 3 // months after birth by which the first dose of the five-in-one was due
	firstVaccine  = "DPT-VGB-HIB"
	measles       = "SOI"
)

// key is a vaccine's dose.
type key struct {
	vaccine string
	dose    int32
}

// figures is what one overview is made from: aggregates, and of the machines behind them when they were
// heard. No child is read for it, however many there are.
type figures struct {
	period *report.Table      // the cohort chosen
	all    int64              // children of every cohort
	zero   map[p.EntityID]int // by place: those past the age of their first dose who have none
	quiet  quiet
	until  int64 // to which the figures reach: the oldest news among the stations heard lately, else the newest there is
}

// quiet is what is known of the children whose stations were not heard from lately: how many they are, and
// which doses of theirs are known. The rest may have been given and not told.
type quiet struct {
	children int64
	doses    map[key]int64
}

// lacking is how many of them are not known to have a dose.
func (q *quiet) lacking(k key) int64 { return max(0, q.children-q.doses[k]) }

func (w *Web) figures(c *pages.Call, area *subtree, top p.EntityID, year int) (*figures, error) {
	f := &figures{zero: map[p.EntityID]int{}}
	st := w.hub.Node.Store()
	first, last := registry.NewMonth(year, time.January), registry.NewMonth(year, time.December)
	var err error
	f.period, err = report.Coverage(c.Ctx(), st, report.Query{
		Place: top, CohortFrom: first, CohortTo: last, Today: c.Today, NowMS: c.Now.UnixMilli(),
	})
	if err != nil {
		return nil, err
	}
	return f, st.View(c.Ctx(), func(tx store.Tx) error {
		under := underOf(area, top)
		cohorts, err := tx.Cohorts(store.CoverageQuery{})
		if err != nil {
			return err
		}
		for _, r := range cohorts {
			if len(under(r.Residence)) > 0 {
				f.all += r.Count
			}
		}
		if err := f.countZero(tx, under, first, min(last, c.Today.Month()-zeroDoseAfter)); err != nil {
			return err
		}
		silent, err := f.listen(tx, c, area, top)
		if err != nil || len(silent) == 0 {
			return err
		}
		return f.countQuiet(tx, silent, first, last)
	})
}

// underOf finds the rows that something at a place counts in: the place looked at, and the one directly
// under it. Nothing counts that lies elsewhere.
func underOf(area *subtree, top p.EntityID) func(p.EntityID) []p.EntityID {
	known := map[p.EntityID][]p.EntityID{}
	return func(id p.EntityID) []p.EntityID {
		if rows, ok := known[id]; ok {
			return rows
		}
		path := area.path(id)
		var rows []p.EntityID
		if i := slices.Index(path, top); i >= 0 {
			rows = path[max(0, i-1) : i+1]
		}
		known[id] = rows
		return rows
	}
}

// countZero counts, for the place and those under it, the children old enough for the first dose of the
// five-in-one less those who have it.
func (f *figures) countZero(tx store.Tx, under func(p.EntityID) []p.EntityID, from, to registry.Month) error {
	if to < from { // nobody of this cohort is old enough yet
		return nil
	}
	query := store.CoverageQuery{CohortFrom: from, CohortTo: to}
	cohorts, err := tx.Cohorts(query)
	if err != nil {
		return err
	}
	for _, r := range cohorts {
		for _, id := range under(r.Residence) {
			f.zero[id] += int(r.Count)
		}
	}
	counts, err := tx.Coverage(query)
	for _, r := range counts {
		if r.Vaccine == firstVaccine && r.Dose == 1 {
			for _, id := range under(r.Residence) {
				f.zero[id] -= int(r.Count)
			}
		}
	}
	return err
}

// listen finds out to when the figures reach, and the communes whose stations are silent.
func (f *figures) listen(tx store.Tx, c *pages.Call, area *subtree, top p.EntityID) (map[p.EntityID]bool, error) {
	devices, err := tx.Devices()
	if err != nil {
		return nil, err
	}
	children, err := tx.Children()
	if err != nil {
		return nil, err
	}
	last := make(map[p.EntityID]int64, len(children))
	for i := range children {
		last[children[i].Device] = max(children[i].ContactMS, children[i].DataMS)
	}
	silent := map[p.EntityID]bool{}
	var newest int64
	for i := range devices {
		d := &devices[i]
		if d.Revoked || d.Role != registry.NodeStation || !slices.Contains(area.path(d.Place), top) {
			continue
		}
		at := last[d.ID]
		newest = max(newest, at)
		if isSilent(at, c.Now) {
			silent[area.residence(d.Place)] = true
		} else if f.until == 0 || at < f.until {
			f.until = at
		}
	}
	if f.until == 0 {
		f.until = newest
	}
	return silent, nil
}

// isSilent says whether figures that were last heard at a time count as old; never is silent too.
func isSilent(heardMS int64, now time.Time) bool {
	return heardMS == 0 || now.UnixMilli()-heardMS > report.SilentAfter
}

// countQuiet adds up what is known of the children of some communes.
func (f *figures) countQuiet(tx store.Tx, communes map[p.EntityID]bool, from, to registry.Month) error {
	f.quiet.doses = map[key]int64{}
	query := store.CoverageQuery{CohortFrom: from, CohortTo: to}
	cohorts, err := tx.Cohorts(query)
	if err != nil {
		return err
	}
	for _, r := range cohorts {
		if communes[r.Residence] {
			f.quiet.children += r.Count
		}
	}
	counts, err := tx.Coverage(query)
	for _, r := range counts {
		if communes[r.Residence] {
			f.quiet.doses[key{r.Vaccine, r.Dose}] += r.Count
		}
	}
	return err
}

// doses is the whole area's count of one dose.
func (f *figures) doses(k key) int64 { return f.dosesOf(&f.period.Total, k) }

// dosesOf is a row's count of one dose.
func (f *figures) dosesOf(r *report.Row, k key) int64 {
	for i, in := range f.period.Indicators {
		if in.Vaccine == k.vaccine && in.Dose == k.dose {
			return r.Doses[i]
		}
	}
	return 0
}

// zeroDose is how many at a place have not had the first dose of the five-in-one.
func (f *figures) zeroDose(place p.EntityID) int { return max(0, f.zero[place]) }
