package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// Who has arrived is told as here on the session's own page, before any needle, and gets no hour by the one press that gives
// everybody an hour who has none: "it says booked for 16:00, and he sits in front of me".
func TestWhoArrivedIsHereOnTheSessionsPage(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	people := children(t, tree, 3)
	b.get("/sessions")
	b.submit("/sessions", url.Values{"day": {"h"}, "from": {"07:00"}, "until": {"11:00"}, "capacity": {"20"}}).want(http.StatusOK)
	path := b.links("/session/")[0]
	b.get("/")
	b.submit("/day/arrive", url.Values{"who": {people[0].String()}}).want(http.StatusOK)
	b.get(path).want(http.StatusOK).says("2 người nên đến, chưa có giờ").silent("Lò Văn 00")
	b.submit(path+"/spread", nil).want(http.StatusOK).says("Đã đặt giờ cho 2 người.")
	// The printed sheet has her all the same, with what she is to be given: the power may go at any minute.
	b.get(path + "/print")
	b.submit(path+"/print", url.Values{"for": {registry.TakeCare}, "reason": {"buổi tiêm"}}).want(http.StatusOK).says("Lò Văn 00", "Lò Văn 01", "Lò Văn 02")
	b.get(path)
	b.get("/")
	b.submit("/day/arrive", url.Values{"who": {people[1].String()}}).want(http.StatusOK)
	list, hours := called(t, tree.Station.Desk, tree.Nurse, sessionOf(t, path))
	if len(hours) != 2 {
		t.Fatalf("called are %v", hours)
	}
	for i := range list.Called {
		if x := &list.Called[i]; x.Here != (x.Subject.ID == people[1]) {
			t.Errorf("%s is here: %v", x.Subject.Name, x.Here)
		}
	}
	b.get(path).says("Đã đến Lò Văn 01", "Hẹn "+hours["Lò Văn 02"]+" Lò Văn 02")
}

// The end of the day counts what waits to be looked at as the bar above it does.
func TestEndOfDayCountsWhatTheBarCounts(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	b.baby(nil)
	child := b.baby(url.Values{"force": {"1"}, "name": {"Lò Gia Bảo"}})
	if _, err := tree.Station.Sweep(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	b.get(child)
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "lot.BOPV": {"P-1"}, "screening": {"eligible"}}).want(http.StatusOK)
	waiting, err := tree.Station.Waiting(t.Context(), tree.Nurse)
	if err != nil || waiting.Pairs != 1 {
		t.Fatalf("%+v waits: %v", waiting, err)
	}
	b.get("/day/close").want(http.StatusOK).says(strconv.Itoa(waiting.Mine()) + " việc ở “Cần xem”")
}

// The day somebody was told is kept once they came: their record does not call them late for it any more.
func TestADayThatWasKeptIsNotLate(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "lot.BOPV": {"P-1"}, "screening": {"eligible"}, "next": {"26/11"}}).want(http.StatusOK)
	b.get(child).says("hẹn thứ Năm 26/11/2026")
	b.tree.Clock().Add(3 * 24 * time.Hour)
	b.as(nodetest.NurseLogin).get(child).says("hẹn thứ Năm 26/11/2026Quá 2 ngày")
	dose := registry.ImmunizationInput{Vaccine: "DPT-VGB-HIB", Lot: "D-1"}
	if _, err := b.tree.Station.RecordVisit(t.Context(), b.tree.Nurse, desk.Visit{
		Subject: idOf(t, child), Doses: []registry.ImmunizationInput{dose}, GivenOn: b.tree.Station.Today(), Screening: registry.ScreeningEligible, Checked: registry.CheckedTold,
	}); err != nil {
		t.Fatal(err)
	}
	b.get(child)
	if text := b.text(); strings.Contains(text, "Quá 2 ngày") {
		t.Errorf("she came, and is late all the same:\n%s", text)
	}
}

// Who is called to a session stands on its sheet with what they are to be given, though somebody wrote down when they will come.
func TestWhoSaidTheyComeKeepsTheirDosesOnTheSheet(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	child := children(t, tree, 1)[0]
	b.get("/sessions")
	b.submit("/sessions", url.Values{"day": {"h"}, "from": {"07:00"}, "until": {"11:00"}, "capacity": {"20"}}).want(http.StatusOK)
	path := b.links("/session/")[0]
	b.get(path)
	b.submit(path+"/spread", nil).want(http.StatusOK)
	in := registry.ContactInput{Subject: child, Via: registry.ContactPhone, Came: registry.ContactComing, Until: tree.Station.Today() + 1}
	if err := tree.Station.RecordContact(t.Context(), tree.Nurse, in, false); err != nil {
		t.Fatal(err)
	}
	list, _ := called(t, tree.Station.Desk, tree.Nurse, sessionOf(t, path))
	if len(list.Called) != 1 || len(list.Called[0].Due) == 0 {
		t.Fatalf("on the list stand %+v", list.Called)
	}
}
