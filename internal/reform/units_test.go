package reform_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tramy/internal/reform"
)

const unitHead = "code,name_vi,name_en,level,kind_vi,parent_code\n"

func read(list string) ([]reform.Unit, error) {
	return reform.ReadUnits(csv.NewReader(strings.NewReader(list)))
}

func TestUnitListNamesLineAndColumn(t *testing.T) {
	const good = "99,Tỉnh Thử,Test Province,province,Tỉnh,\n99001,Xã Một,Mot Commune,commune,Xã,99\n"
	if units, err := read("\ufeff" + unitHead + good); err != nil || len(units) != 2 || units[1].Line != 3 || units[1].Parent != "99" || units[1].Kind != "xa" {
		t.Fatalf("a good list: %+v, %v", units, err)
	}
	for _, c := range []struct {
		name, list, column string
		line               int
	}{
		{"empty file", "", "code", 1},
		{"wrong header", strings.Replace(unitHead, "level", "cap", 1) + good, "level", 1},
		{"columns swapped", "name_vi,code,name_en,level,kind_vi,parent_code\n" + good, "code", 1},
		{"header too short", "code,name_vi\n" + good, "name_en", 1},
		{"no header", good, "code", 1},
		{"unknown level", unitHead + good + "98,Tỉnh,,canton,Tỉnh,\n", "level", 4},
		{"unknown kind", unitHead + good + "98,Tỉnh,,province,Bang,\n", "kind_vi", 4},
		{"missing parent", unitHead + good + "99002,Xã Hai,,commune,Xã,97\n", "parent_code", 4},
		{"no parent", unitHead + good + "99002,Xã Hai,,commune,Xã,\n", "parent_code", 4},
		{"its own parent", unitHead + good + "99002,Xã Hai,,commune,Xã,99002\n", "parent_code", 4},
		{"a commune as parent", unitHead + good + "99002,Xã Hai,,commune,Xã,99001\n", "parent_code", 4},
		{"a province in a province", unitHead + good + "98,Tỉnh Hai,,province,Tỉnh,99\n", "parent_code", 4},
		{"double code", unitHead + good + "99001,Xã Hai,,commune,Xã,99\n", "code", 4},
		{"empty code", unitHead + good + ",Xã Hai,,commune,Xã,99\n", "code", 4},
		{"code with a space", unitHead + good + "99 002,Xã Hai,,commune,Xã,99\n", "code", 4},
		{"empty name", unitHead + good + "99002,,Two,commune,Xã,99\n", "name_vi", 4},
		{"name of spaces", unitHead + good + "99002,   ,Two,commune,Xã,99\n", "name_vi", 4},
		{"name without end", unitHead + good + "99002," + strings.Repeat("Xã ", 3000) + ",Two,commune,Xã,99\n", "name_vi", 4},
		{"English name without end", unitHead + good + "99002,Xã Hai," + strings.Repeat("x", 5000) + ",commune,Xã,99\n", "name_en", 4},
		{"too few columns", unitHead + good + "99002,Xã Hai,Two,commune\n", "kind_vi", 4},
		{"too many columns", unitHead + good + "99002,Xã Hai,Two,commune,Xã,99,x\n", "parent_code", 4},
	} {
		units, err := read(c.list)
		var ue *reform.UnitError
		if !errors.As(err, &ue) || ue.Line != c.line || ue.Column != c.column || ue.Want == "" {
			t.Errorf("%s: %v; want line %d, column %s", c.name, err, c.line, c.column)
			continue
		}
		if text := err.Error(); !strings.Contains(text, fmt.Sprintf("line %d, column %s", c.line, c.column)) {
			t.Errorf("%s: a person reads %q", c.name, text)
		}
		if units != nil && c.column != "parent_code" {
			t.Errorf("%s: %d units came back beside the error", c.name, len(units))
		}
	}
	// What is not CSV at all is named by the reader.
	if _, err := read(unitHead + good + "98,\"Tỉnh\n"); err == nil || !strings.Contains(err.Error(), "line 4") {
		t.Errorf("an open quote: %v", err)
	}
}

func TestMapNamesLineAndColumn(t *testing.T) {
	const head = "old_commune_code,new_commune_code,old_is_split\n"
	readMap := func(text string) ([]reform.Pair, error) {
		return reform.ReadMap(csv.NewReader(strings.NewReader(text)))
	}
	if pairs, err := readMap("\ufeff" + head + "00001,00004,0\n00002,00004,1\n"); err != nil || len(pairs) != 2 ||
		pairs[1] != (reform.Pair{Line: 3, Old: "00002", New: "00004", Split: true}) {
		t.Fatalf("a good map: %+v, %v", pairs, err)
	}
	for _, c := range []struct {
		name, text, column string
		line               int
	}{
		{"empty file", "", "old_commune_code", 1},
		{"columns swapped", "new_commune_code,old_commune_code,old_is_split\n", "old_commune_code", 1},
		{"no old code", head + ",00004,0\n", "old_commune_code", 2},
		{"no new code", head + "00001,,0\n", "new_commune_code", 2},
		{"neither 0 nor 1", head + "00001,00004,no\n", "old_is_split", 2},
		{"a pair twice", head + "00001,00004,0\n00001,00004,0\n", "new_commune_code", 3},
		{"too few columns", head + "00001,00004\n", "old_is_split", 2},
	} {
		var ue *reform.UnitError
		if _, err := readMap(c.text); !errors.As(err, &ue) || ue.Line != c.line || ue.Column != c.column || ue.Want == "" {
			t.Errorf("%s: %v; want line %d, column %s", c.name, err, c.line, c.column)
		}
	}
}
