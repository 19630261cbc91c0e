package node_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tramy/internal/pgtest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// answers asks a machine's store everything a node asks of one, and prints what it says, a line a question.
func answers(m *machine) []string {
	m.t.Helper()
	var out []string
	m.view(func(tx store.Tx) error {
		var errs []error
		say := func(what string, answer any, err error) {
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", what, err))
			}
			out = append(out, fmt.Sprintf("%s: %+v", what, answer))
		}
		logs, err := tx.Logs(p.LogID{}, 0)
		say("logs", logs, err)
		devices, err := tx.Devices()
		say("devices", devices, err)
		for i := range devices {
			id := devices[i].ID
			of, err := tx.LogsOf(id)
			say("logs of", of, err)
			via, err := tx.LogsVia(id, 3)
			say("logs via", via, err)
			positions, err := tx.ChildPositions(id)
			say("positions", positions, err)
			cursors, err := tx.Cursors(id)
			say("cursors", cursors, err)
			parked, err := tx.Parked(id)
			say("parked", parked, err)
		}
		for i := range logs {
			for seq := range logs[i].Head + 2 {
				segment, err := tx.SegmentHolding(logs[i].ID, seq)
				say("segment", fmt.Sprintf("%v", orNothing(segment)), err)
			}
		}
		outbox, err := tx.Outbox(1, 0)
		say("outbox", outbox, err)
		tail, err := tx.Tail()
		say("tail", tail, err)
		held, err := tx.HeldLogs()
		say("held", held, err)
		incarnations, err := tx.Incarnations()
		say("incarnations", incarnations, err)
		children, err := tx.Children()
		say("children", children, err)
		heard, err := tx.StationsHeard()
		say("heard", heard, err)
		alarms, err := tx.Alarms(0)
		say("alarms", alarms, err)
		refreshes, err := tx.Refreshes(0)
		say("refreshes", refreshes, err)
		sums, err := tx.RootSums()
		say("root's sums", sums, err)
		counts, err := tx.Counts()
		say("counts", counts, err)
		places, err := tx.Places()
		say("places", places, err)
		scopes := []p.EntityID{{}}
		for i := range places {
			scopes = append(scopes, places[i].ID)
			cases, err := tx.CasesAt(places[i].ID)
			say("cases at", cases, err)
			silent, err := tx.SubjectsSilent(places[i].ID, nil, 20_781)
			say("silent", silent, err)
		}
		for _, scope := range scopes {
			sum, err := tx.Sum(scope)
			say("sum", sum, err)
			marks, err := tx.Marks(scope)
			say("marks", marks, err)
			feed, err := tx.Feed(scope, 2, 0)
			slices.SortFunc(feed, func(a, b store.RouteRow) int { // each engine has its own order of one number
				return cmp.Or(cmp.Compare(a.Number, b.Number), a.Entity.Compare(b.Entity))
			})
			say("feed", feed, err)
		}
		var states []*p.State
		say("states", "all", tx.EachState(func(s *p.State) error {
			states = append(states, s)
			return nil
		}))
		slices.SortFunc(states, func(a, b *p.State) int { return a.ID.Compare(b.ID) })
		for _, s := range states {
			say("state", *s, nil)
			edits, err := tx.Edits(s.ID)
			say("edits", edits, err)
			routes, err := tx.Routes(s.ID)
			say("routes", routes, err)
			members, err := tx.Members(s.ID)
			say("members", members, err)
			subject, err := tx.SubjectRow(s.ID)
			say("subject", orNothing(subject), err)
			dose, err := tx.ImmunizationRow(s.ID)
			say("dose", orNothing(dose), err)
			doses, err := tx.DosesOfCase(s.ID)
			say("doses", doses, err)
			people, err := tx.SubjectsOfCase(s.ID)
			say("people", people, err)
			links, err := tx.LinksOf(s.ID)
			say("links", links, err)
			conflicts, err := tx.ConflictsOfCase(s.ID)
			say("conflicts of", conflicts, err)
			due, err := tx.DueOf(s.ID)
			say("due", due, err)
		}
		found, err := tx.SearchSubjects(store.SubjectQuery{Words: []string{"lo", "b"}})
		say("search", found, err)
		coverage, err := tx.Coverage(store.CoverageQuery{})
		say("coverage", coverage, err)
		registered, err := tx.Registered()
		say("registered", registered, err)
		stale, err := tx.DueStale(99, 0, 0)
		say("stale", stale, err)
		unpaired, err := tx.CountUnpaired(1)
		say("unpaired", unpaired, err)
		if len(errs) > 0 {
			return errs[0]
		}
		return nil
	})
	return out
}

