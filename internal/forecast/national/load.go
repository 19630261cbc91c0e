package national

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

// Load reads a schedule file. The error is Problems: everything that is wrong in it, as far as it could be
// read. A file may be based on an embedded one; name stands for the file in problems.
func Load(name string, text []byte) (*forecast.Schedule, error) {
	return LoadBased(name, text, embeddedText)
}

// LoadBased is Load where a file may be based on what base knows: it returns the name and the text of a
// schedule by its id, no text if there is none.
func LoadBased(name string, text []byte, base func(id string) (string, []byte)) (*forecast.Schedule, error) {
	doc, err := read(name, text, base)
	if err != nil {
		return nil, err
	}
	return build(doc)
}

// read reads a file and, before it, what it is based on; text returns a base's text by its id.
func read(name string, content []byte, text func(id string) (string, []byte)) (*document, error) {
	r := &reader{file: name}
	root := r.parse(content)
	if root == nil {
		return nil, r.err()
	}
	doc := r.document(root, text)
	if err := r.err(); err != nil {
		return nil, err
	}
	return doc, nil
}

// parse returns the one mapping that a file is, or nil with a problem.
func (r *reader) parse(content []byte) *yaml.Node {
	whole := at{file: r.file}
	if len(content) > registry.ScheduleFileBytesMax {
		r.problems = TooLarge(r.file, len(content))
		return nil
	}
	var doc, second yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(content))
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			r.bad(whole, RuleEmpty, "nothing is written in the file")
			return nil
		}
		r.notYAML(err)
		return nil
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		if err != nil {
			r.notYAML(err)
			return nil
		}
		r.bad(r.at(&second), RuleShape, "a second document begins here; a file is one schedule")
		return nil
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		r.bad(whole, RuleEmpty, "nothing is written in the file")
		return nil
	}
	if r.anchored(root) {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		r.bad(r.at(root), RuleShape, "a schedule file is made of key: value pairs")
		return nil
	}
	return root
}

// notYAML reports what the parser says, at the line it names.
func (r *reader) notYAML(err error) {
	where, detail := at{file: r.file}, strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(detail, "line "); ok {
		if number, text, ok := strings.Cut(rest, ": "); ok {
			if line, err := strconv.Atoi(number); err == nil {
				where.line, where.column, detail = line, 1, text
			}
		}
	}
	r.bad(where, RuleNotYAML, "this is not YAML: %s", detail)
}

// anchored refuses anchors and aliases: a reader would have to look elsewhere, and a small file could unfold
// to a huge one.
func (r *reader) anchored(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		r.bad(r.at(n), RuleAnchor, "anchors and aliases (& and *) are not used in schedule files")
		return true
	}
	for _, c := range n.Content {
		if r.anchored(c) {
			return true
		}
	}
	return false
}

func (r *reader) document(root *yaml.Node, text func(id string) (string, []byte)) *document {
	f := r.fields(root, "a schedule", "schedule", "title", "from", "until", "based_on", "without", "grace_days", "overdue_after",
		"sources", "vaccines", "antigens", "observations", "live", "contraindications", "anaphylaxis", "deferrals", "supplementary", "series")
	d := &document{
		file: r.file, id: r.word(f["schedule"], "schedule"), title: r.word(f["title"], "title"),
		from: r.day(f["from"], "from"), until: r.day(f["until"], "until"), validity: r.at(root),
		graceDays:    r.number(f["grace_days"], "grace_days", 0, 30),
		overdueAfter: r.positive(f["overdue_after"], "overdue_after", RuleInterval),
		sources:      map[string]word{},
	}
	if n := f["until"]; n != nil {
		d.validity = r.at(n)
	}
	for _, key := range []string{"schedule", "from", "title", "series"} {
		if f[key] == nil && (f["based_on"] == nil || key == "schedule" || key == "from") {
			r.bad(r.at(root), RuleMissingKey, "a schedule needs the key %q", key)
		}
	}
	if d.from != 0 && d.until != 0 && d.until <= d.from {
		r.bad(d.validity, RuleValidity, "until (%s) is not after from (%s)", d.until.ISO(), d.from.ISO())
	}
	for _, e := range r.entries(f["sources"], "sources") {
		d.sources[e.key.Value] = r.word(e.value, "source "+e.key.Value)
	}
	d.vaccines = r.vaccines(f["vaccines"])
	d.antigens = r.antigens(f["antigens"])
	d.observations = r.observations(f["observations"])
	r.rules(d, f)
	d.series = r.series(f["series"])

	if n := f["based_on"]; n != nil {
		base := r.base(n, d, text)
		if base == nil {
			return d
		}
		d.basedOn(base)
	}
	if n := f["without"]; n != nil {
		r.without(d, n)
	}
	return d
}

