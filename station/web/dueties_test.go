package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/project"
)

// Of those who are due on one day the youngest is called first, on the worklists and on today's list; a filter finds whom nobody can call.
func TestTheYoungestOfADayFirst(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	today := tree.Station.Today()
	for _, x := range []struct{ name, born, phone string }{
		{"Vàng A An", "18/07/2024", "0385000411"},
		{"Thào A Bình", "18/07/2026", ""},
		{"Lường Thị Chi", "18/07/2025", "0385000413"},
	} {
		id := idOf(t, b.baby(url.Values{"name": {x.name}, "mother": {"Mẹ " + x.name}, "born": {x.born}, "phone": {x.phone}, "hamlet": {"bản Pha Thanh"}, "force": {"1"}}))
		put(t, tree, id, project.DueRow{Vaccine: "MR", Dose: 1, Recommended: today - 40, Overdue: today - 9})
	}
	first := idOf(t, b.baby(url.Values{"name": {"Giàng A Dua"}, "born": {"18/07/2023"}, "hamlet": {"bản Pha Thanh"}, "phone": {"0385000414"}, "force": {"1"}}))
	put(t, tree, first, project.DueRow{Vaccine: "MR", Dose: 1, Recommended: today - 50, Overdue: today - 20})
	const want = "Giàng A Dua, Thào A Bình, Lường Thị Chi, Vàng A An"
	for _, path := range []string{"/due?list=overdue", "/due?list=overdue&by=hamlet", "/"} {
		b.get(path).want(http.StatusOK)
		if got := b.people(); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	b.get("/due?list=overdue&phone=none").want(http.StatusOK).says("1 người, chỉ: Không có số")
	if got := b.people(); got != "Thào A Bình" {
		t.Errorf("without a phone: %s", got)
	}
	b.get("/due?list=overdue&phone=nonsense")
	if got := b.people(); got != want {
		t.Errorf("a filter that is not ours: %s", got)
	}
}
