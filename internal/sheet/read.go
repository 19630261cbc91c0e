package sheet

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// ReadContext is what Read has to know beside the file.
type ReadContext struct {
	Today    registry.Day
	Vaccines []VaccineName // those of this registry, as VaccineNames lists them

	// Communes are the names and codes of the commune whose register is read, former ones too. None: nobody
	// asks. AllowForeign takes rows of other communes in as well.
	Communes     []string
	AllowForeign bool

	// Place finds a place by a name in the file, nil: none is known.
	Place func(name string) (p.EntityID, bool)
	// Skipped is told of rows that are nobody: totals, signatures; nil: nobody is told.
	Skipped func(Problem)
}

// foreignLeast is how many rows must name another commune, and that is more than half of those that name
// any, before a whole file is taken for another commune's.
const foreignLeast = 5

// Read goes through a sheet and calls yield with every person in it, in the order in which each one's last row
// stands. In the long layout the rows of a person may lie apart; in the wide one rows under one merged name are
// one person. The error is a *MappingError, *TooLargeError, *ForeignRegisterError, *NotASpreadsheetError if the
// file is damaged, or what yield returned.
func (b *Book) Read(m Mapping, ctx ReadContext, yield func(*Entry) error) error {
	if err := m.Check(); err != nil {
		return err
	}
	r, err := newReader(b, &m, &ctx)
	if err != nil {
		return err
	}
	if err := r.survey(); err != nil {
		return err
	}
	return r.read(yield)
}

// reader is one run over a sheet.
type reader struct {
	b        *Book
	m        *Mapping
	ctx      *ReadContext
	sheet    string
	vaccines *vaccineIndex
	columns  []*Column // by index, nil where nothing is read
	communes map[string]bool
	seed     maphash.Seed

	last map[uint64]int // long: the last row of each person
	fill filler
}

func newReader(b *Book, m *Mapping, ctx *ReadContext) (*reader, error) {
	sheet, err := b.sheetNamed(m.Sheet)
	if err != nil {
		return nil, err
	}
	r := &reader{
		b: b, m: m, ctx: ctx, sheet: sheet, vaccines: newVaccineIndex(ctx.Vaccines),
		communes: make(map[string]bool), seed: maphash.MakeSeed(), last: make(map[uint64]int),
	}
	for i := range m.Columns {
		c := &m.Columns[i]
		if c.Field == "" || c.Index < 0 || c.Index >= ColumnsMax {
			continue
		}
		for len(r.columns) <= c.Index {
			r.columns = append(r.columns, nil)
		}
		r.columns[c.Index] = c
	}
	for _, name := range ctx.Communes {
		r.communes[foldCommune(name)] = true
	}
	spans, err := b.src.merged(sheet)
	if err != nil {
		return nil, err
	}
	r.fill = newFiller(spans, m.Header)
	return r, nil
}

// sheetNamed returns the name of a sheet, the first one's for "".
func (b *Book) sheetNamed(name string) (string, error) {
	all := b.Sheets()
	if name == "" && len(all) > 0 {
		return all[0], nil
	}
	if !slices.Contains(all, name) {
		return "", &NoSheetError{Name: name}
	}
	return name, nil
}

// rows goes through the rows below the header with merged cells filled in.
func (r *reader) rows(yield func(row *row, merged bool) error) error {
	r.fill.reset()
	count := 0
	return r.b.src.rows(r.sheet, func(row *row) error {
		if row.n <= r.m.Header {
			return nil
		}
		merged := r.fill.row(row, r.nameColumn())
		if row.empty() {
			return nil
		}
		if count++; count > RowsMax {
			return &TooLargeError{What: "rows", Got: int64(count), Max: RowsMax}
		}
		return yield(row, merged)
	})
}

func (r *reader) nameColumn() int {
	if i := r.m.index("name"); i >= 0 {
		return i
	}
	return r.m.index("mother_name")
}

