package api

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"sync"
)

// sharedDocument describes the routes of Register: one file a noun, each a part of one OpenAPI document.
//
//go:embed openapi/*.json
var sharedDocument embed.FS

// document is the OpenAPI description of what this program serves, put together from parts.
type document struct {
	whole map[string]any
	bytes func() []byte
}

func newDocument() *document {
	d := &document{whole: map[string]any{}}
	d.bytes = sync.OnceValue(func() []byte {
		b, err := json.Marshal(d.whole)
		if err != nil {
			panic(err) // it was parsed from JSON
		}
		return append(b, '\n')
	})
	return d
}

// Describe adds the parts in a folder to the document. It is for program start and panics on a part that
// is no JSON or that says something twice: the parts are written by us, not read.
func (a *API) Describe(parts fs.FS, dir string) {
	files, err := fs.Glob(parts, path.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		panic(fmt.Sprintf("api: no parts of a document in %s: %v", dir, err))
	}
	for _, name := range files {
		b, err := fs.ReadFile(parts, name)
		if err != nil {
			panic(err)
		}
		var part map[string]any
		if err := json.Unmarshal(b, &part); err != nil {
			panic(fmt.Sprintf("api: %s: %v", name, err))
		}
		merge(a.doc.whole, part, name)
	}
}

// merge lays a part into the whole. Only whole's own maps are changed.
func merge(whole, part map[string]any, at string) {
	for key, value := range part {
		have, ok := whole[key]
		if !ok {
			whole[key] = value
			continue
		}
		inner, isMap := have.(map[string]any)
		more, moreIsMap := value.(map[string]any)
		if !isMap || !moreIsMap {
			panic(fmt.Sprintf("api: %s says %q again", at, key))
		}
		inner = maps.Clone(inner)
		merge(inner, more, at)
		whole[key] = inner
	}
}

// Document returns the description as it is served.
func (a *API) Document() []byte { return a.doc.bytes() }

func (a *API) document(*Call) (*Answer, error) {
	return &Answer{Status: http.StatusOK, Raw: a.Document(), Type: "application/json"}, nil
}
