package pages

import (
	"cmp"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

// reacted adds to a child's page the way to take a reaction down, those on record, and of one that is still to be reported how
// many hours are left.
func (c *Call) reacted(page *ui.Child, rec *desk.Record) error {
	if !c.May(rights.Read, registry.KindReaction) {
		return nil
	}
	page.React = !c.Hub && c.May(rights.Create, registry.KindReaction) && rec.Subject.Void == ""
	list, err := c.Desk.ReactionsOf(c.Ctx(), c.Who, rec)
	if err != nil {
		return err
	}
	for i := range list {
		x := &list[i]
		line := ui.ChildReaction{Href: reactionPath(x.ID), Text: c.signWords(x.Signs), Line: c.began(x), Mark: c.reactionMark(x)}
		page.Reactions = append(page.Reactions, line)
		if !x.Severe() {
			continue
		}
		report, err := c.report(x)
		if err != nil {
			return err
		}
		note := ui.Note{Tone: ui.ToneOK, Lead: report.Received, Action: &ui.Action{Label: c.T("reaction.note_open"), Href: line.Href}}
		switch {
		case report.Waits:
			note.Tone, note.Lead, note.Text, note.Alert = ui.ToneLate, c.T("reaction.note_child"), report.Lead+".", true
			if len(report.Phones) > 0 {
				note.Text += " " + report.Phones[0].Name + ": " + report.Phones[0].Phone + "."
			}
			if report.Told != "" {
				note.Text += " " + c.T("reaction.told") + ": " + report.Told + "."
			}
		case x.Ended() || x.On < c.Today-1: // the page of a child who was ill last year does not begin with it
			continue
		}
		page.Frame.Notes = append(page.Frame.Notes, note)
	}
	return nil
}

// stopped puts what is not given here now behind what may be given. Whoever gives it all the same says why, as with what the
// schedule speaks against.
func (c *Call) stopped(lines []ui.GiveLine, ref *reference) {
	for i := range lines {
		line := &lines[i]
		if _, is := ref.stops.Whole(line.Vaccine); is {
			line.Verdict, line.Ticked = ui.VerdictNo, false
			line.Mark = ui.Mark{Kind: ui.MarkNo, Text: c.T("reaction.stopped_mark")}
			line.Reason = c.T("reaction.stopped_why")
		}
	}
	order := []ui.Verdict{ui.VerdictAsk, ui.VerdictYes, ui.VerdictOpen, ui.VerdictNo}
	slices.SortStableFunc(lines, func(a, b ui.GiveLine) int {
		return cmp.Compare(slices.Index(order, a.Verdict), slices.Index(order, b.Verdict))
	})
}
