package desk

import (
	"context"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// searchLimit is how many people one answer lists.
const searchLimit = 30

// searchRead bounds how many of all people here are read to find those of a person's places who live elsewhere, and to put
// those first whose own name was meant.
const searchRead = 300

// Found is what a search found.
type Found struct {
	Rows []project.SubjectRow
	// Only says that the first row is meant and nobody else: the one number of a code, the only one who fits.
	Only bool
	// More says that others fit as well, who are not listed.
	More bool
	// Near says that nobody fits: these are spelt alike.
	Near bool
	// Card is the identity card that was scanned, if it was one. Then the rows are who has its number, who has its name and birth
	// date, and the children of somebody of its name.
	Card *registry.IdentityCard
}

// Search finds people by what somebody typed in the one box, see [Desk.Find].
func (d *Desk) Search(ctx context.Context, who Who, text string) ([]project.SubjectRow, error) {
	found, err := d.Find(ctx, who, text)
	if err != nil || found.Near {
		return nil, err
	}
	return found.Rows, nil
}

// Find finds people by what somebody typed or scanned in the one box: words of names (own, mother's, hamlet), in any spelling and
// order, with or without a birth date or a year; digits of a code, its last six, a phone, a personal number; the code of a card. It
// writes down who searched, and whom the answer names.
func (d *Desk) Find(ctx context.Context, who Who, text string) (*Found, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	f := &finder{Desk: d, who: who}
	scan, scanned := registry.ParseScan(text)
	q := registry.ParseTyped(text, d.Today())
	if !scanned && q.Empty() {
		return &f.Found, nil
	}
	err := d.view(ctx, func(tx store.Tx) error {
		f.tx, f.area = tx, d.areaOf(who)
		if scanned {
			return f.scanned(scan)
		}
		return f.typed(&q)
	})
	if err != nil {
		return nil, err
	}
	if len(f.Rows) > searchLimit {
		f.Rows, f.More = f.Rows[:searchLimit], true
	}
	listed(who, f.Rows)
	return &f.Found, d.noteFound(ctx, who, idsOf(f.Rows, subjectID))
}

// finder is one search on its way.
type finder struct {
	*Desk
	tx   store.Tx
	who  Who
	area *area
	Found
}

// add lists people who are not listed yet.
func (f *finder) add(rows []project.SubjectRow) {
	for i := range rows {
		if !slices.ContainsFunc(f.Rows, func(r project.SubjectRow) bool { return r.ID == rows[i].ID }) {
			f.Rows = append(f.Rows, rows[i])
		}
	}
}

// people counts the people among the rows: records that are linked are one.
func people(rows []project.SubjectRow) int {
	cases := map[p.EntityID]bool{}
	for i := range rows {
		cases[rows[i].Case] = true
	}
	return len(cases)
}

// exactly returns who has a number, whole.
func (f *finder) exactly(number string) ([]project.SubjectRow, error) {
	rows, err := f.tx.SubjectsByBlock(store.BlockQuery{Code: number, Gone: true, Limit: searchRead})
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r project.SubjectRow) bool { return r.Void })
	// Of linked records the one that leads is opened.
	slices.SortStableFunc(rows, func(a, b project.SubjectRow) int { return rank(a.ID == a.Case) - rank(b.ID == b.Case) })
	return f.mine(rows, searchLimit)
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// mine keeps who belongs to the person's places, up to a limit.
func (f *finder) mine(rows []project.SubjectRow, limit int) ([]project.SubjectRow, error) {
	var out []project.SubjectRow
	for i := range rows {
		if len(out) == limit {
			break
		}
		in := f.area.has(rows[i].Recorded) || f.area.has(rows[i].Residence) // which ofCase would read the whole case for
		if !in {
			var err error
			if in, err = f.ofCase(f.tx, f.area, rows[i].Case); err != nil {
				return nil, err
			}
		}
		if in {
			out = append(out, rows[i])
		}
	}
	return out, nil
}

// scanned finds who has a number, and the children of whoever it is.
func (f *finder) scanned(scan registry.Scan) error {
	f.Card = scan.Card
	for _, number := range scan.Numbers {
		rows, err := f.exactly(number)
		if err != nil {
			return err
		}
		f.add(rows)
	}
	holders := slices.Clone(f.Rows)
	if scan.Card != nil || len(scan.Numbers) == 1 && len(scan.Numbers[0]) == personalDigits {
		if err := f.family(scan.Card, holders); err != nil {
			return err
		}
	}
	f.Only = len(scan.Numbers) == 1 && people(holders) == 1 && people(f.Rows) == 1
	return nil
}

// personalDigits is the length of a personal number.
const personalDigits = 12

// family adds to the holders of a personal number who is on the card by name and birth date, and the children of either: by the
// link to their mother's record, or by the name that stands in theirs.
func (f *finder) family(card *registry.IdentityCard, holders []project.SubjectRow) error {
	var names []string
	if card != nil {
		names = append(names, card.Name)
	}
	for i := range holders {
		names = append(names, holders[i].Name)
	}
	var same, children []project.SubjectRow
	asked := map[string]bool{}
	for _, name := range names {
		folded := registry.Fold(name)
		if len(strings.Fields(folded)) < 2 || asked[folded] { // one word is no name to find a mother by
			continue
		}
		asked[folded] = true
		rows, err := f.tx.SearchSubjects(store.SubjectQuery{Words: registry.SearchTokens(name), Limit: searchRead})
		if err != nil {
			return err
		}
		for i := range rows {
			s, err := f.tx.State(rows[i].ID)
			if err != nil {
				return err
			}
			if s == nil {
				continue
			}
			sub := registry.SubjectOf(s)
			switch {
			case card != nil && registry.Fold(sub.Name) == folded && bornThen(&sub, card.Birth):
				same = append(same, rows[i])
			case childOf(&sub, folded, holders):
				children = append(children, rows[i])
			}
		}
	}
	for _, rows := range [][]project.SubjectRow{same, children} {
		rows, err := f.mine(rows, searchLimit)
		if err != nil {
			return err
		}
		f.add(rows)
	}
	return nil
}

