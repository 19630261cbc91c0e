package pages

import (
	"errors"
	"net/http"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

func (pg *Pages) showChild(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	open, _, err := c.DraftsOf(DraftVisit, id.String())
	if err != nil {
		return err
	}
	var entry *visitForm
	if open != nil {
		entry = readVisit(draftRequest(open.Typed))
	}
	err = c.drawChild(http.StatusOK, id, entry)
	if errors.Is(err, desk.ErrElsewhere) {
		return c.drawGlass(http.StatusForbidden, id, "")
	}
	return err
}

// drawNaming draws the page with a name that was refused.
func (c *Call) drawNaming(id p.EntityID, name, sentence string) error {
	return c.drawChildWith(http.StatusUnprocessableEntity, id, nil, &ui.Field{Value: name, Error: sentence})
}

// drawChild draws a child's page, with the entry of a visit that was refused.
func (c *Call) drawChild(status int, id p.EntityID, entry *visitForm) error {
	return c.drawChildWith(status, id, entry, nil)
}

func (c *Call) drawChildWith(status int, id p.EntityID, entry *visitForm, naming *ui.Field) error {
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	ref, err := c.reference(rec)
	if err != nil {
		return err
	}
	st, err := c.Status()
	if err != nil {
		return err
	}
	s := &rec.Subject
	page := ui.Child{
		Frame: c.FrameWith(ui.NavToday, &st), ID: id.String(), Name: s.Name, Sex: SexOf(s.Sex),
		Born: bornField(&s.SubjectInput), Age: c.age(s.BirthDate, s.BirthPrec, false), Mother: s.MotherName,
		Phone: registry.FormatPhone(phoneOf(s)), Home: ref.home, Code: s.Code.Format(), More: c.more(s), Marks: c.subjectMarks(rec),
		Records: 1 + len(rec.Linked), CanLink: c.May(rights.Create, registry.KindLink), Back: childPath(id),
		ReadOnly: c.Hub || !c.May(rights.Create, registry.KindImmunization), CanEdit: c.May(rights.Amend, registry.KindSubject),
		Book: c.book(rec, ref),
	}
	page.Frame.Path = childPath(id)
	glass := !rec.Glass.IsZero()
	if !glass { // paper, who looked, consents and requests are not reached through it
		page.Paper = true
		if err := c.wishes(&page, rec); err != nil {
			return err
		}
		if err := c.reacted(&page, rec); err != nil {
			return err
		}
		if err := c.recalledNotes(&page, rec, ref); err != nil {
			return err
		}
	} else {
		page.ReadOnly, page.CanEdit, page.CanLink, rec.Conflicts = true, false, false, nil
		page.Frame.Notes = append(page.Frame.Notes, c.glassNote(rec.Glass))
	}
	if err := c.family(&page, rec, ref, glass); err != nil {
		return err
	}
	if naming != nil {
		if page.Family.Naming == nil {
			page.Family.Naming = &ui.Naming{Seen: newSeen(rec.State, nil).String()}
		}
		page.Family.Naming.Name = *naming
	}
	known, err := c.conditionMarks(rec)
	if err != nil {
		return err
	}
	page.Marks = append(page.Marks, known...)
	if s.Void != "" {
		page.ReadOnly = true
		page.Marks = append(page.Marks, ui.Mark{Kind: ui.MarkVoid, Text: c.T("mark.void") + ": " + s.Void})
	}
	if page.Two, err = c.twoValues(rec.Conflicts); err != nil {
		return err
	}
	if !page.ReadOnly {
		page.Give = c.give(rec, ref, entry)
		page.Give.Twin = c.twinSave(rec)
		if _, page.Give.Draft, err = c.DraftsOf(DraftVisit, id.String()); err != nil {
			return err
		}
		visiting, err := c.Desk.VisitToday(c.Ctx(), c.Who, id)
		if err != nil {
			return err
		}
		page.Give.Visit = c.visitLine(visiting)
		if st.LastHeard > 0 {
			page.Give.News = c.T("say.news", "at", c.Words.When(at(st.LastHeard), c.Now))
		}
	}
	if err := c.booking(&page, rec, ref); err != nil {
		return err
	}
	if s.NextDate != 0 && !came(rec.Doses, s.NextDate) {
		page.Next = []ui.NextDose{{Line: c.T("say.expected", "at", c.Words.LongDate(dayTime(s.NextDate))), Mark: c.nextMark(s.NextDate)}}
	}
	page.Next = append(page.Next, c.later(rec.Advice, ref)...)
	if note, err := c.alike(rec); err != nil {
		return err
	} else if note != nil && !glass {
		page.Frame.Notes = append(page.Frame.Notes, *note)
	}
	return c.Draw(status, "child", page)
}

// came reports whether somebody had anything since a day: the day they were told is kept then, and nobody waits for them.
func came(doses []desk.DoseView, day registry.Day) bool {
	return slices.ContainsFunc(doses, func(x desk.DoseView) bool { return !x.Void && x.NotDone == 0 && x.GivenOn >= day })
}

// laterMax is how many days to come the page lists.
const laterMax = 4

// later lists what cannot be given yet, by the day from which it is recommended.
func (c *Call) later(advice *desk.Advice, ref *reference) []ui.NextDose {
	byDay := map[registry.Day]*ui.NextDose{}
	var days []registry.Day
	for i := range advice.Items {
		x := &advice.Items[i]
		if x.Recommended <= c.Today || !project.Wanted(x) {
			continue
		}
		if byDay[x.Recommended] == nil {
			byDay[x.Recommended] = &ui.NextDose{
				Line: c.T("say.from_day", "at", c.Words.LongDate(dayTime(x.Recommended))),
				Mark: ui.Mark{Kind: ui.MarkLater},
			}
			days = append(days, x.Recommended)
		}
		next := byDay[x.Recommended]
		next.Doses = append(next.Doses, ref.numbered(c.Words, advice.Code(x), x.Number))
	}
	slices.Sort(days)
	var out []ui.NextDose
	for _, d := range days[:min(len(days), laterMax)] {
		out = append(out, *byDay[d])
	}
	return out
}

// nextMark says how a stored day to come again stands to today. It is a person's word, not the schedule's.
func (c *Call) nextMark(next registry.Day) ui.Mark {
	switch {
	case next < c.Today:
		return ui.Mark{Kind: ui.MarkOverdue, N: int(c.Today - next)}
	case next == c.Today:
		return ui.Mark{Kind: ui.MarkDue}
	}
	return ui.Mark{Kind: ui.MarkBooked, At: c.Words.ShortDate(dayTime(next))}
}

// phoneOf is the number to call: the mother's, else the guardian's, else the father's.
func phoneOf(s *registry.Subject) string {
	for _, phone := range []string{s.Phone, s.MotherPhone, s.GuardianPhone, s.FatherPhone} {
		if phone != "" {
			return phone
		}
	}
	return ""
}

func (c *Call) more(s *registry.Subject) string {
	text := ""
	add := func(part string) {
		if text != "" {
			text += ", "
		}
		text += part
	}
	if s.Ethnic != "" {
		add(c.T("say.ethnic", "name", s.Ethnic))
	}
	if s.Insurance != "" {
		add(c.T("say.insurance", "number", s.Insurance))
	}
	if s.PersonalNo != "" {
		add(c.T("field.personal_no") + " " + s.PersonalNo)
	}
	return text
}

func (c *Call) subjectMarks(rec *desk.Record) []ui.Mark {
	var marks []ui.Mark
	s := &rec.Subject
	if s.Allergies != "" {
		marks = append(marks, ui.Mark{Kind: ui.MarkAllergy, Text: c.T("say.allergy", "text", s.Allergies)})
	}
	if s.Contraindications != "" {
		marks = append(marks, ui.Mark{Kind: ui.MarkAsk, Text: c.T("say.contraindicated", "text", s.Contraindications)})
	}
	if twins := len(rec.Family.Twins); s.BirthOrder > 0 || twins > 0 {
		marks = append(marks, ui.Mark{Kind: ui.MarkTwin, Text: c.twinWord(max(2, twins+1), s.BirthOrder)})
	}
	if mark, ok := away(s.Status); ok {
		mark.Text = c.T("status." + s.Status.String())
		if s.StatusDate != 0 {
			mark.Text += " " + c.Words.Date(dayTime(s.StatusDate))
		}
		if s.Status == registry.StatusAbsent && s.AbsentUntil != 0 {
			mark.Text += ", " + c.T("status_page.back_on", "at", s.AbsentUntil.String())
		}
		marks = append(marks, mark)
	}
	return marks
}

// alike asks whether somebody else in the register is this person. It is asked where it matters most: on
// the page from which a dose would be given twice.
func (c *Call) alike(rec *desk.Record) (*ui.Note, error) {
	if !c.May(rights.Create, registry.KindLink) || rec.Subject.Void != "" {
		return nil, nil
	}
	others, err := c.others(rec)
	if err != nil {
		return nil, err
	}
	for i := range others {
		if others[i].SameCode || others[i].Match.Likely() {
			if err := c.Desk.NoteListed(c.Ctx(), c.Who, others[i].Row.ID); err != nil {
				return nil, err
			}
			return &ui.Note{
				Tone: ui.ToneAsk, Lead: c.T("review.dup") + ".", Text: others[i].Row.Name + ", " + c.PersonLine(&others[i].Row),
				Action: &ui.Action{Label: c.T("nav.review"), Href: withQuery(ui.PathReview, "of", rec.Subject.ID.String()) + "#dup"},
			}, nil
		}
	}
	return nil, nil
}

// others are people who may be the one of this record and about whom nobody has said anything yet.
func (c *Call) others(rec *desk.Record) ([]desk.Candidate, error) {
	found, err := c.Desk.Candidates(c.Ctx(), c.Who, rec.Subject.SubjectInput)
	if err != nil {
		return nil, err
	}
	known := map[p.EntityID]bool{rec.Subject.ID: true}
	for i := range rec.Linked {
		known[rec.Linked[i].ID] = true
	}
	err = c.View(func(tx store.Tx) error {
		links, err := tx.LinksOf(rec.Subject.ID)
		for _, l := range links {
			known[l.A], known[l.B] = true, true
		}
		return err
	})
	out := found[:0]
	for _, f := range found {
		if !known[f.Row.ID] {
			out = append(out, f)
		}
	}
	return out, err
}

// reference is what a child's page needs beside the record.
type reference struct {
	vaccines []project.VaccineRow // by order of the card
	byCode   map[string]*project.VaccineRow
	home     string
	lots     map[string][]desk.KnownLot // by vaccine, the one chosen or used last first
	ranOut   map[string]bool            // vaccines that ran out here today
	today    registry.Day
	stops    desk.Stops // what is not given here now
}

func (c *Call) reference(rec *desk.Record) (*reference, error) {
	ref := &reference{byCode: map[string]*project.VaccineRow{}, today: c.Today}
	err := c.View(func(tx store.Tx) error {
		var err error
		if ref.vaccines, err = tx.Vaccines(); err != nil {
			return err
		}
		if c.Hub {
			return nil
		}
		if ref.lots, err = c.Desk.Lots(tx); err != nil {
			return err
		}
		ref.ranOut, err = c.ranOut(tx)
		return err
	})
	for i := range ref.vaccines {
		ref.byCode[ref.vaccines[i].Code] = &ref.vaccines[i]
	}
	if err != nil {
		return ref, err
	}
	if ref.stops, err = c.Desk.Stops(c.Ctx()); err != nil {
		return ref, err
	}
	ref.home = rec.Subject.Hamlet
	if rec.Residence != nil {
		if ref.home != "" {
			ref.home += ", "
		}
		ref.home += rec.Residence.Name
	}
	if rec.AskHome {
		ref.home += " (" + c.T("row.ask_home") + ")"
	}
	return ref, err
}

// doseName names a dose by its vaccine as on the card; a vaccine not known here by its code.
func (r *reference) doseName(words *locale.Catalogue, code string, n int) ui.DoseName {
	v := r.byCode[code]
	if v == nil {
		return ui.DoseName{Vaccine: code, Number: n}
	}
	return ui.DoseName{Vaccine: VaccineName(words, v), Number: n, Oral: v.Route == registry.RouteOral}
}

// numbered is doseName without the number of a vaccine that is given once.
func (r *reference) numbered(words *locale.Catalogue, code string, n int) ui.DoseName {
	if v := r.byCode[code]; v != nil && v.Doses == 1 {
		n = 0
	}
	return r.doseName(words, code, n)
}

// VaccineName is a vaccine as on the card, in the language of the page.
func VaccineName(words *locale.Catalogue, v *project.VaccineRow) string {
	if words.Lang() == locale.English && v.NameEN != "" {
		return v.NameEN
	}
	if v.Short != "" {
		return v.Short
	}
	return v.Name
}

func longName(words *locale.Catalogue, v *project.VaccineRow) string {
	if words.Lang() == locale.English && v.NameEN != "" {
		return v.NameEN
	}
	return v.Name
}
