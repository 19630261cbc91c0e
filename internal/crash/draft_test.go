package crash

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// What is typed into a list from paper and into the form of a new child, and not saved, is there again after the program was killed and
// the browser's tab closed; saved then, it stands in the databases once, also when the program is killed again right after.
func TestDraftsSurviveAPowerCut(t *testing.T) {
	w := newWorld(t)
	s := &script{w: w, rand: rand.New(rand.NewPCG(*seed, 7)), lots: map[string]string{}, began: time.Now()}
	s.power(t)
	s.registered(t)
	s.day = s.day[:*sessionChildren] // without the newborns who walk into a session
	s.hand = newHand(t, "http://"+w.station.pages, sessionFor)
	s.logIn()
	page := "/paper?day=" + day(0)
	s.open(page)
	// kept does something and waits until the program says that it has it.
	kept := func(typing func()) {
		saw := s.read(`document.querySelector("[name=draft_saw]").value`)
		typing()
		s.until("it is kept", fmt.Sprintf(`document.querySelector("[name=draft_saw]").value !== %q && !document.querySelector(".htmx-request") &&
			document.querySelector(".draft [role=status]").textContent.includes("Đã giữ nháp")`, saw))
	}
	kept(func() {
		s.do("no lots", chromedp.Evaluate[chromedp.Void](`void document.querySelectorAll('[name^="vnone."]').forEach((x) => x.click())`))
	})
	rows := []*patient{s.day[0], s.day[3]}
	for _, x := range rows {
		kept(func() { s.tap(fmt.Sprintf(`[name="as.%s"]`, x.id)) })
		for vaccine := range strings.FieldsSeq(s.read(fmt.Sprintf(`[...document.querySelectorAll('[name="give.%s"]:checked')].map((b) => b.value).join(" ")`, x.id))) {
			s.note(x, []entry{{code: x.code, vaccine: vaccine}})
		}
	}
	if len(s.paper) < 2*len(rows) {
		t.Fatalf("on the list there is little to give: %v", s.paper)
	}
	s.open("/register")
	kept(func() { s.write("#f-mother", "Lường Thị Én") })
	kept(func() { s.write("#f-born", "h") })
	s.cut()

	// Another tab of the browser: nothing of the first is left but what the program has.
	s.hand = newHand(t, "http://"+w.station.pages, sessionFor)
	s.logIn()
	s.open("/")
	s.says("2 hàng, chưa lưu")
	s.open(page)
	for _, x := range rows {
		if !s.is(fmt.Sprintf(`document.querySelector('[name="as.%s"]').checked`, x.id)) {
			s.failf("%s is no longer ticked", x.name)
		}
	}
	s.press("#paper .save .btn.main")
	s.says(fmt.Sprintf("Đã lưu 2 người, %d mũi.", len(s.paper)))
	s.cut()

	s.open("/")
	if strings.Contains(s.read("document.querySelector('main').innerText"), "2 hàng, chưa lưu") {
		s.failf("what was saved is offered again")
	}
	s.open("/register")
	s.press(".drafts a")
	if got := s.read(`document.querySelector("#f-mother").value`); got != "Lường Thị Én" {
		s.failf("of the mother's name %q is left", got)
	}
	s.do("a girl", chromedp.Evaluate[chromedp.Void](`void document.querySelector("#register [name=sex][value=female]").click()`))
	s.press("#register .save .btn.main")
	s.says("CB Lường Thị Én")
	s.day = append(s.day, &patient{name: "CB Lường Thị Én"})
	if len(s.wrong) > 0 {
		t.Errorf("on the way: %.1000v", s.wrong)
	}
	w.settle(t, newBook(w.commune, *seed))
	for _, n := range w.all {
		s.recountOf(n, 0)
	}
}
