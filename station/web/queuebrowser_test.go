package web_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// tab is a page open in a real browser.
type tab struct {
	t    *testing.T
	ctx  context.Context
	size string
}

func openTab(t *testing.T, at, login string, width, height int64) *tab {
	t.Helper()
	b := &tab{t, browsertest.Open(t, width, height), fmt.Sprintf("%dx%d", width, height)}
	b.do("logging in", chromedp.Navigate(at+"/login?other=1"), chromedp.SendKeys("input[name=user]", login), chromedp.SendKeys("input[name=password]", nodetest.Password))
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click("main form .save button")); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.shot("failed")
		b.t.Fatalf("%s at %s: %v", what, b.size, err)
	}
}

// until waits until an expression holds in the page. What the browser does by itself after a page has come (autofocus) needs it: on a
// busy machine that is later than the load event.
func (b *tab) until(what, js string) {
	b.t.Helper()
	if _, err := poll[bool](b, js); err != nil {
		b.shot("failed")
		b.t.Fatalf("%s at %s: %v", what, b.size, err)
	}
}

// poll waits until an expression is true, or something, and returns it. Asked just when another page comes, it asks that one.
func poll[T any](b *tab, js string) (T, error) {
	for {
		got, err := chromedp.Run(b.ctx, chromedp.Poll[T](js, chromedp.WithPollingTimeout(time.Minute)))
		if err == nil || b.ctx.Err() != nil || !contextGone.MatchString(err.Error()) {
			return got, err
		}
	}
}

var contextGone = regexp.MustCompile("Cannot find context|[Cc]ontext was destroyed|navigated or closed")

func (b *tab) is(what, js string) {
	b.t.Helper()
	if ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](js)); err != nil || !ok {
		b.t.Errorf("%s at %s: %v, %v", what, b.size, ok, err)
	}
}

func (b *tab) fits(name string) {
	b.t.Helper()
	b.is(name+" fits", "document.documentElement.scrollWidth <= innerWidth")
	b.shot(name)
}

func (b *tab) shot(name string) {
	if *screens == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(*screens, name+"-"+b.size+".png"), png, 0o600)
	}
	if err != nil {
		b.t.Log(err)
	}
}

