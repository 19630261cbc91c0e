package report_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// unit is a place of the test's own history of the map, which knows nothing of package atlas.
type unit struct {
	id          p.EntityID
	name        string
	from, until registry.Day
	parent      *unit
	before      []spell // what its parent was, oldest first
	after       []*unit
	hamlets     []string // as listed
	province    bool
}

type spell struct {
	until  registry.Day
	parent *unit
	name   string
}

func (u *unit) inForce(d registry.Day) bool { return u.from <= d && (u.until == 0 || d < u.until) }

func (u *unit) on(d registry.Day) (name string, parent *unit) {
	for _, s := range u.before {
		if d < s.until {
			return s.name, s.parent
		}
	}
	return u.name, u.parent
}

// path is a unit and what it lay in on a day.
func (u *unit) path(d registry.Day) []*unit {
	var out []*unit
	for ; u != nil; _, u = u.on(d) {
		out = append(out, u)
	}
	return out
}

// reformed is a tree whose map changes again and again.
type reformed struct {
	*nodetest.Tree
	t      *testing.T
	rng    *rand.Rand
	nation *unit
	units  []*unit // all but the nation
	next   int
	people []p.EntityID
	names  []string // of hamlets
}

func (w *reformed) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *reformed) add(name string, parent *unit, from registry.Day, province bool, hamlets []string) *unit {
	w.t.Helper()
	w.next++
	u := &unit{name: fmt.Sprint(name, " ", w.next), from: from, parent: parent, hamlets: hamlets, province: province}
	in := registry.PlaceInput{Parent: parent.id, Code: fmt.Sprintf("gso:9%04d", w.next), Name: u.name, Level: registry.LevelCommune, Type: "xa", From: from, Hamlets: hamlets}
	if province {
		in.Level, in.Type = registry.LevelProvince, "tinh"
	}
	var err error
	u.id, err = w.Hub.AddPlace(w.t.Context(), w.Admin, in)
	w.must(err)
	w.units = append(w.units, u)
	return u
}

// write puts what the test knows of a unit into the register.
func (w *reformed) write(u *unit) {
	w.t.Helper()
	w.AmendPlace(w.t, u.id, func(in *registry.PlaceInput) {
		in.Name, in.Parent, in.Until, in.Successors, in.Former = u.name, u.parent.id, u.until, nil, nil
		for _, x := range u.after {
			in.Successors = append(in.Successors, x.id)
		}
		for _, x := range u.before {
			in.Former = append(in.Former, registry.FormerPlace{Until: x.until, Parent: x.parent.id, Code: in.Code, Name: x.name, Type: in.Type})
		}
	})
}

func (w *reformed) standing(d registry.Day, province bool) []*unit {
	var out []*unit
	for _, u := range w.units {
		if u.province == province && u.inForce(d) && u.until == 0 {
			out = append(out, u)
		}
	}
	return out
}

// reform changes the map on a day: it merges, splits, renames and moves, and now and then a province goes.
func (w *reformed) reform(d registry.Day) {
	w.t.Helper()
	provinces := w.standing(d-1, true)
	if len(provinces) > 2 && w.rng.IntN(2) == 0 {
		gone, into := provinces[len(provinces)-1], provinces[0]
		gone.until, gone.after = d, []*unit{into}
		for _, u := range w.standing(d-1, false) {
			if u.parent == gone {
				u.before = append(u.before, spell{d, gone, u.name})
				u.parent = into
				w.write(u)
			}
		}
		w.write(gone)
		provinces = provinces[:len(provinces)-1]
	}
	for _, u := range w.standing(d-1, false) {
		if u.until != 0 || len(u.before) > 0 && u.before[len(u.before)-1].until == d {
			continue
		}
		others := slices.DeleteFunc(w.standing(d-1, false), func(x *unit) bool {
			return x == u || x.from == d || len(x.before) > 0 && x.before[len(x.before)-1].until == d
		})
		switch n := w.rng.IntN(6); {
		case n == 0 && len(others) > 0: // merged whole
			x := pick(w.rng, others)
			into := w.add("Xã gộp", u.parent, d, false, slices.Concat(u.hamlets, x.hamlets))
			u.until, x.until, u.after, x.after = d, d, []*unit{into}, []*unit{into}
			w.write(u)
			w.write(x)
		case n == 1 || n == 2: // split, with hamlets listed or not, some of it into what is there already
			var lists [2][]string
			if n == 1 {
				half := len(w.names) / 2
				lists = [2][]string{w.names[:half], w.names[half:]}
			}
			a, b := w.add("Xã tách", u.parent, d, false, lists[0]), w.add("Xã tách", pick(w.rng, provinces), d, false, lists[1])
			u.until, u.after = d, []*unit{a, b}
			if len(others) > 0 && w.rng.IntN(2) == 0 {
				x := pick(w.rng, others)
				x.until, x.after = d, []*unit{b}
				w.write(x)
			}
			w.write(u)
		case n == 3: // renamed
			u.before = append(u.before, spell{d, u.parent, u.name})
			u.name += " mới"
			w.write(u)
		case n == 4: // moved
			u.before = append(u.before, spell{d, u.parent, u.name})
			u.parent = pick(w.rng, provinces)
			w.write(u)
		}
	}
}

