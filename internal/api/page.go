package api

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"

	"tramy/internal/registry"
	"tramy/internal/server"
)

// Sizes of a page of a list.
const (
	pageDefault = 100
	pageMax     = 500
)

// Page is one page of a list. Next is empty on the last one.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// PageOf cuts the page that a call asks for (?cursor=&limit=) out of rows, in order of their keys. The
// cursor is the last key that was given, so a list that changes between two pages loses and repeats
// nothing that stood still.
func PageOf[T any](c *Call, rows []T, key func(*T) string) (*Page[T], error) {
	query := c.URL.Query()
	limit := pageDefault
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > pageMax {
			return nil, server.NewProblem(server.TypeBadRequest).At("limit")
		}
		limit = n
	}
	after, err := base64.RawURLEncoding.DecodeString(query.Get("cursor"))
	if err != nil {
		return nil, server.NewProblem(server.TypeBadRequest).At("cursor")
	}
	slices.SortStableFunc(rows, func(a, b T) int { return cmp.Compare(key(&a), key(&b)) })
	at, found := slices.BinarySearchFunc(rows, string(after), func(r T, k string) int { return cmp.Compare(key(&r), k) })
	if found {
		at++
	}
	page := &Page[T]{Items: rows[at:min(at+limit, len(rows))]}
	if page.Items == nil {
		page.Items = []T{}
	}
	if at+limit < len(rows) {
		page.Next = base64.RawURLEncoding.EncodeToString([]byte(key(&page.Items[limit-1])))
	}
	return page, nil
}

// Day reads a date from the query, the given one if there is none.
func (c *Call) Day(name string, otherwise registry.Day) (registry.Day, error) {
	text := c.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	day, ok := parseDay(text)
	if !ok {
		return 0, invalid(name, registry.CodeDateUnreadable, "text", text)
	}
	return day, nil
}
