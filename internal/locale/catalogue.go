package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

//go:embed words
var words embed.FS

// The languages there are, the first one being what a new person sees.
const (
	Vietnamese = "vi"
	English    = "en"
)

// Languages lists the languages in the order the switch shows them.
func Languages() []string { return []string{Vietnamese, English} }

// Catalogue is all texts of one language. It is read-only.
type Catalogue struct {
	lang  string
	texts map[string]phrase
}

// phrase is one text; one is empty where the language or the text has a single form.
type phrase struct{ one, other string }

// UnmarshalJSON reads a phrase from a string or from {"one": …, "other": …}.
func (p *phrase) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &p.other)
	}
	var forms struct{ One, Other string }
	if err := json.Unmarshal(data, &forms); err != nil {
		return err
	}
	if forms.Other == "" {
		return fmt.Errorf("a counted text needs the form %q", "other")
	}
	p.one, p.other = forms.One, forms.Other
	return nil
}

// catalogues is filled once, when the program starts; a broken file is a broken build, and stops it.
var catalogues = func() map[string]*Catalogue {
	all := make(map[string]*Catalogue)
	for _, lang := range Languages() {
		c, err := load(lang)
		if err != nil {
			panic(err)
		}
		all[lang] = c
	}
	return all
}()

func load(lang string) (*Catalogue, error) {
	files, err := fs.Glob(words, path.Join("words", lang, "*.json"))
	if err != nil {
		return nil, err
	}
	c := &Catalogue{lang: lang, texts: make(map[string]phrase)}
	for _, file := range files {
		data, err := words.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var sections map[string]map[string]phrase
		if err := json.Unmarshal(data, &sections); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for section, texts := range sections {
			for name, text := range texts {
				key := section + "." + name
				if _, twice := c.texts[key]; twice {
					return nil, fmt.Errorf("%s: key %s is there twice", file, key)
				}
				c.texts[key] = text
			}
		}
	}
	return c, nil
}

// For returns the catalogue of a language tag such as "vi" or "en-GB"; Vietnamese where there is none.
func For(lang string) *Catalogue {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if c, ok := catalogues[base]; ok {
		return c
	}
	return catalogues[Vietnamese]
}

// Lang returns the tag of the catalogue's language, as in <html lang>.
func (c *Catalogue) Lang() string { return c.lang }

// Has says whether there is a text for key.
func (c *Catalogue) Has(key string) bool {
	_, ok := c.texts[key]
	return ok
}

// Keys returns all keys, sorted.
func (c *Catalogue) Keys() []string { return slices.Sorted(maps.Keys(c.texts)) }

// T returns the text for key. args are pairs of a parameter's name and its value; integers are written as
// the language writes them, and the parameter n chooses between the forms of a counted text. An unknown key
// comes back in brackets: visible to a tester, harmless to a nurse.
func (c *Catalogue) T(key string, args ...any) string {
	text, ok := c.texts[key]
	if !ok {
		return "[" + key + "]"
	}
	form := text.other
	if len(args) == 0 {
		return form
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		name, value := fmt.Sprint(args[i]), args[i+1]
		if n, whole := integer(value); whole {
			if name == "n" && n == 1 && text.one != "" {
				form = text.one
			}
			value = c.Int(n)
		}
		pairs = append(pairs, "{"+name+"}", fmt.Sprint(value))
	}
	return strings.NewReplacer(pairs...).Replace(form)
}

func integer(value any) (int64, bool) {
	switch v := value.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case uint64:
		return int64(v), true
	case int32:
		return int64(v), true
	case uint32:
		return int64(v), true
	}
	return 0, false
}
