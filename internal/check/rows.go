package check

import (
	"cmp"
	"errors"
	"reflect"
	"slices"

	"tramy/internal/atlas"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// figures are the counts added up from rows.
type figures struct {
	doses    map[store.CoverageRow]int64 // by a row without its count
	children map[store.RegisteredRow]int64
	people   int64 // rows there are
	shots    int64
}

// rows makes the rows of every case, and of what stands alone, once more from states. It adds up the figures as it goes.
func (r *run) rows(f *Finding) error {
	if err := r.view(func(tx store.Tx) error {
		rows, err := tx.Places()
		r.atlas = atlas.New(rows)
		return err
	}); err != nil {
		return err
	}
	r.added = figures{doses: map[store.CoverageRow]int64{}, children: map[store.RegisteredRow]int64{}}
	produced := int64(0)
	before := r.feedNow()
	err := r.eachState(f, func(tx store.Tx, s *p.State) error {
		switch s.Kind {
		case registry.KindSubject:
			row, err := tx.SubjectRow(s.ID)
			if err != nil {
				return err
			}
			if row != nil {
				r.added.people++
			}
			n, err := r.kase(tx, f, s.ID)
			produced += n
			return err
		case registry.KindImmunization:
			row, err := tx.ImmunizationRow(s.ID)
			if row != nil {
				r.added.shots++
			}
			return err
		}
		return r.single(tx, f, s)
	})
	if err != nil {
		return err
	}
	// A dose that no case finds has a row and is not produced.
	if stored := r.added.shots; produced < stored && before == r.feedNow() && f.Faults == 0 {
		f.note("%d doses have rows of cases whose people are not known here", stored-produced)
	}
	r.steady = before == r.feedNow()
	return nil
}

func (r *run) feedNow() uint64 {
	var n uint64
	if err := r.view(func(tx store.Tx) error {
		var err error
		n, err = tx.Counter(counterFeed)
		return err
	}); err != nil {
		return 0
	}
	return n
}

// kase makes the rows of the case that a subject leads, the smallest of those linked, and returns how many doses have one.
func (r *run) kase(tx store.Tx, f *Finding, lead p.EntityID) (int64, error) {
	in := project.Case{Residence: r.atlas.Residence, Rejected: map[p.EntityID]bool{}}
	seen := map[p.EntityID]bool{}
	people := map[p.EntityID]bool{lead: true}
	for queue := []p.EntityID{lead}; len(queue) > 0; queue = queue[1:] {
		id := queue[0]
		s, err := tx.State(id)
		if err != nil {
			return 0, err
		}
		if s != nil && s.Kind == registry.KindSubject {
			if id.Compare(lead) < 0 {
				return 0, nil // that one leads
			}
			in.Subjects = append(in.Subjects, s)
			if in.Rejected[id], err = creationStaysOut(tx, s); err != nil {
				return 0, err
			}
		}
		members, err := tx.MemberStates(id, func(p.EntityID) bool { return false })
		if err != nil {
			return 0, err
		}
		for i := range members {
			m := members[i].State
			if m == nil || seen[m.ID] {
				continue
			}
			seen[m.ID] = true
			switch m.Kind {
			case registry.KindImmunization:
				in.Doses = append(in.Doses, m)
			case registry.KindLink:
				in.Links = append(in.Links, m)
				if row, ok := project.LinkRowOf(m); ok && row.Same {
					for _, other := range []p.EntityID{row.A, row.B} {
						if !people[other] {
							people[other] = true
							queue = append(queue, other)
						}
					}
				}
			}
		}
	}
	return r.compareCase(tx, f, project.CaseRows(in), people)
}

// compareCase holds stored rows against those of a case. Links and conflicts that name others as well are compared with
// theirs.
func (r *run) compareCase(tx store.Tx, f *Finding, want project.Rows, people map[p.EntityID]bool) (int64, error) {
	for i := range want.Subjects {
		w := &want.Subjects[i]
		have, err := tx.SubjectRow(w.ID)
		if err != nil {
			return 0, err
		}
		if have == nil || *have != *w {
			f.fault("%s: the person's row is not what follows from the states", w.ID)
		}
		if key, ok := w.Cohort(); ok {
			r.added.children[store.RegisteredRow{Residence: key.Residence, Recorded: key.Recorded}]++
		}
	}
	for i := range want.Doses {
		w := &want.Doses[i]
		have, err := tx.ImmunizationRow(w.ID)
		if err != nil {
			return 0, err
		}
		if have == nil || *have != *w {
			f.fault("%s: the dose's row is not what follows from the states", w.ID)
		}
		if key, ok := w.Coverage(); ok {
			r.added.doses[store.CoverageRow{Recorded: key.Recorded, Residence: key.Residence, Place: key.Place, Vaccine: key.Vaccine, Dose: key.Dose}]++
		}
	}
	for _, w := range want.Links {
		have, err := tx.LinksOf(w.A)
		if err != nil {
			return 0, err
		}
		if !slices.Contains(have, w) {
			f.fault("%s: the link's row is not what follows from its state", w.ID)
		}
	}
	if len(want.Subjects) == 0 {
		return int64(len(want.Doses)), nil
	}
	have, err := tx.ConflictsOfCase(want.Subjects[0].Case)
	if err != nil {
		return 0, err
	}
	if len(have) != len(want.Conflicts) && !slices.ContainsFunc(want.Links, func(l project.LinkRow) bool { return !people[l.A] || !people[l.B] }) {
		f.fault("%s: %d conflicts are listed, %d follow from the states", want.Subjects[0].Case, len(have), len(want.Conflicts))
	}
	return int64(len(want.Doses)), nil
}

// creationStaysOut reports whether the change that created a subject is never to come.
func creationStaysOut(tx store.Tx, s *p.State) (bool, error) {
	birth := s.ID.Birth()
	if s.SeenSeq(birth.Log) >= birth.Seq {
		return false, nil
	}
	row, err := tx.Log(birth.Log)
	if err != nil {
		return false, err
	}
	if row != nil && birth.Seq > row.Head && (row.Reason == p.HoldForked || row.UpReason == p.HoldForked) {
		return true, nil
	}
	from, err := tx.Rejected(birth.Log)
	return from > 0 && birth.Seq >= from, err
}

// single holds the row of what stands alone against its state.
func (r *run) single(tx store.Tx, f *Finding, s *p.State) error {
	var want, have any
	var ok bool
	var err error
	switch s.Kind {
	case registry.KindPlace:
		want, have, ok, err = pair(s, project.PlaceRowOf, tx.Place)
	case registry.KindUser:
		want, have, ok, err = pair(s, project.UserRowOf, tx.User)
	case registry.KindDevice:
		want, have, ok, err = pair(s, project.DeviceRowOf, tx.Device)
	case registry.KindVaccine:
		want, have, ok, err = pair(s, project.VaccineRowOf, listed(tx.Vaccines, func(v *project.VaccineRow) p.EntityID { return v.ID }))
	case registry.KindRequest:
		want, have, ok, err = pair(s, project.RequestRowOf, tx.Request)
	case registry.KindConsent:
		subject := registry.ConsentOf(s).Subject
		want, have, ok, err = pair(s, project.ConsentRowOf, listed(func() ([]project.ConsentRow, error) { return tx.ConsentsOf(subject) },
			func(c *project.ConsentRow) p.EntityID { return c.ID }))
	case registry.KindSchedule:
		want, have, ok, err = pair(s, project.ScheduleRowOf, listed(tx.Schedules, func(v *project.ScheduleRow) p.EntityID { return v.ID }))
	default:
		if registry.Listed(s.Kind) {
			want, have, ok, err = pair(s, project.RecordRowOf, tx.Record)
		}
	}
	if err != nil || !ok {
		return err
	}
	if !reflect.DeepEqual(want, have) {
		f.fault("%s: its row (kind %d) is not what follows from its state", s.ID, s.Kind)
	}
	return nil
}

func pair[T any](s *p.State, of func(*p.State) (T, bool), stored func(p.EntityID) (*T, error)) (want, have any, ok bool, err error) {
	w, ok := of(s)
	if !ok {
		return nil, nil, false, nil
	}
	h, err := stored(s.ID)
	if h == nil {
		return w, nil, true, err
	}
	return w, *h, true, err
}

func listed[T any](list func() ([]T, error), id func(*T) p.EntityID) func(p.EntityID) (*T, error) {
	return func(want p.EntityID) (*T, error) {
		rows, err := list()
		for i := range rows {
			if id(&rows[i]) == want {
				return &rows[i], err
			}
		}
		return nil, err
	}
}

// counts holds the figures against those added up from rows. Where somebody worked meanwhile they cannot be compared.
func (r *run) counts(f *Finding) error {
	if !r.steady {
		f.note("somebody worked while the rows were read: the figures were not compared")
		return nil
	}
	return r.view(func(tx store.Tx) error {
		doses, err := tx.Coverage(store.CoverageQuery{})
		if err != nil {
			return err
		}
		for _, row := range doses {
			have := row.Count
			row.Count = 0
			if want := r.added.doses[row]; want != have {
				f.fault("%s dose %d at %s, people of %s: %d counted, %d follow from the rows", row.Vaccine, row.Dose, row.Place, row.Recorded, have, want)
			}
			delete(r.added.doses, row)
			f.Count++
		}
		for row, want := range r.added.doses {
			f.fault("%s dose %d at %s, people of %s: none counted, %d follow from the rows", row.Vaccine, row.Dose, row.Place, row.Recorded, want)
		}
		children, err := tx.Registered()
		if err != nil {
			return err
		}
		for _, row := range children {
			have := row.Count
			row.Count = 0
			if want := r.added.children[row]; want != have {
				f.fault("children of %s: %d counted, %d follow from the rows", row.Recorded, have, want)
			}
			delete(r.added.children, row)
			f.Count++
		}
		for row, want := range r.added.children {
			f.fault("children of %s: none counted, %d follow from the rows", row.Recorded, want)
		}
		return errors.Join(r.totals(tx, f), r.figures(tx, f))
	})
}

// totals holds how many people and doses a node says that it has against their rows.
func (r *run) totals(tx store.Tx, f *Finding) error {
	counts, err := tx.Counts()
	if err != nil {
		return err
	}
	if counts.Subjects != r.added.people {
		f.fault("%d people counted, %d have rows", counts.Subjects, r.added.people)
	}
	if counts.Doses != r.added.shots {
		f.fault("%d doses counted, %d have rows", counts.Doses, r.added.shots)
	}
	return nil
}

// figures holds what reports read against the same numbers: the children of all years together.
func (r *run) figures(tx store.Tx, f *Finding) error {
	sums := map[store.RegisteredRow]int64{}
	first, last := registry.NewMonth(1850, 1), registry.NewMonth(2250, 1)
	if err := tx.Figures(store.FigureQuery{CohortFrom: first, CohortTo: last}, func(row *store.FigureRow) {
		var n int64
		for _, m := range row.Children {
			n += m
		}
		sums[store.RegisteredRow{Recorded: row.Recorded, Residence: row.Residence}] += n
	}); err != nil {
		return err
	}
	rows, err := tx.Registered()
	for _, row := range rows {
		have := row.Count
		row.Count = 0
		if sums[row] != have {
			f.fault("children of %s: %d in the figures by year, %d in all", row.Recorded, sums[row], have)
		}
	}
	slices.SortFunc(f.Told, cmp.Compare[string])
	return err
}
