package pages

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// pairs puts on the page whom a person should compare: first the records of one person that were asked for, then
// those of one code, then what the sweep found, likeliest first, a page at a time.
func (c *Call) pairs(page *ui.Review) error {
	q := c.R.URL.Query()
	first := q.Get("after") == "" && q.Get("possible") == ""
	var shown []desk.Pair
	listed := map[[2]p.EntityID]bool{}
	add := func(a, b p.EntityID, match *registry.Comparison, linked, sure bool) error {
		if listed[[2]p.EntityID{a, b}] || listed[[2]p.EntityID{b, a}] {
			return nil
		}
		listed[[2]p.EntityID{a, b}] = true
		dup, err := c.duplicate(a, b, match, sure)
		if err != nil {
			return err
		}
		dup.Linked = linked
		if linked {
			dup.Case.Why = ""
			dup.Mark.Text = c.T("say.linked")
		}
		page.Duplicates = append(page.Duplicates, dup)
		return nil
	}
	if of := q.Get("of"); of != "" && first {
		if err := c.duplicatesOf(of, add); err != nil {
			return err
		}
	}
	if first {
		cards, err := c.Desk.CardPairs(c.Ctx(), c.Who)
		if err != nil {
			return err
		}
		for i := range cards {
			if err := add(cards[i].Subject.ID, cards[i].Other.Row.ID, &cards[i].Other.Match, false, true); err != nil {
				return err
			}
		}
	}
	for i := range page.Duplicates {
		if !page.Duplicates[i].Linked {
			page.Total++
		}
	}
	possible := c.Hub && q.Get("possible") == "1"
	list, err := c.Desk.Pairs(c.Ctx(), c.Who, afterPair(q.Get("after")), possible)
	if err != nil {
		return err
	}
	page.Total += list.Total
	page.More = list.Uncounted
	shown = list.Pairs
	for i := range shown {
		if listed[[2]p.EntityID{shown[i].Row.A, shown[i].Row.B}] || listed[[2]p.EntityID{shown[i].Row.B, shown[i].Row.A}] {
			page.Total--
		}
		if err := add(shown[i].Row.A, shown[i].Row.B, &shown[i].Match, false, false); err != nil {
			return err
		}
	}
	address := func(after string) string {
		v := url.Values{}
		if possible {
			v.Set("possible", "1")
		}
		if after != "" {
			v.Set("after", after)
		}
		if len(v) == 0 {
			return ui.PathReview + "#dup"
		}
		return ui.PathReview + "?" + v.Encode() + "#dup"
	}
	if list.More {
		page.Pager.Older = address(pairText(shown[len(shown)-1].Row))
	}
	if q.Get("after") != "" {
		page.Pager.Newer = address("")
	}
	if c.Hub && c.May(rights.Create, registry.KindLink) {
		page.PossibleShown, page.Possible = possible, withQuery(ui.PathReview, "possible", "1")+"#dup"
		if possible {
			page.Possible = ui.PathReview + "#dup"
		}
	}
	if len(page.Duplicates) == 0 {
		return nil
	}
	return c.Desk.NoteListed(c.Ctx(), c.Who)
}

// pairText names a pair in an address, so that the next page begins behind it.
func pairText(r store.PairRow) string {
	return strconv.Itoa(int(r.Score)) + "." + r.A.String() + "." + r.B.String()
}

// afterPair reads what pairText wrote; anything else is the first page.
func afterPair(text string) store.PairRow {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return store.PairRow{}
	}
	score, serr := strconv.ParseInt(parts[0], 10, 32)
	a, aerr := p.ParseEntityID(parts[1])
	b, berr := p.ParseEntityID(parts[2])
	if errors.Join(serr, aerr, berr) != nil {
		return store.PairRow{}
	}
	return store.PairRow{Score: int32(score), A: a, B: b}
}

