package sheet

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// personReader gathers one person from the rows that tell of them.
type personReader struct {
	r     *reader
	e     *Entry
	n     int     // the row being read
	col   *Column // and the column
	dose  *Dose   // long: the dose of the row
	first map[int]seenCell
	at    map[string]*Column // where each field came from
	rowOf map[string]int
	notes []string
	again bool // wide: a further row under one merged name
}

type seenCell struct {
	text string
	row  int
}

func newPersonReader(r *reader) *personReader {
	return &personReader{r: r, e: &Entry{}, first: make(map[int]seenCell), at: make(map[string]*Column), rowOf: make(map[string]int)}
}

func (r *personReader) describe(c cell, code registry.Code, params []any) Problem {
	pr := Problem{Sheet: r.r.sheet, Row: r.n, Text: c.text, Code: code}
	if r.col != nil {
		pr.Column, pr.Title, pr.Field = r.col.Letter(), r.col.Title, r.col.Field
	}
	for i := 0; i+1 < len(params); i += 2 {
		if pr.Params == nil {
			pr.Params = make(map[string]any)
		}
		pr.Params[params[i].(string)] = params[i+1]
	}
	return pr
}

func (r *personReader) problem(c cell, code registry.Code, params ...any) {
	r.e.Problems = append(r.e.Problems, r.describe(c, code, params))
}

func (r *personReader) warn(c cell, code registry.Code, params ...any) {
	r.e.Warnings = append(r.e.Warnings, r.describe(c, code, params))
}

// note adds a line to the person's note.
func (r *personReader) note(label, text string) {
	if label != "" {
		text = label + ": " + text
	}
	if slices.Contains(r.notes, text) { // a note that every row of a person repeats
		return
	}
	r.notes = append(r.notes, text)
}

// keep puts what no field can hold into the note, and says so. In the long layout it is the dose's note.
func (r *personReader) keep(c cell) {
	if r.dose != nil && fieldsByName[r.col.Field].dose != nil {
		r.dose.Note = joinNote(r.dose.Note, r.col.Title+": "+c.text)
	} else {
		r.note(r.col.Title, c.text)
	}
	r.warn(c, WarnKeptInNote)
}

