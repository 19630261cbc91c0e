package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tramy/internal/registry"
)

// A refusal says what is wrong and where, and not what was typed: who logs refusals must not log people.
func TestRefusalsRepeatNothingTyped(t *testing.T) {
	const name = "Vàng Thị Mẩy"
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/subjects", nil)
	fail(w, r, invalidProblem("fields.",
		registry.FieldError{Field: "birth_date", Code: registry.CodeDateUnreadable, Params: map[string]any{"text": name, "guess": registry.Day(19782)}},
		registry.FieldError{Field: "temperature", Code: registry.CodeTemperature, Params: map[string]any{"got": 3680, "min": 300, "max": 450, "guess": 368}},
	))
	var doc struct {
		Field  string
		Errors []Fault
	}
	body := w.Body.String()
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(body, "Mẩy") || strings.Contains(body, "2024") {
		t.Errorf("the refusal repeats what was typed: %s", body)
	}
	if doc.Field != "fields.birth_date" || len(doc.Errors) != 2 || !strings.Contains(doc.Errors[0].Message, "…") || !strings.Contains(doc.Errors[1].Message, "36,8") {
		t.Errorf("it does not say what is wrong: %s", body)
	}
}
