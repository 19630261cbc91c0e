package sheet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tramy/internal/registry"
)

func TestReadDate(t *testing.T) {
	d := registry.PrecisionDay
	m, y := registry.PrecisionMonth, registry.PrecisionYear
	for _, c := range []struct {
		text  string
		order DateOrder
		want  registry.Day
		prec  registry.Precision
		code  registry.Code
	}{
		{"05/03/2024", DayMonth, day(2024, 3, 5), d, ""},
		{"5/3/2024", DayMonth, day(2024, 3, 5), d, ""},
		{"5-3-2024", DayMonth, day(2024, 3, 5), d, ""},
		{"5.3.2024", DayMonth, day(2024, 3, 5), d, ""},
		{"05 03 2024", DayMonth, day(2024, 3, 5), d, ""},
		{"05032024", DayMonth, day(2024, 3, 5), d, ""},
		{"5032024", DayMonth, day(2024, 3, 5), d, ""},
		{"20240305", DayMonth, day(2024, 3, 5), d, ""},
		{"20122012", DayMonth, day(2012, 12, 20), d, ""},
		{"2024-03-05", DayMonth, day(2024, 3, 5), d, ""},
		{"2024/3/5", MonthDay, day(2024, 3, 5), d, ""},
		{"2024-03-05T00:00:00", DayMonth, day(2024, 3, 5), d, ""},
		{"5/3/2024 08:30:00", DayMonth, day(2024, 3, 5), d, ""},
		{"5/3/24", DayMonth, day(2024, 3, 5), d, WarnYear},
		{"5/3/58", DayMonth, day(1958, 3, 5), d, WarnYear},
		{"05 tháng 3 năm 2024", DayMonth, day(2024, 3, 5), d, ""},
		{"ngày 5 Tháng 3 Năm 2024", DayMonth, day(2024, 3, 5), d, ""},
		{"tháng 3 năm 2024", DayMonth, day(2024, 3, 1), m, ""},
		{"3/2024", DayMonth, day(2024, 3, 1), m, ""},
		{"2024-03", DayMonth, day(2024, 3, 1), m, ""},
		{"2019", DayMonth, day(2019, 1, 1), y, ""},
		{"năm 2019", DayMonth, day(2019, 1, 1), y, ""},
		{"45356", DayMonth, day(2024, 3, 5), d, WarnSerial},
		{"03/25/2024", MonthDay, day(2024, 3, 25), d, ""},
		{"03/04/2024", MonthDay, day(2024, 3, 4), d, ""},
		{"25/03/2024", OrderMixed, day(2024, 3, 25), d, ""},
		{"03/25/2024", OrderMixed, day(2024, 3, 25), d, ""},
		{"04/04/2024", OrderMixed, day(2024, 4, 4), d, ""},
		{"29/02/2024", DayMonth, day(2024, 2, 29), d, ""},

		{"03/25/2024", DayMonth, 0, 0, CodeDateSwapped},
		{"25/03/2024", MonthDay, 0, 0, CodeDateSwapped},
		{"03/04/2024", OrderMixed, 0, 0, CodeDateAmbiguous},
		{"31/02/2025", DayMonth, 0, 0, registry.CodeDateImpossible},
		{"29/02/2023", DayMonth, 0, 0, registry.CodeDateImpossible},
		{"00/03/2024", DayMonth, 0, 0, registry.CodeDateImpossible},
		{"5/3", DayMonth, 0, 0, registry.CodeDateUnreadable},
		{"2030", DayMonth, 0, 0, registry.CodeDateUnreadable},
		{"5/3/202", DayMonth, 0, 0, registry.CodeDateUnreadable},
		{"x", DayMonth, 0, 0, registry.CodeDateUnreadable},
		{"", DayMonth, 0, 0, registry.CodeDateUnreadable},
	} {
		got := readDate(cell{text: c.text}, c.order, DateCellsRight, today)
		if got.prec != c.prec || got.code != c.code || got.ok() && got.day != c.want {
			t.Errorf("%q as %s: %s %s %q, want %s %s %q", c.text, c.order, got.day, got.prec, got.code, c.want, c.prec, c.code)
		}
	}
}

// TestSwappedNamesBothReadings: whoever mends the row sees what it may have meant.
func TestSwappedNamesBothReadings(t *testing.T) {
	entries := readText(t, "Họ và tên,Ngày sinh,BCG\nMai,25/12/2023,26/12/2023\nLan,13/02/2024,02/14/2024\n")
	pr := problemAt(entries[1], CodeDateSwapped)
	if pr == nil || pr.Row != 3 || pr.Column != "C" || pr.Text != "02/14/2024" || pr.Params["read"] != day(2024, 2, 14) || len(entries[0].Problems) > 0 {
		t.Fatalf("%+v", entries[1].Problems)
	}
}

