package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ReportDaysMax is the longest period of a report: a year, and a leap day.
const ReportDaysMax = 366

// reportRowsShown is how many of what stands behind a number are listed at once.
const reportRowsShown = 100

// ReportQuery says which report is asked for.
type ReportQuery struct {
	Form   string
	Place  p.EntityID // a commune, or a facility; zero: this node's own
	Period report.Period
	First  int // of a register: how many children stand before the first that is asked for
}

// MonthlyReport is a report of one place, filled in by the kind of its form: Form for results, months and reactions, with the severe ones,
// else Supplies or Register.
type MonthlyReport struct {
	Layout *report.Layout
	Period report.Period
	*report.Form
	Severe   []report.Reacted
	Supplies *report.Supplies
	Register *report.Register
	Place    project.PlaceRow
	Heard    report.Heard     // of the place's stations, at a hub
	Plan     []report.RowPlan // of results, as the layout's rows; nil where nobody lives, or of one of several facilities of a commune
}

// registerShown is how many children of a register are shown at once.
const registerShown = 100

// Forms are the forms that there are for a day, each in the version that is in force then.
func (d *Desk) Forms(on registry.Day) ([]*report.Layout, error) {
	all, err := report.Layouts()
	if err != nil {
		return nil, err
	}
	var out []*report.Layout
	for _, name := range []string{"results", "supplies", "reactions", "register", "yearly"} {
		if l := report.LayoutOn(all, name, on); l != nil {
			out = append(out, l)
		}
	}
	for _, l := range all {
		if !slices.ContainsFunc(out, func(x *report.Layout) bool { return x.Form == l.Form }) {
			out = append(out, report.LayoutOn(all, l.Form, on))
		}
	}
	return out, nil
}

// ReportPlaces are the places that a report can be made for: at a station its commune and the places that share the register,
// or itself where it has a register of its own; at a hub the commune or facility asked about with its facilities.
func (d *Desk) ReportPlaces(who Who, place p.EntityID) []project.PlaceRow {
	m, id := d.Map(), d.Node.Identity()
	if id.Role == registry.NodeStation {
		own := d.SessionPlaces()
		if row, ok := m.Row(id.Place); ok && sharesRegister(&row) {
			if commune, ok := m.Row(communeOf(m, id.Place)); ok {
				own = append([]project.PlaceRow{commune}, own...)
			}
		}
		return own
	}
	commune := communeOf(m, place)
	row, ok := m.Row(commune)
	if !ok || row.Level < registry.LevelCommune || !d.Within(who, commune) {
		return nil
	}
	out := []project.PlaceRow{row}
	for _, child := range m.Children(commune) {
		if row, ok := m.Row(child); ok && row.Level == registry.LevelFacility {
			out = append(out, row)
		}
	}
	return out
}

// reportSource is whose figures a report adds up. Of a commune those of its station and points: a hospital or clinic there reports its own.
func (d *Desk) reportSource(place *project.PlaceRow) report.Source {
	m := d.Map()
	var src report.Source
	commune := place.ID
	if place.Level == registry.LevelFacility {
		src.Places = []p.EntityID{place.ID}
		commune = communeOf(m, place.ID)
	} else {
		for _, id := range m.Children(place.ID) {
			if row, ok := m.Row(id); ok && sharesRegister(&row) {
				src.Places = append(src.Places, id)
			}
		}
	}
	if place.Level != registry.LevelFacility || sharesRegister(place) {
		sure, ask := d.Node.Atlas().Homes(commune, d.Today())
		src.Residences = slices.Concat(sure, ask)
	}
	return src
}

// checkReport finds the place and the layout of what is asked for.
func (d *Desk) checkReport(who Who, q *ReportQuery) (*project.PlaceRow, *report.Layout, error) {
	// Figures name nobody, so every member of staff may read those of their own area.
	if err := may(who, rights.Read, registry.KindDevice); err != nil {
		return nil, nil, err
	}
	switch {
	case q.Period.To < q.Period.From:
		return nil, nil, registry.Errors{{Field: "to", Code: registry.CodePeriodReversed}}
	case q.Period.To-q.Period.From >= ReportDaysMax:
		return nil, nil, registry.Errors{{Field: "to", Code: registry.CodeTooMany, Params: map[string]any{"max": ReportDaysMax}}}
	}
	places := d.ReportPlaces(who, q.Place)
	at := 0
	if !q.Place.IsZero() {
		at = slices.IndexFunc(places, func(r project.PlaceRow) bool { return r.ID == q.Place })
	}
	if at < 0 || at >= len(places) {
		return nil, nil, ErrElsewhere
	}
	forms, err := report.Layouts()
	if err != nil {
		return nil, nil, err
	}
	l := report.LayoutOn(forms, cmp.Or(q.Form, "results"), q.Period.To)
	if l == nil {
		return nil, nil, ErrNotFound
	}
	return &places[at], l, nil
}

