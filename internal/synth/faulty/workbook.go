package faulty

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The parts of a workbook that are always the same.
var workbookParts = [][2]string{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sổ A2.1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
	// The second format of a cell is a date.
	{"xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`},
}

// serialOf1970 is Excel's number of 1970-01-01.
const serialOf1970 = 25569

// xlsx writes the table as a workbook of one sheet.
func (t *table) xlsx(w io.Writer) error {
	z := zip.NewWriter(w)
	part := func(name, text string) error {
		f, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(f, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\n"+text)
		}
		return err
	}
	for _, p := range workbookParts {
		if err := part(p[0], p[1]); err != nil {
			return err
		}
	}
	if err := part("xl/worksheets/sheet1.xml", t.worksheet()); err != nil {
		return err
	}
	return z.Close()
}

func (t *table) worksheet() string {
	var b strings.Builder
	b.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	n := 0
	row := func(cells []cell) {
		n++
		fmt.Fprintf(&b, `<row r="%d">`, n)
		for i := range cells {
			cells[i].write(&b, fmt.Sprintf("%s%d", letter(i), n))
		}
		b.WriteString(`</row>`)
	}
	for _, cells := range t.above {
		row(cells)
	}
	head := make([]cell, len(t.titles))
	for i := range head {
		head[i].text = t.titles[i]
	}
	row(head)
	for _, cells := range t.rows {
		row(cells)
	}
	b.WriteString(`</sheetData>`)
	if len(t.merged) > 0 {
		fmt.Fprintf(&b, `<mergeCells count="%d">`, len(t.merged))
		for _, m := range t.merged {
			fmt.Fprintf(&b, `<mergeCell ref="%s"/>`, m)
		}
		b.WriteString(`</mergeCells>`)
	}
	b.WriteString(`</worksheet>`)
	return b.String()
}

func (c *cell) write(b *strings.Builder, ref string) {
	formula := ""
	if c.formula != "" {
		formula = "<f>" + escaped(c.formula) + "</f>"
	}
	switch {
	case c.empty:
		fmt.Fprintf(b, `<c r="%s" s="1">%s</c>`, ref, formula)
	case c.day != 0:
		fmt.Fprintf(b, `<c r="%s" s="1">%s<v>%d</v></c>`, ref, formula, int(c.day)+serialOf1970)
	case formula != "":
		fmt.Fprintf(b, `<c r="%s" t="str">%s<v>%s</v></c>`, ref, formula, escaped(c.text))
	case c.text != "":
		fmt.Fprintf(b, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, ref, escaped(c.text))
	}
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
