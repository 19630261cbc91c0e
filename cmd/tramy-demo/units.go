package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"

	"tramy/internal/synth"
)

// unitTypes are the types of commune by the kind word of the statistics office.
var unitTypes = map[string]string{"Xã": "xa", "Phường": "phuong", "Thị trấn": "thitran", "Đặc khu": "dackhu"}

// readUnits reads the communes of a list of units (code, name_vi, level, kind_vi, parent_code), of one province if its
// code is given. Between commune and province there may be districts.
func readUnits(r io.Reader, province string) ([]synth.Commune, error) {
	in := csv.NewReader(r)
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("first line: %w", err)
	}
	at := map[string]int{}
	for _, name := range []string{"code", "name_vi", "level", "kind_vi", "parent_code"} {
		if at[name] = slices.Index(head, name); at[name] < 0 {
			return nil, fmt.Errorf("no column %q in the first line", name)
		}
	}
	rows, err := in.ReadAll()
	if err != nil {
		return nil, err
	}
	above := map[string]string{} // of districts
	for _, row := range rows {
		if row[at["level"]] == "district" {
			above[row[at["code"]]] = row[at["parent_code"]]
		}
	}
	var out []synth.Commune
	for _, row := range rows {
		if row[at["level"]] != "commune" {
			continue
		}
		parent := row[at["parent_code"]]
		if p, ok := above[parent]; ok {
			parent = p
		}
		if province == "" || parent == province {
			out = append(out, synth.Commune{Code: row[at["code"]], Name: row[at["name_vi"]], Type: unitTypes[row[at["kind_vi"]]], Province: parent})
		}
	}
	return out, nil
}
