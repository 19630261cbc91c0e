package control_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramy/internal/control"
)

// A command sends its words and a file's content, up to a size.
func TestCommandAtItsLimit(t *testing.T) {
	dir := t.TempDir()
	ran := 0
	listen(t, dir, func(context.Context, *control.Request, io.Writer, io.Writer) int { ran++; return 0 })
	b, err := os.ReadFile(filepath.Join(dir, "control.json"))
	if err != nil {
		t.Fatal(err)
	}
	var at struct{ URL, Token string }
	if err := json.Unmarshal(b, &at); err != nil {
		t.Fatal(err)
	}
	for size, status := range map[int]int{control.BodyBytesMax: http.StatusOK, control.BodyBytesMax + 1: http.StatusBadRequest} {
		const around = `{"x":""}`
		r, err := http.NewRequest(http.MethodPost, at.URL, strings.NewReader(`{"x":"`+strings.Repeat("x", size-len(around))+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+at.Token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != status {
			t.Errorf("%d bytes: %d", size, resp.StatusCode)
		}
	}
	if ran != 1 {
		t.Errorf("%d commands ran", ran)
	}
}
