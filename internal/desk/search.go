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
	return rows, d.noteFound(ctx, who, idsOf(rows, subjectID))
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

// Candidates are people here who could be the one being registered, likeliest first. Whoever shows them notes it.
func (d *Desk) Candidates(ctx context.Context, in registry.SubjectInput) ([]Candidate, error) {
	const most = 8
	block := blockOf(&in)
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
