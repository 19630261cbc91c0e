package country

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	p "tramy/syncproto"
)

// Report is what a check found. All is well if OK says so.
type Report struct {
	ActsSaved         int   `json:"acts_saved"`   // that a program was told were saved
	ActsAtRoot        int   `json:"acts_at_root"` // whose every trace is at the centre
	StatesCompared    int   `json:"states_compared"`
	StatesUnequal     int   `json:"states_unequal"`
	FingerprintsEqual bool  `json:"fingerprints_equal"`
	ConflictsFound    int   `json:"conflicts_found"`
	ConflictsExpected int   `json:"conflicts_expected"`
	BytesUp           int64 `json:"bytes_up"` // through all links, TLS included
	BytesDown         int64 `json:"bytes_down"`
	Requests          int64 `json:"requests"`
	Children          int   `json:"children"`
	Visits            int   `json:"visits"`
	DosesGiven        int   `json:"doses_given"`
	DosesAsked        int   `json:"doses_asked"`   // of them, refused until the card had been looked at
	DosesAgainst      int   `json:"doses_against"` // of them, refused until a reason was given
	DueCompared       int   `json:"due_compared"`  // children whose rows of what is due were compared with the centre's
	DueUnequal        int   `json:"due_unequal"`
	Processes         bool  `json:"processes"`
	Seconds           int   `json:"seconds"`
}

// OK reports whether nothing is missing, everything is equal, and the conflicts found are those made.
func (r *Report) OK() bool {
	return r.ActsSaved > 0 && r.ActsAtRoot == r.ActsSaved && r.StatesCompared > 0 && r.StatesUnequal == 0 && r.FingerprintsEqual &&
		r.ConflictsFound == r.ConflictsExpected && r.ConflictsExpected > 0 &&
		r.DosesAsked > 0 && r.DosesAgainst > 0 && r.DueCompared > 0 && r.DueUnequal == 0
}

// Sizes of the check's work.
const (
	checkVisits       = 200
	checkEdits        = 24 // of different fields of one child, at a station and at the hub
	checkConflicts    = 10 // of the same field, at a station and at the hub
	checkCloneClashes = 5  // of the same field, at a laptop and its clone
	checkKnown        = 40 // children of each station before: enough for all of these, and a visit each
)

// act is something a program was told was saved, with what must be at the centre because of it.
type act struct {
	creates []string // entities
	entity  string   // edited
	value   string   // a text written nowhere else
}

// checker drives a country through its API, and never through the code under test.
type checker struct {
	c       *Country
	report  Report
	acts    []act
	kids    map[*Node][]string // children known at a station
	workers map[*Node]*client
	maker   *Maker
}

// Check cuts all links, records visits, edits, concurrent edits of the same and of different fields, a
// clone and a restored backup; restores the links, waits for quiet, and compares everything with what it
// was told was saved.
func (c *Country) Check(ctx context.Context, children int) (*Report, error) {
	start := time.Now()
	k := &checker{c: c, kids: map[*Node][]string{}, workers: map[*Node]*client{}, maker: NewMaker(7)}
	k.report.Children = children
	k.report.Processes = c.Centre().Program != ""
	steps := []struct {
		what string
		do   func(context.Context) error
	}{
		{"logging in", k.logIn},
		{"known children", k.known},
		{"links cut, clone and backup made", k.prepare},
		{"visits", k.visits},
		{"edits", k.edits},
		{"backup restored", k.restore},
		{"links restored, waiting for quiet", k.quiet},
		{"conflicts", k.conflicts},
	}
	for i, s := range steps {
		c.opt.progress(s.what, i, len(steps)+1)
		if err := s.do(ctx); err != nil {
			return &k.report, fmt.Errorf("%s: %w", s.what, err)
		}
	}
	c.opt.progress("comparing", len(steps), len(steps)+1)
	for _, n := range c.Nodes {
		if n.Link != nil {
			up, down := n.Link.Bytes()
			k.report.BytesUp += up
			k.report.BytesDown += down
		}
	}
	for _, n := range c.Nodes {
		if err := n.Stop(); err != nil {
			return &k.report, err
		}
	}
	err := k.workOutDue(ctx)
	if err == nil {
		err = k.compare(ctx)
	}
	k.report.Seconds = int(time.Since(start).Seconds())
	return &k.report, err
}

func (k *checker) logIn(ctx context.Context) error {
	for _, n := range k.c.Nodes {
		w, err := login(ctx, n, n.Accounts[0].Login)
		if err != nil {
			return err
		}
		k.workers[n] = w
	}
	return nil
}

// known registers children everybody holds before the links are cut.
func (k *checker) known(ctx context.Context) error {
	for _, n := range k.c.Stations() {
		for i := range checkKnown {
			id, err := k.workers[n].register(ctx, k.child(n, fmt.Sprintf("quen %d", i)))
			if err != nil {
				return err
			}
			k.kids[n] = append(k.kids[n], id)
			k.acts = append(k.acts, act{creates: []string{id}})
		}
	}
	return k.rest(ctx)
}

func (k *checker) child(n *Node, note string) map[string]any {
	today := time.Now().UTC().Add(7 * time.Hour)
	in := k.maker.Child(n.Commune, 0, 1)
	return map[string]any{
		"place": n.Commune.String(), "name": in.Name, "sex": in.Sex.String(), "mother_name": in.MotherName,
		"birth_date": today.AddDate(0, 0, -70).Format(time.DateOnly), "hamlet": in.Hamlet, "note": note,
	}
}

