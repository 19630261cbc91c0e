package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
	"tramy/internal/country"
)

var screens = flag.String("screens", "", "folder to keep screenshots in")

// person is somebody in front of a browser.
type person struct {
	t    *testing.T
	ctx  context.Context
	size string
}

func (p *person) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.shot("failed")
		text, _ := chromedp.Run(p.ctx, chromedp.Text("body"))
		p.t.Fatalf("%s: %v\n%s", what, err, text)
	}
}

// press clicks what leads to another page and waits for it.
func (p *person) press(sel string) {
	p.t.Helper()
	if _, err := chromedp.RunResponse(p.ctx, chromedp.Click(sel)); err != nil {
		p.shot("failed")
		p.t.Fatalf("pressing %s: %v", sel, err)
	}
}

func (p *person) open(url string) {
	p.t.Helper()
	p.do("opening "+url, chromedp.Navigate(url))
}

func (p *person) text(sel string) string {
	p.t.Helper()
	s, err := chromedp.Run(p.ctx, chromedp.Text(sel))
	if err != nil {
		p.shot("failed")
		p.t.Fatalf("reading %s: %v", sel, err)
	}
	return s
}

func (p *person) sees(sel, want string) {
	p.t.Helper()
	if got := p.text(sel); !strings.Contains(got, want) {
		p.shot("failed")
		p.t.Errorf("%s: %q is not in\n%s", sel, want, got)
	}
}

func (p *person) shot(name string) {
	p.t.Helper()
	if *screens == "" {
		return
	}
	b, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Log(err)
		return
	}
	if err := os.WriteFile(filepath.Join(*screens, fmt.Sprintf("%s-%s.png", name, p.size)), b, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) login(n *country.Node, name string) {
	p.t.Helper()
	p.open("http://" + n.PagesAddr + "/login?other=1")
	p.do("logging in", chromedp.SendKeys("input[name=user]", name), chromedp.SendKeys("input[name=password]", country.Password))
	p.press("main form .save button")
}

