package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tramy/internal/registry"
)

// workbook makes a file with another program's hands: excelize's.
func workbook(t testing.TB, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func setRows(f *excelize.File, sheet string, from int, rows ...[]any) error {
	for i, r := range rows {
		name, err := excelize.CoordinatesToCellName(1, from+i)
		if err != nil {
			return err
		}
		if err := f.SetSheetRow(sheet, name, &r); err != nil {
			return err
		}
	}
	return nil
}

func date(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

// TestPaperForm reads a form as stations make it in Excel: titles above, a header of two merged rows, a row that numbers
// the columns, date cells beside dates as text, a hidden sheet, a row of totals and a signature.
func TestPaperForm(t *testing.T) {
	data := workbook(t, func(f *excelize.File) error {
		if _, err := f.NewSheet("Cũ"); err != nil {
			return err
		}
		if err := f.SetSheetVisible("Cũ", false); err != nil {
			return err
		}
		err := setRows(f, "Sheet1", 1,
			[]any{"TRẠM Y TẾ XÃ TÀ XÙA"},
			[]any{"SỔ TIÊM CHỦNG CƠ BẢN CHO TRẺ EM NĂM 2024"},
			[]any{},
			[]any{"STT", "Họ và tên", "Ngày tháng năm sinh", nil, "Họ tên mẹ", "SĐT", "BCG", "Viêm gan B", nil, "DPT-VGB-Hib", nil, nil, "Sởi", "Ghi chú"},
			[]any{nil, nil, "Nam", "Nữ", nil, nil, nil, "≤24h", ">24h", 1, 2, 3, "1"},
			[]any{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14},
			[]any{1, "Lò Văn Nam", date(2024, 3, 5), nil, "Lò Thị Hoa", 912345678, date(2024, 3, 6), date(2024, 3, 5), nil, date(2024, 5, 10), "10/6/24", "10.07.2024", "25-12-2024"},
			[]any{2, "Vàng Thị Mỷ", nil, "03/2024", "Vàng Thị Sua", "0987654321/0912000111", "hoãn 20/03/2024", "-", "8/3/2024", "từ chối", nil, nil, nil, "con thứ hai"},
			[]any{nil, "Tổng cộng", nil, nil, nil, nil, 1, 1, 1},
			[]any{nil, nil, nil, nil, nil, "Ngày 5 tháng 1 năm 2025"},
		)
		for _, m := range [][2]string{
			{"A1", "N1"},
			{"A2", "N2"},
			{"A4", "A5"},
			{"B4", "B5"},
			{"C4", "D4"},
			{"E4", "E5"},
			{"F4", "F5"},
			{"G4", "G5"},
			{"H4", "I4"},
			{"J4", "L4"},
			{"N4", "N5"},
		} {
			err = errors.Join(err, f.MergeCell("Sheet1", m[0], m[1]))
		}
		return err
	})
	b := openBytes(t, "so.xlsx", data)
	if got := b.Sheets(); len(got) != 1 || got[0] != "Sheet1" {
		t.Errorf("sheets %q: the hidden one is not to be seen", got)
	}
	m := guess(t, b)
	if m.HeaderFrom != 4 || m.Header != 6 || m.Layout != Wide {
		t.Errorf("header %d to %d, %s", m.HeaderFrom, m.Header, m.Layout)
	}
	var got []string
	for _, c := range m.Columns {
		got = append(got, c.Field+" "+c.Vaccine+numberText(c.Dose))
		if !c.Sure {
			t.Errorf("column %s %q is not sure", c.Letter(), c.Title)
		}
	}
	want := "ignored |name |birth_male |birth_female |mother_name |mother_phone |dose BCG|dose VGB0|dose VGB0|dose DPT-VGB-HIB1|dose DPT-VGB-HIB2|dose DPT-VGB-HIB3|dose SOI1|note "
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("columns\n%s\nwant\n%s", s, want)
	}
	var skipped []string
	ctx := context()
	ctx.Skipped = func(p Problem) { skipped = append(skipped, p.Text) }
	entries := readAll(t, b, m, ctx)
	if len(entries) != 2 || strings.Join(skipped, "|") != "Tổng cộng|Ngày 5 tháng 1 năm 2025" {
		t.Fatalf("%d entries, skipped %q", len(entries), skipped)
	}
	nam, my := entries[0], entries[1]
	if s := nam.Subject; s.Sex != registry.SexMale || s.BirthDate != day(2024, 3, 5) || s.MotherPhone != "0912345678" || len(nam.Problems) > 0 {
		t.Errorf("%+v %v", s, nam.Problems)
	}
	doses := ""
	for _, d := range nam.Doses {
		doses += d.Vaccine + " " + numberText(d.Order) + " " + d.GivenOn.String() + "; "
	}
	if doses != "BCG  06/03/2024; VGB0  05/03/2024; DPT-VGB-HIB 1 10/05/2024; DPT-VGB-HIB 2 10/06/2024; DPT-VGB-HIB 3 10/07/2024; SOI 1 25/12/2024; " {
		t.Error(doses)
	}
	if s := my.Subject; s.Sex != registry.SexFemale || s.BirthPrec != registry.PrecisionMonth || s.MotherPhone != "0987654321" {
		t.Errorf("%+v", s)
	}
	if len(my.Doses) != 2 || my.Doses[0].NotDone != registry.NotDonePostponed || my.Doses[0].GivenOn != day(2024, 3, 20) || my.Doses[1].GivenOn != day(2024, 3, 8) {
		t.Errorf("%+v", my.Doses)
	}
	for _, want := range []string{"con thứ hai", "0912000111", "DPT-VGB-Hib / 1: từ chối"} {
		if !strings.Contains(my.Subject.Note, want) {
			t.Errorf("note %q lacks %q", my.Subject.Note, want)
		}
	}
}

// TestMergedChild: rows under one merged name are one child; what is merged counts once.
func TestMergedChild(t *testing.T) {
	data := workbook(t, func(f *excelize.File) error {
		err := setRows(f, "Sheet1", 1,
			[]any{"Họ và tên", "Ngày sinh", "BCG", "OPV 1", "Ghi chú"},
			[]any{"Lò Thị Mai", date(2024, 3, 5), date(2024, 3, 6), nil, "dòng một"},
			[]any{nil, nil, nil, date(2024, 5, 10), "dòng hai"},
			[]any{"Lò Thị Lan", date(2024, 4, 5), date(2024, 4, 6)},
		)
		return errors.Join(err, f.MergeCell("Sheet1", "A2", "A3"), f.MergeCell("Sheet1", "B2", "B3"), f.MergeCell("Sheet1", "C2", "C3"))
	})
	b := openBytes(t, "x", data)
	entries := readAll(t, b, guess(t, b), context())
	if len(entries) != 2 || len(entries[0].Doses) != 2 || len(entries[0].Rows) != 2 || entries[0].Subject.Note != "dòng một\ndòng hai" || len(entries[1].Doses) != 1 {
		t.Fatalf("%+v", entries[0])
	}
}

// TestFormulaCells: a value that was worked out is taken and told; a formula without one is a problem.
func TestFormulaCells(t *testing.T) {
	data := workbook(t, func(f *excelize.File) error {
		if _, err := f.NewSheet("Sổ"); err != nil {
			return err
		}
		// C2 keeps the value that stood there, as Excel keeps what it worked out; C3 has none.
		return errors.Join(setRows(f, "Sổ", 1,
			[]any{"Họ và tên", "Ngày sinh", "BCG", "OPV 1"},
			[]any{"Lò Thị Mai", date(2024, 3, 5), date(2024, 3, 6), date(2024, 5, 6)},
			[]any{"Lò Thị Lan", date(2024, 3, 5), nil, date(2024, 5, 6)},
		), f.SetCellFormula("Sổ", "C2", "B2+1"), f.SetCellFormula("Sổ", "C3", "B3+1"))
	})
	b := openBytes(t, "x", data)
	entries := readAll(t, b, guess(t, b), context())
	if w := problemAt(entries[0], WarnFormula); w == nil || w.Sheet != "Sổ" || w.Row != 2 || w.Column != "C" || len(entries[0].Problems) > 0 || entries[0].Doses[0].GivenOn != day(2024, 3, 6) {
		t.Errorf("%+v", entries[0])
	}
	if pr := problemAt(entries[1], CodeFormulaEmpty); pr == nil || pr.Sheet != "Sổ" || pr.Row != 3 || pr.Column != "C" || pr.Title != "BCG" {
		t.Errorf("%+v", entries[1].Problems)
	}
}

// cutInZip ends a part of an archive before a text in it.
func cutInZip(t testing.TB, data []byte, part, before string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	found := false
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.Name, part) {
			var head string
			head, _, found = strings.Cut(string(text), before)
			text = []byte(head)
		}
		out, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Fatalf("%s has no %q", part, before)
	}
	return buf.Bytes()
}

