package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/sheet"
	"tramy/internal/store"
	"tramy/station"
)

// sheetText is a small register: two children, one whose dose lies before birth, and one who is nearly the first.
const sheetText = `STT,Họ và tên,Ngày sinh,Giới tính,Họ tên mẹ,Điện thoại,Thôn,BCG,OPV1
1,Lò Gia Bảo,14/03/2026,Nam,Lò Thị Ánh,0978123456,Na Phay 1,15/03/2026,20/05/2026
2,Cà Thị Mo,25/12/2024,Nữ,Cà Thị Xuân,,Na Phay 2,26/12/2024,28/02/2025
3,Vừ A Dình,14/03/2026,Nam,Mùa Thị Chá,,Pha Thanh,13/03/2026,20/05/2026
4,Lò Gia Bao,15/03/2026,Nam,Lò Thị Ánh,0978123456,Na Phay 1,16/03/2026,
`

// send uploads a register.
func (b *browser) send(name, text string) *browser { return b.sendTo("/import", name, text) }

// sendTo uploads a file to a page.
func (b *browser) sendTo(path, name, text string) *browser { return b.sendWith(path, nil, name, text) }

// sendWith uploads a file with other fields before it.
func (b *browser) sendWith(path string, fields map[string]string, name, text string) *browser {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for key, value := range fields {
		if err := w.WriteField(key, value); err != nil {
			b.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := part.Write([]byte(text)); err != nil {
		b.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, b.at.URL+path, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(req)
}

// phase waits until the import has come so far, and shows its page.
func (b *browser) phase(want string) *browser {
	b.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for range 10_000 {
		if job := b.tree.Station.Imports.Job(); job != nil && job.Phase == want {
			return b.get("/import").want(http.StatusOK)
		}
		<-tick.C
	}
	b.t.Fatalf("the import never is %s: %+v", want, b.tree.Station.Imports.Job())
	return b
}

func TestImportPages(t *testing.T) {
	tr := nodetest.New(t)
	b := serve(t, tr).as(nodetest.NurseLogin)
	tr.Run(t)
	b.get("/settings").says("Nhập sổ từ tệp")
	b.get("/import").says("Chọn tệp sổ tiêm chủng")
	b.send("so.pdf", "%PDF-1.7 …").want(http.StatusOK)
	if tr.Station.Imports.Job() != nil {
		t.Fatal("a PDF became an import")
	}
	b.send("so.csv", sheetText).want(http.StatusOK)
	b.says("so.csv", "Lò Gia Bảo | Cà Thị Mo", "4 dòng")

	// Without a birth date nothing can be read; the choice that was wrong stays on the page.
	b.submit("/import/columns", url.Values{"column-2": {""}}).want(http.StatusUnprocessableEntity)
	b.submit("/import/columns", url.Values{"column-2": {"birth_date"}}).want(http.StatusOK)
	b.phase(station.ImportChecked).says("chưa ghi gì", "2 người mới", "1 người cần hỏi", "1 dòng sai", "Trùng với dòng 2")
	b.get("/import?show=refused").says("Vừ A Dình H (BCG)", "Trước ngày sinh")
	b.get("/import")
	if n := subjects(t, tr); n != 0 {
		t.Fatalf("trying wrote %d people", n)
	}
	b.submit("/import/start", nil).want(http.StatusOK)
	b.phase(station.ImportDone).says("Đã nhập xong", "2 người mới", "Lò Gia Bảo", "Người khác, nhập mới")
	if n := subjects(t, tr); n != 2 {
		t.Fatalf("%d people, want 2", n)
	}
	if _, err := os.Stat(filepath.Join(tr.Station.Dir.Path, "import", "file")); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}

	// What did not come in can be had, mended and sent again.
	b.get("/import/rejected").want(http.StatusOK)
	left := entries(t, tr, "x.xlsx", b.body)
	if len(left) != 2 || left[0].Subject.Name != "Vừ A Dình" && left[1].Subject.Name != "Vừ A Dình" {
		t.Errorf("rejected: %d rows", len(left))
	}
	b.get("/import?show=proposed")
	b.submit("/import/answer", url.Values{"row": {"5"}, "same": {desk.SomebodyNew}}).want(http.StatusOK)
	b.says("Đã nhập người mới, 1 mũi", "Đã nhập là người mới")
	b.post("/import/answer", url.Values{"row": {"5"}, "same": {desk.SomebodyNew}}).says("đã sang bước khác")
	if n := subjects(t, tr); n != 3 {
		t.Fatalf("%d people, want 3", n)
	}
	b.submit("/import/discard", nil).says("Chọn tệp sổ tiêm chủng")

	// The columns of this header are remembered, and the file a second time brings nothing.
	b.send("so.csv", sheetText)
	if job := tr.Station.Imports.Job(); job == nil || !job.Mapping.Columns[1].Sure {
		t.Errorf("not remembered: %+v", job)
	}
	b.submit("/import/columns", nil)
	b.phase(station.ImportChecked).says("0 người mới", "3 người đã có đủ")
}

// A hospital is no commune: each row says where the person lives, by name or by code, and who says nothing does not come in. Nobody is put
// into a commune by default.
func TestImportAtAHospital(t *testing.T) {
	tr, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tr).as(houseNurse)
	tr.Run(t)
	b.get("/import").want(http.StatusOK).says("Nơi này không phải xã")
	b.send("so.csv", "Họ tên,Tên mẹ,Ngày sinh,Giới,Xã/phường,Mã xã\nLò Gia Bảo,Cà Thị Mo,01/09/2026,nam,xã Mường Nhà,\n"+
		"Vừ A Dình,Vừ Thị Ánh,02/09/2026,nam,,03368\nCà A Sung,Cà Thị Chu,03/09/2026,nam,,\nLý Thị Mẩy,Lý Thị Pà,04/09/2026,nữ,xã Không Đâu,\n").want(http.StatusOK)
	b.submit("/import/columns", nil).want(http.StatusOK)
	b.phase(station.ImportChecked).says("2 người mới", "2 dòng sai")
	b.get("/import?show=refused").says("Cà A Sung", "Thiếu nơi ở: nơi này không phải xã", "Lý Thị Mẩy", "Không có xã “xã Không Đâu”")
	b.submit("/import/start", nil).want(http.StatusOK)
	b.phase(station.ImportDone).says("2 người mới")
	found, err := tr.Station.Search(t.Context(), tr.Nurse, "vu a dinh")
	if err != nil || len(found) != 1 || found[0].Recorded != tr.Commune {
		t.Errorf("found %+v, %v", found, err)
	}
}

// Who may not, may not; and one at a time.
func TestImportBusy(t *testing.T) {
	tr := nodetest.New(t)
	b := serve(t, tr).as(nodetest.NurseLogin)
	b.send("so.csv", sheetText)
	b.submit("/import/columns", nil).says("Đang thử từng dòng") // nobody runs the station
	if b.status != http.StatusOK {
		t.Fatal(b.status)
	}
	b.send("khac.csv", sheetText).says("Máy đang nhập một sổ khác")
	b.post("/import/discard", nil).says("Máy đang nhập một sổ khác")
	b.get("/export").want(http.StatusForbidden)
	b.post("/export", url.Values{"reason": {"x"}}).want(http.StatusForbidden)
	tr.Run(t) // an import that was asked for before the start goes on
	b.phase(station.ImportChecked)
}

func TestExportPage(t *testing.T) {
	tr := nodetest.New(t)
	b := serve(t, tr).as(nodetest.NurseLogin)
	b.baby(nil)
	b.as(nodetest.HeadLogin).get("/export").says("Xuất sổ ra tệp")
	b.submit("/export", url.Values{"reason": {" "}}).want(http.StatusUnprocessableEntity).says("Ghi lý do xuất sổ.", "Chọn một việc.")
	b.submit("/export", url.Values{"reason": {"x"}}).want(http.StatusUnprocessableEntity).says("Chọn một việc.")
	b.submit("/export", url.Values{"for": {"report"}, "reason": {"báo cáo quý"}, "from": {"32/13/2026"}}).want(http.StatusUnprocessableEntity)
	b.submit("/export", url.Values{"for": {"report"}, "reason": {"báo cáo quý"}, "layout": {"long"}, "from": {"01/01/2026"}}).want(http.StatusOK)
	if got := entries(t, tr, "x.xlsx", b.body); len(got) != 1 || got[0].Subject.Name != "Lò Gia Bảo" || len(got[0].Problems) > 0 {
		t.Errorf("%+v", got)
	}
	b.get("/export")
	b.submit("/export", url.Values{"for": {"report"}, "reason": {"báo cáo quý"}, "until": {"01/01/2026"}, "format": {"csv"}}).want(http.StatusOK)
	if got := entries(t, tr, "x.csv", b.body); len(got) != 0 {
		t.Errorf("born later: %+v", got)
	}
}

// entries reads a file as an import does.
func entries(t *testing.T, tr *nodetest.Tree, name, text string) (out []*sheet.Entry) {
	t.Helper()
	book, err := sheet.Open(name, strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	m, err := book.Guess("", nil, sheet.VaccineNames(registry.Vaccines()))
	if err != nil {
		t.Fatal(err)
	}
	err = book.Read(m, sheet.ReadContext{Today: tr.Station.Today(), Vaccines: sheet.VaccineNames(registry.Vaccines())}, func(e *sheet.Entry) error {
		out = append(out, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func subjects(t *testing.T, tr *nodetest.Tree) (n int64) {
	t.Helper()
	err := tr.Station.Node.Store().View(t.Context(), func(tx store.Tx) error {
		c, err := tx.Counts()
		n = c.Subjects
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
