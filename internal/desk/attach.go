package desk

import (
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Pin binds a subject's case to this place, once, so that it comes with every exchange.
func (d *Desk) Pin(ctx context.Context, user, subject p.EntityID) error {
	_, err := d.Node.Append(ctx, user, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		return d.pin(tx, subject)
	})
	return ignoreNothing(err)
}

// pin makes the draft that binds a subject to this place, none if it is bound.
func (d *Desk) pin(tx store.Tx, subject p.EntityID) ([]registry.Draft, error) {
	place := d.Node.Identity().Place
	members, err := tx.Members(subject)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		s, err := tx.State(m)
		if err != nil {
			return nil, err
		}
		if s == nil || s.Kind != registry.KindPin {
			continue
		}
		_, void := registry.Voided(s)
		if at, ok := s.Get(p.FieldPlace).Ref(); ok && at == place && !void {
			return nil, nil
		}
	}
	return []registry.Draft{registry.NewPin(subject, place)}, nil
}

// Attach brings together a subject registered under the code of a card and a record that has this code. It
// binds the record to this place. The two are linked only if the rest agrees as well (registry.SameCard), their
// doses do not contradict, and nobody has said that they are two; otherwise the pair is left to a person
// (CardPairs), because the card may be a sister's. It reports whether it linked them.
func (d *Desk) Attach(ctx context.Context, provisional, record p.EntityID) (bool, error) {
	joined := false
	_, err := d.Node.Append(ctx, p.EntityID{}, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		drafts, err := d.pin(tx, record)
		if err != nil {
			return nil, err
		}
		a, err := tx.SubjectRow(provisional)
		if err != nil {
			return nil, err
		}
		b, err := tx.SubjectRow(record)
		if err != nil {
			return nil, err
		}
		if a == nil || b == nil {
			return drafts, nil
		}
		if a.Case == b.Case {
			return drafts, nil
		}
		if joined, err = mayJoin(tx, a, b, registry.SameCard); err != nil || !joined {
			return drafts, err
		}
		link, err := registry.NewLink(provisional, record, true)
		return append(drafts, link), err
	})
	return joined, ignoreNothing(err)
}

// mayJoin reports whether two subjects may be linked without asking anybody: agree says so of the two, nobody has
// said that they are two, and nothing on any record linked with either speaks against it.
func mayJoin(tx store.Tx, a, b *project.SubjectRow, agree func(a, b *registry.Subject) bool) (bool, error) {
	var subjects [2]registry.Subject
	for i, row := range []*project.SubjectRow{a, b} {
		s, err := state(tx, row.ID, registry.KindSubject)
		if err != nil {
			return false, err
		}
		// A field in conflict has two values: which of them agrees is for a person to see.
		rows, err := tx.ConflictsOfCase(row.Case)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(rows, func(c project.ConflictRow) bool { return c.Entity == row.ID }) {
			return false, nil
		}
		subjects[i] = registry.SubjectOf(s)
	}
	if a.Void || b.Void || !agree(&subjects[0], &subjects[1]) {
		return false, nil
	}
	if speak, err := speakAgainst(tx, a.Case, b.Case); err != nil || speak {
		return false, err
	}
	if apart, err := saidApart(tx, a.Case, b.Case); err != nil || apart {
		return false, err
	}
	return dosesFit(tx, a.Case, b.Case)
}

// speakAgainst reports whether any record of one case is, by number or order of birth, another person than any of the
// other: what is linked with one of two need not look like the other at all.
func speakAgainst(tx store.Tx, a, b p.EntityID) (bool, error) {
	var sides [2][]*registry.Profile
	for i, kase := range []p.EntityID{a, b} {
		rows, err := tx.SubjectsOfCase(kase)
		if err != nil {
			return false, err
		}
		for j := range rows {
			s, err := state(tx, rows[j].ID, registry.KindSubject)
			if err != nil {
				return false, err
			}
			subject := registry.SubjectOf(s)
			sides[i] = append(sides[i], registry.ProfileOf(&subject))
		}
	}
	for _, x := range sides[0] {
		for _, y := range sides[1] {
			c := registry.CompareProfiles(x, y)
			if c.Verdict("birth_order") == registry.Different || c.Verdict("personal_no") == registry.Different {
				return true, nil
			}
		}
	}
	return false, nil
}

