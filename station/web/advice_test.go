package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
)

// parse reads a day as the card has it.
func parse(t *testing.T, text string) registry.Day {
	t.Helper()
	day, err := registry.ParseDay(text, registry.Today(nodetest.Start, registry.VietnamOffset))
	if err != nil {
		t.Fatal(err)
	}
	return day
}

// card records what stands on a child's card: vaccine and days, "IPV 20/03/2026 20/07/2026". Vaccines of which
// nothing is said have no dose.
func (b *browser) card(child string, lines ...string) {
	b.t.Helper()
	for _, line := range lines {
		words := strings.Fields(line)
		for _, on := range words[1:] {
			v := desk.Visit{Subject: idOf(b.t, child), Doses: []registry.ImmunizationInput{{Vaccine: words[0], GivenOn: parse(b.t, on), Source: registry.SourceCard}}}
			if _, err := b.tree.Station.RecordVisit(context.Background(), b.tree.Nurse, v); err != nil {
				b.t.Fatal(line, err)
			}
		}
	}
}

// given lists the days on which a child had a vaccine, as this station knows.
func (b *browser) given(child, vaccine string) string {
	b.t.Helper()
	var out []string
	err := b.tree.Station.Node.Store().View(context.Background(), func(tx store.Tx) error {
		row, err := tx.SubjectRow(idOf(b.t, child))
		if err != nil {
			return err
		}
		var doses []project.ImmunizationRow
		doses, err = tx.DosesOfCase(row.Case)
		for i := range doses {
			if d := &doses[i]; d.Vaccine == vaccine && !d.Void && d.NotDone == 0 {
				out = append(out, d.GivenOn.String())
			}
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.Join(out, " ")
}

// neighbour adds a station in the next commune, with a nurse "mai".
func neighbour(t *testing.T, tr *nodetest.Tree) *nodetest.Tree {
	t.Helper()
	ctx := context.Background()
	commune, err := tr.Hub.AddPlace(ctx, tr.Admin, registry.PlaceInput{Parent: tr.Province, Code: "gso:03369", Name: "Xã Núa Ngam", Level: registry.LevelCommune, Type: "xa"})
	if err != nil {
		t.Fatal(err)
	}
	place, err := tr.Hub.AddPlace(ctx, tr.Admin, registry.PlaceInput{Parent: commune, Code: "kcb:11002", Name: "Trạm Y tế xã Núa Ngam", Level: registry.LevelFacility, Type: registry.PlaceStation})
	if err != nil {
		t.Fatal(err)
	}
	tr.AddUser(t, "mai", "Vừ Thị Mái", rights.Nurse, commune)
	other := *tr
	other.Commune = commune
	other.Station = tr.AddStation(t, tr.Hub, place, "Máy Núa Ngam")
	other.Sync(t)
	t.Cleanup(other.Station.Uplink.Client.Close)
	return &other
}

// at moves the clock to eight in the morning of a day, and logs in again.
func (b *browser) on(day, login string) *browser {
	b.t.Helper()
	clock := b.tree.Clock()
	now := clock.Now()
	then := time.Date(now.Year(), now.Month(), now.Day(), 1, 0, 0, 0, time.UTC).AddDate(0, 0, int(parse(b.t, day)-registry.Today(now, registry.VietnamOffset)))
	clock.Add(then.Sub(now))
	return b.as(login)
}

// twoDoses are the days of a child of thirteen months that lacks nothing but Japanese encephalitis.
var twoDoses = []string{
	"VGB0 20/10/2025", "BCG 20/10/2025", "DPT-VGB-HIB 20/12/2025 20/01/2026 20/02/2026", "BOPV 20/12/2025 20/01/2026 20/02/2026",
	"IPV 20/03/2026", "SOI 20/07/2026",
}

// Two doses of the vaccine against Japanese encephalitis at two stations that do not hear of each other. The
// first is given at Mường Nhà on 26/11, the second at Núa Ngam on 02/12; Mường Nhà heard of the rest of the world
// on 01/12 and is asked for a dose on 03/12, when by its own book it is due. It asks before the needle.
func TestDoseGivenElsewhereYesterday(t *testing.T) {
	tr := nodetest.New(t)
	a := serve(t, tr).as(nodetest.NurseLogin)
	far := neighbour(t, tr)
	b := serve(t, far).as("mai")
	kids := map[string]string{}
	for i, name := range []string{"Lò Gia Bảo", "Giàng Thị Sua", "Quàng Hải Đăng"} {
		mother := []string{"Lò Thị Mai", "Vàng Thị Mỷ", "Cà Thị Pâng"}[i]
		kids[name] = a.baby(url.Values{"name": {name}, "mother": {mother}, "born": {"20/10/2025"}, "phone": {""}})
		a.card(kids[name], twoDoses...)
		tr.Sync(t)
		b.get("/elsewhere")
		b.submit("/elsewhere", url.Values{"name": {name}, "born": {"20/10/2025"}, "mother": {mother}}).want(http.StatusOK)
		b.submit("/elsewhere/fetch", nil).want(http.StatusOK).says("Đã đưa hồ sơ về.")
		b.get(kids[name])
		b.submit(kids[name]+"/visit", url.Values{"give": {"IPV"}, "screening": {"eligible"}}).want(http.StatusOK)
	}
	bao, sua, dang := kids["Lò Gia Bảo"], kids["Giàng Thị Sua"], kids["Quàng Hải Đăng"]
	far.Sync(t)

	a.on("26/11/2026", nodetest.NurseLogin)
	tr.Sync(t)
	for _, child := range kids {
		a.get(child).verdict("VNNB", "yes").silent("Hỏi trước")
		a.submit(child+"/visit", url.Values{"give": {"VNNB"}, "screening": {"eligible"}}).want(http.StatusOK)
	}
	a.on("01/12/2026", nodetest.NurseLogin)
	tr.Sync(t)
	b.on("02/12/2026", "mai")
	for _, child := range kids {
		b.get(child).verdict("VNNB", "n-ask")
		b.submit(child+"/visit", url.Values{"give": {"VNNB"}, "screening": {"eligible"}, "checked": {"told"}}).want(http.StatusOK)
	}

	const question = "Hỏi trước Đã tiêm nơi khác 25/11/2026 ở Trạm Y tế xã Núa Ngam. “Từ 01/12/2026 bé có tiêm VNNB ở nơi khác không? Xem sổ giúp.”"
	a.on("03/12/2026", nodetest.NurseLogin)
	for _, child := range kids {
		a.get(child).verdict("VNNB", "n-ask", "Hỏi trước").says(question)
	}

	// Nobody asked: nothing is saved, and the page says so where the answer goes.
	a.get(bao)
	a.submit(bao+"/visit", url.Values{"give": {"VNNB"}, "screening": {"eligible"}, "lot.VNNB": {"JE-1"}}).want(http.StatusUnprocessableEntity)
	if got := a.wrong("checked"); !strings.HasPrefix(got, "Hỏi trước khi tiêm: chọn đã xem sổ") {
		t.Errorf("beside the answer stands %q", got)
	}
	if v := a.form(bao + "/visit"); v.Get("give") != "VNNB" || v.Get("lot.VNNB") != "JE-1" {
		t.Errorf("the entry was not kept: %v", v)
	}
	// She looks at the card, finds yesterday's dose, and records it in the same visit: too soon by that.
	typed := url.Values{"checked": {"card"}, "other": {"VNNB"}, "other_source": {"card"}, "other_on": {"02/12/2026"}}
	a.submit(bao+"/visit", typed).want(http.StatusUnprocessableEntity)
	if got := a.wrong("against"); got == "" {
		t.Errorf("nothing stands beside the reason: %s", a.text())
	}
	if got := a.given(bao, "VNNB"); got != "26/11/2026" {
		t.Errorf("the doses are %s", got)
	}
	typed.Set("only", "other")
	a.submit(bao+"/visit", typed).want(http.StatusOK)
	if got := a.given(bao, "VNNB"); got != "26/11/2026 02/12/2026" {
		t.Errorf("the doses are %s", got)
	}
	a.get(bao).verdict("VNNB", "never", "Không: còn sớm", "từ 09/12/2026").silent(question)

	// On another child's card is nothing new: saved, with what was looked at.
	a.get(sua)
	a.submit(sua+"/visit", url.Values{"give": {"VNNB"}, "screening": {"eligible"}, "checked": {"card"}}).want(http.StatusOK).says("Giàng Thị Sua, 1 mũi.")
	if got := a.given(sua, "VNNB"); got != "26/11/2026 03/12/2026" {
		t.Errorf("the doses are %s", got)
	}
	a.get(sua + "/history").says("Đã hỏi: sau: Đã xem sổ")
	for _, link := range a.get(sua).links("/dose/") {
		if a.get(link); strings.Contains(a.text(), "03/12/2026") {
			a.says("Đã xem sổ")
		}
	}

	// Once both have been heard, there is nothing to ask any more.
	far.Sync(t)
	tr.Sync(t)
	if got := a.given(dang, "VNNB"); got != "26/11/2026 02/12/2026" {
		t.Errorf("after the exchange the doses are %s", got)
	}
	a.get(dang).verdict("VNNB", "never", "Không: còn sớm", "từ 09/12/2026").silent("Hỏi trước")
	a.on("09/12/2026", nodetest.NurseLogin)
	tr.Sync(t)
	a.get(dang).verdict("VNNB", "yes")
}

// Old news is no reason to ask where nothing points elsewhere; the page says how old it is.
func TestOldNewsWithoutASign(t *testing.T) {
	tr := nodetest.New(t)
	b := serve(t, tr).as(nodetest.NurseLogin)
	child := b.baby(url.Values{"born": {"25/09/2026"}})
	b.get(child).verdict("BOPV", "yes")
	tr.Sync(t)
	b.on("04/12/2026", nodetest.NurseLogin)
	b.get(child).says("Tin cũ 9 ngày.", "Chưa nghe tuyến trên từ 25/11/2026", "tin mới đến 25/11 08:00").verdict("BOPV", "yes", "Uống được").
		verdict("DPT-VGB-HIB", "yes").silent("Hỏi trước")
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}}).want(http.StatusOK)
	if got := b.given(child, "BOPV"); got != "04/12/2026" {
		t.Errorf("the doses are %s", got)
	}
}

