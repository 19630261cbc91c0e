package desk

import (
	"context"
	"errors"

	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Limits of pairs.
const (
	// PairsPage is how many pairs a page shows.
	PairsPage = 20
	// PairsCounted is up to how many pairs are counted; a page says "more than" beyond it.
	PairsCounted = 500
	// certainMax is how many pairs are looked at in a row for linking them, certainLinks how many of them in one act:
	// whoever saves waits for no more.
	certainMax   = 10_000
	certainLinks = 8
	// belowDays is for how many days a pair that a machine below could link is left to it.
	belowDays = 7
)

// Pair is two records of which nobody has said yet whether they are one person.
type Pair struct {
	Row      store.PairRow
	Subjects [2]project.SubjectRow
	Doses    [2][]project.ImmunizationRow // by date; of all records linked with each
	// Papers are the numbers of insurance, national_code and passport, by these names.
	Papers [2]map[string]string
	Match  registry.Comparison
	// Contradict says that the doses of the two can hardly be one person's.
	Contradict bool
	// Near says that a dose of one may be one of the other, told with another date.
	Near bool
}

// PairList is one page of pairs.
type PairList struct {
	Pairs []Pair
	// Total counts them all, to PairsCounted at most; Uncounted says that there are more.
	Total     int
	Uncounted bool
	// More says that there are pairs after the last of Pairs.
	More bool
}

// Pairs lists the pairs that wait for a person, likeliest first, after one that was shown before. Possible lists also
// those that are no more than that; only a hub keeps them. It names people, so who looked is written down.
func (d *Desk) Pairs(ctx context.Context, who Who, after store.PairRow, possible bool) (PairList, error) {
	var out PairList
	if !rights.May(who.Role, rights.Create, registry.KindLink) {
		return out, nil
	}
	least := hundredths(registry.Likely)
	if possible {
		least = hundredths(registry.Possible)
	}
	err := d.view(ctx, func(tx store.Tx) error {
		total, err := tx.Pairs(store.PairQuery{Min: least, Limit: PairsCounted + 1})
		if err != nil {
			return err
		}
		out.Total, out.Uncounted = min(len(total), PairsCounted), len(total) > PairsCounted
		for {
			rows, err := tx.Pairs(store.PairQuery{Min: least, After: after, Limit: PairsPage})
			if err != nil {
				return err
			}
			for _, r := range rows {
				if len(out.Pairs) == PairsPage {
					out.More = true
					return nil
				}
				after = r
				pair, err := pairOf(tx, r)
				if err != nil {
					return err
				}
				if pair != nil {
					switch err := d.mine(tx, who, r.A, r.B); {
					case errors.Is(err, ErrElsewhere):
						continue // whoever holds both looks at them
					case err != nil:
						return err
					}
					out.Pairs = append(out.Pairs, *pair)
				}
			}
			if len(rows) < PairsPage {
				return nil
			}
		}
	})
	if err != nil || len(out.Pairs) == 0 {
		return out, err
	}
	var people []p.EntityID
	for i := range out.Pairs {
		people = append(people, idsOf(out.Pairs[i].Subjects[:], subjectID)...)
	}
	return out, d.NoteListed(ctx, who, people...)
}

// pairOf reads what a page shows of a pair; nil if somebody has said of others in the two cases that they are two.
func pairOf(tx store.Tx, r store.PairRow) (*Pair, error) {
	out, err := PairOf(tx, r.A, r.B)
	if err != nil {
		return nil, err
	}
	out.Row = r
	apart, err := saidApart(tx, out.Subjects[0].Case, out.Subjects[1].Case)
	if err != nil || apart {
		return nil, err
	}
	return out, nil
}

// PairOf puts two records side by side; ErrNotFound if one of them is not here.
func PairOf(tx store.Tx, a, b p.EntityID) (*Pair, error) {
	out := &Pair{}
	for i, id := range []p.EntityID{a, b} {
		row, err := tx.SubjectRow(id)
		if err == nil && row == nil {
			err = ErrNotFound
		}
		if err != nil {
			return nil, err
		}
		out.Subjects[i] = *row
		if out.Doses[i], err = tx.DosesOfCase(row.Case); err != nil {
			return nil, err
		}
	}
	for i, id := range []p.EntityID{a, b} {
		s, err := state(tx, id, registry.KindSubject)
		if err != nil {
			return nil, err
		}
		subject := registry.SubjectOf(s)
		out.Papers[i] = map[string]string{"insurance": subject.Insurance, "national_code": subject.NationalCode, "passport": subject.Passport}
	}
	var err error
	if out.Match, err = compareStates(tx, a, b); err != nil {
		return nil, err
	}
	out.Contradict, out.Near, err = heldAgainst(tx, out.Subjects[0].Case, out.Subjects[1].Case)
	return out, err
}

// linkCertain links the pairs of which nobody need be asked. The lowest node that holds both does it; what a machine
// below could link is left to it for some days, because it may be off. If two do it all the same, both links say one
// thing, and un-linking sets both.
func (d *Desk) linkCertain(ctx context.Context) (int, error) {
	linked := 0
	for {
		var rows []store.PairRow
		if err := d.view(ctx, func(tx store.Tx) (err error) {
			rows, err = tx.PairsCertain(d.Today(), certainMax)
			return err
		}); err != nil {
			return linked, err
		}
		before := linked
		for len(rows) > 0 {
			n := min(len(rows), certainLinks)
			done, err := d.linkSome(ctx, rows[:n])
			linked += done
			if err != nil {
				return linked, err
			}
			rows = rows[n:]
		}
		// What could not be linked stays among them, for a person.
		if linked == before {
			return linked, nil
		}
	}
}

// linkSome links pairs in one act. No case is touched twice in it: what the first link of a case says is looked at by
// the next act only.
func (d *Desk) linkSome(ctx context.Context, rows []store.PairRow) (int, error) {
	today, linked := d.Today(), 0
	_, err := d.Node.Append(ctx, p.EntityID{}, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		var drafts []registry.Draft
		touched := map[p.EntityID]bool{}
		for _, r := range rows {
			a, err := tx.SubjectRow(r.A)
			if err != nil {
				return nil, err
			}
			b, err := tx.SubjectRow(r.B)
			if err != nil {
				return nil, err
			}
			if a == nil || b == nil || a.Case == b.Case || touched[a.Case] || touched[b.Case] {
				continue
			}
			below, err := d.Node.HeldBelow(tx, r.A, r.B)
			if err != nil {
				return nil, err
			}
			if below && today-r.Found < belowDays {
				continue
			}
			may, err := mayJoin(tx, a, b, registry.SamePerson)
			if err != nil {
				return nil, err
			}
			if !may {
				continue
			}
			link, err := registry.NewLink(r.A, r.B, true)
			if err != nil {
				return nil, err
			}
			touched[a.Case], touched[b.Case] = true, true
			drafts = append(drafts, link)
		}
		linked = len(drafts)
		return drafts, nil
	})
	if errors.Is(err, node.ErrNothing) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return linked, nil
}

