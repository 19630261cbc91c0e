package desk

import (
	"context"
	"encoding/json"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// CampaignLot is the lot from which this machine gives in a campaign. It is chosen for the campaign alone: the routine lot in hand
// stays what it is, and each team has its own vial.
type CampaignLot struct {
	Number  string       `json:"number"`
	Expires registry.Day `json:"expires"` // 0: nobody wrote it
}

func metaCampaignLot(id p.EntityID) string { return "campaign.lot." + id.String() }

// CampaignLot reads it; without a number none was chosen.
func (d *Desk) CampaignLot(ctx context.Context, id p.EntityID) (out CampaignLot, err error) {
	err = d.view(ctx, func(tx store.Tx) (err error) {
		out, err = campaignLot(tx, id)
		return err
	})
	return out, err
}

func campaignLot(tx store.Tx, id p.EntityID) (out CampaignLot, err error) {
	b, err := tx.Meta(metaCampaignLot(id))
	if err != nil || len(b) == 0 {
		return out, err
	}
	return out, json.Unmarshal(b, &out)
}

// ChooseCampaignLot takes a vial into the hand for a campaign, on this machine. The error is [registry.Errors] where it may not be
// given any more.
func (d *Desk) ChooseCampaignLot(ctx context.Context, who Who, id p.EntityID, lot CampaignLot) error {
	if err := may(who, rights.Create, registry.KindImmunization); err != nil {
		return err
	}
	return d.Node.Store().Update(ctx, func(tx store.Tx) error {
		x, err := d.campaign(tx, who, id)
		if err != nil {
			return err
		}
		known, err := d.campaignKnown(tx)
		if err != nil {
			return err
		}
		// The rules of a lot in hand, without writing one.
		if _, err := registry.NewLot(registry.LotInput{Place: d.Node.Identity().Place, Vaccine: x.Vaccine, Number: lot.Number, Expires: lot.Expires}, 1, known); err != nil {
			return err
		}
		lot.Number = registry.CleanLot(lot.Number)
		stops, err := d.stops(tx)
		if err != nil {
			return err
		}
		if stop, stopped := stops.Of(x.Vaccine, lot.Number); stopped {
			return registry.Errors{{Field: "number", Code: registry.CodeLotSuspended, Params: map[string]any{"why": stop.Reason}}}
		}
		b, err := json.Marshal(lot)
		if err != nil {
			return err
		}
		return tx.SetMeta(metaCampaignLot(id), b)
	})
}

// LinePress is one press of a key on the line of a campaign.
type LinePress struct {
	Campaign, Enrolment p.EntityID
	// Outcome is why there is no dose; 0: it is given, now, to somebody who was screened and has nothing.
	Outcome registry.EnrolmentOutcome
	Reason  string
	// Lot is the number that the page had shown: no other one is written unseen.
	Lot string
	// Shown is what the page had shown that became of them.
	Shown   registry.EnrolmentOutcome
	Against string           // as in Visit
	Checked registry.Checked // as in Visit
}

// LinePressed is what a press wrote, to be taken back.
type LinePressed struct {
	Subject   p.EntityID
	Enrolment p.EntityID
	Dose      p.EntityID // zero: none
	Before    registry.VisitInput
	Was       registry.EnrolmentInput
}

// PressLine carries it out as one act: visit, screening and dose, or what became of somebody instead.
func (d *Desk) PressLine(ctx context.Context, who Who, in LinePress) (LinePressed, error) {
	if in.Outcome != 0 {
		return d.pressOutcome(ctx, who, in)
	}
	var out LinePressed
	if err := may(who, rights.Create, registry.KindImmunization); err != nil {
		return out, err
	}
	var dose registry.ImmunizationInput
	today := d.Today()
	if err := d.view(ctx, func(tx store.Tx) error {
		s, err := d.ownEnrolment(tx, in.Enrolment)
		if err != nil {
			return err
		}
		x, err := d.campaign(tx, who, in.Campaign)
		if err != nil {
			return err
		}
		out = LinePressed{Enrolment: s.ID, Subject: registry.EnrolmentOf(s).Subject, Was: registry.EnrolmentOf(s).EnrolmentInput}
		if row, err := tx.SubjectRow(out.Subject); err != nil {
			return err
		} else if row != nil && row.Case != row.ID {
			out.Subject = row.Case
		}
		v, err := d.visitOf(tx, out.Subject, today)
		if err != nil {
			return err
		}
		out.Before = v.fold.VisitInput
		dose, err = d.lineDose(tx, &x.Campaign, in.Lot)
		return err
	}); err != nil {
		return out, err
	}
	visit := Visit{
		Subject: out.Subject, Doses: []registry.ImmunizationInput{dose}, GivenClock: d.Clock(), Screening: registry.ScreeningEligible,
		Against: in.Against, Checked: in.Checked,
	}
	visit.Also = func(tx store.Tx) error { return d.mayGiveLine(tx, who, &in) }
	ids, err := d.RecordVisit(ctx, who, visit)
	if err != nil {
		return out, err
	}
	out.Dose = ids[0]
	return out, nil
}

// lineDose is the dose that a campaign gives, from the lot that the page had shown.
func (d *Desk) lineDose(tx store.Tx, c *registry.Campaign, shown string) (registry.ImmunizationInput, error) {
	var in registry.ImmunizationInput
	lot, err := campaignLot(tx, c.ID)
	if err != nil {
		return in, err
	}
	if lot.Number == "" || lot.Number != shown {
		return in, registry.Errors{{Field: "lot", Code: registry.CodeCampaignLot, Params: map[string]any{"lot": lot.Number}}}
	}
	vaccines, err := vaccinesByCode(tx)
	if err != nil {
		return in, err
	}
	v := vaccines[c.Vaccine]
	in = registry.ImmunizationInput{
		Vaccine: c.Vaccine, Lot: lot.Number, Expires: lot.Expires, Campaign: c.ID, Programme: c.Programme(), Source: registry.SourceHere,
		Route: v.Route, Site: v.Site, Volume: int(v.Volume),
	}
	// A vaccine that is given against outbreaks alone has no routine series beside which its doses could stand.
	in.HasOrder = !c.Counts && v.Programme != registry.ProgrammeOutbreak
	return in, nil
}

// mayGiveLine asks within the act what may have changed since the page was drawn: on another laptop, or at a school elsewhere.
func (d *Desk) mayGiveLine(tx store.Tx, who Who, in *LinePress) error {
	x, err := d.campaign(tx, who, in.Campaign)
	if err != nil {
		return err
	}
	today, home := d.Today(), d.Home()
	if !x.On(today) {
		return registry.Errors{{Field: "campaign", Code: registry.CodeCampaignOver, Params: map[string]any{"from": x.From, "until": x.Until}}}
	}
	vaccines, err := vaccinesByCode(tx)
	if err != nil {
		return err
	}
	one, err := d.listedOf(tx, &x.Campaign, in.Enrolment, &home, vaccines)
	if err != nil {
		return err
	}
	switch {
	case one == nil || one.Void != "" || one.Campaign != x.ID:
		return ErrNotFound
	case one.Done(&x.CampaignInput):
		return hadError(one.Dose)
	case x.Rests(one.Had, today):
		return earlyError(&x.CampaignInput, one.Had)
	case one.Outcome != in.Shown:
		return registry.Errors{{Field: "outcome", Code: registry.CodeCampaignMoved}}
	case one.asksWhy() && in.Against == "":
		return registry.Errors{{Field: "against", Code: registry.CodeAgainst}}
	}
	return nil
}

func hadError(dose *project.ImmunizationRow) error {
	return registry.Errors{{Field: "dose", Code: registry.CodeCampaignHad, Params: map[string]any{"day": dose.GivenOn, "at": dose.GivenMinute.String()}}}
}

// earlyError says from which day on somebody has the second dose.
func earlyError(c *registry.CampaignInput, had registry.CampaignHad) error {
	_, from := c.Next(had)
	return registry.Errors{{Field: "dose", Code: registry.CodeCampaignEarly, Params: map[string]any{"day": had.First, "from": from}}}
}

// asksWhy reports whether one key alone does not give to somebody: something stands in their record, or a dose of the same kind
// was given lately.
func (x *Listed) asksWhy() bool {
	return x.Recent != nil || x.Contraindications != "" || x.Outcome == registry.EnrolmentContraindicated || x.Why() == registry.EnrolmentHasIt
}

// AsksWhy is asksWhy for a page.
func (x *Listed) AsksWhy() bool { return x.asksWhy() }

func (d *Desk) pressOutcome(ctx context.Context, who Who, in LinePress) (LinePressed, error) {
	var out LinePressed
	if err := may(who, rights.Amend, registry.KindEnrolment); err != nil {
		return out, err
	}
	today := d.Today()
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := d.ownEnrolment(tx, in.Enrolment)
		if err != nil {
			return nil, err
		}
		x, err := d.campaign(tx, who, in.Campaign)
		if err != nil {
			return nil, err
		}
		was := registry.EnrolmentOf(s)
		if was.Campaign != x.ID {
			return nil, ErrNotFound
		}
		row, err := tx.SubjectRow(was.Subject)
		if err != nil {
			return nil, err
		}
		if row != nil {
			if err := toCome(tx, &x.Campaign, row.Case, today); err != nil {
				return nil, err
			}
		}
		if was.Outcome != in.Shown && was.Outcome != in.Outcome {
			return nil, registry.Errors{{Field: "outcome", Code: registry.CodeCampaignMoved}}
		}
		out = LinePressed{Subject: was.Subject, Enrolment: s.ID, Was: was.EnrolmentInput}
		next := was.EnrolmentInput
		next.Outcome, next.Day, next.Reason = in.Outcome, today, in.Reason
		draft, err := registry.EditEnrolment(s, next, today, registry.SawOf(s))
		return nonEmpty(draft), err
	})
	return out, ignoreNothing(err)
}

