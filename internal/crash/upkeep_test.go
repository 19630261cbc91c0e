package crash

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramy/internal/datadir"
)

const (
	upkeepActs   = 20 // before the backup, and again after it
	upkeepLonger = 20 // percent over what a whole run takes in which the kill may come
)

// upkeepCommand is a command that puts other files in the place of a stopped machine's.
type upkeepCommand struct {
	name string
	args func(u *upkeep) []string
	anew bool // into a new folder
}

var upkeepCommands = []upkeepCommand{
	{name: "backup", args: func(*upkeep) []string { return []string{"backup"} }},
	{name: "restore", args: func(u *upkeep) []string { return []string{"restore", u.backup} }},
	{name: "restore into a new folder", args: func(u *upkeep) []string { return []string{"restore", u.backup, "--recovery-key-file", u.key} }, anew: true},
	{name: "rebuild", args: func(*upkeep) []string { return []string{"rebuild"} }},
	{name: "salvage", args: func(*upkeep) []string { return []string{"salvage"} }},
}

// upkeep is a station with a backup and acts that came after it.
type upkeep struct {
	w      *world
	b      *book
	inIt   *book  // the acts that the backup holds
	whole  string // its folder
	backup string
	key    string // file with the recovery key
}

func newUpkeep(t *testing.T) *upkeep {
	t.Helper()
	w := newWorld(t)
	w.startAll(t)
	n := w.station
	n.as(t, nurse)
	u := &upkeep{w: w, b: newBook(w.commune, *seed), whole: filepath.Join(w.dir, "whole"), backup: filepath.Join(w.dir, "backup.tramy"), key: filepath.Join(w.dir, "key")}
	work := func() {
		for range upkeepActs {
			if err := u.b.work(n); err != nil {
				t.Fatal(err)
			}
		}
	}
	out, err := command(w.programs, n.program, "", "recovery-key", "new", "--data", n.dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for word := range strings.FieldsSeq(out) {
		if strings.HasPrefix(word, "AGE-SECRET-KEY-1") {
			err = os.WriteFile(u.key, []byte(word), 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	work()
	u.inIt = &book{acts: append([]*act(nil), u.b.acts...)}
	if out, err := command(w.programs, n.program, "", "backup", "--to", u.backup, "--data", n.dir); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	work()
	if _, err := n.sync(); err != nil {
		t.Fatal(err)
	}
	work()
	if err := w.stopAll(); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(u.whole, os.DirFS(n.dir)); err != nil {
		t.Fatal(err)
	}
	return u
}

// folder lays down what the command finds.
func (u *upkeep) folder(t *testing.T, c *upkeepCommand, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if c.anew {
		return
	}
	if err := os.CopyFS(dir, os.DirFS(u.whole)); err != nil {
		t.Fatal(err)
	}
}

func (u *upkeep) command(c *upkeepCommand, dir string) *exec.Cmd {
	return exec.Command(program(u.w.programs, "tramy-station"), append(c.args(u), "--data", dir)...)
}

// look holds what lies in a folder, as a copy, against what was told.
func (u *upkeep) look(t *testing.T, c *upkeepCommand, dir string, done bool) {
	t.Helper()
	copied := filepath.Join(u.w.dir, "copy")
	defer os.RemoveAll(copied)
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil && (done || !errors.Is(err, os.ErrNotExist)) {
		t.Fatal(err)
	}
	h, err := held(copied, "station")
	if c.anew && !done && (errors.Is(err, datadir.ErrNotHere) || errors.Is(err, datadir.ErrIncomplete)) {
		return // nobody takes it for a machine's folder yet
	}
	if err != nil {
		t.Errorf("%s: the folder does not open: %v", c.name, err)
		return
	}
	told := u.b
	if c.anew {
		told = u.inIt // what came later is on the machine that was lost
	}
	if lost, doubled := told.losses(h); len(lost)+len(doubled) > 0 {
		t.Errorf("%s: lost %.200v, doubled %.200v", c.name, lost, doubled)
	}
	if err := integrity(copied); err != nil {
		t.Errorf("%s: the database: %v", c.name, err)
	}
}

// again gives the command once more; it must do what it should.
func (u *upkeep) again(t *testing.T, c *upkeepCommand, dir string) {
	t.Helper()
	if out, err := u.command(c, dir).CombinedOutput(); err != nil {
		t.Errorf("%s, given again: %v\n%.1000s", c.name, err, out)
		return
	}
	u.look(t, c, dir, true)
}

// TestKilledInUpkeep kills the commands that put other files in the place of a machine's. Afterwards the old data stand or the
// new ones, nothing that was told is missing, and the command can be given again.
func TestKilledInUpkeep(t *testing.T) {
	u := newUpkeep(t)
	r := rand.New(rand.NewPCG(*seed, 6))
	var table strings.Builder
	fmt.Fprintf(&table, "\n| killed during | kills | of them before its end |\n|---|---:|---:|\n")
	for i := range upkeepCommands {
		c := &upkeepCommands[i]
		dir := filepath.Join(u.w.dir, "victim")
		u.folder(t, c, dir)
		began := time.Now()
		u.again(t, c, dir)
		if t.Failed() {
			t.Fatalf("%s does not work at all", c.name)
		}
		takes := time.Since(began)
		times, before := max(1, *kills/len(kindsOfWork)), 0
		for range times {
			u.folder(t, c, dir)
			cmd := u.command(c, dir)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(r.Int64N(int64(takes) * (100 + upkeepLonger) / 100))) // the moment is what is drawn; nothing waits for it
			_ = cmd.Process.Kill()
			if cmd.Wait() != nil {
				before++
			}
			u.look(t, c, dir, false)
			u.again(t, c, dir)
			if t.Failed() {
				t.Fatalf("%s, seed %d", c.name, *seed)
			}
		}
		fmt.Fprintf(&table, "| %s | %d | %d |\n", c.name, times, before)
	}
	t.Log(table.String())
}
