package main

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"tramy/internal/browsertest"
)

// pdfPage is a page among the objects of a PDF that Chromium wrote.
var pdfPage = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

// Each village health worker's list begins on a sheet of its own, and four to eight letters to families stand on a sheet of A4.
func TestRoundsPrintOnA4(t *testing.T) {
	nation, _ := smallCountry(t)
	fill := ids(t, nation)
	station := nation.Stations()[0]
	w := &walker{person: person{t: t, ctx: browsertest.OpenFor(t, 3*time.Minute, 1366, 768), size: "rounds"}, node: station, fill: fill}
	w.become(visit{})
	pages := func(path, count string, form url.Values) (n, parts int) {
		t.Helper()
		w.goTo(w.base()+fill.Replace(path), form)
		pdf, err := chromedp.Call(w.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)})
		if err != nil {
			t.Fatal(err)
		}
		for _, box := range pageBox.FindAllSubmatch(pdf.Data, -1) {
			if string(box[1]) != "594" {
				t.Errorf("a page of %s is %s points wide, want 594", path, box[1])
			}
		}
		keepPDF(t, path, pdf.Data)
		parts, err = strconv.Atoi(w.value1("String(document.querySelectorAll('" + count + "').length)"))
		if err != nil {
			t.Fatal(err)
		}
		return len(pdfPage.FindAllIndex(bytes.ReplaceAll(pdf.Data, []byte("/Pages"), nil), -1)), parts
	}
	care := url.Values{"for": {"care"}, "reason": {"đi bản gọi trẻ"}}
	if n, sheets := pages("/due/print?list=overdue&as=workers", ".roundsheet", care); sheets == 0 || n < sheets {
		t.Errorf("%d lists of workers are printed on %d pages", sheets, n)
	}
	for _, path := range []string{"/due/print?list=due&as=letters", "/due/print?list=session&session={session}&as=letters"} {
		form := url.Values{"for": {"care"}, "reason": {"phát giấy mời"}, "session": {fill.Replace("{session}")}}
		if n, letters := pages(path, ".letter", form); letters == 0 || n < (letters+7)/8 || n > (letters+3)/4 {
			t.Errorf("%d letters of %s are printed on %d pages", letters, path, n)
		}
	}
}

// keepPDF keeps what was printed beside the screenshots, if there are any.
func keepPDF(t *testing.T, path string, pdf []byte) {
	t.Helper()
	if *screens == "" {
		return
	}
	name := regexp.MustCompile(`[^a-z]+`).ReplaceAllString(path, "-") + ".pdf"
	if err := os.WriteFile(filepath.Join(*screens, name), pdf, 0o600); err != nil {
		t.Fatal(err)
	}
}
