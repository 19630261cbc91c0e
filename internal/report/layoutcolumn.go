package report

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"tramy/internal/registry"
)

// kindList is the kind of the columns of a list, which is no form of its own.
const kindList = "list"

// ColumnLayout is one column of a form whose columns are data: what it tells, and by which rule. Of the fields of its row those of doses
// hold for a column of a register.
type ColumnLayout struct {
	RowLayout
	What       string // one of the words of its kind
	Reasons    []registry.DiscardReason
	Cumulative bool
}

// What a column of supplies counts, in doses or pieces.
const (
	AmountOpening    = "opening"
	AmountReceived   = "received"
	AmountGiven      = "given"    // by doses
	AmountUsed       = "used"     // what no dose tells of: a safety box, a syringe for mixing
	AmountPeople     = "children" // who had a dose of it
	AmountReturned   = "returned" // to the store above or another place
	AmountDestroyed  = "destroyed"
	AmountDifference = "difference" // what counts found more or less than the ledger says
	AmountClosing    = "closing"
)

// What a column of a register, or of a list of severe reactions, tells. ColumnDose, ColumnFull are days, of a dose and of the last that a
// child needs.
const (
	ColumnNumber    = "number"
	ColumnCode      = "code"
	ColumnName      = "name"
	ColumnBorn      = "born"
	ColumnSex       = "sex"
	ColumnEthnic    = "ethnic"
	ColumnMother    = "mother"
	ColumnPhone     = "phone"
	ColumnHome      = "home"
	ColumnProtected = "protected"
	ColumnDose      = "dose"
	ColumnFull      = "full"
	ColumnPlaces    = "places"
	ColumnNote      = "note"

	ColumnAge      = "age"
	ColumnVaccine  = "vaccine"
	ColumnLot      = "lot"
	ColumnGiven    = "given"
	ColumnBegan    = "began"
	ColumnSigns    = "signs"
	ColumnHospital = "hospital"
	ColumnOutcome  = "outcome"
	ColumnTold     = "told"
)

var columnWords = map[string][]string{
	KindSupplies: {AmountOpening, AmountReceived, AmountGiven, AmountUsed, AmountPeople, AmountReturned, AmountDestroyed, AmountDifference, AmountClosing},
	KindRegister: {
		ColumnNumber, ColumnCode, ColumnName, ColumnBorn, ColumnSex, ColumnEthnic, ColumnMother, ColumnPhone, ColumnHome, ColumnProtected, ColumnDose, ColumnFull,
		ColumnPlaces, ColumnNote,
	},
	kindList: {ColumnNumber, ColumnCode, ColumnSex, ColumnAge, ColumnVaccine, ColumnLot, ColumnGiven, ColumnBegan, ColumnSigns, ColumnHospital, ColumnOutcome, ColumnTold},
}

// kindFields are the fields that a form of a kind must and may have.
func kindFields(kind string) (must, may []string) {
	must, may = []string{"form", "from", "title", "sources"}, []string{"kind", "until"}
	switch kind {
	case KindSupplies:
		return append(must, "deadlines", "columns"), may
	case KindRegister:
		return append(must, "columns", "years_back"), may
	case KindReactions:
		return append(must, "deadlines", "rows", "columns", "list"), may
	}
	return append(must, "deadlines", "rows"), may
}

// kind reads what a form is filled in from: what stands there decides which fields the form has.
func (p *layoutParser) kind(n *yaml.Node) string {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "kind" {
			return p.word(n.Content[i+1], "kind", KindResults, KindMonths, KindReactions, KindSupplies, KindRegister)
		}
	}
	return KindResults
}

// columns reads the columns of a form, or of its list.
func (p *layoutParser) columns(n *yaml.Node, kind, what string) (out []ColumnLayout) {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > LayoutRowsMax {
		p.bad(n, "%s: write a list of 1 to %d columns", what, LayoutRowsMax)
		return nil
	}
	for _, item := range n.Content {
		c := p.column(item, kind)
		if slices.ContainsFunc(out, func(x ColumnLayout) bool { return x.Key == c.Key && c.Key != "" }) {
			p.bad(item, "two columns have the key %q; rename one", c.Key)
		}
		out = append(out, c)
	}
	return out
}

