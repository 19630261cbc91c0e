package report_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"tramy/internal/atlas"
	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// world is a tree with two more communes, and everything that was entered so far.
type world struct {
	*nodetest.Tree
	t        *testing.T
	rng      *rand.Rand
	communes []p.EntityID
	subjects []p.EntityID
	doses    []p.EntityID
	links    map[[2]p.EntityID]bool
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{Tree: nodetest.New(t), t: t, rng: rand.New(rand.NewPCG(seed, 1)), links: map[[2]p.EntityID]bool{}}
	w.communes = []p.EntityID{w.Commune}
	for i := range 2 {
		id, err := w.Hub.AddPlace(t.Context(), w.Admin, registry.PlaceInput{
			Parent: w.Province, Code: fmt.Sprintf("gso:9900%d", i), Name: fmt.Sprintf("Xã Thử %d", i), Level: registry.LevelCommune, Type: "xa",
		})
		w.must(err)
		w.communes = append(w.communes, id)
	}
	w.Sync(t)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// step does one thing a nurse may do.
func (w *world) step() {
	ctx, s, nurse := w.t.Context(), w.Station, w.Nurse
	today := s.Today()
	n := w.rng.IntN(20)
	if len(w.subjects) < 4 {
		n = 0
	}
	switch {
	case n < 4:
		id, _, err := s.Register(ctx, nurse, registry.SubjectInput{
			Place: pick(w.rng, w.communes), Name: "Lò Văn " + string(rune('A'+w.rng.IntN(26))), BirthDate: today - registry.Day(100+w.rng.IntN(500)), MotherName: "Lò Thị Mai",
		}, true)
		w.must(err)
		w.subjects = append(w.subjects, id)
	case n < 11:
		dose := registry.ImmunizationInput{Vaccine: pick(w.rng, []string{"BCG", "VGB0", "DPT-VGB-HIB", "DPT-VGB-HIB", "DPT-VGB-HIB", "BOPV", "BOPV", "IPV", "SOI", "MR"}), Lot: "A1", Screening: registry.ScreeningEligible}
		if w.rng.IntN(4) == 0 {
			dose.Source = registry.SourceCard
		}
		id, err := s.RecordVisit(ctx, nurse, desk.Visit{
			Subject: pick(w.rng, w.subjects), Doses: []registry.ImmunizationInput{dose}, GivenOn: today - registry.Day(w.rng.IntN(90)),
		})
		w.must(err)
		w.doses = append(w.doses, id...)
	case n < 13 && len(w.doses) > 0: // another vaccine, another day, another child
		patch := registry.Patch{}
		switch w.rng.IntN(3) {
		case 0:
			patch[registry.DoseVaccine] = p.Text(pick(w.rng, []string{"BCG", "BOPV", "MR"}))
		case 1:
			patch[registry.DoseGivenOn] = p.Int(int64(today - registry.Day(w.rng.IntN(90))))
		default:
			patch[p.FieldSubject] = p.Ref(pick(w.rng, w.subjects))
		}
		id := pick(w.rng, w.doses)
		w.must(s.Amend(ctx, nurse, id, patch, w.saw(id)))
	case n < 14 && len(w.doses) > 0:
		id := pick(w.rng, w.doses)
		w.must(s.VoidDose(ctx, w.Head, id, "nhập nhầm", w.saw(id)))
	case n < 15:
		id := pick(w.rng, w.subjects)
		w.must(s.VoidSubject(ctx, w.Head, id, "nhập nhầm", w.saw(id)))
	case n < 17: // moves, or another birth date
		id := pick(w.rng, w.subjects)
		patch := registry.Patch{p.FieldPlace: p.Ref(pick(w.rng, w.communes))}
		if w.rng.IntN(3) == 0 {
			patch = registry.Patch{registry.SubjectBirthDate: p.Int(int64(today - registry.Day(100+w.rng.IntN(500))))}
		}
		w.must(s.Edit(ctx, nurse, id, patch, w.saw(id)))
	default: // links, and un-links
		a, b := pick(w.rng, w.subjects), pick(w.rng, w.subjects)
		if w.rng.IntN(2) == 0 && len(w.links) > 0 {
			pair := slices.SortedFunc(maps.Keys(w.links), func(x, y [2]p.EntityID) int { return cmp.Or(x[0].Compare(y[0]), x[1].Compare(y[1])) })
			a, b = pick(w.rng, pair)[0], p.EntityID{}
			for k := range w.links {
				if k[0] == a {
					b = k[1]
				}
			}
		}
		if a == b || b.IsZero() {
			return
		}
		if a.Compare(b) > 0 {
			a, b = b, a
		}
		w.links[[2]p.EntityID{a, b}] = !w.links[[2]p.EntityID{a, b}]
		w.must(s.Link(ctx, w.Head, a, b, w.links[[2]p.EntityID{a, b}]))
	}
}

func (w *world) saw(id p.EntityID) (saw registry.Saw) {
	w.t.Helper()
	w.must(w.Station.Node.Store().View(context.Background(), func(tx store.Tx) error {
		s, err := tx.State(id)
		if err == nil {
			saw = registry.SawOf(s)
		}
		return err
	}))
	return saw
}

// figures are what a table says of a place: children, and doses by indicator.
type figures struct {
	registered int64
	doses      []int64
}

// recount counts once more from the rows of people and doses, knowing nothing of the aggregates: a dose
// counts for where the case's first subject lives, by date among those of its vaccine.
func (w *world) recount(st store.Store, q report.Query, columns []report.Indicator) map[p.EntityID]*figures {
	w.t.Helper()
	out := map[p.EntityID]*figures{}
	at := func(place p.EntityID) *figures {
		if out[place] == nil {
			out[place] = &figures{doses: make([]int64, len(columns))}
		}
		return out[place]
	}
	cohort := func(s *project.SubjectRow) bool {
		m := s.BirthDate.Month()
		return s.BirthPrec != 0 && m >= q.CohortFrom && m <= q.CohortTo
	}
	w.must(st.View(context.Background(), func(tx store.Tx) error {
		cases := map[p.EntityID]bool{}
		for _, id := range w.subjects {
			row, err := tx.SubjectRow(id)
			if err != nil || row == nil {
				return fmt.Errorf("subject %s: %v, %v", id, row, err)
			}
			cases[row.Case] = true
		}
		for id := range cases {
			lead, err := tx.SubjectRow(id)
			if err != nil {
				return err
			}
			if !lead.Void && cohort(lead) {
				at(lead.Residence).registered++
			}
			doses, err := tx.DosesOfCase(id)
			if err != nil {
				return err
			}
			void := map[p.EntityID]bool{}
			subjects, err := tx.SubjectsOfCase(id)
			if err != nil {
				return err
			}
			for _, s := range subjects {
				void[s.ID] = s.Void
			}
			doses = slices.DeleteFunc(doses, func(d project.ImmunizationRow) bool { return d.Void || d.NotDone != 0 || void[d.Subject] })
			slices.SortFunc(doses, func(a, b project.ImmunizationRow) int {
				return cmp.Or(cmp.Compare(a.GivenOn, b.GivenOn), cmp.Compare(a.GivenMinute, b.GivenMinute), a.ID.Compare(b.ID))
			})
			// What a card tells of a vaccine and day that was recorded first hand, or told before, is no dose more.
			same := func(a, b project.ImmunizationRow) bool { return a.Vaccine == b.Vaccine && a.GivenOn == b.GivenOn }
			var counted []project.ImmunizationRow
			for i, d := range doses {
				again := slices.ContainsFunc(doses, func(x project.ImmunizationRow) bool { return same(x, d) && x.Source == registry.SourceHere }) ||
					slices.ContainsFunc(doses[:i], func(x project.ImmunizationRow) bool { return same(x, d) })
				if d.Source == registry.SourceHere || !again {
					counted = append(counted, d)
				}
			}
			number := map[string]int32{}
			for _, d := range counted {
				number[d.Vaccine]++
				for i, c := range columns {
					if c.Vaccine == d.Vaccine && c.Dose == number[d.Vaccine] && cohort(lead) {
						at(lead.Residence).doses[i]++
					}
				}
			}
		}
		return nil
	}))
	return out
}

func (w *world) coverage(st store.Store, q report.Query) *report.Table {
	w.t.Helper()
	table, err := report.Coverage(w.t.Context(), st, w.places(st), q)
	w.must(err)
	return table
}

// places are those a store knows.
func (w *world) places(st store.Store) *atlas.Atlas {
	w.t.Helper()
	var rows []project.PlaceRow
	w.must(st.View(w.t.Context(), func(tx store.Tx) (err error) {
		rows, err = tx.Places()
		return err
	}))
	return atlas.New(rows)
}

func (w *world) compare(when string, st store.Store, q report.Query) *report.Table {
	w.t.Helper()
	table := w.coverage(st, q)
	want := w.recount(st, q, table.Indicators)
	total := figures{doses: make([]int64, len(table.Indicators))}
	for _, f := range want {
		total.registered += f.registered
		for i := range f.doses {
			total.doses[i] += f.doses[i]
		}
	}
	if table.Total.Registered != total.registered || !slices.Equal(table.Total.Doses, total.doses) {
		w.t.Errorf("%s: in all %d children, doses %v; counted %d, %v", when, table.Total.Registered, table.Total.Doses, total.registered, total.doses)
	}
	for _, r := range table.Rows {
		f := want[r.Place.ID]
		if f == nil {
			f = &figures{doses: make([]int64, len(table.Indicators))}
		}
		if r.Registered != f.registered || !slices.Equal(r.Doses, f.doses) {
			w.t.Errorf("%s: %s has %d children, doses %v; counted %d, %v", when, r.Place.Name, r.Registered, r.Doses, f.registered, f.doses)
		}
	}
	return table
}

func TestFiguresEqualARecountOfTheRows(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := newWorld(t, seed)
			today := w.Station.Today()
			whole := report.Query{Place: w.Province, CohortFrom: 1, CohortTo: today.Month(), Today: today, NowMS: nodetest.Start.UnixMilli()}
			for round := range 4 {
				for range 30 {
					w.step()
				}
				w.compare(fmt.Sprint("at the station, round ", round), w.Station.Node.Store(), whole)
				w.Sync(t)
				table := w.compare(fmt.Sprint("at the centre, round ", round), w.Hub.Node.Store(), whole)
				if round == 3 && (table.Total.Registered < 10 || slices.Max(table.Total.Doses) < 3) {
					t.Errorf("the figures say too little: %+v", table.Total)
				}
				year := whole
				year.CohortFrom, year.CohortTo = (today - 400).Month(), (today - 200).Month()
				w.compare("one cohort", w.Hub.Node.Store(), year)
			}
		})
	}
}

