package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/station/web"
	p "tramy/syncproto"
)

// pupils is a school's list of so many.
func pupils(n, perClass int) string {
	var b strings.Builder
	b.WriteString("STT,Họ và tên,Ngày sinh,Giới tính,Lớp,Họ tên mẹ,SĐT mẹ,Thôn\n")
	for i := range n {
		word := func(k int) string { return string(rune('A'+k%26)) + strings.ToLower(string(rune('A'+k/26%26))) + "n" }
		fmt.Fprintf(&b, "%d,%s Văn %s %s,%02d/%02d/2018,Nam,%dA,Lò Thị %s %s,09%08d,bản Na Phay 1\n", i+1, []string{"Lò", "Cà", "Vàng"}[i%3], word(i), word(i*7+3), i%28+1, i/28%12+1,
			i/perClass+1, word(i*3+1), word(i*11+5), 10_000_000+i*37)
	}
	return b.String()
}

// plan plans a campaign by its form and returns its address.
func (b *browser) plan() string {
	b.t.Helper()
	b.as(nodetest.HeadLogin).get("/campaigns").want(http.StatusOK).says("Chưa có chiến dịch nào.")
	b.submit("/campaigns", url.Values{"name": {""}, "kind": {"outbreak"}, "vaccine": {"SOI"}, "from": {"h"}, "until": {"+10"}, "age_from": {"x"}}).want(http.StatusUnprocessableEntity)
	if b.wrong("age_from") == "" || b.form("/campaigns").Get("until") != "+10" {
		b.t.Error("what is wrong stands beside no field, or what was typed is gone")
	}
	b.submit("/campaigns", url.Values{"name": {"Sởi mũi 0 tháng 11"}, "kind": {"outbreak"}, "vaccine": {"SOI"}, "from": {"h"}, "until": {"+10"}, "second": {"+5"}, "age_from": {"6"}, "age_to": {"15t"}}).
		want(http.StatusOK).says("Đã lập chiến dịch.", "mũi 0", "6 tháng đến hết 15 tuổi")
	return b.url.Path
}

// entries are the rows of the line that a press is open for: what their forms post.
func (b *browser) entries() (out []url.Values) {
	for _, n := range b.all("form") {
		if attr(n, "class") == "pupil" {
			v := url.Values{}
			for in := range n.Descendants() {
				if in.Data == "input" && attr(in, "name") != "" {
					v.Set(attr(in, "name"), attr(in, "value"))
				}
			}
			out = append(out, v)
		}
	}
	return out
}

// A school's list is read, compared and written; the line then takes one press a child, and the focus is always on the next.
func TestTheLineTakesOnePressAChild(t *testing.T) {
	b := serve(t, nodetest.New(t))
	campaign := b.plan()
	b.as(nodetest.NurseLogin).get(campaign + "/roll").want(http.StatusOK)
	b.sendTo(campaign+"/roll", "lop1.csv", pupils(12, 6)).want(http.StatusOK).says("Lớp", "Cột")
	b.submit(campaign+"/roll/columns", nil).want(http.StatusOK).says("12 dòng đã so với sổ, chưa ghi gì", "12 người mới")
	b.submit(campaign+"/roll/write", nil).want(http.StatusOK).says("Đã ghi 12 người vào danh sách.")
	b.submit(campaign+"/roll/discard", nil).want(http.StatusOK)
	b.sendTo(campaign+"/roll", "lop1.csv", pupils(12, 6))
	b.submit(campaign+"/roll/columns", nil).says("12 người đã ở trong danh sách", "0 người mới")
	b.submit(campaign+"/roll/discard", nil)

	b.get(campaign + "/line").want(http.StatusOK).says("Chọn lô trước khi tiêm")
	b.post(campaign+"/lot", url.Values{"number": {"m-77"}, "expires": {"01/2020"}}).want(http.StatusUnprocessableEntity)
	if b.wrong("expires") == "" {
		t.Error("a lot that is past stands beside no field")
	}
	b.post(campaign+"/lot", url.Values{"number": {"m-77"}, "expires": {"+90"}}).want(http.StatusOK).says("Đang dùng lô M-77")
	given := 0
	for range 6 {
		var next url.Values
		for _, n := range b.all("button") {
			if slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "autofocus" }) && attr(n, "value") == "give" {
				for up := n; up != nil; up = up.Parent {
					if up.Data == "form" {
						for _, v := range b.entries() {
							if "e-"+v.Get("enrolment") == attr(up, "id") {
								next = v
							}
						}
					}
				}
			}
		}
		if next == nil {
			t.Fatalf("after %d the focus is on nobody", given)
		}
		next.Set("do", "give")
		b.post(campaign+"/line", next).want(http.StatusOK).says("Đã lưu")
		given++
	}
	b.says("6 đã tiêm trên 12 người; 6 đang chờ")
	b.get(campaign + "/line?class=2A").want(http.StatusOK)
	rows := b.entries()
	absent := rows[0]
	absent.Set("do", "absent")
	b.post(campaign+"/line", absent).want(http.StatusOK).says("Vắng")
	b.submit("/undo", nil).want(http.StatusOK).says("6 đang chờ, 0 có lý do", "6 đã tiêm")
}