func joinNote(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

// row reads one row.
func (r *personReader) row(row *row) {
	r.again = len(r.e.Rows) > 0
	r.n = row.n
	r.e.Rows = append(r.e.Rows, row.n)
	long := r.r.m.Layout == Long
	var dose Dose
	if long {
		dose = Dose{Row: row.n}
		r.dose = &dose
	}
	stated := false
	for i, col := range r.r.columns {
		if col == nil {
			continue
		}
		info := fieldsByName[col.Field]
		c := row.at(i)
		if c.text == "" && !c.formula || col.Field == FieldIgnored || col.Field == FieldReason {
			continue
		}
		r.col = col
		if c = r.cell(info, c); c.text == "" {
			continue
		}
		switch {
		case info.dose != nil && long:
			info.dose(r, &dose, c)
			stated = true
		case info.dose != nil: // a column of a dose's field has no meaning a row a child
		case col.Field == FieldDose:
			r.wideDose(c)
		case col.Field == FieldDoseLot:
		case col.Field == FieldSameAs:
			r.sameAs(c)
		case info.person != nil:
			r.personCell(info, c)
		}
	}
	r.untitled(row)
	if !long {
		r.wideLots(row)
	}
	if stated {
		r.longDose(&dose, row)
	}
	r.dose, r.col = nil, nil
	r.e.Cells = append(r.e.Cells, r.cellsOf(row))
}

// untitled tells of dates in columns without a title: they are somebody's doses, and nobody chose to leave them out.
func (r *personReader) untitled(row *row) {
	for i := range row.cells {
		if row.cells[i].text == "" || r.r.titled(i) {
			continue
		}
		if d := readDate(row.cells[i], r.r.m.DateOrder, DateCellsRight, r.r.ctx.Today); d.prec == registry.PrecisionDay {
			r.col = &Column{Index: i}
			r.problem(row.cells[i], CodeColumnUntitled)
		}
	}
}

// cell takes a cell as its column has to be read: letters of an old encoding converted, formulas and errors told.
// An empty text comes back if there is nothing to read.
func (r *personReader) cell(info *fieldInfo, c cell) cell {
	switch {
	case c.kind == kindError:
		r.problem(c, CodeCellError)
		return cell{}
	case c.formula && c.text == "":
		r.problem(c, CodeFormulaEmpty)
		return cell{}
	case c.formula:
		r.warn(c, WarnFormula)
	}
	if c.kind != kindText {
		if wide := c.kind == kindNumber && math.Abs(c.serial) >= serialDigits; wide && info.text {
			r.problem(c, CodeNumberCut)
			return cell{}
		}
		return c
	}
	text, doubt := decodeCell(r.col.Encoding, r.col.Mixed, c.text)
	if doubt != "" {
		r.problem(c, CodeTextEncoding, "read", doubt)
	} else if info.text && damaged(text, info.proper) {
		r.problem(c, CodeTextDamaged)
	}
	c.text = text
	return c
}

// serialDigits is the first number of 16 digits: of longer ones a spreadsheet keeps 15 digits and writes zeros.
const serialDigits = 1e15

// personCell reads a field of the person. Rows of one person may repeat it; what differs is a problem, because
// then two people stand under one name, or one of them is wrong.
func (r *personReader) personCell(info *fieldInfo, c cell) {
	seen, again := r.first[r.col.Index]
	if again {
		if registry.Fold(seen.text) != registry.Fold(c.text) && !info.many {
			r.problem(c, CodeRowsDisagree, "other", seen.text, "row", seen.row)
		} else if info.many {
			info.person(r, c)
		}
		return
	}
	r.first[r.col.Index] = seenCell{c.text, r.n}
	r.at[info.name], r.rowOf[info.name] = r.col, r.n
	info.person(r, c)
}

// cellsOf returns a row as it stands, for the file of rejected rows: texts readable, dates as the file's others.
func (r *personReader) cellsOf(row *row) []string {
	n := 0
	for i := range r.r.m.Columns {
		n = max(n, r.r.m.Columns[i].Index+1)
	}
	out := make([]string, n)
	for i := range r.r.m.Columns {
		col := &r.r.m.Columns[i]
		c := row.at(col.Index)
		out[col.Index] = c.text
		if c.kind == kindDate && r.r.m.DateOrder == MonthDay {
			y, m, d := c.day.Date()
			out[col.Index] = strings.Replace(c.text, c.day.String(), fmt.Sprintf("%02d/%02d/%04d", int(m), d, y), 1)
		}
		if c.kind == kindText {
			out[col.Index], _ = decodeCell(col.Encoding, col.Mixed, c.text)
		}
	}
	return out
}

// anyCode stands in for the code and the place that whoever takes the entry in will give it; its check digits
// are right.
const anyCode registry.PersonCode = "0000000000000098"

var anyPlace = p.EntityID{1}

// finish has the registry check what was gathered, and says what is refused at the cell it came from.
func (r *personReader) finish() {
	s := &r.e.Subject
	if len(r.notes) > 0 {
		s.Note = strings.Join(r.notes, "\n")
	}
	if r.r.m.DosesOnly() {
		r.finishNumbered()
		return
	}
	in := *s
	if in.Code == "" {
		in.Code = anyCode
	}
	in.Place = anyPlace
	_, err := registry.NewSubject(in, r.r.ctx.Today)
	r.refused(err)
	for _, w := range in.Warnings() {
		if w.Code != registry.WarnAllCaps {
			r.e.Warnings = append(r.e.Warnings, r.field(&w))
		}
	}
	for i := range r.e.Doses {
		r.checkDose(&r.e.Doses[i])
	}
	if len(r.e.Doses) > DosesMax {
		r.e.Problems = append(r.e.Problems, Problem{Sheet: r.r.sheet, Row: r.e.Rows[0], Code: CodeTooManyDoses, Params: map[string]any{"max": DosesMax}})
	}
	sortProblems(r.e.Problems)
	sortProblems(r.e.Warnings)
}

// finishNumbered ends an entry of a file of doses alone: whose they are is told by a number, and nothing of the person is changed.
func (r *personReader) finishNumbered() {
	s := r.e.Subject.Cleaned()
	for _, number := range []string{string(s.Code), s.PersonalNo, s.NationalCode, s.Insurance, s.Passport} {
		switch {
		case number == "":
		case r.e.SameAs == "" || r.e.SameAs == SameAsNew: // nobody is registered without a name
			r.e.SameAs = number
		default:
			r.e.Numbers = append(r.e.Numbers, number)
		}
	}
	if r.e.SameAs == "" && len(r.e.Problems) == 0 {
		r.e.Problems = append(r.e.Problems, Problem{Sheet: r.r.sheet, Row: r.e.Rows[0], Code: CodeWhoMissing})
	}
	r.e.Subject, r.e.ByNumber = registry.SubjectInput{}, true
	for i := range r.e.Doses {
		r.checkDose(&r.e.Doses[i])
	}
	if len(r.e.Doses) > DosesMax {
		r.e.Problems = append(r.e.Problems, Problem{Sheet: r.r.sheet, Row: r.e.Rows[0], Code: CodeTooManyDoses, Params: map[string]any{"max": DosesMax}})
	}
	sortProblems(r.e.Problems)
	sortProblems(r.e.Warnings)
}

// DosesMax is how many doses one person can have in a file.
const DosesMax = 200

// refused turns what the registry refuses into problems, save where the cell is told of already.
func (r *personReader) refused(err error) {
	errs, ok := err.(registry.Errors) //nolint:errorlint // NewSubject returns it bare
	if !ok {
		return
	}
next:
	for i := range errs {
		pr := r.field(&errs[i])
		for _, told := range r.e.Problems {
			if told.Column == pr.Column && told.Row == pr.Row && told.Field == pr.Field || told.Field == pr.Field && pr.Code == registry.CodeRequired {
				continue next
			}
			// A birth date that cannot be read is missing too; it is told once.
			if pr.Code == registry.CodeBirthRequired && strings.HasPrefix(told.Field, "birth_") {
				continue next
			}
		}
		r.e.Problems = append(r.e.Problems, pr)
	}
}

// field places what the registry says of a field at the cell the field came from.
func (r *personReader) field(e *registry.FieldError) Problem {
	name := e.Field
	if name == "birth_date" && r.at[name] == nil {
		for _, f := range []string{FieldBirthMale, FieldBirthFemale} {
			if r.at[f] != nil {
				name = f
			}
		}
	}
	pr := Problem{Sheet: r.r.sheet, Row: r.e.Rows[0], Field: name, Code: e.Code, Params: e.Params}
	col := r.at[name]
	if col == nil {
		col = r.r.m.column(name)
	}
	if col != nil {
		pr.Column, pr.Title, pr.Text = col.Letter(), col.Title, r.first[col.Index].text
		if n := r.rowOf[name]; n > 0 {
			pr.Row = n
		}
	}
	return pr
}

// name reads the person's name.
func (r *personReader) name(c cell) { r.e.Subject.Name = c.text }

// birth reads a birth date to the precision it is written in.
func (r *personReader) birth(c cell) {
	d := readDate(c, r.r.m.DateOrder, r.r.m.DateCells, r.r.ctx.Today)
	if !d.ok() {
		r.badDate(c, d)
		return
	}
	r.oddDate(c, d)
	s := &r.e.Subject
	s.BirthDate, s.BirthPrec = d.day, d.prec
	if d.clock != 0 && d.prec == registry.PrecisionDay {
		s.BirthClock, s.BirthPrec = d.clock, registry.PrecisionMinute
	}
}

// birthOrTick reads a column that tells the sex: the birth date stands in it, or a tick.
func (r *personReader) birthOrTick(c cell, sex registry.Sex) {
	r.e.Subject.Sex = sex
	if !saysYes(c.text) {
		r.birth(c)
	}
}

func (r *personReader) birthClock(c cell) {
	clock := c.clock
	if c.kind == kindNumber && c.serial < 1 {
		clock = serialClock(c.serial)
	} else if clock == 0 {
		var err error
		if clock, err = registry.ParseClock(c.text); err != nil {
			r.keep(c)
			return
		}
	}
	s := &r.e.Subject
	s.BirthClock = clock
	if s.BirthPrec == registry.PrecisionDay || s.BirthPrec == 0 {
		s.BirthPrec = registry.PrecisionMinute
	}
}

// badDate says why a date cannot be read.
func (r *personReader) badDate(c cell, d dateReading) {
	switch d.code {
	case CodeDateSwapped:
		r.problem(c, d.code, "read", d.alt)
	case CodeDateAmbiguous, CodeDateCell:
		r.problem(c, d.code, "first", d.day, "second", d.alt)
	default:
		if severalDates(c.text) {
			r.problem(c, CodeSeveralDates)
			return
		}
		r.problem(c, d.code)
	}
}

// oddDate says what was taken for granted in a date.
func (r *personReader) oddDate(c cell, d dateReading) {
	if d.code != "" {
		r.warn(c, d.code, "read", d.day)
	}
}

// day reads a date of a field that has to be a whole one; 0 with a problem if it is not.
func (r *personReader) day(c cell) registry.Day {
	d := readDate(c, r.r.m.DateOrder, r.r.m.DateCells, r.r.ctx.Today)
	switch {
	case !d.ok():
		r.badDate(c, d)
		return 0
	case d.prec != registry.PrecisionDay:
		r.problem(c, registry.CodeDateUnreadable)
		return 0
	}
	r.oddDate(c, d)
	return d.day
}

// choice reads a word of an enumeration. A sex or a reason for not giving a dose that nobody knows is a problem,
// since something would be made up either way; other words are kept in the note.
func (r *personReader) choice(e *registry.Enum, c cell) uint8 {
	n, ok := choiceNumber(e, c.text)
	if ok {
		return n
	}
	if e == registry.SexEnum || e == registry.NotDoneEnum {
		r.problem(c, CodeChoiceText)
	} else {
		r.keep(c)
	}
	return 0
}

func (r *personReader) number(c cell) int {
	n, err := strconv.Atoi(strings.TrimSpace(c.text))
	if err != nil || n < 0 || n > 1_000_000 {
		r.keep(c)
		return 0
	}
	return n
}

// weight reads grams, or kilograms as people write them: 3200, 3200g, 3,2, 3.2 kg.
func (r *personReader) weight(c cell) {
	s := strings.ReplaceAll(strings.ToLower(c.text), ",", ".")
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(s), "g"), "k"))
	w, err := strconv.ParseFloat(s, 64)
	if err != nil || !(w > 0 && w < 100_000) {
		r.keep(c)
		return
	}
	if w < 20 {
		w *= 1000
	}
	grams := int(w + 0.5)
	if grams < registry.BirthWeightMin || grams > registry.BirthWeightMax {
		r.keep(c)
		return
	}
	r.e.Subject.BirthWeight = grams
}

