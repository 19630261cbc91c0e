package registry

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	p "tramy/syncproto"
)

// Draft is a change before it has a dot, a time and an actor. A zero Entity means "create".
type Draft struct {
	Kind   p.Kind
	Entity p.EntityID
	Writes []p.Write
}

// Empty reports whether there is nothing to write: the entry equals what is there.
func (d *Draft) Empty() bool { return len(d.Writes) == 0 }

// Patch holds new data for some fields; null clears a field.
type Patch map[p.Field]p.Data

// Saw says which values a form showed, by field: only those may be replaced by what it sends back.
type Saw map[p.Field][]p.Dot

// SawOf returns everything that stands in s, for a form made from it now.
func SawOf(s *p.State) Saw {
	saw := make(Saw, len(s.Fields))
	for i := range s.Fields {
		for _, v := range s.Fields[i].Values {
			saw[s.Fields[i].Field] = append(saw[s.Fields[i].Field], v.Dot)
		}
	}
	return saw
}

// String prints saw for a hidden form field or an ETag: "11=log:seq,log:seq;12=log:seq", fields in order.
func (saw Saw) String() string {
	var b strings.Builder
	for _, f := range slices.Sorted(maps.Keys(saw)) {
		if b.Len() > 0 {
			b.WriteByte(';')
		}
		b.WriteString(strconv.Itoa(int(f)))
		sep := byte('=')
		for _, d := range saw[f] {
			b.WriteByte(sep)
			b.WriteString(d.String())
			sep = ','
		}
	}
	return b.String()
}

// ParseSaw reads what String printed.
func ParseSaw(s string) (Saw, error) {
	saw := make(Saw)
	if s == "" {
		return saw, nil
	}
	for part := range strings.SplitSeq(s, ";") {
		number, dots, any := strings.Cut(part, "=")
		f, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("seen values: field %q: not a number", number)
		}
		if !any { // a field that was seen without a value
			saw[p.Field(f)] = nil
			continue
		}
		for text := range strings.SplitSeq(dots, ",") {
			log, seq, _ := strings.Cut(text, ":")
			l, err := p.ParseLogID(log)
			if err != nil {
				return nil, fmt.Errorf("seen values: %w", err)
			}
			n, err := strconv.ParseUint(seq, 10, 32)
			if err != nil || n == 0 {
				return nil, fmt.Errorf("seen values: position %q: not a number", seq)
			}
			saw[p.Field(f)] = append(saw[p.Field(f)], p.Dot{Log: l, Seq: p.Seq(n)})
		}
	}
	return saw, nil
}

// StaleError says that a field has got a value which the form had not shown. Nothing was written; both
// values belong before the person.
type StaleError struct {
	Kind   p.Kind
	Field  p.Field
	Values []p.Value // all live values, the new one among them
}

func (e *StaleError) Error() string {
	name := strconv.Itoa(int(e.Field))
	if info, ok := FieldOf(e.Kind, e.Field); ok {
		name = info.Name
	}
	return name + ": changed since the form was opened"
}

// Unseen is a *StaleError if one of some fields has a value that a form had not shown.
func Unseen(s *p.State, saw Saw, fields ...p.Field) error {
	for _, f := range fields {
		values := s.Values(f)
		for _, v := range values {
			if !sawDot(saw, f, v.Dot) {
				return &StaleError{Kind: s.Kind, Field: f, Values: values}
			}
		}
	}
	return nil
}

// SupersedesMax is how many values one write may replace.
const SupersedesMax = 16

// Edit writes one field, replacing every value that is live in it now. It is for programs and for
// choices made on the present state; forms go through EditSubject and its like.
func Edit(old *p.State, f p.Field, d p.Data) Draft {
	return Draft{Kind: old.Kind, Entity: old.ID, Writes: []p.Write{writeOver(f, d, old.Values(f))}}
}

// writeOver makes a write that replaces the given live values; of more than SupersedesMax the greatest
// dots, so that none of the others can stand against the new value for more than one further edit.
func writeOver(f p.Field, d p.Data, values []p.Value) p.Write {
	w := p.Write{Field: f, Data: d}
	if n := len(values); n > SupersedesMax {
		values = values[n-SupersedesMax:]
	}
	for _, v := range values {
		w.Supersedes = append(w.Supersedes, v.Superseded())
	}
	return w
}

