package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// askPeopleMax bounds the list of those to be asked: of a commune of 30,000 people fewer are in the register.
const askPeopleMax = 8000

// HomeGroup is the people of one hamlet of a commune that was split, of whom nobody has said yet where they live.
type HomeGroup struct {
	Was     project.PlaceRow   // the commune that was split
	Hamlet  string             // as most of them have it; "" if nobody wrote one
	Choices []project.PlaceRow // what the commune became, by today's map
	People  []project.SubjectRow
}

// AskHome lists those whose commune was split and who may live in this node's, by commune and hamlet. At a hub it is
// empty: who lives where is known at the stations.
func (d *Desk) AskHome(ctx context.Context, who Who) ([]HomeGroup, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	home := d.Home()
	if len(home.ask) == 0 {
		return nil, nil
	}
	var groups []HomeGroup
	err := d.view(ctx, func(tx store.Tx) error {
		for _, was := range home.ask {
			people, err := tx.SearchSubjects(store.SubjectQuery{Residences: []p.EntityID{was}, Limit: askPeopleMax})
			if err != nil {
				return err
			}
			groups = append(groups, d.byHamlet(was, people)...)
		}
		return nil
	})
	if err != nil || len(groups) == 0 {
		return nil, err
	}
	var people []p.EntityID
	for i := range groups {
		people = append(people, idsOf(groups[i].People, subjectID)...)
	}
	return groups, d.NoteListed(ctx, who, people...)
}

// CountAskHome counts the people of AskHome, without naming anybody.
func (d *Desk) CountAskHome(ctx context.Context) (int, error) {
	home := d.Home()
	n := 0
	if len(home.ask) == 0 {
		return 0, nil
	}
	err := d.view(ctx, func(tx store.Tx) error {
		people, err := tx.SearchSubjects(store.SubjectQuery{Residences: home.ask, Limit: askPeopleMax})
		for i := range people {
			if isAsked(&people[i]) {
				n++
			}
		}
		return err
	})
	return n, err
}

// isAsked reports whether it matters where somebody lives: one record of each person who is still here.
func isAsked(row *project.SubjectRow) bool {
	return row.Case == row.ID && !row.Provisional && row.Status != registry.StatusDied && row.Status != registry.StatusMoved
}

func (d *Desk) byHamlet(was p.EntityID, people []project.SubjectRow) []HomeGroup {
	m := d.Map()
	var choices []project.PlaceRow
	for _, id := range m.Now(was) {
		if row, ok := m.Row(id); ok {
			choices = append(choices, row)
		}
	}
	at := map[string]int{}
	var groups []HomeGroup
	for i := range people {
		if !isAsked(&people[i]) {
			continue
		}
		key := registry.FoldHamlet(people[i].Hamlet)
		k, known := at[key]
		if !known {
			k = len(groups)
			at[key] = k
			g := HomeGroup{Hamlet: people[i].Hamlet, Choices: choices}
			g.Was, _ = d.Node.Atlas().Row(was)
			groups = append(groups, g)
		}
		groups[k].People = append(groups[k].People, people[i])
	}
	slices.SortFunc(groups, func(a, b HomeGroup) int {
		return cmp.Or(cmp.Compare(len(b.People), len(a.People)), cmp.Compare(a.Hamlet, b.Hamlet))
	})
	return groups
}

// SettleHome says that people whose commune was split live in one of the places it became. Each is an ordinary edit of
// residence. Who is in no doubt any more, because somebody said so meanwhile, is left as they are. It returns how many were
// written; a list that is too long for one act is written in several.
func (d *Desk) SettleHome(ctx context.Context, who Who, people []p.EntityID, successor p.EntityID) (int, error) {
	if err := may(who, rights.Amend, registry.KindSubject); err != nil {
		return 0, err
	}
	home, m, today := d.Home(), d.Map(), d.Today()
	written := 0
	for part := range slices.Chunk(people, p.ActChangesMax) {
		var drafts []registry.Draft
		_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			drafts = nil
			for _, id := range part {
				row, err := tx.SubjectRow(id)
				if err != nil {
					return nil, err
				}
				if row == nil || !home.Asks(row) {
					continue
				}
				if !slices.Contains(m.Now(row.Residence), successor) {
					return nil, registry.Errors{{Field: "place", Code: registry.CodePlaceBeyond}}
				}
				s, err := state(tx, id, registry.KindSubject)
				if err != nil {
					return nil, err
				}
				draft, err := registry.EditSubject(s, registry.Patch{p.FieldPlace: p.Ref(successor)}, registry.SawOf(s), today)
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, nonEmpty(draft)...)
			}
			return drafts, nil
		})
		if err != nil && !errors.Is(err, node.ErrNothing) {
			return written, err
		}
		written += len(drafts)
	}
	return written, nil
}
