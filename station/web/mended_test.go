package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// The page says up to when this machine held what the centre held, by the centre's word and not by the hub's; and
// that it was compared and put right: one calm line for a nurse, a list for who looks after the machine.
func TestEqualToTheCentreAndPutRight(t *testing.T) {
	tree := nodetest.NewUnsynced(t)
	b := serve(t, tree)
	tree.Sync(t)
	b.as(nodetest.NurseLogin)
	child := idOf(t, b.baby(nil))
	tree.Sync(t)
	tree.Clock().Add(2 * time.Hour)
	tree.Sync(t)
	b.as(nodetest.NurseLogin)
	b.get("/sync").want(http.StatusOK)
	b.says("Khớp với trung ương", "10:00 hôm nay, theo chữ ký của trung ương.")
	if strings.Contains(b.text(), "Đã tự so và sửa") {
		t.Error("nothing was put right, and the page says so")
	}

	// The centre writes, the station hears it and loses it again.
	ctx := t.Context()
	var before *p.State
	if err := tree.Station.Node.Store().View(ctx, func(tx store.Tx) (err error) {
		before, err = tx.State(child)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Hub.Node.Append(ctx, tree.Head.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(child)
		return []registry.Draft{registry.Edit(s, registry.SubjectHamlet, p.Text("bản Na Phay 2"))}, err
	}); err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	nodetest.SetBack(t, tree.Station.Node.Store(), before)
	tree.Clock().Add(time.Minute)
	tree.Sync(t)
	b.get("/sync").want(http.StatusOK)
	b.says("Đã tự so và sửa. 1 hồ sơ khác tuyến trên, lúc 10:01 hôm nay. Không mất gì, không cần làm gì.", "Các lần đã so và sửa", "Xã Mường Nhà")
	if strings.Contains(b.text(), "nếu còn báo lại, gọi tuyến trên") {
		t.Error("the page still asks for help")
	}
	tree.Clock().Add(8 * 24 * time.Hour)
	tree.Sync(t)
	b.as(nodetest.NurseLogin)
	b.get("/sync")
	if strings.Contains(b.text(), "Đã tự so và sửa") || !strings.Contains(b.text(), "Các lần đã so và sửa") {
		t.Error("after a week the list alone should tell of it")
	}
}

// A hub that answers and keeps back what it is sent shows by the centre's signed word alone: after a week the page says so.
func TestPageSaysThatTheCentreDoesNotConfirm(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree)
	const lead = "Trung ương chưa xác nhận khớp sổ này"
	for days, want := range map[time.Duration]bool{7*24*time.Hour - time.Minute: false, 7 * 24 * time.Hour: true} {
		tree.Clock().Add(2 * time.Hour)
		tree.Sync(t)
		tree.Sync(t)
		st, err := tree.Station.Node.Status(t.Context())
		if err != nil || st.EqualRoot == 0 {
			t.Fatalf("the station does not equal the centre: %v", err)
		}
		err = tree.Station.Node.Store().Update(t.Context(), func(tx store.Tx) error {
			rows, err := tx.RootSums()
			for i := range rows {
				rows[i].EqualMS = st.LastHeard - days.Milliseconds()
				if err := tx.PutRootSum(&rows[i]); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		b.as(nodetest.NurseLogin)
		b.get("/sync").want(http.StatusOK)
		if got := strings.Contains(b.text(), lead); got != want {
			t.Errorf("after %v the page says so: %v, want %v", days, got, want)
		}
	}
}