// cleanPatch checks types and lengths and brings texts into the form that is kept.
func cleanPatch(kind p.Kind, patch Patch) (Patch, error) {
	var c check
	out := make(Patch, len(patch))
	for _, f := range slices.Sorted(maps.Keys(patch)) {
		d := patch[f]
		info, ok := FieldOf(kind, f)
		switch {
		case !ok:
			c.fail(strconv.Itoa(int(f)), CodeFieldUnknown)
			continue
		case !info.Accepts(d):
			c.fail(info.Name, CodeTypeWrong)
			continue
		case info.Type == TypeText:
			s, _ := d.Text()
			d = textData(cleanText(s))
		case info.Type == TypeTexts:
			d = textsData(cleanLines(getter(func(p.Field) p.Data { return d }).texts(f)))
		}
		c.texts(kind, []fieldData{{f, d}})
		out[f] = d
	}
	return out, c.err(nil)
}

// edit turns a checked patch into a draft: fields that already say so are left out, live values the form
// had not shown are a *StaleError, and a write replaces exactly what is live and was shown.
func edit(old *p.State, patch Patch, saw Saw) (Draft, error) {
	draft := Draft{Kind: old.Kind, Entity: old.ID}
	for _, f := range slices.Sorted(maps.Keys(patch)) {
		values := old.Values(f)
		for i := range values {
			if !slices.Contains(saw[f], values[i].Dot) {
				return Draft{}, &StaleError{Kind: old.Kind, Field: f, Values: values}
			}
		}
		d := patch[f]
		if d.Equal(old.Get(f)) && !differ(values) {
			continue
		}
		draft.Writes = append(draft.Writes, writeOver(f, d, values))
	}
	return draft, nil
}

// creation makes the draft of a new entity from what was entered.
func creation(kind p.Kind, fields []fieldData) Draft {
	d := Draft{Kind: kind}
	for _, f := range fields {
		if !f.data.IsNull() {
			d.Writes = append(d.Writes, p.Write{Field: f.field, Data: f.data})
		}
	}
	slices.SortFunc(d.Writes, func(a, b p.Write) int { return cmp.Compare(a.Field, b.Field) })
	return d
}

// difference returns the fields in which an input differs from what stands.
func difference(old *p.State, fields []fieldData) Patch {
	patch := make(Patch)
	for _, f := range fields {
		if !f.data.Equal(old.Get(f.field)) {
			patch[f.field] = f.data
		}
	}
	return patch
}

// over lays a patch over what stands.
func over(old *p.State, patch Patch) getter {
	return func(f p.Field) p.Data {
		if d, ok := patch[f]; ok {
			return d
		}
		return old.Get(f)
	}
}

// coupled names the field under which a rule over two fields reports what a change of the other broke.
var coupled = map[string][]string{
	"screening":       {"against"},
	"not_done":        {"against"},
	"code":            {"subject"},
	"subject":         {"given_on"}, // a dose moved to somebody who was born after it
	"birth_precision": {"birth_date"},
	"from":            {"until", "former"},
	"until":           {"former"},
	"successors":      {"until"},
}

// patched takes the cleaned data for the patch's fields and returns their names.
func patched(kind p.Kind, patch Patch, fields []fieldData) map[string]bool {
	names := make(map[string]bool, len(patch))
	for _, f := range fields {
		if _, ok := patch[f.field]; ok {
			patch[f.field] = f.data
			names[fieldName(kind, f.field)] = true
		}
	}
	own := slices.Collect(maps.Keys(names))
	for changed, also := range coupled {
		if slices.Contains(own, changed) {
			for _, name := range also {
				names[name] = true
			}
		}
	}
	return names
}

func fieldName(kind p.Kind, f p.Field) string {
	info, _ := FieldOf(kind, f)
	return info.Name
}

// Void says that an entity was entered in error. The reason is required. A void or correction that the
// form had not shown is a *StaleError.
func Void(old *p.State, reason string, saw Saw) (Draft, error) {
	reason = cleanLine(reason)
	var c check
	c.failIf(reason == "", "void", CodeReasonRequired)
	c.failIf(len(reason) > TextBytesMax, "void", CodeTextTooLong, "max", TextBytesMax)
	if err := c.err(nil); err != nil {
		return Draft{}, err
	}
	return edit(old, Patch{p.FieldVoid: p.Text(reason)}, saw)
}

// Restore takes a void back.
func Restore(old *p.State, saw Saw) (Draft, error) {
	return edit(old, Patch{p.FieldVoid: p.Null()}, saw)
}
