package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

const absentByHamlet = "hamlet"

func absentBy(c *pages.Call) string {
	if c.R.URL.Query().Get("by") == absentByHamlet {
		return absentByHamlet
	}
	return "class"
}

// showAbsent lists who had no dose, with why and whom to call.
func (w *Web) showAbsent(c *pages.Call) error { return w.drawAbsent(c, nil) }

func (w *Web) drawAbsent(c *pages.Call, print func([]p.EntityID) error) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	list, err := c.Desk.CampaignList(c.Ctx(), c.Who, id, "", true)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavCampaign)
	if err != nil {
		return err
	}
	frame.Path = pages.CampaignPath(id) + "/absent"
	by := absentBy(c)
	page := ui.CampaignAbsent{Frame: frame, ID: id.String(), Name: list.Name, Printing: print != nil, By: ui.Select{Value: by, Options: []ui.Option{
		{Value: "class", Text: c.T("campaign.by_class")}, {Value: absentByHamlet, Text: c.T("campaign.by_hamlet")},
	}}}
	dose := ""
	if list.Doses() == 2 {
		if asked := c.R.URL.Query().Get("dose"); asked == "1" || asked == "2" {
			dose = asked
		}
		page.Dose = ui.Select{Value: dose, Options: []ui.Option{
			{Text: c.T("campaign.absent_any")}, {Value: "1", Text: c.T("campaign.absent_first")}, {Value: "2", Text: c.T("campaign.absent_second")},
		}}
	}
	home := c.Desk.Home()
	var people []p.EntityID
	groups := map[string]*ui.AbsentGroup{}
	var order []string
	for i := range list.Rows {
		x := &list.Rows[i]
		if !dueNow(list, x, c.Today) || !x.Why().Open() || dose == "1" && x.Had.First != 0 || dose == "2" && x.Had.First == 0 {
			continue
		}
		row := ui.AbsentRow{Person: c.Person(&x.Person, &home), Class: x.Class, Why: c.T("campaign_say.waits")}
		row.Mark = ui.Mark{Kind: ui.MarkDue, Text: c.T("campaign_say.waits")}
		if why := x.Why(); why != 0 {
			row.Why = c.T("enrolment_outcome." + why.String())
			row.Mark = ui.Mark{Kind: ui.MarkNotDone, Text: row.Why}
			row.Day, row.Reason = x.Day.String(), x.Reason
		}
		switch {
		case list.Doses() == 1:
		case x.Had.First == 0:
			row.Dose = c.T("campaign.absent_first")
		default:
			page.Second++
			row.Dose = joined(c.T("campaign.absent_second"), c.T("campaign_say.had_first", "day", x.Had.First.String()))
		}
		name := cmp.Or(x.Class, c.T("campaign_say.no_class"))
		if by == absentByHamlet {
			name = cmp.Or(x.Person.Hamlet, c.T("say.no_hamlet"))
		}
		if groups[name] == nil {
			groups[name] = &ui.AbsentGroup{Name: name}
			order = append(order, name)
		}
		groups[name].Rows = append(groups[name].Rows, row)
		people = append(people, x.Person.ID)
	}
	if by == absentByHamlet {
		slices.SortFunc(order, func(a, b string) int { return strings.Compare(registry.Fold(a), registry.Fold(b)) })
	}
	for _, name := range order {
		page.Groups = append(page.Groups, *groups[name])
	}
	page.Total = len(people)
	if print != nil {
		if err := print(people); err != nil {
			return err
		}
		page.Made = c.MadeList()
		return c.DrawPrint("campaignabsent", page, pages.FileOn("chua-tiem", c.Today))
	}
	return c.Draw(http.StatusOK, "campaignabsent", page)
}

// askAbsent asks what the list is printed for.
func (w *Web) askAbsent(c *pages.Call) error {
	if !c.May(rights.Read, registry.KindEnrolment) {
		return desk.ErrForbidden
	}
	return w.drawAskAbsent(c, http.StatusOK, nil)
}

func (w *Web) drawAskAbsent(c *pages.Call, status int, wrong error) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	if _, err := c.Desk.Campaign(c.Ctx(), c.Who, id); err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavCampaign)
	if err != nil {
		return err
	}
	path := pages.CampaignPath(id) + "/absent"
	query := url.Values{"by": {absentBy(c)}}
	if dose := c.R.URL.Query().Get("dose"); dose == "1" || dose == "2" {
		query.Set("dose", dose)
	}
	page := ui.Taking{
		Frame: frame, Post: path + "/print?" + query.Encode(), For: c.TakingChoice(registry.PaperTakings, c.Value("for"), ""),
		Reason: ui.Field{Value: c.Value("reason")},
	}
	page.Frame.Path = path
	switch {
	case errors.Is(wrong, desk.ErrNoPurpose):
		page.For.Error = c.T("take.choose")
	case errors.Is(wrong, desk.ErrNoReason):
		page.Reason.Error = c.T("take.reason_missing")
	}
	return c.Draw(status, "taking", page)
}

// printAbsent draws the list to be printed, once it was said what for.
func (w *Web) printAbsent(c *pages.Call) error {
	err := w.drawAbsent(c, func(people []p.EntityID) error {
		return c.Desk.NotePrinted(c.Ctx(), c.Who, c.Value("for"), c.Value("reason"), people...)
	})
	if errors.Is(err, desk.ErrNoPurpose) || errors.Is(err, desk.ErrNoReason) {
		return w.drawAskAbsent(c, http.StatusUnprocessableEntity, err)
	}
	return err
}
