package node

import (
	"testing"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// TestPagesEndWithAnAct: however many rows have one number, a page takes all of them or none.
func TestPagesEndWithAnAct(t *testing.T) {
	rows := func(counts ...int) (out []store.RouteRow) {
		for i, n := range counts {
			for range n {
				out = append(out, store.RouteRow{Number: p.FeedNumber(i + 1)})
			}
		}
		return out
	}
	for _, c := range []struct {
		name  string
		feed  []store.RouteRow
		want  int
		ended bool
	}{
		{"nothing", nil, 0, true},
		{"all of it", rows(3, 4, 3), 10, true},
		{"up to the last whole act", rows(3, 4, 4), 7, false},
		{"an act that ends at the limit", rows(3, 7, 1), 10, false},
		{"one act larger than a page", rows(11, 40), 11, false},
		{"one act larger than four pages", rows(41, 200), 41, false},
		{"one act larger than many, the last", rows(5000), 5000, true},
		{"one act larger than many", rows(5000, 1, 9000), 5001, false},
	} {
		got, ended, err := wholeActs(func(limit int) ([]store.RouteRow, error) { return c.feed[:min(limit, len(c.feed))], nil }, 10)
		if err != nil || len(got) != c.want || ended != c.ended {
			t.Errorf("%s: %d rows, ended %v, %v", c.name, len(got), ended, err)
		}
	}
}
