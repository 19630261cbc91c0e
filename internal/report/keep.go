package report

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// KeptBytesMax is how much a month's reports may be before they are packed: what a hostile machine wrote is not unpacked without end.
const KeptBytesMax = 1 << 20

// Kept is a report as it was handed in.
type Kept struct {
	Form  string
	Paper *Paper
}

// ErrNotKept says that what was kept cannot be read, or is not what it says it is.
var ErrNotKept = errors.New("the report that was kept is damaged")

// Pack writes reports so that they can be kept, and the SHA-256 of their words by which it is known that they are the same.
func Pack(list []Kept) (packed []byte, hash string, err error) {
	text, err := json.Marshal(list)
	if err != nil {
		return nil, "", fmt.Errorf("keep reports: %w", err)
	}
	if len(text) > KeptBytesMax {
		return nil, "", fmt.Errorf("keep reports: %d bytes, more than %d", len(text), KeptBytesMax)
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, "", fmt.Errorf("keep reports: %w", err)
	}
	if _, err = z.Write(text); err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, "", fmt.Errorf("keep reports: %w", err)
	}
	sum := sha256.Sum256(text)
	return b.Bytes(), hex.EncodeToString(sum[:]), nil
}

// Unpack reads what Pack wrote. What does not have its hash is ErrNotKept: it is not shown as what was handed in.
func Unpack(packed []byte, hash string) ([]Kept, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotKept, err)
	}
	text, err := io.ReadAll(io.LimitReader(z, KeptBytesMax+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotKept, err)
	}
	if len(text) > KeptBytesMax {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrNotKept, KeptBytesMax)
	}
	sum := sha256.Sum256(text)
	if hex.EncodeToString(sum[:]) != hash {
		return nil, fmt.Errorf("%w: it has another hash", ErrNotKept)
	}
	var out []Kept
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotKept, err)
	}
	out = slices.DeleteFunc(out, func(k Kept) bool { return k.Paper == nil })
	return out, nil
}

// Change is one number or word of a report that is another now than when it was handed in.
type Change struct {
	Table, Row, Column string
	Was, Now           string // "" where the row was not there, or is not any more
}

// Changes are what is in a report now and was not when it was handed in, by table, row and column. Rows and columns are known by their words.
func Changes(was, now *Paper) (out []Change) {
	tables := func(x *Paper) []PaperTable {
		return append([]PaperTable{{Title: x.Title, Columns: x.Columns, Rows: x.Rows}}, x.More...)
	}
	old, made := tables(was), tables(now)
	for i := range old {
		at := slices.IndexFunc(made, func(t PaperTable) bool { return t.Title == old[i].Title })
		if i == 0 {
			at = 0
		}
		if at >= 0 { // what is only in what was kept, the reasons of differences, is not made again
			out = append(out, tableChanges(&old[i], &made[at])...)
		}
	}
	return out
}

func tableChanges(was, now *PaperTable) (out []Change) {
	before, names := rowsByName(was)
	after, more := rowsByName(now)
	for _, name := range more {
		if before[name] == nil {
			names = append(names, name)
		}
	}
	var columns []string
	for _, t := range []*PaperTable{was, now} {
		for _, c := range t.Columns {
			if h := c.Heading(); !slices.Contains(columns, h) {
				columns = append(columns, h)
			}
		}
	}
	for _, name := range names {
		for _, c := range columns {
			if x, y := before[name][c], after[name][c]; x != y {
				out = append(out, Change{Table: was.Title, Row: name, Column: c, Was: x, Now: y})
			}
		}
	}
	return out
}

// rowsByName are the cells of rows by their headings, under what names a row: its words before the first number, or, of a list that begins
// with a number, all that is in it.
func rowsByName(t *PaperTable) (rows map[string]map[string]string, names []string) {
	rows = map[string]map[string]string{}
	for _, cells := range t.Rows {
		var words []string
		for i, c := range t.Columns {
			if i < len(cells) && cells[i] != "" && !c.Number {
				words = append(words, cells[i])
			}
		}
		name := strings.Join(words, ", ")
		for n := 2; rows[name] != nil; n++ {
			name = fmt.Sprintf("%s (%d)", strings.Join(words, ", "), n)
		}
		rows[name] = map[string]string{}
		for i, c := range t.Columns {
			if i < len(cells) && (c.Number || len(t.Columns) == 1) {
				rows[name][c.Heading()] = cells[i]
			}
		}
		names = append(names, name)
	}
	return rows, names
}
