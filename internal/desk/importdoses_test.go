package desk_test

import (
	"bytes"
	"fmt"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/sheet"
)

// TestDosesComeByNumber: a file of doses alone is keyed by codes and personal numbers; nobody is registered by it, a number that two people
// have gives to neither, and the same file twice changes nothing.
func TestDosesComeByNumber(t *testing.T) {
	tr := nodetest.New(t)
	ctx, d := t.Context(), tr.Station.Desk
	today := d.Today()
	code := map[string]string{}
	for _, x := range []struct{ name, number string }{{"Lò Thị Mai Chi", ""}, {"Cà Văn Mo", "014224001234"}, {"Vừ A Hai", "014224009999"}, {"Sùng A Khác", "014224009999"}} {
		id, _, err := d.Register(ctx, tr.Nurse, registry.SubjectInput{
			Place: tr.Commune, Name: x.name, MotherName: "Mẹ Của " + x.name, BirthDate: today - 200, Sex: registry.SexFemale, PersonalNo: x.number,
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := d.Open(ctx, tr.Nurse, id)
		if err != nil {
			t.Fatal(err)
		}
		code[x.name] = string(rec.Subject.Code)
	}
	on := func(days registry.Day) string { return (today - days).String() }
	file := "Mã sổ,Số định danh,Vắc xin,Ngày tiêm,Số lô\r\n" +
		fmt.Sprintf("%s,,BCG,%s,B-1\r\n%s,,5 trong 1,%s,P-7\r\n", code["Lò Thị Mai Chi"], on(190), code["Lò Thị Mai Chi"], on(130)) +
		fmt.Sprintf(",014224001234,BCG,%s,\r\n", on(180)) + // 2 people, 3 doses come in
		fmt.Sprintf(",014224009999,BCG,%s,\r\n", on(170)) + // of two people
		fmt.Sprintf(",014224007777,BCG,%s,\r\n", on(170)) + // nobody's
		fmt.Sprintf(",,BCG,%s,\r\n", on(160)) + // whose?
		fmt.Sprintf("%s,014224001234,BCG,%s,\r\n", code["Sùng A Khác"], on(150)) + // the code of one and the number of another: of two people
		fmt.Sprintf("%s,,BCG,%s,\r\n", code["Cà Văn Mo"], on(400)) // before birth
	take := func(dry bool) (desk.ImportCounts, map[string]int) {
		t.Helper()
		book, err := sheet.Open("mui.csv", bytes.NewReader([]byte(file)), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		names, err := d.VaccineNames(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m, err := book.Guess("", nil, names)
		if err != nil {
			t.Fatal(err)
		}
		if !m.DosesOnly() {
			t.Fatalf("taken for something else: %+v", m)
		}
		why := map[string]int{}
		counts, err := d.ImportBook(ctx, tr.Nurse, book, &m, desk.ImportOptions{File: "mui.csv", Dry: dry}, func(e desk.ImportedEntry, _ *desk.ImportCounts) error {
			for _, p := range e.Problems {
				why[string(p.Code)]++
			}
			for _, f := range e.Faults {
				why[string(f.Error.Code)]++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return counts, why
	}
	for _, dry := range []bool{true, false} {
		n, why := take(dry)
		if n.Completed != 2 || n.Doses != 3 || n.New != 0 || n.Fields != 0 || n.Refused != 5 {
			t.Errorf("dry %v: %+v %v", dry, n, why)
		}
		for code, n := range map[string]int{"same_several": 2, "same_unknown": 1, "who_missing": 1} {
			if why[code] != n {
				t.Errorf("dry %v: %s is said %d times of %v", dry, code, why[code], why)
			}
		}
	}
	if n, why := take(false); n.There != 2 || n.Doses+n.Fields+n.New+n.Completed != 0 {
		t.Errorf("again: %+v %v", n, why)
	}
}
