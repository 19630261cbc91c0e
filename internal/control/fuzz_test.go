package control_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"sync/atomic"
	"testing"

	"tramy/internal/control"
)

// FuzzRequest: whatever a local program with the token sends is a command, which arrives as it was given, or is
// refused; what serves commands goes on.
func FuzzRequest(f *testing.F) {
	for _, r := range []control.Request{{Args: []string{"user", "passwd", "diên"}, Stdin: []byte("mật khẩu\n"), Dir: "/"}, {}} {
		b, err := json.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"args":"x"}`))
	f.Add([]byte(`[`))
	dir := f.TempDir()
	var arrived atomic.Pointer[control.Request]
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- control.Listen(ctx, dir, func(_ context.Context, req *control.Request, _, _ io.Writer) int {
			arrived.Store(req)
			return 0
		})
	}()
	f.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			f.Errorf("listening ended: %v", err)
		}
	})
	waitFor(f, dir, done)
	var at struct{ URL, Token string }
	b, err := os.ReadFile(filepath.Join(dir, "control.json"))
	if err == nil {
		err = json.Unmarshal(b, &at)
	}
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		arrived.Store(nil)
		r, err := http.NewRequest(http.MethodPost, at.URL, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+at.Token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		got := arrived.Load()
		var want control.Request
		// What stands behind the command does not matter: there is none behind it.
		if err := json.NewDecoder(bytes.NewReader(body)).Decode(&want); err != nil {
			if resp.StatusCode != http.StatusBadRequest || got != nil {
				t.Fatalf("%q was taken for the command %+v, status %d", body, got, resp.StatusCode)
			}
			return
		}
		if resp.StatusCode != http.StatusOK || !reflect.DeepEqual(got, &want) {
			t.Fatalf("%q arrived as %+v, want %+v, status %d", body, got, want, resp.StatusCode)
		}
	})
}
