package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"tramy/internal/registry"
)

// doseEarliest is the day before which no dose in a register can have been given: older years are slips.
var doseEarliest = func() registry.Day {
	d, err := registry.NewDay(1950, time.January, 1)
	if err != nil {
		panic(err)
	}
	return d
}()

// dateInText finds the date in a cell that says more: "05/03/2024 (DV)", "hoãn 5/3/2024".
var dateInText = regexp.MustCompile(`\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}`)

// noDose are what people write where no dose was given yet.
var noDose = map[string]bool{
	"0": true, "khong": true, "ko": true, "k": true, "chua": true, "chua tiem": true, "chua den": true, "chua du tuoi": true,
	"chua den tuoi": true, "chua uong": true, "khong co": true, "kco": true, "chua den lich": true,
}

// given are what people write instead of a date.
var given = map[string]bool{
	"da tiem": true, "tiem roi": true, "da tiem roi": true, "da uong": true, "uong roi": true, "co tiem": true, "du": true, "du mui": true, "da tiem du": true, "tiem": true,
}

// wideDose reads the cell of a dose in the wide layout.
func (r *personReader) wideDose(c cell) {
	f := registry.Fold(c.text)
	if f == "" && !saysYes(c.text) || noDose[f] {
		return // "-", "…" and the like as well
	}
	if r.again && r.filledAbove(c) {
		return
	}
	col := r.col
	dose := Dose{Row: r.n, Column: col.Index}
	dose.Vaccine = col.Vaccine
	if col.Dose > 0 {
		dose.Order, dose.HasOrder = col.Dose, true
	}
	dose.Source = registry.SourceImport
	if saysYes(c.text) || given[f] {
		r.problem(c, CodeDoseUndated)
		return
	}
	d := r.doseDate(c)
	if !d.ok() {
		if !r.worded(c, &dose) {
			r.badDate(c, d)
		}
		return
	}
	if d.prec != registry.PrecisionDay {
		r.problem(c, CodeDoseDatePart)
		return
	}
	r.oddDate(c, d)
	dose.GivenOn, dose.GivenClock = d.day, d.clock
	r.e.Doses = append(r.e.Doses, dose)
}

func (r *personReader) doseDate(c cell) dateReading {
	return readDate(c, r.r.m.DateOrder, r.r.m.DateCells, r.r.ctx.Today)
}

// filledAbove reports whether this dose was read from the row above already, out of the same merged cell.
func (r *personReader) filledAbove(c cell) bool {
	for i := range r.e.Doses {
		d := &r.e.Doses[i]
		if d.Column == r.col.Index && d.Vaccine == r.col.Vaccine && c.kind == kindDate && c.day == d.GivenOn {
			return true
		}
		if d.Column == r.col.Index && d.Vaccine == r.col.Vaccine && c.kind != kindDate {
			if again := r.doseDate(c); again.ok() && again.day == d.GivenOn {
				return true
			}
		}
	}
	return false
}

