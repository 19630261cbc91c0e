package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// pressLine carries out a press on the line. What one key does not pass opens the form of the row, which says why.
func (w *Web) pressLine(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Create, registry.KindImmunization) {
		return desk.ErrForbidden
	}
	enrolment, err := p.ParseEntityID(c.Value("enrolment"))
	if err != nil {
		return server.NewProblem(server.TypeNotFound)
	}
	press := desk.LinePress{Campaign: id, Enrolment: enrolment, Lot: c.Value("lot"), Against: c.Value("against"), Reason: c.Value("reason")}
	typed := &lineTyped{
		class: c.Value("class"), after: enrolment.String(), who: enrolment, outcome: c.Value("outcome"), reason: press.Reason, against: press.Against, checked: c.Value("checked"),
	}
	shown, _ := registry.EnrolmentOutcomeEnum.Number(c.Value("shown"))
	checked, _ := registry.CheckedEnum.Number(typed.checked)
	press.Shown, press.Checked = registry.EnrolmentOutcome(shown), registry.Checked(checked)
	switch do := c.Value("do"); do {
	case "give":
	case "absent":
		press.Outcome, press.Reason = registry.EnrolmentAbsent, ""
	case "save":
		n, known := registry.EnrolmentOutcomeEnum.Number(typed.outcome)
		if !known {
			return server.NewProblem(server.TypeBadRequest)
		}
		press.Outcome = registry.EnrolmentOutcome(n)
	default:
		return server.NewProblem(server.TypeBadRequest)
	}
	done, err := c.Desk.PressLine(c.Ctx(), c.Who, press)
	if wrong := lineWrong(err); wrong != nil {
		return w.refuseLine(c, id, press.Outcome, typed, wrong)
	}
	if err != nil {
		return err
	}
	name, err := nameOf(c, done.Subject)
	if err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.saved"), Text: c.T("campaign_say.given", "name", name)}
	if press.Outcome != 0 {
		note.Text = c.T("campaign_say.not_given", "name", name, "what", c.T("enrolment_outcome."+press.Outcome.String()))
	}
	back := linePath(id, typed.class)
	note.Action = c.Undoable(back, func(ctx context.Context, who desk.Who) error { return c.Desk.UndoLine(ctx, who, done, undoReason) })
	return c.Go(linePath(id, typed.class, "after", enrolment.String()), note)
}

// lineWrong are the rules that a press broke, nil if err is of another kind.
func lineWrong(err error) registry.Errors {
	var list registry.Errors
	if errors.As(err, &list) {
		return list
	}
	return nil
}

// refuseLine says why a press wrote nothing: beside its control where the row's form has one, else at the top.
func (w *Web) refuseLine(c *pages.Call, id p.EntityID, outcome registry.EnrolmentOutcome, typed *lineTyped, wrong registry.Errors) error {
	typed.errs = map[string]string{}
	for i := range wrong {
		e := &wrong[i]
		switch e.Field {
		case "against", "checked":
			typed.ask = "give"
			typed.errs[e.Field] = c.Invalid(e)
		case "reason":
			typed.ask = cmp.Or(outcome.String(), "refused")
			typed.errs[e.Field] = c.Invalid(e)
		default:
			typed.top = c.Invalid(e)
		}
	}
	return w.drawLine(c, http.StatusUnprocessableEntity, id, typed)
}

// lineLot takes a vial into the hand for this campaign, on this machine.
func (w *Web) lineLot(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	if !c.May(rights.Create, registry.KindImmunization) {
		return desk.ErrForbidden
	}
	typed := &lineTyped{class: c.Value("class"), number: cmp.Or(c.Value("lot"), c.Value("number")), expires: c.Value("expires")}
	lot := desk.CampaignLot{Number: typed.number}
	if lot.Expires, err = pages.ParseExpires(typed.expires, c.Today); err != nil {
		typed.expiresError = c.DateError(err)
		return w.drawLine(c, http.StatusUnprocessableEntity, id, typed)
	}
	x, err := c.Desk.Campaign(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	known, err := c.Desk.KnownLots(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	for _, l := range known[x.Vaccine] {
		if lot.Expires == 0 && registry.SameLot(l.Number, lot.Number) {
			lot.Expires = l.Expires
		}
	}
	err = c.Desk.ChooseCampaignLot(c.Ctx(), c.Who, id, lot)
	if wrong, known := c.Sentences(err); known {
		typed.numberError, typed.expiresError = cmp.Or(wrong["number"], wrong["vaccine"]), wrong["expires"]
		return w.drawLine(c, http.StatusUnprocessableEntity, id, typed)
	}
	if err != nil {
		return err
	}
	return c.Go(linePath(id, typed.class), ui.Note{Tone: ui.ToneOK, Lead: c.T("campaign_say.lot_chosen", "lot", registry.CleanLot(lot.Number))})
}

// findLine looks for who walks in.
func (w *Web) findLine(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	typed := &lineTyped{class: c.Value("class"), q: c.Value("q"), sought: true}
	found, err := c.Desk.Find(c.Ctx(), c.Who, typed.q)
	if err != nil {
		return err
	}
	typed.found = found.Rows
	return w.drawLine(c, http.StatusOK, id, typed)
}

// enrolLine puts who walks in on the list, and the focus on them.
func (w *Web) enrolLine(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	who, err := p.ParseEntityID(c.Value("who"))
	if err != nil {
		return server.NewProblem(server.TypeNotFound)
	}
	class := c.Value("class")
	named := class
	if class == desk.NoClass {
		named = ""
	}
	enrolment, made, err := c.Desk.EnrolIn(c.Ctx(), c.Who, id, who, named)
	if err != nil {
		return err
	}
	class, before, err := c.Desk.BeforeOnList(c.Ctx(), c.Who, id, enrolment)
	if err != nil {
		return err
	}
	name, err := nameOf(c, who)
	if err != nil {
		return err
	}
	to := linePath(id, cmp.Or(class, desk.NoClass), "after", before)
	if !made {
		return c.Go(to, ui.Note{Lead: c.T("campaign_say.listed_already", "name", name)})
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("campaign_say.enrolled", "name", name)}
	note.Action = c.Undoable(linePath(id, class), func(ctx context.Context, who desk.Who) error {
		return c.Desk.Unlist(ctx, who, enrolment, undoReason)
	})
	return c.Go(to, note)
}