// PairsWaiting counts the pairs that wait for this person, to PairsCounted at most.
func (d *Desk) PairsWaiting(ctx context.Context, who Who) (int, error) {
	if !rights.May(who.Role, rights.Create, registry.KindLink) {
		return 0, nil
	}
	cards, err := d.CardPairs(ctx, who)
	if err != nil {
		return 0, err
	}
	waiting := map[[2]p.EntityID]bool{}
	add := func(a, b p.EntityID) {
		if b.Compare(a) < 0 {
			a, b = b, a
		}
		waiting[[2]p.EntityID{a, b}] = true
	}
	for i := range cards {
		add(cards[i].Subject.ID, cards[i].Other.Row.ID)
	}
	err = d.view(ctx, func(tx store.Tx) error {
		all, limit := d.areaOf(who).all, PairsCounted
		if !all {
			limit = WaitingCounted // each is asked for by itself
		}
		rows, err := tx.Pairs(store.PairQuery{Min: hundredths(registry.Likely), Limit: limit})
		if err != nil {
			return err
		}
		for i := range rows {
			if !all {
				err := d.mine(tx, who, rows[i].A, rows[i].B)
				if errors.Is(err, ErrElsewhere) || errors.Is(err, ErrNotFound) {
					continue // whoever holds both looks at them
				}
				if err != nil {
					return err
				}
			}
			add(rows[i].A, rows[i].B)
		}
		return nil
	})
	return len(waiting), err
}
