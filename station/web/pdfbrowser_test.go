package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/nodetest"
)

// The pages that lead to a file fit a laptop and phones, and have one filled button.
func TestWaysToPDFInTheBrowser(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	child := b.dosed("Lò Gia Bảo", "A24-123")
	for _, size := range [][2]int64{{1366, 768}, {390, 844}, {360, 800}} {
		tab := openTab(t, b.at.URL, nodetest.NurseLogin, size[0], size[1])
		for name, path := range map[string]string{
			"taking-one": child + "/paper", "taking-list": "/due/print?list=overdue", "taking-cards": "/due/print?list=overdue&as=cards", "due-ways": "/due?list=overdue",
		} {
			tab.do("opening", chromedp.Navigate(b.at.URL+path))
			tab.fits(name)
			tab.is(name+" has one filled button", `document.querySelectorAll("main form .btn.main").length <= 1`)
		}
	}
}
