package pages

import (
	"strconv"

	"tramy/internal/desk"
	"tramy/internal/report"
)

// planTarget is which of the columns of planColumns has the target.
const planTarget = 2

// targetsOf is where the targets of a report's year and place stand.
func targetsOf(m *desk.MonthlyReport) string {
	year, _, _ := m.Period.From.Date()
	return (&targetAsked{year: year, place: m.Place.ID}).query()
}

// planColumns adds both denominators of the year behind the figures of a report: who is registered and who is planned, with the share of each that was
// reached since the year began. More than all of a target is shown as it is; where there is none, that is said.
func (c *Call) planColumns(paper *report.Paper, m *desk.MonthlyReport) {
	if m.Plan == nil {
		return
	}
	year, _, _ := m.Period.From.Date()
	group := c.T("report_say.of_year", "year", strconv.Itoa(year))
	for _, x := range []struct {
		key    string
		number bool
	}{{"registered", true}, {"registered_share", false}, {"target", true}, {"target_share", false}} {
		paper.Columns = append(paper.Columns, report.PaperColumn{Group: group, Title: c.T("report_say." + x.key), Number: x.number})
	}
	for i := range m.Plan {
		x := &m.Plan[i]
		registered, ofRegistered, target, ofTarget := "", "", "", ""
		if x.Group != 0 {
			if x.Registered >= 0 {
				registered, ofRegistered = strconv.FormatInt(x.Registered, 10), c.Words.Percent(int(x.Reached), int(x.Registered))
			}
			target = c.T("report_say.target_none")
			if people, said := x.People(); said {
				target, ofTarget = strconv.FormatInt(people, 10), c.Words.Percent(int(x.Reached), int(people))
			}
		}
		paper.Rows[i] = append(paper.Rows[i], registered, ofRegistered, target, ofTarget)
	}
}