// births registers children where communes are in force on a day.
func (w *reformed) births(d registry.Day, n int) {
	w.t.Helper()
	for range n {
		hamlet := ""
		if w.rng.IntN(3) > 0 {
			hamlet = pick(w.rng, w.names)
		}
		id, _, err := w.Station.Register(w.t.Context(), w.Nurse, registry.SubjectInput{
			Place: pick(w.rng, w.standing(d, false)).id, Hamlet: hamlet, Name: "Lò Văn " + string(rune('A'+w.rng.IntN(26))),
			BirthDate: w.Station.Today() - registry.Day(1+w.rng.IntN(300)), MotherName: "Lò Thị Mai",
		}, true)
		w.must(err)
		w.people = append(w.people, id)
		if w.rng.IntN(2) == 0 {
			_, err := w.Station.RecordVisit(w.t.Context(), w.Nurse, desk.Visit{
				Subject: id, GivenOn: w.Station.Today(), Doses: []registry.ImmunizationInput{{Vaccine: "BCG", Lot: "A1", Screening: registry.ScreeningEligible, Source: registry.SourceCard}},
			})
			w.must(err)
		}
	}
}

// where is where somebody stands on the map of a day: every unit that it may be.
func (w *reformed) where(u *unit, hamlet string, d registry.Day) map[*unit]bool {
	out := map[*unit]bool{}
	if u.inForce(d) {
		out[u] = true
		return out
	}
	next := u.after
	if d < u.from {
		next = nil
		for _, x := range w.units {
			if slices.Contains(x.after, u) {
				next = append(next, x)
			}
		}
		hamlet = ""
	}
	if len(next) > 1 {
		var has []*unit
		for _, x := range next {
			if hamlet != "" && slices.Contains(x.hamlets, hamlet) {
				has = append(has, x)
			}
		}
		if len(has) == 1 {
			next = has
		} else {
			hamlet = ""
		}
	}
	for _, x := range next {
		maps.Copy(out, w.where(x, hamlet, d))
	}
	return out
}

// recountOn counts from the states of people and doses: by unit of the map of a day, all that lies in it.
func (w *reformed) recountOn(st store.Store, d registry.Day) (children, doses map[*unit]int64) {
	w.t.Helper()
	children, doses = map[*unit]int64{}, map[*unit]int64{}
	byID := map[p.EntityID]*unit{}
	for _, u := range w.units {
		byID[u.id] = u
	}
	w.must(st.View(w.t.Context(), func(tx store.Tx) error {
		dosed := map[p.EntityID]bool{}
		var people []registry.Subject
		err := tx.EachState(func(s *p.State) error {
			switch s.Kind {
			case registry.KindImmunization:
				dosed[registry.ImmunizationOf(s).Subject] = true
			case registry.KindSubject:
				people = append(people, registry.SubjectOf(s))
			}
			return nil
		})
		for _, x := range people {
			var shared []*unit
			for u := range w.where(byID[x.Place], x.Hamlet, d) {
				if path := u.path(d); shared == nil {
					shared = path
				} else {
					shared = slices.DeleteFunc(shared, func(up *unit) bool { return !slices.Contains(path, up) })
				}
			}
			for _, up := range shared {
				children[up]++
				if dosed[x.ID] {
					doses[up]++
				}
			}
		}
		return err
	}))
	return children, doses
}

