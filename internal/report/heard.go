package report

import (
	"cmp"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Heard is the completeness of a figure: which stations were heard from, and until when.
type Heard struct {
	Stations int   // enrolled and not revoked
	Fresh    int   // heard from within SilentAfter
	OldestMS int64 // when the longest silent one was last heard, 0 if one never was
	Never    int   // enrolled and never heard
}

// SilentAfter is how long a station may be quiet before its figures count as old, milliseconds.
const SilentAfter = 36 * 3600 * 1000

// Silent reports whether what was last heard at a time counts as old; what was never heard is silent too.
func Silent(heardMS, nowMS int64) bool { return heardMS == 0 || nowMS-heardMS > SilentAfter }

// heard counts the stations behind each figure, where they stand on the map, and returns the residences whose people
// are on the lists of silent ones. A station that calls a hub below this one is known here by the newest change of its
// logs.
func (b *builder) heard(tx store.Tx) (map[p.EntityID]bool, error) {
	devices, err := tx.Devices()
	if err != nil {
		return nil, err
	}
	children, err := tx.Children()
	if err != nil {
		return nil, err
	}
	heard := make(map[p.EntityID]int64, len(children))
	for i := range children {
		heard[children[i].Device] = max(children[i].ContactMS, children[i].DataMS)
	}
	silent := map[p.EntityID]bool{}
	var newest int64
	for i := range devices {
		d := &devices[i]
		if d.Role != registry.NodeStation || d.Revoked {
			continue
		}
		at, _ := b.on.Stands(d.Place, d.Place)
		found := b.spot(at)
		if !found.in {
			continue
		}
		ms := heard[d.ID]
		b.Total.Heard.add(ms, b.Query.NowMS)
		if found.row != nil {
			found.row.Heard.add(ms, b.Query.NowMS)
		}
		newest = max(newest, ms)
		switch {
		case Silent(ms, b.Query.NowMS):
			b.silence(silent, d)
		case b.UntilMS == 0 || ms < b.UntilMS:
			b.UntilMS = ms
		}
	}
	b.UntilMS = cmp.Or(b.UntilMS, newest)
	return silent, nil
}

// silence adds the residences whose people a machine's lists show today.
func (b *builder) silence(silent map[p.EntityID]bool, d *project.DeviceRow) {
	sure, ask := b.atlas.Homes(b.today.Register(d.Place), b.Query.Today)
	for _, ids := range [][]p.EntityID{sure, ask} {
		for _, id := range ids {
			silent[id] = true
		}
	}
}

func (h *Heard) add(at, now int64) {
	h.Stations++
	switch {
	case at == 0:
		h.Never++
		return
	case !Silent(at, now):
		h.Fresh++
	}
	if h.OldestMS == 0 || at < h.OldestMS {
		h.OldestMS = at
	}
}
