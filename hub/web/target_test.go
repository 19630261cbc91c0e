package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tramy/internal/pages"
)

func (b *browser) sendTargets(place, name, file string, status int) string {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, err := range []error{w.WriteField("source", "statistics")} {
		if err != nil {
			b.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err != nil || w.Close() != nil {
		b.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+"/targets/file?place="+place, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", b.url)
	return b.do(req, status)
}

// An officer writes targets in the table, and the overview of the cohort shows them beside those who are registered.
func TestTargetsOfAProvince(t *testing.T) {
	x := newTree(t)
	x.join(t)
	fill(t, x, 3, 2)
	b := as(t, serve(t, x), officerLogin)
	year, _, _ := x.Hub.Today().Date()
	overview := "/?place=" + x.Commune.String()
	if page := b.get(overview, http.StatusOK); !strings.Contains(page, "chưa có chỉ tiêu") {
		t.Errorf("the overview before anybody set a target: %s", text(page))
	}
	page := b.get("/targets?place="+x.Province.String(), http.StatusOK)
	for _, want := range []string{"Xã Mường Nhà", "Trẻ dưới 1 tuổi", "chưa xã nào có chỉ tiêu"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in %s", want, text(page))
		}
	}
	form := func(births, under1 string) url.Values {
		return url.Values{"at": {x.Commune.String()}, "year": {fmt.Sprint(year)}, "source": {"plan"}, "place-0": {x.Commune.String()}, "saw-0": {""}, "n-0-births": {births}, "n-0-under1": {under1}}
	}
	// What is wrong is said beside its field, the rest comes back, and nothing is half done.
	page = b.post("/targets", form("-3", "1.402"), http.StatusUnprocessableEntity)
	if !strings.Contains(page, "Ghi số người") || !strings.Contains(page, `value="1.402"`) || !strings.Contains(page, `value="-3"`) {
		t.Errorf("refused without a word: %s", text(page))
	}
	bad := form("5", "")
	bad.Set("year", "1990")
	if page = b.post("/targets", bad, http.StatusOK); !strings.Contains(page, "Năm phải từ") {
		t.Errorf("a year of long ago: %s", text(page))
	}
	if page = b.post("/targets", form("0", "1.402"), http.StatusOK); !strings.Contains(page, "Đã lưu chỉ tiêu") || !strings.Contains(page, `value="1402"`) {
		t.Errorf("not saved: %s", text(page))
	}
	// An old page does not undo what somebody wrote since.
	if page = b.post("/targets", form("9", ""), http.StatusUnprocessableEntity); !strings.Contains(page, "Người khác vừa ghi") {
		t.Errorf("an old page: %s", text(page))
	}
	// Two children of three had the third dose: of the target that is little, and so it is shown.
	if page = b.get(overview, http.StatusOK); !strings.Contains(text(page), "0,1% của chỉ tiêu 1.402") {
		t.Errorf("the overview: %s", text(page))
	}
}

// A file is taken whole or not at all; what is wrong is said line by line.
func TestTargetFile(t *testing.T) {
	x := newTree(t)
	b := as(t, serve(t, x), officerLogin)
	province := x.Province.String()
	page := b.sendTargets(province, "sai.csv", "Mã,Nơi,Trẻ sinh trong năm,Trẻ dưới 1 tuổi\ngso:03368,,410,\n99999,Xã Lạ,4,4\n03368,Xã Mường Nhà,3,\n,Tỉnh Điện Biên,-4,x\n", http.StatusUnprocessableEntity)
	for _, want := range []string{"Dòng 3: không có nơi", "Dòng 4: “Xã Mường Nhà” đã có ở dòng 2", "Chưa ghi gì"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in %s", want, text(page))
		}
	}
	year, _, _ := x.Hub.Today().Date()
	births := func() int64 {
		table, err := x.Hub.Targets(t.Context(), x.Local, x.Commune, year, 0)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := table.Rows[0].Cells[0].People()
		return n
	}
	if n := births(); n != 0 {
		t.Errorf("%d was written of a file that is wrong", n)
	}
	if page = b.sendTargets(province, "khong.csv", "a,b\n1,2\n", http.StatusUnprocessableEntity); !strings.Contains(page, "Không thấy dòng tiêu đề") {
		t.Errorf("no titles: %s", text(page))
	}
	b.sendTargets(province, "dung.csv", "Mã,Nơi,Trẻ sinh trong năm\n3368,,410\n", http.StatusOK)
	if n := births(); n != 410 {
		t.Errorf("%d births", n)
	}
	// What the page sends is what it takes.
	b.sendTargets(province, "lai.csv", b.get("/targets?format=csv&place="+province, http.StatusOK), http.StatusOK)
	if n := births(); n != 410 {
		t.Errorf("%d births after the file came back", n)
	}
}

func TestTargetFileAtItsLimits(t *testing.T) {
	x := newTree(t)
	b := as(t, serve(t, x), officerLogin)
	province := x.Province.String()
	head := "Mã,Trẻ sinh trong năm\n"
	const line = 1 << 10
	at := head + strings.Repeat(strings.Repeat(" ", line-1)+"\n", (pages.TargetFileBytesMax-len(head))/line)
	at += strings.Repeat(" ", pages.TargetFileBytesMax-len(at)) // lines that name no place say nothing
	if page := b.sendTargets(province, "a.csv", at, http.StatusOK); strings.Contains(page, "lớn hơn") {
		t.Errorf("at the limit: %s", text(page))
	}
	b.sendTargets(province, "a.csv", at+" ", http.StatusRequestEntityTooLarge)
	for lines, long := range map[int]bool{pages.TargetFileRowsMax: false, pages.TargetFileRowsMax + 1: true} {
		page := b.sendTargets(province, "a.csv", head+strings.Repeat("03368,\n", lines), http.StatusUnprocessableEntity) // one place many times
		if strings.Contains(page, "Tệp dài hơn") != long || strings.Contains(page, "đã có ở dòng 2") == long {
			t.Errorf("%d lines: %s", lines, text(page))
		}
	}
}