// What one key does not pass says why in the row, keeps what was typed, and writes nothing.
func TestTheLineAsksForAReason(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree)
	campaign := b.plan()
	b.as(nodetest.NurseLogin).sendTo(campaign+"/roll", "lop1.csv", pupils(3, 3))
	b.submit(campaign+"/roll/columns", nil)
	b.submit(campaign+"/roll/write", nil)
	b.post(campaign+"/lot", url.Values{"number": {"m-77"}, "expires": {"+90"}})
	one := b.entries()[0]
	refuse := url.Values{"enrolment": one["enrolment"], "shown": {""}, "lot": one["lot"], "class": one["class"], "do": {"save"}, "outcome": {"postponed"}}
	b.post(campaign+"/line", refuse).want(http.StatusUnprocessableEntity).says("0 đã tiêm")
	if b.wrong("reason") == "" {
		t.Error("a missing reason stands beside no field")
	}
	refuse.Set("reason", "Sốt 38,5")
	b.post(campaign+"/line", refuse).want(http.StatusOK).says("Hoãn", "Sốt 38,5")
	b.get(campaign+"/absent?by=hamlet").want(http.StatusOK).says("3 người trong danh sách chưa tiêm", "bản Na Phay 1", "Hoãn", "Sốt 38,5", "0910 000 000")
	b.get(campaign + "/absent/print").want(http.StatusOK)
	b.submit(campaign+"/absent/print?by=class", url.Values{"for": {"care"}, "reason": {"gọi vòng 2"}}).want(http.StatusOK).says("gọi vòng 2", "3 người")
	// A lot of another device's choosing is not written unseen.
	two := b.get(campaign + "/line").entries()[1]
	b.post(campaign+"/lot", url.Values{"number": {"m-78"}, "expires": {"+90"}})
	two.Set("do", "give")
	b.post(campaign+"/line", two).want(http.StatusUnprocessableEntity).says("Lô đang dùng là M-78")
	// Who walks in is found and listed.
	b.post(campaign+"/find", url.Values{"q": {"khong co ai"}, "class": {"1A"}}).want(http.StatusOK).says("Không có ai như vậy")
	id, _, err := tree.Station.Register(t.Context(), tree.Nurse, registry.SubjectInput{Place: tree.Commune, Name: "Giàng A Vãng Lai", MotherName: "Vàng Thị Mỷ", BirthDate: b.tree.Station.Today() - 900}, true)
	if err != nil {
		t.Fatal(err)
	}
	b.post(campaign+"/find", url.Values{"q": {"vang lai"}, "class": {"1A"}}).want(http.StatusOK).says("Giàng A Vãng Lai", "Thêm vào danh sách")
	b.post(campaign+"/enrol", url.Values{"who": {id.String()}, "class": {"1A"}}).want(http.StatusOK).says("Đã thêm Giàng A Vãng Lai", "trên 4 người")
	b.post(campaign+"/enrol", url.Values{"who": {id.String()}, "class": {"1A"}}).want(http.StatusOK).says("đã có trong danh sách")
}

// The day's report counts by place, age, sex and lot, says until when it is due, and is the same as a file.
func TestTheDayIsReported(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree)
	campaign := b.plan()
	b.as(nodetest.NurseLogin).sendTo(campaign+"/roll", "lop1.csv", pupils(3, 3))
	b.submit(campaign+"/roll/columns", nil)
	b.submit(campaign+"/roll/write", nil)
	b.post(campaign+"/lot", url.Values{"number": {"m-77"}, "expires": {"+90"}})
	rows := b.entries()
	for _, v := range rows {
		v.Del("once") // three pages side by side
	}
	for _, v := range rows[:2] {
		v.Set("do", "give")
		b.post(campaign+"/line", v).want(http.StatusOK)
	}
	rows[2].Set("do", "absent")
	b.post(campaign+"/line", rows[2]).want(http.StatusOK)
	b.get(campaign+"/report").want(http.StatusOK).says("2 mũi trong ngày", "M-77", "Vắng", "đến 17:00", "Thông tư không kèm mẫu")
	// The first page keeps quiet while the day is on, speaks of it from 15:00, and says when it is late.
	at := func(hour int) {
		now := tree.Clock().Now().In(time.FixedZone("ICT", 7*3600))
		tree.Clock().Add(time.Date(now.Year(), now.Month(), now.Day(), hour, 30, 0, 0, now.Location()).Sub(now))
		b.as(nodetest.NurseLogin).get("/").want(http.StatusOK)
	}
	at(14)
	b.silent("Chưa gửi báo cáo chiến dịch")
	at(15)
	b.says("Chưa gửi báo cáo chiến dịch hôm nay", "Còn 1 giờ 30 phút đến 17:00.")
	if len(b.links(campaign+"/report")) != 1 {
		t.Error("no way to the report")
	}
	at(17)
	b.says("Đã quá 17:00")
	b.get(campaign + "/report?day=x").want(http.StatusUnprocessableEntity)
	b.get(campaign + "/report?day=" + (tree.Station.Today() - 1).ISO()).want(http.StatusOK).says("0 mũi trong ngày")
	for _, format := range []string{"csv", "xlsx"} {
		res, err := b.http.Get(b.at.URL + campaign + "/report?format=" + format)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Content-Disposition"), "."+format) {
			t.Errorf("%s: %s %v", format, res.Status, res.Header)
		}
	}
}

