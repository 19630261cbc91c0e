package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
)

// workbook makes an XLSX file of one sheet by hand, for what no program of ours would write. A cell that begins
// with "=" is a formula without a value.
func workbook(t *testing.T, merged []string, rows ...[]string) string {
	t.Helper()
	var cells strings.Builder
	for r, row := range rows {
		fmt.Fprintf(&cells, `<row r="%d">`, r+1)
		for c, text := range row {
			at := fmt.Sprintf("%c%d", 'A'+c, r+1)
			switch {
			case text == "":
			case strings.HasPrefix(text, "="):
				fmt.Fprintf(&cells, `<c r="%s"><f>%s</f></c>`, at, text[1:])
			default:
				fmt.Fprintf(&cells, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, at, text)
			}
		}
		cells.WriteString(`</row>`)
	}
	merges := ""
	for _, m := range merged {
		merges += fmt.Sprintf(`<mergeCell ref="%s"/>`, m)
	}
	if merges != "" {
		merges = "<mergeCells>" + merges + "</mergeCells>"
	}
	const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + rel + `"><sheets><sheet name="Sổ 2026" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", `<worksheet xmlns="` + main + `"><sheetData>` + cells.String() + `</sheetData>` + merges + `</worksheet>`},
	} {
		f, err := w.Create(part[0])
		if err == nil {
			_, err = f.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?>` + part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What registers have wrong, each with where it is said to be and in which words. A file that cannot be read at
// all says why; of one with bad rows the good ones would come in.
func TestImportBadInput(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	dir := t.TempDir()
	data := enrolled(t, tr, dir)
	const head = "Họ và tên,Ngày sinh,Giới tính,Họ tên mẹ,Xã,BCG,OPV1\n"
	const good = "Lò Gia Bảo,14/03/2026,Nam,Lò Thị Ánh,Mường Nhà,15/03/2026,20/05/2026\n"
	row := func(cells ...string) string { return head + good + strings.Join(cells, ",") + "\n" }
	foreign := head
	for i := range 8 {
		foreign += fmt.Sprintf("Lò Gia %c,14/03/2026,Nam,Lò Thị Ánh,Mường Pồn,15/03/2026,\n", 'A'+i)
	}
	many := head + strings.Repeat("x,14/03/2026,Nam,y,Mường Nhà,,\n", 300_001)
	for _, c := range []struct {
		name, file, content string
		whole               string             // what is said of the whole file
		want                *desk.ImportReason // of a row
		people              int                // who would come in
	}{
		{name: "not a spreadsheet", file: "so.xlsx", content: "%PDF-1.7\n…", whole: "PDF"},
		{name: "too many rows", file: "so.csv", content: many, whole: "300.000"},
		{name: "another commune's register", file: "so.csv", content: foreign, whole: "Mường Pồn"},
		{name: "wrong encoding", file: "so.csv", content: head + "L\x81\x8d\x90 \x81\x9d,14/03/2026,Nam,L\x81\x8d Th\x90,Xa,15/03/2026,\n", whole: "2"},
		{name: "an impossible date", file: "so.csv", content: row("Cà Thị Mo", "31/02/2026", "Nữ", "Cà Thị Xuân", "", "", ""), want: &desk.ImportReason{Code: "date_impossible", Row: 3, Column: "B", Text: "31/02/2026"}, people: 1},
		{name: "day and month exchanged", file: "so.csv", content: row("Cà Thị Mo", "03/25/2026", "Nữ", "Cà Thị Xuân", "", "", ""), want: &desk.ImportReason{Code: "date_swapped", Row: 3, Column: "B", Text: "03/25/2026"}, people: 1},
		{name: "dates in several ways", file: "so.csv", content: row("Cà Thị Mo", "2026-03-14", "Nữ", "Cà Thị Xuân", "", "15.3.2026", "tháng 5"), want: &desk.ImportReason{Row: 3, Column: "G", Text: "tháng 5"}, people: 1},
		{name: "a dose before birth", file: "so.csv", content: row("Cà Thị Mo", "14/03/2026", "Nữ", "Cà Thị Xuân", "", "13/03/2026", ""), want: &desk.ImportReason{Code: "dose_before_birth", Row: 3, Column: "F", Text: "14/03/2026"}, people: 1},
		{name: "one of another commune", file: "so.csv", content: row("Cà Thị Mo", "14/03/2026", "Nữ", "Cà Thị Xuân", "Mường Pồn", "", ""), want: &desk.ImportReason{Code: "another_commune", Row: 3, Column: "E", Text: "Mường Pồn"}, people: 1},
		{
			name: "an unknown vaccine", file: "so.csv", content: "Họ và tên,Ngày sinh,Giới tính,Họ tên mẹ,Vắc xin,Ngày tiêm\n" +
				"Lò Gia Bảo,14/03/2026,Nam,Lò Thị Ánh,BCG,15/03/2026\nCà Thị Mo,14/03/2026,Nữ,Cà Thị Xuân,Thuốc lạ ABC,15/03/2026\n",
			want: &desk.ImportReason{Code: "vaccine_name", Row: 3, Column: "E", Text: "Thuốc lạ ABC"}, people: 1,
		},
		{
			name: "a formula without a value", file: "so.xlsx", content: workbook(t, nil,
				[]string{"Họ và tên", "Ngày sinh", "Giới tính", "Họ tên mẹ", "BCG"},
				[]string{"Lò Gia Bảo", "14/03/2026", "Nam", "Lò Thị Ánh", "15/03/2026"},
				[]string{"Cà Thị Mo", "14/03/2026", "Nữ", "Cà Thị Xuân", "=B3+1"}),
			want: &desk.ImportReason{Code: "formula_empty", Row: 3, Column: "E", Text: ""}, people: 1,
		},
		{
			name: "merged cells and two rows of titles", file: "so.xlsx", content: workbook(t, []string{"E1:F1", "A1:A2", "B1:B2", "C1:C2", "D1:D2"},
				[]string{"Họ và tên", "Ngày sinh", "Giới tính", "Họ tên mẹ", "DPT-VGB-Hib", ""},
				[]string{"", "", "", "", "Mũi 1", "Mũi 2"},
				[]string{"Lò Gia Bảo", "14/03/2026", "Nam", "Lò Thị Ánh", "20/05/2026", "22/06/2026"},
				[]string{"Cà Thị Mo", "14/03/2026", "Nữ", "Cà Thị Xuân", "20/05/2026", "31/06/2026"}),
			want: &desk.ImportReason{Code: "date_impossible", Row: 4, Column: "F", Text: "31/06/2026"}, people: 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, c.file)
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			out, exit := runStation(t, "import", path, "--data", data, "--dry-run", "--json", "--values")
			if exit != 1 {
				t.Fatalf("exit %d: %s", exit, out)
			}
			if strings.Contains(out, "[sheet.") || strings.Contains(out, "[import") {
				t.Errorf("a sentence is missing: %s", out)
			}
			if c.whole != "" {
				if !strings.Contains(out, c.whole) {
					t.Errorf("it does not say %q: %s", c.whole, out)
				}
				return
			}
			var res importResult
			if err := json.Unmarshal([]byte(out), &res); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if res.Counts.New != c.people || res.Counts.Refused != 1 || len(res.Problems) == 0 {
				t.Fatalf("%+v", res)
			}
			p := res.Problems[0]
			if c.want.Code != "" && p.Code != c.want.Code || p.Row != c.want.Row || p.Column != c.want.Column || p.Title == "" || !strings.Contains(p.Text, c.want.Text) {
				t.Errorf("got %+v, want %+v", p, *c.want)
			}
			plain, _ := runStation(t, "import", path, "--data", data, "--dry-run")
			where := fmt.Sprintf("%s %d: %s (%s): ", res.Sheet, p.Row, p.Column, p.Title)
			if !strings.Contains(plain, where) {
				t.Errorf("%q is not in\n%s", where, plain)
			}
		})
	}
	if people, doses := standing(t, data); people+doses != 0 {
		t.Errorf("trying wrote %d people and %d doses", people, doses)
	}
}
