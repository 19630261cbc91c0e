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
		rows, err = d.searchMine(tx, who, q)
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
	return listed(who, rows), d.noteFound(ctx, who, idsOf(rows, subjectID))
}

// searchRead bounds how many of all people here are read to find those of a person's places who live elsewhere.
const searchRead = 300

// searchMine finds people whose records belong to a person's places: first who lives there, then who was cared for there.
func (d *Desk) searchMine(tx store.Tx, who Who, q store.SubjectQuery) ([]project.SubjectRow, error) {
	a := d.areaOf(who)
	station := d.Node.Identity().Role == registry.NodeStation
	if a.all {
		return tx.SearchSubjects(q)
	}
	var rows []project.SubjectRow
	if !station { // a station holds little beside its own
		in, any := d.residencesOf(who)
		if any {
			own := q
			own.Residences = in
			var err error
			if rows, err = tx.SearchSubjects(own); err != nil || len(rows) == q.Limit {
				return rows, err
			}
		}
	}
	known := map[p.EntityID]bool{}
	for i := range rows {
		known[rows[i].ID] = true
	}
	wide := q
	wide.Limit = searchRead
	all, err := tx.SearchSubjects(wide)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if len(rows) == q.Limit {
			break
		}
		if known[all[i].ID] {
			continue
		}
		in, err := d.ofCase(tx, a, all[i].Case)
		if err != nil {
			return nil, err
		}
		if in {
			rows = append(rows, all[i])
		}
	}
	return rows, nil
}

// SearchElsewhere finds records that this node holds and the person may not read, by what a mother has in her hand: a whole
// code or personal number. What is told of them is masked.
func (d *Desk) SearchElsewhere(ctx context.Context, who Who, text string) ([]Elsewhere, error) {
	if err := may(who, rights.BreakGlass, registry.KindSubject); err != nil {
		return nil, nil
	}
	digits := strings.Join(strings.Fields(text), "")
	if !isDigits(digits) || len(digits) != codeDigits && len(digits) != personalDigits {
		return nil, nil
	}
	var out []Elsewhere
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.SearchSubjects(store.SubjectQuery{Digits: digits, Limit: searchLimit})
		if err != nil {
			return err
		}
		a := d.areaOf(who)
		for i := range rows {
			r := &rows[i]
			if r.Code != digits && r.PersonalNo != digits {
				continue
			}
			in, err := d.ofCase(tx, a, r.Case)
			if err != nil {
				return err
			}
			if in {
				continue
			}
			s, err := state(tx, r.ID, registry.KindSubject)
			if err != nil {
				return err
			}
			subject := registry.SubjectOf(s)
			place, err := tx.Place(subject.Place)
			if err != nil {
				return err
			}
			one := Elsewhere{ID: r.ID, Hint: registry.HintOf(&subject, "")}
			if place != nil {
				one.Place = place.Name
			}
			out = append(out, one)
		}
		return nil
	})
	return out, err
}

// Elsewhere is somebody whose record is here and belongs to another place, masked.
type Elsewhere struct {
	ID p.EntityID
	registry.Hint
}

// Lengths of the numbers that SearchElsewhere takes: they are known to who has the card or the papers.
const (
	codeDigits     = 16
	personalDigits = 12
)

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

// Candidates are people here who could be the one being registered, likeliest first. Whoever shows them notes it.
//
// At a station these are all it holds, also what has left it: registering a child a second time does more harm. A hub
// holds other places' children, and names only those of the person's own.
func (d *Desk) Candidates(ctx context.Context, who Who, in registry.SubjectInput) ([]Candidate, error) {
	const most = 8
	block := blockOf(&in)
	var found []Candidate
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.SubjectsByBlock(block)
		if err != nil {
			return err
		}
		want := registry.ProfileOf(&registry.Subject{SubjectInput: in})
		a, hub := d.areaOf(who), d.Node.Identity().Role == registry.NodeHub
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
				if hub {
					in, err := d.ofCase(tx, a, r.Case)
					if err != nil {
						return err
					}
					if !in {
						continue
					}
				}
				found = append(found, Candidate{Row: r, Match: m, SameCode: same})
			}
		}
		return nil
	})
	slices.SortStableFunc(found, byLikelihood)
	return found[:min(len(found), most)], err
}

// CandidateIDs are the subjects of candidates, for [Desk.NoteListed] where they are shown.
func CandidateIDs(list []Candidate) []p.EntityID {
	return idsOf(list, func(c *Candidate) p.EntityID { return c.Row.ID })
}

// byLikelihood puts who has the code first, then the likeliest.
func byLikelihood(a, b Candidate) int {
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
