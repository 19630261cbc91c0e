package sheet

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"

	"tramy/internal/registry"
)

// Titles of the two columns that WriteRejected adds. The second title of the reason says that dates in the file
// stand month first, so that a file of a few rows, which may not show it, is read as the one it came from.
const (
	reasonTitle      = "Lý do"
	reasonMonthFirst = "Lý do (ngày ghi: tháng/ngày/năm)"
	sameAsTitle      = "Trùng với"
)

// WriteOptions say how a register is written.
type WriteOptions struct {
	Sheet    string                  // name of the sheet, "" for "Sổ tiêm chủng"
	Vaccines []registry.VaccineInput // wide: those of the expanded programme get a column a dose
	Lots     bool                    // wide: a column a dose for its lot as well, after all dates
}

// WriteWide writes a register with one row a person and a column a dose, like form A2.1. Doses that have no
// column, were not given or are a second one of the same number stand in the column "Mũi khác"; time, place,
// programme and the like of a dose are not in this layout. A dose that names no number stands in the first free
// column of its vaccine by date. Errors of people and of w end it and are returned.
func WriteWide(w io.Writer, f Format, people iter.Seq2[*Person, error], opt WriteOptions) error {
	slots := wideSlots(opt.Vaccines)
	var titles []column
	for i := range fieldTable {
		if info := &fieldTable[i]; info.show != nil {
			titles = append(titles, column{title: info.title, date: info.date})
		}
	}
	for _, s := range slots {
		titles = append(titles, column{title: s.title, date: true})
	}
	if opt.Lots {
		for _, s := range slots {
			titles = append(titles, column{title: "Lô " + s.title})
		}
	}
	titles = append(titles, column{title: fieldsByName[FieldOtherDoses].title})
	out, err := newTable(w, f, opt.Sheet, titles)
	if err != nil {
		return err
	}
	cells := make([]string, len(titles))
	for person, err := range people {
		if err != nil {
			return err
		}
		clear(cells)
		at := showPerson(cells, person)
		other := placeDoses(cells[at:at+len(slots)], lotCells(cells, at, len(slots), opt.Lots), slots, person.Doses)
		cells[len(cells)-1] = other
		if err := out.row(cells); err != nil {
			return err
		}
	}
	return out.close()
}

// WriteLong writes a register with one row a dose, and a row without one for whoever has none. It loses nothing of
// a person or a dose that the registry knows.
func WriteLong(w io.Writer, f Format, people iter.Seq2[*Person, error], opt WriteOptions) error {
	var titles []column
	for i := range fieldTable {
		if info := &fieldTable[i]; info.show != nil {
			titles = append(titles, column{title: info.title, date: info.date})
		}
	}
	for i := range fieldTable {
		if info := &fieldTable[i]; info.print != nil {
			titles = append(titles, column{title: info.title, date: info.date || info.name == FieldExpires})
		}
	}
	out, err := newTable(w, f, opt.Sheet, titles)
	if err != nil {
		return err
	}
	cells := make([]string, len(titles))
	for person, err := range people {
		if err != nil {
			return err
		}
		clear(cells)
		at := showPerson(cells, person)
		for i := range person.Doses {
			j := at
			for k := range fieldTable {
				if info := &fieldTable[k]; info.print != nil {
					cells[j] = info.print(&person.Doses[i])
					j++
				}
			}
			if err := out.row(cells); err != nil {
				return err
			}
		}
		if len(person.Doses) == 0 {
			if err := out.row(cells); err != nil {
				return err
			}
		}
	}
	return out.close()
}

// Rejected is an entry that was not taken in.
type Rejected struct {
	Cells  [][]string // Entry.Cells
	Reason string     // in words
	SameAs string     // an answer already given; usually "": to be filled in
}

// WriteRejected writes rows as they stood, with why they were not taken in and a column for the answer whether
// somebody proposed as the same person is it: a code, or "mới". The file can be mended and read again.
func WriteRejected(w io.Writer, f Format, m Mapping, rows iter.Seq2[*Rejected, error]) error {
	width := 0
	for i := range m.Columns {
		width = max(width, m.Columns[i].Index+1)
	}
	titles := make([]column, width)
	for i := range m.Columns {
		titles[m.Columns[i].Index].title = m.Columns[i].Title
	}
	reason, same := m.index(FieldReason), m.index(FieldSameAs)
	if reason < 0 {
		reason = len(titles)
		titles = append(titles, column{})
	}
	if same < 0 {
		same = len(titles)
		titles = append(titles, column{})
	}
	titles[reason].title, titles[same].title = reasonTitle, sameAsTitle
	if m.DateOrder == MonthDay {
		titles[reason].title = reasonMonthFirst
	}
	out, err := newTable(w, f, m.Sheet, titles)
	if err != nil {
		return err
	}
	for r, err := range rows {
		if err != nil {
			return err
		}
		for i, line := range r.Cells {
			cells := make([]string, len(titles))
			copy(cells, line)
			cells[reason], cells[same] = "", ""
			if i == 0 {
				cells[reason], cells[same] = r.Reason, r.SameAs
			}
			if err := out.row(cells); err != nil {
				return err
			}
		}
	}
	return out.close()
}

