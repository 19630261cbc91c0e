package main

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tramy/internal/nodetest"
)

var screens = flag.String("screens", "", "folder to keep screenshots in")

// A nurse's phone in a real browser: the page about trust, the code, the log-in, the day's list. Nothing is wider than the screen.
func TestPhoneInABrowser(t *testing.T) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		const how = "this test needs Chromium; on Debian: apt-get install chromium"
		if os.Getenv("CI") != "" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	s := serveRoom(t)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		// Chromium takes authorities from its profile alone; that the station's is taken by who has it is TestPhoneIsLetInAndEnded.
		chromedp.Flag("ignore-certificate-errors", true), chromedp.Flag("lang", "vi"), chromedp.WindowSize(390, 844))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatal(err)
		}
	}
	shot := func(name string) {
		t.Helper()
		wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
		if err != nil || wide > 390 {
			t.Errorf("%s is %d wide: %v", name, wide, err)
		}
		if *screens == "" {
			return
		}
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*screens, name+".png"), png, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	press := func(sel string) {
		t.Helper()
		if _, err := chromedp.RunResponse(ctx, chromedp.Click(sel)); err != nil {
			t.Fatal(err)
		}
	}
	do(chromedp.EmulateViewport(390, 844), chromedp.Navigate(s.url+"/"))
	shot("1-not-let-in")
	do(chromedp.Navigate(s.url + "/phone/trust"))
	shot("2-trust")
	code, _, err := s.room.Invite("Lò Văn Thanh")
	if err != nil {
		t.Fatal(err)
	}
	do(chromedp.Navigate(s.url+"/phone/in?code="+code), chromedp.SendKeys("[name=name]", "Máy tính bảng bàn khám"))
	shot("3-come-in")
	press(".save button")
	do(chromedp.SendKeys("[name=user]", nodetest.NurseLogin), chromedp.SendKeys("[name=password]", nodetest.Password))
	shot("4-log-in")
	press("form[action='/login'] button")
	shot("5-today")
	text, err := chromedp.Run(ctx, chromedp.Text("body"))
	if err != nil || !strings.Contains(text, "Mường Nhà") {
		t.Errorf("not the day's list: %v\n%s", err, text)
	}
}