// worded reads a cell that holds words, alone or beside one date: why a dose was not given, or who paid for it.
// False if it is none of these.
func (r *personReader) worded(c cell, dose *Dose) bool {
	dates := dateInText.FindAllStringIndex(c.text, -1)
	if len(dates) > 1 {
		return false
	}
	words, date := c.text, dateReading{}
	if len(dates) == 1 {
		words = c.text[:dates[0][0]] + " " + c.text[dates[0][1]:]
		date = readDateText(c.text[dates[0][0]:dates[0][1]], r.r.m.DateOrder, r.r.ctx.Today)
		if !date.ok() || date.prec != registry.PrecisionDay {
			return false
		}
	}
	f := registry.Fold(words)
	for _, lead := range []string{"ngay ", "vi ", "do "} {
		f = strings.TrimPrefix(f, lead)
	}
	if n, ok := choiceNumber(registry.NotDoneEnum, f); ok {
		switch {
		case date.ok():
			dose.GivenOn, dose.NotDone = date.day, registry.NotDone(n)
			r.e.Doses = append(r.e.Doses, *dose)
		case registry.NotDone(n) == registry.NotDoneContraindicated:
			r.e.Subject.Contraindications = joinNote(r.e.Subject.Contraindications, r.col.Title+": "+c.text)
			r.warn(c, WarnNotDone)
		default:
			// Without a day it cannot be a record of its own; nothing was given, and that is kept.
			r.note(r.col.Title, c.text)
			r.warn(c, WarnNotDone)
		}
		return true
	}
	if !date.ok() {
		return false
	}
	switch programme, known := choiceNumber(registry.ProgrammeEnum, f); {
	case known:
		dose.Programme = registry.Programme(programme)
	case saysYes(words) || given[f]:
	case strings.HasPrefix(f, "bv ") || strings.HasPrefix(f, "tai ") || strings.HasPrefix(f, "benh vien ") || strings.HasPrefix(f, "tyt ") || strings.HasPrefix(f, "tram "):
		dose.PlaceName = strings.Trim(strings.TrimSpace(words), "()-,; ")
	default:
		return false // "hẹn 05/03/2024" is no dose
	}
	r.oddDate(c, date)
	dose.GivenOn = date.day
	r.e.Doses = append(r.e.Doses, *dose)
	return true
}

// wideLots gives the doses of a row the lots that stand in columns of their own.
func (r *personReader) wideLots(row *row) {
	for i, col := range r.r.columns {
		if col == nil || col.Field != FieldDoseLot {
			continue
		}
		c := row.at(i)
		if c.text == "" {
			continue
		}
		found := false
		for j := range r.e.Doses {
			d := &r.e.Doses[j]
			at := r.r.columns[d.Column]
			if d.Row == row.n && at.Field == FieldDose && d.Vaccine == col.Vaccine && at.Dose == col.Dose && d.Lot == "" {
				d.Lot, found = c.text, true
				break
			}
		}
		if !found {
			r.col = col
			r.note(col.Title, c.text)
			r.warn(c, WarnKeptInNote)
		}
	}
}

// vaccine reads the name of a vaccine or product, and the number of the dose if it stands there too.
func (r *personReader) vaccine(d *Dose, c cell) {
	code, order, whole := r.r.vaccines.find(c.text)
	if !whole {
		r.problem(c, CodeVaccineName, "near", strings.Join(r.r.vaccines.near(c.text), ", "))
		return
	}
	d.Vaccine = code
	if order > 0 && !d.HasOrder {
		d.Order, d.HasOrder = order, true
	}
}

// order reads "2", "Mũi 2", "M2", "0" (a supplementary dose) or "nhắc lại", which names no number.
func (r *personReader) order(d *Dose, c cell) {
	f := registry.Fold(c.text)
	if n, err := strconv.Atoi(f); err == nil && n >= 0 {
		d.Order, d.HasOrder = n, true
		return
	}
	n, ok := doseNumberOf(" "+f, "x")
	if !ok {
		r.keep(c)
		return
	}
	if n > 0 || strings.HasSuffix(f, "0") {
		d.Order, d.HasOrder = n, true
	}
}

func printOrder(d *Dose) string {
	if !d.HasOrder && d.Order == 0 {
		return ""
	}
	return strconv.Itoa(d.Order)
}

func (r *personReader) givenOn(d *Dose, c cell) {
	f := registry.Fold(c.text)
	if saysYes(c.text) || given[f] {
		r.problem(c, CodeDoseUndated)
		return
	}
	day := r.doseDate(c)
	switch {
	case !day.ok():
		held := len(r.e.Doses)
		if !r.worded(c, d) {
			r.badDate(c, day)
			return
		}
		// What worded read is in d; the row's dose is put together by longDose.
		r.e.Doses = r.e.Doses[:held]
	case day.prec != registry.PrecisionDay:
		r.problem(c, CodeDoseDatePart)
	default:
		r.oddDate(c, day)
		d.GivenOn = day.day
		if day.clock != 0 {
			d.GivenClock = day.clock
		}
	}
}

