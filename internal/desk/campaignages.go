package desk

import (
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// AgeBand is an age group of the report, in full months, both inclusive; To 0 has no end. The bands are ours.
type AgeBand struct{ From, To int }

// AgeBands are the age groups of the report: those of the measles campaigns below one year, then of five years.
var AgeBands = []AgeBand{{0, 5}, {6, 8}, {9, 11}, {12, 59}, {60, 119}, {120, 179}, {180, 0}}

func bandOf(months int) int {
	for i, b := range AgeBands {
		if months >= b.From && (b.To == 0 || months <= b.To) {
			return i
		}
	}
	return -1
}

// CampaignAge counts the day's doses of an age group; the age that nobody knows is the last one.
type CampaignAge struct {
	Band                  AgeBand
	Unknown               bool
	Male, Female, Neither int
}

// ages counts doses by age and sex.
type ages struct {
	bands   []CampaignAge
	unknown CampaignAge
	seen    map[p.EntityID]bool
}

func newAges() *ages {
	out := &ages{unknown: CampaignAge{Unknown: true}, seen: map[p.EntityID]bool{}}
	for _, b := range AgeBands {
		out.bands = append(out.bands, CampaignAge{Band: b})
	}
	return out
}

// once reports whether this is a person's first dose told.
func (a *ages) once(x *store.CampaignDayDose) bool {
	who := personOf(&x.CampaignDose)
	had := a.seen[who]
	a.seen[who] = true
	return !had
}

func (a *ages) add(x *store.CampaignDayDose) {
	age := &a.unknown
	if x.BirthPrec != 0 {
		if k := bandOf(x.On.AgeMonths(x.BirthDate)); k >= 0 {
			age = &a.bands[k]
		}
	}
	switch x.Sex {
	case registry.SexMale:
		age.Male++
	case registry.SexFemale:
		age.Female++
	default:
		age.Neither++
	}
}

func (a *ages) lines() []CampaignAge {
	if a.unknown.Male+a.unknown.Female+a.unknown.Neither > 0 {
		return append(a.bands, a.unknown)
	}
	return a.bands
}
