package country

import (
	"context"
	"crypto/rand"
	"fmt"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
)

// How much of what the villages need there is at each station.
const (
	listedHamlets = 10 // of those people live in; the others are still to be sorted
	newPerStation = 3  // babies whom the neighbouring station wrote down
	newbornWithin = 12
)

// villages lets each station keep a list of its hamlets, with who goes round in most of them, and lets a few babies of its commune be
// written down next door: they are new here.
func (c *Country) villages(ctx context.Context, m *Maker) error {
	stations := c.Stations()
	for i, n := range stations {
		if err := n.keepHamlets(ctx, m); err != nil {
			return fmt.Errorf("hamlets of %s: %w", n.Name, err)
		}
		next := stations[(i+1)%len(stations)]
		if next == n {
			continue
		}
		who, err := n.somebody(ctx)
		if err != nil {
			return err
		}
		for range newPerStation {
			in := m.Child(next.Commune, n.Desk().Today(), newbornWithin)
			if in.Code, err = registry.NewCode(int(n.Desk().Node.Identity().Number), rand.Reader); err != nil {
				return err
			}
			if _, _, err := n.Desk().Register(ctx, who, in, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// somebody is an account of the station's commune.
func (n *Node) somebody(ctx context.Context) (desk.Who, error) {
	var out desk.Who
	err := n.Desk().Node.Store().View(ctx, func(tx store.Tx) error {
		users, err := tx.Users()
		for i := range users {
			if u := &users[i]; u.Place == n.Commune || u.Place == n.Place {
				out = desk.Who{User: u.ID, Login: u.Login, Name: u.Name, Role: rights.Role(u.Role), Place: u.Place}
			}
		}
		return err
	})
	if err == nil && out.User.IsZero() {
		err = fmt.Errorf("nobody has an account at %s", n.Name)
	}
	return out, err
}

func (n *Node) keepHamlets(ctx context.Context, m *Maker) error {
	who, err := n.somebody(ctx)
	if err != nil {
		return err
	}
	_, written, err := n.Desk().Hamlets(ctx, who)
	if err != nil {
		return err
	}
	made := 0
	for _, h := range written {
		if h.Hamlet == "" || made == listedHamlets {
			continue
		}
		in := registry.HamletInput{Name: h.Hamlet}
		if made%3 != 2 {
			in.Worker = m.names.Adult(m.names.Ethnic(province), registry.SexFemale)
			in.Phone = fmt.Sprintf("038%07d", m.r.IntN(10_000_000))
		}
		if _, err := n.Desk().SaveHamlet(ctx, who, [16]byte{}, in, nil); err != nil {
			return err
		}
		made++
	}
	return nil
}
