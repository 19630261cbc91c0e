package node

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Found is a subject that this node holds and that may be who is sought.
type Found struct {
	ID    p.EntityID
	Hint  registry.Hint
	Score float64 // how likely it is who is sought; equal for those found by a number
}

// Find returns subjects that may be who is sought, likeliest first, then by id. A copy that has left this
// node's places is not used: it is silent, and what it says may be old.
func (n *Node) Find(ctx context.Context, s *registry.Sought) ([]Found, error) {
	places, self := n.Atlas(), n.Identity()
	var out []Found
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		scopes, err := scopesOf(tx, places, self.Device, self.Role, self.Place)
		if err != nil {
			return err
		}
		rows, err := sought(tx, s)
		if err != nil {
			return err
		}
		for i := range rows {
			st, err := tx.State(rows[i].ID)
			if err != nil {
				return err
			}
			if st == nil {
				continue
			}
			subject := registry.SubjectOf(st)
			score, found := s.Score(&subject)
			if subject.Void != "" || !found {
				continue
			}
			routes, err := tx.Routes(subject.ID)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(routes, func(r store.RouteRow) bool { return !r.Left && slices.Contains(scopes, r.Scope) }) {
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
			out = append(out, Found{ID: subject.ID, Hint: registry.HintOf(&subject, name), Score: score})
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Found) int { return cmp.Or(cmp.Compare(b.Score, a.Score), a.ID.Compare(b.ID)) })
	return out, err
}

// sought returns the subjects that a question could mean, by the index that fits it.
func sought(tx store.Tx, s *registry.Sought) ([]project.SubjectRow, error) {
	if s.Code != "" {
		return tx.SearchSubjects(store.SubjectQuery{Digits: string(s.Code), Limit: store.BlockRows})
	}
	if s.PersonalNo != "" {
		return tx.SubjectsByBlock(store.BlockQuery{PersonalNo: s.PersonalNo, Limit: store.BlockRows})
	}
	return tx.SubjectsByBlock(store.BlockQuery{
		BirthDate: s.BirthDate, Phone: s.Phone, SortName: project.SortName(s.Name), Limit: store.BlockRows,
		Words: append(registry.SearchTokens(s.Name), registry.SearchTokens(s.MotherName)...),
	})
}

// Asker returns who may be named as asking through a child: a person who may look up and whose place is the
// child's, lies below it (a hub asks for its stations) or above it. Anybody else, and somebody this node does not
// know, is not named: then the device alone has asked.
func (n *Node) Asker(ctx context.Context, child, actor p.EntityID) (p.EntityID, error) {
	if actor.IsZero() {
		return actor, nil
	}
	places := n.Atlas()
	var named p.EntityID
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		dev, err := tx.Device(child)
		if err != nil || dev == nil {
			return err
		}
		user, err := tx.User(actor)
		if err != nil || user == nil {
			return err
		}
		if !user.Void && rights.May(rights.Role(user.Role), rights.Create, registry.KindPin) &&
			(places.WithinEver(user.Place, dev.Place) || places.WithinEver(dev.Place, user.Place)) {
			named = actor
		}
		return nil
	})
	return named, err
}

// StationsBelow counts the stations in force that reach this node through a device, itself among them.
func (n *Node) StationsBelow(ctx context.Context, device p.EntityID) (int, error) {
	var count int
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		devices, err := tx.Devices()
		if err != nil {
			return err
		}
		up := make(map[p.EntityID]p.EntityID, len(devices))
		for i := range devices {
			up[devices[i].ID] = devices[i].Up
		}
		for i := range devices {
			if devices[i].Revoked || devices[i].Role != registry.NodeStation {
				continue
			}
			at := devices[i].ID
			for range p.PathMax {
				if at == device {
					count++
					break
				}
				at = up[at]
			}
		}
		return nil
	})
	return count, err
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
