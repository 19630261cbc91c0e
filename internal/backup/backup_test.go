package backup_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/backup"
	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/drive"
	"tramy/internal/envelope"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	"tramy/station"
)

func register(t testing.TB, tr *nodetest.Tree, name string) {
	t.Helper()
	_, _, err := tr.Station.Register(t.Context(), tr.Nurse, registry.SubjectInput{
		Place: tr.Commune, Name: name, BirthDate: tr.Station.Today() - 60, MotherName: "Lò Thị Mai",
	}, true)
	if err != nil {
		t.Fatal(err)
	}
}

// names lists who is on record, each as often as they are.
func names(t *testing.T, st store.Store) string {
	t.Helper()
	var all []string
	if err := st.View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.SearchSubjects(store.SubjectQuery{Words: []string{"lo"}}) // or the mother's
		if err != nil {
			return err
		}
		for _, r := range rows {
			all = append(all, r.Name)
		}
		slices.Sort(all)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, ", ")
}

func made(t *testing.T, k *backup.Keeper) *backup.Made {
	t.Helper()
	m, err := k.Make(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// start opens a folder as the tree's station.
func start(t *testing.T, tr *nodetest.Tree, path string) {
	t.Helper()
	dir, err := datadir.Open(path, "station")
	if err != nil {
		t.Fatal(err)
	}
	tr.Station, err = station.Open(t.Context(), dir, station.Options{Open: nodetest.OpenStation, Remains: sqlite.ReadRemains, Now: tr.Clock().Now, Software: "test", Delay: time.Hour, Log: nodetest.Quiet()})
	if err != nil {
		dir.Close()
		t.Fatal(err)
	}
}

func stop(t *testing.T, tr *nodetest.Tree) {
	t.Helper()
	if err := tr.Station.Close(); err != nil {
		t.Fatal(err)
	}
}

func recoveryKey(t *testing.T, run *datadir.Running) *envelope.Key {
	t.Helper()
	k, err := envelope.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	public, err := k.Public()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.ChangeCopies(func(c *datadir.Copies) { c.Recovery = public }); err != nil {
		t.Fatal(err)
	}
	return k
}

const both = "Cà Bảo Ngọc, Giàng A Páo, Lò Gia Bảo"

// An old backup goes over a station that worked on, partly with the hub and partly without: all of it is there after, once.
func TestRestoreOfAnOldBackupLosesNothing(t *testing.T) {
	tr := nodetest.New(t)
	register(t, tr, "Lò Gia Bảo")
	old := made(t, tr.Station.Backups)
	register(t, tr, "Cà Bảo Ngọc")
	tr.Sync(t)
	register(t, tr, "Giàng A Páo") // never sent
	path := tr.Station.Dir.Path
	if _, err := backup.Restore(t.Context(), backup.Restoring{File: old.Path, Into: path, Program: "station", Open: nodetest.OpenStation}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("under a running program: %v", err)
	}
	stop(t, tr)
	res, err := backup.Restore(t.Context(), backup.Restoring{File: old.Path, Into: path, Program: "station", Open: nodetest.OpenStation})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(res.Aside, datadir.FileDatabase)); err != nil {
		t.Errorf("what was there is not set aside: %v", err)
	}
	start(t, tr, path)
	if got := names(t, tr.Station.Node.Store()); got != both {
		t.Errorf("after the start: %s", got)
	}
	tr.Sync(t)
	if here, there := names(t, tr.Station.Node.Store()), names(t, tr.Hub.Node.Store()); here != both || there != both {
		t.Errorf("here %s; at the centre %s", here, there)
	}
	if left, _ := filepath.Glob(filepath.Join(path, "restoring*")); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
}

// The laptop is gone: a new one goes on from the backup, the recovery key and the journal's copy on a stick. Then the old
// one turns up again.
func TestNewLaptopFromRecoveryKeyAndStick(t *testing.T) {
	tr := nodetest.New(t)
	key := recoveryKey(t, tr.Station.Dir)
	stick := t.TempDir()
	if err := tr.Station.Dir.CopyJournal(stick); err != nil {
		t.Fatal(err)
	}
	register(t, tr, "Lò Gia Bảo")
	made(t, tr.Station.Backups)
	register(t, tr, "Cà Bảo Ngọc") // after the backup: on the stick alone
	lost := tr.Station.Dir.Path
	stop(t, tr)
	copies, _ := filepath.Glob(filepath.Join(stick, "*.journal"))
	last, err := backup.Last(filepath.Join(lost, backup.Folder))
	if err != nil || last == nil || len(copies) != 1 {
		t.Fatal(last, copies, err)
	}
	fresh := filepath.Join(t.TempDir(), "new")
	with := backup.Restoring{File: last.Path, Into: fresh, Program: "station", Open: nodetest.OpenStation}
	if _, err := backup.Restore(t.Context(), with); !errors.Is(err, backup.ErrNeedKey) {
		t.Errorf("without the key: %v", err)
	}
	other, err := envelope.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	with.Recovery = other
	if _, err := backup.Restore(t.Context(), with); !errors.Is(err, envelope.ErrNotFor) {
		t.Errorf("with another key: %v", err)
	}
	// What a try left that was killed while it wrote a file: the command is given again, into the same folder.
	left := filepath.Join(fresh, ".tramy-123")
	if err := errors.Join(os.MkdirAll(fresh, 0o700), os.WriteFile(left, []byte("{"), 0o600)); err != nil {
		t.Fatal(err)
	}
	with.Recovery, with.JournalCopy = key, copies[0]
	if _, err := backup.Restore(t.Context(), with); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what the first try left is still there: %v", err)
	}
	start(t, tr, fresh)
	tr.Sync(t)
	if got := names(t, tr.Hub.Node.Store()); got != "Cà Bảo Ngọc, Lò Gia Bảo" {
		t.Errorf("at the centre: %s", got)
	}
	stop(t, tr)
	start(t, tr, lost)
	register(t, tr, "Giàng A Páo")
	tr.Sync(t)
	if got := names(t, tr.Hub.Node.Store()); got != both {
		t.Errorf("at the centre, after the old one came back: %s", got)
	}
}

