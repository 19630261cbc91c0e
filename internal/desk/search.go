package desk

import (
	"cmp"
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

// Search finds people by what somebody typed in the one box: words of names (own, mother's, hamlet), in
// any spelling and order, or digits of a code, its last six, a phone, a personal number.
func (d *Desk) Search(ctx context.Context, who Who, text string) ([]project.SubjectRow, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	q := store.SubjectQuery{Limit: searchLimit}
	var words []string
	for _, w := range registry.SearchTokens(text) {
		if isDigits(w) {
			q.Digits += w
		} else {
			words = append(words, w)
		}
	}
	q.Words = words
	if len(q.Words) == 0 && q.Digits == "" {
		return nil, nil
	}
	var rows []project.SubjectRow
	err := d.view(ctx, func(tx store.Tx) error {
		var err error
		rows, err = tx.SearchSubjects(q)
		return err
	})
	if err != nil {
		return nil, err
	}
	// Who typed marks meant them: exact spellings come first.
	marked := registry.FoldMarked(text)
	if marked != registry.Fold(text) {
		slices.SortStableFunc(rows, func(a, b project.SubjectRow) int {
			return exactness(&b, marked) - exactness(&a, marked)
		})
	}
	return rows, d.NoteListed(ctx, who)
}

// NoteLookup writes down that somebody asks the hubs above for a person who is not here.
func (d *Desk) NoteLookup(ctx context.Context, who Who) error {
	return d.note(ctx, who, registry.ActLookup, p.EntityID{}, "")
}

func exactness(r *project.SubjectRow, marked string) int {
	name := registry.FoldMarked(r.Name)
	switch {
	case name == marked:
		return 2
	case strings.Contains(" "+name+" ", " "+marked+" "):
		return 1
	}
	return 0
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// Candidates are people here who could be the one being registered, likeliest first.
func (d *Desk) Candidates(ctx context.Context, in registry.SubjectInput) ([]Candidate, error) {
	const most = 8
	block := store.BlockQuery{Code: string(in.Code), Phone: in.MotherPhone, PersonalNo: in.PersonalNo, Limit: store.BlockRows}
	block.Words = append(registry.SearchTokens(in.Name), registry.SearchTokens(in.MotherName)...)
	if phone, err := registry.NormalPhone(in.MotherPhone); err == nil {
		block.Phone = phone
	}
	if in.HasBirth() {
		block.BirthDate = in.BirthDate
	}
	if in.Name != "" {
		block.SortName = project.SortName(in.Name)
	}
	var found []Candidate
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.SubjectsByBlock(block)
		if err != nil {
			return err
		}
		want := registry.ProfileOf(&registry.Subject{SubjectInput: in})
		for _, r := range rows {
			s, err := tx.State(r.ID)
			if err != nil {
				return err
			}
			if s == nil {
				continue
			}
			other := registry.SubjectOf(s)
			m := registry.CompareProfiles(want, registry.ProfileOf(&other))
			if same := in.Code != "" && other.Code == in.Code; same || m.Possible() {
				found = append(found, Candidate{Row: r, Match: m, SameCode: same})
			}
		}
		return nil
	})
	slices.SortStableFunc(found, func(a, b Candidate) int {
		switch {
		case a.SameCode != b.SameCode:
			if a.SameCode {
				return -1
			}
			return 1
		case a.Match.Score > b.Match.Score:
			return -1
		case a.Match.Score < b.Match.Score:
			return 1
		}
		return a.Row.ID.Compare(b.Row.ID)
	})
	return found[:min(len(found), most)], err
}

func likelyOnes(c []Candidate) []Candidate {
	var out []Candidate
	for _, x := range c {
		if x.SameCode || x.Match.Likely() {
			out = append(out, x)
		}
	}
	return out
}

// Today is what the first page of a station shows for a day: who is to come, who was seen.
type Today struct {
	Day     registry.Day
	Due     []Expected // something is due, or they were told to come on this day
	Overdue []Expected // something is overdue, or they did not come on theirs; longest ago first
	Seen    []Seen     // by time, latest first
	Doses   int        // given this day
}

// Expected is somebody who is to come.
type Expected struct {
	Subject project.SubjectRow
	Due     []project.DueRow // what is due or overdue, longest first
	Booked  bool             // somebody told them to come on this day
	AskHome bool             // their commune was split, and nobody knows in which part they live
	Since   registry.Day     // when they became due or, if something is overdue, overdue; or were told to come
}

