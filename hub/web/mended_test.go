package web

import (
	"net/http"
	"testing"

	"tramy/internal/node"
	"tramy/internal/store"
)

// The list of stations tells which of them was compared with this hub and put right.
func TestStationsPutRight(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	tree.join(t)
	b := as(t, address, officerLogin)
	silentAbout(t, b.get("/stations", http.StatusOK), "đã so và sửa")
	alarm := &store.AlarmRow{
		WallMS: tree.Clock().Now().UnixMilli(), Code: node.AlarmMended, Device: tree.Station.Node.Identity().Device,
		Detail: "scope " + tree.Commune.String() + ": 3",
	}
	if err := tree.Hub.Node.Store().Update(t.Context(), func(tx store.Tx) error { return tx.PutAlarm(alarm) }); err != nil {
		t.Fatal(err)
	}
	says(t, b.get("/stations", http.StatusOK), "Các lần máy và tuyến trên đã so và sửa", "Trạm Y tế xã Mường Nhà 000 001", "Xã Mường Nhà 3")
}
