package crash

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	smallDisk   = "6m"
	actsToFill  = 4000 // more than fit
	actsAround  = 12
	ballastName = "ballast"
)

// onSmallDisk puts a stopped node's folder on a file system of its own that is nearly full; what it returns makes room.
func onSmallDisk(t *testing.T, n *node) (makeRoom func()) {
	t.Helper()
	kept := n.dir + ".kept"
	if err := os.Rename(n.dir, kept); err != nil {
		t.Fatal(err)
	}
	smallDiskAt(t, n.dir, smallDisk, n.kill)
	if err := os.CopyFS(n.dir, os.DirFS(kept)); err != nil {
		t.Fatal(err)
	}
	return func() { emptied(t, n.dir) }
}

// smallDiskAt mounts a file system of a size until the test ends.
func smallDiskAt(t *testing.T, dir, size string, before func()) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root may mount a small disk; what happens on a full one is left out here")
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Fatalf("mounting a small disk: %v %s", err, out)
	}
	t.Cleanup(func() {
		before()
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("unmounting: %v %s", err, out)
		}
	})
}

// emptied makes room on a small disk.
func emptied(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, ballastName)); err != nil {
		t.Fatal(err)
	}
}

// fill leaves so many bytes of the small disk free, or none.
func fill(t *testing.T, dir string, leave int) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, ballastName), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	size := int64(0)
	for {
		k, err := f.Write(page)
		size += int64(k)
		if err != nil {
			break
		}
	}
	if err := f.Truncate(max(0, size-int64(leave))); err != nil {
		t.Fatal(err)
	}
}

// TestDiskFullAtStation fills the station's disk while people save: what does not fit is said with a problem of its own,
// reading goes on, the program starts on the full disk, and with room it goes on as if nothing had been.
func TestDiskFullAtStation(t *testing.T) {
	w := newWorld(t)
	n := w.station
	makeRoom := onSmallDisk(t, n)
	w.startAll(t)
	n.as(t, nurse)
	b := newBook(w.commune, *seed)
	for range actsAround {
		if err := b.work(n); err != nil {
			t.Fatal(err)
		}
	}
	for _, leave := range []int{64 << 10, 0} {
		fill(t, n.dir, leave)
		for range actsAround {
			untilFull(t, b, n)
		}
		last := b.recent(n.name, 1)[0]
		if err := n.once(http.MethodGet, "/api/v1/subjects/"+subjectOf(b, last), nil, nil); err != nil {
			t.Errorf("reading from a full disk: %v", err)
		}
		if _, err := n.status(); err != nil {
			t.Errorf("how it stands, on a full disk: %v", err)
		}
		makeRoom()
		for range actsAround {
			if err := b.work(n); err != nil {
				t.Errorf("with room again: %v", err)
			}
		}
	}
	fill(t, n.dir, 0)
	// A start needs to write, too: it may say that it cannot, but then in words a person can act on.
	if err := n.stop(); err != nil {
		t.Fatal(err)
	}
	switch err := n.start(); {
	case err == nil:
		// The write-ahead log went when the program ended, so a little fits again.
		if err := n.login(nurse); err != nil {
			t.Fatalf("after a start on a full disk: %v\n%s", err, n.said())
		}
		untilFull(t, b, n)
	case !strings.Contains(err.Error(), "disk is full") || !strings.Contains(err.Error(), "Free some space"):
		t.Errorf("a start on a full disk: %v", err)
	}
	makeRoom()
	n.kill() // a program that is running goes on by itself, see above; this start replays what the journal alone has
	n.mustStart(t)
	n.as(t, nurse)
	for range actsAround {
		if err := b.work(n); err != nil {
			t.Errorf("with room again: %v", err)
		}
	}
	w.settle(t, b)
}

