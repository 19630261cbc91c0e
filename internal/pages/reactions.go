package pages

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

func (pg *Pages) showReactions(c *Call) error {
	list, err := c.Desk.Reactions(c.Ctx(), c.Who)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavReaction)
	if err != nil {
		return err
	}
	ref, err := c.vaccineNames()
	if err != nil {
		return err
	}
	page := ui.Reactions{Frame: frame, Hub: c.Hub, Days: desk.ReactionDays}
	page.Frame.Path = ui.PathReactions
	for i := range list {
		x := &list[i]
		line := c.reactionLine(x, ref)
		switch {
		case x.Waits():
			page.Waiting = append(page.Waiting, line)
		case x.Severe() && !x.Ended():
			page.Open = append(page.Open, line)
		default:
			page.Rest = append(page.Rest, line)
		}
	}
	for _, s := range desk.SignalsOf(list) {
		page.Signals = append(page.Signals, ui.SignalLine{
			Vaccine: ref.doseName(c.Words, s.Vaccine, 0).Vaccine, Lot: c.lotOf(s.Lot), Severe: s.Severe, Common: s.Common, Places: s.Places,
		})
	}
	return c.Draw(http.StatusOK, "reactions", page)
}

func (c *Call) reactionLine(x *desk.Reacted, ref *reference) ui.ReactionLine {
	out := ui.ReactionLine{
		ID: x.ID.String(), Name: x.Subject.Name, Line: c.PersonLine(&x.Subject), Mark: c.reactionMark(x), Began: c.began(x), Signs: c.signWords(x.Signs),
		Place: x.PlaceName,
	}
	switch {
	case x.Waits():
		out.Until = c.hoursLeft(x.Deadline())
		if x.Told != 0 {
			out.Until += ". " + c.T("reaction.told")
		}
	case x.Outcome != 0:
		out.Until = c.T("reaction_end." + x.Outcome.String())
	default:
		out.Until = c.T("reaction.end_open")
	}
	if c.Hub && x.ArrivedMS > x.RecordedMS && x.Severe() {
		took := time.Duration(x.ArrivedMS-x.RecordedMS) * time.Millisecond
		out.Hours = c.T("reaction.took", "n", int((took+time.Hour-1)/time.Hour))
		if took > registry.ReportHours*time.Hour {
			out.Mark = ui.Mark{Kind: ui.MarkOverdue, Text: c.T("reaction.took_late")}
		}
	}
	var doses []string
	for i := range x.Doses {
		doses = append(doses, doseWord(c, ref, &x.Doses[i].ImmunizationRow)+", "+c.lotOf(x.Doses[i].Lot))
	}
	out.Doses = strings.Join(doses, "; ")
	return out
}

// showReactionOthers lists who else had the lots, on one page that prints.
func (pg *Pages) showReactionOthers(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	x, err := c.Desk.ReactionAt(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	list, err := c.Desk.ExposedTo(c.Ctx(), c.Who, x)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavReaction)
	if err != nil {
		return err
	}
	ref, err := c.vaccineNames()
	if err != nil {
		return err
	}
	page := ui.ReactionOthers{Frame: frame, ID: id.String(), Name: x.Subject.Name, Made: c.madeNow()}
	page.Frame.Path = reactionPath(id)
	var what []string
	for i := range x.Doses {
		d := &x.Doses[i]
		what = append(what, c.lotName(ref, d.Vaccine, d.Lot)+", "+d.GivenOn.String()+", "+d.PlaceName)
	}
	page.What = strings.Join(what, "; ")
	for i := range list {
		e := &list[i]
		line := ui.ExposedLine{
			ID: e.Subject.ID.String(), Name: e.Subject.Name, Line: c.PersonLine(&e.Subject), Phone: registry.FormatPhone(e.Subject.Phone),
			Dose: doseWord(c, ref, &e.Dose) + ", " + c.lotOf(e.Dose.Lot), At: c.givenAt(&e.Dose), Mark: ui.Mark{Kind: ui.MarkLater, Text: c.T("reaction.not_asked")},
		}
		if e.Reacted {
			line.Mark = ui.Mark{Kind: ui.MarkNo, Text: c.T("reaction.reacted_too")}
		}
		page.Rows = append(page.Rows, line)
	}
	return c.DrawPrint("reactionothers", page, FileOf("cung-lo", x.Subject.Code))
}

// madeNow says on paper when, where and by whom it was made.
func (c *Call) madeNow() string {
	return c.T("reaction.made", "on", c.Now.Format("15:04")+", "+c.Today.String(), "place", c.Place, "who", c.Who.Name)
}