// A nurse whose cable is unplugged registers a child and records a visit; when the cable is in again and
// she presses the button, the figure changes on the centre's page. On a laptop and on a phone.
func TestDoseFromAnUnpluggedStationToTheCentresFigure(t *testing.T) {
	ctx := context.Background()
	room := &controlRoom{log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	nation, err := country.New(ctx, country.Options{
		Dir: t.TempDir(), Stations: 2, OpenHub: openHub, OpenStation: openStation, Now: time.Now, Delay: time.Hour, Log: room.log, Handler: room.handler,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer nation.Close()
	if err := nation.Fill(ctx, 40, 600, 3); err != nil {
		t.Fatal(err)
	}
	if err := nation.Quiet(ctx); err != nil {
		t.Fatal(err)
	}
	station := nation.Stations()[0]
	for i, size := range []struct{ width, height int64 }{{1366, 768}, {390, 844}} {
		name := fmt.Sprintf("%dx%d", size.width, size.height)
		t.Run(name, func(t *testing.T) {
			nurse := &person{t, browsertest.Open(t, size.width, size.height), name}
			officer := &person{t, browsertest.Open(t, size.width, size.height), name}
			officer.login(nation.Centre(), "trunguong")
			before := officer.bcg()
			officer.shot("overview-before")

			station.Link.Set(country.LinkCut)
			nurse.login(station, "tram1")
			nurse.shot("today")
			nurse.open("http://" + station.PagesAddr + "/register")
			born := time.Now().UTC().Add(7 * time.Hour).Format("02/01/2006")
			child := fmt.Sprintf("Lò Thử Nghiệm %d", i+1)
			nurse.do("filling in the form",
				chromedp.SendKeys("input[name=mother]", "Lò Thị Thử"), chromedp.SendKeys("input[name=phone]", "038500041"+strconv.Itoa(i)),
				chromedp.SendKeys("input[name=born]", born), chromedp.SendKeys("input[name=sex][value=female]", " "), // on a phone it begins under the bar that saves

				chromedp.SendKeys("input[name=name]", child))
			nurse.shot("register")
			nurse.press("#register .save .btn.main")
			nurse.sees("h1", child)
			book := nurse.location()
			nurse.shot("child")
			// A newborn's BCG is due and safe, so it is ticked already: she screens and saves.
			nurse.do("waiting for the vaccine", chromedp.WaitVisible("#give-BCG:checked"), chromedp.Click("input[name=screening][value=eligible]"))
			nurse.shot("child-chosen")
			nurse.press("#give .save button:not([name=keep])")
			nurse.sees("main", "Đã lưu trên máy này")
			nurse.shot("child-saved")
			if got := officer.bcg(); got != before {
				t.Errorf("BCG at the centre went from %d to %d through a cut cable", before, got)
			}
			nurse.open("http://" + station.PagesAddr + "/sync")
			nurse.shot("sync-cut")

			station.Link.Set(country.LinkUp)
			nurse.press("main form button.main")
			nurse.shot("sync-done")
			if err := nation.Quiet(ctx); err != nil {
				t.Fatal(err)
			}
			if got := officer.bcg(); got != before+1 {
				officer.shot("failed")
				t.Errorf("BCG at the centre is %d, want %d", got, before+1)
			}
			officer.shot("overview-after")
			nurse.open("http://" + station.PagesAddr + "/sync")
			nurse.shot("sync-central")
			nurse.worklists("http://" + station.PagesAddr)
			nurse.condition(book)
		})
	}
}

// worklists looks through the lists, and narrows one to a hamlet.
func (p *person) worklists(station string) {
	p.t.Helper()
	p.open(station + "/due")
	p.sees("h1", "Trẻ đến hạn, từ nay đến")
	p.fits("due")
	p.press(`.tabs a[href="/due?list=missed"]`)
	p.sees("h1", "Trẻ quá tuổi tiêm")
	p.fits("missed")
	p.press(`.tabs a[href="/due?list=overdue"]`)
	p.sees("h1", "Trẻ quá hạn")
	p.fits("overdue")
	p.shot("overdue")
	p.do("choosing a hamlet", chromedp.SetValue("select[name=hamlet]", p.value("select[name=hamlet] option:last-child")))
	p.press(".filters button")
	p.sees(".head", "chỉ:")
	p.press(".row .btn")
	p.sees("#give", "Tiêm được bây giờ?")
}

// condition ticks, for the child whose book it is, what forbids a vaccine that is next.
func (p *person) condition(book string) {
	p.t.Helper()
	p.open(book)
	p.sees(".book", "bOPV")
	p.press(`.id a[href$="/edit"]`)
	p.do("ticking", chromedp.Click(`input[value=immunodeficiency]`), chromedp.SendKeys(`[name="condition_on.immunodeficiency"]`, "n"))
	p.fits("edit")
	p.press("form.sheet .save button")
	p.sees(".id", "Chống chỉ định: Suy giảm miễn dịch bẩm sinh "+time.Now().UTC().Add(7*time.Hour).Format("02/01/2006"))
	p.fits("child-condition")
	p.sees(".give .never", "bOPV")
	if left := p.text("button[data-count]"); strings.Contains(left, "bOPV") {
		p.t.Errorf("the button speaks of what is not to be given: %s", left)
	}
	p.shot("child-condition")
	p.open(book + "/edit")
	p.shot("edit-condition")
}

// fits fails if the page is wider than the screen.
func (p *person) fits(name string) {
	p.t.Helper()
	wide, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth"))
	if err != nil || wide {
		p.t.Errorf("%s is wider than the screen: %v, %v", name, wide, err)
	}
}

// value is what a control would send, "" if there is none.
func (p *person) value(sel string) string {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q)?.value ?? ''", sel)))
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

var figure = regexp.MustCompile(`Lao\s+(?:[\d,]+%\s+)?(\d[\d.]*)\s`)

// bcg reads, on the centre's first page, how many children have had BCG.
func (p *person) bcg() int {
	p.t.Helper()
	p.open(p.origin() + "/")
	m := figure.FindStringSubmatch(p.text("main"))
	if m == nil {
		p.shot("failed")
		p.t.Fatalf("no figure for BCG on the page:\n%s", p.text("main"))
	}
	n, err := strconv.Atoi(strings.ReplaceAll(m[1], ".", ""))
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p *person) origin() string {
	p.t.Helper()
	parts := strings.SplitN(p.location(), "/", 4)
	return parts[0] + "//" + parts[2]
}

// location is the address of the page, without what stands behind a question mark.
func (p *person) location() string {
	p.t.Helper()
	at, err := chromedp.Run(p.ctx, chromedp.Location())
	if err != nil {
		p.t.Fatal(err)
	}
	at, _, _ = strings.Cut(at, "?")
	return at
}
