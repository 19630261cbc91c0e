package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tramy/internal/atlas"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Map is the map of today.
func (d *Desk) Map() *atlas.Map { return d.Node.Atlas().At(d.Today()) }

// Within reports whether a place lies, today, in what the person's role holds for. Of an account at a place that has
// ended, the role holds for what that place became.
func (d *Desk) Within(who Who, place p.EntityID) bool {
	return !who.Place.IsZero() && d.Map().Within(place, who.Place)
}

// Home is the commune whose people a station looks after. That of a hub is zero, where nobody is a visitor; a hospital and a clinic
// look after no commune either: whoever comes lives somewhere else, and where is asked.
type Home struct {
	Commune p.EntityID
	sure    []p.EntityID // residences that mean it
	ask     []p.EntityID // residences that may mean it: communes that were split
}

// Home returns the commune of this node's place on today's map.
func (d *Desk) Home() Home {
	id := d.Node.Identity()
	if id.Role == registry.NodeHub {
		return Home{}
	}
	a, today := d.Node.Atlas(), d.Today()
	switch d.Facility() {
	case registry.PlaceHospital:
		return Home{sure: []p.EntityID{id.Place}} // nobody lives there, and nobody is called from there
	case registry.PlaceClinic:
		return Home{} // lists show whoever is held here
	}
	h := Home{Commune: communeOf(a.At(today), id.Place)}
	h.sure, h.ask = a.Homes(h.Commune, today)
	return h
}

// Residences returns the residences whose people this home's lists show, nil (anywhere) at a hub.
func (h *Home) Residences() []p.EntityID { return slices.Concat(h.sure, h.ask) }

// Has reports whether somebody lives here, or may: a person of a commune that was split is no visitor to any part of it.
func (h *Home) Has(row *project.SubjectRow) bool {
	return slices.Contains(h.sure, row.Residence) || slices.Contains(h.ask, row.Residence)
}

// Asks reports whether somebody's commune was split, a part of it came here, and nobody has said yet where they live.
func (h *Home) Asks(row *project.SubjectRow) bool { return slices.Contains(h.ask, row.Residence) }

// Facility is the kind of this node's place (registry.PlaceHospital, …), "" where it is none or not known yet.
func (d *Desk) Facility() string {
	id := d.Node.Identity()
	if id.Role == registry.NodeHub {
		return ""
	}
	row, _ := d.Node.Atlas().Row(id.Place)
	return row.Type
}

// Stock is whose vaccines are given here of a vaccine that is mostly given under a programme: a clinic sells all of them.
func (d *Desk) Stock(mostly registry.Programme) registry.Programme {
	if registry.Serves(d.Facility()) == registry.ProgrammePaid {
		return registry.ProgrammePaid
	}
	return registry.StockOf(mostly, 0)
}

// communeOf is the commune a facility lies in on a map, or the place itself; what has ended stands for what it became.
func communeOf(m *atlas.Map, place p.EntityID) p.EntityID {
	at, exact := m.Stands(place, place)
	row, ok := m.Row(at)
	if !ok || !exact {
		return place
	}
	if row.Level == registry.LevelFacility && !row.Parent.IsZero() {
		return row.Parent
	}
	return at
}

// metaCommunes remembers the communes in which this machine last wrote that somebody lives, so that they are offered first. It
// decides an order alone.
const metaCommunes = "communes"

// communesKept is how many of them are remembered.
const communesKept = 6

// UsedCommunes are the communes beside its own in which this machine last wrote that somebody lives, the last one first.
func (d *Desk) UsedCommunes(ctx context.Context) ([]p.EntityID, error) {
	var out []p.EntityID
	err := d.view(ctx, func(tx store.Tx) error {
		b, err := tx.Meta(metaCommunes)
		for ; len(b) >= 16; b = b[16:] {
			out = append(out, p.EntityID(b[:16]))
		}
		return err
	})
	return out, err
}

// NoteCommune remembers a commune for UsedCommunes.
func (d *Desk) NoteCommune(ctx context.Context, commune p.EntityID) error {
	if home := d.Home(); commune.IsZero() || commune == home.Commune {
		return nil
	}
	used, err := d.UsedCommunes(ctx)
	if err != nil || len(used) > 0 && used[0] == commune {
		return err
	}
	used = slices.DeleteFunc(used, func(id p.EntityID) bool { return id == commune })
	used = append([]p.EntityID{commune}, used...)
	return d.Node.Store().Update(ctx, func(tx store.Tx) error {
		var b []byte
		for _, id := range used[:min(len(used), communesKept)] {
			b = append(b, id[:]...)
		}
		return tx.SetMeta(metaCommunes, b)
	})
}

// FindCommunes finds communes of today's map by the beginnings of the words of their name, those of one's own province first.
func (d *Desk) FindCommunes(text string) []project.PlaceRow {
	words := registry.SearchTokens(text)
	if len(words) == 0 {
		return nil
	}
	m, home := d.Map(), d.Home()
	province := m.Parent(home.Commune)
	if home.Commune.IsZero() {
		province = m.Parent(d.Node.Identity().Place) // of a hospital or clinic
	}
	var out []project.PlaceRow
	for _, r := range m.Rows() {
		if r.Level == registry.LevelCommune && beginAll(r.Name, words) {
			out = append(out, r)
		}
	}
	rank := func(r *project.PlaceRow) int {
		n := 0
		if province.IsZero() || m.Parent(r.ID) != province {
			n += 2
		}
		if have := registry.SearchTokens(r.Name); len(have) > len(words)+1 {
			n++
		}
		return n
	}
	slices.SortStableFunc(out, func(a, b project.PlaceRow) int {
		return cmp.Or(rank(&a)-rank(&b), strings.Compare(registry.Fold(a.Name), registry.Fold(b.Name)))
	})
	return out
}
