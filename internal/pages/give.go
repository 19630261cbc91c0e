package pages

import (
	"cmp"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// lotDays is how far back lots are looked for: a commune that vaccinates once a month used its vials then.
const lotDays = 62

// lotsMax is how many lots of one vaccine are suggested.
const lotsMax = 4

// lot is one lot as last used here.
type lot struct {
	number  string
	expires registry.Day
}

// recentLots are the lots used at this place, by vaccine, the last one first. One that has expired is not
// suggested.
func (c *Call) recentLots(tx store.Tx) (map[string][]lot, error) {
	out := map[string][]lot{}
	place := c.Desk.Node.Identity().Place
	for day := c.Today; day > c.Today-lotDays; day-- {
		rows, err := tx.DosesOn([]p.EntityID{place}, day)
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(rows, func(a, b project.ImmunizationRow) int { return cmp.Compare(b.GivenMinute, a.GivenMinute) })
		for i := range rows {
			r := &rows[i]
			known := slices.ContainsFunc(out[r.Vaccine], func(l lot) bool { return l.number == r.Lot })
			if r.Lot == "" || r.Void || r.NotDone != 0 || r.Source != registry.SourceHere || known ||
				r.Expires != 0 && r.Expires < c.Today || len(out[r.Vaccine]) >= lotsMax {
				continue
			}
			out[r.Vaccine] = append(out[r.Vaccine], lot{r.Lot, r.Expires})
		}
	}
	return out, nil
}

// give is the panel of what can be recorded now. It lists the vaccines of the programme whose series the
// book does not show as complete and says when the last dose was. Which of them is due it does not know: none
// is chosen, none is called safe, and all of them ask the person.
func (c *Call) give(rec *desk.Record, ref *reference, entry *visitForm) ui.Give {
	g := ui.Give{
		Screening:   c.choices(registry.ScreeningEnum, 0, false, "eligible", "on_paper"),
		On:          ui.Field{Value: c.Today.String()},
		Source:      c.choices(registry.SourceEnum, int64(registry.SourceCard), false, "here", "card", "elsewhere"),
		NotDone:     c.choices(registry.NotDoneEnum, 0, true),
		Other:       ui.Select{Options: []ui.Option{{Text: c.T("say.none")}}},
		Seen:        sawOf(registry.SubjectNextDate, rec.State.Values(registry.SubjectNextDate)).String(),
		NextDate:    ui.Field{},
		Temperature: ui.Field{},
	}
	if next := rec.Subject.NextDate; next > c.Today {
		g.NextDate.Value, g.Proposed = next.String(), c.Words.Weekday(dayTime(next))
	}
	counted, last := map[string]int{}, map[string]*desk.DoseView{}
	for i := range rec.Doses {
		if d := &rec.Doses[i]; d.Dose > 0 {
			counted[d.Vaccine], last[d.Vaccine] = int(d.Dose), d
		}
	}
	for i := range ref.vaccines {
		v := &ref.vaccines[i]
		if v.Programme == registry.ProgrammeEPI && counted[v.Code] < int(v.Doses) {
			g.Lines = append(g.Lines, c.giveLine(v, ref, counted[v.Code]+1, last[v.Code]))
		}
		g.Other.Options = append(g.Other.Options, ui.Option{Value: v.Code, Text: longName(c.Words, v)})
	}
	if entry != nil {
		entry.fill(c, &g)
	}
	return g
}

func (c *Call) giveLine(v *project.VaccineRow, ref *reference, n int, last *desk.DoseView) ui.GiveLine {
	line := ui.GiveLine{Vaccine: v.Code, Verdict: ui.VerdictOpen, Dose: ui.DoseName{Vaccine: VaccineName(c.Words, v), Number: n, Oral: v.Route == registry.RouteOral}}
	if v.Doses == 1 {
		line.Dose.Number = 0
	}
	if last != nil {
		line.Reason = c.T("say.days_after", "n", int(c.Today-last.GivenOn), "dose", int(last.Dose))
	}
	if v.Route != registry.RouteOral {
		line.Site = c.choices(registry.SiteEnum, int64(v.Site), false,
			"left_thigh", "right_thigh", "left_arm", "right_arm", "left_buttock", "right_buttock", "other")
	}
	for i, l := range ref.lots[v.Code] {
		if i == 0 {
			line.Lot.Value = l.number
			if l.expires != 0 {
				line.Expires.Value = l.expires.String()
			}
		}
		line.Lots = append(line.Lots, l.number)
	}
	return line
}
