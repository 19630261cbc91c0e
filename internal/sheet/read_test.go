package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tramy/internal/registry"
)

// TestProblemsNameTheCell: each kind of bad cell is told with its row, column and text, and nothing is made of it.
func TestProblemsNameTheCell(t *testing.T) {
	const head = "Họ và tên,Ngày sinh,Giới tính,SĐT,Số định danh,BCG,OPV 1,Xã/phường\n"
	filler := strings.Repeat("Lò Thị Đúng,13/03/2024,Nữ,0912345678,,14/03/2024,20/05/2024,\n", 3)
	for _, c := range []struct {
		row, column string
		code        registry.Code
		warning     bool
	}{
		{"Mai,31/02/2024,Nữ,,,,,", "B", registry.CodeDateImpossible, false},
		{"Mai,05/03/2027,Nữ,,,,,", "B", registry.CodeBirthFuture, false},
		{"Mai,05/03/1824,Nữ,,,,,", "B", registry.CodeBirthTooOld, false},
		{"Mai,,Nữ,,,,,", "B", registry.CodeBirthRequired, false},
		{",05/03/2024,Nữ,,,,,", "A", registry.CodeRequired, false},
		{"Mai,05/03/2024,?,,,,,", "C", CodeChoiceText, false},
		{"Mai,05/03/2024,Nữ,,,x,,", "F", CodeDoseUndated, false},
		{"Mai,05/03/2024,Nữ,,,đã tiêm,,", "F", CodeDoseUndated, false},
		{"Mai,05/03/2024,Nữ,,,có,,", "F", CodeDoseUndated, false},
		{"Mai,05/03/2024,Nữ,,,3/2024,,", "F", CodeDoseDatePart, false},
		{"Mai,05/03/2024,Nữ,,,2024,,", "F", CodeDoseDatePart, false},
		{"Mai,05/03/2024,Nữ,,,04/03/2024,,", "F", registry.CodeDoseBeforeBirth, false},
		{"Mai,05/03/2024,Nữ,,,05/03/2027,,", "F", registry.CodeDoseFuture, false},
		{"Mai,05/03/1940,Nữ,,,05/03/1949,,", "F", CodeDatePast, false},
		{"Mai,05/03/2024,Nữ,,,03/25/2024,,", "F", CodeDateSwapped, false},
		{"Mai,05/03/2024,Nữ,,,1: 05/03/2024; 2: 07/04/2024,,", "F", CodeSeveralDates, false},
		{"Mai,05/03/2024,Nữ,,,hẹn 05/03/2025,,", "F", registry.CodeDateUnreadable, false},
		{"Mai,05/03/2024,Nữ,,,#REF!,,", "F", CodeCellError, false},
		{"Mai,05/03/2024,Nữ,12345,,,,", "D", WarnKeptInNote, true},
		{"Mai,05/03/2024,Nữ,0912345678/0987654321,,,,", "D", WarnSecondPhone, true},
		{"Mai,05/03/2024,Nữ,,14224001234,,,", "E", WarnZeroAdded, true},
		{"Mai,05/03/2024,Nữ,,123456789,,,", "E", WarnKeptInNote, true},
		{"Mai,05/03/2024,Nam,,014324001234,,,", "E", registry.WarnPersonalSex, true},
		{"Mai,05/03/2024,Nữ,,,từ chối,,", "F", WarnNotDone, true},
		{"Mai,05/03/2024,Nữ,,,KTC,,", "F", WarnNotDone, true},
		{"Mai,05/03/2024,Nữ,,,chống chỉ định,,", "F", WarnNotDone, true},
		{"Mai,05/03/2024,Nữ,,,5/4/24,,", "F", WarnYear, true},
		{"Mai,05/03/2024,Nữ,,,,,Xã Khác", "H", CodeAnotherCommune, false},
	} {
		b := openBytes(t, "x", []byte(head+filler+c.row+"\n"))
		ctx := context()
		ctx.Communes = []string{"Xã Tà Xùa", "03880"}
		entries := readAll(t, b, guess(t, b), ctx)
		e := entries[len(entries)-1]
		pr := problemAt(e, c.code)
		if pr == nil || pr.Column != c.column || pr.Row != 5 || pr.Sheet != "CSV" || (len(e.Problems) == 0) != c.warning || len(e.Problems) > 1 {
			t.Errorf("%s: problems %v, warnings %v", c.row, e.Problems, e.Warnings)
			continue
		}
		cells := strings.Split(c.row, ",")
		if want := cells[c.column[0]-'A']; pr.Text != want && !strings.HasPrefix(want, "05/03") && pr.Code != registry.CodeDoseBeforeBirth {
			t.Errorf("%s: text %q", c.row, pr.Text)
		}
		for _, d := range e.Doses {
			if d.GivenOn == 0 {
				t.Errorf("%s: a dose without a day", c.row)
			}
		}
	}
}

