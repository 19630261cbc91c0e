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

// Family are the people a record is tied to, as far as the person who asks may read theirs.
type Family struct {
	Mother   *project.SubjectRow  // by her own record
	Children []project.SubjectRow // of the person, by their own records
	Twins    []project.SubjectRow // of one birth with the person, in order of birth
}

// IDs are everybody in it, for [Desk.NoteListed] where they are shown.
func (f *Family) IDs() []p.EntityID {
	var out []p.EntityID
	if f.Mother != nil {
		out = append(out, f.Mother.ID)
	}
	return append(append(out, idsOf(f.Children, subjectID)...), idsOf(f.Twins, subjectID)...)
}

// twinsRead bounds how many who share a phone or a birth date are looked through for children of one birth.
const twinsRead = 200

// family reads who a person is tied to. Children of one birth are found by the mother's own record, or by her name and phone.
func (d *Desk) family(tx store.Tx, who Who, s *registry.Subject, kase p.EntityID) (Family, error) {
	var f Family
	a := d.areaOf(who)
	shown := func(row *project.SubjectRow) (bool, error) {
		if row.Void || row.Case == kase {
			return false, nil
		}
		return d.ofCase(tx, a, row.Case)
	}
	add := func(to *[]project.SubjectRow, row *project.SubjectRow) error {
		if slices.ContainsFunc(*to, func(x project.SubjectRow) bool { return x.ID == row.ID || x.Case == row.Case }) {
			return nil
		}
		ok, err := shown(row)
		if ok {
			*to = append(*to, *row)
		}
		return err
	}
	children, err := tx.ChildrenOf(s.ID)
	if err != nil {
		return f, err
	}
	for i := range children {
		if err := add(&f.Children, &children[i]); err != nil {
			return f, err
		}
	}
	var near []project.SubjectRow
	if !s.Mother.IsZero() {
		row, err := tx.SubjectRow(s.Mother)
		if err != nil {
			return f, err
		}
		if row != nil {
			if ok, err := shown(row); err != nil {
				return f, err
			} else if ok {
				f.Mother = row
			}
		}
		if near, err = tx.ChildrenOf(s.Mother); err != nil {
			return f, err
		}
	}
	if s.HasBirth() && s.MotherName != "" && s.MotherPhone != "" {
		rows, err := tx.SubjectsByBlock(store.BlockQuery{Phone: s.MotherPhone, Gone: true, Limit: twinsRead})
		if err != nil {
			return f, err
		}
		near = append(near, rows...)
	}
	for i := range near {
		other, err := tx.State(near[i].ID)
		if err != nil {
			return f, err
		}
		if other == nil {
			continue
		}
		in := registry.SubjectOf(other)
		if registry.SameBirth(&s.SubjectInput, &in.SubjectInput) {
			if err := add(&f.Twins, &near[i]); err != nil {
				return f, err
			}
		}
	}
	slices.SortStableFunc(f.Twins, func(a, b project.SubjectRow) int { return int(a.BirthOrder) - int(b.BirthOrder) })
	return f, nil
}

// Woman is somebody who expects a child, in the list of them.
type Woman struct {
	Row        project.SubjectRow
	Due        registry.Day // 0: nobody knows
	Next       *project.DueRow
	Tetanus    registry.TetanusHistory
	Protection registry.Protection // on the day the birth is expected on, or today where that is past or not known
}

// womenMax bounds the list of those who expect a child: of a commune of 30,000 people some 350 do at once.
const womenMax = 2000

// Wants reports whether a tetanus dose is due to her on a day.
func (w *Woman) Wants(day registry.Day) bool { return w.Next != nil && w.Next.Recommended <= day }

// WomenList is who expects a child here.
type WomenList struct {
	// List are the first of them: whose day is past, then of whom nobody knows it, then by the day the birth is expected on.
	List []Woman
	More int // how many there are besides
	// All counts everybody who expects a child, Wanting those of them to whom a tetanus dose is due, Protected whose child would be
	// protected at birth.
	All, Wanting, Protected int
}

