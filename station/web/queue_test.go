package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// sendMax is how many one press sends home.
const sendMax = 500

// part is the text of one part of the lists.
func (b *browser) part(id string) string {
	for _, tag := range []string{"section", "details", "form"} {
		for _, n := range b.all(tag) {
			if attr(n, "id") == id {
				return content(n)
			}
		}
	}
	return ""
}

func (b *browser) standsIn(part, name string) {
	b.t.Helper()
	for _, id := range []string{"due", "overdue", "waiting", "ready", "watch", "done"} {
		if got := strings.Contains(b.part(id), name); got != (id == part) {
			b.t.Errorf("%s in %q: %v, and belongs into %q", name, id, got, part)
		}
	}
}

// A child goes through the day: not here, to be screened, ready, watched, gone, and each step can be taken back.
func TestQueueThroughTheDay(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	id := idOf(t, child).String()
	b.get("/").standsIn("overdue", "Lò Gia Bảo")
	b.submit("/day/arrive", url.Values{"who": {id}}).want(http.StatusOK).says("Lò Gia Bảo đã đến, chờ khám.").standsIn("waiting", "Lò Gia Bảo")
	b.submit("/undo", nil).want(http.StatusOK)
	b.get("/").standsIn("overdue", "Lò Gia Bảo")
	b.submit("/day/arrive", url.Values{"who": {id}}).want(http.StatusOK)
	b.says("đến 08:00")

	// Nothing is wrong: one tap. Then the panel asks for no screening any more.
	b.get(child+"/screen").want(http.StatusOK).says("Hoãn nếu trên 38,0 hoặc dưới 35,5 °C", "QĐ 1575/QĐ-BYT 2023")
	b.submit(child+"/screen", url.Values{"do": {"eligible"}, "temperature": {"36,7"}, "weight": {"6,2"}}).want(http.StatusOK)
	b.says("Lò Gia Bảo: Đủ điều kiện, chờ tiêm.", "khám xong 08:00: Đủ điều kiện").standsIn("ready", "Lò Gia Bảo")
	b.get(child).says("Cà Thị Diên ký 08:00", "36,7 °C")
	if v := b.form(child + "/visit"); v.Has("temperature") {
		t.Error("the panel asks for the screening again")
	}
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "lot.BOPV": {"P-1"}}).want(http.StatusOK).standsIn("watch", "Lò Gia Bảo")

	b.tree.Clock().Add((registry.WatchMinutes - 1) * time.Minute)
	b.as(nodetest.NurseLogin).get("/").says("còn 1 phút").silent("Vừa hết giờ")
	b.tree.Clock().Add(time.Minute)
	b.get("/").says("Vừa hết giờ", "Cho 1 người hết giờ về")
	b.submit("/day/send", url.Values{"all_over": {"1"}}).want(http.StatusOK).says("Lò Gia Bảo đã về.").standsIn("done", "Lò Gia Bảo")
	b.submit("/undo", nil).want(http.StatusOK)
	b.get("/").standsIn("watch", "Lò Gia Bảo")
	b.submit("/day/send", url.Values{"who": {id}}).want(http.StatusOK).standsIn("done", "Lò Gia Bảo")

	b.get("/day/close").want(http.StatusOK).says("1 người đến, 1 mũi", "P-1", "Không còn gì. Kết thúc được.")
	b.submit("/day/close", nil).want(http.StatusOK).says("Đã kết thúc buổi.", "Đã kết thúc lúc 08:30. Cà Thị Diên")
	b.submit("/undo", nil).want(http.StatusOK).silent("Đã kết thúc lúc")
}

// One save with doses is arrival, screening and watch at once, and its undo takes all of it back.
func TestWhoSkipsTheStepsIsNotStopped(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "lot.BOPV": {"P-1"}}).want(http.StatusOK).standsIn("watch", "Lò Gia Bảo")
	b.submit("/undo", nil).want(http.StatusOK)
	b.get("/").standsIn("overdue", "Lò Gia Bảo")
}

