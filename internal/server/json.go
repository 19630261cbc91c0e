package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// ReadJSON reads a request's body into v: one JSON value, nothing after it, and no member that v does not
// have (a misspelt name would otherwise be a field left empty). It fails with a *Problem.
func ReadJSON(r *http.Request, v any) error {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" && !strings.HasSuffix(t, "+json") {
		return NewProblem(TypeMediaType).Param("want", "application/json")
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, err = d.Token(); err == nil {
			err = errors.New("more than one value")
		} else if errors.Is(err, io.EOF) {
			return nil
		}
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	p := NewProblem(TypeBadRequest)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		// The error's own text may quote what was sent.
		return p.At(wrong.Field).Because(fmt.Errorf("want %s, got %s", wrong.Type, wrong.Value))
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return p.At(MemberName(strings.Trim(name, `"`))).Because(errors.New("unknown member"))
	}
	return p.Because(err)
}

// memberNameMax is the longest name of a member that an answer repeats.
const memberNameMax = 40

// MemberName is the name of a member that nobody knows, as an answer may repeat it: "?" for one that is no identifier, but what
// somebody typed that stands in the wrong place.
func MemberName(name string) string {
	if len(name) > memberNameMax || name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != "" {
		return "?"
	}
	return name
}

// WriteJSON answers with v. A value that JSON cannot hold is a fault of ours and becomes TypeInternal.
func WriteJSON(w http.ResponseWriter, r *http.Request, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		WriteProblem(w, r, fmt.Errorf("answer: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the caller may be gone; there is nobody to tell
}