// What the schedule speaks against is given for a reason, which is kept with the dose, or not at all. Between two
// live vaccines by needle there are four weeks.
func TestGivenAgainstTheSchedule(t *testing.T) {
	tr := nodetest.New(t)
	b := serve(t, tr).as(nodetest.NurseLogin)
	child := b.baby(url.Values{"born": {"25/01/2026"}})
	b.verdict("SOI", "yes").verdict("BCG", "yes")
	b.submit(child+"/visit", url.Values{"give": {"SOI"}, "screening": {"eligible"}}).want(http.StatusOK)

	b.on("22/12/2026", nodetest.NurseLogin) // 27 days
	tr.Sync(t)
	b.get(child).verdict("BCG", "never", "Không: còn sớm", "Cách Sởi ít nhất 28 ngày: từ 23/12/2026.")
	b.submit(child+"/visit", url.Values{"give": {"BCG"}, "screening": {"eligible"}}).want(http.StatusUnprocessableEntity)
	if got := b.wrong("against"); got == "" {
		t.Errorf("nothing stands beside the reason: %s", b.text())
	}
	if got := b.given(child, "BCG"); got != "" {
		t.Errorf("BCG was saved: %s", got)
	}
	b.submit(child+"/visit", url.Values{"against": {"bé ở xa, mai không quay lại được"}}).want(http.StatusOK)
	if got := b.given(child, "BCG"); got != "22/12/2026" {
		t.Errorf("the doses are %s", got)
	}
	b.get(child+"/history").says("bé ở xa, mai không quay lại được", "Tiêm dù chưa nên vì")
	for _, link := range b.get(child).links("/dose/") {
		if b.get(link); strings.Contains(b.text(), "22/12/2026") {
			b.says("bé ở xa, mai không quay lại được")
		}
	}

	// Another child comes a day later.
	second := b.baby(url.Values{"name": {"Giàng Thị Sua"}, "mother": {"Vàng Thị Mỷ"}, "born": {"25/01/2026"}, "phone": {""}})
	b.card(second, "SOI 25/11/2026")
	b.get(second).verdict("BCG", "never")
	b.on("23/12/2026", nodetest.NurseLogin) // 28 days
	tr.Sync(t)
	b.get(second).verdict("BCG", "yes")
	b.submit(second+"/visit", url.Values{"give": {"BCG"}, "screening": {"eligible"}}).want(http.StatusOK)
	if got := b.given(second, "BCG"); got != "23/12/2026" {
		t.Errorf("the doses are %s", got)
	}
}