// What is found proposes a conclusion; the page says so once, and then a person decides.
func TestScreeningWithFindings(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	b.get(child + "/screen")
	b.submit(child+"/screen", url.Values{"do": {"eligible"}, "temperature": {"38,4"}}).want(http.StatusUnprocessableEntity)
	b.says("Gợi ý theo hướng dẫn", "Hoãn: Sốt.")
	v := b.form(child + "/screen")
	if v.Get("conclusion") != "postpone" || !slices.Equal(v["finding"], []string{"fever"}) || v.Get("temperature") != "38,4" {
		t.Errorf("after a fever the form holds %v", v)
	}
	if !slices.Contains(v["not_done"], "BOPV") {
		t.Errorf("what is due is not offered to be noted as not given: %v", v["not_done"])
	}
	b.submit(child+"/screen", url.Values{"do": {"chosen"}, "not_done": {"BOPV"}, "next": {"+7"}}).want(http.StatusOK)
	b.says("Lò Gia Bảo: Hoãn. Hôm nay chưa tiêm.").standsIn("done", "Lò Gia Bảo")
	b.get(child).says("02/12/2026", "38,4 °C. Sốt.")
	// Screened again by somebody who decides otherwise: her word counts.
	b.get(child + "/screen")
	b.submit(child+"/screen", url.Values{"do": {"eligible"}}).want(http.StatusUnprocessableEntity)
	b.submit(child+"/screen", url.Values{"do": {"eligible"}}).want(http.StatusOK).says("Lò Gia Bảo: Đủ điều kiện")
	for _, wrong := range []url.Values{{"temperature": {"nóng"}}, {"temperature": {"99"}}, {"weight": {"ba cân"}}, {"weight": {"0,2"}}, {"next": {"25/11/2025"}}} {
		b.get(child + "/screen")
		for name := range wrong {
			b.submit(child+"/screen", wrong).want(http.StatusUnprocessableEntity)
			if b.wrong(name) == "" {
				t.Errorf("%v: nothing stands beside it", wrong)
			}
		}
	}
}

// An open page asks every second and a half. While nothing has changed the answer is a few bytes, whoever looks; when another device
// has written something it is the lists.
func TestListsAnswerNothingNew(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	id := idOf(t, b.baby(nil)).String()
	b.get("/")
	tag := ""
	for _, n := range b.all("div") {
		if attr(n, "id") == "lists" {
			var headers map[string]string
			if err := json.Unmarshal([]byte(attr(n, "hx-headers")), &headers); err != nil {
				t.Fatalf("what the page asks with: %v\n%s", err, attr(n, "hx-headers"))
			}
			tag = headers["If-None-Match"]
		}
	}
	if tag == "" {
		t.Fatalf("the lists have no tag:\n%s", b.body)
	}
	ask := func(tag string) (int, int, string) {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, b.at.URL+"/day/lists", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("If-None-Match", tag)
		req.Header.Set("HX-Request", "true")
		resp, err := b.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, err := httputil.DumpResponse(resp, true)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, len(raw), resp.Header.Get("ETag")
	}
	other := &browser{t: t, tree: b.tree, at: b.at, lang: "vi"}
	other.as(nodetest.HeadLogin).get("/") // a look is written down, and is no news
	if status, size, _ := ask(tag); status != http.StatusNotModified || size >= 200 {
		t.Fatalf("nothing has changed: %d, %d bytes", status, size)
	}
	other.submit("/day/arrive", url.Values{"who": {id}}).want(http.StatusOK)
	status, size, now := ask(tag)
	if status != http.StatusOK || now == tag {
		t.Fatalf("after another device wrote: %d, %q", status, now)
	}
	t.Logf("the lists with one child: %d bytes", size)
	if status, _, _ := ask(now); status != http.StatusNotModified {
		t.Errorf("what was just read is sent again: %d", status)
	}
	b.tree.Clock().Add(time.Minute) // the minutes of the watch go on
	if status, _, _ := ask(now); status != http.StatusOK {
		t.Errorf("a minute later: %d", status)
	}
	// A form of the lists is answered with the lists and what it has to say.
	b.partial(http.MethodPost, "/day/arrive", url.Values{"who": {id}}).want(http.StatusOK).says("Lò Gia Bảo đã đến", "Chờ khám")
}

func TestSendingHomeIsBounded(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	id := idOf(t, b.baby(nil)).String()
	for n, status := range map[int]int{sendMax: http.StatusOK, sendMax + 1: http.StatusBadRequest} {
		b.post("/day/send", url.Values{"all_over": {"1"}, "over": slices.Repeat([]string{id}, n)}).want(status)
	}
}

