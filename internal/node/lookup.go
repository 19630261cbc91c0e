package node

import (
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// lookupLimit is how many rows a question is compared with.
const lookupLimit = 60

// Found is a subject that this node holds and that may be who is sought.
type Found struct {
	ID   p.EntityID
	Hint registry.Hint
}

// Find returns subjects that may be who is sought, by id. A copy that has left this node's places is not
// used: it is silent, and what it says may be old.
func (n *Node) Find(ctx context.Context, s *registry.Sought) ([]Found, error) {
	n.mu.Lock()
	places, role, place := n.places, n.id.Role, n.id.Place
	n.mu.Unlock()
	scopes := places.scopesOf(role, place)
	var out []Found
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		ids, err := sought(tx, s)
		if err != nil {
			return err
		}
		for _, id := range ids {
			routes, err := tx.Routes(id)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(routes, func(r store.RouteRow) bool { return !r.Left && slices.Contains(scopes, r.Scope) }) {
				continue
			}
			st, err := tx.State(id)
			if err != nil {
				return err
			}
			subject := registry.SubjectOf(st)
			if subject.Void != "" || !s.Found(&subject) {
				continue
			}
			home, err := tx.Place(subject.Place)
			if err != nil {
				return err
			}
			name := ""
			if home != nil {
				name = home.Name
			}
			out = append(out, Found{ID: id, Hint: registry.HintOf(&subject, name)})
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Found) int { return a.ID.Compare(b.ID) })
	return out, err
}

// sought returns the subjects that a question could mean, by the index that fits it.
func sought(tx store.Tx, s *registry.Sought) ([]p.EntityID, error) {
	var ids []p.EntityID
	switch {
	case s.Code != "":
		rows, err := tx.SearchSubjects(store.SubjectQuery{Digits: string(s.Code), Limit: lookupLimit})
		for i := range rows {
			ids = append(ids, rows[i].ID)
		}
		return ids, err
	case s.PersonalNo != "":
		rows, err := tx.SubjectsByBlock(store.BlockQuery{PersonalNo: s.PersonalNo, Limit: lookupLimit})
		for i := range rows {
			ids = append(ids, rows[i].ID)
		}
		return ids, err
	}
	rows, err := tx.SubjectsByBlock(store.BlockQuery{BirthDate: s.BirthDate, Phone: s.Phone, SortName: registry.SortKey(s.Name), Limit: lookupLimit})
	for i := range rows {
		ids = append(ids, rows[i].ID)
	}
	return ids, err
}

// Case returns the states of everything in a subject's case.
func (n *Node) Case(ctx context.Context, subject p.EntityID) ([]p.Row, error) {
	var rows []p.Row
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		row, err := tx.SubjectRow(subject)
		if err != nil || row == nil {
			return err
		}
		people, err := tx.SubjectsOfCase(row.Case)
		if err != nil {
			return err
		}
		seen := map[p.EntityID]bool{}
		for i := range people {
			members, err := tx.Members(people[i].ID)
			if err != nil {
				return err
			}
			for _, id := range append([]p.EntityID{people[i].ID}, members...) {
				if seen[id] {
					continue
				}
				seen[id] = true
				st, err := tx.State(id)
				if err != nil {
					return err
				}
				rows = append(rows, p.Row{State: st})
			}
		}
		return nil
	})
	return rows, err
}

// TakeCase joins the states of a case that a node above gave in answer to a look-up.
func (n *Node) TakeCase(ctx context.Context, pages []*p.Page) error {
	var rows []p.Row
	for _, page := range pages {
		r, err := page.Rows()
		if err != nil {
			return err
		}
		rows = append(rows, r...)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	var b *batch
	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		b = n.newBatch(tx)
		for i := range rows {
			if err := b.join(rows[i].State); err != nil {
				return err
			}
		}
		b.endAct()
		return b.finish()
	})
	if err == nil {
		b.committed()
	}
	return err
}

// CasePages puts the states of a case into pages that stand outside a feed's order.
func CasePages(rows []p.Row) ([]*p.Page, error) {
	var pages []*p.Page
	err := eachPage(p.EntityID{}, p.Cursor{}, p.Cursor{}, rows, func(page *p.Page) error {
		pages = append(pages, page)
		return nil
	})
	return pages, err
}
