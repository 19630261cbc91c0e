package desk

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ErrNoReason says that an export was asked for without saying what for.
var ErrNoReason = errors.New("say what the register is taken out for")

// ExportOptions choose what of the register is taken out, and say why.
type ExportOptions struct {
	BornFrom, BornUntil registry.Day // inclusive; 0: no bound
	Visitors            bool         // also those who live elsewhere and whose records are here
	NotDone             bool         // also doses that were refused or postponed
	Voided              bool         // also doses that were entered in error, marked as such: for who had them before
	For                 string       // one of registry.Takings; required
	Reason              string       // in words, for the access log; required
}

// exportPage is how many people are read at once: a save waits for no more than that.
const exportPage = 50

// Export lists the commune's register by name: a person once, however many records were linked to one, with the
// codes of the others as aliases and each dose once. Left out are records and doses entered in error, and what
// only repeats a dose of the same day; and, where the purpose is neither care nor what the law or the family asks for, whose
// data are restricted or who has not agreed to it. It is read a few people at a time and never held whole; somebody
// registered meanwhile may or may not be in it.
func (d *Desk) Export(ctx context.Context, who Who, opt ExportOptions) (iter.Seq2[*sheet.Person, error], error) {
	for _, kind := range []p.Kind{registry.KindSubject, registry.KindImmunization} {
		if err := may(who, rights.Export, kind); err != nil {
			return nil, err
		}
	}
	reason, err := taking(registry.Takings, opt.For, opt.Reason)
	if err != nil {
		return nil, err
	}
	// Written before the first line leaves: what breaks off has left, too.
	if err := d.note(ctx, who, registry.ActExport, p.EntityID{}, reason); err != nil {
		return nil, err
	}
	return func(yield func(*sheet.Person, error) bool) {
		x := d.newExport(who, opt)
		for {
			people, err := x.page(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, person := range people {
				if !yield(person, nil) {
					return
				}
			}
			if x.end {
				return
			}
		}
	}, nil
}

// NoteTaken writes down that rows of a file that did not come in were taken out again.
func (d *Desk) NoteTaken(ctx context.Context, who Who, file string) error {
	return d.note(ctx, who, registry.ActExport, p.EntityID{}, file)
}

// export is one on its way.
type export struct {
	d    *Desk
	opt  ExportOptions
	home Home
	mine *area

	after   string
	afterID p.EntityID
	end     bool
	seen    map[p.EntityID]bool // cases
	names   map[p.EntityID]string
	codes   map[p.EntityID]string
	found   []p.EntityID // of the people of the last page: the row at which each was found, in the order of names
}

func (d *Desk) newExport(who Who, opt ExportOptions) *export {
	return &export{d: d, opt: opt, home: d.Home(), mine: d.areaOf(who), seen: map[p.EntityID]bool{}, names: map[p.EntityID]string{}, codes: map[p.EntityID]string{}}
}

func (x *export) page(ctx context.Context) (people []*sheet.Person, err error) {
	x.found = nil
	err = x.d.view(ctx, func(tx store.Tx) error {
		q := store.SubjectQuery{After: x.after, AfterID: x.afterID, Limit: exportPage}
		if !x.opt.Visitors {
			q.Residences = x.home.Residences()
		}
		rows, err := tx.SearchSubjects(q)
		if err != nil {
			return err
		}
		for i := range rows {
			x.after, x.afterID = rows[i].SortName, rows[i].ID
			if x.seen[rows[i].Case] {
				continue
			}
			x.seen[rows[i].Case] = true
			if in, err := x.d.ofCase(tx, x.mine, rows[i].Case); err != nil {
				return err
			} else if !in {
				continue // it left, or a hub holds it for another place
			}
			person, err := x.person(tx, rows[i].Case)
			if err != nil {
				return err
			}
			if person != nil {
				people, x.found = append(people, person), append(x.found, rows[i].ID)
			}
		}
		x.end = len(rows) < exportPage
		return nil
	})
	return people, err
}

// person puts the records of one case together; nil if the case is not asked for.
func (x *export) person(tx store.Tx, kase p.EntityID) (*sheet.Person, error) {
	rows, err := tx.SubjectsOfCase(kase)
	if err != nil {
		return nil, err
	}
	// The canonical record first: what it says stands before what the others say.
	slices.SortStableFunc(rows, func(a, b project.SubjectRow) int {
		return btoi(b.ID == kase) - btoi(a.ID == kase)
	})
	var subject *registry.SubjectInput
	var lead *project.SubjectRow
	for i := range rows {
		s, err := tx.State(rows[i].ID)
		if err != nil {
			return nil, err
		}
		if s == nil || rows[i].Void || rows[i].Provisional {
			continue
		}
		one := registry.SubjectOf(s)
		if subject == nil {
			subject, lead = &one.SubjectInput, &rows[i]
			continue
		}
		subject.Complete(&one.SubjectInput)
	}
	if subject == nil || !x.wanted(lead, subject) {
		return nil, nil
	}
	if may, err := x.may(tx, kase); err != nil || !may {
		return nil, err
	}
	person := &sheet.Person{Record: lead.ID, Subject: *subject}
	if person.Commune, person.CommuneCode, err = x.commune(tx, subject.Place); err != nil {
		return nil, err
	}
	if !subject.Mother.IsZero() {
		mother, err := tx.SubjectRow(subject.Mother)
		if err != nil {
			return nil, err
		}
		if mother != nil {
			person.MotherCode = mother.Code
		}
	}
	person.Doses, err = x.doses(tx, kase)
	return person, err
}

// may reports whether a person may be in what is taken out for this purpose.
func (x *export) may(tx store.Tx, kase p.EntityID) (bool, error) {
	purpose, secondary := registry.TakingNeeds(x.opt.For)
	switch {
	case !secondary:
		return true, nil
	case purpose != 0:
		return x.d.MayUse(tx, kase, purpose)
	}
	out, err := restricted(tx, kase)
	return !out, err
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (x *export) wanted(row *project.SubjectRow, s *registry.SubjectInput) bool {
	if !x.opt.Visitors && !x.home.Has(row) {
		return false
	}
	if x.opt.BornFrom == 0 && x.opt.BornUntil == 0 {
		return true
	}
	first, last := s.BirthRange()
	return s.HasBirth() && (x.opt.BornFrom == 0 || last >= x.opt.BornFrom) && (x.opt.BornUntil == 0 || first <= x.opt.BornUntil)
}

// commune names a commune and gives the number it has at the statistics office.
func (x *export) commune(tx store.Tx, id p.EntityID) (name, code string, err error) {
	row, err := tx.Place(id)
	if err != nil || row == nil {
		return "", "", err
	}
	code, _ = strings.CutPrefix(row.Code, "gso:")
	if code == row.Code {
		code = ""
	}
	return row.Name, code, nil
}

func (x *export) doses(tx store.Tx, kase p.EntityID) ([]sheet.Dose, error) {
	rows, err := tx.DosesOfCase(kase)
	if err != nil {
		return nil, err
	}
	var out []sheet.Dose
	for i := range rows {
		r := &rows[i]
		if !x.wantedDose(r) {
			continue
		}
		s, err := tx.State(r.ID)
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue
		}
		one := registry.ImmunizationOf(s)
		dose := sheet.Dose{ImmunizationInput: one.ImmunizationInput, Record: r.ID, Number: int(r.Dose), Void: one.Void}
		if dose.PlaceCode, err = x.name(dose.Place, x.codes, func(id p.EntityID) (string, error) {
			row, err := tx.Place(id)
			if err != nil || row == nil {
				return "", err
			}
			return row.Code, nil
		}); err != nil {
			return nil, err
		}
		if dose.PlaceName, err = x.name(dose.Place, x.names, func(id p.EntityID) (string, error) {
			row, err := tx.Place(id)
			if err != nil || row == nil {
				return "", err
			}
			return row.Name, nil
		}); err != nil {
			return nil, err
		}
		if dose.GiverName, err = x.name(dose.GivenBy, x.names, func(id p.EntityID) (string, error) {
			row, err := tx.User(id)
			if err != nil || row == nil {
				return "", err
			}
			return row.Name, nil
		}); err != nil {
			return nil, err
		}
		out = append(out, dose)
	}
	return out, nil
}

// wantedDose leaves out what only repeats a dose of the same day, and what was not asked for.
func (x *export) wantedDose(r *project.ImmunizationRow) bool {
	switch {
	case r.Void:
		return x.opt.Voided
	case r.Counted:
		return true
	}
	return r.NotDone != 0 && x.opt.NotDone
}

// name looks a name up once.
func (x *export) name(id p.EntityID, seen map[p.EntityID]string, find func(p.EntityID) (string, error)) (string, error) {
	if id.IsZero() {
		return "", nil
	}
	if name, known := seen[id]; known {
		return name, nil
	}
	name, err := find(id)
	if err == nil {
		seen[id] = name
	}
	return name, err
}