// A second signature, where the place asks for it, is another person's; without it nobody is stopped, and the end of the session
// says so.
func TestSecondSignatureOnThePages(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.HeadLogin)
	b.get("/settings")
	b.submit("/settings/second", url.Values{"do": {"on"}}).want(http.StatusOK).says("Từ nay mỗi lần khám cần hai chữ ký.")
	b.as(nodetest.NurseLogin)
	child := b.baby(nil)
	b.get(child + "/screen")
	b.submit(child+"/screen", url.Values{"do": {"eligible"}}).want(http.StatusOK)
	b.get(child).says("Chờ người thứ hai ký.")
	b.get("/day/close").says("Thiếu chữ ký thứ hai: Lò Gia Bảo")
	b.as(nodetest.HeadLogin).get(child)
	b.submit(child+"/sign", nil).want(http.StatusOK).says("Đã thêm chữ ký thứ hai.", "cùng ký.")
	b.get("/day/close").silent("Thiếu chữ ký thứ hai")
}

// hand counts what a person does at the pages: an action is a press of a button or key that the program acts on, a field is a
// control that is filled in or changed.
type hand struct {
	*browser
	actions, fields int
}

func (h *hand) press(action string, typed url.Values) *hand {
	h.t.Helper()
	h.actions++
	h.fields += len(typed)
	h.submit(action, typed).want(http.StatusOK)
	return h
}

func (h *hand) open(path string) *hand {
	h.t.Helper()
	h.actions++
	h.get(path).want(http.StatusOK)
	return h
}

// TestActionsOfTheDay holds docs/benchmarks.md, "Actions and fields": how much a person has to do, counted at the real forms.
func TestActionsOfTheDay(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	lot := url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "lot.BOPV": {"P-1"}}
	b.submit(child+"/visit", lot).want(http.StatusOK) // the vial in hand is known from the child before
	second := b.baby(url.Values{"mother": {"Vàng Thị Mỷ"}, "name": {"Giàng Thị Sua"}, "phone": {"0385000555"}, "born": {"02/07/2026"}})
	third := b.baby(url.Values{"mother": {"Thào Thị Dợ"}, "name": {"Thào A Chứ"}, "phone": {"0385000666"}, "born": {"12/06/2026"}})
	fourth := b.baby(url.Values{"mother": {"Sùng Thị Chở"}, "name": {"Sùng Thị Dí"}, "phone": {"0385000777"}, "born": {"22/06/2026"}})

	paper := b.baby(url.Values{"mother": {"Hạng Thị Pà"}, "name": {"Hạng A Páo"}, "phone": {"0385000888"}, "born": {"25/06/2026"}})

	for _, c := range []struct {
		name            string
		do              func(h *hand)
		actions, fields int
	}{
		{"follow-up visit, by one person, after finding", func(h *hand) {
			h.open(second)
			h.press(second+"/visit", url.Values{"screening": {"eligible"}})
		}, 2, 1},
		{"the same through three hands: arrival, screening, dose", func(h *hand) {
			h.get("/")
			h.press("/day/arrive", url.Values{"who": {idOf(t, third).String()}})
			h.fields-- // the button says who
			h.open(third + "/screen")
			h.press(third+"/screen", url.Values{"do": {"eligible"}})
			h.fields--
			h.open(third)
			h.press(third+"/visit", nil)
		}, 5, 0},
		{"screening with a fever: postponed, noted, told when to come again", func(h *hand) {
			h.open(fourth + "/screen")
			h.press(fourth+"/screen", url.Values{"do": {"chosen"}, "temperature": {"38,4"}, "finding": {"fever"}, "conclusion": {"postpone"}, "proposed": {"postpone"}, "next": {"+7"}})
			h.fields -= 3 // the button, and what the finding chooses by itself
		}, 2, 3},
		{"walk-in, not on record: found nowhere, registered, given", func(h *hand) {
			h.open("/register")
			at := h.url.Path
			h.press(at, url.Values{"mother": {"Lường Thị Én"}, "born": {"01/07/2026"}, "sex": {"male"}, "hamlet": {"bản Na Phay 2"}})
			h.press(h.url.Path+"/visit", url.Values{"screening": {"eligible"}})
		}, 3, 5},
		{"written up from paper: a child of the sheet, with the sheet's lots chosen once", func(h *hand) {
			day := h.tree.Station.Today()
			h.get("/paper?day=" + day.ISO())
			path := "/paper?day=" + day.ISO()
			h.press(path, with(h.anyLots(path), "as."+idOf(h.t, paper).String(), "1", "save", "all"))
			h.fields = 1 // the tick; the lots are chosen once for the whole sheet, and the button says what it saves
		}, 1, 1},
		{"written up from paper: a child who is not in the register", func(h *hand) {
			day := h.tree.Station.Today()
			path := "/paper?day=" + day.ISO()
			h.get(path)
			h.press(path, url.Values{"do": {"new"}})
			h.press(path, with(h.anyLots(path), "save", "n1", "mother.n1", "Lầu Thị Dua", "born.n1", "03/07/2026", "sex.n1", "female", "hamlet.n1", "bản Na Phay 2", "give.n1", "BCG", "vnone.BCG", "1"))
			h.fields = 5 // mother, birth date, sex, hamlet and the vaccine
		}, 2, 5},
		{"a dose on the wrong child is moved, from that child's page on", func(h *hand) {
			h.get(second)
			dose := h.links("/dose/")[0]
			h.open(dose)
			h.press(dose+"/move", url.Values{"to": {idOf(h.t, fourth).String()}})
			h.press(dose+"/move", nil)
			h.fields-- // the button says who
		}, 3, 0},
		{"a severe reaction, from the watch list to the report", func(h *hand) {
			h.get("/")
			h.open(third)
			h.open(third + "/reaction")
			h.press(third+"/reaction", url.Values{"sign": {"seizure"}})
		}, 3, 1},
		{"all whose half hour is over go home", func(h *hand) {
			h.tree.Clock().Add(registry.WatchMinutes * time.Minute)
			h.as(nodetest.NurseLogin).get("/")
			h.press("/day/send", url.Values{"all_over": {"1"}})
			h.fields--
		}, 1, 0},
		{"the end of the session", func(h *hand) {
			h.open("/day/close")
			h.press("/day/close", nil)
		}, 2, 0},
	} {
		h := &hand{browser: b}
		c.do(h)
		t.Logf("%s: %d actions, %d fields", c.name, h.actions, h.fields)
		if h.actions > c.actions || h.fields > c.fields {
			t.Errorf("%s takes %d actions and %d fields, and was promised with %d and %d", c.name, h.actions, h.fields, c.actions, c.fields)
		}
	}
}

