package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// sessionAgo plans a session for today and lets days go by.
func (b *browser) sessionAgo(days int) (id p.EntityID, day registry.Day) {
	b.t.Helper()
	d := b.tree.Station.Desk
	day = d.Today()
	ids, _, err := d.PlanSessions(context.Background(), b.tree.Nurse, registry.SessionInput{From: registry.NewClock(8, 0), Until: registry.NewClock(10, 0), Capacity: 20}, []registry.Day{day})
	if err != nil {
		b.t.Fatal(err)
	}
	b.wait(days)
	return ids[0], day
}

func (b *browser) wait(days int) {
	b.tree.Clock().Add(time.Duration(days) * 24 * time.Hour)
	b.as(nodetest.NurseLogin)
}

// dosesOf are the doses that stand for somebody, with their day, lot and screening.
func (b *browser) dosesOf(id p.EntityID) (out []registry.Immunization) {
	b.t.Helper()
	rec, err := b.tree.Station.Open(context.Background(), b.tree.Nurse, id)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range rec.Doses {
		if x := rec.Doses[i].Immunization; x.Void == "" {
			out = append(out, x)
		}
	}
	return out
}

// visitsOf are the visits of somebody that stand.
func (b *browser) visitsOf(id p.EntityID) (out []registry.Visit) {
	b.t.Helper()
	err := b.tree.Station.Node.Store().View(context.Background(), func(tx store.Tx) error {
		rows, err := tx.RecordsOf(registry.KindVisit, id)
		for i := range rows {
			s, err := tx.State(rows[i].ID)
			if err != nil {
				return err
			}
			out = append(out, registry.VisitOf(s))
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// The sheet that was printed comes back in its order. What is ticked is saved, each child in an act of their own, with the sheet's day,
// the lot of the sheet and "screened on paper"; the entry's own day stands beside it in the history.
func TestPaperSheetComesBack(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	kids := children(t, tree, 5)
	d := tree.Station.Desk
	day := d.Today()
	ids, _, err := d.PlanSessions(t.Context(), tree.Nurse, registry.SessionInput{From: registry.NewClock(8, 0), Until: registry.NewClock(10, 0), Capacity: 20}, []registry.Day{day})
	if err != nil {
		t.Fatal(err)
	}
	path := "/session/" + ids[0].String()
	b.post(path+"/print", url.Values{"for": {"care"}, "reason": {"buổi tiêm"}}).want(http.StatusOK)
	printed := namesIn(b)
	b.wait(2)
	b.get(path).says("Nhập phiếu giấy")
	b.get(path+"/paper").want(http.StatusOK).says("như phiếu đã in", "5 người trên phiếu")
	if got := namesIn(b); !slices.Equal(got, printed) {
		t.Fatalf("printed %q, came back as %q", printed, got)
	}
	lots := url.Values{"vlot.DPT-VGB-HIB": {"A24-123"}, "vlot.BOPV": {"P-1"}}
	for name := range b.form(path + "/paper") {
		if code, is := strings.CutPrefix(name, "vlot."); is && lots.Get(name) == "" {
			lots["vnone."+code] = []string{"1"}
		}
	}
	first, second, third := kids[0].String(), kids[1].String(), kids[2].String()
	typed := url.Values{"save": {"all"}, "as." + first: {"1"}, "as." + second: {"1"}, "give." + third: {"BOPV"}}
	for name, v := range lots {
		typed[name] = v
	}
	b.submit(path+"/paper", typed).want(http.StatusOK).says("Đã lưu 3 người", "3 người đã ghi")
	for _, id := range kids[:2] {
		doses := b.dosesOf(id)
		if len(doses) < 2 {
			t.Fatalf("%d doses", len(doses))
		}
		for _, x := range doses {
			if x.GivenOn != day || x.Screening != registry.ScreeningOnPaper || x.Vaccine == "BOPV" && x.Lot != "P-1" || x.Source != registry.SourceHere {
				t.Errorf("%+v", x.ImmunizationInput)
			}
		}
		visits := b.visitsOf(id)
		if len(visits) != 1 || visits[0].Day != day || !visits[0].Paper || visits[0].Session != ids[0] || visits[0].Conclusion != registry.ScreeningOnPaper {
			t.Errorf("visits %+v", visits)
		}
	}
	if doses := b.dosesOf(kids[2]); len(doses) != 1 || doses[0].Vaccine != "BOPV" {
		t.Errorf("the third child had one vaccine ticked, and has %d", len(doses))
	}
	b.get("/child/"+first+"/history").says("08:00 hôm nay", "Ngày tiêm: sau: "+day.String())

	// Typed twice, from a page that was open: nothing is doubled, and it says so.
	before := len(b.dosesOf(kids[0]))
	b.get(path + "/paper")
	again := url.Values{"save": {first}, "as." + first: {"1"}}
	b.post(path+"/paper", b.merged(path+"/paper", again)).says("Đã ghi")
	if got := len(b.dosesOf(kids[0])); got != before {
		t.Errorf("%d doses became %d", before, got)
	}
	b.get(path + "/paper")
	b.submit(path+"/paper", url.Values{"save": {"all"}}).want(http.StatusUnprocessableEntity).says("Chưa đánh dấu ai.")

	// The whole press is taken back in one.
	fourth := kids[3].String()
	typed = url.Values{"save": {"all"}, "as." + fourth: {"1"}}
	for name, v := range lots {
		typed[name] = v
	}
	b.get(path + "/paper")
	b.submit(path+"/paper", typed).want(http.StatusOK).says("Đã lưu 1 người")
	b.submit("/undo", nil).want(http.StatusOK)
	if got := b.dosesOf(kids[3]); len(got) != 0 {
		t.Errorf("taken back, and %d doses stand", len(got))
	}
	for _, v := range b.visitsOf(kids[3]) {
		if v.Conclusion != 0 || v.Paper {
			t.Errorf("taken back, and the visit says %+v", v.VisitInput)
		}
	}
	b.get(path + "/paper").says("Đủ như phiếu")
}

// namesIn are the names in a list, in its order.
func namesIn(b *browser) (out []string) {
	for text := b.text(); ; {
		i := strings.Index(text, "Lò Văn ")
		if i < 0 {
			return out
		}
		end := i + len("Lò Văn 00")
		if name := text[i:end]; !slices.Contains(out, name) {
			out = append(out, name)
		}
		text = text[end:]
	}
}

// anyLots says of each vaccine on the page that nobody wrote its lot down.
func (b *browser) anyLots(path string) url.Values {
	out := url.Values{}
	for name := range b.form(path) {
		if code, is := strings.CutPrefix(name, "vlot."); is {
			out["vnone."+code] = []string{"1"}
		}
	}
	return out
}

func with(v url.Values, more ...string) url.Values {
	for i := 0; i < len(more); i += 2 {
		v[more[i]] = []string{more[i+1]}
	}
	return v
}

// A row that does not go stays as it was typed, with the reason in it; the others are saved. Without a lot nothing is saved, unless it
// is said that nobody knows it: then the dose waits in a list, where one lot is written for many at once.
func TestPaperSheetSaysWhatDidNotGo(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	kids := children(t, tree, 4)
	session, day := b.sessionAgo(1)
	path := "/session/" + session.String() + "/paper"
	good, bad := kids[0].String(), kids[1].String()
	b.get(path).want(http.StatusOK).says("danh sách lập theo sổ")
	b.submit(path, url.Values{"save": {"all"}, "give." + good: {"BOPV"}}).want(http.StatusUnprocessableEntity).says("1 hàng chưa lưu được")
	if b.wrong("vlot.BOPV") == "" || !slices.Equal(b.form(path)["give."+good], []string{"BOPV"}) {
		t.Error("the missing lot is not told at its field, or what was ticked is gone")
	}
	b.submit(path, with(b.anyLots(path), "save", "all", "give."+good, "BOPV", "as."+bad, "1", "at."+bad, "25h")).want(http.StatusUnprocessableEntity).says("Đã lưu 1 người, 1 mũi.", "1 hàng chưa lưu được")
	if b.wrong("at."+bad) == "" || b.form(path).Get("at."+bad) != "25h" || b.form(path).Get("as."+bad) != "1" {
		t.Error("what was wrong with a row is not beside its field, or what was typed is gone")
	}
	if len(b.dosesOf(kids[0])) != 1 || len(b.dosesOf(kids[1])) != 0 {
		t.Error("not exactly the good row was saved")
	}
	b.submit(path, url.Values{"save": {bad}, "at." + bad: {"9h15"}, "weight." + bad: {"5400"}}).want(http.StatusOK).says("Đã lưu 1 người")
	if v := b.visitsOf(kids[1]); len(v) != 1 || v[0].Weight != 5400 || v[0].Dosed != registry.NewClock(9, 15) {
		t.Errorf("visit %+v", v)
	}

	// Not given, with the reason: of what was not ticked.
	third := kids[2].String()
	b.get(path)
	b.submit(path, url.Values{"show": {third}}).want(http.StatusOK)
	b.submit(path, with(b.anyLots(path), "save", "all", "give."+third, "BOPV", "not."+third, "postponed", "note."+third, "sốt 38,5")).want(http.StatusOK)
	given, not := 0, 0
	for _, x := range b.dosesOf(kids[2]) {
		if x.Given() {
			given++
		} else if x.NotDone == registry.NotDonePostponed && x.GivenOn == day {
			not++
		}
	}
	if given != 1 || not == 0 {
		t.Errorf("%d given, %d postponed", given, not)
	}

	// The doses without a lot wait, and are filled in at once.
	b.get("/").says("mũi chưa có số lô")
	b.get("/review").says("mũi chưa có số lô")
	b.get("/lots/missing").want(http.StatusOK).says("Mũi chưa có số lô", "Lò Văn 00", "Lò Văn 01", "Lò Văn 02")
	group := "g-" + day.ISO() + "-BOPV"
	action := "/lots/missing#" + group
	doses := b.form(action)["dose"]
	if len(doses) != 3 {
		t.Fatalf("%d doses of one vaccine wait for their lot", len(doses))
	}
	b.submit(action, url.Values{"lot": {""}}).want(http.StatusUnprocessableEntity)
	b.submit(action, url.Values{"lot": {"p-77"}, "expires": {"12/2027"}, "dose": doses[:2]}).want(http.StatusOK).says("Đã ghi lô P-77 cho 2 mũi.")
	b.submit("/undo", nil).want(http.StatusOK)
	if got := b.form(action)["dose"]; len(got) != 3 {
		t.Errorf("taken back, and %d wait", len(got))
	}
	b.submit(action, url.Values{"lot": {"p-77"}}).want(http.StatusOK).says("Đã ghi lô P-77 cho 3 mũi.")
	for _, id := range kids[:3] {
		for _, x := range b.dosesOf(id) {
			if x.Vaccine == "BOPV" && x.Lot != "P-77" {
				t.Errorf("lot %q", x.Lot)
			}
		}
	}
}

// A lot that will never be known is said to be so, with the reason: the doses leave the list of what is to be done, their records say it,
// and it is taken back at once or later. A lot that is found after all takes its place.
func TestLotThatWillNeverBeKnown(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	kids := children(t, tree, 2)
	session, day := b.sessionAgo(1)
	path := "/session/" + session.String() + "/paper"
	b.get(path)
	b.submit(path, with(b.anyLots(path), "save", "all", "give."+kids[0].String(), "BOPV", "give."+kids[1].String(), "BOPV")).want(http.StatusOK)
	action := "/lots/missing#g-" + day.ISO() + "-BOPV"
	b.get("/lots/missing").want(http.StatusOK).says("Không bao giờ biết được lô")
	b.submit(action, url.Values{"do": {"lost"}}).want(http.StatusUnprocessableEntity).says("Chọn vì sao.")
	b.submit(action, url.Values{"do": {"lost"}, "why": {"vial"}}).want(http.StatusOK).says("Đã chốt 2 mũi không biết lô: Vỏ lọ đã bỏ.", "Không mũi nào thiếu lô.", "Đã chốt không biết lô: 2 mũi")
	b.get("/").silent("mũi chưa có số lô")
	child := "/child/" + kids[0].String()
	b.get(child).says("không biết lô")
	dose := b.dosesOf(kids[0])[0]
	b.get("/dose/" + dose.ID.String()).says("Vỏ lọ đã bỏ")
	b.get("/lots/missing")
	b.submit("/lots/missing", url.Values{"group": {"l-" + day.ISO() + "-BOPV"}, "do": {"ask"}, "dose": {}}).want(http.StatusUnprocessableEntity)
	b.submit("/lots/missing", url.Values{"group": {"l-" + day.ISO() + "-BOPV"}, "do": {"ask"}}).want(http.StatusOK).says("2 mũi chờ số lô trở lại.")
	b.submit(action, url.Values{"do": {"lost"}, "why": {"vial"}}).want(http.StatusOK)
	b.submit("/undo", nil).want(http.StatusOK)
	b.get("/lots/missing").says("Lò Văn 00", "Lò Văn 01").silent("Đã chốt không biết lô")
	b.submit(action, url.Values{"do": {"lost"}, "why": {"paper"}}).want(http.StatusOK)
	again := url.Values{"group": {"l-" + day.ISO() + "-BOPV"}, "do": {"ask"}, "dose": {dose.ID.String()}}
	b.get("/lots/missing")
	b.submit("/lots/missing", again).want(http.StatusOK).says("1 mũi chờ số lô trở lại.")
	b.submit(action, url.Values{"lot": {"p-77"}}).want(http.StatusOK)
	if x := b.dosesOf(kids[0])[0]; x.Lot != "P-77" || x.LotLost != 0 {
		t.Errorf("found after all: lot %q, lost %d", x.Lot, x.LotLost)
	}
	if x := b.dosesOf(kids[1])[0]; x.Lot != "" || x.LotLost != registry.LotLostPaper {
		t.Errorf("settled: lot %q, lost %d", x.Lot, x.LotLost)
	}
}

// Who did not stand on the sheet is found by the end of their code, or registered in the row, in one act with what they were given. A
// child who is here already is shown first, and is not entered twice.
func TestPaperSheetTakesUnknownChildren(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	kids := children(t, tree, 2)
	visitor := b.kid("Vàng A Mới", "bản Na Phay 1", "0385000999")
	var code string
	b.get("/child/" + visitor.String())
	code = b.codeOf()
	day := b.tree.Station.Today()
	b.wait(1)
	path := "/paper?day=" + day.ISO()
	b.get("/paper").want(http.StatusOK).says("Nhập ngày ghi giấy")
	b.get("/paper?day=q").want(http.StatusOK)
	b.get("/paper?day=" + (day + 2).ISO()).want(http.StatusUnprocessableEntity).says("chưa tới")
	b.get(path).want(http.StatusOK)
	digits := strings.ReplaceAll(code, " ", "")
	b.submit(path, url.Values{"do": {"find"}, "q": {digits[len(digits)-6:]}}).want(http.StatusOK).says("Vàng A Mới")
	b.submit(path, url.Values{"do": {"new"}}).want(http.StatusOK).says("Trẻ mới")
	typed := with(b.anyLots(path), "save", "n1", "mother.n1", "Lường Thị Én", "born.n1", "01/09/2026", "sex.n1", "male", "hamlet.n1", "bản Na Phay 2", "give.n1", "BCG", "vnone.BCG", "1")
	b.submit(path, with(typed, "born.n1", "31/31")).want(http.StatusUnprocessableEntity)
	if b.wrong("born.n1") == "" || b.form(path).Get("mother.n1") != "Lường Thị Én" {
		t.Error("what is wrong with the child's birth date stands beside no field, or what was typed is gone")
	}
	b.submit(path, url.Values{"save": {"n1"}, "born.n1": {"01/09/2026"}}).want(http.StatusOK).says("Đã lưu 1 người, 1 mũi.", "CB Lường Thị Én")
	found, err := tree.Station.Search(t.Context(), tree.Nurse, "luong thi en")
	if err != nil || len(found) != 1 {
		t.Fatalf("%d found, %v", len(found), err)
	}
	if doses := b.dosesOf(found[0].ID); len(doses) != 1 || doses[0].GivenOn != day || doses[0].Screening != registry.ScreeningOnPaper {
		t.Errorf("doses %+v", doses)
	}

	// While a child is typed those show whom it may be; somebody else who appears asks anew.
	asked := url.Values{"row": {"n1"}, "mother.n1": {"Mẹ 00"}, "born.n1": {(day - 70).String()}, "phone.n1": {"0385000400"}, "name.n1": {"Lò Văn 00"}}
	b.partial(http.MethodPost, "/paper/candidates", asked).want(http.StatusOK).says("Lò Văn 00", "Mẹ 00", "Không phải ai ở trên")
	if n := len(b.all("input")); n < 2 {
		t.Errorf("%d controls say who it is not", n)
	}
	asked["force.n1"], asked["different.n1"] = []string{"1"}, []string{kids[1].String()}
	if got := b.partial(http.MethodPost, "/paper/candidates", asked); slices.ContainsFunc(got.all("input"), func(n *html.Node) bool {
		return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "checked" })
	}) {
		t.Error("what was said of one holds for another")
	}
	b.partial(http.MethodPost, "/paper/candidates", url.Values{"row": {"n1"}, "born.n1": {"31/31"}}).want(http.StatusOK).silent("Lò Văn")

	// The same child typed again: shown, and taken for who it is.
	b.get(path)
	b.submit(path, url.Values{"do": {"new"}}).want(http.StatusOK)
	again := with(b.anyLots(path), "save", "n1", "mother.n1", "Mẹ 00", "name.n1", "Lò Văn 00", "born.n1", (day - 70).String(), "sex.n1", "male", "phone.n1", "0385000400", "give.n1", "BCG", "vnone.BCG", "1")
	b.submit(path, again).want(http.StatusUnprocessableEntity).says("Chính là em này", "Lò Văn 00")
	before := len(b.dosesOf(kids[0]))
	b.submit(path, url.Values{"pick": {kids[0].String() + ".n1"}}).want(http.StatusOK)
	key := kids[0].String()
	if got := b.form(path)["give."+key]; !slices.Equal(got, []string{"BCG"}) {
		t.Errorf("what was ticked for the new child went to %v", got)
	}
	b.submit(path, url.Values{"save": {"all"}}).want(http.StatusOK).says("Đã lưu 1 người")
	if got := len(b.dosesOf(kids[0])); got != before+1 {
		t.Errorf("%d doses became %d", before, got)
	}
}

// What was given on another day makes a visit of that day, screened on paper, and is taken back with it.
func TestBackEntryMakesAVisit(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	kid := children(t, tree, 1)[0]
	child := "/child/" + kid.String()
	day := tree.Station.Today() - 3
	b.get(child)
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "on": {day.String()}, "lot.BOPV": {"P-1"}}).want(http.StatusOK)
	visits := b.visitsOf(kid)
	if len(visits) != 1 || visits[0].Day != day || !visits[0].Paper || visits[0].Conclusion != registry.ScreeningOnPaper || visits[0].Arrived != 0 {
		t.Fatalf("visits %+v", visits)
	}
	b.submit("/undo", nil).want(http.StatusOK)
	if v := b.visitsOf(kid); len(v) != 1 || v[0].Paper || v[0].Conclusion != 0 {
		t.Errorf("taken back, and the visit says %+v", v)
	}
	// What a card tells is nobody's visit here.
	b.get(child)
	b.submit(child+"/visit", url.Values{"only": {"other"}, "other": {"BCG"}, "other_source": {"card"}, "other_on": {day.String()}, "give": nil}).want(http.StatusOK)
	if v := b.visitsOf(kid); len(v) != 1 {
		t.Errorf("%d visits", len(v))
	}
}

// As far back, as many people and as long a word as the pages take, and one more.
func TestPaperLimits(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	today := tree.Station.Today()
	path := "/paper?day=" + today.ISO()
	count := func(name string) int { return len(b.form(path)[name]) }
	b.get(path)
	const paperNewMax, paperExtraMax = 12, 100
	for range paperNewMax + 1 {
		b.submit(path, url.Values{"do": {"new"}}).want(http.StatusOK)
	}
	if n := count("new"); n != paperNewMax {
		t.Errorf("%d new children at once", n)
	}
	kid := children(t, tree, 1)[0]
	other := p.EntityID{1}
	for n, want := range map[int]bool{paperExtraMax - 1: true, paperExtraMax: false} {
		extra := make([]string, n)
		for i := range extra {
			other[15], other[14] = byte(i), 7
			extra[i] = other.String()
		}
		b.get(path)
		b.submit(path, url.Values{"extra": extra, "pick": {kid.String()}}).want(http.StatusOK)
		if got := slices.Contains(b.form(path)["extra"], kid.String()); got != want {
			t.Errorf("with %d on the list another is added: %v", n, got)
		}
	}
}
