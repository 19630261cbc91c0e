package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){program: main})
}

// TestScripts runs the commands as people give them; the scripts are in testdata/scripts/station. Each
// finds codes of a real hub in CODE, CODE2 and EXPIRED, and a damaged one in MISTYPED.
func TestScripts(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	code := func(hub bool) string {
		role := registry.NodeStation
		if hub {
			role = registry.NodeHub
		}
		c, err := tr.Hub.NewCode(t.Context(), tr.Admin, tr.Facility, role)
		if err != nil {
			t.Fatal(err)
		}
		text, err := c.Text()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	expired := code(false)
	tr.Clock().Add(8 * 24 * 3600e9)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("..", "..", "testdata", "scripts", "station"),
		Setup: func(e *testscript.Env) error {
			good := code(false)
			e.Setenv("CODE", good)
			e.Setenv("CODE2", code(false))
			e.Setenv("HUBCODE", code(true))
			e.Setenv("EXPIRED", expired)
			e.Setenv("MISTYPED", strings.Replace(good, good[20:22], "ZZ", 1))
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "await": await, "json": isJSON,
		},
	})
}
