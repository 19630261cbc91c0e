package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func TestSync(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	child := b.baby(nil)
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}})
	b.get(child)
	if !strings.Contains(b.body, `class="tk tk0" role="img"`) {
		t.Error("a dose that nobody else holds has another tick")
	}
	tree.Run(t)
	b.get("/sync").want(http.StatusOK)
	b.submit("/sync", nil).want(http.StatusOK)
	b.says("Có mạng.", "Tuyến trên đã nhận hết.", "Các lần trao đổi")
	b.get("/sync/badge").want(http.StatusOK)
	b.get(child).want(http.StatusOK)
	book := b.all("table")[0]
	ticks := ""
	for n := range book.Descendants() {
		if strings.HasPrefix(attr(n, "class"), "tk ") {
			ticks += attr(n, "class")
		}
	}
	if ticks != "tk tk2" {
		t.Errorf("after the exchange with the centre the book shows %q", ticks)
	}
	tree.Cut()
	b.get("/sync")
	b.submit("/sync", nil)
	// The attempt may still be under way when the page answers: asked again, it says how it ended.
	for deadline := time.Now().Add(20 * time.Second); ; {
		b.get("/sync").want(http.StatusOK)
		if !strings.Contains(b.body, "Đang gửi, nhận.") || time.Now().After(deadline) {
			break
		}
	}
	b.says("Mất mạng từ")
	b.tree.Clock().Add(9 * 24 * time.Hour)
	b.as(nodetest.NurseLogin).get("/").says("Tin cũ 9 ngày.", "Chưa nghe tuyến trên từ 25/11/2026.")
}

// A station that was enrolled and has never exchanged knows no places, vaccines or people; an account made
// on it by hand still gets work done and sees that the register is not there yet.
func TestNeverSynced(t *testing.T) {
	tree := nodetest.NewUnsynced(t)
	b := serve(t, tree)
	b.get("/login").want(http.StatusOK).says("Đang tải sổ lần đầu: 0/? người.")
	b.submit("/login", url.Values{"user": {nodetest.NurseLogin}, "password": {nodetest.Password}}).want(http.StatusUnauthorized)

	temporary(t, tree)
	b.as("tam")
	b.get("/").want(http.StatusOK).says("Đang tải sổ lần đầu", "Máy này chưa giữ người nào.")
	child := b.baby(nil)
	b.get(child).want(http.StatusOK).says("Lò Gia Bảo", "Chưa ghi mũi nào.")
	for _, path := range []string{child + "/edit", child + "/history", "/review", "/sync", "/settings", "/register"} {
		b.get(path).want(http.StatusOK)
	}
}

// temporary makes an account on a station by hand.
func temporary(t *testing.T, tree *nodetest.Tree) {
	t.Helper()
	dots, err := tree.Station.Node.Append(context.Background(), p.EntityID{}, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		d, err := registry.NewUser(registry.UserInput{Place: tree.Facility, Login: "tam", Name: "Người tạm", Role: int(rights.Head)})
		return []registry.Draft{d}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	nodetest.OwnPassword(t, tree.Station.Node, dots[0].Entity())
}

// unsynced is a browser at a station that has never exchanged, of somebody who got in all the same.
func unsynced(t *testing.T) *browser {
	t.Helper()
	tree := nodetest.NewUnsynced(t)
	temporary(t, tree)
	return serve(t, tree).as("tam")
}

// What the centre does not let in waits for an officer; what the officer rejected is said apart from it.
func TestHeldAndRejected(t *testing.T) {
	ctx := context.Background()
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	id := idOf(t, b.baby(nil))
	tree.Sync(t)
	tree.WriteElsewhere(t, id)
	tree.Sync(t)
	b.get("/review").says("Tuyến trên không nhận 1 việc.", "Lao, 25/11/2026", "Lò Gia Bảo").silent("đã bỏ những việc này")
	b.get("/sync").says("Tuyến trên không nhận 1 việc.").silent("Tuyến trên đã bỏ")
	var log p.LogID
	err := tree.Hub.Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.HeldLogs()
		if len(rows) == 1 {
			log = rows[0].ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Hub.Reject(ctx, tree.Officer, log, "trạm không tiêm ở tỉnh"); err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	tree.Sync(t)
	b.get("/review").says("đã bỏ những việc này", "trạm không tiêm ở tỉnh", "Lò Gia Bảo").silent("Tuyến trên không nhận")
	b.get("/sync").says("Tuyến trên đã bỏ 1 việc.").silent("Tuyến trên không nhận")
}
