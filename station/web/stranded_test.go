package web_test

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramy/internal/journal"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// The database is an older one and a record of the journal is damaged: the page says that what was written behind it is kept,
// and after the next exchange that it was written again.
func TestWhatLiesBehindADamagedRecordIsShownAsKept(t *testing.T) {
	tree := nodetest.NewUnsynced(t)
	tree.Sync(t)
	var before []byte
	reopen := func(meanwhile func(dir string)) {
		tree.Station = tree.Reopen(t, tree.Station, meanwhile)
	}
	reopen(func(dir string) {
		var err error
		if before, err = os.ReadFile(filepath.Join(dir, "tramy.db")); err != nil {
			t.Fatal(err)
		}
	})
	b := serve(t, tree).as(nodetest.NurseLogin)
	for _, child := range []url.Values{
		{"name": {"Lò Thị Một"}},
		{"name": {"Cà Văn Hai"}, "mother": {"Quàng Thị Hoa"}, "phone": {"0385000777"}, "born": {"02/09/2026"}},
		{"name": {"Vì Gia Ba"}, "mother": {"Tòng Thị Lan"}, "phone": {"0385000888"}, "born": {"11/10/2026"}},
	} {
		b.baby(child)
	}
	reopen(func(dir string) {
		path := filepath.Join(dir, "journal")
		j, err := journal.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		var records []*node.Record
		children := 0
		err = j.Replay(func(r *node.Record) error {
			if r.Changes[0].Kind == registry.KindSubject {
				if children++; children == 2 {
					return nil
				}
			}
			records = append(records, r)
			return nil
		})
		if err := errors.Join(err, j.Close(), os.Remove(path), os.WriteFile(filepath.Join(dir, "tramy.db"), before, 0o600)); err != nil || children != 3 {
			t.Fatal(children, err)
		}
		if j, err = journal.Open(path); err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			err = errors.Join(err, j.Append(r))
		}
		if err := errors.Join(err, j.Close()); err != nil {
			t.Fatal(err)
		}
	})
	b = serve(t, tree).as(nodetest.NurseLogin)
	b.get("/sync").want(http.StatusOK)
	b.says("1 lượt ghi nằm sau chỗ hỏng trong sổ của máy.", "Không mất: máy vẫn giữ")
	tree.Sync(t)
	b.get("/sync").want(http.StatusOK)
	b.says("Sổ của máy này từng bị hỏng một chỗ.")
	if strings.Contains(b.text(), "lượt ghi nằm sau chỗ hỏng") {
		t.Error("the page still says that something waits")
	}
}
