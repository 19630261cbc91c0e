package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A laptop is lost: its page says what never arrived, revokes it, makes the code for its replacement with one press, and
// takes the revocation back when it is found.
func TestLostMachine(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	tree.join(t)
	fill(t, tree, 1, 0)
	b := as(t, address, officerLogin)
	device := tree.Station.Node.Identity().Device
	path := "/devices/" + device.String()
	says(t, b.get("/devices", http.StatusOK), `href="`+path+`"`)
	says(t, b.get(path, http.StatusOK), "Chưa thấy thiếu gì.", "Máy gọi lần cuối", "Máy bị mất")

	// It said how far its log reaches, and the line broke.
	var head p.Seq
	err := tree.Hub.Node.Store().Update(t.Context(), func(tx store.Tx) error {
		rows, err := tx.LogsOf(device)
		if err != nil {
			return err
		}
		row := rows[0]
		head = row.Head
		row.Told = row.Head + 3
		return tx.PutLog(&row)
	})
	if err != nil {
		t.Fatal(err)
	}
	page := b.get(path, http.StatusOK)
	silentAbout(t, page, "Chưa thấy thiếu gì.")
	says(t, page, "máy đã báo trước khi gửi")
	if !regexp.MustCompile(`việc ` + strconv.Itoa(int(head)+1) + ` đến ` + strconv.Itoa(int(head)+3)).MatchString(page) {
		t.Errorf("the part is not named in %s", page)
	}

	says(t, b.post("/devices/revoke", url.Values{"id": {device.String()}, "reason": {" "}, "back": {"machine"}}, http.StatusUnprocessableEntity), "Ghi vài chữ vì sao.", "Máy bị mất")
	says(t, b.post("/devices/revoke", url.Values{"id": {device.String()}, "reason": {"mất máy 12/10"}, "back": {"machine"}}, http.StatusOK), "Đã thu hồi máy 000 001.", "Máy đã thu hồi", "mất máy 12/10")
	admin := as(t, address, nodetest.AdminLogin)
	page = admin.get(path, http.StatusOK)
	form := regexp.MustCompile(`action="/enrol"[^\0]*?name="place" value="([^"]+)"[^\0]*?name="role" value="([^"]+)"`).FindStringSubmatch(page)
	if form == nil {
		t.Fatalf("no button for a replacement: %s", page)
	}
	says(t, admin.post("/enrol", url.Values{"place": {form[1]}, "role": {form[2]}}, http.StatusOK), "TRAMY-")
	silentAbout(t, b.get(path, http.StatusOK), `action="/enrol"`) // an officer makes no codes

	says(t, b.post("/devices/reinstate", url.Values{"id": {device.String()}}, http.StatusOK), "Máy 000 001 dùng lại được.", "Máy bị mất")
	says(t, b.post("/devices/reinstate", url.Values{"id": {device.String()}}, http.StatusOK), "dùng lại được") // pressed twice
	says(t, b.post("/devices/keys", url.Values{"id": {device.String()}}, http.StatusOK), "Đã nhắc. Máy sẽ đổi khóa ở lần gọi sau.")

	nurse := as(t, address, nodetest.NurseLogin)
	nurse.get(path, http.StatusForbidden)
	for _, do := range []string{"reinstate", "keys"} {
		nurse.post("/devices/"+do, url.Values{"id": {device.String()}}, http.StatusForbidden)
	}
	b.get("/devices/"+tree.Facility.String(), http.StatusNotFound)
}

// A machine that exists twice is shown with the way out.
func TestMachineThatExistsTwice(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	tree.join(t)
	fill(t, tree, 1, 0)
	b := as(t, address, officerLogin)
	path := "/devices/" + tree.Station.Node.Identity().Device.String()
	silentAbout(t, b.get(path, http.StatusOK), "Có hai máy cùng là một")
	hold(t, tree, p.HoldForked)
	says(t, b.get("/devices", http.StatusOK), `href="`+path+`"`)
	says(t, b.get(path, http.StatusOK), "Có hai máy cùng là một", "Đổi khóa máy này", "tramy-hub backup take")
}
