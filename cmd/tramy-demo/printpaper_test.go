package main

import (
	"bytes"
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
)

// onPaper is what of a page's frame would be seen on its paper: bars, buttons, searches, menus, and how to print.
const onPaper = `[...document.querySelectorAll("nav, .sync, .btn, .find, .tabs, .save, .help, .under, .crumbs, kbd")]
	.filter((x) => x.getClientRects().length).map((x) => x.className + " " + x.innerText.trim()).concat(
	document.body.innerText.includes("Ctrl P") ? ["it says how to print"] : []).join("; ")`

// What is printed carries nothing of the page around it, lies on the sheet that is meant, and takes one
// sheet where one is meant: a slip that ends on a second sheet of A5 loses its warning, a form to sign its signatures.
func TestPapersPrintWithoutTheirFrame(t *testing.T) {
	nation, _ := smallCountry(t)
	fill := ids(t, nation)
	station := nation.Stations()[0]
	w := &walker{person: person{t: t, ctx: browsertest.OpenFor(t, 5*time.Minute, 1366, 768), size: "papers"}, node: station, fill: fill}
	w.become(visit{})
	media := func(name string) {
		if _, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: name}); err != nil {
			t.Fatal(err)
		}
	}
	care := url.Values{"for": {"care"}, "reason": {"buổi tiêm"}}
	for _, paper := range []struct {
		name, path string
		form       url.Values
		wide       string // points
		pages      int    // 0: as many as it takes
	}{
		{"slip", "/child/{child}/slip", nil, "420", 1},
		{"reaction form", "/reaction/{reaction}/form", nil, "594", 1},
		{"others of the lot", "/reaction/{reaction}/others", nil, "594", 0},
		{"session sheet", "/session/{session}/print", care, "841", 0},
		{"campaign's absentees", "/campaign/{campaign}/absent/print", care, "594", 0},
		{"consent form", "/child/{child}/consent/form", nil, "594", 1},
		{"record", "/child/{child}/paper", url.Values{"for": {"family"}, "reason": {"mẹ xin"}}, "594", 0},
		{"list of those due", "/due/print?list=overdue", care, "594", 0},
	} {
		w.do("a wide window", chromedp.EmulateViewport(1366, 768))
		w.goTo(w.base()+fill.Replace(paper.path), paper.form)
		media("print")
		if seen := w.value1(onPaper); seen != "" {
			t.Errorf("%s is printed with %s", paper.name, seen)
		}
		pdf, err := chromedp.Call(w.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)})
		if err != nil {
			t.Fatal(err)
		}
		keepPDF(t, paper.path, pdf.Data)
		boxes := pageBox.FindAllSubmatch(pdf.Data, -1)
		for _, box := range boxes {
			if string(box[1]) != paper.wide {
				t.Errorf("a page of %s is %s points wide, want %s", paper.name, box[1], paper.wide)
			}
		}
		n := len(pdfPage.FindAllIndex(bytes.ReplaceAll(pdf.Data, []byte("/Pages"), nil), -1))
		if len(boxes) == 0 || paper.pages != 0 && n != paper.pages {
			t.Errorf("%s is printed on %d pages, want %d", paper.name, n, paper.pages)
		}
		media("")
	}
}
