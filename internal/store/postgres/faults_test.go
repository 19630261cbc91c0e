package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tramy/internal/pgtest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// beside is a connection of somebody else's.
func beside(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.WithoutCancel(t.Context())) })
	return c
}

// cut ends every other connection to the database, as a server does that is told to, or a network that fails.
func cut(t *testing.T, c *pgx.Conn) {
	t.Helper()
	if _, err := c.Exec(t.Context(), `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, s *Store) uint64 {
	t.Helper()
	var n uint64
	if err := s.View(t.Context(), func(tx store.Tx) (err error) {
		n, err = tx.Counter("n")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// further adds one, and has what is to happen in the midst of it.
func further(s *Store, midst func()) error {
	return s.Update(context.Background(), func(tx store.Tx) error {
		n, err := tx.Counter("n")
		if err != nil {
			return err
		}
		if err := tx.SetCounter("n", n+1); err != nil {
			return err
		}
		if midst != nil {
			if _, err := tx.Counter("n"); err != nil { // it is sent
				return err
			}
			midst()
		}
		return nil
	})
}

// One program has a database at a time.
func TestSecondProgramIsTurnedAway(t *testing.T) {
	address := newAddress(t)
	first := openAt(t, address)
	if _, err := Open(t.Context(), Options{URL: address, Forgetful: true}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("a second program was told %v", err)
	}
	if err := further(first, nil); err != nil {
		t.Errorf("the first one cannot go on: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := openAt(t, address)
	if n := count(t, second); n != 1 {
		t.Errorf("the next one finds %d", n)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
}

// Whoever was cut off and finds another in its place writes nothing more, also when that one has gone again.
func TestTakenOver(t *testing.T) {
	address := newAddress(t)
	first := openAt(t, address)
	defer first.Close()
	if err := further(first, nil); err != nil {
		t.Fatal(err)
	}
	cut(t, beside(t, address))
	second := openAt(t, address)
	if err := further(second, nil); err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := further(first, nil); !errors.Is(err, store.ErrInUse) {
			t.Errorf("who lost the database was told %v", err)
		}
	}
	third := openAt(t, address)
	defer third.Close()
	if n := count(t, third); n != 2 {
		t.Errorf("%d were counted, want the first one's and the second one's", n)
	}
}

// A connection that was lost while nothing ran is made anew.
func TestConnectionLostBetween(t *testing.T) {
	address := newAddress(t)
	s := openAt(t, address)
	defer s.Close()
	other := beside(t, address)
	for i := range uint64(3) {
		cut(t, other)
		if err := further(s, nil); err != nil {
			t.Fatalf("after a connection was lost: %v", err)
		}
		cut(t, other)
		if n := count(t, s); n != i+1 {
			t.Fatalf("%d counted, want %d", n, i+1)
		}
	}
}

// A connection that is lost in the midst of a transaction leaves nothing of it, and the next one goes on.
func TestConnectionLostInside(t *testing.T) {
	address := newAddress(t)
	s := openAt(t, address)
	defer s.Close()
	other := beside(t, address)
	if err := further(s, func() { cut(t, other) }); !errors.Is(err, store.ErrAway) {
		t.Errorf("a cut transaction says %v", err)
	}
	if n := count(t, s); n != 0 {
		t.Errorf("half a transaction is there: %d", n)
	}
	if err := further(s, nil); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s); n != 1 {
		t.Errorf("%d counted, want 1", n)
	}
}

// A server that is killed, and one that is stopped, lose nothing of what Update reported as done, and nothing else of it is there. Until
// it is back, callers are told so.
func TestServerGoesAndComes(t *testing.T) {
	server := pgtest.Start(t)
	address := server.Database(t)
	s, err := Open(t.Context(), Options{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, stop := range []func(){server.Kill, server.Stop, server.Kill} {
		if err := further(s, nil); err != nil {
			t.Fatal(err)
		}
		if err := further(s, stop); !errors.Is(err, store.ErrAway) {
			t.Errorf("%d: a transaction under which the server went says %v", i, err)
		}
		if err := further(s, nil); !errors.Is(err, store.ErrAway) {
			t.Errorf("%d: without a server: %v", i, err)
		}
		if err := s.View(t.Context(), func(tx store.Tx) error { _, err := tx.Counter("n"); return err }); !errors.Is(err, store.ErrAway) {
			t.Errorf("%d: reading without a server: %v", i, err)
		}
		if err := server.Run(); err != nil {
			t.Fatal(err)
		}
		if n := count(t, s); n != uint64(i)+1 {
			t.Fatalf("%d: %d counted after the server came back, want %d", i, n, i+1)
		}
	}
}

// A server that has lost commits is noticed before anything is written on top.
func TestServerThatLostCommits(t *testing.T) {
	address := newAddress(t)
	s := openAt(t, address)
	defer s.Close()
	for range 2 {
		if err := further(s, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := beside(t, address).Exec(t.Context(), `UPDATE holder SET steps = steps - 1; UPDATE counter SET n = n - 1 WHERE name = 'n'`); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Lost():
		t.Error("it is lost before anybody looked")
	default:
	}
	for range 2 {
		if err := further(s, nil); !errors.Is(err, errOlder) || !errors.Is(s.Why(), errOlder) {
			t.Errorf("a database that was set back: %v", err)
		}
	}
	<-s.Lost()
	if n := count(t, s); n != 1 {
		t.Errorf("it holds %d, want what was left", n)
	}
}

// Whether a commit of which nobody heard was done is found out by the next transaction.
func TestUnheardCommit(t *testing.T) {
	for _, c := range []struct {
		unsure bool
		steps  int64 // of the row, when the program knows of 5
		want   error
		known  int64
	}{
		{false, 6, nil, 5}, {true, 6, nil, 5}, {true, 7, errUnheard, 5}, {false, 7, errOlder, 5}, {true, 8, errOlder, 5}, {true, 5, errOlder, 5}, {false, 5, errOlder, 5},
	} {
		s := &Store{holder: holder{steps: 5, unsure: c.unsure, lost: make(chan struct{})}}
		if err := s.still(s.name, c.steps); !errors.Is(err, c.want) || s.steps != c.known {
			t.Errorf("%+v: %v, and %d are known", c, err, s.steps)
		}
	}
}

// Nobody applies while another does, in the whole database, and a reader never sees a number before those below it: whoever waits for the
// lock reads what the one before it committed, however long that took.
func TestAppliesOneAtATime(t *testing.T) {
	address := newAddress(t)
	s := openAt(t, address)
	defer s.Close()
	other := beside(t, address)
	slow, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Exec(t.Context(), `SELECT pg_advisory_xact_lock($1)`, int64(lockApply)); err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Exec(t.Context(), `INSERT INTO counter (name, n) VALUES ('n', 41)`); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- further(s, nil) }()
	for waits := false; !waits; {
		if err := slow.QueryRow(t.Context(), `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)`).Scan(&waits); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-done:
			t.Fatalf("it did not wait: %v", err)
		default:
		}
	}
	if n := count(t, s); n != 0 {
		t.Errorf("a reader sees %d before the commit", n)
	}
	if err := slow.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := count(t, s); n != 42 {
		t.Errorf("%d, want what the slow one wrote and one more", n)
	}
}

// noise is a text that nothing makes shorter.
func noise(n int) string {
	b := make([]byte, n/2)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return hex.EncodeToString(b)
}

// Texts come back as they were, whatever a machine below has sent: PostgreSQL itself takes no NUL, and no key beyond 2.7 kB.
func TestAnyText(t *testing.T) {
	s := openNew(t)
	id := p.Dot{Log: p.LogID{7: 1}, Seq: 1}.Entity()
	for i, text := range []string{"a\x00b", "\x1a", "\x1a00", "\x00\x1a\x00", "a\xffb", strings.Repeat("ơ", 8<<10), strings.Repeat("x", 16<<10) + "\x00", noise(8 << 10), `'\ & | ! <-> :* `} {
		for _, other := range []string{text, text + "1"} { // two that begin alike
			subject := project.SubjectRow{
				ID: id, Case: id, Code: other, Name: other, Hamlet: other, MotherName: other, Phone: other, PersonalNo: other, Conditions: other,
				Search: other, Numbers: other, SortName: other, FromCard: true,
			}
			dose := project.ImmunizationRow{ID: id, Case: id, Subject: id, Code: other, Vaccine: other, Lot: other, Counted: true}
			due := project.DueRow{Case: id, Vaccine: other, Hamlet: other, Status: project.DueOpen, Recommended: 1}
			stock := project.StockRow{Key: registry.StockKey{Place: id, Item: other, Lot: other}, Number: other, Entries: 1}
			movement := project.MovementRow{ID: id, Key: stock.Key, Number: other, Seen: other}
			place := project.PlaceRow{ID: id, Code: other, Name: other, Hamlets: []string{other, ""}, Lists: []string{other}, Former: []registry.FormerPlace{{Until: 1, Code: other}}}
			user := project.UserRow{ID: id, Login: other, Password: other}
			coverage := project.CoverageKey{Place: id, Residence: id, Cohort: registry.NewMonth(2026, time.May), Vaccine: other, Dose: 1}
			if err := s.Update(t.Context(), func(tx store.Tx) error {
				return errors.Join(tx.ClearRows(), tx.PutSubjectRow(&subject), tx.PutImmunizationRow(&dose), tx.PutDue(id, []project.DueRow{due}, 1, 2),
					tx.PutStockRow(&stock), tx.PutMovementRows(id, []project.MovementRow{movement}), tx.PutPlaceRow(&place), tx.PutUserRow(&user), tx.AddCoverage(coverage, 1))
			}); err != nil {
				t.Fatalf("text %d: %v", i, err)
			}
			if err := s.View(t.Context(), func(tx store.Tx) error {
				var errs []error
				is := func(what string, got, want any, err error) {
					errs = append(errs, err)
					if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
						t.Errorf("text %d: %s came back otherwise (%d bytes, want %d)", i, what, len(g), len(w))
					}
				}
				a, err := tx.SubjectRow(id)
				is("a subject", *a, subject, err)
				b, err := tx.ImmunizationRow(id)
				is("a dose", *b, dose, err)
				c, err := tx.DueOf(id)
				is("what is due", c, []project.DueRow{due}, err)
				d, err := tx.StockRow(stock.Key)
				is("stock", *d, stock, err)
				e, err := tx.MovementsOf(stock.Key)
				is("a movement", e, []project.MovementRow{movement}, err)
				f, err := tx.PlacesByCode(other)
				is("a place", f, []project.PlaceRow{place}, err)
				g, err := tx.UsersByLogin(other)
				is("an account", g, []project.UserRow{user}, err)
				h, err := tx.Coverage(store.CoverageQuery{})
				is("a count", h[0].Vaccine, other, err)
				k, err := tx.SearchSubjects(store.SubjectQuery{Words: []string{other}})
				is("who is found", len(k), 1, err)
				return errors.Join(errs...)
			}); err != nil {
				t.Fatalf("text %d: %v", i, err)
			}
		}
	}
}

// A server that would lose what it acknowledged is refused, and an address is never shown with its password.
func TestOpenRefuses(t *testing.T) {
	address := newAddress(t)
	if _, err := Open(t.Context(), Options{URL: address}); err == nil || !strings.Contains(err.Error(), "fsync") {
		t.Errorf("a server that does not wait for its disk: %v", err)
	}
	_, err := Open(t.Context(), Options{URL: "postgres://hub:geheim@127.0.0.1:1/tramy?connect_timeout=2"})
	if !errors.Is(err, store.ErrAway) || strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), "127.0.0.1:1/tramy") {
		t.Errorf("a server that is not there: %v", err)
	}
	if _, err := Open(t.Context(), Options{URL: "postgres://hub:geheim@[x"}); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("an address that is none: %v", err)
	}
	beside(t, address) // brings the helper's connection up
	if _, err := beside(t, address).Exec(t.Context(), `INSERT INTO schema_version (version_id, is_applied) VALUES (99999, true)`); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{URL: address, Forgetful: true}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("tables of a newer program: %v", err)
	}
}
