package report

import (
	"slices"
	"strconv"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
)

// Register is a register of children as a form asks for it. It names people.
type Register struct {
	Layout *Layout
	Source Source
	From   registry.Day // who was born on this day or later
	Rows   []RegisterRow
	Total  int // of which Rows may be a part
	First  int // how many stand before it
}

// RegisterRow is one child.
type RegisterRow struct {
	Who     project.SubjectRow
	Subject registry.SubjectInput
	Doses   []*project.ImmunizationRow // by column; nil: none, or not a column of doses
}

// FillRegister reads the children of a place born since 1 January some years before the last day of the period, from one on; limit 0 means
// all. Doses after the period are not in it: the register of a month can be made again.
func FillRegister(tx store.Tx, l *Layout, src Source, period Period, first, limit int) (*Register, error) {
	year, _, _ := period.To.Date()
	out := &Register{Layout: l, Source: src, From: registry.NewMonth(year-l.YearsBack, 1).First(), First: first}
	born, err := tx.ChildrenBorn(src.Residences, out.From, period.To)
	if err != nil {
		return nil, err
	}
	out.Total = len(born)
	if first < 0 || first >= len(born) {
		first, out.First = 0, 0
	}
	born = born[first:]
	if limit > 0 {
		born = born[:min(limit, len(born))]
	}
	for i := range born {
		row := RegisterRow{Who: born[i]}
		s, err := tx.State(born[i].ID)
		if err != nil {
			return nil, err
		}
		if s != nil {
			row.Subject = registry.SubjectOf(s).SubjectInput
		}
		doses, err := tx.DosesOfCase(born[i].ID)
		if err != nil {
			return nil, err
		}
		doses = slices.DeleteFunc(doses, func(d project.ImmunizationRow) bool { return d.GivenOn > period.To })
		for k := range l.Columns {
			row.Doses = append(row.Doses, registerDose(&l.Columns[k], &born[i], doses))
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// registerDose is the dose whose day stands in a column.
func registerDose(c *ColumnLayout, who *project.SubjectRow, doses []project.ImmunizationRow) *project.ImmunizationRow {
	switch c.What {
	case ColumnFull:
		return lastNeeded(&c.RowLayout, who, doses)
	case ColumnDose:
		for i := range doses {
			d := &doses[i]
			if d.Counted && d.GivenOn != 0 && slices.Contains(c.Vaccines, d.Vaccine) && c.Doses.Has(d.Dose) && (c.Hours == 0 || within(who, d, c.Hours) != c.Late) {
				return d
			}
		}
	}
	return nil
}

// Cell is what a column says of a child; places names the places of doses.
func (x *Register) Cell(s Speaker, row int, column int, place func(*project.ImmunizationRow) string) string {
	r, c := &x.Rows[row], &x.Layout.Columns[column]
	in := &r.Subject
	switch c.What {
	case ColumnNumber:
		return strconv.Itoa(x.First + row + 1)
	case ColumnCode:
		return registry.PersonCode(r.Who.Code).Format()
	case ColumnName:
		return in.Name
	case ColumnBorn:
		if r.Who.BirthPrec != 0 {
			return r.Who.BirthDate.String()
		}
	case ColumnSex:
		if in.Sex != 0 {
			return s.T("sex." + in.Sex.String())
		}
	case ColumnEthnic:
		return in.Ethnic
	case ColumnMother:
		if in.MotherName == "" {
			return in.GuardianName
		}
		return in.MotherName
	case ColumnPhone:
		return r.Who.Phone
	case ColumnHome:
		return in.Hamlet
	case ColumnProtected:
		if in.Protected != 0 {
			return s.T("protected." + in.Protected.String())
		}
	case ColumnDose, ColumnFull:
		if d := r.Doses[column]; d != nil {
			return d.GivenOn.String()
		}
	case ColumnPlaces:
		return x.elsewhere(s, row, place)
	case ColumnNote:
		if in.Status != 0 && in.Status != registry.StatusPresent {
			text := s.T("status." + in.Status.String())
			if in.StatusDate != 0 {
				text += " " + in.StatusDate.String()
			}
			return text
		}
	}
	return ""
}

// elsewhere names the doses that others gave, with their places, each place once.
func (x *Register) elsewhere(s Speaker, row int, place func(*project.ImmunizationRow) string) string {
	var names []string
	which := map[string][]string{}
	for k, d := range x.Rows[row].Doses {
		if d == nil || x.Layout.Columns[k].What != ColumnDose || d.Source == registry.SourceHere && slices.Contains(x.Source.Places, d.Place) {
			continue
		}
		at := place(d)
		if which[at] == nil {
			names = append(names, at)
		}
		which[at] = append(which[at], x.Layout.Columns[k].Name.In(s.Lang()))
	}
	for i, at := range names {
		names[i] = strings.TrimPrefix(at+": ", ": ") + strings.Join(which[at], ", ")
	}
	return strings.Join(names, "; ")
}

// Paper puts the register into words.
func (x *Register) Paper(s Speaker, place func(*project.ImmunizationRow) string) *Paper {
	out := &Paper{Title: x.Layout.Title.In(s.Lang()), Notes: x.Layout.Sources()}
	for i := range x.Layout.Columns {
		c := &x.Layout.Columns[i]
		out.Columns = append(out.Columns, PaperColumn{Title: c.Name.In(s.Lang()), Number: c.What == ColumnNumber, Date: c.What == ColumnDose || c.What == ColumnFull || c.What == ColumnBorn})
	}
	for n := range x.Rows {
		var cells []string
		for i := range x.Layout.Columns {
			cells = append(cells, x.Cell(s, n, i, place))
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}
