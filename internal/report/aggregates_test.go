package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

// TestTablesReadAggregatesOnly holds that what makes a table asks the store for aggregates, vaccines
// and machines, and never for a person or a state: the page must cost the same at ten million children.
func TestTablesReadAggregatesOnly(t *testing.T) {
	allowed := []string{"Figures", "Registered", "Vaccines", "StationsHeard"}
	asked := 0
	for _, name := range []string{"coverage.go", "heard.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if tx, ok := call.X.(*ast.Ident); !ok || tx.Name != "tx" {
				return true
			}
			asked++
			if !slices.Contains(allowed, call.Sel.Name) {
				t.Errorf("%s asks the store for %s", name, call.Sel.Name)
			}
			return true
		})
	}
	if asked == 0 {
		t.Error("nothing is asked at all: this test looks at the wrong files")
	}
}