// orNothing prints what a pointer points to.
func orNothing[T any](row *T) any {
	if row == nil {
		return "none"
	}
	return *row
}

// A country lives the same life on every engine: what nodes say to each other is the same to the byte, and so is what
// their stores answer, whatever was cut and whoever was switched off.
func TestEnginesAnswerAlike(t *testing.T) {
	t.Run("in memory", func(t *testing.T) { liveAlike(t, countryOn(t, false), countryOn(t, true)) })
	t.Run("on PostgreSQL", func(t *testing.T) {
		liveAlike(t, countryOn(t, false), countryOf(t, func(m *machine) { m.url = pgtest.Database(t) }))
	})
}

// liveAlike compares two countries, the first of which is on files.
func liveAlike(t *testing.T, countries ...*country) {
	t.Helper()
	type lived struct {
		*country
		people, doses []p.EntityID
	}
	both := make([]*lived, len(countries))
	for i := range both {
		both[i] = &lived{country: countries[i]}
	}
	for round := range 100 {
		for _, c := range both {
			r := rand.New(rand.NewPCG(5, uint64(round))) // the same choices for each
			person := func() p.EntityID { return c.people[r.IntN(len(c.people))] }
			m, at, commune := c.a, c.placeA, c.communeA
			if r.IntN(2) == 0 {
				m, at, commune = c.b, c.placeB, c.communeB
			}
			if n := r.IntN(10); n < 2 || len(c.people) == 0 {
				c.people = append(c.people, m.act(subject(t, m, commune, []string{"Lò Gia Bảo", "Cà Bảo Ngọc"}[n%2]))[0])
			} else if n < 6 || len(c.doses) == 0 {
				c.doses = append(c.doses, m.act(dose(t, person(), at, []string{"BCG", "OPV"}[n%2]))[0])
			} else if id := c.doses[r.IntN(len(c.doses))]; n == 6 && m.state(id) != nil {
				m.edit(id, p.FieldSubject, p.Ref(person()))
			} else if id := person(); n == 7 && m.state(id) != nil {
				m.edit(id, p.FieldPlace, p.Ref([]p.EntityID{c.communeA, c.communeB}[r.IntN(2)]))
			} else if n == 8 {
				if link, err := registry.NewLink(person(), person(), true); err == nil {
					m.act(link)
				}
			} else if n == 9 {
				m = c.machines()[r.IntN(4)]
				m.stop()
				m.start()
			}
			up := c.province
			if m == c.province {
				up = c.centre
			}
			switch {
			case m == c.centre:
			case r.IntN(4) == 0:
				_, _ = m.call(up, r.IntN(60), -1)
			case r.IntN(4) == 0:
				_, _ = m.call(up, -1, r.IntN(60))
			case r.IntN(2) == 0:
				m.sync(up)
			case r.IntN(3) == 0:
				c.quiet()
			}
		}
		files, others := both[0].machines(), both[1].machines()
		for i := range files {
			if !bytes.Equal(files[i].out, others[i].out) {
				t.Fatalf("round %d: machine %d was answered otherwise", round, i)
			}
		}
	}
	files, others := both[0].machines(), both[1].machines()
	for i := range files {
		on, in := answers(files[i]), answers(others[i])
		if len(on) != len(in) {
			t.Fatalf("machine %d: %d answers on files, %d elsewhere", i, len(on), len(in))
		}
		for n := range on {
			if on[n] != in[n] {
				t.Errorf("machine %d, on files and elsewhere:\n%s\n%s", i, on[n], in[n])
			}
		}
		all := strings.Join(on, "\n")
		for _, what := range []string{"Counted:true", "Left:true"} {
			if i == 1 && !strings.Contains(all, what) {
				t.Errorf("nothing in the province's answers is %s: this tried too little", what)
			}
		}
	}
}

// BenchmarkEngines is 1,000 acts of a station and what it then says to its hub.
func BenchmarkEngines(b *testing.B) {
	const acts = 1000
	for _, engine := range []string{"files", "memory"} {
		b.Run(engine, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				c := countryOn(b, engine == "memory")
				c.a.stop()
				c.a.unjournaled = true
				c.a.start()
				child := c.a.act(subject(b, c.a, c.communeA, "Lò Gia Bảo"))[0]
				d := dose(b, child, c.placeA, "BCG")
				b.StartTimer()
				for i := range acts {
					if i%10 == 0 { // ten doses a child
						child = c.a.act(subject(b, c.a, c.communeA, "Lò Gia Bảo"))[0]
						d = dose(b, child, c.placeA, "BCG")
						continue
					}
					c.a.act(d)
				}
				c.a.sync(c.province)
				b.StopTimer()
				for _, m := range c.machines() {
					m.stop()
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*acts), "ns/act")
		})
	}
}