// TestOrderOfTheFile: the order of day and month is what the file shows.
func TestOrderOfTheFile(t *testing.T) {
	head := "Họ và tên,Ngày sinh,BCG\n"
	rows := func(dates ...string) string {
		var b strings.Builder
		for _, d := range dates {
			b.WriteString("Mai,05/05/2020," + d + "\n")
		}
		return head + b.String()
	}
	for _, c := range []struct {
		name, text string
		want       DateOrder
		sure       bool
	}{
		{"shows nothing", rows("03/04/2024", "04/05/2024"), DayMonth, false},
		{"day first", rows("25/04/2024", "04/05/2024"), DayMonth, true},
		{"month first", rows("04/25/2024", "05/26/2024", "04/05/2024"), MonthDay, true},
		{"both", rows("04/25/2024", "05/26/2024", "25/04/2024", "26/04/2024"), OrderMixed, false},
		{"one slip", rows("04/25/2024", "25/04/2024", "26/04/2024", "27/04/2024"), DayMonth, true},
	} {
		b := openBytes(t, c.name, []byte(c.text))
		m := guess(t, b)
		if m.DateOrder != c.want || m.OrderSure != c.sure {
			t.Errorf("%s: %s, sure %v", c.name, m.DateOrder, m.OrderSure)
		}
	}
	// What was remembered of an equal header counts only where the file itself is silent.
	silent := openBytes(t, "x", []byte(rows("03/04/2024")))
	m := guess(t, silent)
	m.DateOrder = MonthDay
	if again, err := silent.Guess("", []Mapping{m}, names); err != nil || again.DateOrder != MonthDay {
		t.Errorf("%v %v", again.DateOrder, err)
	}
	speaks := openBytes(t, "x", []byte(rows("25/04/2024")))
	if again, err := speaks.Guess("", []Mapping{m}, names); err != nil || again.DateOrder != DayMonth {
		t.Errorf("%v %v", again.DateOrder, err)
	}
}

// TestSerials holds Excel's numbers against days, and the day it has too many against none.
func TestSerials(t *testing.T) {
	for serial, want := range map[float64]registry.Day{61: day(1900, 3, 1), 45356: day(2024, 3, 5), 25569: 0, 73050: day(2099, 12, 31)} {
		if got, ok := fromSerial(serial, false); !ok || got != want {
			t.Errorf("%v: %s", serial, got)
		}
	}
	for _, serial := range []float64{-1, 0, 60, 73051, 1e300} {
		if got, ok := fromSerial(serial, false); ok {
			t.Errorf("%v: %s", serial, got)
		}
	}
	if c := serialClock(45356.5); c != registry.NewClock(12, 0) {
		t.Errorf("%s", c)
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"05/03/2024", "2024-03-05T08:30", "ngày 5 tháng 3 năm 2024", "3/2024", "45356", "5/3/24 8h30"} {
		f.Add(s, uint8(0))
	}
	f.Fuzz(func(t *testing.T, text string, order uint8) {
		o := []DateOrder{DayMonth, MonthDay, OrderMixed}[order%3]
		d := readDate(cell{text: text}, o, DateCellsRight, today)
		if !d.ok() {
			if d.code == "" {
				t.Fatalf("%q: no date and no reason", text)
			}
			return
		}
		if d.prec != registry.PrecisionDay {
			return
		}
		// What was read is written so that it is read again, in any order.
		for _, o := range []DateOrder{DayMonth, MonthDay, OrderMixed} {
			if again := readDate(cell{text: d.day.ISO()}, o, DateCellsRight, today); again.day != d.day {
				t.Fatalf("%q is %s, but %s is %s", text, d.day, d.day.ISO(), again.day)
			}
		}
	})
}

// TestDoubtfulDateCells: typed day first into an Excel that puts the month first, 03/04 became a date, of the 4th of
// March, and 25/04 stayed text. Such cells are asked about, not believed.
func TestDoubtfulDateCells(t *testing.T) {
	data := workbook(t, func(f *excelize.File) error {
		if err := setRows(f, "Sheet1", 1, []any{"Họ và tên", "Ngày sinh", "BCG"}); err != nil {
			return err
		}
		for i := range suspectLeast {
			// The 3rd of a month typed as 03/0n became the nth of March.
			if err := setRows(f, "Sheet1", 2+i, []any{"Mai", date(2024, 3, 6+i), fmt.Sprintf("%d/%02d/2024", 20+i, 6+i)}); err != nil {
				return err
			}
		}
		return nil
	})
	b := openBytes(t, "x", data)
	m := guess(t, b)
	if m.DateCells != DateCellsDoubtful {
		t.Fatalf("%q", m.DateCells)
	}
	e := readAll(t, b, m, context())[0]
	if pr := problemAt(e, CodeDateCell); pr == nil || pr.Params["first"] != day(2024, 3, 6) || pr.Params["second"] != day(2024, 6, 3) || pr.Column != "B" {
		t.Errorf("%+v", e.Problems)
	}
	m.DateCells = DateCellsSwapped
	if e := readAll(t, b, m, context())[0]; len(e.Problems) > 0 || e.Subject.BirthDate != day(2024, 6, 3) {
		t.Errorf("swapped: %+v", e)
	}
	m.DateCells = DateCellsRight
	if e := readAll(t, b, m, context())[0]; len(e.Problems) > 0 || e.Subject.BirthDate != day(2024, 3, 6) {
		t.Errorf("right: %+v", e)
	}
}
