package importrules

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"math"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
)

// What docs/limits.md is held against: the constants as the source has them, and the tests.

// limitName tells a constant that bounds something by its name.
var limitName = regexp.MustCompile(`(Max|Min|Limit|Timeout|Lifetime|AtOnce|PerMinute|PerHour|Kept|Most)([A-Z]\w*)?$|^(max|min|limit|most)([A-Z]\w*)?$`)

// toolsOnly are packages of which nothing is in the programs that stations and hubs run: makers of test data, the simulator,
// the demo's country and what measures it, releases. Their bounds are for whoever develops.
var toolsOnly = "badline bench hostile browsertest pgtest check country crash crash/mutants importrules nodetest overlay release released sim sim/mutants sim/proof synth synth/faulty testclock testport cmd/tramy-demo"

// noLimits are constants whose name sounds like a limit's, and why they are none.
var noLimits = map[string]string{
	"syncproto.HoldLimit":            "the number of a reason",
	"registry.OpenDaysMax":           "how long an opened vial is kept at most: what is told, and nothing is refused",
	"registry.OpenMinutesMax":        "how long an opened vial is used: what is told, and nothing is refused",
	"syncproto.lowMax":               "part of the coding of a column",
	"syncproto.slotsMax":             "contexts that predict a column; more are not predicted",
	"syncproto.roomMax":              "how large a first buffer is",
	"syncproto.pageHeadBytesMax":     "room that the head of a page is given when its size is worked out",
	"server.TypeTimeout":             "the name of a problem",
	"forecast/cdsi.codesMax":         "codes of the published cases the engine is tested with; no program reads them",
	"forecast/cases.DosesMax":        "the same",
	"forecast/cases.LineBytesMax":    "the same",
	"forecast/cases.ObservationsMax": "the same",
	"registry.childMonthsMax":        "what a child is",
	"sheet.serialMin":                "which numbers of a spreadsheet are days",
	"sheet.serialMax":                "the same",
	"sheet.serialBareMin":            "the same",
	"sheet.codeDigitsMin":            "from how many digits on a number is a code",
	"sheet.quotedBytesMax":           "CellCharsMax in bytes, with its quotes",
	"journal.bodyBytesMin":           "what a record consists of at least",
	"journal.frameBytesMax":          "a run of a copy with the largest record, encrypted",
	"sqlfile.pageSizeMin":            "SQLite's format",
	"sqlfile.pageSizeMax":            "SQLite's format",
	"store/memory.chunkMax":          "the shape of a tree in memory",
	"store/sqlite.shapeBytesMax":     "from where on a state's shape is not kept apart",
	"node.requestBytesMax":           "what a request's segments may take of syncproto.RequestSizeBytesMax",
	"enrol.blockMin":                 "the smallest block of device numbers a hub is given",
	"store/postgres.versionMin":      "the oldest server whose answers were tried",
	"desk.importDosesMax":            "what is left of syncproto.ActChangesMax",
}

type limit struct {
	value constant.Value
	isDur bool // written with a unit of time
}

// sources holds what was read of the tree.
type sources struct {
	consts  map[string]map[string]limit                 // by package, by name
	tests   map[string]map[string]map[string]bool       // by package, by function of its tests: identifiers in it
	pending map[string]map[string]func() (limit, error) // not worked out yet
}

// importsOf maps the names in a file to our packages, shortened, or to the path of others.
func importsOf(f *ast.File) map[string]string {
	out := map[string]string{}
	for _, spec := range f.Imports {
		full, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(full)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if ours, is := strings.CutPrefix(full, module+"/"); is {
			full = strings.TrimPrefix(ours, "internal/")
		}
		out[name] = full
	}
	return out
}

func readSources(t *testing.T, root string) *sources {
	t.Helper()
	s := &sources{consts: map[string]map[string]limit{}, tests: map[string]map[string]map[string]bool{}, pending: map[string]map[string]func() (limit, error){}}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); name != root && (base == "testdata" || strings.HasPrefix(base, ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		pkg := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(rel)), "internal/")
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, "_test.go") {
			s.readTests(pkg, f)
		} else {
			s.readConsts(pkg, f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *sources) readTests(pkg string, f *ast.File) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv != nil {
			continue
		}
		used := map[string]bool{}
		ast.Inspect(fn, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[lowered(id.Name)] = true
			}
			return true
		})
		if s.tests[pkg] == nil {
			s.tests[pkg] = map[string]map[string]bool{}
		}
		s.tests[pkg][fn.Name.Name] = used
	}
}

