package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/nodetest"
)

// In a real browser one tick says that a row is as listed, the draft is kept while one types, is there after the page was closed, and
// one key saves.
func TestPaperSheetInTheBrowser(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	kids := children(t, tree, 6)
	session, _ := b.sessionAgo(1)
	path := "/session/" + session.String() + "/paper"
	first, second := kids[0].String(), kids[1].String()
	js := func(text string) chromedp.Action[chromedp.Void] {
		return chromedp.Evaluate[chromedp.Void]("void (" + text + ")")
	}
	laptop := openTab(t, b.at.URL, nodetest.NurseLogin, 1366, 768)
	laptop.do("opening", chromedp.Navigate(b.at.URL+path))
	laptop.fits("paper")
	laptop.do("no lots", js(`document.querySelectorAll('[name^="vnone."]').forEach((x) => x.click())`))
	laptop.do("as listed", js(`document.querySelector('[name="as.`+first+`"]').click()`))
	laptop.is("all of the row is ticked", `[...document.querySelectorAll('[name="give.`+first+`"]')].every((x) => x.checked)`)
	laptop.until("it is kept", `document.querySelector(".draft [role=status]").textContent.includes("Đã giữ nháp")`)
	laptop.do("another row", js(`document.querySelector('[name="as.`+second+`"]').click()`), js(`document.querySelector('[name="give.`+second+`"]').click()`))
	laptop.is("one left out is not as listed", `!document.querySelector('[name="as.`+second+`"]').checked`)
	laptop.is("the button counts", `document.querySelector("[data-rows] .said").textContent === "Lưu 2 người"`)
	for _, lot := range []string{"5", "54", "540", "5400"} { // each change goes on from what was kept before
		laptop.do("typing", js(`(() => { const x = document.querySelector('[name="vlot.BOPV"]'); x.value = "P-`+lot+`"; x.dispatchEvent(new Event("change", {bubbles: true})); })()`))
	}
	laptop.until("the last of it is kept", `document.querySelector(".draft [role=status]").textContent.includes("Đã giữ nháp") && !document.querySelector(".htmx-request")`)
	laptop.is("nothing was taken for another page's", `!document.body.textContent.includes("đã đổi ở trang khác")`)

	phone := openTab(t, b.at.URL, nodetest.NurseLogin, 390, 844)
	phone.do("opening", chromedp.Navigate(b.at.URL+path))
	phone.until("the draft is on another device", `document.querySelector('[name="as.`+first+`"]').checked && document.body.textContent.includes("2 hàng, chưa lưu")`)
	phone.fits("paper-draft")
	phone.do("today", chromedp.Navigate(b.at.URL+"/"))
	phone.fits("paper-today")
	small := openTab(t, b.at.URL, nodetest.NurseLogin, 360, 800)
	small.do("opening", chromedp.Navigate(b.at.URL+path))
	small.fits("paper")

	// The rare part of a row, a new child, and what did not go.
	if _, err := chromedp.RunResponse(laptop.ctx, js(`document.querySelector('[name=show][value="`+kids[2].String()+`"]').click()`)); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.RunResponse(laptop.ctx, js(`document.querySelector('[name=do][value=new]').click()`)); err != nil {
		t.Fatal(err)
	}
	laptop.do("typing who is known", chromedp.SendKeys(`[name="mother.n1"]`, "Mẹ 01"), chromedp.SendKeys(`[name="name.n1"]`, "Lò Văn 03"), chromedp.SendKeys(`[name="phone.n1"]`, "0385000403"))
	laptop.until("who it may be shows while one types", `document.querySelector('#c-n1 [name=pick][value="`+kids[3].String()+`.n1"]') !== null && document.querySelector("#c-n1").textContent.includes("Mẹ 01")`)
	laptop.fits("paper-candidates")
	laptop.do("another box", js(`document.querySelector('[name="give.n1"]').click()`))
	if _, err := chromedp.RunResponse(laptop.ctx, js(`document.querySelector('#c-n1 [name=pick][value="`+kids[3].String()+`.n1"]').click()`)); err != nil {
		t.Fatal(err)
	}
	laptop.is("the child stands on the list with what was ticked", `document.querySelector("#pn1") === null && document.querySelector('[id="p`+kids[3].String()+`"] input:checked, [id="p`+kids[3].String()+`"] option[selected]') !== null`)
	laptop.is("what was ticked is still there", `document.querySelector('[name="as.`+first+`"]').checked`)
	laptop.fits("paper-open")
	b.get(path)
	small.do("opening", chromedp.Navigate(b.at.URL+path))
	small.fits("paper-open")
	if _, err := chromedp.RunResponse(laptop.ctx, js(`document.querySelector("#paper .save .btn").click()`)); err != nil {
		t.Fatal(err)
	}
	laptop.is("both are saved", `document.body.textContent.includes("Đã lưu 2 người")`)
	laptop.fits("paper-saved")
	for _, at := range []*tab{laptop, phone, small} {
		at.do("doses without a lot", chromedp.Navigate(b.at.URL+"/lots/missing"))
		at.fits("nolot")
		at.do("a day", chromedp.Navigate(b.at.URL+"/paper"))
		at.fits("paperday")
	}

	// A new child is kept while typed, and offered again.
	laptop.do("registering", chromedp.Navigate(b.at.URL+"/register"), chromedp.SendKeys("#f-mother", "Lường Thị Én"))
	laptop.until("it is kept", `document.querySelector(".draft [role=status]").textContent.includes("Đã giữ nháp")`)
	laptop.do("closed and opened", chromedp.Navigate(b.at.URL+"/register"))
	laptop.is("offered, not filled in", `document.querySelector(".drafts a") !== null && document.querySelector("#f-mother").value === ""`)
	laptop.fits("register-draft")
	if _, err := chromedp.RunResponse(laptop.ctx, js(`document.querySelector(".drafts a").click()`)); err != nil {
		t.Fatal(err)
	}
	laptop.is("filled in", `document.querySelector("#f-mother").value === "Lường Thị Én"`)
	laptop.do("a visit", chromedp.Navigate(b.at.URL+"/child/"+kids[4].String()), js(`document.querySelector("#give [name=give]").click()`))
	laptop.until("it is kept", `document.querySelector("#give .draft [role=status]").textContent.includes("Đã giữ nháp")`)
	laptop.do("closed and opened", chromedp.Navigate(b.at.URL+"/child/"+kids[4].String()))
	laptop.fits("child-draft")
}