// TestNothingGoesMissing: what has no field of its own stands in the note or the contraindications.
func TestNothingGoesMissing(t *testing.T) {
	e := readText(t, "Họ và tên,Ngày sinh,SĐT,Số định danh,Cân nặng,PAB,BCG,OPV 1,IPV 1,MR,Rota 1,Ghi chú\n"+
		"Mai,05/03/2024,12345,123456789,\"3,2\",có,chống chỉ định,hoãn,từ chối 05/08/2024,06/03/2026 (DV),06/05/2024 BV Nhi,con đầu\n")[0]
	for _, want := range []string{"SĐT: 12345", "Số định danh: 123456789", "Bảo vệ uốn ván sơ sinh: có", "OPV 1: hoãn", "con đầu"} {
		if !strings.Contains(e.Subject.Note, want) {
			t.Errorf("note %q lacks %q", e.Subject.Note, want)
		}
	}
	if e.Subject.Contraindications != "BCG: chống chỉ định" || e.Subject.BirthWeight != 3200 || len(e.Problems) > 0 || len(e.Doses) != 3 {
		t.Fatalf("%+v %v", e, e.Problems)
	}
	ipv, mr, rota := e.Doses[0], e.Doses[1], e.Doses[2]
	if ipv.NotDone != registry.NotDoneRefused || ipv.GivenOn != day(2024, 8, 5) || mr.Programme != registry.ProgrammePaid || rota.PlaceName != "BV Nhi" {
		t.Errorf("%+v", e.Doses)
	}
}

const longHead = "Mã đối tượng,Họ và tên,Ngày sinh,Họ tên mẹ,Vắc xin,Mũi,Ngày tiêm,Số lô,HSD,Cơ sở tiêm\n"