// TestCutFileIsNoShorterRegister: a workbook whose sheet ends too early is damaged, wherever it ends.
func TestCutFileIsNoShorterRegister(t *testing.T) {
	whole := workbook(t, func(f *excelize.File) error {
		return setRows(f, "Sheet1", 1, []any{"Họ và tên", "Ngày sinh"}, []any{"Lò Thị Mai", date(2024, 3, 5)}, []any{"Lò Thị Lan", date(2024, 3, 6)})
	})
	for _, cut := range []string{"</worksheet>", "</sheetData>", `<row r="3"`} {
		data := cutInZip(t, whole, "sheet1.xml", cut)
		b := openBytes(t, "x", data)
		var not *NotASpreadsheetError
		if _, err := b.Guess("", nil, names); !errors.As(err, &not) || not.Kind != KindDamaged {
			t.Errorf("cut at %s: %v", cut, err)
		}
	}
}

// TestNumbersThatExcelChanged: zeros that were taken off come back with a warning; digits that are lost are told.
func TestNumbersThatExcelChanged(t *testing.T) {
	data := workbook(t, func(f *excelize.File) error {
		return setRows(f, "Sheet1", 1,
			[]any{"Họ và tên", "Ngày sinh", "Giới tính", "SĐT", "Số định danh", "Mã đối tượng", "Mã xã"},
			[]any{"Lò Văn Một", 45356, "Nam", 912345678, 14224001234, "0012", 3880},
			[]any{"Lò Văn Hai", "05032024", "Nam", "0912345678", "014224001234", 1234567890123456},
			[]any{"Lò Văn Ba", 5032024, "Nam", nil, 1224001234},
		)
	})
	b := openBytes(t, "x", data)
	entries := readAll(t, b, guess(t, b), context())
	one, two, three := entries[0], entries[1], entries[2]
	if s := one.Subject; s.BirthDate != day(2024, 3, 5) || s.MotherPhone != "0912345678" || s.PersonalNo != "014224001234" || s.NationalCode != "0012" || one.CommuneCode != "03880" || len(one.Problems) > 0 {
		t.Errorf("%+v %v", one, one.Problems)
	}
	if problemAt(one, WarnSerial) == nil || problemAt(one, WarnZeroAdded) == nil {
		t.Errorf("warnings %s", codes(one.Warnings))
	}
	if pr := problemAt(two, CodeNumberCut); pr == nil || pr.Column != "F" || two.Subject.NationalCode != "" {
		t.Errorf("%+v", two)
	}
	if three.Subject.BirthDate != day(2024, 3, 5) || three.Subject.PersonalNo != "001224001234" {
		t.Errorf("%+v", three.Subject)
	}
}

