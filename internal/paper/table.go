package paper

import (
	"strings"

	"tramy/internal/ui"
)

// part is a text within a cell, on lines of its own.
type part struct {
	text string
	st   style
}

// cell is what stands in a row under one head.
type cell []part

func say(text string) cell  { return cell{{text, style{}}} }
func loud(text string) cell { return cell{{text, style{bold: true}}} }
func (c cell) and(text string) cell {
	if strings.TrimSpace(text) == "" {
		return c
	}
	return append(c, part{text, style{size: -1}})
}

// row is a line of a table. Across, its first cell is a head of what follows.
type row struct {
	cells  []cell
	across bool
	tall   float64 // at least so high, for the hand
}

// table is columns with rows; it goes on over sheets under its head.
type table struct {
	heads  []string
	widths []float64 // shares of the width
	size   float64   // of the letters; small parts are smaller by two points
}

const (
	padX = 1.2
	padY = 0.8
)

// ready are the lines of a row, as they stand in each cell.
type ready struct {
	lines [][]part
	tall  float64
	row   row
}

func (t *table) style(st style) style {
	switch st.size {
	case 0:
		st.size = t.size
	case -1:
		st.size = t.size - 1.5
	}
	return st
}

// table draws rows under their head.
func (d *doc) table(t table, rows []row) {
	if t.size == 0 {
		t.size = 9
	}
	sum := 0.0
	for _, w := range t.widths {
		sum += w
	}
	widths := make([]float64, len(t.widths))
	for i, w := range t.widths {
		widths[i] = w / sum * d.inner()
	}
	var top *ready
	if len(t.heads) > 0 {
		head := row{}
		for _, h := range t.heads {
			head.cells = append(head.cells, cell{{h, style{size: -1, bold: true}}})
		}
		r := d.ready(&t, head, widths)
		top = &r
	}
	first := true
	for i := range rows {
		r := d.ready(&t, rows[i], widths)
		need := r.tall
		if rows[i].across && i+1 < len(rows) { // a head is not left behind by what it is the head of
			next := d.ready(&t, rows[i+1], widths)
			need += min(next.tall, 30)
		}
		if first && top != nil {
			need += top.tall
		}
		full := d.bottom - d.margin
		if top != nil {
			full -= top.tall
		}
		if d.y+need > d.bottom && need <= full {
			d.sheet()
			first = true
		}
		if first && top != nil {
			d.line(&t, top, widths, top.tall, true)
		}
		first = false
		d.flow(&t, &r, widths, top)
	}
	if len(rows) == 0 && top != nil {
		d.room(top.tall)
		d.line(&t, top, widths, top.tall, true)
	}
}

// flow draws a row; one that is higher than the sheet goes on over sheets.
func (d *doc) flow(t *table, r *ready, widths []float64, top *ready) {
	for d.y+r.tall > d.bottom {
		piece, rest := d.split(t, r, d.bottom-d.y)
		if piece != nil {
			d.line(t, piece, widths, piece.tall, false)
		}
		if rest == nil {
			return
		}
		d.sheet()
		if top != nil {
			d.line(t, top, widths, top.tall, true)
		}
		if piece == nil && r.tall > d.bottom-d.y && rest.tall == r.tall { // not even a line fits: it stands beyond the foot rather than nowhere
			break
		}
		r = rest
	}
	d.line(t, r, widths, r.tall, false)
}

// split takes as many lines of a row as fit into h.
func (d *doc) split(t *table, r *ready, h float64) (piece, rest *ready) {
	piece, rest = &ready{row: r.row, lines: make([][]part, len(r.lines))}, &ready{row: r.row, lines: make([][]part, len(r.lines))}
	any, left := false, false
	for i, lines := range r.lines {
		used, n := 2*padY, 0
		for n < len(lines) && used+t.style(lines[n].st).lead() <= h {
			used += t.style(lines[n].st).lead()
			n++
		}
		piece.lines[i], rest.lines[i] = lines[:n], lines[n:]
		any, left = any || n > 0, left || n < len(lines)
		piece.tall = max(piece.tall, used)
	}
	for _, lines := range rest.lines {
		rest.tall = max(rest.tall, t.tall(lines))
	}
	if !any {
		piece = nil
	}
	if !left {
		rest = nil
	}
	return piece, rest
}

func (t *table) tall(lines []part) float64 {
	h := 2 * padY
	for _, l := range lines {
		h += t.style(l.st).lead()
	}
	return h
}

// ready wraps a row into its cells.
func (d *doc) ready(t *table, r row, widths []float64) ready {
	out := ready{row: r, tall: r.tall}
	for i, c := range r.cells {
		w := 0.0
		switch {
		case r.across:
			w = d.inner()
		case i < len(widths):
			w = widths[i]
		}
		var lines []part
		for _, p := range c {
			if strings.TrimSpace(p.text) == "" {
				continue
			}
			for _, l := range d.wrap(p.text, t.style(p.st), w-2*padX) {
				lines = append(lines, part{l, p.st})
			}
		}
		out.lines = append(out.lines, lines)
		out.tall = max(out.tall, t.tall(lines))
	}
	return out
}

// line draws one row as high as h.
func (d *doc) line(t *table, r *ready, widths []float64, h float64, head bool) {
	x := d.margin
	for i, w := range widths {
		if r.row.across {
			if i > 0 {
				break
			}
			w = d.inner()
		}
		d.pdf.Rect(x, d.y, w, h, "D")
		if i < len(r.lines) {
			y := d.y + padY
			for _, l := range r.lines[i] {
				st := t.style(l.st)
				d.put(x+padX, y, l.text, st)
				y += st.lead()
			}
		}
		x += w
	}
	d.y += h
	if head {
		d.rule(d.margin, d.y, d.width-d.margin, d.y, line)
	}
}

// facts are a table of names and values; what has no value has room for the hand where tall says how much.
func (d *doc) facts(list []ui.Fact, size, tall float64) {
	rows := make([]row, 0, len(list))
	for _, f := range list {
		r := row{cells: []cell{loud(ui.Upper(f.Name)), say(f.Value).and(f.Who)}}
		if f.Value == "" {
			r.tall = tall
		}
		rows = append(rows, r)
	}
	d.table(table{widths: []float64{27, 73}, size: size}, rows)
}
