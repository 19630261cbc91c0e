package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// What was just saved offers the first session on which something is due again, in one press, and that press comes back to where the
// next mother waits. A session before that day is no use; who is called to one already is offered none.
func TestVisitOffersTheNextSession(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	child := b.baby(nil)
	today := tree.Station.Today()
	const useless, useful = 10, 30
	if _, _, err := tree.Station.PlanSessions(t.Context(), tree.Nurse, registry.SessionInput{From: registry.NewClock(7, 30), Until: registry.NewClock(11, 0), Capacity: 10}, []registry.Day{today + useless, today + useful}); err != nil {
		t.Fatal(err)
	}
	b.get(child)
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "next": {(today + 28).String()}}).want(http.StatusOK)
	day := (today + useful).String()[:5]
	b.says("Hẹn " + day + " 07:30").silent("Hẹn " + (today + useless).String()[:5])
	if b.url.Path != "/" {
		t.Fatalf("after a dose: %s", b.url)
	}
	b.submit(child+"/book", nil).want(http.StatusOK).says("Đã hẹn 07:30", (today + useful).String(), "Lò Gia Bảo.")
	if b.url.Path != "/" {
		t.Errorf("after the press: %s", b.url)
	}
	b.submit("/undo", nil).want(http.StatusOK).says("Đã hoàn tác")
	b.get(child).silent("Đã hẹn")
	b.submit(child+"/visit", url.Values{"give": {}, "next": {(today + 29).String()}}).want(http.StatusOK).says("Hẹn " + day + " 07:30")
	if b.url.Path != child {
		t.Errorf("after a date without a dose: %s", b.url)
	}
	b.submit(child+"/book", nil).want(http.StatusOK).says("Đã hẹn 07:30")
	b.get(child)
	b.submit(child+"/visit", url.Values{"give": {}, "next": {(today + 27).String()}}).want(http.StatusOK)
	if strings.Contains(strings.Join(b.noteButtons(), " "), "Hẹn") {
		t.Error("somebody who is called is offered a session once more")
	}
}

// noteButtons are the words on the buttons of the messages on top.
func (b *browser) noteButtons() (out []string) {
	for _, n := range b.all("div") {
		if attr(n, "role") == "status" || attr(n, "role") == "alert" {
			out = append(out, content(n))
		}
	}
	return out
}
