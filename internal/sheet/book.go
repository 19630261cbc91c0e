package sheet

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"tramy/internal/registry"
)

// Limits of what is opened. They are far above any commune's register, and far below what a laptop with
// 2 GB can hold.
const (
	RowsMax           = 300_000     // rows below the header
	ColumnsMax        = 512         // columns that are looked at
	CellCharsMax      = 32_767      // characters in a cell, which is also Excel's limit
	SheetsMax         = 128         // sheets in a file
	FileBytesMax      = 256 << 20   // bytes of the file
	UnzipBytesMax     = 1 << 30     // bytes of one part of an XLSX file, unzipped; parts are streamed
	DirectoryBytesMax = 2 << 20     // bytes read of an XLSX file to find its parts: some 20,000 of them
	StringsBytesMax   = 256 << 20   // bytes of an XLSX file's shared strings, which are held in memory
	headerRowsMax     = 40          // rows in which the header is looked for
	rawRowsMax        = RowsMax * 4 // rows that hold something, before anybody knows where the header is
)

// Format is how a file is written.
type Format string

// Formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Book is one opened file. All text it gives out is in Unicode NFC. It may be read several times, by one
// caller at a time.
type Book struct {
	Name   string
	Format Format
	src    source
}

// source is what CSV and XLSX have in common.
type source interface {
	// sheets names the sheets that are not hidden.
	sheets() []string
	// merged lists the merged ranges of a sheet.
	merged(sheet string) ([]span, error)
	// rows calls yield with each row that holds something, in order. Errors of yield are returned as they are.
	rows(sheet string, yield func(*row) error) error
}

// row is a row as it stands; cells beyond the last one filled are left out.
type row struct {
	n     int // 1-based
	cells []cell
}

// at returns the cell of a column, 0-based; an empty one beyond the end.
func (r *row) at(i int) cell {
	if i < 0 || i >= len(r.cells) {
		return cell{}
	}
	return r.cells[i]
}

func (r *row) empty() bool {
	return !slices.ContainsFunc(r.cells, func(c cell) bool { return c.text != "" || c.formula })
}

// cell is one cell. text is what a person sees in it, without blanks at the ends.
type cell struct {
	text    string
	kind    cellKind
	formula bool           // text is what the program that saved the file had worked out
	serial  float64        // of a number
	day     registry.Day   // of a date
	clock   registry.Clock // of a date with a time
}

type cellKind uint8

const (
	kindText cellKind = iota
	kindNumber
	kindDate
	kindError // #REF!, #N/A
)

// span is a merged range, all sides inclusive; rows count from 1, columns from 0.
type span struct{ top, left, bottom, right int }

// Open looks at a file and opens it as what it is, whatever its name. The error is a *NotASpreadsheetError,
// a *TooLargeError or an *EncodingError if the file itself is the reason, else what r gave.
func Open(name string, r io.ReaderAt, size int64) (*Book, error) {
	if size > FileBytesMax {
		return nil, &TooLargeError{What: "bytes", Got: size, Max: FileBytesMax}
	}
	head := make([]byte, min(size, 4096))
	if n, err := r.ReadAt(head, 0); err != nil && !(err == io.EOF && n == len(head)) {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		src, err := openXLSX(r, size)
		if err != nil {
			return nil, err
		}
		return &Book{Name: name, Format: XLSX, src: src}, nil
	}
	if kind := foreignKind(head); kind != "" {
		return nil, &NotASpreadsheetError{Kind: kind}
	}
	src, err := openCSV(r, size)
	if err != nil {
		return nil, err
	}
	return &Book{Name: name, Format: CSV, src: src}, nil
}

// Sheets names the sheets in the order of the file; hidden ones are left out. A CSV file has one, named "CSV".
func (b *Book) Sheets() []string { return b.src.sheets() }

// foreignKind names what the first bytes of a file say it is, "" if it may be text.
func foreignKind(head []byte) string {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	lower := bytes.ToLower(text)
	switch {
	case len(text) == 0:
		return KindEmpty
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")), bytes.HasPrefix(head, []byte("\x09\x08")), bytes.HasPrefix(head, []byte("\x09\x04\x06\x00")):
		return KindXLS
	case bytes.HasPrefix(head, []byte("%PDF")):
		return KindPDF
	case bytes.HasPrefix(lower, []byte("<html")), bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<table")),
		bytes.HasPrefix(lower, []byte("<meta")), bytes.HasPrefix(lower, []byte("<style")), bytes.HasPrefix(lower, []byte("mime-version:")):
		return KindHTML
	case bytes.HasPrefix(lower, []byte("<?xml")):
		return KindXML
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")), bytes.HasPrefix(head, []byte("\x89PNG")), bytes.HasPrefix(head, []byte("GIF8")):
		return KindPicture
	case bytes.HasPrefix(head, []byte("Rar!")), bytes.HasPrefix(head, []byte("7z\xbc\xaf")), bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("PK")):
		return KindArchive
	case bytes.HasPrefix(lower, []byte(`{\rtf`)):
		return KindDocument
	case bytes.IndexByte(head, 0) >= 0 && !looksUTF16(head):
		return KindOther
	}
	return ""
}
