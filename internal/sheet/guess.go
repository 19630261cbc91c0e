package sheet

import (
	"slices"

	"tramy/internal/registry"
)

// Guess looks for the header of a sheet, "" for the one that looks most like a register, and says what each column
// is. A remembered mapping whose header is the same decides about the columns; what this file's dates and letters
// show is looked at each time. The error is a *NoHeaderError, *NoSheetError, *EncodingError, *TooLargeError or
// *NotASpreadsheetError.
func (b *Book) Guess(sheet string, known []Mapping, vaccines []VaccineName) (Mapping, error) {
	x := newVaccineIndex(vaccines)
	names := b.Sheets()
	if sheet != "" {
		name, err := b.sheetNamed(sheet)
		if err != nil {
			return Mapping{}, err
		}
		names = []string{name}
	}
	if len(names) == 0 {
		return Mapping{}, &NoSheetError{}
	}
	var best header
	m := Mapping{}
	for _, name := range names {
		rows, err := b.head(name)
		if err != nil {
			return Mapping{}, err
		}
		spans, err := b.src.merged(name)
		if err != nil {
			return Mapping{}, err
		}
		h, ok := findHeader(rows, spans, x)
		if !ok || h.score <= best.score {
			continue
		}
		best, m.Sheet = h, name
		for i, r := range rows {
			if r.n == h.to && i+1 < len(rows) && numbered(rows[i+1]) {
				best.to = rows[i+1].n
			}
		}
	}
	if m.Sheet == "" {
		return Mapping{}, &NoHeaderError{Sheet: names[0]}
	}
	m.HeaderFrom, m.Header = best.from, best.to
	m.Columns = columnsOf(best)
	sc, err := b.scan(&m)
	if err != nil {
		return Mapping{}, err
	}
	if err := sc.encodings(&m, b.charset()); err != nil {
		return Mapping{}, err
	}
	sc.contents(&m)
	m.Layout = layoutOf(m.Columns)
	m.Fingerprint = fingerprint(m.Columns)
	remembered := Mapping{}
	for i := range known {
		if known[i].Fingerprint == m.Fingerprint {
			remembered = known[i]
		}
	}
	if remembered.Fingerprint != "" {
		recall(&m, &remembered)
	}
	m.Rows = sc.rows
	sc.order(&m, remembered.DateOrder)
	return m, nil
}

// head reads the rows in which the header can be.
func (b *Book) head(sheet string) ([]*row, error) {
	var out []*row
	err := b.src.rows(sheet, func(r *row) error {
		if r.n > headerRowsMax {
			return errEnough
		}
		out = append(out, r)
		return nil
	})
	if err == errEnough { //nolint:errorlint // returned as it is
		err = nil
	}
	return out, err
}

// columnsOf makes columns of a header; a field that only one column can be goes to the surest, then the first.
func columnsOf(h header) []Column {
	var out []Column
	for j, parts := range h.titles {
		title := ""
		for i, t := range parts {
			if i > 0 && parts[i-1] != t {
				title += " / "
			}
			if i == 0 || parts[i-1] != t {
				title += t
			}
		}
		match := h.matches[j]
		out = append(out, Column{Index: j, Title: title, Field: match.field, Vaccine: match.vaccine, Dose: match.dose, Sure: match.sure || title == ""})
	}
	resolveTwice(out)
	return out
}

// phoneOwners are to whom a second column "SĐT" belongs: whoever is named just before it.
var phoneOwners = map[string]string{"mother_name": "mother_phone", "father_name": "father_phone", "guardian_name": "guardian_phone"}