// A child on whom another's dose was written, with its screening, was not here: once that dose is moved, nothing of the other's
// visit stands when the child itself comes, in the same minute or later, by any of the ways of coming.
func TestWhoWasMixedUpBeginsAnew(t *testing.T) {
	for _, c := range []struct {
		name string
		wait time.Duration
		come func(b *browser, child, id string)
		want string
	}{
		{"arrives in the same minute", 0, func(b *browser, _, id string) { b.submit("/day/arrive", url.Values{"who": {id}}) }, "waiting"},
		{"arrives later", 7 * time.Minute, func(b *browser, _, id string) { b.submit("/day/arrive", url.Values{"who": {id}}) }, "waiting"},
		{"is screened at once", 7 * time.Minute, func(b *browser, child, _ string) {
			b.get(child + "/screen")
			b.submit(child+"/screen", url.Values{"do": {"eligible"}, "temperature": {"36,9"}})
		}, "ready"},
		{"has a dose at once", 7 * time.Minute, func(b *browser, child, _ string) {
			b.get(child)
			b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "temperature": {"36,9"}, "lot.BOPV": {"P-1"}})
		}, "watch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
			wrong := b.baby(nil)
			id := idOf(t, wrong).String()
			b.submit(wrong+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "temperature": {"37,4"}, "lot.BOPV": {"P-0731"}}).want(http.StatusOK)
			right := b.baby(url.Values{"mother": {"Vàng Thị Sáo"}, "phone": {""}, "name": {"Vàng A Chính"}, "born": {"02/06/2026"}})
			b.get(wrong)
			dose := b.links("/dose/")[0]
			b.get(dose)
			b.submit(dose+"/move", url.Values{"to": {idOf(t, right).String()}}).want(http.StatusOK)
			b.submit(dose+"/move", nil).want(http.StatusOK)
			b.tree.Clock().Add(c.wait)
			b.as(nodetest.NurseLogin).get("/").standsIn("overdue", "Lò Gia Bảo")
			c.come(b, wrong, id)
			b.want(http.StatusOK).get("/").standsIn(c.want, "Lò Gia Bảo")
			if b.get(wrong).silent("37,4"); c.want != "waiting" {
				b.says("36,9 °C")
			}
		})
	}
}
