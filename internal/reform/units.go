package reform

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Unit is one row of a list of administrative units.
type Unit struct {
	Line   int
	Code   string
	Name   string
	NameEN string
	Level  registry.Level
	Kind   string
	Parent string
}

// UnitError names the line and column at fault.
type UnitError struct {
	Line   int
	Column string
	Text   string
	Want   string
}

func (e *UnitError) Error() string {
	return fmt.Sprintf("line %d, column %s: %q: %s", e.Line, e.Column, e.Text, e.Want)
}

var unitColumns = []string{"code", "name_vi", "name_en", "level", "kind_vi", "parent_code"}

// unitTypes are the short kinds a list names, as the registry keeps them.
var unitTypes = map[string]string{
	"Tỉnh": "tinh", "Thành phố": "thanhpho", "Quận": "quan", "Huyện": "huyen", "Thị xã": "thixa",
	"Xã": "xa", "Phường": "phuong", "Thị trấn": "thitran", "Đặc khu": "dackhu",
}

// ReadUnits reads a whole list before anything is written: a mistake anywhere leaves nothing half done.
func ReadUnits(r *csv.Reader) ([]Unit, error) {
	r.FieldsPerRecord = -1 // counted here, so that the column is named
	head, err := r.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err // names line and column
	}
	if err := checkHead(head, unitColumns); err != nil {
		return nil, err
	}
	levels := map[string]registry.Level{"province": registry.LevelProvince, "district": registry.LevelRegion, "commune": registry.LevelCommune}
	var units []Unit
	seen := map[string]int{}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return units, checkParents(units, seen)
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if err := checkWidth(line, rec, unitColumns); err != nil {
			return nil, err
		}
		u := Unit{Line: line, Code: rec[0], Name: rec[1], NameEN: rec[2], Level: levels[rec[3]], Kind: unitTypes[rec[4]], Parent: rec[5]}
		switch {
		case u.Code == "":
			return nil, &UnitError{line, "code", rec[0], "a unit needs a code"}
		case u.Name == "":
			return nil, &UnitError{line, "name_vi", rec[1], "a unit needs a name"}
		case u.Level == 0:
			return nil, &UnitError{line, "level", rec[3], "want province, district or commune"}
		case u.Kind == "":
			return nil, &UnitError{line, "kind_vi", rec[4], "not a kind of unit known here"}
		}
		if first, ok := seen[u.Code]; ok {
			return nil, &UnitError{line, "code", rec[0], fmt.Sprintf("it stands on line %d already", first)}
		}
		if err := checkUnit(&u); err != nil {
			return nil, err
		}
		seen[u.Code] = line
		units = append(units, u)
	}
}

// checkUnit holds a unit against the rules by which it will be entered.
func checkUnit(u *Unit) error {
	_, err := registry.NewPlace(u.place(p.EntityID{}))
	var errs registry.Errors
	if !errors.As(err, &errs) {
		return err
	}
	column, text := "name_en", u.NameEN
	switch errs[0].Field {
	case "code":
		column, text = "code", u.Code
	case "name":
		column, text = "name_vi", u.Name
	}
	return &UnitError{u.Line, column, text, errs[0].Error()}
}

func (u *Unit) place(parent p.EntityID) registry.PlaceInput {
	return registry.PlaceInput{Parent: parent, Code: unitCode(u.Code), Name: u.Name, NameEN: u.NameEN, Level: u.Level, Type: u.Kind}
}

// checkParents makes sure that every unit below a province lies in a unit above it: then no chain of
// parents is a ring, and entering them level by level finds every parent.
func checkParents(units []Unit, seen map[string]int) error {
	levels := make(map[string]registry.Level, len(units))
	for _, u := range units {
		levels[u.Code] = u.Level
	}
	for _, u := range units {
		switch _, ok := seen[u.Parent]; {
		case u.Level == registry.LevelProvince && u.Parent != "":
			return &UnitError{u.Line, "parent_code", u.Parent, "a province lies in no other unit"}
		case u.Level == registry.LevelProvince:
		case !ok:
			return &UnitError{u.Line, "parent_code", u.Parent, "no unit of this list has that code"}
		case levels[u.Parent] >= u.Level:
			return &UnitError{u.Line, "parent_code", u.Parent, "the unit with that code is not above this one"}
		}
	}
	return nil
}

// unitCode names a code's system. Codes of the statistics office are unique per level on one day; after a reform they
// are given out again for other territory.
func unitCode(code string) string { return registry.StatisticsOffice + code }

// Pair is one row of a map from old communes to new ones: a part of the new one, or all of the old one.
type Pair struct {
	Line     int
	Old, New string
	Split    bool // the old one went to several
}

var pairColumns = []string{"old_commune_code", "new_commune_code", "old_is_split"}

// ReadMap reads a whole map from old communes to new ones.
func ReadMap(r *csv.Reader) ([]Pair, error) {
	r.FieldsPerRecord = -1
	head, err := r.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := checkHead(head, pairColumns); err != nil {
		return nil, err
	}
	var pairs []Pair
	type key struct{ old, new string }
	seen := map[key]int{}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return pairs, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if err := checkWidth(line, rec, pairColumns); err != nil {
			return nil, err
		}
		switch {
		case rec[0] == "":
			return nil, &UnitError{line, pairColumns[0], rec[0], "a row needs the old commune's code"}
		case rec[1] == "":
			return nil, &UnitError{line, pairColumns[1], rec[1], "a row needs the new commune's code"}
		case rec[2] != "0" && rec[2] != "1":
			return nil, &UnitError{line, pairColumns[2], rec[2], "want 0 or 1"}
		}
		if first, ok := seen[key{rec[0], rec[1]}]; ok {
			return nil, &UnitError{line, pairColumns[1], rec[1], fmt.Sprintf("the same pair stands on line %d already", first)}
		}
		seen[key{rec[0], rec[1]}] = line
		pairs = append(pairs, Pair{Line: line, Old: rec[0], New: rec[1], Split: rec[2] == "1"})
	}
}

func checkHead(head, columns []string) error {
	want := "the first line must name the columns " + strings.Join(columns, ",")
	for i, column := range columns {
		if i >= len(head) {
			return &UnitError{Line: 1, Column: column, Want: want}
		}
		if text := strings.TrimPrefix(head[i], "\ufeff"); text != column {
			return &UnitError{Line: 1, Column: column, Text: text, Want: want}
		}
	}
	return nil
}

func checkWidth(line int, rec, columns []string) error {
	if len(rec) == len(columns) {
		return nil
	}
	return &UnitError{line, columns[min(len(rec), len(columns)-1)], rec[len(rec)-1], fmt.Sprintf("the line has %d columns, want %d", len(rec), len(columns))}
}
