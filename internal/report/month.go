package report

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Source is whose report it is.
type Source struct {
	Places     []p.EntityID // doses and reactions recorded here are theirs
	Residences []p.EntityID // who lives here is a resident; everybody else is a visitor
}

// Period is what a report is about: from a day to another, inclusive. Cumulative figures begin on 1 January of the year of From.
type Period struct{ From, To registry.Day }

// Year is the day on which cumulative figures begin.
func (x Period) Year() registry.Day {
	y, _, _ := x.From.Date()
	return registry.NewMonth(y, 1).First()
}

// Who is whom a column counts.
type Who uint8

// Who.
const (
	Everybody Who = 0
	Residents Who = 1
	Visitors  Who = 2
)

// FormColumn is one column of a form: whom it counts, under which programme (0: any) and for how long. From and To bound it to some days
// of the period; both are 0 where it is of all of them. Severity is that of reactions, 0 for any. Name is what the form calls it, empty
// where that follows from the rest.
type FormColumn struct {
	Key        string
	Who        Who
	Programme  registry.Programme
	Cumulative bool
	From, To   registry.Day
	Severity   registry.Severity
	Name       Text
}

// FormColumns are the columns of the results: all first, then residents and visitors, each by programme, in the period and since the
// year began.
var FormColumns = formColumns()

func formColumns() []FormColumn {
	out := []FormColumn{{Key: "all"}, {Key: "all-year", Cumulative: true}}
	for _, who := range []struct {
		key string
		who Who
	}{{"resident", Residents}, {"visitor", Visitors}} {
		for _, prog := range []registry.Programme{registry.ProgrammeEPI, registry.ProgrammeOutbreak, registry.ProgrammePaid} {
			key := who.key + "-" + prog.String()
			out = append(out, FormColumn{Key: key, Who: who.who, Programme: prog}, FormColumn{Key: key + "-year", Who: who.who, Programme: prog, Cumulative: true})
		}
	}
	return out
}

// columnsOf are the columns of a form for a period.
func columnsOf(l *Layout, period Period) (out []FormColumn) {
	switch l.Kind {
	case KindMonths:
		out = append(out, FormColumn{Key: "all"})
		for m := period.From.Month(); m <= period.To.Month(); m++ {
			out = append(out, FormColumn{Key: "m" + m.First().ISO()[:7], From: max(period.From, m.First()), To: min(period.To, m.Last()), Name: Text{m.String(), m.String()}})
		}
		return out
	case KindReactions:
		for i := range l.Columns {
			c := &l.Columns[i]
			out = append(out, FormColumn{Key: c.Key, Cumulative: c.Cumulative, Severity: c.Severity, Name: c.Name})
		}
		return out
	}
	return FormColumns
}

// Hit is one thing that was counted: what a number on the form stands for.
type Hit struct {
	Row       string // key of the row
	Entity    p.EntityID
	Subject   p.EntityID // zero: somebody not known here
	Case      p.EntityID
	On        registry.Day
	Minute    registry.Clock
	Place     p.EntityID
	Vaccine   string
	Dose      int32
	Lot       string
	Programme registry.Programme // 0: the row has none, and stands under "all" alone
	Resident  bool
	Severity  registry.Severity
}

// in reports whether a column counts a hit.
func (c *FormColumn) in(h *Hit, period Period) bool {
	from := period.From
	if c.Cumulative {
		from = period.Year()
	}
	if c.From != 0 && (h.On < c.From || h.On > c.To) || c.Severity != 0 && c.Severity != h.Severity {
		return false
	}
	return from <= h.On && h.On <= period.To && (c.Programme == 0 || c.Programme == h.Programme) &&
		(c.Who == Everybody || (c.Who == Residents) == h.Resident)
}

// Form is a form filled in.
type Form struct {
	Layout *Layout
	Period Period
	Source Source
	Hits   []Hit     // since the year began, by row as in Layout, then day, minute, entity
	Cells  [][]int64 // rows as in Layout, columns as Columns

	columns []FormColumn
}

