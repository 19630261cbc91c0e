package crash

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tramy/internal/datadir"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	p "tramy/syncproto"
)

// mark begins every text that an act of the driver writes once and nowhere else.
const mark = "KX"

// act is one press of save.
type act struct {
	mark string // stands in what it wrote
	kind p.Kind // of the entities whose field holds the mark
	made string // the entity, where the answer told it
	at   *node  // where it was asked for
	said bool   // somebody was told that it is saved
	nth  int64  // by which answer of the process
}

func (a *act) dose() bool { return a.kind == registry.KindImmunization }

// book is what a driver outside the programs knows: what it asked for and what it was told.
type book struct {
	mu      sync.Mutex
	rand    *rand.Rand
	place   string
	older   int // days added to everybody's age, where clocks are behind
	wordy   int // letters that nobody can guess in each note, so that little work is many bytes
	n       int
	acts    []*act
	free    map[string][]string // by node: subjects made there whose father nobody has named
	doses   map[string][]string // and those without a dose
	refused []error             // answers that were neither yes nor "not now"
}

func newBook(place string, seed uint64) *book {
	return &book{place: place, free: map[string][]string{}, doses: map[string][]string{}, rand: rand.New(rand.NewPCG(seed, 1))}
}

func (b *book) draw(n int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rand.IntN(n)
}

// intend notes an act before it is asked for.
func (b *book) intend(n *node, kind p.Kind) *act {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
	a := &act{mark: fmt.Sprintf("%s%06dZ", mark, b.n), kind: kind, at: n}
	b.acts = append(b.acts, a)
	return a
}

// told notes what came of it.
func (b *book) told(a *act, made string, err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var no *problem
	switch {
	case err == nil:
		a.said, a.made, a.nth = true, made, a.at.answers.Load()
	case errors.As(err, &no) && no.Status < 500:
		b.refused = append(b.refused, err)
	}
	return err
}

func (b *book) take(from map[string][]string, n *node) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	ids := from[n.name]
	if len(ids) == 0 {
		return ""
	}
	i := b.rand.IntN(len(ids))
	id := ids[i]
	from[n.name] = slices.Delete(ids, i, i+1)
	return id
}

// counts returns how many acts were asked for and how many were told as saved.
func (b *book) counts() (asked, said int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range b.acts {
		if a.said {
			said++
		}
	}
	return len(b.acts), said
}

var (
	families = []string{"Lò", "Cà", "Quàng", "Tòng", "Lường", "Vừ", "Giàng", "Mùa"}
	givens   = []string{"Mai", "Gia Bảo", "Thị Ánh", "Văn Hặc", "A Dình", "Thị Mo", "Minh Khang", "Thị Xuân"}
)

// work does one act at a node, as somebody there would.
func (b *book) work(n *node) error {
	switch b.draw(4) {
	case 0:
		if id := b.take(b.doses, n); id != "" {
			return b.dose(n, id)
		}
	case 1:
		if id := b.take(b.free, n); id != "" {
			return b.edit(n, id)
		}
	}
	return b.register(n)
}

func day(back int) string {
	return time.Now().UTC().Add(7*time.Hour).AddDate(0, 0, -back).Format(time.DateOnly)
}

func (b *book) register(n *node) error {
	a := b.intend(n, registry.KindSubject)
	var out struct{ ID string }
	err := n.once(http.MethodPost, "/api/v1/subjects", fields{"force": true, "fields": fields{
		"place": b.place, "name": families[b.draw(len(families))] + " " + givens[b.draw(len(givens))] + " " + a.mark, "sex": "female",
		"birth_date": day(b.older + 70 + b.draw(300)), "mother_name": families[b.draw(len(families))] + " Thị " + a.mark, "note": b.letters(b.wordy) + " " + a.mark,
	}}, &out)
	if err == nil {
		b.mu.Lock()
		b.free[n.name], b.doses[n.name] = append(b.free[n.name], out.ID), append(b.doses[n.name], out.ID)
		b.mu.Unlock()
	}
	return b.told(a, out.ID, err)
}

