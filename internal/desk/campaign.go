package desk

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

// Campaigning is a campaign with what a list shows beside it.
type Campaigning struct {
	registry.Campaign
	State     *p.State // for Saw
	PlaceName string
	MayChange bool
	// Listed are those on its lists in the person's places, Given those of them, and beside them, who had a dose.
	Listed, Given int
}

// campaignBackDays is how long a campaign that is over stays in the list.
const campaignBackDays = 400

// Campaigns lists the campaigns that concern this person's places: those of their own subtree, and those of what it lies in. The
// ones that are held come first, then those to come, then those that are over.
func (d *Desk) Campaigns(ctx context.Context, who Who) ([]Campaigning, error) {
	if err := may(who, rights.Read, registry.KindCampaign); err != nil {
		return nil, err
	}
	var out []Campaigning
	today := d.Today()
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindCampaign, Places: d.campaignPlaces(who), From: today - campaignBackDays})
		if err != nil {
			return err
		}
		states, err := recorded(tx, rows)
		if err != nil {
			return err
		}
		for _, s := range states {
			x := d.campaigning(who, s)
			if !d.campaignConcerns(who, &x.Campaign) {
				continue
			}
			read, err := d.readCampaign(tx, x.ID)
			if err != nil {
				return err
			}
			d.countCampaign(who, &x, read)
			out = append(out, x)
		}
		return nil
	})
	rank := func(c *Campaigning) int {
		switch {
		case c.Until < today:
			return 2
		case c.From > today:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b Campaigning) int {
		return cmp.Or(rank(&a)-rank(&b), cmp.Compare(a.From, b.From), a.ID.Compare(b.ID))
	})
	return out, err
}

// campaignPlaces are the places whose campaigns concern somebody.
func (d *Desk) campaignPlaces(who Who) []p.EntityID {
	atlas := d.Node.Atlas()
	own := who.Place
	if d.Node.Identity().Role == registry.NodeStation {
		own = d.Node.Identity().Place
	}
	out := atlas.Above(own)
	out = append(out, atlas.Above(d.Home().Commune)...)
	if below, any := d.residencesOf(who); any {
		if below == nil {
			below = atlas.Places()
		}
		out = append(out, below...)
	}
	return setOf(out)
}

// campaignConcerns reports whether a campaign is for places of a person's own.
func (d *Desk) campaignConcerns(who Who, c *registry.Campaign) bool {
	a, atlas := d.areaOf(who), d.Node.Atlas()
	if a.all || a.has(c.Place) {
		return true
	}
	own := who.Place
	if d.Node.Identity().Role == registry.NodeStation {
		own = d.Node.Identity().Place
	}
	above := append(atlas.Above(own), atlas.Above(d.Home().Commune)...)
	if !slices.Contains(above, c.Place) {
		return false
	}
	return len(c.Places) == 0 || slices.ContainsFunc(c.Places, func(at p.EntityID) bool { return slices.Contains(above, at) || a.has(at) })
}

func (d *Desk) campaigning(who Who, s *p.State) Campaigning {
	x := Campaigning{Campaign: registry.CampaignOf(s), State: s}
	x.MayChange = rights.May(who.Role, rights.Amend, registry.KindCampaign) && d.plansAt(who, x.Place)
	if row, ok := d.Node.Atlas().Row(x.Place); ok {
		x.PlaceName = row.Name
	}
	return x
}

// plansAt reports whether a person may plan a campaign at a place: a head for their own commune, an officer in their subtree.
func (d *Desk) plansAt(who Who, place p.EntityID) bool {
	if d.Node.Identity().Role == registry.NodeStation {
		return place == d.Home().Commune || place == d.Node.Identity().Place
	}
	a := d.areaOf(who)
	return a.all || d.Within(who, place)
}

// PlanPlaces are the places a person may plan a campaign for, from the top down: at a station its commune; at a hub the person's
// place and what lies in it, down to the communes.
func (d *Desk) PlanPlaces(who Who) []project.PlaceRow {
	m := d.Map()
	if d.Node.Identity().Role == registry.NodeStation {
		if row, ok := m.Row(d.Home().Commune); ok {
			return []project.PlaceRow{row}
		}
		return nil
	}
	var out []project.PlaceRow
	var down func(id p.EntityID)
	down = func(id p.EntityID) {
		row, ok := m.Row(id)
		if !ok || row.Level == registry.LevelFacility {
			return
		}
		out = append(out, row)
		if row.Level == registry.LevelNation { // its provinces; who plans for one commune sits nearer to it
			for _, child := range m.Children(id) {
				if r, ok := m.Row(child); ok {
					out = append(out, r)
				}
			}
			return
		}
		for _, child := range m.Children(id) {
			down(child)
		}
	}
	down(who.Place)
	return out
}

