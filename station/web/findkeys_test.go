package web_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

var screens = flag.String("screens", "", "folder to keep screenshots in")

// eyes look at a station's pages in a real Chromium, with scripts.
type eyes struct {
	*testing.T
	station string
	page    func(js string) string
	do      func(steps ...chromedp.Action[chromedp.Void])
	leave   func(step chromedp.Action[chromedp.Void]) // for another page
	shot    func(name string)
}

func lookAt(t *testing.T, b *browser, width, height int64) *eyes {
	ctx := browsertest.Open(t, width, height)
	e := &eyes{T: t, station: b.at.URL}
	e.do = func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatal(err)
		}
	}
	e.leave = func(step chromedp.Action[chromedp.Void]) {
		t.Helper()
		if _, err := chromedp.RunResponse(ctx, step); err != nil {
			t.Fatal(err)
		}
	}
	e.page = func(js string) string {
		t.Helper()
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+js+")"))
		if err != nil {
			t.Fatal(js, err)
		}
		return got
	}
	e.shot = func(name string) {
		t.Helper()
		if wide := e.page("document.documentElement.scrollWidth"); wide > fmt.Sprint(width) && len(wide) >= len(fmt.Sprint(width)) {
			t.Errorf("%s is %s wide", name, wide)
		}
		if *screens == "" {
			return
		}
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*screens, fmt.Sprintf("%s-%d.png", name, width)), png, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// keys presses keys as fast as a scanner does, wherever the focus is. Only scripts hear them: nothing is typed into a field.
func keys(list ...string) string {
	return fmt.Sprintf(`%q.split("\n").forEach((key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))`, strings.Join(list, "\n"))
}

func scan(text string) string { return keys(append(strings.Split(text, ""), "Enter")...) }

// stub takes the place of the page's timers, so that what waits for a further key is seen at once.
const stub = `window.waiting = new Map(), window.timers = 0,
	window.setTimeout = (act) => (window.waiting.set(++window.timers, act), window.timers),
	window.clearTimeout = (id) => window.waiting.delete(id), ""`

