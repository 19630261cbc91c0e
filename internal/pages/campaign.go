package pages

import (
	"context"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// CampaignPath is the page of a campaign.
func CampaignPath(id p.EntityID) string { return ui.PathCampaign + id.String() }

// undoCampaign is written when a campaign is taken back by its button; it is kept with the record.
const undoCampaign = "Hoàn tác"

func (pg *Pages) showCampaigns(c *Call) error {
	return c.drawCampaigns(http.StatusOK, newCampaignForm(c.Today))
}

func (c *Call) drawCampaigns(status int, f *campaignForm) error {
	list, err := c.Desk.Campaigns(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavCampaign)
	if err != nil {
		return err
	}
	frame.Path = ui.PathCampaigns
	if f.top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: f.top, Alert: true})
	}
	vaccines, err := c.allVaccines()
	if err != nil {
		return err
	}
	page := ui.Campaigns{Frame: frame, MayPlan: c.May(rights.Create, registry.KindCampaign) && len(c.Desk.PlanPlaces(c.Who)) > 0}
	for i := range list {
		x := &list[i]
		page.Rows = append(page.Rows, ui.CampaignRow{
			Href: CampaignPath(x.ID), Name: x.Name, What: c.campaignWhat(&x.Campaign, vaccines), When: campaignWhen(&x.Campaign), Where: x.PlaceName,
			Mark: c.campaignMark(&x.Campaign), Listed: x.Listed, Given: x.Given,
		})
	}
	if page.MayPlan {
		page.New = f.draw(c, vaccines, nil)
	}
	return c.Draw(status, "campaigns", page)
}

func (c *Call) allVaccines() (out []project.VaccineRow, err error) {
	err = c.View(func(tx store.Tx) (err error) {
		out, err = tx.Vaccines()
		return err
	})
	return out, err
}

// campaignWhat is what is given to whom.
func (c *Call) campaignWhat(x *registry.Campaign, vaccines []project.VaccineRow) string {
	name := x.Vaccine
	for i := range vaccines {
		if vaccines[i].Code == x.Vaccine {
			name = VaccineName(c.Words, &vaccines[i])
		}
	}
	text := name
	if !x.Counts {
		text += ", " + c.T("campaign_say.dose0")
	}
	if x.Doses() == 2 {
		text += ", " + c.T("campaign_say.two_doses", "n", x.Interval)
	}
	switch {
	case x.AgeTo != 0:
		text += ", " + c.T("campaign_say.ages", "from", c.ageWord(x.AgeFrom), "to", c.ageWord(x.AgeTo))
	case x.AgeFrom != 0:
		text += ", " + c.T("campaign_say.age_from", "from", c.ageWord(x.AgeFrom))
	}
	if x.Sex != 0 {
		text += ", " + sexWord(c.Words, x.Sex)
	}
	return text
}

// ageWord writes an age that is given in full months.
func (c *Call) ageWord(months int) string {
	switch {
	case months >= 24 && months%12 == 0:
		return c.T("campaign_say.years", "n", months/12)
	case months >= 24 && months%12 == 11:
		return c.T("campaign_say.years_whole", "n", months/12)
	}
	return c.T("campaign_say.months", "n", months)
}

func campaignWhen(x *registry.Campaign) string { return x.From.String() + "–" + x.Until.String() }

func (c *Call) campaignMark(x *registry.Campaign) ui.Mark {
	switch {
	case x.Until < c.Today:
		return ui.Mark{Kind: ui.MarkDone, Text: c.T("campaign_say.over")}
	case x.From > c.Today:
		return ui.Mark{Kind: ui.MarkLater, Text: c.T("campaign_say.coming", "n", int(x.From-c.Today))}
	case x.Second != 0:
		return ui.Mark{Kind: ui.MarkDue, Text: c.T("campaign_say.round", "n", x.Round(c.Today))}
	}
	return ui.Mark{Kind: ui.MarkDue, Text: c.T("campaign_say.on")}
}

func (pg *Pages) planCampaign(c *Call) error {
	if !c.May(rights.Create, registry.KindCampaign) {
		return desk.ErrForbidden
	}
	f := readCampaign(c)
	in, ok := f.parse(c)
	if !ok {
		return c.drawCampaigns(http.StatusUnprocessableEntity, f)
	}
	if places := c.Desk.PlanPlaces(c.Who); in.Place.IsZero() && len(places) > 0 {
		in.Place = places[0].ID
	}
	id, err := c.Desk.PlanCampaign(c.Ctx(), c.Who, in)
	if wrong, known := c.sentences(err); known {
		f.refused(c, wrong)
		return c.drawCampaigns(http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("campaign_say.planned")}
	note.Action = c.Undoable(ui.PathCampaigns, func(ctx context.Context, who desk.Who) error {
		return c.Desk.VoidCampaign(ctx, who, id, undoCampaign)
	})
	return c.Go(CampaignPath(id), note)
}

func (pg *Pages) showCampaign(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	return c.drawCampaign(http.StatusOK, id, nil)
}

func (c *Call) drawCampaign(status int, id p.EntityID, f *campaignForm) error {
	day, err := c.Desk.CampaignDay(c.Ctx(), c.Who, id, c.Today)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavCampaign)
	if err != nil {
		return err
	}
	frame.Path = CampaignPath(id)
	if f != nil && f.top != "" {
		frame.Notes = append(frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: f.top, Alert: true})
	}
	vaccines, err := c.allVaccines()
	if err != nil {
		return err
	}
	page := ui.CampaignPage{
		Frame: frame, ID: id.String(), Name: day.Name, What: c.campaignWhat(&day.Campaign, vaccines), When: campaignWhen(&day.Campaign), Where: day.PlaceName,
		Mark: c.campaignMark(&day.Campaign), Show: campaignShow(&day.CampaignInput), Station: !c.Hub, Hub: c.Hub, MayChange: day.MayChange,
		MayGive: !c.Hub && c.May(rights.Create, registry.KindImmunization), Open: f != nil,
	}
	page.Places, page.Sum = c.campaignLines(day)
	page.Out = c.campaignOut(day)
	page.Facts = c.campaignFacts(day)
	if day.MayChange {
		page.Seen = registry.SawOf(day.State).String()
		if f == nil {
			f = campaignFormOf(&day.Campaign)
		} else {
			page.Seen = c.Value("seen")
		}
		page.Form = f.draw(c, vaccines, c.Desk.TargetPlaces(&day.CampaignInput))
	}
	return c.Draw(status, "campaign", page)
}