// Women lists the first show (0: all) of those who expect a child, or of those of them to whom a tetanus dose is due. The others are
// counted, and named to nobody.
func (d *Desk) Women(ctx context.Context, who Who, wanting bool, show int) (*WomenList, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	if err := d.WorkOutDue(ctx); err != nil {
		return nil, err
	}
	home, today := d.Home(), d.Today()
	residences := home.Residences()
	if home.Commune.IsZero() {
		residences = nil
	}
	var all []Woman
	if err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.SubjectsPregnant(residences, womenMax)
		if err != nil {
			return err
		}
		vaccines, err := tx.Vaccines()
		if err != nil {
			return err
		}
		at := map[p.EntityID]int{}
		var cases []p.EntityID
		for i := range rows {
			if _, twice := at[rows[i].Case]; twice {
				continue
			}
			at[rows[i].Case] = len(all)
			cases = append(cases, rows[i].Case)
			s, err := tx.State(rows[i].ID)
			if err != nil {
				return err
			}
			w := Woman{Row: rows[i], Due: rows[i].DueDate}
			if s != nil {
				subject := registry.SubjectOf(s)
				if w.Tetanus, err = tetanusIn(tx, &subject, &rows[i], vaccines); err != nil {
					return err
				}
			}
			w.Protection = w.Tetanus.Protects(max(w.Due, today))
			all = append(all, w)
		}
		due, err := tx.DueOf(cases...)
		for i := range due {
			// Td counts for her as well; by itself it may be the booster of school age, which is not asked about here.
			w := &all[at[due[i].Case]]
			switch x := &due[i]; {
			case x.Vaccine == "UV", x.Vaccine == "TD" && w.Next == nil && w.Protection.Answer != registry.ProtectedYes:
				w.Next = x
			}
		}
		return err
	}); err != nil {
		return nil, err
	}
	out := &WomenList{All: len(all)}
	for i := range all {
		out.Wanting += btoi(all[i].Wants(today))
		out.Protected += btoi(all[i].Protection.Answer == registry.ProtectedYes)
	}
	if wanting {
		all = slices.DeleteFunc(all, func(w Woman) bool { return !w.Wants(today) })
	}
	past := func(w *Woman) int { return btoi(w.Due == 0 || w.Due >= today) }
	slices.SortStableFunc(all, func(a, b Woman) int { return past(&a) - past(&b) })
	if out.List = all; show > 0 {
		out.List = all[:min(show, len(all))]
	}
	out.More = len(all) - len(out.List)
	for i := range out.List {
		masked(who, &out.List[i].Row)
	}
	if len(out.List) == 0 {
		return out, nil
	}
	return out, d.NoteListed(ctx, who, idsOf(out.List, func(w *Woman) p.EntityID { return w.Row.ID })...)
}

// motherFromYears is how old a woman is who may be taken for somebody's mother.
const motherFromYears = 12

// Mothers finds who may be the mother of a newborn by the beginning of a name or by a phone: first who expects a child here, then other
// women of the register. Whoever shows them notes it.
func (d *Desk) Mothers(ctx context.Context, who Who, name, phone string) ([]project.SubjectRow, error) {
	const most = 5
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	words := registry.SearchTokens(name)
	number, err := registry.NormalPhone(phone)
	if err != nil {
		number = ""
	}
	if len(words) < 2 && number == "" { // one word fits too many
		return nil, nil
	}
	home := d.Home()
	residences := home.Residences()
	if home.Commune.IsZero() {
		residences = nil // women of any commune come to a hospital
	}
	var out []project.SubjectRow
	err = d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.SubjectsPregnant(residences, womenMax)
		for i := range rows {
			r := &rows[i]
			if len(out) < most && (number != "" && r.Phone == number || len(words) >= 2 && beginAll(r.Name, words)) {
				masked(who, r)
				out = append(out, *r)
			}
		}
		for _, q := range []store.SubjectQuery{{Digits: number}, {Words: words}} {
			if err != nil || len(out) >= most || q.Digits == "" && len(q.Words) < 2 {
				continue
			}
			q.Residences, q.Limit = residences, womenMax
			rows, err = tx.SearchSubjects(q)
			for i := range rows {
				r := &rows[i]
				if len(out) < most && r.Sex == registry.SexFemale && !r.Void && r.BirthDate != 0 && r.BirthDate <= d.Today().AddMonths(-12*motherFromYears) &&
					!slices.ContainsFunc(out, func(x project.SubjectRow) bool { return x.Case == r.Case }) {
					masked(who, r)
					out = append(out, *r)
				}
			}
		}
		return err
	})
	return out, err
}

// beginAll reports whether each of some folded words begins a word of a name.
func beginAll(name string, words []string) bool {
	have := registry.SearchTokens(name)
	for _, w := range words {
		if !slices.ContainsFunc(have, func(h string) bool { return len(h) >= len(w) && h[:len(w)] == w }) {
			return false
		}
	}
	return true
}
