package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"sync"

	"tramy/internal/locale"
)

//go:embed *.html
var sources embed.FS

// spec is what a page is made from.
type spec struct {
	file    string       // its template file; empty: the template is in the base set
	data    reflect.Type // the struct it draws
	partial bool         // drawn without the layout, for htmx
}

// specs holds all pages by name; each page's Go file adds its own.
var specs = make(map[string]spec)

// page registers a page with its layout. The file defines the templates "title" and "content".
func page(name, file string, data any) bool {
	specs[name] = spec{file: file, data: reflect.TypeOf(data)}
	return true
}

// partial registers a part of a page that htmx may ask for by itself. Its file is part of the base set, so
// that pages can include it, and defines a template of the same name.
func partial(name, file string, data any) bool {
	specs[name] = spec{data: reflect.TypeOf(data), partial: true}
	base = append(base, file)
	return true
}

// base names the files that every page is parsed with.
var base = []string{"layout.html", "components.html", "fields.html", "commune.html", "admin.html", "desk_family.html", "session_fields.html", "campaign_fields.html", "recall_fields.html", "campaign_places.html", "order_rows.html"}

// Engine draws pages. One set of templates is parsed for each language when the program starts, with the
// words bound to it, so that no language is handed down through templates and drawing needs no lock.
type Engine struct {
	sets map[string]map[string]*template.Template // language, page
}

// New parses all pages for the given languages, or for all there are. An error is a mistake in a template.
func New(langs ...string) (*Engine, error) {
	if len(langs) == 0 {
		langs = locale.Languages()
	}
	e := &Engine{sets: make(map[string]map[string]*template.Template)}
	for _, lang := range langs {
		set, err := parseAll(locale.For(lang))
		if err != nil {
			return nil, err
		}
		e.sets[lang] = set
	}
	return e, nil
}

func parseAll(words *locale.Catalogue) (map[string]*template.Template, error) {
	root, err := template.New("layout.html").Funcs(funcs(words)).Option("missingkey=error").ParseFS(sources, base...)
	if err != nil {
		return nil, err
	}
	set := make(map[string]*template.Template)
	for name, s := range specs {
		t, err := root.Clone()
		if err != nil {
			return nil, err
		}
		if s.file != "" {
			if t, err = t.ParseFS(sources, s.file); err != nil {
				return nil, err
			}
		}
		if !s.partial {
			help := helpOf(words, name)
			t.Funcs(template.FuncMap{"help": func() Help { return help }})
		}
		set[name] = t
	}
	return set, nil
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render draws a page in a language, Vietnamese where the language is unknown. data must be the page's
// struct or a pointer to it. Nothing is written to w unless the whole page could be drawn, so that a
// mistake can still become an error page.
func (e *Engine) Render(w io.Writer, lang, name string, data any) error {
	set, ok := e.sets[lang]
	if !ok {
		set = e.sets[locale.Vietnamese]
	}
	t, s := set[name], specs[name]
	if t == nil {
		return fmt.Errorf("ui: there is no page %q", name)
	}
	kind := reflect.TypeOf(data)
	if kind != nil && kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if kind != s.data {
		return fmt.Errorf("ui: page %q draws a %v, not a %T", name, s.data, data)
	}
	entry := "layout"
	if s.partial {
		entry = name
	}
	b := buffers.Get().(*bytes.Buffer)
	defer func() { b.Reset(); buffers.Put(b) }()
	if err := t.ExecuteTemplate(b, entry, data); err != nil {
		return fmt.Errorf("ui: page %q: %w", name, err)
	}
	_, err := w.Write(b.Bytes())
	return err
}