// TestDiskFullAtHub fills the hub's disk while its station has something to send: nothing is told as taken that is not,
// and with room the exchange goes on where it was.
func TestDiskFullAtHub(t *testing.T) {
	w := newWorld(t)
	makeRoom := onSmallDisk(t, w.hub)
	w.startAll(t)
	w.station.as(t, nurse)
	w.hub.as(t, head)
	b := newBook(w.commune, *seed)
	fill(t, w.hub.dir, 0)
	for range 5 * actsAround {
		if err := b.work(w.station); err != nil {
			t.Fatal(err)
		}
	}
	if quiet, err := w.station.sync(); err == nil && quiet {
		t.Error("an exchange with a hub whose disk is full went well")
	} else {
		t.Logf("the exchange: %v", err)
	}
	s, err := w.station.status()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Exchanges) == 0 || s.Exchanges[0].Result == "done" || s.Saved == 0 {
		t.Errorf("the station's state hides that the hub took nothing: %+v", s)
	}
	t.Logf("the station says %s (%s), %d only here", s.Exchanges[0].Result, s.Exchanges[0].Detail, s.Saved)
	untilFull(t, b, w.hub)
	if err := w.hub.once(http.MethodGet, "/api/v1/places", nil, nil); err != nil {
		t.Errorf("reading at a hub whose disk is full: %v", err)
	}
	makeRoom()
	// What was refused may stand in the journal: then it comes back with the next start, although nobody was told.
	if err := w.hub.stop(); err != nil {
		t.Fatal(err)
	}
	w.settle(t, b)
}

// untilFull works until something does not fit, and wants that said in the words for it.
func untilFull(t *testing.T, b *book, n *node) {
	t.Helper()
	for range actsToFill {
		if err := b.work(n); err != nil {
			wantFull(t, err)
			return
		}
	}
	t.Fatalf("%d acts fitted on a full disk", actsToFill)
}

func wantFull(t *testing.T, err error) {
	t.Helper()
	var p *problem
	if !errors.As(err, &p) || p.Status != http.StatusInsufficientStorage || p.Type != "tramy:disk-full" || p.Title == "" || p.Detail == "" {
		t.Errorf("on a full disk: %v", err)
	}
}

// subjectOf is the subject an act made, or one that was made before.
func subjectOf(b *book, a *act) string {
	if !a.dose() {
		return a.made
	}
	for _, other := range b.acts {
		if other.said && !other.dose() {
			return other.made
		}
	}
	return ""
}

// TestDiskFullInUpkeep gives the commands that put other files in the place of a machine's when the disk is full, at each of
// many degrees: they end and say so; the old data stand or the new ones, and with room the command can be given again.
func TestDiskFullInUpkeep(t *testing.T) {
	u := newUpkeep(t)
	dir := filepath.Join(u.w.dir, "small")
	smallDiskAt(t, dir, "64m", func() {})
	degrees := []int{0, 64 << 10, 512 << 10}
	if longRun() {
		degrees = append(degrees, 4<<10, 256<<10, 768<<10, 1<<20, 1536<<10, 2<<20)
	}
	for i := range upkeepCommands {
		c := &upkeepCommands[i]
		full := 0
		for _, leave := range degrees {
			// A folder in the small disk, so that it can be taken away whole.
			data := filepath.Join(dir, "data")
			u.folder(t, c, data)
			fill(t, dir, leave)
			out, err := u.command(c, data).CombinedOutput()
			if err != nil {
				full++
				if !strings.Contains(string(out), "Free some space") {
					t.Errorf("%s with %d bytes left: %v\n%s", c.name, leave, err, out)
				}
			}
			emptied(t, dir)
			u.look(t, c, data, err == nil)
			u.again(t, c, data)
			if t.Failed() {
				t.Fatalf("%s with %d bytes left", c.name, leave)
			}
		}
		t.Logf("%s did not fit %d times", c.name, full)
		if full == 0 {
			t.Errorf("%s: the disk was never full", c.name)
		}
	}
}
