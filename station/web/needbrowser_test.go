package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// The sum of a month's needs, who is due, wastage and targets fit a laptop and phones, and have one filled button.
func TestNeedsInTheBrowser(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	b.dosed("Lò Gia Bảo", "A24-123")
	today := tree.Station.Today()
	for i, age := range []registry.Day{20, 62, 75, 100, 300, 520} {
		if _, _, err := tree.Station.Register(t.Context(), tree.Nurse, registry.SubjectInput{Place: tree.Commune, Name: "Lò Thị " + string(rune('A'+i)), BirthDate: today - age, MotherName: "Vì Thị " + string(rune('A'+i))}, true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tree.Station.MoveStock(t.Context(), tree.Nurse, registry.MovementInput{Item: "MR", Lot: "MR-1", Quantity: 60, Expires: (today.Month() + 1).First() + 9, Type: registry.MoveReceived},
		registry.MovementInput{Item: "MR", Lot: "MR-1", Quantity: 10, Type: registry.MoveDiscarded, Reason: registry.DiscardBroken}); err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int64{{1366, 768}, {390, 844}, {360, 800}} {
		tab := openTab(t, b.at.URL, nodetest.HeadLogin, size[0], size[1])
		for name, path := range map[string]string{
			"needs": "/stock/needs", "needs-wrong": "/stock/needs?coverage=400", "need-rows": "/stock/needs/rows?item=DPT-VGB-HIB", "wastage": "/stock/wastage", "targets": "/targets", "stock-with-needs": "/stock", "reports-plan": "/reports",
		} {
			tab.do("opening", chromedp.Navigate(b.at.URL+path))
			tab.fits(name)
			tab.is(name+" has one filled button", `document.querySelectorAll("main form .btn.main").length <= 1`)
		}
	}
}
