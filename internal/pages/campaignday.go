package pages

import (
	"fmt"
	"net/http"
	"net/url"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/sheet"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// showCampaignDay is the report of a day, as a page or as a file. It names nobody.
func (pg *Pages) showCampaignDay(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	query := c.R.URL.Query()
	day, text := c.Today, query.Get("day")
	wrong := ""
	if text != "" {
		if day, err = registry.ParseISO(text); err != nil {
			if day, err = registry.ParseDay(text, c.Today); err != nil {
				day, wrong = c.Today, c.DateError(err)
			}
		}
	}
	report, err := c.Desk.CampaignDay(c.Ctx(), c.Who, id, day)
	if err != nil {
		return err
	}
	page, err := c.campaignDay(report)
	if err != nil {
		return err
	}
	switch format := sheet.Format(query.Get("format")); format {
	case sheet.XLSX, sheet.CSV:
		return c.sendCampaignDay(id, format, &page)
	}
	frame, err := c.Frame(ui.NavCampaign)
	if err != nil {
		return err
	}
	page.Frame, page.Frame.Path = frame, CampaignPath(id)+"/report"
	page.DayField = ui.Field{Value: day.String(), Error: wrong}
	if wrong != "" {
		page.DayField.Value = text
	}
	if page.Due, err = c.CampaignDue(id); err != nil {
		return err
	}
	if day != c.Today {
		page.Due = nil
	}
	status := http.StatusOK
	if wrong != "" {
		status = http.StatusUnprocessableEntity
	}
	return c.Draw(status, "campaignday", page)
}

// CampaignDue is how long a station has until its report is due, nil if none is.
func (c *Call) CampaignDue(id p.EntityID) (*ui.Mark, error) {
	minutes, due, err := c.Desk.ReportDue(c.Ctx(), id)
	if err != nil || !due {
		return nil, err
	}
	mark := &ui.Mark{Kind: ui.MarkAsk, Text: DueWord(c, minutes)}
	if minutes <= 0 {
		mark.Kind = ui.MarkOverdue
	}
	return mark, nil
}

// DueWord says how long it is until a report is due, or that it is late.
func DueWord(c *Call, minutes int) string {
	switch {
	case minutes <= 0:
		return c.T("campaign_say.due_late")
	case minutes >= 60:
		return c.T("campaign_say.due_hours", "h", minutes/60, "m", minutes%60)
	}
	return c.T("campaign_say.due_minutes", "m", minutes)
}

func (c *Call) campaignDay(r *desk.CampaignReport) (ui.CampaignDay, error) {
	vaccines, err := c.allVaccines()
	if err != nil {
		return ui.CampaignDay{}, err
	}
	page := ui.CampaignDay{
		ID: r.ID.String(), Name: r.Name, What: c.campaignWhat(&r.Campaign, vaccines), Day: r.Day.String(), ISO: r.Day.ISO(), Place: c.Place, Show: campaignShow(&r.CampaignInput), Beside: r.Beside, Round: r.Round,
		Common: r.Common, Severe: r.Severe, Made: c.T("campaign_say.made", "at", c.Words.When(c.Now, c.Now), "who", c.Who.Name),
	}
	page.Places, page.Sum = c.campaignLines(r)
	page.Out = c.campaignOut(r)
	page.Doses = r.Beside
	lines := func(title string, ages []desk.CampaignAge) {
		table := ui.CampaignAges{Title: title}
		for i := range ages {
			a := &ages[i]
			all := a.Male + a.Female + a.Neither
			page.Doses += all
			table.Lines = append(table.Lines, ui.CampaignAgeLine{Name: c.bandWord(a), Male: a.Male, Female: a.Female, Neither: a.Neither, All: all})
		}
		page.Ages = append(page.Ages, table)
	}
	if r.Doses() == 1 {
		lines(c.T("campaign.ages"), r.Ages)
	} else {
		lines(c.T("campaign.ages_first"), r.Ages)
		lines(c.T("campaign.ages_second"), r.AgesSecond)
	}
	for _, l := range r.Lots {
		name := l.Vaccine
		for i := range vaccines {
			if vaccines[i].Code == l.Vaccine {
				name = VaccineName(c.Words, &vaccines[i])
			}
		}
		page.Lots = append(page.Lots, ui.CloseLot{Vaccine: name, Lot: l.Lot, Count: l.Count})
	}
	return page, nil
}

func (c *Call) bandWord(a *desk.CampaignAge) string {
	switch {
	case a.Unknown:
		return c.T("campaign_say.band_unknown")
	case a.Band.To == 0:
		return c.T("campaign_say.age_from", "from", c.ageWord(a.Band.From))
	}
	return c.T("campaign_say.ages", "from", c.ageWord(a.Band.From), "to", c.ageWord(a.Band.To))
}

// sendCampaignDay sends the report as a table of one sheet: what it counts, of what, how many.
func (c *Call) sendCampaignDay(id p.EntityID, format sheet.Format, page *ui.CampaignDay) error {
	titles := []string{c.T("campaign.table_part"), c.T("campaign.table_of"), c.T("campaign.table_what"), c.T("campaign.table_n")}
	rows := [][]string{
		{c.T("campaign.report_of", "day", page.Day), page.Name, page.What, ""},
		{"", page.Place, page.Made, ""},
	}
	add := func(part, of, what string, n int) { rows = append(rows, []string{part, of, what, fmt.Sprint(n)}) }
	places := page.Places
	if len(places) > 1 {
		sum := page.Sum
		sum.Name = c.T("campaign.sum")
		places = append(places[:len(places):len(places)], sum)
	}
	for i := range places {
		x := &places[i]
		if x.Target != "" {
			rows = append(rows, []string{c.T("campaign.places"), x.Name, c.T("campaign.target"), x.Target})
		}
		add(c.T("campaign.places"), x.Name, c.T("campaign.listed"), x.Listed)
		if page.Show.Doses {
			add(c.T("campaign.places"), x.Name, c.T("campaign.first_today"), x.Today)
			add(c.T("campaign.places"), x.Name, c.T("campaign.first_dose"), x.Given)
			add(c.T("campaign.places"), x.Name, c.T("campaign.full_today"), x.FullNow)
			add(c.T("campaign.places"), x.Name, c.T("campaign.full"), x.Full)
			add(c.T("campaign.places"), x.Name, c.T("campaign.due_second"), x.DueSecond)
		} else {
			add(c.T("campaign.places"), x.Name, c.T("campaign.given_today"), x.Today)
			add(c.T("campaign.places"), x.Name, c.T("campaign.given"), x.Given)
		}
		if page.Show.Rounds {
			add(c.T("campaign.places"), x.Name, c.T("campaign.given_second"), x.Second)
		}
		add(c.T("campaign.places"), x.Name, c.T("campaign.absent"), x.Absent)
		add(c.T("campaign.places"), x.Name, c.T("campaign.others"), x.Others)
		rows = append(rows, []string{c.T("campaign.places"), x.Name, c.T("campaign.heard"), x.Heard})
	}
	for _, table := range page.Ages {
		for i := range table.Lines {
			x := &table.Lines[i]
			add(table.Title, x.Name, c.T("campaign.male"), x.Male)
			add(table.Title, x.Name, c.T("campaign.female"), x.Female)
			add(table.Title, x.Name, c.T("campaign.neither"), x.Neither)
		}
	}
	if page.Beside > 0 {
		add(c.T("campaign.ages"), "", c.T("campaign.beside_doses"), page.Beside)
	}
	for _, x := range page.Lots {
		add(c.T("campaign.lots"), x.Vaccine, x.Lot, x.Count)
	}
	for _, x := range page.Out {
		add(c.T("campaign.out"), x.Outcome, x.Reason, x.Day)
	}
	add(c.T("campaign.reactions_word"), c.T("severity.common"), "", page.Common)
	add(c.T("campaign.reactions_word"), c.T("severity.severe"), "", page.Severe)
	h := c.W.Header()
	h.Set("Content-Type", map[sheet.Format]string{
		sheet.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheet.CSV: "text/csv; charset=utf-8",
	}[format])
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape("chien-dich-"+page.ISO+"."+string(format)))
	return sheet.WriteTable(c.W, format, c.T("campaign.report"), titles, rows)
}
