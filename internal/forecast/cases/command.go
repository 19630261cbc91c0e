package cases

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"tramy/internal/forecast"
)

// Command is the command line "forecast" of both programs; the tags are kong's.
type Command struct {
	Schedule string `help:"Id of a schedule in the program (vn-2026-02), our own .yaml file, or a folder with CDSi supporting data (XML)." placeholder:"PATH" required:""`
	Cases    string `help:"The cases: one JSON object a line, or a .txt file in words." placeholder:"FILE" required:""`
	JSON     bool   `help:"Print one JSON object a case." name:"json"`
	Compare  bool   `help:"Compare with what the cases expect; exit code 1 if one fails."`
	Known    string `help:"JSON object whose keys are ids of cases that may fail." placeholder:"FILE"`
}

// Help is shown below the flags.
func (Command) Help() string {
	return "Each case is a person: birth date, sex, doses, observations, and the day to look from. Needs no data folder.\n\n" +
		"Example, hold the engine against published cases:\n\n" +
		"  forecast --schedule supporting-data/ --cases cases.jsonl --compare\n" +
		"  forecast --schedule vn-2026-02 --cases testdata/schedule/dtp.txt --compare\n\n" +
		"A case that names a schedule of the program itself is asked under that one.\n\n" +
		"A line: {\"id\": \"1\", \"dob\": \"2025-01-31\", \"sex\": \"F\", \"assessment_date\": \"2025-06-01\", \"observations\": [], " +
		"\"doses\": [{\"date\": \"2025-03-31\", \"cvx\": \"20\"}]}"
}

// errFailed is returned after everything was printed.
var errFailed = errors.New("not all cases are well")

// Run runs the command. Lines that cannot be used are said and passed over; the error at the end counts them. The
// summary of a comparison goes to errs where out is for programs.
func (c *Command) Run(out, errs io.Writer) error {
	s, err := LoadSchedule(c.Schedule)
	if err != nil {
		return err
	}
	known := map[string]json.RawMessage{}
	if c.Known != "" {
		b, err := os.ReadFile(c.Known)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(b, &known); err != nil {
			return fmt.Errorf("%s: write a JSON object whose keys are ids of cases: %w", c.Known, err)
		}
	}
	f, err := os.Open(c.Cases)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(out)
	sum := summary{groups: map[string]*tally{}}
	own := &engines{other: s, made: map[*forecast.Schedule]*forecast.Engine{}}
	result := new(forecast.Result)
	lines := Lines
	if strings.HasSuffix(c.Cases, ".txt") {
		lines = TextLines
	}
	err = lines(f, func(n int, line []byte, err error) error {
		var one *Case
		var a *Answer
		if err == nil {
			var p *forecast.Patient
			if one, p, err = Parse(line); err == nil {
				a, err = own.ask(one, p, result)
			}
		}
		if err != nil {
			sum.bad++
			return c.printError(w, n, one, err)
		}
		if c.Compare {
			_, may := known[one.ID]
			sum.add(one, a, may)
		}
		return c.print(w, one, a)
	})
	if err != nil {
		return err
	}
	if c.Compare && !c.JSON {
		sum.print(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if c.Compare && c.JSON {
		sum.print(errs)
	}
	if sum.bad > 0 || sum.failed > 0 {
		return fmt.Errorf("%w: %d failed, %d lines cannot be used", errFailed, sum.failed, sum.bad)
	}
	return nil
}

// Lines calls do for each line that is not empty, with its number from 1. A line that is too long comes as an
// error, and the rest goes on.
func Lines(r io.Reader, do func(n int, line []byte, err error) error) error {
	b := bufio.NewReaderSize(r, 1<<16)
	var line []byte
	for n := 1; ; n++ {
		line = line[:0]
		long := false
		var err error
		for {
			var part []byte
			part, err = b.ReadSlice('\n')
			if len(line)+len(bytes.TrimRight(part, "\r\n")) > LineBytesMax {
				long = true
			} else if !long {
				line = append(line, part...)
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		text := bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff")))
		var stop error
		switch {
		case long:
			stop = do(n, nil, &Error{Text: fmt.Sprintf("longer than %d bytes: split the case", LineBytesMax)})
		case len(text) > 0:
			stop = do(n, text, nil)
		}
		if stop != nil {
			return stop
		}
		if err != nil {
			return nil
		}
	}
}

func (c *Command) printError(w io.Writer, n int, one *Case, err error) error {
	id := ""
	if one != nil {
		id = one.ID
	}
	if c.JSON {
		return json.NewEncoder(w).Encode(map[string]any{"line": n, "id": id, "error": err.Error()})
	}
	if id != "" {
		id = " (" + id + ")"
	}
	_, err = fmt.Fprintf(w, "line %d%s: %v\n", n, id, err)
	return err
}

func (c *Command) print(w io.Writer, one *Case, a *Answer) error {
	if c.JSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(a)
	}
	if c.Compare {
		_, err := fmt.Fprintf(w, "%-5s %-14s %s\n", a.Verdict, a.ID, one.Name)
		for _, d := range a.Differs {
			fmt.Fprintf(w, "      %s\n", d)
		}
		return err
	}
	fmt.Fprintf(w, "%s  %s\n", a.ID, one.Name)
	for i, d := range a.Doses {
		fmt.Fprintf(w, "  dose %-3d %s  %-4s %-12s %s\n", d.N, one.Doses[i].Date, one.Doses[i].CVX, d.Status, strings.Join(d.Reasons, "; "))
	}
	fmt.Fprintf(w, "  %-22s %-9s %-16s %-5s %-11s %-12s %s\n", "GROUP", "SERIES", "STATUS", "DOSE", "EARLIEST", "RECOMMENDED", "PAST DUE")
	names := make([]string, 0, len(a.Forecast))
	for name := range a.Forecast {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		list := a.Several[name]
		if list == nil {
			list = []Due{a.Forecast[name]}
		}
		for _, d := range list {
			fmt.Fprintf(w, "  %-22s %-9s %-16s %-5s %-11s %-12s %s\n", name, d.SeriesType, d.Status, dash(d.Dose), dash(d.Earliest), dash(d.Recommended), dash(d.PastDue))
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

func dash[T any](p *T) string {
	if p == nil {
		return "-"
	}
	return fmt.Sprint(*p)
}
