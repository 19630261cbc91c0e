package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/nodetest"
)

// The page of what waits, with a keyboard: arrows move between the rows, a number settles the row that is looked at and no other, U
// undoes, and the next row is there to go on with.
func TestReviewByKeys(t *testing.T) {
	r := toReview(t)
	b := serve(t, r.tree)
	tab := openTab(t, b.at.URL, nodetest.NurseLogin, 1366, 768)
	const row = `(document.activeElement.closest(".case, .cmp")?.innerText || "nowhere")`
	press := func(key string) {
		t.Helper()
		tab.do("pressing "+key, chromedp.Evaluate[chromedp.Void](keys(key)))
	}
	settled := func(key, note string) {
		t.Helper()
		if key != "u" {
			tab.until("a row is focused before "+key, row+` !== "nowhere"`)
		}
		if _, err := chromedp.RunResponse(tab.ctx, chromedp.Evaluate[chromedp.Void](keys(key))); err != nil {
			t.Fatalf("pressing %s: %v", key, err)
		}
		tab.until(key+" says "+note, `document.querySelector(".note.n-ok")?.innerText.includes("`+note+`")`)
	}
	tab.do("opening", chromedp.Navigate(b.at.URL+"/review"))
	tab.until("the first row is focused", row+`.includes("Hai mũi quá gần nhau")`)
	tab.shot("review")
	press("ArrowDown")
	tab.is("the second row", row+`.includes("Giàng Thị Sua")`)
	press("ArrowDown")
	tab.is("the third row", row+`.includes("Quàng Hải Đăng")`)
	press("ArrowDown")
	tab.is("the pair", row+`.includes("Sùng Thị Dí")`)
	press("ArrowUp")
	press("ArrowUp")
	press("ArrowUp")
	tab.is("the first again", row+`.includes("Hai mũi quá gần nhau")`)

	settled("3", "Đã nhớ")
	tab.until("the next row is focused", row+`.includes("Giàng Thị Sua")`)
	tab.shot("review-settled")
	settled("u", "Đã hoàn tác")
	tab.until("back at the first", row+`.includes("Hai mũi quá gần nhau") || `+row+`.includes("Giàng Thị Sua")`)
	tab.is("nothing is lost", `document.querySelector("h1").innerText.includes("4")`)

	// A number without a row settles nothing: it leads to the first row.
	tab.do("looking elsewhere", chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	press("1")
	tab.until("the first row", row+`.includes("Hai mũi quá gần nhau")`)
	tab.is("still four", `document.querySelector("h1").innerText.includes("4")`)

	settled("1", "Đã giữ một mũi")
	settled("1", "Đã chọn")
	settled("2", "Đã chọn")
	tab.until("the pair is left", row+`.includes("Sùng Thị Dí")`)
	settled("2", "Đã nhớ: hai người")
	tab.is("all is settled", `document.querySelector("main").innerText.includes("Không còn việc nào")`)
}

// The page fits what it is looked at with.
func TestReviewFits(t *testing.T) {
	r := toReview(t)
	b := serve(t, r.tree)
	for _, size := range [][2]int64{{1366, 768}, {390, 844}, {360, 800}} {
		tab := openTab(t, b.at.URL, nodetest.NurseLogin, size[0], size[1])
		tab.do("opening", chromedp.Navigate(b.at.URL+"/review"))
		tab.fits("review-page")
		tab.is("buttons are as large as a thumb", `[...document.querySelectorAll("main .btn")].filter((b) => b.offsetParent).every((b) => b.getBoundingClientRect().height >= 44)`)
	}
}
