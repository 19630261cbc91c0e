package report

import (
	"cmp"
	"strconv"
	"strings"

	"tramy/internal/registry"
)

// Names of the lot of a line: the item, with whose stock it is where that is not the programme's, and its number.
func (l *SupplyLine) Names(s Speaker) (item, lot, expires string) {
	item = s.Item(l.Item)
	if l.Stock != registry.ProgrammeEPI {
		item += " (" + s.T("lot_stock."+l.Stock.String()) + ")"
	}
	lot = cmp.Or(l.Number, l.Lot)
	if lot == "" && !registry.IsSupply(l.Item) {
		lot = s.T("stock_say.no_lot")
	}
	if l.Expires != 0 {
		expires = l.Expires.String()
	}
	return item, lot, expires
}

// Paper puts the report into words.
func (x *Supplies) Paper(s Speaker) *Paper {
	out := &Paper{Title: x.Layout.Title.In(s.Lang()), Notes: x.Layout.Sources(), Columns: []PaperColumn{
		{Title: s.T("report_say.item")}, {Title: s.T("report_say.lot")}, {Title: s.T("report_say.expires"), Date: true},
	}}
	for i := range x.Layout.Columns {
		out.Columns = append(out.Columns, PaperColumn{Title: x.Layout.Columns[i].Name.In(s.Lang()), Number: true})
	}
	for i := range x.Lines {
		l := &x.Lines[i]
		item, lot, expires := l.Names(s)
		cells := []string{item, lot, expires}
		for k := range x.Layout.Columns {
			cells = append(cells, strconv.FormatInt(l.Amount(&x.Layout.Columns[k]), 10))
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

// PaperSevere is the list of severe reactions. It bears codes and no names.
func (l *Layout) PaperSevere(s Speaker, list []Reacted) PaperTable {
	out := PaperTable{Title: s.T("report_say.severe_list")}
	for i := range l.List {
		c := &l.List[i]
		out.Columns = append(out.Columns, PaperColumn{Title: c.Name.In(s.Lang()), Number: c.What == ColumnNumber || c.What == ColumnAge, Date: c.What == ColumnGiven})
	}
	for n := range list {
		x := &list[n]
		var cells []string
		for i := range l.List {
			cells = append(cells, x.cell(s, l.List[i].What, n+1))
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

func (x *Reacted) cell(s Speaker, what string, n int) string {
	var words []string
	switch what {
	case ColumnNumber:
		return strconv.Itoa(n)
	case ColumnCode:
		if x.Who != nil {
			return registry.PersonCode(x.Who.Code).Format()
		}
	case ColumnSex:
		if x.Who != nil && x.Who.Sex != 0 {
			return s.T("sex." + x.Who.Sex.String())
		}
	case ColumnAge:
		if x.Who != nil && x.Who.BirthPrec != 0 && x.Reaction.On >= x.Who.BirthDate {
			return strconv.Itoa(x.Reaction.On.AgeMonths(x.Who.BirthDate))
		}
	case ColumnVaccine:
		for i := range x.Doses {
			words = append(words, s.Dose(x.Doses[i].Vaccine, x.Doses[i].Dose))
		}
	case ColumnLot:
		for i := range x.Doses {
			lot := x.Doses[i].Lot
			if x.Doses[i].Expires != 0 {
				lot += " (" + x.Doses[i].Expires.String() + ")"
			}
			words = append(words, strings.TrimSpace(lot))
		}
	case ColumnGiven:
		for i := range x.Doses {
			if day := x.Doses[i].GivenOn.String(); i == 0 || x.Doses[i].GivenOn != x.Doses[i-1].GivenOn {
				words = append(words, day)
			}
		}
	case ColumnBegan:
		return strings.TrimSpace(x.Clock.String() + " " + x.Reaction.On.String())
	case ColumnSigns:
		return s.Signs(x.Reaction.Signs)
	case ColumnHospital:
		return x.Hospital
	case ColumnOutcome:
		if x.Outcome != 0 {
			return s.T("reaction_end." + x.Outcome.String())
		}
	case ColumnTold:
		if x.Told != 0 {
			return strings.TrimSpace(x.ToldClock.String() + " " + x.Told.String())
		}
		return s.T("report_say.not_told")
	}
	return strings.Join(words, "; ")
}
