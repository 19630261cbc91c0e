package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

// TestOverviewReadsAggregatesOnly holds that what makes the overview asks the store for aggregates, places
// and machines, and never for a person or a state: the page must cost the same at ten million children.
func TestOverviewReadsAggregatesOnly(t *testing.T) {
	allowed := []string{"Cohorts", "Coverage", "Devices", "Children", "Places"}
	asked := 0
	for _, name := range []string{"overview.go", "figures.go"} {
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
