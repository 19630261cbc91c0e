package fhir

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"tramy/internal/registry"
)

// Reading is what reading has to know beside the file.
type Reading struct {
	Vaccines []registry.VaccineInput // those of this register
}

// Incoming is somebody who was read, with what is in the way.
type Incoming struct {
	Person
	SameAs   string // what somebody answered when the person was proposed as somebody who is here
	Entry    int    // of the patient, or of the first dose where there is no patient
	Entries  []int  // all entries that are about the person
	Problems []Problem
	Warnings []Problem
}

// Read is what a file holds.
type Read struct {
	Type    string         // of the bundle; "" for a file of one resource a line
	People  []*Incoming    // in the order of the patients
	Skipped map[string]int // resources of other types, which are not read
	Entries int

	raw   []json.RawMessage // entries, or resources where there are no entries
	bare  bool              // raw are resources
	owner []int             // by entry: position in People, -1 for nobody's
}

// Holds reports whether bytes may be a file for Decode: JSON, and not text in lines and columns.
func Holds(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(head) > 0 && head[0] == '{'
}

// Decode reads a bundle, a file with one resource a line (NDJSON), or one resource. The error is a *FileError or a
// *TooLargeError, or what r gave; what is wrong with a person stands with the person.
func Decode(r io.Reader, ctx Reading) (*Read, error) {
	data, err := io.ReadAll(io.LimitReader(r, BundleBytesMax+1))
	if err != nil {
		return nil, err
	}
	if len(data) > BundleBytesMax {
		return nil, &TooLargeError{What: "bytes", Max: BundleBytesMax}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return nil, &FileError{Kind: KindEmpty}
	case !utf8.Valid(data):
		return nil, &FileError{Kind: KindText}
	case depth(data) > DepthMax:
		return nil, &TooLargeError{What: "depth", Max: DepthMax}
	}
	out := &Read{Skipped: map[string]int{}}
	if err := out.split(data); err != nil {
		return nil, err
	}
	d := decoder{out: out, known: vaccinesByCode(ctx.Vaccines), byRef: map[string]int{}}
	d.read()
	return out, nil
}