// showReactionForm draws the report for paper. That it was taken is written down; nobody is asked why, since the form itself
// says so.
func (pg *Pages) showReactionForm(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	x, err := c.Desk.ReactionForm(c.Ctx(), c.Who, id, c.T("reaction.form_title"))
	if err != nil {
		return err
	}
	others, err := c.Desk.ExposedTo(c.Ctx(), c.Who, x)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavReaction)
	if err != nil {
		return err
	}
	ref, err := c.vaccineNames()
	if err != nil {
		return err
	}
	page := ui.ReactionForm{Frame: frame, ID: id.String(), ChildID: x.Subject.ID.String(), Name: x.Subject.Name, Made: c.madeNow(), Others: len(others)}
	page.Frame.Path = reactionPath(id)
	if page.Superiors, err = c.superiors(); err != nil {
		return err
	}
	s := &x.Subject
	page.Person = []ui.Fact{
		{Name: c.T("field.name"), Value: s.Name, Who: c.T("child.code") + " " + registry.PersonCode(s.Code).Format()},
		{Name: c.T("reaction.form_born"), Value: born(s.BirthDate, s.BirthPrec) + ", " + sexWord(c.Words, s.Sex)},
		{Name: c.T("reaction.form_mother"), Value: s.MotherName, Who: registry.FormatPhone(s.Phone)},
		{Name: c.T("reaction.form_home"), Value: s.Hamlet},
		{Name: c.T("reaction.form_history")},
	}
	for i := range x.Doses {
		d := &x.Doses[i]
		line := ui.FormDose{
			Vaccine: ref.doseName(c.Words, d.Vaccine, 0).Vaccine, Number: doseWord(c, ref, &d.ImmunizationRow), Lot: d.Lot, On: c.givenAt(&d.ImmunizationRow),
			Giver: d.GivenBy, Place: d.PlaceName,
		}
		if d.Expires != 0 {
			line.Expires = d.Expires.String()
		}
		if d.Site != 0 {
			line.Site = c.T("site." + d.Site.String())
		}
		page.Doses = append(page.Doses, line)
	}
	for _, sign := range registry.Signs {
		page.Signs = append(page.Signs, ui.Box{Text: c.T("sign." + sign.Code), Ticked: slices.Contains(x.Signs, sign.Code)})
	}
	for i, key := range registry.ReactionEndEnum.Keys() {
		page.Outcomes = append(page.Outcomes, ui.Box{Text: c.T("reaction_end." + key), Ticked: x.Outcome == registry.ReactionEnd(i+1)})
	}
	page.Facts = []ui.Fact{
		{Name: c.T("reaction.on"), Value: c.began(x)},
		{Name: c.T("reaction.severity"), Value: c.T("severity." + cmp.Or(x.Severity, registry.SeverityCommon).String())},
		{Name: c.T("pdf.serious"), Value: c.T("pdf.serious_boxes")},
		{Name: c.T("reaction.note"), Value: x.Note},
		{Name: c.T("reaction.treatment"), Value: x.Treatment},
		{Name: c.T("reaction.hospital"), Value: x.Hospital},
		{Name: c.T("pdf.death")},
		{Name: c.T("pdf.diluent")},
		{Name: c.T("reaction.form_seen_by"), Value: x.Reporter},
		{Name: c.T("reaction.recorded"), Value: c.Words.When(at(x.RecordedMS), c.Now) + ", " + at(x.RecordedMS).Format("02/01/2006"), Who: x.Taker + ", " + x.PlaceName},
	}
	return c.DrawPrint("reactionform", page, FileOf("phieu-phan-ung", x.Subject.Code))
}

// ReactionNotes say what is not given here now, and that a report has not reached those above yet. They name nobody.
func (c *Call) ReactionNotes() ([]ui.Note, error) {
	if c.Hub || !c.May(rights.Read, registry.KindReaction) {
		return nil, nil
	}
	stops, err := c.Desk.Stops(c.Ctx())
	if err != nil {
		return nil, err
	}
	var notes []ui.Note
	if n, until, err := c.Desk.ReactionsWaiting(c.Ctx()); err != nil {
		return nil, err
	} else if n > 0 {
		notes = append(notes, ui.Note{
			Tone: ui.ToneLate, Lead: c.T("reaction.note_waits", "n", n), Text: c.hoursLeft(until) + ".",
			Action: &ui.Action{Label: c.T("reaction.note_open"), Href: ui.PathReactions},
		})
	}
	recalls, err := c.RecallNotes()
	if err != nil {
		return nil, err
	}
	notes = append(notes, recalls...)
	if stops = withoutRecalls(stops); len(stops) == 0 {
		return notes, nil
	}
	more, err := c.stopNotes(stops)
	return append(notes, more...), err
}

// stopNotes are one line for each vaccine of which something is not given.
func (c *Call) stopNotes(stops desk.Stops) ([]ui.Note, error) {
	ref, err := c.vaccineNames()
	if err != nil {
		return nil, err
	}
	var out []ui.Note
	var done []string
	for _, s := range stops {
		if slices.Contains(done, s.Vaccine) {
			continue
		}
		done = append(done, s.Vaccine)
		name := ref.doseName(c.Words, s.Vaccine, 0).Vaccine
		var lots []string
		whole := false
		for _, x := range stops {
			if x.Vaccine == s.Vaccine {
				whole = whole || x.Lot == ""
				if x.Lot != "" && !slices.Contains(lots, x.Lot) {
					lots = append(lots, x.Lot)
				}
			}
		}
		note := ui.Note{Tone: ui.ToneLate, Lead: c.T("reaction.stop_lot", "vaccine", name, "lot", strings.Join(lots, ", "))}
		switch {
		case whole && len(lots) > 0:
			note.Lead = c.T("reaction.stop_both", "vaccine", name, "lot", strings.Join(lots, ", "))
		case whole:
			note.Lead = c.T("reaction.stop_all", "vaccine", name)
		}
		note.Text = c.T("reaction.stop_text")
		if !s.Reaction.IsZero() {
			note.Action = &ui.Action{Label: c.T("reaction.note_open"), Href: reactionPath(s.Reaction)}
		}
		out = append(out, note)
	}
	return out, nil
}
