package ui

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"tramy/internal/locale"
)

// Every page says in both languages what it is for and what one does there, shortly.
func TestEveryPageHasHelp(t *testing.T) {
	for name, s := range specs {
		if s.partial {
			continue
		}
		for _, lang := range locale.Languages() {
			h := helpOf(locale.For(lang), name)
			if h.For == "" || len(h.Do) < 2 || len(h.Do) > 5 {
				t.Errorf("%s in %s: write words/%s/help.json, key help.%s: what the page is for | 2 to 5 things one does there", name, lang, lang, name)
			}
			for _, part := range append(h.Do, h.For) {
				if n := utf8.RuneCountInString(part); n < 8 || n > 180 || !strings.ContainsAny(part[len(part)-1:], ".!?") {
					t.Errorf("%s in %s: %q is no short sentence", name, lang, part)
				}
			}
		}
	}
	for _, lang := range locale.Languages() {
		for _, key := range locale.For(lang).Keys() {
			page, ok := strings.CutPrefix(key, "help.")
			if _, there := specs[page]; ok && !there && !strings.HasPrefix(page, "key") && page != "open" && page != "dates" {
				t.Errorf("%s in %s is of no page", key, lang)
			}
		}
	}
}

// marksOf says by what on a page each key does something.
var marksOf = map[HelpKey]func(n *html.Node, attr map[string]string) bool{
	keyFind: func(_ *html.Node, a map[string]string) bool { return a["id"] == "q" },
	keyRows: func(n *html.Node, a map[string]string) bool {
		if n.Parent == nil || !has(a["class"], "btn") {
			return false
		}
		up := func(n *html.Node) bool { return n != nil && has(attrs(n)["class"], "row") }
		return up(n.Parent) || n.Parent.NextSibling == nil && up(n.Parent.Parent)
	},
	keySave: func(_ *html.Node, a map[string]string) bool { return has(a["class"], "save") },
	keyNew:  func(_ *html.Node, a map[string]string) bool { return a["data-key"] == "F2" },
	keyBook: func(_ *html.Node, a map[string]string) bool { return a["data-key"] == "F8" },
	keyChoose: func(_ *html.Node, a map[string]string) bool {
		return len(a["data-key"]) == 1 && a["data-key"] >= "1" && a["data-key"] <= "9"
	},
}

func has(classes, one string) bool { return slices.Contains(strings.Fields(classes), one) }

func attrs(n *html.Node) map[string]string {
	out := map[string]string{}
	for _, a := range n.Attr {
		out[a.Key] = a.Val
	}
	return out
}

// The help of a page names a key if and only if the page has what the key is for, and speaks of dates where they are typed.
func TestHelpNamesTheKeysOfItsPage(t *testing.T) {
	e := newEngine(t)
	for name, list := range samples() {
		if specs[name].partial {
			continue
		}
		on, dates := map[HelpKey]bool{}, false
		for _, data := range list {
			var b bytes.Buffer
			if err := e.Render(&b, "vi", name, data); err != nil {
				t.Fatal(err)
			}
			root, err := html.Parse(&b)
			if err != nil {
				t.Fatal(err)
			}
			for n := range root.Descendants() {
				if n.Type != html.ElementNode {
					continue
				}
				a := attrs(n)
				for key, is := range marksOf {
					on[key] = on[key] || is(n, a)
				}
				_, typed := a["data-date"]
				dates = dates || typed
			}
		}
		for key := range marksOf {
			if listed := slices.Contains(keysOn[name], key); listed != on[key] {
				t.Errorf("%s: %s is on the page: %v, in its help: %v (keysOn)", name, key.Name, on[key], listed)
			}
		}
		if datesOn[name] != dates {
			t.Errorf("%s: dates are typed: %v, its help says so: %v (datesOn)", name, dates, datesOn[name])
		}
	}
}

var (
	scriptKey   = regexp.MustCompile(`e\.key === "([^"]+)"`)
	scriptPress = regexp.MustCompile(`press\("([^"]+)"\)`)
)

// What is told is what tramy.js does, and the other way round.
func TestHelpNamesTheKeysOfTheScript(t *testing.T) {
	js := string(files["tramy.js"].data)
	in := map[string]bool{}
	for _, re := range []*regexp.Regexp{scriptKey, scriptPress} {
		for _, m := range re.FindAllStringSubmatch(js, -1) {
			in[m[1]] = true
		}
	}
	if strings.Contains(js, "/^[1-9]$/.test(e.key)") {
		in["1…9"] = true
	}
	told := map[string]bool{"u": true, "n": true, "Tab": true} // U and N, typed small; Tab is typed by scanners
	for _, k := range []HelpKey{keyFind, keyRows, keySave, keyNew, keyBook, keyUndo, keyChoose, keyEsc, keyIn} {
		for _, name := range strings.Fields(k.Name) {
			told[map[string]string{"↑": "ArrowUp", "↓": "ArrowDown", "Esc": "Escape", "Ctrl": "Enter"}[name]] = true
			told[name] = true
		}
		for _, lang := range locale.Languages() {
			if !locale.For(lang).Has(k.Key()) {
				t.Errorf("no words for %s in %s", k.Name, lang)
			}
		}
	}
	for key := range maps.Keys(in) {
		if !told[key] {
			t.Errorf("tramy.js knows %q, and no page tells it", key)
		}
	}
	for _, key := range []string{"/", "ArrowUp", "ArrowDown", "Enter", "F2", "F8", "U", "N", "1…9", "Escape"} {
		if !in[key] {
			t.Errorf("%q is told, and tramy.js does not know it", key)
		}
	}
}
