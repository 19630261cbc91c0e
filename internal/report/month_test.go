package report_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/store"
	"tramy/internal/synth"
	"tramy/station"
	p "tramy/syncproto"
)

var (
	yearChildren  = flag.Int("year-children", 250, "children of the year whose reports are recounted")
	yearMovements = flag.Int("year-movements", 400, "movements of stock of that year")
)

// year is a station's register with all that goes wrong in one: late doses, doses and people entered in error, doses moved to another
// child, one child on record twice, linked or not, visitors, paid doses, doses of a campaign, women, reactions.
type year struct {
	tree      *nodetest.Tree
	st        *station.Station
	rng       *rand.Rand
	other     p.EntityID // where visitors live
	hospital  p.EntityID // whose doses are not ours
	subjects  []p.EntityID
	doses     []p.EntityID
	reactions []p.EntityID
	links     [][2]p.EntityID
	born      map[p.EntityID][]p.EntityID // doses of a subject as created
}

func newYear(t testing.TB, children int) *year {
	tree := nodetest.New(t)
	y := &year{tree: tree, st: tree.Station, rng: rand.New(rand.NewPCG(8, 5)), born: map[p.EntityID][]p.EntityID{}}
	add := func(in registry.PlaceInput) p.EntityID {
		id, err := tree.Hub.AddPlace(t.Context(), tree.Admin, in)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	y.other = add(registry.PlaceInput{Parent: tree.Province, Code: "gso:99001", Name: "Xã Bên", Level: registry.LevelCommune, Type: "xa"})
	y.hospital = add(registry.PlaceInput{Parent: tree.Commune, Code: "kcb:99002", Name: "Bệnh viện", Level: registry.LevelFacility, Type: registry.PlaceHospital})
	tree.Sync(t)
	nation, err := synth.New(5, synth.Options{
		Today: y.st.Today(), Communes: synth.DemoCommunes()[:1], Children: children, Duplicates: 12,
		Commune: func(string) p.EntityID { return tree.Commune },
		Place: func(_ string, f synth.Facility) p.EntityID {
			if f == synth.Station || f == synth.Point {
				return tree.Facility
			}
			return y.hospital
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	byPerson := map[synth.PersonID]p.EntityID{}
	for rec := range nation.Register(0) {
		id := y.enter(t, rec)
		if first, twice := byPerson[rec.Person]; twice && y.rng.IntN(2) == 0 { // half of those on record twice were found
			a, b := first, id
			if a.Compare(b) > 0 {
				a, b = b, a
			}
			if err := y.st.Link(t.Context(), tree.Head, a, b, true); err != nil {
				t.Fatal(err)
			}
			y.links = append(y.links, [2]p.EntityID{a, b})
		}
		byPerson[rec.Person] = id
	}
	y.mistakes(t)
	return y
}

// enter writes one record as a station does, with what a real year has beside the routine.
func (y *year) enter(t testing.TB, rec *synth.Record) p.EntityID {
	t.Helper()
	in, today := rec.Subject, y.st.Today()
	if y.rng.IntN(12) == 0 {
		in.Place = y.other
	}
	if in.Group == registry.GroupChild && y.rng.IntN(2) == 0 {
		in.Protected, in.ProtectedBy = registry.ProtectedYes, registry.EvidenceCard
	}
	dots, err := y.st.Node.Append(t.Context(), y.tree.Nurse.User, func(_ store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		first, err := registry.NewSubject(in, today)
		if err != nil {
			return nil, err
		}
		drafts := []registry.Draft{first}
		for i := range rec.Doses {
			d := rec.Doses[i].ImmunizationInput
			d.Subject = id(0)
			if d.Place == y.hospital && y.rng.IntN(3) > 0 {
				d.Place = y.tree.Facility // born here
			}
			switch n := y.rng.IntN(40); {
			case n < 3:
				d.Programme = registry.ProgrammePaid
			case n == 3:
				d.Programme, d.Order, d.HasOrder = registry.ProgrammeOutbreak, 0, true
			case n == 4:
				d.Programme = registry.ProgrammeOutbreak
			case n == 5:
				d.Source, d.Place = registry.SourceCard, p.EntityID{}
			case n == 6 && d.Source == registry.SourceHere:
				d.Place = y.hospital
			case n == 7 && d.GivenOn > in.BirthDate:
				d.GivenOn = min(today, d.GivenOn+registry.Day(y.rng.IntN(40))) // too late
			}
			if d.GivenOn == today {
				d.Screening = cmp.Or(d.Screening, registry.ScreeningEligible)
			}
			draft, err := registry.NewImmunization(d, registry.Known{Today: today, BirthDate: in.BirthDate, BirthPrec: in.BirthPrec})
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, draft)
		}
		return drafts, nil
	})
	if err != nil {
		t.Fatalf("%+v: %v", rec, err)
	}
	id := dots[0].Entity()
	y.subjects = append(y.subjects, id)
	for _, dot := range dots[1:] {
		y.doses, y.born[id] = append(y.doses, dot.Entity()), append(y.born[id], dot.Entity())
	}
	return id
}

// mistakes are made and mended, and some children react.
func (y *year) mistakes(t testing.TB) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range y.doses {
		s := y.state(t, id)
		im := registry.ImmunizationOf(s)
		saw := registry.SawOf(s)
		switch n := y.rng.IntN(60); {
		case n == 0:
			must(y.st.VoidDose(t.Context(), y.tree.Head, id, "nhập nhầm", saw))
		case n == 1: // on the wrong child
			to := pick(y.rng, y.subjects)
			if registry.SubjectOf(y.state(t, to)).BirthDate <= im.GivenOn {
				must(y.st.Amend(t.Context(), y.tree.Nurse, id, registry.Patch{p.FieldSubject: p.Ref(to)}, saw))
			}
		case n < 4 && im.Place == y.tree.Facility && im.Given():
			in := registry.ReactionInput{Subject: im.Subject, Place: y.tree.Facility, Doses: []p.EntityID{id}, On: im.GivenOn, Signs: []string{"fever"}}
			if n == 2 {
				in.Signs = []string{"seizure"}
			}
			dots, err := y.st.Node.Append(t.Context(), y.tree.Nurse.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
				draft, err := registry.NewReaction(in, &registry.ReactionKnown{Today: y.st.Today(), Doses: map[p.EntityID]registry.Day{id: im.GivenOn}})
				return []registry.Draft{draft}, err
			})
			must(err)
			y.reactions = append(y.reactions, dots[0].Entity())
		}
	}
	for _, id := range y.subjects {
		if y.rng.IntN(80) == 0 && !slices.ContainsFunc(y.links, func(l [2]p.EntityID) bool { return l[0] == id || l[1] == id }) {
			must(y.st.VoidSubject(t.Context(), y.tree.Head, id, "nhập nhầm", registry.SawOf(y.state(t, id))))
		}
	}
}

func (y *year) state(t testing.TB, id p.EntityID) (s *p.State) {
	t.Helper()
	if err := y.st.Node.Store().View(t.Context(), func(tx store.Tx) (err error) {
		s, err = tx.State(id)
		return err
	}); err != nil || s == nil {
		t.Fatal(id, err)
	}
	return s
}

func (y *year) source() report.Source {
	home := y.st.Home()
	return report.Source{Places: []p.EntityID{y.tree.Facility}, Residences: home.Residences()}
}

// counted is one thing of the recount.
type counted struct {
	key       string
	on        registry.Day
	resident  bool
	programme registry.Programme
}

type oneDose struct {
	registry.Immunization
	lead   p.EntityID
	number int
}

// recount counts a whole register again from states, by the definitions of docs/guide/reports.md, with none of the code of the reports.
func (y *year) recount(t testing.TB) (out []counted) {
	t.Helper()
	lead := map[p.EntityID]p.EntityID{}
	var find func(p.EntityID) p.EntityID
	find = func(id p.EntityID) p.EntityID {
		if up, ok := lead[id]; ok {
			return find(up)
		}
		return id
	}
	for _, l := range y.links {
		a, b := find(l[0]), find(l[1])
		if a != b {
			if a.Compare(b) > 0 {
				a, b = b, a
			}
			lead[b] = a
		}
	}
	people := map[p.EntityID]registry.Subject{}
	for _, id := range y.subjects {
		people[id] = registry.SubjectOf(y.state(t, id))
	}
	series := map[string][]*oneDose{}
	of := map[p.EntityID][]*oneDose{}
	byID := map[p.EntityID]registry.Immunization{}
	for _, id := range y.doses {
		im := registry.ImmunizationOf(y.state(t, id))
		byID[id] = im
		if im.Void != "" || im.NotDone != 0 || people[im.Subject].Void != "" {
			continue
		}
		d := &oneDose{Immunization: im, lead: find(im.Subject)}
		key := fmt.Sprint(d.lead, im.Vaccine)
		series[key] = append(series[key], d)
	}
	for _, list := range series {
		slices.SortFunc(list, func(a, b *oneDose) int {
			return cmp.Or(cmp.Compare(a.GivenOn, b.GivenOn), cmp.Compare(a.GivenClock, b.GivenClock), a.ID.Compare(b.ID))
		})
		n := 0
		for i, d := range list {
			told := d.Source == registry.SourceCard || d.Source == registry.SourceElsewhere || d.Source == registry.SourceImport
			again := false
			for k, x := range list {
				retells := x.Source == registry.SourceCard || x.Source == registry.SourceElsewhere || x.Source == registry.SourceImport
				if k != i && x.GivenOn == d.GivenOn && told && (x.Source == registry.SourceHere || retells && x.ID.Compare(d.ID) < 0) {
					again = true
				}
			}
			if again {
				continue
			}
			if !(d.HasOrder && d.Order == 0 && d.Programme == registry.ProgrammeOutbreak) {
				n++
				d.number = n
			}
			of[d.lead] = append(of[d.lead], d)
		}
	}
	resident := func(id p.EntityID) bool { return people[id].Place == y.tree.Commune }
	rows := map[string]map[int]string{
		"BCG": {1: "bcg"}, "DPT-VGB-HIB": {1: "penta-1", 2: "penta-2", 3: "penta-3"}, "BOPV": {1: "opv-1", 2: "opv-2", 3: "opv-3"}, "IPV": {1: "ipv-1", 2: "ipv-2"},
		"SOI": {0: "measles-0", 1: "measles-1"}, "DPT": {1: "dpt-4"}, "MR": {1: "mr"}, "VNNB": {1: "je-1", 2: "je-2", 3: "je-3"}, "ROTA": {1: "rota-1", 2: "rota-2"}, "PCV": {1: "pcv-1", 2: "pcv-2"},
	}
	for who, doses := range of {
		slices.SortFunc(doses, func(a, b *oneDose) int {
			return cmp.Or(cmp.Compare(a.GivenOn, b.GivenOn), cmp.Compare(a.GivenClock, b.GivenClock), a.ID.Compare(b.ID))
		})
		w := people[who]
		uv := w.Tetanus
		for _, d := range doses {
			key := "other"
			if row := rows[d.Vaccine][d.number]; row != "" {
				key = row
			}
			switch {
			case d.Vaccine == "PCV" && d.number >= 3:
				key = "pcv-3"
			case d.Vaccine == "VGB0" && d.number == 1:
				key = "hepb-late"
				apart := int(d.GivenOn-w.BirthDate)*1440 + int(d.GivenClock) - int(w.BirthClock)
				if d.GivenOn == w.BirthDate && d.GivenOn >= w.BirthDate || d.GivenClock != 0 && w.BirthClock != 0 && apart >= 0 && apart <= 1440 {
					key = "hepb-24h"
				}
			case d.Vaccine == "TD" && w.Group == registry.GroupChild && w.HasBirth() && d.GivenOn >= w.BirthDate.AddMonths(84) && d.GivenOn < w.BirthDate.AddMonths(96):
				key = "td-7"
			}
			if (d.Vaccine == "UV" || d.Vaccine == "TD") && w.Group != registry.GroupChild {
				if !w.HasBirth() || d.GivenOn >= w.BirthDate.AddMonths(180) {
					uv++
				}
				if w.Group == registry.GroupPregnant && (w.DueDate == 0 || d.GivenOn > w.DueDate-280) || w.PregnancyOn != 0 && d.GivenOn <= w.PregnancyOn && d.GivenOn > w.PregnancyOn-280 {
					key = "uv-2"
					if uv == 1 {
						key = "uv-1"
					}
				}
			}
			if d.Place == y.tree.Facility {
				out = append(out, counted{key, d.GivenOn, resident(who), d.Programme})
			}
		}
		out = append(out, y.fullOf(who, w, doses, resident(who))...)
	}
	for id, w := range people {
		if find(id) != id || w.Void != "" || w.Group != registry.GroupChild || !resident(id) {
			continue
		}
		out = append(out, counted{"born", w.BirthDate, true, 0})
		if w.Protected == registry.ProtectedYes {
			out = append(out, counted{"protected", w.BirthDate, true, 0})
		}
	}
	after := map[string]string{"BCG": "bcg", "VGB0": "hepb", "DPT-VGB-HIB": "penta", "BOPV": "polio", "IPV": "polio", "SOI": "measles", "MR": "measles", "DPT": "dpt", "VNNB": "je", "UV": "uv", "TD": "uv"}
	for _, id := range y.reactions {
		r := registry.ReactionOf(y.state(t, id))
		if people[r.Subject].Void != "" {
			continue
		}
		cause := byID[r.Doses[0]]
		home := resident(find(r.Subject))
		if r.Severity == registry.SeveritySevere {
			out = append(out, counted{"severe", r.On, home, cause.Programme})
			continue
		}
		out = append(out, counted{"common", r.On, home, cause.Programme})
		if group := after[cause.Vaccine]; group != "" {
			out = append(out, counted{"common-" + group, r.On, home, cause.Programme})
		}
	}
	return out
}

func (y *year) fullOf(_ p.EntityID, w registry.Subject, doses []*oneDose, home bool) []counted {
	if w.Group != registry.GroupChild || !w.HasBirth() || w.Void != "" {
		return nil
	}
	want := []struct {
		any []string
		n   int
	}{
		{[]string{"BCG"}, 1}, {[]string{"DPT-VGB-HIB", "HEXA", "PENTA-IPV"}, 3}, {[]string{"BOPV", "HEXA", "PENTA-IPV"}, 3}, {[]string{"IPV", "HEXA", "PENTA-IPV"}, 1}, {[]string{"SOI", "MR", "MMR"}, 1},
	}
	var last *oneDose
	for _, x := range want {
		n := 0
		var at *oneDose
		for _, d := range doses {
			if d.number > 0 && slices.Contains(x.any, d.Vaccine) {
				if n++; n == x.n {
					at = d
				}
			}
		}
		if at == nil {
			return nil
		}
		if last == nil || at.GivenOn > last.GivenOn || at.GivenOn == last.GivenOn && at.ID.Compare(last.ID) > 0 {
			last = at
		}
	}
	if last.GivenOn >= w.BirthDate.AddMonths(12) || !home && last.Place != y.tree.Facility {
		return nil
	}
	return []counted{{"full", last.GivenOn, home, last.Programme}}
}

// The twelve months of a year, and the year, against a recount to the last unit.
func TestTwelveMonthsEqualARecount(t *testing.T) {
	y := newYear(t, *yearChildren)
	all := y.recount(t)
	forms, err := report.Layouts()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int64{}
	periods := []report.Period{}
	for m := range 12 + 11 { // and those of the year that is not over
		month := registry.NewMonth(2025, time.January) + registry.Month(m)
		periods = append(periods, report.Period{From: month.First(), To: month.Last()})
	}
	periods = append(periods, report.Period{From: periods[0].From, To: periods[11].To}, report.Period{From: periods[2].From + 4, To: periods[4].From + 6})
	for _, period := range periods {
		form := y.fill(t, report.LayoutOn(forms, "results", period.To), period)
		first, _, _ := period.From.Date()
		for i, row := range form.Layout.Rows {
			for k, c := range form.Columns() {
				var want int64
				for _, x := range all {
					from := period.From
					if strings.HasSuffix(c.Key, "-year") {
						from = registry.NewMonth(first, 1).First()
					}
					who, programme, _ := strings.Cut(strings.TrimSuffix(c.Key, "-year"), "-")
					if x.key != row.Key || x.on < from || x.on > period.To || who == "resident" && !x.resident || who == "visitor" && x.resident || programme != "" && x.programme.String() != programme {
						continue
					}
					want++
				}
				if got := form.Cells[i][k]; got != want {
					t.Errorf("%s to %s, %s, %s: %d, counted %d", period.From, period.To, row.Key, c.Key, got, want)
				}
				if got := len(form.Of(row.Key, c.Key)); int64(got) != want {
					t.Errorf("%s to %s, %s, %s: opens %d rows, counted %d", period.From, period.To, row.Key, c.Key, got, want)
				}
				if k == 0 {
					seen[row.Key] += want
				}
			}
		}
	}
	t.Logf("%d people, %d doses, %d linked, %d reactions: %v", len(y.subjects), len(y.doses), len(y.links), len(y.reactions), seen)
	for _, key := range []string{"born", "bcg", "hepb-24h", "hepb-late", "uv-1", "uv-2", "penta-3", "full", "protected", "measles-1", "other", "common", "severe"} {
		if seen[key] == 0 {
			t.Errorf("nothing of %s was there to be counted", key)
		}
	}
}

func (y *year) fill(t testing.TB, l *report.Layout, period report.Period) (form *report.Form) {
	t.Helper()
	if err := y.st.Node.Store().View(context.Background(), func(tx store.Tx) (err error) {
		form, err = report.Results(tx, l, y.source(), period)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return form
}

// BenchmarkResults makes December's report, which reads a whole year.
func BenchmarkResults(b *testing.B) {
	y := newYear(b, *yearChildren)
	forms, err := report.Layouts()
	if err != nil {
		b.Fatal(err)
	}
	month := registry.NewMonth(2025, time.December)
	for b.Loop() {
		y.fill(b, forms[0], report.Period{From: month.First(), To: month.Last()})
	}
	b.ReportMetric(float64(len(y.doses)), "doses")
}