// A list as long and as large as desk.RollRowsMax and web.RollBytesMax is read; one row or one byte beyond, nothing is.
func TestRollAtItsLimits(t *testing.T) {
	b := serve(t, nodetest.New(t))
	campaign := b.plan()
	b.as(nodetest.NurseLogin)
	head := "Họ và tên,Ngày sinh\n"
	rows := func(n int) string { return head + strings.Repeat("Lò Văn An,01/02/2018\n", n) }
	b.sendTo(campaign+"/roll", "dai.csv", rows(desk.RollRowsMax)).want(http.StatusOK).says("5.000")
	b.submit(campaign+"/roll/discard", nil)
	b.sendTo(campaign+"/roll", "dai.csv", rows(desk.RollRowsMax+1)).want(http.StatusUnprocessableEntity).says("5.001", "Chia tệp theo lớp")
	fill := func(size int) string {
		text := rows(2)
		return text + strings.Repeat("\n", size-len(text))
	}
	b.sendTo(campaign+"/roll", "to.csv", fill(web.RollBytesMax)).want(http.StatusOK)
	b.submit(campaign+"/roll/discard", nil)
	b.sendTo(campaign+"/roll", "to.csv", fill(web.RollBytesMax+1)).want(http.StatusRequestEntityTooLarge).says("4 MB")
}

// BenchmarkLinePress is a press of Enter on the line of a campaign with 1,000 listed, in classes of 40: the press, and the page with
// the focus on the next child, through real HTTP and on a real disk.
func BenchmarkLinePress(b *testing.B) {
	const listed, perClass = 1_000, 40
	tree := nodetest.New(b)
	d, ctx := tree.Station.Desk, b.Context()
	today := d.Today()
	id, err := d.PlanCampaign(ctx, tree.Head, registry.CampaignInput{Place: tree.Commune, Name: "Sởi mũi 0", Kind: registry.CampaignOutbreak, Vaccine: "SOI", From: today, Until: today + 300})
	if err != nil {
		b.Fatal(err)
	}
	if err := d.ChooseCampaignLot(ctx, tree.Nurse, id, desk.CampaignLot{Number: "M-77", Expires: today + 400}); err != nil {
		b.Fatal(err)
	}
	var entries []p.EntityID
	for i := range listed {
		child, _, err := d.Register(ctx, tree.Nurse, registry.SubjectInput{
			Place: tree.Commune, Name: fmt.Sprintf("Lò Văn Bé %d", i), MotherName: fmt.Sprintf("Mẹ Số %d", i), BirthDate: today - 2000 - registry.Day(i), Sex: registry.SexMale, Hamlet: "bản Na Phay 1",
		}, true)
		if err != nil {
			b.Fatal(err)
		}
		entry, _, err := d.EnrolIn(ctx, tree.Nurse, id, child, strconv.Itoa(i/perClass+1)+"A")
		if err != nil {
			b.Fatal(err)
		}
		entries = append(entries, entry)
	}
	logins := &server.Logins{Store: &server.MemoryLogins{}, Now: tree.Clock().Now}
	w, err := web.New(tree.Station, web.Options{UI: engine, Log: nodetest.Quiet(), Logins: logins})
	if err != nil {
		b.Fatal(err)
	}
	srv := server.New(server.Options{Logins: logins, ErrorPage: w.ErrorPage, Log: nodetest.Quiet()})
	w.Register(srv)
	at := newCaller(b, srv)
	path := "/campaign/" + id.String() + "/line"
	var took []time.Duration
	next := 0
	for b.Loop() {
		if next == len(entries) {
			b.StopTimer()
			tree.Clock().Add(24 * time.Hour) // nobody is left: the rest goes to who is done, which is refused as quickly
			b.StartTimer()
			next = 0
		}
		class := strconv.Itoa(next/perClass+1) + "A"
		begun := time.Now()
		at(http.MethodPost, path, url.Values{"enrolment": {entries[next].String()}, "lot": {"M-77"}, "class": {class}, "do": {"give"}})
		at(http.MethodGet, path+"?class="+class+"&after="+entries[next].String(), nil)
		took = append(took, time.Since(begun))
		next++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
}

// newCaller is a browser that is logged in as the nurse and follows nothing.
func newCaller(b *testing.B, srv *server.Server) func(method, path string, form url.Values) {
	b.Helper()
	ts := httptest.NewServer(srv)
	b.Cleanup(ts.Close)
	c := nodetest.NewCaller(b, ts.URL, nodetest.NurseLogin)
	return func(method, path string, form url.Values) {
		if status, body := c.Ask(method, path, form); status >= 400 {
			b.Fatalf("%s %s: %d %.300s", method, path, status, body)
		}
	}
}