// depth is how deep objects and lists lie within each other; text between quotes does not count.
func depth(data []byte) (most int) {
	now, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			most = max(most, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return most
}

// head is what tells what a value is.
type head struct {
	ResourceType string          `json:"resourceType"`
	Type         json.RawMessage `json:"type"`
	Entry        json.RawMessage `json:"entry"`
}

// bundleTypes are read; an answer to a history or to a subscription tells of changes and not of people.
var bundleTypes = []string{"collection", "transaction", "batch", "searchset", "document", "message"}

// split takes the file apart into entries.
func (r *Read) split(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	for n := 1; ; n++ {
		var raw json.RawMessage
		switch err := dec.Decode(&raw); {
		case errors.Is(err, io.EOF):
			r.Entries = len(r.raw)
			return nil
		case err != nil:
			return &FileError{Kind: KindJSON, Entry: n, Cause: jsonFault(err)}
		}
		var h head
		if err := json.Unmarshal(raw, &h); err != nil || h.ResourceType == "" {
			return &FileError{Kind: KindResource, Entry: n}
		}
		if h.ResourceType == "Bundle" {
			if len(r.raw) > 0 || dec.More() {
				return &FileError{Kind: KindBundle, Entry: n}
			}
			if err := r.bundle(&h); err != nil {
				return err
			}
			continue
		}
		r.bare = true
		if r.raw = append(r.raw, raw); len(r.raw) > EntriesMax {
			return &TooLargeError{What: "entries", Max: EntriesMax}
		}
	}
}

// jsonFault is an error of the JSON reader without what stood in the file.
func jsonFault(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("at byte %d", syntax.Offset)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return errors.New("unreadable")
}

func (r *Read) bundle(h *head) error {
	if json.Unmarshal(h.Type, &r.Type) != nil || !slices.Contains(bundleTypes, r.Type) {
		return &FileError{Kind: KindBundle, Entry: 1}
	}
	if len(h.Entry) == 0 {
		return nil
	}
	if err := json.Unmarshal(h.Entry, &r.raw); err != nil {
		return &FileError{Kind: KindBundle, Entry: 1}
	}
	if len(r.raw) > EntriesMax {
		return &TooLargeError{What: "entries", Max: EntriesMax}
	}
	return nil
}

// decoder reads entries into people.
type decoder struct {
	out   *Read
	known map[string]*registry.VaccineInput
	byRef map[string]int // who a reference names: position in People
}

// item is one entry as it was found.
type item struct {
	n        int // from 1
	fullURL  string
	method   string
	kind     string
	id       string
	resource json.RawMessage
}

func (d *decoder) read() {
	d.out.owner = make([]int, len(d.out.raw))
	var doses []item
	for i, raw := range d.out.raw {
		d.out.owner[i] = -1
		x, ok := d.item(i+1, raw)
		switch {
		case !ok:
			d.nobody(&x, Problem{Path: "Bundle.entry", Code: CodeShape})
		case x.kind == "Patient":
			d.patient(&x)
		case x.kind == "Immunization":
			doses = append(doses, x)
		default:
			d.out.Skipped[shortName(x.kind)]++
		}
	}
	for i := range doses {
		d.dose(&doses[i])
	}
	d.out.sort()
	for _, who := range d.out.People {
		if n := len(who.Doses); n > DosesMax {
			who.problem(who.Entry, "Immunization", CodeDoses, "", "max", DosesMax)
		}
	}
}

// sort brings people into the order of their entries: doses that are nobody's were found last.
func (r *Read) sort() {
	owners := make([]*Incoming, len(r.owner))
	for i, at := range r.owner {
		if at >= 0 {
			owners[i] = r.People[at]
		}
	}
	slices.SortStableFunc(r.People, func(a, b *Incoming) int { return cmp.Compare(a.Entry, b.Entry) })
	at := make(map[*Incoming]int, len(r.People))
	for i, who := range r.People {
		at[who] = i
	}
	for i, who := range owners {
		if who != nil {
			r.owner[i] = at[who]
		}
	}
}

// item reads what an entry is; false if it is none.
func (d *decoder) item(n int, raw json.RawMessage) (item, bool) {
	x := item{n: n, resource: raw}
	if !d.out.bare {
		var entry struct {
			FullURL  string          `json:"fullUrl"`
			Resource json.RawMessage `json:"resource"`
			Request  *Request        `json:"request"`
		}
		if json.Unmarshal(raw, &entry) != nil {
			return x, false
		}
		x.fullURL, x.resource = entry.FullURL, entry.Resource
		if entry.Request != nil {
			x.method = strings.ToUpper(entry.Request.Method)
		}
		if len(x.resource) == 0 {
			x.kind = "?" // an entry that only says what to do: DELETE, GET
			return x, x.method == "" || x.method == "GET"
		}
	}
	var h struct {
		ResourceType string `json:"resourceType"`
		ID           string `json:"id"`
	}
	if json.Unmarshal(x.resource, &h) != nil || h.ResourceType == "" {
		return x, false
	}
	x.kind, x.id = h.ResourceType, h.ID
	return x, true
}

// shortName keeps the name of a resource that is counted to letters.
func shortName(kind string) string {
	const nameBytes = 40
	if len(kind) > nameBytes || strings.Trim(kind, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		return "?"
	}
	return kind
}

// nobody keeps a fault that is nobody's as somebody without a name, so that it is told like the others.
func (d *decoder) nobody(x *item, pr Problem) *Incoming {
	pr.Entry = x.n
	who := &Incoming{Entry: x.n, Entries: []int{x.n}, Problems: []Problem{pr}}
	d.add(x, who)
	return who
}

func (d *decoder) add(x *item, who *Incoming) {
	d.out.owner[x.n-1] = len(d.out.People)
	d.out.People = append(d.out.People, who)
}

func (in *Incoming) problem(entry int, path string, code registry.Code, text string, params ...any) {
	in.Problems = append(in.Problems, newProblem(entry, path, code, text, params...))
}

func (in *Incoming) warn(entry int, path string, code registry.Code, text string, params ...any) {
	in.Warnings = append(in.Warnings, newProblem(entry, path, code, text, params...))
}

func newProblem(entry int, path string, code registry.Code, text string, params ...any) Problem {
	pr := Problem{Entry: entry, Path: path, Code: code, Text: brief(text), Params: map[string]any{}}
	for i := 0; i+1 < len(params); i += 2 {
		pr.Params[params[i].(string)] = params[i+1]
	}
	return pr
}

// brief keeps what a sentence repeats to a line.
func brief(text string) string {
	const lineChars = 60
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > lineChars {
		return string(r[:lineChars]) + "…"
	}
	return text
}

// common checks what every resource may say that changes what all the rest means.
func (in *Incoming) common(x *item, rules string, modifiers []Extension) {
	if rules != "" {
		in.problem(x.n, x.kind+".implicitRules", CodeRules, rules)
	}
	for i := range modifiers {
		in.problem(x.n, x.kind+".modifierExtension", CodeModifier, modifiers[i].URL)
	}
	if x.method != "" && x.method != "POST" && x.method != "PUT" {
		in.problem(x.n, "Bundle.entry.request.method", CodeMethod, x.method)
	}
}

// keepNote adds what has no field to a note, once, and returns the line; "" for nothing.
func keepNote(note *string, what, text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	line := what + ": " + text
	switch {
	case *note == "":
		*note = line
	case !strings.Contains(*note, line):
		*note += "; " + line
	}
	return line
}

// Rejected writes the entries of some people as a bundle of their own, to be mended and read again: reason is put on each
// patient, and an empty place for the answer where one is asked for.
func (r *Read) Rejected(w io.Writer, reasons map[int]string) error {
	write := func(s string) error {
		_, err := io.WriteString(w, s)
		return err
	}
	if err := write(`{"resourceType":"Bundle","type":"collection","entry":[`); err != nil {
		return err
	}
	first := true
	for i, raw := range r.raw {
		at := r.owner[i]
		if at < 0 {
			continue
		}
		reason, out := reasons[r.People[at].Entry]
		if !out {
			continue
		}
		entry, err := r.withReason(raw, reason)
		if err != nil {
			return err
		}
		if !first {
			entry = append([]byte(","), entry...)
		}
		first = false
		if _, err := w.Write(append([]byte("\n"), entry...)); err != nil {
			return err
		}
	}
	return write("\n]}\n")
}

// withReason puts why it was not taken in on a patient; everything else stays as it stands.
func (r *Read) withReason(raw json.RawMessage, reason string) ([]byte, error) {
	entry := map[string]json.RawMessage{}
	if r.bare {
		entry["resource"] = raw
	} else if json.Unmarshal(raw, &entry) != nil {
		return raw, nil
	}
	resource := map[string]json.RawMessage{}
	if json.Unmarshal(entry["resource"], &resource) == nil && bytes.Equal(resource["resourceType"], []byte(`"Patient"`)) {
		var list []json.RawMessage
		_ = json.Unmarshal(resource["extension"], &list) // what is no list is written anew
		list = slices.DeleteFunc(list, func(x json.RawMessage) bool {
			var e Extension
			return json.Unmarshal(x, &e) == nil && e.URL == ExtensionReason
		})
		said, err := json.Marshal(Extension{URL: ExtensionReason, ValueString: reason})
		if err != nil {
			return nil, err
		}
		b, err := json.Marshal(append(list, said))
		if err != nil {
			return nil, err
		}
		resource = maps.Clone(resource)
		resource["extension"] = b
		if b, err = json.Marshal(resource); err != nil {
			return nil, err
		}
		entry["resource"] = b
	}
	return json.Marshal(entry)
}
