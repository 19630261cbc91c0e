package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// pressCtrlEnter is what a nurse does with two fingers.
func pressCtrlEnter() chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }))`)
}

// The panel of a twin: its other one stands beside the button that saves, and Ctrl Enter saves on this one all the same. A reason for not
// giving takes the tick away and the other way round, the button says both, and what was saved offers the next session at F8.
func TestGivePanelByKeyboard(t *testing.T) {
	for _, size := range []struct{ width, height int64 }{{1366, 768}, {390, 844}, {360, 800}} {
		t.Run(fmt.Sprint(size.width), func(t *testing.T) {
			tree := nodetest.New(t)
			b := serve(t, tree).as(nodetest.NurseLogin)
			first := b.baby(url.Values{"name": {"Vàng A An"}, "mother": {"Vàng Thị Mỷ"}})
			b.get(first + "/twin")
			b.submit(first+"/twin", url.Values{"sex": {"male"}, "name": {"Vàng A Bình"}, "clock": {"0712"}}).want(http.StatusOK)
			twin := b.url.Path
			if twin == first {
				t.Fatal("the twin has no page of its own")
			}
			today := tree.Station.Today()
			if _, _, err := tree.Station.PlanSessions(t.Context(), tree.Nurse, registry.SessionInput{From: registry.NewClock(7, 30), Until: registry.NewClock(11, 0), Capacity: 10}, []registry.Day{today + 30}); err != nil {
				t.Fatal(err)
			}
			e := lookAt(t, b, size.width, size.height)
			run := func(js string) chromedp.Action[chromedp.Void] { return chromedp.Evaluate[chromedp.Void](js) }
			e.do(chromedp.Navigate(b.at.URL+"/login?other=1"), chromedp.SendKeys("[name=user]", nodetest.NurseLogin), chromedp.SendKeys("[name=password]", nodetest.Password))
			e.leave(chromedp.Click("main form .save button"))
			e.do(chromedp.Navigate(b.at.URL+twin), chromedp.WaitVisible("#twin a.btn"))
			said := func() string {
				return e.page(`document.querySelector("#give .btn.main").innerText.replace(/\s+/g, " ")`)
			}
			e.do(run(`document.querySelectorAll("[name=give]").forEach((b) => { if (b.checked !== /^(IPV|BOPV)$/.test(b.value)) b.click(); })`))
			e.do(run(`{ const s = document.querySelector('[name="not.IPV"]'); s.closest("details").open = true; s.value = "refused"; s.dispatchEvent(new Event("change", { bubbles: true })); }`))
			e.shot("twin-refused")
			if got := e.page(`document.querySelector("#give-IPV").checked`); got != "false" {
				t.Error("a dose that was refused is still ticked")
			}
			if got := said(); !contains(got, "Lưu 1 mũi", "không tiêm IPV") {
				t.Errorf("the button says %q", got)
			}
			e.do(run(`document.querySelector("#give-IPV").click()`))
			if got := e.page(`document.querySelector('[name="not.IPV"]').value`); got != "" {
				t.Errorf("a dose that is ticked after all keeps the reason %q", got)
			}
			e.do(run(`{ const s = document.querySelector('[name="not.IPV"]'); s.value = "refused"; s.dispatchEvent(new Event("change", { bubbles: true })); }`))
			e.do(run(`document.querySelector("input[name=screening][value=eligible]").click(); const next = document.querySelector("[name=next]"); next.value = "+28"; next.focus(); next.blur(); document.querySelector("#give-BOPV").focus()`))
			e.leave(pressCtrlEnter())
			if got := e.page("location.pathname"); got != "/" {
				t.Fatalf("Ctrl Enter led to %s: %s", got, e.page("document.body.innerText"))
			}
			if got := b.doses(twin); !slices.Equal(got, []string{"BOPV ", "IPV refused"}) {
				t.Errorf("on the twin: %q", got)
			}
			if got := b.doses(first); len(got) != 0 {
				t.Errorf("on the other one: %q", got)
			}
			e.shot("saved-offers")
			e.leave(run(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "F8", bubbles: true, cancelable: true }))`))
			if got := e.page("document.body.innerText"); !contains(got, "Đã hẹn 07:30", "Vàng A Bình") {
				t.Errorf("F8 booked nothing: %s", got)
			}
			e.shot("booked")
		})
	}
}

func contains(text string, parts ...string) bool {
	return !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(text, p) })
}