// Of returns what one number stands for.
func (f *Form) Of(row, column string) []Hit {
	i := slices.IndexFunc(f.columns, func(c FormColumn) bool { return c.Key == column })
	if i < 0 {
		return nil
	}
	var out []Hit
	for k := range f.Hits {
		if h := &f.Hits[k]; h.Row == row && f.columns[i].in(h, f.Period) {
			out = append(out, *h)
		}
	}
	return out
}

// Split reports whether a row is counted by programme; children born, for one, are under none.
func (r *RowLayout) Split() bool { return r.Count != CountBorn && r.Count != CountProtected }

// Results fills in a form. It reads what was given at the places since the year began, once, and the people it was given to; of the
// others only the children who were under the age of full immunization in that time.
//
// A dose counts by the day on which it was given, however late it was written down. What was entered in error, what was moved to
// another person, and what only tells again of a dose that is on record does not count a second time; two first-hand records are two doses
// until a person says that they are one (see project.number).
func Results(tx store.Tx, l *Layout, src Source, period Period) (*Form, error) {
	b := &filler{Form: &Form{Layout: l, Period: period, Source: src, columns: columnsOf(l, period)}, tx: tx, home: map[p.EntityID]bool{}, leads: map[p.EntityID]*project.SubjectRow{}, states: map[p.EntityID]*p.State{}}
	for _, id := range src.Residences {
		b.home[id] = true
	}
	for _, step := range []func() error{b.programmes, b.given, b.full, b.born, b.reactions} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	b.add()
	return b.Form, nil
}

// filler fills in a form.
type filler struct {
	*Form
	tx     store.Tx
	home   map[p.EntityID]bool
	mostly map[string]registry.Programme
	doses  []project.ImmunizationRow // given here since the year began
	leads  map[p.EntityID]*project.SubjectRow
	states map[p.EntityID]*p.State
}

func (b *filler) programmes() error {
	vaccines, err := b.tx.Vaccines()
	b.mostly = map[string]registry.Programme{}
	for i := range vaccines {
		b.mostly[vaccines[i].Code] = vaccines[i].Programme
	}
	return err
}

// programme is what a dose was given under; where nobody said, what its vaccine is mostly given under.
func (b *filler) programme(r *project.ImmunizationRow) registry.Programme {
	return cmp.Or(r.Programme, b.mostly[r.Vaccine], registry.ProgrammeEPI)
}

// know reads who leads some cases, those not known yet.
func (b *filler) know(cases []p.EntityID) error {
	var ask []p.EntityID
	for _, id := range store.Distinct(cases) {
		if _, known := b.leads[id]; !known && !id.IsZero() {
			ask = append(ask, id)
		}
	}
	rows, err := b.tx.Leads(ask...)
	for i := range rows {
		b.leads[rows[i].ID] = &rows[i]
	}
	return err
}

func (b *filler) hit(row *RowLayout, r *project.ImmunizationRow) Hit {
	return Hit{
		Row: row.Key, Entity: r.ID, Subject: r.Subject, Case: r.Case, On: r.GivenOn, Minute: r.GivenMinute, Place: r.Place, Vaccine: r.Vaccine, Dose: r.Dose,
		Lot: r.Lot, Programme: b.programme(r), Resident: b.home[r.Residence],
	}
}

// given counts doses.
func (b *filler) given() (err error) {
	if b.Layout.Kind == KindReactions {
		return nil
	}
	if b.doses, err = b.tx.DosesGiven(b.Source.Places, b.Period.Year(), b.Period.To); err != nil {
		return err
	}
	cases := make([]p.EntityID, 0, len(b.doses))
	for i := range b.doses {
		cases = append(cases, b.doses[i].Case)
	}
	if err := b.know(cases); err != nil {
		return err
	}
	for i := range b.doses {
		r, counted := &b.doses[i], false
		for k := range b.Layout.Rows {
			row := &b.Layout.Rows[k]
			in := row.Count == CountDoses && b.dose(row, r)
			if row.Count == CountTetanus {
				if in, err = b.tetanus(row, r); err != nil {
					return err
				}
			}
			if in {
				counted = true
				b.Hits = append(b.Hits, b.hit(row, r))
			}
		}
		for k := range b.Layout.Rows {
			if row := &b.Layout.Rows[k]; row.Count == CountOther && !counted {
				b.Hits = append(b.Hits, b.hit(row, r))
			}
		}
	}
	return nil
}