// That a vaccine has run out is known from whom was sent home for want of it; the next child is not promised it, and
// the first who has it all the same shows that there is some again.
func TestRanOutHere(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	var kids []string
	for _, name := range []string{"Vàng A An", "Thào Thị Bình", "Sùng Mí Chư", "Giàng A Dơ"} {
		kids = append(kids, b.baby(url.Values{"name": {name}, "mother": {"Mẹ " + name}, "phone": {""}, "born": {"20/11/2026"}}))
	}
	b.get(kids[1]).verdict("BCG", "yes", "Tiêm được").silent("hết vắc xin")
	b.get(kids[3])
	b.submit(kids[3]+"/visit", url.Values{"give": {"BCG"}, "screening": {"eligible"}}).want(http.StatusOK)
	tree.Clock().Add(10 * time.Minute)
	b.get(kids[0])
	b.submit(kids[0]+"/visit", url.Values{"give": {"BCG"}, "not_done": {"no_vaccine"}}).want(http.StatusOK)
	b.get(kids[1]).verdict("BCG", "yes", "Đến hạn, hết vắc xin")
	if got := b.form(kids[1] + "/visit")["give"]; slices.Contains(got, "BCG") {
		t.Errorf("ticked are %v", got)
	}
	tree.Clock().Add(10 * time.Minute)
	b.submit(kids[1]+"/visit", url.Values{"give": {"BCG"}, "screening": {"eligible"}}).want(http.StatusOK).says("Thào Thị Bình, 1 mũi.")
	b.get(kids[2]).verdict("BCG", "yes", "Tiêm được").silent("hết vắc xin")
}
