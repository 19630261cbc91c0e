package crash

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	bundleActs  = 6
	bundleBatch = 250 // damaged files given to one command
	tailBytes   = 64  // all of them are turned, at the front and at the end
)

// TestBundlesDamaged turns every part of the files that travel on a stick, cuts them off everywhere, and gives them to the real
// commands: each is refused in words and nothing of it is taken in; the whole file is taken in afterwards, once.
func TestBundlesDamaged(t *testing.T) {
	w := newWorld(t)
	w.startAll(t)
	w.station.as(t, nurse)
	b := newBook(w.commune, *seed)
	if _, err := w.station.sync(); err != nil {
		t.Fatal(err)
	}
	for range bundleActs {
		if err := b.work(w.station); err != nil {
			t.Fatal(err)
		}
	}
	stick := filepath.Join(w.dir, "stick")
	if err := os.MkdirAll(stick, 0o700); err != nil {
		t.Fatal(err)
	}
	request, answer := filepath.Join(stick, "request.tramy"), ""
	if out, err := command(w.programs, "tramy-station", "", "bundle", "out", request, "--data", w.station.dir); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	refusedAll(t, w.hub, request)
	n := untouched(t, w.hub, b)
	if n != 0 {
		t.Errorf("%d acts came in by damaged files", n)
	}
	out, err := command(w.programs, "tramy-hub", "", "bundle", "in", request, "--data", w.hub.dir)
	if err != nil {
		t.Fatalf("the whole file: %v\n%s", err, out)
	}
	if n := untouched(t, w.hub, b); n != bundleActs {
		t.Errorf("%d of %d acts came in by the whole file", n, bundleActs)
	}
	files, err := filepath.Glob(filepath.Join(stick, "*.tramy"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f != request {
			answer = f
		}
	}
	if answer == "" {
		t.Fatalf("no answer on the stick: %v, the command said %s", files, out)
	}
	before, err := w.station.status()
	if err != nil {
		t.Fatal(err)
	}
	refusedAll(t, w.station, answer)
	after, err := w.station.status()
	if err != nil {
		t.Fatal(err)
	}
	if before.Saved != after.Saved || before.AtHub != after.AtHub || before.Digest != after.Digest {
		t.Errorf("damaged answers changed how the station stands: %+v, before %+v", after, before)
	}
	if out, err := command(w.programs, "tramy-station", "", "bundle", "in", answer, "--data", w.station.dir); err != nil {
		t.Fatalf("the whole answer: %v\n%s", err, out)
	}
	if after, err = w.station.status(); err != nil || after.AtHub <= before.AtHub {
		t.Errorf("after the whole answer %d acts are at the hub, %d before it: %v", after.AtHub, before.AtHub, err)
	}
	w.settle(t, b)
}

// untouched counts the acts of the book that a running hub holds.
func untouched(t *testing.T, n *node, b *book) (found int) {
	t.Helper()
	if err := n.stop(); err != nil {
		t.Fatal(err)
	}
	h, err := held(n.dir, n.kind())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range b.acts {
		if len(h.marks[a.mark]) > 0 {
			found++
		}
	}
	n.mustStart(t)
	return found
}

// damaged are ways to damage a file: a byte turned, the end cut off, something behind it.
func damaged(whole []byte, r *rand.Rand) [][]byte {
	var out [][]byte
	some := func(i int) bool {
		return i < tailBytes || i >= len(whole)-tailBytes || r.IntN(len(whole)) < 100*(*flips)
	}
	for i := range whole {
		if !some(i) {
			continue
		}
		turned := slices.Clone(whole)
		turned[i] ^= byte(1 + r.IntN(255))
		out = append(out, turned, slices.Clone(whole[:i]))
	}
	return append(out, append(slices.Clone(whole), 0), append(slices.Clone(whole), whole...))
}

// refusedAll gives a program damaged versions of a file.
func refusedAll(t *testing.T, n *node, path string) {
	t.Helper()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := damaged(whole, rand.New(rand.NewPCG(*seed, 5)))
	reasons := map[string]int{}
	for batch := range slices.Chunk(all, bundleBatch) {
		dir := t.TempDir()
		args := []string{"bundle", "in"}
		for i, b := range batch {
			name := filepath.Join(dir, fmt.Sprintf("damaged-%03d.tramy", i))
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, name)
		}
		out, err := command(n.world.programs, n.program, "", append(args, "--data", n.dir)...)
		if err == nil {
			t.Errorf("the command of the %s ended well", n.name)
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if len(lines) != len(batch) {
			t.Fatalf("%d lines about %d files: %v\n%.500s", len(lines), len(batch), err, out)
		}
		for _, line := range lines {
			_, reason, _ := strings.Cut(line, ".tramy: ")
			if strings.Contains(reason, "new changes") || strings.Contains(reason, "received") || reason == "" {
				t.Errorf("a damaged file was taken in: %s", line)
			}
			for _, known := range []string{"damaged or cut off", "no file of tramy's exchange", "for another machine", "newer version"} {
				if strings.Contains(reason, known) {
					reason = known
				}
			}
			reasons[reason]++
		}
	}
	t.Logf("of a file of %d bytes %d damaged ones given to the %s: %v", len(whole), len(all), n.name, reasons)
	for reason := range reasons {
		if len(reason) > 60 {
			t.Errorf("an unclear refusal: %s", reason)
		}
	}
}
