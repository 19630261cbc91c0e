package sheet

import (
	"strings"

	"tramy/internal/registry"
)

// header is where a sheet's titles stand and what they say.
type header struct {
	from, to int // rows, from 1
	titles   [][]string
	matches  []titleMatch
	score    int
}

// headerDepthMax is over how many rows a header may go.
const headerDepthMax = 3

// findHeader looks for the rows whose titles are those of a register: the ones in which most cells are
// recognised. False if there is none with at least two, one of them about a person.
func findHeader(rows []*row, spans []span, x *vaccineIndex) (header, bool) {
	var best header
	for i := range rows {
		for depth := 1; depth <= headerDepthMax && depth <= i+1; depth++ {
			if depth > 1 && rows[i].n-rows[i-depth+1].n > headerDepthMax {
				break
			}
			h := headerAt(rows[i-depth+1:i+1], spans, x)
			// A row more has to bring something, so that a title above is not taken for a part of the header.
			if h.score > best.score {
				best = h
			}
		}
	}
	person := false
	for _, m := range best.matches {
		if info := fieldsByName[m.field]; info != nil && info.person != nil && m.sure {
			person = true
		}
	}
	return best, person && best.score >= 2
}

func headerAt(rows []*row, spans []span, x *vaccineIndex) header {
	h := header{from: rows[0].n, to: rows[len(rows)-1].n}
	width := 0
	for _, r := range rows {
		width = max(width, len(r.cells))
	}
	for _, s := range spans {
		if s.top >= h.from && s.bottom <= h.to {
			width = max(width, min(s.right+1, ColumnsMax))
		}
	}
	lines := make([][]string, len(rows))
	for i, r := range rows {
		lines[i] = make([]string, width)
		for j := range r.cells {
			lines[i][j] = r.cells[j].text
		}
		if i < len(rows)-1 {
			spread(lines[i], r, rows[i+1], spans)
		}
	}
	for j := range width {
		parts := make([]string, 0, len(lines))
		for i := range lines {
			if t := readableTitle(lines[i][j]); t != "" {
				parts = append(parts, t)
			}
		}
		m := matchTitle(parts, x)
		h.titles = append(h.titles, parts)
		h.matches = append(h.matches, m)
	}
	// What the lowest row does not name is no column of its own, unless a merged cell reaches down to it. A row of titles
	// that divides the groups above it ("5 trong 1" over "Mũi 1", "Mũi 2") is a part of the header, and then those that
	// are not divided need not reach down: many forms merge only some of them.
	last := rows[len(rows)-1]
	divides := len(spans) == 0 || h.divided(last)
	for j := range width {
		if h.matches[j].sure && (divides || last.at(j).text != "" || reachesDown(spans, j, h.from, h.to)) {
			h.score++
		}
	}
	return h
}

// divided reports whether the lowest row tells the doses of a group apart that stands above it.
func (h *header) divided(last *row) bool {
	for j, m := range h.matches {
		if j > 0 && m.sure && m.field == FieldDose && last.at(j).text != "" && len(h.titles[j]) > 1 && len(h.titles[j-1]) > 1 &&
			h.titles[j][0] == h.titles[j-1][0] && m.vaccine == h.matches[j-1].vaccine {
			return true
		}
	}
	return false
}

// spread writes the title of a group over the columns it stands above: those of its merged range; where nothing is
// merged, the empty cells to its right that have a title below them.
func spread(line []string, r, below *row, spans []span) {
	merged := false
	for _, s := range spans {
		if s.top <= r.n && s.bottom >= r.n {
			for j := s.left; j <= s.right && j < len(line); j++ {
				if s.top == r.n {
					line[j] = r.at(s.left).text
				}
			}
			merged = true
		}
	}
	if merged {
		return
	}
	current := ""
	for j := range line {
		switch {
		case line[j] != "":
			current = line[j]
		case below.at(j).text == "":
			current = ""
		default:
			line[j] = current
		}
	}
}

func reachesDown(spans []span, column, from, to int) bool {
	for _, s := range spans {
		if s.left <= column && column <= s.right && s.top >= from && s.bottom >= to && s.top <= to {
			return true
		}
	}
	return false
}

// readableTitle brings a title into Unicode, whatever font it was written for.
func readableTitle(text string) string {
	return strings.Join(strings.Fields(decodeTitle(text)), " ")
}

// numbered reports whether a row below the titles only numbers the columns: 1, 2, 3… or (1), (2), (3)…
func numbered(r *row) bool {
	count := 0
	for i := range r.cells {
		f := registry.Fold(r.cells[i].text)
		if f == "" {
			continue
		}
		count++
		if f != numberText(i+1) && f != numberText(count) {
			return false
		}
	}
	return count >= 3
}
