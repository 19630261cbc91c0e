package national

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

// reader reads the nodes of one file and collects what is wrong in them.
type reader struct {
	collector
	file string
}

func (r *reader) at(n *yaml.Node) at { return at{r.file, n.Line, n.Column} }

// entry is a key of a mapping and what stands behind it.
type entry struct{ key, value *yaml.Node }

// entries returns the keys of a mapping in their order. A key may stand once.
func (r *reader) entries(n *yaml.Node, what string) []entry {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		r.bad(r.at(n), RuleShape, "%s: write key: value pairs", what)
		return nil
	}
	var out []entry
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if seen[k.Value] {
			r.bad(r.at(k), RuleDuplicate, "%s: %q stands here a second time", what, k.Value)
			continue
		}
		seen[k.Value] = true
		out = append(out, entry{k, n.Content[i+1]})
	}
	return out
}

// fields returns a mapping's values by key, and refuses every key that is not one of those named.
func (r *reader) fields(n *yaml.Node, what string, keys ...string) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	for _, e := range r.entries(n, what) {
		if !slices.Contains(keys, e.key.Value) {
			r.bad(r.at(e.key), RuleUnknownKey, "%s has no key %q; its keys are %s", what, e.key.Value, strings.Join(keys, ", "))
			continue
		}
		out[e.key.Value] = e.value
	}
	return out
}

// items returns the items of a list; a single text is a list of one.
func (r *reader) items(n *yaml.Node, what string) []*yaml.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.SequenceNode:
		return n.Content
	case n.Kind == yaml.ScalarNode && n.Value != "":
		return []*yaml.Node{n}
	}
	r.bad(r.at(n), RuleShape, "%s: write a list, as [a, b]", what)
	return nil
}

// word is a text and where it stands.
type word struct {
	text string
	at   at
}

func (w word) stated() bool { return w.text != "" }

func (r *reader) word(n *yaml.Node, what string) word {
	if n == nil {
		return word{}
	}
	if n.Kind != yaml.ScalarNode {
		r.bad(r.at(n), RuleShape, "%s: write one text", what)
		return word{}
	}
	text := strings.TrimSpace(n.Value)
	if n.Tag == "!!null" {
		text = ""
	}
	if utf8.RuneCountInString(text) > TextMax {
		r.bad(r.at(n), RuleTextTooLong, "%s: more than %d letters", what, TextMax)
		return word{}
	}
	if text == "" {
		r.bad(r.at(n), RuleShape, "%s: nothing is written behind the colon", what)
	}
	return word{text, r.at(n)}
}

func (r *reader) words(n *yaml.Node, what string) []word {
	var out []word
	for _, item := range r.items(n, what) {
		if w := r.word(item, what); w.stated() {
			out = append(out, w)
		}
	}
	return out
}

func (r *reader) flag(n *yaml.Node, what string) bool {
	w := r.word(n, what)
	switch w.text {
	case "", "false":
	case "true":
		return true
	default:
		r.bad(w.at, RuleWord, "%s: write true or false, not %q", what, w.text)
	}
	return false
}

func (r *reader) number(n *yaml.Node, what string, least, most int) int {
	w := r.word(n, what)
	if !w.stated() {
		return 0
	}
	i, err := strconv.Atoi(w.text)
	if err != nil || i < least || i > most {
		r.bad(w.at, RuleNumber, "%s: write a whole number from %d to %d, not %q", what, least, most, w.text)
		return 0
	}
	return i
}

// day reads a date written as 2026-07-01.
func (r *reader) day(n *yaml.Node, what string) forecast.Day {
	w := r.word(n, what)
	if !w.stated() {
		return 0
	}
	d, ok := parseDay(w.text)
	if !ok {
		r.bad(w.at, RuleDate, "%s: write a date as 2026-07-01, not %q", what, w.text)
	}
	return d
}

func parseDay(text string) (forecast.Day, bool) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, false
	}
	d, err := registry.NewDay(t.Date())
	return d, err == nil
}

// span is a period and where it stands.
type span struct {
	forecast.Period
	at at
}

// period reads an age or interval.
func (r *reader) period(n *yaml.Node, what string) span {
	w := r.word(n, what)
	if !w.stated() {
		return span{}
	}
	p, ok := parsePeriod(w.text)
	if !ok {
		r.bad(w.at, RulePeriod, "%s: write days, weeks, months or years as 28d, 6w, 18m, 9y6m, not %q", what, w.text)
		return span{}
	}
	return span{p, w.at}
}

// positive is period for what cannot be less than nothing.
func (r *reader) positive(n *yaml.Node, what string, rule Rule) span {
	s := r.period(n, what)
	if s.Stated && (s.Years < 0 || s.Months < 0 || s.Days < 0) {
		r.bad(s.at, rule, "%s: less than nothing", what)
		return span{}
	}
	return s
}

// parsePeriod reads 28d, 6w, 18m, 9y6m, and the same with one minus in front.
func parsePeriod(text string) (forecast.Period, bool) {
	sign := 1
	rest, minus := strings.CutPrefix(text, "-")
	if minus {
		sign = -1
	}
	out := forecast.Period{Stated: true}
	order := "ymwd"
	for rest != "" {
		digits := 0
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		if digits == 0 || digits > 4 || digits == len(rest) {
			return forecast.Period{}, false
		}
		n, _ := strconv.Atoi(rest[:digits])
		unit := rest[digits]
		i := strings.IndexByte(order, unit)
		if i < 0 || n > 2000 {
			return forecast.Period{}, false
		}
		order = order[i+1:] // larger units first, each once
		switch unit {
		case 'y':
			out.Years = int16(sign * n)
		case 'm':
			out.Months = int16(sign * n)
		case 'w':
			out.Days += int32(sign * n * 7)
		case 'd':
			out.Days += int32(sign * n)
		}
		rest = rest[digits+1:]
	}
	return out, text != "" && text != "-"
}