func (b *book) letters(n int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := make([]byte, n)
	for i := range text {
		text[i] = byte('a' + b.rand.IntN(26))
	}
	return string(text)
}

func (b *book) dose(n *node, subject string) error {
	a := b.intend(n, registry.KindImmunization)
	var out struct{ Doses []string }
	err := n.once(http.MethodPost, "/api/v1/visits", fields{
		"subject": subject, "given_on": day(1 + b.draw(60)), "doses": []fields{{"vaccine": "BCG", "lot": a.mark}},
	}, &out)
	made := ""
	if len(out.Doses) > 0 {
		made = out.Doses[0]
	}
	return b.told(a, made, err)
}

// edit names the father, of whom nothing was known: nobody else ever writes that field of this child.
func (b *book) edit(n *node, subject string) error {
	var now struct{ Saw string }
	if err := n.once(http.MethodGet, "/api/v1/subjects/"+subject, nil, &now); err != nil {
		return err
	}
	a := b.intend(n, registry.KindSubject)
	return b.told(a, subject, n.once(http.MethodPatch, "/api/v1/subjects/"+subject, fields{"saw": now.Saw, "fields": fields{"father_name": a.mark}}, nil))
}

// holding is what a node's database holds of the driver's marks.
type holding struct {
	marks  map[string]map[string]bool // mark -> entities one of whose values it stands in
	states map[string]string          // entity -> its values, for subjects and doses
	doses  map[string]int             // subject -> doses
}

// openFolder opens a stopped node's folder as the program does, with its journal, and closes it again.
func openFolder(dir, kind string, look func(tx store.Tx) error) error {
	ctx := context.Background()
	d, err := datadir.Open(dir, kind)
	if err != nil {
		return err
	}
	run, err := d.Start(ctx, datadir.Parts{
		Open: func(ctx context.Context, dir string) (store.Store, error) {
			return sqlite.Open(ctx, sqlite.Options{Dir: dir, Station: kind == "station"})
		},
		Remains: sqlite.ReadRemains, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return errors.Join(err, d.Close())
	}
	err = run.Store.View(ctx, look)
	return errors.Join(err, run.Close())
}

func (n *node) kind() string { return strings.TrimPrefix(n.program, "tramy-") }

// held reads all states of a stopped node.
func held(dir, kind string) (*holding, error) {
	h := &holding{marks: map[string]map[string]bool{}, states: map[string]string{}, doses: map[string]int{}}
	return h, openFolder(dir, kind, func(tx store.Tx) error {
		return tx.EachState(func(s *p.State) error {
			if s.Kind != registry.KindSubject && s.Kind != registry.KindImmunization {
				return nil
			}
			id := s.ID.String()
			var b strings.Builder
			for _, f := range s.Fields {
				fmt.Fprintf(&b, "%d:", f.Field)
				for _, v := range f.Values {
					fmt.Fprintf(&b, " %v %v", v.Dot, v.Data)
					if subject, ok := v.Data.Ref(); ok && s.Kind == registry.KindImmunization && f.Field == p.FieldSubject {
						h.doses[subject.String()]++
					}
					text, ok := v.Data.Text()
					text = text[strings.LastIndexByte(text, ' ')+1:]
					if !ok || !strings.HasPrefix(text, mark) {
						continue
					}
					if h.marks[text] == nil {
						h.marks[text] = map[string]bool{}
					}
					h.marks[text][id] = true
				}
			}
			h.states[id] = b.String()
			return nil
		})
	})
}

// losses counts the acts that are not there, or twice, of those that were told as saved; what nobody was told may
// be there, but not twice either.
func (b *book) losses(h *holding) (lost, doubled []string) { return b.lossesUpTo(h, math.MaxInt64) }

// lossesUpTo is losses at the moment when a process had given so many answers.
func (b *book) lossesUpTo(h *holding, answers int64) (lost, doubled []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range b.acts {
		at := h.marks[a.mark]
		switch {
		case len(at) > 1:
			doubled = append(doubled, a.mark)
		case a.said && a.nth <= answers && (len(at) == 0 || a.made != "" && !at[a.made]):
			lost = append(lost, a.mark)
		}
	}
	return lost, doubled
}

// savedAt leaves of some marks those of acts that were asked for at a node.
func (b *book) savedAt(node string, marks []string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, a := range b.acts {
		if a.at.name == node && slices.Contains(marks, a.mark) {
			out = append(out, a.mark)
		}
	}
	return out
}

// recent returns the last acts that a node told as saved, the newest first.
func (b *book) recent(node string, n int) []*act {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []*act
	for _, a := range slices.Backward(b.acts) {
		if a.at.name == node && a.said && len(out) < n {
			out = append(out, a)
		}
	}
	return out
}

// openSQL opens a closed database without the product's code.
func openSQL(dir string) (*sql.DB, error) {
	return sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
}

// integrity asks SQLite itself, without the product's code, about a closed database.
func integrity(dir string) error {
	db, err := openSQL(dir)
	if err != nil {
		return err
	}
	defer db.Close()
	var said string
	if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return errors.New(said)
	}
	return nil
}

