package faulty

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tramy/internal/registry"
	"tramy/internal/synth"
)

// RowsTooMany is one row more than a reader of registers takes.
const RowsTooMany = 300_001

// File is one file that is wrong.
type File struct {
	Name    string
	About   string  // what is wrong or odd about it
	Refused bool    // it is turned down as a whole, before any row is read
	Plants  []Plant // in order of rows
	People  int     // that are in it; 0 if it is refused
	write   func(w io.Writer) error
}

// Write writes the file.
func (f *File) Write(w io.Writer) error { return f.write(w) }

// peopleMin is how many children files are made of at least.
const peopleMin = 12

// Files makes the files from a commune's register without slips. The error says that it has too few children to plant
// things among.
func Files(n *synth.Nation, commune int, today registry.Day) ([]*File, error) {
	var people []*synth.Record
	for r := range n.Register(commune) {
		if r.At == synth.Station && r.Subject.Group == registry.GroupChild && suits(r, today.Month().First()) {
			people = append(people, r)
		}
		if len(people) == 40 {
			break
		}
	}
	if len(people) < peopleMin {
		return nil, fmt.Errorf("%d children with doses in %s, want %d", len(people), n.Communes()[commune].Name, peopleMin)
	}
	c := n.Communes()[commune]
	k := kit{people: people, commune: c.Name, today: today, other: elsewhere(c)}
	files := []*File{
		k.notASpreadsheet(), k.tooManyRows(), k.mergedCells(), k.twoHeaderRows(), k.mixedDates(), k.impossibleDates(), k.swapped(),
		k.beforeBirth(), k.inFuture(), k.unknownVaccine(), k.formulas(), k.otherCommune(), k.values(),
		k.encoded("tcvn3.csv", "Written for the old fonts .VnTime (TCVN 5712:1993)", inBytes(tcvn3)),
		k.encoded("vni.csv", "Written for the old fonts VNI-Times", inBytes(vni)),
		k.utf16(),
		k.encoded("utf8-twice.csv", "UTF-8 that was taken for Windows-1252 and turned into UTF-8 once more", asUTF8Twice),
		k.wrongEncoding(), k.lettersLost(),
	}
	for _, f := range files {
		slices.SortStableFunc(f.Plants, func(a, b Plant) int { return a.Row - b.Row })
	}
	return files, nil
}

// suits says whether a record has enough doses, that all have a column and lie before a day; and nothing odd in itself.
func suits(r *synth.Record, before registry.Day) bool {
	had := 0
	for i := range r.Doses {
		d := &r.Doses[i]
		if d.GivenOn >= before {
			return false
		}
		if d.Given() && (d.Vaccine == "HEXA" || d.Vaccine == "SOI" && d.Order == 0) {
			return false
		}
		if d.Given() && d.Vaccine == "DPT-VGB-HIB" {
			had++
		}
	}
	return had >= 2 && r.Subject.MotherPhone != "" && !strings.HasPrefix(r.Subject.Name, "CB ") && r.Subject.Status == registry.StatusPresent
}

// elsewhere names a commune that is another one.
func elsewhere(c synth.Commune) string {
	for _, o := range synth.DemoCommunes() {
		if o.Code != c.Code && o.Name != c.Name {
			return o.Name
		}
	}
	return "Xã Mường Phăng"
}

// kit is what files are made of.
type kit struct {
	people         []*synth.Record
	commune, other string
	today          registry.Day
}

func (k *kit) file(name, about string) *File {
	return &File{Name: name, About: about, People: len(k.people)}
}

