package main

import (
	"encoding/csv"
	"io"

	"tramy/internal/reform"
	"tramy/internal/registry"
	"tramy/internal/synth"
)

// readUnits reads the communes of a list of units, of one province if its code is given. Between commune and province
// there may be districts.
func readUnits(r io.Reader, province string) ([]synth.Commune, error) {
	units, err := reform.ReadUnits(csv.NewReader(r))
	if err != nil {
		return nil, err
	}
	above := map[string]string{} // of districts
	for i := range units {
		if u := &units[i]; u.Level == registry.LevelRegion {
			above[u.Code] = u.Parent
		}
	}
	var out []synth.Commune
	for i := range units {
		u := &units[i]
		if u.Level != registry.LevelCommune {
			continue
		}
		parent := u.Parent
		if top, ok := above[parent]; ok {
			parent = top
		}
		if province == "" || parent == province {
			out = append(out, synth.Commune{Code: u.Code, Name: u.Name, Type: u.Kind, Province: parent})
		}
	}
	return out, nil
}
