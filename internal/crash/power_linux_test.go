package crash

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/datadir"
)

var images = flag.Int("images", 90, "how many files' states after a power cut are opened")

// Sizes of a recording.
const (
	actsRecorded = 24
	plantImages  = 120           // looked at for each planted fault
	dryMax       = 3 * leftKinds // times through a recording without an image that was not there before
)

// TestPowerCut records what the station's program writes and syncs while it starts, people save, a register comes in
// and the hub is called, builds what may lie on the disk if the power went at any of these moments, and opens each.
func TestPowerCut(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Fatal("strace is needed; see make needs")
	}
	rec := record(t)
	none := func(string) bool { return false }
	isLog := func(name string) bool { return strings.HasPrefix(name, "tramy.db") }
	isJournal := func(name string) bool { return name == "journal" }
	var table strings.Builder
	fmt.Fprintf(&table, "\n%d acts told, %d calls on files\n\n| power cut | images | with acts lost | not opened |\n|---|---:|---:|---:|\n", rec.told(), rec.changes)
	for _, c := range []struct {
		name    string
		ignore  func(name string) bool // files whose fsync does nothing: a planted fault
		setBack bool                   // the database is as it was at the beginning
		images  int
		plant   bool
	}{
		{"as it is", none, false, *images, false},
		{"the database put back to the beginning", none, true, max(*images/10, plantImages/4), false},
		{"planted: nothing is synced", func(name string) bool { return isLog(name) || isJournal(name) }, false, plantImages, true},
		{"planted: the journal is not synced, the database put back", isJournal, true, plantImages, true},
	} {
		f := rec.cut(t, c.ignore, c.setBack, c.images, c.plant)
		fmt.Fprintf(&table, "| %s | %d | %d | %d |\n", c.name, f.images, f.losing, f.shut)
		switch {
		case c.plant && f.losing == 0:
			t.Errorf("%s: none of %d images shows it", c.name, f.images)
		case !c.plant && (f.losing > 0 || f.shut > 0):
			t.Errorf("%s: of %d images %d have lost acts, %d do not open", c.name, f.images, f.losing, f.shut)
		}
	}
	t.Log(table.String())
}

// recording is a folder as it was, and what a program did to it.
type recording struct {
	dir     string // as it was at the beginning
	live    string // where the program had it
	calls   []*call
	changes int
	book    *book
	file    *importFile
	fileNth int64 // the answer that told that the register is in
	answer  func(c *call) bool
}

func (rec *recording) told() int {
	_, said := rec.book.counts()
	return said + len(rec.file.marks)
}

func record(t *testing.T) *recording {
	w := newWorld(t)
	w.centre.mustStart(t)
	w.hub.mustStart(t)
	n := w.station
	rec := &recording{answer: (*call).isAnswer, dir: filepath.Join(t.TempDir(), "before"), live: n.dir, book: newBook(w.commune, *seed)}
	if err := os.CopyFS(rec.dir, os.DirFS(n.dir)); err != nil {
		t.Fatal(err)
	}
	trace := filepath.Join(t.TempDir(), "trace")
	n.before, n.delay = append(straceArgs, "-o", trace), "50ms"
	n.mustStart(t)
	n.as(t, nurse)
	l := &loop{t: t, w: w, b: rec.book}
	for i := range actsRecorded {
		if err := rec.book.work(n); err != nil {
			t.Fatal(err)
		}
		if i == actsRecorded/2 {
			rec.file = l.newFile()
			if said := l.run(rec.file); !rec.file.told {
				t.Fatal(said)
			}
			rec.fileNth = n.answers.Add(1) // the command came over HTTP, too
		}
	}
	if err := n.stop(); err != nil {
		t.Fatal(err)
	}
	rec.calls = readWholeTrace(t, trace)
	for _, c := range rec.calls {
		if within(rec.live, c.path) != "" && c.name != "open" && c.name != "openat" {
			rec.changes++
		}
	}
	var answers int64
	for _, c := range rec.calls {
		if c.isAnswer() {
			answers++
		}
	}
	if answers != n.answers.Load() {
		t.Fatalf("the program sent %d answers, and %d came", answers, n.answers.Load())
	}
	return rec
}