// base reads the schedule that this one is based on; its own problems are not ours.
func (r *reader) base(n *yaml.Node, d *document, text func(id string) (string, []byte)) *document {
	w := r.word(n, "based_on")
	name, content := text(w.text)
	if content == nil || w.text == d.id.text {
		r.bad(w.at, RuleUnknownBase, "there is no other schedule %q to be based on", w.text)
		return nil
	}
	base, err := read(name, content, text)
	if err != nil {
		r.bad(w.at, RuleUnknownBase, "the schedule %q has problems of its own", w.text)
		return nil
	}
	// An open base ends when this one is brought in.
	if base.until != 0 && d.from < base.until {
		r.bad(w.at, RuleOverlap, "%q is in force until %s, and this one from %s already", w.text, base.until.ISO(), d.from.ISO())
	}
	return base
}

// without takes out series and vaccines of the base.
func (r *reader) without(d *document, n *yaml.Node) {
	f := r.fields(n, "without", "series", "vaccines")
	names := r.words(f["series"], "without series")
	for _, w := range names {
		if !has(d.series, w.text, seriesID) {
			r.bad(w.at, RuleUnknownSeries, "there is no series %q to leave out", w.text)
		}
	}
	d.series = dropped(d.series, names, seriesID)
	names = r.words(f["vaccines"], "without vaccines")
	for _, w := range names {
		if !has(d.vaccines, w.text, vaccineCode) {
			r.bad(w.at, RuleUnknownVaccine, "there is no vaccine %q to leave out", w.text)
		}
	}
	d.vaccines = dropped(d.vaccines, names, vaccineCode)
}

func seriesID(s series) string     { return s.id.text }
func vaccineCode(v vaccine) string { return v.code.text }

func has[T any](list []T, name string, of func(T) string) bool {
	for _, x := range list {
		if of(x) == name {
			return true
		}
	}
	return false
}

// basis reads cite and verify; what is stated above holds where a row says nothing.
func (r *reader) basis(f map[string]*yaml.Node, above basis) basis {
	out := above
	if f["cite"] != nil {
		out.cite = r.words(f["cite"], "cite")
	}
	if f["verify"] != nil {
		out.verify = r.flag(f["verify"], "verify")
	}
	return out
}

var programmeWords = map[string]registry.Programme{
	"epi": registry.ProgrammeEPI, "outbreak": registry.ProgrammeOutbreak, "paid": registry.ProgrammePaid,
}

func (r *reader) programme(n *yaml.Node) registry.Programme {
	w := r.word(n, "programme")
	if !w.stated() {
		return 0
	}
	p, ok := programmeWords[w.text]
	if !ok {
		r.bad(w.at, RuleWord, "programme: write epi, outbreak or paid, not %q", w.text)
	}
	return p
}

// oneOf reads a word that must be one of those named.
func (r *reader) oneOf(n *yaml.Node, what string, words ...string) word {
	w := r.word(n, what)
	for _, ok := range words {
		if w.text == ok {
			return w
		}
	}
	if w.stated() {
		r.bad(w.at, RuleWord, "%s: write %s, not %q", what, strings.Join(words, " or "), w.text)
	}
	return word{}
}

// limited reads "HepB from 8d" and "HepB0 until 8d".
func (r *reader) limited(w word, what string) limited {
	parts := strings.Fields(w.text)
	out := limited{name: word{parts[0], w.at}}
	for i := 1; i < len(parts); i += 2 {
		p, ok := forecast.Period{}, false
		if i+1 < len(parts) {
			p, ok = parsePeriod(parts[i+1])
		}
		switch {
		case ok && parts[i] == "from":
			out.from = span{p, w.at}
		case ok && parts[i] == "until":
			out.until = span{p, w.at}
		default:
			r.bad(w.at, RulePeriod, "%s: write NAME, NAME from 8d, or NAME until 8d, not %q", what, w.text)
			return out
		}
	}
	return out
}

func (r *reader) limitedList(n *yaml.Node, what string) []limited {
	var out []limited
	for _, w := range r.words(n, what) {
		out = append(out, r.limited(w, what))
	}
	return out
}

// atMost refuses more than limit of something.
func (r *reader) atMost(n *yaml.Node, count, limit int, what string) {
	if count > limit {
		r.bad(r.at(n), RuleTooMany, "%d %s, the limit is %d", count, what, limit)
	}
}