func (c *Call) campaignFacts(day *desk.CampaignReport) []ui.Fact {
	x := &day.Campaign
	facts := []ui.Fact{{Name: c.T("campaign.kind"), Value: c.T("campaign_kind." + x.Kind.String())}}
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, ui.Fact{Name: c.T(key), Value: value})
		}
	}
	counts := c.T("campaign_say.beside")
	if x.Counts {
		counts = c.T("campaign_say.routine")
	}
	add("campaign.doses_are", counts)
	if x.Doses() == 2 {
		add("campaign.doses_word", c.T("campaign_say.two_doses", "n", x.Interval))
	}
	if x.Second != 0 {
		add("campaign.second", x.Second.String())
	}
	add("campaign.document", x.Document)
	add("campaign.reason", x.Reason)
	return facts
}

// campaignShow is what the tables of a campaign tell apart.
func campaignShow(x *registry.CampaignInput) ui.CampaignShow {
	return ui.CampaignShow{Rounds: x.Second != 0, Doses: x.Doses() == 2}
}

// campaignLines are the places of a report.
func (c *Call) campaignLines(day *desk.CampaignReport) ([]ui.CampaignLine, ui.CampaignLine) {
	line := func(x *desk.CampaignPlace) ui.CampaignLine {
		out := ui.CampaignLine{
			Name: x.Name, Listed: x.Listed, Given: x.Given, Today: x.Today, Second: x.Second, Full: x.Full, FullNow: x.FullNow, DueSecond: x.DueSecond, Absent: x.Absent, Others: x.Others,
			Left: max(0, x.Listed-x.Given),
		}
		whole := x.Listed
		if x.HasTarget {
			whole = x.Target
			out.Target = c.Words.Int(int64(x.Target))
		}
		if whole > 0 {
			out.Percent = c.Words.Percent(x.Given, whole)
			out.FullPercent = c.Words.Percent(x.Full, whole)
		}
		switch {
		case x.HeardMS == -1:
			out.Heard = c.T("campaign_say.here")
		case x.HeardMS > 0:
			out.Heard = c.Words.When(at(x.HeardMS), c.Now)
		case x.Name != "":
			out.Heard = c.T("campaign_say.unheard")
		}
		return out
	}
	var out []ui.CampaignLine
	for i := range day.Places {
		out = append(out, line(&day.Places[i]))
	}
	sum := line(&day.Sum)
	return out, sum
}

func (c *Call) campaignOut(day *desk.CampaignReport) []ui.CampaignOutLine {
	var out []ui.CampaignOutLine
	for _, x := range day.Out {
		out = append(out, ui.CampaignOutLine{Outcome: c.T("enrolment_outcome." + x.Outcome.String()), Reason: x.Reason, Day: x.Day, All: x.All})
	}
	return out
}

func (pg *Pages) editCampaign(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Amend, registry.KindCampaign) {
		return desk.ErrForbidden
	}
	f := readCampaign(c)
	in, ok := f.parse(c)
	if !ok {
		return c.drawCampaign(http.StatusUnprocessableEntity, id, f)
	}
	before, err := c.Desk.Campaign(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	in.Places = before.Places // the form does not name them
	saw, err := registry.ParseSaw(c.Value("seen"))
	if err != nil {
		saw = registry.Saw{}
	}
	err = c.Desk.EditCampaign(c.Ctx(), c.Who, id, in, saw)
	if wrong, known := c.sentences(err); known {
		f.refused(c, wrong)
		return c.drawCampaign(http.StatusUnprocessableEntity, id, f)
	}
	if stale := staleOf(err); stale != nil {
		f.top = c.staleText(stale)
		return c.drawCampaign(http.StatusConflict, id, f)
	}
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("campaign_say.saved")}
	note.Action = c.Undoable(CampaignPath(id), func(ctx context.Context, who desk.Who) error {
		now, err := c.Desk.Campaign(ctx, who, id)
		if err != nil {
			return err
		}
		return c.Desk.EditCampaign(ctx, who, id, before.CampaignInput, registry.SawOf(now.State))
	})
	return c.Go(CampaignPath(id), note)
}

func (pg *Pages) voidCampaign(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	err = c.Desk.VoidCampaign(c.Ctx(), c.Who, id, c.Value("why"))
	if wrong, known := c.sentences(err); known {
		return c.Go(CampaignPath(id), ui.Note{Tone: ui.ToneAsk, Lead: wrong.rest(c.Words), Alert: true})
	}
	if err != nil {
		return err
	}
	return c.Go(ui.PathCampaigns, ui.Note{Tone: ui.ToneOK, Lead: c.T("campaign_say.voided")})
}
