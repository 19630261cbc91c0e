package paper

import (
	"errors"
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"

	"tramy/internal/locale"
	"tramy/internal/ui"
)

// Options are what a document is not told by its struct.
type Options struct {
	Words *locale.Catalogue
	// At is when it was made; it is written into the file.
	At time.Time
}

// ErrNoPaper says that a page is not one that is drawn on paper.
var ErrNoPaper = errors.New("page has no form on paper")

// Write draws a page as PDF. It fails with ErrNoPaper for a page that has none.
func Write(w io.Writer, o Options, page any) error {
	d, err := draw(o, page)
	if err != nil {
		return err
	}
	return d.write(w)
}

func draw(o Options, page any) (*doc, error) {
	switch x := page.(type) {
	case ui.Paper:
		return record(o, &x), nil
	case Book:
		return book(o, &x), nil
	case Cards:
		return cards(o, &x), nil
	case Certificate:
		return certificate(o, &x), nil
	case ui.Letters:
		return letters(o, &x), nil
	case ui.SessionSheet:
		return sessionSheet(o, &x), nil
	case ui.ReactionForm:
		return reactionForm(o, &x), nil
	case ui.ReactionOthers:
		return reactionOthers(o, &x), nil
	case ui.RecallChildren:
		return recallChildren(o, &x), nil
	case ui.WorkerLists:
		return workerLists(o, &x), nil
	case ui.Due:
		return dueList(o, &x), nil
	case ui.CampaignAbsent:
		return campaignAbsent(o, &x), nil
	case Report:
		return reportSheets(o, &x), nil
	case ui.Slip:
		return slip(o, &x), nil
	}
	return nil, fmt.Errorf("%T: %w", page, ErrNoPaper)
}

// Sizes of paper, upright.
const (
	a4 = "A4"
	a5 = "A5"
)

// All lengths are millimetres, sizes of letters points.
const (
	pointMM  = 25.4 / 72
	hairline = 0.2
	line     = 0.4
)

// layout is how a document's sheets look.
type layout struct {
	size   string
	across bool // the long side is horizontal
	title  string
	// made stands in the foot of every sheet: when, where, by whom and what for.
	made     string
	training bool
	margin   float64
	bare     bool // without foot: pieces that are cut apart say it themselves
}

// doc is a document being drawn, from the top of each sheet down.
type doc struct {
	layout
	pdf           *fpdf.Fpdf
	words         *locale.Catalogue
	width, height float64 // of a sheet
	y             float64 // how far the sheet is filled
	bottom        float64 // where the foot begins
	foot          []string
}

// usual is the margin of a sheet: what cheap laser printers cannot reach is 5 mm, and a sheet is punched.
const usual = 12.0

func newDoc(o Options, l layout) *doc {
	orientation := "P"
	if l.across {
		orientation = "L"
	}
	if l.margin == 0 {
		l.margin = usual
	}
	pdf := fpdf.New(orientation, "mm", l.size, "")
	pdf.SetCreationDate(o.At)
	pdf.SetModificationDate(o.At)
	pdf.SetCatalogSort(true)
	pdf.SetProducer("tramy", true)
	pdf.SetTitle(clean(l.title), true)
	pdf.SetLang(o.Words.Lang())
	pdf.SetMargins(l.margin, l.margin, l.margin)
	pdf.SetAutoPageBreak(false, 0)
	pdf.AddUTF8FontFromBytes(family, "", liberationsansregular.TTF)
	pdf.AddUTF8FontFromBytes(family, "B", liberationsansbold.TTF)
	d := &doc{layout: l, pdf: pdf, words: o.Words}
	d.width, d.height = pdf.GetPageSize()
	d.bottom = d.height - d.margin
	if !l.bare {
		if l.made != "" {
			d.foot = d.wrap(l.made, small, d.inner()-footNumber)
		}
		d.bottom -= max(1, float64(len(d.foot)))*small.lead() + 1.5
	}
	d.sheet()
	return d
}

// footNumber is the room for "trang 12/34" in the foot.
const footNumber = 26.0

// inner is the width between the margins.
func (d *doc) inner() float64 { return d.width - 2*d.margin }

// t is a text of the catalogue.
func (d *doc) t(key string, args ...any) string { return d.words.T(key, args...) }

// sheet begins a new one.
func (d *doc) sheet() {
	d.pdf.AddPage()
	d.pdf.SetLineWidth(hairline)
	d.y = d.margin
	if d.training && !d.bare {
		d.drill(d.margin, d.inner())
	}
}

// drill says across a width that nothing on this is real, and goes below it.
func (d *doc) drill(x, w float64) {
	text, st := d.t("frame.training")+" "+d.t("frame.training_text"), style{size: 10, bold: true}
	lines := d.wrap(text, st, w-4)
	h := float64(len(lines))*st.lead() + 2
	d.box(x, d.y, w, h, line)
	y := d.y + 1
	for _, s := range lines {
		d.put(x+(w-d.long(s, st))/2, y, s, st)
		y += st.lead()
	}
	d.y += h + 2
}

// room begins a new sheet where fewer than h millimetres are left.
func (d *doc) room(h float64) {
	if d.y+h > d.bottom && d.y > d.margin {
		d.sheet()
	}
}

// box draws a rectangle; rule a line.
func (d *doc) box(x, y, w, h, thick float64) {
	d.pdf.SetLineWidth(thick)
	d.pdf.Rect(x, y, w, h, "D")
	d.pdf.SetLineWidth(hairline)
}

func (d *doc) rule(x1, y1, x2, y2, thick float64) {
	d.pdf.SetLineWidth(thick)
	d.pdf.Line(x1, y1, x2, y2)
	d.pdf.SetLineWidth(hairline)
}

// write puts the foot on each sheet, now that their number is known, and writes the file.
func (d *doc) write(w io.Writer) error {
	pages := d.pdf.PageCount()
	for n := 1; n <= pages && !d.bare; n++ {
		d.pdf.SetPage(n)
		d.pdf.SetFont(family, "B", 1) // a sheet that is gone back to has a font of its own: it is set again
		y := d.height - d.margin - max(1, float64(len(d.foot)))*small.lead()
		for i, s := range d.foot {
			d.put(d.margin, y+float64(i)*small.lead(), s, small)
		}
		number := d.t("pdf.page", "n", n, "of", pages)
		d.put(d.width-d.margin-d.long(number, small), y, number, small)
	}
	if err := d.pdf.Output(w); err != nil {
		return fmt.Errorf("draw paper: %w", err)
	}
	return nil
}
