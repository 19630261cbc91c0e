package bench

import (
	"context"
	"testing"
	"time"

	"tramy/internal/forecast/national"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// scheduleChildren is how many children the station of BenchmarkScheduleChange holds, with ten doses each.
var scheduleChildren = size("TRAMY_BENCH_SCHEDULE", 3_000)

// dueStep is how many cases a station works out before it lets others in; see desk.KeepDue.
const dueStep = 32

// BenchmarkScheduleChange: an officer changes the schedule, and a station works out anew what is due for every
// child it holds (30,000 children with 300,000 doses in ≤ 10 s, in the background). TRAMY_BENCH_SCHEDULE=30000
// measures that size.
//
// Expected before measuring: 150 µs a child, of which 20 µs the forecast, the rest two reads and the rows that
// change; 4.5 s for 30,000. The longest step, during which nobody else writes: 8 ms.
func BenchmarkScheduleChange(b *testing.B) {
	ctx := context.Background()
	l := load(b, Work{Children: scheduleChildren, Doses: 10 * scheduleChildren})
	s, err := l.station(ctx, l.facility)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Uplink.Client.Sync(ctx); err != nil {
		b.Fatal(err)
	}
	work := func() (steps []time.Duration) {
		for {
			start := time.Now()
			more, err := s.Node.WorkOutDue(ctx, dueStep)
			if err != nil {
				b.Fatal(err)
			}
			steps = append(steps, time.Since(start))
			if !more {
				return steps
			}
		}
	}
	work()
	for i := 0; b.Loop(); i++ {
		// The version in force is given another end: all there is has to be worked out again.
		_, err := s.Node.Append(ctx, p.EntityID{}, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			rows, err := tx.Schedules()
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				if r.Code == national.IDs()[len(national.IDs())-1] {
					state, err := tx.State(r.ID)
					return []registry.Draft{registry.Edit(state, registry.ScheduleUntil, p.Int(int64(40_000+i)))}, err
				}
			}
			return nil, nil
		})
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		steps := work()
		took := time.Since(start)
		p50, p99 := percentiles(steps)
		b.ReportMetric(took.Seconds(), "s")
		b.ReportMetric(float64(took.Microseconds())/float64(scheduleChildren), "us/child")
		b.ReportMetric(p50.Seconds()*1000, "step-p50-ms")
		b.ReportMetric(p99.Seconds()*1000, "step-p99-ms")
	}
}