// phone reads a phone number, or the first of several; what is none is kept in the note.
func (r *personReader) phone(at *string, c cell) {
	if n, ok := r.onePhone(c.text); ok {
		*at = n
		if n != c.text && len(c.text) == 9 {
			r.warn(c, WarnZeroAdded, "read", n)
		}
		return
	}
	parts := strings.FieldsFunc(strings.ReplaceAll(c.text, " - ", "/"), func(x rune) bool { return strings.ContainsRune("/,;\n&", x) })
	var rest []string
	for _, part := range parts {
		if n, ok := r.onePhone(strings.TrimSpace(part)); ok && *at == "" {
			*at = n
		} else {
			rest = append(rest, strings.TrimSpace(part))
		}
	}
	if *at == "" {
		r.keep(c)
		return
	}
	r.note(r.col.Title, strings.Join(rest, ", "))
	r.warn(c, WarnSecondPhone)
}

// onePhone reads a number; one that Excel took the first 0 off gets it back.
func (r *personReader) onePhone(text string) (string, bool) {
	if len(text) == 9 && digitsOnly(text) {
		text = "0" + text
	}
	n, err := registry.NormalPhone(text)
	return n, err == nil
}

// personalNo reads the number of 12 digits; Excel takes zeros off its front.
func (r *personReader) personalNo(c cell) {
	digits := strings.NewReplacer(" ", "", ".", "", "-", "", "'", "").Replace(c.text)
	s := &r.e.Subject
	switch {
	case digitsOnly(digits) && len(digits) == 12:
		s.PersonalNo = digits
	case digitsOnly(digits) && (len(digits) == 11 || len(digits) == 10 && c.kind == kindNumber):
		s.PersonalNo = strings.Repeat("0", 12-len(digits)) + digits
		r.warn(c, WarnZeroAdded, "read", s.PersonalNo)
	default: // an identity card of nine digits, or a slip: kept, but not as the number it is not
		r.keep(c)
	}
}

func (r *personReader) sameAs(c cell) {
	switch registry.Fold(c.text) {
	case "moi", "new", "nguoi moi", "them moi":
		r.e.SameAs = SameAsNew
		return
	}
	code, err := registry.ParseCode(c.text)
	if err != nil {
		r.problem(c, CodeSameAsUnclear)
		return
	}
	r.e.SameAs = string(code)
}
