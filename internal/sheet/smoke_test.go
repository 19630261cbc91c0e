package sheet

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tramy/internal/registry"
)

func testDay(y, m, d int) registry.Day {
	day, err := registry.NewDay(y, time.Month(m), d)
	if err != nil {
		panic(err)
	}
	return day
}

var testToday = testDay(2026, 11, 27)

func openText(t *testing.T, text string) *Book {
	t.Helper()
	b, err := Open("x.csv", strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSmoke(t *testing.T) {
	b := openText(t, "SỔ TIÊM CHỦNG CƠ BẢN\n\nSTT;Họ và tên;Ngày sinh;Giới;Tên mẹ;SĐT;Thôn/ấp/bản;BCG;VGB<24h;5in1 m1;ComBE Five 2;OPV1;Sởi 1;MR;DPT4\n"+
		"1;Lò Thị Mai;05/03/2024;Nữ;Lò Thị Hoa;0912345678;Bản Mòn;06/03/2024;05/03/2024;10/05/2024;x;10/05/2024;25/12/2024;;31/02/2025\n")
	m, err := b.Guess("", nil, VaccineNames(registry.Vaccines()))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Columns {
		t.Log(c)
	}
	err = b.Read(m, ReadContext{Today: testToday, Vaccines: VaccineNames(registry.Vaccines())}, func(e *Entry) error {
		t.Logf("%+v", e)
		for _, p := range e.Problems {
			t.Log(p.Row, p.Column, p.Title, p.Text, p.Key(), p.Args())
		}
		var buf bytes.Buffer
		people := func(y func(*Person, error) bool) { y(&e.Person, nil) }
		if err := WriteWide(&buf, CSV, people, WriteOptions{Vaccines: registry.Vaccines(), Lots: true}); err != nil {
			return err
		}
		t.Log(buf.String())
		buf.Reset()
		if err := WriteLong(&buf, CSV, people, WriteOptions{}); err != nil {
			return err
		}
		t.Log(buf.String())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