// speaks reports whether a test names something, in itself or in a helper that it calls.
func (s *sources) speaks(pkg, test, name string) bool {
	seen := map[string]bool{}
	var in func(fn string) bool
	in = func(fn string) bool {
		used, ok := s.tests[pkg][fn]
		if !ok || seen[fn] {
			return false
		}
		seen[fn] = true
		if used[name] {
			return true
		}
		for helper := range s.tests[pkg] {
			if used[lowered(helper)] && !strings.HasPrefix(helper, "Test") && in(helper) {
				return true
			}
		}
		return false
	}
	return in(test)
}

// lowered makes Name and name one: tests of another package see what export_test.go gives them.
func lowered(name string) string {
	r := []rune(name)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

func (s *sources) readConsts(pkg string, f *ast.File) {
	imports := importsOf(f)
	ast.Inspect(f, func(n ast.Node) bool {
		g, ok := n.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			return true
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			for i, id := range v.Names {
				if i >= len(v.Values) {
					continue // follows from iota: an enumeration
				}
				if s.pending[pkg] == nil {
					s.pending[pkg] = map[string]func() (limit, error){}
				}
				expr := v.Values[i]
				s.pending[pkg][id.Name] = func() (limit, error) { return s.eval(pkg, imports, expr) }
			}
		}
		return true
	})
}

var errNoNumber = errors.New("no number that can be worked out")

// of is the value of a constant.
func (s *sources) of(pkg, name string) (limit, error) {
	if l, ok := s.consts[pkg][name]; ok {
		return l, nil
	}
	work, ok := s.pending[pkg][name]
	if !ok {
		return limit{}, fmt.Errorf("%s.%s: no such constant", pkg, name)
	}
	l, err := work()
	if err != nil {
		return l, err
	}
	if s.consts[pkg] == nil {
		s.consts[pkg] = map[string]limit{}
	}
	s.consts[pkg][name] = l
	return l, nil
}

var foreign = map[string]limit{
	"time.Nanosecond": {constant.MakeInt64(1), true}, "time.Millisecond": {constant.MakeInt64(int64(time.Millisecond)), true},
	"time.Second": {constant.MakeInt64(int64(time.Second)), true}, "time.Minute": {constant.MakeInt64(int64(time.Minute)), true},
	"time.Hour": {constant.MakeInt64(int64(time.Hour)), true}, "math.MaxInt64": {constant.MakeInt64(math.MaxInt64), false},
	"math.MaxInt16": {constant.MakeInt64(math.MaxInt16), false}, "encoding/binary.MaxVarintLen32": {constant.MakeInt64(5), false},
}

func (s *sources) eval(pkg string, imports map[string]string, e ast.Expr) (limit, error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.INT || e.Kind == token.FLOAT {
			return limit{constant.MakeFromLiteral(e.Value, e.Kind, 0), false}, nil
		}
	case *ast.ParenExpr:
		return s.eval(pkg, imports, e.X)
	case *ast.Ident:
		return s.of(pkg, e.Name)
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			if l, ok := foreign[imports[x.Name]+"."+e.Sel.Name]; ok {
				return l, nil
			}
			return s.of(imports[x.Name], e.Sel.Name)
		}
	case *ast.UnaryExpr:
		l, err := s.eval(pkg, imports, e.X)
		if err != nil {
			return l, err
		}
		return limit{constant.UnaryOp(e.Op, l.value, 0), l.isDur}, nil
	case *ast.BinaryExpr:
		a, err := s.eval(pkg, imports, e.X)
		if err != nil {
			return a, err
		}
		b, err := s.eval(pkg, imports, e.Y)
		if err != nil {
			return b, err
		}
		out := limit{isDur: a.isDur || b.isDur}
		if e.Op == token.SHL || e.Op == token.SHR {
			by, _ := constant.Uint64Val(b.value)
			out.value = constant.Shift(constant.ToInt(a.value), e.Op, uint(by))
			return out, nil
		}
		op := e.Op
		if op == token.QUO && a.value.Kind() == constant.Int && b.value.Kind() == constant.Int {
			op = token.QUO_ASSIGN // whole numbers
		}
		out.value = constant.BinaryOp(a.value, op, b.value)
		return out, nil
	}
	return limit{}, errNoNumber
}

var (
	sizes = map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
	times = map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "min": time.Minute, "h": time.Hour, "days": 24 * time.Hour}
)

// said reads a value as the document has it: "64 MiB", "15 min", "20,000".
func said(text string) (value int64, isDur bool, err error) {
	number, unit, _ := strings.Cut(text, " ")
	value, err = strconv.ParseInt(strings.ReplaceAll(number, ",", ""), 10, 64)
	if err != nil {
		return 0, false, err
	}
	unit, _, _ = strings.Cut(unit, " ")
	if factor, is := sizes[unit]; is {
		return value * factor, false, nil
	}
	if factor, is := times[unit]; is {
		return value * int64(factor), true, nil
	}
	return value, false, nil
}

