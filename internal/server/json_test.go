package server

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestReadJSON(t *testing.T) {
	type in struct {
		Name  string `json:"name"`
		Count int    `json:"count"`
	}
	for _, c := range []struct{ contentType, body, typ, field string }{
		{"application/json", `{"name":"x","count":1}`, "", ""},
		{"application/json; charset=utf-8", ` {"name":"x"} `, "", ""},
		{"application/merge-patch+json", `{}`, "", ""},
		{"text/plain", `{}`, TypeMediaType, ""},
		{"", `{}`, TypeMediaType, ""},
		{"application/json", ``, TypeBadRequest, ""},
		{"application/json", `{`, TypeBadRequest, ""},
		{"application/json", `{} {}`, TypeBadRequest, ""},
		{"application/json", `{} x`, TypeBadRequest, ""},
		{"application/json", `{"nam":"x"}`, TypeBadRequest, "nam"},
		{"application/json", `{"count":"many"}`, TypeBadRequest, "count"},
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.contentType)
		var v in
		err := ReadJSON(r, &v)
		if c.typ == "" {
			if err != nil {
				t.Errorf("%q: %v", c.body, err)
			}
			continue
		}
		var p *Problem
		if !errors.As(err, &p) || p.Type != c.typ || p.Field != c.field {
			t.Errorf("%q as %q: %v", c.body, c.contentType, err)
		}
	}
}

func TestMemberNameAtItsLimit(t *testing.T) {
	for name, want := range map[string]string{
		strings.Repeat("a", memberNameMax):   strings.Repeat("a", memberNameMax),
		strings.Repeat("a", memberNameMax+1): "?",
		"next_date.on":                       "next_date.on",
		"Lò Thị Ánh":                         "?",
		"":                                   "?",
	} {
		if got := MemberName(name); got != want {
			t.Errorf("%q is repeated as %q, want %q", name, got, want)
		}
	}
}