// Without a recovery key the hub opens the backup and takes in what was never sent, without the laptop's key; nothing
// counts twice if it was sent all the same.
func TestHubTakesInWhatALostLaptopHad(t *testing.T) {
	tr := nodetest.New(t)
	register(t, tr, "Lò Gia Bảo")
	tr.Sync(t)
	register(t, tr, "Cà Bảo Ngọc")
	m := made(t, tr.Station.Backups)
	if got := names(t, tr.Hub.Node.Store()); got != "Lò Gia Bảo" {
		t.Fatalf("before: %s", got)
	}
	out := filepath.Join(t.TempDir(), "out")
	x, err := tr.Hub.OpenBackup(t.Context(), tr.Admin, m.Path, out, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(out, datadir.FileKeys)); !errors.Is(err, os.ErrNotExist) || x.Manifest.Counts.Subjects != 2 {
		t.Errorf("%+v, keys: %v", x.Manifest.Counts, err)
	}
	if _, err := tr.Hub.OpenBackup(t.Context(), tr.Nurse, m.Path, filepath.Join(t.TempDir(), "x"), nil); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse: %v", err)
	}
	_, in, err := tr.Hub.TakeBackup(t.Context(), tr.Admin, m.Path, nil)
	if err != nil || in.New == 0 || in.Bad > 0 {
		t.Fatalf("%+v, %v", in, err)
	}
	const want = "Cà Bảo Ngọc, Lò Gia Bảo"
	if got := names(t, tr.Hub.Node.Store()); got != want {
		t.Errorf("after: %s", got)
	}
	if _, in, err = tr.Hub.TakeBackup(t.Context(), tr.Admin, m.Path, nil); err != nil || in.New > 0 {
		t.Errorf("a second time: %+v, %v", in, err)
	}
	tr.Sync(t)
	if here, there := names(t, tr.Station.Node.Store()), names(t, tr.Hub.Node.Store()); here != want || there != want {
		t.Errorf("the laptop came back: here %s, at the centre %s", here, there)
	}
}

