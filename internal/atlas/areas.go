package atlas

import (
	"slices"
	"strings"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Areas returns the words by which a schedule may mean where somebody lives on a day: the codes of the places that
// their residence lies in, nearest first, the lists those are on ("list:cholera"), and the codes that it had on the map
// before the reform ("gso-2025-03:11"), by which pilots in old provinces go on.
func (a *Atlas) Areas(recorded, residence p.EntityID, day registry.Day) []string {
	today := a.At(day)
	at, exact := today.Stands(recorded, residence)
	path := today.Path(at)
	if !exact { // nobody knows which part: what holds for the whole old commune goes on
		path = append([]p.EntityID{recorded}, path...)
	}
	var codes, lists []string
	former := a.formerAreas(recorded, residence)
	for _, id := range path {
		r, ok := today.Row(id)
		if !ok {
			r, _ = a.Row(id)
		} else {
			codes = append(codes, r.Code)
			if code := registry.FormerArea(r.Code); code != "" && former == nil {
				former = []string{code}
			}
		}
		for _, name := range r.Lists {
			lists = append(lists, registry.ListSystem+name)
		}
	}
	return slices.Concat(codes, former, lists)
}

// formerAreas returns the codes of where a residence lay on the map before the reform, nil if history does not go back
// to its province here: then registry.FormerArea has to do.
func (a *Atlas) formerAreas(recorded, residence p.EntityID) []string {
	old := a.At(registry.FormerMapDay)
	at, _ := old.Stands(recorded, residence)
	var codes []string
	known := false
	for _, id := range old.Path(at) {
		r, _ := old.Row(id)
		if code, ok := strings.CutPrefix(r.Code, registry.StatisticsOffice); ok {
			codes = append(codes, registry.FormerMap+code)
		}
		known = known || r.Level == registry.LevelProvince
	}
	if !known {
		return nil
	}
	return codes
}