func (r *personReader) givenClock(d *Dose, c cell) {
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
	d.GivenClock = clock
}

// expires reads an expiry date; one that names a month means its last day.
func (r *personReader) expires(d *Dose, c cell) {
	day := r.doseDate(c)
	switch {
	case !day.ok():
		r.keep(c)
	case day.prec == registry.PrecisionMonth:
		d.Expires = day.day.Month().Last()
	case day.prec == registry.PrecisionYear:
		r.keep(c)
	default:
		d.Expires = day.day
	}
}

// longDose takes the dose of a row in. A row that names a person and neither vaccine nor date holds no dose.
func (r *personReader) longDose(d *Dose, row *row) {
	told := func(field string) bool {
		for i := range r.e.Problems {
			if r.e.Problems[i].Row == row.n && r.e.Problems[i].Field == field {
				return true
			}
		}
		return false
	}
	noted := len(r.notes)
	if d.Vaccine == "" && d.GivenOn == 0 && !told(FieldVaccine) && !told(FieldGivenOn) {
		if d.Note != "" {
			r.note("", d.Note)
		}
		if noted == len(r.notes) && (d.Lot != "" || d.PlaceName != "") {
			r.missing(FieldVaccine, CodeVaccineMissing)
		}
		return
	}
	if d.Vaccine == "" && !told(FieldVaccine) {
		r.missing(FieldVaccine, CodeVaccineMissing)
	}
	if d.GivenOn == 0 && !told(FieldGivenOn) {
		r.missing(FieldGivenOn, CodeDoseDateMissing)
	}
	if d.Vaccine == "" || d.GivenOn == 0 {
		return
	}
	if d.Source == 0 {
		d.Source = registry.SourceImport
	}
	d.Column = r.r.m.index(FieldGivenOn)
	r.e.Doses = append(r.e.Doses, *d)
}

func (r *personReader) missing(field string, code registry.Code) {
	r.col = r.r.m.column(field)
	r.problem(cell{}, code)
}

// checkDose finds the place of a dose, has the registry check it, and says what is refused at the cell of its date.
func (r *personReader) checkDose(d *Dose) {
	if d.PlaceName != "" && r.r.ctx.Place != nil {
		if id, ok := r.r.ctx.Place(d.PlaceName); ok {
			d.Place, d.PlaceName = id, ""
		}
	}
	col := r.columnAt(d.Column)
	at := func(code registry.Code, field string, params map[string]any) {
		pr := Problem{Sheet: r.r.sheet, Row: d.Row, Field: field, Code: code, Params: params, Text: dayText(d.GivenOn)}
		c := col
		if named := r.r.m.column(field); named != nil && r.r.m.Layout == Long {
			c = named
		}
		if c != nil {
			pr.Column, pr.Title = c.Letter(), c.Title
		}
		for _, told := range r.e.Problems {
			if told.Row == pr.Row && told.Column == pr.Column && told.Code == pr.Code {
				return
			}
		}
		r.e.Problems = append(r.e.Problems, pr)
	}
	if d.GivenOn < doseEarliest {
		at(CodeDatePast, FieldGivenOn, map[string]any{"min": doseEarliest})
		return
	}
	in := d.ImmunizationInput
	in.Code, in.Place = anyCode, anyPlace
	if in.FirstHand() && in.Screening == 0 { // what is taken in from a file was given before
		in.Screening = registry.ScreeningOnPaper
	}
	s := &r.e.Subject
	_, err := registry.NewImmunization(in, registry.Known{Today: r.r.ctx.Today, BirthDate: s.BirthDate, BirthPrec: s.BirthPrec})
	if errs, ok := err.(registry.Errors); ok { //nolint:errorlint // NewImmunization returns it bare
		for i := range errs {
			at(errs[i].Code, errs[i].Field, errs[i].Params)
		}
	}
}

func (r *personReader) columnAt(i int) *Column {
	if i >= 0 && i < len(r.r.columns) {
		return r.r.columns[i]
	}
	return nil
}
