package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tramy/internal/nodetest"
)

// inTwoDoses is a campaign of two doses 14 days apart, on the day on which the second is due for those of the first day: of six pupils
// three have the first dose, one of them is due and absent, one had the second, one rests; the others have none.
func inTwoDoses(t *testing.T) (*browser, string) {
	t.Helper()
	b := serve(t, nodetest.New(t))
	b.as(nodetest.HeadLogin).get("/campaigns")
	form := url.Values{"name": {"Tả uống bản Na Phay"}, "kind": {"outbreak"}, "vaccine": {"TA"}, "from": {"h"}, "until": {"+10"}, "interval": {"hai"}, "age_from": {"24"}}
	b.submit("/campaigns", form).want(http.StatusUnprocessableEntity)
	if b.wrong("interval") == "" || b.form("/campaigns").Get("interval") != "hai" {
		t.Error("an interval that is no number stands beside no field, or is gone")
	}
	form.Set("interval", "14")
	b.submit("/campaigns", form).want(http.StatusUnprocessableEntity)
	if b.wrong("until") == "" {
		t.Error("a campaign that is over before its second dose is taken")
	}
	form.Set("until", "+30")
	b.submit("/campaigns", form).want(http.StatusOK).says("2 mũi cách 14 ngày")
	campaign := b.url.Path
	b.as(nodetest.NurseLogin).sendTo(campaign+"/roll", "lop1.csv", pupils(6, 6))
	b.submit(campaign+"/roll/columns", nil)
	b.submit(campaign+"/roll/write", nil)
	b.post(campaign+"/lot", url.Values{"number": {"m-77"}, "expires": {"+90"}}).want(http.StatusOK)
	rows := b.get(campaign + "/line").entries()
	press := func(k int, do string) *browser {
		t.Helper()
		return b.post(campaign+"/line", url.Values{"enrolment": rows[k]["enrolment"], "lot": {"M-77"}, "class": {"1A"}, "do": {do}})
	}
	press(0, "give").want(http.StatusOK)
	press(1, "give").want(http.StatusOK).says("Trên 6 người: 2 đã mũi 1, 0 đủ 2 mũi; 4 đang chờ, 2 chưa đến hạn mũi 2", "mũi 2 từ")
	press(0, "give").want(http.StatusUnprocessableEntity).says("mũi 2 từ", "Không ghi thêm")
	b.tree.Clock().Add(13 * 24 * time.Hour)
	b.as(nodetest.NurseLogin)
	press(2, "give").want(http.StatusOK)
	b.tree.Clock().Add(24 * time.Hour)
	b.as(nodetest.NurseLogin).get(campaign+"/line").says("0 đủ 2 mũi; 5 đang chờ, 1 chưa đến hạn mũi 2", "Tiêm mũi 2", "mũi 1 ngày")
	press(0, "give").want(http.StatusOK)
	press(1, "absent").want(http.StatusOK)
	return b, campaign
}

// The line, the list of absentees and the report tell the first dose from the second.
func TestTwoDosesOnThePages(t *testing.T) {
	b, campaign := inTwoDoses(t)
	b.get(campaign+"/line").says("3 đã mũi 1, 1 đủ 2 mũi; 3 đang chờ, 1 chưa đến hạn mũi 2, 1 có lý do", "đủ 2 mũi, mũi 1 ngày")
	b.get(campaign + "/absent").want(http.StatusOK).says("4 người trong danh sách chưa tiêm, 1 người trong đó là mũi 2")
	b.get(campaign+"/absent?dose=2").want(http.StatusOK).says("1 người trong danh sách chưa tiêm, 1 người trong đó là mũi 2", "Vắng")
	b.get(campaign + "/absent?dose=1").want(http.StatusOK).says("3 người trong danh sách chưa tiêm, 0 người")
	b.get(campaign + "/absent/print?by=class&dose=2").want(http.StatusOK)
	b.submit(campaign+"/absent/print?by=class&dose=2", url.Values{"for": {"care"}, "reason": {"gọi mũi 2"}}).want(http.StatusOK).says("1 người trong danh sách", "gọi mũi 2")
	b.get(campaign+"/report").want(http.StatusOK).says("1 mũi trong ngày", "Đến hạn mũi 2", "Mũi 2 theo tuổi và giới, trong ngày")
	b.get(campaign).want(http.StatusOK).says("Đủ 2 mũi", "2 mũi cách 14 ngày")
}

// The pages of a campaign in full swing fit a laptop and a phone, and keep nobody out.
func TestCampaignPagesInABrowser(t *testing.T) {
	b, campaign := inTwoDoses(t)
	rows := b.get(campaign + "/line").entries()
	for _, size := range [][2]int64{{1366, 768}, {390, 844}, {360, 800}} {
		at := openTab(t, b.at.URL, nodetest.NurseLogin, size[0], size[1])
		for name, path := range map[string]string{
			"campaigns": "/campaigns", "campaign": campaign, "line": campaign + "/line", "line-why": campaign + "/line?ask=refused&who=" + rows[0].Get("enrolment"),
			"absent": campaign + "/absent", "report": campaign + "/report", "roll": campaign + "/roll",
		} {
			at.do(name, chromedp.Navigate(b.at.URL+path))
			at.judge(name)
			at.shot(name)
		}
	}
	head := openTab(t, b.at.URL, nodetest.HeadLogin, 390, 844)
	head.do("planning", chromedp.Navigate(b.at.URL+"/campaigns"), chromedp.Evaluate[chromedp.Void](`void document.querySelectorAll("details").forEach((d) => { d.open = true })`))
	head.judge("plan")
	head.shot("plan")
}
