package web_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramy/internal/bundle"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// A nurse writes the stick, somebody carries it, she reads the answer: two clicks, and the page says what happened. On a
// stick that is plugged in, and with a browser alone.
func TestStickInTwoClicks(t *testing.T) {
	tree := nodetest.New(t)
	tree.Cut()
	usb := t.TempDir()
	b := serveUSB(t, tree, usb).as(nodetest.NurseLogin)
	enter := func(name string) {
		t.Helper()
		_, _, err := tree.Station.Register(t.Context(), tree.Nurse, registry.SubjectInput{
			Place: tree.Commune, Name: name, BirthDate: tree.Station.Today() - 60, MotherName: "Lò Thị Mai",
		}, true)
		if err != nil {
			t.Fatal(err)
		}
	}
	says := func(want string) {
		t.Helper()
		if b.want(http.StatusOK); !strings.Contains(b.body, want) {
			t.Errorf("%q is not in\n%s", want, b.body)
		}
	}
	saved := func() uint64 {
		t.Helper()
		st, err := tree.Station.Node.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return st.Saved
	}
	enter("Lò Một")
	b.get("/sync")
	says(`href="/usb"`)
	b.get("/usb")
	says("Ghi ra " + usb)
	b.post("/usb/out", url.Values{"drive": {usb}})
	says("việc vào 00")
	if _, err := tree.Hub.ReadBundles(t.Context(), usb, ""); err != nil {
		t.Fatal(err)
	}
	b.post("/usb/in", url.Values{"drive": {usb}})
	says("Nhận về")
	if n := saved(); n != 0 {
		t.Errorf("%d only here", n)
	}
	b.post("/usb/in", url.Values{"drive": {usb}})
	says("Không có tệp nào để đọc")
	b.post("/usb/out", url.Values{"drive": {t.TempDir()}})
	says("Không thấy USB")

	enter("Lò Hai")
	b.post("/usb/out", url.Values{})
	carried := t.TempDir()
	if err := os.WriteFile(filepath.Join(carried, "x.tramy"), []byte(b.body), 0o600); err != nil {
		t.Fatal(err)
	}
	got := tree.Hub.Bundles.TakeFile(t.Context(), filepath.Join(carried, "x.tramy"), carried)
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	answer, err := os.ReadFile(filepath.Join(carried, got.Answer))
	if err != nil {
		t.Fatal(err)
	}
	b.sendTo("/usb/upload", got.Answer, string(answer))
	says("Nhận về")
	if n := saved(); n != 0 {
		t.Errorf("%d only here", n)
	}
	b.sendTo("/usb/upload", got.Answer, string(answer))
	says("đã đọc rồi")
	b.sendTo("/usb/upload", got.Answer, string(answer[:len(answer)/2]))
	says("Tệp hỏng")
	b.sendTo("/usb/upload", "sổ"+bundle.Suffix, "PK\x03\x04")
	says("không phải tệp gửi nhận")
	b.get("/sync")
	says("<td class=\"not-phone\">USB</td>")
}
