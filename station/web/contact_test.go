package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Two presses write down that nobody answered; who is away until a day is called again on that day, and who moved is not.
func TestAttemptsToReach(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	today := tree.Station.Today()
	late := func(name string) p.EntityID {
		id := b.kid(name, "bản Pha Thanh", "0385000411")
		put(t, tree, id, project.DueRow{Vaccine: "MR", Dose: 1, Recommended: today - 60, Overdue: today - 26})
		return id
	}
	an, binh, chi := late("Vàng A An"), late("Thào A Bình"), late("Lường Thị Chi")
	list := "/due?list=overdue"
	press := func(id p.EntityID, came, until string) *browser {
		b.get(list)
		return b.submit("/child/"+id.String()+"/contact", url.Values{"came": {came}, "until": {until}})
	}
	press(an, "unreached", "").want(http.StatusOK)
	if b.url.Path != "/due" {
		t.Errorf("it comes back to %s", b.url)
	}
	b.says("Đã lưu lần liên lạc", "Gọi điện: Không gặp, không nghe máy, hôm nay")
	press(an, "unreached", "").says("2 lần không gặp")
	tree.Clock().Add(72 * time.Hour)
	b.as(nodetest.NurseLogin).get(list).says("2 lần không gặp. Gọi điện: Không gặp, không nghe máy, 3 ngày trước")

	// Away needs a day; what was typed comes back on the page of the attempts.
	press(binh, "away", "").want(http.StatusUnprocessableEntity).says("Ghi đến ngày nào")
	press(binh, "away", "31/02/2027").want(http.StatusUnprocessableEntity).says("Không có ngày")
	press(binh, "away", "05/12").want(http.StatusOK).says("1 người đã hẹn hoặc đi vắng")
	if got := b.people(); got != "Vàng A An, Lường Thị Chi" {
		t.Errorf("while one is away: %s", got)
	}
	b.get("/").silent("Thào A Bình")
	b.get(list+"&later=1").says("Thào A Bình", "đến 05/12/2026")
	press(chi, "moved", "").want(http.StatusOK)
	if got := b.people(); got != "Vàng A An" {
		t.Errorf("after one moved: %s", got)
	}
	if s := registry.SubjectOf(b.state(chi)); s.Status != registry.StatusMoved {
		t.Errorf("who moved is %s", s.Status)
	}
	b.get("/child/"+an.String()+"/contact").want(http.StatusOK).says("Gọi điện: Không gặp, không nghe máy", "Cà Thị Diên")
	tree.Clock().Add(8 * 24 * time.Hour)
	b.as(nodetest.NurseLogin).get(list)
	if got := b.people(); got != "Vàng A An, Thào A Bình" {
		t.Errorf("when the day has come: %s", got)
	}
}