// showPerson writes the fields of a person into the first cells and returns how many there are.
func showPerson(cells []string, p *Person) int {
	n := 0
	for i := range fieldTable {
		if info := &fieldTable[i]; info.show != nil {
			cells[n] = info.show(p)
			n++
		}
	}
	return n
}

// slot is a column of the wide layout.
type slot struct {
	vaccine string
	dose    int // 0: the vaccine's only one
	title   string
}

// wideSlots gives each dose of the programme's vaccines a column, in the order of the card.
func wideSlots(vaccines []registry.VaccineInput) []slot {
	list := slices.Clone(vaccines)
	slices.SortStableFunc(list, func(a, b registry.VaccineInput) int { return cmp.Compare(a.Order, b.Order) })
	var out []slot
	for _, v := range list {
		if v.Programme != registry.ProgrammeEPI || v.Doses < 1 {
			continue
		}
		title := v.Short
		if title == "" {
			title = v.Code
		}
		if v.Doses == 1 {
			out = append(out, slot{v.Code, 0, title})
			continue
		}
		for n := 1; n <= v.Doses; n++ {
			out = append(out, slot{v.Code, n, title + " mũi " + strconv.Itoa(n)})
		}
	}
	return out
}

func lotCells(cells []string, at, n int, lots bool) []string {
	if !lots {
		return nil
	}
	return cells[at+n : at+2*n]
}

// placeDoses writes doses into their columns and returns what has none, as one text.
func placeDoses(dates, lots []string, slots []slot, doses []Dose) string {
	order := make([]int, len(doses))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		// Those that name their number first, so that none of the others takes its place.
		named := func(d *Dose) int {
			if d.HasOrder || d.Order != 0 {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(named(&doses[a]), named(&doses[b])), cmp.Compare(doses[a].GivenOn, doses[b].GivenOn))
	})
	left := make([]bool, len(doses))
	for _, i := range order {
		d := &doses[i]
		left[i] = true
		for j, s := range slots {
			if !d.Given() || s.vaccine != d.Vaccine || dates[j] != "" {
				continue
			}
			if n := d.Order; (d.HasOrder || n != 0) && n != max(s.dose, 1) {
				continue
			}
			dates[j] = dayText(d.GivenOn)
			if lots != nil {
				lots[j] = d.Lot
			}
			left[i] = false
			break
		}
	}
	other := ""
	for i := range doses {
		if left[i] {
			if other != "" {
				other += "; "
			}
			other += otherDose(&doses[i])
		}
	}
	return other
}

// column is a column to be written.
type column struct {
	title string
	date  bool // whole dates in it become cells that a spreadsheet sorts as dates
	// number: whole numbers in it become cells that a spreadsheet adds up
	number bool
}

// table is a file being written, row by row.
type table interface {
	row(cells []string) error
	close() error
}

func newTable(w io.Writer, f Format, sheet string, columns []column) (table, error) {
	if sheet == "" || sheet == csvSheet {
		sheet = "Sổ tiêm chủng"
	}
	switch f {
	case CSV:
		return newCSVTable(w, columns)
	case XLSX:
		return newXLSXTable(w, sheet, columns)
	}
	return nil, fmt.Errorf("write a register: unknown format %q", f)
}

// csvTable writes UTF-8 with a mark of its order of bytes, by which Excel knows it, and neutralises what a
// spreadsheet would run.
type csvTable struct {
	buf     *bufio.Writer
	csv     *csv.Writer
	out     []string
	columns []column
}

func newCSVTable(w io.Writer, columns []column) (*csvTable, error) {
	t := &csvTable{buf: bufio.NewWriterSize(w, 64<<10), out: make([]string, len(columns)), columns: columns}
	if _, err := t.buf.WriteString("\ufeff"); err != nil {
		return nil, err
	}
	t.csv = csv.NewWriter(t.buf)
	t.csv.UseCRLF = true
	titles := make([]string, len(columns))
	for i := range columns {
		titles[i] = columns[i].title
	}
	return t, t.row(titles)
}

func (t *csvTable) row(cells []string) error {
	for i, c := range cells {
		t.out[i] = c
		if _, err := strconv.ParseInt(c, 10, 64); err != nil || !t.columns[i].number || c[0] == '+' { // a number below zero is no formula
			t.out[i] = neutral(c)
		}
	}
	return t.csv.Write(t.out[:len(cells)])
}

func (t *csvTable) close() error {
	t.csv.Flush()
	if err := t.csv.Error(); err != nil {
		return err
	}
	return t.buf.Flush()
}
