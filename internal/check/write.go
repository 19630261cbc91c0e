package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Errors of a check that found something; each says what to do.
var (
	ErrDamagedData = errors.New("data is damaged: give the command salvage, which sets this database aside and goes on with what is sound; the rest comes with the next exchange")
	ErrStaleRows   = errors.New("rows or figures do not follow from the states: give the command rebuild")
	ErrOther       = errors.New("faults were found that mend themselves with the next exchange, or need somebody who knows the program: give the command sync, then check again")
)

// Err returns what to do about the faults, nil if there is none.
func (r Report) Err() error {
	switch {
	case r.Faults() == 0:
		return nil
	case r.Damaged():
		return ErrDamagedData
	case r.Derived():
		return ErrStaleRows
	}
	return ErrOther
}

// Write prints a report: a line for each check, its faults and notes beneath.
func (r Report) Write(w io.Writer) error {
	for i := range r {
		f := &r[i]
		word := "ok"
		if f.Faults > 0 {
			word = fmt.Sprintf("%d FAULTS", f.Faults)
		}
		if _, err := fmt.Fprintf(w, "%-10s %-10s %9d %s (%v)\n", f.Name, word, f.Count, f.Looked, f.Took.Round(time.Millisecond)); err != nil {
			return err
		}
		for _, told := range f.Told {
			if _, err := fmt.Fprintf(w, "    %s\n", told); err != nil {
				return err
			}
		}
		if more := f.Faults - int64(len(f.Told)); more > 0 {
			if _, err := fmt.Fprintf(w, "    and %d more\n", more); err != nil {
				return err
			}
		}
		for _, note := range f.Notes {
			if _, err := fmt.Fprintf(w, "    note: %s\n", note); err != nil {
				return err
			}
		}
	}
	return nil
}

// WriteJSON prints a report for a program.
func (r Report) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// ProgressTo returns a Progress that keeps one line of a terminal up to date.
func ProgressTo(w io.Writer) func(name string, n int64) {
	var last time.Time
	return func(name string, n int64) {
		if time.Since(last) < 200*time.Millisecond {
			return
		}
		last = time.Now()
		fmt.Fprintf(w, "\r%-10s %9d\r", name, n)
	}
}
