package api

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// Fields are an entity's fields by their names in the field table, as they stand. What is not stated is
// left out.
type Fields map[string]any

// fieldsOf reads what stands in a state.
func fieldsOf(s *p.State) Fields {
	out := Fields{}
	for _, info := range registry.FieldsOf(s.Kind) {
		if hidden(info) {
			continue
		}
		if d := s.Get(info.Field); !d.IsNull() {
			out[info.Name] = value(info, d)
		}
	}
	return out
}

// hidden tells the fields that the API shows in another form, or not at all: whether something is void has
// acts of its own; what places let go of an entity, and whether a code was read off a card, is for machines.
func hidden(info registry.FieldInfo) bool {
	return info.Field == p.FieldVoid || info.Field == p.FieldReleased || info.Kind == registry.KindSubject && info.Field == registry.SubjectFromCard
}

// value turns data into what JSON has for it: dates as ISO dates, times as hh:mm, choices as their keys,
// references as ids. Data of another type than the field's (a newer version's) is shown as what it is.
func value(info registry.FieldInfo, d p.Data) any {
	n, whole := d.Int()
	switch {
	case d.IsNull():
		return nil
	case whole && info.Type == registry.TypeDay:
		return registry.Day(n).ISO()
	case whole && info.Type == registry.TypeClock && n >= 0 && n < 24*60:
		return registry.Clock(n + 1).String()
	case whole && info.Type == registry.TypeEnum:
		return info.Enum.Key(n)
	case whole:
		return n
	}
	switch d.Tag() {
	case p.TagTrue, p.TagFalse:
		return d.Bool()
	case p.TagRef:
		e, _ := d.Ref()
		return e.String()
	case p.TagBytes:
		b, _ := d.Bytes()
		return hex.EncodeToString(b)
	case p.TagList:
		items, _ := d.List()
		out := make([]any, len(items))
		for i, item := range items {
			out[i] = value(registry.FieldInfo{}, item)
		}
		return out
	}
	s, _ := d.Text()
	return s
}

// patchOf reads members of an object as new data for fields of a kind; null clears one. Names in except
// may not be written this way.
func patchOf(kind p.Kind, raw rawFields, except ...string) (registry.Patch, error) {
	patch := registry.Patch{}
	var errs registry.Errors
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		info, known := registry.FieldNamed(kind, name)
		if !known || hidden(info) || slices.Contains(except, name) {
			errs = append(errs, registry.FieldError{Field: server.MemberName(name), Code: registry.CodeFieldUnknown})
			continue
		}
		d, fault := data(info, raw[name])
		if fault != nil {
			fault.Field = name
			errs = append(errs, *fault)
			continue
		}
		patch[info.Field] = d
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return patch, nil
}

// data reads a member's value by its field's type.
func data(info registry.FieldInfo, raw json.RawMessage) (p.Data, *registry.FieldError) {
	if bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
		return p.Null(), nil
	}
	wrong := &registry.FieldError{Code: registry.CodeTypeWrong}
	switch info.Type {
	case registry.TypeInt:
		n, err := strconv.ParseInt(string(bytes.TrimSpace(raw)), 10, 64)
		if err != nil {
			return p.Data{}, wrong
		}
		return p.Int(n), nil
	case registry.TypeBool:
		var b bool
		if json.Unmarshal(raw, &b) != nil {
			return p.Data{}, wrong
		}
		return p.Bool(b), nil
	case registry.TypeTexts:
		var list []string
		if json.Unmarshal(raw, &list) != nil {
			return p.Data{}, wrong
		}
		items := make([]p.Data, len(list))
		for i, s := range list {
			items[i] = p.Text(s)
		}
		return p.List(items...), nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return p.Data{}, wrong
	}
	return textual(info, text)
}

// textual reads what JSON has as a string.
func textual(info registry.FieldInfo, text string) (p.Data, *registry.FieldError) {
	fail := func(code registry.Code) (p.Data, *registry.FieldError) {
		return p.Data{}, &registry.FieldError{Code: code, Params: map[string]any{"text": short(text)}}
	}
	if text == "" {
		return p.Null(), nil
	}
	switch info.Type {
	case registry.TypeText:
		return p.Text(strings.ToValidUTF8(text, "\ufffd")), nil
	case registry.TypeDay:
		day, ok := parseDay(text)
		if !ok {
			return fail(registry.CodeDateUnreadable)
		}
		return p.Int(int64(day)), nil
	case registry.TypeClock:
		t, err := time.Parse("15:04", text)
		if err != nil {
			return fail(registry.CodeTimeUnreadable)
		}
		return p.Int(int64(t.Hour()*60 + t.Minute())), nil
	case registry.TypeEnum:
		n, ok := info.Enum.Number(text)
		if !ok {
			return fail(registry.CodeChoiceUnknown)
		}
		return p.Int(n), nil
	case registry.TypeRef:
		e, err := p.ParseEntityID(text)
		if err != nil {
			return fail(registry.CodeTypeWrong)
		}
		return p.Ref(e), nil
	}
	return fail(registry.CodeTypeWrong)
}

// short keeps what may be repeated in a sentence, and in a log, to the length of a date or a code.
func short(text string) string {
	const most = 16
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}

// Day reads a day as this interface writes it: 2026-07-18.
func Day(text string) (registry.Day, bool) { return parseDay(text) }

func parseDay(text string) (registry.Day, bool) {
	day, err := registry.ParseISO(text)
	return day, err == nil
}

// entered lays a patch out as a state, so that the registry's own view reads an input from it.
func entered(kind p.Kind, patch registry.Patch) *p.State {
	s := &p.State{Kind: kind}
	for _, f := range slices.Sorted(maps.Keys(patch)) {
		if !patch[f].IsNull() {
			s.Fields = append(s.Fields, p.FieldValues{Field: f, Values: []p.Value{{Data: patch[f]}}})
		}
	}
	return s
}

// Moment is a time as the API writes it, "" for none.
func Moment(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format(time.RFC3339)
}

// iso writes a date, "" for none.
func iso(day registry.Day) string {
	if day == 0 {
		return ""
	}
	return day.ISO()
}

// parseDot reads what Dot.String printed.
func parseDot(text string) (p.Dot, bool) {
	log, seq, _ := strings.Cut(text, ":")
	l, err := p.ParseLogID(log)
	n, nerr := strconv.ParseUint(seq, 10, 32)
	return p.Dot{Log: l, Seq: p.Seq(n)}, err == nil && nerr == nil && n > 0
}
