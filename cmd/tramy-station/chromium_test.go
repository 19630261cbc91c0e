package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
	"tramy/internal/nodetest"
)

var screens = flag.String("screens", "", "folder to keep screenshots in")

// eyes look at pages in a real Chromium.
type eyes struct {
	t     *testing.T
	ctx   context.Context
	width int64
}

func lookAt(t *testing.T, width, height int64) *eyes {
	t.Helper()
	// Chromium takes authorities from its profile alone; that the station's is taken by who has it is TestPhoneIsLetInAndEnded.
	ctx := browsertest.Open(t, width, height, chromedp.Flag("ignore-certificate-errors", true))
	return &eyes{t, ctx, width}
}

func (e *eyes) do(steps ...chromedp.Action[chromedp.Void]) {
	e.t.Helper()
	if err := chromedp.Do(e.ctx, steps...); err != nil {
		e.t.Fatal(err)
	}
}

// shot fails on a page that is wider than the screen or keeps somebody out, and keeps it to be looked at.
func (e *eyes) shot(name string) {
	e.t.Helper()
	wide, err := chromedp.Run(e.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
	if err != nil || wide > e.width {
		e.t.Errorf("%s is %d wide: %v", name, wide, err)
	}
	looks := []func(context.Context) ([]string, error){browsertest.Violations}
	if e.width < 400 {
		looks = append(looks, browsertest.ForAThumb)
	}
	for _, look := range looks {
		found, err := look(e.ctx)
		if err != nil {
			e.t.Fatal(err)
		}
		for _, x := range found {
			e.t.Errorf("%s: %s", name, x)
		}
	}
	if *screens == "" {
		return
	}
	png, err := chromedp.Run(e.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		e.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screens, name+".png"), png, 0o600); err != nil {
		e.t.Fatal(err)
	}
}

func (e *eyes) press(sel string) {
	e.t.Helper()
	if _, err := chromedp.RunResponse(e.ctx, chromedp.Click(sel)); err != nil {
		e.t.Fatal(err)
	}
}

func (e *eyes) logIn(url, user string) {
	e.t.Helper()
	e.do(chromedp.Navigate(url+"/login"), chromedp.SendKeys("[name=user]", user), chromedp.SendKeys("[name=password]", nodetest.Password))
	e.press("form[action='/login'] button")
}

// A nurse's phone: the page about trust, the code, the log-in, the day's list. Nothing is wider than the screen.
func TestPhoneInABrowser(t *testing.T) {
	s, e := serveRoom(t), lookAt(t, 360, 800)
	e.do(chromedp.Navigate(s.url + "/"))
	e.shot("1-not-let-in")
	e.do(chromedp.Navigate(s.url + "/phone/trust"))
	e.shot("2-trust")
	code, _, err := s.room.Invite("Lò Văn Thanh")
	if err != nil {
		t.Fatal(err)
	}
	e.do(chromedp.Navigate(s.url+"/phone/in?code="+code), chromedp.SendKeys("[name=name]", "Máy tính bảng bàn khám"))
	e.shot("3-come-in")
	e.press(".save button")
	e.shot("4-log-in")
	e.logIn(s.url, nodetest.NurseLogin)
	e.shot("5-today")
	text, err := chromedp.Run(e.ctx, chromedp.Text("body"))
	if err != nil || !strings.Contains(text, "Mường Nhà") {
		t.Errorf("not the day's list: %v\n%s", err, text)
	}
}

// The head's page on the laptop, and in a window as narrow as a phone.
func TestHeadsPageInABrowser(t *testing.T) {
	s := serveRoom(t)
	letIn(t, s.room)
	at := s.onLaptop(t)
	for _, size := range [][2]int64{{1366, 768}, {390, 844}} {
		e := lookAt(t, size[0], size[1])
		e.logIn(at.url, nodetest.HeadLogin)
		e.do(chromedp.Navigate(at.url + "/settings"))
		e.shot(fmt.Sprintf("6-settings-%d", size[0]))
		e.do(chromedp.Navigate(at.url + "/phones"))
		e.shot(fmt.Sprintf("7-phones-%d", size[0]))
		e.press("button[value=invite]")
		e.shot(fmt.Sprintf("8-code-%d", size[0]))
	}
}