// Seen is somebody who was here this day.
type Seen struct {
	Subject project.SubjectRow
	AskHome bool // as Expected.AskHome
	Doses   []project.ImmunizationRow
}

// Bounds of the day's list: how far back it looks, and how many rows it reads of each kind.
const (
	overdueDays  = 365
	todayRowsMax = 4000
	expectedMax  = 500
)

// ListToday makes the day's list for this node's place.
func (d *Desk) ListToday(ctx context.Context, who Who, day registry.Day) (Today, error) {
	t := Today{Day: day}
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return t, err
	}
	if err := d.WorkOutDue(ctx); err != nil {
		return t, err
	}
	place, home := d.Node.Identity().Place, d.Home()
	err := d.view(ctx, func(tx store.Tx) error {
		if err := t.expected(tx, &home); err != nil {
			return err
		}
		doses, err := tx.DosesOn([]p.EntityID{place}, day)
		if err != nil {
			return err
		}
		return t.seen(tx, doses, &home)
	})
	return t, err
}

// expected gathers who is to come: by the schedule, and by the day somebody told them.
func (t *Today) expected(tx store.Tx, home *Home) error {
	homes := home.Residences()
	told, err := tx.SubjectsExpected(homes, t.Day-overdueDays, t.Day, expectedMax)
	if err != nil {
		return err
	}
	at := map[p.EntityID]*Expected{}
	var order []*Expected
	add := func(row *project.SubjectRow) *Expected {
		x := at[row.Case]
		if x == nil {
			x = &Expected{Subject: *row, AskHome: home.Asks(row)}
			at[row.Case] = x
			order = append(order, x)
		}
		return x
	}
	for i := range told {
		x := add(&told[i])
		x.Booked = x.Booked || told[i].NextDate == t.Day
	}
	late := map[*Expected]bool{}
	for _, list := range []store.DueList{store.ListOverdue, store.ListDue} {
		rows, err := tx.Due(store.DueQuery{List: list, Residences: homes, On: t.Day, Since: t.Day - overdueDays, Limit: todayRowsMax})
		if err != nil {
			return err
		}
		for _, r := range rows {
			x := at[r.Case]
			if x == nil {
				row, err := tx.SubjectRow(r.Case)
				if err != nil {
					return err
				}
				if row == nil || row.Status == registry.StatusMoved {
					continue
				}
				x = add(row)
			}
			x.Due = append(x.Due, r)
			late[x] = late[x] || list == store.ListOverdue
		}
	}
	for _, x := range order {
		for _, r := range x.Due {
			since := r.Recommended
			if late[x] {
				since = r.Overdue
			}
			if since != 0 && (x.Since == 0 || since < x.Since) {
				x.Since = since
			}
		}
		if next := x.Subject.NextDate; x.Since == 0 || !late[x] && next != 0 && next < x.Since {
			x.Since = next
		}
		if next := x.Subject.NextDate; !x.Booked && (late[x] || len(x.Due) == 0 && next != 0 && next < t.Day) {
			t.Overdue = append(t.Overdue, *x)
		} else {
			t.Due = append(t.Due, *x)
		}
	}
	for _, list := range []*[]Expected{&t.Due, &t.Overdue} {
		slices.SortStableFunc(*list, func(a, b Expected) int {
			if a.Booked != b.Booked {
				if a.Booked {
					return -1
				}
				return 1
			}
			return cmp.Compare(a.Since, b.Since)
		})
	}
	return nil
}

// seen groups the day's doses by person and takes them off the lists of those still to come.
func (t *Today) seen(tx store.Tx, doses []project.ImmunizationRow, home *Home) error {
	at := map[p.EntityID]int{}
	for _, dose := range doses {
		if dose.Void || dose.Subject.IsZero() {
			continue
		}
		i, ok := at[dose.Subject]
		if !ok {
			row, err := tx.SubjectRow(dose.Subject)
			if err != nil {
				return err
			}
			if row == nil {
				continue
			}
			i = len(t.Seen)
			at[dose.Subject] = i
			t.Seen = append(t.Seen, Seen{Subject: *row, AskHome: home.Asks(row)})
		}
		t.Seen[i].Doses = append(t.Seen[i].Doses, dose)
		if dose.NotDone == 0 {
			t.Doses++
		}
	}
	slices.Reverse(t.Seen)
	here := func(x Expected) bool { _, ok := at[x.Subject.ID]; return ok }
	t.Due = slices.DeleteFunc(t.Due, here)
	t.Overdue = slices.DeleteFunc(t.Overdue, here)
	return nil
}
