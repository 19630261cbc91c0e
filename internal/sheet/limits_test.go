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

// zeros is a file of so many bytes that begins in some way.
type zeros string

func (z zeros) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	if off < int64(len(z)) {
		copy(p, z[off:])
	}
	return len(p), nil
}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func tooLarge(err error, what string) bool {
	var large *TooLargeError
	return errors.As(err, &large) && large.What == what
}

// The file itself: one of the size that may be is looked at, whatever it then is.
func TestFileSizeAtItsLimit(t *testing.T) {
	old := zeros("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") // Excel's format until 2003
	if _, err := Open("x", old, FileBytesMax); !errors.As(err, new(*NotASpreadsheetError)) {
		t.Errorf("at the limit: %v", err)
	}
	if _, err := Open("x", old, FileBytesMax+1); !tooLarge(err, "bytes") {
		t.Errorf("one beyond it: %v", err)
	}
}

// A part says how large it is, and may lie.
func TestUnzippedPartAtItsLimit(t *testing.T) {
	says := func(size uint64) error {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		if _, err := w.Create("xl/workbook.xml"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.CreateRaw(&zip.FileHeader{Name: "xl/_rels/workbook.xml.rels", Method: zip.Store, UncompressedSize64: size}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := Open("x", bytes.NewReader(b.Bytes()), int64(b.Len()))
		return err
	}
	if err := says(UnzipBytesMax); !errors.As(err, new(*NotASpreadsheetError)) {
		t.Errorf("it says that it is at the limit: %v", err)
	}
	if err := says(UnzipBytesMax + 1); !tooLarge(err, "bytes") {
		t.Errorf("it says one beyond: %v", err)
	}
	part := &limitedPart{r: zeros(""), left: UnzipBytesMax}
	if n, err := io.CopyN(io.Discard, part, UnzipBytesMax); n != UnzipBytesMax || err != nil {
		t.Errorf("at the limit: %d, %v", n, err)
	}
	if _, err := io.CopyN(io.Discard, part, 1); !tooLarge(err, "bytes") {
		t.Errorf("one beyond it: %v", err)
	}
}

// Before a part is opened, the list of them is read, and held in memory: it has an end.
func TestListOfPartsAtItsLimit(t *testing.T) {
	at := &listReader{r: zeros(""), left: DirectoryBytesMax}
	if _, err := at.ReadAt(make([]byte, DirectoryBytesMax), 0); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if _, err := at.ReadAt(make([]byte, 1), 0); !tooLarge(err, "parts") {
		t.Errorf("one beyond it: %v", err)
	}
	parts := func(n int) error {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for i := range n {
			if _, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("xl/media/%050d", i), Method: zip.Store}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := Open("x", bytes.NewReader(b.Bytes()), int64(b.Len()))
		return err
	}
	each := 46 + 59
	if err := parts(DirectoryBytesMax/each - 2000); tooLarge(err, "parts") || err == nil {
		t.Errorf("a list that fits: %v", err)
	}
	if err := parts(DirectoryBytesMax/each + 1); !tooLarge(err, "parts") {
		t.Errorf("a list that does not: %v", err)
	}
}

func TestSharedStringsAtTheirLimit(t *testing.T) {
	x := &xlsxSource{stringsBytes: StringsBytesMax - 2*16 - 3}
	if err := errors.Join(x.keep("abc"), x.keep("")); err != nil || len(x.strings) != 2 {
		t.Errorf("at the limit: %v", err)
	}
	if x.stringsBytes--; x.keep("") == nil {
		t.Error("beyond it: a string costs more than its letters")
	}
	x = &xlsxSource{stringsBytes: StringsBytesMax - 16}
	if err := x.keep("a"); !tooLarge(err, "strings") {
		t.Errorf("one beyond it: %v", err)
	}
}

// The header is looked for in the first rows, as they are numbered in a spreadsheet.
func TestHeaderRowsAtTheirLimit(t *testing.T) {
	look := func(row int) error {
		_, err := openBytes(t, "x", []byte(strings.Repeat("\n", row-2)+"Sổ tiêm chủng\nHọ và tên,Ngày sinh\nMai,05/03/2024\n")).Guess("", nil, names)
		return err
	}
	if err := look(headerRowsMax); err != nil {
		t.Errorf("in the last row of them: %v", err)
	}
	if err := look(headerRowsMax + 1); !errors.As(err, new(*NoHeaderError)) {
		t.Errorf("in the one beyond: %v", err)
	}
}

// What holds something is counted before anybody knows where the header is.
func TestRawRowsAtTheirLimit(t *testing.T) {
	for n, whole := range map[int]bool{rawRowsMax: true, rawRowsMax + 1: false} {
		b, read := openBytes(t, "x", bytes.Repeat([]byte("x,y\n"), n)), 0
		err := b.src.rows("CSV", func(*row) error { read++; return nil })
		if read != rawRowsMax || (err == nil) != whole || err != nil && !tooLarge(err, "rows") {
			t.Errorf("%d rows: %d read, %v", n, read, err)
		}
	}
}

func TestTokenOfXMLAtItsLimit(t *testing.T) {
	for n, want := range map[int]error{xmlTokenMax - 1: nil, xmlTokenMax: errXMLLong} {
		s := newXMLScanner(strings.NewReader("<t>" + strings.Repeat("x", n) + "</t>"))
		if token, err := s.next(); token != xmlStart || err != nil {
			t.Fatal(token, err)
		}
		// The text ends with the '<' behind it.
		if token, err := s.next(); !errors.Is(err, want) || want == nil && (token != xmlText || len(s.text) != n) {
			t.Errorf("text of %d letters: %v, %v", n, token, err)
		}
	}
	for n, want := range map[int]error{xmlTokenMax: nil, xmlTokenMax + 1: errXMLLong} {
		// Quoted '>' are read piece by piece.
		inside := `a="` + strings.Repeat(">", n-len(`t a="">`)) + `"`
		if _, err := newXMLScanner(strings.NewReader("<t " + inside + "></t>")).next(); !errors.Is(err, want) {
			t.Errorf("tag of %d letters: %v", n, err)
		}
	}
}

// Styles and merged ranges beyond what any program writes are passed over.
func TestStylesAndMergedRangesAtTheirLimits(t *testing.T) {
	book := func(styles, merged int) *xlsxSource {
		t.Helper()
		b := openBytes(t, "x", zipped(t, "[Content_Types].xml", "<Types/>",
			"xl/workbook.xml", `<workbook><sheets><sheet name="a" r:id="r"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r" Type="x/worksheet" Target="s.xml"/><Relationship Id="q" Type="x/styles" Target="t.xml"/></Relationships>`,
			"xl/s.xml", "<worksheet>"+strings.Repeat(`<mergeCell ref="A1:B2"/>`, merged)+"</worksheet>",
			"xl/t.xml", `<styleSheet><cellXfs>`+strings.Repeat(`<xf numFmtId="14"/>`, styles)+`</cellXfs></styleSheet>`))
		return b.src.(*xlsxSource)
	}
	for _, more := range []int{0, 1} {
		x := book(stylesMax+more, mergedMax+more)
		spans, err := x.merged("a")
		if len(x.styles) != stylesMax || len(spans) != mergedMax || err != nil {
			t.Errorf("%d beyond: %d styles, %d ranges, %v", more, len(x.styles), len(spans), err)
		}
	}
}

func TestDosesOfOnePersonAtTheirLimit(t *testing.T) {
	look := func(n int) *Problem {
		var b strings.Builder
		b.WriteString("Mã,Họ và tên,Ngày sinh,Vắc xin,Ngày tiêm\n")
		for i := range n {
			fmt.Fprintf(&b, "A1,Lò Thị Mai,05/03/2024,BCG,%02d/%02d/%d\n", i%28+1, i/28%12+1, 2024+i/336)
		}
		entries := readText(t, b.String())
		if len(entries) != 1 || len(entries[0].Doses) != n {
			t.Fatalf("%d entries, the first with %d doses", len(entries), len(entries[0].Doses))
		}
		return problemAt(entries[0], CodeTooManyDoses)
	}
	if p := look(DosesMax); p != nil {
		t.Errorf("at the limit: %+v", p)
	}
	if p := look(DosesMax + 1); p == nil {
		t.Error("one beyond it is no problem")
	}
}
