package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// csvSheet is the name of a CSV file's only sheet.
const csvSheet = "CSV"

// csvSource reads a CSV file: commas, semicolons or tabs; UTF-8, UTF-16, or bytes of an old encoding, which come
// out as the letters of Latin-1 and are converted column by column later.
type csvSource struct {
	r       io.ReaderAt
	size    int64
	comma   rune
	charset charset
}

type charset uint8

const (
	charsetUTF8 charset = iota
	charsetUTF16
	charsetBytes // neither: each byte is a letter of an old encoding
)

func looksUTF16(head []byte) bool {
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return true
	}
	return utf16Order(head) != 0
}

// utf16Order guesses the order of bytes of UTF-16 without a mark: every other byte of a register's beginning is 0,
// save for some letters. 'l' little, 'b' big, 0 neither.
func utf16Order(head []byte) byte {
	even, odd := 0, 0
	n := len(head) &^ 1
	for i := 0; i < n; i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	switch half := n / 2; {
	case half < 4:
		return 0
	case odd*10 > half*6 && even == 0:
		return 'l'
	case even*10 > half*6 && odd == 0:
		return 'b'
	}
	return 0
}

func openCSV(r io.ReaderAt, size int64) (*csvSource, error) {
	s := &csvSource{r: r, size: size}
	head := make([]byte, min(size, 64<<10))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read: %w", err)
	}
	switch {
	case looksUTF16(head):
		s.charset = charsetUTF16
	default:
		ok, err := validUTF8(io.NewSectionReader(r, 0, size))
		if err != nil {
			return nil, err
		}
		if !ok {
			s.charset = charsetBytes
		}
	}
	return s, s.chooseComma()
}

// validUTF8 reports whether a whole file is UTF-8.
func validUTF8(r io.Reader) (bool, error) {
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		n += kept
		chunk := buf[:n]
		for len(chunk) > 0 {
			_, size := utf8.DecodeRune(chunk)
			if size == 1 && chunk[0] >= utf8.RuneSelf {
				if !utf8.FullRune(chunk) && err == nil {
					break
				}
				return false, nil
			}
			chunk = chunk[size:]
		}
		kept = copy(buf, chunk)
		if errors.Is(err, io.EOF) {
			return kept == 0, nil
		}
		if err != nil {
			return false, fmt.Errorf("read: %w", err)
		}
	}
}

// text returns the file as UTF-8.
func (s *csvSource) text() io.Reader {
	raw := io.NewSectionReader(s.r, 0, s.size)
	switch s.charset {
	case charsetUTF16:
		order := unicode.LittleEndian
		head := make([]byte, min(s.size, 4096))
		if n, _ := s.r.ReadAt(head, 0); utf16Order(head[:n]) == 'b' {
			order = unicode.BigEndian
		}
		return transform.NewReader(raw, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
	case charsetBytes:
		return &latin1Reader{r: bufio.NewReaderSize(raw, 64<<10)}
	}
	buffered := bufio.NewReaderSize(raw, 64<<10)
	if bom, _ := buffered.Peek(3); string(bom) == "\xef\xbb\xbf" {
		buffered.Discard(3) //nolint:errcheck // just peeked at
	}
	return buffered
}

// latin1Reader gives each byte as the letter of its number.
type latin1Reader struct {
	r    *bufio.Reader
	rest []byte
}

func (l *latin1Reader) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		var raw [32 << 10]byte
		n, err := l.r.Read(raw[:])
		if n == 0 {
			return 0, err
		}
		l.rest = l.rest[:0]
		for _, b := range raw[:n] {
			l.rest = utf8.AppendRune(l.rest, rune(b))
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// chooseComma takes the separator that cuts most of the first lines into the same number of parts, outside of
// quotes; a line "sep=;" says it itself.
func (s *csvSource) chooseComma() error {
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(s.text(), head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read: %w", err)
	}
	text := string(head[:n])
	if rest, ok := strings.CutPrefix(text, "sep="); ok && len(rest) > 1 && strings.ContainsRune(",;\t|", rune(rest[0])) {
		s.comma = rune(rest[0])
		return nil
	}
	best := 0
	s.comma = ','
	for _, comma := range []rune{',', ';', '\t', '|'} {
		counts := make(map[int]int)
		lines := 0
		for _, parts := range sampleParts(text, comma) {
			if parts > 1 {
				counts[parts]++
			}
			if lines++; lines == 60 {
				break
			}
		}
		score := 0
		for parts, times := range counts {
			score = max(score, times*times*min(parts, 12))
		}
		if score > best {
			best, s.comma = score, comma
		}
	}
	return nil
}

// sampleParts counts the parts of each line, quotes respected.
func sampleParts(text string, comma rune) []int {
	var out []int
	parts, quoted := 1, false
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == comma:
			parts++
		case r == '\n':
			out = append(out, parts)
			parts = 1
		}
	}
	return append(out, parts)
}