// duplicatesOf adds who may be one person's other records, and those linked to it already, which can be taken apart.
func (c *Call) duplicatesOf(text string, add func(a, b p.EntityID, match *registry.Comparison, linked, sure bool) error) error {
	id, err := p.ParseEntityID(text)
	if err != nil {
		return server.NewProblem(server.TypeNotFound)
	}
	rec, err := c.Desk.Open(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	others, err := c.others(rec)
	if err != nil {
		return err
	}
	for i := range others {
		if err := add(id, others[i].Row.ID, &others[i].Match, false, others[i].SameCode); err != nil {
			return err
		}
	}
	// Only a pair's own link can be taken apart: a third record may hold two together.
	var links []project.LinkRow
	if err := c.View(func(tx store.Tx) (err error) {
		links, err = tx.LinksOf(id)
		return err
	}); err != nil {
		return err
	}
	for _, l := range links {
		other := l.A
		if other == id {
			other = l.B
		}
		if !l.Same {
			continue
		}
		if err := add(id, other, nil, true, false); err != nil {
			return err
		}
	}
	return nil
}

// duplicate draws two records side by side. sure says that they have one code.
func (c *Call) duplicate(a, b p.EntityID, match *registry.Comparison, sure bool) (ui.Duplicate, error) {
	var out ui.Duplicate
	err := c.View(func(tx store.Tx) error {
		pair, err := desk.PairOf(tx, a, b)
		if err != nil {
			return err
		}
		if match == nil {
			match = &pair.Match
		}
		out = ui.Duplicate{
			Case: ui.Case{ID: "p-" + a.String() + "-" + b.String(), Why: c.T("review_say.why_pair")},
			Mark: ui.Mark{Kind: ui.MarkSimilar},
			A:    ui.DuplicateSide{ID: a.String(), Name: pair.Subjects[0].Name}, B: ui.DuplicateSide{ID: b.String(), Name: pair.Subjects[1].Name},
		}
		if sure || match.Likely() {
			out.Mark.Kind = ui.MarkAlike
		}
		switch {
		case pair.Contradict:
			out.Warn = c.T("say.pair_contradict")
		case pair.Near:
			out.Warn = c.T("say.pair_near")
		}
		out.Rows, err = c.sideBySide(tx, pair, match)
		return err
	})
	return out, err
}

// sideBySide writes what two records say, a field a row, with whether they agree in words.
func (c *Call) sideBySide(tx store.Tx, pair *desk.Pair, match *registry.Comparison) ([]ui.DuplicateRow, error) {
	a, b := &pair.Subjects[0], &pair.Subjects[1]
	var rows []ui.DuplicateRow
	add := func(label string, v registry.Verdict, x, y string) {
		row := ui.DuplicateRow{Label: label, A: x, B: y}
		switch v {
		case registry.Same:
			row.Mark = ui.Mark{Kind: ui.MarkSame, Text: c.T("mark.same") + ": " + label}
		case registry.Near:
			row.Mark = ui.Mark{Kind: ui.MarkSame, Text: c.T("mark.near") + ": " + label}
		case registry.Different:
			row.Mark = ui.Mark{Kind: ui.MarkDiffers, Text: c.T("mark.differs") + ": " + label}
		}
		if x != "" || y != "" {
			rows = append(rows, row)
		}
	}
	field := func(name, x, y string) { add(c.T("field."+name), match.Verdict(name), x, y) }
	if a.Code == b.Code && a.Code != "" {
		add(c.T("field.code"), registry.Same, registry.PersonCode(a.Code).Format(), registry.PersonCode(b.Code).Format())
	}
	field("name", a.Name, b.Name)
	field("birth_date", c.bornAs(a), c.bornAs(b))
	field("sex", sexWord(c.Words, a.Sex), sexWord(c.Words, b.Sex))
	field("mother_name", a.MotherName, b.MotherName)
	field("mother_phone", registry.FormatPhone(a.Phone), registry.FormatPhone(b.Phone))
	homes, err := homesOf(tx, a, b)
	if err != nil {
		return nil, err
	}
	field("hamlet", homes[0], homes[1])
	field("personal_no", a.PersonalNo, b.PersonalNo)
	for _, paper := range []string{"insurance", "national_code", "passport"} {
		if match.Verdict(paper) != registry.Unknown {
			field(paper, pair.Papers[0][paper], pair.Papers[1][paper])
		}
	}
	var given [2]string
	for i := range given {
		if given[i], err = c.givenText(tx, pair.Doses[i]); err != nil {
			return nil, err
		}
	}
	add(c.T("say.pair_doses"), registry.Unknown, given[0], given[1])
	return rows, nil
}

// bornAs is a birth date and, of one of several, which.
func (c *Call) bornAs(row *project.SubjectRow) string {
	text := born(row.BirthDate, row.BirthPrec)
	if row.BirthOrder > 0 {
		text += ", " + c.T("mark.twin") + ", " + c.T("birth_order.nth", "n", int(row.BirthOrder))
	}
	return text
}

// homesOf are the hamlets and communes of two.
func homesOf(tx store.Tx, subjects ...*project.SubjectRow) ([]string, error) {
	var out []string
	for _, s := range subjects {
		parts := []string{}
		if s.Hamlet != "" {
			parts = append(parts, s.Hamlet)
		}
		place, err := tx.Place(s.Residence)
		if err != nil {
			return nil, err
		}
		if place != nil {
			parts = append(parts, place.Name)
		}
		out = append(out, strings.Join(parts, ", "))
	}
	return out, nil
}

// givenText lists the doses of a case in one line: vaccine and day.
func (c *Call) givenText(tx store.Tx, doses []project.ImmunizationRow) (string, error) {
	vaccines, err := tx.Vaccines()
	if err != nil {
		return "", err
	}
	names := map[string]string{}
	for i := range vaccines {
		names[vaccines[i].Code] = VaccineName(c.Words, &vaccines[i])
	}
	var parts []string
	for i := range doses {
		d := &doses[i]
		if d.Void || d.NotDone != 0 {
			continue
		}
		name := names[d.Vaccine]
		if name == "" {
			name = d.Vaccine
		}
		parts = append(parts, name+" "+c.day(d.GivenOn))
	}
	if len(parts) == 0 {
		return c.T("say.pair_no_doses"), nil
	}
	return strings.Join(parts, "; "), nil
}

// link says that two records are one person, or remembers that they are two.
func (pg *Pages) link(c *Call) error {
	a, aerr := p.ParseEntityID(c.Value("a"))
	b, berr := p.ParseEntityID(c.Value("b"))
	if err := errors.Join(aerr, berr); err != nil {
		return server.NewProblem(server.TypeBadRequest).Because(err)
	}
	same := c.Value("same") == "1"
	if err := c.Desk.Link(c.Ctx(), c.Who, a, b, same); err != nil {
		return err
	}
	note := ui.Note{Tone: ui.ToneOK, Lead: c.T("say.different")}
	if same {
		note.Lead = c.T("say.linked")
	}
	back := c.Back(ui.PathReview)
	note.Action = c.Undoable(back, func(ctx context.Context, who desk.Who) error {
		return c.Desk.Link(ctx, who, a, b, !same)
	})
	return c.Go(back, note)
}
