package sheet

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Person is somebody with doses, as a row or rows of a register tell it. What the registry keeps as a
// reference stands here as the text a file has for it; Subject.Place, Subject.Mother, Dose.Place and
// Dose.GivenBy are not set by Read, save for the places that ReadContext.Place knows.
type Person struct {
	Subject     registry.SubjectInput
	Commune     string     // commune of residence: name as it stands
	CommuneCode string     // five digits
	MotherCode  string     // code of the mother's own record
	Record      p.EntityID // of an export: whose record it is here; no file has it
	Class       string     // of a school's list
	School      string
	Doses       []Dose
}

// Dose is a dose given, or one that was not and why (NotDone).
type Dose struct {
	registry.ImmunizationInput
	PlaceName string // where it was given, if Place is not set: whoever takes it in keeps the name, say in the note
	GiverName string
	PlaceCode string     // of an export, like all that follows; no spreadsheet has it
	Record    p.EntityID //
	Number    int        // in its vaccine's series, as counted by date
	Void      string     // why it was entered in error
	Row       int        // where it stands, from 1
	Column    int        // from 0
}

// Entry is a person read from a sheet.
type Entry struct {
	Person
	Rows     []int      // all rows of the person, from 1
	SameAs   string     // what somebody answered to a proposed duplicate: a code, SameAsNew, or ""
	Numbers  []string   // of a file of doses alone: further numbers of the same row, which must be the same person's
	ByNumber bool       // of a file of doses alone: SameAs is a number of somebody who is in the register, and the person is not told of
	Problems []Problem  // none: the entry may be taken in
	Warnings []Problem  // what is odd, was converted or is kept in the note; never in the way
	Cells    [][]string // the rows as they stand, for WriteRejected; as long as the mapping has columns
}

// SameAsNew is the answer that says: somebody who is not in the register yet.
const SameAsNew = "mới"

// Problem says what cannot be taken in, and where. Key and Args are for the catalogue; the entry's own text
// is in Params where a sentence needs it. Errors are logged, and entries are about people, so that Error
// leaves the text out.
type Problem struct {
	Sheet  string
	Row    int    // from 1
	Column string // "D"; "" if the whole row is meant
	Title  string // of the column
	Text   string // what stands there
	Field  string // as in Column
	Code   registry.Code
	Group  string         // of the catalogue, where it is neither this package's nor the registry's
	Params map[string]any // strings, ints and Days
}

func (pr *Problem) Error() string {
	return pr.Sheet + " row " + strconv.Itoa(pr.Row) + " column " + pr.Column + ": " + pr.Field + ": " + string(pr.Code)
}

// Key names the sentence in the catalogue: "sheet." and a code of this package, or "invalid." and one of the
// registry's.
func (pr *Problem) Key() string {
	if pr.Group != "" {
		return pr.Group + "." + string(pr.Code)
	}
	if slices.Contains(Codes, pr.Code) || slices.Contains(WarningCodes, pr.Code) || slices.Contains(StockCodes, pr.Code) {
		return "sheet." + string(pr.Code)
	}
	return "invalid." + string(pr.Code)
}

// Args are pairs for the catalogue: the params, days and years as people write them, and "text".
func (pr *Problem) Args() []any {
	args := []any{"text", pr.Text}
	for _, name := range slices.Sorted(maps.Keys(pr.Params)) {
		v := pr.Params[name]
		switch x := v.(type) {
		case registry.Day:
			v = x.String()
		case int:
			if name == "year" {
				v = strconv.Itoa(x)
			}
		}
		args = append(args, name, v)
	}
	return args
}

// Codes of problems: the entry is not taken in as it stands. Sentences are under "sheet." + code; codes of the
// registry (a phone number that is none, a date in the future) occur as well, under "invalid.".
const (
	CodeDateSwapped     registry.Code = "date_swapped"      // text, read: Day: month and day exchanged
	CodeDateAmbiguous   registry.Code = "date_ambiguous"    // text, first, second: Day
	CodeDateCell        registry.Code = "date_cell"         // first, second: Day: Excel may have exchanged them
	CodeSeveralDates    registry.Code = "several_dates"     // text
	CodeDoseUndated     registry.Code = "dose_undated"      // text: "x", "đã tiêm"
	CodeDoseDatePart    registry.Code = "dose_date_part"    // text: month or year only
	CodeVaccineName     registry.Code = "vaccine_name"      // text, near: names alike
	CodeVaccineMissing  registry.Code = "vaccine_missing"   //
	CodeDoseDateMissing registry.Code = "dose_date_missing" //
	CodeFormulaEmpty    registry.Code = "formula_empty"     // a formula whose value is not in the file
	CodeCellError       registry.Code = "cell_error"        // text: #REF!
	CodeRowsDisagree    registry.Code = "rows_disagree"     // text, other, row: rows of one person differ
	CodeChoiceText      registry.Code = "choice_text"       // text: "M" for a sex
	CodeTextEncoding    registry.Code = "text_encoding"     // text, read: two readings
	CodeTextDamaged     registry.Code = "text_damaged"      // text
	CodeOtherDoses      registry.Code = "other_doses"       // text
	CodeAnotherCommune  registry.Code = "another_commune"   // text
	CodeSameAsUnclear   registry.Code = "same_as_unclear"   // text
	CodeDatePast        registry.Code = "date_past"         // min: Day
	CodeTooManyDoses    registry.Code = "too_many_doses"    // max
	CodeNumberCut       registry.Code = "number_cut"        // text: a long number of which the spreadsheet lost the end
	CodeColumnUntitled  registry.Code = "column_untitled"   // text: a date in a column that has no title
	CodeWhoMissing      registry.Code = "who_missing"       // doses alone: no number says whose they are
)

// Codes of warnings.
const (
	WarnFormula     registry.Code = "formula"         // text: the value that was worked out is taken
	WarnSerial      registry.Code = "date_serial"     // text, read: Day: a number that is Excel's for a date
	WarnYear        registry.Code = "date_short_year" // text, read: Day
	WarnKeptInNote  registry.Code = "kept_in_note"    // text
	WarnZeroAdded   registry.Code = "zero_added"      // text, read: a 0 that Excel takes off a number
	WarnNotDone     registry.Code = "not_done_note"   // text: no date, kept in the note
	WarnRowSkipped  registry.Code = "row_skipped"     // text: a row of totals or signatures, left out
	WarnSecondPhone registry.Code = "second_phone"    // text
)

// Codes and WarningCodes list them all, for the catalogue's tests.
var (
	Codes = []registry.Code{
		CodeDateSwapped, CodeDateAmbiguous, CodeDateCell, CodeSeveralDates, CodeDoseUndated, CodeDoseDatePart, CodeVaccineName,
		CodeVaccineMissing, CodeDoseDateMissing, CodeFormulaEmpty, CodeCellError, CodeRowsDisagree, CodeChoiceText,
		CodeTextEncoding, CodeTextDamaged, CodeOtherDoses, CodeAnotherCommune, CodeSameAsUnclear, CodeDatePast,
		CodeTooManyDoses, CodeNumberCut, CodeColumnUntitled, CodeWhoMissing,
	}
	WarningCodes = []registry.Code{
		WarnFormula, WarnSerial, WarnYear, WarnKeptInNote, WarnZeroAdded, WarnNotDone, WarnSecondPhone, WarnRowSkipped,
	}
)

// sortProblems brings problems into the order in which a person meets them.
func sortProblems(list []Problem) {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(len(a.Column), len(b.Column)), cmp.Compare(a.Column, b.Column))
	})
}
