package sheet

import (
	"archive/zip"
	"errors"
	"io"
	"math"
	"path"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// xlsxSource reads an XLSX file part by part, straight out of the zip: nothing is unpacked to memory but the shared
// strings, and nothing to a disk.
type xlsxSource struct {
	files    map[string]*zip.File
	names    []string          // of sheets that are not hidden
	parts    map[string]string // of all sheets, by name
	date1904 bool
	styles   []numberStyle
	strings  []string
	// stringsBytes is what strings take.
	stringsBytes int
	merges       merges
}

func openXLSX(r io.ReaderAt, size int64) (source, error) {
	list := &listReader{r: r, left: DirectoryBytesMax}
	archive, err := zip.NewReader(list, size)
	if large := (*TooLargeError)(nil); errors.As(err, &large) {
		return nil, large
	}
	if err != nil {
		return nil, &NotASpreadsheetError{Kind: KindDamaged, Cause: err}
	}
	list.left = math.MaxInt64 // from here on the parts themselves are read
	x := &xlsxSource{files: make(map[string]*zip.File), parts: make(map[string]string)}
	for _, f := range archive.File {
		x.files[strings.TrimPrefix(path.Clean(strings.ReplaceAll(f.Name, `\`, "/")), "/")] = f
	}
	workbook, kind := x.workbook()
	if kind != "" {
		return nil, &NotASpreadsheetError{Kind: kind}
	}
	if err := x.readWorkbook(workbook); err != nil {
		return nil, damagedFile(err)
	}
	return x, nil
}

// listReader bounds what is read to learn what is in an archive: each of a million empty parts costs some hundred bytes of
// memory before anything is opened.
type listReader struct {
	r    io.ReaderAt
	left int64
}

func (l *listReader) ReadAt(p []byte, off int64) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, &TooLargeError{What: "parts", Got: DirectoryBytesMax - l.left, Max: DirectoryBytesMax}
	}
	return l.r.ReadAt(p, off)
}

// damagedFile makes the error of a part that cannot be read.
func damagedFile(err error) error {
	var large *TooLargeError
	var not *NotASpreadsheetError
	if errors.As(err, &large) || errors.As(err, &not) {
		return err
	}
	return &NotASpreadsheetError{Kind: KindDamaged, Cause: err}
}

// workbook finds the workbook's part, or says what the archive is instead.
func (x *xlsxSource) workbook() (part, kind string) {
	if f := x.files["mimetype"]; f != nil && f.UncompressedSize64 < 200 {
		if r, err := f.Open(); err == nil {
			text, _ := io.ReadAll(io.LimitReader(r, 200)) // a damaged one says nothing, and the rest decides
			r.Close()
			if strings.HasPrefix(string(text), "application/vnd.oasis.opendocument.spreadsheet") {
				return "", KindODS
			}
			if strings.HasPrefix(string(text), "application/vnd.oasis.opendocument") {
				return "", KindDocument
			}
		}
	}
	if rels, err := x.relations("_rels/.rels", ""); err == nil {
		for _, r := range rels {
			if strings.HasSuffix(r.kind, "/officeDocument") && x.files[r.target] != nil {
				part = r.target
			}
		}
	}
	if part == "" && x.files["xl/workbook.xml"] != nil {
		part = "xl/workbook.xml"
	}
	switch {
	case strings.HasSuffix(part, ".bin") || part == "" && x.files["xl/workbook.bin"] != nil:
		return "", KindXLSB
	case strings.HasPrefix(part, "word/"), strings.HasPrefix(part, "ppt/"), x.files["word/document.xml"] != nil:
		return "", KindDocument
	case part == "" && x.files["[Content_Types].xml"] == nil:
		return "", KindArchive
	case part == "":
		return "", KindDamaged
	}
	return part, ""
}

// open opens a part for streaming, no further than the limit.
func (x *xlsxSource) open(part string) (io.ReadCloser, error) {
	f := x.files[part]
	if f == nil {
		return nil, errors.New("part is missing: " + part)
	}
	if f.UncompressedSize64 > UnzipBytesMax {
		return nil, &TooLargeError{What: "bytes", Got: int64(min(f.UncompressedSize64, 1<<62)), Max: UnzipBytesMax} //nolint:gosec // bounded
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	// UTF-16 is allowed, and BOMs are seen.
	text := transform.NewReader(&limitedPart{r: r, left: UnzipBytesMax}, unicode.BOMOverride(transform.Nop))
	return struct {
		io.Reader
		io.Closer
	}{text, r}, nil
}

// limitedPart refuses to unpack more than a part may hold, whatever its header said.
type limitedPart struct {
	r    io.Reader
	left int64
}

func (l *limitedPart) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, &TooLargeError{What: "bytes", Got: UnzipBytesMax + 1, Max: UnzipBytesMax}
	}
	return n, err
}

// each calls visit with every element that begins in a part.
func (x *xlsxSource) each(part string, visit func(*xmlScanner) error) error {
	r, err := x.open(part)
	if err != nil {
		return err
	}
	defer r.Close()
	s := newXMLScanner(r)
	for {
		token, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if token == xmlStart {
			if err := visit(s); err != nil {
				return err
			}
		}
	}
}

type relation struct{ id, kind, target string }

// relations reads which parts a part refers to; dir is the folder the targets start from.
func (x *xlsxSource) relations(part, dir string) ([]relation, error) {
	var out []relation
	err := x.each(part, func(s *xmlScanner) error {
		if s.is("Relationship") {
			target := s.attr("Target")
			if strings.HasPrefix(target, "/") {
				target = strings.TrimPrefix(path.Clean(target), "/")
			} else {
				target = strings.TrimPrefix(path.Join(dir, target), "/")
			}
			out = append(out, relation{s.attr("Id"), s.attr("Type"), target})
		}
		return nil
	})
	return out, err
}

func (x *xlsxSource) readWorkbook(workbook string) error {
	dir := path.Dir(workbook)
	rels, err := x.relations(path.Join(dir, "_rels", path.Base(workbook)+".rels"), dir)
	if err != nil {
		return err
	}
	byID := make(map[string]relation)
	for _, r := range rels {
		byID[r.id] = r
	}
	sheets := 0
	err = x.each(workbook, func(s *xmlScanner) error {
		switch {
		case s.is("workbookPr"):
			v := s.attr("date1904")
			x.date1904 = v == "1" || v == "true"
		case s.is("sheet"):
			if sheets++; sheets > SheetsMax {
				return &TooLargeError{What: "sheets", Got: int64(sheets), Max: SheetsMax}
			}
			rel := byID[s.attr("id")]
			if !strings.HasSuffix(rel.kind, "/worksheet") {
				return nil // a chart
			}
			name := cleanCell(s.attr("name"))
			if state := s.attr("state"); state == "" || state == "visible" {
				x.names = append(x.names, name)
			}
			x.parts[name] = rel.target
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range rels {
		switch {
		case strings.HasSuffix(r.kind, "/styles") && x.files[r.target] != nil:
			err = x.readStyles(r.target)
		case strings.HasSuffix(r.kind, "/sharedStrings") && x.files[r.target] != nil:
			err = x.readStrings(r.target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readStrings reads the shared strings. Their reading aids for East Asian scripts are no part of them.
func (x *xlsxSource) readStrings(part string) error {
	r, err := x.open(part)
	if err != nil {
		return err
	}
	defer r.Close()
	s := newXMLScanner(r)
	var text textGatherer
	for {
		token, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if token == xmlStart && s.is("si") {
			text.reset()
		}
		if err := text.token(token, s); err != nil {
			return err
		}
		if token == xmlEnd && s.is("si") {
			if err := x.keep(text.text()); err != nil {
				return err
			}
		}
	}
}

// keep adds a shared string. What it costs in memory counts, not its letters alone: there may be millions of empty ones.
func (x *xlsxSource) keep(text string) error {
	if x.stringsBytes += len(text) + 16; x.stringsBytes > StringsBytesMax {
		return &TooLargeError{What: "strings", Got: int64(x.stringsBytes), Max: StringsBytesMax}
	}
	x.strings = append(x.strings, text)
	return nil
}

// textGatherer puts the runs of a text together.
type textGatherer struct {
	b        strings.Builder
	inText   bool
	phonetic int
	chars    int
}

func (g *textGatherer) reset() { g.b.Reset(); g.inText, g.phonetic, g.chars = false, 0, 0 }

func (g *textGatherer) token(token xmlToken, s *xmlScanner) error {
	switch token {
	case xmlStart:
		if s.is("rPh") {
			g.phonetic++
		}
		g.inText = s.is("t")
	case xmlEnd:
		if s.is("rPh") {
			g.phonetic--
		}
		g.inText = false
	case xmlText:
		if g.inText && g.phonetic == 0 {
			if g.chars += len(s.text); g.chars > 4*CellCharsMax {
				return &TooLargeError{What: "cell", Got: int64(g.chars), Max: CellCharsMax}
			}
			g.b.WriteString(unescape(s.text))
		}
	}
	return nil
}

// text returns what was gathered, with Excel's own escapes resolved.
func (g *textGatherer) text() string { return cleanCell(unescapeX(g.b.String())) }

// unescapeX resolves _xHHHH_, by which Excel writes characters that XML cannot hold.
func unescapeX(s string) string {
	i := strings.Index(s, "_x")
	if i < 0 {
		return s
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(s[:i])
		s = s[i:]
		if n, ok := hex4(s); ok {
			b.WriteRune(n)
			s = s[7:]
		} else {
			b.WriteString("_x")
			s = s[2:]
		}
		i = strings.Index(s, "_x")
	}
	b.WriteString(s)
	return b.String()
}

func hex4(s string) (rune, bool) {
	if len(s) < 7 || s[6] != '_' {
		return 0, false
	}
	n := rune(0)
	for _, c := range s[2:6] {
		d := strings.IndexRune("0123456789abcdef", c|0x20)
		if d < 0 {
			return 0, false
		}
		n = n*16 + rune(d)
	}
	return n, n < 0xd800 || n > 0xdfff
}

func (x *xlsxSource) sheets() []string { return x.names }
