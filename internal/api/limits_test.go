package api

import (
	"fmt"
	"net/http/httptest"
	"testing"
)

func TestPageOfAListAtItsLimit(t *testing.T) {
	rows := make([]int, 2*pageMax)
	for i := range rows {
		rows[i] = i
	}
	for limit, ok := range map[int]bool{pageMax: true, pageMax + 1: false, 1: true, 0: false} {
		c := &Call{Request: httptest.NewRequest("GET", fmt.Sprint("/x?limit=", limit), nil)}
		page, err := PageOf(c, rows, func(n *int) string { return fmt.Sprintf("%06d", *n) })
		if (err == nil) != ok || ok && len(page.Items) != limit {
			t.Errorf("%d: %v", limit, err)
		}
	}
}