// Report makes a report. It names nobody, but for a register, which is a list of people, and severe reactions, which are told one by one: who
// looked at them is written down.
func (d *Desk) Report(ctx context.Context, who Who, q ReportQuery) (*MonthlyReport, error) {
	place, layout, err := d.checkReport(who, &q)
	if err != nil {
		return nil, err
	}
	switch layout.Kind {
	case report.KindRegister:
		m, err := d.register(ctx, who, &q, place, layout, registerShown)
		if err != nil || len(m.Register.Rows) == 0 {
			return m, err
		}
		return m, d.NoteListed(ctx, who, idsOf(m.Register.Rows, func(r *report.RegisterRow) p.EntityID { return r.Who.ID })...)
	case report.KindSupplies:
		if err := may(who, rights.Read, registry.KindMovement); err != nil {
			return nil, err
		}
	case report.KindReactions:
		if err := may(who, rights.Read, registry.KindReaction); err != nil {
			return nil, err
		}
	}
	out := &MonthlyReport{Place: *place, Layout: layout, Period: q.Period}
	err = d.view(ctx, func(tx store.Tx) error {
		src := d.reportSource(place)
		switch layout.Kind {
		case report.KindSupplies:
			out.Supplies, err = report.FillSupplies(tx, layout, src, q.Period)
		default:
			if out.Form, err = report.Results(tx, layout, src, q.Period); err == nil && layout.Kind == report.KindReactions {
				out.Severe, err = report.SevereReactions(tx, src.Places, q.Period)
			}
		}
		if err != nil {
			return err
		}
		if layout.Kind == report.KindResults && place.Level == registry.LevelCommune {
			if out.Plan, err = out.Form.Plan(tx, d.Node.Atlas(), d.Map(), place.ID); err != nil {
				return err
			}
		}
		if d.Node.Identity().Role == registry.NodeHub {
			out.Heard, err = report.HeardAt(tx, src.Places, d.Node.Now().UnixMilli())
		}
		return err
	})
	var seen []p.EntityID // severe reactions are told one by one, with the person's code
	for i := range out.Severe {
		if w := out.Severe[i].Who; w != nil {
			seen = append(seen, w.ID)
		}
	}
	if err != nil || len(seen) == 0 {
		return out, err
	}
	return out, d.NoteListed(ctx, who, seen...)
}

