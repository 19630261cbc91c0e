package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i := 0; i < len(files); i += 2 {
		out, err := w.Create(files[i])
		if err == nil {
			_, err = io.WriteString(out, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestNotASpreadsheet: the error says what a file is, whatever its name says.
func TestNotASpreadsheet(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, KindEmpty},
		{"blanks", []byte(" \r\n\r\n"), KindEmpty},
		{"pdf.xlsx", []byte("%PDF-1.7 ..."), KindPDF},
		{"old.xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00"), KindXLS},
		{"export.xls", []byte("\xef\xbb\xbf\r\n<HTML><body><table>"), KindHTML},
		{"table.xls", []byte("<table border=1>"), KindHTML},
		{"x.xml", []byte("<?xml version=\"1.0\"?><Workbook>"), KindXML},
		{"photo.csv", []byte("\xff\xd8\xff\xe0\x00\x10JFIF"), KindPicture},
		{"x.rar", []byte("Rar!\x1a\x07"), KindArchive},
		{"x.rtf", []byte(`{\rtf1\ansi`), KindDocument},
		{"noise", []byte("abc\x00\x01\x02\x00def"), KindOther},
		{"files.zip", zipped(t, "a.txt", "a"), KindArchive},
		{"letter.docx", zipped(t, "[Content_Types].xml", "<Types/>", "word/document.xml", "<document/>"), KindDocument},
		{"x.ods", zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<x/>"), KindODS},
		{"x.xlsb", zipped(t, "[Content_Types].xml", "<Types/>", "xl/workbook.bin", "x"), KindXLSB},
		{"empty.xlsx", zipped(t, "[Content_Types].xml", "<Types/>"), KindDamaged},
		{"cut.xlsx", zipped(t, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<workbook/>")[:60], KindDamaged},
		{"doctype.xlsx", zipped(t, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><workbook/>", "xl/_rels/workbook.xml.rels", "<Relationships/>"), KindDamaged},
	} {
		_, err := Open(c.name, bytes.NewReader(c.data), int64(len(c.data)))
		var not *NotASpreadsheetError
		if !errors.As(err, &not) || not.Kind != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// manyRows is a CSV file of a header and n rows that takes no memory.
type manyRows struct{ n int }

const manyHead, manyRow = "Họ và tên,Ngày sinh\n", "Lò Thị Mai,05/03/2024\n"

func (m manyRows) size() int64 { return int64(len(manyHead) + m.n*len(manyRow)) }

func (m manyRows) ReadAt(p []byte, at int64) (int, error) {
	n := 0
	for n < len(p) && at < m.size() {
		if at < int64(len(manyHead)) {
			c := copy(p[n:], manyHead[at:])
			n, at = n+c, at+int64(c)
			continue
		}
		c := copy(p[n:], manyRow[(at-int64(len(manyHead)))%int64(len(manyRow)):])
		c = int(min(int64(c), m.size()-at))
		n, at = n+c, at+int64(c)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// TestRowsMax: 300,000 rows are read, one more is refused before anybody is taken in.
func TestRowsMax(t *testing.T) {
	at := manyRows{RowsMax}
	b, err := Open("x", at, at.size())
	if err != nil {
		t.Fatal(err)
	}
	m := guess(t, b)
	if m.Rows != RowsMax {
		t.Errorf("%d rows counted", m.Rows)
	}
	read := 0
	if err := b.Read(m, context(), func(*Entry) error { read++; return nil }); err != nil || read != RowsMax {
		t.Errorf("%d read, %v", read, err)
	}
	beyond := manyRows{RowsMax + 1}
	if b, err = Open("x", beyond, beyond.size()); err != nil {
		t.Fatal(err)
	}
	var large *TooLargeError
	if _, err := b.Guess("", nil, names); !errors.As(err, &large) || large.What != "rows" || large.Max != RowsMax {
		t.Errorf("guess: %v", err)
	}
	large = nil
	if err := b.Read(m, context(), func(*Entry) error { return nil }); !errors.As(err, &large) || large.What != "rows" {
		t.Errorf("read: %v", err)
	}
}

// TestLimits tries each limit of a file at it and one beyond.
func TestLimits(t *testing.T) {
	csvWith := func(columns, chars int) []byte {
		return []byte("Họ và tên,Ngày sinh,Ghi chú" + strings.Repeat(",", columns-4) + ",Cuối\nMai,05/03/2024," + strings.Repeat("ă", chars) + strings.Repeat(",", columns-3) + "x\n")
	}
	sheets := func(n int) []byte {
		var list, rels strings.Builder
		for i := range n {
			fmt.Fprintf(&list, `<sheet name="s%d" sheetId="%d" r:id="r%d"/>`, i, i, i)
			fmt.Fprintf(&rels, `<Relationship Id="r%d" Type="x/worksheet" Target="s.xml"/>`, i)
		}
		return zipped(t, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<workbook><sheets>"+list.String()+"</sheets></workbook>",
			"xl/_rels/workbook.xml.rels", "<Relationships>"+rels.String()+"</Relationships>", "xl/s.xml", "<worksheet/>")
	}
	for _, c := range []struct {
		what       string
		at, beyond []byte
	}{
		{"columns", csvWith(ColumnsMax, 1), csvWith(ColumnsMax+1, 1)},
		{"cell", csvWith(5, CellCharsMax), csvWith(5, CellCharsMax+1)},
		{"sheets", sheets(SheetsMax), sheets(SheetsMax + 1)},
	} {
		look := func(data []byte) error {
			b, err := Open("x", bytes.NewReader(data), int64(len(data)))
			if err != nil {
				return err
			}
			_, err = b.Guess("", nil, names)
			var none *NoHeaderError
			if errors.As(err, &none) {
				return nil
			}
			return err
		}
		if err := look(c.at); err != nil {
			t.Errorf("%s at the limit: %v", c.what, err)
		}
		var large *TooLargeError
		if err := look(c.beyond); !errors.As(err, &large) || large.What != c.what {
			t.Errorf("%s beyond it: %v", c.what, err)
		}
	}
	if _, err := Open("x", strings.NewReader(""), FileBytesMax+1); !errors.As(err, new(*TooLargeError)) {
		t.Errorf("bytes: %v", err)
	}
	if r := (&limitedPart{r: strings.NewReader("ab"), left: 2}); true {
		if out, err := io.ReadAll(r); err != nil || string(out) != "ab" {
			t.Errorf("part at the limit: %v", err)
		}
	}
	if _, err := io.ReadAll(&limitedPart{r: strings.NewReader("abc"), left: 2}); !errors.As(err, new(*TooLargeError)) {
		t.Errorf("part beyond: %v", err)
	}
}

// TestOpenQuote: a quotation mark that never closes is told, and does not swallow the rest of the register.
func TestOpenQuote(t *testing.T) {
	data := []byte(manyHead + "\"Lò Thị Mai,05/03/2024\n" + strings.Repeat(manyRow, 20_000))
	b := openBytes(t, "x", data)
	var large *TooLargeError
	if _, err := b.Guess("", nil, names); !errors.As(err, &large) || large.What != "cell" {
		t.Errorf("%v", err)
	}
}

// TestSeparators: what cuts the columns is seen from the lines.
func TestSeparators(t *testing.T) {
	for _, sep := range []string{",", ";", "\t", "|"} {
		text := strings.ReplaceAll("Sổ; của, xã\n\nHọ và tên#Ngày sinh#Ghi chú\nMai#05/03/2024#\"a"+sep+"b\"\n\nLan#06/03/2024#c\n", "#", sep)
		entries := readText(t, text)
		if len(entries) != 2 || entries[0].Subject.Note != "a"+sep+"b" || entries[1].Rows[0] != 6 {
			t.Errorf("%q: %+v", sep, entries)
		}
	}
	if entries := readText(t, "sep=;\nHọ và tên;Ngày sinh\nMai;05/03/2024\n"); len(entries) != 1 || entries[0].Rows[0] != 3 {
		t.Errorf("sep=: %+v", entries)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(manyHead + manyRow))
	f.Add([]byte("\xff\xfeH\x00o\x00"))
	f.Add([]byte("Họ và tên;Ngày sinh;BCG\n\"Mai;x\n"))
	f.Add(zipped(f, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", `<workbook><sheets><sheet name="a" r:id="r"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r" Type="x/worksheet" Target="s.xml"/></Relationships>`,
		"xl/s.xml", `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Họ và tên</t></is></c><c t="inlineStr"><is><t>Ngày sinh</t></is></c></row><row><c><v>1</v></c><c><v>45356</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells></worksheet>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Open("x", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		m, err := b.Guess("", nil, names)
		if err != nil {
			return
		}
		for _, layout := range []Layout{m.Layout, Wide} {
			m.Layout = layout
			err = b.Read(m, context(), func(e *Entry) error {
				if len(e.Rows) != len(e.Cells) || len(e.Rows) == 0 {
					t.Fatalf("%d rows, %d lines of cells", len(e.Rows), len(e.Cells))
				}
				return nil
			})
			var file FileError
			if err != nil && !errors.As(err, &file) {
				t.Fatalf("an error without words: %v", err)
			}
		}
	})
}