// survey goes over the sheet before anybody is told of a person: whether it is this commune's, and, in the long
// layout, where each person's rows end.
func (r *reader) survey() error {
	commune, code := r.m.index(FieldCommune), r.m.index(FieldCommuneNo)
	asksCommune := len(r.communes) > 0 && !r.ctx.AllowForeign && (commune >= 0 || code >= 0 || r.m.index(FieldAddress) >= 0)
	if r.m.Layout != Long && !asksCommune {
		return nil
	}
	named, foreign := 0, make(map[string]int)
	above := follower{r: r}
	err := r.rows(func(row *row, _ bool) error {
		if r.m.Layout == Long {
			r.last[above.key(row)] = row.n
		}
		if name, own, stated := r.communeOf(row); asksCommune && stated {
			named++
			if !own {
				foreign[name]++
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	total, most := 0, ""
	for name, n := range foreign {
		total += n
		if n > foreign[most] || n == foreign[most] && name < most {
			most = name
		}
	}
	if total >= foreignLeast && total*2 > named {
		return &ForeignRegisterError{Name: most, Rows: total, Of: named}
	}
	return nil
}

// communeOf returns the commune a row names, and whether it is the reader's own.
func (r *reader) communeOf(row *row) (name string, own, stated bool) {
	if c := r.m.column(FieldCommuneNo); c != nil {
		if text := row.at(c.Index).text; text != "" {
			return text, r.communes[foldCommune(text)], true
		}
	}
	if c := r.m.column(FieldCommune); c != nil {
		if text := decodeText(c.Encoding, row.at(c.Index).text); text != "" {
			return text, r.communes[foldCommune(text)], true
		}
	}
	if c := r.m.column(FieldAddress); c != nil {
		if a := parseAddress(decodeText(c.Encoding, row.at(c.Index).text)); a.commune != "" {
			return a.commune, r.communes[foldCommune(a.commune)], true
		}
	}
	return "", false, false
}

// key tells whose row it is in the long layout; false if the row names nobody and belongs to the one above it.
func (r *reader) key(row *row) (uint64, bool) {
	text := func(field string) string {
		if c := r.m.column(field); c != nil {
			return registry.Fold(decodeText(c.Encoding, row.at(c.Index).text))
		}
		return ""
	}
	var h maphash.Hash
	h.SetSeed(r.seed)
	numbers := []string{"code", "national_code", "personal_no"}
	if r.m.DosesOnly() {
		numbers = numberFields
	}
	for _, field := range numbers {
		if v := text(field); countDigits(v) >= codeDigitsMin { // "x" or "0" is nobody's code
			h.WriteString(field + "=" + v)
			return h.Sum64(), true
		}
	}
	stated := false
	for _, field := range []string{"name", "birth_date", FieldBirthMale, FieldBirthFemale, "birth_order", "mother_name", "mother_phone"} {
		v := text(field)
		stated = stated || v != "" && field != "birth_order"
		h.WriteString(v)
		h.WriteByte(0)
	}
	return h.Sum64(), stated
}

// follower gives a row that names nobody to the person of the row just above it. Behind a blank row it stands for
// itself: a signature, or a dose that is nobody's.
type follower struct {
	r    *reader
	last uint64
	n    int
}

func (f *follower) key(row *row) uint64 {
	k, ok := f.r.key(row)
	if !ok {
		if k = f.last; row.n != f.n+1 || k == 0 || f.r.m.DosesOnly() { // a dose without a number is nobody's, wherever it stands
			k = uint64(row.n)
		}
	}
	f.last, f.n = k, row.n
	return k
}

// codeDigitsMin is how many digits a code must have to tell whose row it is.
const codeDigitsMin = 6

func countDigits(s string) (n int) {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// read yields the entries.
func (r *reader) read(yield func(*Entry) error) error {
	open := make(map[uint64]*personReader)
	var key uint64 // wide: the person above
	above := follower{r: r}
	err := r.rows(func(row *row, merged bool) error {
		if r.m.Layout == Long {
			key = above.key(row)
		} else if !merged {
			if person := open[key]; person != nil {
				delete(open, key)
				if err := r.finish(person, yield); err != nil {
					return err
				}
			}
			key = uint64(row.n)
		}
		if why, nobody := r.nobody(row); nobody && open[key] == nil {
			if r.ctx.Skipped != nil {
				r.ctx.Skipped(Problem{Sheet: r.sheet, Row: row.n, Text: why, Code: WarnRowSkipped})
			}
			return nil
		}
		person := open[key]
		if person == nil {
			person = newPersonReader(r)
			open[key] = person
		}
		person.row(row)
		if r.m.Layout == Long && r.last[key] == row.n {
			delete(open, key)
			return r.finish(person, yield)
		}
		return nil
	})
	if err != nil {
		return err
	}
	left := make([]*personReader, 0, len(open))
	for _, person := range open {
		left = append(left, person)
	}
	slices.SortFunc(left, func(a, b *personReader) int { return cmp.Compare(a.e.Rows[0], b.e.Rows[0]) })
	for _, person := range left {
		if err := r.finish(person, yield); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) finish(person *personReader, yield func(*Entry) error) error {
	person.finish()
	return yield(person.e)
}

// nobody reports whether a row is not a person's: neither a name nor a birth date nor a code, or a total.
func (r *reader) nobody(row *row) (text string, yes bool) {
	for i := range row.cells {
		if text == "" {
			text = row.cells[i].text
		}
	}
	for _, field := range []string{"birth_date", FieldBirthMale, FieldBirthFemale, "code", "national_code", "personal_no"} {
		if i := r.m.index(field); i >= 0 && row.at(i).text != "" {
			return text, false
		}
	}
	name := ""
	for _, field := range []string{"name", "mother_name"} {
		if i := r.m.index(field); i >= 0 && name == "" {
			name = row.at(i).text
		}
	}
	if name == "" {
		return text, !r.doseStands(row)
	}
	for _, s := range []string{name, text} {
		switch registry.Fold(s) {
		case "tong", "cong", "tong cong", "tong so":
			return text, true
		}
		if strings.HasPrefix(registry.FoldMarked(s), "tổng ") { // marked: Tống is a family name
			return text, true
		}
	}
	return text, false
}

// titled reports whether a column has a title, or somebody said what it is.
func (r *reader) titled(index int) bool {
	for i := range r.m.Columns {
		if c := &r.m.Columns[i]; c.Index == index {
			return c.Title != "" || c.Field != ""
		}
	}
	return false
}

// doseStands reports whether a row without a name holds a dose all the same: that is not left out, it is a problem.
func (r *reader) doseStands(row *row) bool {
	if r.m.Layout == Long {
		return row.at(r.m.index(FieldVaccine)).text != "" && row.at(r.m.index(FieldGivenOn)).text != ""
	}
	for i, c := range r.columns {
		if c != nil && c.Field == FieldDose && row.at(i).text != "" {
			if d := readDate(row.at(i), r.m.DateOrder, DateCellsRight, r.ctx.Today); d.prec == registry.PrecisionDay {
				return true
			}
		}
	}
	return false
}

// filler writes the value of a merged range into every row of it.
type filler struct {
	spans  []span // those over several rows, by first row
	next   int
	active []filled
}

type filled struct {
	span
	cell cell
}

func newFiller(spans []span, header int) filler {
	var f filler
	for _, s := range spans {
		if s.top > header && s.bottom > s.top {
			f.spans = append(f.spans, s)
		}
	}
	slices.SortFunc(f.spans, func(a, b span) int { return cmp.Compare(a.top, b.top) })
	return f
}

func (f *filler) reset() { f.next, f.active = 0, nil }

// row fills in what a merged range above means here; true if that is so of the name: the row goes on with the
// person above.
func (f *filler) row(r *row, name int) (merged bool) {
	f.active = slices.DeleteFunc(f.active, func(a filled) bool { return a.bottom < r.n })
	for _, a := range f.active {
		for len(r.cells) <= a.left {
			r.cells = append(r.cells, cell{})
		}
		r.cells[a.left] = a.cell
		merged = merged || a.left == name
	}
	for f.next < len(f.spans) && f.spans[f.next].top <= r.n {
		if s := f.spans[f.next]; s.top == r.n {
			f.active = append(f.active, filled{s, r.at(s.left)})
		}
		f.next++
	}
	return merged
}
