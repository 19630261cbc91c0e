package report

import (
	"cmp"
	"slices"

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
	stations, err := tx.StationsHeard()
	if err != nil {
		return nil, err
	}
	silent := map[p.EntityID]bool{}
	var newest int64
	for _, d := range stations {
		at, _ := b.on.Stands(d.Place, d.Place)
		found := b.spot(at)
		if !found.in {
			continue
		}
		b.Total.Heard.add(d.MS, b.Query.NowMS)
		if found.row != nil {
			found.row.Heard.add(d.MS, b.Query.NowMS)
		}
		newest = max(newest, d.MS)
		switch {
		case Silent(d.MS, b.Query.NowMS):
			b.silence(silent, d.Place)
		case b.UntilMS == 0 || d.MS < b.UntilMS:
			b.UntilMS = d.MS
		}
	}
	b.UntilMS = cmp.Or(b.UntilMS, newest)
	return silent, nil
}

// silence adds the residences whose people the lists of a station at a place show today.
func (b *builder) silence(silent map[p.EntityID]bool, station p.EntityID) {
	sure, ask := b.atlas.Homes(b.today.Register(station), b.Query.Today)
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

// HeardAt is the completeness of the figures of some places: those of their stations that were heard from.
func HeardAt(tx store.Tx, places []p.EntityID, nowMS int64) (h Heard, err error) {
	stations, err := tx.StationsHeard()
	for _, d := range stations {
		if slices.Contains(places, d.Place) {
			h.add(d.MS, nowMS)
		}
	}
	return h, err
}
