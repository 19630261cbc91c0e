package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tramy/internal/pgtest"
	"tramy/internal/testport"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){program: main})
}

// TestScripts runs the commands as people give them; the scripts are in testdata/scripts/hub. tramy-hub is
// this test's own program, tramy-station is built.
func TestScripts(t *testing.T) { scripts(t, "hub", nil) }

// TestScriptsOnPostgreSQL is TestScripts of a hub whose data are in PostgreSQL.
func TestScriptsOnPostgreSQL(t *testing.T) {
	server := pgtest.Start(t)
	scripts(t, "postgres", map[string]string{"DATABASE": server.Database(t), "EMPTY": server.Database(t)})
}

func scripts(t *testing.T, folder string, vars map[string]string) {
	t.Helper()
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "tramy-station"), "tramy/cmd/tramy-station")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building tramy-station: %v\n%s", err, out)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("..", "..", "testdata", "scripts", folder),
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", bin+string(filepath.ListSeparator)+e.Getenv("PATH"))
			e.Setenv("HOME", e.WorkDir)
			for name, value := range vars {
				e.Setenv(name, value)
			}
			return nil
		},
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "await": await, "freeport": freeport, "json": isJSON, "save": save,
			"line": line, "register": register, "get": get, "until": until,
		},
	})
}

// exits N PROGRAM ARG… fails unless the program ends with that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program [arg...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var failed *exec.ExitError
	got := 0
	if errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\nstdout: %s\nstderr: %s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// await FILE waits until a program in the background has written it.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await file")
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for range 10_000 {
		if b, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && len(bytes.TrimSpace(b)) > 0 {
			return
		}
		<-tick.C
	}
	ts.Fatalf("%s is not there after 20 s", args[0])
}

// freeport NAME… puts an address on loopback that nobody listens on into each variable.
func freeport(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		address, err := testport.Free()
		ts.Check(err)
		ts.Setenv(name, address)
	}
}

// save NAME puts the last command's output, without its end of line, into a variable.
func save(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

// json FILE [TEXT…] fails unless the file is one JSON value that holds the texts.
func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	text := ts.ReadFile(args[0])
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil || v == nil {
		ts.Fatalf("%s is not JSON: %v\n%s", args[0], err, text)
	}
	for _, want := range args[1:] {
		if !strings.Contains(text, want) {
			ts.Fatalf("no %s in %s", want, text)
		}
	}
}
