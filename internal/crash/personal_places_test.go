package crash

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// places are where a person's data could end up, and what was captured there.
type places struct {
	mu    sync.Mutex
	find  *finder
	bytes map[string]int64 // searched, by place
	found []leak
	// What is looked at last, when all secrets are known that the programs drew themselves.
	kept map[string][][]byte
}

// leak is something that stands where it must not.
type leak struct {
	place, what, form, in string
}

func (l leak) String() string {
	return fmt.Sprintf("%s: %s (%s) in …%s…", l.place, l.what, l.form, l.in)
}

// Places that must not be empty: a test that captured nothing would find nothing.
const (
	placeStation   = "what the station printed, at debug level"
	placeHub       = "what the hub printed, at debug level"
	placeCentre    = "what the centre printed, at debug level"
	placeVisited   = "addresses that browsers and programs asked for"
	placeLinks     = "addresses in pages: href, action, src"
	placeHeaders   = "headers of answers, Location among them"
	placeOutside   = "pages for who is not logged in"
	placeProblems  = "problem documents"
	placeHealth    = "health and readiness"
	placeCommands  = "what commands print"
	placeFiles     = "files beside database and journal"
	placeTemp      = "the folder for temporary files"
	placeNames     = "names of files"
	placeBackups   = "backups"
	placeBundles   = "files for a stick"
	placeData      = "databases, their WAL, journals (secrets only)"
	placeAccessLog = "the access log as the API tells it (secrets only)"
)

var allPlaces = []string{
	placeStation, placeHub, placeCentre, placeVisited, placeLinks, placeHeaders, placeOutside, placeProblems, placeHealth, placeCommands, placeFiles,
	placeTemp, placeNames, placeBackups, placeBundles, placeData, placeAccessLog,
}

func newPlaces(list ...canary) *places {
	return &places{find: newFinder(list...), bytes: map[string]int64{}, kept: map[string][][]byte{}}
}

// take searches what was captured at a place.
func (p *places) take(place, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes[place] += int64(len(text))
	p.search(place, []byte(text), p.find)
	p.kept[place] = append(p.kept[place], []byte(text))
}

func (p *places) search(place string, b []byte, f *finder) {
	for _, s := range f.find(b, place == placeData || place == placeAccessLog) {
		p.found = append(p.found, leak{place, s.canary.what, s.form, s.around})
	}
}

// secret looks from now on for a secret that a program drew, in what was captured before as well, and in databases too.
func (p *places) secret(what, text string) { p.drawn(canary{what: what, text: text, secret: true}) }

// drawn is secret for what a database has to keep, or not.
func (p *places) drawn(c canary) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.find.canaries, c) {
		return
	}
	p.find.add(c)
	alone := newFinder(c)
	for place, texts := range p.kept {
		for _, b := range texts {
			p.search(place, b, alone)
		}
	}
}

// report names each place and how much of it was searched; a place that was empty fails the test, and each leak does.
func (p *places) report(t *testing.T) {
	t.Helper()
	for _, place := range allPlaces {
		t.Logf("%9d bytes searched: %s", p.bytes[place], place)
		if p.bytes[place] == 0 {
			t.Errorf("nothing was captured of: %s", place)
		}
	}
	told := map[string]bool{}
	for _, l := range p.found {
		if key := l.place + l.what + l.in; !told[key] {
			told[key] = true
			t.Error(l)
		}
	}
}

// printedBy is the place for what a node prints.
func printedBy(n *node) string {
	return map[string]string{"station": placeStation, "hub": placeHub, "centre": placeCentre}[n.name]
}

// logs searches what the programs printed since the last time.
func (p *places) logs(t *testing.T, w *world, from map[string]int64) {
	t.Helper()
	for _, n := range w.all {
		b, err := os.ReadFile(n.dir + ".log")
		if err != nil {
			t.Fatal(err)
		}
		p.take(printedBy(n), string(b[from[n.name]:]))
		from[n.name] = int64(len(b))
	}
}

// Files that hold people's data because that is what they are for: the database in its states, also as it is set aside
// or is made, and the journal. Everything else in a data folder is searched for everything.
var dataFiles = regexp.MustCompile(`(^|/)(tramy\.db(-wal|-shm)?|journal)$`)

// files searches every file below a folder, and the names of all. asked are files that a person asked for in clear, and what is
// being brought in: they are looked at only for secrets. A device's keys are secrets wherever else they stand.
func (p *places) files(t *testing.T, folder string, asked ...string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		p.take(placeNames, name+"\n")
		if entry.IsDir() || strings.HasSuffix(name, ".log") && !strings.Contains(name, "/") { // what programs print is a place of its own
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if filepath.Base(name) == "device.key" {
			p.keys(t, b)
			return nil
		}
		place := placeFiles
		switch {
		case dataFiles.MatchString(name), slices.ContainsFunc(asked, func(a string) bool { return strings.HasPrefix(name, a) }):
			place = placeData
		case strings.HasSuffix(name, ".backup"):
			place = placeBackups
		case strings.HasSuffix(name, ".tramy"):
			place = placeBundles
		case strings.HasPrefix(name, tempFolder+"/"):
			place = placeTemp
		}
		p.take(place, string(b))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// keys makes the private keys in a file secrets.
func (p *places) keys(t *testing.T, b []byte) {
	t.Helper()
	var in map[string]any
	if err := json.Unmarshal(bytes.TrimSpace(b), &in); err != nil {
		t.Fatalf("a device's keys: %v", err)
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if text, ok := in[name].(string); ok && len(text) > 30 {
			p.secret("a device's private key", text)
		}
	}
}

// tempFolder is where programs put temporary files in these tests, beside the data folders.
const tempFolder = "tmp"
