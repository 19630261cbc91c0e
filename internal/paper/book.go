package paper

import (
	"tramy/internal/ui"
)

// Book is a person's own vaccination book: the grid of vaccine and dose as it stands today, to be kept and written on by hand.
type Book struct {
	Training   bool
	Made       string
	Name, Line string // Line: born, sex, mother
	QR         string
	Facts      []ui.Fact
	// Heed is what must not be overlooked: allergies, contraindications.
	Heed []string
	// Grid is the one of the page, with the names of places in its cells.
	Grid      ui.Book
	Next      []ui.NextDose
	Reactions []ui.ChildReaction
}

func book(o Options, x *Book) *doc {
	d := newDoc(o, layout{size: a4, title: o.Words.T("pdf.book"), made: x.Made, training: x.Training})
	d.heading(d.t("pdf.book"), x.Name, x.Line, x.QR)
	d.facts(x.Facts, 9, 0)
	for _, s := range x.Heed {
		d.y += 1.5
		d.text(s, bold)
	}
	d.section(d.t("book.title"), 24)
	d.grid(&x.Grid)
	d.y++
	d.text(d.t("pdf.book_how"), small)
	if len(x.Grid.Other) > 0 {
		d.section(d.t("book.other"), 12)
		rows := make([]row, 0, len(x.Grid.Other))
		for _, dose := range x.Grid.Other {
			rows = append(rows, row{cells: []cell{loud(dose.Name), say(dose.Date), say(dose.Text)}})
		}
		d.table(table{widths: []float64{30, 15, 55}}, rows)
	}
	d.section(d.t("pdf.next"), 12)
	rows := make([]row, 0, len(x.Next))
	for _, next := range x.Next {
		rows = append(rows, row{cells: []cell{loud(ui.Upper(next.Line)), say(doseWords(d, next.Doses))}})
	}
	d.table(table{widths: []float64{40, 60}}, d.orNone(rows))
	d.section(d.t("reaction.title"), 12)
	rows = nil
	for _, r := range x.Reactions {
		rows = append(rows, row{cells: []cell{say(r.Line), loud(r.Text).and(r.Mark.Word(d.words))}})
	}
	d.table(table{widths: []float64{25, 75}}, d.orNone(rows))
	return d
}

// boxTall is how high a box is in which a hand writes a day and a lot.
const boxTall = 11.0

// grid is a row for each vaccine and a box for each dose. What is not given yet is left free for the hand.
func (d *doc) grid(x *ui.Book) {
	if len(x.Rows) == 0 {
		d.text(d.t("book.empty"), plain)
		return
	}
	t := table{heads: []string{d.t("book.vaccine")}, widths: []float64{34}, size: 8.5}
	for _, n := range x.Numbers() {
		t.heads = append(t.heads, d.t("book.dose", "n", n))
		t.widths = append(t.widths, 66/float64(x.Columns))
	}
	rows := make([]row, 0, len(x.Rows))
	for _, v := range x.Rows {
		r := row{cells: []cell{loud(v.Name)}, tall: boxTall}
		for _, c := range v.Cells {
			r.cells = append(r.cells, d.doseBox(&c))
		}
		rows = append(rows, r)
	}
	d.table(t, rows)
}

func (d *doc) doseBox(c *ui.BookCell) cell {
	switch c.Kind {
	case ui.CellDone:
		return loud(c.Date).and(c.Text)
	case ui.CellNow, ui.CellAsk:
		return cell(nil).and(d.t("pdf.due"))
	case ui.CellWait:
		return cell(nil).and(c.Text)
	case ui.CellNotDone:
		return cell(nil).and(d.t("book.notdone") + " " + c.Date).and(c.Text)
	case ui.CellInvalid:
		return loud(c.Date).and(d.t("book.invalid")).and(c.Text)
	}
	return cell(nil).and("–")
}

// doseWords lists doses.
func doseWords(d *doc, list []ui.DoseName) string {
	out := ""
	for _, dose := range list {
		out = join(", ", out, dose.Word(d.words))
	}
	return out
}
