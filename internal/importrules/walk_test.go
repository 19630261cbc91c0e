package importrules

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "tramy"

// violations returns what breaks the rules in a source tree, one line each.
func violations(root fs.FS) (lines []string, packages map[string]bool, err error) {
	packages = map[string]bool{}
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := path.Base(name); name != "." && (base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		from := strings.TrimPrefix(path.Dir(name), "internal/")
		if !packages[from] {
			packages[from] = true
			if _, ok := mayImport[from]; !ok {
				lines = append(lines, fmt.Sprintf("%s: package %s has no row in internal/importrules", name, from))
			}
		}
		if _, ok := mayImport[from]; !ok {
			return nil // said once is enough
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := forbidden(from, imported, strings.HasSuffix(name, "_test.go")); why != "" {
				lines = append(lines, fmt.Sprintf("%s imports %s: %s", name, imported, why))
			}
		}
		return nil
	})
	slices.Sort(lines)
	return lines, packages, err
}

// forbidden says why a package may not import another, "" if it may.
func forbidden(from, imported string, test bool) string {
	ours, isOurs := strings.CutPrefix(imported, module+"/")
	ours = strings.TrimPrefix(ours, "internal/")
	if isOurs && ours == from {
		return ""
	}
	for what, where := range onlyIn {
		hit := imported == what || strings.HasPrefix(imported, what+"/")
		if isOurs {
			hit = ours == what
		}
		if !hit {
			continue
		}
		if has(where, from) || test && has(where, "tests") {
			return ""
		}
		return "only in " + where
	}
	if isOurs {
		row := mayImport[from]
		if row == anything || has(row, ours) || test && has(testsMayImport[from], ours) {
			return ""
		}
		return "not in the row of " + from
	}
	if !test && has(pure, from) && slices.Contains(pureForbids, imported) {
		return from + " is pure"
	}
	return ""
}

func has(list, name string) bool { return slices.Contains(strings.Fields(list), name) }

// moduleRoot is the folder with go.mod.
func moduleRoot(t *testing.T) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}

func TestImports(t *testing.T) {
	lines, packages, err := violations(os.DirFS(moduleRoot(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		t.Error(line)
	}
	for _, must := range []string{"syncproto", "registry", "rights", "server", "importrules"} {
		if !packages[must] {
			t.Errorf("package %s was not seen: the walk went wrong", must)
		}
	}
}

// The table itself must have no cycle, or two packages could each be right and not build together.
func TestTableHasNoCycle(t *testing.T) {
	const visiting, done = 1, 2
	seen := map[string]int{}
	var visit func(name string, trail []string)
	visit = func(name string, trail []string) {
		switch seen[name] {
		case done:
			return
		case visiting:
			t.Fatalf("cycle: %s -> %s", strings.Join(trail, " -> "), name)
		}
		seen[name] = visiting
		for _, to := range strings.Fields(mayImport[name]) {
			if _, ok := mayImport[to]; !ok && to != anything {
				t.Errorf("row %s names %s, which has no row", name, to)
			}
			if to != name {
				visit(to, append(trail, name))
			}
		}
		seen[name] = done
	}
	for _, name := range slices.Sorted(maps.Keys(mayImport)) {
		visit(name, nil)
	}
}

func TestViolationsAreFound(t *testing.T) {
	source := func(imports ...string) *fstest.MapFile {
		s := "package x\n"
		for _, i := range imports {
			s += "import " + strconv.Quote(i) + "\n"
		}
		return &fstest.MapFile{Data: []byte(s)}
	}
	for _, c := range []struct {
		name    string
		file    string
		imports string
		bad     bool
	}{
		{"down a layer", "internal/registry/x.go", "tramy/syncproto", false},
		{"up a layer", "internal/registry/x.go", "tramy/internal/store", true},
		{"syncproto imports ours", "syncproto/x.go", "tramy/internal/registry", true},
		{"a test follows the table too", "syncproto/x_test.go", "tramy/internal/registry", true},
		{"a package without a row", "internal/util/x.go", "fmt", true},
		{"a package without a row in a test", "internal/util/x_test.go", "fmt", true},
		{"what only tests may, in code", "internal/node/x.go", "tramy/internal/journal", true},
		{"what only tests may, in a test", "internal/node/x_test.go", "tramy/internal/journal", false},
		{"a test of the package itself", "internal/node/x_test.go", "tramy/internal/node", false},
		{"the engine in code", "internal/node/x.go", "tramy/internal/store/sqlite", true},
		{"the engine in a test", "internal/node/x_test.go", "tramy/internal/store/sqlite", false},
		{"the engine in a command", "cmd/tramy-hub/x.go", "tramy/internal/store/sqlite", false},
		{"the suite in an engine's test", "internal/store/sqlite/x_test.go", "tramy/internal/store/storetest", false},
		{"the suite in a command", "cmd/tramy-hub/x.go", "tramy/internal/store/storetest", true},
		{"the driver in the engine", "internal/store/sqlite/x.go", "modernc.org/sqlite/lib", false},
		{"the driver elsewhere", "cmd/tramy-hub/x.go", "modernc.org/sqlite", true},
		{"the driver in a test elsewhere", "internal/node/x_test.go", "modernc.org/sqlite", true},
		{"the framework in server", "internal/server/x.go", "github.com/labstack/echo/v4/middleware", false},
		{"the framework elsewhere", "hub/web/x.go", "github.com/labstack/echo/v4", true},
		{"station and hub", "station/x.go", "tramy/hub", true},
		{"hub and station", "hub/web/x.go", "tramy/station", true},
		{"a station that serves", "station/x.go", "tramy/internal/server", true},
		{"its pages", "station/web/x.go", "tramy/internal/server", false},
		{"disk in a pure package", "internal/forecast/x.go", "os", true},
		{"disk in its test", "internal/forecast/x_test.go", "os", false},
		{"disk elsewhere", "internal/datadir/x.go", "os", false},
		{"test helpers in code", "internal/node/x.go", "net/http/httptest", true},
		{"a folder that only begins alike", "internal/node/x.go", "testingx/y", false},
		{"below testdata", "internal/node/testdata/x.go", "tramy/hub", false},
	} {
		lines, _, err := violations(fstest.MapFS{c.file: source(c.imports)})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if (len(lines) > 0) != c.bad {
			t.Errorf("%s (%s imports %s): %v", c.name, c.file, c.imports, lines)
		}
	}
}
