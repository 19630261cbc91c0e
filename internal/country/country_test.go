package country_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"tramy/internal/country"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
)

func options(t *testing.T, stations int) country.Options {
	return country.Options{
		Dir: t.TempDir(), Stations: stations, Now: time.Now, Delay: time.Hour, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		OpenHub: func(ctx context.Context, dir string) (store.Store, error) {
			return sqlite.Open(ctx, sqlite.Options{Dir: dir})
		},
		OpenStation: func(ctx context.Context, dir string) (store.Store, error) {
			return sqlite.Open(ctx, sqlite.Options{Dir: dir, Station: true})
		},
	}
}

// bornElsewhere are the babies of each station whom its neighbour wrote down.
const bornElsewhere = 3

// A country speaks over its sockets alone: what a station records is at the centre once links carry it,
// and not before.
func TestCountryComesToRest(t *testing.T) {
	ctx := context.Background()
	c, err := country.New(ctx, options(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, n := range c.Stations() {
		n.Link.Set(country.LinkCut)
	}
	if err := c.Fill(ctx, 12, 700, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Stations()[0].Uplink().Now(ctx); err == nil {
		t.Error("an exchange went through a cut link")
	}
	if got := count(t, c.Centre()); got != 0 {
		t.Errorf("%d children at the centre while the links are cut", got)
	}
	for _, n := range c.Stations() {
		n.Link.Set(country.LinkUp)
	}
	if err := c.Quiet(ctx); err != nil {
		t.Fatal(err)
	}
	const want = 12 + 2*bornElsewhere
	if got := count(t, c.Centre()); got != want {
		t.Errorf("%d children at the centre, want %d", got, want)
	}
}

func count(t *testing.T, n *country.Node) int64 {
	t.Helper()
	var k int64
	err := n.Desk().Node.Store().View(context.Background(), func(tx store.Tx) error {
		c, err := tx.Counts()
		k = c.Subjects
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A delivery room and a clinic have machines of their own, with a shift that is on; what is born there goes to the communes.
func TestHousesHaveMachines(t *testing.T) {
	ctx := context.Background()
	opt := options(t, 2)
	opt.Houses = true
	opt.Now = country.NewClock(time.Date(2026, 9, 3, 7, 0, 0, 0, time.UTC)).Now
	c, err := country.New(ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Fill(ctx, 4, 700, 1); err != nil {
		t.Fatal(err)
	}
	if err := c.Quiet(ctx); err != nil {
		t.Fatal(err)
	}
	if len(c.Houses()) != 2 || len(c.Stations()) != 2 {
		t.Fatalf("%d houses and %d stations", len(c.Houses()), len(c.Stations()))
	}
	const newborns, children = 7, 4 + 2*bornElsewhere // twins among six births
	if got := count(t, c.Houses()[0]); got < newborns {
		t.Errorf("%d people at the delivery room, want %d newborns", got, newborns)
	}
	if got := count(t, c.Centre()); got != newborns+children {
		t.Errorf("%d people at the centre, want %d", got, newborns+children)
	}
	if a, b := count(t, c.Stations()[0]), count(t, c.Stations()[1]); a+b < newborns+children {
		t.Errorf("%d and %d people at the communes, want all %d", a, b, newborns+children)
	}
}
