package sheet

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"tramy/internal/registry"
)

// numberStyle says how a number with a style is to be read.
type numberStyle uint8

const (
	styleNumber numberStyle = iota
	styleDate
	styleTime
)

// stylesMax is how many styles a workbook can have.
const stylesMax = 65_536

func (x *xlsxSource) readStyles(part string) error {
	formats := make(map[string]numberStyle)
	inCellXfs := false
	return x.each(part, func(s *xmlScanner) error {
		switch {
		case s.is("numFmt"):
			if len(formats) < stylesMax {
				formats[s.attr("numFmtId")] = formatStyle(s.attr("formatCode"))
			}
		case s.is("cellXfs"):
			inCellXfs = true
		case s.is("cellStyleXfs"), s.is("cellStyles"), s.is("dxfs"):
			inCellXfs = false
		case s.is("xf") && inCellXfs:
			if len(x.styles) >= stylesMax {
				return nil
			}
			id := s.attr("numFmtId")
			style, custom := formats[id]
			if !custom {
				style = builtinStyle(id)
			}
			x.styles = append(x.styles, style)
		}
		return nil
	})
}

// builtinStyle knows the formats that have a number and no text (ECMA-376 part 1, 18.8.30), those of East Asian
// Excels among them.
func builtinStyle(id string) numberStyle {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil:
	case n >= 14 && n <= 17, n == 22, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 54, n == 57, n == 58:
		return styleDate
	case n >= 18 && n <= 21, n >= 32 && n <= 35, n >= 45 && n <= 47, n == 55, n == 56:
		return styleTime
	}
	return styleNumber
}

// formatStyle looks in a number format for the letters of dates, outside of quotes, brackets and escapes.
func formatStyle(code string) numberStyle {
	day, clock, month := false, false, false
	quoted, bracket := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '"':
			quoted = !quoted
		case quoted:
		case code[i] == '\\', code[i] == '_', code[i] == '*':
			i++
		case code[i] == '[':
			bracket = true
		case code[i] == ']':
			bracket = false
		case bracket:
		case code[i] == ';':
			i = len(code) // the format of negative numbers says nothing more
		case c == 'd' || c == 'y':
			day = true
		case c == 'm':
			month = true
		case c == 'h' || c == 's':
			clock = true
		}
	}
	switch {
	case day, month && !clock:
		return styleDate
	case clock:
		return styleTime
	}
	return styleNumber
}

// mergedMax is how many merged ranges of a sheet are looked at; a form has some dozens.
const mergedMax = 200_000

// merges are the merged ranges of the sheet that was looked at last: those of all sheets together would fill a memory.
type merges struct {
	sheet string
	known bool
	spans []span
}

func (x *xlsxSource) merged(sheet string) ([]span, error) {
	if x.merges.known && x.merges.sheet == sheet {
		return x.merges.spans, nil
	}
	var spans []span
	err := x.each(x.parts[sheet], func(s *xmlScanner) error {
		if !s.is("mergeCell") || len(spans) >= mergedMax {
			return nil
		}
		from, to, ok := strings.Cut(s.attr("ref"), ":")
		if !ok {
			return nil
		}
		left, top := cellReference(from)
		right, bottom := cellReference(to)
		if top > 0 && bottom >= top && right >= left {
			spans = append(spans, span{top, left, bottom, right})
		}
		return nil
	})
	if err != nil {
		return nil, damagedFile(err)
	}
	x.merges = merges{sheet, true, spans}
	return spans, nil
}

// cellReference reads "AB12" as column 27, from 0, and row 12; row 0 if it is none.
func cellReference(ref string) (column, row int) {
	i := 0
	for i < len(ref) && i < 4 && ref[i]|0x20 >= 'a' && ref[i]|0x20 <= 'z' {
		column = column*26 + int(ref[i]|0x20-'a') + 1
		i++
	}
	for ; i < len(ref); i++ {
		if ref[i] < '0' || ref[i] > '9' || row > 10_000_000 {
			return column - 1, 0
		}
		row = row*10 + int(ref[i]-'0')
	}
	return column - 1, row
}

func (x *xlsxSource) rows(sheet string, yield func(*row) error) error {
	r, err := x.open(x.parts[sheet])
	if err != nil {
		return damagedFile(err)
	}
	defer r.Close()
	var fromYield error
	err = x.sheetRows(newXMLScanner(r), func(row *row) error {
		fromYield = yield(row)
		return fromYield
	})
	if err == nil || fromYield != nil {
		return fromYield
	}
	return damagedFile(err)
}

