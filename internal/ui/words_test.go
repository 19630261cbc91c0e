package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"tramy/internal/locale"
)

// templateKeys are the keys that templates give to t and rich as a literal; others cannot be checked and
// are refused, but for a method named Key.
func templateKeys(t *testing.T) map[string]string {
	t.Helper()
	used := make(map[string]string)
	names, err := fs.Glob(sources, "*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := sources.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		stubs := make(map[string]any)
		for fn := range funcs(locale.For("vi")) {
			stubs[fn] = ""
		}
		for _, fn := range []string{"and", "or", "not", "eq", "ne", "gt", "lt", "ge", "le", "len", "index", "print", "printf"} {
			stubs[fn] = ""
		}
		trees, err := parse.Parse(name, string(text), "{{", "}}", stubs)
		if err != nil {
			t.Fatal(err)
		}
		for _, tree := range trees {
			walk(tree.Root, func(c *parse.CommandNode) {
				fn, ok := c.Args[0].(*parse.IdentifierNode)
				if !ok || fn.Ident != "t" && fn.Ident != "rich" {
					return
				}
				switch key := c.Args[1].(type) {
				case *parse.StringNode:
					used[key.Text] = name
				case *parse.FieldNode:
					if key.Ident[len(key.Ident)-1] != "Key" {
						t.Errorf("%s: t %s is no literal", name, key)
					}
				default:
					t.Errorf("%s: t %s is no literal", name, key)
				}
			})
		}
	}
	return used
}

func walk(n parse.Node, visit func(*parse.CommandNode)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, c := range n.Nodes {
				walk(c, visit)
			}
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.TemplateNode:
		walk(n.Pipe, visit)
	case *parse.PipeNode:
		if n != nil {
			for _, c := range n.Cmds {
				visit(c)
				for _, a := range c.Args {
					walk(a, visit)
				}
			}
		}
	case *parse.IfNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.RangeNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.WithNode:
		walkBranch(&n.BranchNode, visit)
	}
}

func walkBranch(n *parse.BranchNode, visit func(*parse.CommandNode)) {
	walk(n.Pipe, visit)
	walk(n.List, visit)
	if n.ElseList != nil {
		walk(n.ElseList, visit)
	}
}

// sourceKeys are the string literals in Go files below dir that are keys, or begin one and end in a dot.
func sourceKeys(t *testing.T, dir string, words *locale.Catalogue) (keys, prefixes []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					if words.Has(s) {
						keys = append(keys, s)
					}
					if strings.HasSuffix(s, ".") && !strings.Contains(s, " ") {
						prefixes = append(prefixes, s)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys, prefixes
}

// handlers holds the sections of the catalogue that are used by code outside this package.
var handlers = []string{
	"need_say.", "need_step.", "need_column.", "target_group.", "target_source.", "target_say.", "wastage_say.",
	"error.", "say.", "calendar.", "field.", "invalid.", "status.", "group.", "precision.", "site.", "route.",
	"programme.", "source.", "not_done.", "screening.", "level.", "device_role.", "role.", "birth_place.", "birth_order.", "place_type.",
	"access_act.", "reform.", "void_reason.", "alarm.", "forecast.", "period.", "condition.", "doubt.", "checked.", "sheet.", "sheet_field.", "fhir.", "map.",
	"import_reason.", "import_say.", "usb_say.", "usb_fault.", "room_say.", "phones_say.", "copies.", "pin.", "own.", "lock.", "logins.", "factor.",
	"purpose.", "purpose_text.", "answer.", "relation.", "channel.", "wish.", "outcome.", "standing.", "taken.",
	"births_say.", "lot_stock.", "slip.", "tie.", "twin.", "women.", "birth.", "evidence.", "protected.", "born_protected.", "pregnancy_end.", "move.", "naming.", "status_page.", "family.", "mother_say.",
	"campaign_say.", "campaign_kind.", "campaign_reason.", "enrolment_outcome.", "campaign.", "roll.", "roll_verdict.",
	"session_say.", "fridge_say.", "report_say.", "lots_say.", "setting.", "visit.", "finding.", "take.", "looks.", "consent.", "request.", "why.", "paper.", "photo.", "search.card", "search.register_new", "help.",
	"recall_say.", "recall_kind.", "recall_care.", "recall.",
	"severity.", "reaction_end.", "sign.", "reaction.", "contact.", "contact_way.", "contact_result.",
	"review_say.",
	"hamlets.", "new.", "booking.", "letter.", "workers.", "due.",
	"draft.", "backpaper.", "nolot.", "lot_lost.",
	"pdf.", "certificate.",
	"blood_group.", "paper_kind.", "minimum_field.", "archive.", "archive_file.", "lacking.", "stock_file.", "data.",
	"stock_say.", "stock_item.", "move_type.", "discard_reason.", "closing_say.", "gap_reason.",
	"order_say.", "order_state.",
}

func TestWords(t *testing.T) {
	words := locale.For("vi")
	used := templateKeys(t)
	for key, file := range used {
		if !words.Has(key) {
			t.Errorf("%s uses %q, which has no text", file, key)
		}
	}
	keys, _ := sourceKeys(t, ".", words)
	for _, key := range words.Keys() {
		if _, ok := used[key]; ok || slices.Contains(keys, key) {
			continue
		}
		if !slices.ContainsFunc(handlers, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("nothing uses %q", key)
		}
	}
	for kind, m := range marks {
		if !words.Has(m.key) {
			t.Errorf("mark %q has no word", kind)
		}
	}
}

// Nobody is "0 days" late.
func TestOverdueSinceToday(t *testing.T) {
	words := locale.For("vi")
	for n, want := range map[int]string{0: "Quá hạn từ hôm nay", 3: "Quá 3 ngày"} {
		if got := (Mark{Kind: MarkOverdue, N: n}).word(words); got != want {
			t.Errorf("%d days: %q, want %q", n, got, want)
		}
	}
}
