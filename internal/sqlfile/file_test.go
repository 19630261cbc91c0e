package sqlfile_test

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/sqlfile"
	_ "tramy/internal/store/sqlite" // the driver
)

// made is a database with rows of all sizes, before and after its write-ahead log is cleared away.
func made(t testing.TB) (path string, want map[string]string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "x.db")
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)")
	must(t, err)
	defer db.Close()
	want = map[string]string{}
	exec := func(q string, args ...any) {
		_, err := db.Exec(q, args...)
		must(t, err)
	}
	exec(`CREATE TABLE a (n INTEGER PRIMARY KEY, b BLOB, c TEXT, d INTEGER) STRICT`)
	exec(`CREATE TABLE k (name TEXT PRIMARY KEY, b BLOB) STRICT, WITHOUT ROWID`)
	for i := range 300 {
		blob := bytes.Repeat([]byte{byte(i)}, i*i%20000)
		number := int64(1)<<(i%63) - int64(i)
		exec(`INSERT INTO a VALUES (?, ?, ?, ?)`, i+1, blob, fmt.Sprint("chữ ", i), number)
		want[fmt.Sprint("a ", i+1)] = fmt.Sprintf("%x chữ %d %d", blob, i, number)
		exec(`INSERT INTO k VALUES (?, ?)`, fmt.Sprint("key ", i), blob[:min(len(blob), 300)])
		want[fmt.Sprint("k key ", i)] = fmt.Sprintf("%x", blob[:min(len(blob), 300)])
	}
	exec(`DELETE FROM a WHERE n = 7`)
	delete(want, "a 7")
	return path, want
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) (map[string]string, *sqlfile.File) {
	t.Helper()
	f, err := sqlfile.Open(path)
	must(t, err)
	got := map[string]string{}
	must(t, f.Each(func(table string, at sqlfile.Where, row *sqlfile.Row) error {
		if again := f.At(at); again == nil || len(again.Values) != len(row.Values) {
			t.Errorf("%v cannot be read again", at)
		}
		v := row.Values
		switch table {
		case "a":
			got[fmt.Sprint("a ", row.ID)] = fmt.Sprintf("%x %s %d", v[1].Bytes, v[2].Bytes, v[3].Int)
		case "k":
			got[fmt.Sprint("k ", string(v[0].Bytes))] = fmt.Sprintf("%x", v[1].Bytes)
		}
		return nil
	}))
	return got, f
}

// A file that is whole reads as SQLite reads it.
func TestWholeFile(t *testing.T) {
	path, want := made(t)
	got, f := read(t, path)
	defer f.Close()
	if len(got) != len(want) || f.Unread != 0 {
		t.Errorf("%d rows, want %d; %d unread", len(got), len(want), f.Unread)
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s is %.60s, want %.60s", k, got[k], v)
		}
	}
}

// What is committed in the write-ahead log counts, what follows a damaged frame does not.
func TestWriteAheadLog(t *testing.T) {
	path, want := made(t)
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	db.SetMaxOpenConns(1)
	for i := range 20 {
		_, err = db.Exec(`INSERT INTO a VALUES (?, x'01', 'mới', 5)`, 1000+i)
		must(t, err)
	}
	copied := filepath.Join(t.TempDir(), "y.db")
	for _, end := range []string{"", "-wal"} { // while it is open, as a power cut leaves it
		b, err := os.ReadFile(path + end)
		must(t, err)
		must(t, os.WriteFile(copied+end, b, 0o600))
	}
	must(t, db.Close())
	got, f := read(t, copied)
	must(t, f.Close())
	if len(got) != len(want)+20 {
		t.Errorf("%d rows, want %d", len(got), len(want)+20)
	}
	b, err := os.ReadFile(copied + "-wal")
	must(t, err)
	b[len(b)/2] ^= 1
	must(t, os.WriteFile(copied+"-wal", b, 0o600))
	got, f = read(t, copied)
	must(t, f.Close())
	if n := len(got) - len(want); n < 5 || n > 15 {
		t.Errorf("%d new rows with half of the log", n)
	}
}

// A record that says it is larger than any is one is not read, whatever it is.
func TestRecordTooLarge(t *testing.T) {
	for size, whole := range map[int]bool{sqlfile.RecordBytesMax: true, sqlfile.RecordBytesMax + 1: false} {
		path := filepath.Join(t.TempDir(), "x.db")
		// One leaf page whose cell claims size bytes, on overflow pages that follow each other.
		const page = 65536
		b := make([]byte, 2*page+size/(page-4)*page)
		copy(b, "SQLite format 3\x00")
		binary.BigEndian.PutUint16(b[16:], 1)
		leaf := b[page : 2*page]
		leaf[0] = 0x0d
		binary.BigEndian.PutUint16(leaf[3:], 1)
		cell := 20000
		binary.BigEndian.PutUint16(leaf[8:], uint16(cell))
		v := varint(uint64(size))
		at := cell + copy(leaf[cell:], v)
		leaf[at] = 1 // rowid
		at++
		serial := varint(uint64((size-1-4)*2 + 12))
		head := append([]byte{byte(1 + len(serial))}, serial...)
		serial = varint(uint64((size-len(head))*2 + 12))
		head = append([]byte{byte(1 + len(serial))}, serial...)
		copy(leaf[at:], head)
		least := (page-12)*32/255 - 23
		local := least + (size-least)%(page-4)
		if local > page-35 {
			local = least
		}
		binary.BigEndian.PutUint32(leaf[at+local:], 3)
		for i := 2; i < len(b)/page; i++ {
			binary.BigEndian.PutUint32(b[i*page:], uint32(i+2))
		}
		must(t, os.WriteFile(path, b, 0o600))
		f, err := sqlfile.Open(path)
		must(t, err)
		rows := 0
		must(t, f.Each(func(_ string, _ sqlfile.Where, row *sqlfile.Row) error {
			if len(row.Values) == 1 {
				rows++
			}
			return nil
		}))
		must(t, f.Close())
		if (rows == 1) != whole {
			t.Errorf("of a record of %d bytes %d were read", size, rows)
		}
	}
}

// varint writes SQLite's number.
func varint(n uint64) []byte {
	out := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		out = append([]byte{byte(n&0x7f) | 0x80}, out...)
	}
	return out
}

// Whatever bytes a file holds, reading it ends, without a panic.
func FuzzFile(f *testing.F) {
	path, _ := made(f)
	whole, err := os.ReadFile(path)
	must(f, err)
	f.Add(uint32(0), []byte{})
	f.Add(uint32(16), []byte{0, 1})
	f.Add(uint32(100), []byte{5})
	f.Add(uint32(4096), []byte{2, 0, 0, 255, 255})
	f.Fuzz(func(t *testing.T, at uint32, b []byte) {
		damaged := bytes.Clone(whole)
		copy(damaged[int(at)%len(damaged):], b)
		path := filepath.Join(t.TempDir(), "x.db")
		must(t, os.WriteFile(path, damaged, 0o600))
		x, err := sqlfile.Open(path)
		must(t, err)
		defer x.Close()
		must(t, x.Each(func(string, sqlfile.Where, *sqlfile.Row) error { return nil }))
	})
}
