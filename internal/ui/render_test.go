package ui

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tramy/internal/locale"
)

// With -screens DIR the rendered pages and static files are also written to DIR, to be looked at.
var screens = flag.String("screens", "", "folder to write rendered pages to")

func newEngine(t *testing.T) *Engine {
	t.Helper()
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestRender draws every page in every language, with full and with empty data, and checks what comes out.
func TestRender(t *testing.T) {
	e := newEngine(t)
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		if len(samples()[name]) == 0 {
			t.Errorf("page %q has no full sample", name)
		}
		cases := map[string]any{"empty": reflect.Zero(specs[name].data).Interface()}
		for i, data := range samples()[name] {
			cases[fmt.Sprint("full", i)] = data
		}
		for kind, data := range cases {
			for _, lang := range locale.Languages() {
				t.Run(name+"/"+kind+"/"+lang, func(t *testing.T) {
					var b bytes.Buffer
					if err := e.Render(&b, lang, name, data); err != nil {
						t.Fatal(err)
					}
					check(t, b.Bytes(), specs[name].partial)
					write(t, name+"-"+kind+"-"+lang+".html", b.Bytes())
				})
			}
		}
	}
	for name, f := range files {
		if name == f.hashed {
			write(t, filepath.Join("static", name), f.data)
		}
	}
}

func write(t *testing.T, name string, data []byte) {
	if *screens == "" {
		return
	}
	path := filepath.Join(*screens, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	data = bytes.ReplaceAll(data, []byte(`"/static/`), []byte(`"static/`))
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// void elements have no end tag.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true,
	"input": true, "link": true, "meta": true, "source": true, "track": true, "wbr": true, "path": true, "rect": true,
}

// check holds a page to what every page promises.
func check(t *testing.T, page []byte, partial bool) {
	t.Helper()
	var open []string
	ids := make(map[string]bool)
	var labels, inputs, refs []string
	inLabel := 0
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("not closed: %v", open)
			}
			for _, id := range labels {
				if !ids[id] {
					t.Errorf("label for %q, which is not there", id)
				}
			}
			for _, id := range refs {
				if !ids[id] && !partial {
					t.Errorf("aria refers to %q, which is not there", id)
				}
			}
			for _, id := range inputs {
				if !slices.Contains(labels, id) {
					t.Errorf("control %q has no label", id)
				}
			}
			if bytes.Contains(page, []byte("ZgotmplZ")) {
				t.Error("an unsafe value was refused")
			}
			for _, bad := range []string{"%!", "<nil>", "\u27e6"} {
				if bytes.Contains(page, []byte(bad)) {
					t.Errorf("found %q", bad)
				}
			}
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			attr := make(map[string]string)
			for _, a := range tag.Attr {
				if _, twice := attr[a.Key]; twice {
					t.Errorf("<%s> has %s twice", tag.Data, a.Key)
				}
				attr[a.Key] = a.Val
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "javascript:") {
					t.Errorf("<%s %s=%q> is inline", tag.Data, a.Key, a.Val)
				}
				if (a.Key == "src" || a.Key == "href" || a.Key == "action") && (strings.Contains(a.Val, "://") || strings.HasPrefix(a.Val, "//")) && !strings.HasPrefix(a.Val, "http://127.0.0.1") {
					t.Errorf("<%s %s=%q> leads to another host", tag.Data, a.Key, a.Val)
				}
			}
			if id, has := attr["id"]; has {
				if ids[id] || id == "" || strings.ContainsAny(id, " \t") {
					t.Errorf("id %q is there twice or is none", id)
				}
				ids[id] = true
			}
			for _, key := range []string{"aria-describedby", "aria-labelledby"} {
				refs = append(refs, strings.Fields(attr[key])...)
			}
			switch tag.Data {
			case "style":
				t.Error("inline style")
			case "script":
				if attr["src"] == "" {
					t.Error("inline script")
				}
			case "label":
				inLabel++
				if id := attr["for"]; id != "" {
					labels = append(labels, id)
				}
			case "input", "select", "textarea":
				if attr["type"] == "hidden" {
					break
				}
				if attr["name"] == "" && tag.Data != "textarea" {
					t.Errorf("control %q has no name", attr["id"])
				}
				if inLabel == 0 && attr["aria-label"] == "" {
					inputs = append(inputs, attr["id"])
				}
			case "img":
				if attr["alt"] == "" {
					t.Error("image without words")
				}
			case "th":
				if attr["scope"] == "" {
					t.Error("th without scope")
				}
			case "form":
				if attr["method"] == "" {
					t.Error("form without method")
				}
				if slices.Contains(open, "form") {
					t.Error("form within a form")
				}
			}
			if !void[tag.Data] && tag.Type != html.SelfClosingTagToken {
				open = append(open, tag.Data)
			}
		case html.EndTagToken:
			tag := z.Token()
			if tag.Data == "label" {
				inLabel--
			}
			if len(open) == 0 || open[len(open)-1] != tag.Data {
				t.Fatalf("</%s> closes %v", tag.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
}

// TestForms holds that what changes something is a form with the hidden keys.
func TestForms(t *testing.T) {
	e := newEngine(t)
	for name, list := range samples() {
		if specs[name].partial {
			continue
		}
		var b bytes.Buffer
		if err := e.Render(&b, "vi", name, list[0]); err != nil {
			t.Fatal(err)
		}
		root, err := html.Parse(&b)
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Type != html.ElementNode || n.Data != "form" {
				continue
			}
			post, csrf := false, false
			for _, a := range n.Attr {
				post = post || a.Key == "method" && a.Val == "post"
			}
			for c := range n.Descendants() {
				for _, a := range c.Attr {
					csrf = csrf || a.Key == "name" && a.Val == "csrf"
				}
			}
			if post != csrf {
				t.Errorf("%s: form %v: post %v, csrf %v", name, n.Attr, post, csrf)
			}
		}
	}
}

func TestWrongData(t *testing.T) {
	e := newEngine(t)
	var b bytes.Buffer
	if err := e.Render(&b, "vi", "today", Login{}); err == nil || b.Len() > 0 {
		t.Error("today drew a Login")
	}
	if err := e.Render(&b, "vi", "nowhere", Login{}); err == nil {
		t.Error("drew a page that is not there")
	}
	if err := e.Render(&b, "fr", "today", &Today{}); err != nil || !strings.Contains(b.String(), `lang="vi"`) {
		t.Errorf("an unknown language is not Vietnamese: %v", err)
	}
}
