package sheet

import "strings"

// Fields of a column that are not fields of a subject; those have the names of the registry's table.
const (
	FieldDose        = "dose"     // wide: the date of a dose; Vaccine and Dose say which
	FieldDoseLot     = "dose_lot" // wide: its lot
	FieldOtherDoses  = "other_doses"
	FieldCommune     = "commune"      // name of the commune of residence
	FieldCommuneNo   = "commune_code" // its code of the statistics office
	FieldAddress     = "address"      // hamlet, commune and province in one
	FieldMotherCode  = "mother_code"
	FieldClass       = "class" // of a school's list: kept on the campaign's list, never on the person
	FieldSchool      = "school"
	FieldBirthMale   = "birth_male"   // birth date of boys, or a tick: forms that tell the sex by the column
	FieldBirthFemale = "birth_female" // of girls
	FieldPAB         = "pab"          // protected against tetanus at birth
	FieldIgnored     = "ignored"      // known, and not kept: row numbers, what is worked out anew
	FieldSameAs      = "same_as"
	FieldReason      = "reason" // why the row was not taken in, last time

	// Long: the fields of a dose. Those that a subject has too carry another name.
	FieldVaccine     = "vaccine"
	FieldGivenOn     = "given_on"
	FieldGivenMinute = "given_minute"
	FieldDoseOrder   = "dose_order"
	FieldLot         = "lot"
	FieldExpires     = "expires"
	FieldSite        = "site"
	FieldRoute       = "route"
	FieldProgramme   = "programme"
	FieldSource      = "source"
	FieldVolume      = "volume"
	FieldNotDone     = "not_done"
	FieldScreening   = "screening"
	FieldTemperature = "temperature"
	FieldDoseNote    = "dose_note"
	FieldAgainst     = "against"
	FieldReceipt     = "receipt"
	FieldLotLost     = "lot_lost"
	FieldChecked     = "checked"
	FieldDosePlace   = "dose_place"
	FieldGivenBy     = "given_by"
)

// Field describes what a column can be, for the choice that a person is given.
type Field struct {
	Name string // as in Column.Field; its word is under "sheet_field." + Name
	Dose bool   // of a dose in the long layout
	Many bool   // several columns may be it
}

// Fields lists what a column can be, in the order of a register.
func Fields() []Field {
	out := make([]Field, 0, len(fieldTable))
	for _, f := range fieldTable {
		out = append(out, Field{Name: f.name, Dose: f.dose != nil, Many: f.many})
	}
	return out
}

// fieldInfo is a row of the table of fields: the title it is written under, other titles it is known by, and
// how its text becomes part of a person or a dose.
type fieldInfo struct {
	name   string
	title  string   // as written; "" if it is not written
	known  []string // other titles, in any spelling that folds to the same
	many   bool
	person func(*personReader, cell)        // reads it into a person
	show   func(*Person) string             // writes it from a person
	dose   func(*personReader, *Dose, cell) // reads it into a dose (long)
	print  func(*Dose) string               // writes it from a dose
	text   bool                             // holds words: may be in an old encoding
	proper bool                             // a name of somebody or a place: has no question mark in it
	date   bool                             // holds dates: counts as evidence for their order
}

var fieldsByName = make(map[string]*fieldInfo)

func init() {
	for i := range fieldTable {
		f := &fieldTable[i]
		f.proper = f.name == "name" || f.name == "hamlet" || strings.HasSuffix(f.name, "_name")
		fieldsByName[f.name] = f
	}
}

// unwritten is a field that files have and registers do not: it is read by its title and never written.
func unwritten(f fieldInfo) fieldInfo {
	f.title, f.show = "", nil
	return f
}
