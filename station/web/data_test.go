package web_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tramy/internal/backup"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// TestMinimumDataSet: the list names who lacks what and leads to the form; the form fills it in, and the file has it. An address that names
// no commune of its province is missing, not guessed.
func TestMinimumDataSet(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	id, _, err := d.Register(t.Context(), tr.Nurse, registry.SubjectInput{
		Place: tr.Commune, Name: "Lò Thị Mai Chi", MotherName: "Lò Thị Ánh", BirthDate: d.Today() - 100, Sex: registry.SexFemale, Ethnic: "Thái", AddrNative: "Xã Không Có, Sơn La",
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	b := serve(t, tr).as(nodetest.NurseLogin)
	b.get("/data").want(http.StatusForbidden)
	b.get("/data/lacking").want(http.StatusOK).says("Lò Thị Mai Chi", "số định danh hoặc hộ chiếu", "quê quán: xã", "Ghi thêm")
	b.get("/data/lacking?field=sex").says("Không ai thiếu trường này")
	b.get("/child/" + id.String() + "/edit?admin=1").says("Thông tin hành chính")
	home := d.Home()
	commune, _ := d.Map().Row(home.Commune)
	province := ""
	for _, up := range d.Map().Path(home.Commune) {
		if row, ok := d.Map().Row(up); ok && row.Level == registry.LevelProvince {
			province = row.Name
		}
	}
	where := "Bản Pá, " + commune.Name + ", " + province
	action := "/child/" + id.String() + "/edit"
	b.submit(action, url.Values{"addr_native": {where}, "addr_birth": {where}, "addr_register": {where}, "address": {where}, "passport": {"B1234567"}, "missing": {"32/13/2026"}, "blood": {"a_neg"}, "paper": {"passport"}}).want(http.StatusUnprocessableEntity)
	if b.submit(action, url.Values{"missing": {""}}).want(http.StatusOK); t.Failed() {
		return
	}
	b.get("/data/lacking").says("Không ai thiếu trường này")

	b.as(nodetest.HeadLogin).get("/data").want(http.StatusOK)
	b.post("/data", url.Values{"do": {"minimum"}, "format": {"csv"}}).want(http.StatusUnprocessableEntity).says("Ghi lý do xuất sổ.", "Chọn một việc.")
	file := b.post("/data", url.Values{"do": {"minimum"}, "format": {"csv"}, "for": {"report"}, "reason": {"nộp tuyến trên"}}).want(http.StatusOK).body
	for _, want := range []string{"B1234567", "A Rh âm", ",03,Thái,", commune.Name, province} {
		if !strings.Contains(file, want) {
			t.Errorf("the file lacks %s:\n%s", want, file)
		}
	}
	objects := b.post("/data", url.Values{"do": {"minimum"}, "format": {"objects"}, "for": {"report"}, "reason": {"nộp tuyến trên"}}).want(http.StatusOK).body
	if !strings.Contains(objects, `"ethnic_code":"03"`) || !strings.Contains(objects, `"missing":[]`) {
		t.Errorf("as objects: %s", objects)
	}
	b.get("/data")
	b.post("/data", url.Values{"do": {"all"}, "for": {"care"}, "reason": {""}}).want(http.StatusUnprocessableEntity)
	if zip := b.post("/data", url.Values{"do": {"all"}, "for": {"care"}, "reason": {"bàn giao"}}).want(http.StatusOK).body; !strings.HasPrefix(zip, "PK") {
		t.Error("no zip")
	}
	sealing := url.Values{"do": {"all"}, "for": {"care"}, "reason": {"bàn giao"}, "encrypt": {"1"}}
	b.post("/data", sealing).want(http.StatusUnprocessableEntity).says("khóa khôi phục") // nobody could open it
	if err := backup.NewRecoveryKey(io.Discard, b.tree.Station.Dir); err != nil {
		t.Fatal(err)
	}
	if sealed := b.post("/data", sealing).want(http.StatusOK).body; !strings.HasPrefix(sealed, "age-encryption.org/v1") {
		t.Error("not encrypted")
	}
}