func (k *kit) notASpreadsheet() *File {
	f := &File{Name: "not-a-spreadsheet.xlsx", About: "A PDF with another name", Refused: true}
	f.Plants = []Plant{{File: f.Name, What: "not a spreadsheet"}}
	f.write = func(w io.Writer) error {
		_, err := io.WriteString(w, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n")
		return err
	}
	return f
}

func (k *kit) tooManyRows() *File {
	f := &File{Name: fmt.Sprintf("rows-%d.csv", RowsTooMany), About: "More rows than a register has", Refused: true}
	f.Plants = []Plant{{File: f.Name, What: "too many rows"}}
	f.write = func(w io.Writer) error {
		t := wide(f, k.people, k.commune)
		t.titles = t.titles[:len(titles)]
		for i := range t.rows {
			t.rows[i] = t.rows[i][:len(titles)]
		}
		var head, body bytes.Buffer
		rows := t.rows
		t.rows = nil
		if err := t.csv(&head, asUTF8); err != nil {
			return err
		}
		t.rows = rows
		if err := t.csv(&body, asUTF8); err != nil {
			return err
		}
		lines := bytes.SplitAfter(body.Bytes()[head.Len():], []byte("\n"))
		if _, err := w.Write(head.Bytes()); err != nil {
			return err
		}
		for i := range RowsTooMany {
			if _, err := w.Write(lines[i%len(rows)]); err != nil {
				return err
			}
		}
		return nil
	}
	return f
}

func (k *kit) mergedCells() *File {
	f := k.file("merged-cells.xlsx", "A heading over the table, and cells of one mother merged over the rows of her children")
	t := wide(f, k.people, k.commune)
	t.above = [][]cell{{{text: "SỔ TIÊM CHỦNG CƠ BẢN CHO TRẺ EM"}}, {{text: k.commune}}, nil}
	t.merged = []string{"A1:K1", "A2:K2"}
	for _, title := range []string{"Họ tên mẹ", "Điện thoại mẹ", "Thôn/ấp/bản"} {
		for row := 0; row+1 < 6; row += 2 {
			*t.at(row+1, title) = cell{}
			col := letter(t.column(title))
			t.merged = append(t.merged, fmt.Sprintf("%s%d:%s%d", col, len(t.above)+2+row, col, len(t.above)+3+row))
		}
	}
	f.write = t.xlsx
	return f
}

func (k *kit) twoHeaderRows() *File {
	f := k.file("two-header-rows.xlsx", "Titles in two rows: the vaccine above, the number of the dose below")
	t := wide(f, k.people, k.commune)
	upper := make([]cell, len(t.titles))
	for i := 0; i < len(t.titles); {
		name, number, numbered := strings.Cut(t.titles[i], " ")
		if i < len(titles) || !numbered || number == "≤24h" {
			upper[i].text, t.titles[i] = t.titles[i], ""
			t.merged = append(t.merged, fmt.Sprintf("%s1:%s2", letter(i), letter(i)))
			i++
			continue
		}
		from := i
		upper[from].text = name
		for ; i < len(t.titles) && strings.HasPrefix(t.titles[i], name+" "); i++ {
			t.titles[i] = strings.TrimPrefix(t.titles[i], name+" ")
		}
		if i-from > 1 {
			t.merged = append(t.merged, fmt.Sprintf("%s1:%s1", letter(from), letter(i-1)))
		}
	}
	t.above = [][]cell{upper}
	f.write = t.xlsx
	return f
}

// plain moves all days of a table beyond the twelfth of their month, in order, so that nothing in it can be read in
// two ways.
func (t *table) plain() {
	t.dates(func(_ int, _ string, c *cell) {
		y, m, d := c.day.Date()
		c.day, _ = registry.NewDay(y, m, 13+(d-1)*15/31)
	})
}

func monthFirst(d registry.Day) string {
	y, m, day := d.Date()
	return fmt.Sprintf("%02d/%02d/%d", m, day, y)
}

func (k *kit) mixedDates() *File {
	f := k.file("mixed-dates.csv", "Dates in several forms; in every third row the month stands first, so that 03/04/2024 can be two days")
	t := wide(f, k.people, k.commune)
	t.plain()
	forms := []func(registry.Day) string{
		registry.Day.String,
		registry.Day.ISO,
		monthFirst,
		func(d registry.Day) string { return strings.ReplaceAll(d.String(), "/", "-") },
		func(d registry.Day) string { return strings.ReplaceAll(d.String(), "/", ".") },
		monthFirst,
	}
	t.dates(func(row int, _ string, c *cell) { c.text, c.day = forms[row%len(forms)](c.day), 0 })
	y, _, _ := k.today.Date()
	for i, row := range []int{3, 5, 9} {
		birthYear, _, _ := k.people[row].Subject.BirthDate.Date()
		t.plant(row, []string{"DPT-VGB-Hib 2", "OPV 2", "DPT-VGB-Hib 1"}[i], "two readings", cell{text: fmt.Sprintf("03/04/%d", min(birthYear+1, y))})
	}
	t.plant(7, "Ngày sinh", "two readings", cell{text: fmt.Sprintf("05/06/%d", y-7)})
	f.write = func(w io.Writer) error { return t.csv(w, asUTF8) }
	return f
}

func (k *kit) impossibleDates() *File {
	f := k.file("impossible-dates.csv", "Days that are in no calendar")
	t := wide(f, k.people, k.commune)
	t.plain()
	y, _, _ := k.today.Date()
	for i, text := range []string{"31/02/%d", "30/02/%d", "31/11/%d", "32/01/%d", "00/05/%d"} {
		t.plant(1+2*i, []string{"DPT-VGB-Hib 1", "OPV 1", "Ngày sinh", "BCG", "DPT-VGB-Hib 2"}[i], "impossible date", cell{text: fmt.Sprintf(text, y-1)})
	}
	f.write = func(w io.Writer) error { return t.csv(w, asUTF8) }
	return f
}

func (k *kit) swapped() *File {
	f := k.file("day-month-swapped.xlsx", "Typed day first into an Excel that puts the month first: days up to the twelfth became dates of another month, the others stayed text")
	t := wide(f, k.people, k.commune)
	t.dates(func(row int, title string, c *cell) {
		y, m, d := c.day.Date()
		if d > 12 {
			c.text, c.day = c.day.String(), 0
			return
		}
		c.day, _ = registry.NewDay(y, time.Month(d), int(m))
		if int(m) != d {
			t.blame(row, title, "day and month swapped")
		}
	})
	f.write = t.xlsx
	return f
}

func (k *kit) beforeBirth() *File {
	f := k.file("dose-before-birth.xlsx", "Doses from before the child was born")
	t := wide(f, k.people, k.commune)
	for _, row := range []int{0, 4, 10} {
		t.plant(row, "DPT-VGB-Hib 1", "dose before birth", cell{day: k.people[row].Subject.BirthDate - 40})
	}
	f.write = t.xlsx
	return f
}

func (k *kit) inFuture() *File {
	f := k.file("dose-in-future.xlsx", "Doses and a birth after today")
	t := wide(f, k.people, k.commune)
	t.plant(3, "MR", "dose in the future", cell{day: k.today + 30})
	t.plant(6, "Ngày sinh", "birth in the future", cell{day: k.today + 5})
	for i := len(titles); i < len(t.titles); i++ {
		t.rows[6][i] = cell{}
	}
	f.write = t.xlsx
	return f
}

func (k *kit) unknownVaccine() *File {
	f := k.file("unknown-vaccine.csv", "A row a dose, some of a vaccine that there is not")
	t := long(f, k.people)
	t.plain()
	planted := 0
	for row := 3; row < len(t.rows) && planted < 4; row += 25 {
		t.plant(row, "Vắc xin", "unknown vaccine", cell{text: []string{"Vắc xin XYZ", "Thuốc nhỏ 12", "Pfxyz", "Kháng thể Q"}[planted]})
		planted++
	}
	f.write = func(w io.Writer) error { return t.csv(w, asUTF8) }
	return f
}

func (k *kit) formulas() *File {
	f := k.file("formulas.xlsx", "Dates worked out by formulas; the values of some are not in the file")
	t := wide(f, k.people, k.commune)
	for row := range t.rows {
		c := t.at(row, "DPT-VGB-Hib 1")
		if c.day == 0 {
			continue
		}
		y, m, d := c.day.Date()
		c.formula = fmt.Sprintf("DATE(%d,%d,%d)", y, m, d)
		if row%9 == 4 {
			t.plant(row, "DPT-VGB-Hib 1", "formula without a value", cell{formula: c.formula, empty: true})
		}
	}
	f.write = t.xlsx
	return f
}

func (k *kit) otherCommune() *File {
	f := k.file("other-commune.csv", "Rows of people who live in another commune")
	t := wide(f, k.people, k.commune)
	t.plain()
	for _, row := range []int{1, 5, 8} {
		t.plant(row, "Xã/phường", "another commune", cell{text: k.other})
	}
	f.write = func(w io.Writer) error { return t.csv(w, asUTF8) }
	return f
}

func (k *kit) values() *File {
	f := k.file("values.csv", "Values that cannot be taken; a phone, a number and a weight that are none are no reason to turn a child away")
	t := wide(f, k.people, k.commune)
	t.plain()
	t.at(0, "Điện thoại mẹ").text = "12345"
	t.at(3, "Số định danh").text = "0112345"
	t.at(4, "Cân nặng lúc sinh (g)").text = "31000"
	t.plant(5, "Giới tính", "no sex", cell{text: "chưa rõ lắm"})
	t.plant(7, "Sởi 1", "no date", cell{text: "đã tiêm"})
	t.plant(8, "BCG", "month only", cell{text: "05/2024"})
	t.plant(10, "Ngày sinh", "no birth date", cell{})
	f.write = func(w io.Writer) error { return t.csv(w, asUTF8) }
	return f
}

func (k *kit) encoded(name, about string, encode func(string) []byte) *File {
	f := k.file(name, about)
	t := wide(f, k.people, k.commune)
	t.plain()
	f.write = func(w io.Writer) error { return t.csv(w, encode) }
	return f
}

func (k *kit) utf16() *File {
	f := k.file("utf16.csv", "UTF-16, as Excel's Unicode text")
	t := wide(f, k.people, k.commune)
	t.plain()
	f.write = func(w io.Writer) error {
		if _, err := w.Write([]byte{0xff, 0xfe}); err != nil {
			return err
		}
		return t.csv(w, asUTF16)
	}
	return f
}

func (k *kit) wrongEncoding() *File {
	f := k.file("wrong-encoding.csv", "Saved as CSV on a machine set to English: most Vietnamese letters became question marks, the others bytes of Windows-1252")
	f.Refused = true
	f.Plants = []Plant{{File: f.Name, What: "letters lost, in an encoding that is none of Vietnam's"}}
	t := wide(f, k.people, k.commune)
	t.plain()
	f.write = func(w io.Writer) error { return t.csv(w, asWestern) }
	return f
}

func (k *kit) lettersLost() *File {
	f := k.file("letters-lost.csv", "UTF-8, of names that had lost letters to question marks before")
	t := wide(f, k.people, k.commune)
	t.plain()
	for row := 0; row < len(t.rows); row += 3 {
		if name := t.at(row, "Họ và tên"); western(name.text) != name.text {
			name.text = western(name.text)
			t.blame(row, "Họ và tên", "letters lost")
		}
	}
	f.write = func(w io.Writer) error { return t.csv(w, asUTF8) }
	return f
}