// TestLongLayout gathers the rows of a person wherever they stand, and those without a name under the one above.
func TestLongLayout(t *testing.T) {
	entries := readText(t, longHead+
		"2024000001,Mai,05/03/2024,Hoa,BCG,1,06/03/2024,A1,05/2025,TYT\n"+
		",Lan,06/03/2024,Huệ,Quinvaxem,,10/05/2024,,,\n"+
		"2024000001,Mai,05/03/2024,Hoa,OPV 1,,10/05/2024,A2,,TYT\n"+
		",,,,SII,2,10/06/2024,,,\n"+
		",Lan,06/03/2024,Huệ,Hexaxim,3,10/07/2024,,,\n"+
		",Không Mũi,07/03/2024,Cúc,,,,,,\n"+
		"\n"+
		",,,,,,Ngày 5 tháng 1 năm 2025,,,\n"+
		",,,,Trạm trưởng,,,,,\n"+
		",Tổng cộng,,,5,,,,,\n"+
		",,,,BCG,1,08/03/2024,,,\n")
	if len(entries) != 4 || problemAt(entries[3], registry.CodeRequired) == nil {
		t.Fatalf("%d entries", len(entries))
	}
	show := func(e *Entry) string {
		out := fmt.Sprint(e.Subject.Name, e.Rows, codes(e.Problems))
		for _, d := range e.Doses {
			out += " " + d.Vaccine + numberText(d.Order) + "@" + d.GivenOn.ISO()
		}
		return out
	}
	for i, want := range []string{
		"Mai[2 4 5] BCG1@2024-03-06 BOPV1@2024-05-10 DPT-VGB-HIB2@2024-06-10",
		"Lan[3 6] DPT-VGB-HIB@2024-05-10 HEXA3@2024-07-10",
		"Không Mũi[7]",
		"[12]B:required C:birth_required BCG1@2024-03-08",
	} {
		if got := show(entries[i]); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if d := entries[0].Doses[0]; d.Expires != day(2025, 5, 31) || d.PlaceName != "TYT" || d.Lot != "A1" {
		t.Errorf("%+v", d)
	}
}

// TestLongProblems: what a row of a dose lacks is told at its cell.
func TestLongProblems(t *testing.T) {
	for _, c := range []struct {
		row, column string
		code        registry.Code
	}{
		{"2024000001,Mai,05/03/2024,Hoa,Quivaxen,1,06/03/2024,,,", "E", CodeVaccineName},
		{"2024000001,Mai,05/03/2024,Hoa,,1,06/03/2024,,,", "E", CodeVaccineMissing},
		{"2024000001,Mai,05/03/2024,Hoa,BCG,1,,,,", "G", CodeDoseDateMissing},
		{"2024000001,Mai,05/03/2024,Hoa,BCG,1,x,,,", "G", CodeDoseUndated},
		{"2024000001,Mai,05/03/2024,Hoa,BCG,1,04/03/2024,,,", "G", registry.CodeDoseBeforeBirth},
		{"2024000001,Lan,05/03/2024,Hoa,BCG,1,06/03/2024,,,", "B", CodeRowsDisagree},
		{"2024000001,Mai,05/03/2024,Hoa,BCG,1,06/03/2024,,05/1950,", "I", registry.CodeExpiresRange},
	} {
		entries := readText(t, longHead+"2024000001,Mai,05/03/2024,Hoa,MR,1,06/03/2026,,,\n"+c.row+"\n")
		pr := problemAt(entries[0], c.code)
		if pr == nil || pr.Row != 3 || pr.Column != c.column || len(entries[0].Problems) != 1 {
			t.Errorf("%s: %v", c.row, entries[0].Problems)
		}
		if c.code == CodeVaccineName && !strings.Contains(fmt.Sprint(pr.Params["near"]), "5 trong 1") {
			t.Errorf("near %v", pr.Params)
		}
	}
}

// TestForeignRegister: a file in which most rows name another commune is refused as a whole, unless that is wanted.
func TestForeignRegister(t *testing.T) {
	text := "Họ và tên,Ngày sinh,Địa chỉ\n"
	for i := range 10 {
		commune := "xã Háng Đồng"
		if i >= 8 {
			commune = "Xã TÀ XÙA"
		}
		text += fmt.Sprintf("Lò Thị %d,05/03/2024,\"Bản Mòn, %s, tỉnh Sơn La\"\n", i, commune)
	}
	b := openBytes(t, "x", []byte(text))
	m := guess(t, b)
	ctx := context()
	ctx.Communes = []string{"Xã Tà Xùa"}
	err := b.Read(m, ctx, func(*Entry) error { t.Error("somebody was read"); return errTest })
	var foreign *ForeignRegisterError
	if !errors.As(err, &foreign) || foreign.Rows != 8 || foreign.Of != 10 || foreign.Name != "xã Háng Đồng" {
		t.Errorf("%v", err)
	}
	ctx.AllowForeign = true
	entries := readAll(t, b, m, ctx)
	if len(entries) != 10 || entries[0].Commune != "xã Háng Đồng" || entries[0].Subject.Hamlet != "Bản Mòn" || len(entries[0].Problems) > 0 {
		t.Errorf("%+v", entries[0])
	}
}

// TestRejectedComesBack: the file of rejected rows, mended, is read as the file it came from, in both formats; the
// order of dates and the answer about a duplicate are kept.
func TestRejectedComesBack(t *testing.T) {
	// Month first: 04/25 shows it, and the rejected row alone would not.
	text := "SỔ TIÊM CHỦNG\nHọ và tên,Ngày sinh,BCG,Viêm gan B,\n,,,≤24h,>24h\nLan,04/25/2024,04/26/2024,,\nCúc,05/26/2024,,,\nMai,04/05/2024,x,04/06/2024,\n"
	b := openBytes(t, "x", []byte(text))
	m := guess(t, b)
	entries := readAll(t, b, m, context())
	if m.DateOrder != MonthDay || len(entries) != 3 || problemAt(entries[2], CodeDoseUndated) == nil {
		t.Fatalf("%s %+v", m.DateOrder, entries)
	}
	mai := entries[2]
	mai.Cells[0][2] = "04/07/2024" // mended
	rejected := []Rejected{{Cells: mai.Cells, Reason: "Cột C: chưa biết ngày.", SameAs: "mới"}}
	for _, format := range []Format{CSV, XLSX} {
		var buf bytes.Buffer
		if err := WriteRejected(&buf, format, m, each(rejected)); err != nil {
			t.Fatal(err)
		}
		again := openBytes(t, "rejected", buf.Bytes())
		m2 := guess(t, again)
		if m2.Fingerprint != m.Fingerprint {
			t.Errorf("%s: another fingerprint: %+v", format, m2.Columns)
		}
		got := readAll(t, again, m2, context())
		if len(got) != 1 || len(got[0].Problems) > 0 || got[0].SameAs != SameAsNew || got[0].Subject.BirthDate != day(2024, 4, 5) || len(got[0].Doses) != 2 || got[0].Doses[0].GivenOn != day(2024, 4, 7) {
			t.Errorf("%s: %+v", format, got[0])
		}
		// A second round keeps two columns, not four.
		if m2.index(FieldReason) < 0 || m2.index(FieldSameAs) < 0 {
			t.Errorf("%s: the added columns are not known", format)
		}
		buf.Reset()
		if err := WriteRejected(&buf, format, m2, each([]Rejected{{Cells: got[0].Cells, Reason: "khác"}})); err != nil {
			t.Fatal(err)
		}
		m3 := guess(t, openBytes(t, "rejected", buf.Bytes()))
		if len(m3.Columns) != len(m2.Columns) {
			t.Errorf("%s: %d columns, then %d", format, len(m2.Columns), len(m3.Columns))
		}
	}
}

// TestAnswerAboutDuplicates: a code with right check digits or "mới"; anything else is told.
func TestAnswerAboutDuplicates(t *testing.T) {
	entries := readText(t, "Họ và tên,Ngày sinh,Trùng với\nA,05/03/2024,Mới\nB,05/03/2024,0000 0000 0000 0098\nC,05/03/2024,0000000000000099\n")
	if entries[0].SameAs != SameAsNew || entries[1].SameAs != "0000000000000098" || problemAt(entries[2], CodeSameAsUnclear) == nil {
		t.Errorf("%+v", entries)
	}
}

// TestRememberedMapping: what a person decided about a header is taken for the next file with the same.
func TestRememberedMapping(t *testing.T) {
	const text = "Họ và tên,Ngày sinh,Cột lạ\nMai,05/03/2024,Bản Mòn\n"
	b := openBytes(t, "x", []byte(text))
	m := guess(t, b)
	if m.Columns[2].Field != "" || m.Columns[2].Sure {
		t.Fatalf("%+v", m.Columns[2])
	}
	m.Columns[2].Field = "hamlet"
	again, err := b.Guess("", []Mapping{m}, names)
	if err != nil || again.Columns[2].Field != "hamlet" || !again.Columns[2].Sure {
		t.Errorf("%+v %v", again.Columns, err)
	}
	other := openBytes(t, "x", []byte("Họ và tên,Ngày sinh,Cột khác\nMai,05/03/2024,Bản Mòn\n"))
	if again, err := other.Guess("", []Mapping{m}, names); err != nil || again.Columns[2].Field != "" {
		t.Errorf("%+v %v", again.Columns, err)
	}
}

// TestMappingIsChecked: a mapping that somebody broke says which column.
func TestMappingIsChecked(t *testing.T) {
	b := openBytes(t, "x", []byte(manyHead+manyRow))
	for _, c := range []struct {
		change func(*Mapping)
		field  string
		n      int
	}{
		{func(m *Mapping) { m.Columns[0].Field = "" }, "name", 0},
		{func(m *Mapping) { m.Columns[1].Field = "" }, "birth_date", 0},
		{func(m *Mapping) { m.Columns[1].Field = "name" }, "name", 2},
		{func(m *Mapping) { m.Layout = Long }, FieldVaccine, 0},
		{func(m *Mapping) { m.Columns[0].Field = "nonsense" }, "nonsense", 0},
		{func(m *Mapping) { m.Columns[0].Field = FieldDose }, FieldVaccine, 0},
	} {
		m := guess(t, b)
		c.change(&m)
		var broken *MappingError
		if err := b.Read(m, context(), func(*Entry) error { return nil }); !errors.As(err, &broken) || broken.Field != c.field || len(broken.Columns) != c.n {
			t.Errorf("%v, want %s", err, c.field)
		}
	}
}

// TestErrorsOfOthersComeThrough: what a caller returns is what it gets back.
func TestErrorsOfOthersComeThrough(t *testing.T) {
	b := openBytes(t, "x", []byte(manyHead+manyRow))
	if err := b.Read(guess(t, b), context(), func(*Entry) error { return errTest }); !errors.Is(err, errTest) {
		t.Errorf("yield: %v", err)
	}
	bad := func(yield func(*Person, error) bool) { yield(nil, errTest) }
	for _, f := range []Format{CSV, XLSX} {
		if err := WriteWide(&bytes.Buffer{}, f, bad, WriteOptions{}); !errors.Is(err, errTest) {
			t.Errorf("%s wide: %v", f, err)
		}
		if err := WriteLong(&bytes.Buffer{}, f, bad, WriteOptions{}); !errors.Is(err, errTest) {
			t.Errorf("%s long: %v", f, err)
		}
	}
}
