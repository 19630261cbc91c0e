package sheet

import (
	"errors"
	"fmt"
	"strings"
)

// What a file can be that is no spreadsheet that is read here. Each has a sentence, under
// "sheet.not_" + kind, that says what to do.
const (
	KindEmpty    = "empty"    // nothing in it
	KindXLS      = "xls"      // Excel's format until 2003, or a workbook with a password: save as .xlsx
	KindPDF      = "pdf"      //
	KindHTML     = "html"     // a web page, often named .xls: open in Excel and save as .xlsx
	KindXML      = "xml"      //
	KindPicture  = "picture"  //
	KindDocument = "document" // .docx, .rtf
	KindArchive  = "archive"  // a zip with something else in it, .rar, .7z
	KindODS      = "ods"      // LibreOffice's own format: save as .xlsx
	KindXLSB     = "xlsb"     // Excel's binary format: save as .xlsx
	KindDamaged  = "damaged"  // an .xlsx that cannot be read to its end
	KindOther    = "other"    //
)

// Kinds lists them all, for the catalogue's tests.
var Kinds = []string{
	KindEmpty, KindXLS, KindPDF, KindHTML, KindXML, KindPicture, KindDocument, KindArchive, KindODS, KindXLSB, KindDamaged, KindOther,
}

// FileError is an error about the file as a whole. Key and Args are for the catalogue, as a Problem's are.
type FileError interface {
	error
	Key() string
	Args() []any
}

// NotASpreadsheetError says that a file is neither CSV nor XLSX, or is damaged.
type NotASpreadsheetError struct {
	Kind  string // what it is
	Cause error  // of a damaged file, or nil
}

func (e *NotASpreadsheetError) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("not a spreadsheet: %s: %v", e.Kind, e.Cause)
	}
	return "not a spreadsheet: " + e.Kind
}

func (e *NotASpreadsheetError) Unwrap() error { return e.Cause }

// Key names the sentence.
func (e *NotASpreadsheetError) Key() string { return "sheet.not_" + e.Kind }

// Args are what it needs.
func (e *NotASpreadsheetError) Args() []any { return nil }

// TooLargeError says that a file passes one of the limits.
type TooLargeError struct {
	What string // "rows", "bytes", "sheets", "strings", "columns" or "cell"
	Got  int64  // as far as it was counted
	Max  int64
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("too large: %d %s, at most %d", e.Got, e.What, e.Max)
}

// Key names the sentence.
func (e *TooLargeError) Key() string { return "sheet.too_large_" + e.What }

// Args are what it needs.
func (e *TooLargeError) Args() []any { return []any{"got", e.Got, "max", e.Max} }

// EncodingError says that the text of a CSV file is in none of the encodings that are known.
type EncodingError struct {
	Sheet  string
	Row    int    // first row that cannot be read
	Column string // "D"
	Text   string // what stands there, with "?" for each byte that means nothing
}

func (e *EncodingError) Error() string {
	return fmt.Sprintf("encoding: %s row %d column %s", e.Sheet, e.Row, e.Column)
}

// Key names the sentence.
func (e *EncodingError) Key() string { return "sheet.encoding_unknown" }

// Args are what it needs.
func (e *EncodingError) Args() []any {
	return []any{"sheet", e.Sheet, "row", e.Row, "column", e.Column, "text", e.Text}
}

// NoSheetError says that the file has no sheet of this name, or none that is not hidden.
type NoSheetError struct{ Name string }

func (e *NoSheetError) Error() string { return fmt.Sprintf("no sheet %q", e.Name) }

// Key names the sentence.
func (e *NoSheetError) Key() string { return "sheet.no_sheet" }

// Args are what it needs.
func (e *NoSheetError) Args() []any { return []any{"sheet", e.Name} }

// NoHeaderError says that no row of the sheet's beginning has titles of a register.
type NoHeaderError struct{ Sheet string }

func (e *NoHeaderError) Error() string { return fmt.Sprintf("sheet %q: no header", e.Sheet) }

// Key names the sentence.
func (e *NoHeaderError) Key() string { return "sheet.no_header" }

// Args are what it needs.
func (e *NoHeaderError) Args() []any { return []any{"sheet", e.Sheet} }

// MappingError says that a mapping cannot be read with: a column that every register needs is not named,
// or two columns claim one field.
type MappingError struct {
	Field   string   // as in Column
	Columns []string // the letters of the columns that claim it; none if it is missing
}

func (e *MappingError) Error() string {
	if len(e.Columns) == 0 {
		return "mapping: no column for " + e.Field
	}
	return fmt.Sprintf("mapping: columns %s are all %s", strings.Join(e.Columns, ", "), e.Field)
}

// Key names the sentence.
func (e *MappingError) Key() string {
	if len(e.Columns) == 0 {
		return "sheet.column_missing"
	}
	return "sheet.column_twice"
}

// Args are what it needs; the field is named by the catalogue's "sheet_field." + Field.
func (e *MappingError) Args() []any {
	return []any{"field", e.Field, "columns", strings.Join(e.Columns, ", ")}
}

// ForeignRegisterError says that most rows name another commune: somebody chose the wrong file.
type ForeignRegisterError struct {
	Name string // the commune most of them name
	Rows int    // how many rows name another one
	Of   int    // of how many that name any
}

func (e *ForeignRegisterError) Error() string {
	return fmt.Sprintf("register of another commune: %d of %d rows", e.Rows, e.Of)
}

// Key names the sentence.
func (e *ForeignRegisterError) Key() string { return "sheet.foreign_register" }

// Args are what it needs.
func (e *ForeignRegisterError) Args() []any { return []any{"name", e.Name, "rows", e.Rows, "of", e.Of} }

// errEnough ends a run over rows that has seen what it wanted; it never leaves the package.
var errEnough = errors.New("enough")
