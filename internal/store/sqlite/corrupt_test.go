package sqlite

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramy/internal/store"
)

func TestCorrupt(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"no database": func([]byte) []byte { return []byte(strings.Repeat("not a database. ", 1000)) },
		"torn header": func(b []byte) []byte { copy(b[16:], bytes.Repeat([]byte{0xff}, 60)); return b },
		"cut short":   func(b []byte) []byte { return b[:len(b)/2/4096*4096] },
		"noise":       func(b []byte) []byte { copy(b[4096:], bytes.Repeat([]byte{0xa5}, len(b)-4096)); return b },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filled(t, true)
			path := filepath.Join(dir, FileName)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(bg(), Options{Dir: dir, Station: true})
			if err == nil {
				err = s.QuickCheck(bg())
				if closing := s.Close(); closing != nil && !errors.Is(closing, store.ErrCorrupt) {
					t.Error(closing)
				}
			}
			if !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("got %v, want ErrCorrupt", err)
			}
		})
	}
}

func TestCorruptRead(t *testing.T) {
	s := openAt(t, t.TempDir(), true)
	defer s.Close()
	g := newRegister()
	child := g.child()
	err := s.Update(bg(), func(stx store.Tx) error {
		if err := stx.PutState(child, true); err != nil {
			return err
		}
		t := stx.(*tx)
		num, err := t.number(child.ID)
		if err != nil {
			return err
		}
		return t.exec(`UPDATE entity SET state = substr(state, 1, 20) WHERE num = ?`, num)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.View(bg(), func(tx store.Tx) error { _, err := tx.State(child.ID); return err }); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("a damaged state gives %v, want ErrCorrupt", err)
	}
}

// A schema whose pages were damaged may name a table twice, or not where it is looked for: opening makes it, and the
// database says that it is there. That must set the file aside like any other damage, or the machine never starts again.
func TestTableInTheWayIsDamage(t *testing.T) {
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(bg(), `CREATE TABLE schema_version (x)`); err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(bg(), `CREATE TABLE schema_version (x)`)
	if !errors.Is(wrap(err), store.ErrCorrupt) {
		t.Errorf("%v, want ErrCorrupt", wrap(err))
	}
	if _, err = db.ExecContext(bg(), `CREATE TABEL x`); errors.Is(wrap(err), store.ErrCorrupt) {
		t.Errorf("a statement that is wrong counts as damage: %v", err)
	}
}

// The word index has tables of its own, and says in its own way that they are damaged: where a page of it was never
// written, and where two of its segments have one number, which comes out at the end of a transaction.
func TestDamagedWordIndex(t *testing.T) {
	for name, damage := range map[string]string{
		"version lost":    `UPDATE subject_words_config SET v = 0 WHERE k = 'version'`,
		"segments astray": `WITH RECURSIVE n (s) AS (VALUES (1) UNION ALL SELECT s + 1 FROM n WHERE s < 2000) INSERT OR IGNORE INTO subject_words_idx SELECT s, x'', 2 FROM n`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filled(t, true)
			db, err := sql.Open("sqlite", filepath.Join(dir, FileName))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(bg(), damage); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			s := openAt(t, dir, true)
			defer s.Close()
			err = s.Update(bg(), func(stx store.Tx) error {
				stx.(*tx).insertWords(1, "lo thi mai")
				return nil
			})
			if !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("%v, want ErrCorrupt", err)
			}
		})
	}
}