// Pages of figures read aggregates alone: they answer the same when the states are not there at all.
func TestCoverageReadsNoState(t *testing.T) {
	w := newWorld(t, 7)
	for range 80 {
		w.step()
	}
	w.Sync(t)
	today := w.Station.Today()
	q := report.Query{Place: w.Province, CohortFrom: 1, CohortTo: today.Month(), Today: today, NowMS: nodetest.Start.UnixMilli()}
	before := w.coverage(w.Hub.Node.Store(), q)
	// The hub's engine registered its driver under this name.
	db, err := sql.Open("sqlite", filepath.Join(w.Hub.Dir.Path, "tramy.db")+"?_pragma=busy_timeout(10000)")
	w.must(err)
	defer db.Close()
	for _, table := range []string{"entity", "subject", "immunization", "link", "edit", "member", "segment"} {
		_, err = db.ExecContext(t.Context(), `ALTER TABLE `+table+` RENAME TO `+table+`_away`)
		w.must(err)
	}
	w.must(w.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		if s, err := tx.State(w.subjects[0]); err == nil {
			t.Errorf("a state was read although the states are away: %v", s)
		}
		return nil
	}))
	after := w.coverage(w.Hub.Node.Store(), q)
	if before.Total.Registered == 0 || !reflect.DeepEqual(before, after) {
		t.Errorf("%+v\nwithout states\n%+v", before.Total, after.Total)
	}
}

