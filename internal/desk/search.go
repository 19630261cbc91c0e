package desk

import (
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// SearchElsewhere finds records that this node holds and the person may not read, by what a mother has in her hand: a whole
// code or personal number. What is told of them is masked.
func (d *Desk) SearchElsewhere(ctx context.Context, who Who, text string) ([]Elsewhere, error) {
	if err := may(who, rights.BreakGlass, registry.KindSubject); err != nil {
		return nil, nil
	}
	scan, ok := registry.ParseScan(text)
	if !ok || len(scan.Numbers) != 1 {
		return nil, nil
	}
	digits := scan.Numbers[0]
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

// NoteLookup writes down that somebody asks the hubs above for a person who is not here.
func (d *Desk) NoteLookup(ctx context.Context, who Who) error {
	return d.note(ctx, who, registry.ActLookup, p.EntityID{}, "")
}

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