// readWholeTrace waits until strace, which outlives the program a little, has written all of it.
func readWholeTrace(t *testing.T, path string) []*call {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	deadline := time.After(startTimeout)
	for {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if ended(string(b)) {
			calls, err := readTrace(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			return calls
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("strace does not end")
		}
	}
}

// ended says that a trace is whole: the process, which the first line is about, goes last.
func ended(trace string) bool {
	trace, whole := strings.CutSuffix(trace, "\n")
	last := trace[strings.LastIndexByte(trace, '\n')+1:]
	pid, what, _ := strings.Cut(last, " ")
	first, _, _ := strings.Cut(trace, " ")
	return whole && pid == first && strings.HasPrefix(strings.TrimLeft(what, " "), "+++ ")
}

type cutFigures struct{ images, losing, shut int }

// cut opens images and looks for all that was told. With a fault planted it ends at the first loss.
func (rec *recording) cut(t *testing.T, ignore func(string) bool, setBack bool, want int, plant bool) cutFigures {
	var f cutFigures
	before, err := newDisk(rec.dir)
	if err != nil {
		t.Fatal(err)
	}
	rec.images(t, ignore, want, func(dir string, image map[string][]byte, told int64) bool {
		if setBack {
			maps.DeleteFunc(image, func(name string, _ []byte) bool { return strings.HasPrefix(name, "tramy.db") })
			image["tramy.db"] = before.now["tramy.db"].whole
		}
		f.images++
		rec.open(t, dir, image, told, &f, plant)
		return !plant || f.losing == 0
	})
	return f
}

// images goes through the recording again and again, cuts the power at each moment in another way, and calls look with
// what is left and how many answers were given before, until there were so many different images or look returns false.
func (rec *recording) images(t *testing.T, ignore func(string) bool, want int, look func(dir string, image map[string][]byte, told int64) bool) {
	seen := map[[32]byte]bool{}
	r := rand.New(rand.NewPCG(*seed, 3))
	base, err := os.MkdirTemp(memoryFolder(), "tramy-power-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(base)
	calls := rec.inOrder()
	for kind, dry := 0, 0; len(seen) < want; kind = (kind + 1) % leftKinds {
		before := len(seen)
		d, err := newDisk(rec.dir)
		if err != nil {
			t.Fatal(err)
		}
		d.dir, d.ignore = rec.live, ignore
		// So that few images lie all over the recording, and many come to lie everywhere.
		share := min(1, 2*float64(want)/float64(leftKinds)/float64(len(calls)))
		told := int64(0)
		for _, c := range calls {
			if rec.answer(c) {
				told++
				continue
			}
			ours, err := d.apply(c)
			if err != nil {
				t.Fatal(err)
			}
			if !ours {
				continue
			}
			if r.Float64() >= share || len(seen) >= want {
				continue
			}
			image := d.image(kind, r)
			key := keyOf(image, told)
			if seen[key] {
				continue
			}
			seen[key] = true
			if !look(filepath.Join(base, "image"), image, told) {
				return
			}
		}
		if dry++; len(seen) > before {
			dry = 0
		}
		if dry > dryMax {
			return // all there are, or nearly
		}
	}
}

// inOrder is the order in which calls have their effect: a write may have it when it begins, an answer is told when it
// begins, and all else counts when it has returned.
func (rec *recording) inOrder() []*call {
	when := func(c *call) int {
		switch c.name {
		case "write", "pwrite64", "ftruncate":
			return c.begin
		}
		return c.end
	}
	return slices.SortedStableFunc(slices.Values(rec.calls), func(a, b *call) int { return cmp.Compare(when(a), when(b)) })
}

// open opens one image and looks for all that was told before the cut.
func (rec *recording) open(t *testing.T, dir string, image map[string][]byte, told int64, f *cutFigures, plant bool) {
	defer os.RemoveAll(dir)
	if err := put(dir, image); err != nil {
		t.Fatal(err)
	}
	h, err := held(dir, "station")
	if err != nil {
		f.shut++
		if !plant {
			t.Errorf("image %d, after %d answers: %v", f.images, told, err)
			rec.keep(t, image, f.images)
		}
		return
	}
	lost, doubled := rec.book.lossesUpTo(h, told)
	if told >= rec.fileNth {
		gone, twice := rec.file.losses(h)
		lost, doubled = append(lost, gone...), append(doubled, twice...)
	}
	if len(lost)+len(doubled) > 0 {
		f.losing++
		if !plant {
			t.Errorf("image %d, after %d answers: lost %.200v doubled %.200v", f.images, told, lost, doubled)
			rec.keep(t, image, f.images)
		}
	} else if err := integrity(dir); err != nil && !plant {
		t.Errorf("image %d, after %d answers: %v", f.images, told, err)
	}
}

func (rec *recording) keep(t *testing.T, image map[string][]byte, n int) {
	if *keep == "" {
		return
	}
	if err := put(filepath.Join(*keep, t.Name(), fmt.Sprint(n)), image); err != nil {
		t.Error(err)
	}
}

// memoryFolder is where many files can be made without wearing out a disk.
func memoryFolder() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// TestPowerCutAtEnrolment cuts the power while a laptop is enrolled and its program starts for the first time: either the
// folder says that nothing is there yet or that it has to be emptied, or it opens; once the person was told that the laptop
// belongs to its station, it opens.
func TestPowerCutAtEnrolment(t *testing.T) {
	w := newWorld(t)
	w.centre.mustStart(t)
	w.hub.mustStart(t)
	code, err := command(w.programs, "tramy-hub", "", "enrol", "--data", w.hub.dir, "--place", facility)
	if err != nil {
		t.Fatal(err)
	}
	rec := &recording{dir: filepath.Join(t.TempDir(), "empty"), live: filepath.Join(w.dir, "laptop")}
	rec.answer = func(c *call) bool {
		return c.name == "write" && c.fd == 1 && bytes.Contains(c.data, []byte("This laptop now belongs"))
	}
	for _, dir := range []string{rec.dir, rec.live} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	trace := filepath.Join(t.TempDir(), "trace")
	args := append(slices.Clone(straceArgs), "-o", trace, program(w.programs, "tramy-station"), "init", "--data", rec.live, "--code", strings.TrimSpace(code))
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rec.calls = readWholeTrace(t, trace)
	counts := map[string]int{}
	look := func(dir string, image map[string][]byte, told int64) bool {
		defer os.RemoveAll(dir)
		if err := put(dir, image); err != nil {
			t.Fatal(err)
		}
		_, err := held(dir, "station")
		switch {
		case err == nil:
			counts["open"]++
		case told == 0 && (errors.Is(err, datadir.ErrNotHere) || errors.Is(err, datadir.ErrIncomplete)):
			counts["say what to do"]++
		default:
			t.Errorf("told %d times, and then: %v", told, err)
			rec.keep(t, image, len(counts))
			counts["are shut"]++
		}
		return true
	}
	none := func(string) bool { return false }
	rec.images(t, none, *images, look)
	// What is written before the folder says what it is, is the smallest part of it all.
	first := *rec
	first.calls = rec.calls[:len(rec.calls)/50]
	first.images(t, none, *images/3, look)
	t.Logf("of the images %v", counts)
	if counts["open"] == 0 || counts["say what to do"] == 0 {
		t.Error("the moments before or after are not among them")
	}
}