func (s *csvSource) sheets() []string { return []string{csvSheet} }

func (s *csvSource) merged(string) ([]span, error) { return nil, nil }

func (s *csvSource) rows(_ string, yield func(*row) error) error {
	r := csv.NewReader(&boundedLines{r: s.text()})
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = s.comma, -1, true, true
	held, n, line := 0, 0, 0 // line: where the last record ended
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			var large *TooLargeError
			if errors.As(err, &large) {
				return large
			}
			return &NotASpreadsheetError{Kind: KindDamaged, Cause: err}
		}
		// Blank lines are rows too, to whoever looks at the file in a spreadsheet.
		start, _ := r.FieldPos(0)
		n += start - line
		for _, text := range record {
			start += strings.Count(text, "\n")
		}
		line = start
		if n == 1 && len(record) > 0 && strings.HasPrefix(record[0], "sep") {
			if rest, ok := strings.CutPrefix(record[0], "sep="); ok && len(rest) <= 1 {
				continue
			}
		}
		row := &row{n: n}
		for i, text := range record {
			if i >= ColumnsMax {
				if strings.TrimSpace(text) != "" {
					return &TooLargeError{What: "columns", Got: int64(i) + 1, Max: ColumnsMax}
				}
				continue
			}
			if len(text) > CellCharsMax && utf8.RuneCountInString(text) > CellCharsMax {
				return &TooLargeError{What: "cell", Got: int64(utf8.RuneCountInString(text)), Max: CellCharsMax}
			}
			row.cells = append(row.cells, s.cell(strings.Clone(text)))
		}
		if row.empty() {
			continue
		}
		if held++; held > rawRowsMax {
			return &TooLargeError{What: "rows", Got: int64(held), Max: RowsMax}
		}
		if err := yield(row); err != nil {
			return err
		}
	}
}

// cell is a cell of the file. In one of bytes, control characters may be letters.
func (s *csvSource) cell(text string) cell {
	if s.charset == charsetBytes {
		return cell{text: strings.Trim(text, " \t\r\n")}
	}
	return textCell(text)
}

// textCell is a cell of a file that has only text. A program that writes what a spreadsheet might run puts an
// apostrophe before it; that is not part of the text.
func textCell(text string) cell {
	c := cell{text: cleanCell(text)}
	if len(c.text) > 1 && c.text[0] == '\'' && dangerous(c.text[1:]) {
		c.text = c.text[1:]
	}
	switch c.text {
	case "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!":
		c.kind = kindError
	}
	return c
}

// boundedLines stops a file whose quotes never close from being read into one cell.
type boundedLines struct {
	r      io.Reader
	quotes bool
	run    int
}

// quotedBytesMax is more than the longest cell can take.
const quotedBytesMax = 4*CellCharsMax + 2

func (b *boundedLines) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	for _, c := range p[:n] {
		if c == '"' {
			b.quotes, b.run = !b.quotes, 0
		} else if b.run++; c == '\n' && !b.quotes {
			b.run = 0
		}
		if b.run > quotedBytesMax {
			return 0, &TooLargeError{What: "cell", Got: int64(b.run), Max: CellCharsMax}
		}
	}
	return n, err
}