// toCome refuses where no dose of a campaign is to come for a person on a day.
func toCome(tx store.Tx, c *registry.Campaign, person p.EntityID, today registry.Day) error {
	doses, err := tx.DosesOfCase(person)
	if err != nil {
		return err
	}
	var had registry.CampaignHad
	var last *project.ImmunizationRow
	for i := range doses {
		if r := &doses[i]; r.Campaign == c.ID && !r.Void && r.NotDone == 0 && c.Take(&had, r.GivenOn) != 0 {
			last = r
		}
	}
	if dose, _ := c.Next(had); dose == 0 {
		return hadError(last)
	}
	if c.Rests(had, today) {
		return earlyError(&c.CampaignInput, had)
	}
	return nil
}

// UndoLine takes a press back.
func (d *Desk) UndoLine(ctx context.Context, who Who, x LinePressed, reason string) error {
	if !x.Dose.IsZero() {
		return d.TakeBack(ctx, who, TakenBack{Subject: x.Subject, Doses: []p.EntityID{x.Dose}, Before: x.Before, Visited: true}, reason)
	}
	if err := may(who, rights.Amend, registry.KindEnrolment); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := d.ownEnrolment(tx, x.Enrolment)
		if err != nil {
			return nil, err
		}
		now := registry.EnrolmentOf(s).EnrolmentInput
		now.Outcome, now.Day, now.Reason = x.Was.Outcome, x.Was.Day, x.Was.Reason
		draft, err := registry.EditEnrolment(s, now, d.Today(), registry.SawOf(s))
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}