// dose reports whether a row counts a dose.
func (b *filler) dose(row *RowLayout, r *project.ImmunizationRow) bool {
	if !slices.Contains(row.Vaccines, r.Vaccine) || !row.Doses.Has(r.Dose) {
		return false
	}
	who := b.leads[r.Case]
	switch {
	case row.Group == "child" && (who == nil || who.Group != registry.GroupChild), row.Group == "woman" && (who == nil || who.Group == registry.GroupChild):
		return false
	}
	if row.FromMonths != 0 || row.UnderMonths != 0 {
		if who == nil || who.BirthPrec == 0 {
			return false
		}
		if age := r.GivenOn.AgeMonths(who.BirthDate); age < row.FromMonths || row.UnderMonths != 0 && age >= row.UnderMonths {
			return false
		}
	}
	return row.Hours == 0 || within(who, r, row.Hours) != row.Late
}

// minutesOfDay is one more than a Clock's last minute: 0 stands for an unknown one.
const minutesOfDay = 24 * 60

// within reports whether a dose was given within some hours of birth. Where one of the two times of day is not known, only the day of birth
// itself is sure to be: a dose of the next day counts as late.
func within(who *project.SubjectRow, r *project.ImmunizationRow, hours int) bool {
	if who == nil || !who.BirthPrec.DayKnown() || r.GivenOn < who.BirthDate {
		return false
	}
	days := int(r.GivenOn - who.BirthDate)
	if who.BirthMinute == 0 || r.GivenMinute == 0 {
		return (days+1)*24 <= hours
	}
	return days*minutesOfDay+int(r.GivenMinute)-int(who.BirthMinute) <= hours*60
}

// womanMonths is the age from which a tetanus dose is one of a woman's own course (see registry.TetanusHistory).
const womanMonths = 15 * 12

// tetanus reports whether a row counts a dose by its number in a pregnant woman's course: the doses that count since she was 15, and
// before them those of which no date is known.
func (b *filler) tetanus(row *RowLayout, r *project.ImmunizationRow) (bool, error) {
	who := b.leads[r.Case]
	if !slices.Contains(row.Vaccines, r.Vaccine) || who == nil || who.Group == registry.GroupChild {
		return false, nil
	}
	if in, err := b.pregnant(who, r.GivenOn); err != nil || !in {
		return false, err
	}
	doses, err := b.tx.DosesOfCase(r.Case)
	n := who.Tetanus
	for i := range doses {
		d := &doses[i]
		if d.Counted && slices.Contains(row.Vaccines, d.Vaccine) && (who.BirthPrec == 0 || d.GivenOn.AgeMonths(who.BirthDate) >= womanMonths) {
			n++
		}
		if d.ID == r.ID {
			break
		}
	}
	return row.Doses.Has(n), err
}

// pregnant reports whether a woman was with child on a day: in the pregnancy she is in, or in the last one that ended.
func (b *filler) pregnant(who *project.SubjectRow, on registry.Day) (bool, error) {
	if who.Group == registry.GroupPregnant && (who.DueDate == 0 || on > registry.Began(who.DueDate)) {
		return true, nil
	}
	s, err := b.state(who.ID)
	if s == nil || err != nil {
		return false, err
	}
	end := registry.SubjectOf(s).PregnancyOn
	return end != 0 && on <= end && on > registry.Began(end), nil
}

func (b *filler) state(id p.EntityID) (*p.State, error) {
	if s, known := b.states[id]; known {
		return s, nil
	}
	s, err := b.tx.State(id)
	b.states[id] = s
	return s, err
}

// full counts children who had the last of what they need: residents wherever they had it, visitors if the last was given here.
func (b *filler) full() error {
	at := slices.IndexFunc(b.Layout.Rows, func(r RowLayout) bool { return r.Count == CountFull })
	if at < 0 {
		return nil
	}
	row := &b.Layout.Rows[at]
	born, err := b.tx.ChildrenBorn(b.Source.Residences, b.Period.Year().AddMonths(-row.UnderMonths)-31, b.Period.To)
	if err != nil {
		return err
	}
	seen := map[p.EntityID]bool{}
	for i := range born {
		seen[born[i].ID] = true
		if err := b.fullOf(row, &born[i], false); err != nil {
			return err
		}
	}
	for i := range b.doses {
		kase := b.doses[i].Case
		who := b.leads[kase]
		if who == nil || seen[kase] || b.home[who.Residence] || who.Group != registry.GroupChild || who.BirthPrec == 0 || who.Void {
			continue
		}
		seen[kase] = true
		if err := b.fullOf(row, who, true); err != nil {
			return err
		}
	}
	return nil
}

