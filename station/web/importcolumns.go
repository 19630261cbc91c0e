package web

import (
	"fmt"
	"slices"
	"strconv"

	"tramy/internal/locale"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/sheet"
	"tramy/internal/ui"
)

func (w *Web) columnsOf(c *pages.Call, page *ui.Import, m *sheet.Mapping) error {
	rows, err := w.station.Imports.Sample(sampleRows)
	if err != nil {
		return err
	}
	if len(rows) > 0 { // the first people of the file, to tell the columns by
		if err := c.Desk.NoteListed(c.Ctx(), c.Who); err != nil {
			return err
		}
	}
	vaccines, err := w.station.Vaccines(c.Ctx())
	if err != nil {
		return err
	}
	options := columnOptions(c.Words, vaccines)
	for i := range m.Columns {
		col := &m.Columns[i]
		if col.Title == "" && col.Field == "" {
			continue
		}
		value := columnValue(col)
		choices := options
		if !hasOption(options, value) {
			choices = append(options[:len(options):len(options)], ui.Option{Value: value, Text: columnWord(c.Words, vaccines, col)})
		}
		line := ui.ImportColumn{
			Letter: col.Letter(), Title: col.Title, Name: "column-" + strconv.Itoa(i),
			Choice: ui.Select{Value: value, Options: choices}, Doubt: !col.Sure && col.Field != "",
		}
		if line.Doubt {
			page.Doubtful++
		}
		for _, row := range rows {
			if i < len(row) {
				line.Sample = append(line.Sample, row[i])
			}
		}
		page.Columns = append(page.Columns, line)
	}
	page.Order = ui.Select{Value: string(m.DateOrder), Options: []ui.Option{
		{Value: string(sheet.DayMonth), Text: c.T("import_say.order_dmy")},
		{Value: string(sheet.MonthDay), Text: c.T("import_say.order_mdy")},
		{Value: string(sheet.OrderMixed), Text: c.T("import_say.order_mixed")},
	}}
	if m.DateCells != sheet.DateCellsRight {
		page.Cells = ui.Select{Value: string(m.DateCells), Options: []ui.Option{
			{Value: string(sheet.DateCellsDoubtful), Text: c.T("import_say.cells_doubtful")},
			{Value: string(sheet.DateCellsSwapped), Text: c.T("import_say.cells_swapped")},
			{Value: string(sheet.DateCellsRight), Text: c.T("import_say.cells_right")},
		}}
	}
	return nil
}

func hasOption(options []ui.Option, value string) bool {
	for i := range options {
		if options[i].Value == value {
			return true
		}
	}
	return false
}

func columnOptions(words *locale.Catalogue, vaccines []registry.VaccineInput) []ui.Option {
	out := []ui.Option{{Value: "", Text: words.T("import_say.not_read")}}
	for _, f := range sheet.Fields() {
		if f.Name != sheet.FieldDose && f.Name != sheet.FieldDoseLot {
			out = append(out, ui.Option{Value: f.Name, Text: fieldWord(words, f.Name)})
		}
	}
	for _, v := range vaccines {
		for n := range max(v.Doses, 1) + 1 {
			if n == 1 && v.Doses <= 1 {
				continue
			}
			col := sheet.Column{Field: sheet.FieldDose, Vaccine: v.Code, Dose: n}
			out = append(out, ui.Option{Value: columnValue(&col), Text: columnWord(words, vaccines, &col)})
		}
	}
	return out
}

func fieldWord(words *locale.Catalogue, name string) string {
	for _, section := range []string{"sheet_field.", "field."} {
		if words.Has(section + name) {
			return words.T(section + name)
		}
	}
	return name
}

func columnValue(col *sheet.Column) string {
	if col.Field == sheet.FieldDose || col.Field == sheet.FieldDoseLot {
		return fmt.Sprintf("%s:%s:%d", col.Field, col.Vaccine, col.Dose)
	}
	return col.Field
}

func columnWord(words *locale.Catalogue, vaccines []registry.VaccineInput, col *sheet.Column) string {
	if col.Field != sheet.FieldDose && col.Field != sheet.FieldDoseLot {
		return fieldWord(words, col.Field)
	}
	name := col.Vaccine
	if i := slices.IndexFunc(vaccines, func(v registry.VaccineInput) bool { return v.Code == col.Vaccine }); i >= 0 {
		name = pages.VaccineName(words, &project.VaccineRow{Name: vaccines[i].Name, NameEN: vaccines[i].NameEN, Short: vaccines[i].Short})
	}
	switch {
	case col.Field == sheet.FieldDoseLot:
		return words.T("import_say.lot_of", "vaccine", name)
	case col.Dose > 0:
		return words.T("import_say.dose_n", "vaccine", name, "n", col.Dose)
	}
	return words.T("import_say.dose_of", "vaccine", name)
}