// saidApart reports whether a person has said of anybody in one case and anybody in the other that they are two.
func saidApart(tx store.Tx, a, b p.EntityID) (bool, error) {
	other, err := tx.SubjectsOfCase(b)
	if err != nil {
		return false, err
	}
	in := map[p.EntityID]bool{}
	for i := range other {
		in[other[i].ID] = true
	}
	people, err := tx.SubjectsOfCase(a)
	if err != nil {
		return false, err
	}
	for i := range people {
		links, err := tx.LinksOf(people[i].ID)
		if err != nil {
			return false, err
		}
		for _, l := range links {
			if !l.Same && (in[l.A] || in[l.B]) {
				return true, nil
			}
		}
	}
	return false, nil
}

// dosesFit reports whether the doses of two cases can be one person's as they stand.
func dosesFit(tx store.Tx, a, b p.EntityID) (bool, error) {
	contradict, near, err := heldAgainst(tx, a, b)
	return !contradict && !near, err
}

// heldAgainst holds the doses of two cases against each other: see registry.Contradict and registry.NearDoses.
func heldAgainst(tx store.Tx, a, b p.EntityID) (contradict, near bool, err error) {
	var doses [2][]registry.Immunization
	for i, kase := range []p.EntityID{a, b} {
		rows, err := tx.DosesOfCase(kase)
		if err != nil {
			return false, false, err
		}
		for j := range rows {
			s, err := state(tx, rows[j].ID, registry.KindImmunization)
			if err != nil {
				return false, false, err
			}
			doses[i] = append(doses[i], registry.ImmunizationOf(s))
		}
	}
	vaccines, err := tx.Vaccines()
	if err != nil {
		return false, false, err
	}
	once := func(code string) bool {
		return slices.ContainsFunc(vaccines, func(v project.VaccineRow) bool { return v.Code == code && v.Doses == 1 })
	}
	return registry.Contradict(doses[0], doses[1], once), registry.NearDoses(doses[0], doses[1]), nil
}

// CardPair is a subject registered under the code of a card and a record with this code, of which nobody has
// said yet whether they are one person.
type CardPair struct {
	Subject project.SubjectRow
	Other   Candidate
}

// CardPairs lists the pairs that wait for a person at this station, by id of the subject.
func (d *Desk) CardPairs(ctx context.Context, who Who) ([]CardPair, error) {
	if d.Node.Identity().Role != registry.NodeStation || !rights.May(who.Role, rights.Create, registry.KindLink) {
		return nil, nil
	}
	var out []CardPair
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.SubjectsFromCard()
		if err != nil {
			return err
		}
		paired := map[[2]p.EntityID]bool{} // by case
		for i := range rows {
			others, err := sameCode(tx, rows[i].Code, rows[i].ID)
			if err != nil {
				return err
			}
			for _, other := range others {
				a, b := rows[i].Case, other.Case
				if a == b || paired[[2]p.EntityID{a, b}] || paired[[2]p.EntityID{b, a}] {
					continue
				}
				if apart, err := saidApart(tx, a, b); err != nil {
					return err
				} else if apart {
					continue
				}
				match, err := compareStates(tx, rows[i].ID, other.ID)
				if err != nil {
					return err
				}
				paired[[2]p.EntityID{a, b}] = true
				out = append(out, CardPair{Subject: rows[i], Other: Candidate{Row: other, Match: match, SameCode: true}})
			}
		}
		return nil
	})
	return out, err
}

func compareStates(tx store.Tx, a, b p.EntityID) (registry.Comparison, error) {
	x, err := state(tx, a, registry.KindSubject)
	if err != nil {
		return registry.Comparison{}, err
	}
	y, err := state(tx, b, registry.KindSubject)
	if err != nil {
		return registry.Comparison{}, err
	}
	one, two := registry.SubjectOf(x), registry.SubjectOf(y)
	return registry.Compare(&one, &two), nil
}
