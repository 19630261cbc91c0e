package web_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tramy/internal/backup"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// A laptop is stolen and revoked: at its next call it locks, shows nothing of any child on any page and to nobody, gives a copy
// to who holds the recovery key, and unlocks when the revocation is taken back.
func TestRevokedStationLocks(t *testing.T) {
	tree := nodetest.New(t)
	usb := t.TempDir()
	b := serveUSB(t, tree, usb).as(nodetest.NurseLogin)
	if _, _, err := tree.Station.Register(t.Context(), tree.Nurse, registry.SubjectInput{
		Place: tree.Commune, Name: "Lò Gia Bảo", BirthDate: tree.Station.Today() - 60, MotherName: "Lò Thị Mai",
	}, true); err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	if err := backup.NewRecoveryKey(&printed, tree.Station.Dir); err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile("AGE-SECRET-KEY-1[0-9A-Z ]{58,80}").FindString(printed.String())
	tree.AmendPlace(t, tree.Province, func(in *registry.PlaceInput) { in.Phone = "02153825123" })
	tree.Sync(t)
	tree.Run(t)
	b.get("/").says("Lò Gia Bảo")
	device := tree.Station.Node.Identity().Device
	if err := tree.Hub.Revoke(t.Context(), tree.Admin, device, "mất máy 12/10"); err != nil {
		t.Fatal(err)
	}
	b.get("/").says("Lò Gia Bảo") // it has not heard yet
	b.post("/sync", nil)
	for _, path := range []string{"/", "/due", "/review", "/settings", "/usb", "/export", "/login", "/sync", "/child/" + device.String()} {
		b.get(path).want(http.StatusForbidden).says("Máy này đã bị khóa", "0215 382 5123").silent("Lò")
	}
	for _, path := range []string{"/search", "/login", "/register", "/usb/out"} {
		b.post(path, url.Values{"q": {"lo"}, "user": {nodetest.NurseLogin}, "password": {nodetest.Password}}).want(http.StatusForbidden).silent("Lò")
	}
	b.get("/locked").want(http.StatusOK).says("Máy này đã bị khóa", "Ghi ra "+usb)
	b.post("/locked", nil).says("Tuyến trên chưa mở lại máy này.")

	b.post("/locked/out", url.Values{"drive": {usb}, "key": {"AGE-SECRET-KEY-1"}}).want(http.StatusUnprocessableEntity).says("không phải của máy này")
	b.post("/locked/out", url.Values{"drive": {"/etc"}, "key": {key}}).want(http.StatusUnprocessableEntity).says("Chưa thấy USB đó")
	if files, _ := os.ReadDir(usb); len(files) != 0 {
		t.Fatalf("%d files were written", len(files))
	}
	b.post("/locked/out", url.Values{"drive": {usb}, "key": {strings.ToLower(key)}}).want(http.StatusOK).says("Đã ghi ra USB")
	files, err := filepath.Glob(filepath.Join(usb, "*.backup"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	// What is on it comes in at the hub, and waits for an officer.
	if _, in, err := tree.Hub.TakeBackup(t.Context(), tree.Admin, files[0], nil); err != nil || in.Bad != 0 {
		t.Fatalf("%+v, %v", in, err)
	}

	if err := tree.Hub.Reinstate(t.Context(), tree.Admin, device); err != nil {
		t.Fatal(err)
	}
	b.post("/locked", nil)
	b.as(nodetest.NurseLogin).get("/").want(http.StatusOK).says("Lò Gia Bảo")
	b.get("/locked").want(http.StatusOK).silent("bị khóa")
}
