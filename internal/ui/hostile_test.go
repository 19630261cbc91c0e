package ui

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tramy/internal/locale"
)

// hostile is a name that somebody gives a child so that the page runs something: as text, in an attribute, in an address, in the words
// around it.
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>' onmouseover='alert(1) {{.}} {n} javascript:alert(1) </textarea></title></option>`

// poison puts text in the place of every text of a page's data, however deep; addresses, which handlers make, stay.
func poison(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && v.Kind() == reflect.Pointer {
			fresh := reflect.New(v.Type().Elem())
			fresh.Elem().Set(v.Elem())
			poison(fresh.Elem(), text)
			v.Set(fresh)
		}
	case reflect.Slice:
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(fresh, v)
		for i := range fresh.Len() {
			poison(fresh.Index(i), text)
		}
		if v.Len() > 0 {
			v.Set(fresh)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				poison(f, text)
			}
		}
	case reflect.String:
		// Words that templates look up by, and images that handlers draw, are ours.
		if s := v.String(); s != "" && v.Type() == reflect.TypeFor[string]() && !strings.HasPrefix(s, "data:") && !navKnown(s) {
			v.SetString(text)
		}
	}
}

func navKnown(s string) bool { _, ok := navKeys[s]; return ok }

// Every page, also as it is printed, draws whatever people are called as text.
func TestHostileNamesOnEveryPage(t *testing.T) {
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	drawn := 0
	for name, list := range samples() {
		for i, data := range list {
			v := reflect.New(reflect.TypeOf(data))
			v.Elem().Set(reflect.ValueOf(data))
			poison(v.Elem(), hostile)
			for _, lang := range locale.Languages() {
				var b bytes.Buffer
				if err := e.Render(&b, lang, name, v.Elem().Interface()); err != nil {
					t.Errorf("%s %d: %v", name, i, err)
					continue
				}
				drawn++
				harmless(t, fmt.Sprintf("%s %d %s", name, i, lang), b.Bytes())
			}
		}
	}
	if drawn < 2*len(samples()) {
		t.Errorf("only %d pages were drawn", drawn)
	}
	t.Logf("%d pages drawn", drawn)
}

func harmless(t *testing.T, name string, page []byte) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		src := ""
		for _, a := range n.Attr {
			val := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"):
				t.Errorf("%s: <%s %s>", name, n.Data, a.Key)
			case (a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction") && strings.HasPrefix(val, "javascript:"):
				t.Errorf("%s: <%s> leads to %s", name, n.Data, a.Val)
			case a.Key == "src":
				src = val
			}
		}
		if n.Data == "script" && !strings.HasPrefix(src, "/static/") || n.Data == "img" && src == "x" {
			t.Errorf("%s: <%s src=%q>", name, n.Data, src)
		}
	}
}
