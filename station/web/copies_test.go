package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/backup"
	"tramy/internal/datadir"
	"tramy/internal/nodetest"
)

// What is wrong with the copies is said in one sentence where a nurse looks, and goes away by itself.
func TestCopiesAreTalkedOfOnlyWhenSomethingIsWrong(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	const late, away, second = "Đã 7 ngày máy này chưa có bản sao mới.", "Thẻ nhớ sao chép chưa cắm.", "Bản sao mới nhất chưa có ở ổ thứ hai."
	for _, page := range []string{"/", "/sync"} {
		b.get(page).want(http.StatusOK).silent(late, away, second)
	}
	b.get("/settings").says("Bản sao gần nhất", "Chưa có").silent("Chép sang thẻ nhớ")

	stick := filepath.Join(t.TempDir(), "stick")
	if err := os.Mkdir(stick, 0o700); err != nil {
		t.Fatal(err)
	}
	run := tree.Station.Dir
	if err := run.CopyJournal(stick); err != nil {
		t.Fatal(err)
	}
	at, err := datadir.PlaceAt(stick, run.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.ChangeCopies(func(c *datadir.Copies) { c.Backups = at }); err != nil {
		t.Fatal(err)
	}
	b.get("/settings").says("Chép sang thẻ nhớ", "Đủ")
	if err := os.Rename(stick, stick+".pocket"); err != nil {
		t.Fatal(err)
	}
	if err := run.JournalCopy().Level(); err == nil {
		t.Fatal("the copy was written without a stick")
	}
	tree.Clock().Add(backup.LateAfter)
	b.as(nodetest.NurseLogin) // nobody stays logged in for so long
	for _, page := range []string{"/", "/sync"} {
		b.get(page).want(http.StatusOK).says(late, "Cứ ghi như thường.", away, "Cắm thẻ vào, máy tự chép bù.")
	}
	if _, err := tree.Station.Backups.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.get("/").silent(late).says(away, second)
	if err := os.Rename(stick+".pocket", stick); err != nil {
		t.Fatal(err)
	}
	if err := run.JournalCopy().Level(); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Station.Backups.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.get("/").silent(late, away, second)
}