// row is one line of a table of docs/limits.md.
type row struct {
	line          int
	pkg, name     string
	value, beyond string
	tests         []string // at it, one beyond it; none for sizes of views and steps
}

func readLimits(t *testing.T, root string) (rows []row) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", "limits.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("^`([\\w/]+|cmd/[\\w-]+)\\.(\\w+)`$")
	for i, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for k := range cells {
			cells[k] = strings.TrimSpace(cells[k])
		}
		m := named.FindStringSubmatch(cells[0])
		if !strings.HasPrefix(line, "|") || m == nil {
			continue
		}
		if len(cells) != 3 && len(cells) != 5 {
			t.Errorf("docs/limits.md:%d: %d cells, want 5 for a limit and 3 for a size", i+1, len(cells))
			continue
		}
		if cells[2] == "" {
			t.Errorf("docs/limits.md:%d: what happens beyond it?", i+1)
		}
		rows = append(rows, row{i + 1, m[1], m[2], cells[1], cells[2], cells[3:]})
	}
	return rows
}

// TestLimitsAreListed holds docs/limits.md against the code: each constant it names is there with that value, each test it
// names is there and speaks of the constant, and no constant that bounds something is missing.
func TestLimitsAreListed(t *testing.T) {
	root := moduleRoot(t)
	s, rows := readSources(t, root), readLimits(t, root)
	listed := map[string]bool{}
	tested, limits, sizes := [2]int{}, 0, 0
	for _, r := range rows {
		name := r.pkg + "." + r.name
		where := fmt.Sprintf("docs/limits.md:%d: %s", r.line, name)
		if listed[name] {
			t.Errorf("%s is listed twice", where)
		}
		listed[name] = true
		got, err := s.of(r.pkg, r.name)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		value, isDur, err := said(r.value)
		if have, exact := constant.Int64Val(constant.ToInt(got.value)); err != nil || !exact || have != value || isDur != got.isDur {
			t.Errorf("%s: %q, and in the code it is %s (%v)", where, r.value, got.value, err)
		}
		if len(r.tests) == 0 {
			sizes++
			continue
		}
		limits++
		for side, cell := range r.tests {
			if why, not := strings.CutPrefix(cell, "— "); not && why != "" {
				continue
			}
			test := strings.Trim(cell, "`")
			pkg := r.pkg
			if p, n, other := strings.Cut(test, "."); other {
				pkg, test = p, n
			}
			switch {
			case s.tests[pkg][test] == nil || !strings.HasPrefix(test, "Test"):
				t.Errorf("%s: no test %q in %s", where, test, pkg)
			case !s.speaks(pkg, test, lowered(r.name)):
				t.Errorf("%s: %s does not speak of it", where, test)
			default:
				tested[side]++
			}
		}
	}
	missing := 0
	for _, pkg := range slices.Sorted(maps.Keys(s.pending)) {
		if slices.Contains(strings.Fields(toolsOnly), pkg) {
			continue
		}
		for _, c := range slices.Sorted(maps.Keys(s.pending[pkg])) {
			name := pkg + "." + c
			if !limitName.MatchString(c) || listed[name] || noLimits[name] != "" {
				continue
			}
			if _, err := s.of(pkg, c); errors.Is(err, errNoNumber) {
				continue
			}
			missing++
			t.Errorf("%s bounds something and is not in docs/limits.md", name)
		}
	}
	for name := range noLimits {
		i := strings.LastIndexByte(name, '.')
		if _, ok := s.pending[name[:i]][name[i+1:]]; !ok || listed[name] {
			t.Errorf("noLimits names %s, which is not there or is listed", name)
		}
	}
	if limits < 100 {
		t.Errorf("only %d limits are read: they are not read as they are written", limits)
	}
	t.Logf("%d limits: %d tested at it, %d one beyond; %d sizes of views and steps; %d missing", limits, tested[0], tested[1], sizes, missing)
}

// TestSaid holds how values are read.
func TestSaid(t *testing.T) {
	for text, want := range map[string]int64{
		"64 MiB": 64 << 20, "1,024": 1024, "15 min": int64(15 * time.Minute), "3 s": int64(3 * time.Second), "7 days": int64(7 * 24 * time.Hour),
		"16 letters": 16, "128": 128,
	} {
		if got, isDur, err := said(text); got != want || err != nil || isDur != (want > int64(time.Second)) {
			t.Errorf("%q is %d, a time %v, %v", text, got, isDur, err)
		}
	}
	for _, text := range []string{"", "many", "1.5 MiB"} {
		if got, _, err := said(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}
