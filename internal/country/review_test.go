package country_test

import (
	"context"
	"testing"
	"time"

	"tramy/internal/country"
	"tramy/internal/desk"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// The demo opens with something to settle of each kind, which two laptops that did not hear each other have written. An officer of the
// region above sees the dose that is on record twice and says which stands; every hub above lets that in, and it stands at the station.
func TestOpenReview(t *testing.T) {
	ctx := context.Background()
	opt := options(t, 1)
	opt.Houses = true
	opt.Now = country.NewClock(time.Date(2026, 9, 3, 7, 0, 0, 0, time.UTC)).Now
	c, err := country.New(ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Fill(ctx, 60, 700, 1); err != nil {
		t.Fatal(err)
	}
	if err := c.OpenReview(ctx, 1); err != nil {
		t.Fatal(err)
	}
	for _, n := range []*country.Node{c.Stations()[0], c.Second()} {
		who, err := n.Desk().As(ctx, "tram1")
		if err != nil {
			t.Fatal(err)
		}
		w, err := n.Desk().Waiting(ctx, who)
		if err != nil {
			t.Fatal(err)
		}
		if w.Twice != 1 || w.Conflicts < 3 || w.Pairs < 1 {
			t.Errorf("at %s wait %+v", n.Name, w)
		}
		list, err := n.Desk().Conflicts(ctx, who, 20)
		if err != nil {
			t.Fatal(err)
		}
		kinds := map[p.Field]bool{}
		for i := range list {
			kinds[list[i].Field.Field] = true
			if len(list[i].Choices) != 2 || list[i].Choices[0].Who == list[i].Choices[1].Who {
				t.Errorf("%s: %+v, want two values by two people", list[i].Field.Name, list[i].Choices)
			}
		}
		for _, f := range []p.Field{registry.SubjectMotherPhone, registry.SubjectBirthDate, registry.ReactionOutcome} {
			if !kinds[f] {
				t.Errorf("at %s nobody is asked about field %d", n.Name, f)
			}
		}
	}

	region := c.Stations()[0].Up
	officer, err := region.Desk().As(ctx, "khuvuc")
	if err != nil {
		t.Fatal(err)
	}
	twice, err := region.Desk().TwiceDoses(ctx, officer, 10)
	if err != nil || len(twice) != 1 {
		t.Fatalf("the region is asked about %d doses: %v", len(twice), err)
	}
	keep, drop := &twice[0].Sides[0], &twice[0].Sides[1]
	if err := region.Desk().VoidDose(ctx, officer, drop.ID, "ghi nhầm", drop.Saw); err == nil {
		t.Error("an officer makes a dose void by itself")
	}
	saw := map[p.EntityID]registry.Saw{keep.ID: keep.Saw, drop.ID: drop.Saw}
	if err := region.Desk().VoidTwice(ctx, officer, keep.ID, drop.ID, saw, "ghi hai lần"); err != nil {
		t.Fatal(err)
	}
	quiet := func(want int) {
		t.Helper()
		if err := c.Quiet(ctx); err != nil {
			t.Fatal(err)
		}
		for _, n := range c.Nodes {
			st, err := n.Desk().Node.Status(ctx)
			if err != nil || st.Held != 0 {
				t.Errorf("at %s %d acts are not let in: %v", n.Name, st.Held, err)
			}
		}
		if got := waitingTwice(ctx, t, c.Stations()[0]); got != want {
			t.Errorf("the station is asked about %d doses, want %d", got, want)
		}
	}
	quiet(0)
	s, err := region.Desk().Dose(ctx, officer, drop.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := region.Desk().UnsettleTwice(ctx, officer, drop.ID, registry.SawOf(s.State)); err != nil {
		t.Fatal(err)
	}
	quiet(1)
	if twice, err = region.Desk().TwiceDoses(ctx, officer, 10); err != nil || len(twice) != 1 {
		t.Fatalf("taken back, the region is asked about %d doses: %v", len(twice), err)
	}
	a, b := &twice[0].Sides[0], &twice[0].Sides[1]
	if err := region.Desk().TellApart(ctx, officer, a.ID, b.ID, map[p.EntityID]registry.Saw{a.ID: a.Saw, b.ID: b.Saw}, true); err != nil {
		t.Fatal(err)
	}
	quiet(0)
}

func waitingTwice(ctx context.Context, t *testing.T, n *country.Node) int {
	t.Helper()
	who, err := n.Desk().As(ctx, "tram1")
	if err != nil {
		t.Fatal(err)
	}
	var w desk.Waiting
	if w, err = n.Desk().Waiting(ctx, who); err != nil {
		t.Fatal(err)
	}
	return w.Twice
}