// fullOf counts one child, if it is fully immunized in time.
func (b *filler) fullOf(row *RowLayout, who *project.SubjectRow, here bool) error {
	doses, err := b.tx.DosesOfCase(who.ID)
	if err != nil {
		return err
	}
	last := lastNeeded(row, who, doses)
	if last == nil || last.GivenOn < b.Period.Year() || last.GivenOn > b.Period.To || here && !slices.Contains(b.Source.Places, last.Place) {
		return nil
	}
	h := b.hit(row, last)
	h.Subject, h.Resident = who.ID, b.home[who.Residence]
	b.Hits = append(b.Hits, h)
	return nil
}

// lastNeeded is the dose by which a child had the last of what a row needs, nil if it had not all of it before the age that the row sets. The
// doses are in their order.
func lastNeeded(row *RowLayout, who *project.SubjectRow, doses []project.ImmunizationRow) *project.ImmunizationRow {
	var last *project.ImmunizationRow
	for _, need := range row.Needs {
		n := 0
		var found *project.ImmunizationRow
		for i := range doses { // by date
			d := &doses[i]
			if !d.Counted || d.Dose == 0 || d.GivenOn == 0 || !slices.Contains(need.Vaccines, d.Vaccine) {
				continue
			}
			if n++; n == need.Dose {
				found = d
				break
			}
		}
		if found == nil {
			return nil
		}
		if last == nil || found.GivenOn > last.GivenOn || found.GivenOn == last.GivenOn && found.ID.Compare(last.ID) > 0 {
			last = found
		}
	}
	if last == nil || last.GivenOn >= who.BirthDate.AddMonths(row.UnderMonths) {
		return nil
	}
	return last
}

// born counts children who live here by the day of birth, and who of them was protected against tetanus.
func (b *filler) born() error {
	if !slices.ContainsFunc(b.Layout.Rows, func(r RowLayout) bool { return r.Count == CountBorn || r.Count == CountProtected }) {
		return nil
	}
	born, err := b.tx.ChildrenBorn(b.Source.Residences, b.Period.Year(), b.Period.To)
	if err != nil {
		return err
	}
	for i := range born {
		who := &born[i]
		for k := range b.Layout.Rows {
			row := &b.Layout.Rows[k]
			switch row.Count {
			case CountBorn:
			case CountProtected:
				s, err := b.state(who.ID)
				if err != nil {
					return err
				}
				if s == nil || registry.SubjectOf(s).Protected != registry.ProtectedYes {
					continue
				}
			default:
				continue
			}
			b.Hits = append(b.Hits, Hit{Row: row.Key, Entity: who.ID, Subject: who.ID, Case: who.ID, On: who.BirthDate, Minute: who.BirthMinute, Place: who.Residence, Resident: true})
		}
	}
	return nil
}

// add counts the hits into the cells.
func (b *filler) add() {
	place := map[string]int{}
	for i := range b.Layout.Rows {
		place[b.Layout.Rows[i].Key] = i
	}
	slices.SortFunc(b.Hits, func(x, y Hit) int {
		return cmp.Or(cmp.Compare(place[x.Row], place[y.Row]), cmp.Compare(x.On, y.On), cmp.Compare(x.Minute, y.Minute), x.Entity.Compare(y.Entity))
	})
	b.Cells = make([][]int64, len(b.Layout.Rows))
	for i := range b.Cells {
		b.Cells[i] = make([]int64, len(b.columns))
	}
	for i := range b.Hits {
		for k := range b.columns {
			if b.columns[k].in(&b.Hits[i], b.Period) {
				b.Cells[place[b.Hits[i].Row]][k]++
			}
		}
	}
}

// Columns are the columns of the form.
func (f *Form) Columns() []FormColumn { return f.columns }
