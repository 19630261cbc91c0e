package web_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"

	"tramy/internal/nodetest"
)

const motherCard = "011193001234||Trần Thị Hồng|05051993|Nữ|Bản Na Phay 1, Mường Nhà, Điện Biên|08052021"

// codeOf is the whole code on the child's page that is open.
func (b *browser) codeOf() string {
	return strings.ReplaceAll(regexp.MustCompile(`\d{4} \d{4} \d{4} \d{4}`).FindString(strings.ReplaceAll(b.text(), "\u00a0", " ")), " ", "")
}

// find presses Enter in the box.
func (b *browser) find(q string) *browser {
	b.t.Helper()
	b.get("/")
	return b.submit("/search", url.Values{"q": {q}})
}

// photograph sends a file as the picture of a card.
func (b *browser) photograph(file []byte) *browser {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("once", "x"); err != nil {
		b.t.Fatal(err)
	}
	part, err := w.CreateFormFile("photo", "card.jpg")
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		b.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, b.at.URL+"/search/photo", &body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(req)
}

// picture is a photograph of a code.
func picture(t *testing.T, text string) []byte {
	t.Helper()
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, code.Image(300), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// blank is a photograph of nothing.
func blank(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 100, 100)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Who is meant for sure is opened at once; everybody else is listed.
func TestEnterOpensWhoIsMeant(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	code := b.codeOf()
	b.baby(url.Values{"name": {"Lò Gia Hân"}, "mother": {"Lò Thị Ban"}, "phone": {"0385 000 413"}, "force": {"1"}})
	other := b.codeOf()
	for _, q := range []string{code, code[10:], code + "\r\n", code + code, "gia bao", "giaf baor", "0385 000 412", "+84385000412"} {
		if b.find(q).want(http.StatusOK); b.url.Path != child || b.url.RawQuery != "" {
			t.Errorf("%q leads to %s: %s", q, b.url, b.text())
		}
	}
	for _, q := range []string{"gia", code + other, "gja bao", "pham quoc"} {
		if b.find(q).want(http.StatusOK); b.url.Path != "/search" {
			t.Errorf("%q opens %s", q, b.url)
		}
	}
	b.find("gja bao").says("Chưa thấy đúng “gja bao”. Gần giống:", "Lò Gia Bảo")
	// While it is typed nothing opens by itself; the script is told who Enter would open.
	b.partial(http.MethodPost, "/search", url.Values{"q": {code}}).want(http.StatusOK)
	if !strings.Contains(b.body, "data-sure") {
		t.Error("the script does not know who is meant")
	}
	b.partial(http.MethodPost, "/search", url.Values{"q": {"gia"}}).want(http.StatusOK)
	if strings.Contains(b.body, "data-sure") || !strings.Contains(b.body, "Lò Gia Hân") {
		t.Error("of two one is meant")
	}
}

// A parent's identity card finds her children; if there are none, it fills the form, and no name is ever in an address.
func TestIdentityCardRegisters(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	b.find(motherCard).want(http.StatusOK).says("căn cước Trần Thị Hồng, sinh 05/05/1993, số 011193001234", "Đăng ký con của Trần Thị Hồng", "Đăng ký Trần Thị Hồng")
	form := b.form("/search")
	b.post("/register/new", url.Values{"q": {form.Get("q")}, "as": {"mother"}}).want(http.StatusOK)
	v := b.form("/register")
	if v.Get("mother") != "Trần Thị Hồng" || v.Get("name") != "" || v.Get("born") != "" || v.Get("personal_no") != "" || !strings.HasPrefix(v.Get("address"), "Bản Na Phay 1") {
		t.Errorf("a child of hers: %v", v)
	}
	b.post("/register/new", url.Values{"q": {motherCard}, "as": {"self"}}).want(http.StatusOK)
	v = b.form("/register")
	if v.Get("name") != "Trần Thị Hồng" || v.Get("born") != "05/05/1993" || v.Get("sex") != "female" || v.Get("personal_no") != "011193001234" || v.Get("mother") != "" {
		t.Errorf("herself: %v", v)
	}
	b.post("/register/new", url.Values{"q": {strings.NewReplacer("011193", "011093", "Nữ", "Nam", "Trần Thị Hồng", "Trần Văn Ba").Replace(motherCard)}, "as": {"father"}})
	if v = b.form("/register"); v.Get("father") != "Trần Văn Ba" || v.Get("mother")+v.Get("name") != "" {
		t.Errorf("a child of his: %v", v)
	}
	b.post("/elsewhere/named", url.Values{"q": {motherCard}}).want(http.StatusOK)
	if v = b.form("/elsewhere"); v.Get("code") != "011193001234" || v.Get("name") != "Trần Thị Hồng" || v.Get("born") != "05/05/1993" {
		t.Errorf("asked for elsewhere: %v", v)
	}
	// A child's own card is the child's.
	b.find("011224001234||Lò Gia Bảo|12032024|Nam|Mường Nhà|08052025").silent("con của").says("Đăng ký Lò Gia Bảo")
	child := b.baby(url.Values{"mother": {"Trần Thị Hồng"}})
	b.find(motherCard).want(http.StatusOK).says("Lò Gia Bảo")
	if b.url.Path != "/search" || len(b.links(child)) == 0 {
		t.Errorf("a mother's card leads to %s", b.url)
	}
}

func TestPhotographOfACard(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	code := b.codeOf()
	before := tempFiles(t)
	if b.photograph(picture(t, code)).want(http.StatusOK); b.url.Path != child || b.url.RawQuery != "" {
		t.Errorf("the photograph leads to %s: %s", b.url, b.text())
	}
	b.photograph(picture(t, motherCard)).want(http.StatusOK).says("Chưa thấy “căn cước Trần Thị Hồng", "Đăng ký con của Trần Thị Hồng")
	if q := b.form("/search").Get("q"); q != motherCard {
		t.Errorf("in the box stands %q", q)
	}
	plain := blank(t)
	large := append(picture(t, code), make([]byte, 16<<20)...)
	for want, file := range map[string][]byte{
		"Trong ảnh chưa thấy mã QR.":                      plain,
		"Ảnh này máy không đọc được.":                     []byte("no picture"),
		"Ảnh này kiểu HEIC":                               []byte("\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic"),
		"Ảnh quá lớn.":                                    large,
		"Chưa có ảnh nào.":                                nil,
		"Mã QR này không phải của thẻ tiêm hay căn cước.": picture(t, "https://example.org/menu"),
		"Chưa thấy “0412990181594100” trên máy này.":      picture(t, "0412990181594100"),
	} {
		status := http.StatusUnprocessableEntity
		if strings.HasPrefix(want, "Chưa thấy") {
			status = http.StatusOK
		}
		b.photograph(file).want(status).says(want)
		if strings.Contains(b.url.RawQuery, "0") {
			t.Errorf("the address is %s", b.url)
		}
	}
	if after := tempFiles(t); after != before {
		t.Errorf("of pictures %d files are left on the disk", after-before)
	}
	// It goes on with what was there: the page has its box.
	b.photograph(plain).says("gõ 6 số cuối")
	b.submit("/search", url.Values{"q": {code[10:]}}).want(http.StatusOK)
	if b.url.Path != child {
		t.Errorf("typing after it leads to %s", b.url)
	}
	b.forget()
	if b.photograph(picture(t, code)); b.url.Path != "/login" {
		t.Errorf("without a log-in it leads to %s", b.url)
	}
}

// tempFiles counts the files that the standard library writes large forms to.
func tempFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "multipart-") {
			n++
		}
	}
	return n
}
