package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"tramy/internal/browsertest"
	"tramy/internal/country"
	"tramy/internal/rights"
)

// Two nurses at one laptop: each sets a PIN, and they change by a name and four digits, with two fingers. An officer sets up a second
// factor. On a laptop and on a phone.
func TestChangeOfPersonInABrowser(t *testing.T) {
	ctx := context.Background()
	room := &controlRoom{log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	nation, err := country.New(ctx, country.Options{
		Dir: t.TempDir(), Stations: 1, OpenHub: openHub, OpenStation: openStation, Now: time.Now, Delay: time.Hour, Log: room.log, Handler: room.handler,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer nation.Close()
	if err := nation.Fill(ctx, 5, 600, 3); err != nil {
		t.Fatal(err)
	}
	if err := nation.Quiet(ctx); err != nil {
		t.Fatal(err)
	}
	station := nation.Stations()[0]
	at := "http://" + station.PagesAddr
	for _, size := range []struct{ width, height int64 }{{1366, 768}, {390, 844}} {
		name := fmt.Sprintf("%dx%d", size.width, size.height)
		t.Run(name, func(t *testing.T) {
			p := &person{t, browsertest.Open(t, size.width, size.height), name}
			for who, pin := range map[string]string{"tram1": "4817", "truong1": "903527"} {
				p.login(station, who)
				p.open(at + "/settings")
				p.fits("settings")
				p.do("typing a PIN", chromedp.SendKeys("#f-pin", pin), chromedp.SendKeys("#f-pin-again", pin))
				p.press("#pin button.main")
				p.sees("main", "Đã lưu PIN")
				p.shot("settings")
				p.press(".me button")
				p.sees("h1", "Ai đang làm?")
			}
			p.fits("lock")
			p.shot("lock")
			p.touches(".who button", ".fam form > .btn")
			head := station.Accounts[1].Name
			nurse := station.Accounts[0].Name
			p.tap(nurse)
			p.shot("pin")
			p.fits("pin")
			p.keys("4818")
			p.sees("main", "PIN chưa đúng.")
			p.shot("pin-wrong")
			p.keys("4817")
			p.sees(".me", nurse)
			p.open(at + "/due")
			p.shot("bar")
			p.fits("bar")
			p.touches(".me button")
			// The change: the name in the bar, then one's own name and the digits.
			p.press(".me button")
			p.press1(head)
			p.keys("903527")
			p.sees(".me", head)
			if where := p.location(); where != at+"/due" {
				t.Errorf("after the change the page is %s", where)
			}

			// A form half typed waits for who typed it.
			p.open(at + "/register")
			p.do("typing half a form", chromedp.SendKeys("input[name=mother]", "Lò Thị Dở"))
			p.press(".me button")
			p.tap(head)
			p.keys("903527")
			if got := p.value("input[name=mother]"); got != "Lò Thị Dở" {
				t.Errorf("of what was half typed %q is left", got)
			}

			// What the training country leaves out is drawn all the same, by hand.
			officer := &person{t, browsertest.Open(t, size.width, size.height), name}
			hub := nation.Centre()
			officer.login(hub, "trunguong")
			officer.open("http://" + hub.PagesAddr + "/settings/second-factor")
			officer.fits("second-factor")
			officer.shot("second-factor")
			key := strings.ReplaceAll(officer.text("b.code"), " ", "")
			code, err := rights.FactorCode(key, hub.Desk().Node.Now())
			if err != nil {
				t.Fatal(err)
			}
			officer.do("typing the code", chromedp.SendKeys("#f-code", code))
			officer.press("form.sheet .save button")
			officer.sees("h2", "Mã dự phòng")
			officer.fits("recovery")
			officer.shot("recovery")
			recovery := officer.text(".codes li")
			officer.open("http://" + hub.PagesAddr + "/settings/second-factor")
			officer.shot("second-factor-on")
			officer.fits("second-factor-on")
			officer.press("footer form[action='/logout'] button")
			officer.login(hub, "trunguong")
			officer.sees("h1", "Gõ mã trên điện thoại")
			officer.shot("code")
			officer.fits("code")
			officer.keys(recovery)
			officer.sees("main", "Còn 7 mã dự phòng.")
			officer.open("http://" + hub.PagesAddr + "/settings/second-factor")
			officer.do("a recovery code", chromedp.SendKeys("#f-code", officer.without(key, hub)))
			officer.press("form.sheet .save button[value=off]")
			officer.sees("main", "Đã tắt xác thực hai bước.")
		})
	}
}

// without is the code of the step after the present one: that of the present one is used.
func (p *person) without(key string, hub *country.Node) string {
	p.t.Helper()
	code, err := rights.FactorCode(key, hub.Desk().Node.Now().Add(30*time.Second))
	if err != nil {
		p.t.Fatal(err)
	}
	return code
}

// tap taps a name on the lock page.
func (p *person) tap(name string) {
	p.t.Helper()
	sel, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](fmt.Sprintf(
		`(() => { const all = [...document.querySelectorAll(".who button")]; const b = all.find((x) => x.textContent.includes(%q)); if (b) b.id = "tapped"; return b ? "#tapped" : ""; })()`, name)))
	if err != nil || sel == "" {
		p.shot("failed")
		p.t.Fatalf("%s is not on the lock page: %v", name, err)
	}
	p.press(sel)
	p.sees("h1", name)
}

// press1 opens somebody's account by the number beside the name.
func (p *person) press1(name string) {
	p.t.Helper()
	key, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](fmt.Sprintf(
		`[...document.querySelectorAll(".who button")].find((x) => x.textContent.includes(%q)).dataset.key`, name)))
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := chromedp.RunResponse(p.ctx, chromedp.KeyEvent(key)); err != nil {
		p.t.Fatalf("pressing %s: %v", key, err)
	}
	p.sees("h1", name)
}

// keys types into what has the focus, and Enter: no hand on the mouse.
func (p *person) keys(text string) {
	p.t.Helper()
	if _, err := chromedp.RunResponse(p.ctx, chromedp.KeyEvent(text+kb.Enter)); err != nil {
		p.shot("failed")
		p.t.Fatalf("typing: %v", err)
	}
}

// touches fails if something is too small for a finger.
func (p *person) touches(selectors ...string) {
	p.t.Helper()
	for _, sel := range selectors {
		least, err := chromedp.Run(p.ctx, chromedp.Evaluate[float64](fmt.Sprintf(
			`Math.min(...[...document.querySelectorAll(%q)].map((b) => { const r = b.getBoundingClientRect(); return Math.min(r.width, r.height); }))`, sel)))
		if err != nil || least < 44 {
			p.t.Errorf("%s is %v px, %v", sel, least, err)
		}
	}
}