func (p *layoutParser) column(n *yaml.Node, kind string) ColumnLayout {
	must, may := []string{"key", "vi", "en", "cite"}, []string{"verify"}
	switch kind {
	case KindReactions:
		may = append(may, "severity", "cumulative")
	case KindSupplies:
		must, may = append(must, "what"), append(may, "reasons")
	case KindRegister:
		must, may = append(must, "what"), append(may, "vaccines", "dose", "hours", "needs", "under_months")
	default:
		must = append(must, "what")
	}
	f := p.fields(n, "a column", must, may)
	c := ColumnLayout{RowLayout: RowLayout{Key: p.text(f["key"], "key"), Count: CountDoses, Doses: DoseRange{Any: true}}}
	what := "column " + c.Key
	if !rowKey(c.Key) {
		p.bad(f["key"], "%s: a key is made of small letters, digits and hyphens", what)
	}
	c.Name = Text{p.text(f["vi"], what+" vi"), p.text(f["en"], what+" en")}
	if x := f["cite"]; x != nil {
		c.Source = p.cite(x, what)
	}
	if x := f["what"]; x != nil {
		c.What = p.word(x, what+" what", columnWords[kind]...)
	}
	c.Verify, c.Cumulative, c.Severity = p.truth(f["verify"], what+" verify"), p.truth(f["cumulative"], what+" cumulative"), p.severity(f["severity"], what)
	c.Vaccines, c.Doses = p.list(f["vaccines"], what+" vaccines"), p.doses(f["dose"], what)
	c.UnderMonths = p.number(f["under_months"], what+" under_months", 1, 1200)
	c.Hours, c.Late = p.hours(f["hours"], what)
	p.needList(&c.RowLayout, f["needs"], what)
	for _, key := range p.list(f["reasons"], what+" reasons") {
		number, known := registry.DiscardReasonEnum.Number(key)
		if !known {
			p.bad(f["reasons"], "%s reasons: nobody knows %q; write some of %v", what, key, registry.DiscardReasonEnum.Keys())
		}
		c.Reasons = append(c.Reasons, registry.DiscardReason(number))
	}
	switch {
	case c.What == ColumnDose && len(c.Vaccines) == 0:
		p.bad(n, `%s is the day of a dose and lacks the field "vaccines"; add vaccines: [BCG] or whichever it is of`, what)
	case c.What == ColumnFull && (len(c.Needs) == 0 || c.UnderMonths == 0):
		p.bad(n, "%s is the day on which a child is fully immunized and lacks needs or under_months; add both", what)
	case c.What == AmountDestroyed && kind == KindSupplies && len(c.Reasons) == 0:
		p.bad(n, `%s counts what was destroyed and lacks the field "reasons"; add reasons: %v or some of them`, what, registry.DiscardReasonEnum.Keys())
	}
	return c
}

func (p *layoutParser) truth(n *yaml.Node, what string) bool {
	return n != nil && p.word(n, what, "true", "false") == "true"
}

func (p *layoutParser) severity(n *yaml.Node, what string) registry.Severity {
	if n == nil {
		return 0
	}
	if p.word(n, what+" severity", "common", "severe") == "severe" {
		return registry.SeveritySevere
	}
	return registry.SeverityCommon
}

// hours reads within 24, or after 24.
func (p *layoutParser) hours(n *yaml.Node, what string) (hours int, late bool) {
	if n == nil {
		return 0, false
	}
	if _, err := fmt.Sscanf(n.Value, "within %d", &hours); err == nil {
		return hours, false
	}
	if _, err := fmt.Sscanf(n.Value, "after %d", &hours); err != nil {
		p.bad(n, "%s hours: write within 24 or after 24", what)
	}
	return hours, true
}

// needList reads what makes a child fully immunized.
func (p *layoutParser) needList(r *RowLayout, list *yaml.Node, what string) {
	if list == nil {
		return
	}
	if list.Kind != yaml.SequenceNode {
		p.bad(list, "%s needs: write a list", what)
	}
	for _, item := range list.Content {
		g := p.fields(item, what+" need", []string{"vaccines", "dose"}, nil)
		r.Needs = append(r.Needs, Need{p.list(g["vaccines"], what+" need"), p.number(g["dose"], what+" need dose", 1, 20)})
	}
}
