package web_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
	"tramy/internal/registry"
)

// The pages of a delivery room fit a laptop and a phone, and keep nobody out.
func TestDeliveryRoomInABrowser(t *testing.T) {
	tree, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	b.get("/births")
	b.submit("/births", delivery(tree, nil)).want(200)
	b.get("/births")
	b.submit("/births", delivery(tree, url.Values{
		"mother": {"Lầu Thị Mo"}, "phone": {""}, "sex.2": {"male"}, "clock.2": {"0616"}, "given.BCG.1": {""}, "not.BCG.1": {"postponed"},
	})).want(200)
	if _, _, err := tree.Station.Register(t.Context(), tree.Nurse, registry.SubjectInput{
		Place: tree.Commune, Name: "Sùng Thị Dí", Sex: registry.SexFemale, Group: registry.GroupAdult, BirthDate: tree.Station.Today() - 9_000, BirthPrec: registry.PrecisionDay,
	}, true); err != nil {
		t.Fatal(err)
	}
	child := "/child/" + bornToday(t, tree.Station)[0].ID.String()
	for _, size := range [][2]int64{{1366, 768}, {390, 844}, {360, 800}} {
		tab := openTab(t, b.at.URL, houseNurse, size[0], size[1])
		for name, path := range map[string]string{"births": "/births", "slip": child + "/slip", "twin": child + "/twin", "tie": child + "/mother", "child": child} {
			tab.do(name, chromedp.Navigate(b.at.URL+path))
			tab.judge(name)
			tab.shot(name)
		}
		tab.do("births", chromedp.Navigate(b.at.URL+"/births"), chromedp.SendKeys("#f-mother", "Sung Thi"))
		tab.until("who she may be shows", `document.querySelector("#mothers [name=fill]") !== null && document.querySelector("#mothers").textContent.includes("Sùng Thị Dí")`)
		tab.judge("mothers")
		tab.shot("mothers")
	}
}

// judge holds the page against what keeps people out, and what a thumb needs.
func (b *tab) judge(name string) {
	b.t.Helper()
	wrong, err := browsertest.Violations(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	if !strings.HasPrefix(b.size, "1366") {
		small, err := browsertest.ForAThumb(b.ctx)
		if err != nil {
			b.t.Fatal(err)
		}
		wrong = append(wrong, small...)
	}
	for _, x := range wrong {
		b.t.Errorf("%s at %s: %s", name, b.size, x)
	}
}
