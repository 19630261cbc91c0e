package crash

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var kills = flag.Int("kills", 11, "how many times a program is killed")

// Sizes of a run of kills.
const (
	killsARound  = 66                     // then everything is held against the book, and a new country begins
	workMax      = 120 * time.Millisecond // from the beginning of the work to the kill
	importRows   = 60
	workers      = 3
	recentLooked = 4 // acts looked up over the API after a start
)

// longRun says that this is no slice of a run: more kills are wanted than there are kinds of work.
func longRun() bool { return *kills > len(kindsOfWork) }

// kindOfWork is what a program does when it is killed.
type kindOfWork struct {
	name   string
	victim func(w *world) *node
	begin  func(l *loop, stop <-chan struct{}) // while the victim runs; returns when stop closes or the victim is gone
	within time.Duration                       // the kill comes within this
	start  bool                                // the victim is killed while it starts
	before func(l *loop, n *node) error        // done to the stopped victim's folder
	needs  string                              // a command the program must have
}

func theStation(w *world) *node { return w.station }
func theHub(w *world) *node     { return w.hub }
func theCentre(w *world) *node  { return w.centre }

var kindsOfWork = []kindOfWork{
	{name: "station, save", victim: theStation, begin: (*loop).save, within: workMax},
	{name: "station, exchange", victim: theStation, begin: (*loop).exchange, within: workMax},
	{name: "station, import", victim: theStation, begin: (*loop).importing, within: 2 * workMax},
	{name: "station, start", victim: theStation, start: true, within: workMax},
	{name: "station, migration", victim: theStation, start: true, within: workMax, before: (*loop).older},
	{name: "hub, save", victim: theHub, begin: (*loop).saveAtHub, within: workMax},
	{name: "hub, exchange", victim: theHub, begin: (*loop).exchange, within: workMax},
	{name: "hub, start", victim: theHub, start: true, within: workMax},
	{name: "hub, migration", victim: theHub, start: true, within: workMax, before: (*loop).older},
	{name: "centre, exchange", victim: theCentre, begin: (*loop).exchange, within: workMax},
	{name: "station, backup", victim: theStation, begin: (*loop).backup, within: workMax, needs: "backup"},
}

// loop is one country whose programs are killed.
type loop struct {
	t     *testing.T
	w     *world
	b     *book
	rand  *rand.Rand
	files []*importFile
}

// TestKilled kills programs at random moments of each kind of work. After each kill the folder of the killed program is
// opened as a copy and all that was told is looked for, and the program starts again on the folder itself.
func TestKilled(t *testing.T) {
	results := map[string]*killFigures{}
	for round, left := 0, *kills; left > 0; round++ {
		n := min(left, killsARound)
		left -= n
		killRound(t, *seed+uint64(round), n, results)
		if t.Failed() {
			t.Fatalf("in round %d, of seed %d", round, *seed+uint64(round))
		}
	}
	report(t, results)
}

type killFigures struct{ kills, asked, said, lost, doubled int }

func figuresOf(results map[string]*killFigures, name string) *killFigures {
	if results[name] == nil {
		results[name] = &killFigures{}
	}
	return results[name]
}

func report(t *testing.T, results map[string]*killFigures) {
	var b strings.Builder
	var all killFigures
	fmt.Fprintf(&b, "\n| killed during | kills | acts asked for | told as saved | lost | doubled |\n|---|---:|---:|---:|---:|---:|\n")
	for _, k := range kindsOfWork {
		r := results[k.name]
		if r == nil {
			fmt.Fprintf(&b, "| %s | left out: the program has no such command | | | | |\n", k.name)
			continue
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", k.name, r.kills, r.asked, r.said, r.lost, r.doubled)
		all.kills, all.asked, all.said = all.kills+r.kills, all.asked+r.asked, all.said+r.said
		all.lost, all.doubled = all.lost+r.lost, all.doubled+r.doubled
	}
	fmt.Fprintf(&b, "| all | %d | %d | %d | %d | %d |\n", all.kills, all.asked, all.said, all.lost, all.doubled)
	t.Log(b.String())
}

func killRound(t *testing.T, seed uint64, n int, results map[string]*killFigures) {
	w := newWorld(t)
	defer w.killAll()
	w.startAll(t)
	for _, n := range w.all {
		n.as(t, w.worker(n))
	}
	l := &loop{t: t, w: w, b: newBook(w.commune, seed), rand: rand.New(rand.NewPCG(seed, 2))}
	var kinds []kindOfWork
	for _, k := range kindsOfWork {
		if k.needs == "" || hasCommand(t, w, k.victim(w), k.needs) {
			kinds = append(kinds, k)
		}
	}
	for i := range n {
		k := kinds[i%len(kinds)]
		r := figuresOf(results, k.name)
		asked, said := l.b.counts()
		lost, doubled := l.once(k)
		asked2, said2 := l.b.counts()
		r.kills++
		r.asked, r.said = r.asked+asked2-asked, r.said+said2-said
		r.lost, r.doubled = r.lost+lost, r.doubled+doubled
		if t.Failed() {
			t.Fatalf("kill %d, %s", i+1, k.name)
		}
	}
	for _, f := range l.files {
		l.finish(f)
	}
	lost, doubled := w.settle(t, l.b, l.files...)
	r := figuresOf(results, "station, import")
	r.asked, r.said = r.asked+len(l.files)*importRows, r.said+len(l.files)*importRows
	r.lost, r.doubled = r.lost+len(lost), r.doubled+len(doubled)
}

func hasCommand(t *testing.T, w *world, n *node, name string) bool {
	out, err := command(w.programs, n.program, "", "--help")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) > 0 && f[0] == name {
			return true
		}
	}
	return false
}

