package bench

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Bound is what is promised (must) and wanted (aim); zero means that nothing is. A figure meets a bound
// if it is at most that, or, AtLeast, at least that.
type Bound struct {
	Must    float64 `json:"must,omitempty"`
	Aim     float64 `json:"aim,omitempty"`
	AtLeast bool    `json:"at_least,omitempty"`
}

// Row is one figure.
type Row struct {
	Work    string  `json:"work"`
	Measure string  `json:"measure"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit,omitempty"`
	Bound   `json:"bound"`
	Note    string `json:"note,omitempty"`
}

// Verdict says which bound a figure meets: "aim", "must", "missed" (there is a must, or only an aim, and it
// is not met), or "" where there is none.
func (r *Row) Verdict() string {
	meets := func(bound float64) bool {
		if r.AtLeast {
			return r.Value >= bound
		}
		return r.Value <= bound
	}
	switch {
	case r.Must == 0 && r.Aim == 0:
		return ""
	case r.Aim != 0 && meets(r.Aim):
		return "aim"
	case r.Must != 0 && meets(r.Must):
		return "must"
	}
	return "missed"
}

// Report is the figures of one run.
type Report struct {
	Title string `json:"title"`
	Work  Work   `json:"work"`
	Rows  []Row  `json:"rows"`
}

func (r *Report) add(work, measure string, value float64, unit string, b Bound, note string) {
	r.Rows = append(r.Rows, Row{Work: work, Measure: measure, Value: value, Unit: unit, Bound: b, Note: note})
}

// Find returns the row of a work and measure, nil if there is none.
func (r *Report) Find(work, measure string) *Row {
	for i := range r.Rows {
		if r.Rows[i].Work == work && r.Rows[i].Measure == measure {
			return &r.Rows[i]
		}
	}
	return nil
}

// Missed returns the rows that do not meet their must.
func (r *Report) Missed() []Row {
	return slices.DeleteFunc(slices.Clone(r.Rows), func(row Row) bool { return row.Verdict() != "missed" })
}

// WriteText writes the report as a table for people.
func (r *Report) WriteText(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "%s: %d children, %d doses, %d edits, %d concurrent\n\n",
		r.Title, r.Work.Children, r.Work.Doses, r.Work.Edits, r.Work.Concurrent); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "work\tmeasure\tmeasured\tmust\taim\tmeets\tnote")
	for i := range r.Rows {
		row := &r.Rows[i]
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", row.Work, row.Measure, number(row.Value, row.Unit),
			row.text(row.Must), row.text(row.Aim), row.Verdict(), row.Note)
	}
	return t.Flush()
}

func (r *Row) text(bound float64) string {
	switch {
	case bound == 0:
		return "–"
	case r.AtLeast:
		return "≥ " + number(bound, r.Unit)
	}
	return "≤ " + number(bound, r.Unit)
}

// number prints a figure with its thousands apart and no more digits than mean something.
func number(v float64, unit string) string {
	s := fmt.Sprintf("%.0f", v)
	if v != float64(int64(v)) {
		s = fmt.Sprintf("%.3g", v)
		if v >= 1000 {
			s = fmt.Sprintf("%.0f", v)
		}
	}
	whole, rest, dot := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if dot {
		whole += "." + rest
	}
	if unit != "" {
		whole += " " + unit
	}
	return whole
}

// WriteJSON writes the report for programs, with the verdicts.
func (r *Report) WriteJSON(w io.Writer) error {
	type row struct {
		Row
		Meets string `json:"meets,omitempty"`
	}
	out := struct {
		Title string `json:"title"`
		Work  Work   `json:"work"`
		Rows  []row  `json:"rows"`
	}{r.Title, r.Work, nil}
	for i := range r.Rows {
		out.Rows = append(out.Rows, row{r.Rows[i], r.Rows[i].Verdict()})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func sortBy[T any, K cmp.Ordered](s []T, key func(T) K) {
	slices.SortStableFunc(s, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}
