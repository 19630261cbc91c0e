package thermometer

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tramy/internal/registry"
	"tramy/internal/sheet"
)

var today = registry.Today(time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC), 0)

func file(t testing.TB, text string) Source {
	t.Helper()
	b, err := sheet.Open("log.csv", bytes.NewReader([]byte(text)), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(int, []string) error) error { return b.Rows("", yield) }
}

// Files as different makers' loggers write them tell the same three days.
func TestFilesOfManyMakers(t *testing.T) {
	want := []string{
		"24/11/2026 to 23:30: 3.9 to 8.6, 3 readings, 0 below, 105 above",
		"25/11/2026 to 12:00: -0.6 to 4.2, 2 readings, 30 below, 0 above",
	}
	for name, text := range map[string]string{
		"date and time apart": "Serial,A1\nModel,X\n\nNo.,Date,Time,Temperature (°C)\n1,24/11/2026,22:30,3.9\n2,24/11/2026,22:45,8.6\n3,24/11/2026,23:30:00,8.1\n4,25/11/2026,11:30,-0.6\n5,25/11/2026,12:00,4.2\n",
		"one column, commas":  "Thời gian;Nhiệt độ °C;Báo động\n24/11/2026 22:30;3,9;\n24/11/2026 22:45;8,6;H\n24/11/2026 23:30;8,1;H\n25/11/2026 11:30;-0,6;L\n25/11/2026 12:00;4,2;\n",
		"ISO, newest first":   "Timestamp\tTemperature\n2026-11-25T12:00:00\t4.2 °C\n2026-11-25T11:30:00\t-0.6 °C\n2026-11-24T23:30:00\t8.1 °C\n2026-11-24T22:45:00\t8.6 °C\n2026-11-24T22:30:00\t3.9 °C\n",
		"Fahrenheit, month first, noon and night": "Device: L\nDate/Time,Temp (°F),Humidity\n11/24/2026 10:30:00 PM,39.02,40\n11/24/2026 10:45:00 PM,47.48,40\n11/24/2026 11:30:00 PM,46.58,40\n" +
			"11/25/2026 11:30:00 AM,30.92,41\n11/25/2026 12:00:00 PM,39.56,41\n",
		"month in letters": "Index,Date,Time,Temp.\n1,24-Nov-2026,22:30,3.9\n2,24-Nov-2026,22:45,8.6\n3,24-Nov-2026,23:30,8.1\n4,25-Nov-26,11:30,-0.6\n5,25-Nov-26,12:00,4.2\n",
	} {
		t.Run(name, func(t *testing.T) {
			log, err := Read(file(t, text), 20, 80, today)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range log.Days {
				got = append(got, fmt.Sprintf("%s to %s: %.1f to %.1f, %d readings, %d below, %d above", d.Day, d.Last, float64(d.Lowest)/10, float64(d.Highest)/10, d.Readings, d.Below, d.Above))
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// Where both orders are dates, a logger did not skip months between two readings.
func TestDayOrMonthFirst(t *testing.T) {
	log, err := Read(file(t, "Date,Time,Temp\n11/01/2026,23:30,4\n11/02/2026,00:30,4\n11/03/2026,01:00,4\n"), 20, 80, today)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(log.Days); n != 3 || log.Days[0].Day.String() != "01/11/2026" || log.Days[2].Day.String() != "03/11/2026" {
		t.Errorf("%d days: %+v", n, log.Days)
	}
}

func TestWhatIsNoLog(t *testing.T) {
	for _, c := range []struct {
		name, text string
		is         func(error) bool
	}{
		{"a register", "Họ tên,Ngày sinh,Mẹ\nLò Mai,24/11/2026,Lò Thị Hoa\n", func(err error) bool {
			var e *UnknownError
			return errors.As(err, &e) && strings.Join(e.Titles, "|") == "Họ tên|Ngày sinh|Mẹ"
		}},
		{"no time", "No,Temperature\n1,4.6\n", func(err error) bool { var e *UnknownError; return errors.As(err, &e) }},
		{"a time that is none", "Time,Temp\n24/11/2026 22:30,3.9\n25h,4.0\n", func(err error) bool {
			var e *LineError
			return errors.As(err, &e) && e.Row == 3 && e.Text == "25h"
		}},
		{"no reading", "Time,Temp\n", func(err error) bool { var e *EmptyError; return errors.As(err, &e) }},
		{"a clock ahead", "Time,Temp\n28/11/2026 00:00,3.9\n", func(err error) bool {
			var e *FutureError
			return errors.As(err, &e) && e.Day == today+1
		}},
	} {
		if _, err := Read(file(t, c.text), 20, 80, today); !c.is(err) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A sensor that was pulled out leaves rows without degrees: they are counted, and the rest is read.
func TestRowsWithoutDegrees(t *testing.T) {
	log, err := Read(file(t, "Time,Temp\n24/11/2026 22:30,3.9\n24/11/2026 22:45,---\n24/11/2026 23:00,\n24/11/2026 23:15,999\n24/11/2026 23:15,4\nEnd of file,\n"), 20, 80, today)
	if err != nil || log.Skipped != 3 || log.Days[0].Readings != 2 {
		t.Errorf("%+v, %v", log, err)
	}
}

func TestReadingsAtTheirLimit(t *testing.T) {
	src := func(n int) Source {
		return func(yield func(int, []string) error) error {
			if err := yield(1, []string{"Time", "Temp"}); err != nil {
				return err
			}
			begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
			for i := range n {
				if err := yield(i+2, []string{begin.Add(time.Duration(i) * time.Minute).Format("02/01/2006 15:04"), "4"}); err != nil {
					return err
				}
			}
			return nil
		}
	}
	if _, err := Read(src(ReadingsMax), 20, 80, today); err != nil {
		t.Error(err)
	}
	var e *TooLongError
	if _, err := Read(src(ReadingsMax+1), 20, 80, today); !errors.As(err, &e) {
		t.Errorf("one more: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Time,Temp\n24/11/2026 22:30,3.9\n")
	f.Add("Date;Time;°F\n1/2/26;3:04 PM;40\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows := strings.Split(text, "\n")
		log, err := Read(func(yield func(int, []string) error) error {
			for i, r := range rows {
				if err := yield(i+1, strings.FieldsFunc(r, func(c rune) bool { return c == ',' || c == ';' })); err != nil {
					return err
				}
			}
			return nil
		}, 20, 80, today)
		if err != nil {
			return
		}
		for i, d := range log.Days {
			if d.Lowest > d.Highest || d.Readings < 1 || d.Below+d.Above > 24*60+60 || d.Day > today || i > 0 && d.Day <= log.Days[i-1].Day {
				t.Errorf("%+v", d)
			}
		}
	})
}