// room puts people into a station on a day in full swing.
func room(t *testing.T, tree *nodetest.Tree) (all []p.EntityID) {
	t.Helper()
	ctx, st := t.Context(), tree.Station
	mothers := []string{"Lò Thị Mai", "Vàng Thị Mỷ", "Thào Thị Dợ", "Quàng Thị Thơm", "Cầm Thị Hoa", "Sùng Thị Chở"}
	names := []string{"Lò Gia Bảo", "Giàng Thị Sua", "Thào A Chứ", "Quàng Hải Đăng", "Cầm Bảo An", "Sùng Thị Dí"}
	hamlets := []string{"bản Na Phay 1", "bản Huổi Hương", "bản Pu Lau", "bản Phì Cao"}
	for i := range 60 {
		id, _, err := st.Register(ctx, tree.Nurse, registry.SubjectInput{
			Place: tree.Commune, Name: fmt.Sprintf("%s %c", names[i%6], 'A'+i/6), BirthDate: st.Today() - registry.Day(62+i*5), Sex: registry.Sex(1 + i%2),
			MotherName: mothers[i%6], MotherPhone: fmt.Sprintf("0385000%03d", 100+i), Hamlet: hamlets[i%4],
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, id)
	}
	for i, id := range all[:30] {
		tree.Clock().Add(time.Minute)
		if err := st.Arrive(ctx, tree.Nurse, id); err != nil {
			t.Fatal(err)
		}
		if i < 22 {
			if _, err := st.Screen(ctx, tree.Head, desk.Screened{Subject: id, Conclusion: registry.ScreeningEligible, Temperature: 367}); err != nil {
				t.Fatal(err)
			}
		}
		if i < 18 {
			v := desk.Visit{Subject: id, Checked: registry.CheckedCard, Against: "tập", GivenClock: st.Clock(), Doses: []registry.ImmunizationInput{{Vaccine: "DPT-VGB-HIB", Lot: "A24-123"}, {Vaccine: "BOPV", Lot: "P-0731"}}}
			if _, err := st.RecordVisit(ctx, tree.Nurse, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for {
		more, err := st.Node.WorkOutDue(ctx, 100)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	tree.Clock().Add(10 * time.Minute)
	if _, err := st.SendHome(ctx, tree.Nurse, false, all[:4]...); err != nil {
		t.Fatal(err)
	}
	return all
}

// Two devices are open on the day's list. What is pressed at one is shown at the other by itself, and disturbs nobody who is typing
// there; nothing jumps at the one who pressed.
func TestQueueOnTwoDevices(t *testing.T) {
	tree := nodetest.New(t)
	all := room(t, tree)
	b := serve(t, tree)
	laptop := openTab(t, b.at.URL, nodetest.NurseLogin, 1366, 768)
	phone := openTab(t, b.at.URL, nodetest.HeadLogin, 390, 844)
	laptop.fits("today")
	phone.fits("today")
	phone.do("typing", chromedp.SendKeys("#q", "Vang"))
	phone.until("the found", `document.querySelector("#found .row") !== null`)
	phone.do("opening what is done", chromedp.Evaluate[chromedp.Void](`void (document.querySelector("#done").open = true)`))

	who := `document.querySelector("#due .row button, #overdue .row button")`
	laptop.do("marking the row", chromedp.Evaluate[chromedp.Void](`void (window.row = `+who+`.value, `+who+`.scrollIntoView({block: "center"}), window.was = scrollY)`))
	laptop.do("pressing", chromedp.Evaluate[chromedp.Void](`void (`+who+`.focus(), `+who+`.click())`))
	laptop.until("the row moves on", `document.querySelector("#s-screen-" + CSS.escape(row)) !== null`)
	laptop.is("the note has a way back", `document.querySelector("#said [data-key=U]") !== null`)
	laptop.is("the focus stays in the list", `document.activeElement.matches("#due .row button, #overdue .row button")`)
	row, err := chromedp.Run(laptop.ctx, chromedp.Evaluate[string]("row"))
	if err != nil {
		t.Fatal(err)
	}
	phone.until("the other device sees it", `document.querySelector("#s-screen-`+row+`") !== null`)
	phone.is("what was typed stays", `document.activeElement.id === "q" && document.activeElement.value === "Vang"`)
	phone.is("what was found stays", `document.querySelector("#found .row") !== null`)
	phone.is("what was open stays", `document.querySelector("#done").open`)

	// All whose time is over, in one press; the other device follows.
	laptop.do("sending home", chromedp.Evaluate[chromedp.Void](`void document.querySelector("#send-all").click()`))
	laptop.until("nobody's time is over", `document.querySelector("#send-all") === null`)
	phone.until("at the other device, too", `document.querySelector("#send-all") === null`)

	small := openTab(t, b.at.URL, nodetest.NurseLogin, 360, 800)
	small.fits("today-after")
	for _, at := range []*tab{laptop, phone, small} {
		for name, path := range map[string]string{"screen": "/child/" + all[25].String() + "/screen", "close": "/day/close", "child-ready": "/child/" + all[20].String(), "child-absent": "/child/" + all[45].String()} {
			at.do("opening "+path, chromedp.Navigate(b.at.URL+path))
			at.fits(name)
		}
		at.do("opening the screening", chromedp.Navigate(b.at.URL+"/child/"+all[25].String()+"/screen"),
			chromedp.Evaluate[chromedp.Void](`void (document.querySelector("#screen details").open = true, document.querySelector("[value=acute_illness]").click())`))
		at.is("a finding proposes", `document.querySelector("[name=conclusion][value=postpone]").checked`)
		at.fits("screen-finding")
	}
}
