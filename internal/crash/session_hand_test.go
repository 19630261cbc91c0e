package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	wire "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
)

// hand is somebody with two fingers in front of a real browser. It counts what a person does: an action is a press of a button or a
// link, a field is a control that is typed into or changed.
type hand struct {
	t               *testing.T
	ctx             context.Context
	at              string // the station's address
	actions, fields int

	mu      sync.Mutex
	down    bool // the program was killed and does not answer yet
	wrong   []string
	pages   map[wire.RequestID]string // documents on their way
	weights map[string][]float64      // bytes on the wire, by kind of page
	all     float64
}

func newHand(t *testing.T, at string, most time.Duration) *hand {
	h := &hand{t: t, ctx: browsertest.OpenFor(t, most, 1366, 768), at: at, pages: map[wire.RequestID]string{}, weights: map[string][]float64{}}
	if err := chromedp.Listen(h.ctx, h.heard); err != nil {
		t.Fatal(err)
	}
	return h
}

var idInPath = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// heard keeps what the browser says of answers and of what goes wrong in the page.
func (h *hand) heard(ev any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch ev := ev.(type) {
	case *wire.EventResponseReceived:
		path, _, _ := strings.Cut(strings.TrimPrefix(ev.Response.URL, h.at), "?")
		if ev.Response.Status >= 500 {
			h.wrong = append(h.wrong, fmt.Sprintf("%d from %s", ev.Response.Status, path))
		}
		if ev.Type == wire.ResourceTypeDocument {
			h.pages[ev.RequestID] = idInPath.ReplaceAllString(path, "{id}")
		}
	case *wire.EventLoadingFinished:
		h.all += ev.EncodedDataLength
		if page, ok := h.pages[ev.RequestID]; ok {
			h.weights[page] = append(h.weights[page], ev.EncodedDataLength)
			delete(h.pages, ev.RequestID)
		}
	case *runtime.EventExceptionThrown:
		if !h.down {
			h.wrong = append(h.wrong, "a script of the page failed: "+ev.ExceptionDetails.Text)
		}
	}
}

func (h *hand) isDown(down bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down = down
}

func (h *hand) failf(format string, args ...any) {
	h.t.Helper()
	text, _ := chromedp.Run(h.ctx, chromedp.Evaluate[string]("location.pathname + '\\n' + document.body.innerText"))
	if *keep != "" {
		if png, err := chromedp.Run(h.ctx, chromedp.FullScreenshot(90)); err == nil {
			_ = os.WriteFile(filepath.Join(*keep, h.t.Name()+".png"), png, 0o600) // what it is kept for failed already
		}
	}
	h.t.Fatalf(format+"\nat %s", append(args, text)...)
}

func (h *hand) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	h.t.Helper()
	if err := chromedp.Do(h.ctx, steps...); err != nil {
		h.failf("%s: %v", what, err)
	}
}

// open goes to a page as by a link that is always there.
func (h *hand) open(path string) {
	h.t.Helper()
	h.actions++
	for range 3 {
		err := chromedp.Do(h.ctx, chromedp.Navigate(h.at+path))
		if h.down && err != nil && strings.Contains(err.Error(), "ERR_ABORTED") {
			continue // the page that was on its way when the program was killed came to its end only now
		}
		if err != nil {
			h.failf("opening %s: %v", path, err)
		}
		return
	}
	h.failf("opening %s: aborted again and again", path)
}

// press presses what leads to another page, and waits for that.
func (h *hand) press(sel string) {
	h.t.Helper()
	h.actions++
	h.face(sel)
	if _, err := chromedp.RunResponse(h.ctx, chromedp.Click(sel)); err != nil {
		h.failf("pressing %s: %v", sel, err)
	}
}

// tap presses what changes the page itself.
func (h *hand) tap(sel string) {
	h.t.Helper()
	h.fields++
	h.face(sel)
	was := h.is(fmt.Sprintf("document.querySelector(%q).checked", sel))
	h.do("choosing "+sel, chromedp.Click(sel))
	if h.is(fmt.Sprintf("document.querySelector(%q).checked", sel)) == was {
		h.failf("%s did not change", sel)
	}
}

// face brings something to the middle of the screen, where nothing that sticks to an edge lies over it.
func (h *hand) face(sel string) {
	h.t.Helper()
	if !h.is(fmt.Sprintf(`(() => { const e = document.querySelector(%q); e?.scrollIntoView({block: "center"}); return e !== null; })()`, sel)) {
		h.failf("there is no %s", sel)
	}
}

// unfold opens what is folded around something, unless it is open.
func (h *hand) unfold(sel string) {
	h.t.Helper()
	const folded = `[...document.querySelectorAll("details:not([open])")].filter((d) => d.contains(document.querySelector(%q)))`
	for h.is(fmt.Sprintf(folded+".length > 0", sel)) {
		h.actions++
		h.do("unfolding", chromedp.Evaluate[chromedp.Void](fmt.Sprintf("void "+folded+"[0].querySelector('summary').click()", sel)))
	}
}

// write types into a field, over what stands there.
func (h *hand) write(sel, text string) {
	h.t.Helper()
	h.fields++
	h.do("typing into "+sel, chromedp.Clear(sel), chromedp.SendKeys(sel, text))
}

// choose takes a value of a list.
func (h *hand) choose(sel, value string) {
	h.t.Helper()
	h.fields++
	h.do("choosing "+value, chromedp.SetValue(sel, value))
}

func (h *hand) is(js string) bool {
	h.t.Helper()
	ok, err := chromedp.Run(h.ctx, chromedp.Evaluate[bool](js))
	if err != nil {
		h.failf("asking %s: %v", js, err)
	}
	return ok
}

// until waits until an expression holds in the page.
func (h *hand) until(what, js string) {
	h.t.Helper()
	if _, err := chromedp.Run(h.ctx, chromedp.Poll[bool](js, chromedp.WithPollingTimeout(startTimeout))); err != nil {
		h.failf("waiting until %s: %v", what, err)
	}
}

// read evaluates an expression to text.
func (h *hand) read(js string) string {
	h.t.Helper()
	s, err := chromedp.Run(h.ctx, chromedp.Evaluate[string](js))
	if err != nil {
		h.failf("reading %s: %v", js, err)
	}
	return s
}

// says fails if the page does not have some words.
func (h *hand) says(words ...string) {
	h.t.Helper()
	text := h.read("document.querySelector('main').innerText")
	for _, w := range words {
		if !strings.Contains(text, w) {
			h.failf("the page does not say %q", w)
		}
	}
}

func (h *hand) path() string { return h.read("location.pathname") }

// logIn gives name and password.
func (h *hand) logIn() {
	h.t.Helper()
	h.open("/login?other=1")
	h.write("input[name=user]", nurse)
	h.write("input[name=password]", password)
	h.press("main form .save button")
}

// offered is a line of the panel that offers what is due.
type offered struct {
	Vaccine, Number, Lot string
	Ticked, Never        bool
}

// panel reads what the child's page offers.
func (h *hand) panel() []offered {
	h.t.Helper()
	text := h.read(`JSON.stringify([...document.querySelectorAll("#give ul.give > li")].map((li) => {
		const box = li.querySelector("input[name=give]"), by = (name) => li.querySelector('[name="' + name + box.value + '"]')?.value ?? "";
		return {Vaccine: box.value, Ticked: box.checked, Never: li.classList.contains("never"), Number: by("number."), Lot: by("lot.")}; }))`)
	var out []offered
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		h.failf("the panel: %v in %s", err, text)
	}
	return out
}
