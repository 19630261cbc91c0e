package report

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"tramy/internal/registry"
)

//go:embed forms/*.yaml
var formFiles embed.FS

// Limits of a layout file.
const (
	LayoutBytesMax = 256 << 10
	LayoutRowsMax  = 200
	LayoutTextMax  = 300 // letters of a name or a source
)

// What a row of a form counts.
const (
	CountDoses     = "doses"     // doses given
	CountOther     = "other"     // doses given that no other row counts
	CountTetanus   = "tetanus"   // women's tetanus doses, by their number in the woman's own course
	CountFull      = "full"      // children who had the last of what they need, on the day of it
	CountBorn      = "born"      // children born, who live here
	CountProtected = "protected" // of those, who was protected against tetanus at birth
	CountReactions = "reactions" // reactions, by the day they began
)

// What a form is filled in from, and so what its rows and columns are.
const (
	KindResults   = "results"   // a row an indicator, columns by whom and under which programme
	KindMonths    = "months"    // the same rows, a column a month and one for all
	KindReactions = "reactions" // a row an indicator, columns by severity, and a list of the severe ones
	KindSupplies  = "supplies"  // a row a lot, columns by what happened to it
	KindRegister  = "register"  // a row a child, columns by what is known of it and its doses
)

// Layout is the form of a report as data: circulars change, and each version is kept with its days.
type Layout struct {
	Form        string // its name in addresses
	Kind        string
	From, Until registry.Day
	Title       Text
	Rows        []RowLayout
	Columns     []ColumnLayout      // of a kind whose columns are not given by it
	List        []ColumnLayout      // of the list of severe reactions
	YearsBack   int                 // of a register: children born since 1 January so many years before the period's last day
	Deadlines   map[string]Deadline // by "month", "year"
}

// Text is a text in both languages.
type Text struct{ VI, EN string }

// In returns the text in a language.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.VI
}

// Deadline is until when a report must be there: a day of the month after what it is about.
type Deadline struct {
	Day    int
	Source string
}

// Due is the last day on which a report whose period ends on a day is in time.
func (d Deadline) Due(end registry.Day) registry.Day {
	return (end.Month() + 1).First() + registry.Day(d.Day-1)
}

// RowLayout is one row: what it counts, and by which rule.
type RowLayout struct {
	Key      string
	Name     Text
	Count    string
	Vaccines []string // codes; none means any
	Doses    DoseRange
	Group    string // "child", "woman" or any
	// Age in full months on the day of the dose, or for [CountFull] by which the last of the needs must have been given.
	FromMonths, UnderMonths int
	Hours                   int  // of a birth dose: within so many hours of birth
	Late                    bool // and after them
	Severity                registry.Severity
	Needs                   []Need
	Target                  registry.TargetGroup // whose planned number the row is held against; 0: none
	Source                  string
	Verify                  bool // not held against a printed form yet
}

// Need is one of the doses that make a child fully immunized: the n-th of any of some vaccines.
type Need struct {
	Vaccines []string
	Dose     int
}

// DoseRange is which numbers in a series count.
type DoseRange struct {
	Any         bool
	First, Last int32
}

// Has reports whether a number counts.
func (r DoseRange) Has(n int32) bool { return r.Any || r.First <= n && n <= r.Last }

// LayoutError is what is wrong with a layout file, and what to do about it.
type LayoutError struct {
	File   string
	Line   int
	Detail string
}

func (e *LayoutError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Detail) }

// Layouts are the forms that came with the program, the newest version of each first.
func Layouts() ([]*Layout, error) { return LoadLayouts(formFiles, "forms") }

// LoadLayouts reads all forms of a folder. The error holds a *LayoutError for each thing that is wrong.
func LoadLayouts(files fs.FS, dir string) ([]*Layout, error) {
	names, err := fs.Glob(files, dir+"/*.yaml")
	if err != nil {
		return nil, err
	}
	var out []*Layout
	var all []error
	for _, name := range names {
		f, err := files.Open(name)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(io.LimitReader(f, LayoutBytesMax+1))
		err = errors.Join(err, f.Close())
		if err != nil {
			return nil, err
		}
		l, err := ParseLayout(name, text)
		if err != nil {
			all = append(all, err)
			continue
		}
		for _, other := range out {
			if other.Form == l.Form && (l.Until == 0 || other.From < l.Until) && (other.Until == 0 || l.From < other.Until) {
				all = append(all, &LayoutError{name, 1, fmt.Sprintf("form %q is in force on the same days as another version; give the older one an until: day", l.Form)})
			}
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b *Layout) int { return cmp.Or(cmp.Compare(a.Form, b.Form), cmp.Compare(b.From, a.From)) })
	return out, errors.Join(all...)
}

// LayoutOn finds the version of a form for a period that ends on a day: the one in force then, or the oldest there is for what lies
// before all of them. Nil: there is no such form.
func LayoutOn(all []*Layout, form string, day registry.Day) *Layout {
	var oldest *Layout
	for _, l := range all {
		if l.Form != form {
			continue
		}
		if l.From <= day && (l.Until == 0 || day < l.Until) {
			return l
		}
		if oldest == nil || l.From < oldest.From {
			oldest = l
		}
	}
	return oldest
}

