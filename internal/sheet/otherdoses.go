package sheet

import (
	"strconv"
	"strings"

	"tramy/internal/registry"
)

// In the wide layout a dose that has no column, or whose column is taken, stands with its like in one cell:
//
//	BOPV mũi 4 05/03/2024 lô AB12; MR mũi 0 01/02/2025; BCG 02/01/2024 hoãn
//
// Vaccine, order, date, lot and why nothing was given, in this order; all but vaccine and date may be missing.

func otherDose(d *Dose) string {
	var b strings.Builder
	b.WriteString(d.Vaccine)
	if d.HasOrder || d.Order != 0 {
		b.WriteString(" mũi " + strconv.Itoa(d.Order))
	}
	b.WriteString(" " + dayText(d.GivenOn))
	if d.NotDone != 0 {
		b.WriteString(" " + strings.ToLower(choiceWord(registry.NotDoneEnum, uint8(d.NotDone))))
	}
	if d.Lot != "" {
		b.WriteString(" lô " + strings.ReplaceAll(d.Lot, ";", ","))
	}
	return b.String()
}

// otherDoses reads such a cell.
func (r *personReader) otherDoses(c cell) {
	for part := range strings.SplitSeq(c.text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		d, ok := r.otherDose(part)
		if !ok {
			r.problem(cell{text: part}, CodeOtherDoses)
			continue
		}
		r.e.Doses = append(r.e.Doses, d)
	}
}

func (r *personReader) otherDose(text string) (Dose, bool) {
	at := dateInText.FindStringIndex(text)
	if at == nil {
		return Dose{}, false
	}
	date := readDateText(text[at[0]:at[1]], r.r.m.DateOrder, r.r.ctx.Today)
	if !date.ok() || date.prec != registry.PrecisionDay {
		return Dose{}, false
	}
	d := Dose{Row: r.n, Column: r.col.Index}
	d.GivenOn, d.Source = date.day, registry.SourceImport
	name := strings.TrimSpace(text[:at[0]])
	if i := strings.LastIndex(name, " mũi "); i >= 0 {
		n, err := strconv.Atoi(name[i+len(" mũi "):])
		if err != nil {
			return Dose{}, false
		}
		d.Order, d.HasOrder, name = n, true, name[:i]
	}
	code, order, whole := r.r.vaccines.find(name)
	if !whole {
		return Dose{}, false
	}
	if d.Vaccine = code; order > 0 && !d.HasOrder {
		d.Order, d.HasOrder = order, true
	}
	rest := strings.TrimSpace(text[at[1]:])
	if i := strings.Index(" "+rest, " lô "); i >= 0 {
		d.Lot = strings.TrimSpace(rest[min(len(rest), i+len("lô ")):])
		rest = strings.TrimSpace(rest[:i])
	}
	if rest != "" {
		n, ok := choiceNumber(registry.NotDoneEnum, rest)
		if !ok {
			return Dose{}, false
		}
		d.NotDone = registry.NotDone(n)
	}
	return d, true
}
