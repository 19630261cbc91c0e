package sheet

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"tramy/internal/registry"
)

// xlsxTable writes one sheet straight into a zip: a row is forgotten once it is written. Texts stand in the cells
// themselves and are of text format, so that a phone number keeps its 0 when somebody edits it, and nothing that
// begins with = is a formula.
type xlsxTable struct {
	zip     *zip.Writer
	out     *bufio.Writer
	columns []column
	n       int
}

// Styles of cells, as numbered in xlsxStyles.
const (
	xlsxText   = "1"
	xlsxDate   = "2"
	xlsxHeader = "3"
	xlsxNumber = "0"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

const xlsxStyles = xmlHead + `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
	`<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>` +
	`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment wrapText="1" vertical="center"/></xf></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

func newXLSXTable(w io.Writer, sheet string, columns []column) (table, error) {
	if len(columns) > ColumnsMax {
		return nil, &TooLargeError{What: "columns", Got: int64(len(columns)), Max: ColumnsMax}
	}
	t := &xlsxTable{zip: zip.NewWriter(w), columns: columns}
	const (
		main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
		rel  = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
		pkg  = `xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
		typ  = `application/vnd.openxmlformats-officedocument.spreadsheetml.`
	)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + typ + `sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + typ + `worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="` + typ + `styles+xml"/></Types>`},
		{"_rels/.rels", `<Relationships ` + pkg + `><Relationship Id="rId1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook ` + main + ` xmlns:r="` + rel + `"><sheets><sheet name="` + escapeXML(sheetName(sheet)) + `" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships ` + pkg + `><Relationship Id="rId1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + rel + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", xlsxStyles[len(xmlHead):]},
	} {
		out, err := t.zip.Create(part.name)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(out, xmlHead+part.text); err != nil {
			return nil, err
		}
	}
	out, err := t.zip.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, err
	}
	t.out = bufio.NewWriterSize(out, 64<<10)
	t.put(xmlHead + `<worksheet ` + main + `><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`)
	for i, c := range columns {
		width := min(max(utf8.RuneCountInString(c.title)+2, 12), 28)
		style := xlsxText
		if c.date {
			style = xlsxDate
		}
		if c.number {
			style = xlsxNumber
		}
		fmt.Fprintf(t.out, `<col min="%d" max="%d" width="%d" style="%s" customWidth="1"/>`, i+1, i+1, width, style)
	}
	t.put(`</cols><sheetData>`)
	titles := make([]string, len(columns))
	for i := range columns {
		titles[i] = columns[i].title
	}
	return t, t.write(titles, func(int) string { return xlsxHeader })
}

// put writes; an error stays with the buffer and comes back with whatever is written last.
func (t *xlsxTable) put(s string) {
	_, _ = t.out.WriteString(s)
}

// sheetName makes a name Excel accepts: at most 31 characters, none of []:*?/\.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, name)
	runes := []rune(strings.Trim(name, "' "))
	if len(runes) > 31 {
		runes = runes[:31]
	}
	if len(runes) == 0 {
		return "Sheet1"
	}
	return string(runes)
}

func (t *xlsxTable) row(cells []string) error {
	return t.write(cells, func(i int) string {
		if t.columns[i].date {
			return xlsxDate
		}
		if t.columns[i].number {
			return xlsxNumber
		}
		return xlsxText
	})
}

func (t *xlsxTable) write(cells []string, style func(int) string) error {
	t.n++
	n := strconv.Itoa(t.n)
	t.put(`<row r="` + n + `">`)
	for i, text := range cells {
		if text == "" {
			continue
		}
		s := style(i)
		t.put(`<c r="` + columnLetter(i) + n + `" s="` + s)
		if serial, ok := dateSerial(text); ok && s == xlsxDate {
			t.put(`"><v>` + strconv.Itoa(serial) + `</v></c>`)
			continue
		}
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && s == xlsxNumber {
			t.put(`"><v>` + strconv.FormatInt(n, 10) + `</v></c>`)
			continue
		}
		t.put(`" t="inlineStr"><is><t xml:space="preserve">` + escapeXML(text) + `</t></is></c>`)
	}
	_, err := t.out.WriteString(`</row>`)
	return err
}

// dateSerial returns Excel's number for dd/mm/yyyy, false for anything else and for days that Excel counts wrong.
func dateSerial(text string) (int, bool) {
	if len(text) != 10 || text[2] != '/' || text[5] != '/' {
		return 0, false
	}
	d := readDateText(text, DayMonth, registry.Day(0))
	serial := int(d.day) + 25569
	return serial, d.ok() && d.prec == registry.PrecisionDay && serial >= serialMin && serial < serialMax
}

func (t *xlsxTable) close() error {
	if _, err := t.out.WriteString(`</sheetData></worksheet>`); err != nil {
		return err
	}
	if err := t.out.Flush(); err != nil {
		return err
	}
	return t.zip.Close()
}

// escapeXML writes a text for XML: its five signs, and Excel's way of writing what XML cannot hold.
func escapeXML(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		c := s[i]
		clean = c >= ' ' && c != '&' && c != '<' && c != '>' && c != '"' && c != '_'
	}
	if clean && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '_':
			if _, escape := hex4(s[i:]); escape && strings.HasPrefix(s[i:], "_x") {
				b.WriteString("_x005F_")
			} else {
				b.WriteByte('_')
			}
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r < ' ', r == 0xfffe, r == 0xffff:
			fmt.Fprintf(&b, "_x%04X_", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
