package faulty

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"tramy/internal/registry"
	"tramy/internal/synth"
)

// titles are those of form A2.1 as stations write them, and cells how they fill them in.
var titles = []string{
	"STT", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Họ tên mẹ", "Điện thoại mẹ", "Thôn/ấp/bản", "Xã/phường", "Số định danh",
	"Cân nặng lúc sinh (g)",
}

// doseTitles are the columns of doses, with what stands in them.
var doseTitles = []struct {
	title   string
	vaccine string
	dose    int
}{
	{"VGB ≤24h", "VGB0", 1},
	{"BCG", "BCG", 1},
	{"DPT-VGB-Hib 1", "DPT-VGB-HIB", 1},
	{"DPT-VGB-Hib 2", "DPT-VGB-HIB", 2},
	{"DPT-VGB-Hib 3", "DPT-VGB-HIB", 3},
	{"OPV 1", "BOPV", 1},
	{"OPV 2", "BOPV", 2},
	{"OPV 3", "BOPV", 3},
	{"IPV 1", "IPV", 1},
	{"IPV 2", "IPV", 2},
	{"Sởi 1", "SOI", 1},
	{"VNNB 1", "VNNB", 1},
	{"VNNB 2", "VNNB", 2},
	{"VNNB 3", "VNNB", 3},
	{"MR", "MR", 1},
	{"DPT 4", "DPT", 1},
}

// cell is what stands in one cell: a text, or a day if it is not 0.
type cell struct {
	text    string
	day     registry.Day
	formula string // with the text or day as its value
	empty   bool   // the formula's value is not in the file
}

func (c *cell) String() string {
	if c.day != 0 {
		return c.day.String()
	}
	return c.text
}

// table is a register on its way into a file.
type table struct {
	file   *File
	titles []string
	above  [][]cell // rows over the titles, the upper row of titles included
	rows   [][]cell
	merged []string // ranges
}

// Plant is one thing that is wrong on purpose.
type Plant struct {
	File   string
	Row    int    // from 1; 0: the file as a whole
	Column string // "D"; "" with Row 0
	Title  string // of the column
	What   string // as the file's name says, or more exactly
	Text   string // what stands there
}

// wide makes a register with a row a child.
func wide(f *File, people []*synth.Record, commune string) *table {
	t := &table{file: f, titles: append([]string(nil), titles...)}
	for _, d := range doseTitles {
		t.titles = append(t.titles, d.title)
	}
	for i, r := range people {
		in := &r.Subject
		sex := "Nam"
		if in.Sex == registry.SexFemale {
			sex = "Nữ"
		}
		row := []cell{
			{text: strconv.Itoa(i + 1)},
			{text: in.Name},
			{day: in.BirthDate},
			{text: sex},
			{text: in.Ethnic},
			{text: in.MotherName},
			{text: in.MotherPhone},
			{text: in.Hamlet},
			{text: commune},
			{text: in.PersonalNo},
			{text: strconv.Itoa(in.BirthWeight)},
		}
		for _, want := range doseTitles {
			var c cell
			for j := range r.Doses {
				if d := &r.Doses[j]; d.Given() && d.Vaccine == want.vaccine && d.Order == want.dose {
					c.day = d.GivenOn
				}
			}
			row = append(row, c)
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// long makes a register with a row a dose.
func long(f *File, people []*synth.Record) *table {
	t := &table{file: f, titles: []string{
		"Họ và tên", "Ngày sinh", "Giới tính", "Họ tên mẹ", "Điện thoại mẹ", "Thôn/ấp/bản", "Vắc xin", "Mũi số", "Ngày tiêm", "Số lô",
	}}
	for _, r := range people {
		in := &r.Subject
		sex := "Nam"
		if in.Sex == registry.SexFemale {
			sex = "Nữ"
		}
		for j := range r.Doses {
			d := &r.Doses[j]
			if !d.Given() || d.Order == 0 {
				continue
			}
			t.rows = append(t.rows, []cell{
				{text: in.Name},
				{day: in.BirthDate},
				{text: sex},
				{text: in.MotherName},
				{text: in.MotherPhone},
				{text: in.Hamlet},
				{text: d.Vaccine},
				{text: strconv.Itoa(d.Order)},
				{day: d.GivenOn},
				{text: d.Lot},
			})
		}
	}
	return t
}

// column returns the index of a title.
func (t *table) column(title string) int {
	for i := range t.titles {
		if t.titles[i] == title {
			return i
		}
	}
	panic("no column " + title)
}

func (t *table) at(row int, title string) *cell { return &t.rows[row][t.column(title)] }

// plant puts something wrong into a cell; row counts the rows below the titles from 0.
func (t *table) plant(row int, title, what string, c cell) {
	*t.at(row, title) = c
	t.blame(row, title, what)
}

// blame says that what stands in a cell is wrong.
func (t *table) blame(row int, title, what string) {
	t.file.Plants = append(t.file.Plants, Plant{
		File: t.file.Name, Row: len(t.above) + 2 + row, Column: letter(t.column(title)), Title: title, What: what, Text: t.at(row, title).String(),
	})
}

// dates calls fn with each cell that holds a day.
func (t *table) dates(fn func(row int, title string, c *cell)) {
	for i := range t.rows {
		for j := range t.rows[i] {
			if c := &t.rows[i][j]; c.day != 0 {
				fn(i, t.titles[j], c)
			}
		}
	}
}

func letter(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// csv writes the table as text; encode turns the whole text into bytes.
func (t *table) csv(w io.Writer, encode func(string) []byte) error {
	var text strings.Builder
	out := csv.NewWriter(&text)
	out.UseCRLF = true
	all := append([][]cell(nil), t.above...)
	head := make([]cell, len(t.titles))
	for i := range head {
		head[i].text = t.titles[i]
	}
	for _, row := range append(append(all, head), t.rows...) {
		texts := make([]string, len(row))
		for i := range row {
			texts[i] = row[i].String()
		}
		if err := out.Write(texts); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	_, err := w.Write(encode(text.String()))
	return err
}