func TestBackupIsEncryptedSignedAndVerified(t *testing.T) {
	tr := nodetest.New(t)
	register(t, tr, "Lò Gia Bảo")
	m := made(t, tr.Station.Backups)
	if got := strings.Join(m.Manifest.Readers, " "); got != "device hub" {
		t.Errorf("it can be read by %s", got)
	}
	file, err := os.ReadFile(m.Path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(file, []byte("SQLite")) || bytes.Contains(file, []byte("Mường")) || strings.Contains(m.Path, "Mường") {
		t.Error("it can be read without a key, or its name tells too much")
	}
	own, err := envelope.KeyOf(tr.Station.Dir.Keys.Seal)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad")
	for at := range 20 {
		b := bytes.Clone(file)
		b[len(b)/20*at+50] ^= 1
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Into(t.Context(), bad, filepath.Join(t.TempDir(), "x"), nodetest.OpenStation, own); err == nil {
			t.Errorf("damage at %d went unnoticed", at)
		}
		if err := os.WriteFile(bad, file[:len(file)/20*at], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Into(t.Context(), bad, filepath.Join(t.TempDir(), "x"), nodetest.OpenStation, own); err == nil {
			t.Errorf("cut at %d went unnoticed", at)
		}
	}
}

// Many backups: the newest stay, here and in the second place, and nothing half made is taken for one.
func TestKeptByCount(t *testing.T) {
	tr := nodetest.New(t)
	k := tr.Station.Backups
	stick := t.TempDir()
	at, err := datadir.PlaceAt(stick, tr.Station.Dir.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Station.Dir.ChangeCopies(func(c *datadir.Copies) { c.Backups = at }); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(stick, "tramy-000009-00000000-00001-20260101T000000Z.backup")
	if err := os.WriteFile(foreign, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(tr.Station.Dir.Path, backup.Folder)
	for n := range backup.Kept + 2 {
		tr.Clock().Add(-time.Hour) // a clock that runs backwards deletes nothing new
		if m := made(t, k); m.SecondErr != nil || m.Manifest.Sequence != n+1 {
			t.Fatalf("backup %d is number %d, %v", n+1, m.Manifest.Sequence, m.SecondErr)
		}
		list, err := backup.List(home)
		if err != nil || len(list) != min(n+1, backup.Kept) || list[0].Sequence != n+1 {
			t.Fatalf("after %d backups there are %d, the newest %d, %v", n+1, len(list), list[0].Sequence, err)
		}
	}
	if list, err := backup.List(stick); err != nil || len(list) != backup.Kept+1 {
		t.Errorf("the second place holds %d, %v; another's is to stay", len(list), err)
	}
	if files, _ := os.ReadDir(home); len(files) != backup.Kept {
		t.Errorf("%d files in the folder of backups", len(files))
	}
	if err := os.RemoveAll(stick); err != nil {
		t.Fatal(err)
	}
	if m := made(t, k); !errors.Is(m.SecondErr, drive.ErrAway) {
		t.Errorf("the stick is gone: %v", m.SecondErr)
	}
}

// No backup for a week is said, here and at the hub; a new one ends it.
func TestLateBackupIsTold(t *testing.T) {
	tr := nodetest.New(t)
	k := tr.Station.Backups
	late := func() bool {
		t.Helper()
		s, err := k.State()
		if err != nil {
			t.Fatal(err)
		}
		return s.Late
	}
	atHub := func() int64 {
		t.Helper()
		tr.Sync(t)
		var ms int64
		if err := tr.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
			c, err := tx.Child(tr.Station.Dir.Info.Device)
			ms = c.BackupMS
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return ms
	}
	if late() || atHub() != 0 {
		t.Error("a new station is late already")
	}
	tr.Clock().Add(backup.LateAfter - time.Second)
	if late() {
		t.Error("late a second too early")
	}
	tr.Clock().Add(time.Second)
	if !late() || atHub() != store.NoBackup {
		t.Error("a week without a backup is not told")
	}
	made(t, k)
	when := tr.Clock().Now()
	if ms := atHub(); late() || ms != when.UnixMilli() {
		t.Errorf("late %v after a backup, the hub knows of %d", late(), ms)
	}
	tr.Clock().Add(3 * 24 * time.Hour)
	if ms := atHub(); ms != when.UnixMilli() {
		t.Errorf("three days on the hub takes it for one of %s", time.UnixMilli(ms))
	}
	tr.Clock().Add(backup.LateAfter)
	if !late() {
		t.Error("not late again a week on")
	}
	if next := k.MakeIfDue(t.Context()); next != 0 || late() {
		t.Errorf("what was due was not made: again in %s", next)
	}
	list, _ := backup.List(filepath.Join(tr.Station.Dir.Path, backup.Folder))
	k.MakeIfDue(t.Context())
	if again, _ := backup.List(filepath.Join(tr.Station.Dir.Path, backup.Folder)); len(again) != len(list) {
		t.Error("a second one on the same day")
	}
}

// BenchmarkSaveBesideABackup registers children while a backup of a station with a database of 160 MB is made (the bulk is
// filler, the pages are as real), and reports how long a save takes at most.
func BenchmarkSaveBesideABackup(b *testing.B) {
	tr := nodetest.New(b)
	filler := make([]byte, 200_000)
	if _, err := rand.Read(filler); err != nil {
		b.Fatal(err)
	}
	for n := range 800 {
		if err := tr.Station.Node.Store().Update(b.Context(), func(tx store.Tx) error { return tx.SetMeta(fmt.Sprint("filler", n), filler) }); err != nil {
			b.Fatal(err)
		}
	}
	for range b.N {
		done := make(chan error, 1)
		began := time.Now()
		go func() {
			_, err := tr.Station.Backups.Make(context.Background())
			done <- err
		}()
		var longest, sum time.Duration
		saves := 0
		for waiting := true; waiting; {
			select {
			case err := <-done:
				if err != nil {
					b.Fatal(err)
				}
				waiting = false
			default:
				start := time.Now()
				register(b, tr, "Lò Gia Bảo")
				took := time.Since(start)
				longest, sum, saves = max(longest, took), sum+took, saves+1
			}
		}
		b.ReportMetric(float64(longest.Milliseconds()), "longest-ms")
		b.ReportMetric(float64(sum.Microseconds())/float64(saves)/1000, "mean-ms")
		b.ReportMetric(float64(saves), "saves")
		b.ReportMetric(time.Since(began).Seconds(), "backup-s")
	}
}

// The database is destroyed, the journal is gone, and no hub has heard of it: the machine takes what it lacks from its
// newest backup.
func TestDamagedFolderTakesFromItsBackup(t *testing.T) {
	tr := nodetest.New(t)
	register(t, tr, "Lò Gia Bảo")
	made(t, tr.Station.Backups)
	path := tr.Station.Dir.Path
	stop(t, tr)
	if err := os.Truncate(filepath.Join(path, datadir.FileDatabase), 4096); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(path, datadir.FileJournal)); err != nil {
		t.Fatal(err)
	}
	start(t, tr, path)
	if got := names(t, tr.Station.Node.Store()); got != "Lò Gia Bảo" {
		t.Errorf("after the start: %q", got)
	}
	if left, err := os.ReadDir(filepath.Join(path, backup.Folder)); err != nil || len(left) != 1 {
		t.Errorf("beside the backup: %v, %v", left, err)
	}
}