// once works, kills, looks, and starts again.
func (l *loop) once(k kindOfWork) (lost, doubled int) {
	n := k.victim(l.w)
	if k.before != nil || k.start {
		if err := n.stop(); err != nil {
			l.t.Fatal(err)
		}
	}
	if k.before != nil {
		if err := k.before(l, n); err != nil {
			l.t.Fatal(err)
		}
	}
	stop := make(chan struct{})
	var working sync.WaitGroup
	if k.start {
		if err := n.launch(); err != nil {
			l.t.Fatal(err)
		}
	} else {
		working.Go(func() { k.begin(l, stop) })
	}
	time.Sleep(time.Duration(l.rand.Int64N(int64(k.within)))) // the moment is what is drawn; nothing waits for it
	n.kill()
	close(stop)
	working.Wait()
	lost, doubled = l.look(n)
	n.mustStart(l.t)
	n.as(l.t, l.w.worker(n))
	l.lookUp(n)
	return lost, doubled
}

// look opens a copy of the killed program's folder as the program would and holds it against the book. What
// was told elsewhere may not have come yet; the end of the round looks for that.
func (l *loop) look(n *node) (lost, doubled int) {
	dir := filepath.Join(l.t.TempDir(), "copy")
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, os.DirFS(n.dir)); err != nil {
		l.t.Fatal(err)
	}
	h, err := held(dir, n.kind())
	if err != nil {
		l.t.Errorf("opening the killed %s: %v", n.name, err)
		return 0, 0
	}
	gone, twice := l.b.losses(h)
	gone = l.b.savedAt(n.name, gone)
	if len(gone) > 0 || len(twice) > 0 {
		l.t.Errorf("at the killed %s %d acts are lost and %d doubled: %.200v %.200v", n.name, len(gone), len(twice), gone, twice)
	}
	return len(gone), len(twice)
}

// lookUp asks the program that runs again for what was told last.
func (l *loop) lookUp(n *node) {
	for _, a := range l.b.recent(n.name, recentLooked) {
		path := "/api/v1/subjects/" + a.made
		if a.dose() {
			path = "/api/v1/immunizations/" + a.made
		}
		if err := n.once("GET", path, nil, nil); err != nil {
			l.t.Errorf("%s was told as saved: %v", a.mark, err)
		}
	}
}

// save lets several people save at the station.
func (l *loop) save(stop <-chan struct{}) { l.saveAt(l.w.station, stop) }

func (l *loop) saveAtHub(stop <-chan struct{}) { l.saveAt(l.w.hub, stop) }

func (l *loop) saveAt(n *node, stop <-chan struct{}) {
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-n.ended:
					return
				default:
				}
				var no *problem
				if err := l.b.work(n); err != nil && !errors.As(err, &no) {
					return // the program is gone; the book has noted the act
				}
			}
		})
	}
	wg.Wait()
}

// exchange saves at the station and passes everything up and down meanwhile.
func (l *loop) exchange(stop <-chan struct{}) {
	var wg sync.WaitGroup
	wg.Go(func() { l.saveAt(l.w.station, stop) })
	for _, n := range []*node{l.w.station, l.w.hub} {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-n.ended:
					return
				default:
					_, _ = n.sync() // the line breaks with the program; the end of the round exchanges until it is quiet
				}
			}
		})
	}
	wg.Wait()
}

// backup asks for one backup after the other while people save.
func (l *loop) backup(stop <-chan struct{}) {
	var wg sync.WaitGroup
	wg.Go(func() { l.saveAt(l.w.station, stop) })
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if _, err := command(l.w.programs, l.w.station.program, "", "backup", "--data", l.w.station.dir); err != nil {
					return // it was killed
				}
			}
		}
	})
	wg.Wait()
}

// older takes the tables of the stopped victim's database back to an earlier version.
func (l *loop) older(n *node) error {
	db, err := openSQL(n.dir)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, text := range []string{
		`ALTER TABLE child DROP COLUMN backup_ms`,
		`DROP INDEX due_open`, `DROP INDEX due_missed`, `DROP INDEX due_first`,
		`ALTER TABLE due DROP COLUMN hamlet`,
		`CREATE INDEX due_recommended ON due (residence, recommended)`,
		`CREATE INDEX due_overdue ON due (residence, overdue) WHERE overdue <> 0`,
		`CREATE TABLE cohort (cohort INTEGER NOT NULL, recorded INTEGER NOT NULL, residence INTEGER NOT NULL, n INTEGER NOT NULL,
			PRIMARY KEY (cohort, recorded, residence)) STRICT, WITHOUT ROWID`,
		`INSERT INTO cohort SELECT 0, recorded, residence, n FROM registered`,
		`DROP TABLE figure`,
		`DROP TABLE registered`,
		`DROP TABLE pair`,
		`DROP TABLE unpaired`,
		`DELETE FROM schema_version WHERE version_id >= 7`,
	} {
		if _, err := db.Exec(text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}