// ParseLayout reads a layout file; name is how it is called in errors. All that is wrong is told at once.
func ParseLayout(name string, text []byte) (*Layout, error) {
	p := layoutParser{file: name}
	if len(text) > LayoutBytesMax {
		return nil, &LayoutError{name, 1, fmt.Sprintf("the file is larger than %d bytes", LayoutBytesMax)}
	}
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&doc); err != nil || len(doc.Content) != 1 {
		return nil, &LayoutError{name, 1, fmt.Sprintf("this is not YAML: %v", cmp.Or(err, errors.New("the file is empty")))}
	}
	l := p.layout(doc.Content[0])
	return l, errors.Join(p.wrong...)
}

type layoutParser struct {
	file    string
	wrong   []error
	sources map[string]string
}

func (p *layoutParser) bad(n *yaml.Node, format string, args ...any) {
	p.wrong = append(p.wrong, &LayoutError{p.file, n.Line, fmt.Sprintf(format, args...)})
}

// fields returns the values of a mapping by key. A key that nobody knows and one that must be there and is not are wrong.
func (p *layoutParser) fields(n *yaml.Node, what string, must, may []string) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	if n.Kind != yaml.MappingNode {
		p.bad(n, "%s: write key: value pairs", what)
		return out
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		switch {
		case !slices.Contains(must, k.Value) && !slices.Contains(may, k.Value):
			p.bad(k, "%s has no field %q; its fields are %s", what, k.Value, strings.Join(slices.Concat(must, may), ", "))
		case out[k.Value] != nil:
			p.bad(k, "%s: %q stands here a second time; remove one", what, k.Value)
		default:
			out[k.Value] = n.Content[i+1]
		}
	}
	for _, k := range must {
		if out[k] == nil {
			p.bad(n, "%s lacks the field %q; add %s: …", what, k, k)
		}
	}
	return out
}

func (p *layoutParser) text(n *yaml.Node, what string) string {
	switch {
	case n == nil:
		return ""
	case n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "":
		p.bad(n, "%s: write one text", what)
		return ""
	case utf8.RuneCountInString(n.Value) > LayoutTextMax:
		p.bad(n, "%s: more than %d letters; make it shorter", what, LayoutTextMax)
		return ""
	}
	return strings.TrimSpace(n.Value)
}

func (p *layoutParser) number(n *yaml.Node, what string, low, high int) int {
	if n == nil {
		return 0
	}
	var out int
	if err := n.Decode(&out); err != nil || out < low || out > high {
		p.bad(n, "%s: write a whole number from %d to %d", what, low, high)
		return 0
	}
	return out
}

func (p *layoutParser) day(n *yaml.Node, what string) registry.Day {
	if n == nil {
		return 0
	}
	day, err := registry.ParseISO(n.Value)
	if err != nil {
		p.bad(n, "%s: write a day as 2026-07-01", what)
	}
	return day
}

func (p *layoutParser) names(n *yaml.Node, what string) Text {
	if n == nil {
		return Text{}
	}
	f := p.fields(n, what, []string{"vi", "en"}, nil)
	return Text{p.text(f["vi"], what+" vi"), p.text(f["en"], what+" en")}
}

func (p *layoutParser) cite(n *yaml.Node, what string) string {
	key := p.text(n, what+" cite")
	source, ok := p.sources[key]
	if !ok && key != "" {
		p.bad(n, "%s cites %q, which is not under sources; add it there", what, key)
	}
	return source
}

func (p *layoutParser) list(n *yaml.Node, what string) (out []string) {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > LayoutRowsMax {
		p.bad(n, "%s: write a list, as [BCG, VGB0]", what)
		return nil
	}
	for _, item := range n.Content {
		out = append(out, p.text(item, what))
	}
	return out
}

