package web_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// lined is a campaign with so many pupils in one class, a lot in hand, and its address.
func lined(t *testing.T, n int) (*browser, string) {
	t.Helper()
	b := serve(t, nodetest.New(t))
	campaign := b.plan()
	b.as(nodetest.NurseLogin).sendTo(campaign+"/roll", "lop1.csv", pupils(n, n))
	b.submit(campaign+"/roll/columns", nil)
	b.submit(campaign+"/roll/write", nil)
	b.post(campaign+"/lot", url.Values{"number": {"m-77"}, "expires": {"+90"}}).want(200)
	return b, campaign
}

// onList is who is on a list, in its order, and how many doses each of them has in the whole register.
func onList(t *testing.T, b *browser, campaign string) (rows []desk.Listed, doses []int) {
	t.Helper()
	id, err := p.ParseEntityID(strings.TrimPrefix(campaign, "/campaign/"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := b.tree.Station.CampaignList(t.Context(), b.tree.Nurse, id, "", true)
	if err != nil {
		t.Fatal(err)
	}
	err = b.tree.Station.Node.Store().View(t.Context(), func(tx store.Tx) error {
		for i := range list.Rows {
			given, err := tx.DosesOfCase(list.Rows[i].Person.Case)
			if err != nil {
				return err
			}
			doses = append(doses, len(slices.DeleteFunc(given, func(r project.ImmunizationRow) bool { return r.Void || r.NotDone != 0 })))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list.Rows, doses
}

// press sends keys to whatever has the focus, and waits for the page that comes.
func (b *tab) press(keys string) error {
	_, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent(keys))
	return err
}

func (b *tab) keys(keys string) {
	b.t.Helper()
	if err := b.press(keys); err != nil {
		b.shot("failed")
		b.t.Fatalf("pressing %q at %s: %v", keys, b.size, err)
	}
}

// Twelve children go through the line by keys alone: Enter gives, V, T and H say why not, and the focus goes on by itself; no mouse, no
// Tab. One key is one press: nobody is given to who was absent, and the reason stands as it was typed.
func TestTheLineByKeys(t *testing.T) {
	b, campaign := lined(t, 12)
	at := openTab(t, b.at.URL, nodetest.NurseLogin, 1366, 768)
	at.do("opening the line", chromedp.Navigate(b.at.URL+campaign+"/line"))
	why := func(key, reason string) {
		t.Helper()
		at.keys(key)
		at.until("the reason has the focus", `document.activeElement.name === "reason"`)
		at.do("typing the reason", chromedp.KeyEvent(reason))
		at.keys(kb.Enter)
	}
	for i := range 12 {
		at.until(fmt.Sprintf("before child %d the focus is in the list", i+1), `document.activeElement.closest(".pupil") !== null`)
		switch i {
		case 3:
			at.keys("v")
		case 6:
			why("t", "gia dinh ban viec")
		case 9:
			why("h", "vo van het thuoc") // letters that are keys of the line mean nothing while one types
		default:
			at.keys(kb.Enter)
		}
	}
	at.shot("line-done")
	rows, doses := onList(t, b, campaign)
	for i := range rows {
		want, reason, n := registry.EnrolmentOutcome(0), "", 1
		switch i {
		case 3:
			want, n = registry.EnrolmentAbsent, 0
		case 6:
			want, reason, n = registry.EnrolmentRefused, "gia dinh ban viec", 0
		case 9:
			want, reason, n = registry.EnrolmentPostponed, "vo van het thuoc", 0
		}
		if x := &rows[i]; x.Outcome != want || x.Reason != reason || doses[i] != n {
			t.Errorf("child %d has %d doses, outcome %s, reason %q; want %d, %s, %q", i+1, doses[i], x.Outcome, x.Reason, n, want, reason)
		}
	}
}

// Two nurses press Enter at two devices on one line, as fast as the pages come: everybody is given to once, whoever pressed first, and
// the other one is told and led on to the next.
func TestTwoDevicesOnOneLine(t *testing.T) {
	b, campaign := lined(t, 12)
	done := make(chan error, 2)
	for _, login := range []string{nodetest.NurseLogin, nodetest.HeadLogin} {
		at := openTab(t, b.at.URL, login, 1366, 768)
		at.do("opening the line", chromedp.Navigate(b.at.URL+campaign+"/line"))
		go func() {
			for range 40 {
				// The browser moves the focus after the page has come: a nurse presses when she sees it there.
				left, err := poll[string](at, `document.querySelector(".pupil button[value=give]") === null ? "none" :
					document.activeElement.closest(".pupil") !== null && "some"`)
				if err != nil || left == "none" {
					done <- err
					return
				}
				if err := at.press(kb.Enter); err != nil {
					done <- err
					return
				}
			}
			done <- fmt.Errorf("after 40 presses somebody still waits at %s", at.size)
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	rows, doses := onList(t, b, campaign)
	if len(rows) != 12 {
		t.Errorf("%d on the list", len(rows))
	}
	for i := range rows {
		if rows[i].Dose == nil || doses[i] != 1 {
			t.Errorf("child %d has %d doses", i+1, doses[i])
		}
	}
}