// Everything a nurse does with the box and a keyboard, and what a scanner types when the box is not looked at.
func TestKeysThatFind(t *testing.T) {
	tree := nodetest.New(t)
	var names []string
	var codes []registry.PersonCode
	march, january := registry.Day(19794), registry.Day(20090) // 12/03/2024, 02/01/2025
	for _, in := range []registry.SubjectInput{
		{Name: "Lò Gia Bảo", BirthDate: march, Sex: registry.SexMale, MotherName: "Lò Thị Ánh", Hamlet: "Na Phay 1", MotherPhone: "0385000412"},
		{Name: "Lò Gia Bảo", BirthDate: march, Sex: registry.SexMale, MotherName: "Lò Thị Mai", Hamlet: "Na Phay 2", MotherPhone: "0912345678"},
		{Name: "Vàng A Chính", BirthDate: january, Sex: registry.SexMale, MotherName: "Vàng Thị Dợ", Hamlet: "Pha Thanh"},
	} {
		in.Place = tree.Commune
		id, _, err := tree.Station.Register(t.Context(), tree.Nurse, in, true)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := tree.Station.Open(t.Context(), tree.Nurse, id)
		if err != nil {
			t.Fatal(err)
		}
		names, codes = append(names, "/child/"+id.String()), append(codes, rec.Subject.Code)
	}
	card := "011193001234||Nguyễn Thu Hà|05051993|Nữ|Bản Na Phay 1, Mường Nhà, Điện Biên|08052021"
	b := serve(t, tree)
	for _, size := range []struct{ width, height int64 }{{1366, 768}, {360, 800}} {
		t.Run(fmt.Sprint(size.width), func(t *testing.T) {
			e := lookAt(t, b, size.width, size.height)
			at := func(want string) {
				t.Helper()
				if got := e.page("location.pathname"); got != want {
					t.Fatalf("the page is %s, want %s: %s", got, want, e.page("document.body.innerText"))
				}
			}
			run := func(js string) chromedp.Action[chromedp.Void] { return chromedp.Evaluate[chromedp.Void](js) }
			e.do(chromedp.Navigate(b.at.URL+"/login?other=1"), chromedp.SendKeys("[name=user]", nodetest.NurseLogin), chromedp.SendKeys("[name=password]", nodetest.Password))
			e.leave(chromedp.Click("main form .save button"))
			e.shot("today")

			// Two of one name differ at a glance; Enter goes to the first of them, the arrows further, Enter opens.
			e.do(chromedp.SendKeys("#q", "giaf bao"), chromedp.WaitVisible("#found .row"))
			e.shot("namesakes")
			e.do(chromedp.SendKeys("#q", "\r"))
			at("/")
			if got := e.page(`document.activeElement.closest(".row")?.innerText.includes("Lò Thị Ánh")`); got != "true" {
				t.Errorf("Enter with two of a name leads to %s", e.page("document.activeElement.outerHTML"))
			}
			e.do(run(keys("ArrowDown")))
			e.leave(run("document.activeElement.click()"))
			at(names[1])

			// A scan on a child's page opens the next child; one while something is half typed does not.
			e.leave(run(scan(string(codes[2]))))
			at(names[2])
			e.do(chromedp.Navigate(b.at.URL+"/register"), chromedp.SendKeys("[name=mother]", "Lò Thị"), run("document.activeElement.blur()"), run(scan(string(codes[0]))))
			at("/register")
			if got := e.page(`document.querySelector("[name=mother]").value`); got != "Lò Thị" {
				t.Errorf("of what was half typed %q is left", got)
			}

			// What a scanner types is no command, and one key alone is.
			e.do(chromedp.Navigate(b.at.URL+"/"), run(`document.activeElement.blur()`), run(stub),
				run(`document.querySelector("main").insertAdjacentHTML("beforeend", '<button id="undo" data-key="U" onclick="">U</button>'); document.querySelector("#undo").addEventListener("click", () => { window.undone = true; })`),
				run(keys(strings.Split("Nguyễn Thu 7", "")...)))
			if got := e.page("window.waiting.size"); got != "0" {
				t.Errorf("%s commands wait after a scan", got)
			}
			e.do(run(`window.later = new KeyboardEvent("keydown", { key: "u", bubbles: true }), Object.defineProperty(window.later, "timeStamp", { value: performance.now() + 1000 }), document.body.dispatchEvent(window.later)`))
			if got := e.page(`(window.waiting.forEach((act) => act()), window.undone)`); got != "true" {
				t.Errorf("the key U alone undoes: %s", got)
			}
			e.do(run(`window.later = new KeyboardEvent("keydown", { key: "/", bubbles: true }), Object.defineProperty(window.later, "timeStamp", { value: performance.now() + 2000 }), window.waiting.clear(), document.body.dispatchEvent(window.later)`))
			if got := e.page(`(window.waiting.forEach((act) => act()), document.activeElement.id)`); got != "q" {
				t.Errorf("/ leads to %q", got)
			}

			// A scan into the box, before anything was found while typing; some scanners end with a tab.
			e.do(chromedp.Navigate(b.at.URL + "/"))
			e.leave(chromedp.SendKeys("#q", string(codes[0])+"\r"))
			at(names[0])
			e.do(chromedp.Navigate(b.at.URL + "/"))
			e.leave(chromedp.SendKeys("#q", string(codes[1])+"\t"))
			at(names[1])
			e.do(chromedp.Navigate(b.at.URL + "/"))
			e.leave(chromedp.SendKeys("#q", card+"\r"))
			at("/search")
			e.shot("card")
			e.leave(chromedp.Click(`button[value=mother]`))
			if got := e.page(`document.querySelector("[name=mother]").value`); got != "Nguyễn Thu Hà" {
				t.Errorf("the form begins with %q", got)
			}
			e.shot("card-register")
			e.do(chromedp.Navigate(b.at.URL + "/"))
			e.leave(chromedp.SendKeys("#q", "vang a chich\r"))
			e.shot("near")
			e.leave(chromedp.SendKeys("#q", "pham quoc\r"))
			e.shot("nobody")

			// A phone takes a picture, which is read without a further press.
			e.do(chromedp.Navigate(b.at.URL + "/"))
			if e.page(`document.querySelector(".scan").offsetParent !== null`) != fmt.Sprint(size.width < 640) {
				t.Error("the camera is offered where there is none, or is not where there is one")
			}
			if size.width < 640 {
				e.do(run(`document.documentElement.classList.remove("js")`))
				e.shot("without-scripts")
				e.do(run(`document.documentElement.classList.add("js")`))
				dir := t.TempDir()
				photo, nothing := filepath.Join(dir, "card.jpg"), filepath.Join(dir, "wall.jpg")
				if err := errors.Join(os.WriteFile(photo, picture(t, string(codes[2])), 0o600), os.WriteFile(nothing, blank(t), 0o600)); err != nil {
					t.Fatal(err)
				}
				e.leave(chromedp.SetUploadFiles("#photo", []string{nothing}))
				at("/search/photo")
				e.shot("unread")
				e.leave(chromedp.SetUploadFiles("#photo", []string{photo}))
				at(names[2])
			}
		})
	}
}
