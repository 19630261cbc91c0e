package pages

import (
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// showRecallChildren lists who had a recalled lot, on one page that prints.
func (pg *Pages) showRecallChildren(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	var place p.EntityID
	if text := c.R.URL.Query().Get("place"); text != "" {
		if place, err = p.ParseEntityID(text); err != nil {
			return desk.ErrNotFound
		}
	}
	x, list, more, err := c.Desk.RecallChildren(c.Ctx(), c.Who, id, place)
	if err != nil {
		return err
	}
	frame, err := c.recallFrame(recallPath(id), nil)
	if err != nil {
		return err
	}
	ref, err := c.vaccineNames()
	if err != nil {
		return err
	}
	page := ui.RecallChildren{
		Frame: frame, ID: id.String(), Name: c.lotName(ref, x.Vaccine, x.Number), Made: c.madeNow(), Hub: c.Hub, N: len(list), More: more,
		Back: recallPath(id), PDF: recallPath(id) + "/children?format=" + formatPDF, Advice: x.Advice,
	}
	page.What = c.T("recall_say.what", "place", x.PlaceName, "day", x.Day.String()) + " " + c.T("recall_care."+x.Children.String()) + "."
	if !place.IsZero() {
		page.Back, page.PDF = placeHref(id, place), page.PDF+"&place="+place.String()
		if row, ok := c.Desk.Node.Atlas().Row(place); ok {
			page.Name += ", " + row.Name
		}
	}
	if !c.Hub && len(list) > 0 && c.May(rights.Read, registry.KindContact) && x.Again() {
		page.Letters = ui.PathDuePrint + "?as=letters&list=recall&recall=" + id.String()
	}
	for i := range list {
		if n := len(page.Groups); n == 0 || page.Groups[n-1].Name != c.recallGroup(&list[i]) {
			page.Groups = append(page.Groups, ui.RecallGroup{Name: c.recallGroup(&list[i])})
		}
		g := &page.Groups[len(page.Groups)-1]
		g.Rows = append(g.Rows, c.recallPerson(x, &list[i], ref))
	}
	return c.DrawPrint("recallchildren", page, FileOn("tre-tiem-lo-ngung-dung", c.Today))
}

// recallGroup is under which heading somebody stands: where they live, at a hub; their hamlet, at a station.
func (c *Call) recallGroup(x *desk.RecallChild) string {
	switch {
	case x.Unknown:
		return c.T("recall_say.group_unknown")
	case c.Hub || x.Subject.Hamlet == "":
		return x.Home
	}
	return x.Subject.Hamlet + ", " + x.Home
}

func (c *Call) recallPerson(r *desk.Recalling, x *desk.RecallChild, ref *reference) ui.RecallPerson {
	out := ui.RecallPerson{Unknown: x.Unknown}
	var doses, where []string
	late := false
	for i := range x.Doses {
		d := &x.Doses[i]
		doses = append(doses, d.On.String())
		if d.PlaceName != "" && (len(where) == 0 || where[len(where)-1] != d.PlaceName) {
			where = append(where, d.PlaceName)
		}
		late = late || d.After
	}
	out.Doses, out.At = strings.Join(doses, "; "), strings.Join(where, "; ")
	switch {
	case r.Again() && len(x.Due) > 0:
		due := &x.Due[0]
		out.Mark = ui.Mark{Kind: ui.MarkDue, Text: c.T("recall_say.again_from", "dose", ref.numbered(c.Words, due.Vaccine, int(due.Dose)).Word(c.Words), "on", due.Recommended.String())}
	case x.Reactions > 0:
		out.Mark = ui.Mark{Kind: ui.MarkNo, Text: c.T("recall_say.reacted")}
	case late:
		out.Mark = ui.Mark{Kind: ui.MarkOverdue, Text: c.T("recall_say.after")}
	}
	if x.Unknown {
		return out
	}
	s := &x.Subject
	out.ID, out.Name, out.Line, out.Phone = s.ID.String(), s.Name, c.PersonLine(s), registry.FormatPhone(s.Phone)
	if s.MotherName != "" {
		out.Mother = c.T("recall_say.mother", "name", s.MotherName)
	}
	out.Tried = c.TriedWord(x.Tried)
	if !c.Hub && c.May(rights.Create, registry.KindContact) {
		out.Contact = ui.PathChild + out.ID + partContact
	}
	return out
}

// recalledNotes say on a child's page which of its doses were of a lot that is stopped, and what is to be done.
func (c *Call) recalledNotes(page *ui.Child, rec *desk.Record, ref *reference) error {
	if !c.May(rights.Read, registry.KindRecall) {
		return nil
	}
	rows := make([]project.ImmunizationRow, len(rec.Doses))
	for i := range rec.Doses {
		rows[i] = rec.Doses[i].ImmunizationRow
	}
	list, err := c.Desk.RecallsOfDoses(c.Ctx(), rows)
	for i := range list {
		x := &list[i]
		if x.Children == registry.CareNothing {
			continue // it is on the page of the dose
		}
		page.Frame.Notes = append(page.Frame.Notes, ui.Note{
			Tone: ui.ToneAsk, Lead: c.T("recall_say.child", "lot", c.lotName(ref, x.Vaccine, x.Number), "kind", strings.ToLower(c.T("recall_kind."+x.Kind.String()))),
			Text:   c.T("recall_say.child_text", "on", x.On.String(), "care", c.T("recall_care."+x.Children.String())) + withSpace(x.Advice),
			Action: &ui.Action{Label: c.T("reaction.note_open"), Href: recallPath(x.ID)},
		})
	}
	return err
}

func withSpace(text string) string {
	if text == "" {
		return ""
	}
	return " " + text
}
