package pages

import (
	"net/http"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/ui"
)

// wastageMonths is how many months the page of wastage looks at, this one among them.
const wastageMonths = 13

// showWastage draws what was given and thrown away, by vaccine and month. It names nobody.
func (pg *Pages) showWastage(c *Call) error {
	asked, err := c.needOf()
	if err != nil {
		return err
	}
	table, err := c.Desk.Wastage(c.Ctx(), c.Who, asked.Place, wastageMonths)
	if err != nil {
		return err
	}
	asked.Place = table.Place.ID
	frame, err := c.stockFrame()
	if err != nil {
		return err
	}
	frame.Path = ui.PathWastage
	page := ui.Wastage{Frame: frame, Name: table.Place.Name, Period: table.From.String() + "–" + table.To.String(), Back: asked.query(ui.PathNeeds)}
	num := func(n int) string { return c.Words.Int(int64(n)) }
	for _, item := range table.Items {
		row := ui.WastageRow{Name: c.itemName(item, table.Vaccines)}
		var sum, full registry.Wastage
		months := table.By[item]
		for i := len(months) - 1; i >= 0; i-- {
			m := &months[i]
			sum = sum.Add(m.Wastage)
			if i < len(months)-1 { // a month that runs is not planned by
				full = full.Add(m.Wastage)
			}
			if m.Opened()+m.Closed == 0 {
				continue
			}
			row.Months = append(row.Months, ui.WastageMonth{
				Month: (table.From + registry.Month(i)).String(), Given: num(m.Given), Rest: num(m.Rest), Closed: num(m.Closed), Open: c.permille(m.OpenRate()), Shut: c.permille(m.ClosedRate()),
				Reasons: c.wastageReasons(m),
			})
		}
		row.Given, row.Rest, row.Closed = num(sum.Given), num(sum.Rest), num(sum.Closed)
		row.Open, row.Shut, row.All = c.permille(sum.OpenRate()), c.permille(sum.ClosedRate()), c.permille(sum.Rate())
		percent, own := full.PlanBy(item)
		row.Plan, row.Why = num(percent)+" %", c.T("wastage_say.planned")
		if own {
			row.Why = c.T("wastage_say.own")
		}
		page.Rows = append(page.Rows, row)
	}
	return c.Draw(http.StatusOK, "stockwastage", page)
}

func (c *Call) wastageReasons(m *desk.MonthWastage) string {
	var parts []string
	for n := registry.DiscardOpenRest; n <= registry.DiscardOther; n++ {
		if m.Reasons[n] > 0 {
			parts = append(parts, c.T("discard_reason."+n.String())+" "+c.Words.Int(int64(m.Reasons[n])))
		}
	}
	return strings.Join(parts, ", ")
}

// permille writes tenths of a percent; of nothing there is no rate.
func (c *Call) permille(n int) string {
	if n < 0 {
		return "–"
	}
	return c.Words.Decimal(float64(n)/10, 1) + " %"
}
