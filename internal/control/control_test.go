package control_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tramy/internal/control"
)

type command func(ctx context.Context, req *control.Request, stdout, stderr io.Writer) int

// listen serves commands in dir until the test ends, and returns once it does.
func listen(t *testing.T, dir string, do command) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- control.Listen(ctx, dir, do) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("listening ended: %v", err)
		}
	})
	t.Cleanup(stop)
	waitFor(t, dir, done)
	return stop
}

// waitFor waits until a program serves commands in dir.
func waitFor(t testing.TB, dir string, done <-chan error) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range 10_000 {
		// The file may be there and not whole yet.
		if b, err := os.ReadFile(filepath.Join(dir, "control.json")); err == nil && bytes.HasSuffix(b, []byte("}")) {
			return
		}
		select {
		case err := <-done:
			t.Fatalf("not listening: %v", err)
		case <-tick.C:
		}
	}
	t.Fatal("nobody listens after 10 s")
}

func TestCommandReachesTheRunningProgram(t *testing.T) {
	dir := t.TempDir()
	listen(t, dir, func(_ context.Context, req *control.Request, stdout, stderr io.Writer) int {
		fmt.Fprintf(stdout, "%s %q %s", req.Dir, req.Args, req.Stdin)
		fmt.Fprint(stderr, "cảnh báo\xff")
		return len(req.Args)
	})
	for _, c := range []struct {
		args  []string
		stdin string
		out   string
		exit  int
	}{
		{[]string{"user", "passwd", "diên"}, "mật khẩu\n", `/home/hang ["user" "passwd" "diên"] mật khẩu` + "\n", 3},
		{nil, "", `/home/hang [] `, 0},
		{[]string{"x"}, strings.Repeat("lớn", 1<<20), `/home/hang ["x"] ` + strings.Repeat("lớn", 1<<20), 1},
	} {
		a, err := control.Send(t.Context(), dir, control.Request{Args: c.args, Stdin: []byte(c.stdin), Dir: "/home/hang"})
		if err != nil {
			t.Fatal(err)
		}
		if string(a.Stdout) != c.out || string(a.Stderr) != "cảnh báo\xff" || a.Exit != c.exit {
			t.Errorf("%q: exit %d, %.60q, %q", c.args, a.Exit, a.Stdout, a.Stderr)
		}
	}
}

func TestCommandsRunOneAtATime(t *testing.T) {
	dir := t.TempDir()
	entered, release := make(chan string, 8), make(chan struct{})
	listen(t, dir, func(_ context.Context, req *control.Request, _, _ io.Writer) int {
		entered <- req.Args[0]
		<-release
		return 0
	})
	first := make(chan error, 1)
	go func() {
		_, err := control.Send(context.Background(), dir, control.Request{Args: []string{"first"}})
		first <- err
	}()
	if got := <-entered; got != "first" {
		t.Fatalf("%s ran", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := control.Send(ctx, dir, control.Request{Args: []string{"second"}}); !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Errorf("a second command did not wait: %v", err)
	}
	if len(entered) != 0 {
		t.Errorf("%s ran beside the first", <-entered)
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
	if _, err := control.Send(t.Context(), dir, control.Request{Args: []string{"third"}}); err != nil {
		t.Errorf("a command after it: %v", err)
	}
}

// A program has its folder some moments before it can be called: a command given then waits for it.
func TestACommandWaitsForAProgramThatStarts(t *testing.T) {
	dir := t.TempDir()
	sent := make(chan error, 1)
	go func() {
		_, err := control.Send(context.Background(), dir, control.Request{})
		sent <- err
	}()
	listen(t, dir, func(context.Context, *control.Request, io.Writer, io.Writer) int { return 0 })
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestNobodyAnswers(t *testing.T) {
	dir := t.TempDir()
	nobody := func(what string) {
		t.Helper()
		if _, err := control.Send(t.Context(), dir, control.Request{}); !errors.Is(err, control.ErrNobody) {
			t.Errorf("%s: %v", what, err)
		}
	}
	nobody("no program was ever here")
	stop := listen(t, dir, func(context.Context, *control.Request, io.Writer, io.Writer) int { return 0 })
	path := filepath.Join(dir, "control.json")
	address, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the token: %v", info.Mode())
	}
	stop()
	nobody("the program has ended")
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its address is still there: %v", err)
	}
	for what, content := range map[string][]byte{"killed: its address is left": address, "half an address": address[:20], "nonsense": []byte("null")} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		nobody(what)
	}
	// Another program got the port of one that was killed.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler()}
	go srv.Serve(l)
	defer srv.Close()
	if err := os.WriteFile(path, fmt.Appendf(nil, `{"url":"http://%s","token":"x"}`, l.Addr()), 0o600); err != nil {
		t.Fatal(err)
	}
	if a, err := control.Send(t.Context(), dir, control.Request{}); err == nil {
		t.Errorf("a stranger's answer was taken: %+v", a)
	}
}

func TestOnlyWhoHoldsTheFolderMayCommand(t *testing.T) {
	dir := t.TempDir()
	listen(t, dir, func(context.Context, *control.Request, io.Writer, io.Writer) int {
		t.Error("a command ran")
		return 0
	})
	b, err := os.ReadFile(filepath.Join(dir, "control.json"))
	if err != nil {
		t.Fatal(err)
	}
	url := strings.Split(string(b), `"`)[3]
	token := strings.Split(string(b), `"`)[7]
	for _, c := range []struct{ method, token string }{{"POST", ""}, {"POST", "Bearer "}, {"POST", "Bearer " + token + "x"}, {"GET", "Bearer " + token}} {
		r, err := http.NewRequest(c.method, url, strings.NewReader(`{"args":["version"]}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", c.token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s with token %q: %d", c.method, c.token, resp.StatusCode)
		}
	}
}

// The program ends while a command runs: the command is told, and whoever gave it hears.
func TestProgramEndsDuringACommand(t *testing.T) {
	dir := t.TempDir()
	running := make(chan struct{})
	stop := listen(t, dir, func(ctx context.Context, _ *control.Request, _, _ io.Writer) int {
		close(running)
		<-ctx.Done()
		return 0
	})
	heard := make(chan error, 1)
	go func() {
		_, err := control.Send(context.Background(), dir, control.Request{})
		heard <- err
	}()
	<-running
	stop()
	if err := <-heard; !errors.Is(err, control.ErrNobody) {
		t.Errorf("the command heard %v", err)
	}
}

// What stands in the way of the address file does not end the program; commands reach it once it is gone.
func TestGoesOnWithoutRoomForItsAddress(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "control.json")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- control.Listen(ctx, dir, func(context.Context, *control.Request, io.Writer, io.Writer) int { return 0 })
	}()
	if _, err := control.Send(t.Context(), dir, control.Request{}); !errors.Is(err, control.ErrNobody) {
		t.Errorf("without an address: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 3000 {
		select {
		case err := <-done:
			t.Fatalf("it ended: %v", err)
		case <-tick.C:
		}
		if _, err := control.Send(t.Context(), dir, control.Request{}); err == nil {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			return
		}
	}
	t.Error("its address does not appear")
	cancel()
	<-done
}
