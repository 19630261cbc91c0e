package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// sizeBytesMax is what a commune's register (5,000 children, 60,000 doses) may take on a station's disk.
const sizeBytesMax = 18 << 20

func TestSizeOfRegister(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 65,000 entities")
	}
	dir := t.TempDir()
	s := openAt(t, dir, true)
	began := time.Now()
	newRegister().fill(t, s, 5000, 12)
	took := time.Since(began)
	var open int64
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		if st, err := os.Stat(f); err == nil {
			open += st.Size()
		}
	}
	c, err := s.take(context.Background(), s.writer)
	if err != nil {
		t.Fatal(err)
	}
	tx := &tx{c: c, s: s}
	err = tx.all(`SELECT name, sum(pgsize), sum(unused), sum(ncell) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 16`, nil, func(rows *rows) error {
		var name string
		var size, unused, cells int64
		err := rows.Scan(&name, &size, &unused, &cells)
		t.Logf("%-24s %8d bytes, %2d %% of it unused, %6d rows, %5.1f bytes a row", name, size, 100*unused/size, cells, float64(size)/float64(max(1, cells)))
		return err
	})
	s.writer <- c
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("65,000 entities: %.2f MB while open, %.2f MB closed; written in %v", float64(open)/1e6, float64(st.Size())/1e6, took)
	if open > sizeBytesMax {
		t.Errorf("the register takes %d bytes, want at most %d", open, sizeBytesMax)
	}
}
