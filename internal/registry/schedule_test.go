package registry

import (
	"errors"
	"strings"
	"testing"
)

func TestScheduleKeepsItsFileLetterByLetter(t *testing.T) {
	for name, file := range map[string]string{
		"short":                 "schedule: vn\n",
		"many lines":            strings.Repeat("  - vaccine: BCG  # lao\r\n", 1000),
		"one line":              strings.Repeat("ế", 5000),
		"as large as it may be": strings.Repeat("x", ScheduleFileBytesMax),
	} {
		draft, err := NewSchedule(ScheduleInput{Code: "vn", From: 20000, File: file})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := ScheduleOf(stateOf(draft, 1))
		if got.File != file || got.Code != "vn" || got.From != 20000 {
			t.Errorf("%s: %d bytes came back of %d", name, len(got.File), len(file))
		}
		for _, part := range cutFile(file) {
			if len(part) > schedulePartBytes {
				t.Errorf("%s: a part of %d bytes", name, len(part))
			}
		}
	}
}

func TestScheduleRefused(t *testing.T) {
	good := ScheduleInput{Code: "vn", From: 20000, File: "x"}
	for name, c := range map[string]struct {
		change func(*ScheduleInput)
		field  string
		code   Code
	}{
		"no code":     {func(in *ScheduleInput) { in.Code = " " }, "code", CodeRequired},
		"no file":     {func(in *ScheduleInput) { in.File = "" }, "file", CodeRequired},
		"no date":     {func(in *ScheduleInput) { in.From = 0 }, "from", CodeRequired},
		"reversed":    {func(in *ScheduleInput) { in.Until = in.From }, "until", CodePeriodReversed},
		"one byte up": {func(in *ScheduleInput) { in.File = strings.Repeat("x", ScheduleFileBytesMax+1) }, "file", CodeTextTooLong},
	} {
		in := good
		c.change(&in)
		_, err := NewSchedule(in)
		var errs Errors
		if !errors.As(err, &errs) || !errs.Has(c.field, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
