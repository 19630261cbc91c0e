package pages

import (
	"tramy/internal/desk"
	"tramy/internal/forecast"
	"tramy/internal/project"
	"tramy/internal/reasons"
	"tramy/internal/registry"
	"tramy/internal/ui"
)

// book is the grid of vaccine and dose, as on the card: a row for each vaccine of the courses that the person is
// on, and for whatever else was given.
func (c *Call) book(rec *desk.Record, ref *reference) ui.Book {
	given := map[string][]*desk.DoseView{}
	undone := map[string]*desk.DoseView{} // the last refusal or postponement
	var out ui.Book
	for i := range rec.Doses {
		d := &rec.Doses[i]
		switch {
		case d.Void:
			out.Other = append(out.Other, c.otherDose(d, ref, c.T("mark.void")+": "+d.Immunization.Void))
		case d.NotDone != 0:
			undone[d.Vaccine] = d
		case d.Dose > 0 && ref.byCode[d.Vaccine] != nil:
			given[d.Vaccine] = append(given[d.Vaccine], d)
			out.Columns = max(out.Columns, int(d.Dose))
		default: // told twice, or of a vaccine this node has not heard of
			out.Other = append(out.Other, c.otherDose(d, ref, c.doseText(d)))
		}
	}
	for i := range ref.vaccines {
		out.Columns = max(out.Columns, course(&ref.vaccines[i], rec.Advice))
	}
	words := c.reasons(rec.Advice.Schedule, ref)
	for i := range ref.vaccines {
		v := &ref.vaccines[i]
		doses, not := given[v.Code], undone[v.Code]
		planned := course(v, rec.Advice)
		if planned == 0 && len(doses) == 0 && not == nil {
			continue
		}
		row := ui.BookRow{Name: longName(c.Words, v), Short: VaccineName(c.Words, v), Cells: make([]ui.BookCell, out.Columns)}
		for n := range row.Cells {
			if n < max(planned, int(v.Doses)) {
				row.Cells[n].Kind = ui.CellWait
			}
		}
		for _, d := range doses {
			row.Cells[d.Dose-1] = ui.BookCell{
				Kind: ui.CellDone, ID: d.ID.String(), Date: c.day(d.GivenOn), Tick: c.tick(d.Tick), Text: c.doseText(d),
			}
			c.judgedCell(&row.Cells[d.Dose-1], rec.Advice.Doses[d.ID], words)
		}
		if next := len(doses); next < len(row.Cells) {
			c.nextCell(&row.Cells[next], v.Code, rec.Advice)
		}
		// A refusal stands where the dose would be, until it is given after all.
		if next := len(doses); not != nil && next < len(row.Cells) && row.Cells[next].Kind != ui.CellDone &&
			(next == 0 || doses[next-1].GivenOn <= not.GivenOn) {
			row.Cells[next] = ui.BookCell{
				Kind: ui.CellNotDone, ID: not.ID.String(), Date: c.day(not.GivenOn), Text: c.T("not_done." + not.NotDone.String()),
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// course is how many doses of a vaccine belong to the person's courses. Without a schedule it is that of
// everybody in the programme.
func course(v *project.VaccineRow, advice *desk.Advice) int {
	switch {
	case advice.Schedule != nil:
		return advice.Courses[v.Code]
	case v.Programme == registry.ProgrammeEPI:
		return int(v.Doses)
	}
	return 0
}

// judgedCell says of a dose in the book that it does not count, and why.
func (c *Call) judgedCell(cell *ui.BookCell, j desk.DoseJudgement, words *reasons.Words) {
	if j.Status != forecast.NotValid && j.Status != forecast.Substandard {
		return
	}
	cell.Kind = ui.CellInvalid
	if why, ok := reasons.Main(j.Reasons); ok {
		cell.Text = words.Say(why)
	}
}

// nextCell says when the next dose of a vaccine may be given.
func (c *Call) nextCell(cell *ui.BookCell, vaccine string, advice *desk.Advice) {
	for i := range advice.Items {
		x := &advice.Items[i]
		if advice.Code(x) != vaccine || !project.Wanted(x) {
			continue
		}
		switch call := advice.Verdicts[vaccine].Call; {
		case call == forecast.Safe && x.Recommended <= c.Today:
			cell.Kind = ui.CellNow
		case call == forecast.Ask:
			cell.Kind = ui.CellAsk
		case x.Recommended != 0:
			cell.Kind, cell.Text = ui.CellWait, c.T("say.from_day", "at", c.day(x.Recommended))
		}
		return
	}
	if advice.Missed[vaccine] {
		cell.Kind, cell.Text = ui.CellWait, c.T("say.too_old")
	}
}

func (c *Call) otherDose(d *desk.DoseView, ref *reference, text string) ui.OtherDose {
	name := ref.doseName(c.Words, d.Vaccine, 0).Vaccine
	return ui.OtherDose{ID: d.ID.String(), Name: name, Date: c.day(d.GivenOn), Text: text, Tick: c.tick(d.Tick)}
}

// doseText says where and from which lot, or how it is known.
func (c *Call) doseText(d *desk.DoseView) string {
	text := d.PlaceName
	switch {
	case d.Source == registry.SourceHere && d.Place == c.Desk.Node.Identity().Place:
		text = c.T("say.here")
	case d.Source != registry.SourceHere && d.Source != 0:
		text = c.T("source." + d.Source.String())
	}
	lot := ""
	switch {
	case d.Lot != "":
		lot = c.T("say.lot", "lot", d.Lot)
	case d.ImmunizationRow.LotLost != 0:
		lot = c.T("say.lot_lost")
	}
	if text != "" && lot != "" {
		text += ", "
	}
	return text + lot
}

func (c *Call) day(d registry.Day) string {
	if d == 0 {
		return ""
	}
	return c.Words.Date(dayTime(d))
}

// tick shows how far a record has got. What others recorded came from above or lies at the root, so there
// it is at least as far as where this node has it from.
func (c *Call) tick(t desk.Tick) ui.Tick {
	switch t {
	case desk.TickSaved:
		return ui.TickHere
	case desk.TickRoot:
		return ui.TickCentre
	case desk.TickNone:
		if id := c.Desk.Node.Identity(); id.IsRoot() {
			return ui.TickCentre
		}
	}
	return ui.TickHub
}
