package registry

import (
	"regexp"
	"testing"

	p "tramy/syncproto"
)

// Numbers and names are on the wire, in files and in other people's programs: each once, own fields from
// 10 on, so that the numbers that mean the same in every kind stay free.
func TestFieldTable(t *testing.T) {
	snake := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	numbers, names := map[fieldKey]bool{}, map[nameKey]bool{}
	for _, f := range Fields {
		switch {
		case numbers[fieldKey{f.Kind, f.Field}]:
			t.Errorf("kind %d: number %d twice", f.Kind, f.Field)
		case names[nameKey{f.Kind, f.Name}]:
			t.Errorf("kind %d: name %s twice", f.Kind, f.Name)
		case !snake.MatchString(f.Name):
			t.Errorf("kind %d: name %q is not in snake_case", f.Kind, f.Name)
		case f.Field < 10 && f.Field > p.FieldReleased:
			t.Errorf("kind %d: own field %s has number %d, want 10 or more", f.Kind, f.Name, f.Field)
		case f.Type == 0 || (f.Type == TypeEnum) != (f.Enum != nil):
			t.Errorf("kind %d: field %s has no proper type", f.Kind, f.Name)
		}
		if _, ok := KindName(f.Kind); !ok {
			t.Errorf("kind %d has no name", f.Kind)
		}
		numbers[fieldKey{f.Kind, f.Field}], names[nameKey{f.Kind, f.Name}] = true, true
		if g, ok := FieldNamed(f.Kind, f.Name); !ok || g.Field != f.Field {
			t.Errorf("%s is not found by name", f.Name)
		}
	}
}

// What is read into a view and written from an input is in the table, with data of the stated type.
func TestInputsUseTable(t *testing.T) {
	for kind, fields := range map[p.Kind][]fieldData{
		KindSubject:      filledSubject().fields(),
		KindImmunization: filledDose().fields(),
		KindPlace:        (&PlaceInput{Code: "gso:01", Hamlets: []string{"a"}, Successors: []p.EntityID{someID(1)}, Former: []FormerPlace{{Until: 1, Code: "gso:1", Name: "a"}}, Lists: []string{"rota"}}).fields(),
		KindVaccine:      (&VaccineInput{Code: "BCG", Antigens: []string{"TB"}}).fields(),
		KindSchedule:     (&ScheduleInput{Code: "vn", From: 1, File: "a"}).fields(),
		KindUser:         (&UserInput{Login: "lan", Role: 1}).fields(),
		KindDevice:       (&DeviceInput{Number: 5, Key: make([]byte, 32), FirstFree: 1, LastFree: 9}).fields(),
	} {
		for _, f := range fields {
			if info, ok := FieldOf(kind, f.field); !ok || !info.Accepts(f.data) {
				t.Errorf("kind %d field %d (%s): not in the table, or of another type", kind, f.field, info.Name)
			}
		}
	}
}

func TestEnums(t *testing.T) {
	for _, e := range Enums {
		for i, k := range e.Keys() {
			if n, ok := e.Number(k); !ok || n != int64(i+1) || e.Key(n) != k {
				t.Errorf("%s: key %s is number %d", e.Name, k, n)
			}
		}
		if e.Key(0) != "" || e.Key(200) != "200" || e.Known(200) || !e.Known(0) {
			t.Errorf("%s: none or unknown numbers are wrong", e.Name)
		}
	}
	if SexFemale.String() != "female" || StatusMoved.String() != "moved" || NodeHub.String() != "hub" || LevelCommune.String() != "commune" {
		t.Error("a stable key changed")
	}
}

func TestCodesOnce(t *testing.T) {
	seen := map[Code]bool{}
	for _, c := range append(append([]Code{}, Codes...), WarningCodes...) {
		if seen[c] {
			t.Errorf("%s twice", c)
		}
		seen[c] = true
	}
}
