package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// quantiles reports the median and the worst percent of durations.
func quantiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkSearch types names, codes and phones letter by letter among 30,000 subjects and reads a page.
func BenchmarkSearch(b *testing.B) {
	s := openAt(b, b.TempDir(), true)
	defer s.Close()
	g := newRegister()
	g.fill(b, s, 30_000, 0)
	var some []project.SubjectRow
	if err := s.View(bg(), func(tx store.Tx) error {
		all, err := tx.SearchSubjects(store.SubjectQuery{})
		for i := 0; i < len(all); i += len(all) / 60 {
			some = append(some, all[i])
		}
		return err
	}); err != nil {
		b.Fatal(err)
	}
	var queries []store.SubjectQuery
	for _, r := range some {
		name := registry.Fold(r.Name)
		for n := 1; n <= len(name); n++ {
			queries = append(queries, store.SubjectQuery{Words: strings.Fields(name[:n]), Limit: 20, Residences: []p.EntityID{g.scope}})
		}
		last := strings.Fields(name)
		queries = append(queries, store.SubjectQuery{Words: last[len(last)-1:], Limit: 20})
		for n := 2; n <= 10; n++ {
			queries = append(queries, store.SubjectQuery{Digits: r.Phone[:n], Limit: 20})
		}
		queries = append(queries, store.SubjectQuery{Digits: r.Code[10:], Limit: 20}, store.SubjectQuery{Digits: r.Code[:6], Limit: 20})
	}
	var took []time.Duration
	slowest, worst := time.Duration(0), ""
	b.ResetTimer()
	for b.Loop() {
		for _, q := range queries {
			began := time.Now()
			if err := s.View(bg(), func(tx store.Tx) error {
				_, err := tx.SearchSubjects(q)
				return err
			}); err != nil {
				b.Fatal(err)
			}
			d := time.Since(began)
			took = append(took, d)
			if d > slowest {
				slowest, worst = d, fmt.Sprint(q.Words, q.Digits)
			}
		}
	}
	quantiles(b, took)
	b.Logf("%d queries, slowest %v for %s", len(queries), slowest, worst)
}

// BenchmarkFirstSync writes the states and rows of new children with twelve doses each, 150 children a
// transaction, and compares with one row of as many bytes for each of them.
func BenchmarkFirstSync(b *testing.B) {
	const children, doses, each, bytesEach = 900, 12, 150, 230
	for b.Loop() {
		b.StopTimer()
		s := openAt(b, b.TempDir(), true)
		g := newRegister()
		var families []*family
		for range children {
			families = append(families, g.prepare(doses))
		}
		inTurn := func(write func(store.Tx, int) error) time.Duration {
			began := time.Now()
			for from := 0; from < children; from += each {
				if err := s.Update(bg(), func(tx store.Tx) error {
					for n := from; n < from+each; n++ {
						if err := write(tx, n); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
			}
			return time.Since(began)
		}
		b.StartTimer()
		full := inTurn(func(tx store.Tx, n int) error { return families[n].write(tx, g.scope, p.FeedNumber(n+1)) })
		raw := make([]byte, bytesEach)
		floor := inTurn(func(stx store.Tx, n int) error {
			for i := range doses + 1 {
				if err := stx.(*tx).exec(`INSERT INTO outbox (position, log, first, let_in, reason, low) VALUES (?, ?, 0, 0, 0, 0)`, n*(doses+1)+i+1, raw); err != nil {
					return err
				}
			}
			return nil
		})
		b.ReportMetric(float64(children*(doses+1))/full.Seconds(), "entities/s")
		b.ReportMetric(floor.Seconds()/full.Seconds(), "of-raw-insert")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSaveDose records one dose a transaction, durable, among many.
func BenchmarkSaveDose(b *testing.B) {
	s := openAt(b, b.TempDir(), true)
	defer s.Close()
	g := newRegister()
	g.fill(b, s, 1000, 12)
	var took, floor []time.Duration
	number := p.FeedNumber(1 << 20)
	b.ResetTimer()
	for b.Loop() {
		number++
		began := time.Now()
		if err := s.Update(bg(), func(tx store.Tx) error { return g.visit(tx, number, 1) }); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
		began = time.Now()
		if err := s.Update(bg(), func(tx store.Tx) error { return tx.SetCounter("n", uint64(number)) }); err != nil {
			b.Fatal(err)
		}
		floor = append(floor, time.Since(began))
	}
	quantiles(b, took)
	slices.Sort(floor)
	b.ReportMetric(float64(took[len(took)/2])/float64(floor[len(floor)/2]), "of-one-row-commit")
}

// BenchmarkState reads a dose's state by id.
func BenchmarkState(b *testing.B) {
	s := openAt(b, b.TempDir(), true)
	defer s.Close()
	g := newRegister()
	child := g.child()
	if err := s.Update(bg(), func(tx store.Tx) error { return tx.PutState(child, true) }); err != nil {
		b.Fatal(err)
	}
	if err := s.View(bg(), func(tx store.Tx) error {
		for b.Loop() {
			if _, err := tx.State(child.ID); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}