// rawCell is a cell as the file has it.
type rawCell struct {
	column      int
	kind, value string
	style       int
	formula     bool
	inline      textGatherer
	inValue     bool
}

func (x *xlsxSource) sheetRows(s *xmlScanner, yield func(*row) error) error {
	var current *row
	var c rawCell
	inCell, inInline, n, held := false, false, 0, 0
	for {
		token, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token {
		case xmlStart:
			switch {
			case s.is("row"):
				n++
				if stated, err := strconv.Atoi(s.attr("r")); err == nil && stated > 0 {
					n = stated
				}
				current = &row{n: n}
			case s.is("c") && current != nil:
				c = rawCell{column: len(current.cells), kind: s.attr("t")}
				if ref := s.attr("r"); ref != "" {
					c.column, _ = cellReference(ref)
				}
				c.style, _ = strconv.Atoi(s.attr("s")) // without one it is the first
				inCell = true
			case inCell && s.is("v"):
				c.inValue = true
			case inCell && s.is("f"):
				c.formula = true
			case inCell && s.is("is"):
				inInline = true
			}
		case xmlText:
			if c.inValue && inCell {
				c.value += unescape(s.text)
				if len(c.value) > 4*CellCharsMax {
					return &TooLargeError{What: "cell", Got: int64(len(c.value)), Max: CellCharsMax}
				}
			}
		case xmlEnd:
			switch {
			case s.is("row") && current != nil:
				if !current.empty() {
					if held++; held > rawRowsMax {
						return &TooLargeError{What: "rows", Got: int64(held), Max: RowsMax}
					}
					if err := yield(current); err != nil {
						return err
					}
				}
				current = nil
			case s.is("c") && inCell:
				if err := x.addCell(current, &c); err != nil {
					return err
				}
				inCell = false
			case s.is("v"):
				c.inValue = false
			case s.is("is"):
				inInline = false
			}
		}
		if inInline {
			if err := c.inline.token(token, s); err != nil {
				return err
			}
		}
	}
}

func (x *xlsxSource) addCell(r *row, raw *rawCell) error {
	c := x.cell(raw)
	if c.text == "" && !c.formula {
		return nil
	}
	if raw.column < 0 || raw.column >= ColumnsMax {
		return &TooLargeError{What: "columns", Got: int64(raw.column) + 1, Max: ColumnsMax}
	}
	if len(c.text) > CellCharsMax && utf8.RuneCountInString(c.text) > CellCharsMax {
		return &TooLargeError{What: "cell", Got: int64(utf8.RuneCountInString(c.text)), Max: CellCharsMax}
	}
	for len(r.cells) <= raw.column {
		r.cells = append(r.cells, cell{})
	}
	r.cells[raw.column] = c
	return nil
}

func (x *xlsxSource) cell(raw *rawCell) cell {
	c := cell{formula: raw.formula}
	switch raw.kind {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(raw.value)); err == nil && i >= 0 && i < len(x.strings) {
			c.text = x.strings[i]
		}
		return c
	case "inlineStr":
		c.text = raw.inline.text()
		return c
	case "str":
		c.text = cleanCell(unescapeX(raw.value))
		return c
	case "e":
		c.text, c.kind = strings.TrimSpace(raw.value), kindError
		return c
	case "d":
		c.text = strings.TrimSpace(raw.value)
		if d := readDateText(c.text, DayMonth, registry.Day(1<<20)); d.ok() && d.prec == registry.PrecisionDay {
			c.date(d.day, d.clock)
		}
		return c
	}
	value := strings.TrimSpace(raw.value)
	if value == "" {
		return c
	}
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		c.text = cleanCell(value)
		return c
	}
	c.kind, c.serial = kindNumber, f
	c.text = strconv.FormatFloat(f, 'f', -1, 64)
	style := styleNumber
	if raw.style >= 0 && raw.style < len(x.styles) {
		style = x.styles[raw.style]
	}
	switch {
	case style == styleDate:
		if day, ok := fromSerial(f, x.date1904); ok {
			c.date(day, serialClock(f))
		}
	case style == styleTime && f >= 0 && f < 1:
		c.clock = serialClock(f)
		c.text = c.clock.String()
	case style == styleTime:
		if day, ok := fromSerial(f, x.date1904); ok {
			c.date(day, serialClock(f))
		}
	}
	return c
}

// date makes a date of a cell, shown as people write it.
func (c *cell) date(day registry.Day, clock registry.Clock) {
	c.kind, c.day, c.clock, c.text = kindDate, day, clock, day.String()
	if clock != 0 {
		c.text += " " + clock.String()
	}
}
