package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramy/internal/project"
	"tramy/internal/store"
)

func bg() context.Context { return context.Background() }

// filled returns a folder with a closed store in it that holds some children.
func filled(t *testing.T, station bool) string {
	t.Helper()
	dir := t.TempDir()
	s := openAt(t, dir, station)
	newRegister().fill(t, s, 40, 5)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestClosedStoreIsOneFile(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(filled(t, p.station), "*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if base := filepath.Base(f); base != FileName && base != "tramy.lock" {
					t.Errorf("%s is left behind", base)
				}
			}
		})
	}
}

func TestInUse(t *testing.T) {
	for _, first := range programs {
		for _, second := range programs {
			t.Run(first.name+" then "+second.name, func(t *testing.T) {
				dir := t.TempDir()
				s := openAt(t, dir, first.station)
				_, err := Open(bg(), Options{Dir: dir, Station: second.station})
				if !errors.Is(err, store.ErrInUse) {
					t.Errorf("opened twice: %v, want ErrInUse", err)
				}
				if err := s.Update(bg(), func(tx store.Tx) error { return tx.SetCounter("n", 1) }); err != nil {
					t.Errorf("the first is disturbed: %v", err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = openAt(t, dir, second.station)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

func TestNewer(t *testing.T) {
	dir := filled(t, true)
	db, err := sql.Open("sqlite", dsn(filepath.Join(dir, FileName), nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO schema_version (version_id, is_applied) VALUES (99999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(bg(), Options{Dir: dir, Station: true}); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "99999") {
		t.Fatalf("opening a newer database: %v, want ErrNewer with its format", err)
	}
	after, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("a newer database was changed")
	}
}

// FuzzDecodeState makes sure that whatever lies in the database is refused or read, and never crashes.
func FuzzDecodeState(f *testing.F) {
	dir := f.TempDir()
	s := openAt(f, dir, true)
	defer s.Close()
	g := newRegister()
	child := g.child()
	if err := s.Update(bg(), func(stx store.Tx) error {
		b, err := stx.(*tx).encodeState(child)
		f.Add(b)
		f.Add(append(b, 1, 2, 0))
		return err
	}); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add([]byte{stateVersion, 0, 3, 101, 1, 0x18, 2, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := s.View(bg(), func(stx store.Tx) error {
			_, err := stx.(*tx).decodeState(child.ID, b)
			return err
		}); err != nil && !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("%x: %v", b, err)
		}
	})
}

// TestFull fills a database that may not grow, and one on a disk that is full.
func TestFull(t *testing.T) {
	s := openAt(t, t.TempDir(), true)
	defer s.Close()
	row := project.PlaceRow{Name: strings.Repeat("x", 3000)}
	put := func(n int) error {
		return s.Update(bg(), func(tx store.Tx) error {
			row.ID[0], row.ID[1] = byte(n>>8), byte(n)
			return tx.PutPlaceRow(&row)
		})
	}
	c, err := s.take(bg(), s.writer)
	if err != nil {
		t.Fatal(err)
	}
	var pages, limit int64
	one := &tx{c: c, s: s}
	if _, err := one.one(`PRAGMA page_count`, nil, &pages); err != nil {
		t.Fatal(err)
	}
	if _, err := one.one(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+20), nil, &limit); err != nil {
		t.Fatal(err)
	}
	s.writer <- c
	checkFull(t, s, put)
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no small disk to be had: %v %s", err, out)
	}
	defer func() { _ = exec.Command("umount", dir).Run() }()
	s := openAt(t, dir, true)
	row := project.PlaceRow{Name: strings.Repeat("x", 3000)}
	checkFull(t, s, func(n int) error {
		return s.Update(bg(), func(tx store.Tx) error {
			row.ID[0], row.ID[1] = byte(n>>8), byte(n)
			return tx.PutPlaceRow(&row)
		})
	})
	if err := s.Close(); err != nil {
		t.Errorf("closing on a full disk: %v", err)
	}
}

func checkFull(t *testing.T, s *Store, put func(int) error) {
	t.Helper()
	n, err := 0, error(nil)
	for ; n < 5000 && err == nil; n++ {
		err = put(n)
	}
	if !errors.Is(err, store.ErrFull) {
		t.Fatalf("after %d rows: %v, want ErrFull", n, err)
	}
	var have int
	if err := s.View(bg(), func(tx store.Tx) error {
		rows, err := tx.Places()
		have = len(rows)
		return err
	}); err != nil {
		t.Fatalf("reading from a full store: %v", err)
	}
	if have != n-1 {
		t.Errorf("%d rows are there, want the %d that were reported as written", have, n-1)
	}
}

func TestBackup(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			dir := filled(t, p.station)
			s := openAt(t, dir, p.station)
			defer s.Close()
			if err := s.QuickCheck(bg()); err != nil {
				t.Fatalf("checking: %v", err)
			}
			to := filepath.Join(t.TempDir(), "copies", FileName)
			if err := s.Backup(bg(), to); err != nil {
				t.Fatal(err)
			}
			if err := s.Backup(bg(), to); !errors.Is(err, os.ErrExist) {
				t.Errorf("backing up over a backup: %v, want ErrExist", err)
			}
			if files, _ := filepath.Glob(filepath.Join(filepath.Dir(to), "*")); len(files) != 1 {
				t.Errorf("the folder of backups holds %q, want one file", files)
			}
			if err := s.Update(bg(), func(tx store.Tx) error { return tx.SetCounter("n", 1) }); err != nil {
				t.Fatalf("writing after a backup: %v", err)
			}
			copied := openAt(t, filepath.Dir(to), p.station)
			defer copied.Close()
			want, got := contents(t, s), contents(t, copied)
			if want != got {
				t.Errorf("the backup holds %+v, want %+v", got, want)
			}
		})
	}
}

// TestStationWorksWhileItsDatabaseIsCopied writes between the steps of a copy: nobody waits for all of it, and the
// copy is one state of the store.
func TestStationWorksWhileItsDatabaseIsCopied(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir, true)
	defer s.Close()
	put := func(n int) error {
		return s.Update(bg(), func(tx store.Tx) error {
			key := fmt.Sprint("m", n)
			return errors.Join(tx.SetMeta(key, bytes.Repeat([]byte{byte(n)}, 100_000)), tx.SetCounter("written", uint64(n)))
		})
	}
	for n := range 200 {
		if err := put(n); err != nil {
			t.Fatal(err)
		}
	}
	to := filepath.Join(t.TempDir(), FileName)
	done := make(chan error, 1)
	go func() { done <- s.Backup(bg(), to) }()
	n, during := 200, 0
	var err error
	for waiting := true; waiting; {
		select {
		case err = <-done:
			waiting = false
		default:
			if err := put(n % 250); err != nil {
				t.Fatal(err)
			}
			n++
			during++
		}
	}
	if err != nil || during < 2 {
		t.Fatalf("%d writes beside the copy, %v", during, err)
	}
	copied := openAt(t, filepath.Dir(to), true)
	defer copied.Close()
	if err := copied.IntegrityCheck(bg()); err != nil {
		t.Fatal(err)
	}
	if err := copied.View(bg(), func(tx store.Tx) error {
		last, err := tx.Counter("written")
		if err != nil {
			return err
		}
		for k := range 200 { // what was there before the copy began
			b, err := tx.Meta(fmt.Sprint("m", k))
			if err != nil || !bytes.Equal(b, bytes.Repeat([]byte{byte(k)}, 100_000)) {
				t.Errorf("row %d: %d bytes, %v", k, len(b), err)
			}
		}
		b, err := tx.Meta(fmt.Sprint("m", last))
		if len(b) != 100_000 {
			t.Errorf("the counter says %d, whose row has %d bytes", last, len(b))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestCloseWhileCopying closes a store under a running copy: the copy ends with an error and leaves no file.
func TestCloseWhileCopying(t *testing.T) {
	s := openAt(t, t.TempDir(), true)
	for n := range 100 {
		if err := s.Update(bg(), func(tx store.Tx) error { return tx.SetMeta(fmt.Sprint(n), make([]byte, 200_000)) }); err != nil {
			t.Fatal(err)
		}
	}
	to := filepath.Join(t.TempDir(), "copy")
	done := make(chan error, 1)
	go func() { done <- s.Backup(bg(), to) }()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	err := <-done
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(to), "*"))
	if (err == nil) != (len(files) == 1) || len(files) == 1 && files[0] != to {
		t.Errorf("%v, and there are %q", err, files)
	}
}

func contents(t *testing.T, s *Store) store.Counts {
	t.Helper()
	var c store.Counts
	if err := s.View(bg(), func(tx store.Tx) error {
		var err error
		c, err = tx.Counts()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestQueriesReadNoStates answers every page's query while the states cannot be read.
func TestQueriesReadNoStates(t *testing.T) {
	dir := filled(t, true)
	s := openAt(t, dir, true)
	defer s.Close()
	if err := s.Update(bg(), func(stx store.Tx) error { return stx.(*tx).exec(`DROP TABLE entity`) }); err != nil {
		t.Fatal(err)
	}
	g := newRegister()
	if err := s.View(bg(), func(tx store.Tx) error {
		cov, e1 := tx.Coverage(store.CoverageQuery{})
		found, e2 := tx.SearchSubjects(store.SubjectQuery{Words: []string{"n"}})
		_, e3 := tx.Counts()
		coh, e4 := tx.Registered()
		doses, e5 := tx.DosesOfCase(found[0].ID)
		_, e6 := tx.SubjectsByBlock(store.BlockQuery{SortName: found[0].SortName, BirthDate: found[0].BirthDate})
		_, e7 := tx.SubjectsExpected(nil, 0, 30_000, 0)
		_, e8 := tx.DosesOn(g.places, 19_000)
		_, e9 := tx.DosesGiven(g.places, 0, 30_000)
		_, e10 := tx.ChildrenBorn(g.places, 0, 30_000)
		if len(cov) == 0 || len(found) == 0 || len(coh) == 0 || len(doses) == 0 {
			t.Errorf("%d, %d, %d, %d rows", len(cov), len(found), len(coh), len(doses))
		}
		return errors.Join(e1, e2, e3, e4, e5, e6, e7, e8, e9, e10)
	}); err != nil {
		t.Error(err)
	}
}

func TestFileURL(t *testing.T) {
	for _, c := range []struct {
		path    string
		windows bool
		want    string
	}{
		{"/var/lib/tramy/tramy.db", false, "file:///var/lib/tramy/tramy.db"},
		{"/a b/100%?#/x.db", false, "file:///a%20b/100%25%3F%23/x.db"},
		{`C:\Trạm y tế\dữ liệu\tramy.db`, true, "file:///C:/Tr%E1%BA%A1m%20y%20t%E1%BA%BF/d%E1%BB%AF%20li%E1%BB%87u/tramy.db"},
		{`\\server\share\tramy.db`, true, "file:////server/share/tramy.db"},
	} {
		if got := fileURL(c.path, c.windows); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
}

func TestOddFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Trạm y tế 100%?mode=ro#1")
	s := openAt(t, dir, true)
	if err := s.Update(bg(), func(tx store.Tx) error { return tx.SetCounter("n", 1) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, FileName)); err != nil {
		t.Error(err)
	}
}

// TestKilled ends a program in the middle of its work and looks at what it had reported as written.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("TRAMY_TEST_KILLED"); dir != "" {
		s := openAt(t, dir, true)
		for n := uint64(1); ; n++ {
			if err := s.Update(bg(), func(tx store.Tx) error { return tx.SetCounter("n", n) }); err != nil {
				t.Fatal(err)
			}
			fmt.Println("written", n)
		}
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), "TRAMY_TEST_KILLED="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer watchdog.Stop()
	var said uint64
	for said < 20 {
		if _, err := fmt.Fscanf(out, "written %d\n", &said); err != nil {
			t.Fatalf("the program wrote %d and stopped: %v", said, err)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(out)
	_ = cmd.Wait()
	for line := range strings.Lines(string(rest)) {
		_, _ = fmt.Sscanf(line, "written %d\n", &said)
	}
	s := openAt(t, dir, true)
	defer s.Close()
	if err := s.QuickCheck(bg()); err != nil {
		t.Error(err)
	}
	if err := s.View(bg(), func(tx store.Tx) error {
		n, err := tx.Counter("n")
		if n < said || n > said+1 {
			t.Errorf("%d was reported as written and %d is there", said, n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}