func resolveTwice(columns []Column) {
	owner := ""
	for i := range columns {
		c := &columns[i]
		if phone := phoneOwners[c.Field]; phone != "" {
			owner = phone
		}
		if c.Field == "mother_phone" && owner != "" && foldTitle(c.Title) != "" && !slices.Contains([]string{"sdt me", "dien thoai me", "dt me", "so dien thoai me"}, foldTitle(c.Title)) {
			c.Field = owner
		}
	}
	taken := make(map[string]int)
	for pass := range 2 {
		for i := range columns {
			c := &columns[i]
			info := fieldsByName[c.Field]
			if info == nil || info.many || c.Sure != (pass == 0) {
				continue
			}
			if at, twice := taken[c.Field]; twice && at != i {
				c.Field, c.Sure = "", false
				continue
			}
			taken[c.Field] = i
		}
	}
}

// layoutOf tells the layouts apart: long has a column that names the vaccine and one with the date.
func layoutOf(columns []Column) Layout {
	has := make(map[string]bool)
	doses := 0
	for i := range columns {
		has[columns[i].Field] = true
		if columns[i].Field == FieldDose {
			doses++
		}
	}
	if has[FieldVaccine] && has[FieldGivenOn] && doses < 3 {
		// A title such as "Mũi 1" beside a column of vaccines names no dose of its own.
		for i := range columns {
			if columns[i].Field == FieldDose {
				columns[i].Field, columns[i].Vaccine, columns[i].Dose, columns[i].Sure = "", "", 0, false
			}
		}
		return Long
	}
	for i := range columns {
		if info := fieldsByName[columns[i].Field]; info != nil && info.dose != nil {
			columns[i].Field, columns[i].Sure = "", false
		}
	}
	return Wide
}

// recall lays what a person decided about an equal header over a fresh guess.
func recall(m, remembered *Mapping) {
	m.Layout = remembered.Layout
	for i := range m.Columns {
		c := &m.Columns[i]
		for _, old := range remembered.Columns {
			if old.Index == c.Index && c.Field != FieldReason && c.Field != FieldSameAs {
				c.Field, c.Vaccine, c.Dose, c.Sure = old.Field, old.Vaccine, old.Dose, true
			}
		}
	}
}

// columnStats is what a column's cells look like.
type columnStats struct {
	filled, dates, years, phones, twelve, sexes int
	letters                                     letterStats
}

// scan is what one look over all rows shows.
type scan struct {
	rows    int
	columns []columnStats
	// Evidence for the order of dates.
	dayFirst, monthFirst, open int // text dates with a day beyond 12 in the first, the second place; with none
	cellsBeyond, cellsWithin   int // date cells whose day is beyond 12, or is not
	first                      encodingSpot
}

func (b *Book) scan(m *Mapping) (*scan, error) {
	sc := &scan{columns: make([]columnStats, len(m.Columns))}
	today := registry.Day(1 << 20) // nothing is in the future: this only looks at how things are written
	err := b.src.rows(m.Sheet, func(r *row) error {
		if r.n <= m.Header || r.empty() {
			return nil
		}
		if sc.rows++; sc.rows > RowsMax {
			return &TooLargeError{What: "rows", Got: int64(sc.rows), Max: RowsMax}
		}
		for i := range min(len(r.cells), len(sc.columns)) {
			if c := &r.cells[i]; c.text != "" {
				sc.cell(m, r.n, i, c, today)
			}
		}
		return nil
	})
	return sc, err
}

func (sc *scan) cell(m *Mapping, rowNumber, i int, c *cell, today registry.Day) {
	st := &sc.columns[i]
	st.filled++
	if c.kind == kindText && !asciiDigits(c.text) {
		st.letters.add(c.text)
		sc.first.see(rowNumber, i, c.text)
	}
	if c.kind == kindDate {
		st.dates++
		if _, _, day := c.day.Date(); day > 12 {
			sc.cellsBeyond++
		} else {
			sc.cellsWithin++
		}
		return
	}
	switch {
	case len(c.text) > 40:
	case c.text[0] >= '0' && c.text[0] <= '9':
		d := readDate(*c, DayMonth, DateCellsRight, today)
		if d.ok() || d.code == CodeDateSwapped {
			if d.prec == registry.PrecisionYear {
				st.years++
			} else {
				st.dates++
			}
			switch info := fieldsByName[m.Columns[i].Field]; {
			case info == nil || !info.date:
			case d.order > 0:
				sc.dayFirst++
			case d.order < 0:
				sc.monthFirst++
			case d.both:
				sc.open++
			}
		}
		if len(c.text) == 12 && digitsOnly(c.text) {
			st.twelve++
		} else if _, err := registry.NormalPhone(c.text); err == nil || len(c.text) == 9 && digitsOnly(c.text) {
			st.phones++
		}
	default:
		if _, ok := choiceNumber(registry.SexEnum, c.text); ok {
			st.sexes++
		}
	}
}

