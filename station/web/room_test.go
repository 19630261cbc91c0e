package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"tramy/internal/nodetest"
)

// Who may take the register out lets the laptops copy to each other; the pages say how that stands.
func TestRoomSwitch(t *testing.T) {
	tree := nodetest.New(t)
	s := serve(t, tree)
	nurse := s.as(nodetest.NurseLogin)
	nurse.get("/settings").want(http.StatusOK).silent("Các máy trong trạm")
	nurse.get("/sync").silent("Máy bên cạnh")

	head := s.as(nodetest.HeadLogin)
	head.get("/settings").want(http.StatusOK).says("Các máy trong trạm", "Đang tắt")
	head.submit("/settings/room", url.Values{"do": {"on"}}).says("Đã lưu.", "Đang bật")
	if !tree.Station.Room.Setting().On {
		t.Fatal("the page says it is on and it is off")
	}
	head.submit("/settings/room", url.Values{"do": {"addresses"}, "addresses": {"http://x/"}}).says("Địa chỉ ghi như 192.168.1.20")
	head.submit("/settings/room", url.Values{"do": {"addresses"}, "addresses": {"192.168.1.20, may-2"}}).says("192.168.1.20:8781 may-2:8781")
	nurse.get("/sync").says("Máy bên cạnh", "Chưa thấy máy nào khác của trạm")
	head.get("/settings")
	head.submit("/settings/room", url.Values{"do": {"off"}}).says("Đang tắt")
	nurse.get("/sync").silent("Máy bên cạnh")
}