func (p *layoutParser) layout(n *yaml.Node) *Layout {
	kind := p.kind(n)
	must, may := kindFields(kind)
	f := p.fields(n, "a form", must, may)
	l := &Layout{
		Form: p.text(f["form"], "form"), Kind: kind, From: p.day(f["from"], "from"), Until: p.day(f["until"], "until"), Title: p.names(f["title"], "title"),
		YearsBack: p.number(f["years_back"], "years_back", 0, 20), Deadlines: map[string]Deadline{},
	}
	if l.Form != "" && !rowKey(l.Form) {
		p.bad(f["form"], "form: its name stands in addresses; write small letters, digits and hyphens")
	}
	if l.Until != 0 && l.Until <= l.From {
		p.bad(f["until"], "until lies before from; write the first day on which the form is not in force any more")
	}
	p.sources = map[string]string{}
	if s := f["sources"]; s != nil {
		if s.Kind != yaml.MappingNode {
			p.bad(s, "sources: write key: title pairs")
			s = &yaml.Node{}
		}
		for i := 0; i+1 < len(s.Content); i += 2 {
			p.sources[s.Content[i].Value] = p.text(s.Content[i+1], "source "+s.Content[i].Value)
		}
	}
	if d := f["deadlines"]; d != nil {
		for key, n := range p.fields(d, "deadlines", []string{"month", "year"}, nil) {
			g := p.fields(n, "deadline "+key, []string{"day", "cite"}, []string{"article"})
			line := Deadline{Day: p.number(g["day"], "deadline "+key+" day", 1, 28), Source: p.cite(g["cite"], "deadline "+key)}
			if article := p.text(g["article"], "article"); article != "" {
				line.Source += ", " + article
			}
			l.Deadlines[key] = line
		}
	}
	l.Columns, l.List = p.columns(f["columns"], kind, "columns"), p.columns(f["list"], kindList, "list")
	if rows := f["rows"]; rows != nil {
		if rows.Kind != yaml.SequenceNode || len(rows.Content) == 0 || len(rows.Content) > LayoutRowsMax {
			p.bad(rows, "rows: write a list of 1 to %d rows", LayoutRowsMax)
			return l
		}
		for _, n := range rows.Content {
			row := p.row(n)
			if row.Count == CountReactions && row.Severity == 0 && kind != KindReactions {
				p.bad(n, `row %s counts reactions and lacks the field "severity"; add severity: common or severe`, row.Key)
			}
			if slices.ContainsFunc(l.Rows, func(r RowLayout) bool { return r.Key == row.Key && row.Key != "" }) {
				p.bad(n, "two rows have the key %q; rename one", row.Key)
			}
			l.Rows = append(l.Rows, row)
		}
	}
	return l
}

// rowKey reports whether a key of a row can stand in an address.
func rowKey(key string) bool { return strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" }

func (p *layoutParser) row(n *yaml.Node) RowLayout {
	f := p.fields(n, "a row", []string{"key", "vi", "en", "cite"},
		[]string{"count", "vaccines", "dose", "group", "from_months", "under_months", "hours", "severity", "needs", "target", "verify"})
	r := RowLayout{Key: p.text(f["key"], "key"), Count: CountDoses, Doses: DoseRange{Any: true}}
	what := "row " + r.Key
	if !rowKey(r.Key) {
		p.bad(f["key"], "%s: a key is made of small letters, digits and hyphens", what)
	}
	r.Name = Text{p.text(f["vi"], what+" vi"), p.text(f["en"], what+" en")}
	if c := f["cite"]; c != nil {
		r.Source = p.cite(c, what)
	}
	if c := f["count"]; c != nil {
		r.Count = p.word(c, what+" count", CountDoses, CountOther, CountTetanus, CountFull, CountBorn, CountProtected, CountReactions)
	}
	r.Vaccines = p.list(f["vaccines"], what+" vaccines")
	r.Doses = p.doses(f["dose"], what)
	if g := f["group"]; g != nil {
		r.Group = p.word(g, what+" group", "child", "woman")
	}
	r.FromMonths, r.UnderMonths = p.number(f["from_months"], what+" from_months", 0, 1200), p.number(f["under_months"], what+" under_months", 1, 1200)
	r.Hours, r.Late = p.hours(f["hours"], what)
	r.Severity = p.severity(f["severity"], what)
	if g := f["target"]; g != nil {
		n, _ := registry.TargetGroupEnum.Number(p.word(g, what+" target", registry.TargetGroupEnum.Keys()...))
		r.Target = registry.TargetGroup(n)
	}
	r.Verify = p.truth(f["verify"], what+" verify")
	p.needList(&r, f["needs"], what)
	p.needs(&r, n, what)
	return r
}

// needs holds each kind of row to what it cannot do without.
func (p *layoutParser) needs(r *RowLayout, n *yaml.Node, what string) {
	switch {
	case r.Count == CountFull && (len(r.Needs) == 0 || r.UnderMonths == 0):
		p.bad(n, "%s counts the fully immunized and lacks needs or under_months; add both", what)
	case (r.Count == CountDoses || r.Count == CountTetanus) && len(r.Vaccines) == 0:
		p.bad(n, `%s counts doses and lacks the field "vaccines"; add vaccines: [BCG] or whichever it counts`, what)
	}
}

func (p *layoutParser) word(n *yaml.Node, what string, words ...string) string {
	if !slices.Contains(words, n.Value) {
		p.bad(n, "%s: write one of %s", what, strings.Join(words, ", "))
	}
	return n.Value
}

// doses reads 2, 0 or 2+.
func (p *layoutParser) doses(n *yaml.Node, what string) DoseRange {
	if n == nil {
		return DoseRange{Any: true}
	}
	text, more := strings.CutSuffix(n.Value, "+")
	var first int32
	if _, err := fmt.Sscanf(text, "%d", &first); err != nil || first < 0 || first > 20 || fmt.Sprint(first) != text {
		p.bad(n, "%s dose: write 1, or 2+ for the second and all after it", what)
	}
	if more {
		return DoseRange{First: first, Last: 1 << 20}
	}
	return DoseRange{First: first, Last: first}
}
