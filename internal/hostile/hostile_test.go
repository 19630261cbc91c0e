package hostile_test

import (
	"context"
	"net"
	"os"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"

	"tramy/hub"
	hubapi "tramy/hub/api"
	"tramy/hub/web"
	"tramy/internal/api"
	"tramy/internal/exchange"
	"tramy/internal/hostile"
	"tramy/internal/nodetest"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// What a short slice of each attack may cost. Attacker, hub and the others are one process here: its memory is all of theirs.
const (
	grownMax   = 96 << 20
	connsTried = 560 // more than an address may have
	// Some that are kept were not looked at yet: they wait in the system's queue, and are no file of the hub's.
	keptStrangers = 512 + queued
	keptDevice    = 16 + queued
	queued        = 32
)

// servePages puts the hub's pages and API where they are attacked.
func servePages(t *testing.T, h *hub.Hub) string {
	t.Helper()
	logins := &server.Logins{Store: &server.MemoryLogins{}}
	throttle := &server.Throttle{Store: pages.Guesses{Store: h.Node.Store()}, Log: nodetest.Quiet()}
	w, err := web.New(web.Options{Hub: h, Logins: logins, Throttle: throttle, Log: nodetest.Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	srv := server.New(server.Options{Logins: logins, ErrorPage: w.ErrorPage, Log: nodetest.Quiet()})
	w.Register(srv)
	hubapi.Register(srv, h, api.Options{Logins: logins, Throttle: throttle, Rules: w.Rules})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// figures are those of this process: what is alive since the last collection.
func figures() hostile.Figures {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	f := hostile.Figures{MemoryBytes: int64(live[0].Value.Uint64()), Goroutines: runtime.NumGoroutine(), Files: -1}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		f.Files = len(open)
	}
	return f
}

func TestOthersGoOnUnderEachAttack(t *testing.T) {
	tr := nodetest.New(t)
	target := &hostile.Target{
		Exchange: strings.TrimPrefix(tr.Hub.Addresses[0], "https://"), Pages: servePages(t, tr.Hub), Figures: figures,
		Code: func(ctx context.Context) (*exchange.Code, error) {
			return tr.Hub.NewCode(ctx, tr.Admin, tr.Facility, registry.NodeStation)
		},
	}
	second := tr.AddStation(t, tr.Hub, tr.Facility, "Máy thứ hai")
	if _, err := second.Uplink.Client.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.Uplink.Client.Close)
	var stations []*hostile.Station
	var others []hostile.Other
	for _, st := range []*station.Station{tr.Station, second} {
		s, err := hostile.NewStation(t.Context(), st)
		if err != nil {
			t.Fatal(err)
		}
		stations, others = append(stations, s), append(others, s)
	}
	has := func(id p.EntityID) (there bool) {
		if err := tr.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
			s, err := tx.State(id)
			there = s != nil
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return there
	}
	for _, attack := range hostile.Attacks() {
		t.Run(attack.Name, func(t *testing.T) {
			runtime.GC()
			row, err := hostile.Run(t.Context(), target, others, attack, hostile.Options{Conns: connsTried, Rounds: 1, Workers: 2, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d tried: %s; memory +%d KiB, goroutines %d → %d, files %d → %d; others %d, %v → %v", row.Tried, row.Outcome(), row.Grown()>>10,
				row.Before.Goroutines, row.Peak.Goroutines, row.Before.Files, row.Peak.Files, row.Rounds, row.Calm, row.During)
			if row.Tried == 0 {
				t.Error("nothing was tried")
			}
			if row.Failed > 0 || row.Rounds < 2 {
				t.Errorf("%d of %d exchanges of the others failed: %v", row.Failed, row.Rounds, row.FirstFailure)
			}
			if row.Grown() > grownMax {
				t.Errorf("the memory grew by %d MiB", row.Grown()>>20)
			}
			for _, st := range stations {
				if !has(st.Last()) {
					t.Error("what another machine wrote is not at the hub")
				}
			}
			for _, id := range row.Wrote {
				if has(id) {
					t.Errorf("the hub took %s, which this machine may not write", id)
				}
			}
			if want, ok := wanted[attack.Name]; ok && !want(&row) {
				t.Errorf("it came otherwise than it should: %s", row.Outcome())
			}
		})
	}
}

// only reports whether each try ended in one of these ways.
func only(ways ...string) func(*hostile.Row) bool {
	return func(r *hostile.Row) bool {
		n := 0
		for _, w := range ways {
			n += r.How[w]
		}
		return n == r.Tried
	}
}

func kept(most int) func(*hostile.Row) bool {
	return func(r *hostile.Row) bool { return r.How["kept"] <= most && r.Tried > most }
}

// wanted is how attacks end for which that is sure.
var wanted = map[string]func(*hostile.Row) bool{
	"silent-connections": kept(keptStrangers), "handshakes": kept(keptStrangers), "half-headers": kept(keptStrangers), "half-bodies": kept(keptStrangers),
	"pages-half-open": kept(keptStrangers), "device-connections": kept(keptDevice),
	"device-stalls": kept(1 + keptDevice), "device-unread": kept(1 + keptDevice),
	"noise":        only("closed", "not taken"),
	"wrong-tokens": only("answered 401", "answered 429"), "wrong-codes": only("answered 403", "answered 429"),
	"rapid-reset": only("closed", "not taken", "open to the end"), "continuation": only("closed", "not taken", "open to the end"),
	"streams": only("closed", "not taken", "open to the end"), "pings": only("closed", "not taken", "open to the end"),
	"device-storm": only("answered 200", "answered 200, cut off", "answered 503", "cut off"), "device-bombs": only("answered 200", "answered 400", "answered 413"),
	"device-large": only("answered 400", "answered 413", "cut off"), "device-look-ups": only("answered 200", "answered 429"),
	"pages-guesses": only("answered 401", "answered 429", "answered 403"),
}