// TargetPlaces are the places of a campaign that may have a target and are told apart in its progress: its communes, or what lies
// directly in it where these are too many.
func (d *Desk) TargetPlaces(c *registry.CampaignInput) []project.PlaceRow {
	m := d.Map()
	var communes, direct []project.PlaceRow
	var down func(id p.EntityID)
	down = func(id p.EntityID) {
		row, ok := m.Row(id)
		if !ok {
			return
		}
		if row.Level == registry.LevelCommune {
			communes = append(communes, row)
			return
		}
		for _, child := range m.Children(id) {
			down(child)
		}
	}
	tops := c.Places
	if len(tops) == 0 {
		tops = []p.EntityID{c.Place}
	}
	for _, top := range tops {
		down(top)
		for _, child := range m.Children(top) {
			if row, ok := m.Row(child); ok && row.Level != registry.LevelFacility {
				direct = append(direct, row)
			}
		}
	}
	if len(communes) > registry.CampaignPlacesMax {
		return direct
	}
	return communes
}

// Campaign reads one campaign.
func (d *Desk) Campaign(ctx context.Context, who Who, id p.EntityID) (*Campaigning, error) {
	if err := may(who, rights.Read, registry.KindCampaign); err != nil {
		return nil, err
	}
	var out *Campaigning
	err := d.view(ctx, func(tx store.Tx) (err error) {
		if out, err = d.campaign(tx, who, id); err != nil {
			return err
		}
		read, err := d.readCampaign(tx, id)
		if err == nil {
			d.countCampaign(who, out, read)
		}
		return err
	})
	return out, err
}

func (d *Desk) campaign(tx store.Tx, who Who, id p.EntityID) (*Campaigning, error) {
	s, err := state(tx, id, registry.KindCampaign)
	if err != nil {
		return nil, err
	}
	x := d.campaigning(who, s)
	if x.Void != "" || !d.campaignConcerns(who, &x.Campaign) {
		return nil, ErrNotFound
	}
	return &x, nil
}

// countCampaign counts who is listed and who had a dose, in the person's places.
func (d *Desk) countCampaign(who Who, x *Campaigning, read *campaignRead) {
	x.Listed, x.Given = read.count(d.areaOf(who).has)
}

func (d *Desk) campaignKnown(tx store.Tx) (registry.Known, error) {
	vaccine, err := vaccineKnown(tx)
	return registry.Known{Today: d.Today(), Vaccine: vaccine}, err
}

// PlanCampaign makes a campaign.
func (d *Desk) PlanCampaign(ctx context.Context, who Who, in registry.CampaignInput) (p.EntityID, error) {
	if err := may(who, rights.Create, registry.KindCampaign); err != nil {
		return p.EntityID{}, err
	}
	if !in.Place.IsZero() && !d.plansAt(who, in.Place) {
		return p.EntityID{}, ErrElsewhere
	}
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		known, err := d.campaignKnown(tx)
		if err != nil {
			return nil, err
		}
		draft, err := registry.NewCampaign(in, known)
		return nonEmpty(draft), err
	})
	if err != nil {
		return p.EntityID{}, err
	}
	return dots[0].Entity(), nil
}

// EditCampaign writes how a campaign is held.
func (d *Desk) EditCampaign(ctx context.Context, who Who, id p.EntityID, in registry.CampaignInput, saw registry.Saw) error {
	if err := may(who, rights.Amend, registry.KindCampaign); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		x, err := d.campaign(tx, who, id)
		if err != nil {
			return nil, err
		}
		if !x.MayChange {
			return nil, ErrElsewhere
		}
		known, err := d.campaignKnown(tx)
		if err != nil {
			return nil, err
		}
		given, err := tx.GivenIn(id)
		if err != nil {
			return nil, err
		}
		draft, err := registry.EditCampaign(x.State, in, len(given) > 0, known, saw)
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

// VoidCampaign takes a campaign back that was planned in error. One of which doses were given stays.
func (d *Desk) VoidCampaign(ctx context.Context, who Who, id p.EntityID, reason string) error {
	if err := may(who, rights.Void, registry.KindCampaign); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		x, err := d.campaign(tx, who, id)
		if err != nil {
			return nil, err
		}
		if !x.MayChange {
			return nil, ErrElsewhere
		}
		given, err := tx.GivenIn(id)
		if err != nil {
			return nil, err
		}
		if len(given) > 0 {
			return nil, registry.Errors{{Field: "void", Code: registry.CodeCampaignBegun}}
		}
		draft, err := registry.Void(x.State, reason, registry.SawOf(x.State))
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}
