package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
)

// The day's whole path in a browser that runs no script of any page, as an old or a locked-down one: log-in, find, arrive, screen, give,
// send home, close. Every step is a link or a form with a button.
func TestADayWithoutScripts(t *testing.T) {
	nation, _ := smallCountry(t)
	station := nation.Stations()[0]
	if err := nation.OpenDay(t.Context(), station, 1); err != nil {
		t.Fatal(err)
	}
	at := "http://" + station.PagesAddr
	for i, size := range []struct{ width, height int64 }{{1366, 768}, {360, 800}} {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			p := &person{t, browsertest.Open(t, size.width, size.height), fmt.Sprintf("noscript-%d", size.width)}
			if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
				t.Fatal(err)
			}
			p.login(station, "tram1")
			if p.is("document.documentElement.classList.contains('js')") {
				t.Fatal("a script of the page ran")
			}
			p.fits("today")
			p.shot("today")
			name := fmt.Sprintf("Cà Thị Không %c", 'A'+i)
			child := newborn(t, station, name).String()
			p.open(at + "/")
			p.do("typing a name", chromedp.SendKeys("#q", name))
			p.press("#find button")
			if want := at + "/child/" + child; p.location() != want { // only one fits: the book opens
				t.Fatalf("the search led to %s", p.location())
			}
			p.press(`form[action$="/arrive"] button`)
			p.open(at + "/child/" + child + "/screen")
			p.press("#screen button[value=eligible]")
			p.sees("main", name+": Đủ điều kiện")
			p.press(fmt.Sprintf(`#ready a.btn[href="/child/%s"]`, child))
			p.fits("child")
			p.shot("child")
			p.press("#give .save button.main")
			p.sees("main", "Đã lưu trên máy này")
			p.open(at + "/")
			p.sees("#watch", name)
			if p.is(`document.querySelector("#send-all") !== null`) {
				p.press("#send-all")
				p.sees("main", "đã về")
			}
			p.open(at + "/day/close")
			p.fits("close")
			p.shot("close")
			if i > 0 {
				return // it ends once
			}
			if p.is(`document.querySelector("[name=watching]") !== null`) {
				p.do("staying with those who are watched", chromedp.Click("[name=watching]"))
			}
			p.press(`form[action="/day/close"] .btn`)
			p.sees("main", "Đã kết thúc buổi.")
			if strings.Contains(p.text("main"), "undefined") {
				t.Error("something is undefined")
			}
		})
	}
}

func (p *person) is(js string) bool {
	p.t.Helper()
	ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](js))
	if err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
	return ok
}