// register reads a register of a place, limit 0 for all of it. What of it is shown or taken out is written down by who asks.
func (d *Desk) register(ctx context.Context, who Who, q *ReportQuery, place *project.PlaceRow, layout *report.Layout, limit int) (*MonthlyReport, error) {
	for _, kind := range []p.Kind{registry.KindImmunization, registry.KindSubject} {
		if err := may(who, rights.Read, kind); err != nil {
			return nil, err
		}
	}
	out := &MonthlyReport{Place: *place, Layout: layout, Period: q.Period}
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out.Register, err = report.FillRegister(tx, layout, d.reportSource(place), q.Period, q.First, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range out.Register.Rows {
		masked(who, &out.Register.Rows[i].Who)
	}
	return out, nil
}

// TakeRegister reads the whole register of a place to be taken out, for a purpose and with a reason, which are written down first.
func (d *Desk) TakeRegister(ctx context.Context, who Who, q ReportQuery, purpose, words string) (*MonthlyReport, error) {
	for _, kind := range []p.Kind{registry.KindSubject, registry.KindImmunization} {
		if err := may(who, rights.Export, kind); err != nil {
			return nil, err
		}
	}
	place, layout, err := d.checkReport(who, &q)
	if err != nil {
		return nil, err
	}
	if layout.Kind != report.KindRegister {
		return nil, ErrNotFound
	}
	reason, err := taking(registry.PaperTakings, purpose, words)
	if err != nil {
		return nil, err
	}
	if err := d.note(ctx, who, registry.ActExport, p.EntityID{}, reason); err != nil {
		return nil, err
	}
	q.First = 0
	return d.register(ctx, who, &q, place, layout, 0)
}

// SupplyRow is one thing that a number of the supplies stands for.
type SupplyRow struct {
	report.SupplyEntry
	Who       *project.SubjectRow // of a dose
	PlaceName string
}

// SupplyRows lists what a number of the report of supplies stands for, from one on. It names who had the doses, so who looked is written down.
func (d *Desk) SupplyRows(ctx context.Context, who Who, q ReportQuery, row, column string, from int) (m *MonthlyReport, out []SupplyRow, total int, err error) {
	for _, kind := range []p.Kind{registry.KindImmunization, registry.KindSubject} {
		if err := may(who, rights.Read, kind); err != nil {
			return nil, nil, 0, err
		}
	}
	if m, err = d.Report(ctx, who, q); err != nil {
		return nil, nil, 0, err
	}
	if m.Supplies == nil || !slices.ContainsFunc(m.Layout.Columns, func(c report.ColumnLayout) bool { return c.Key == column }) ||
		!slices.ContainsFunc(m.Supplies.Lines, func(l report.SupplyLine) bool { return l.Key() == row }) {
		return nil, nil, 0, ErrNotFound
	}
	list := m.Supplies.Of(row, column)
	total = len(list)
	if from < 0 || from > total {
		from = 0
	}
	var named []p.EntityID
	err = d.view(ctx, func(tx store.Tx) error {
		for _, x := range list[from:min(total, from+reportRowsShown)] {
			line := SupplyRow{SupplyEntry: x}
			if !x.Subject.IsZero() {
				if line.Who, err = tx.SubjectRow(x.Subject); err != nil {
					return err
				}
			}
			if line.Who != nil {
				masked(who, line.Who)
				named = append(named, x.Subject)
			}
			if place, ok := d.Node.Atlas().Row(x.Place); ok {
				line.PlaceName = place.Name
			}
			out = append(out, line)
		}
		return nil
	})
	if err != nil || len(named) == 0 {
		return m, out, total, err
	}
	return m, out, total, d.NoteListed(ctx, who, named...)
}

// ReportRow is one thing that a number of a report counts, with whom it is about.
type ReportRow struct {
	report.Hit
	Who       *project.SubjectRow // nil: recorded under a code that is not known here
	PlaceName string
}

// ReportRows lists what a number of a report counts, from one on, and how many there are in all. It names people, so who looked is written down.
func (d *Desk) ReportRows(ctx context.Context, who Who, q ReportQuery, row, column string, from int) (m *MonthlyReport, out []ReportRow, total int, err error) {
	for _, kind := range []p.Kind{registry.KindImmunization, registry.KindSubject} {
		if err := may(who, rights.Read, kind); err != nil {
			return nil, nil, 0, err
		}
	}
	if m, err = d.Report(ctx, who, q); err != nil {
		return nil, nil, 0, err
	}
	if m.Form == nil {
		return nil, nil, 0, ErrNotFound
	}
	if !slices.ContainsFunc(m.Layout.Rows, func(r report.RowLayout) bool { return r.Key == row }) ||
		!slices.ContainsFunc(m.Columns(), func(c report.FormColumn) bool { return c.Key == column }) {
		return nil, nil, 0, ErrNotFound
	}
	hits := m.Of(row, column)
	total = len(hits)
	if from < 0 || from > total {
		from = 0
	}
	err = d.view(ctx, func(tx store.Tx) error {
		for _, h := range hits[from:min(total, from+reportRowsShown)] {
			line := ReportRow{Hit: h}
			if line.Who, err = tx.SubjectRow(h.Subject); err != nil {
				return err
			}
			if line.Who != nil {
				masked(who, line.Who)
			}
			if place, ok := d.Node.Atlas().Row(h.Place); ok {
				line.PlaceName = place.Name
			}
			out = append(out, line)
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return m, out, total, err
	}
	return m, out, total, d.NoteListed(ctx, who, idsOf(out, func(x *ReportRow) p.EntityID { return x.Subject })...)
}
