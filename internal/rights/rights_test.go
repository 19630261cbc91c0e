package rights

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"tramy/internal/registry"
	"tramy/syncproto"
)

var kinds = map[string]syncproto.Kind{
	"subject": registry.KindSubject, "immunization": registry.KindImmunization, "link": registry.KindLink,
	"user": registry.KindUser, "device": registry.KindDevice, "place": registry.KindPlace,
	"vaccine": registry.KindVaccine, "schedule": registry.KindSchedule, "pin": registry.KindPin, "rejection": registry.KindRejection, "rescue": registry.KindRescue, "access": registry.KindAccess,
	"consent": registry.KindConsent, "request": registry.KindRequest,
	"visit": registry.KindVisit, "reaction": registry.KindReaction, "contact": registry.KindContact, "appointment": registry.KindAppointment,
	"session": registry.KindSession, "lot": registry.KindLot, "hamlet": registry.KindHamlet, "fridge": registry.KindFridge, "temperature": registry.KindTemperature, "practice": registry.KindPractice,
	"campaign": registry.KindCampaign, "target": registry.KindTarget, "enrolment": registry.KindEnrolment,
	"movement": registry.KindMovement, "transfer": registry.KindTransfer, "stockcount": registry.KindStockCount, "order": registry.KindOrder, "closing": registry.KindClosing,
	"recall": registry.KindRecall,
}

var letters = map[byte]Role{'n': Nurse, 'h': Head, 'r': Region, 'p': Province, 'c': Central, 'a': Admin, 'f': Family}

// golden is the table once more, written from the design and not from the code: its head, then a row a kind.
func golden(t *testing.T) (head []string, rows [][]string) {
	t.Helper()
	text, err := os.ReadFile("testdata/table.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Fields(line)
		switch {
		case len(cells) == 0 || strings.HasPrefix(line, "#"):
		case head == nil:
			head = cells
		default:
			rows = append(rows, cells)
		}
	}
	return head, rows
}

func TestMayCellByCell(t *testing.T) {
	head, rows := golden(t)
	if len(head) != 1+len(Acts()) {
		t.Fatalf("%d columns wanted, the table has %d", len(head)-1, len(Acts()))
	}
	for i, act := range Acts() {
		if head[1+i] != act.String() {
			t.Fatalf("column %d is %s, want %s", i, act, head[1+i])
		}
	}
	if len(rows) != len(table) || len(kinds) != len(table) {
		t.Fatalf("%d rows wanted, the table has %d", len(rows), len(table))
	}
	cells, right := 0, 0
	for _, row := range rows {
		kind, known := kinds[row[0]]
		if len(row) != len(head) || !known {
			t.Fatalf("row %q", row)
		}
		for i, act := range Acts() {
			for letter, role := range letters {
				cells++
				should := strings.IndexByte(row[1+i], letter) >= 0
				if got := May(role, act, kind); got != should {
					t.Errorf("May(%s, %s, %s) = %v, want %v", role, act, row[0], got, should)
					continue
				}
				right++
			}
		}
	}
	t.Logf("cells of the table: %d/%d", right, cells)
}

func TestSeesContacts(t *testing.T) {
	for _, role := range append(Roles(), 0, 8) {
		if got := SeesContacts(role); got != (role == Nurse || role == Head) {
			t.Errorf("SeesContacts(%s) = %v", role, got)
		}
	}
}

func TestMayRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, act := range Acts() {
		for k := range syncproto.Kind(700) {
			for _, role := range []Role{0, 8, 9, 200, 255} {
				if May(role, act, k) {
					t.Fatalf("May(%s, %s, %d)", role, act, k)
				}
			}
			if _, known := table[k]; !known && May(Admin, act, k) {
				t.Fatalf("May(admin, %s, %d) of an unknown kind", act, k)
			}
		}
	}
	if May(Admin, Act(8), registry.KindUser) || May(Admin, Act(255), registry.KindUser) {
		t.Fatal("an unknown act is allowed")
	}
}

// A kind added to the registry without a row here would silently be nobody's.
func TestEachKindHasARow(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../registry/fields.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, d := range file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, s := range gen.Specs {
			spec := s.(*ast.ValueSpec)
			if sel, ok := spec.Type.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Kind" {
				continue
			}
			for _, name := range spec.Names {
				found++
				if _, ok := kinds[strings.ToLower(strings.TrimPrefix(name.Name, "Kind"))]; !ok {
					t.Errorf("registry.%s has no row", name.Name)
				}
			}
		}
	}
	if found < len(kinds) {
		t.Errorf("found only %d kinds in the registry", found)
	}
}

func TestDeviceMay(t *testing.T) {
	for _, c := range []struct {
		kind    syncproto.Kind
		station bool
	}{
		{registry.KindSubject, true},
		{registry.KindImmunization, true},
		{registry.KindLink, true},
		{registry.KindPin, true},
		{registry.KindUser, false},
		{registry.KindDevice, false},
		{registry.KindPlace, false},
		{registry.KindVaccine, false},
		{registry.KindAccess, true},
		{199, true}, // not known yet, goes with a case
		{299, true}, // not known yet, goes to its place
		{399, false},
		{499, true},
		{599, true},
	} {
		if got := DeviceMay(registry.NodeStation, c.kind); got != c.station {
			t.Errorf("a station and kind %d: %v", c.kind, got)
		}
		if !DeviceMay(registry.NodeHub, c.kind) {
			t.Errorf("a hub and kind %d: refused", c.kind)
		}
		for _, role := range []registry.NodeRole{0, 3, 255} {
			if DeviceMay(role, c.kind) {
				t.Errorf("device role %d and kind %d: allowed", role, c.kind)
			}
		}
	}
}

func TestRoleNamesAndNumbers(t *testing.T) {
	for i, name := range []string{"nurse", "head", "region", "province", "central", "admin", "family"} {
		role := Role(i + 1)
		if role.String() != name {
			t.Errorf("role %d is %q, want %q", i+1, role, name)
		}
		if got, err := ParseRole(name); err != nil || got != role {
			t.Errorf("ParseRole(%q) = %v, %v", name, got, err)
		}
	}
	for _, bad := range []string{"", "Nurse", "role 0", "doctor"} {
		if r, err := ParseRole(bad); err == nil {
			t.Errorf("ParseRole(%q) = %v", bad, r)
		}
	}
	if Role(0).Valid() || Role(8).Valid() || Role(0).String() != "role 0" {
		t.Error("roles 0 and 8 must not be valid")
	}
}

func TestMayGrant(t *testing.T) {
	for _, giver := range append(Roles(), 0, 8) {
		for _, given := range append(Roles(), 0, 8) {
			want := giver == Admin && given.Valid() || giver == Head && given == Nurse
			if got := MayGrant(giver, given); got != want {
				t.Errorf("MayGrant(%s, %s) = %v", giver, given, got)
			}
		}
	}
}

// Every kind of this version is judged by the table; one of a version to come is not.
func TestKnows(t *testing.T) {
	for name, kind := range kinds {
		if !Knows(kind) {
			t.Errorf("%s is not known", name)
		}
	}
	for _, kind := range []syncproto.Kind{0, 150, 250, 350, 450, 65535} {
		if Knows(kind) {
			t.Errorf("kind %d is known", kind)
		}
	}
}