// TestDates1904 reads a workbook of an old Mac.
func TestDates1904(t *testing.T) {
	data := workbook(t, func(f *excelize.File) error {
		if err := setRows(f, "Sheet1", 1, []any{"Họ và tên", "Ngày sinh"}, []any{"Lò Thị Mai", date(2024, 3, 5)}); err != nil {
			return err
		}
		yes := true
		return f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
	})
	b := openBytes(t, "x", data)
	if got := readAll(t, b, guess(t, b), context())[0].Subject.BirthDate; got != day(2024, 3, 5)+1462 {
		t.Errorf("%s", got)
	}
}

// TestOthersReadWhatWeWrite: excelize finds the texts and the dates in a file of ours.
func TestOthersReadWhatWeWrite(t *testing.T) {
	p := Person{}
	p.Subject.Name, p.Subject.BirthDate, p.Subject.BirthPrec, p.Subject.MotherPhone, p.Subject.Note = "=1+1 <Lò>", day(2024, 3, 5), registry.PrecisionDay, "+85620123456", "a\nb"
	var buf bytes.Buffer
	if err := WriteWide(&buf, XLSX, each([]Person{p}), WriteOptions{Vaccines: registry.Vaccines()}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(buf.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sổ tiêm chủng")
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	at := make(map[string]string)
	for i, title := range rows[0] {
		if i < len(rows[1]) {
			at[title] = rows[1][i]
		}
	}
	if at["Họ và tên"] != "=1+1 <Lò>" || at["Điện thoại mẹ"] != "+85620123456" || at["Ghi chú"] != "a\nb" || at["Ngày sinh"] != "05/03/2024" {
		t.Errorf("%q", at)
	}
	if formula, err := f.GetCellFormula("Sổ tiêm chủng", "C2"); err != nil || formula != "" {
		t.Errorf("formula %q, %v", formula, err)
	}
}

// TestHeaderMergedInPart: in many forms only some titles are merged down over the row that numbers the doses. The second
// dose of a group has no title of its own in the upper row; it must not be lost for that.
func TestHeaderMergedInPart(t *testing.T) {
	data := workbook(t, func(f *excelize.File) error {
		err := setRows(f, "Sheet1", 1,
			[]any{"Họ và tên", "Ngày sinh", "Giới", "Họ tên mẹ", "DPT-VGB-Hib", nil},
			[]any{nil, nil, nil, nil, "Mũi 1", "Mũi 2"},
			[]any{"Lò Văn Nam", "05/03/2024", "Nam", "Lò Thị Hoa", "10/05/2024", "10/06/2024"},
		)
		for _, m := range [][2]string{{"A1", "A2"}, {"B1", "B2"}, {"E1", "F1"}} {
			err = errors.Join(err, f.MergeCell("Sheet1", m[0], m[1]))
		}
		return err
	})
	b := openBytes(t, "so.xlsx", data)
	m := guess(t, b)
	if m.HeaderFrom != 1 || m.Header != 2 {
		t.Errorf("header %d to %d", m.HeaderFrom, m.Header)
	}
	got := readAll(t, b, m, context())
	if len(got) != 1 || len(got[0].Doses) != 2 || len(got[0].Problems) != 0 || got[0].Doses[1].Order != 2 {
		t.Errorf("%+v", got)
	}
}

// TestUntitledDates: a date that stands in a column without a title is told of, and the row waits.
func TestUntitledDates(t *testing.T) {
	data := workbook(t, func(f *excelize.File) error {
		return setRows(f, "Sheet1", 1,
			[]any{"Họ và tên", "Ngày sinh", "Giới", "Họ tên mẹ", "BCG", nil, "Sởi 1"},
			[]any{"Lò Văn Nam", "05/03/2024", "Nam", "Lò Thị Hoa", "06/03/2024", date(2024, 6, 10), "10/12/2024", "11/12/2024", "gọi lại"},
		)
	})
	b := openBytes(t, "so.xlsx", data)
	got := readAll(t, b, guess(t, b), context())
	if len(got) != 1 || len(got[0].Problems) != 2 {
		t.Fatalf("%+v", got)
	}
	for i, column := range []string{"F", "H"} {
		if pr := got[0].Problems[i]; pr.Code != CodeColumnUntitled || pr.Column != column || pr.Row != 2 {
			t.Errorf("%+v", pr)
		}
	}
}

// TestNothingRuns: no text of a CSV file begins with what a spreadsheet would run, and every one is read as it was.
func TestNothingRuns(t *testing.T) {
	for _, text := range []string{"=1+1", "+84912345678", "-5", "@SUM(A1)", "'Bé", "bình thường"} {
		p := Person{}
		p.Subject.Name, p.Subject.BirthDate, p.Subject.BirthPrec, p.Subject.Note = "Mai", day(2024, 3, 5), registry.PrecisionDay, text
		var buf bytes.Buffer
		if err := WriteLong(&buf, CSV, each([]Person{p}), WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		for cell := range strings.FieldsFuncSeq(strings.TrimPrefix(buf.String(), "\ufeff"), func(r rune) bool { return strings.ContainsRune(",\r\n\"", r) }) {
			if strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("%q stands in the file", cell)
			}
		}
		if got := readText(t, buf.String())[0].Subject.Note; got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
