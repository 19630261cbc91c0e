package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// A twin that was left out is added from the other's page: both are marked, and what they share is not typed again.
func TestTwinIsAddedFromTheOther(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	first := b.baby(url.Values{"mother": {"Vàng Thị Mỷ"}, "phone": {"0385000533"}, "born": {"20/11/2026 07:00"}, "sex": {"female"}})
	b.get(first).says("Thêm bé sinh đôi")
	b.get(first+"/twin").says("20/11/2026", "Vàng Thị Mỷ")
	b.submit(first+"/twin", url.Values{"weight": {"9"}}).want(http.StatusUnprocessableEntity).says("Ô này cần có.")
	b.submit(first+"/twin", url.Values{"sex": {"male"}, "weight": {"2600"}, "clock": {"0712"}}).want(http.StatusOK).says("Sinh đôi, con thứ 2", "Hai bé được đánh dấu là sinh cùng một lần.")
	second := b.url.Path
	s, o := b.subject(second), b.subject(first)
	if s.BirthOrder != 2 || o.BirthOrder != 1 || s.BirthDate != o.BirthDate || s.BirthClock.String() != "07:12" || s.MotherPhone != o.MotherPhone || s.Place != o.Place ||
		s.Hamlet != o.Hamlet || s.BirthWeight != 2600 || s.Code == o.Code || s.Sex != registry.SexMale {
		t.Errorf("the twins are %+v and %+v", o.SubjectInput, s.SubjectInput)
	}
	b.get(first).says("Sinh đôi, con thứ 1")
	// Who wrote it takes it back, though she is no head.
	b.get(second)
	third := b.get(first + "/twin")
	third.submit(first+"/twin", url.Values{"sex": {"male"}, "clock": {"0730"}}).want(http.StatusConflict)
	b.submit(first+"/twin", url.Values{"sex": {"male"}, "clock": {"0730"}}).want(http.StatusOK)
	wrong := b.url.Path
	b.submit("/undo", nil).want(http.StatusOK)
	if s := b.subject(wrong); s.Void == "" {
		t.Error("the birth stands after it was taken back")
	}
}

// An older child is tied to its mother's record, and untied again.
func TestChildIsTiedToItsMotherLater(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	woman := b.expecting(url.Values{"hbsag": {"positive"}})
	child := b.baby(url.Values{"mother": {"Lò Thị Ánh"}, "phone": {""}, "born": {"14/03/2024"}, "sex": {"male"}, "name": {"Lò Văn Tú"}})
	b.get(child + "/mother").says("Nối với sổ của mẹ")
	b.submit(child+"/mother", url.Values{"q": {""}}).want(http.StatusUnprocessableEntity)
	b.submit(child+"/mother", url.Values{"q": {"lo thi anh"}}).want(http.StatusOK).says("Lò Thị Ánh").silent("Lò Văn Tú là")
	b.post(child+"/mother", merge(b.form(child+"/mother"), url.Values{"q": {""}, "to": {idOf(t, woman).String()}})).want(http.StatusOK).says("Lò Văn Tú đã nối với sổ của mẹ.")
	if s := b.subject(child); s.Mother != idOf(t, woman) || !s.Has(registry.ConditionMotherHBsAg) || s.MotherPhone != "0387000159" || s.Name != "Lò Văn Tú" {
		t.Errorf("the child: %+v", s.SubjectInput)
	}
	// She still expects another child: a birth of years ago does not end that.
	if s := b.subject(woman); s.Group != registry.GroupPregnant {
		t.Errorf("the mother: %+v", s.SubjectInput)
	}
	b.submit("/undo", nil).want(http.StatusOK)
	if s := b.subject(child); !s.Mother.IsZero() || s.Has(registry.ConditionMotherHBsAg) {
		t.Errorf("after it was undone: %+v", s.SubjectInput)
	}
	// A sister born two years before is nobody's mother.
	sister := b.baby(url.Values{"mother": {"Lò Thị Ánh"}, "phone": {""}, "born": {"14/03/2021"}, "sex": {"female"}, "name": {"Lò Thị Ánh Tuyết"}})
	b.get(child + "/mother")
	b.post(child+"/mother", merge(b.form(child+"/mother"), url.Values{"to": {idOf(t, sister).String()}})).want(http.StatusUnprocessableEntity).says("Người này không thể là mẹ")
}

// The last period is kept with the pregnancy; the day of birth follows it, until somebody says another.
func TestLastPeriodStaysWithThePregnancy(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	woman := b.expecting(nil)
	if s := b.subject(woman); s.LastPeriod.String() != "21/02/2026" || s.DueDate.String() != "28/11/2026" {
		t.Fatalf("%s, %s", s.LastPeriod, s.DueDate)
	}
	b.get(woman).says("kỳ kinh cuối 21/02/2026")
	b.get(woman + "/pregnancy").says("Máy tính từ kỳ kinh cuối: dự sinh 28/11/2026.")
	b.submit(woman+"/pregnancy", url.Values{"period": {"25/02/2026"}}).want(http.StatusOK)
	if s := b.subject(woman); s.DueDate.String() != "02/12/2026" {
		t.Errorf("the day of birth does not follow the period: %s", s.DueDate)
	}
	b.get(woman + "/pregnancy")
	b.submit(woman+"/pregnancy", url.Values{"due": {"05/12/2026"}}).want(http.StatusOK)
	if s := b.subject(woman); s.DueDate.String() != "05/12/2026" || s.LastPeriod.String() != "25/02/2026" {
		t.Errorf("a scan: %s, %s", s.DueDate, s.LastPeriod)
	}
}