// childOf reports whether a subject has one of some people for its mother or, where no record of a mother is linked, a parent or
// guardian of this folded name.
func childOf(s *registry.Subject, folded string, people []project.SubjectRow) bool {
	if slices.ContainsFunc(people, func(r project.SubjectRow) bool { return r.ID == s.Mother }) {
		return true
	}
	named := func(name string) bool { return name != "" && registry.Fold(name) == folded }
	return named(s.FatherName) || named(s.GuardianName) || named(s.MotherName) && (s.Mother.IsZero() || len(people) == 0)
}

// bornThen reports whether a subject may be born on a day, as exactly as its birth is known.
func bornThen(s *registry.Subject, day registry.Day) bool {
	y, m, _ := day.Date()
	by, bm, _ := s.BirthDate.Date()
	switch s.BirthPrec {
	case 0:
		return true
	case registry.PrecisionYear:
		return y == by
	case registry.PrecisionMonth:
		return y == by && m == bm
	}
	return s.BirthDate == day
}

// typed finds by what somebody typed: as it is, else with the keyboard's keys taken out, else cut into names, else spelt alike.
func (f *finder) typed(q *registry.Typed) error {
	if len(q.Words) == 0 && len(q.Digits) >= wholeDigits {
		exact, err := f.exactly(q.Digits)
		if err != nil {
			return err
		}
		f.add(exact)
		f.Only = people(exact) == 1
	}
	rows, err := f.wide(q, q.Words, nil)
	if err != nil {
		return err
	}
	exact := len(f.Rows)
	f.add(rows)
	if exact == 0 {
		f.Only = people(f.Rows) == 1
	}
	if len(f.Rows) > 0 || len(q.Words) == 0 {
		return nil
	}
	for _, words := range q.Meant() {
		if rows, err = f.wide(q, words, nil); err != nil {
			return err
		}
		f.add(rows)
		if len(f.Rows) > 0 {
			f.Only = people(f.Rows) == 1
			return nil
		}
	}
	return f.near(q)
}

// wholeDigits is from how many digits on a number may be a whole one: the last six of a code.
const wholeDigits = 6

// wide finds the people of some words and of what else was typed, those first whose own name was meant. keep, if not nil, is asked
// of each as well.
func (f *finder) wide(q *registry.Typed, words []string, keep func(*project.SubjectRow) bool) ([]project.SubjectRow, error) {
	sift := func(rows []project.SubjectRow) []project.SubjectRow {
		rows = slices.DeleteFunc(rows, func(r project.SubjectRow) bool {
			return r.Void || !q.Fits(r.BirthDate, r.BirthPrec) || keep != nil && !keep(&r)
		})
		ranks := make(map[p.EntityID]int, len(rows))
		for i := range rows {
			ranks[rows[i].ID] = q.Rank(words, rows[i].Name)
		}
		slices.SortStableFunc(rows, func(a, b project.SubjectRow) int { return ranks[b.ID] - ranks[a.ID] })
		return rows
	}
	if len(words) == 0 && q.Digits == "" { // a date alone
		rows, err := f.tx.SubjectsByBlock(store.BlockQuery{BirthDate: q.Born, Gone: true, Limit: searchRead})
		if err != nil {
			return nil, err
		}
		return f.mine(sift(rows), searchLimit+1)
	}
	return f.search(store.SubjectQuery{Words: words, Digits: q.Digits, Limit: searchRead}, sift)
}

// search finds people whose records belong to a person's places: first who lives there, then who was cared for there; up to one
// more than are listed. What was read is sifted before anybody's places are asked for, which costs more.
func (f *finder) search(q store.SubjectQuery, sift func([]project.SubjectRow) []project.SubjectRow) ([]project.SubjectRow, error) {
	var rows []project.SubjectRow
	if !f.area.all && f.Node.Identity().Role != registry.NodeStation { // a station holds little beside its own
		if in, any := f.residencesOf(f.who); any {
			own := q
			own.Residences = in
			found, err := f.tx.SearchSubjects(own)
			if rows = sift(found); err != nil || len(rows) > searchLimit {
				return rows, err
			}
		}
	}
	all, err := f.tx.SearchSubjects(q)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(sift(all), func(r project.SubjectRow) bool {
		return slices.ContainsFunc(rows, func(x project.SubjectRow) bool { return x.ID == r.ID })
	})
	rest, err := f.mine(all, searchLimit+1-len(rows))
	return append(rows, rest...), err
}

// near lists who is spelt alike: a word written as it sounds elsewhere, or one of several words with a slip in it.
func (f *finder) near(q *registry.Typed) error {
	for i, word := range q.Words {
		rest := slices.Delete(slices.Clone(q.Words), i, i+1)
		if len(rest) == 0 {
			for _, other := range registry.MisspeltAs(word) {
				rows, err := f.wide(q, []string{other}, nil)
				if err != nil {
					return err
				}
				f.add(rows)
			}
			continue
		}
		rows, err := f.wide(q, rest, func(r *project.SubjectRow) bool {
			return slices.ContainsFunc(strings.Fields(r.Search), func(w string) bool { return registry.SpeltAlike(w, word) })
		})
		if err != nil {
			return err
		}
		f.add(rows)
	}
	f.Near = len(f.Rows) > 0
	return nil
}
