package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"
)

// lines are the lines of the running scripts by the address at which they begin.
var lines = map[string]*atomic.Int64{}

// line FROM TO opens a line between two addresses that carries everything; line FROM cut N lets only N bytes up through each
// connection from then on, line FROM whole all again.
func line(ts *testscript.TestScript, neg bool, args []string) {
	switch {
	case neg || len(args) < 2:
		ts.Fatalf("usage: line from to, line from cut bytes, line from whole")
	case args[1] == "whole":
		lines[args[0]].Store(-1)
		return
	case args[1] == "cut":
		n, err := strconv.ParseInt(args[2], 10, 64)
		ts.Check(err)
		lines[args[0]].Store(n)
		return
	}
	left := &atomic.Int64{}
	left.Store(-1)
	lines[args[0]] = left
	l, err := net.Listen("tcp", args[0])
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go carry(near, args[1], left.Load())
		}
	}()
}

// carry passes bytes on in both directions, at most limit up if that is not negative.
func carry(near net.Conn, to string, limit int64) {
	defer near.Close()
	far, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer far.Close()
	down := make(chan struct{})
	go func() {
		defer close(down)
		_, _ = io.Copy(near, far)
		near.Close()
		_, _ = io.Copy(io.Discard, far) // what was sent up arrives, whatever is answered
	}()
	var up io.Reader = near
	if limit >= 0 {
		up = io.LimitReader(near, limit)
	}
	_, _ = io.Copy(far, up)
	near.Close()
	_ = far.(*net.TCPConn).CloseWrite()
	<-down
}

// register FILE N writes a register of N made-up children whose names do not repeat.
func register(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: register file n seed")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	seed, err := strconv.ParseUint(args[2], 10, 64)
	ts.Check(err)
	r := rand.New(rand.NewPCG(seed, 0))
	word := func() string {
		b := []byte{"BCDGHKLMNPQSTVX"[r.IntN(15)]}
		for range 4 + r.IntN(4) {
			b = append(b, "aeiouyngth"[r.IntN(10)])
		}
		return string(b)
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	w := csv.NewWriter(f)
	ts.Check(w.Write([]string{"STT", "Họ và tên", "Ngày sinh", "Giới tính", "Họ tên mẹ", "Thôn", "BCG"}))
	for i := range n {
		day := fmt.Sprintf("%02d/%02d/2025", 1+r.IntN(28), 1+r.IntN(11))
		ts.Check(w.Write([]string{strconv.Itoa(i + 1), word() + " " + word() + " " + word(), day, "Nam", word() + " " + word(), word(), ""}))
	}
	w.Flush()
	ts.Check(w.Error())
	ts.Check(f.Close())
}

// get STATUS URL FILE asks for a page and keeps it in a file.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: get status url file")
	}
	resp, err := http.Get(args[1])
	ts.Check(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), b, 0o600))
	if strconv.Itoa(resp.StatusCode) != args[0] {
		ts.Fatalf("status %d, want %s:\n%s", resp.StatusCode, args[0], strings.TrimSpace(string(b)))
	}
}

// until TEXT PROGRAM ARG… gives a command until its output holds a text: what a line that broke has brought is taken in a moment
// after who sent it knows that it broke.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until text program [arg...]")
	}
	for range 200 {
		ts.Check(ts.Exec(args[1], args[2:]...))
		if strings.Contains(ts.ReadFile("stdout"), args[0]) {
			return
		}
	}
	ts.Fatalf("no %q in %s", args[0], ts.ReadFile("stdout"))
}