// prepare copies the folders: one becomes a clone that runs beside its original, one a backup.
func (k *checker) prepare(ctx context.Context) error {
	stations := k.c.Stations()
	for _, n := range k.c.Nodes {
		if n.Link != nil {
			n.Link.Set(LinkCut)
		}
	}
	first := stations[0]
	if err := first.Stop(); err != nil {
		return err
	}
	clone := &Node{
		Name: first.Name + " (bản sao)", Kind: "station", Level: first.Level, Path: first.Path + "-clone", Link: first.Link,
		Up: first.Up, Place: first.Place, PlaceCode: first.PlaceCode, Commune: first.Commune, Accounts: first.Accounts, Program: first.Program, opt: first.opt,
	}
	if err := copyFolder(first.Path, clone.Path); err != nil {
		return err
	}
	for _, n := range []*Node{first, clone} {
		if err := k.startAgain(ctx, n); err != nil {
			return err
		}
	}
	k.kids[clone] = k.kids[first]
	k.c.Nodes = append(k.c.Nodes, clone)
	last := stations[len(stations)-1]
	if err := last.Stop(); err != nil {
		return err
	}
	if err := copyFolder(last.Path, last.Path+"-backup"); err != nil {
		return err
	}
	return k.startAgain(ctx, last)
}

func (k *checker) startAgain(ctx context.Context, n *Node) error {
	if err := n.Start(ctx); err != nil {
		return err
	}
	w, err := login(ctx, n, n.Accounts[0].Login)
	k.workers[n] = w
	return err
}

// restore puts a station's database back to the backup, as after a broken disk; its journal lay elsewhere
// and is whole.
func (k *checker) restore(ctx context.Context) error {
	stations := k.c.Stations()
	n := stations[len(stations)-2] // the clone stands last
	if err := n.Stop(); err != nil {
		return err
	}
	for _, name := range []string{"tramy.db", "tramy.db-wal", "tramy.db-shm"} {
		if err := os.Remove(filepath.Join(n.Path, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		b, err := os.ReadFile(filepath.Join(n.Path+"-backup", name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(n.Path, name), b, 0o600); err != nil {
			return err
		}
	}
	return k.startAgain(ctx, n)
}

// edits changes children at two nodes that cannot hear each other.
func (k *checker) edits(ctx context.Context) error {
	stations := k.c.Stations()
	first, clone := stations[0], stations[len(stations)-1]
	region := first.Up
	kids := k.kids[first]
	head, err := login(ctx, region, "truong1")
	if err != nil {
		return err
	}
	edit := func(w *client, kid, field, value string) error {
		if err := w.edit(ctx, kid, field, value); err != nil {
			return err
		}
		k.acts = append(k.acts, act{entity: kid, value: value})
		return nil
	}
	for i := range checkEdits { // different fields: nobody need choose
		if err := edit(k.workers[first], kids[i], "hamlet", fmt.Sprintf("Bản số %d", i)); err != nil {
			return err
		}
		if err := edit(head, kids[i], "father_name", fmt.Sprintf("Lò Văn Số %d", i)); err != nil {
			return err
		}
	}
	kids = kids[checkEdits:]
	for i := range checkConflicts { // the same field, at the station and at the hub
		if err := edit(k.workers[first], kids[i], "mother_phone", fmt.Sprintf("03850004%02d", i)); err != nil {
			return err
		}
		if err := edit(head, kids[i], "mother_phone", fmt.Sprintf("03850005%02d", i)); err != nil {
			return err
		}
		k.report.ConflictsExpected++
	}
	kids = kids[checkConflicts:]
	for i := range checkCloneClashes { // the same field, at a laptop and its clone
		if err := edit(k.workers[first], kids[i], "mother_phone", fmt.Sprintf("03850006%02d", i)); err != nil {
			return err
		}
		if err := edit(k.workers[clone], kids[i], "mother_phone", fmt.Sprintf("03850007%02d", i)); err != nil {
			return err
		}
		k.report.ConflictsExpected++
	}
	return nil
}

func (k *checker) quiet(ctx context.Context) error {
	for _, n := range k.c.Nodes {
		if n.Link != nil {
			n.Link.Set(LinkUp)
		}
	}
	return k.rest(ctx)
}

// rest exchanges from the leaves up until nobody has anything to say.
func (k *checker) rest(ctx context.Context) error {
	const rounds = 40
	for range rounds {
		level := true
		for i := len(k.c.Nodes) - 1; i > 0; i-- {
			ok, err := k.workers[k.c.Nodes[i]].syncNow(ctx)
			if err != nil {
				return err
			}
			k.report.Requests++
			level = level && ok
		}
		// The hubs stand before their stations: once more from the top of the list to the end of it.
		if level {
			return nil
		}
	}
	return fmt.Errorf("no rest in %d rounds", rounds)
}

// conflicts counts what the centre lists for review.
func (k *checker) conflicts(ctx context.Context) error {
	w, err := login(ctx, k.c.Centre(), "trunguong")
	if err != nil {
		return err
	}
	var out struct {
		Items []struct {
			Entity p.EntityID `json:"entity"`
		} `json:"items"`
	}
	if err := w.do(ctx, "GET", "/api/v1/conflicts", nil, &out); err != nil {
		return err
	}
	k.report.ConflictsFound = len(out.Items)
	return nil
}

func copyFolder(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	files, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.IsDir() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, f.Name()), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}
