package country_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tramy/internal/country"
	"tramy/internal/registry"
)

// Whatever the hour at which somebody opens the demo, the station stands in the middle of its day.
func TestOpenDay(t *testing.T) {
	for _, hour := range []int{0, 9, 23} {
		t.Run(fmt.Sprintf("at %d:50", hour), func(t *testing.T) {
			midnight := time.Now().UTC().Add(registry.VietnamOffset).Truncate(24 * time.Hour).Add(-registry.VietnamOffset)
			opt := options(t, 1)
			opt.Now = func() time.Time { return midnight.Add(time.Duration(hour)*time.Hour + 50*time.Minute) }
			ctx := context.Background()
			c, err := country.New(ctx, opt)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := c.Fill(ctx, 300, 1826, 1); err != nil {
				t.Fatal(err)
			}
			if err := c.Quiet(ctx); err != nil {
				t.Fatal(err)
			}
			n := c.Stations()[0]
			if err := c.OpenDay(ctx, n, 1); err != nil {
				t.Fatal(err)
			}
			who, err := n.Desk().As(ctx, n.Accounts[0].Login)
			if err != nil {
				t.Fatal(err)
			}
			day, err := n.Desk().ListToday(ctx, who, n.Desk().Today(), 0)
			if err != nil {
				t.Fatal(err)
			}
			at, over := map[registry.Stage]int{}, 0
			for i := range day.Queue {
				at[day.Queue[i].Stage]++
				if day.Queue[i].Over(n.Desk().Clock()) {
					over++
				}
			}
			sessions, err := n.Desk().Sessions(ctx, who, day.Day, day.Day+1)
			if err != nil || len(sessions) != 1 {
				t.Fatalf("sessions today: %v, %v", sessions, err)
			}
			reactions, err := n.Desk().Reactions(ctx, who)
			if err != nil {
				t.Fatal(err)
			}
			tried, err := n.Desk().Tried(ctx)
			if err != nil {
				t.Fatal(err)
			}
			lots, err := n.Desk().KnownLots(ctx, who)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s–%s: %d called, %d doses; waiting %d, ready %d, watched %d (over %d), done %d; %d reactions, %d tried, %d lots", sessions[0].From, sessions[0].Until,
				sessions[0].Booked, sessions[0].Doses, at[registry.StageArrived], at[registry.StageReady], at[registry.StageWatch], over, at[registry.StageDone], len(reactions), len(tried), len(lots))
			if at[registry.StageArrived] < 2 || at[registry.StageReady] < 1 || at[registry.StageWatch] < 2 || at[registry.StageDone] < 2 || over < 1 {
				t.Errorf("of the queue's parts one is empty: %v, %d over", at, over)
			}
			if len(day.Due)+len(day.Overdue) < 5 || sessions[0].Booked < 15 || sessions[0].Doses < 10 || len(reactions) != 1 || len(tried) == 0 || len(lots) == 0 {
				t.Errorf("%d have not come, %d called, %d doses, %d reactions, %d tried", len(day.Due)+len(day.Overdue), sessions[0].Booked, sessions[0].Doses, len(reactions), len(tried))
			}
		})
	}
}

// Babies whom the commune has not met yet are not in the room: nobody gives them a dose before they are there.
func TestOpenDayLeavesWhoIsNew(t *testing.T) {
	ctx := context.Background()
	c, err := country.New(ctx, options(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Fill(ctx, 60, 700, 1); err != nil {
		t.Fatal(err)
	}
	if err := c.Quiet(ctx); err != nil {
		t.Fatal(err)
	}
	n := c.Stations()[0]
	was, err := n.Desk().CountNewHere(ctx)
	if err != nil || was < bornElsewhere {
		t.Fatalf("%d are new, want %d at least: %v", was, bornElsewhere, err)
	}
	if err := c.OpenDay(ctx, n, 1); err != nil {
		t.Fatal(err)
	}
	if got, err := n.Desk().CountNewHere(ctx); err != nil || got != was {
		t.Errorf("%d are new in the middle of the day, %d were before: %v", got, was, err)
	}
}
