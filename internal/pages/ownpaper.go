package pages

import (
	"cmp"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/paper"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

// What of a person is put on paper, posted as sheet. All but the record and the file are PDF alone.
const (
	sheetRecord      = "record"
	sheetBook        = "book"
	sheetCard        = "card"
	sheetCertificate = "certificate"
	sheetFHIR        = "fhir" // no paper: a file for another program
)

// sheets are what can be chosen.
var sheets = []string{sheetRecord, sheetBook, sheetCard, sheetCertificate, sheetFHIR}

// sheetFiles are the names of the files.
var sheetFiles = map[string]string{sheetBook: "so-tiem", sheetCard: "the-tiem", sheetCertificate: "giay-xac-nhan"}

// sheetChoice offers them.
func (c *Call) sheetChoice(value string) ui.Select {
	out := ui.Select{Value: value}
	if !slices.Contains(sheets, value) {
		out.Value = sheetRecord
	}
	for _, s := range sheets {
		out.Options = append(out.Options, ui.Option{Value: s, Text: c.T("pdf." + s)})
	}
	return out
}

// ownPaper answers with what somebody takes home of an opened record.
func (c *Call) ownPaper(sheet, made string, rec *desk.Record) error {
	var page any
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	ref, err := c.reference(rec)
	if err != nil {
		return err
	}
	switch sheet {
	case sheetBook:
		b, err := c.ownBook(rec, ref)
		if err != nil {
			return err
		}
		b.Made, b.Training = made, frame.Training
		page = *b
	case sheetCard:
		page = paper.Cards{Training: frame.Training, Cards: []paper.Card{c.card(&rec.Subject, ref.home)}}
	default:
		cert := c.certificate(rec, ref)
		cert.Made, cert.Training = made, frame.Training
		page = cert
	}
	return c.PDF(page, FileOf(sheetFiles[sheet], string(rec.Subject.Code)))
}

// card is a person's card.
func (c *Call) card(s *registry.Subject, home string) paper.Card {
	line := bornField(&s.SubjectInput)
	if line != "" {
		line = c.T("slip.born") + " " + line
	}
	if s.Sex != 0 {
		line = sexWord(c.Words, s.Sex) + ", " + line
	}
	return paper.Card{
		Place: c.Place, Name: s.Name, Line: strings.Trim(line, ", "), Mother: s.MotherName, Home: home, Code: s.Code.Format(), QR: CodeQR(s.Code),
	}
}

// Cards answers with a card for each of a list; home says where somebody lives.
func (c *Call) Cards(people []desk.Expected, home func(*project.SubjectRow) string) error {
	frame, err := c.Frame(ui.NavDue)
	if err != nil {
		return err
	}
	page := paper.Cards{Training: frame.Training}
	for i := range people {
		s := &people[i].Subject
		page.Cards = append(page.Cards, c.cardOf(s, home(s)))
	}
	return c.PDF(page, FileOn("the-tiem", c.Today))
}

// cardOf is the card of somebody on a list.
func (c *Call) cardOf(s *project.SubjectRow, home string) paper.Card {
	return c.card(&registry.Subject{SubjectInput: registry.SubjectInput{
		Code: registry.PersonCode(s.Code), Name: s.Name, MotherName: s.MotherName, Sex: s.Sex, BirthDate: s.BirthDate, BirthPrec: s.BirthPrec, BirthClock: s.BirthMinute,
	}}, home)
}

// ownBook is a person's book as it stands today.
func (c *Call) ownBook(rec *desk.Record, ref *reference) (*paper.Book, error) {
	s := &rec.Subject
	out := &paper.Book{Name: s.Name, QR: CodeQR(s.Code), Grid: c.book(rec, ref)}
	card := c.card(s, ref.home)
	out.Line = card.Line
	for _, f := range []ui.Fact{
		{Name: c.T("slip.code"), Value: card.Code},
		{Name: c.T("slip.mother"), Value: s.MotherName},
		{Name: c.T("slip.home"), Value: ref.home},
		{Name: c.T("field.phone"), Value: registry.FormatPhone(phoneOf(s))},
		{Name: c.T("field.personal_no"), Value: s.PersonalNo},
		{Name: c.T("field.insurance"), Value: s.Insurance},
	} {
		if f.Value != "" {
			out.Facts = append(out.Facts, f)
		}
	}
	for _, m := range c.subjectMarks(rec) {
		if m.Kind == ui.MarkAllergy || m.Kind == ui.MarkAsk {
			out.Heed = append(out.Heed, m.Text)
		}
	}
	c.namePlaces(&out.Grid, rec)
	var now []ui.DoseName
	for i := range rec.Advice.Items {
		x := &rec.Advice.Items[i]
		if project.Wanted(x) && x.Recommended != 0 && x.Recommended <= c.Today {
			now = append(now, ref.numbered(c.Words, rec.Advice.Code(x), x.Number))
		}
	}
	if len(now) > 0 {
		out.Next = append(out.Next, ui.NextDose{Line: c.T("pdf.now"), Doses: now})
	}
	if s.NextDate != 0 {
		out.Next = append(out.Next, ui.NextDose{Line: c.T("say.expected", "at", c.Words.LongDate(dayTime(s.NextDate)))})
	}
	out.Next = append(out.Next, c.later(rec.Advice, ref)...)
	if !c.May(rights.Read, registry.KindReaction) {
		return out, nil
	}
	list, err := c.Desk.ReactionsOf(c.Ctx(), c.Who, rec)
	for i := range list {
		x := &list[i]
		out.Reactions = append(out.Reactions, ui.ChildReaction{Text: c.signWords(x.Signs), Line: c.began(x), Mark: c.reactionMark(x)})
	}
	return out, err
}

// namePlaces writes into the cells of a book where each dose was given: on paper nobody knows what "here" is. Beside the grid stands
// what was given, once.
func (c *Call) namePlaces(b *ui.Book, rec *desk.Record) {
	where := map[string]string{}
	for i := range rec.Doses {
		d := &rec.Doses[i]
		text := d.PlaceName
		if d.Source != 0 && d.Source != registry.SourceHere {
			text = c.T("source." + d.Source.String())
		}
		if d.Lot != "" {
			text = strings.TrimSuffix(c.T("say.lot", "lot", d.Lot)+", "+text, ", ")
		}
		where[d.ID.String()] = text
	}
	for i := range b.Rows {
		for k := range b.Rows[i].Cells {
			if x := &b.Rows[i].Cells[k]; x.Kind == ui.CellDone {
				x.Text = where[x.ID]
			}
		}
	}
	given := map[string]bool{}
	for _, d := range dosesGiven(rec) {
		given[d.ID.String()] = true
	}
	b.Other = slices.DeleteFunc(b.Other, func(x ui.OtherDose) bool { return !given[x.ID] })
	for i := range b.Other {
		b.Other[i].Text = where[b.Other[i].ID]
	}
}

// certificate tells in two languages which doses were given.
func (c *Call) certificate(rec *desk.Record, ref *reference) paper.Certificate {
	vi, en := locale.For(locale.Vietnamese), locale.For(locale.English)
	s := &rec.Subject
	out := paper.Certificate{
		Place: c.Place, On: c.Today.String(), Name: s.Name, Code: s.Code.Format(), QR: CodeQR(s.Code), Born: bornField(&s.SubjectInput),
		Mother: s.MotherName, Home: ref.home, ID: s.PersonalNo, Passport: s.Passport,
	}
	if s.Sex != 0 {
		out.SexVI, out.SexEN = sexWord(vi, s.Sex), sexWord(en, s.Sex)
	}
	for _, d := range dosesGiven(rec) {
		line := paper.CertifiedDose{VI: d.Vaccine, EN: d.Vaccine, Number: int(d.ImmunizationRow.Dose), On: d.GivenOn.String(), Lot: d.Lot, Place: d.PlaceName}
		if v := ref.byCode[d.Vaccine]; v != nil {
			line.VI, line.EN = longName(vi, v), longName(en, v)
			if v.Doses == 1 {
				line.Number = 0
			}
		}
		if d.Source != 0 && d.Source != registry.SourceHere {
			line.Source = vi.T("source."+d.Source.String()) + " / " + en.T("source."+d.Source.String())
		}
		out.Doses = append(out.Doses, line)
	}
	return out
}

// dosesGiven are the doses that were given, by day. What was entered in error or not given is not among them, and a dose that two
// people wrote down, of one vaccine on one day, is among them once: as the one that counts in its series, if one does.
func dosesGiven(rec *desk.Record) []*desk.DoseView {
	var out []*desk.DoseView
	for i := range rec.Doses {
		if d := &rec.Doses[i]; !d.Void && d.NotDone == 0 {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b *desk.DoseView) int {
		return cmp.Or(cmp.Compare(a.GivenOn, b.GivenOn), cmp.Compare(a.Vaccine, b.Vaccine), cmp.Compare(b.ImmunizationRow.Dose, a.ImmunizationRow.Dose))
	})
	return slices.CompactFunc(out, func(a, b *desk.DoseView) bool { return a.Vaccine == b.Vaccine && a.GivenOn == b.GivenOn })
}
