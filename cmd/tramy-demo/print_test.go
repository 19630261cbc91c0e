package main

import (
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
)

// pageBox is how large a page of a PDF is, in points.
var pageBox = regexp.MustCompile(`/MediaBox \[0 0 ([0-9]+)`)

// The sheet of a session lies across on every page, of a training register as well, which has pages of its own for its banner.
func TestSessionSheetPrintsAcross(t *testing.T) {
	nation, _ := smallCountry(t)
	fill := ids(t, nation)
	w := &walker{person: person{t: t, ctx: browsertest.OpenFor(t, 2*time.Minute, 1366, 768), size: "sheet"}, node: nation.Stations()[0], fill: fill}
	w.become(visit{})
	w.goTo(w.base()+fill.Replace("/session/{session}/print"), url.Values{"for": {"care"}, "reason": {"buổi tiêm"}})
	pdf, err := chromedp.Call(w.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)})
	if err != nil {
		t.Fatal(err)
	}
	boxes := pageBox.FindAllSubmatch(pdf.Data, -1)
	if len(boxes) == 0 {
		t.Fatalf("no page among %d bytes", len(pdf.Data))
	}
	for i, box := range boxes {
		if string(box[1]) != "841" {
			t.Errorf("page %d is %s points wide, want 841", i+1, box[1])
		}
	}
}