// settle starts what does not run, exchanges until nobody has anything to say, stops everything and holds what is
// there against the book. It returns the acts lost and doubled, which are errors of the test already.
func (w *world) settle(t testing.TB, b *book, files ...*importFile) (lost, doubled []string) {
	t.Helper()
	for _, n := range w.all {
		if n.cmd == nil {
			n.mustStart(t)
		}
		n.as(t, w.worker(n))
	}
	const (
		rounds = 30
		broken = 3 // lines may break; who speaks again must get through
	)
	rest, failed := 0, 0
	for i := 0; rest < 2; i++ {
		if i == rounds {
			t.Fatalf("no rest in %d rounds", rounds)
		}
		down, err := w.station.sync()
		up := false
		if err == nil {
			up, err = w.hub.sync()
		}
		if err != nil {
			t.Logf("%v\nthe station said: %s\nthe hub said: %s", err, w.station.said(), w.hub.said())
			if failed++; failed > broken {
				t.Fatalf("the line broke %d times", failed)
			}
		}
		rest++
		if err != nil || !down || !up {
			rest = 0
		}
	}
	if err := w.stopAll(); err != nil {
		t.Fatal(err)
	}
	return w.compare(t, b, files)
}

// compare holds the stopped nodes against the book and against each other.
func (w *world) compare(t testing.TB, b *book, files []*importFile) (lost, doubled []string) {
	t.Helper()
	var top *holding
	for _, n := range w.all {
		h, err := held(n.dir, n.kind())
		if err != nil {
			t.Fatalf("opening the %s: %v", n.name, err)
		}
		if err := integrity(n.dir); err != nil {
			t.Errorf("the database of the %s: %v", n.name, err)
		}
		gone, twice := b.losses(h)
		if len(gone) > 0 || len(twice) > 0 {
			t.Errorf("at the %s %d acts are lost and %d doubled: %.200v %.200v", n.name, len(gone), len(twice), gone, twice)
		}
		lost, doubled = append(lost, gone...), append(doubled, twice...)
		for _, f := range files {
			gone, twice := f.losses(h)
			if len(gone) > 0 || len(twice) > 0 {
				t.Errorf("at the %s, of %s %d rows are lost and %d doubled: %.200v %.200v", n.name, f.path, len(gone), len(twice), gone, twice)
			}
			lost, doubled = append(lost, gone...), append(doubled, twice...)
		}
		if top == nil {
			top = h
			continue
		}
		unequal := 0
		for id, s := range top.states {
			if h.states[id] != s {
				unequal++
			}
		}
		if unequal > 0 || len(h.states) != len(top.states) {
			t.Errorf("%d of %d states at the %s are not the centre's", unequal, len(top.states), n.name)
		}
	}
	if len(b.refused) > 0 {
		t.Errorf("%d acts of the driver were refused, the first: %v", len(b.refused), b.refused[0])
	}
	return lost, doubled
}

// worker is who works at a node.
func (w *world) worker(n *node) string {
	if n.program == "tramy-station" {
		return nurse
	}
	return head
}
