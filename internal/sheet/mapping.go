package sheet

import (
	"slices"
	"strings"
)

// Layout is how rows and doses go together.
type Layout string

// Layouts.
const (
	Wide Layout = "wide" // a row a person, a column a dose: form A2.1
	Long Layout = "long" // a row a dose
)

// DateOrder says how 03/04/2024 is read.
type DateOrder string

// Orders of dates.
const (
	DayMonth   DateOrder = "dmy"
	MonthDay   DateOrder = "mdy"
	OrderMixed DateOrder = "mixed" // both occur: what can be read in two ways is a problem
)

// DateCells says whether cells that Excel holds as dates can be believed.
type DateCells string

// What is believed of date cells. Where a file was typed day first into an Excel that puts the month first,
// 03/04/2024 became the 4th of March, and 25/04/2024 stayed text.
const (
	DateCellsRight    DateCells = ""
	DateCellsDoubtful DateCells = "doubtful" // each is a problem that names both readings
	DateCellsSwapped  DateCells = "swapped"  // a person has said that day and month are exchanged
)

// Encoding is how letters are written.
type Encoding string

// Encodings. In an XLSX file and in UTF-8 the bytes are Unicode, but the text may still be written for an
// old font.
const (
	Unicode Encoding = ""
	TCVN3   Encoding = "tcvn3" // TCVN 5712:1993, "ABC" fonts .VnTime…
	VNI     Encoding = "vni"   // fonts VNI-Times…
	VIQR    Encoding = "viqr"  // RFC 1456
	CP1258  Encoding = "cp1258"
	UTF16   Encoding = "utf-16"
	// UTF8Twice is UTF-8 that a program took for something else and wrote as UTF-8 again: "Nguyá»…n".
	UTF8Twice Encoding = "utf-8-twice"
)

// Mapping says how a sheet is read: where the header is and what each column holds. Guess makes one, a
// person may change it, and it is kept for the next file with the same header. It is plain data for JSON.
type Mapping struct {
	Sheet       string    `json:"sheet"`
	Header      int       `json:"header"` // last row of the header, from 1
	HeaderFrom  int       `json:"header_from"`
	Layout      Layout    `json:"layout"`
	Encoding    Encoding  `json:"encoding,omitempty"` // of the file; a column may differ
	DateOrder   DateOrder `json:"date_order"`
	OrderSure   bool      `json:"order_sure"` // the order was seen in the file: a day beyond 12 settles it
	DateCells   DateCells `json:"date_cells,omitempty"`
	Columns     []Column  `json:"columns"`
	Fingerprint string    `json:"fingerprint"` // of the titles; equal for files made by the same program or form
	Rows        int       `json:"rows"`        // rows below the header that hold something
}

// Column says what one column holds.
type Column struct {
	Index    int      `json:"index"` // from 0
	Title    string   `json:"title"` // as it stands; titles of two rows are joined with " / "
	Field    string   `json:"field"` // one of Fields, or "": not read
	Vaccine  string   `json:"vaccine,omitempty"`
	Dose     int      `json:"dose,omitempty"` // number in the series, 0 if the title names none
	Encoding Encoding `json:"encoding,omitempty"`
	Mixed    bool     `json:"mixed,omitempty"` // some of its texts are in Encoding, others in Unicode
	Sure     bool     `json:"sure"`            // false: a person should look
}

// Letter returns the column's name in a spreadsheet: A, B, … AA.
func (c *Column) Letter() string { return columnLetter(c.Index) }

func columnLetter(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// column returns the first column of a field, nil if there is none.
func (m *Mapping) column(field string) *Column {
	for i := range m.Columns {
		if m.Columns[i].Field == field {
			return &m.Columns[i]
		}
	}
	return nil
}

// index returns the index of the first column of a field, -1 if there is none.
func (m *Mapping) index(field string) int {
	if c := m.column(field); c != nil {
		return c.Index
	}
	return -1
}

// Check says whether the mapping can be read with: a name and a birth date are named, no column twice, doses as
// the layout wants them. The error is a *MappingError.
func (m *Mapping) Check() error {
	at := make(map[string][]string)
	for i := range m.Columns {
		c := &m.Columns[i]
		if c.Field == "" {
			continue
		}
		if _, known := fieldsByName[c.Field]; !known {
			return &MappingError{Field: c.Field}
		}
		at[c.Field] = append(at[c.Field], c.Letter())
		if (c.Field == FieldDose || c.Field == FieldDoseLot) && c.Vaccine == "" {
			return &MappingError{Field: FieldVaccine}
		}
	}
	for _, f := range Fields() {
		if len(at[f.Name]) > 1 && !f.Many {
			return &MappingError{Field: f.Name, Columns: at[f.Name]}
		}
	}
	var needs []string
	if m.DosesOnly() {
		return nil
	}
	if len(at[FieldBirthMale])+len(at[FieldBirthFemale]) == 0 {
		needs = append(needs, "birth_date")
	}
	if len(at["name"]) == 0 && len(at["mother_name"]) == 0 {
		needs = append(needs, "name")
	}
	if m.Layout == Long {
		needs = append(needs, FieldVaccine, FieldGivenOn)
	}
	for _, f := range needs {
		if len(at[f]) == 0 {
			return &MappingError{Field: f}
		}
	}
	return nil
}

// numberFields are what tells whose a dose is in a file that names nobody, the surest first.
var numberFields = []string{"code", "personal_no", "national_code", "insurance", "passport"}

// DosesOnly reports whether the file is of doses alone, of people who are in the register: a row a dose, and a number for whose it is.
func (m *Mapping) DosesOnly() bool {
	for _, f := range []string{"name", "mother_name", "birth_date", FieldBirthMale, FieldBirthFemale} {
		if m.index(f) >= 0 {
			return false
		}
	}
	return m.Layout == Long && m.index(FieldVaccine) >= 0 && m.index(FieldGivenOn) >= 0 && slices.ContainsFunc(numberFields, func(f string) bool { return m.index(f) >= 0 })
}

// fingerprint identifies a header by its titles, whatever their case, marks and blanks; the two columns
// that WriteRejected adds do not count.
func fingerprint(columns []Column) string {
	var b strings.Builder
	for i := range columns {
		c := &columns[i]
		if c.Title == "" || c.Field == FieldReason || c.Field == FieldSameAs {
			continue
		}
		b.WriteString(columnLetter(c.Index) + "=" + foldTitle(c.Title) + "\n")
	}
	return hashText(b.String())
}