// check holds every table of every map against a recount.
func (w *reformed) check(when string, st store.Store) (unplaced int64) {
	w.t.Helper()
	places := (&world{Tree: w.Tree, t: w.t}).places(st)
	today := w.Station.Today()
	days := []registry.Day{today - 4000, today, today + 4000}
	for _, d := range places.Days() {
		days = append(days, d-1, d)
	}
	q := report.Query{CohortFrom: (today - 400).Month(), CohortTo: today.Month(), Today: today}
	for _, d := range days {
		children, doses := w.recountOn(st, d)
		for _, at := range append([]*unit{w.nation}, w.units...) {
			q.Place, q.On = at.id, d
			table, err := report.Coverage(w.t.Context(), st, places, q)
			w.must(err)
			if !at.inForce(d) {
				if table.Instead == nil || table.Total.Registered != 0 || table.Rows != nil {
					w.t.Errorf("%s, %s on the map of %s, where it is not: %+v", when, at.name, d, table)
				}
				continue
			}
			bcg := slices.IndexFunc(table.Indicators, func(in report.Indicator) bool { return in.Vaccine == "BCG" })
			if table.Total.Registered != children[at] || table.Total.Doses[bcg] != doses[at] || table.Registered != children[at] {
				w.t.Errorf("%s, %s on the map of %s: %d children of %d, %d doses, counted %d and %d", when, at.name, d, table.Total.Registered, table.Registered, table.Total.Doses[bcg], children[at], doses[at])
			}
			if at == w.nation && children[at] != int64(len(w.people)) {
				w.t.Errorf("%s: %d of %d people are in the country on %s", when, children[at], len(w.people), d)
			}
			if name, _ := at.on(d); at != w.nation && table.Place.Name != name {
				w.t.Errorf("%s: %s is called %s on %s", when, name, table.Place.Name, d)
			}
			var sum, dosed int64
			rows := table.Rows
			if table.Unplaced != nil {
				rows = append(slices.Clone(rows), *table.Unplaced)
				unplaced += table.Unplaced.Registered
			}
			for _, r := range rows {
				sum += r.Registered
				dosed += r.Doses[bcg]
			}
			if table.Place.Level < registry.LevelCommune && (sum != children[at] || dosed != doses[at]) {
				w.t.Errorf("%s, %s on %s: the rows make %d children and %d doses, want %d and %d", when, at.name, d, sum, dosed, children[at], doses[at])
			}
		}
	}
	return unplaced
}

// TestEverybodyIsCountedOnceOnEveryMap reforms a country at random, with children registered before, between and
// after, and recounts every table of every map from the states alone.
func TestEverybodyIsCountedOnceOnEveryMap(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := &reformed{Tree: nodetest.New(t), t: t, rng: rand.New(rand.NewPCG(seed, 3)), names: []string{"Bản Co", "Bản Đứa", "Bản Hồ", "Bản Pu"}}
			w.nation = &unit{id: w.Nation, name: "Việt Nam", province: true}
			for range 3 {
				pr := w.add("Tỉnh", w.nation, 0, true, nil)
				for range 2 {
					w.add("Xã", pr, 0, false, w.names)
				}
			}
			w.Sync(t)
			today := w.Station.Today()
			days := []registry.Day{today - 500, today - 100, today + 60}
			w.births(days[0]-1, 12)
			unplaced := int64(0)
			for i, d := range days {
				w.reform(d)
				w.Sync(t)
				if d <= today {
					w.births(d, 10)
					w.Sync(t)
				}
				unplaced += w.check(fmt.Sprint("after reform ", i, " at the centre"), w.Hub.Node.Store())
			}
			if unplaced == 0 {
				t.Error("everybody could be placed: nothing was tried")
			}
		})
	}
}