// asciiDigits reports whether a text cannot be in an old encoding: digits and signs of dates and numbers only.
func asciiDigits(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < '-' || c > ':' {
			return false
		}
	}
	return true
}

// contentLeast is how many cells a column must have before what they hold says anything about it.
const contentLeast = 5

// contents looks whether the columns hold what their titles say, and guesses at those without a title that says it.
func (sc *scan) contents(m *Mapping) {
	taken := make(map[string]bool)
	for i := range m.Columns {
		taken[m.Columns[i].Field] = true
	}
	for i := range m.Columns {
		c, st := &m.Columns[i], &sc.columns[i]
		if st.filled == 0 {
			continue
		}
		most := func(n int) bool { return n*10 >= st.filled*8 }
		switch c.Field {
		case "":
			for _, guess := range []struct {
				field string
				seen  int
			}{{"personal_no", st.twelve}, {"mother_phone", st.phones}, {"sex", st.sexes}} {
				if most(guess.seen) && st.filled >= contentLeast && !taken[guess.field] {
					c.Field, c.Sure, taken[guess.field] = guess.field, false, true
				}
			}
		case FieldDose, FieldGivenOn, "birth_date":
			// A year alone may be a birth date; among doses words and ticks are seen, but not most of the time.
			seen := st.dates
			if c.Field == "birth_date" {
				seen += st.years
			}
			c.Sure = c.Sure && (seen*2 >= st.filled || st.filled < contentLeast)
		}
	}
}

// mixedLeast and mixedShare say when both orders of day and month are in a file for good, and not by a slip: at
// least so many dates, and one in so many.
const (
	mixedLeast = 2
	mixedShare = 20
)

// order settles how 03/04/2024 is read: what the file shows, else what was remembered, else day first as in Vietnam.
func (sc *scan) order(m *Mapping, remembered DateOrder) {
	m.DateOrder, m.OrderSure = DayMonth, sc.dayFirst > 0 || sc.monthFirst > 0 || sc.open == 0
	less, total := min(sc.dayFirst, sc.monthFirst), sc.dayFirst+sc.monthFirst
	marked := false
	for i := range m.Columns {
		if m.Columns[i].Field == FieldReason && foldTitle(m.Columns[i].Title) == foldTitle(reasonMonthFirst) {
			marked = true
		}
	}
	switch {
	case marked:
		m.DateOrder, m.OrderSure = MonthDay, true
	case less >= mixedLeast && less*mixedShare >= total:
		m.DateOrder, m.OrderSure = OrderMixed, false
	case sc.monthFirst > sc.dayFirst:
		m.DateOrder = MonthDay
		m.OrderSure = sc.monthFirst >= mixedLeast
	case total == 0 && remembered != "":
		m.DateOrder = remembered
	}
	// Dates as text only where the day is beyond 12, and date cells only where it is not: Excel read what it could
	// as month first.
	if sc.dayFirst >= suspectLeast && sc.open == 0 && sc.cellsWithin >= suspectLeast && sc.cellsBeyond == 0 {
		m.DateCells = DateCellsDoubtful
	}
}

// suspectLeast is how many dates of each kind there must be before date cells are doubted.
const suspectLeast = 5

// charset tells how the bytes of the file are read.
func (b *Book) charset() charset {
	if s, ok := b.src.(*csvSource); ok {
		return s.charset
	}
	return charsetUTF8
}