// A figure says whom it heard from.
func TestCoverageSaysWhoIsSilent(t *testing.T) {
	w := newWorld(t, 1)
	now := nodetest.Start.UnixMilli()
	q := report.Query{Place: w.Nation, CohortFrom: 1, CohortTo: w.Station.Today().Month(), NowMS: now}
	for _, c := range []struct {
		place p.EntityID
		nowMS int64
		want  report.Heard
	}{
		{w.Nation, now, report.Heard{Stations: 1, Fresh: 1, OldestMS: now}},
		{w.Commune, now + report.SilentAfter, report.Heard{Stations: 1, Fresh: 1, OldestMS: now}},
		{w.Commune, now + report.SilentAfter + 1, report.Heard{Stations: 1, OldestMS: now}},
		{w.communes[1], now, report.Heard{}},
	} {
		q.Place, q.NowMS = c.place, c.nowMS
		if got := w.coverage(w.Hub.Node.Store(), q).Total.Heard; got != c.want {
			t.Errorf("%s at %d: %+v, want %+v", c.place, c.nowMS-now, got, c.want)
		}
	}
	w.must(w.Hub.Revoke(t.Context(), w.Admin, w.Station.Node.Identity().Device, "hỏng"))
	q.Place, q.NowMS = w.Nation, now
	table := w.coverage(w.Hub.Node.Store(), q)
	if table.Total.Heard.Stations != 0 {
		t.Errorf("a revoked station is waited for: %+v", table.Total.Heard)
	}
	// Rows lie under the place, by name, and leaves say so.
	q.Place = w.Province
	table = w.coverage(w.Hub.Node.Store(), q)
	if len(table.Rows) != 3 || len(table.Path) != 1 || table.Path[0].ID != w.Nation || table.Place.ID != w.Province {
		t.Errorf("%d rows, path %v", len(table.Rows), table.Path)
	}
	for _, r := range table.Rows {
		if r.Leaf == (r.Place.ID == w.Commune) {
			t.Errorf("%s: leaf %v", r.Place.Name, r.Leaf)
		}
	}
}
