package proof

import (
	"cmp"
	"slices"
	"time"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// shows checks what people see at a node against what follows from the states there, worked out another way (I9): each
// child's and each dose's row, the number of each dose, children registered, doses given.
func (c *checker) shows(tx store.Tx, r *replica) error {
	if r.Root {
		if err := c.belongs(tx, r); err != nil {
			return err
		}
	}
	who := peopleOf(r.states)
	if err := c.children(tx, r, who); err != nil {
		return err
	}
	doses, err := c.doses(tx, r, who)
	if err != nil {
		return err
	}
	if err := c.links(tx, r); err != nil {
		return err
	}
	if err := c.conflicts(tx, r, who); err != nil {
		return err
	}
	return c.given(tx, r, doses)
}

// children checks the row of each subject, and how many live where.
func (c *checker) children(tx store.Tx, r *replica, who *people) error {
	registered := map[p.EntityID]int64{}
	rows := int64(0)
	for id, s := range r.states {
		if s.Kind != kindSubject {
			continue
		}
		row, err := tx.SubjectRow(id)
		if err != nil {
			return err
		}
		if row != nil {
			rows++
		}
		if !born(s) {
			if row != nil && !row.Provisional {
				c.wrong("%s shows %s, whose registration it does not have, as registered", r.Name, id)
			}
			continue // shown or not: whether its registration is still to come only its log can say
		}
		if row == nil {
			c.wrong("%s does not show %s, who is registered", r.Name, id)
			continue
		}
		switch {
		case row.Case != who.caseOf(id), row.Recorded != ref(s, p.FieldPlace), row.Void != voided(s), row.Provisional,
			row.Code != text(s, subjectCode), row.Name != text(s, subjectName), row.MotherName != text(s, subjectMother),
			row.Hamlet != text(s, subjectHamlet), int64(row.NextDate) != number(s, subjectNextDate):
			c.wrong("%s shows %s otherwise than its record says", r.Name, id)
		}
		if who.caseOf(id) == id && !voided(s) && number(s, subjectGroup) == groupChild && number(s, subjectBirthPrec) != 0 {
			registered[ref(s, p.FieldPlace)]++
		}
	}
	counts, err := tx.Counts()
	if err != nil {
		return err
	}
	if counts.Subjects != rows {
		c.wrong("%s says that it has %d children and has %d", r.Name, counts.Subjects, rows)
	}
	list, err := tx.Registered()
	if err != nil {
		return err
	}
	for _, x := range list {
		registered[x.Recorded] -= x.Count
	}
	for place, n := range registered {
		if n != 0 {
			c.wrong("%s counts %d children too few, or too many, at %s", r.Name, n, place)
		}
	}
	return nil
}

// jab is a dose as it was counted anew.
type jab struct {
	s       *p.State
	kase    p.EntityID
	vaccine string
	order   int32 // 0: it does not count
}

// doses counts anew which doses count and which number each has, and checks the rows.
func (c *checker) doses(tx store.Tx, r *replica, who *people) ([]*jab, error) {
	var all []*jab
	told := map[p.EntityID]bool{} // cases with doses that somebody was told of: their numbers need more than an order
	for _, s := range r.states {
		of := ref(s, p.FieldSubject)
		if s.Kind != kindImmunization || !born(s) || len(s.Values(p.FieldSubject)) > 1 && r.states[who.caseOf(of)] == nil {
			continue // of two children it may be of, only the one that does not count is known here
		}
		j := &jab{s: s, kase: who.caseOf(of), vaccine: text(s, doseVaccine)}
		if number(s, doseSource) > sourceHere {
			told[j.kase] = true
		}
		if child := r.states[of]; child != nil && child.Kind == kindSubject && born(child) && !voided(child) && !voided(s) && number(s, doseNotDone) == 0 && j.vaccine != "" {
			j.order = 1
		}
		all = append(all, j)
	}
	slices.SortFunc(all, func(a, b *jab) int {
		return cmp.Or(a.kase.Compare(b.kase), cmp.Compare(a.vaccine, b.vaccine), cmp.Compare(number(a.s, doseGivenOn), number(b.s, doseGivenOn)),
			cmp.Compare(number(a.s, doseMinute), number(b.s, doseMinute)), a.s.ID.Compare(b.s.ID))
	})
	var last *jab
	n := int32(0)
	for _, j := range all {
		if last == nil || last.kase != j.kase || last.vaccine != j.vaccine {
			n = 0
		}
		last = j
		if j.order > 0 {
			n++
			j.order = n
		}
	}
	all = slices.DeleteFunc(all, func(j *jab) bool { return told[j.kase] })
	for _, j := range all {
		row, err := tx.ImmunizationRow(j.s.ID)
		if err != nil {
			return nil, err
		}
		if row == nil {
			c.wrong("%s does not show the dose %s", r.Name, j.s.ID)
			continue
		}
		switch {
		case row.Case != j.kase, row.Subject != ref(j.s, p.FieldSubject), row.Place != ref(j.s, p.FieldPlace), row.Vaccine != j.vaccine,
			int64(row.GivenOn) != number(j.s, doseGivenOn), row.Lot != text(j.s, doseLot), row.Void != voided(j.s):
			c.wrong("%s shows the dose %s otherwise than its record says", r.Name, j.s.ID)
		case row.Counted != (j.order > 0), row.Dose != j.order:
			c.wrong("%s counts %s as dose %d of %s; it is dose %d", r.Name, j.s.ID, row.Dose, j.vaccine, j.order)
		}
	}
	return all, nil
}

// links checks the rows of links.
func (c *checker) links(tx store.Tx, r *replica) error {
	for id, s := range r.states {
		if s.Kind != kindLink || !born(s) {
			continue
		}
		rows, err := tx.LinksOf(ref(s, p.FieldSubject))
		if err != nil {
			return err
		}
		found := false
		for _, row := range rows {
			if row.ID == id {
				found = row.A == ref(s, p.FieldSubject) && row.B == ref(s, p.FieldSubject2) && row.Same == (sameOne(s) && !voided(s))
			}
		}
		if !found {
			c.wrong("%s shows the link %s otherwise than its record says", r.Name, id)
		}
	}
	return nil
}

// conflicts checks that what is to be settled about a child or a dose is shown with its case.
func (c *checker) conflicts(tx store.Tx, r *replica, who *people) error {
	rows, err := tx.Conflicts(rowsMax)
	for i := range rows {
		x := &rows[i]
		s := r.states[x.Entity]
		if s != nil && s.Kind == kindImmunization && x.Field == doseApart {
			continue // no conflict: a dose that looks like another one
		}
		if s == nil || len(s.Values(x.Field)) < 2 {
			c.wrong("%s shows a conflict in field %d of %s, where there is none", r.Name, x.Field, x.Entity)
			continue
		}
		kase := who.caseOf(s.ID)
		if s.Kind == kindImmunization {
			kase = who.caseOf(ref(s, p.FieldSubject))
		}
		if s.Kind != kindLink && x.Case != kase {
			c.wrong("%s shows a conflict of %s with another child", r.Name, x.Entity)
		}
	}
	return err
}

// counted is what doses are counted by.
type counted struct {
	lives, given p.EntityID
	vaccine      string
	order        int32
}

// given checks how many doses were given where, to whom, of what: the numbers that reports are made of.
func (c *checker) given(tx store.Tx, r *replica, doses []*jab) error {
	sum := map[counted]int64{}
	for _, j := range doses {
		if j.order > 0 {
			lives := p.EntityID{}
			if lead := r.states[j.kase]; lead != nil {
				lives = ref(lead, p.FieldPlace)
			}
			sum[counted{lives, ref(j.s, p.FieldPlace), j.vaccine, j.order}]++
		}
	}
	whole := int64(0) // doses that are counted here: all, if none was left out above
	for _, s := range r.states {
		if s.Kind == kindImmunization && born(s) {
			whole++
		}
	}
	if int(whole) != len(doses) {
		return nil
	}
	rows, err := tx.Coverage(store.CoverageQuery{})
	if err != nil {
		return err
	}
	for i := range rows {
		x := &rows[i]
		sum[counted{x.Recorded, x.Place, x.Vaccine, x.Dose}] -= x.Count
	}
	for k, n := range sum {
		if n != 0 {
			c.wrong("%s counts %d doses of %s number %d too few, or too many, given at %s to who lives at %s", r.Name, n, k.vaccine, k.order, k.given, k.lives)
		}
	}
	counts, err := tx.Counts()
	if err != nil {
		return err
	}
	if counts.Doses != whole {
		c.wrong("%s says that it has %d doses and has %d", r.Name, counts.Doses, whole)
	}
	return c.byMonth(tx, r, doses)
}

// byMonth checks how many doses were given in each month.
func (c *checker) byMonth(tx store.Tx, r *replica, doses []*jab) error {
	months := map[int]int64{}
	for _, j := range doses {
		if j.order > 0 {
			day := time.Unix(number(j.s, doseGivenOn)*24*3600, 0).UTC()
			months[day.Year()*12+int(day.Month())-1]++
		}
	}
	for m, n := range months {
		var q store.CoverageQuery
		set(&q.MonthFrom, m)
		set(&q.MonthTo, m)
		rows, err := tx.Coverage(q)
		if err != nil {
			return err
		}
		for i := range rows {
			n -= rows[i].Count
		}
		if n != 0 {
			c.wrong("%s counts %d doses too few, or too many, in month %d of the year %d", r.Name, n, m%12+1, m/12)
		}
	}
	return nil
}

// set puts a number where a store names a type that is not known here.
func set[T ~int32](to *T, n int) { *to = T(n) }
